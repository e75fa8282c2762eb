"""Free days from a file: `day, name[, category, office]`.

Day, name and office name a free day; without an office it is every office's. What the file does not
name stays: `calendar remove` takes away.
"""

from datetime import date

from sqlalchemy import Connection

from ingest.calendar import Category
from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.store import calendar as store
from ingest.store.calendar import StoredFreeDay
from ingest.store.people import find_offices, hold

COLUMNS = Columns(required=("day", "name"), optional=("category", "office"))
_Key = tuple[date, str, str | None]


def import_free_days(connection: Connection, sheet: Sheet) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written."""
    hold(connection, "holidays")
    offices = find_offices(connection)
    faults, outcome = Faults(sheet.name), Outcome()
    found: dict[_Key, StoredFreeDay] = {}
    lines: dict[_Key, int] = {}
    for row in sheet.rows:
        free = _free_day(row, faults)
        if free.office is not None and free.office not in offices:
            faults.add(row.line, f'no office "{free.office}"; import the offices first')
        key = (free.day, free.name, free.office)
        if key in lines:
            faults.add(row.line, f"the same free day stands on line {lines[key]} too")
        lines.setdefault(key, row.line)
        found[key] = free
    faults.raise_if_any()
    years = sorted({one.day.year for one in found.values()})
    known = {_key(one): one for year in years for one in store.find_free_days(connection, year)}
    filled = {one.year for one in store.find_years(connection)}
    outcome.warnings += [
        f"{year} is not filled yet; run hadir-ingest calendar seed {year}"
        for year in years
        if year not in filled
    ]
    for key, free in found.items():
        _put(connection, known.get(key), free, outcome)
    return outcome


def _put(
    connection: Connection, was: StoredFreeDay | None, free: StoredFreeDay, outcome: Outcome
) -> None:
    outcome.count(known=was is not None, differs=was != free)
    if was == free:
        return
    if was is not None:
        store.remove_free_day(connection, was.day, name=was.name, office=was.office)
        outcome.changes.append(f"{free.day} {free.name}: {was.category} -> {free.category}")
    store.add_free_day(connection, free.day, free.name, free.category, office=free.office)


def _key(one: StoredFreeDay) -> _Key:
    return one.day, one.name, one.office


def _free_day(row: Row, faults: Faults) -> StoredFreeDay:
    cells = Cells(row, faults)
    told = cells.raw("category") or Category.LOCAL.value
    if told not in set(Category):
        cells.fault(f'category "{told}" is none of {", ".join(Category)}')
        told = Category.LOCAL.value
    return StoredFreeDay(
        cells.day("day"), cells.text("name", 200), Category(told), cells.raw("office") or None
    )
