"""Setting the clock of a terminal: when, by what, and what is said of it."""

import json
import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.clock import AGAIN_S, LEAST_S, TRUST_S, ClockKeeper, measure, mistrust
from bridge.health import Health
from bridge.ledger import CentreState
from bridge.poller import Poller
from drivers.base import Capability, ListLog, Terminal, TerminalInfo
from drivers.errors import TerminalRefused

ZONE = ZoneInfo("Asia/Makassar")
NOW = int(datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp())
TRUSTED = CentreState(ok_at=NOW - 60, skew_s=2)
ALL = frozenset({Capability.CLOCK, Capability.SET_CLOCK})


class Wall(Terminal):
    """A terminal that is little more than a clock."""

    Options = object

    def __init__(self, offset_s: int, *, can=ALL, refuses=False, deaf=False, entries=()) -> None:
        self.offset_s, self.refuses, self.deaf = offset_s, refuses, deaf
        self.can, self.entries = can, list(entries)
        self.set_to: list[datetime] = []

    def info(self):
        return TerminalInfo("OGT7030056062300032", can=self.can)

    def clock(self):
        local = datetime.fromtimestamp(NOW, ZONE).replace(tzinfo=None)
        return local + timedelta(seconds=self.offset_s)

    def set_clock(self, local_time):
        if self.refuses:
            raise TerminalRefused("10.0.0.9 answers with code 2001 (refused)")
        self.set_to.append(local_time)
        if not self.deaf:
            true = datetime.fromtimestamp(NOW, ZONE).replace(tzinfo=None)
            self.offset_s = int((local_time - true).total_seconds())

    def read(self):
        return ListLog("OGT7030056062300032", self.entries)

    def users(self):
        return []

    def close(self):
        """There is nothing to let go of."""


class Time:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def keeper(outbox, time):
    outbox.ledger.note_centre(TRUSTED)
    return ClockKeeper("front", outbox, ZONE, clock=time)


def events(outbox):
    return [(one.kind, one.detail) for one in outbox.ledger.events()]


@pytest.mark.parametrize("offset_s", [LEAST_S, 412, -412, -86_400 * 9_000])
def test_a_clock_that_is_off_is_set_and_the_centre_is_told(keeper, outbox, offset_s):
    wall = Wall(offset_s)
    keeper.keep(wall, offset_s)
    assert wall.offset_s == 0
    assert wall.set_to == [datetime(2026, 3, 3, 8, 0)]  # the office's wall clock, naive
    assert events(outbox) == [("clock-set", f"the clock was {offset_s:+d} s off and was set")]


@pytest.mark.parametrize("offset_s", [0, LEAST_S - 1, 1 - LEAST_S, None])
def test_a_few_seconds_are_left_alone(keeper, outbox, offset_s):
    wall = Wall(offset_s or 0)
    keeper.keep(wall, offset_s)
    assert wall.set_to == []
    assert events(outbox) == []


def test_it_is_not_set_again_and_again(keeper, outbox, time):
    wall = Wall(600, deaf=True)
    for second in range(0, AGAIN_S, 60):
        time.now = NOW + second
        keeper.keep(wall, 600)
    assert len(wall.set_to) == 1
    ((kind, detail),) = events(outbox)
    assert kind == "clock-not-set"
    assert "was set and is still +600 s off" in detail
    time.now = NOW + AGAIN_S
    keeper.keep(wall, 600)
    assert len(wall.set_to) == 2


@pytest.mark.parametrize(
    ("centre", "why"),
    [
        (CentreState(), "has not confirmed our own clock yet"),
        (CentreState(ok_at=NOW), "has not confirmed our own clock yet"),
        (CentreState(ok_at=NOW - 86_401, skew_s=0), "for a day"),
        (CentreState(ok_at=NOW + 5, skew_s=0), "for a day"),  # our own clock went back
        (CentreState(ok_at=NOW, skew_s=TRUST_S + 1), "our own clock is +11 s off the centre's"),
        (CentreState(ok_at=NOW, skew_s=-7_200), "our own clock is -7200 s off the centre's"),
    ],
)
def test_never_by_a_clock_that_is_off_itself(keeper, outbox, centre, why):
    outbox.ledger.note_centre(centre)
    wall = Wall(600)
    keeper.keep(wall, 600)
    keeper.keep(wall, 600)
    assert wall.set_to == []
    ((kind, detail),) = events(outbox)
    assert kind == "clock-not-set"
    assert why in detail
    assert why in mistrust(centre, NOW)


