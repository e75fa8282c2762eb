"""A table as text for eyes, CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from ingest.reports.base import Cell, Column, Kind, Table
from ingest.reports.shown import NUMBERS, shown, sums_text, text_of, totals_text
from ingest.reports.stamp import Stamp

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins so; a name must not be able to do that."""


def as_text(table: Table, stamp: Stamp | None = None) -> str:
    """Return aligned columns without any colour, as wide as they need: for files and pipes.

    A table of pages is shown page by page, with one stamp at the end.
    """
    if table.pages:
        parts = [as_text(one) for one in table.pages]
        return "\n".join([table.title, "", *parts, *_stamped(stamp)]) + "\n"
    columns = shown(table)
    cells = [[text_of(column, row.get(column.key)) for column in columns] for row in table.rows]
    widths = [
        max(len(column.label), *(len(row[index]) for row in cells)) if cells else len(column.label)
        for index, column in enumerate(columns)
    ]
    lines = [table.title, *_facts(table), ""]
    for texts in [[column.label for column in columns], ["-" * width for width in widths], *cells]:
        padded = [
            text.rjust(width) if column.kind in NUMBERS else text.ljust(width)
            for column, text, width in zip(columns, texts, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join([*lines, "", *_below(table), *_stamped(stamp)]) + "\n"


def as_screen(table: Table, stamp: Stamp | None = None, *, width: int) -> str:
    """Return a table for a terminal's screen, folded to its width, with colours."""
    if table.pages:
        parts = [as_screen(one, width=width) for one in table.pages]
        return "\n".join([*parts, *_stamped(stamp)]) + "\n"
    from rich.console import Console
    from rich.table import Table as Drawn

    drawn = Drawn(title=table.title, title_justify="left", header_style="bold")
    for column in shown(table):
        number = column.kind in NUMBERS
        drawn.add_column(column.label, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(text_of(column, row.get(column.key)) for column in shown(table)))
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=True, markup=False, emoji=False, highlight=False
    )
    for fact in _facts(table):
        console.print(fact)
    console.print(drawn)
    for note in (*_below(table), *_stamped(stamp)):
        console.print(note)
    return output.getvalue()


def as_csv(table: Table, stamp: Stamp | None = None) -> str:
    """Return rows as RFC 4180 has them; what a spreadsheet would run gets an apostrophe.

    The stamp is the last row, of one cell.
    """
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(column.label for column in shown(table))
    for row in table.rows:
        writer.writerow(_csv(column, row.get(column.key)) for column in shown(table))
    writer.writerows([one] for one in _stamped(stamp))
    return output.getvalue()


def as_json(table: Table, stamp: Stamp | None = None) -> str:
    """Return one object: title, rows by the keys of their columns, notes, stamp.

    Where it has them also facts and totals, or both of each page.
    """
    rows = [
        {column.key: _plain(row.get(column.key)) for column in table.columns} for row in table.rows
    ]
    body: dict[str, object] = {"title": table.title, "rows": rows, "notes": list(table.notes)}
    if table.facts:
        body["facts"] = dict(table.facts)
    if table.totals:
        body["totals"] = {one.code: one.days for one in table.totals}
    if table.pages:
        body["pages"] = [
            {"facts": dict(one.facts), "totals": {of.code: of.days for of in one.totals}}
            for one in table.pages
        ]
    if stamp is not None:
        body["stamp"] = {"who": stamp.who, "at": stamp.at.isoformat(), "text": stamp.text}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


MOST_DRAWN = 1_000
"""Rows of a table that is drawn to a screen: a second of work, and more than anybody scrolls."""
FORMATS: dict[str, Callable[[Table, Stamp | None], str]] = {
    "table": as_text,
    "csv": as_csv,
    "json": as_json,
}
"""Those that are text; XLSX and PDF are files: see `xlsx` and `pdf`."""


def render(
    table: Table, form: str, *, stamp: Stamp | None = None, screen_width: int | None = None
) -> str:
    """Return a table in one of FORMATS; a table for a screen is drawn to its width.

    One that is too long for that comes in plain lines, as for a pipe: in a fiftieth of the time.
    """
    if form == "table" and screen_width is not None:
        rows = list(table.rows)
        table = replace(table, rows=rows)
        if len(rows) <= MOST_DRAWN:
            return as_screen(table, stamp, width=screen_width)
    return FORMATS[form](table, stamp)


def _facts(table: Table) -> list[str]:
    return [f"{label}: {value}" for label, value in table.facts]


def _below(table: Table) -> list[str]:
    """Return what stands below the rows: totals, where it has any, and notes."""
    if not table.totals:
        return list(table.notes)
    return [sums_text(table, table.rows), totals_text(table), *table.notes]


def _stamped(stamp: Stamp | None) -> list[str]:
    return [] if stamp is None else [stamp.text]


def _csv(column: Column, value: Cell) -> str:
    if isinstance(value, datetime) and column.kind is Kind.TIME:
        return f"{value:%H:%M}"  # 07.30 would become a number
    if isinstance(value, date):  # and of datetime
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    text = str(value) if isinstance(value, Decimal) else text_of(column, value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _plain(value: Cell) -> str | int | None:
    """Return a value for programs; a Decimal as the text of its digits, so that none is lost."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
