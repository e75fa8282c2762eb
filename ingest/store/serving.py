"""Dated rows: which hold on a day, and who serves where."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from ingest.store.tables import assignments, people


def serving_on(office: str, day: date) -> Select[tuple[int]]:
    """Return the ids of who serves in an office on a day.

    Should two assignments hold at once, the later one does: a day belongs to one office.
    """
    later = assignments.alias("later")
    return select(assignments.c.person_id).where(
        assignments.c.office == office,
        valid_on(assignments, day),
        ~exists().where(
            later.c.person_id == assignments.c.person_id,
            later.c.valid_from > assignments.c.valid_from,
            valid_on(later, day),
        ),
    )


def office_on(connection: Connection, person_id: int, day: date) -> str | None:
    """Return where a person serves on a day; None: nowhere. Of two that hold, the later one."""
    found: str | None = connection.scalar(
        select(assignments.c.office)
        .where(assignments.c.person_id == person_id, valid_on(assignments, day))
        .order_by(assignments.c.valid_from.desc())
        .limit(1)
    )
    return found


def find_stays(connection: Connection, person_id: int) -> list[tuple[str, date, date | None]]:
    """Return where a person served, serves and will: office, first and last day, the latest first.
    Of two that hold on a day, the first one here does."""
    rows = connection.execute(
        select(assignments.c.office, assignments.c.valid_from, assignments.c.valid_until)
        .where(assignments.c.person_id == person_id)
        .order_by(assignments.c.valid_from.desc())
    )
    return [(row.office, row.valid_from, row.valid_until) for row in rows]


def these(connection: Connection, person_ids: Collection[int]) -> Select[tuple[int]]:
    """Return the ids of these people, to be asked for within other questions.

    On PostgreSQL they are one value, so that a question reads the same for one person and for a
    thousand, and is planned once.
    """
    if connection.dialect.name == "postgresql":
        return select(func.unnest(literal(sorted(person_ids), ARRAY(Integer))))
    return select(people.c.id).where(people.c.id.in_(person_ids))


def valid_on(table: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that a dated row holds on a day; its last day belongs to it."""
    return and_(
        table.c.valid_from <= day,
        or_(table.c.valid_until.is_(None), table.c.valid_until >= day),
    )


def holds_on(table: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Like `valid_on`, of tables whose columns are `first` and `last`."""
    return and_(table.c.first <= day, or_(table.c.last.is_(None), table.c.last >= day))
