"""The days that can change a count, of people whose days follow one another. PostgreSQL.

They come as one row of columns for each person, and days as numbers: there are hundreds of
thousands of them, of a few hundred dates, and the judged day of each date is made once and shared.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from ingest.discipline import Effect, JudgedDay
from ingest.store.tables import days
from ingest.store.tally_ends import Ends, last_breaking
from ingest.store.tally_rows import ABSENT, STILL_OPEN, in_words


class _Numbered(NamedTuple):
    """What was kept of a person's days, each told as the number of days since the first asked."""

    person_id: int
    absent: list[int]
    unverified: list[int] | None
    broken: list[int] | None
    """The last breaking day before each of the others."""


def find_whole(
    connection: Connection, ends: Mapping[int, Ends], first: date, last: date
) -> Iterator[tuple[int, list[JudgedDay]]]:
    """Yield absences, open days, the breaking days between them and the last one of all.

    Of everybody with an absence and without a gap, in order of the store's own key.
    """
    holed = [one for one, known in ends.items() if known.holed]
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    absent, unverified, broken = (
        [JudgedDay(one, effect) for one in dates]
        for effect in (Effect.COUNTS, Effect.UNVERIFIED, Effect.BREAKS)
    )
    for row in connection.execute(_numbered(first, last, holed)):
        one = _Numbered._make(row)
        told = set(one.broken or ())
        if (end := ends[one.person_id].broken) is not None:
            told.add((end - first).days)
        known = [absent[n] for n in one.absent]
        known += [unverified[n] for n in one.unverified or ()]
        yield one.person_id, known + [broken[n] for n in told]


def _numbered(first: date, last: date, without: Sequence[int]) -> Select[tuple[Any, ...]]:
    each = _sought(first, last, without).subquery()
    absent, unverified = (
        func.array_agg(each.c.number).filter(each.c.status.in_(words))
        for words in (ABSENT, STILL_OPEN)
    )
    broken = func.array_agg(each.c.broken).filter(each.c.broken.is_not(None))
    return (
        select(each.c.person_id, absent, unverified, broken)
        .group_by(each.c.person_id)
        .order_by(each.c.person_id)
    )


def _sought(first: date, last: date, without: Sequence[int]) -> Select[tuple[Any, ...]]:
    """Ask for absences and open days by their own index, and for each the last breaking day."""
    absence = days.alias("absence")
    concerned = select(absence.c.person_id).where(
        in_words(absence.c.status, ABSENT), absence.c.day.between(first, last)
    )
    broken = last_breaking(days.c.person_id, first, days.c.day)
    return select(
        days.c.person_id,
        days.c.status,
        (days.c.day - first).label("number"),
        (broken - first).label("broken"),
    ).where(
        in_words(days.c.status, [*ABSENT, *STILL_OPEN]),
        days.c.day.between(first, last),
        days.c.person_id.in_(concerned),
        days.c.person_id.not_in(without),
    )
