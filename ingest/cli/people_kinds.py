"""What kind of servant people become, and from which day on."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from ingest.cli import careers, scope
from ingest.cli.acting import Words, by, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import FILE, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json
from ingest.imports import careers as files
from ingest.nip import KINDS
from ingest.store import person_kinds as store


@click.command("kind")
@click.argument("nip")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@careers.FIRST
@click.option("--letter", type=Words(200), help="The letter it rests on.")
@by(required=False)
@pass_centre
def be_kind(
    centre: Centre, nip: str, kind: str, first: date, letter: str | None, who: str | None
) -> None:
    """Let a person be another kind of servant from a day on.

    Each day counts under the regulation for the kind of that day.

    \b
    Example:
        hadir-ingest people kind 198609262015051001 PNS --from 2026-04-01 --letter 821/12
    """
    begins, _ = careers.span(first, None)
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        was = store.put(connection, digits, kind, begins)
        told = {"kind": kind, "was": was, "from": begins.isoformat(), "letter": letter or ""}
        note(centre, connection, "people.kind", who=who, subject=digits, **told)
    click.echo(f"{digits} is {kind} from {begins} (before: {was})")


@click.group("kinds")
def kinds() -> None:
    """Who became another kind of servant, and when."""


@kinds.command("list")
@careers.OF_OFFICE
@careers.OF_PERSON
@careers.AS_CSV
@as_json
@pass_centre
def list_kinds(
    centre: Centre, office: str | None, nip: str | None, as_csv: bool, as_json: bool
) -> None:
    """List who became another kind of servant, and when.

    \b
    Example:
        hadir-ingest people kinds list --office 4.01.01
    """
    with centre.reading() as connection:
        found = careers.theirs(centre, connection, store.find(connection), office, nip)
    rows = [careers.renamed(asdict(one), **{"from": "first"}) for one in found]
    columns = ("nip", "kind", "first")
    careers.table(rows, columns, files.OF_KINDS, as_csv=as_csv, as_json=as_json)


@kinds.command("remove")
@click.argument("nip")
@careers.FIRST
@careers.SURE
@by(required=False)
@pass_centre
def remove_kind(centre: Centre, nip: str, first: date, yes: bool, who: str | None) -> None:
    """Take away a kind that never held.

    \b
    Example:
        hadir-ingest people kinds remove 198609262015051001 --from 2026-04-01
    """
    begins, _ = careers.span(first, None)
    careers.sure(f"take the kind from {begins} away, as if it never was?", yes=yes)
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        was = store.remove(connection, digits, begins)
        told = {"kind": was, "from": begins.isoformat()}
        note(centre, connection, "people.kinds.remove", who=who, subject=digits, **told)
    click.echo(f"{digits} is {was} from {begins} no longer")


@kinds.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_kinds(centre: Centre, file: Path, who: str | None) -> None:
    """Take kinds from a CSV or Excel file.

    Its columns: nip, kind, from.

    \b
    Example:
        hadir-ingest people kinds import pengangkatan.xlsx
    """
    sheet = careers.read(file, files.OF_KINDS)
    with centre.writing() as connection:
        scope.ask()
        outcome = files.import_kinds(connection, sheet)
        note_import(centre, connection, "people.kinds.import", file, outcome, who=who)
    tell("kinds", outcome)
