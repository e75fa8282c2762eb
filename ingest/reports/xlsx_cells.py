"""The cells of a spreadsheet: how each kind of value looks, and what writes it."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ingest.reports.base import Cell, Column, Kind
from ingest.reports.counting import formula
from ingest.reports.shown import NUMBERS

_MOST_TEXT = 32_000  # a cell takes 32,767 units of UTF-16
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_FREE, _OPEN = "free", "open"

Write = Callable[[int, Cell], object]


def text(value: str) -> str:
    """Return what a cell takes. Characters that XML has not would make the file unreadable, and
    the writer would take `<r>...</r>` for its own markup."""
    if len(value) > _MOST_TEXT:
        value = value[: _MOST_TEXT // 2] + " ..."
    if not value.isascii():
        value = _NO_XML.sub("\ufffd", value)
    return f"{value} " if value.startswith("<r>") and value.endswith("</r>") else value


def formats_of(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "font_size": 9}
    centred = cell | {"align": "center"}
    note = {"font_size": 9, "text_wrap": True, "valign": "top"}
    made = {
        "kop": {"bold": True, "font_size": 12},
        "title": {"bold": True, "font_size": 13},
        "fact": {"bold": True, "font_size": 10},
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


def writer(
    sheet: Any, formats: dict[str, Any], number: int, column: Column, free: frozenset[str]
) -> Write:
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


def counter(sheet: Any, form: Any, number: int, column: Column, span: tuple[str, str]) -> Write:
    """Return what writes a count as a formula over the days of its row, with its value."""
    first, last = span
    return lambda row, value: sheet.write_formula(
        row, number, formula(f"{first}{row + 1}:{last}{row + 1}", column.counts), form, value
    )


def _number(value: Cell) -> float | int:
    return value if isinstance(value, int) else float(value) if isinstance(value, Decimal) else 0


def _bare(value: Cell) -> Cell:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
