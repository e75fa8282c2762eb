"""Touches told as they happen: kept at once, and the reads beneath them go on as the proof."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bridge.errors import OutboxFull
from bridge.health import Health
from bridge.intake import Intake, Reading
from bridge.live import Live
from bridge.outbox import Outbox
from bridge.poller import PROBE_S, STEADY_S, Poller
from drivers.base import Capability, ListLog, RawPunch, Terminal, TerminalInfo
from drivers.errors import NotSupported, TerminalUnreachable

SERIAL = "OGT7030056062300032"
ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp()
POLL_S = 300.0


class Clock:
    """True and monotonic time, which pass while a terminal waits."""

    def __init__(self) -> None:
        self.passed = 0.0

    def true(self) -> float:
        return NOW + self.passed

    def monotonic(self) -> float:
        return 1_000 + self.passed

    def local(self) -> datetime:
        return datetime.fromtimestamp(int(self.true()), ZONE).replace(tzinfo=None)


class Listening(Terminal):
    """A terminal that tells touches while it waits, and lets a test act at given moments."""

    Options = object

    def __init__(self, clock: Clock, entries) -> None:
        self.clock_of, self.entries = clock, list(entries)
        self.plan: list[tuple[float, Callable[[], None]]] = []
        self.did: list[str] = []
        self.tell = None
        self.read_takes_s = 0.0
        self.gone = ""
        """`silent` answers nothing, `hung up` says so at once."""
        self.mends = True
        self.deaf = False
        self.on_listen: Callable[[], None] = lambda: None

    def at(self, moment: float, act: Callable[[], None]) -> None:
        self.plan.append((moment, act))
        self.plan.sort(key=lambda one: one[0])

    def touch(self, user_id: str = "7") -> RawPunch:
        time = self.clock_of.local()
        return RawPunch(user_id, time, 0, 1, "", f"{user_id} {time}".encode())

    def punch(self, user_id: str = "7", *, told: bool = True, certain: bool = True) -> None:
        """Somebody touches it; the log has it at once, and who listens is told."""
        touch = self.touch(user_id)
        self.entries.append(touch)
        if told and self.tell:
            self.tell(touch if certain else None)

    def pass_time(self, seconds: float) -> None:
        end = self.clock_of.passed + seconds
        while self.plan and self.plan[0][0] <= end:
            moment, act = self.plan.pop(0)
            self.clock_of.passed = max(self.clock_of.passed, moment)
            act()
        self.clock_of.passed = end

    def _here(self, what: str) -> None:
        self.did.append(f"{what} {self.clock_of.passed:.0f}")
        if self.gone == "silent":
            raise TerminalUnreachable("front stopped answering")

    def info(self):
        return TerminalInfo(
            SERIAL, can=frozenset({Capability.CLOCK, Capability.LIVE})
        )  # fmt: skip

    def clock(self):
        self._here("clock")
        return self.clock_of.local()

    def read(self):
        self._here("read")
        held = list(self.entries)  # as of the moment the terminal prepares it
        self.pass_time(self.read_takes_s)
        return ListLog(SERIAL, held, claimed=len(held))

    def users(self):
        raise NotSupported("no users here")

    def listen(self, tell):
        self._here("listen")
        if self.deaf:
            raise NotSupported("front does not tell punches as they happen")
        self.tell = tell
        self.on_listen()

    def wait(self, seconds):
        if self.gone == "hung up":
            raise TerminalUnreachable("front hung up")
        self.pass_time(seconds)

    def close(self):
        self.did.append(f"close {self.clock_of.passed:.0f}")
        self.tell = None
        if self.mends:
            self.gone = ""


class Stop:
    """An event that a test sets, and that waits in the terminal's time."""

    def __init__(self, terminal: Listening) -> None:
        self.terminal, self.on = terminal, False

    def is_set(self) -> bool:
        return self.on

    def set(self) -> None:
        self.on = True

    def wait(self, seconds: float) -> bool:
        self.terminal.pass_time(seconds)
        return self.on


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminal(clock, touches) -> Listening:
    return Listening(clock, touches(5))


@pytest.fixture
def live_of(outbox, clock) -> Callable[[], Live]:
    return partial(Live, SERIAL, name="front", outbox=outbox, zone=ZONE, clock=clock.true)


@pytest.fixture
def run(outbox, intake, clock, terminal):
    """Run the poller's loop until a moment; what happens meanwhile is planned before."""
    wanted = []

    def go(until: float, *, poll_s: float = POLL_S, intake: Intake = intake) -> Poller:
        poller = Poller(
            name="front",
            driver="zk",
            opener=lambda: terminal,
            intake=intake,
            ledger=outbox.ledger,
            health=Health(clock.monotonic),
            zone=ZONE,
            poll_s=poll_s,
            random=lambda: 0.5,
            live=partial(Live, name="front", outbox=outbox, zone=ZONE, clock=clock.true),
            wanted=lambda: bool(wanted),
            clock=clock.true,
            monotonic=clock.monotonic,
        )
        stop = Stop(terminal)
        terminal.at(until, stop.set)
        poller.run(stop)
        return poller

    go.wanted = wanted
    return go


