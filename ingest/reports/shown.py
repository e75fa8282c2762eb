"""A cell as a person reads it. One place for every format that is text."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from ingest.indonesian import day_text, nip_text, time_text
from ingest.reports.base import Cell, Column, Kind, Table

WIDTHS = {
    Kind.TEXT: 28,
    Kind.CODE: 5,
    Kind.NUMBER: 11,
    Kind.PERCENT: 11,
    Kind.TIME: 8,
    Kind.DATE: 18,
    Kind.MOMENT: 18,
    Kind.NIP: 22,
}
"""In characters, where a column does not say."""
SUM = "Jumlah"
NUMBERS = (Kind.NUMBER, Kind.PERCENT)


def shown(table: Table) -> list[Column]:
    """Return the columns that are for people."""
    return [column for column in table.columns if column.kind is not Kind.HIDDEN]


def text_of(column: Column, value: Cell) -> str:
    """Return a value in Indonesian writing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            time_text(value) if column.kind is Kind.TIME else f"{value:%Y-%m-%d} {time_text(value)}"
        )
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    return nip_text(str(value)) if column.kind is Kind.NIP else str(value)


def sums_of(columns: Sequence[Column]) -> dict[str, int]:
    """Return a counter for each column whose sum means something."""
    return {column.key: 0 for column in columns if column.summed}


def label_place(columns: Sequence[Column]) -> int:
    """Return in which column a row of sums says that it is one."""
    return next((n for n, one in enumerate(columns) if one.kind is Kind.TEXT), 0)
