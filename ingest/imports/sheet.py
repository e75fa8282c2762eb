"""A CSV file as people really save it: rows with their line, or every fault by line.

UTF-8 with or without its mark, else Windows-1252; semicolon, comma or tab; any line end. What Excel
saves by mistake (a workbook, UTF-16) is named for what it is.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.errors import ImportFaults
from ingest.imports.merged import Merged

MAX_BYTES = 32 * 1024 * 1024
_SEPARATORS = ";,\t"
_TITLE_LINES = 20
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORMULA = "=+-@"  # a spreadsheet would run such a cell when the list is exported again


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Row:
    """One row; an optional column that the file lacks is absent from `cells`."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that is at least a table with the right columns."""

    name: str
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Faults:
    """Collects what is wrong with a file, in the order of its lines."""

    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, text: str) -> None:
        self.found.append((line, text))

    def raise_if_any(self) -> None:
        """Raise ImportFaults naming every faulty row."""
        if self.found:
            ordered = sorted(self.found, key=lambda one: one[0])
            raise ImportFaults(self.name, [f"line {line}: {text}" for line, text in ordered])


def read_sheet(path: Path, columns: Columns) -> Sheet:
    """Read a file. Raises ImportFaults."""
    return parse_sheet(read_content(path), str(path), columns)


def read_content(path: Path) -> bytes:
    """Return the bytes of a file that is not too large. Raises ImportFaults."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise ImportFaults(str(path), [f"cannot be read ({error.strerror})"]) from error
    if size > MAX_BYTES:
        raise ImportFaults(str(path), [f"larger than {MAX_BYTES // 1024 // 1024} MiB; split it"])
    return content


def parse_sheet(content: bytes, name: str, columns: Columns) -> Sheet:
    """Read the bytes of a file. Raises ImportFaults."""
    faults = Faults(name)
    return tabulate(_lines(_decode(content, name), faults), columns, faults)


def tabulate(lines: Iterator[tuple[int, list[str]]], columns: Columns, faults: Faults) -> Sheet:
    """Put cells under their columns; the first line names these. Raises ImportFaults."""
    header_line, header = next(lines, (1, []))
    faults.raise_if_any()
    if not header:
        faults.add(1, f"the file is empty; expected the columns {', '.join(columns.names)}")
    else:
        header = _names(header)
        _check_header(header_line, header, columns, faults)
    faults.raise_if_any()
    rows = []
    for line, cells in lines:
        if len(cells) < len(header) or any(cells[len(header) :]):
            faults.add(line, f"{len(cells)} cells, the header has {len(header)}")
            continue
        _refuse_merged(line, cells[: len(header)], header, faults)
        rows.append(Row(line, dict(zip(header, map(str.strip, cells), strict=False))))
    faults.raise_if_any()
    return Sheet(faults.name, tuple(rows))


def _refuse_merged(line: int, cells: Sequence[str], header: Sequence[str], faults: Faults) -> None:
    """Name cells that a merge has taken: to read them as blank would leave out what was meant."""
    taken = [name for name, cell in zip(header, cells, strict=False) if isinstance(cell, Merged)]
    if taken:
        faults.add(line, f"{', '.join(taken)}: merged cells; unmerge them and fill in each")


def _decode(content: bytes, name: str) -> str:
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFaults(name, ['an Excel workbook; save it as "CSV UTF-8" and import that'])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise ImportFaults(name, ['not plain CSV text; save it as "CSV UTF-8" and import that'])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise ImportFaults(
                name, ['neither UTF-8 nor Windows-1252; save it as "CSV UTF-8"']
            ) from error


def csv_lines(content: bytes, name: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that are not blank, as cells, of a file whose header may stand below a title."""
    text = _decode(content, name)
    return _lines(text, faults, _separator("\n".join(text.splitlines()[:_TITLE_LINES])))


def _lines(
    text: str, faults: Faults, separator: str | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows that are not blank, each with the line it begins on."""
    first, _, rest = text.partition("\n")
    skipped = 0
    separator = separator or _separator(first)
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        text, skipped, separator = rest, 1, first[4]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins + skipped, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.add(begins + skipped, f"not valid CSV ({error}); look for a stray quotation mark")


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _names(cells: Sequence[str]) -> list[str]:
    """Return column names; Excel leaves empty ones at the end where a column was deleted."""
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _check_header(line: int, header: Sequence[str], columns: Columns, faults: Faults) -> None:
    known = columns.names
    unknown = [one for one in header if one not in known]
    for one in unknown:
        near = difflib.get_close_matches(one, known, n=1)
        meant = f', did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
        faults.add(line, f'unknown column "{one}"{meant}')
    for one in columns.required:
        if one not in header:
            faults.add(line, f'the column "{one}" is missing')
    for one in known:
        if header.count(one) > 1:
            faults.add(line, f'the column "{one}" stands twice')


class Cells:
    """Reads one row cell by cell; each fault is added under the row's line."""

    def __init__(self, row: Row, faults: Faults) -> None:
        self._row = row
        self._faults = faults
        self._before = len(faults.found)

    @property
    def line(self) -> int:
        return self._row.line

    @property
    def good(self) -> bool:
        """Say whether no fault was found in this row so far."""
        return len(self._faults.found) == self._before

    def fault(self, text: str) -> None:
        self._faults.add(self._row.line, text)

    def has(self, column: str) -> bool:
        """Say whether the file has this column at all."""
        return column in self._row.cells

    def raw(self, column: str) -> str:
        return self._row.cells.get(column, "")

    def text(self, column: str, most: int) -> str:
        """Return a text that must be there."""
        text = " ".join(self.raw(column).split())
        if not text:
            self.fault(f"{column} is empty")
        elif len(text) > most:
            self.fault(f"{column} is longer than {most} characters")
        elif _CONTROL.search(text) or text[0] in _FORMULA:
            self.fault(f"{column} holds a control character or begins with one of = + - @")
        return text

    def day(self, column: str) -> date:
        """Return a day that must be there; after a fault, any day."""
        if not self.raw(column):
            self.fault(f"{column} is empty; write a day as 2026-01-31")
        return self.day_or_none(column) or date.min

    def day_or_none(self, column: str) -> date | None:
        text = self.raw(column)
        if not text:
            return None
        try:
            found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None or not 1950 <= found.year <= 2100:
            self.fault(f'{column}: "{text}" is no day written as 2026-01-31')
            return None
        return found

    def period(self, first: str, last: str) -> tuple[date, date | None]:
        """Return a first and a last day; the last may be open."""
        begins, ends = self.day(first), self.day_or_none(last)
        if ends is not None and self.good and ends < begins:
            self.fault(f"{last} {ends} lies before {first} {begins}")
        return begins, ends
