"""The calendar table, which an admin owns: filled once from the package, then changed by people.

A change marks the office-days that were judged with the old calendar; days nobody has judged yet
need no mark.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.calendar import Category
from ingest.calendar.seed import ESTIMATED, SeedRow, seed_rows, seed_warnings
from ingest.errors import IngestError, NotKnown
from ingest.store.days import mark_written
from ingest.store.tables import calendar_years, holidays, offices

YEARS = range(2000, 2101)


class StoredFreeDay(NamedTuple):
    """One row of the calendar; `office` None is every office."""

    day: date
    name: str
    category: Category
    office: str | None


@dataclass(frozen=True, slots=True)
class Seeded:
    """What filling a year did."""

    year: int
    added: int
    """0 where the year was filled before: it belongs to people since then."""
    already: bool
    warnings: tuple[str, ...]


class YearState(NamedTuple):
    year: int
    seeded_at: datetime
    confirmed_at: datetime | None


def seed_year(connection: Connection, year: int, *, now: datetime) -> Seeded:
    """Fill a year that is empty; one that was filled is left to its owners. Raises IngestError."""
    if year not in YEARS:
        raise IngestError(f"year {year} cannot be filled; give one from 2000 to 2100")
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    claimed = connection.scalar(
        dialect.insert(calendar_years)
        .values(year=year, seeded_at=now, confirmed_at=None)
        .on_conflict_do_nothing()
        .returning(calendar_years.c.year)  # PostgreSQL tells no row count here
    )
    if claimed is None:
        return Seeded(year, 0, True, ())
    known = {(row.day, row.name) for row in find_free_days(connection, year) if row.office is None}
    rows = [row for row in seed_rows(year) if (row.day, row.name) not in known]
    _insert_rows(connection, rows)
    mark_written(connection, date(year, 1, 1), date(year, 12, 31))
    return Seeded(year, len(rows), False, tuple(seed_warnings(year, seed_rows(year))))


def find_years(connection: Connection) -> list[YearState]:
    """Return the years that were filled, in order."""
    rows = connection.execute(select(calendar_years).order_by(calendar_years.c.year))
    return [YearState(*row) for row in rows]


def find_free_days(connection: Connection, year: int) -> list[StoredFreeDay]:
    """Return the free days of a year, in order."""
    rows = connection.execute(
        select(holidays.c.day, holidays.c.name, holidays.c.category, holidays.c.office)
        .where(holidays.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(holidays.c.day, holidays.c.name, holidays.c.office)
    )
    return [StoredFreeDay(row.day, row.name, Category(row.category), row.office) for row in rows]


def add_free_day(
    connection: Connection,
    day: date,
    name: str,
    category: Category,
    *,
    office: str | None = None,
) -> bool:
    """Add a free day; return False where it stood there already. Raises NotKnown."""
    _require_office(connection, office)
    # the store's unique key takes two rows without an office for different ones
    if connection.scalar(select(exists().where(*_named(day, name, office)))):
        return False
    connection.execute(
        insert(holidays).values(day=day, name=name, category=category.value, office=office)
    )
    mark_written(connection, day, day, office=office)
    return True


def remove_free_day(
    connection: Connection, day: date, *, name: str | None = None, office: str | None = None
) -> list[str]:
    """Remove free days of a date, or the one of a name; return their names. Raises NotKnown."""
    _require_office(connection, office)
    named = _named(day, name, office)
    names = list(
        connection.scalars(select(holidays.c.name).where(*named).order_by(holidays.c.name))
    )
    if not names:
        what = f'"{name}"' if name else "any free day"
        raise NotKnown(f"the calendar does not hold {what} on {day}; see calendar list {day.year}")
    connection.execute(delete(holidays).where(*named))
    mark_written(connection, day, day, office=office)
    return names


def confirm_year(connection: Connection, year: int, *, now: datetime) -> tuple[str, ...]:
    """Note that a person compared a year with the decrees: its days may be judged from now on.

    Returns what still looks unfixed.

    Raises NotKnown.
    """
    done = connection.execute(
        update(calendar_years).where(calendar_years.c.year == year).values(confirmed_at=now)
    )
    if not done.rowcount:
        raise NotKnown(f"the calendar of {year} is empty; run hadir-ingest calendar seed {year}")
    mark_written(connection, date(year, 1, 1), date(year, 12, 31))  # they waited for this
    return tuple(
        f"{one.day}: {one.name}"
        for one in find_free_days(connection, year)
        if ESTIMATED in one.name
    )


def is_confirmed(connection: Connection, year: int) -> bool:
    """Say whether a person has confirmed the calendar of a year."""
    query = exists().where(
        calendar_years.c.year == year, calendar_years.c.confirmed_at.is_not(None)
    )
    return bool(connection.scalar(select(query)))


def _named(day: date, name: str | None, office: str | None) -> list[ColumnElement[bool]]:
    found = [
        holidays.c.day == day,
        holidays.c.office.is_(None) if office is None else holidays.c.office == office,
    ]
    return found if name is None else [*found, holidays.c.name == name]


def _insert_rows(connection: Connection, rows: list[SeedRow]) -> None:
    if rows:
        connection.execute(
            insert(holidays),
            [
                {"day": row.day, "name": row.name, "category": row.category.value, "office": None}
                for row in rows
            ],
        )


def _require_office(connection: Connection, office: str | None) -> None:
    if office is not None and not connection.scalar(
        select(exists().where(offices.c.code == office))
    ):
        raise NotKnown(f'no office "{office}"; see hadir-ingest offices list')
