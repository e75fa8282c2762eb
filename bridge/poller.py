"""One terminal's loop: open, read, hand in, wait. A dead terminal delays nobody but itself.

A terminal that tells touches as they happen is not let go between two reads: it is listened to.
Listening begins before the first read, so that no touch falls between the two, and the reads go on
as before: they alone prove anything.

A terminal is kept busy for a tenth of the time at most: the slower it answers, the rarer it is
read.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from threading import Event

from bridge.backoff import Backoff, jittered
from bridge.clock import ClockKeeper, measure
from bridge.errors import BridgeError, NotContinued, OutboxError, Stopping
from bridge.health import Health
from bridge.intake import Intake, Reading, Taken
from bridge.ledger import SINGLE, Ledger
from bridge.live import Live
from bridge.loops import keep_on
from bridge.tails import Tails, is_odd
from drivers.base import Capability, Known, Log, Terminal, TerminalInfo
from drivers.errors import DriverError, MalformedReply, NotSupported, TerminalRefused

log = logging.getLogger(__name__)

READ_S = 1_800.0  # slow firmware takes ten minutes for a full log; its time-outs are the driver's
CHUNK_S = 120.0
PERSON_S = 900.0
ODD_S = 60.0
IDLE_TIMES = 9  # as long as a read took, it is left alone so many times as long
SLICE_S = 0.5  # how long we listen before we look whether to stop
PROBE_S = 25.0  # some firmware drops a session without a word: asked so often, it is noticed
STEADY_S = 60.0  # a session that lasted so long is begun again at once when it breaks
RESUME_S = 1.0
HEAD = 16  # bytes of a packet before what it says


@dataclass(frozen=True, slots=True)
class _Visit:
    """A read, before it is handed in."""

    info: TerminalInfo
    offset_s: int | None
    read_at: int
    asked: Known | None
    found: Log
    took_s: float


class Poller:
    """Reads one terminal whenever it is due."""

    def __init__(
        self,
        *,
        name: str,
        driver: str,
        opener: Callable[[], Terminal],
        intake: Intake,
        ledger: Ledger,
        health: Health,
        zone: tzinfo,
        poll_s: float,
        random: Callable[[], float],
        live: Callable[[str], Live] | None = None,
        keeper: ClockKeeper | None = None,
        wanted: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`keeper` sets the terminal's clock; `clock` is true time in epoch seconds.

        `live` makes what keeps the touches that the terminal of a serial number tells; without it
        nobody listens. `wanted` says whether somebody else waits for the terminal meanwhile.
        """
        self._name = name
        self._driver = driver
        self._opener = opener
        self._intake = intake
        self._ledger = ledger
        self._health = health
        self._zone = zone
        self._poll_s = poll_s
        self._random = random
        self._live = live
        self._keeper = keeper
        self._wanted = wanted
        self._clock = clock
        self._monotonic = monotonic
        self._tails = Tails(name, ledger, zone)
        self._heard_since: float | None = None
        self._drops = False
        self._slow = False
        self._backoff = Backoff(first_s=poll_s, most_s=max(poll_s, PERSON_S), random=random)
        self._fault = ""
        self._named: set[str] = set()
        self._stop = Event()
        self.loop = f"terminal {name}"
        """The name of this loop in Health."""

    def run(self, stop: Event) -> None:
        """Read until stopped; whatever happens to one reading, the next one comes."""
        self._stop = stop
        keep_on(self.step, stop, self._health, loop=self.loop, after_mistake_s=ODD_S)

    def step(self) -> float:
        """Read once, or listen until stopped; return the seconds to wait before the next time."""
        self._heard_since = None
        if self._live and self._wanted():
            return RESUME_S
        try:
            with self._opener() as terminal:
                if self._live and Capability.LIVE in terminal.info().can:
                    return self._attend(terminal, self._live(terminal.info().serial))
                visit = self._visit(terminal)
            taken = self._take(visit)
        except Stopping:
            return 0.0
        except DriverError as error:
            return self._failed(error) if self._heard_since is None else self._dropped(error)
        except BridgeError as error:
            return self._failed(error)
        self._well(taken)
        return self._pause_s(visit.took_s)

    def read(self) -> Taken:
        """Read the terminal once into the outbox. Raises DriverError or BridgeError."""
        with self._opener() as terminal:
            visit = self._visit(terminal)
        return self._take(visit)

    def _visit(self, terminal: Terminal) -> _Visit:
        """Read the log, or its end where that will do; then see to the clock."""
        self._health.beat(self.loop, READ_S)
        info = terminal.info()
        offset_s = measure(terminal, self._zone, self._clock)
        read_at, began = int(self._clock()), self._monotonic()
        asked = self._tails.known(info, read_at)
        try:
            found = terminal.read() if asked is None else terminal.read_on(asked)
            if asked and is_odd(found, asked):
                asked, found = None, terminal.read()
        except DriverError:
            self._tails.odd(read_at)
            raise
        took_s = self._monotonic() - began
        if self._keeper:
            self._keeper.keep(terminal, offset_s)
        return _Visit(info, offset_s, read_at, asked, found, took_s)

    def _take(self, visit: _Visit) -> Taken:
        reading = Reading(
            name=self._name,
            driver=self._driver,
            log=visit.found,
            read_at=visit.read_at,
            clock_offset_s=visit.offset_s,
            info=visit.info,
        )
        try:
            taken = self._intake.take(reading, self._progress)
        except NotContinued:
            self._tails.odd(visit.read_at)
            raise
        self._tails.learn(visit.info, visit.asked, visit.found, taken, visit.read_at)
        self._health.tally.read(self._name, visit.took_s)
        return taken

    def _attend(self, terminal: Terminal, live: Live) -> float:
        """Read now and then, and listen between the reads, until we stop or give way."""
        live.clock_offset_s = measure(terminal, self._zone, self._clock)
        try:
            terminal.listen(live.told)
        except NotSupported as error:
            log.warning("%s: %s", self._name, error)
            self._live = None
            return 0.0
        while not self._stop.is_set():
            live.unclear = False  # before the read: what comes during it may not be in it
            visit = self._visit(terminal)
            taken = self._take(visit)
            live.log_was_taken()
            live.clock_offset_s = measure(terminal, self._zone, self._clock)
            self._well(taken)
            if self._heard_since is None:
                self._heard_since = self._monotonic()
            if self._gave_way(terminal, live, visit.took_s):
                return RESUME_S
        return 0.0

    def _gave_way(self, terminal: Terminal, live: Live, took_s: float) -> bool:
        """Listen until the next read is due; True where somebody else waits for the terminal."""
        began = answered = now = self._monotonic()
        due = began + self._pause_s(took_s)
        while now < due and not self._stop.is_set():
            if self._wanted():
                return True
            self._health.beat(self.loop, CHUNK_S)
            terminal.wait(min(SLICE_S, due - now))
            now = self._monotonic()
            if live.unclear:
                due = min(due, began + IDLE_TIMES * took_s)
            if now - answered >= PROBE_S:
                live.clock_offset_s = measure(terminal, self._zone, self._clock)
                answered = now
        return False

    def _dropped(self, error: DriverError) -> float:
        """Begin again what broke while we listened: at once, or later where it never lasts.

        No fault: the log was read, and is read again.
        """
        heard_s = self._monotonic() - (self._heard_since or 0.0)
        lasted = heard_s >= STEADY_S
        if lasted or not self._drops:
            log.info("%s: begins a new session after %.0f s: %s", self._name, heard_s, error)
        self._drops = not lasted
        return jittered(RESUME_S if lasted else self._poll_s, self._random)

    def _pause_s(self, took_s: float) -> float:
        """Return how long to leave the terminal alone after a read that took so long."""
        idle_s = min(IDLE_TIMES * took_s, PERSON_S)
        slow = idle_s > self._poll_s
        if slow != self._slow:
            self._slow = slow
            told = "answers slowly and is read less often" if slow else "answers fast again"
            log.info("%s: %s, a read takes %.1f s", self._name, told, took_s)
        return max(jittered(self._poll_s, self._random), idle_s)

    def _progress(self) -> None:
        self._health.beat(self.loop, CHUNK_S)
        if self._stop.is_set():
            raise Stopping(f"{self._name}: stopped within a log; it goes on there next time")

    def _failed(self, error: DriverError | BridgeError) -> float:
        text = str(error)
        if text != self._fault:
            # What only a person can mend is an error; the rest mends itself.
            person = isinstance(error, TerminalRefused | MalformedReply)
            log.log(logging.ERROR if person else logging.WARNING, "%s: %s", self._name, text)
            log.debug("%s: how it came", self._name, exc_info=error)
            if isinstance(error, MalformedReply):
                # the head tells the packet; what follows may name people
                told = (self._name, len(error.raw), error.raw[:HEAD].hex())
                log.debug("%s: received %d bytes, first %s; see capture", *told)
            self._note(text)
        self._fault = text
        self._health.fault(self.loop, text)
        self._health.tally.read_failed(self._name)
        return self._backoff.next()

    def _note(self, text: str) -> None:
        try:
            self._ledger.note_failure(self._name, self._driver, text, int(self._clock()))
        except OutboxError as error:  # the outbox itself is what fails: the log has both
            log.warning("%s: the fault could not be kept: %s", self._name, error)

    def _well(self, taken: Taken) -> None:
        if self._fault:
            log.info("%s: reads again", self._name)
            self._fault = ""
            self._health.fault(self.loop, "")
        self._backoff.reset()
        if taken.new:
            log.info("%s: new %d of %d records", self._name, taken.new, taken.records)
        for event in taken.events:
            if event.kind not in self._named:
                log.warning("%s: %s: %s", self._name, event.kind, event.detail)
        for kind in self._named.difference(event.kind for event in taken.events):
            log.info("%s: %s: no longer", self._name, kind)
        self._named = {event.kind for event in taken.events} - SINGLE
