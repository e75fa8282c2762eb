"""A table as an office keeps it: an Excel workbook (XLSX) with one sheet in use, or CSV.

Cells become the text an import reads: a date is 2026-01-31, a time 07:30, a whole number its
digits. Excel keeps fifteen digits of a number, so a NIP that was typed as one is broken and named;
so is a formula whose result nobody computed. Cells of a merge but the first are `Merged`.
"""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from ingest.errors import ImportFaults
from ingest.imports.merged import Merged, Merges
from ingest.imports.sheet import (
    Columns,
    Faults,
    Sheet,
    csv_lines,
    parse_sheet,
    read_content,
    tabulate,
)

MAX_UNPACKED = 256 * 1024 * 1024
MAX_ROWS = 200_000
EXACT = 10**15
"""Excel keeps no more digits of a number than this one has zeroes."""
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError,
    AttributeError, IndexError, KeyError, TypeError, ValueError,
)  # fmt: skip
"""What openpyxl lets through where a file is no workbook after all."""


def read_table(path: Path, columns: Columns) -> Sheet:
    """Read a workbook or a CSV file. Raises ImportFaults."""
    content = read_content(path)
    if content.startswith(b"PK\x03\x04"):
        return parse_workbook(content, str(path), columns)
    return parse_sheet(content, str(path), columns)


def read_lines(content: bytes, name: str, faults: Faults) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, whatever stands above their header.

    What is wrong with a cell of a workbook is added to the faults; what keeps a file from being
    read raises ImportFaults.
    """
    if content.startswith(b"PK\x03\x04"):
        lines = _workbook_lines(content, name, faults)
        if not lines:
            faults.raise_if_any()
        return lines
    found = list(csv_lines(content, name, faults))
    faults.raise_if_any()
    return found


def parse_workbook(content: bytes, name: str, columns: Columns) -> Sheet:
    """Read the bytes of a workbook. Raises ImportFaults."""
    faults = Faults(name)
    lines = _workbook_lines(content, name, faults)
    faults.raise_if_any()
    width = max((len(cells) for _, cells in lines), default=0)
    padded = ((line, cells + [""] * (width - len(cells))) for line, cells in lines)
    return tabulate(padded, columns, faults)


def _workbook_lines(content: bytes, name: str, faults: Faults) -> list[tuple[int, list[str]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ornaments that openpyxl does not know
            _require_small(content, name)
            return list(_lines(content, faults))
    except _BROKEN as error:
        raise ImportFaults(
            name, [f'no workbook that can be read ({error}); save it as "CSV UTF-8"']
        ) from error


def _require_small(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(one.file_size for one in archive.infolist())
    if size > MAX_UNPACKED:
        raise ImportFaults(name, [f"unpacks to more than {MAX_UNPACKED >> 20} MiB; split it"])


def _lines(content: bytes, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank of the one sheet that holds any."""
    used = {}
    for title in _titles(content):
        if lines := list(_sheet(content, title, faults)):
            used[title] = lines
    if len(used) > 1:
        names = ", ".join(f'"{one}"' for one in used)
        faults.add(1, f"{len(used)} sheets hold something ({names}); keep the one that is meant")
    else:
        yield from next(iter(used.values()), [])


def _titles(content: bytes) -> list[str]:
    return [
        one.title
        for one in load_workbook(io.BytesIO(content), read_only=True).worksheets
        if one.sheet_state == "visible"
    ]


def _sheet(content: bytes, title: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet as text: formulas are asked for, and then what they came to."""
    asked = load_workbook(io.BytesIO(content), read_only=True)[title]
    known = load_workbook(io.BytesIO(content), read_only=True, data_only=True)[title]
    merges = Merges(_xml(content, asked))
    both = zip(asked.iter_rows(values_only=True), known.iter_rows(values_only=True), strict=True)
    for line, (asking, values) in enumerate(both, 1):
        if line > MAX_ROWS:
            faults.add(line, f"more than {MAX_ROWS} rows; split the file")
            return
        cells = []
        for column, (formula, value) in enumerate(zip(asking, values, strict=True), 1):
            place = f"column {get_column_letter(column)}"
            if value is None and formula is not None:
                faults.add(line, f"{place}: a formula without its result; put the value itself")
            cells.append(_text(value, line, place, faults))
        merges.mark(line, cells)
        while cells and not (cells[-1].strip() or isinstance(cells[-1], Merged)):
            cells.pop()
        if any(one.strip() for one in cells):
            yield line, cells


def _xml(content: bytes, sheet: Any) -> bytes:
    """Return a sheet as it is in the file: openpyxl reads no merges where it does not read all."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(sheet._worksheet_path)


def _text(value: Any, line: int, place: str, faults: Faults) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        shown = value.isoformat(*([" "] if isinstance(value, datetime) else []))
        return shown[:-3] if isinstance(value, time) and shown.endswith(":00") else shown
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= EXACT:
            faults.add(
                line,
                f"{place}: a number of which Excel keeps fifteen digits; "
                "make the column text and type it again",
            )
            return str(value)
        return str(int(value)) if value == int(value) else str(value)
    return str(value)
