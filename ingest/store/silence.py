"""Days on which no terminal of an office told of anybody, although people had to come.

A terminal without electricity keeps its log, and the log is unbroken when it is read again. So that
nobody touched it is proven, and yet proves nothing: nobody could.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Select, exists, func, literal, select, union_all

from ingest.calendar import Expected, WorkDay
from ingest.store.plain import Book, Pair
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, punches, terminals
from ingest.store.tables_time import roster_days, service_breaks
from ingest.store.touched import meets

FEWEST = 3
"""Fewer people than this may all stay away."""


def find_silent(connection: Connection, known: Mapping[Pair, Expected | None]) -> dict[Pair, int]:
    """Return how many people had to come on silent office-days, of these; of `known`, what a day
    asks of who has nothing of his own, or None where that is not known yet."""
    untouched = known.keys() - _touched(connection, known)
    if not untouched:
        return {}
    ask = [one for one in untouched if known[one] is None]
    book = Book(connection, ask) if ask else None
    asks = {one: known[one] if book is None or one not in ask else book.expected(*one)
            for one in untouched}  # fmt: skip
    worked = [one for one, plan in asks.items() if isinstance(plan, WorkDay)]
    found = _serving(connection, worked)
    found |= _rostered(connection, untouched - set(worked))
    return {one: count for one, count in found.items() if count >= FEWEST}


def _touched(connection: Connection, pairs: Collection[Pair]) -> set[Pair]:
    """Return the office-days on which anybody touched a terminal of the office."""
    offices = {office for office, _ in pairs}
    each = [_touched_on(day, offices) for day in sorted({day for _, day in pairs})]
    return {(row.office, row.day) for row in connection.execute(union_all(*each))}


def _touched_on(day: date, offices: Collection[str]) -> Select[Any]:
    """Ask for the offices of a day; by its index that is one look for each terminal."""
    midnight = datetime.combine(day, time())
    touched = exists().where(
        punches.c.local_day == day,
        punches.c.terminal_id == terminals.c.id,
        punches.c.local_time >= midnight,  # in one of the months
        punches.c.local_time < midnight + timedelta(days=1),
    )
    return (
        select(terminals.c.office, literal(day, Date).label("day"))
        .where(terminals.c.office.in_(offices), touched)
        .distinct()
    )


def _serving(connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Return how many serve in an office on a day and are in service."""
    if not pairs:
        return {}
    offices, days = {office for office, _ in pairs}, sorted(day for _, day in pairs)
    c, b = assignments.c, service_breaks.c
    here = c.office.in_(offices) & meets(c.valid_from, c.valid_until, days[0], days[-1])
    gone = meets(b.first, b.last, days[0], days[-1])
    away: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    for out in connection.execute(
        select(b.person_id, b.first, b.last).where(
            b.person_id.in_(select(c.person_id).where(here)), gone
        )
    ):
        away[out.person_id].append((out.first, out.last or date.max))
    by_office: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(
        select(c.person_id, c.office, c.valid_from, c.valid_until).where(here)
    ):
        by_office[row.office].append(row)
    return {
        (office, day): len(
            {
                row.person_id
                for row in by_office[office]
                if row.valid_from <= day <= (row.valid_until or date.max)
                and not any(first <= day <= last for first, last in away[row.person_id])
            }
        )
        for office, day in pairs
    }


def _rostered(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, int]:
    """Return how many have a shift, on days that are not worked by the others."""
    if not pairs:
        return {}
    rows = connection.execute(
        select(assignments.c.office, roster_days.c.day, func.count().label("number"))
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(
            roster_days.c.shift.is_not(None),
            roster_days.c.day.in_({day for _, day in pairs}),
            assignments.c.office.in_({office for office, _ in pairs}),
            valid_on(assignments, roster_days.c.day),
        )
        .group_by(assignments.c.office, roster_days.c.day)
    )
    return {(row.office, row.day): row.number for row in rows if (row.office, row.day) in pairs}
