"""Judged days, their changes, and the marks that say which must be judged again.

A mark is taken away in the transaction that judges its office-day, before the facts are read:
`marks` says why nothing is lost by that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, insert, or_, select, text, union
from sqlalchemy.dialects import postgresql, sqlite

from ingest.coverage import Reason
from ingest.store.database import hold_keys, in_one_place
from ingest.store.marks import hold_people, mark_office_days
from ingest.store.serving import serving_on, valid_on
from ingest.store.tables import (
    assignments,
    day_changes,
    days,
    dirty_offices,
    dirty_people,
)

# Locked in the order in which they are written, then deleted: see `marks`.
_TAKE = """
WITH held AS MATERIALIZED (
    SELECT m.* FROM {table} m
    JOIN unnest(CAST(:offices AS text[]), CAST(:days AS date[])) AS a(office, day)
        USING (office, day)
    ORDER BY {key} FOR UPDATE OF m
), gone AS (
    DELETE FROM {table} m USING held h WHERE {same} RETURNING m.*
)
"""
_TAKE_OFFICES, _TAKE_PEOPLE = (
    text(
        _TAKE.format(
            table=table.name,
            key=", ".join(f"m.{one.name}" for one in table.primary_key),
            same=" AND ".join(f"m.{one.name} = h.{one.name}" for one in table.primary_key),
        )
        + told
    )
    for table, told in (
        (dirty_offices, "SELECT office, day FROM gone"),
        (dirty_people, "SELECT office, day, array_agg(person_id) AS ids FROM gone GROUP BY 1, 2"),
    )
)
OPEN_STATUSES = ("UNVERIFIED", "ABSENT")
"""What each night looks at again: what could not be judged, and what may harm somebody. A presence
whose minutes nobody counted yet is of these, too."""


@dataclass(frozen=True, slots=True)
class StoredDay:
    """One row of `days`."""

    person_id: int
    day: date
    office: str
    status: str
    first_in: datetime | None
    last_out: datetime | None
    late_minutes: int | None
    early_minutes: int | None
    because: tuple[Reason, ...]


class Change(NamedTuple):
    """A day became something else."""

    person_id: int
    day: date
    was: str | None
    became: str
    because: tuple[Reason, ...]
    at: datetime


def hold(connection: Connection, office: str, day: date) -> None:
    """Let nobody else judge this office-day until the transaction ends.

    Without it the slower of two could write down what it read before the faster one's facts came.
    Whoever takes marks takes them first: two that did it in both orders would wait for each other.
    """
    hold_all(connection, [(office, day)])


def hold_all(connection: Connection, pairs: Iterable[tuple[str, date]]) -> None:
    """Hold office-days in this order: two that hold many in one order never wait for each other."""
    hold_keys(connection, (f"hadir.days {office} {day}" for office, day in pairs))


def find_days(connection: Connection, office: str, day: date) -> dict[int, StoredDay]:
    """Return what is written for an office and for whoever serves there now, by person."""
    rows = connection.execute(
        select(days).where(
            days.c.day == day,
            (days.c.office == office) | days.c.person_id.in_(serving_on(office, day)),
        )
    )
    return {row.person_id: _stored(row) for row in rows}


def find_month(connection: Connection, office: str, first: date, last: date) -> list[StoredDay]:
    """Return the written days of an office, by person and day."""
    rows = connection.execute(
        select(days)
        .where(days.c.office == office, days.c.day.between(first, last))
        .order_by(days.c.person_id, days.c.day)
    )
    return [_stored(row) for row in rows]


def find_changes(connection: Connection, person_id: int, day: date) -> list[Change]:
    """Return how a day changed, oldest first."""
    rows = connection.execute(
        select(day_changes)
        .where(day_changes.c.person_id == person_id, day_changes.c.day == day)
        .order_by(day_changes.c.id)
    )
    return [
        Change(row.person_id, row.day, row.was, row.became, _reasons(row.because), row.at)
        for row in rows
    ]


def put_days(connection: Connection, rows: Iterable[StoredDay], *, now: datetime) -> None:
    """Write judged days, ordered by their key: two writers then wait, and never for each other."""
    values = [
        {
            "person_id": one.person_id,
            "day": one.day,
            "office": one.office,
            "status": one.status,
            "first_in": one.first_in,
            "last_out": one.last_out,
            "late_minutes": one.late_minutes,
            "early_minutes": one.early_minutes,
            "because": _plain(one.because),
            "evaluated_at": now,
        }
        for one in sorted(rows, key=lambda one: (one.person_id, one.day))
    ]
    if not values:
        return  # an insert without rows would be one row of defaults
    statement = _insert(connection, days)
    changing = {
        column.name: statement.excluded[column.name]
        for column in days.columns
        if not column.primary_key
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "day"], set_=changing), values
    )


def remove_days(connection: Connection, person_ids: Sequence[int], day: date) -> None:
    """Forget the days of people who no longer serve anywhere on that day."""
    if person_ids:
        connection.execute(delete(days).where(days.c.person_id.in_(person_ids), days.c.day == day))


def note_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Keep what days were, what they became and why."""
    rows = [{**one._asdict(), "because": _plain(one.because)} for one in changes]
    if rows:
        connection.execute(insert(day_changes), rows)


