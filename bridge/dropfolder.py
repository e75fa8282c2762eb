"""A folder where an office drops the files of one terminal: each is taken, then put aside.

    dropped, rests  ->  into the outbox, committed  ->  done/
                    ->  cannot be used              ->  refused/, a .txt beside it says why
    anything else (disk full, no right to read)     ->  stays where it is, and is tried again

A file is moved only after the commit. Killed between the two, the bridge takes it again, which
ids make harmless. A file that grows after it was put aside was not whole: it is put back.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Event
from typing import NamedTuple

from bridge import ledger, progress, refusals
from bridge.backoff import Backoff, jittered
from bridge.errors import BridgeError, FolderUnfit, OutboxError, Stopping
from bridge.health import Health
from bridge.intake import CHUNK, Intake, Reading, Taken
from bridge.loops import keep_on
from bridge.outbox import Outbox
from bridge.resting import REST_S, Resting, Stamp
from bridge.tray import DONE, REFUSED, Tray
from drivers.base import TerminalInfo
from drivers.errors import DriverError, MalformedReply, NotSupported
from drivers.registry import FileReader, FolderOptions

log = logging.getLogger(__name__)

READ_S = 600.0  # the largest file that is taken at all
CHUNK_S = 120.0
ODD_S = 60.0
PERSON_S = 900.0


class Outcome(NamedTuple):
    """What became of a file, for people."""

    text: str
    level: int
    """INFO: taken. ERROR: refused, a person must act. WARNING: left, and tried again."""


class _Settled(NamedTuple):
    """A file whose fate is decided and which is still to be moved."""

    stamp: Stamp
    place: str
    letter: str = ""


class DropFolder:
    """Takes the files of one folder, a look at a time."""

    def __init__(
        self,
        *,
        name: str,
        driver: str,
        options: FolderOptions,
        reader: FileReader,
        intake: Intake,
        outbox: Outbox,
        health: Health,
        zone: tzinfo,
        poll_s: float,
        random: Callable[[], float],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is true time in epoch seconds."""
        self.name = name
        self.loop = f"terminal {name}"
        """The name of this loop in Health."""
        self.restless: list[str] = []
        """Files that were not at rest at the last look."""
        self.driver = driver
        self._options = options
        self._reader = reader
        self._intake = intake
        self._outbox = outbox
        self._health = health
        self._zone = zone
        self._poll_s = poll_s
        self._random = random
        self._clock = clock
        self._monotonic = monotonic
        self._backoff = Backoff(first_s=poll_s, most_s=max(poll_s, PERSON_S), random=random)
        self._tray = Tray(Path(options.path))
        self._resting = Resting()
        self._settled: dict[str, _Settled] = {}
        self._strangers: set[str] = set()
        self._fault: str | None = None  # what the last run left in the ledger may be out of date
        self._stop = Event()

    def run(self, stop: Event) -> None:
        """Look until stopped; whatever happens at one look, the next one comes."""
        self._stop = stop
        keep_on(self.step, stop, self._health, loop=self.loop, after_mistake_s=ODD_S)

    def step(self) -> float:
        """Look once; return the seconds to wait before the next look."""
        left = []
        try:
            for outcome in self.look():
                if outcome.level == logging.WARNING:
                    left.append(outcome.text)
                else:
                    log.log(outcome.level, "%s: %s", self.name, outcome.text)
        except Stopping:
            return 0.0
        except BridgeError as error:
            left.append(str(error))
        if left:
            return self._failed("; ".join(left))
        self._well()
        wait_s = jittered(self._poll_s, self._random)
        return min(wait_s, REST_S) if self.restless else wait_s

    def look(self) -> Iterator[Outcome]:
        """Take what rests and put it aside; yield what became of each file.

        Raises FolderUnfit and OutboxError, where no further file can be taken.
        """
        self._health.beat(self.loop, READ_S)
        now = self._monotonic()
        for name in self._tray.put_back(now):
            yield Outcome(f"{_shown(name)} went on growing and is taken again", logging.INFO)
        found = self._tray.files()
        self._name_strangers()
        rested = self._resting.look(found, now)
        self.restless = [name for name in found if name not in rested]
        self._settled = {
            name: one for name, one in self._settled.items() if found.get(name) == one.stamp
        }
        for name in rested:
            try:
                yield self._one(name, found[name])
            except (FolderUnfit, DriverError) as error:
                yield Outcome(str(error), logging.WARNING)

    def _one(self, name: str, stamp: Stamp) -> Outcome:
        """Take one file, unless that is done, and put it aside."""
        outcome = Outcome(f"{_shown(name)}: is put aside", logging.INFO)
        if name not in self._settled:
            self._health.beat(self.loop, READ_S)
            try:
                outcome = self._taken(name, stamp)
            except (MalformedReply, NotSupported) as error:
                outcome = self._refused(name, stamp, error)
        settled = self._settled[name]
        place = self._tray.put_aside(
            name, settled.stamp, settled.place, self._monotonic(), settled.letter
        )
        if place is None:  # changed while it was taken: then it did not rest
            del self._settled[name]
            self.restless.append(name)
        return outcome

    def _taken(self, name: str, stamp: Stamp) -> Outcome:
        if not self._tray.is_file(name):
            raise NotSupported(f"{_shown(name)} is a link or a pipe; drop the file itself")
        serial = self._options.serial
        found = self._reader(self._tray.path / name, serial, self._options.date_order)
        reading = Reading(
            self.name, self.driver, found, int(self._clock()), info=TerminalInfo(serial)
        )
        with progress.bar(f"{self.name}: {_shown(name)}", "records") as bar:
            steps = progress.Steps(bar, CHUNK, len(found))
            taken = self._intake.take(reading, lambda: self._progress(steps))
        told = f"{_shown(name)}: {summary(taken)}"
        self._keep("file-taken", told)
        self._settled[name] = _Settled(stamp, DONE)
        return Outcome(told, logging.INFO)

    def _refused(self, name: str, stamp: Stamp, error: DriverError) -> Outcome:
        told = f"{_shown(name)} is refused: {error}"
        self._keep("file-refused", told)
        letter = refusals.letter(
            file=_shown(name),
            terminal=self.name,
            serial=self._options.serial,
            when=f"{datetime.fromtimestamp(self._clock(), self._zone):%d-%m-%Y %H:%M}",
            error=error,
        )
        self._settled[name] = _Settled(stamp, REFUSED, letter)
        return Outcome(told, logging.ERROR)

    def _keep(self, kind: str, detail: str) -> None:
        event = ledger.Event(kind, detail, int(self._clock()))
        self._outbox.add([], mark=ledger.Mark(self.name, events=(event,)))

    def _progress(self, steps: progress.Steps) -> None:
        steps()
        self._health.beat(self.loop, CHUNK_S)
        if self._stop.is_set():
            raise Stopping(f"{self.name}: stopped within a file; it is taken again next time")

    def _name_strangers(self) -> None:
        for name in sorted(self._tray.folders - self._strangers):
            log.warning(
                "%s: %s is a folder in %s and is not looked into; drop the files themselves",
                self.name,
                _shown(name),
                self._tray.path,
            )
        self._strangers = self._tray.folders

    def _failed(self, text: str) -> float:
        if text != self._fault:
            log.warning("%s: %s", self.name, text)
            try:
                self._outbox.ledger.note_failure(self.name, self.driver, text, int(self._clock()))
            except OutboxError as error:  # the outbox itself is what fails: the log has both
                log.warning("%s: the fault could not be kept: %s", self.name, error)
        self._fault = text
        self._health.fault(self.loop, text)
        return self._backoff.next()

    def _well(self) -> None:
        self._backoff.reset()
        if self._fault == "":
            return
        if self._fault:
            log.info("%s: the folder is in order again", self.name)
        try:
            self._outbox.ledger.note_well(self.name)
        except OutboxError as error:  # tried again at the next look
            log.warning("%s: that it is well could not be kept: %s", self.name, error)
            return
        self._fault = ""
        self._health.fault(self.loop, "")


def summary(taken: Taken) -> str:
    """Return what a file brought, in one line."""
    known = taken.records - taken.new
    told = f"{taken.records} records, {taken.new} new, {known} known, {taken.bad} bad"
    return f"{told}; covers nothing: {taken.uncovered}" if taken.uncovered else told


def _shown(name: str) -> str:
    """Return a name that people gave a file, fit for a log."""
    return "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in name)
