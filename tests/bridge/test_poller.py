"""One terminal's loop."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from bridge.clock import offset_of
from bridge.health import Health
from bridge.intake import Intake
from bridge.live import Live
from bridge.outbox import Outbox
from bridge.poller import Poller
from drivers.base import Capability, ListLog, Terminal, TerminalInfo
from drivers.errors import (
    MalformedReply,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from ingest.wire import MAX_MOMENT

SERIAL = "OGT7030056062300032"
ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp()


class Scripted(Terminal):
    """A terminal that holds what a test gives it, and fails where a test says."""

    Options = object

    def __init__(self, entries, *, shift_s=0, clock=True, fails=None) -> None:
        self.entries, self.shift_s = entries, shift_s
        self.fails: dict[str, Exception] = fails or {}
        self.can = frozenset({Capability.CLOCK}) if clock else frozenset()
        self.closed = 0

    def _may(self, what: str) -> None:
        if what in self.fails:
            raise self.fails[what]

    def info(self):
        self._may("info")
        return TerminalInfo(SERIAL, records=len(self.entries), can=self.can)

    def clock(self):
        self._may("clock")
        local = datetime.fromtimestamp(NOW, ZONE).replace(tzinfo=None)
        return local + timedelta(seconds=self.shift_s)

    def read(self):
        self._may("read")
        return ListLog(SERIAL, list(self.entries), claimed=len(self.entries))

    def users(self):
        raise NotSupported("no users here")

    def close(self):
        self.closed += 1


class Time:
    """True time, which passes a little with each look."""

    now = NOW
    pace = 0.0

    def __call__(self) -> float:
        self.now += self.pace
        return self.now


@pytest.fixture
def health():
    return Health(Time())


@pytest.fixture
def poller_of(outbox, intake, health):
    def build(terminal, *, time=None, intake=intake, poll_s=60.0) -> Poller:
        def opener():
            if isinstance(terminal, Exception):
                raise terminal
            if "open" in terminal.fails:
                raise terminal.fails["open"]
            return terminal

        return Poller(
            name="front",
            driver="zk",
            opener=opener,
            intake=intake,
            ledger=outbox.ledger,
            health=health,
            zone=ZONE,
            poll_s=poll_s,
            random=lambda: 0.5,
            live=partial(Live, name="front", outbox=outbox, zone=ZONE, clock=time or Time()),
            clock=time or Time(),
        )

    return build


def test_reads_a_terminal_into_the_outbox_and_comes_back_in_time(poller_of, outbox, touches):
    terminal = Scripted(touches(5))
    assert poller_of(terminal).step() == 60
    assert outbox.counts().waiting == 5
    assert terminal.closed == 1
    [state] = outbox.ledger.terminals()
    assert (state.serial, state.read_at, state.clock_offset_s) == (SERIAL, NOW, 0)
    assert state.known_until == NOW


@pytest.mark.parametrize("shift_s", [-820_000_000, -90, 0, 7, 86_400])
def test_measures_the_clock_at_each_contact(poller_of, outbox, touches, shift_s):
    poller_of(Scripted(touches(5), shift_s=shift_s)).step()
    assert {kept.body.clock_offset_s for kept in outbox.listing("waiting")} == {shift_s}


def test_true_time_is_taken_in_the_middle_of_a_slow_exchange(poller_of, outbox, touches):
    time = Time()
    time.pace = 10.0
    poller_of(Scripted(touches(5), shift_s=15), time=time).step()
    [state] = outbox.ledger.terminals()
    assert state.clock_offset_s == 0
    assert state.read_at == NOW + 30  # when the read began, not when it was kept


@pytest.mark.parametrize(
    "terminal",
    [{"clock": False}, {"fails": {"clock": NotSupported("this firmware tells no time")}}],
)
def test_a_terminal_without_a_clock_is_read_all_the_same(poller_of, outbox, touches, terminal):
    poller_of(Scripted(touches(5), **terminal)).step()
    assert {kept.body.clock_offset_s for kept in outbox.listing("waiting")} == {None}


@pytest.mark.parametrize("place", ["open", "info", "clock", "read"])
@pytest.mark.parametrize(
    "error",
    [
        TerminalUnreachable("front does not answer"),
        TerminalBusy("front is busy"),
        TerminalRefused("front rejects our key"),
        MalformedReply("front speaks rubbish", b"\x00\x01"),
    ],
)
def test_a_fault_is_kept_and_tried_again_later_and_later(
    poller_of, outbox, health, touches, place, error
):
    terminal = Scripted(touches(5), fails={place: error})
    poller = poller_of(terminal)
    assert [poller.step() for _ in range(6)] == [45, 90, 180, 360, 675, 675]
    [state] = outbox.ledger.terminals()
    assert (state.error, state.error_at, state.read_at) == (str(error), NOW, None)
    assert str(error) in health.line(0)
    assert terminal.closed == (0 if place == "open" else 6)
    assert outbox.ledger.due(9) == []
    terminal.fails = {}
    assert poller.step() == 60
    [state] = outbox.ledger.terminals()
    assert (state.error, state.read_at) == ("", NOW)
    assert health.line(0) == "0 waiting for the centre"
    terminal.fails = {place: error}
    assert poller.step() == 45


def test_a_fault_is_logged_when_it_begins_and_when_it_ends(poller_of, touches, caplog):
    caplog.set_level(logging.INFO)
    terminal = Scripted(touches(5), fails={"read": TerminalUnreachable("no answer")})
    poller = poller_of(terminal)
    for _ in range(3):
        poller.step()
    terminal.fails = {}
    for _ in range(3):
        poller.step()
    told = [(one.levelname, one.getMessage()) for one in caplog.records]
    assert told == [
        ("WARNING", "front: no answer"),
        ("INFO", "front: reads again"),
        ("INFO", "front: new 5 of 5 records"),
    ]


def test_what_only_a_person_can_mend_is_an_error(poller_of, caplog):
    poller_of(TerminalRefused("front rejects our key")).step()
    assert [one.levelname for one in caplog.records] == ["ERROR"]


def test_bytes_that_follow_no_rule_are_kept_in_the_log(poller_of, caplog):
    caplog.set_level(logging.DEBUG)
    poller_of(MalformedReply("rubbish", b"\xde\xad\xbe\xef")).step()
    assert "deadbeef" in caplog.text


def test_something_odd_is_logged_when_it_begins_and_when_it_ends(poller_of, touches, caplog):
    caplog.set_level(logging.INFO)
    terminal = Scripted(touches(5), shift_s=900)
    poller = poller_of(terminal)
    for _ in range(3):
        poller.step()
    terminal.shift_s = 0
    for _ in range(3):
        poller.step()
    told = [one.getMessage() for one in caplog.records if "clock" in one.getMessage()]
    assert told == ["front: clock: the clock is +900 s off", "front: clock: no longer"]


def test_a_full_outbox_is_waited_for(tmp_path, poller_of, outbox, touches):
    with Outbox(tmp_path / "small.db", max_waiting=3) as small:
        full = Intake(small, zone=ZONE, clock_limit_s=300)
        assert poller_of(Scripted(touches(5)), intake=full).step() == 45
        assert small.counts().waiting == 0
    [state] = outbox.ledger.terminals()
    assert "at most 3 may" in state.error


def test_a_fault_that_cannot_be_kept_does_not_end_the_loop(poller_of, outbox, caplog):
    poller = poller_of(TerminalUnreachable("no answer"))
    with outbox._database.reading() as connection:
        connection.execute("PRAGMA query_only = 1")
    assert poller.step() == 45
    assert "could not be kept" in caplog.text


def test_read_tells_its_caller_what_failed(poller_of, touches):
    with pytest.raises(TerminalUnreachable):
        poller_of(TerminalUnreachable("no answer")).read()
    assert poller_of(Scripted(touches(5))).read().new == 5


def test_a_mistake_of_ours_does_not_end_the_loop(poller_of, outbox, health, touches, caplog):
    class Stop(threading.Event):
        waits: list[float]

        def wait(self, timeout=None):
            self.waits.append(timeout)
            terminal.fails = {}
            if len(self.waits) == 2:
                self.set()
            return True

    terminal = Scripted(touches(5), fails={"read": ZeroDivisionError("oops")})
    stop = Stop()
    stop.waits = []
    poller_of(terminal).run(stop)
    assert stop.waits == [60, 60]
    assert "a mistake of ours" in caplog.text
    assert outbox.counts().waiting == 5
    assert health.watchdog_ok()


def test_stops_within_a_long_log_and_goes_on_there(poller_of, outbox, touches):
    stop = threading.Event()

    class Stopping(Scripted):
        def close(self):
            stop.set()  # asked to stop while the log is taken

    poller = poller_of(Stopping(touches(2_500)))
    poller.run(stop)
    assert outbox.counts().waiting == 1_000
    assert outbox.ledger.terminals() == []
    poller = poller_of(Scripted(touches(2_500)))
    assert poller.read().handed == 1_500


def test_a_loop_that_hangs_in_a_read_is_found(poller_of, touches):
    clock = Time()
    health = Health(clock)

    class Hanging(Scripted):
        def read(self):
            clock.now += 1_700
            assert health.watchdog_ok()  # slow firmware may take this long
            clock.now += 200
            seen.extend(health.late())
            return super().read()

    seen: list[str] = []
    poller = poller_of(Hanging(touches(5)))
    poller._health = health
    poller.step()
    assert seen == ["terminal front"]
    assert health.watchdog_ok()


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(("true", "error_s"), [("00:30", 0), ("01:30", 0), ("01:29", 60)])
def test_in_the_repeated_hour_the_clock_is_the_nearer_one(true, error_s):
    at = datetime.fromisoformat(f"2025-10-26 {true}").replace(tzinfo=UTC).timestamp()
    assert offset_of(datetime(2025, 10, 26, 2, 30), at, BERLIN) == error_s


@pytest.mark.parametrize("shown", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)])
def test_any_clock_can_be_told_to_the_centre(shown):
    assert abs(offset_of(shown, NOW, ZONE)) == MAX_MOMENT
