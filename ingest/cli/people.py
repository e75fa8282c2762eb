"""Offices and people: import, list, export."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.acting import by, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import NotKnown
from ingest.imports import offices as office_files
from ingest.imports import people as people_files
from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Sheet, read_sheet
from ingest.store import people as store
from ingest.store import person_kinds, person_posts
from ingest.store.person_posts import WHATS, Held

FILE = click.Path(path_type=Path)


class _Day(click.DateTime):
    """A day as offices know them: any other would not fit a clock with a zone, or a database."""

    FIRST, LAST = 1970, 2999

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if not self.FIRST <= found.year <= self.LAST:
            self.fail(f"{value!r} is no day from {self.FIRST} to {self.LAST}", param, ctx)
        return found


DAY = _Day(["%Y-%m-%d"])


def tell(what: str, outcome: Outcome) -> None:
    """Say what an import did: the result to stdout, what to look at to stderr."""
    for warning in outcome.warnings:
        click.echo(f"warning: {warning}", err=True)
    for change in outcome.changes:
        click.echo(f"changed: {change}")
    click.echo(f"{what}: {outcome}")


def require_office(known: dict[str, store.Office], code: str | None) -> None:
    """Raise NotKnown for an office nobody imported, OutOfScope for one that is not the own."""
    scope.require_own(code)
    if code is not None and code not in known:
        raise NotKnown(f'no office "{code}"; "hadir-ingest offices list" shows the known ones')


def asked_office(connection: Connection, code: str | None) -> str | None:
    """Return the office to look at where one was asked for, or none; None: all of them."""
    found = scope.narrow(code)
    require_office(store.find_offices(connection), found)
    return found


@click.group()
def offices() -> None:
    """The offices (OPD) and their working hours."""


@offices.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_offices(centre: Centre, file: Path, who: str | None) -> None:
    """Take offices from a CSV file.

    Its columns: code, name[, scheme].

    \b
    Example:
        hadir-ingest offices import offices.csv
    """
    sheet = read_sheet(file, office_files.COLUMNS)
    with centre.writing() as connection:
        outcome = office_files.import_offices(connection, sheet, today=centre.today())
        note_import(centre, connection, "offices.import", file, outcome, who=who)
    tell("offices", outcome)


@offices.command("list")
@click.option("--csv", "as_csv", is_flag=True, help="Print a file that can be imported again.")
@as_json
@pass_centre
def list_offices(centre: Centre, as_csv: bool, as_json: bool) -> None:
    """List every office.

    \b
    Example:
        hadir-ingest offices list
    """
    with centre.reading() as connection:
        own = scope.ask()
        found = [one for one in store.find_offices(connection).values() if own in (None, one.code)]
    rows = [{"code": one.code, "name": one.name, "scheme": one.scheme} for one in found]
    columns = office_files.COLUMNS.names
    show_csv(rows, columns) if as_csv else show(rows, columns, as_json=as_json)


@click.group()
def people() -> None:
    """The people, where they serve and under whom."""


@people.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--mapping", type=FILE, help="The columns of a sheet of another system, such as SIMPEG."
)
@by(required=False)
@pass_centre
def import_people(centre: Centre, file: Path, mapping: Path | None, who: str | None) -> None:
    """Take people from a CSV file, or any sheet by a mapping.

    Its columns: nip, name, kind, office, superior_nip, from[, until], and rank, rank_from, post,
    post_from where they are known. A mapping (TOML) says which columns of another system's CSV or
    Excel sheet these are: deploy/simpeg.toml is an example.

    A move to another office or superior is one more row with its own `from`: what went before
    ends by itself the day before. Who becomes another kind of servant: people kind.

    \b
    Example:
        hadir-ingest people import people.csv
    """
    sheet, warnings = _people_of(file, mapping)
    with centre.writing() as connection:
        outcome = people_files.import_people(
            connection, sheet, today=centre.today(), own=scope.ask()
        )
        outcome.warnings[:0] = warnings
        note_import(centre, connection, "people.import", file, outcome, who=who)
    tell("people", outcome)


def _people_of(file: Path, mapping: Path | None) -> tuple[Sheet, list[str]]:
    """Read a file of people, and what is worth a look. Raises ImportFaults."""
    if mapping is None:
        return read_sheet(file, people_files.COLUMNS), []
    from ingest.imports.mapping import read_mapped, read_mapping

    return read_mapped(file, read_mapping(mapping))


@people.command("list")
@click.option("--office", help="Only this office.")
@click.option("--on", type=DAY, help="Who serves on this day (default: today).")
@click.option("--all", "everything", is_flag=True, help="Past and future assignments too.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a file that can be imported again.")
@as_json
@pass_centre
def list_people(
    centre: Centre,
    office: str | None,
    on: date | None,
    everything: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """List people and where they serve.

    \b
    Example:
        hadir-ingest people list --office 4.01.01
    """
    if everything and on is not None:
        raise click.UsageError("--all and --on exclude each other")
    day = None if everything else day_of(on) or centre.today()
    rows = _rows(centre, office, day)
    if as_csv:
        show_csv(rows, people_files.EXPORTED)
    else:
        show(rows, (*people_files.EXPORTED, *WHATS), as_json=as_json)


@people.command("export")
@click.option("--office", help="Only this office.")
@pass_centre
def export_people(centre: Centre, office: str | None) -> None:
    """Print everybody's history as a CSV file that can be imported.

    The kind is what somebody was at first; what he became since: people kinds list --csv. Rank and
    post have their own days: people posts list --csv.

    \b
    Example:
        hadir-ingest people export > people.csv
    """
    show_csv(_rows(centre, office, None), people_files.EXPORTED)


def day_of(option: date | None) -> date | None:
    """Return an option's day; click gives a date and time."""
    return date(option.year, option.month, option.day) if option is not None else None


def _rows(centre: Centre, office: str | None, on: date | None) -> list[dict[str, object]]:
    with centre.reading() as connection:
        office = asked_office(connection, office)
        known = store.find_people(connection)
        found = store.find_assignments(connection, office=office, on=on)
        dated = {} if on is None else person_kinds.find_on(connection, on)
        held = {} if on is None else person_posts.find_held(connection, on)
        people = [one.nip for one in found]
        scope.tell_read(centre, scope.of_office(office), people, on=on)
    return [
        {
            "nip": one.nip,
            "name": known[one.nip].name,
            "kind": dated.get(one.nip, known[one.nip].kind),
            "office": one.office,
            "superior_nip": one.superior,
            "from": one.first,
            "until": one.last,
            **asdict(held.get(one.nip, Held())),
        }
        for one in found
    ]
