"""What a day asks of a person: hours of work, or none, and why.

The weekly day off comes first: a holiday on a Sunday takes nothing from those who are off anyway.
A day of a year whose calendar nobody has confirmed is unknown, also with a shift or as a special
day of work, unless it is free anyway. So is one of which a roster should say something and does
not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from ingest.calendar.scheme import DAY, Hours, Manner, Shift, Terms
from ingest.indonesian import WEEKDAYS, time_text


class Category(StrEnum):
    """Whose decision a free day is. The first two are those of the holidays package."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    LOCAL = "local"


CATEGORY_TEXT = {
    Category.PUBLIC: "libur nasional",
    Category.GOVERNMENT: "cuti bersama",
    Category.LOCAL: "libur daerah",
}


class Year(StrEnum):
    """What is known of a year's free days."""

    EMPTY = "empty"
    FILLED = "filled"
    CONFIRMED = "confirmed"


YEAR_TEXT = {Year.EMPTY: "belum diisi", Year.FILLED: "belum dikonfirmasi"}


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A holiday or a joint leave day, as the calendar table has it."""

    name: str
    category: Category


_NEVER, _EVER = datetime(1, 1, 1), datetime(9999, 12, 31)
PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class WorkDay:
    """Local times without a zone, as a terminal shows them."""

    start: datetime
    end: datetime
    manner: Manner = PLAIN
    rest: tuple[tuple[datetime, datetime], ...] = ()
    since: datetime = _NEVER
    """From when until when a touch counts as coming or leaving; `until` itself does not."""
    until: datetime = _EVER
    outer: tuple[datetime, datetime] = (_NEVER, _EVER)
    """Between which a touch shows that the person was there, although it may not count."""
    note: str = ""
    """Why these hours, where it is not the scheme's ordinary week."""

    @property
    def text(self) -> str:
        hours = f"hari kerja {time_text(self.start)}-{time_text(self.end)}"
        return f"{hours} ({self.note})" if self.note else hours


@dataclass(frozen=True, slots=True)
class Off:
    """No working day of this scheme."""

    text: str


@dataclass(frozen=True, slots=True)
class Holiday:
    text: str


@dataclass(frozen=True, slots=True)
class Joint:
    text: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A working day away from the office's terminals, for all who are told so."""

    text: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """Relieved of the duty to attend."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Retired, left or dead: the duty has ended."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has said what this day asks."""

    text: str


Expected = WorkDay | Off | Holiday | Joint | Elsewhere | Suspended | Ended | Unknown


class Special(StrEnum):
    """What an office or a person was told of a day."""

    WFA = "wfa"
    HALF = "half"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    kind: Special
    name: str
    hours: Hours | None = None
    """The hours of that day, where it is worked in the office."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Other terms for a time, such as Ramadan."""

    name: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Asked:
    """All that bears on what one day asks of one person."""

    scheme: str
    """Its name, for the reason."""
    terms: Terms | None
    overlay: Overlay | None = None
    free: tuple[FreeDay, ...] = ()
    year: Year = Year.CONFIRMED
    special: SpecialDay | None = None
    rostered: bool = False
    """Whether the roster says something about this day."""
    shift: Shift | None = None
    """Its shift; None on a rostered day is off."""
    before: WorkDay | None = None
    """The shift before this one, and the one after it: touches between two belong to the nearer."""
    after: WorkDay | None = None
    suspended: str = ""
    ended: str = ""


def expected(day: date, asked: Asked) -> Expected:
    """Return what a day asks of a person."""
    if asked.ended:
        return Ended(asked.ended)
    if asked.suspended:
        return Suspended(asked.suspended)
    terms = asked.overlay.terms if asked.overlay else asked.terms
    if terms is None:
        return Unknown(f"skema {asked.scheme} belum berlaku pada hari ini")
    if asked.terms is not None and asked.terms.roster:
        return _rostered(day, asked)
    return _weekly(day, asked, terms)


