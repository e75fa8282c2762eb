"""Lists on stdout: a table for eyes, JSON for programs, CSV for spreadsheets."""

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import click

from ingest.cli.context import dump

Rows = Iterable[Mapping[str, object]]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(command: click.decorators.FC) -> click.decorators.FC:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(
        command
    )


def show(rows: Rows, columns: Sequence[str], *, as_json: bool) -> None:
    """Print a list. In JSON it is one array, written as the rows come."""
    if as_json:
        _show_json(rows)
    else:
        _show_table(rows, columns)


def show_csv(rows: Rows, columns: Sequence[str]) -> None:
    """Print a list as CSV. A cell that a spreadsheet would run gets an apostrophe before it."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(row[name]) for name in columns] for row in rows)


def _show_json(rows: Rows) -> None:
    separator = "[\n"
    for row in rows:
        click.echo(f"{separator}{dump(row)}", nl=False)
        separator = ",\n"
    click.echo("[]" if separator == "[\n" else "\n]")


def _show_table(rows: Rows, columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    to_eyes = sys.stdout.isatty()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name.replace("_", " "), no_wrap=not to_eyes, overflow="fold")
    for row in rows:
        table.add_row(*(_harmless(_text(row[name])) for name in columns))
    # a pipe has no width: nothing is folded or cut there
    width = None if to_eyes else 100_000
    Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False).print(table)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _harmless(text: str) -> str:
    """Return what a screen shows and does not obey: who holds a bridge's key writes some of it."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def csv_cell(value: object) -> str:
    """Return text for a spreadsheet; what it would run gets an apostrophe before it."""
    text = _text(value)
    if isinstance(value, str) and text.startswith(_FORMULA) and text != "-":
        return f"'{text}"
    return text  # a hyphen by itself is no formula: it is how a roster writes who is off
