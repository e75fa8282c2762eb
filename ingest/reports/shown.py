"""A cell as a person reads it. One place for every format that is text."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from ingest.indonesian import day_text, nip_text, time_text
from ingest.reports.base import Cell, Column, Kind, Row, Table

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
TOTALS = "Jumlah hari menurut kode"
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


def totals_text(table: Table) -> str:
    """Return on how many days there is which code, in a line; empty where nothing is counted."""
    told = ", ".join(f"{one.code} {one.days}" for one in table.totals)
    return f"{TOTALS}: {told}" if told else ""


def sums_text(table: Table, rows: Iterable[Row]) -> str:
    """Return the sums of all columns that have one, in a line."""
    columns = shown(table)
    sums = summed(columns, rows)
    told = ", ".join(f"{one.label.lower()} {sums[one.key]}" for one in columns if one.key in sums)
    return f"{SUM}: {told}" if told else ""


def sums_of(columns: Sequence[Column]) -> dict[str, int]:
    """Return a counter for each column whose sum means something."""
    return {column.key: 0 for column in columns if column.summed}


def summed(columns: Sequence[Column], rows: Iterable[Row]) -> dict[str, int]:
    """Return the sum of each column of which it means something."""
    sums = sums_of(columns)
    for row in rows:
        for key in sums:
            sums[key] += whole(row, key)
    return sums


def whole(row: Row, key: str) -> int:
    """Return what a row adds to a sum."""
    value = row.get(key)
    return value if isinstance(value, int) else 0


def label_place(columns: Sequence[Column]) -> int:
    """Return in which column a row of sums says that it is one."""
    return next((n for n, one in enumerate(columns) if one.kind is Kind.TEXT), 0)
