"""The whole log handed in again: nothing is doubled, and what was missing is found."""

import json
import sqlite3
from datetime import date, datetime

import pytest
from bridge_parts import receipt_of

from bridge import locks
from bridge.backfill import bodies, fill, first_of
from bridge.intake import Reading
from bridge.normalise import Read
from bridge.outbox import Outbox

AT = int(datetime(2026, 3, 3, 8, 0).timestamp())


@pytest.fixture
def again(intake, outbox, log_of):
    def run(entries, **options):
        log = log_of(entries)
        read = Read(log.serial, intake._zone, "poll", AT, None, 0)
        return fill(outbox, intake, Reading("front", "zk", log, AT), read, **options)

    return run


def send_all(outbox):
    while (pending := outbox.next_batch(1_000)).seqs:
        outbox.settle(receipt_of(pending), pending, AT)


def test_what_was_sent_waits_for_the_centre_once_more(again, outbox, touches):
    again(touches(5))
    send_all(outbox)
    filled = again(touches(7))
    assert (filled.taken.new, filled.handed, filled.missing, filled.again) == (2, 7, 0, 5)
    assert outbox.counts().waiting == 7


def test_nothing_is_doubled(again, outbox, touches):
    for _ in range(3):
        again(touches(5))
        send_all(outbox)
    assert outbox.counts().sent == 5


def test_a_record_that_was_lost_here_is_found(again, outbox, touches):
    """Somebody emptied a part of the outbox, or it was settled so long ago that it is forgotten."""
    again(touches(6))
    send_all(outbox)
    with sqlite3.connect(outbox.path) as broken:
        broken.execute("DELETE FROM records WHERE seq IN (2, 3)")
    broken.close()
    filled = again(touches(6))
    assert (filled.taken.new, filled.missing, filled.again) == (0, 2, 4)


def test_what_the_centre_refused_stays_aside(again, outbox, touches):
    again(touches(3))
    outbox.park(outbox.next_batch(1), "no such terminal", AT)
    filled = again(touches(3))
    assert filled.again == 0
    assert outbox.counts().parked == 1


def test_the_cursor_is_where_it_was(again, outbox, touches):
    again(touches(5))
    before = outbox.ledger.cursor("front")
    again(touches(5))
    assert outbox.ledger.cursor("front") == before


def test_it_begins_at_the_first_record_of_the_day(again, outbox, touch, touches, blank):
    """A clock that was wrong in between takes nothing away."""
    early = touches(3)  # 2 March
    wrong = touch(3, local_time=datetime(2026, 3, 9, 7, 0))
    back = touch(4, local_time=datetime(2026, 3, 2, 9, 0))
    late = touch(5, local_time=datetime(2026, 3, 10, 7, 0))
    entries = [*early, wrong, back, blank, late]
    filled = again(entries, since=date(2026, 3, 5))
    assert filled.handed == 4


def test_a_day_that_is_not_in_the_log_hands_nothing_in(log_of, touches, again):
    assert first_of(log_of(touches(4)), date(2027, 1, 1)) == 4
    assert again(touches(4), since=date(2027, 1, 1)).handed == 0


def test_the_same_rows_as_a_read_would_make(intake, log_of, touches, blank, outbox):
    entries = [*touches(70), blank, *touches(5, 70)]
    log = log_of(entries)
    read = Read(log.serial, intake._zone, "poll", AT, None, 0)
    whole = list(bodies(log, read))
    intake.take(Reading("front", "zk", log, AT, 0))
    assert [row.body.id for row in outbox.listing("waiting")] == [body.id for body in whole]
    for start in (1, 69, 70, 71, 75):
        assert list(bodies(log, read, start)) == whole[start:]


def test_it_tells_how_far_it_is(again, touches):
    told = []
    again(touches(2_500), progress=lambda: told.append(1))
    assert len(told) == 3


class TestCommand:
    def test_it_says_what_was_new(self, desk):
        first = desk.types("backfill", "front-door")
        assert first.exit_code == 0
        assert first.stdout.splitlines()[0] == (
            "front-door: records 4, handed in again 4, new 4, sent once more 0"
        )
        again = desk.types("backfill", "front-door")
        assert "handed in again 4, new 0, sent once more 0" in again.stdout

    def test_everything_is_sent_again(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        assert desk.types("once").exit_code == 0
        taking.rows.clear()
        assert "sent once more 4" in desk.types("backfill", "front-door").stdout
        assert desk.types("once").exit_code == 0
        assert len(taking.rows) == 4

    def test_since_a_day(self, desk):
        told = desk.types("backfill", "front-door", "--since", "2026-11-24")
        assert "records 4, handed in again 1, new 4" in told.stdout

    def test_it_needs_no_key(self, desk):
        assert not desk.key.exists()
        assert desk.types("backfill", "front-door").exit_code == 0

    def test_it_is_not_done_beside_another_reading(self, desk):
        desk.types("backfill", "front-door")
        with locks.session(desk.state, "front-door", "run"):
            told = desk.types("backfill", "front-door")
        assert told.exit_code == 1
        assert "front-door is being read by hadir-bridge run" in told.stderr

    def test_a_wrong_day_is_a_misuse(self, desk):
        assert desk.types("backfill", "front-door", "--since", "yesterday").exit_code == 2

    def test_a_full_outbox_takes_nothing_more(self, desk, terminal):
        for number in range(1_100):
            terminal.memory.punch("1001", 0, datetime(2026, 11, 24, 7, number // 60, number % 60))
        desk.file.write_text(
            desk.file.read_text().replace("[centre]", "max_waiting = 1000\n[centre]")
        )
        told = desk.types("backfill", "front-door")
        assert told.exit_code == 1
        assert "at most 1000 may" in told.stderr

    def test_what_was_settled_long_ago_is_named(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        desk.types("once")
        with Outbox(desk.state / "outbox.db") as outbox:
            assert outbox.prune(2**40) == 4
        told = desk.types("backfill", "front-door")
        assert "front-door: 4 of the new ones lie before the last read" in told.stdout
        assert json.loads(desk.types("status", "--json").stdout)["waiting"] == 4
