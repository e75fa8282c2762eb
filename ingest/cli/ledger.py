"""The ledger: whether the store is what bridges signed, and what goes outside as proof."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli import scope
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of, require_office
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown, OutputExists, Refused

if TYPE_CHECKING:
    from ingest.ledger.report import Counts, Report
    from ingest.store.ledger_checkpoints import Named

_TELL_EVERY_S = 5.0
_MOST = 1_000


@click.group()
def ledger() -> None:
    """Whether the store is what bridges signed."""


@ledger.command()
@click.option("--office", help="Only what this office's bridges brought.")
@click.option("--since", type=DAY, help="Only what arrived on this day or later.")
@click.option(
    "--checkpoint",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A checkpoint that was kept outside, to hold against it; may be given again.",
)
@click.option("--all", "everything", is_flag=True, help="Go on after the first fault.")
@pass_centre
def verify(
    centre: Centre,
    office: str | None,
    since: date | None,
    files: tuple[Path, ...],
    everything: bool,
) -> None:
    """Name the first punch that is not as it was signed.

    Everything is recomputed: keys, signatures, chains, each stored row against the body that
    brought it, and the root of each day. Leaves with 1 at a fault. What nobody inside can tell (the
    newest days cut off, all written anew) only a checkpoint from outside can.

    \b
    Example:
        hadir-ingest ledger verify
        hadir-ingest ledger verify --since 2026-03-01 --checkpoint titik-periksa-4.01.01.txt
    """
    from ingest.coverage import day_bounds
    from ingest.store import ledger as store

    first = day_of(since)
    if office is not None:
        with centre.reading() as connection:
            _require(connection, office)
    report = store.verify(
        centre.engine,
        office=office,
        since=None if first is None else day_bounds(first, centre.config.zone)[0],
        everything=everything,
        checkpoints=_pages(files),
        seals=_seals(centre),
        progress=_progress(time.monotonic),
    )
    _tell(report)


def _require(connection: object, office: str | None) -> None:
    from ingest.store.people import find_offices

    require_office(find_offices(connection), office)  # type: ignore[arg-type]


def _pages(files: Sequence[Path]) -> "list[Named]":
    from ingest.ledger.checkpoints import NoCheckpoint, read_page

    found = []
    for file in files:
        try:
            found.append((str(file), read_page(file.read_text("utf-8"))))
        except (NoCheckpoint, UnicodeDecodeError) as error:
            raise Refused(f"{file} is no checkpoint, or not whole any more") from error
    return found


def _seals(centre: Centre) -> frozenset[str]:
    """Return the seals a checkpoint may bear: ours, and those ours leads back to."""
    from sqlalchemy.exc import DBAPIError

    from ingest import seal
    from ingest.store import seals

    file = centre.config.seal_file
    if file is None or not file.exists():
        return frozenset()
    own = seal.load(file)
    try:
        with centre.reading() as connection:
            return frozenset({own.fingerprint, *seals.trusted(connection, own.fingerprint)})
    except (TypeError, ValueError, DBAPIError) as error:
        raise Refused("the table of seals cannot be read: somebody wrote into it") from error


def _progress(monotonic: Callable[[], float]) -> "Callable[[Counts], None]":
    began = told = monotonic()

    def tell(counts: "Counts") -> None:
        nonlocal told
        now = monotonic()
        if now - told >= _TELL_EVERY_S:
            told = now
            rate = counts.rows / (now - began)
            click.echo(
                f"{counts.batches} batches, {counts.rows} rows, {rate:,.0f} a second", err=True
            )

    return tell


def _tell(report: "Report") -> None:
    counts = report.counts
    for fault in report.faults:
        click.echo(str(fault))
    if report.found > _MOST:
        click.echo(f"and {report.found - _MOST} more", err=True)
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    told = [
        f"{counts.batches} batches",
        f"{counts.punches} punches",
        f"{counts.bad_records} bad records",
        f"{counts.known_before} rows told again",
        f"{counts.keys} keys",
        f"{counts.chains} chains",
        f"{counts.roots} roots",
    ]
    for count, what in (
        (counts.refused, "rows refused"),
        (counts.archived, "punches in an archive"),
        (counts.unsigned, f"batches not signed, from before the ledger, with "
                          f"{counts.unsigned_punches} punches that nothing proves"),
        (counts.checkpoints, "checkpoints held"),
    ):  # fmt: skip
        if count:
            told.append(f"{count} {what}")
    if not report.sound:
        more = "" if report.everything else "; --all goes on after it"
        click.echo(f"NOT PROVED: {report.found} fault(s) among {', '.join(told)}{more}", err=True)
        sys.exit(1)
    click.echo(f"proved: {', '.join(told)}")


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--office", help="Only this office.")
@click.option("--since", type=DAY, help="First day, by arrival.")
@click.option("--until", type=DAY, help="Last day, by arrival.")
@pass_centre
def export(
    centre: Centre, file: Path, office: str | None, since: date | None, until: date | None
) -> None:
    """Write the evidence into a file that an auditor verifies.

    Whoever gets it needs no access to this store, and nothing of hadir but one program:
    `python -m ingest.ledger_verify FILE`. The file holds every punch: it is personal data.

    \b
    Example:
        hadir-ingest ledger export maret.ledger.gz --since 2026-03-01 --until 2026-03-31
    """
    from ingest.store.ledger_export import Wanted
    from ingest.store.ledger_export import export as write

    with centre.reading() as connection:
        from ingest.store.people import find_people

        _require(connection, office)
        # whose punches are in the bodies is not looked up: at most everybody's
        scope.tell_read(
            centre, scope.of_office(office), len(find_people(connection)),
            since=day_of(since), until=day_of(until), file=str(file),
        )  # fmt: skip
    wanted = Wanted(office, day_of(since), day_of(until))
    try:
        count = write(centre.engine, file, wanted, zone=centre.config.zone, now=centre.now())
    except FileExistsError as error:
        raise OutputExists(f"{file} is there already, and is not overwritten") from error
    click.echo(f"{file}: {count} batches")


@ledger.command()
@click.option("--office", help="Only this office; without it, all that have a root.")
@click.option("--day", type=DAY, help="Down to this day; without it, the last with a root.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The folder to write into.",
)
@pass_centre
def checkpoint(centre: Centre, office: str | None, day: date | None, folder: Path) -> None:
    """Write the page that pins an office's past down.

    It is sealed, and to be kept outside the centre. The service makes and sends such pages by
    itself where [ingest.checkpoints] says so.

    \b
    Example:
        hadir-ingest ledger checkpoint --office 4.01.01 --to /media/flashdisk
    """
    from ingest import seal
    from ingest.jobs.checkpoints import put
    from ingest.store import seals
    from ingest.store.ledger_checkpoints import page, take
    from ingest.store.people import find_offices

    own = seal.require(centre.config.seal_file)
    with centre.reading() as connection:
        seals.require_known(connection, own)
        known = find_offices(connection)
        require_office(known, office)
        wanted = [office] if office is not None else sorted(known)
        taken = [take(connection, one, day_of(day)) for one in wanted]
    found = [one for one in taken if one is not None]
    if not found:
        raise NotKnown("no such day has a root yet; one is made each night for the day before")
    for one in found:
        click.echo(put(folder, one.office, one.day.isoformat(), page(one, own)))


@ledger.command("checkpoints")
@click.option("--waiting", is_flag=True, help="Only those that did not come there yet.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=200, show_default=True, help="How many at most."
)
@as_json
@pass_centre
def list_copies(centre: Centre, waiting: bool, limit: int, as_json: bool) -> None:
    """List where checkpoints went, and why one did not.

    \b
    Example:
        hadir-ingest ledger checkpoints --waiting
    """
    from ingest.store import ledger_copies

    columns = ("office", "day", "way", "tries", "tried_at", "delivered_at", "fault")
    with centre.reading() as connection:
        found = ledger_copies.find(connection, waiting=waiting, newest=limit + 1)
    if len(found) > limit:
        click.echo(f"the newest {limit}; there are more (--limit)", err=True)
    rows = [{name: getattr(one, name) for name in columns} for one in found[-limit:]]
    show(rows, columns, as_json=as_json)
