"""One read of a log into the outbox: punches, cursor and what is proven, committed together.

Records go in by the thousand, each thousand with the cursor behind it, so that a kill costs at most
the reading again. Only the last commit says that the log is known to its end: a read that ended
early says nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial
from itertools import islice

from bridge.cursor import TAIL, Cursor, Kind, Prefix, find_place
from bridge.errors import SerialUnfit
from bridge.ledger import Contact, Event, Mark, Statement
from bridge.normalise import Normaliser, Read, fit_name
from bridge.outbox import Outbox
from bridge.rows import Body
from bridge.stretch import PAUSE, Stretch
from bridge.watch import Watch
from drivers.base import Log, TerminalInfo
from ingest.wire import Punch

CHUNK = 1_000
DAY_S = 86_400
MOVED = "clock not watched, its time moved"


@dataclass(frozen=True, slots=True)
class Reading:
    """A log, and the circumstances it was read in."""

    name: str
    """The terminal's name in the configuration."""
    driver: str
    log: Log
    read_at: int
    """When the read began, true time."""
    clock_offset_s: int | None = None
    info: TerminalInfo | None = None
    """None for a file that a person brought: what is known of the terminal itself stays."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one read brought."""

    name: str
    serial: str
    kind: Kind
    records: int
    """In the log."""
    handed: int
    """Of them, not known to have been taken before."""
    new: int
    """Of these, not in the outbox before."""
    bad: int
    first_bad: tuple[tuple[int, str], ...]
    """Place in the log and reason, of the first hundred."""
    statement: Statement | None
    uncovered: str
    """Why no coverage follows from this read; empty where it does."""
    events: tuple[Event, ...]


class Intake:
    """Hands logs to the outbox.

    Long ones one after another: the outbox takes one writer at a time anyway, and ten logs in hand
    at once cost memory that the process does not give back (61 MB against 57 afterwards).
    """

    def __init__(
        self, outbox: Outbox, *, zone: tzinfo, clock_limit_s: int, chunk: int = CHUNK
    ) -> None:
        self._outbox = outbox
        self._zone = zone
        self._clock_limit_s = clock_limit_s
        self._chunk = chunk
        self._long = threading.Lock()

    def take(self, reading: Reading, progress: Callable[[], None] = lambda: None) -> Taken:
        """Keep what is new in a log. `progress` is called after each commit, and may raise."""
        serial = reading.log.serial
        if not fit_name(serial):
            raise SerialUnfit(
                f"{reading.name} tells the serial number {serial!r}, which cannot name a terminal; "
                "nothing was taken"
            )
        fetched = len(reading.log) - reading.log.start
        with self._long if fetched > self._chunk else nullcontext():
            taking = _Taking(self._outbox, reading, self._zone, self._clock_limit_s)
            return taking.run(self._chunk, progress)


