"""A table as a spreadsheet, written as its rows come, a row of it in memory.

Text is always written as text: what looks like a formula is none, and a NIP keeps its last digits.
Sums and counts are formulas that carry their value, for viewers that do not calculate; sums follow
a filter.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ingest.reports.base import Cell, Chart, Column, Kind, Row, Table
from ingest.reports.counting import formula
from ingest.reports.forms import Signing
from ingest.reports.lean import LeanWorksheet
from ingest.reports.paper import Paper, signature
from ingest.reports.shown import NUMBERS, SUM, WIDTHS, label_place, shown, sums_of
from ingest.reports.stamp import SECRET

SHEET, CHARTS = "Rekap", "Grafik"
_PAPERS = {"A4": 9, "F4": 14}  # Excel knows F4 as Folio
_MOST_TEXT = 32_000  # a cell takes 32,767 units of UTF-16
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_POINTS = 13.0  # of a line
_FREE, _OPEN = "free", "open"

_Write = Callable[[int, Cell], object]


def write_xlsx(path: Path, table: Table, paper: Paper, *, scratch: Path) -> None:
    """Write a workbook to `path`; `scratch` is a folder for what it holds meanwhile."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(scratch), "in_memory": False}
    )
    book.set_properties(
        {"title": table.title[:250], "author": paper.stamp.who, "comments": SECRET}
        | {"created": paper.stamp.at.replace(tzinfo=None)}
    )
    sheet = _Sheet(book, table, paper)
    try:
        sheet.write()
    except BaseException:
        sheet.give_up()
        raise
    if table.charts:
        _write_charts(book, table.charts)
    book.close()


def text(value: str) -> str:
    """Return what a cell takes. Characters that XML has not would make the file unreadable, and
    the writer would take `<r>...</r>` for its own markup."""
    if len(value) > _MOST_TEXT:
        value = value[: _MOST_TEXT // 2] + " ..."
    if not value.isascii():
        value = _NO_XML.sub("\ufffd", value)
    return f"{value} " if value.startswith("<r>") and value.endswith("</r>") else value


class _Sheet:
    """The sheet of the rows, from its head to the signature."""

    def __init__(self, book: Any, table: Table, paper: Paper) -> None:
        self._book, self._table, self._paper = book, table, paper
        self._columns = shown(table)
        self._sheet = book.add_worksheet(SHEET, LeanWorksheet)
        self._formats = _formats(book)
        self._last = max(len(self._columns) - 1, 0)
        self._wide = sum(_width(one) for one in self._columns)

    def give_up(self) -> None:
        """Close the file that the rows lie in meanwhile; xlsxwriter does so only at the end."""
        self._sheet.row_data_fh.close()

    def write(self) -> None:
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, _width(column))
        at = self._head()
        last, sums = self._rows(at + 1)
        end = self._sums(at, last, sums)
        end = self._notes(end + 2)
        end = self._signature(end + 1, self._paper.signing)
        self._print(at, last, end)

    def _head(self) -> int:
        """Write kop, title, stamp and the names of columns; return the row of the latter."""
        lines = [
            *((line, "kop") for line in self._paper.signing.kop),
            (self._table.title, "title"),
            (self._paper.stamp.text, "small"),
        ]
        for row, (line, form) in enumerate(lines):
            self._sheet.write_string(row, 0, text(line), self._formats[form])
        at = len(lines) + 1
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
                sums[key] += _whole(found, key)
        return row, sums

    def _writers(self) -> Iterator[_Write]:
        days = [n for n, one in enumerate(self._columns) if one.kind is Kind.CODE]
        for number, column in enumerate(self._columns):
            if column.counts and days:
                span = (xl_col_to_name(days[0]), xl_col_to_name(days[-1]))
                yield _counter(self._sheet, self._formats[column.kind], number, column, span)
            else:
                yield _writer(self._sheet, self._formats, number, column, self._paper.free)

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
        sheet.set_landscape()
        sheet.set_paper(_PAPERS[self._paper.size])
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L{SECRET}&CHalaman &P dari &N")
        for number, column in enumerate(self._columns):
            if column.kind is Kind.NIP:
                name = xl_col_to_name(number)
                span = f"{name}{head + 2}:{name}{max(last, head) + 1}"
                sheet.ignore_errors({"number_stored_as_text": span})


