"""Letters: listed, shown, written into files, and their register proved."""

from pathlib import Path

import click

from ingest.cli import scope
from ingest.cli.acting import NUMBER
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.letter_acting import find_seen_letter, may_see, write_new
from ingest.cli.letter_making import draft_letter, issue_letter
from ingest.cli.letter_marking import answered, received, scan, sent, void
from ingest.cli.letter_told import lines_of, marks_of, people_of, row_of
from ingest.cli.letter_verifying import verify_letter
from ingest.cli.people import asked_office
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown
from ingest.letters.frozen import to_json
from ingest.store import letter_checks, letter_waiting
from ingest.store import letters as store

LETTER = click.argument("letter", type=NUMBER)
_NEW = click.Path(path_type=Path, dir_okay=False)


@click.group()
def letters() -> None:
    """Numbered letters (surat), and what became of each."""


for _one in (answered, draft_letter, issue_letter, received, scan, sent, verify_letter, void):
    letters.add_command(_one)


@letters.command("list")
@click.option("--office", help="Only of cases of this office, or addressed to it.")
@click.option("--case", type=NUMBER, help="Only of this case.")
@click.option("--year", type=click.IntRange(2000, 9999), help="Only dated in this year.")
@click.option("--waiting", is_flag=True, help="What waits: to be sent, received, or taken back.")
@as_json
@pass_centre
def list_letters(
    centre: Centre,
    office: str | None,
    case: int | None,
    year: int | None,
    waiting: bool,
    as_json: bool,
) -> None:
    """List letters, or what waits to be done with them.

    \b
    Example:
        hadir-ingest letters list --waiting
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        own = scope.ask()
        found = store.find(connection, office=office, case=case, year=year)
        found = [one for one in found if may_see(one, own)]
        mine = [one for one in found if office in (None, one.office)]
        waits = letter_waiting.find(connection, mine, office=office) if waiting else []
        waits = [one for one in waits if case in (None, one.case)]
        scope.tell_read(centre, scope.of_office(office), people_of(found))
    if waiting:
        rows = [one._asdict() for one in waits]
        show(rows, ("what", "case", "letter", "to", "since", "do"), as_json=as_json)
        return
    columns = ("letter", "number", "dated", "kind", "secrecy", "to", "cases", "state")
    show([row_of(one) for one in found], columns, as_json=as_json)


@letters.command("show")
@LETTER
@as_json
@pass_centre
def show_letter(centre: Centre, letter: int, as_json: bool) -> None:
    """Show a letter, its cases and what became of it.

    \b
    Example:
        hadir-ingest letters show 7
    """
    with centre.reading() as connection:
        found = find_seen_letter(connection, letter)
        scope.tell_read(centre, scope.of_office(found.office), people_of([found]), letter=letter)
    if as_json:
        click.echo(dump({**row_of(found), "text": to_json(found.text), "marks": marks_of(found)}))
        return
    for line in lines_of(found):
        click.echo(line)


@letters.command("print")
@LETTER
@click.option("--pdf", type=_NEW, help="A new file for the PDF.")
@click.option("--docx", type=_NEW, help="A new file for Word.")
@click.option("--scan", type=_NEW, help="A new file for the last scan of the signed paper.")
@pass_centre
def print_letter(
    centre: Centre, letter: int, pdf: Path | None, docx: Path | None, scan: Path | None
) -> None:
    """Write the pages of a letter into files, as they were issued.

    \b
    Example:
        hadir-ingest letters print 7 --pdf surat.pdf
    """
    if pdf is None and docx is None and scan is None:
        raise click.UsageError("name a file by --pdf, --docx or --scan")
    with centre.reading() as connection:
        found = find_seen_letter(connection, letter)
        wanted = [(pdf, found.pdf_sha256), (docx, found.docx_sha256)]
        if scan is not None:
            scans = [one.sha256 for one in found.marks if one.kind == "scan" and one.sha256]
            if not scans:
                raise NotKnown(f"letter {letter} has no scan; see hadir-ingest letters scan")
            wanted.append((scan, scans[-1]))
        files = [
            (path, store.fetch_file(connection, letter, digest))
            for path, digest in wanted
            if path is not None
        ]
        scope.tell_read(centre, scope.of_office(found.office), people_of([found]), letter=letter)
    write_new(files)


@letters.command("register")
@click.option("--year", type=click.IntRange(2000, 9999), required=True, help="Of their dates.")
@as_json
@pass_centre
def register(centre: Centre, year: int, as_json: bool) -> None:
    """Print the register (agenda) of a year, and prove its numbers.

    \b
    Example:
        hadir-ingest letters register --year 2026
    """
    with centre.reading() as connection:
        found = store.find(connection, year=year)
        faults = letter_checks.number_faults(connection, year)
        scope.tell_read(centre, scope.of_office(None), people_of(found), year=year)
    found.sort(key=lambda one: (one.series or "~", one.running or 0, one.number))
    rows = [
        {**row_of(one), "series": one.series or "by hand", "running": one.running or "",
         "subject": one.text.subject}
        for one in found
    ]  # fmt: skip
    columns = ("series", "running", "number", "dated", "kind", "subject", "to", "state")
    show(rows, columns, as_json=as_json)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        click.get_current_context().exit(1)
    by_hand = sum(one.series is None for one in found)
    click.echo(
        f"{len(found)} numbers of {year}, {by_hand} of them given by hand: no gap and no double",
        err=True,
    )