def test_it_is_set_as_soon_as_our_clock_is_confirmed(keeper, outbox):
    outbox.ledger.note_centre(CentreState())
    wall = Wall(600)
    keeper.keep(wall, 600)
    outbox.ledger.note_centre(TRUSTED)
    keeper.keep(wall, 600)
    assert len(wall.set_to) == 1
    assert [kind for kind, _ in events(outbox)] == ["clock-set", "clock-not-set"]


def test_a_driver_that_cannot_set_it_says_so_once(keeper, outbox, caplog):
    caplog.set_level(logging.WARNING)
    wall = Wall(600, can=frozenset({Capability.CLOCK}))
    keeper.keep(wall, 600)
    keeper.keep(wall, 601)
    assert wall.set_to == []
    assert [kind for kind, _ in events(outbox)] == ["clock-not-set"]
    assert len(caplog.records) == 1


def test_a_refusal_is_no_fault_of_the_read(outbox, intake, time, touches):
    outbox.ledger.note_centre(TRUSTED)
    wall = Wall(600, refuses=True, entries=touches(4))
    taken = poller(wall, outbox, intake, time).read()
    assert taken.new == 4
    assert ("clock-not-set", "the clock is +600 s off and not set: 10.0.0.9 answers with code "
            "2001 (refused)") in events(outbox)  # fmt: skip


def test_what_was_read_keeps_the_offset_it_was_read_with(outbox, intake, time, touches):
    outbox.ledger.note_centre(TRUSTED)
    wall = Wall(600, entries=touches(4))
    read = poller(wall, outbox, intake, time)
    read.read()
    assert wall.offset_s == 0
    kept = [row.body.clock_offset_s for row in outbox.listing("waiting")]
    assert kept == [600] * 4
    (state,) = outbox.ledger.terminals()
    assert state.clock_offset_s == 600
    read.read()
    (state,) = outbox.ledger.terminals()
    assert state.clock_offset_s == 0


def test_without_a_keeper_no_clock_is_touched(outbox, intake, time, touches):
    outbox.ledger.note_centre(TRUSTED)
    wall = Wall(600, entries=touches(4))
    poller(wall, outbox, intake, time, keeper=None).read()
    assert wall.set_to == []


def test_a_terminal_without_a_clock_has_no_offset(time):
    assert measure(Wall(5, can=frozenset()), ZONE, time) is None
    assert measure(Wall(5), ZONE, time) == 5


def poller(wall, outbox, intake, time, keeper=...):
    return Poller(
        name="front",
        driver="zk",
        opener=lambda: wall,
        intake=intake,
        ledger=outbox.ledger,
        health=Health(time),
        zone=ZONE,
        poll_s=60,
        random=lambda: 0.5,
        keeper=ClockKeeper("front", outbox, ZONE, clock=time) if keeper is ... else keeper,
        clock=time,
    )


class TestByConfiguration:
    """`once` with a simulated terminal whose clock is off, and a centre that confirms ours."""

    @pytest.mark.parametrize(("told", "moved"), [("", False), ('clock = "set"', True)])
    def test_only_a_section_that_says_so_sets_it(self, desk, memory, scripted, taking, told, moved):
        memory.shift_clock(-900)
        desk.write(told, url=f'"{scripted.url}"')
        desk.types("once")  # the first round brings the centre's word on our clock
        assert desk.types("once").exit_code == 0
        assert (abs(memory.skew.total_seconds()) < LEAST_S) == moved
        assert memory.commands_seen[202] == int(moved)
        kinds = {event["kind"] for event in status(desk)["terminals"][0]["events"]}
        assert ("clock-set" in kinds) == moved
        notes = [note for beat in taking.beats for one in beat.terminals for note in one.notes]
        assert any(note.startswith("clock-set: the clock was -9") for note in notes) == moved

    def test_any_other_word_is_a_fault(self, desk):
        desk.write('clock = "sett"')
        told = desk.types("check")
        assert told.exit_code == 2
        assert 'terminal[1].clock: expected leave or set, got "sett", did you mean "set"?' in (
            told.stderr
        )


def status(desk):
    return json.loads(desk.types("status", "--json").stdout)