class _Taking:
    """One `take`, step by step."""

    def __init__(self, outbox: Outbox, reading: Reading, zone: tzinfo, limit_s: int) -> None:
        self._outbox = outbox
        self._reading = reading
        self._zone = zone
        self._limit_s = limit_s
        log = reading.log
        self._known = outbox.ledger.cursor(reading.name) if log.positional else None
        self._place = find_place(log, self._known)
        known = self._known if self._place.unbroken else None
        self._proven_at = known.proven_at if known else None
        self._whole_at = known.whole_at if known else None
        self._states = outbox.ledger.terminals()
        self._since = self._first_since(known)
        self._stretch = self._searching(known)
        read = Read(
            terminal=log.serial,
            zone=zone,
            source="poll" if log.positional else "usb",
            read_at=reading.read_at,
            after=self._proven_at,
            clock_offset_s=reading.clock_offset_s,
        )
        self._source = read.source
        self._watch = Watch(read, limit_s)
        self._normaliser = Normaliser(read)
        self._seams = list(log.seams)
        self._ids: set[str] = set()
        self._prefix: Prefix | None = None
        self._end = self._place.start
        self._handed = 0
        self._new = 0

    def run(self, most: int, progress: Callable[[], None]) -> Taken:
        log, start = self._reading.log, self._place.start
        context = max(0, start - TAIL)
        if context < start:
            self._normaliser.context(islice(log.entries(context), start - context))
            self._watch.follow(self._normaliser.instant)
        chunk: list[Body] = []
        for row in self._normaliser.rows(log.entries(start), start):
            if self._seams and row.index >= self._seams[0]:
                self._end_part(chunk, row.index)
                chunk = []
            if len(chunk) == most:
                self._commit(chunk, Mark(self._reading.name, cursor=self._cursor()))
                chunk = []
                progress()
            chunk.append(row.body)
            self._end = row.index + 1
            self._watch.feed(row.index, row.body)
            if self._stretch and isinstance(row.body, Punch):
                self._stretch.feed(row.body)
                if not log.positional:
                    self._ids.add(row.body.id)
        taken = self._finish(chunk)
        progress()
        return taken

    def _end_part(self, chunk: list[Body], index: int) -> None:
        """State what one of several extracts proves, and begin with the next."""
        statement, _ = self._proof(chunk)
        self._commit([], Mark(self._reading.name, statement=statement))
        self._stretch = Stretch(read_at=self._reading.read_at, limit_s=self._limit_s)
        self._ids.clear()
        self._seams = [seam for seam in self._seams if seam > index]

    def _proof(self, chunk: list[Body]) -> tuple[Statement | None, str]:
        """Return what was proven, or why nothing was. An extract's rows are kept for it first."""
        if not self._reading.log.positional:
            self._commit(chunk, Mark(self._reading.name))
        if uncovered := self._uncovered():
            return None, uncovered
        statement = self._statement()
        if statement is None:
            return None, "no time in it can be believed"
        if lacking := self._lacking(statement):
            return None, lacking
        return statement, ""

    def _finish(self, chunk: list[Body]) -> Taken:
        reading = self._reading
        statement, uncovered = self._proof(chunk)
        if not reading.log.positional:
            chunk = []
        events = tuple(self._events())
        cursor = self._cursor()
        if cursor and statement:
            whole_at = self._whole_at if reading.log.start else reading.read_at
            cursor = replace(
                cursor,
                proven_at=reading.read_at,
                since=statement.since,
                peak=None,
                whole_at=whole_at,
            )
        mark = Mark(reading.name, cursor, self._contact(), statement, events)
        self._commit(chunk, mark)
        return Taken(
            name=reading.name,
            serial=reading.log.serial,
            kind=self._place.kind,
            records=len(reading.log),
            handed=self._handed,
            new=self._new,
            bad=self._watch.bad,
            first_bad=tuple(self._watch.first_bad),
            statement=statement,
            uncovered=uncovered,
            events=events,
        )

    def _commit(self, chunk: list[Body], mark: Mark) -> None:
        self._new += self._outbox.add(chunk, mark=mark)
        self._handed += len(chunk)

    def _cursor(self) -> Cursor | None:
        """Return the cursor behind the records handed in so far; None where there are none."""
        log = self._reading.log
        if not log.positional or self._end == 0:
            return None
        known = self._known
        unchanged = known and self._place.kind is Kind.CONTINUES and self._end == known.count
        if known and unchanged and (log.start or known.base == known.count):
            return replace(known, layout=log.layout)
        if self._prefix is None:
            self._prefix = Prefix(log, known)
        self._prefix.grow(self._end)
        return Cursor(
            serial=log.serial,
            count=self._end,
            base=self._prefix.base,
            digest=self._prefix.digest(),
            link=self._prefix.link,
            tail=self._prefix.tail(),
            proven_at=self._proven_at,
            since=self._stretch.since if self._stretch else self._goes_on_since(),
            peak=self._stretch.peak if self._stretch else None,
            note=self._place.note,
            whole_at=self._whole_at,
            layout=log.layout,
        )

    def _first_since(self, known: Cursor | None) -> int | None:
        """Return when the stretch began, where that does not hang on the records."""
        if known:
            return known.since
        if self._place.kind in (Kind.FIRST, Kind.EXTRACT):
            return None
        return self._reading.read_at

    def _searching(self, known: Cursor | None) -> Stretch | None:
        """Return what looks for the beginning of a stretch that nobody saw begin."""
        search = partial(Stretch, read_at=self._reading.read_at, limit_s=self._limit_s)
        if self._place.kind is Kind.EXTRACT:
            return search()
        if self._place.kind is Kind.FIRST:
            return search(pause=PAUSE)
        if known and known.proven_at is None and (known.since is None or known.peak is not None):
            return search(pause=PAUSE, since=known.since, peak=known.peak)
        return None

    def _goes_on_since(self) -> int | None:
        """Return since when the stretch is unbroken, this read included."""
        return self._reading.read_at if self._unwatched() else self._since

    def _unwatched(self) -> bool:
        """Tell whether a touch since the last read may stand on a wrong day and look sound.

        Between two reads on one day it cannot: its claim would lie outside of them, which is seen.
        """
        if self._proven_at is None or not self._watch.punches:
            return False
        limit_s, read_at = self._limit_s, self._reading.read_at
        days = {
            datetime.fromtimestamp(at, self._zone).date()
            for at in (self._proven_at - limit_s, read_at + limit_s)
        }
        moved = self._watch.disordered or self._clock_off() or self._clock_was_off()
        return moved and len(days) > 1

    def _statement(self) -> Statement | None:
        """Return what this read proves; None where nothing says since when."""
        reading, log = self._reading, self._reading.log
        since, until = self._goes_on_since(), reading.read_at
        note = MOVED if self._unwatched() else self._place.note
        if self._stretch and log.positional:
            since = self._stretch.since
            if since is None or self._clock_off():
                since, note = reading.read_at, f"{note}, earlier times not believed"
        elif self._stretch:
            since = self._stretch.since
            until = self._stretch.until or reading.read_at
        if since is None or since > until:
            return None
        return Statement(
            serial=log.serial,
            since=since,
            until=until,
            day=datetime.fromtimestamp(reading.read_at, self._zone).date().isoformat(),
            on_terminal=log.claimed,
            taken=len(log),
            clock_offset_s=reading.clock_offset_s,
            read_at=reading.read_at,
            source=self._source,
            note=note,
        )

    def _uncovered(self) -> str:
        """Return why nothing is proven, or an empty text."""
        log = self._reading.log
        if self._end == 0:
            return "there is no record in the log"
        if not log.proven:
            return "its driver cannot tell whether something is missing"
        if log.claimed is not None and len(log) < log.claimed:
            return f"the terminal counts {log.claimed} records and gave {len(log)}"
        if not self._believed():
            return "no record of it is a punch"
        return self._full() or self._namesake()

    def _full(self) -> str:
        """Say that a terminal may have stopped recording; one that still overwrites has not."""
        log, info = self._reading.log, self._reading.info
        if info is None or not info.capacity or len(log) != info.capacity:
            return ""
        if self._place.kind is Kind.ROTATED and self._watch.punches:
            return ""
        return f"its log is full with {info.capacity} records and may have stopped"

    def _lacking(self, statement: Statement) -> str:
        """Say that an extract is not whole: the terminal itself showed us more of its time."""
        if self._reading.log.positional:
            return ""
        known = self._outbox.shown_between(
            statement.serial, statement.since, statement.until, limit_s=self._limit_s
        )
        lacking = len(known - self._ids)
        if not lacking:
            return ""
        return f"it lacks {lacking} of the punches known from this terminal in its time"

    def _believed(self) -> bool:
        """Tell whether a punch is among the new records or near before them: rubbish has none."""
        return self._normaliser.instant is not None

    def _namesake(self) -> str:
        """Name another terminal with this serial number: of two logs, neither proves the other's.

        Copies are sold that all tell the same number. A terminal that was only renamed is told
        apart from them after a day.
        """
        serial, read_at = self._reading.log.serial, self._reading.read_at
        for other in self._states:
            recent = other.read_at is not None and other.read_at > read_at - DAY_S
            if other.name != self._reading.name and other.serial == serial and recent:
                return f"{other.name} tells the same serial number {serial}"
        return ""

    def _contact(self) -> Contact | None:
        reading, info = self._reading, self._reading.info
        if info is None:
            return None
        return Contact(
            driver=reading.driver,
            serial=reading.log.serial,
            model=info.model,
            firmware=info.firmware,
            records=len(reading.log),
            clock_offset_s=reading.clock_offset_s,
            read_at=reading.read_at,
        )

    def _events(self) -> list[Event]:
        at, found = self._reading.read_at, self._watch.events()
        found += [Event(kind, detail, at) for kind, detail in self._happened()]
        return found

    def _happened(self) -> Iterator[tuple[str, str]]:
        log, known, kind = self._reading.log, self._known, self._place.kind
        if known and self._end == 0:
            if known.count:
                yield "empty", f"the log is empty; {known.count} records were known"
        elif kind in (Kind.REPLACED, Kind.CLEARED, Kind.RESTORED):
            yield kind.value, self._place.note
        elif kind is Kind.ROTATED and known:
            lost = known.count - self._place.start
            yield "rotated", f"the log is full: its {lost} oldest records were overwritten"
        if log.claimed is not None and len(log) < log.claimed:
            yield "short", f"the terminal counts {log.claimed} records and gave {len(log)}"
        if full := self._full():
            yield "full", f"{full}; empty it by `hadir-bridge terminals clear`"
        if namesake := self._namesake():
            yield "same-serial", namesake
        if self._clock_off():
            yield "clock", f"the clock is {self._reading.clock_offset_s:+d} s off"

    def _clock_off(self) -> bool:
        return self._is_off(self._reading.clock_offset_s)

    def _clock_was_off(self) -> bool:
        """Tell whether the clock was seen wrong at the read before this one."""
        name = self._reading.name
        return any(self._is_off(one.clock_offset_s) for one in self._states if one.name == name)

    def _is_off(self, offset_s: int | None) -> bool:
        return offset_s is not None and abs(offset_s) > self._limit_s