def _formats(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "font_size": 9}
    centred = cell | {"align": "center"}
    note = {"font_size": 9, "text_wrap": True, "valign": "top"}
    made = {
        "kop": {"bold": True, "font_size": 12},
        "title": {"bold": True, "font_size": 13},
        "small": {"font_size": 9, "font_color": "#7F0000"},
        "head": centred | {"bold": True, "bg_color": "#DCE6F1", "text_wrap": True},
        "note": note,
        "sign": {"font_size": 10},
        "sum": cell | {"bold": True, "bg_color": "#F2F2F2"},
        "sum-text": cell | {"bold": True, "bg_color": "#F2F2F2"},
        Kind.TEXT: cell,
        Kind.CODE: centred,
        Kind.NUMBER: cell,
        Kind.PERCENT: cell | {"num_format": "0.0##"},
        Kind.TIME: centred | {"num_format": "hh:mm"},
        Kind.DATE: cell | {"num_format": "dd/mm/yyyy"},
        Kind.MOMENT: cell | {"num_format": "dd/mm/yyyy hh:mm"},
        Kind.NIP: cell | {"num_format": "@"},
        _FREE: centred | {"bg_color": "#EDEDED", "font_color": "#7F7F7F"},
        _OPEN: centred | {"bg_color": "#FFF2CC"},
    }
    return {name: book.add_format(form) for name, form in made.items()}


def _writer(
    sheet: Any, formats: dict[str, Any], number: int, column: Column, free: frozenset[str]
) -> _Write:
    """Return what writes a value of a column into a row; looked up once, not for each cell."""
    form = formats[column.kind]
    if column.kind in NUMBERS:
        return lambda row, value: sheet.write_number(row, number, _number(value), form)
    if column.kind is Kind.TIME:
        return lambda row, value: sheet.write_datetime(row, number, value.time(), form)  # type: ignore[union-attr]  # a datetime by its kind
    if column.kind is Kind.MOMENT:
        return lambda row, value: sheet.write_datetime(row, number, _bare(value), form)
    if column.kind is Kind.DATE:
        return lambda row, value: sheet.write_datetime(row, number, value, form)
    if column.kind is Kind.CODE:
        by_code = dict.fromkeys(free, formats[_FREE]) | {"?": formats[_OPEN]}
        return lambda row, value: sheet.write_string(row, number, value, by_code.get(value, form))
    return lambda row, value: sheet.write_string(row, number, text(str(value)), form)


def _counter(sheet: Any, form: Any, number: int, column: Column, span: tuple[str, str]) -> _Write:
    """Return what writes a count as a formula over the days of its row, with its value."""
    first, last = span
    return lambda row, value: sheet.write_formula(
        row, number, formula(f"{first}{row + 1}:{last}{row + 1}", column.counts), form, value
    )


def _number(value: Cell) -> float | int:
    return value if isinstance(value, int) else float(value) if isinstance(value, Decimal) else 0


def _bare(value: Cell) -> Cell:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _whole(found: Row, key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) else 0


def _width(column: Column) -> int:
    return column.width or WIDTHS[column.kind]


def _fixed(columns: Sequence[Column]) -> int:
    """Return how many columns stay while one scrolls: up to the name and the NIP."""
    kinds = [one.kind for one in columns]
    return kinds.index(Kind.NIP) + 1 if Kind.NIP in kinds else 1


def _write_charts(book: Any, charts: Sequence[Chart]) -> None:
    """Draw charts on a sheet of their own, each beside the figures it is drawn from."""
    sheet = book.add_worksheet(CHARTS)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    at = 0
    for one in charts:
        sheet.write_string(at, 0, text(one.title))
        for number, series in enumerate(one.series, 1):
            sheet.write_string(at + 1, number, text(series.name))
        for row, label in enumerate(one.labels):
            sheet.write_string(at + 2 + row, 0, text(label))
            for number, series in enumerate(one.series, 1):
                value = series.values[row]
                if value is not None:
                    sheet.write_number(at + 2 + row, number, value)
        _draw(book, sheet, one, at)
        at += max(len(one.labels) + 4, 22)


def _draw(book: Any, sheet: Any, one: Chart, at: int) -> None:
    chart = book.add_chart({"type": one.kind})
    first, last = at + 2, at + 1 + len(one.labels)
    for number in range(1, len(one.series) + 1):
        if one.labels:
            chart.add_series(
                {
                    "name": [CHARTS, at + 1, number],
                    "categories": [CHARTS, first, 0, last, 0],
                    "values": [CHARTS, first, number, last, number],
                    "marker": {"type": "circle"},
                }
            )
    if not one.labels:
        return
    chart.set_title({"name": text(one.title), "name_font": {"size": 12}})
    chart.set_y_axis({"min": 0, "num_format": "0", "name": "persen" if one.unit else ""})
    chart.set_size({"width": 720, "height": 400})
    sheet.insert_chart(at, len(one.series) + 2, chart)
