"""Which office-days a change of working time or of a terminal touches.

Days before the change are marked too where a shift may reach into them or borders on them: a touch
between two shifts belongs to the nearer one.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from ingest.store.dirty import Span
from ingest.store.marks import known_here
from ingest.store.plans import AROUND
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, offices, people, punches, terminals
from ingest.store.tables_time import roster_days, scheme_uses
from ingest.store.touches import NIP_USED

_AT_ONCE = 500  # parameters of one statement


class Owner(NamedTuple):
    """Whose working time a row is: an office's or a person's; the other is None."""

    office: str | None
    person_id: int | None


def of_owner(connection: Connection, owner: Owner, first: date, last: date | None) -> list[Span]:
    """Return what a change of an office's or a person's own working time touches."""
    if owner.office is not None:
        return [Span(owner.office, first, last)]
    return [] if owner.person_id is None else of_people(connection, [owner.person_id], first, last)


def of_people(
    connection: Connection, person_ids: Sequence[int], first: date, last: date | None
) -> list[Span]:
    """Return where people serve between two days."""
    found = []
    for place in range(0, len(person_ids), _AT_ONCE):
        rows = connection.execute(
            select(assignments.c.office, assignments.c.valid_from, assignments.c.valid_until).where(
                assignments.c.person_id.in_(person_ids[place : place + _AT_ONCE]),
                meets(assignments.c.valid_from, assignments.c.valid_until, first, last),
            )
        )
        found += [Span(row.office, *_shared(row[1], row[2], first, last)) for row in rows]
    return found


def of_rosters(connection: Connection, rows: Iterable[tuple[int, date]]) -> list[Span]:
    """Return what changed rows of rosters touch: their days and those around them."""
    days = sorted(set(rows))
    if not days:
        return []
    first, last = min(day for _, day in days) - AROUND, max(day for _, day in days) + AROUND
    served: dict[int, list[Any]] = {}
    people = sorted({person_id for person_id, _ in days})
    for place in range(0, len(people), _AT_ONCE):
        for row in connection.execute(
            select(assignments).where(
                assignments.c.person_id.in_(people[place : place + _AT_ONCE]),
                meets(assignments.c.valid_from, assignments.c.valid_until, first, last),
            )
        ):
            served.setdefault(row.person_id, []).append(row)
    return [
        Span(one.office, *_shared(one.valid_from, one.valid_until, day - AROUND, day + AROUND))
        for person_id, day in days
        for one in served.get(person_id, ())
        if one.valid_from <= day + AROUND
        and (one.valid_until is None or one.valid_until >= day - AROUND)
    ]


def of_scheme(connection: Connection, code: str, first: date, last: date | None) -> list[Span]:
    """Return what other terms of a scheme touch between two days: who keeps it then."""
    spans = [
        Span(office, first, last)
        for office in connection.scalars(select(offices.c.code).where(offices.c.scheme == code))
    ]
    uses = connection.execute(
        select(scheme_uses).where(
            scheme_uses.c.scheme == code,
            meets(scheme_uses.c.first, scheme_uses.c.last, first, last),
        )
    ).all()
    for one in uses:
        owner = Owner(one.office, one.person_id)
        spans += of_owner(connection, owner, *_shared(one.first, one.last, first, last))
    return spans


def of_shifts(connection: Connection, codes: Collection[str]) -> list[Span]:
    """Return what other hours of shifts touch: each day somebody has one of them, and around."""
    rows = connection.execute(
        select(assignments.c.office, roster_days.c.day)
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(roster_days.c.shift.in_(codes), valid_on(assignments, roster_days.c.day))
        .distinct()
    )
    return [Span(row.office, row.day - AROUND, row.day + AROUND) for row in rows]


def of_terminal(connection: Connection, serial: str, office: str, first: date) -> list[Span]:
    """Return what another registration of a terminal touches from a day on: its office, where
    those serve who are known in that office, and those who used the own NIP on it."""
    by_nip = connection.scalars(
        select(assignments.c.office)
        .join(people, people.c.id == assignments.c.person_id)
        .join(punches, punches.c.user_id == people.c.nip)
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(terminals.c.serial == serial, NIP_USED)
        .distinct()
    )
    return [Span(one, first, None) for one in sorted({*known_here(connection, office), *by_nip})]


def before(day: date | None) -> date | None:
    """Return the day before; None stays None."""
    return None if day is None else day - timedelta(days=1)


def meets(
    begins: ColumnElement[Any], ends: ColumnElement[Any], first: date, last: date | None
) -> ColumnElement[bool]:
    """Return the condition that a dated row shares a day with a span; None is open."""
    until_then = or_(ends.is_(None), ends >= first)
    return until_then if last is None else and_(begins <= last, until_then)


def _shared(
    begins: date, ends: date | None, first: date, last: date | None
) -> tuple[date, date | None]:
    """Return the days that two spans share."""
    closed = [one for one in (ends, last) if one is not None]
    return max(begins, first), min(closed, default=None)
