"""People from the spreadsheet of another system (SIMPEG), by a file that says which column is what.

    [columns]                      our field = the title of their column
    nip = "NIP"
    name = "NAMA"
    office = "UNIT KERJA"
    [values]                       what holds for rows that do not say it
    kind = "PNS"
    from = "2026-01-01"
    [words.office]                 their word = ours, of any field
    "Dinas Pendidikan" = "4.01.01"
    [leave_out]                    columns of the sheet that must not be read, by name
    columns = ["NIK", "AGAMA"]

A sheet that holds what is never kept (`ingest.denied`) is refused until each such column is named
under `leave_out`: then somebody knows that it is there, and may send a sheet without it next time.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from ingest.denied import is_denied
from ingest.errors import ImportFaults
from ingest.imports.merged import Merged
from ingest.imports.people import COLUMNS
from ingest.imports.sheet import Faults, Row, Sheet, read_content
from ingest.imports.workbook import read_lines
from ingest.store.person_posts import WHATS

FIELDS = (*COLUMNS.names, "title_before", "title_after")
DAYS = ("from", "until", *(f"{what}_from" for what in WHATS))
_TABLES = ("columns", "values", "words", "leave_out")
_NEEDED = ("nip", "name", "office", "kind", "from")
_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's count."""
_SERIAL = re.compile(r"[1-7][0-9]{4}")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NOTHING = frozenset({"", "-", "--", "n/a", "tidak ada", "null"})
_HEADER_LINES = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """What a mapping file says. Titles and words are compared without case and double spaces."""

    name: str
    columns: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()


