"""People's judged days as the counters of discipline want them: of everybody, or of one person.

For everybody the database walks each person's days once and hands over only what can change a
count: absences, open days, gaps, and of the days between them the last one that breaks a streak.
For one person every day is read. Both give the same counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    select,
)

from ingest.discipline import EFFECTS, Effect, JudgedDay, Kinds, gaps, kind_on, kinds_of
from ingest.errors import NotKnown, StoreError
from ingest.store.person_kinds import find_later
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, days, people
from ingest.store.tally_rows import ABSENT, STILL_OPEN, Ends, find_ends, kept_days

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
    rows = kept_days(connection, ends, first, last, minutes=minutes)
    for person_id, members in groupby(rows, key=attrgetter("person_id")):
        found = list(members)
        if person_id in who:
            served = spans.get(person_id, [])
            known = _reduced(found, ends[person_id])
            known += _missing(found, served, ends[person_id])
            yield Counted(*who[person_id], days=tuple(known))


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
    known = [_day(row) for row in rows]
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


def _reduced(rows: Sequence[Row[Any]], ends: Ends) -> list[JudgedDay]:
    """Return the days that were kept, the breaking days between them, and the last one of all."""
    known = [_day(row) for row in rows]
    told = {ends.broken}.union([row.broken for row in rows])
    told.difference_update([None, *(one.day for one in known)])
    return known + [JudgedDay(one, Effect.BREAKS) for one in told if one is not None]


def _missing(rows: Sequence[Row[Any]], served: Spans, ends: Ends) -> list[JudgedDay]:
    """Return the stretches without any row in which the person served."""
    holes = [
        (row.before + timedelta(days=1), row.day - timedelta(days=1))
        for row in (rows if ends.holed else ())
        if row.before is not None and (row.day - row.before).days > 1
    ]
    head = (date.min, ends.first - timedelta(days=1))
    tail = (ends.last + timedelta(days=1), date.max)
    return [
        JudgedDay(max(begin, first), Effect.UNJUDGED, min(end, last))
        for begin, end in [head, *holes, tail]
        for first, last in served
        if max(begin, first) <= min(end, last)
    ]


def _day(row: Any) -> JudgedDay:
    effect = EFFECTS.get(row.status)
    if effect is None:
        raise StoreError(f"{row.day}: no counter knows the status {row.status!r}")
    return JudgedDay(
        row.day,
        effect,
        late_minutes=row.late_minutes or 0,
        early_minutes=row.early_minutes or 0,
    )


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
