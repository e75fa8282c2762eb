"""Times in which people have no duty to attend: suspended, or ended."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from ingest.cli import careers
from ingest.cli.acting import NUMBER, by, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.owners import again
from ingest.cli.people import DAY, FILE, day_of, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json
from ingest.imports import careers as files
from ingest.store import service_breaks as store
from ingest.store.people import person_ids


@click.command("break")
@click.argument("nip")
@click.option("--kind", type=click.Choice(store.KINDS), required=True, help="What it is.")
@careers.FIRST
@click.option("--until", "last", type=DAY, help="Last day (default: until it is ended).")
@careers.LETTER
@by(required=False)
@pass_centre
def begin_break(
    centre: Centre,
    nip: str,
    kind: str,
    first: date,
    last: date | None,
    letter: str,
    who: str | None,
) -> None:
    """Suspend a person from duty, or end it.

    Ended is who retired, moved away or died. Nobody is absent on such a day; no streak counts it.

    \b
    Example:
        hadir-ingest people break 198609262015051001 --kind ended --from 2026-04-01 --letter 882/7
    """
    begins, ends = careers.span(first, last)
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        number, marked = store.add(
            connection, person_ids(connection)[digits], kind, begins, ends,
            letter=letter, today=centre.today(),
        )  # fmt: skip
        told = {"number": number, "kind": kind, "days": careers.days(begins, ends)}
        note(centre, connection, "people.break", who=who, subject=digits, letter=letter, **told)
    click.echo(f"break {number}: {digits} is {kind} from {begins} to {ends or 'open'}")
    again(marked)


@click.group("breaks")
def breaks() -> None:
    """Who is suspended from duty, or has ended it."""


@breaks.command("list")
@careers.OF_OFFICE
@careers.OF_PERSON
@careers.AS_CSV
@as_json
@pass_centre
def list_breaks(
    centre: Centre, office: str | None, nip: str | None, as_csv: bool, as_json: bool
) -> None:
    """List who is suspended from duty, or has ended it.

    \b
    Example:
        hadir-ingest people breaks list --office 4.01.01
    """
    with centre.reading() as connection:
        found = careers.theirs(centre, connection, store.find(connection), office, nip)
    names = {"from": "first", "until": "last"}
    rows = [careers.renamed(asdict(one), **names) for one in found]
    columns = ("id", "nip", "kind", "first", "last", "letter")
    careers.table(rows, columns, files.OF_BREAKS, as_csv=as_csv, as_json=as_json)


@breaks.command("end")
@click.argument("number", type=NUMBER)
@click.option("--until", "last", type=DAY, required=True, help="Last day on which it holds.")
@by(required=False)
@pass_centre
def end_break(centre: Centre, number: int, last: date, who: str | None) -> None:
    """Say on which day a break ends, sooner or later than it did.

    \b
    Example:
        hadir-ingest people breaks end 7 --until 2026-06-30
    """
    ends = day_of(last) or last
    with centre.writing() as connection:
        was, marked = store.end(connection, number, ends, today=centre.today())
        told = {"number": number, "kind": was.kind, "was": careers.days(was.first, was.last)}
        note(
            centre, connection, "people.breaks.end", who=who, subject=was.nip,
            until=ends.isoformat(), **told,
        )  # fmt: skip
    click.echo(f"break {number} of {was.nip} ends on {ends}")
    again(marked)


@breaks.command("remove")
@click.argument("number", type=NUMBER)
@careers.SURE
@by(required=False)
@pass_centre
def remove_break(centre: Centre, number: int, yes: bool, who: str | None) -> None:
    """Take away a break that never held.

    \b
    Example:
        hadir-ingest people breaks remove 7
    """
    careers.sure(f"take break {number} away, as if it never was?", yes=yes)
    with centre.writing() as connection:
        was, marked = store.remove(connection, number, today=centre.today())
        told = {"number": number, "kind": was.kind, "days": careers.days(was.first, was.last)}
        note(
            centre, connection, "people.breaks.remove", who=who, subject=was.nip,
            letter=was.letter, **told,
        )  # fmt: skip
    click.echo(f"break {number} of {was.nip} is gone")
    again(marked)


@breaks.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_breaks(centre: Centre, file: Path, who: str | None) -> None:
    """Take breaks from a CSV or Excel file.

    Its columns: nip, kind, from, letter[, until]. The kind is suspended or ended.

    \b
    Example:
        hadir-ingest people breaks import pensiun-2026.csv
    """
    sheet = careers.read(file, files.OF_BREAKS)
    with centre.writing() as connection:
        outcome, marked = files.import_breaks(connection, sheet, today=centre.today())
        note_import(centre, connection, "people.breaks.import", file, outcome, who=who)
    tell("breaks", outcome)
    again(marked)
