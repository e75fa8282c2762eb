"""Judged days, their changes, and the marks that say which must be judged again.

A mark is taken away in the transaction that judges its office-day, before the facts are read:
`marks` says why nothing is lost by that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from ingest.coverage import Reason
from ingest.store.marks import mark_office_days, mark_person_days
from ingest.store.serving import serving_on, valid_on
from ingest.store.tables import (
    assignments,
    day_changes,
    days,
    dirty_offices,
    dirty_people,
    dirty_punches,
    people,
    terminals,
    user_ids,
)
from ingest.store.tables_time import roster_days

_ONE_DAY = timedelta(days=1)
OPEN_STATUSES = ("UNVERIFIED", "ABSENT")
"""What each night looks at again: what could not be judged, and what may harm somebody."""


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
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"hadir.days {office} {day}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


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
    """Return the offices in which somebody's day is unwritten, unverified or called absent."""
    written = and_(days.c.person_id == assignments.c.person_id, days.c.day == day)
    return list(
        connection.scalars(
            select(assignments.c.office)
            .outerjoin(days, written)
            .where(
                valid_on(assignments, day),
                days.c.person_id.is_(None) | days.c.status.in_(OPEN_STATUSES),
            )
            .distinct()
            .order_by(assignments.c.office)
        )
    )


def spread_shifts(connection: Connection, *, today: date) -> None:
    """Mark the days beside marked ones on which somebody works by a roster.

    A touch may belong to a shift that began the day before, or begins the day after.
    """
    wanted = {
        (row.office, row.day + step)
        for row in _marked(connection, dirty_offices, today)
        for step in (-_ONE_DAY, _ONE_DAY)
    }
    alone = {
        (row.person_id, row.day + step)
        for row in _marked(connection, dirty_people, today)
        for step in (-_ONE_DAY, _ONE_DAY)
    }
    if not wanted and not alone:
        return
    at = [day for _, day in (*wanted, *alone)]
    rostered = connection.execute(
        select(assignments.c.office, roster_days.c.day, roster_days.c.person_id)
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(
            roster_days.c.shift.is_not(None),
            roster_days.c.day.between(min(at), min(max(at), today)),
            valid_on(assignments, roster_days.c.day),
        )
    ).all()
    mark_office_days(
        connection, {(row.office, row.day) for row in rostered if (row.office, row.day) in wanted}
    )
    mark_person_days(
        connection,
        (
            (row.office, row.day, row.person_id)
            for row in rostered
            if (row.person_id, row.day) in alone
        ),
    )


def _marked(connection: Connection, table: Table, today: date) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.day <= today)).all()


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
    whole, people = set(), defaultdict[tuple[str, date], set[int]](set)
    for office, day in sorted(pairs):
        gone = connection.execute(
            delete(dirty_offices)
            .where(dirty_offices.c.office == office, dirty_offices.c.day == day)
            .returning(dirty_offices.c.day)
        )
        if gone.all():
            whole.add((office, day))
        some = connection.scalars(
            delete(dirty_people)
            .where(dirty_people.c.office == office, dirty_people.c.day == day)
            .returning(dirty_people.c.person_id)
        )
        people[office, day].update(some)
    return Taken(
        frozenset(whole),
        {one: frozenset(ids) for one, ids in people.items() if ids and one not in whole},
    )


def spread_marks(connection: Connection, *, today: date) -> None:
    """Turn marks on user ids into marks on whoever their punches may concern.

    These are the people it stands for; where nothing is known of it, everybody of the terminal's
    office, and of every other of which somebody is known there.
    """
    if connection.dialect.name == "postgresql":
        # what is read below and what is deleted in the end must be the same marks
        connection.execute(text("LOCK TABLE dirty_punches IN SHARE ROW EXCLUSIVE MODE"))
    marks, limit = dirty_punches.c, dirty_punches.c.local_day <= today
    reaches = or_(
        user_ids.c.terminal_id == marks.terminal_id, user_ids.c.office == terminals.c.office
    )
    on_the_day = valid_on(user_ids, marks.local_day)
    mapping = exists().where(user_ids.c.user_id == marks.user_id, reaches, on_the_day)
    nothing = ~mapping & ~exists().where(people.c.nip == marks.user_id)
    here = (
        select(terminals.c.office, marks.local_day)
        .join(terminals, terminals.c.id == marks.terminal_id)
        .where(nothing)
    )
    mapped = (
        select(assignments.c.office, marks.local_day, assignments.c.person_id)
        .join(terminals, terminals.c.id == marks.terminal_id)
        .join(user_ids, and_(user_ids.c.user_id == marks.user_id, reaches))
        .join(assignments, assignments.c.person_id == user_ids.c.person_id)
        .where(on_the_day, valid_on(assignments, marks.local_day))
    )
    own = (
        select(assignments.c.office, marks.local_day, assignments.c.person_id)
        .join(people, people.c.nip == marks.user_id)
        .join(assignments, assignments.c.person_id == people.c.id)
        .where(valid_on(assignments, marks.local_day))
    )
    known = user_ids.alias("known")
    there = (
        select(assignments.c.office, marks.local_day)
        .join(terminals, terminals.c.id == marks.terminal_id)
        .join(
            known,
            (known.c.terminal_id == marks.terminal_id) | (known.c.office == terminals.c.office),
        )
        .join(assignments, assignments.c.person_id == known.c.person_id)
        .where(
            assignments.c.office != terminals.c.office,
            valid_on(assignments, marks.local_day),
            nothing,
        )
    )
    for query in (here, there):
        _mark_from(connection, query.where(limit).distinct())
    alone = {
        (row.office, row.local_day, row.person_id)
        for query in (mapped, own)
        for row in connection.execute(query.where(limit).distinct())
    }
    _mark_people(connection, alone)
    connection.execute(delete(dirty_punches))


def _mark_people(connection: Connection, found: set[tuple[str, date, int]]) -> None:
    """Mark people, or the whole office where nobody's day was ever judged."""
    pairs = {(office, day) for office, day, _ in found}
    judged: set[tuple[str, date]] = set()
    for day in sorted({day for _, day in pairs}):
        rows = connection.scalars(select(days.c.office).where(days.c.day == day).distinct())
        judged |= {(office, day) for office in rows}
    mark_office_days(connection, pairs - judged)
    mark_person_days(connection, (one for one in found if one[:2] in judged))


def mark_written(
    connection: Connection, first: date, last: date, *, office: str | None = None
) -> None:
    """Mark each office-day between two days that was judged before: its calendar has changed."""
    query = select(days.c.office, days.c.day).where(days.c.day.between(first, last)).distinct()
    _mark_from(connection, query if office is None else query.where(days.c.office == office))


def _reaches(table: Table) -> Any:
    """Return the condition that a mapping reaches a user id on its terminal."""
    return and_(
        user_ids.c.user_id == table.c.user_id,
        or_(user_ids.c.terminal_id == table.c.terminal_id, user_ids.c.office == terminals.c.office),
    )


def _mark_from(connection: Connection, query: Select[Any]) -> None:
    mark_office_days(connection, [(office, day) for office, day in connection.execute(query)])


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