def _weekly(day: date, asked: Asked, terms: Terms) -> Expected:
    special = asked.special
    hours = terms.hours.get(day.weekday())
    if special is not None and special.kind is Special.WORK and special.hours is not None:
        return _unconfirmed(day, asked) or _work(day, special.hours, terms.manner, special.name)
    if hours is None:
        return Off(f"{WEEKDAYS[day.weekday()]} bukan hari kerja menurut skema {asked.scheme}")
    if asked.free:
        return _free(asked.free)
    unknown = _unconfirmed(day, asked)
    if unknown is not None:
        return unknown
    note = asked.overlay.name if asked.overlay else ""
    if special is not None and special.kind is Special.WFA:
        return Elsewhere(f"bekerja dari luar kantor: {special.name}")
    if special is not None and special.hours is not None:
        hours, note = special.hours, special.name
    return _work(day, hours, terms.manner, note)


def _unconfirmed(day: date, asked: Asked) -> Unknown | None:
    """No work is asked in a year nobody confirmed: whoever did not come may have been free."""
    if asked.year is Year.CONFIRMED:
        return None
    return Unknown(f"kalender tahun {day.year} {YEAR_TEXT[asked.year]}")


def _free(free: Sequence[FreeDay]) -> Holiday | Joint:
    text = "; ".join(f"{CATEGORY_TEXT[one.category]}: {one.name}" for one in free)
    joint = all(one.category is Category.GOVERNMENT for one in free)
    return Joint(text) if joint else Holiday(text)


def _rostered(day: date, asked: Asked) -> Expected:
    """A roster knows holidays by itself: a hospital works on them, once the year is confirmed."""
    if not asked.rostered:
        return Unknown("jadwal piket hari ini belum diisi")
    if asked.shift is None:
        return Off("lepas piket menurut jadwal")
    unknown = _unconfirmed(day, asked)
    if unknown is not None:
        return unknown
    if asked.special is not None and asked.special.kind is Special.WFA:
        return Elsewhere(f"bekerja dari luar kantor: {asked.special.name}")
    return _between(asked.before, shift_day(day, asked.shift), asked.after)


def shift_day(day: date, shift: Shift) -> WorkDay:
    """Return a shift that begins on a day, as if there were no other."""
    return _work(day, shift.hours, shift.manner, f"piket {shift.name}", reach=_REACH)


_REACH = timedelta(hours=6)  # of a shift whose window nobody set


def _work(
    day: date, hours: Hours, manner: Manner, note: str, *, reach: timedelta | None = None
) -> WorkDay:
    """`reach` is that of a shift. Other hours keep to their day, and so does their window: a late
    touch marks the days beside its own for who has a roster, and for nobody else."""
    start, end = hours.on(day)
    if end.date() != day:
        reach = _REACH  # written before such hours were refused
    midnight, midnight_after = datetime.combine(day, time()), datetime.combine(end, time()) + DAY
    opens = reach if manner.opens is None else manner.opens
    closes = reach if manner.closes is None else manner.closes
    since = midnight if opens is None else start - opens
    until = midnight_after if closes is None else end + closes
    outer = (since, until)
    if reach is None:
        outer = (midnight, midnight_after)
        since, until = max(since, midnight), min(until, midnight_after)
    rest = tuple(_rest(start, *one) for one in hours.rest)
    return WorkDay(start, end, manner, rest, since, until, outer, note)


def _between(before: WorkDay | None, work: WorkDay, after: WorkDay | None) -> WorkDay:
    """Return a shift beside its neighbours: a touch between two of them belongs to the nearer.

    A touch of its day that is within no window, its own or a neighbour's, shows that the person was
    there: who came in the evening to a shift of the morning may have swapped, and is not absent.
    """
    since, until, midnight = work.since, work.until, datetime.combine(work.start, time())
    first, last = min(since, midnight), max(until, midnight + DAY)
    if before is not None:
        middle = _middle(before.end, work.start)
        since, first = max(since, middle), max(first, min(before.until, middle))
    if after is not None:
        middle = _middle(work.end, after.start)
        until, last = min(until, middle), min(last, max(after.since, middle))
    return replace(work, since=since, until=until, outer=(first, last))


def _middle(end: datetime, start: datetime) -> datetime:
    return end + (start - end) / 2 if start > end else start


def _rest(start: datetime, begins: time, ends: time) -> tuple[datetime, datetime]:
    since = datetime.combine(start.date(), begins)
    since = since if since > start else since + DAY
    until = datetime.combine(since.date(), ends)
    return since, until if until > since else until + DAY
