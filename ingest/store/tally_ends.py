"""Where the judged days of everybody begin and end, and whether any is missing between."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, case, cast, func, select

from ingest.store.tables import days, people
from ingest.store.tally_rows import BREAKING

_NEAR = 7


class Ends(NamedTuple):
    """The first and the last day that was judged, and the last that breaks a streak."""

    first: date
    last: date
    broken: date | None
    holed: bool
    """Whether days between the first and the last were never judged."""


def find_ends(connection: Connection, first: date, last: date) -> dict[int, Ends]:
    """Return each person's first and last judged day between two, and the last that breaks."""
    ask = _by_person if connection.dialect.name == "postgresql" else _at_once
    return {
        person_id: Ends(begin, end, broken, (end - begin).days + 1 != count)
        for person_id, begin, end, count, broken in ask(connection, first, last)
    }


def last_breaking(person: ColumnElement[int], first: date, before: Any) -> ColumnElement[date]:
    """Return the last day that breaks a person's streak, from one day on and before another.

    PostgreSQL reads an index to the end of its page before it says what it found first, and
    somebody who works broke his streak within the week as a rule: that is asked first, and costs
    half.
    """
    earlier = days.alias("earlier")
    newest = (
        select(earlier.c.day)
        .where(
            earlier.c.person_id == person,
            earlier.c.day >= first,
            earlier.c.status.in_(BREAKING),
        )
        .order_by(earlier.c.day.desc())
        .limit(1)
    )
    near = newest.where(earlier.c.day.between(before - _NEAR, before - 1))
    far = newest.where(earlier.c.day < before - _NEAR)
    return func.coalesce(near.scalar_subquery(), far.scalar_subquery())


def _by_person(connection: Connection, first: date, last: date) -> Sequence[Any]:
    """Ask person by person: the key holds each one's days side by side, without their rows."""
    each = (
        select(func.min(days.c.day), func.max(days.c.day), func.count())
        .where(days.c.person_id == people.c.id, days.c.day.between(first, last))
        .lateral()
    )
    begin, after = each.c[0], cast(last + timedelta(days=1), Date)
    return connection.execute(
        select(people.c.id, *each.c, last_breaking(people.c.id, first, after)).where(
            begin.is_not(None)
        )
    ).all()


def _at_once(connection: Connection, first: date, last: date) -> Sequence[Any]:
    """Group all rows, which a file reads as fast as any other way."""
    broken = func.max(case((days.c.status.in_(BREAKING), days.c.day)))
    return connection.execute(
        select(days.c.person_id, func.min(days.c.day), func.max(days.c.day), func.count(), broken)
        .where(days.c.day.between(first, last))
        .group_by(days.c.person_id)
    ).all()
