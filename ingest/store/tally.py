"""People's judged days as the counters of discipline want them: of everybody, or of one person.

For everybody the database walks each person's days once and hands over only what can change a
count: absences, open days, gaps, and of the days between them the last one that breaks a streak.
For one person every day is read. Both give the same counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, case, func, select

from ingest.discipline import Effect, JudgedDay, Kinds, gaps, kind_on, kinds_of
from ingest.errors import NotKnown
from ingest.store.person_kinds import find_later
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, days, people
from ingest.store.tally_ends import Ends, find_ends
from ingest.store.tally_kept import find_kept, judged
from ingest.store.tally_rows import ABSENT, STILL_OPEN

LOOK_BACK = timedelta(days=92)
"""How far before a year its days are read: a streak that runs across New Year began there. One that
began earlier still reaches every limit that fits into three months."""

Spans = list[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Counted:
    """One person and the days to count. Office, name and kind are today's."""

    person_id: int
    nip: str
    name: str
    kind: str
    office: str | None
    """None: the person serves nowhere today."""
    kinds: Kinds
    days: tuple[JudgedDay, ...]


class Waiting(NamedTuple):
    """What is open of people without a single absence, whose days are not handed over."""

    people: int
    days: int


def find_all(
    connection: Connection,
    *,
    first: date,
    last: date,
    today: date,
    office: str | None = None,
    minutes: bool = False,
) -> Iterator[Counted]:
    """Yield everybody with an absence between two days, in order of the store's own key.

    `office` keeps those who serve there today. With `minutes`, days late or left early, and people
    who have only those, are handed over, too. Reads as the rows come.
    """
    who = _people(connection, today, office=office)
    ends = find_ends(connection, first, last)
    spans = _serving(connection, first, last)
    for one in find_kept(connection, ends, first, last, minutes=minutes):
        if one.person_id in who:
            served = spans.get(one.person_id, [])
            missing = _missing(one.holes, served, ends[one.person_id])
            yield Counted(*who[one.person_id], days=(*one.days, *missing))


def find_one(connection: Connection, nip: str, *, first: date, last: date, today: date) -> Counted:
    """Return a person with every day between two. Raises NotKnown."""
    who = next(iter(_people(connection, today, nip=nip).values()), None)
    if who is None:
        raise NotKnown(f'no person with the NIP "{nip}"; see hadir-ingest people list')
    rows = connection.execute(
        select(days.c.day, days.c.status, days.c.late_minutes, days.c.early_minutes)
        .where(days.c.person_id == who[0], days.c.day.between(first, last))
        .order_by(days.c.day)
    )
    known = [judged(row) for row in rows]
    served = _serving(connection, first, last, person_id=who[0]).get(who[0], [])
    return Counted(*who, days=(*known, *gaps(known, served)))


def find_waiting(
    connection: Connection, *, first: date, last: date, today: date, office: str | None = None
) -> Waiting:
    """Return how many people without any absence have days that are not verified, and how many."""
    each = (
        select(
            days.c.person_id,
            func.sum(case((days.c.status.in_(STILL_OPEN), 1), else_=0)).label("open"),
        )
        .where(days.c.day.between(first, last))
        .group_by(days.c.person_id)
        .having(func.sum(case((days.c.status.in_(ABSENT), 1), else_=0)) == 0)
    )
    if office is not None:
        each = each.where(days.c.person_id.in_(_of_office(office, today)))
    found = each.subquery()
    row = connection.execute(
        select(func.count(), func.coalesce(func.sum(found.c.open), 0)).where(found.c.open > 0)
    ).one()
    return Waiting(int(row[0]), int(row[1]))


def find_first_day(connection: Connection) -> date | None:
    """Return the earliest day that was ever judged here."""
    found: date | None = connection.scalar(select(func.min(days.c.day)))
    return found


def _missing(holes: Spans, served: Spans, ends: Ends) -> list[JudgedDay]:
    """Return the stretches without any row in which the person served."""
    head = (date.min, ends.first - timedelta(days=1))
    tail = (ends.last + timedelta(days=1), date.max)
    return [
        JudgedDay(max(begin, first), Effect.UNJUDGED, min(end, last))
        for begin, end in [head, *holes, tail]
        for first, last in served
        if max(begin, first) <= min(end, last)
    ]


def _serving(
    connection: Connection, first: date, last: date, *, person_id: int | None = None
) -> dict[int, Spans]:
    """Return when people served between two days; spans that touch stay apart."""
    query = select(
        assignments.c.person_id, assignments.c.valid_from, assignments.c.valid_until
    ).where(
        assignments.c.valid_from <= last,
        assignments.c.valid_until.is_(None) | (assignments.c.valid_until >= first),
    )
    if person_id is not None:
        query = query.where(assignments.c.person_id == person_id)
    found: dict[int, Spans] = {}
    for row in connection.execute(query):
        span = (max(row.valid_from, first), min(row.valid_until or last, last))
        found.setdefault(row.person_id, []).append(span)
    return found


_Who = tuple[int, str, str, str, str | None, Kinds]


def _people(
    connection: Connection, today: date, *, office: str | None = None, nip: str | None = None
) -> dict[int, _Who]:
    """Return who people are and where they serve today, by the store's own key."""
    here = and_(assignments.c.person_id == people.c.id, valid_on(assignments, today))
    query = (
        select(people.c.id, people.c.nip, people.c.name, people.c.kind, assignments.c.office)
        .outerjoin(assignments, here)
        .order_by(people.c.id)
    )
    if office is not None:
        query = query.where(assignments.c.office == office)
    if nip is not None:
        query = query.where(people.c.nip == nip)
    rows = connection.execute(query).all()
    later = find_later(connection, rows[0].id if nip is not None and rows else None)
    found: dict[int, _Who] = {}
    for row in rows:
        kinds = kinds_of(row.kind, later.get(row.id, ()))
        now = kind_on(kinds, today)
        found[row.id] = (row.id, row.nip, row.name, now, row.office, kinds)
    return found


def _of_office(office: str, today: date) -> Select[Any]:
    return select(assignments.c.person_id).where(
        assignments.c.office == office, valid_on(assignments, today)
    )
