"""When the end of a log will do, and when the whole is due."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bridge.cursor import Kind, find_place
from bridge.errors import NotContinued
from bridge.intake import Intake, Reading, Taken
from bridge.ledger import Trial
from bridge.outbox import Outbox
from bridge.tails import AGAIN_S, MOST_FAILED, Tails, is_odd
from drivers.base import Capability, Known, ListLog, TerminalInfo

ZONE = ZoneInfo("Asia/Makassar")
SERIAL = "OGT7030056062300032"
INFO = TerminalInfo(SERIAL, firmware="6.60", can=frozenset({Capability.TAIL}))
COUNT = 100


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZONE).timestamp())


NOW = at("2026-03-04 10:00")


class Office:
    """A terminal read by one poller, as far as tails go."""

    def __init__(self, outbox: Outbox, touches) -> None:
        self.outbox, self.touches = outbox, touches
        self.intake = Intake(outbox, zone=ZONE, clock_limit_s=300)
        self.tails = Tails("front", outbox.ledger, ZONE)
        self.count, self.first = COUNT, 0
        self.info = INFO
        self.claimed: int | None = None
        self.able = True
        """Whether the terminal hands over its end alone."""

    def entries(self):
        return self.touches(self.count, first=self.first)

    def read(self, now: int) -> tuple[Known | None, Taken]:
        known = self.tails.known(self.info, now)
        entries = self.entries()
        first = 0
        if known and self.able:
            start = known.count - len(known.records)
            held = tuple(one.raw for one in entries[start : known.count])
            first = start if held == known.records else 0
        log = ListLog(self.info.serial, entries[first:], claimed=self.claimed, start=first)
        log.layout = "text"
        reading = Reading("front", "zk", log, now, clock_offset_s=0, info=self.info)
        taken = self.intake.take(reading)
        self.tails.learn(self.info, known, log, taken, now)
        return known, taken


@pytest.fixture
def office(outbox, touches) -> Office:
    return Office(outbox, touches)


@pytest.fixture
def settled(office) -> Office:
    office.read(NOW)
    return office


def test_a_first_read_is_whole_and_the_next_goes_on_from_its_end(office):
    assert office.tails.known(INFO, NOW) is None
    office.read(NOW)
    office.count += 2
    known, taken = office.read(NOW + 10)
    assert known is not None
    assert (known.count, len(known.records), known.layout) == (COUNT, 64, "text")
    assert (taken.kind, taken.records, taken.handed, taken.new) == ("continues", 102, 2, 2)
    assert (taken.statement.until, taken.statement.taken) == (NOW + 10, 102)
    cursor = office.outbox.ledger.cursor("front")
    assert (cursor.count, cursor.base, cursor.whole_at, cursor.proven_at) == (
        102, 100, NOW, NOW + 10,
    )  # fmt: skip


def test_each_night_the_whole_is_compared_with_all_that_came_by_the_end(settled):
    for step in range(1, 5):
        settled.count += 1
        known, _ = settled.read(NOW + 60 * step)
        assert known is not None
    before = settled.outbox.ledger.cursor("front")
    assert before.link != b""
    night = at("2026-03-05 04:00")
    known, taken = settled.read(night)
    assert known is None
    assert (taken.kind, taken.handed) == (Kind.CONTINUES, 0)
    after = settled.outbox.ledger.cursor("front")
    assert (after.base, after.link, after.whole_at) == (104, b"", night)
    whole = ListLog(SERIAL, settled.entries())
    assert after.digest == whole.digest(104)
    assert settled.tails.known(INFO, night + 60) is not None


def test_what_came_by_the_end_and_is_not_in_the_whole_is_named(settled):
    settled.count += 1
    settled.read(NOW + 60)
    changed = settled.entries()
    changed[COUNT - 80] = changed[COUNT - 80]._replace(raw=b"another record")
    log = ListLog(SERIAL, changed)
    taken = settled.intake.take(Reading("front", "zk", log, NOW + 120, info=INFO))
    assert taken.kind is Kind.RESTORED
    assert taken.statement.since == NOW + 120


def test_one_of_the_chained_records_that_changed_is_found_by_the_whole(settled):
    settled.count += 70
    settled.read(NOW + 60)
    changed = settled.entries()
    changed[COUNT] = changed[COUNT]._replace(raw=b"another record")
    assert find_place(
        ListLog(SERIAL, changed), settled.outbox.ledger.cursor("front")
    ).kind is Kind.RESTORED  # fmt: skip


@pytest.mark.parametrize(
    ("whole_at", "now", "due"),
    [
        ("2026-03-04 10:00", "2026-03-04 23:59", False),
        ("2026-03-04 10:00", "2026-03-05 00:59", False),
        ("2026-03-04 10:00", "2026-03-05 04:00", True),
        ("2026-03-04 04:00", "2026-03-04 04:10", False),
        ("2026-03-03 22:00", "2026-03-04 08:00", True),  # the computer was off at night
        ("2026-03-04 10:00", "2026-03-04 09:00", True),  # our clock was set back
    ],
)
def test_a_night_is_between_one_and_four(office, whole_at, now, due):
    office.read(at(whole_at))
    assert (office.tails.known(INFO, at(now)) is None) is due


def test_the_terminals_of_an_office_do_not_begin_their_nights_at_once(outbox):
    begins = {Tails(f"door-{number}", outbox.ledger, ZONE)._last_night(NOW) for number in range(9)}
    assert len(begins) == 9
    first = at("2026-03-04 01:00")
    assert all(0 <= begun - first < 3 * 3_600 for begun in begins)


@pytest.mark.parametrize(
    "changed", [{"serial": "OTHER"}, {"firmware": "6.61"}, {"can": frozenset()}]
)
def test_another_terminal_or_firmware_is_read_whole(settled, changed):
    assert settled.tails.known(replace(INFO, **changed), NOW + 60) is None


def test_a_new_firmware_is_tried_after_its_first_whole_read(settled):
    settled.info = replace(INFO, firmware="6.61")
    known, _ = settled.read(NOW + 60)
    assert known is None
    assert settled.tails.known(settled.info, NOW + 120) is not None


def test_after_a_fault_the_next_read_is_whole(settled):
    settled.tails.odd(NOW + 30)
    known, _ = settled.read(NOW + 60)
    assert known is None
    assert settled.tails.known(INFO, NOW + 120) is not None


def test_after_a_read_that_proved_nothing_the_next_is_whole(settled):
    settled.claimed = COUNT + 1
    known, taken = settled.read(NOW + 60)
    assert (known is not None, taken.statement) == (True, None)
    for _ in range(2):
        known, taken = settled.read(NOW + 120)
        assert (known, taken.statement) == (None, None)
    settled.claimed = COUNT
    settled.read(NOW + 180)
    assert settled.tails.known(INFO, NOW + 240) is not None


@pytest.mark.parametrize("count", [1, 64])
def test_a_log_no_longer_than_the_margin_is_read_whole(office, count):
    office.count = count
    office.read(NOW)
    assert office.tails.known(INFO, NOW + 60) is None


def test_a_log_that_was_cleared_rotated_or_replaced_is_named_as_ever(settled):
    settled.first = 30
    _, taken = settled.read(NOW + 60)
    assert (taken.kind, taken.handed) == (Kind.ROTATED, 30)
    settled.first, settled.count = 500, 90
    known, taken = settled.read(NOW + 120)
    assert known is not None
    assert taken.kind is Kind.CLEARED
    settled.info = replace(INFO, serial="OTHER")
    known, taken = settled.read(NOW + 180)
    assert (known, taken.kind) == (None, Kind.REPLACED)
    assert settled.outbox.ledger.trial(SERIAL, "6.60") == Trial(0, NOW)


def test_a_firmware_that_cannot_is_tried_three_times_and_again_in_a_week(settled, caplog):
    caplog.set_level("INFO")
    settled.able = False
    now = at("2026-03-05 10:00")
    settled.read(now)
    asked = 0
    for step in range(1, MOST_FAILED + 3):
        known, taken = settled.read(now + step)
        asked += known is not None
        assert taken.kind is Kind.CONTINUES
    assert asked == MOST_FAILED
    assert [one.getMessage() for one in caplog.records] == [
        "front: does not hand over the end of its log alone; read whole"
    ]
    settled.read(now + AGAIN_S)
    assert settled.tails.known(INFO, now + AGAIN_S + 60) is not None
    settled.read(now + AGAIN_S + 60)
    assert settled.tails.known(INFO, now + AGAIN_S + 120) is None, "in vain, for a week"


def test_a_firmware_that_falls_silent_instead_is_not_asked_for_ever(settled, caplog):
    caplog.set_level("INFO")
    asked = 0
    for step in range(1, 2 * MOST_FAILED + 4):
        now = NOW + 60 * step
        if settled.tails.known(INFO, now) is None:
            settled.read(now)
        else:
            asked += 1
            settled.tails.odd(now)
    assert asked == MOST_FAILED
    assert [one.getMessage() for one in caplog.records] == [
        "front: does not hand over the end of its log alone; read whole"
    ]


def test_a_fault_of_a_whole_read_says_nothing_of_the_end(settled):
    settled.tails.odd(NOW + 30)
    for step in range(1, MOST_FAILED + 1):
        assert settled.tails.known(INFO, NOW + 60 * step) is None
        settled.tails.odd(NOW + 60 * step)
    settled.read(NOW + 600)
    assert settled.tails.known(INFO, NOW + 660) is not None


def test_a_firmware_that_can_after_all_is_trusted_again(settled):
    settled.able = False
    settled.read(NOW + 60)
    settled.able = True
    settled.read(NOW + 120)
    assert settled.outbox.ledger.trial(SERIAL, "6.60") == Trial(0, NOW + 120)


def test_what_is_known_survives_a_restart(settled, outbox):
    settled.count += 5
    settled.read(NOW + 60)
    with Outbox.existing(outbox.path) as reopened:
        known = Tails("front", reopened.ledger, ZONE).known(INFO, NOW + 120)
    assert known is not None
    assert known.count == COUNT + 5


@pytest.mark.parametrize(
    ("new", "odd"),
    [
        ("", False),
        ("p", False),
        ("pb", False),
        ("bb", False),
        ("pd", True),
        ("bp", True),
        ("d", True),
    ],
)
def test_new_records_that_are_no_punches_are_odd_but_for_blank_slots_at_last(
    touches, touch, blank, new, odd
):
    kinds = {"p": touch(500), "b": blank, "d": blank._replace(raw=b"x", kind="date")}
    end = ListLog(SERIAL, touches(64, first=36) + [kinds[one] for one in new], start=36)
    known = Known(COUNT, (), "text")
    assert is_odd(end, known) is odd
    assert not is_odd(ListLog(SERIAL, [*touches(COUNT), kinds["d"]]), known), "the whole log"


class TestAnEndThatDoesNotBelong:
    """A driver that hands over a wrong end is not believed."""

    def take(self, office: Office, log: ListLog) -> Taken:
        return office.intake.take(Reading("front", "zk", log, NOW + 60, info=INFO))

    def test_is_refused_where_its_records_are_others(self, settled, touches):
        with pytest.raises(NotContinued, match="does not continue"):
            self.take(settled, ListLog(SERIAL, touches(70, first=900), start=36))

    def test_is_refused_where_it_begins_behind_what_is_known(self, settled, touches):
        with pytest.raises(NotContinued):
            self.take(settled, ListLog(SERIAL, touches(5, first=COUNT), start=COUNT))

    def test_is_refused_where_it_is_shorter(self, settled, touches):
        with pytest.raises(NotContinued):
            self.take(settled, ListLog(SERIAL, touches(63, first=36), start=36))

    def test_is_refused_of_another_terminal_and_of_an_unknown_one(self, settled, office, touches):
        with pytest.raises(NotContinued):
            self.take(settled, ListLog("OTHER", touches(64, first=36), start=36))
        with pytest.raises(NotContinued):
            office.intake.take(
                Reading("back", "zk", ListLog(SERIAL, touches(64, first=36), start=36), NOW)
            )

    def test_nothing_of_it_is_kept(self, settled, touches):
        before = settled.outbox.counts(), settled.outbox.ledger.cursor("front")
        with pytest.raises(NotContinued):
            self.take(settled, ListLog(SERIAL, touches(70, first=900), start=36))
        assert (settled.outbox.counts(), settled.outbox.ledger.cursor("front")) == before
