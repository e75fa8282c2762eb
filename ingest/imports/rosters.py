"""Rosters from a file, in either of two forms, and by a pattern that goes round.

    nip, date, shift            one row a day
    nip[, name], 1, 2, ... 31   one row a person, for a month that is named by the command

A shift is its code, `-` is off by roster, `?` takes away what stands there. An empty cell of the
wide form says nothing of its day. A day of which nothing is written is unknown, and nobody is
absent on it.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ingest.imports.sheet import Cells, Columns, Faults, Row, Sheet
from ingest.nip import NipFault, read_nip
from ingest.store.people import find_people

DAYS = tuple(str(n) for n in range(1, 32))
COLUMNS = Columns(required=("nip",), optional=("name", "date", "shift", *DAYS))
LONG = ("nip", "date", "shift")
UNSAID = "?"
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line says of one day of one person."""

    line: int
    nip: str
    day: date
    mark: str


def read_roster(sheet: Sheet, month: date | None, faults: Faults) -> list[Wish]:
    """Return what a file says; `month` is the first day of the one a wide form is about."""
    header = set(sheet.rows[0].cells) if sheet.rows else set()
    wide = bool(header & set(DAYS))
    if wide and header & {"date", "shift"}:
        faults.add(1, "columns of both forms: date and shift, or 1 to 31; keep one of them")
    elif wide and month is None:
        faults.add(1, "columns 1 to 31 are days of a month; name it by --month")
    elif not wide and month is not None:
        faults.add(1, "--month goes with columns 1 to 31, and this file has none")
    elif not wide and not {"date", "shift"} <= header and sheet.rows:
        faults.add(1, f"expected the columns {', '.join(LONG)}, or nip and 1 to 31")
    elif wide and month is not None:
        return [one for row in sheet.rows for one in _of_month(row, month, faults)]
    else:
        found = [_of_day(row, faults) for row in sheet.rows]
        return [one for one in found if one is not None]
    return []


def go_round(
    nips: Sequence[tuple[int, str, int]], pattern: Sequence[str], first: date, last: date
) -> list[Wish]:
    """Return what a pattern says of people: (line, NIP, place in the pattern on the first day)."""
    return [
        Wish(line, nip, first + timedelta(days=n), pattern[(start - 1 + n) % len(pattern)])
        for line, nip, start in nips
        for n in range((last - first).days + 1)
    ]


def check_names(connection: Connection, sheet: Sheet) -> list[str]:
    """Say where a name is another than the store's: rows that slipped in a spreadsheet show so."""
    known = find_people(connection)
    found = []
    for row in sheet.rows:
        name, nip = " ".join(row.cells.get("name", "").split()), _digits(row)
        if name and nip in known and name.casefold() != known[nip].name.casefold():
            found.append(f'line {row.line}: {nip} is "{known[nip].name}", the file says "{name}"')
    return found


def read_person(row: Row, faults: Faults) -> str:
    """Return the NIP of a row; empty after a fault."""
    try:
        return read_nip(row.cells["nip"]).digits
    except NipFault as error:
        faults.add(row.line, str(error))
        return ""


def _of_day(row: Row, faults: Faults) -> Wish | None:
    cells = Cells(row, faults)
    nip, day, mark = read_person(row, faults), cells.day("date"), _mark(cells.raw("shift"))
    if not mark:
        cells.fault("shift is empty; write its code, - for off, or ? for nothing said")
    return Wish(row.line, nip, day, mark) if cells.good else None


def _of_month(row: Row, month: date, faults: Faults) -> Iterator[Wish]:
    nip = read_person(row, faults)
    last = calendar.monthrange(month.year, month.month)[1]
    for column in DAYS:
        mark = _mark(row.cells.get(column, ""))
        if mark and int(column) > last:
            faults.add(row.line, f"column {column}: {month:%Y-%m} has {last} days")
        elif mark and nip:
            yield Wish(row.line, nip, month.replace(day=int(column)), mark)


def _mark(text: str) -> str:
    return text.strip().removeprefix("'")  # as spreadsheets keep a text that looks like a formula


def _digits(row: Row) -> str:
    try:
        return read_nip(row.cells["nip"]).digits
    except NipFault:
        return ""
