"""What the commands print: lines for programs, tables for people. No decisions here.

Data goes to stdout. A terminal window gets tables; a pipe gets one row a line, columns apart by
tabs, so that `cut` and `grep` work; `--json` gives one object a line.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

import click

from bridge.outbox import Kept
from drivers.base import BadRecord, Entry
from ingest import wire

NEVER = "-"


def entry(terminal: str, serial: str, one: Entry) -> dict[str, Any]:
    """Return a record as `read --json` tells it; a bad one has an `error`."""
    if isinstance(one, BadRecord):
        return {
            "terminal": terminal,
            "serial": serial,
            "user_id": one.user_id,
            "error": one.reason,
            "kind": one.kind,
            "raw": one.raw.hex(),
        }
    return {
        "terminal": terminal,
        "serial": serial,
        "user_id": one.user_id,
        "local_time": one.local_time.isoformat(timespec="seconds"),
        "state": one.state,
        "verify": one.verify,
        "work_code": one.work_code,
        "raw": one.raw.hex(),
    }


def kept(row: Kept) -> dict[str, Any]:
    """Return a row of the outbox as `outbox --json` tells it."""
    body = row.body
    told: dict[str, Any] = {
        "seq": row.seq,
        "place": row.place,
        "id": body.id,
        "serial": body.terminal,
        "user_id": body.user_id,
    }
    if isinstance(body, wire.Punch):
        told |= {
            "local_time": body.local_time.isoformat(timespec="seconds"),
            "state": body.state,
            "verify": body.verify,
            "work_code": body.work_code,
        }
    else:
        told |= {"error": body.reason, "kind": body.kind}
    told |= {"source": body.source, "read_at": utc(body.read_at), "raw": body.raw.hex()}
    if row.parked_because is not None:
        told["parked_because"] = row.parked_because
    return told


def lines(rows: Iterable[Mapping[str, Any]]) -> int:
    """Print one JSON object a line, as they come; return how many have an `error`."""
    bad = 0
    for row in rows:
        bad += "error" in row
        click.echo(json.dumps(row, ensure_ascii=False))
    return bad


def punches(rows: Iterable[Mapping[str, Any]]) -> int:
    """Print records for people, as they come; return how many cannot be punches."""
    bad = 0
    for row in rows:
        if "error" in row:
            bad += 1
            click.echo(f"{plain(row['user_id'])}\t{plain(row['error'])}\t{row['raw']}")
        else:
            told = (
                row["user_id"],
                row["local_time"],
                row["state"],
                row["verify"],
                row["work_code"],
            )
            click.echo("\t".join(plain(cell) for cell in told))
    return bad


def kept_table(rows: Iterable[Kept], zone: tzinfo) -> None:
    """Print rows of the outbox for people."""
    table(
        ("ROW", "SERIAL", "USER ID", "LOCAL TIME", "SOURCE", "READ", "REASON"),
        [
            (
                row.seq,
                row.body.terminal,
                row.body.user_id,
                row.body.local_time if isinstance(row.body, wire.Punch) else None,
                row.body.source,
                moment(row.body.read_at, zone),
                row.parked_because
                or (row.body.reason if isinstance(row.body, wire.BadRecord) else None),
            )
            for row in rows
        ],
    )


def line(text: str) -> None:
    """Print one line."""
    click.echo(text)


def heading(text: str) -> None:
    """Print what the next table is about."""
    click.echo(f"\n{text}")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows: as a table in a terminal window, else apart by tabs."""
    texts = [[plain(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *texts]:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in texts:
        drawn.add_row(*row)
    Console(markup=False, highlight=False).print(drawn)


def plain(cell: object) -> str:
    """Return a cell as one line of text: what terminals send may hold anything."""
    text = NEVER if cell is None or cell == "" else str(cell)
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def moment(at: int | None, zone: tzinfo) -> str | None:
    """Return epoch seconds as the wall clock of the office, and None as None."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, zone).isoformat(sep=" ", timespec="seconds")


def utc(at: int | None) -> str | None:
    """Return epoch seconds as UTC for programs, and None as None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def seconds(offset: int | None) -> str | None:
    """Return a clock's offset with its sign: `+12 s`."""
    return None if offset is None else f"{offset:+d} s"
