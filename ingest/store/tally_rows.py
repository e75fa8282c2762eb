"""The days of everybody that can change a count, picked by the database.

Of a person with an absence these are absences, open days, and days after a gap; each comes with the
last day before it that breaks a streak, so that nothing that matters between two of them is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    true,
    type_coerce,
)

from ingest.discipline import OPEN, Effect, statuses
from ingest.store.tables import days, people

ABSENT = statuses(Effect.COUNTS)
STILL_OPEN = statuses(*OPEN)
_BREAKING = statuses(Effect.BREAKS)


class Ends(NamedTuple):
    """The first and the last day that was judged, and the last that breaks a streak."""

    first: date
    last: date
    broken: date | None
    holed: bool
    """Whether days between the first and the last were never judged."""


def kept_days(
    connection: Connection,
    ends: Mapping[int, Ends],
    first: date,
    last: date,
    *,
    minutes: bool,
) -> Iterator[Row[Any]]:
    """Yield the days that can change a count, each with the last breaking day before it.

    Whose days follow one another without a gap is asked for by the few days that matter alone.
    """
    if minutes or connection.dialect.name != "postgresql":
        yield from connection.execute(_walked(connection, first, last, minutes=minutes))
        return
    holed = [one for one, known in ends.items() if known.holed]
    walked: Iterator[Row[Any]] = iter(())
    if holed:
        some = _walked(connection, first, last, minutes=False, only=holed)
        walked = iter(connection.execute(some).all())
    sought = connection.execute(_sought(first, last, holed))
    # one after the other costs a tenth of the time where nobody has a gap
    yield from merge(walked, sought, key=attrgetter("person_id", "day")) if holed else sought


def _sought(first: date, last: date, holed: Sequence[int]) -> Select[tuple[Any, ...]]:
    """Ask for absences and open days by their own index, and for each the last breaking day."""
    absent = days.alias("absent")
    before = days.alias("earlier")
    broken = (
        select(before.c.day)
        .where(
            before.c.person_id == days.c.person_id,
            before.c.day < days.c.day,
            before.c.day >= first,
            before.c.status.in_(_BREAKING),
        )
        .order_by(before.c.day.desc())
        .limit(1)
        .lateral()
    )
    concerned = select(absent.c.person_id).where(
        _in_words(absent.c.status, ABSENT), absent.c.day.between(first, last)
    )
    return (
        select(
            days.c.person_id,
            days.c.day,
            days.c.status,
            null().label("late_minutes"),
            null().label("early_minutes"),
            null().label("before"),
            broken.c.day.label("broken"),
        )
        .outerjoin(broken, true())
        .where(
            _in_words(days.c.status, [*ABSENT, *STILL_OPEN]),
            days.c.day.between(first, last),
            days.c.person_id.in_(concerned),
            days.c.person_id.not_in(holed),
        )
        .order_by(days.c.person_id, days.c.day)
        .execution_options(yield_per=10_000)
    )


def _in_words(column: ColumnElement[Any], words: Sequence[str]) -> ColumnElement[bool]:
    """Say it with the words themselves: the index asks for them."""
    return column.in_(bindparam(None, words, expanding=True, literal_execute=True))


def _walked(
    connection: Connection,
    first: date,
    last: date,
    *,
    minutes: bool,
    only: Sequence[int] | None = None,
) -> Select[tuple[Any, ...]]:
    """Ask the database to walk each person's days.

    The window of `broken` ends the day before: between two days that are kept lies then the last
    one that breaks, if any does.
    """
    person, order = days.c.person_id, days.c.day
    broken = case((days.c.status.in_(_BREAKING), days.c.day))
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


def find_ends(connection: Connection, first: date, last: date) -> dict[int, Ends]:
    """Return each person's first and last judged day between two, and the last that breaks."""
    rows = connection.execute(
        select(days.c.person_id, func.min(days.c.day), func.max(days.c.day), func.count())
        .where(days.c.day.between(first, last))
        .group_by(days.c.person_id)
    ).all()
    broken = _last_breaking(connection, first, last)
    return {
        row[0]: Ends(row[1], row[2], broken.get(row[0]), (row[2] - row[1]).days + 1 != row[3])
        for row in rows
    }


def _last_breaking(connection: Connection, first: date, last: date) -> dict[int, date]:
    """Return the last day that breaks a streak, of who has one."""
    breaking = (days.c.day.between(first, last), days.c.status.in_(_BREAKING))
    if connection.dialect.name != "postgresql":
        query = select(days.c.person_id, func.max(days.c.day)).where(*breaking)
        rows = connection.execute(query.group_by(days.c.person_id))
        return {row[0]: row[1] for row in rows}
    newest = (
        select(days.c.day)
        .where(days.c.person_id == people.c.id, *breaking)
        .order_by(days.c.day.desc())
        .limit(1)
        .lateral()
    )
    found = connection.execute(select(people.c.id, newest.c.day).join(newest, true()))
    return {row[0]: row[1] for row in found}
