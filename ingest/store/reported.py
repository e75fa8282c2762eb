"""Judged days of many people as recaps read them: sets at a time, and what of them is not current.

A written day is current unless it is marked, was never written, was written for another office, or
was left open before the day had ended. `find_stale` names the marked ones without taking any mark.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, and_, case, cast, exists, func, or_, select

from ingest.coverage import Reason
from ingest.store.spreading import PersonDay, find_beside, find_spread
from ingest.store.tables import assignments, days, dirty_offices, dirty_people, people
from ingest.store.tables_time import excuses

AT_ONCE = 400
"""People of one question: few enough to be held, many enough to pay."""
_DAY = timedelta(days=1)
_WORKED = ("PRESENT", "LATE", "EARLY", "INCOMPLETE", "ABSENT")

Span = tuple[date, date]


class Member(NamedTuple):
    """One person in one office, and when of the time that is asked for."""

    person_id: int
    nip: str
    name: str
    office: str
    spans: tuple[Span, ...]


class Ground(NamedTuple):
    """When somebody came and left on a day, and what the day rests on."""

    first_in: datetime | None = None
    last_out: datetime | None = None
    because: tuple[Reason, ...] = ()


class Known(NamedTuple):
    """What one person's day came to, as far as a recap needs it."""

    status: str
    late_minutes: int | None = None
    early_minutes: int | None = None
    corrected: bool = False
    """Whether it rests on what a person decided, and its status does not say so."""
    type: str = ""
    """Of the excuse that takes the whole day; only the status is written."""
    ground: Ground | None = None
    """Where it was asked for."""


class Written(NamedTuple):
    """One row of `days`."""

    known: Known
    office: str
    open_at: datetime | None
    """When it was written, where it was left open."""


@dataclass(frozen=True)
class Stale:
    """Days that have to be judged again before anybody is shown them."""

    offices: frozenset[tuple[str, date]]
    people: frozenset[PersonDay]

    @cached_property
    def places(self) -> frozenset[str]:
        """The offices of which anything is stale."""
        return frozenset([one[0] for one in self.offices] + [one[0] for one in self.people])

    def __contains__(self, one: PersonDay) -> bool:
        return one[:2] in self.offices or one in self.people


def find_members(
    connection: Connection, offices: Collection[str], first: date, last: date
) -> list[Member]:
    """Return who serves in some offices between two days, by office, name and NIP.

    Who moved stands in both offices. Should two assignments hold at once, the later one does.
    """
    rows = connection.execute(
        select(
            people.c.id,
            people.c.nip,
            people.c.name,
            assignments.c.office,
            assignments.c.valid_from,
            assignments.c.valid_until,
        )
        .join(people, people.c.id == assignments.c.person_id)
        .where(
            assignments.c.valid_from <= last,
            or_(assignments.c.valid_until.is_(None), assignments.c.valid_until >= first),
            # all of their assignments: a later one elsewhere ends an earlier one here
            exists().where(_here(offices), _concerns(first, last), _THEIRS),
        )
        .order_by(people.c.id, assignments.c.valid_from)
    )
    found: defaultdict[tuple[int, str], list[Span]] = defaultdict(list)
    who: dict[int, tuple[str, str]] = {}
    whose: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        who[row.id] = (row.nip, row.name)
        whose[row.id].append(row)
    for person_id, assigned in whose.items():
        for office, span in _spans(assigned, first, last):
            if office in offices:
                found[person_id, office].append(span)
    members = [Member(one, *who[one], office, tuple(s)) for (one, office), s in found.items()]
    return sorted(members, key=lambda one: (one.office, one.name, one.nip))


_OTHER = assignments.alias("other")
_THEIRS = _OTHER.c.person_id == assignments.c.person_id


def _here(offices: Collection[str]) -> Any:
    return _OTHER.c.office.in_(sorted(offices))


def _concerns(first: date, last: date) -> Any:
    return and_(
        _OTHER.c.valid_from <= last,
        or_(_OTHER.c.valid_until.is_(None), _OTHER.c.valid_until >= first),
    )


def _spans(assigned: Sequence[Any], first: date, last: date) -> Iterator[tuple[str, Span]]:
    """Yield when somebody served where: each assignment where no later one holds."""
    for place, row in enumerate(assigned):
        free = [(max(row.valid_from, first), min(row.valid_until or last, last))]
        for later in assigned[place + 1 :]:
            free = list(_without(free, later.valid_from, later.valid_until or date.max))
        yield from ((row.office, span) for span in free)


def _without(spans: Sequence[Span], first: date, last: date) -> Iterator[Span]:
    for begin, end in spans:
        if begin <= min(end, first - _DAY):
            yield begin, min(end, first - _DAY)
        if last < date.max and max(begin, last + _DAY) <= end:
            yield max(begin, last + _DAY), end