def read_mapping(path: Path) -> Plan:
    """Read a mapping file. Raises ImportFaults with every fault of it."""
    try:
        found = tomllib.loads(read_content(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ImportFaults(str(path), [f"not valid TOML ({error})"]) from error
    faults: list[str] = []
    for table in found:
        if table not in _TABLES:
            faults.append(f"[{table}]: unknown table; there are {', '.join(_TABLES)}")
    columns = _texts(found, "columns", FIELDS, faults)
    values = _texts(found, "values", COLUMNS.names, faults)
    words = found.get("words", {})
    told = {
        one: {plain(theirs): ours for theirs, ours in _texts(words, one, None, faults).items()}
        for one in (words if isinstance(words, dict) else {})
    }
    faults += [f"words.{one}: no field of ours" for one in told if one not in COLUMNS.names]
    faults += [f"columns.{one}: missing, and no value for it" for one in _NEEDED
               if one not in columns and one not in values]  # fmt: skip
    faults += [f'columns.{one}: "{title}" is never read, whoever asks for it'
               for one, title in columns.items() if is_denied(title)]  # fmt: skip
    left = found.get("leave_out", {})
    titles = left.get("columns", []) if isinstance(left, dict) else None
    if not isinstance(titles, list) or not all(isinstance(one, str) for one in titles):
        faults.append('leave_out.columns: expected a list of titles, such as ["NIK"]')
        titles = []
    if faults:
        raise ImportFaults(str(path), faults)
    return Plan(str(path), columns, values, told, frozenset(map(plain, titles)))


def _texts(
    found: Any, table: str, known: Sequence[str] | None, faults: list[str]
) -> dict[str, str]:
    told = found.get(table, {}) if isinstance(found, dict) else {}
    if not isinstance(told, dict):
        faults.append(f"[{table}]: expected a table")
        return {}
    for key, text in told.items():
        if known is not None and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            meant = f', did you mean "{near[0]}"?' if near else f"; there are {', '.join(known)}"
            faults.append(f"{table}.{key}: no field of ours{meant}")
        elif not isinstance(text, str) or not text.strip():
            faults.append(f'{table}.{key}: expected text in quotes, such as "NIP"')
    return {key: text for key, text in told.items() if isinstance(text, str)}


def plain(text: str) -> str:
    """Return a title or word as it is compared."""
    return " ".join(text.casefold().split())


def read_mapped(path: Path, mapping: Plan) -> tuple[Sheet, list[str]]:
    """Read a sheet of people by a mapping; return it, and what is worth a look.

    Raises ImportFaults.
    """
    found = Faults(str(path))
    lines = read_lines(read_content(path), str(path), found)
    head, places = _header(lines, str(path), mapping)
    letters = tuple(f"column {get_column_letter(place + 1)}:" for place in places.values())
    faults = Faults(str(path), [one for one in found.found if one[1].startswith(letters)])
    rows, passed = [], []
    for line, cells in lines[head + 1 :]:
        if not any(sign.isdigit() for sign in _cell(cells, places.get("nip"))):
            passed.append(line)
        else:
            rows.append(Row(line, _row(mapping, cells, places, line, faults)))
    faults.raise_if_any()
    warnings = []
    if passed:
        shown = ", ".join(map(str, passed[:10])) + (" ..." if len(passed) > 10 else "")
        warnings.append(f"lines passed over, for they hold no NIP: {shown}")
    return Sheet(str(path), tuple(rows)), warnings


def _header(
    lines: Sequence[tuple[int, list[str]]], name: str, mapping: Plan
) -> tuple[int, dict[str, int]]:
    """Return which of the lines is the header, and the place of each field. Raises ImportFaults."""
    wanted = {one: plain(title) for one, title in mapping.columns.items()}
    best, missing = 0, set(wanted.values())
    for number, (_, cells) in enumerate(lines[:_HEADER_LINES]):
        left = set(wanted.values()) - set(map(plain, cells))
        if len(left) < len(missing):
            best, missing = number, left
    titles = list(map(plain, lines[best][1])) if lines else []
    faults = [f'no column "{mapping.columns[one]}" ({one}), as {mapping.name} says'
              for one, title in wanted.items() if title in missing]  # fmt: skip
    faults += [f'the column "{mapping.columns[one]}" stands twice' for one, title in wanted.items()
               if titles.count(title) > 1]  # fmt: skip
    if not missing:
        faults += [
            f'the column "{cell.strip()}" holds what is never kept; take it out of the file, or '
            f"name it under leave_out in {mapping.name}"
            for cell in lines[best][1]
            if is_denied(cell) and plain(cell) not in mapping.leave_out
        ]
    if faults:
        raise ImportFaults(name, faults)
    return best, {one: titles.index(title) for one, title in wanted.items()}


def _row(
    mapping: Plan,
    cells: Sequence[str],
    places: Mapping[str, int],
    line: int,
    faults: Faults,
) -> dict[str, str]:
    told = {}
    for one in FIELDS:
        if one not in places and one not in mapping.values:
            continue
        cell = _cell(cells, places.get(one))
        if isinstance(cell, Merged):
            faults.add(line, f"{one}: merged cells; unmerge them and fill in each")
        text = " ".join(cell.split())
        text = "" if text.casefold() in _NOTHING else text
        text = mapping.words.get(one, {}).get(plain(text), text) or mapping.values.get(one, "")
        told[one] = _day(text, one, line, faults) if one in DAYS else text
    before, after = told.pop("title_before", ""), told.pop("title_after", "")
    for what in WHATS:  # who has no rank has no day of it, whatever [values] say
        if not told.get(what):
            told.pop(f"{what}_from", None)
    told["name"] = f"{before} {told['name']}".strip() + (f", {after}" if after else "")
    return {"superior_nip": "", **told}


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _day(text: str, column: str, line: int, faults: Faults) -> str:
    """Return a day as our own files have it: of 31-01-2026, 2026-01-31, or Excel's count."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            faults.add(line, f'{column}: "{text}" is no day, written day first')
            return ""
    if _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(text))).isoformat()
    return text.split(" ", maxsplit=1)[0] if text[:4].isdigit() else text
