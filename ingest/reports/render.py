"""A table as text for eyes, CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime

from ingest.indonesian import nip_text, time_text
from ingest.reports.base import Cell, Column, Kind, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins so; a name must not be able to do that."""


def as_text(table: Table) -> str:
    """Return aligned columns without any colour, as wide as they need: for files and pipes."""
    columns = _shown(table)
    cells = [[_text(column, row.get(column.key)) for column in columns] for row in table.rows]
    widths = [
        max(len(column.label), *(len(row[index]) for row in cells)) if cells else len(column.label)
        for index, column in enumerate(columns)
    ]
    lines = [table.title, ""]
    for texts in [[column.label for column in columns], ["-" * width for width in widths], *cells]:
        padded = [
            text.rjust(width) if column.kind is Kind.NUMBER else text.ljust(width)
            for column, text, width in zip(columns, texts, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join([*lines, "", *table.notes]) + "\n"


def as_screen(table: Table, *, width: int) -> str:
    """Return a table for a terminal's screen, folded to its width, with colours."""
    from rich.console import Console
    from rich.table import Table as Drawn

    drawn = Drawn(title=table.title, title_justify="left", header_style="bold")
    for column in _shown(table):
        number = column.kind is Kind.NUMBER
        drawn.add_column(column.label, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_text(column, row.get(column.key)) for column in _shown(table)))
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=True, markup=False, emoji=False, highlight=False
    )
    console.print(drawn)
    for note in table.notes:
        console.print(note)
    return output.getvalue()


def as_csv(table: Table) -> str:
    """Return rows as RFC 4180 has them; what a spreadsheet would run gets an apostrophe."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(column.label for column in _shown(table))
    for row in table.rows:
        writer.writerow(_csv(column, row.get(column.key)) for column in _shown(table))
    return output.getvalue()


def as_json(table: Table) -> str:
    """Return one object: title, rows by the keys of their columns, notes."""
    rows = [
        {column.key: _plain(row.get(column.key)) for column in table.columns} for row in table.rows
    ]
    body = {"title": table.title, "rows": rows, "notes": list(table.notes)}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Table], str]] = {"table": as_text, "csv": as_csv, "json": as_json}


def render(table: Table, form: str, *, screen_width: int | None = None) -> str:
    """Return a table in one of FORMATS; a table for a screen is drawn to its width."""
    if form == "table" and screen_width is not None:
        return as_screen(table, width=screen_width)
    return FORMATS[form](table)


def _shown(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind is not Kind.HIDDEN]


def _text(column: Column, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return time_text(value)
    return nip_text(str(value)) if column.kind is Kind.NIP else str(value)


def _csv(column: Column, value: Cell) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M}"  # 07.30 would become a number
    text = _text(column, value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _plain(value: Cell) -> str | int | None:
    return value.isoformat() if isinstance(value, datetime) else value
