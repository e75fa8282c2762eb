"""The days of everybody that can change a count, picked by the database.

Of a person with an absence these are absences, open days, and days after a gap; each comes with the
last day before it that breaks a streak, so that nothing that matters between two of them is lost.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)

from ingest.discipline import OPEN, Effect, statuses
from ingest.store.tables import days

ABSENT = statuses(Effect.COUNTS)
STILL_OPEN = statuses(*OPEN)
BREAKING = statuses(Effect.BREAKS)


def in_words(column: ColumnElement[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """Say it with the words themselves: the index asks for them."""
    return column.in_(bindparam(None, words, expanding=True, literal_execute=True))


def walked(
    connection: Connection,
    first: date,
    last: date,
    *,
    minutes: bool,
    only: Sequence[int] | None = None,
) -> Select[tuple[Any, ...]]:
    """Ask the database to walk each person's days, of everybody or of some.

    The window of `broken` ends the day before: between two days that are kept lies then the last
    one that breaks, if any does.
    """
    person, order = days.c.person_id, days.c.day
    broken = case((days.c.status.in_(BREAKING), days.c.day))
    worked = func.coalesce(days.c.late_minutes, 0) + func.coalesce(days.c.early_minutes, 0)
    concerns = case((days.c.status.in_(ABSENT), 1), else_=0)
    concerns = case((worked > 0, 1), else_=concerns) if minutes else concerns
    marked = (
        select(
            days.c.person_id,
            days.c.day,
            days.c.status,
            days.c.late_minutes,
            days.c.early_minutes,
            worked.label("worked"),
            func.lag(days.c.day, type_=Date)
            .over(partition_by=person, order_by=order)
            .label("before"),
            func.max(broken)
            .over(partition_by=person, order_by=order, rows=(None, -1))
            .label("broken"),
            func.sum(concerns).over(partition_by=person).label("concerned"),
        )
        .where(days.c.day.between(first, last), _just(only))
        .subquery()
    )
    matters = [
        marked.c.status.in_([*ABSENT, *STILL_OPEN]),
        _days_between(connection, marked.c.before, marked.c.day) > 1,
    ]
    if minutes:
        matters.append(marked.c.worked > 0)
    return (
        select(marked)
        .where(marked.c.concerned > 0, or_(*matters))
        .order_by(marked.c.person_id, marked.c.day)
        .execution_options(yield_per=10_000)
    )


def _days_between(
    connection: Connection, earlier: ColumnElement[Any], later: ColumnElement[Any]
) -> ColumnElement[Any]:
    if connection.dialect.name == "postgresql":
        return type_coerce(later, Integer) - type_coerce(earlier, Integer)
    return func.julianday(later) - func.julianday(earlier)


def _just(only: Sequence[int] | None) -> ColumnElement[bool]:
    return true() if only is None else days.c.person_id.in_(only)