def find_stale(
    connection: Connection, offices: Collection[str], first: date, last: date, *, today: date
) -> Stale:
    """Return the days of some offices that are marked, or whose mark is still to be spread."""
    spread = find_spread(connection, today=today)
    wide = (first - _DAY, last + _DAY)
    marked = {
        (row.office, row.day)
        for row in connection.execute(
            select(dirty_offices).where(dirty_offices.c.day.between(*wide))
        )
    } | {one for one in spread.offices if wide[0] <= one[1] <= wide[1]}
    whole = {one for one in marked if one[0] in offices}
    some = {
        (row.office, row.day, row.person_id)
        for row in connection.execute(
            select(dirty_people).where(dirty_people.c.day.between(first, last))
        )
    }
    some |= spread.people | set(find_beside(connection, whole, today=today))
    return Stale(
        frozenset(one for one in whole if first <= one[1] <= last),
        frozenset(one for one in some if one[0] in offices and first <= one[1] <= last),
    )


def find_written(
    connection: Connection, person_ids: Sequence[int], first: date, last: date
) -> dict[int, dict[date, Written]]:
    """Return the written days of at most AT_ONCE people."""
    left_open = or_(
        days.c.status == "UNVERIFIED",
        and_(days.c.status == "PRESENT", days.c.late_minutes.is_(None)),
    )
    rows = connection.execute(
        select(
            days.c.person_id,
            days.c.day,
            days.c.office,
            case((left_open, days.c.evaluated_at)),
            days.c.status,
            days.c.late_minutes,
            days.c.early_minutes,
            case((_corrected(), 1), else_=0),
        ).where(days.c.person_id.in_(person_ids), days.c.day.between(first, last))
    )
    found: dict[int, dict[date, Written]] = {one: {} for one in person_ids}
    alike: dict[tuple[Any, ...], Known] = {}  # most days are like thousands of others
    for person_id, day, office, open_at, status, late, early, corrected in rows:
        key = (status, late, early, corrected)
        known = alike.get(key)
        if known is None:
            known = alike[key] = Known(status, late, early, bool(corrected))
        found[person_id][day] = Written(known, office, open_at)
    return found


def find_grounds(
    connection: Connection, person_ids: Sequence[int], first: date, last: date
) -> dict[int, dict[date, Ground]]:
    """Return what the written days of at most AT_ONCE people rest on."""
    rows = connection.execute(
        select(
            days.c.person_id, days.c.day, days.c.first_in, days.c.last_out, days.c.because
        ).where(days.c.person_id.in_(person_ids), days.c.day.between(first, last))
    )
    found: dict[int, dict[date, Ground]] = {one: {} for one in person_ids}
    for row in rows:
        because = tuple(Reason(one["code"], one["text"]) for one in row.because)
        found[row.person_id][row.day] = Ground(row.first_in, row.last_out, because)
    return found


def _corrected() -> Any:
    """Say of a row what `notes.is_corrected` says, by the codes of its reasons.

    A quoted code can stand in this text only as one: within a sentence quotes are escaped.
    """
    because = cast(days.c.because, Text)
    return or_(
        because.like('%"adjusted"%'),
        because.like('%"resolved"%'),
        and_(days.c.status.in_(_WORKED), because.like('%"excuse"%')),
    )


class Given(NamedTuple):
    """An excuse for whole days, as it stands."""

    type: str
    first: date
    last: date


def find_types(
    connection: Connection, nips: Collection[str], first: date, last: date
) -> Mapping[str, Sequence[Given]]:
    """Return by NIP what was given for whole days and not withdrawn.

    Whether it counts is not asked: a written day says so by its status.
    """
    back = excuses.alias("back")
    rows = connection.execute(
        select(excuses.c.nip, excuses.c.type, excuses.c.first, excuses.c.last)
        .where(
            excuses.c.nip.in_(nips),
            excuses.c.first <= last,
            excuses.c.last >= first,
            excuses.c.kind == "give",
            excuses.c.from_time.is_(None),
            ~exists().where(back.c.withdraws == excuses.c.id),
        )
        .order_by(excuses.c.id)
    )
    found: defaultdict[str, list[Given]] = defaultdict(list)
    for nip, *given in rows:
        found[nip].append(Given(*given))
    return found


class Counted(NamedTuple):
    """How many days of an office came to a status on a day."""

    office: str
    day: date
    status: str
    people: int


def count_written(
    connection: Connection, offices: Collection[str], first: date, last: date
) -> Iterator[Counted]:
    """Yield what the written days of some offices came to, counted by the database."""
    rows = connection.execute(
        select(days.c.office, days.c.day, days.c.status, func.count())
        .where(days.c.office.in_(sorted(offices)), days.c.day.between(first, last))
        .group_by(days.c.office, days.c.day, days.c.status)
        .execution_options(yield_per=5_000)
    )
    for row in rows:
        yield Counted(*row)
