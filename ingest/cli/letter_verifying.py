"""A letter held against what was issued: by its code, by its file; and all letters of the store."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import click

from ingest.cli import scope, verdicts
from ingest.cli.acting import trusted_root
from ingest.cli.context import Centre, pass_centre
from ingest.cli.letter_acting import require_seen
from ingest.cli.letter_told import lines_of, people_of
from ingest.errors import NotKnown
from ingest.letters.codes import read_code
from ingest.store import letter_checks, sealed, seals
from ingest.store import letters as store
from ingest.store.letters import StoredLetter
from ingest.store.tables_letters import letters as table


@click.command("verify")
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
            centre, scope.of_office(found.office), people_of([found]), letter=found.number
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
    yield from lines_of(found)[:4]
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


def _digests(found: StoredLetter) -> set[str]:
    papers = {one.sha256 for one in found.marks if one.sha256 and one.kind == "scan"}
    return {found.pdf_sha256, found.docx_sha256, *papers}
