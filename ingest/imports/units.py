"""Which office of ours a unit of BKN is, from a file: `unit, office`. What is not named stays."""

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Sheet
from ingest.store import siasn as store
from ingest.store.people import find_offices

COLUMNS = Columns(required=("unit", "office"), optional=("name",))
MOST = 42
"""Characters of a unit's id."""


def import_units(connection: Connection, sheet: Sheet) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written."""
    offices, units = find_offices(connection), store.find_units(connection)
    before = store.find_unit_offices(connection)
    faults, outcome, new = Faults(sheet.name), Outcome(), dict[str, str]()
    for row in sheet.rows:
        cells = Cells(row, faults)
        unit, office = cells.text("unit", MOST), cells.raw("office")
        if office not in offices:
            cells.fault(f'no office "{office}"; import the offices first')
        if unit in new:
            cells.fault(f"unit {unit} stands here twice")
        if not cells.good:
            continue
        if unit not in units:
            outcome.warnings.append(f"line {row.line}: BKN has told of no unit {unit} yet")
        was = before.get(unit)
        outcome.count(known=was is not None, differs=was != office)
        if was is not None and was != office:
            outcome.changes.append(f"line {row.line}: unit {unit} {was} -> {office}")
        new[unit] = office
    faults.raise_if_any()
    store.put_unit_offices(connection, new)
    return outcome
