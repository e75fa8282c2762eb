"""Offices from a file: `code, name[, scheme]`."""

import re
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.store import people as store
from ingest.store.dirty import Span, mark_spans
from ingest.store.people import Office

COLUMNS = Columns(required=("code", "name"), optional=("scheme",))
DEFAULT_SCHEME = "5-hari"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def import_offices(connection: Connection, sheet: Sheet, *, today: date) -> Outcome:
    """Take a whole file. Raises ImportFaults before anything is written."""
    store.hold(connection, "offices")
    known, schemes = store.find_offices(connection), store.find_schemes(connection)
    faults, outcome = Faults(sheet.name), Outcome()
    found: dict[str, Office] = {}
    lines: dict[str, int] = {}
    for row in sheet.rows:
        office = _office(row, known, schemes, faults)
        if office is None:
            continue
        if office.code in lines:
            faults.add(row.line, f"office {office.code} stands on line {lines[office.code]} too")
        lines.setdefault(office.code, row.line)
        found[office.code] = office
    faults.raise_if_any()
    new, changed = [], []
    for code, office in found.items():
        before = known.get(code)
        outcome.count(known=before is not None, differs=before != office)
        if before is None:
            new.append(office)
        elif before != office:
            changed.append(office)
            outcome.changes.append(f"office {code}: {_difference(before, office)}")
    store.put_offices(connection, new, changed)
    moved = [one.code for one in changed if one.scheme != known[one.code].scheme]
    mark_spans(connection, [Span(code, date.min, None) for code in moved], today=today)
    return outcome


def _office(
    row: Row, known: dict[str, Office], schemes: list[str], faults: Faults
) -> Office | None:
    cells = Cells(row, faults)
    code, name = cells.raw("code"), cells.text("name", 200)
    if not CODE.fullmatch(code):
        cells.fault(f'code "{code}" is no office code: letters, digits, dots and dashes, up to 32')
    office = replace(known.get(code) or Office(code, name, DEFAULT_SCHEME), name=name)
    if cells.raw("scheme"):
        office = replace(office, scheme=cells.raw("scheme"))
    if office.scheme not in schemes:
        cells.fault(f'no scheme "{office.scheme}"; known are {", ".join(schemes)}')
    return office if cells.good else None


def _difference(before: Office, after: Office) -> str:
    parts = []
    if before.name != after.name:
        parts.append(f"name {before.name} -> {after.name}")
    if before.scheme != after.scheme:
        parts.append(f"scheme {before.scheme} -> {after.scheme}")
    return ", ".join(parts)
