"""The working days by which limits and clocks are counted: an office's, and one person's to come.

As a rule they are the office's, also of somebody who works by a roster: a letter is answered on
days on which the office is there. An office whose own scheme is a roster keeps Monday to Friday,
but holidays. Where a rule counts the person's own, his judged days tell them
(`ingest.discipline.cases.calendars`), and his schedule only the days that are not over.
"""

from datetime import date

from sqlalchemy import Connection, select

from ingest.calendar import Elsewhere, Unknown, WorkDay
from ingest.store import calendar
from ingest.store.plain import Book
from ingest.store.plans import find_plans
from ingest.store.serving import find_stays, office_on
from ingest.store.tables import people

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


class Whereabouts:
    """Where one person serves on each day, and the working days of that office.

    Whoever moves leaves the calendar of his old office with it: what is asked of him, and of who
    answers for him, is asked on days on which the office is there where he serves.
    """

    def __init__(self, connection: Connection, person_id: int, otherwise: str) -> None:
        """`otherwise` is the office on days on which he serves nowhere."""
        self._connection = connection
        self._stays = find_stays(connection, person_id)
        self._otherwise = otherwise
        self._offices: dict[str, WorkingDays] = {}

    def office(self, day: date) -> str:
        """Return the office of a day."""
        for office, first, last in self._stays:
            if first <= day and (last is None or day <= last):
                return office
        return self._otherwise

    def is_alone(self, office: str) -> bool:
        """Say whether he never serves in another one than this."""
        return {self._otherwise, *(one for one, _, _ in self._stays)} == {office}

    def __call__(self, day: date) -> bool | None:
        """Say whether a day is worked there; None where its year is not confirmed."""
        return self.of(self.office(day))(day)

    def of(self, office: str) -> WorkingDays:
        """Return the working days of one office."""
        return self._offices.setdefault(office, WorkingDays(self._connection, office))


class PlannedDays:
    """What a person's own schedule asks of days that are not over; nothing is read before."""

    def __init__(self, connection: Connection, person_id: int) -> None:
        self._connection = connection
        self._person_id = person_id
        self._known: dict[date, bool | None] = {}

    def __call__(self, day: date) -> bool | None:
        """Say whether the person has to come; None where nobody has said so yet, or he serves
        nowhere."""
        if day not in self._known:
            self._known[day] = self._look(day)
        return self._known[day]

    def _look(self, day: date) -> bool | None:
        office = office_on(self._connection, self._person_id, day)
        if office is None:
            return None
        only = select(people.c.id).where(people.c.id == self._person_id)
        plans = find_plans(self._connection, office=office, day=day, serving=only)
        found = plans.of(self._person_id)
        return None if isinstance(found, Unknown) else isinstance(found, WorkDay | Elsewhere)
