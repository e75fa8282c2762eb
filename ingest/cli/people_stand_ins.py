"""Who acts for a superior, or as head of an office."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from ingest import excuse_types
from ingest.cli import careers, scope
from ingest.cli.acting import NUMBER, by, note, note_import, trusted_root
from ingest.cli.context import Centre, pass_centre
from ingest.cli.owners import owner, require_own, subject, within
from ingest.cli.people import DAY, FILE, day_of, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json
from ingest.imports import careers as files
from ingest.store import stand_ins as store
from ingest.store.people import person_ids
from ingest.store.rungs import is_at_post


@click.command("stand-in")
@click.option("--for", "nip", help="NIP of the superior who is away.")
@click.option("--office", help="Office without a head; give this or --for.")
@click.option("--by-person", "acting", required=True, help="NIP of who stands in.")
@click.option("--how", type=click.Choice(store.HOWS), required=True, help="Plh., Plt. or Pj.")
@careers.FIRST
@click.option("--until", "last", type=DAY, help="Last day (default: until it is ended).")
@careers.LETTER
@by(required=False)
@pass_centre
def stand_in(
    centre: Centre,
    nip: str | None,
    office: str | None,
    acting: str,
    how: str,
    first: date,
    last: date | None,
    letter: str,
    who: str | None,
) -> None:
    """Let somebody act for a superior, or as head of an office.

    \b
    Example:
        hadir-ingest people stand-in --for 198609262015051001 --by-person 199001012015051002
            --how plh --from 2026-04-01 --until 2026-04-10 --letter 800/15
    """
    if (office is None) == (nip is None):
        raise click.UsageError("give --for or --office, one of the two")
    begins, ends = careers.span(first, last)
    with centre.writing() as connection:
        mine, whose = owner(connection, office, nip, begins, ends)
        digits = known_nip(connection, acting, (begins, ends))
        number = store.add(
            connection, mine, person_ids(connection)[digits], how, begins, ends, letter=letter
        )
        idle = mine.person_id is not None and is_at_post(
            connection, mine.person_id, on=begins, types=excuse_types.load(centre.config.excuses),
            root=trusted_root(centre),
        )  # fmt: skip
        told = {"number": number, "how": how, "days": careers.days(begins, ends)}
        note(
            centre, connection, "people.stand-in", who=who, subject=whose,
            by_person=digits, letter=letter, **told,
        )  # fmt: skip
    click.echo(f"stand-in {number}: {digits} is {how} of {whose} from {begins} to {ends or 'open'}")
    if idle:
        click.echo(
            f"warning: {whose} is at the post on {begins} by what is recorded, and answers in "
            "person; record the leave or duty (excuses give), or that it ended (people break)",
            err=True,
        )


@click.group("stand-ins")
def stand_ins() -> None:
    """Who acts for a superior, or as head of an office."""


@stand_ins.command("list")
@click.option("--office", help="Only as head of this office.")
@click.option("--nip", help="Only for this person.")
@careers.AS_CSV
@as_json
@pass_centre
def list_stand_ins(
    centre: Centre, office: str | None, nip: str | None, as_csv: bool, as_json: bool
) -> None:
    """List who acts for whom.

    \b
    Example:
        hadir-ingest people stand-ins list
    """
    with centre.reading() as connection:
        found = within(connection, store.find(connection), office, nip)
        asked = f"nip {''.join(nip.split())}" if nip else scope.of_office(office or scope.ask())
        scope.tell_read(centre, asked, [*(one.nip for one in found), *(one.by for one in found)])
    names = {"by_nip": "by", "for_nip": "nip", "from": "first", "until": "last"}
    rows = [careers.renamed(asdict(one), **names) for one in found]
    columns = ("id", "office", "nip", "by", "how", "first", "last", "letter")
    careers.table(rows, columns, files.OF_STAND_INS, as_csv=as_csv, as_json=as_json)


@stand_ins.command("end")
@click.argument("number", type=NUMBER)
@click.option("--until", "last", type=DAY, required=True, help="Last day on which it holds.")
@by(required=False)
@pass_centre
def end_stand_in(centre: Centre, number: int, last: date, who: str | None) -> None:
    """Say on which day standing in ends, sooner or later than it did.

    \b
    Example:
        hadir-ingest people stand-ins end 7 --until 2026-06-30
    """
    ends = day_of(last) or last
    with centre.writing() as connection:
        require_own(connection, store.find_one(connection, number))
        was = store.end(connection, number, ends)
        told = {"number": number, "how": was.how, "was": careers.days(was.first, was.last)}
        note(
            centre, connection, "people.stand-ins.end", who=who, subject=subject(was),
            by_person=was.by, until=ends.isoformat(), **told,
        )  # fmt: skip
    click.echo(f"stand-in {number} ends on {ends}")


@stand_ins.command("remove")
@click.argument("number", type=NUMBER)
@careers.SURE
@by(required=False)
@pass_centre
def remove_stand_in(centre: Centre, number: int, yes: bool, who: str | None) -> None:
    """Take away standing in that never was.

    \b
    Example:
        hadir-ingest people stand-ins remove 7
    """
    careers.sure(f"take stand-in {number} away, as if it never was?", yes=yes)
    with centre.writing() as connection:
        require_own(connection, store.find_one(connection, number))
        was = store.remove(connection, number)
        told = {"number": number, "how": was.how, "days": careers.days(was.first, was.last)}
        note(
            centre, connection, "people.stand-ins.remove", who=who, subject=subject(was),
            by_person=was.by, letter=was.letter, **told,
        )  # fmt: skip
    click.echo(f"stand-in {number} is gone")


@stand_ins.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_stand_ins(centre: Centre, file: Path, who: str | None) -> None:
    """Take from a CSV or Excel file who acts for whom.

    Its columns: by_nip, how, from, letter, for_nip or office[, until].

    \b
    Example:
        hadir-ingest people stand-ins import plh.csv
    """
    sheet = careers.read(file, files.OF_STAND_INS)
    with centre.writing() as connection:
        outcome = files.import_stand_ins(connection, sheet)
        note_import(centre, connection, "people.stand-ins.import", file, outcome, who=who)
    tell("stand-ins", outcome)