def find_serving(connection: Connection, person_ids: Sequence[int], day: date) -> set[int]:
    """Return which of these people serve in any office on a day."""
    return set(
        connection.scalars(
            select(assignments.c.person_id).where(
                assignments.c.person_id.in_(person_ids), valid_on(assignments, day)
            )
        )
    )


def find_open(connection: Connection, day: date) -> list[str]:
    """Return the offices in which somebody's day is unwritten, unverified or called absent, or has
    no minutes yet."""
    written = and_(days.c.person_id == assignments.c.person_id, days.c.day == day)
    return list(
        connection.scalars(
            select(assignments.c.office)
            .outerjoin(days, written)
            .where(
                valid_on(assignments, day),
                or_(
                    days.c.person_id.is_(None),
                    days.c.status.in_(OPEN_STATUSES),
                    and_(days.c.status == "PRESENT", days.c.late_minutes.is_(None)),
                ),
            )
            .distinct()
            .order_by(assignments.c.office)
        )
    )


def find_marked(connection: Connection, *, today: date) -> list[tuple[str, date]]:
    """Return office-days with a mark on them or on one of their people, newest first: that is
    where people look."""
    found = {
        (row.office, row.day)
        for table in (dirty_offices, dirty_people)
        for row in connection.execute(
            select(table.c.office, table.c.day).where(table.c.day <= today).distinct()
        )
    }
    return sorted(found, key=lambda pair: (-pair[1].toordinal(), pair[0]))


class Taken(NamedTuple):
    """Marks that were taken away."""

    whole: frozenset[tuple[str, date]]
    people: Mapping[tuple[str, date], frozenset[int]]
    """Of office-days that are not marked as a whole."""


def take_marks(connection: Connection, pairs: Collection[tuple[str, date]]) -> Taken:
    """Take marks away; read the facts after this and judge them in the same transaction."""
    taken = _taken_at_once if in_one_place(connection) else _taken
    gone, some = taken(connection, sorted(pairs))
    whole = frozenset(gone)
    return Taken(whole, {one: frozenset(ids) for one, ids in some if one not in whole})


_Marks = tuple[list[tuple[str, date]], list[tuple[tuple[str, date], Collection[int]]]]
"""Office-days, and office-days with people of them."""


def _taken_at_once(connection: Connection, pairs: Sequence[tuple[str, date]]) -> _Marks:
    values = {"offices": [office for office, _ in pairs], "days": [day for _, day in pairs]}
    gone = connection.execute(_TAKE_OFFICES, values).all()
    hold_people(connection, (office for office, _ in pairs))
    some = connection.execute(_TAKE_PEOPLE, values)
    return (
        [(row.office, row.day) for row in gone],
        [((row.office, row.day), row.ids) for row in some],
    )


def _taken(connection: Connection, pairs: Sequence[tuple[str, date]]) -> _Marks:
    gone, some = list[tuple[str, date]](), list[tuple[tuple[str, date], Collection[int]]]()
    for office, day in pairs:
        found = connection.execute(
            delete(dirty_offices)
            .where(dirty_offices.c.office == office, dirty_offices.c.day == day)
            .returning(dirty_offices.c.day)
        )
        gone += [(office, day) for _ in found]
    hold_people(connection, (office for office, _ in pairs))
    for office, day in pairs:
        ids = connection.scalars(
            delete(dirty_people)
            .where(dirty_people.c.office == office, dirty_people.c.day == day)
            .returning(dirty_people.c.person_id)
        ).all()
        if ids:
            some.append(((office, day), ids))
    return gone, some


def mark_written(
    connection: Connection, first: date, last: date, *, office: str | None = None
) -> None:
    """Mark each office-day between two days that was judged before: its calendar has changed.

    Also those that stand marked: somebody may be judging them now, by the calendar of before.
    """
    tables = (days, dirty_offices, dirty_people)
    known = union(
        *(select(one.c.office, one.c.day).where(one.c.day.between(first, last)) for one in tables)
    )
    found = connection.execute(known).all()
    mark_office_days(
        connection, [(row.office, row.day) for row in found if office in (None, row.office)]
    )


def _insert(connection: Connection, table: Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _stored(row: Any) -> StoredDay:
    return StoredDay(
        row.person_id,
        row.day,
        row.office,
        row.status,
        row.first_in,
        row.last_out,
        row.late_minutes,
        row.early_minutes,
        _reasons(row.because),
    )


def _plain(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [{"code": one.code, "text": one.text} for one in reasons]


def _reasons(because: Iterable[dict[str, str]]) -> tuple[Reason, ...]:
    return tuple(Reason(one["code"], one["text"]) for one in because)
