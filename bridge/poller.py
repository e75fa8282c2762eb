"""One terminal's loop: open, read, hand in, wait. A dead terminal delays nobody but itself."""

import logging
import time
from collections.abc import Callable
from datetime import tzinfo
from threading import Event

from bridge.backoff import Backoff, jittered
from bridge.clock import ClockKeeper, measure
from bridge.errors import BridgeError, OutboxError, Stopping
from bridge.health import Health
from bridge.intake import Intake, Reading, Taken
from bridge.ledger import SINGLE, Ledger
from drivers.base import Terminal
from drivers.errors import DriverError, MalformedReply, TerminalRefused

log = logging.getLogger(__name__)

READ_S = 1_800.0  # slow firmware takes ten minutes for a full log; its time-outs are the driver's
CHUNK_S = 120.0
MARGIN_S = 60.0
PERSON_S = 900.0
ODD_S = 60.0


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
        keeper: ClockKeeper | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`keeper` sets the terminal's clock; `clock` is true time in epoch seconds."""
        self._name = name
        self._driver = driver
        self._opener = opener
        self._intake = intake
        self._ledger = ledger
        self._health = health
        self._zone = zone
        self._poll_s = poll_s
        self._random = random
        self._keeper = keeper
        self._clock = clock
        self._backoff = Backoff(first_s=poll_s, most_s=max(poll_s, PERSON_S), random=random)
        self._fault = ""
        self._named: set[str] = set()
        self._stop = Event()
        self.loop = f"terminal {name}"
        """The name of this loop in Health."""

    def run(self, stop: Event) -> None:
        """Read until stopped; whatever happens to one reading, the next one comes."""
        self._stop = stop
        while not stop.is_set():
            try:
                wait_s = self.step()
            except Exception:  # the top of a loop: a mistake of ours must not end it
                log.exception("%s: a mistake of ours; please report it", self._name)
                wait_s = ODD_S
            self._health.beat(self.loop, wait_s + MARGIN_S)
            stop.wait(wait_s)
        self._health.ended(self.loop)

    def step(self) -> float:
        """Read once; return the seconds to wait before the next time."""
        try:
            taken = self.read()
        except Stopping:
            return 0.0
        except (DriverError, BridgeError) as error:
            return self._failed(error)
        self._well(taken)
        return jittered(self._poll_s, self._random)

    def read(self) -> Taken:
        """Read the terminal once into the outbox. Raises DriverError or BridgeError."""
        self._health.beat(self.loop, READ_S)
        with self._opener() as terminal:
            info = terminal.info()
            offset_s = measure(terminal, self._zone, self._clock)
            read_at = int(self._clock())
            found = terminal.read()
            if self._keeper:
                self._keeper.keep(terminal, offset_s)
        reading = Reading(
            name=self._name,
            driver=self._driver,
            log=found,
            read_at=read_at,
            clock_offset_s=offset_s,
            info=info,
        )
        return self._intake.take(reading, self._progress)

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
                log.debug("%s: received %s", self._name, error.raw.hex())
            self._note(text)
        self._fault = text
        self._health.fault(self.loop, text)
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
