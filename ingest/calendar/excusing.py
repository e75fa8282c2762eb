"""Whether an excuse can be given: what it would overlap, and what is doubtful about it. Pure.

An overlap is refused. A doubt is settled by a person, whose reason is kept with the excuse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from ingest.calendar.excuses import ExcuseType, Unit
from ingest.calendar.expected import Expected, WorkDay
from ingest.calendar.taken import FREE, Account

A_YEAR = timedelta(days=366)
LONGEST = timedelta(days=1_461)
"""Four years: no type of excuse lasts longer, and a slip in a year is noticed."""
_DAY = timedelta(days=1)
_MOST_LOOKED_AT = 400  # days of a span whose plans are asked for


class Doubt(StrEnum):
    """Kinds of doubts, in the words that stay with an excuse given in spite of them."""

    LATE = "terlambat diserahkan"
    LONG = "terlalu lama"
    LETTER = "tanpa surat"
    ABROAD = "tidak bertugas"
    TOUCHED = "ada rekaman presensi"
    FREE = "bukan hari kerja"
    FUTURE = "lebih dari setahun lagi"
    YEAR = "kalender belum dikonfirmasi"
    BACK = "pernah ditarik"
    NAME = "nama berbeda"
    QUOTA = "melebihi jatah"


class Doubtful(NamedTuple):
    """A doubt, and the sentence that tells it to who enters the excuse."""

    kind: Doubt
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is to be excused for; `hours` None is the whole of each day."""

    type: ExcuseType
    first: date
    last: date
    hours: tuple[time, time] | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An excuse of the same person that was given before, or that stands earlier in a file."""

    name: str
    """How it is called: `excuse 12`, `line 3`."""
    type: str
    first: date
    last: date
    hours: tuple[time, time] | None = None
    letter: str = ""
    taken_back: bool = False


class Known(Protocol):
    """What is known of the person."""

    def serves(self, day: date) -> bool:
        """Say whether the person serves in any office on a day."""

    def plan(self, day: date) -> Expected:
        """Return what a day asks of the person; asked only of days on which the person serves."""

    def touches(self, first: date, last: date) -> Sequence[datetime]:
        """Return local times of touches between two days, in order."""

    def is_confirmed(self, year: int) -> bool:
        """Say whether the calendar of a year is confirmed."""

    def kind(self, day: date) -> str:
        """Return what kind of servant the person is on a day."""

    def judged_since(self) -> date | None:
        """Return the first day that was judged here; None where none was."""

    @property
    def appointed(self) -> date | None:
        """First day of the month in which service began; None where nothing tells it."""


def impossible(claim: Claim) -> str | None:
    """Say why nobody could be excused so."""
    if claim.last < claim.first:
        return f"the last day {claim.last} lies before the first {claim.first}"
    if claim.last - claim.first >= LONGEST:
        return f"{claim.first} to {claim.last} is longer than four years; look at the years"
    if claim.hours is not None and claim.hours[1] <= claim.hours[0]:
        return (
            f"the hours end at {claim.hours[1]:%H:%M} and begin at {claim.hours[0]:%H:%M}; "
            "write hours over midnight as two excuses"
        )
    return None


def covering(claim: Claim, earlier: Sequence[Earlier], codes: Sequence[str]) -> Earlier | None:
    """Return the excuse that says all of it already, under one of these types.

    One that names no letter is covered by one that does, and not by one of another letter.
    """
    return next(
        (
            one
            for one in earlier
            if not one.taken_back
            and one.type in codes
            and one.first <= claim.first
            and one.last >= claim.last
            and one.hours == claim.hours
            and claim.letter in ("", one.letter)
        ),
        None,
    )


def overlapped(claim: Claim, earlier: Sequence[Earlier]) -> str | None:
    """Say which excuse holds on a day of this one already. Hours that do not meet are let be."""
    for one in earlier:
        if not one.taken_back and one.first <= claim.last and one.last >= claim.first:
            if claim.hours and one.hours and not _meet(claim.hours, one.hours):
                continue
            day = max(one.first, claim.first)
            part = f" {one.hours[0]:%H:%M}-{one.hours[1]:%H:%M}" if one.hours else ""
            return f"overlaps {one.name} ({one.type}{part}) on {day}"
    return None


def _meet(one: tuple[time, time], other: tuple[time, time]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def doubts(
    claim: Claim, known: Known, earlier: Sequence[Earlier], today: date
) -> Iterator[Doubtful]:
    """Yield what a person has to settle before this is given."""
    late = (today - claim.first).days
    if claim.type.within_days is not None and late > claim.type.within_days:
        text = f"entered {late} days after its first day, {claim.type.within_days} are usual"
        yield Doubtful(Doubt.LATE, text)
    if claim.type.letter and not claim.letter:
        yield Doubtful(Doubt.LETTER, f"{claim.type.code} needs the number of a letter")
    if claim.last > today + A_YEAR:
        yield Doubtful(Doubt.FUTURE, f"{claim.last} lies more than a year ahead")
    for one in earlier:
        if one.taken_back and _same(claim, one):
            yield Doubtful(Doubt.BACK, f"{one.name} said the same and was taken back")
    missing = [day for day in _days(claim.first, claim.last) if not known.serves(day)]
    if missing:
        more = f" and on {len(missing) - 1} more days of it" if len(missing) > 1 else ""
        yield Doubtful(Doubt.ABROAD, f"this person serves nowhere on {missing[0]}{more}")
    yield from _by_calendar(claim, known, earlier)
    yield from _beyond(claim, known, earlier)
    yield from _touched(claim, known, today)


def _same(claim: Claim, one: Earlier) -> bool:
    mine = (claim.type.code, claim.first, claim.last, claim.hours)
    return mine == (one.type, one.first, one.last, one.hours)


def _by_calendar(claim: Claim, known: Known, earlier: Sequence[Earlier]) -> Iterator[Doubtful]:
    for year in range(claim.first.year, claim.last.year + 1):
        if not known.is_confirmed(year):
            text = f"nobody has confirmed the calendar of {year}; its free days may change"
            yield Doubtful(Doubt.YEAR, text)
    served = [day for day in _days(claim.first, claim.last) if known.serves(day)]
    if served and not any(_worked(known, day) for day in served[:_MOST_LOOKED_AT]):
        yield Doubtful(Doubt.FREE, "no working day of this person lies in it")
    yield from _long(claim, known, earlier)


def _long(claim: Claim, known: Known, earlier: Sequence[Earlier]) -> Iterator[Doubtful]:
    """Count the span with what adjoins it: three sick notes of a day each are three days."""
    most = claim.type.most_days
    if most is None or claim.hours is not None:
        return
    first, last = _joined(claim, earlier)
    if claim.type.unit is Unit.CALENDAR:
        count, unit = (last - first).days + 1, "calendar days"
    else:
        days = [day for day in _days(first, last)[: _MOST_LOOKED_AT + most] if known.serves(day)]
        count, unit = sum(_worked(known, day) for day in days), "working days"
    if count > most:
        joined = f" with what adjoins it ({first} to {last})" if first < claim.first else ""
        text = f"{count} {unit}{joined}, {claim.type.code} lasts {most} at most"
        yield Doubtful(Doubt.LONG, text)


def _beyond(claim: Claim, known: Known, earlier: Sequence[Earlier]) -> Iterator[Doubtful]:
    """Count each year of the span with what was given of it before."""
    if not claim.type.quotas or claim.hours is not None:
        return
    mine = Earlier("this", claim.type.code, claim.first, claim.last)
    before, account = (Account(claim.type, known, one) for one in (earlier, [*earlier, mine]))
    for year in range(claim.first.year, claim.last.year + 1):
        used = account.used(year)
        if used <= account.days(year) or used == before.used(year):
            continue  # what is carried is only asked for where it is needed
        found = account.standing(year)
        if found is not None and found.over:
            told = f" ({'; '.join(found.notes)})" if found.notes else ""
            text = f"{used} working days of {claim.type.code} in {year}, {found.due} are due{told}"
            yield Doubtful(Doubt.QUOTA, text)


def _joined(claim: Claim, earlier: Sequence[Earlier]) -> tuple[date, date]:
    """Return the span with every excuse of the same type that adjoins it, day to day."""
    first, last = claim.first, claim.last
    same = [
        one
        for one in earlier
        if one.type == claim.type.code and one.hours is None and not one.taken_back
    ]
    for one in sorted(same, key=lambda one: one.first, reverse=True):
        if one.last == first - _DAY:
            first = one.first
    for one in sorted(same, key=lambda one: one.first):
        if one.first == last + _DAY:
            last = one.last
    return first, last


def _touched(claim: Claim, known: Known, today: date) -> Iterator[Doubtful]:
    if claim.hours is not None or claim.first > today:
        return
    found = [
        (at, day)
        for at in known.touches(claim.first, min(claim.last, today) + _DAY)
        for day in (at.date(), at.date() - _DAY)
        if claim.first <= day <= claim.last and _belongs(known, at, day)
    ]
    if found:
        at, day = found[0]
        days = len({day for _, day in found})
        more = f" and touches on {days - 1} more days of it" if days > 1 else ""
        yield Doubtful(
            Doubt.TOUCHED, f"a terminal was touched at {at:%Y-%m-%d %H:%M} (of {day}){more}"
        )


def _belongs(known: Known, at: datetime, day: date) -> bool:
    """Say whether a touch counts for a day; of a day off none does, whatever was done there."""
    if not known.serves(day):
        return False
    plan = known.plan(day)
    if not isinstance(plan, WorkDay):
        return at.date() == day and not isinstance(plan, FREE)
    return max(plan.since, plan.outer[0]) <= at < min(plan.until, plan.outer[1])


def _worked(known: Known, day: date) -> bool:
    """Say whether a day may be one of work: one that nobody has planned may."""
    return not isinstance(known.plan(day), FREE)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
