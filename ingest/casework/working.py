"""The working days of an office, by which limits and clocks in working days are counted.

They are the office's, also of somebody who works by a roster: a letter is answered on days on which
the office is there. An office whose own scheme is a roster keeps Monday to Friday, but holidays.
"""

from datetime import date

from sqlalchemy import Connection

from ingest.calendar import Elsewhere, Unknown, WorkDay
from ingest.store import calendar
from ingest.store.plain import Book

_FRIDAY = 4


class WorkingDays:
    """Asked one day at a time; a year is read when its first day is asked for."""

    def __init__(self, connection: Connection, office: str) -> None:
        self._connection = connection
        self._office = office
        self._books: dict[int, Book] = {}
        self._free: dict[int, frozenset[date] | None] = {}
        self._known: dict[date, bool | None] = {}

    def __call__(self, day: date) -> bool | None:
        """Say whether a day is worked; None where its year is not confirmed."""
        if day not in self._known:
            self._known[day] = self._look(day)
        return self._known[day]

    def _look(self, day: date) -> bool | None:
        found = self._book(day.year).expected(self._office, day)
        if not isinstance(found, Unknown):
            return isinstance(found, WorkDay | Elsewhere)
        free = self._free_days(day.year)
        return None if free is None else day.weekday() <= _FRIDAY and day not in free

    def _book(self, year: int) -> Book:
        if year not in self._books:
            span = (date(year, 1, 1), date(year, 12, 31))
            self._books[year] = Book(self._connection, [(self._office, day) for day in span])
        return self._books[year]

    def _free_days(self, year: int) -> frozenset[date] | None:
        if year not in self._free:
            self._free[year] = self._read_free(year)
        return self._free[year]

    def _read_free(self, year: int) -> frozenset[date] | None:
        if not calendar.is_confirmed(self._connection, year):
            return None
        rows = calendar.find_free_days(self._connection, year)
        return frozenset(row.day for row in rows if row.office in (None, self._office))
