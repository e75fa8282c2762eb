"""Excuses from the manual reports of offices: a whole file, or its sound rows and the rest."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import Connection

from ingest import excuse_types
from ingest.cli import scope
from ingest.cli.acting import (
    MAX_CHANGES,
    Words,
    decisions,
    grounds,
    note,
    on_grounds,
    require_seal,
)
from ingest.cli.context import Centre, pass_centre
from ingest.cli.oneself import own_nips
from ingest.cli.people import FILE, tell
from ingest.cli.rosters import MONTH
from ingest.cli.show import csv_cell
from ingest.errors import ImportFaults, OutputExists
from ingest.imports.excuses import Report, read_report
from ingest.imports.excusing import Given, Row, Taker
from ingest.imports.outcome import Outcome
from ingest.imports.sheet import Faults, read_content
from ingest.indonesian import nip_text
from ingest.store import excuses as store

NOTE = "CATATAN"
ACCEPT = click.option(
    "--accept-doubts",
    "accepted",
    type=Words(200),
    default=None,
    metavar="REASON",
    help="Why it is given in spite of what is doubtful; kept with it.",
)


class _Read(NamedTuple):
    """A file, read."""

    path: Path
    sha256: str
    report: Report


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--month", type=MONTH, help="Of which columns 1 to 31 are the days.")
@click.option("--approver", type=Words(200), help="Who approved rows that name nobody.")
@on_grounds
@ACCEPT
@click.option(
    "--skip-doubtful",
    "rest",
    type=FILE,
    metavar="REST",
    help="Take the sound rows; write the others, with what is wrong, to this CSV file.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@pass_centre
def import_excuses(
    centre: Centre,
    file: Path,
    month: date | None,
    approver: str | None,
    who: str,
    why: str,
    letter: str | None,
    accepted: str | None,
    rest: Path | None,
    dry_run: bool,
) -> None:
    """Take excuses from an office's manual report, CSV or Excel.

    A row names NIP, TANGGAL (or DARI and SAMPAI), JENIS or KETERANGAN, NO. SURAT, PEJABAT; or NIP
    and the marks of a month in columns 1 to 31. Every row that is unreadable, overlaps or is
    doubtful is named; then nothing is kept, unless --skip-doubtful.

    \b
    Example:
        hadir-ingest excuses import maret.xlsx --letter 800/40 --why "laporan manual" \\
            --by "Kepala BKPSDM" --skip-doubtful sisa.csv
    """
    seal = None if dry_run else require_seal(centre)
    given = Given(why, letter or "", approver or "", accepted or "")
    read = _read(centre, file, month)
    if rest is not None and rest.exists():
        raise OutputExists(f"{rest} is there already; name another file for the rest")
    opened = centre.reading() if seal is None else centre.writing()
    with opened as connection:
        if seal is not None:
            store.hold(connection)
        rows = _look(centre, connection, read, given)
        wrong = [one for one in rows if one.wrong]
        if wrong and rest is None:
            raise ImportFaults(str(file), _sentences(wrong))
        outcome = _outcome(read.report, rows)
        if seal is not None:
            new = [one for row in rows if row.sound for one in row.new]
            acting = grounds(who, why, letter)
            made = store.give(connection, seal, acting, new, now=centre.now(), today=centre.today())
            note(centre, connection, "excuses.import", who=who, subject=file.name,
                 sha256=read.sha256, new=outcome.new, same=outcome.same, left=len(wrong),
                 doubts=outcome.changes[:MAX_CHANGES], decisions=decisions(*made))  # fmt: skip
            if rest is not None and wrong:
                _write_rest(rest, read.report, wrong)
    _tell(outcome, wrong, rest, dry_run=dry_run)


def _read(centre: Centre, file: Path, month: date | None) -> _Read:
    from ingest.imports.workbook import read_lines

    content = read_content(file)
    faults = Faults(str(file))
    lines = read_lines(content, str(file), faults)
    types = excuse_types.load(centre.config.excuses)
    report = read_report(lines, str(file), types, month=month, cell_faults=faults.found)
    return _Read(file, hashlib.sha256(content).hexdigest(), report)


def _look(centre: Centre, connection: Connection, read: _Read, given: Given) -> list[Row]:
    entries = read.report.entries
    nips = list(dict.fromkeys(one.nip for one in entries if one.nip))
    return Taker(
        connection, nips, given, today=centre.today(), own=scope.ask(), oneself=own_nips(connection)
    ).take(entries)


def _outcome(report: Report, rows: Sequence[Row]) -> Outcome:
    sound = [one for one in rows if one.sound]
    return Outcome(
        new=sum(len(one.new) for one in sound),
        same=sum(len(one.same) for one in sound),
        changes=[
            f"line {one.entry.line}: accepted: {text}" for one in sound for text in one.accepted
        ],
        warnings=list(report.warnings),
    )


def _sentences(wrong: Sequence[Row]) -> list[str]:
    return [f"line {one.entry.line}: {text}" for one in wrong for text in dict.fromkeys(one.wrong)]


def _write_rest(path: Path, report: Report, wrong: Sequence[Row]) -> None:
    """Write rows as they were read, with a column that says what is wrong, to be imported again."""
    width = len(report.header)
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow([*report.header, NOTE])
    for one in wrong:
        cells = [*one.entry.cells, *[""] * width][:width]
        cells[report.nip] = nip_text(one.entry.nip) or cells[report.nip]  # else Excel rounds it
        writer.writerow([csv_cell(cell) for cell in (*cells, "; ".join(dict.fromkeys(one.wrong)))])
    with path.open("xb") as file:
        file.write(output.getvalue().encode("utf-8-sig"))  # as Excel knows it for UTF-8


def _tell(outcome: Outcome, wrong: Sequence[Row], rest: Path | None, *, dry_run: bool) -> None:
    for text in _sentences(wrong):
        click.echo(text, err=True)
    told = Outcome(outcome.new, 0, outcome.same, [], outcome.warnings)
    for text in outcome.changes:
        click.echo(text, err=True)
    tell("excuses, if this were no dry run" if dry_run else "excuses", told)
    if wrong:
        where = "would be left" if dry_run else f"stand in {rest}, to be corrected and imported"
        click.echo(f"{len(wrong)} rows {where}", err=True)
