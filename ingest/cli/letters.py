"""Letters: listed, shown, written into files, held against a paper, and their register proved."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ingest.cli import scope, verdicts
from ingest.cli.acting import NUMBER, trusted_root
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.letter_acting import find_own_letter, may_see, require_seen, write_new
from ingest.cli.letter_making import draft_letter, issue_letter
from ingest.cli.letter_marking import answered, received, scan, sent, void
from ingest.cli.people import asked_office
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown
from ingest.indonesian import day_text, nip_text
from ingest.letters.base import LetterKind
from ingest.letters.codes import read_code
from ingest.letters.frozen import to_json
from ingest.letters.wording import KIND_TEXT
from ingest.store import letter_checks, letter_waiting, sealed, seals
from ingest.store import letters as store
from ingest.store.letters import StoredLetter
from ingest.store.tables_letters import letters as table

LETTER = click.argument("letter", type=NUMBER)
_NEW = click.Path(path_type=Path, dir_okay=False)
_MARKS = {
    "void": "batal", "sent": "dikirim", "received": "diterima", "answered": "dijawab",
    "scan": "dipindai",
}  # fmt: skip


@click.group()
def letters() -> None:
    """Numbered letters (surat), and what became of each."""


for _one in (answered, draft_letter, issue_letter, received, scan, sent, void):
    letters.add_command(_one)


@letters.command("list")
@click.option("--office", help="Only of this office.")
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
        waits = letter_waiting.find(connection, found, office=office) if waiting else []
        waits = [one for one in waits if case in (None, one.case)]
        scope.tell_read(centre, scope.of_office(office), _people(found))
    if waiting:
        rows = [one._asdict() for one in waits]
        show(rows, ("what", "case", "letter", "to", "since", "do"), as_json=as_json)
        return
    columns = ("letter", "number", "dated", "kind", "secrecy", "to", "cases", "state")
    show([_row(one) for one in found], columns, as_json=as_json)


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
        found = find_own_letter(connection, letter)
        scope.tell_read(centre, scope.of_office(found.office), _people([found]), letter=letter)
    if as_json:
        click.echo(dump({**_row(found), "text": to_json(found.text), "marks": _marks(found)}))
        return
    for line in _told(found):
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
        found = find_own_letter(connection, letter)
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
        scope.tell_read(centre, scope.of_office(found.office), _people([found]), letter=letter)
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
        scope.tell_read(centre, scope.of_office(None), _people(found), year=year)
    found.sort(key=lambda one: (one.series or "~", one.running or 0, one.number))
    rows = [
        {**_row(one), "series": one.series or "by hand", "running": one.running or "",
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


@letters.command("verify")
@click.argument("code", required=False)
@click.option(
    "--file", "path", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Its PDF, Word file or scan, to be held against what was kept.",
)  # fmt: skip
@pass_centre
def verify_letter(centre: Centre, code: str | None, path: Path | None) -> None:
    """Tell whether a letter is ours and unchanged, by its code.

    Without a code, look whether all letters are as they were issued.

    \b
    Example:
        hadir-ingest letters verify 7K3QF-9XD2M --file surat.pdf
    """
    if code is None:
        _verify_all(centre)
        return
    wanted = read_code(code)
    with centre.reading() as connection:
        known = store.find(connection, code=wanted)
        scope.ask()
        if not known:
            scope.tell_read(centre, "no letter", 0, code=wanted)
            raise NotKnown(f"no letter of ours has the code {wanted}")
        (found,) = known
        require_seen(found)
        publics = seals.trusted(connection, trusted_root(centre))
        row = letter_checks.row_of(connection, found.number)
        faults = list(letter_checks.letter_faults(connection, row, publics))
        scope.tell_read(
            centre, scope.of_office(found.office), _people([found]), letter=found.number
        )
    ours = path is None or hashlib.sha256(path.read_bytes()).hexdigest() in _digests(found)
    for line in _proof(found, path, whole=not faults, ours=ours):
        click.echo(line)
    for fault in faults:
        click.echo(f"letter {found.number} {fault}", err=True)
    if not ours:
        click.echo(f"{path}: is not a file of this letter", err=True)
    if faults or not ours:
        click.get_current_context().exit(1)


def _verify_all(centre: Centre) -> None:
    with centre.reading() as connection:
        scope.narrow(None)
        scope.require_own(None)
        root = trusted_root(centre)
        found = list(letter_checks.faults(connection, root))
        marks = list(letter_checks.mark_faults(connection, root))
        head = sealed.head(connection, table)
        scope.tell_read(centre, scope.of_office(None), None)
    for one in marks:
        click.echo(f"letter mark {one.number} {one.what}")
    verdicts.tell("letter", found, head)
    if marks:
        click.get_current_context().exit(1)


def _proof(found: StoredLetter, path: Path | None, *, whole: bool, ours: bool) -> Iterable[str]:
    """Say what is proved, and what is not: `whole` is our own row, `ours` the file at `path`."""
    yield from _told(found)[:4]
    if not whole:
        yield (
            "TIDAK TERBUKTI: catatan surat ini tidak lagi sebagaimana diterbitkan. Jangan dipakai "
            "sebelum diperiksa."
        )
        return
    if not ours:
        yield (
            "TIDAK SAMA: surat dengan kode itu memang diterbitkan di sini, tetapi berkas ini bukan "
            "berkasnya. Yang tertulis di atas adalah isi surat kami."
        )
        return
    yield (
        "Terbukti: surat ini diterbitkan di sini dengan nomor, tanggal dan isi tersebut; barisnya "
        "ditandatangani segel pusat dan sesuai dengan peristiwa perkaranya."
    )
    if path is None:
        yield (
            "Tidak terbukti: bahwa kertas di tangan Anda sama isinya; bandingkan dengan letters "
            "print, atau periksa berkasnya dengan --file."
        )
    if found.void is not None:
        yield "Perhatian: surat ini sudah dinyatakan batal."


def _told(found: StoredLetter) -> list[str]:
    kind = KIND_TEXT[LetterKind(found.kind)].capitalize()
    nip, office = found.to
    lines = [
        f"{kind} nomor {found.printed}, tanggal {day_text(found.dated)}, {found.secrecy}",
        f"Hal: {found.text.subject}",
        f"Kepada: {nip_text(nip) if nip else office}; perkara: {_cases(found)}",
        f"Keadaan: {_state(found)}",
        f"Kode: {found.code}; templat: {found.template} ({found.template_digest[:12]})",
        f"PDF: {found.pdf_sha256}",
        f"DOCX: {found.docx_sha256}",
    ]
    for one in found.marks:
        paper = f", berkas {one.sha256[:12]}" if one.sha256 else ""
        why = f" ({one.why})" if one.why else ""
        lines.append(f"{_MARKS[one.kind]} {day_text(one.day)}: {one.how}{why}{paper}, {one.who}")
    return lines


def _row(found: StoredLetter) -> dict[str, object]:
    return {
        "letter": found.number,
        "number": found.printed,
        "dated": found.dated,
        "kind": found.kind,
        "secrecy": found.secrecy,
        "office": found.office,
        "to": found.to[0] or found.to[1],
        "cases": _cases(found),
        "code": found.code,
        "series": found.series,
        "running": found.running,
        "state": _state(found),
    }


def _state(found: StoredLetter) -> str:
    gone = found.void
    if gone is not None:
        return f"batal {gone.day}: {gone.why} ({gone.who})"
    steps = [one for one in found.marks if one.kind != "scan"]
    return "; ".join(f"{_MARKS[one.kind]} {one.day}" for one in steps) or "belum dikirim"


def _marks(found: StoredLetter) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "day": one.day, "how": one.how, "why": one.why, "who": one.who,
         "at": one.at, "sha256": one.sha256}
        for one in found.marks
    ]  # fmt: skip


def _cases(found: StoredLetter) -> str:
    return ", ".join(str(one.case) for one in found.basis)


def _people(found: Iterable[StoredLetter]) -> list[str]:
    return [one.person.nip for each in found for one in each.text.about]


def _digests(found: StoredLetter) -> set[str]:
    papers = {one.sha256 for one in found.marks if one.sha256 and one.kind == "scan"}
    return {found.pdf_sha256, found.docx_sha256, *papers}
