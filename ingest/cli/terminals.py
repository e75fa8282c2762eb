"""Terminals, and which person a user id stands for on them."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.acting import by, counts, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, FILE, asked_office, day_of, tell
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import ImportFaults, NotKnown, Refused
from ingest.imports import terminals as terminal_files
from ingest.imports import user_ids as user_id_files
from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Row, Sheet, read_sheet
from ingest.store import terminals as store
from ingest.store.terminals import Terminal


@click.group()
def terminals() -> None:
    """The terminals that a day is judged by."""


@terminals.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_terminals(centre: Centre, file: Path, who: str | None) -> None:
    """Register terminals from a CSV file.

    Its columns: serial, name, office, counts_from[, counts_until].

    \b
    Example:
        hadir-ingest terminals import terminals.csv
    """
    sheet = read_sheet(file, terminal_files.COLUMNS)
    with centre.writing() as connection:
        outcome = _import(centre, connection, sheet)
        note_import(centre, connection, "terminals.import", file, outcome, who=who)
    tell("terminals", outcome)


@terminals.command("add")
@click.argument("serial")
@click.option("--name", required=True, help="Where it hangs, for people.")
@click.option("--office", required=True, help="Code of the office it stands in.")
@click.option(
    "--counts-from",
    type=DAY,
    help="First day it must be complete (default: since it is known here, or today).",
)
@click.option(
    "--with-its-past",
    is_flag=True,
    help="Take along what another office's bridge told of it; look at that first.",
)
@by(required=False)
@pass_centre
def add_terminal(
    centre: Centre,
    serial: str,
    name: str,
    office: str,
    counts_from: date | None,
    with_its_past: bool,
    who: str | None,
) -> None:
    """Register one terminal.

    What the bridge of another office told of it before, by mistake or with a stolen key, is not
    taken along unless you say so: void what was never touched (adjustments void), and take back
    what was never known (coverage withdraw).

    \b
    Example:
        hadir-ingest terminals add CKJ1234567 --name "pintu depan" --office 4.01.01
    """
    if with_its_past and scope.ask() is not None:
        raise Refused(
            "what another office told is looked at by who sees both; ask an admin of hadir"
        )
    with centre.reading() as connection:
        known = store.find_terminals(connection).get(serial)
        scope.require_own(office, office if known is None else known.office)
        since = store.known_since(connection, serial)
    if known is not None and known.registered:
        raise NotKnown(f'terminal {serial} is registered already; change it by "terminals set"')
    # people may have touched it all the while: what is missing of those days must not be forgotten
    spoke = since.astimezone(centre.config.zone).date() if since else centre.today()
    first = day_of(counts_from) or min(spoke, centre.today())
    terminal = Terminal(serial, name, office, first, None)
    _take_one(centre, terminal, "terminals.add", who, with_past=with_its_past)


@terminals.command("set")
@click.argument("serial")
@click.option("--name", help="Where it hangs, for people.")
@click.option("--office", help="Code of the office it stands in.")
@click.option("--counts-from", type=DAY, help="First day it must be complete.")
@click.option("--counts-until", type=DAY, help="Last day it must be complete.")
@by(required=False)
@pass_centre
def set_terminal(
    centre: Centre,
    serial: str,
    name: str | None,
    office: str | None,
    counts_from: date | None,
    counts_until: date | None,
    who: str | None,
) -> None:
    """Change what is known of one registered terminal.

    \b
    Example:
        hadir-ingest terminals set CKJ1234567 --counts-until 2026-06-30
    """
    with centre.reading() as connection:
        known = store.find_terminals(connection).get(serial)
        if scope.ask() is not None:
            scope.require_terminal(connection, serial)
            scope.require_own(office or scope.ask())
    if known is None or not known.registered:
        raise NotKnown(f'terminal {serial} is not registered; do so by "terminals add"')
    terminal = Terminal(
        serial,
        name or known.name,
        office or known.office,
        day_of(counts_from) or known.counts_from,
        day_of(counts_until) or known.counts_until,
    )
    _take_one(centre, terminal, "terminals.set", who)


@terminals.command("list")
@click.option("--office", help="Only this office.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a file that can be imported again.")
@as_json
@pass_centre
def list_terminals(centre: Centre, office: str | None, as_csv: bool, as_json: bool) -> None:
    """List terminals.

    One that is not registered spoke up by itself and awaits a decision.

    \b
    Example:
        hadir-ingest terminals list --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find_terminals(connection, office=office).values()
    rows = [
        {
            "serial": one.serial,
            "name": one.name,
            "office": one.office,
            "counts_from": one.counts_from,
            "counts_until": one.counts_until,
            "registered": one.registered,
        }
        for one in found
        if one.registered or not as_csv
    ]
    columns = terminal_files.COLUMNS.names
    if as_csv:
        show_csv(rows, columns)
    else:
        show(rows, (*columns, "registered"), as_json=as_json)


