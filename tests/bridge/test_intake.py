"""One read of a log: what is taken, what is proven, what is named."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from bridge_parts import receipt_of

from bridge.cursor import Kind
from bridge.errors import OutboxFull, SerialUnfit, Stopping
from bridge.intake import Intake, Reading
from bridge.outbox import Outbox
from drivers.base import BadRecord, TerminalInfo
from ingest import wire

SERIAL = "OGT7030056062300032"
READ_AT = int(datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp())
FIRST_AT = int(datetime(2026, 3, 1, 23, 30, tzinfo=UTC).timestamp())  # 07:30 in Makassar
INFO = TerminalInfo(SERIAL, model="K40", firmware="6.60")


def reading(log, read_at=READ_AT, **changed) -> Reading:
    return replace(Reading("front", "zk", log, read_at, clock_offset_s=2, info=INFO), **changed)


def kept(outbox: Outbox) -> list[bytes]:
    return [one.body.raw for one in outbox.listing("waiting", 1_000_000)]


def kinds(taken) -> list[str]:
    """Return what was named; the touches are of one day, so each is past to a second read."""
    return [event.kind for event in taken.events if event.kind != "past"]


def test_a_first_read_takes_everything_and_covers_from_its_first_record(intake, touches, log_of):
    taken = intake.take(reading(log_of(touches(5), claimed=5)))
    assert (taken.kind, taken.records, taken.handed, taken.new, taken.bad) == ("first", 5, 5, 5, 0)
    told = taken.statement
    assert (told.since, told.until, told.note) == (FIRST_AT, READ_AT, "first read")
    assert (told.on_terminal, told.taken, told.clock_offset_s) == (5, 5, 2)
    assert (told.day, told.source) == ("2026-03-03", "poll")
    assert taken.events == ()


def test_a_second_read_takes_what_is_new_and_its_coverage_grows(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    taken = intake.take(reading(log_of(touches(8)), READ_AT + 60))
    assert (taken.kind, taken.handed, taken.new) == (Kind.CONTINUES, 3, 3)
    assert (taken.statement.since, taken.statement.until) == (FIRST_AT, READ_AT + 60)
    bodies = [one.body for one in outbox.listing("waiting")]
    assert [one.after for one in bodies] == [None] * 5 + [READ_AT] * 3


def test_an_unchanged_log_only_moves_what_is_known(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    before = outbox.ledger.cursor("front")
    taken = intake.take(reading(log_of(touches(5)), READ_AT + 60))
    assert (taken.handed, taken.statement.until) == (0, READ_AT + 60)
    later = replace(before, proven_at=READ_AT + 60, whole_at=READ_AT + 60)
    assert outbox.ledger.cursor("front") == later
    intake.take(reading(log_of(touches(6)), READ_AT + 120))
    assert outbox.listing("waiting")[-1].body.after == READ_AT + 60


@pytest.mark.parametrize("claimed", [6, 900_000])
def test_a_log_shorter_than_the_terminal_counts_proves_nothing(intake, touches, log_of, claimed):
    intake.take(reading(log_of(touches(4))))
    taken = intake.take(reading(log_of(touches(5), claimed=claimed), READ_AT + 60))
    assert (taken.new, taken.statement) == (1, None)
    assert taken.uncovered == f"the terminal counts {claimed} records and gave 5"
    assert kinds(taken) == ["short"]
    taken = intake.take(reading(log_of(touches(6), claimed=6), READ_AT + 120))
    assert (taken.statement.since, taken.statement.until) == (FIRST_AT, READ_AT + 120)


def test_punches_after_a_short_read_came_after_the_last_proven_one(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(4))))
    intake.take(reading(log_of(touches(5), claimed=6), READ_AT + 60))
    intake.take(reading(log_of(touches(6), claimed=6), READ_AT + 120))
    assert outbox.listing("waiting")[-1].body.after == READ_AT


def test_an_empty_log_proves_nothing_and_moves_nothing(intake, outbox, touches, log_of):
    taken = intake.take(reading(log_of([], claimed=0)))
    assert (taken.statement, taken.uncovered, kinds(taken)) == (
        None, "there is no record in the log", [],
    )  # fmt: skip
    intake.take(reading(log_of(touches(5))))
    cursor = outbox.ledger.cursor("front")
    for _ in range(2):
        taken = intake.take(reading(log_of([], claimed=0), READ_AT + 60))
        assert (taken.statement, kinds(taken)) == (None, ["empty"])
        assert outbox.ledger.cursor("front") == cursor
    taken = intake.take(reading(log_of(touches(1, first=50)), READ_AT + 120))
    assert (taken.kind, taken.statement.since) == (Kind.CLEARED, READ_AT + 120)


def test_a_cleared_log_begins_a_new_stretch_at_the_read(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    taken = intake.take(reading(log_of(touches(2, first=50)), READ_AT + 60))
    assert (taken.kind, taken.new, kinds(taken)) == (Kind.CLEARED, 2, ["cleared"])
    assert (taken.statement.since, taken.statement.note) == (READ_AT + 60, "log cleared")
    assert [one.body.after for one in outbox.listing("waiting")] == [None] * 7
    taken = intake.take(reading(log_of(touches(3, first=50)), READ_AT + 120))
    assert (taken.statement.since, taken.statement.until) == (READ_AT + 60, READ_AT + 120)


def test_a_restored_log_is_handed_in_again_and_nothing_is_doubled(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    changed = touches(3, first=90) + touches(7)
    taken = intake.take(reading(log_of(changed), READ_AT + 60))
    assert (taken.kind, taken.handed, taken.new) == (Kind.RESTORED, 10, 5)
    assert taken.statement.since == READ_AT + 60
    assert len(kept(outbox)) == 10


def test_a_replaced_terminal_is_named_and_begins_anew(intake, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    taken = intake.take(reading(log_of(touches(5), serial="OTHER"), READ_AT + 60))
    assert (taken.kind, taken.new, kinds(taken)) == (Kind.REPLACED, 5, ["replaced"])
    assert taken.statement.since == READ_AT + 60
    assert SERIAL in taken.statement.note


def test_a_log_that_rotated_is_covered_without_a_gap(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(200))))
    taken = intake.take(reading(log_of(touches(200, first=30)), READ_AT + 60))
    assert (taken.kind, taken.handed, taken.new) == (Kind.ROTATED, 30, 30)
    assert kinds(taken) == ["rotated"]
    assert taken.statement.since == FIRST_AT
    assert len(kept(outbox)) == 230
    taken = intake.take(reading(log_of(touches(200, first=30)), READ_AT + 120))
    assert (taken.kind, taken.handed) == (Kind.CONTINUES, 0)


def test_a_blank_slot_at_the_end_is_not_taken_until_something_stands_behind_it(
    intake, outbox, touches, log_of, blank
):
    taken = intake.take(reading(log_of([*touches(3), blank], claimed=4)))
    assert (taken.new, taken.bad) == (3, 0)
    assert taken.statement is not None
    taken = intake.take(reading(log_of([*touches(5), blank], claimed=6), READ_AT + 60))
    assert (taken.kind, taken.new, taken.bad) == (Kind.CONTINUES, 2, 0)
    written = [*touches(5), blank, *touches(1, first=5)]
    taken = intake.take(reading(log_of(written), READ_AT + 120))
    assert (taken.kind, taken.new, taken.bad) == (Kind.CONTINUES, 2, 1)
    record = outbox.listing("waiting")[-2].body
    assert isinstance(record, wire.BadRecord)
    assert None not in (record.near_from, record.near_until)


def test_a_log_of_blank_slots_is_empty(intake, outbox, log_of, blank):
    taken = intake.take(reading(log_of([blank] * 5)))
    assert (taken.statement, taken.handed, outbox.ledger.cursor("front")) == (None, 0, None)


def test_a_bad_record_is_kept_and_the_rest_goes_on(intake, outbox, touches, log_of):
    entries = touches(4)
    entries[2] = BadRecord(b"31 February", "date", "no such day", "7")
    taken = intake.take(reading(log_of(entries)))
    assert (taken.new, taken.bad, taken.first_bad) == (4, 1, ((2, "no such day"),))
    assert kinds(taken) == ["bad-records"]
    assert "record 3: no such day" in taken.events[0].detail
    assert taken.statement is not None


def test_rubbish_of_the_right_length_proves_nothing(intake, touches, log_of):
    rubbish = [BadRecord(b"%d" % number, "date", "no date", "") for number in range(5)]
    taken = intake.take(reading(log_of(rubbish)))
    assert (taken.new, taken.statement) == (5, None)
    assert taken.uncovered == "no record of it is a punch"
    taken = intake.take(reading(log_of(rubbish + touches(1)), READ_AT + 60))
    assert taken.statement.since == FIRST_AT


class TestWhereAFirstReadBegins:
    def since(self, intake, touches, log_of, *days: str, offset_s: int | None = 0) -> str:
        entries = touches(len(days))
        for index, day in enumerate(days):
            entries[index] = entries[index]._replace(local_time=datetime.fromisoformat(day))
        taken = intake.take(reading(log_of(entries), clock_offset_s=offset_s))
        local = datetime.fromtimestamp(taken.statement.since, UTC) + timedelta(hours=8)
        return f"{local:%Y-%m-%d %H:%M}"

    READ = "2026-03-03 08:00"

    def test_at_the_first_record(self, intake, touches, log_of):
        told = self.since(intake, touches, log_of, "2026-02-18 07:00", "2026-03-01 07:00")
        assert told == "2026-02-18 07:00"

    def test_after_a_touch_of_the_factory(self, intake, touches, log_of):
        days = ("2025-08-03 11:00", "2025-08-03 11:01", "2026-02-18 07:00", "2026-03-01 07:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-18 07:00"

    def test_a_file_may_hold_a_long_pause(self, intake, outbox, touches, log_of):
        entries = touches(2)
        entries[0] = entries[0]._replace(local_time=datetime(2025, 8, 3, 11))
        taken = intake.take(reading(log_of(entries, positional=False), info=None))
        assert taken.statement.since < READ_AT - 200 * 86_400

    def test_after_the_last_one_from_before_terminals_had_the_time(self, intake, touches, log_of):
        days = ("2025-02-01 07:00", "2000-01-01 00:10", "2026-02-02 07:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-02 07:00"

    def test_after_the_last_one_from_the_future(self, intake, touches, log_of):
        days = ("2026-02-01 07:00", "2038-01-19 03:14", "2026-02-01 07:02", "2026-02-03 07:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-01 07:02"

    def test_only_when_the_latest_time_is_reached_again(self, intake, touches, log_of):
        days = ("2026-02-01 07:00", "2025-06-01 07:00", "2025-06-02 07:00", "2026-02-01 06:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-01 06:00"

    def test_a_step_back_of_less_than_an_hour_is_believed(self, intake, touches, log_of):
        days = ("2026-02-02 07:00", "2026-02-02 06:10", "2026-02-03 07:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-02 07:00"

    def test_after_a_step_back_that_may_have_moved_a_touch_to_another_day(
        self, intake, touches, log_of
    ):
        days = ("2026-02-02 20:00", "2026-02-02 02:00", "2026-02-02 20:30", "2026-02-03 07:00")
        assert self.since(intake, touches, log_of, *days) == "2026-02-02 20:30"

    def test_at_the_read_when_no_time_is_believed(self, intake, touches, log_of):
        days = ("2000-01-01 00:10", "2038-01-19 03:14")
        assert self.since(intake, touches, log_of, *days) == self.READ

    def test_at_the_read_when_the_clock_is_off_now(self, intake, touches, log_of):
        told = self.since(intake, touches, log_of, "2025-03-01 07:00", offset_s=-400)
        assert told == self.READ


def test_what_is_odd_in_a_log_is_named(intake, touches, log_of):
    intake.take(reading(log_of(touches(2))))
    entries = touches(6)
    entries[2] = entries[2]._replace(local_time=datetime(2038, 1, 19, 3, 14, 7))
    entries[3] = entries[3]._replace(local_time=datetime(2000, 1, 1))
    entries[4] = entries[4]._replace(local_time=datetime(2026, 3, 3, 8, 0, 30))
    entries[5] = entries[5]._replace(local_time=datetime(2026, 2, 20, 8))
    taken = intake.take(reading(log_of(entries), READ_AT + 60))
    assert [event.kind for event in taken.events] == ["future", "past", "backwards"]
    assert [event.detail.split(",")[0] for event in taken.events] == [
        "1 punches dated after they were read",
        "2 punches dated before they can have been made",
        "2 punches dated well before the one in front of them",
    ]
    assert "2038-01-19" in taken.events[0].detail


def test_a_time_that_the_clocks_error_explains_is_named_once(intake, touches, log_of):
    intake.take(reading(log_of(touches(2))))
    entries = touches(3)
    entries[2] = entries[2]._replace(local_time=datetime(2026, 3, 4, 8, 0, 30))
    taken = intake.take(reading(log_of(entries), READ_AT + 60, clock_offset_s=86_400))
    assert [(event.kind, event.detail) for event in taken.events] == [
        ("clock", "the clock is +86400 s off")
    ]
    assert taken.statement.clock_offset_s == 86_400


def test_a_clock_that_cannot_be_asked_is_not_off(intake, touches, log_of):
    taken = intake.take(reading(log_of(touches(2)), clock_offset_s=None))
    assert (taken.events, taken.statement.clock_offset_s) == ((), None)


def test_two_terminals_with_one_serial_number_prove_nothing(intake, outbox, touches, log_of):
    assert intake.take(reading(log_of(touches(5)))).statement
    taken = intake.take(reading(log_of(touches(5, first=50)), READ_AT + 60, name="back"))
    assert (taken.new, taken.statement, kinds(taken)) == (5, None, ["same-serial"])
    assert taken.uncovered == f"front tells the same serial number {SERIAL}"
    assert intake.take(reading(log_of(touches(5)), READ_AT + 120)).statement is None
    renamed = intake.take(reading(log_of(touches(9)), READ_AT + 90_000, name="lobby"))
    assert renamed.statement


@pytest.mark.parametrize("serial", ["", "a\x00b", "9" * 65, "\ud800"])
def test_a_serial_number_that_cannot_travel_leaves_the_log_where_it_is(
    intake, outbox, touches, log_of, serial
):
    with pytest.raises(SerialUnfit, match="front tells the serial number"):
        intake.take(reading(log_of(touches(5), serial=serial)))
    assert outbox.counts().waiting == 0


class TestExtract:
    def test_covers_from_its_first_to_its_last_time(self, intake, outbox, touches, log_of):
        file = log_of(touches(61), positional=False)
        taken = intake.take(reading(file, info=None, clock_offset_s=None))
        assert (taken.kind, taken.new) == (Kind.EXTRACT, 61)
        assert (taken.statement.since, taken.statement.until) == (FIRST_AT, FIRST_AT + 3_600)
        assert taken.statement.source == "usb"
        assert outbox.listing("waiting")[0].body.source == "usb"

    def test_leaves_cursor_and_terminal_as_they_were(self, intake, outbox, touches, log_of):
        intake.take(reading(log_of(touches(5))))
        cursor, [state] = outbox.ledger.cursor("front"), outbox.ledger.terminals()
        file = log_of(touches(7), positional=False)
        taken = intake.take(reading(file, READ_AT + 60, info=None, driver="usb"))
        assert taken.new == 2
        assert outbox.ledger.cursor("front") == cursor
        assert outbox.ledger.terminals() == [state]

    def test_imported_again_brings_nothing(self, intake, touches, log_of):
        file = log_of(touches(7), positional=False)
        intake.take(reading(file, info=None))
        taken = intake.take(reading(file, READ_AT + 60, info=None))
        assert (taken.handed, taken.new) == (7, 0)

    def test_without_a_believable_time_covers_nothing(self, intake, touch, log_of):
        file = log_of([touch(1, local_time=datetime(2000, 1, 1))], positional=False)
        taken = intake.take(reading(file, info=None))
        assert (taken.new, taken.statement) == (1, None)
        assert taken.uncovered == "no time in it can be believed"

    def test_that_is_empty_covers_nothing(self, intake, log_of):
        taken = intake.take(reading(log_of([], positional=False), info=None))
        assert (taken.statement, taken.uncovered) == (None, "there is no record in the log")


class PowerCut(Exception):
    """Raised where the power goes."""


class Fragile(Outbox):
    """An outbox that loses its power before or after the n-th commit."""

    left = 1_000_000
    after = False

    def add(self, bodies, *, mark=None):
        self.left -= 1
        if self.left < 0 and not self.after:
            raise PowerCut
        new = super().add(bodies, mark=mark)
        if self.left < 0:
            raise PowerCut
        return new


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["first", "cleared", "rotated", "continues"])
def test_the_power_may_go_at_any_commit(quick_path, touches, log_of, kind, after):
    """Whatever is cut, the next reads bring the same rows, and never more coverage."""
    before = {"first": [], "cleared": touches(90, first=5_000)}.get(kind, touches(90))
    first = 20 if kind == "rotated" else 0
    shown = touches(190, first=first)
    whole = set()
    for cut in range(5):
        with Fragile(quick_path / f"{cut}.db") as outbox:
            intake = Intake(outbox, zone=UTC, clock_limit_s=300, chunk=50)
            if before:
                intake.take(reading(log_of(before)))
            outbox.left, outbox.after = cut, after
            try:
                intake.take(reading(log_of(shown), READ_AT + 60))
            except PowerCut:
                outbox.left = 1_000_000
                intake.take(reading(log_of(shown), READ_AT + 120))
            [state] = outbox.ledger.terminals()
            rows = tuple(sorted(kept(outbox)))
            since = state.known_since
        whole.add(rows)
        if kind == "cleared":
            assert since >= READ_AT + 60
        else:
            assert since == int(datetime(2026, 3, 2, 7, 30, tzinfo=UTC).timestamp())
    assert len(whole) == 1


def test_a_full_outbox_leaves_the_cursor_where_the_rows_end(tmp_path, touches, log_of):
    with Outbox(tmp_path / "o.db", max_waiting=100) as outbox:
        intake = Intake(outbox, zone=UTC, clock_limit_s=300, chunk=40)
        with pytest.raises(OutboxFull):
            intake.take(reading(log_of(touches(150))))
        assert outbox.counts().waiting == outbox.ledger.cursor("front").count == 80
        assert outbox.ledger.due(9) == []
        pending = outbox.next_batch(80)
        outbox.settle(receipt_of(pending), pending, READ_AT)
        taken = intake.take(reading(log_of(touches(150)), READ_AT + 60))
        assert (taken.new, len(kept(outbox))) == (70, 70)


def test_asked_to_stop_it_stops_behind_a_commit(intake, outbox, touches, log_of):
    def stop() -> None:
        raise Stopping("now")

    later = READ_AT + 10 * 86_400
    with pytest.raises(Stopping):
        intake.take(reading(log_of(touches(2_500)), later), stop)
    assert outbox.counts().waiting == outbox.ledger.cursor("front").count == 1_000
    assert outbox.ledger.due(9) == []
    taken = intake.take(reading(log_of(touches(2_500)), later + 60))
    assert (taken.kind, taken.handed, taken.statement.since) == (
        Kind.CONTINUES, 1_500, FIRST_AT,
    )  # fmt: skip


def test_says_how_it_gets_on(intake, touches, log_of):
    calls = []
    intake.take(reading(log_of(touches(2_500))), lambda: calls.append(1))
    assert len(calls) == 3


def test_keeps_what_a_terminal_told_of_itself(intake, outbox, touches, log_of):
    intake.take(reading(log_of(touches(5))))
    [state] = outbox.ledger.terminals()
    assert (state.name, state.driver, state.serial) == ("front", "zk", SERIAL)
    assert (state.model, state.firmware, state.records) == ("K40", "6.60", 5)
    assert (state.read_at, state.clock_offset_s) == (READ_AT, 2)


def test_long_logs_are_taken_one_after_another_and_short_ones_wait_for_none(
    outbox, touches, log_of
):
    intake = Intake(outbox, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, chunk=2)
    under_way, go_on = Event(), Event()

    def held() -> None:
        under_way.set()
        assert go_on.wait(20)

    long, short = touches(6), touches(2, 100)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(intake.take, reading(log_of(long), name="a"), held)
        assert under_way.wait(20)
        second = threads.submit(intake.take, reading(log_of(long), name="b"))
        assert intake.take(reading(log_of(short), name="c")).new == 2
        assert wait([second], timeout=0.5).not_done  # alone it would take milliseconds
        go_on.set()
        assert (first.result(20).new, second.result(20).new) == (6, 0)
