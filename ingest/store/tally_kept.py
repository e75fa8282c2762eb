"""The days of everybody that can change a count, as counters take them, person by person."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select

from ingest.discipline import EFFECTS, Effect, JudgedDay
from ingest.errors import StoreError
from ingest.store.tally_ends import Ends
from ingest.store.tally_rows import walked
from ingest.store.tally_whole import find_whole


class Kept(NamedTuple):
    """What was kept of one person's days."""

    person_id: int
    days: list[JudgedDay]
    holes: list[tuple[date, date]]
    """Days between two of these that were never judged: the first and the last of them."""


def find_kept(
    connection: Connection, ends: Mapping[int, Ends], first: date, last: date, *, minutes: bool
) -> Iterator[Kept]:
    """Yield the days that can change a count, in order of the store's own key.

    Whose days follow one another without a gap is asked for by the few days that matter alone.
    Raises StoreError.
    """
    if minutes or connection.dialect.name != "postgresql":
        return _walked(connection, ends, walked(connection, first, last, minutes=minutes))
    holed = [one for one, known in ends.items() if known.holed]
    whole = (Kept(*one, holes=[]) for one in find_whole(connection, ends, first, last))
    if not holed:
        return whole
    some = walked(connection, first, last, minutes=False, only=holed)
    return merge(_walked(connection, ends, some), whole, key=attrgetter("person_id"))


def judged(row: Any) -> JudgedDay:
    """Return a row as counters take it. Raises StoreError for a status that none of them knows."""
    effect = EFFECTS.get(row.status)
    if effect is None:
        raise StoreError(f"{row.day}: no counter knows the status {row.status!r}")
    return JudgedDay(
        row.day,
        effect,
        late_minutes=row.late_minutes or 0,
        early_minutes=row.early_minutes or 0,
    )


def _walked(
    connection: Connection, ends: Mapping[int, Ends], query: Select[tuple[Any, ...]]
) -> Iterator[Kept]:
    rows = connection.execute(query)
    for person_id, members in groupby(rows, key=attrgetter("person_id")):
        found = list(members)
        holes = _holes(found) if ends[person_id].holed else []
        yield Kept(person_id, _reduced(found, ends[person_id]), holes)


def _reduced(rows: Sequence[Row[Any]], ends: Ends) -> list[JudgedDay]:
    """Return the days that were kept, the breaking days between them, and the last one of all."""
    known = [judged(row) for row in rows]
    told = {ends.broken}.union([row.broken for row in rows])
    told.difference_update([None, *(one.day for one in known)])
    return known + [JudgedDay(one, Effect.BREAKS) for one in told if one is not None]


def _holes(rows: Sequence[Row[Any]]) -> list[tuple[date, date]]:
    return [
        (row.before + timedelta(days=1), row.day - timedelta(days=1))
        for row in rows
        if row.before is not None and (row.day - row.before).days > 1
    ]