def moments(terminal: Listening, what: str) -> list[int]:
    """Return when something was asked of the terminal."""
    return [int(one.split()[1]) for one in terminal.did if one.startswith(what)]


def live_rows(outbox: Outbox) -> list[tuple[str, int]]:
    kept = [one.body for one in outbox.listing("waiting", 10_000)]
    return [(body.user_id, int(body.read_at - NOW)) for body in kept if body.source == "live"]


def test_a_touch_is_kept_the_moment_it_is_told(run, outbox, terminal):
    terminal.at(100, terminal.punch)
    run(101)
    assert live_rows(outbox) == [("7", 100)]
    assert outbox.counts().waiting == 6
    [row] = [one.body for one in outbox.listing("waiting") if one.body.source == "live"]
    assert (row.after, row.clock_offset_s, row.terminal) == (NOW, 0, SERIAL)


def test_it_listens_before_it_reads_and_says_goodbye(run, terminal):
    run(10)
    assert terminal.did == ["clock 0", "listen 0", "clock 0", "read 0", "clock 0", "close 10"]


@pytest.mark.parametrize("told", [True, False])
def test_a_touch_between_listening_and_reading_is_caught(run, outbox, terminal, told):
    terminal.on_listen = lambda: terminal.punch("9", told=told)
    run(1)
    assert outbox.counts().waiting == 6


def test_a_touch_during_a_read_is_caught_though_the_read_missed_it(run, outbox, terminal):
    terminal.read_takes_s = 4
    terminal.at(2, terminal.punch)
    run(10)
    assert live_rows(outbox) == [("7", 2)]
    cursor = outbox.ledger.cursor("front")
    assert (cursor.count, cursor.proven_at) == (5, NOW)


def test_the_reads_beneath_go_on_in_the_same_session_and_double_nothing(run, outbox, terminal):
    for moment in (50, 350, 650):
        terminal.at(moment, terminal.punch)
    run(950)
    assert moments(terminal, "read") == [0, 300, 600, 900]
    assert len(moments(terminal, "close")) == 1
    assert outbox.counts().waiting == 8
    assert outbox.ledger.cursor("front").count == 8


def test_what_is_told_moves_neither_cursor_nor_coverage(intake, outbox, live_of, touches, clock):
    log = ListLog(SERIAL, touches(5))
    intake.take(Reading("front", "zk", log, int(NOW) - 60, info=TerminalInfo(SERIAL)))
    cursor, [state] = outbox.ledger.cursor("front"), outbox.ledger.terminals()
    live_of().told(RawPunch("7", clock.local(), 0, 1, "", b"event"))
    assert outbox.ledger.cursor("front") == cursor
    assert outbox.ledger.terminals() == [state]
    assert outbox.counts().waiting == 6


def test_what_is_told_came_after_the_last_proven_read(intake, outbox, live_of, touches, clock):
    live = live_of()
    live.told(RawPunch("1", clock.local(), 0, 1, "", b"event"))
    log = ListLog(SERIAL, touches(5))
    intake.take(Reading("front", "zk", log, int(NOW), info=TerminalInfo(SERIAL)))
    live.told(RawPunch("2", clock.local(), 0, 1, "", b"event"))
    live.log_was_taken()
    live.told(RawPunch("3", clock.local(), 0, 1, "", b"event"))
    after = {
        one.body.user_id: one.body.after
        for one in outbox.listing("waiting")
        if one.body.source == "live"
    }
    assert after == {"1": None, "2": None, "3": int(NOW)}


def test_a_touch_of_another_terminal_is_not_placed_by_this_log(outbox, intake, touches, clock):
    log = ListLog(SERIAL, touches(5))
    intake.take(Reading("front", "zk", log, int(NOW), info=TerminalInfo(SERIAL)))
    live = Live("OTHER", name="front", outbox=outbox, zone=ZONE, clock=clock.true)
    live.told(RawPunch("7", clock.local(), 0, 1, "", b"event"))
    [row] = [one.body for one in outbox.listing("waiting") if one.body.source == "live"]
    assert (row.terminal, row.after) == ("OTHER", None)


@pytest.mark.parametrize("polls", [True, False])
def test_a_touch_and_its_record_are_one_punch_whichever_comes_first(
    intake, outbox, live_of, terminal, polls
):
    touch = terminal.touch()
    event = touch._replace(raw=b"event")
    log = ListLog(SERIAL, [*terminal.entries, touch])
    reading = Reading("front", "zk", log, int(NOW), info=TerminalInfo(SERIAL))
    live = live_of()
    for turn in (polls, not polls):
        if turn:
            intake.take(reading)
        else:
            live.told(event)
    assert outbox.counts().waiting == 6


def test_what_only_the_log_can_tell_is_read_at_once(run, outbox, terminal):
    terminal.read_takes_s = 0.05
    terminal.at(100.2, lambda: terminal.punch(certain=False))
    run(102)
    assert live_rows(outbox) == []
    assert outbox.counts().waiting == 6
    assert [one.body.read_at for one in outbox.listing("waiting")][-1] - NOW == pytest.approx(
        100.7, abs=0.75
    )


