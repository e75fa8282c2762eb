"""A table as a spreadsheet, written as its rows come, a row of it in memory.

Text is always written as text: what looks like a formula is none, and a NIP keeps its last digits.
Sums and counts are formulas that carry their value, for viewers that do not calculate; sums follow
a filter.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ingest.reports.base import Column, Kind, Table
from ingest.reports.counting import formula
from ingest.reports.forms import Signing
from ingest.reports.lean import LeanWorksheet
from ingest.reports.paper import Paper, signature
from ingest.reports.shown import SUM, TOTALS, WIDTHS, label_place, shown, sums_of, whole
from ingest.reports.stamp import SECRET
from ingest.reports.xlsx_cells import Write, counter, formats_of, text, writer
from ingest.reports.xlsx_charts import write_charts

SHEET = "Rekap"
_PAPERS = {"A4": 9, "F4": 14}  # Excel knows F4 as Folio
_NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_NAME = 31
_POINTS = 13.0  # of a line


def write_xlsx(path: Path, table: Table, paper: Paper, *, scratch: Path) -> None:
    """Write a workbook to `path`; `scratch` is a folder for what it holds meanwhile.

    A table of pages has a sheet for each, which lie in memory: each would keep a file open.
    """
    lean = not table.pages
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": lean, "tmpdir": str(scratch), "in_memory": False}
    )
    book.set_properties(
        {"title": table.title[:250], "author": paper.stamp.who, "comments": SECRET}
        | {"created": paper.stamp.at.replace(tzinfo=None)}
    )
    formats = formats_of(book)
    for number, one in enumerate(table.pages or [table], 1):
        name = sheet_name(number, one.name) if one.name else SHEET
        sheet = _Sheet(book.add_worksheet(name, LeanWorksheet), formats, one, paper)
        try:
            sheet.write()
        except BaseException:
            sheet.give_up()
            raise
    if table.charts:
        write_charts(book, table.charts)
    book.close()


def sheet_name(number: int, name: str) -> str:
    """Return a name that a spreadsheet takes, and no two alike."""
    return f"{number} {_NO_NAME.sub(' ', text(name))}"[:_MOST_NAME].rstrip(" '")


class _Sheet:
    """The sheet of the rows, from its head to the signature."""

    def __init__(self, sheet: Any, formats: dict[str, Any], table: Table, paper: Paper) -> None:
        self._sheet, self._formats, self._table, self._paper = sheet, formats, table, paper
        self._columns = shown(table)
        self._last = max(len(self._columns) - 1, 0)
        self._wide = sum(_width(one) for one in self._columns)

    def give_up(self) -> None:
        """Close the file that the rows lie in meanwhile; xlsxwriter does so only at the end."""
        if self._sheet.constant_memory:
            self._sheet.row_data_fh.close()

    def write(self) -> None:
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, _width(column))
        at = self._head()
        last, sums = self._rows(at + 1)
        end = self._totals(at, last, self._sums(at, last, sums))
        end = self._notes(end + 2)
        end = self._signature(end + 1, self._paper.signing)
        self._print(at, last, end)

    def _head(self) -> int:
        """Write kop, title, stamp and the names of columns; return the row of the latter."""
        lines = [
            *((line, "kop") for line in self._paper.signing.kop),
            (self._table.title, "title"),
            (self._paper.stamp.text, "small"),
            *((f"{label}: {value}", "fact") for label, value in self._table.facts),
        ]
        for row, (line, form) in enumerate(lines):
            self._sheet.write_string(row, 0, text(line), self._formats[form])
        at = len(lines) + 1
        high = max((-(-len(one.label) // _width(one)) for one in self._columns), default=1)
        if high > 1:
            self._sheet.set_row(at, _POINTS * high)
        for number, column in enumerate(self._columns):
            self._sheet.write_string(at, number, text(column.label), self._formats["head"])
        return at

    def _rows(self, at: int) -> tuple[int, dict[str, int]]:
        """Write rows from a place on; return the last one's place and the sums."""
        sums = sums_of(self._columns)
        plan = [(one.key, write) for one, write in zip(self._columns, self._writers(), strict=True)]
        row = at - 1
        for row, found in enumerate(self._table.rows, at):
            for key, write in plan:
                value = found.get(key)
                if value is not None and value != "":
                    write(row, value)
            for key in sums:
                sums[key] += whole(found, key)
        return row, sums

    def _writers(self) -> Iterator[Write]:
        days = [n for n, one in enumerate(self._columns) if one.kind is Kind.CODE]
        for number, column in enumerate(self._columns):
            if column.counts and days:
                span = (xl_col_to_name(days[0]), xl_col_to_name(days[-1]))
                yield counter(self._sheet, self._formats[column.kind], number, column, span)
            else:
                yield writer(self._sheet, self._formats, number, column, self._paper.free)

    def _sums(self, head: int, last: int, sums: dict[str, int]) -> int:
        """Write the row of sums below the last row; return its place."""
        at = last + 1
        if not sums or last == head:
            return last
        label = label_place(self._columns)
        for number, column in enumerate(self._columns):
            if column.key in sums:
                name = xl_col_to_name(number)
                formula = f"=SUBTOTAL(109,{name}{head + 2}:{name}{last + 1})"
                form = self._formats["sum"]
                self._sheet.write_formula(at, number, formula, form, sums[column.key])
            else:
                said = SUM if number == label else ""
                self._sheet.write_string(at, number, said, self._formats["sum-text"])
        return at

    def _totals(self, head: int, last: int, at: int) -> int:
        """Write on how many days there is which code, below the column of codes they are of."""
        codes = [n for n, one in enumerate(self._columns) if one.kind is Kind.CODE]
        if not self._table.totals or not codes:
            return at
        name = xl_col_to_name(codes[0])
        cells = f"{name}{head + 2}:{name}{last + 1}"
        self._sheet.write_string(at + 2, 0, TOTALS, self._formats["fact"])
        for row, one in enumerate(self._table.totals, at + 3):
            said = f"{one.code} {one.meaning}"
            if codes[0] > 1:
                self._sheet.merge_range(row, 0, row, codes[0] - 1, "", self._formats[Kind.TEXT])
            self._sheet.write_string(row, 0, text(said), self._formats[Kind.TEXT])
            form = self._formats[Kind.CODE]
            if one.cells:
                made = formula(cells, one.cells)
                self._sheet.write_formula(row, codes[0], made, form, one.days)
            else:
                self._sheet.write_number(row, codes[0], one.days, form)
        return at + 2 + len(self._table.totals)

    def _notes(self, at: int) -> int:
        for note in self._table.notes:
            if note:
                self._line(at, text(note))
            at += 1
        return at

    def _line(self, at: int, line: str) -> None:
        """Write a line over the whole width, as high as it needs."""
        lines = sum(-(-max(len(part), 1) // max(self._wide, 20)) for part in line.split("\n"))
        if lines > 1:
            self._sheet.set_row(at, _POINTS * lines)
        if self._last:
            self._sheet.merge_range(at, 0, at, self._last, "", self._formats["note"])
        self._sheet.write_string(at, 0, line, self._formats["note"])

    def _signature(self, at: int, signing: Signing) -> int:
        place = max(self._last - max(self._last // 4, 1), 0)
        for row, line in enumerate(signature(signing, self._paper.stamp), at):
            if line:
                self._sheet.write_string(row, place, text(line), self._formats["sign"])
            at = row
        return at

    def _print(self, head: int, last: int, end: int) -> None:
        sheet = self._sheet
        sheet.freeze_panes(head + 1, _fixed(self._columns))
        sheet.autofilter(head, 0, max(last, head), self._last)
        sheet.repeat_rows(head)
        sheet.print_area(0, 0, end, self._last)
        if self._table.portrait:
            sheet.set_portrait()
            sheet.set_paper(_PAPERS["A4"])
            sheet.fit_to_pages(1, 1)
        else:
            sheet.set_landscape()
            sheet.set_paper(_PAPERS[self._paper.size])
            sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        # The page of a person is handed to that person alone, and has no number
        pages = "" if self._table.portrait else "&CHalaman &P dari &N"
        sheet.set_footer(f"&L{SECRET}{pages}")
        for number, column in enumerate(self._columns):
            if column.kind is Kind.NIP:
                name = xl_col_to_name(number)
                span = f"{name}{head + 2}:{name}{max(last, head) + 1}"
                sheet.ignore_errors({"number_stored_as_text": span})


def _width(column: Column) -> int:
    return column.width or WIDTHS[column.kind]


def _fixed(columns: Sequence[Column]) -> int:
    """Return how many columns stay while one scrolls: up to the name and the NIP."""
    kinds = [one.kind for one in columns]
    return kinds.index(Kind.NIP) + 1 if Kind.NIP in kinds else 1
