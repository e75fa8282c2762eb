"""`hadir-bridge compare`: the same log by our own codec and by pyzk."""

from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from bridge.office import Failed, Office

if TYPE_CHECKING:
    from bridge.terminals import TerminalConfig
    from drivers.base import Log, Terminal


@click.command()
@click.argument("terminal")
@click.option("--json", "as_json", is_flag=True, help="One object a difference.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Rows.")
@click.pass_obj
def compare(office: Office, terminal: str, as_json: bool, limit: int) -> None:
    """Read one terminal by our driver and by pyzk; show what differs.

    pyzk shares none of our code. It fails on some logs that ours can read, and says so.

    \b
    Example:
        hadir-bridge compare front-door
    """
    from bridge import locks, progress, render
    from bridge.compare import differences

    loaded = office.config()
    chosen = loaded.terminal(terminal)
    other, opener = _second(chosen)
    with locks.visit(loaded.state_dir, chosen.name):
        with progress.reading(f"{chosen.name} by {chosen.driver}"):
            first = _read(chosen.open())
        with progress.reading(f"{chosen.name} by {other}"):
            second = _read(opener())
    found = differences(first, second)
    rows = list(islice(found, limit))
    total = len(rows) + sum(1 for _ in found)
    if as_json:
        render.lines(
            {"record": row.place + 1, chosen.driver: row.ours, other: row.theirs} for row in rows
        )
    elif rows:
        render.table(
            ("RECORD", f"BY {chosen.driver.upper()}", f"BY {other.upper()}"),
            [(row.place + 1, row.ours, row.theirs) for row in rows],
        )
    if len(second) > len(first):
        click.echo(f"made between the two reads: {len(second) - len(first)}", err=True)
    if total > len(rows):
        click.echo(f"shown: the first {len(rows)} of {total}; --limit shows more", err=True)
    if total:
        raise Failed(f"{chosen.name}: records {len(first)}, read differently {total}")
    click.echo(f"{chosen.name}: records {len(first)}, read alike by both", err=True)


def _second(chosen: "TerminalConfig") -> tuple[str, Any]:
    """Return the other driver, and what opens the terminal by it. Raises DriverError."""
    from drivers import registry
    from drivers.errors import NotSupported

    other = registry.SECOND_OPINIONS.get(chosen.driver)
    if other is None:
        raise NotSupported(
            f"{chosen.name} is read by driver {chosen.driver}, of which there is no second opinion"
        )
    kind = registry.terminal_class(other)
    shared = {
        one.name: getattr(chosen.options, one.name)
        for one in fields(kind.Options)
        if hasattr(chosen.options, one.name)
    }
    if shared.get("transport") not in ("tcp", "udp"):
        raise NotSupported(f"{chosen.name} is on a serial line, and pyzk knows no such lines")
    return other, lambda: kind(kind.Options(**shared))  # type: ignore[call-arg]  # the registry's contract


def _read(terminal: "Terminal") -> "Log":
    with terminal as opened:
        return opened.read()
