"""Which office of ours a unit of BKN is: import, list, what is missing."""

from collections import Counter
from pathlib import Path

import click

from ingest.cli.acting import by, note, note_import
from ingest.cli.careers import AS_CSV, SURE, read, sure
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import FILE, tell
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import NotKnown
from ingest.imports import units as files
from ingest.siasn.comparing import read_units
from ingest.store import siasn as store

_COLUMNS = ("unit", "office", "name")


@click.group()
def units() -> None:
    """Which office of ours a unit of BKN is."""


@units.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_units(centre: Centre, file: Path, who: str | None) -> None:
    """Take offices of units from a CSV or Excel file.

    Its columns: unit, office[, name]. Units below one that has an office are of that office, too.

    \b
    Example:
        hadir-ingest siasn units import unor.csv
    """
    sheet = read(file, files.COLUMNS)
    with centre.writing() as connection:
        outcome = files.import_units(connection, sheet)
        note_import(centre, connection, "siasn.units.import", file, outcome, who=who)
    tell("units", outcome)


@units.command("list")
@click.option("--all", "everything", is_flag=True, help="Every unit BKN told of.")
@AS_CSV
@as_json
@pass_centre
def list_units(centre: Centre, everything: bool, as_csv: bool, as_json: bool) -> None:
    """List the units that were given an office.

    \b
    Example:
        hadir-ingest siasn units list --all --csv > unor.csv
    """
    with centre.reading() as connection:
        told, offices = store.find_units(connection), store.find_unit_offices(connection)
    wanted = sorted(offices.keys() | (told.keys() if everything else set()))
    rows = [
        {"unit": one, "office": offices.get(one, ""), "name": told[one].name if one in told else ""}
        for one in wanted
    ]
    show_csv(rows, _COLUMNS) if as_csv else show(rows, _COLUMNS, as_json=as_json)


@units.command("unknown")
@as_json
@pass_centre
def unknown_units(centre: Centre, as_json: bool) -> None:
    """List the units in which people are, and which have no office.

    \b
    Example:
        hadir-ingest siasn units unknown
    """
    with centre.reading() as connection:
        known = read_units(connection)
        people = [one.person for one in store.find_told(connection) if one.person]
    found: Counter[tuple[str, str, str]] = Counter()
    for one in people:
        unit, parent = one.get("unit", ""), one.get("parent_unit", "")
        if known.office(unit) is None and known.office(parent) is None:
            found[unit, one.get("unit_name", ""), one.get("parent_unit_name", "")] += 1
    rows = [
        {"unit": unit, "name": name, "below": above, "people": count}
        for (unit, name, above), count in found.most_common()
    ]
    show(rows, ("unit", "name", "below", "people"), as_json=as_json)


@units.command("remove")
@click.argument("unit")
@SURE
@by(required=False)
@pass_centre
def remove_unit(centre: Centre, unit: str, yes: bool, who: str | None) -> None:
    """Take the office of a unit away.

    \b
    Example:
        hadir-ingest siasn units remove 8ae4829a5e1b --yes
    """
    sure(f"take the office of unit {unit} away?", yes=yes)
    with centre.writing() as connection:
        if not store.remove_unit_office(connection, unit):
            raise NotKnown(f"unit {unit} has no office; see hadir-ingest siasn units list")
        note(centre, connection, "siasn.units.remove", who=who, subject=f"unit {unit}")
    click.echo(f"unit {unit} has no office any more")
