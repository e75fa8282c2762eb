"""What is known of many office-days at once, for those of which there is nothing unusual to say.

Questions are asked for all of them together, so that a night or a late file costs a fixed number.
Nothing is concluded here: see `ingest.days.bulk`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from ingest.calendar import (
    Asked,
    Category,
    Expected,
    FreeDay,
    Overlay,
    Special,
    SpecialDay,
    Terms,
    Year,
    expected,
    in_force,
)
from ingest.coverage import ClockDay, Stretch, Unreadable
from ingest.store import evidence
from ingest.store.plans import read_special, terms_of
from ingest.store.tables import (
    calendar_years,
    holidays,
    offices,
    resolutions,
    schemes,
    terminals,
)
from ingest.store.tables_time import scheme_overlays, scheme_terms, scheme_uses, special_days

Pair = tuple[str, date]
"""An office and a day."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What bridges proved of the terminals of some offices, over some days."""

    terminals: Mapping[str, Sequence[Row[Any]]]
    """By office."""
    stretches: Mapping[int, list[Stretch]]
    """By terminal, as the rest."""
    unreadable: Mapping[int, list[Unreadable]]
    withdrawn: Collection[str]
    """Serials of which somebody took back coverage, whenever it was and whatever it is worth."""
    refused: Mapping[str, int]
    clock: Mapping[int, list[ClockDay]]

    def clock_of(self, terminal_id: int, day: date) -> tuple[ClockDay, ...]:
        """Return the looks on a day, or those nearest before and after it."""
        looks = self.clock.get(terminal_id, [])
        at = bisect_left(looks, day, key=lambda one: one.day)
        if at < len(looks) and looks[at].day == day:
            return (looks[at],)
        return tuple(looks[max(0, at - 1) : at + 1])


def find_ground(connection: Connection, pairs: Collection[Pair], *, since: Any) -> Ground:
    """Return the ground of some office-days; `since` is the first moment of the first of them."""
    places, days = {office for office, _ in pairs}, {day for _, day in pairs}
    by_office: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(
        select(terminals)
        .where(terminals.c.office.in_(places))
        .order_by(terminals.c.name, terminals.c.serial)
    ):
        by_office[row.office].append(row)
    ids = [row.id for rows in by_office.values() for row in rows]
    withdrawn = connection.scalars(
        select(resolutions.c.terminal).where(resolutions.c.kind == "coverage").distinct()
    )
    return Ground(
        by_office,
        evidence.find_stretches(connection, ids),
        evidence.find_unreadable(connection, ids, since),
        frozenset(withdrawn),
        evidence.find_said(connection, places).refused,
        evidence.find_clock(connection, ids, min(days), max(days)),
    )


class Book:
    """What days ask of the people of offices who have nothing of their own."""

    def __init__(self, connection: Connection, pairs: Collection[Pair]) -> None:
        """Read it for some office-days. Raises StoreError."""
        places, days = {office for office, _ in pairs}, [day for _, day in pairs]
        first, last = min(days), max(days)
        self._offices = {
            row.code: row.scheme
            for row in connection.execute(select(offices).where(offices.c.code.in_(places)))
        }
        self._uses = _dated(connection, scheme_uses, places, first, last)
        self._special = _dated(connection, special_days, places, first, last)
        self._names = {row.code: row.name for row in connection.execute(select(schemes))}
        self._terms = connection.execute(select(scheme_terms)).all()
        self._read: dict[str, list[tuple[date, Terms]]] = {}
        self._overlays = connection.execute(
            select(scheme_overlays)
            .where(scheme_overlays.c.first <= last, scheme_overlays.c.last >= first)
            .order_by(scheme_overlays.c.first)
        ).all()
        self._free = connection.execute(
            select(holidays).where(holidays.c.day.between(first, last)).order_by(holidays.c.name)
        ).all()
        self._years = {
            row.year: Year.FILLED if row.confirmed_at is None else Year.CONFIRMED
            for row in connection.execute(select(calendar_years))
        }

    def expected(self, office: str, day: date) -> Expected:
        """Return what a day asks of everybody of an office who has nothing of his own."""
        uses = _holding(self._uses, office, day)
        code = uses[-1].scheme if uses else self._offices[office]
        special = None
        for row in _holding(self._special, office, day):
            special = SpecialDay(Special(row.kind), row.name, read_special(row))
        asked = Asked(
            scheme=self._names[code],
            terms=in_force(self._terms_of(code), day),
            overlay=self._overlay(code, day),
            free=tuple(
                FreeDay(row.name, Category(row.category))
                for row in self._free
                if row.day == day and row.office in (None, office)
            ),
            year=self._years.get(day.year, Year.EMPTY),
            special=special,
        )
        return expected(day, asked)

    def _terms_of(self, code: str) -> list[tuple[date, Terms]]:
        """Return the dated terms of a scheme, read once however many office-days keep it."""
        if code not in self._read:
            self._read[code] = [
                (row.valid_from, terms_of(row.scheme, row.body))
                for row in self._terms
                if row.scheme == code
            ]
        return self._read[code]

    def _overlay(self, code: str, day: date) -> Overlay | None:
        found = None
        for row in self._overlays:
            if row.scheme == code and row.first <= day <= row.last:
                found = Overlay(row.name, terms_of(f"{row.scheme}, {row.name}", row.body))
        return found


def _dated(
    connection: Connection, table: Any, places: set[str], first: date, last: date
) -> Sequence[Row[Any]]:
    return connection.execute(
        select(table)
        .where(
            table.c.office.in_(places),
            table.c.first <= last,
            table.c.last.is_(None) | (table.c.last >= first),
        )
        .order_by(table.c.first, table.c.id)
    ).all()


def _holding(rows: Iterable[Row[Any]], office: str, day: date) -> list[Row[Any]]:
    return [
        row
        for row in rows
        if row.office == office and row.first <= day and (row.last is None or row.last >= day)
    ]
