"""Whatever happens to a terminal between reads, nothing it showed is lost or doubled, and coverage
never speaks of a moment of which a punch is missing.

A model terminal lives through touches, clearing, rotation, replacement, wrong clocks and bad reads.
It is read whole or by its end, as the bridge decides, and tells some touches as they happen.
The very second in which a stretch begins or ends is not claimed: a file may be cut within it. Two
things are left out because no log can show them: a log that was cleared and filled with the very
same bytes or from a copy no older than our last look, and a clock that was wrong before anybody
looked.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge_parts import receipt_of
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge.errors import Stopping
from bridge.intake import Intake, Reading
from bridge.live import Live
from bridge.outbox import Outbox
from bridge.tails import Tails
from drivers.base import BadRecord, Capability, Entry, Known, ListLog, RawPunch, TerminalInfo
from ingest import wire

ZONE = ZoneInfo("Asia/Makassar")
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
CAPACITY = 150
CHUNK = 30
MEMORY = Path("/dev/shm")  # noqa: S108 - thousands of commits, and no disk to wait for
BLANK = BadRecord(b"\x00" * 16, "blank", "a slot that was never written", "")


@dataclass(frozen=True)
class Touch:
    """What really happened."""

    serial: str
    at: int
    shift_s: int
    entry: RawPunch

    @property
    def key(self) -> tuple[object, ...]:
        entry = self.entry
        return (self.serial, entry.user_id, entry.local_time, entry.state)


class Terminal(RuleBasedStateMachine):
    """A terminal, the bridge that reads it, and what an all-knowing person remembers."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.outbox = Outbox(self.folder / "o.db")
        self.intake = Intake(self.outbox, zone=ZONE, clock_limit_s=300, chunk=CHUNK)
        self.tails = Tails("front", self.outbox.ledger, ZONE)
        self.ends = 0
        self.now = START
        self.shift_s = 0
        self.number = 0
        self.era = 0
        self.log: list[Touch] = []
        self.blank = False
        self.happened: list[Touch] = []
        self.shown: set[tuple[object, ...]] = set()
        self.owed: set[tuple[object, ...]] = set()
        self.read_once = False
        self.last_shown: list[Touch] = []
        self.joined = False  # the log is an old copy and what came after it

    def teardown(self) -> None:
        self.outbox.close()
        shutil.rmtree(self.folder)

    @property
    def serial(self) -> str:
        return f"SERIAL{self.number}"

    def touch(self, user: int, state: int) -> None:
        local_time = datetime.fromtimestamp(self.now + self.shift_s, ZONE).replace(tzinfo=None)
        user_id = f"{self.era}.{user}"
        raw = f"{user_id} {local_time} {state}".encode()
        touch = Touch(
            self.serial,
            self.now,
            self.shift_s,
            RawPunch(user_id, local_time, state, 1, "", raw),
        )
        self.log.append(touch)
        self.happened.append(touch)
        del self.log[: max(0, len(self.log) - CAPACITY)]

    @rule(count=st.integers(1, 60), gap_s=st.integers(1, 900), state=st.integers(0, 1))
    def people_come(self, count: int, gap_s: int, state: int) -> None:
        for number in range(count):
            self.now += gap_s
            self.touch(number % 5, state)

    @rule(users=st.lists(st.integers(0, 2), min_size=2, max_size=6), states=st.integers(0, 1))
    def people_crowd_within_a_second(self, users: list[int], states: int) -> None:
        self.now += 1
        for user in users:
            self.touch(user, states)

    @rule()
    def somebody_presses_both_keys_in_a_second(self) -> None:
        self.now += 1
        self.touch(1, 0)
        self.touch(1, 1)

    @rule(hours=st.integers(1, 100))
    def time_goes_by(self, hours: int) -> None:
        self.now += hours * 3_600

    @rule()
    def a_blank_slot_shows(self) -> None:
        self.blank = not self.blank

    @precondition(lambda self: self.read_once)
    @rule(shift_s=st.sampled_from([0, 120, -7_200, 90_000, -90_000, 380_000_000, -820_000_000]))
    def somebody_sets_the_clock(self, shift_s: int) -> None:
        self.shift_s = shift_s
        self.era += 1  # so that a clock set back does not tell the very same bytes again

    @rule()
    def somebody_clears_the_log(self) -> None:
        self.log = []
        self.joined = False
        self.era += 1

    @rule(data=st.data())
    def somebody_restores_an_older_copy(self, data: st.DataObject) -> None:
        cursor = self.outbox.ledger.cursor("front")
        if cursor is None or cursor.serial != self.serial:
            return
        older = min(cursor.count, len(self.last_shown)) - 1  # than what the cursor has seen
        if older > 0:
            self.log = self.last_shown[: data.draw(st.integers(1, older))]
            self.joined = True
            self.era += 1

    @precondition(lambda self: self.read_once)
    @rule(back=st.booleans())
    def somebody_swaps_the_terminal(self, back: bool) -> None:
        self.number = max(0, self.number + (-1 if back else 1))
        self.log = []
        self.joined = False
        self.era += 1

    def reading(self, part: list[Touch], claimed: int | None) -> Reading:
        self.now += 1
        entries = [touch.entry for touch in part] + [BLANK] * self.blank
        log = ListLog(self.serial, entries, claimed=claimed)
        self.shown |= {touch.key for touch in part}
        self.last_shown = list(part)
        return Reading("front", "zk", log, self.now, self.shift_s, self.info)

    @property
    def info(self) -> TerminalInfo:
        return TerminalInfo(self.serial, firmware="6.60", can=frozenset({Capability.TAIL}))

    def read_on(self, part: list[Touch], claimed: int | None, commits: int = 10_000) -> bool:
        """Read as the poller does; False where the bridge was killed at that commit."""
        known = self.tails.known(self.info, self.now + 1)
        reading = self.reading(part, claimed)
        entries = list(reading.log.entries())
        if known and is_continued(entries, known):
            first = known.count - len(known.records)
            end = ListLog(self.serial, entries[first:], claimed=claimed, start=first)
            end.layout = "text"
            reading = replace(reading, log=end)
            self.ends += 1
        reading.log.layout = "text"

        def progress() -> None:
            nonlocal commits
            commits -= 1
            if commits == 0:
                raise Stopping("killed")

        try:
            taken = self.intake.take(reading, progress)
        except Stopping:
            return False
        assert reading.info
        self.tails.learn(reading.info, known, reading.log, taken, reading.read_at)
        return True

    def read_whole(self) -> None:
        self.owed |= {touch.key for touch in self.log}
        self.read_once = self.read_once or bool(self.log)

    @rule(claims=st.booleans())
    def the_bridge_reads(self, claims: bool) -> None:
        claimed = len(self.log) + self.blank if claims else None
        self.intake.take(self.reading(self.log, claimed))
        self.read_whole()

    @rule(claims=st.booleans())
    def the_bridge_reads_on(self, claims: bool) -> None:
        claimed = len(self.log) + self.blank if claims else None
        assert self.read_on(self.log, claimed)
        self.read_whole()

    @rule(polls=st.integers(2, 6), count=st.integers(0, 4), gap_s=st.integers(1, 900))
    def an_hour_goes_by_as_usual(self, polls: int, count: int, gap_s: int) -> None:
        for _ in range(polls):
            self.people_come(count=count, gap_s=gap_s, state=0)
            assert self.read_on(self.log, len(self.log) + self.blank)
            self.read_whole()

    @precondition(lambda self: len(self.log) > 1)
    @rule(missing=st.integers(1, 40))
    def the_bridge_reads_on_too_little(self, missing: int) -> None:
        part = self.log[: max(1, len(self.log) - missing)]
        self.read_on(part, len(self.log) + self.blank)

    @rule(commits=st.integers(1, 3))
    def the_bridge_is_killed_while_it_reads_on(self, commits: int) -> None:
        if self.read_on(self.log, None, commits):
            self.read_whole()

    @rule(state=st.integers(0, 1), gap_s=st.integers(1, 900))
    def somebody_comes_and_it_is_told_at_once(self, state: int, gap_s: int) -> None:
        self.now += gap_s
        self.touch(1, state)
        touch = self.log[-1]
        live = Live(
            self.serial, name="front", outbox=self.outbox, zone=ZONE, clock=lambda: self.now
        )
        live.clock_offset_s = self.shift_s
        live.told(touch.entry)
        self.shown.add(touch.key)
        self.owed.add(touch.key)

    @precondition(lambda self: len(self.log) > 1)
    @rule(missing=st.integers(1, 40))
    def the_bridge_reads_too_little(self, missing: int) -> None:
        part = self.log[: max(1, len(self.log) - missing)]
        self.intake.take(self.reading(part, len(self.log) + self.blank))

    @rule(commits=st.integers(1, 4))
    def the_bridge_is_killed_while_it_reads(self, commits: int) -> None:
        left = commits

        def progress() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Stopping("killed")

        try:
            self.intake.take(self.reading(self.log, None), progress)
        except Stopping:
            return
        self.read_whole()

    @precondition(lambda self: self.log and not self.joined)  # a file does not show the joint
    @rule(data=st.data())
    def somebody_brings_a_file(self, data: st.DataObject) -> None:
        first = data.draw(st.integers(0, len(self.log) - 1))
        last = data.draw(st.integers(first, len(self.log) - 1))
        part = self.log[first : last + 1]
        if any(touch.shift_s for touch in part):
            return  # a file does not say how wrong its clock was
        self.now += 1
        entries = [touch.entry for touch in part]
        log = ListLog(self.serial, entries, positional=False)
        taken = self.intake.take(Reading("front", "usb", log, self.now))
        assert taken.records == len(part)
        self.shown |= {touch.key for touch in part}
        self.owed |= {touch.key for touch in part}

    @rule(most=st.integers(1, 200))
    def the_centre_takes_some(self, most: int) -> None:
        pending = self.outbox.next_batch(most)
        self.outbox.settle(receipt_of(pending), pending, self.now)

    @rule()
    def the_centre_is_restored(self) -> None:
        self.outbox.requeue_all()

    def rows(self) -> list[tuple[object, ...]]:
        found = []
        for place in ("waiting", "sent"):
            for kept in self.outbox.listing(place, 100_000):
                body = kept.body
                assert isinstance(body, wire.Punch)  # a blank slot at the end is nothing
                found.append((body.terminal, body.user_id, body.local_time, body.state))
        return found

    @invariant()
    def nothing_is_lost_or_doubled_or_made_up(self) -> None:
        rows = self.rows()
        assert len(rows) == len(set(rows))
        assert self.owed <= set(rows) <= self.shown

    @invariant()
    def coverage_is_true(self) -> None:
        kept = set(self.rows())
        missing = [touch for touch in self.happened if touch.key not in kept]
        with self.outbox._database.reading() as connection:
            told = connection.execute("SELECT serial, since, until FROM coverage").fetchall()
        for serial, since, until in told:
            assert since <= until <= self.now
            for touch in missing:
                assert touch.serial != serial or not since < touch.at < until, (
                    f"{touch} is missing from {since}..{until}"
                )

    @invariant()
    def coverage_waits_for_its_rows(self) -> None:
        waiting = {
            (kept.body.terminal, kept.body.read_at)
            for kept in self.outbox.listing("waiting", 100_000)
        }
        for due in self.outbox.ledger.due(100_000):
            for serial, read_at in waiting:
                assert serial != due.coverage.terminal or read_at > due.coverage.read_at

    @invariant()
    def a_window_holds_its_touch(self) -> None:
        """A punch came between `after` and `read_at`, whatever its clock claimed."""
        truth = {}
        for touch in self.happened:
            truth.setdefault(touch.key, touch.at)
        for kept in self.outbox.listing("waiting", 100_000):
            body = kept.body
            at = truth[(body.terminal, body.user_id, body.local_time, body.state)]
            assert body.after is None or body.after <= at
            assert at <= body.read_at


def is_continued(entries: list[Entry], known: Known) -> bool:
    """Whether a driver would hand over the end alone."""
    first = known.count - len(known.records)
    held = tuple(entry.raw for entry in entries[first : known.count])
    return first > 0 and known.layout == "text" and held == known.records


Terminal.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestWhateverHappens = Terminal.TestCase


class Settled(Terminal):
    """A terminal that was read for some days already, so that its end will do."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.people_come(count=80, gap_s=60, state=0)
        self.an_hour_goes_by_as_usual(polls=2, count=1, gap_s=60)
        assert self.ends == 1, "the second read is of the end alone"


Settled.TestCase.settings = Terminal.TestCase.settings
TestWhateverHappensLater = Settled.TestCase