def test_reads_at_once_do_not_wear_a_slow_terminal_out(run, terminal):
    terminal.read_takes_s = 5
    for moment in range(10, 100):
        terminal.at(moment, lambda: terminal.punch(certain=False))
    run(110)
    assert moments(terminal, "read") == [0, 50, 100]


@pytest.mark.parametrize(
    "touch",
    [
        None,
        RawPunch("", datetime(2026, 3, 3, 8), 0, 1, "", b"x"),
        RawPunch("7", datetime(2026, 3, 3, 8), 70_000, 1, "", b"x"),
    ],
)
def test_what_cannot_be_a_punch_is_left_to_the_log(outbox, live_of, touch):
    live = live_of()
    live.told(touch)
    assert live.unclear
    assert outbox.counts().waiting == 0


@pytest.mark.parametrize("local", ["2025-10-26 02:30", "2025-03-30 02:30"])
def test_a_time_that_occurs_twice_or_never_is_left_to_the_log(outbox, clock, local):
    live = Live(
        SERIAL, name="front", outbox=outbox, zone=ZoneInfo("Europe/Berlin"), clock=clock.true
    )
    live.told(RawPunch("7", datetime.fromisoformat(local), 0, 1, "", b"x"))
    assert live.unclear
    live.unclear = False
    live.told(RawPunch("7", datetime.fromisoformat(local) + timedelta(hours=2), 0, 1, "", b"x"))
    assert (live.unclear, outbox.counts().waiting) == (False, 1)


def test_a_serial_number_that_cannot_name_a_terminal_keeps_nothing(outbox, clock):
    live = Live("bad\x00", name="front", outbox=outbox, zone=ZONE, clock=clock.true)
    live.told(RawPunch("7", clock.local(), 0, 1, "", b"x"))
    assert (live.unclear, outbox.counts().waiting) == (True, 0)


@pytest.mark.parametrize("how", ["silent", "hung up"])
def test_a_dropped_session_is_noticed_within_a_minute_and_the_gap_is_filled(
    run, outbox, terminal, caplog, how
):
    caplog.set_level(logging.INFO)
    dropped = STEADY_S + 20

    def drop():
        terminal.gone = how
        terminal.tell = None

    terminal.at(dropped, drop)
    terminal.at(dropped, lambda: terminal.punch("8", told=False))
    run(dropped + 60)
    assert outbox.counts().waiting == 6
    first, second = moments(terminal, "read")
    assert (first, dropped < second < dropped + PROBE_S + 5) == (0, True)
    closed, _ = moments(terminal, "close")
    assert closed < second
    told = [one.getMessage() for one in caplog.records if "session" in one.getMessage()]
    assert len(told) == 1
    assert outbox.ledger.terminals()[0].error == "", "what mends itself at once is no fault"


def test_a_terminal_that_keeps_no_session_is_read_at_the_usual_pace(run, terminal, caplog):
    caplog.set_level(logging.INFO)
    terminal.gone, terminal.mends = "hung up", False
    run(3_000)
    reads = moments(terminal, "read")
    assert {later - earlier for earlier, later in pairwise(reads)} == {int(POLL_S)}
    told = [one.getMessage() for one in caplog.records if "session" in one.getMessage()]
    assert told == ["front: begins a new session after 0 s: front hung up"]


def test_a_terminal_that_tells_nothing_is_read_at_intervals(run, outbox, terminal, caplog):
    terminal.deaf = True
    terminal.at(100, terminal.punch)
    run(700)
    assert moments(terminal, "listen") == [0]
    assert moments(terminal, "read") == [0, 300, 600]
    assert outbox.counts().waiting == 6
    assert caplog.messages.count("front: front does not tell punches as they happen") == 1


def test_who_waits_for_the_terminal_gets_it(run, terminal):
    terminal.at(100, lambda: run.wanted.append(True))
    terminal.at(101.9, run.wanted.clear)
    run(110)
    assert len(moments(terminal, "close")) >= 2
    assert terminal.tell is None


def test_a_full_outbox_ends_the_session_and_the_log_keeps_the_touch(
    run, quick_path, outbox, terminal, clock
):
    with Outbox(quick_path / "small.db", max_waiting=5) as small:
        full = Live(SERIAL, name="front", outbox=small, zone=ZONE, clock=clock.true)
        for number in range(5):
            full.told(RawPunch(str(number), clock.local(), 0, 1, "", b"x"))
        with pytest.raises(OutboxFull):
            full.told(RawPunch("9", clock.local(), 0, 1, "", b"x"))
        assert small.counts().waiting == 5


@pytest.mark.parametrize(
    ("took_s", "every_s"), [(0.5, POLL_S), (20, POLL_S), (60, 600), (400, 1_300)]
)
def test_a_terminal_that_answers_slowly_is_read_less_often(run, terminal, took_s, every_s):
    terminal.deaf = True
    terminal.read_takes_s = took_s
    run(4 * every_s)
    reads = moments(terminal, "read")
    gaps = {later - earlier for earlier, later in pairwise(reads)}
    assert all(gap == pytest.approx(max(every_s, POLL_S + took_s), abs=2) for gap in gaps)