def _import(
    centre: Centre, connection: Connection, sheet: Sheet, *, with_past: bool = False
) -> Outcome:
    return terminal_files.import_terminals(
        connection,
        sheet,
        today=centre.today(),
        now=centre.now(),
        with_past=with_past,
        own=scope.ask(),
    )


def _take_one(
    centre: Centre, terminal: Terminal, act: str, who: str | None, *, with_past: bool = False
) -> None:
    """Store a terminal as a file of one row would, so that it is checked as in a file."""
    cells = {
        "serial": terminal.serial,
        "name": terminal.name,
        "office": terminal.office,
        "counts_from": str(terminal.counts_from or ""),
        "counts_until": str(terminal.counts_until or ""),
    }
    try:
        with centre.writing() as connection:
            before = store.find_terminals(connection).get(terminal.serial)
            sheet = Sheet("", (Row(1, cells),))
            outcome = _import(centre, connection, sheet, with_past=with_past)
            subject = f"terminal {terminal.serial}"
            told = {"became": cells, **counts(outcome)}
            if before is not None and terminal_files.was_claimed(connection, before, terminal):
                told["told_before_by"] = before.office
            note(centre, connection, act, who=who, subject=subject, **told)
    except ImportFaults as error:  # nobody who types a command thinks in lines of a file
        raise Refused("; ".join(one.removeprefix("line 1: ") for one in error.faults)) from error
    tell("terminals", outcome)


@click.group("user-ids")
def user_ids() -> None:
    """Which person a user id of a terminal stands for."""


@user_ids.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_user_ids(centre: Centre, file: Path, who: str | None) -> None:
    """Take mappings from a CSV file.

    Its columns: terminal or office, user_id, nip, from[, until].

    \b
    Write "nobody" instead of a NIP for a guest or a guard.
    Example:
        hadir-ingest user-ids import user-ids.csv
    """
    sheet = read_sheet(file, user_id_files.COLUMNS)
    with centre.writing() as connection:
        outcome = user_id_files.import_user_ids(
            connection, sheet, today=centre.today(), own=scope.ask()
        )
        note_import(centre, connection, "user-ids.import", file, outcome, who=who)
    tell("user ids", outcome)


@user_ids.command("list")
@click.option("--office", help="Only this office and its terminals.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a file that can be imported again.")
@as_json
@pass_centre
def list_user_ids(centre: Centre, office: str | None, as_csv: bool, as_json: bool) -> None:
    """List which person each user id stands for.

    \b
    Example:
        hadir-ingest user-ids list --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find_user_ids(connection, office=office)
        scope.tell_read(centre, scope.of_office(office), [one.nip for one in found if one.nip])
    columns = ("terminal", "office", "user_id", "nip", "from", "until")
    rows = [
        {
            "terminal": one.terminal,
            "office": one.office,
            "user_id": one.user_id,
            "nip": one.nip or user_id_files.NOBODY,
            "from": one.first,
            "until": one.last,
        }
        for one in found
    ]
    show_csv(rows, columns) if as_csv else show(rows, columns, as_json=as_json)


@user_ids.command("unmapped")
@click.option("--office", help="Only this office.")
@as_json
@pass_centre
def list_unmapped(centre: Centre, office: str | None, as_json: bool) -> None:
    """List user ids of which nothing is known.

    Their office cannot be judged until it is.

    \b
    Example:
        hadir-ingest user-ids unmapped --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find_unmapped(connection, office=office)
    columns = ("office", "terminal", "user_id", "punches", "first_seen", "last_seen")
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    show(rows, columns, as_json=as_json)
