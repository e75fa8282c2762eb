"""Backups of the store: made, checked, brought back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.context import Centre, pass_centre

if TYPE_CHECKING:
    from ingest.backup import Manifest
    from ingest.backup.proof import Proof


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="When done, take the oldest backups in the folder away until N are left.",
)
@click.option("--verify", is_flag=True, help="Make nothing: look whether this one backup is whole.")
@pass_centre
def backup(centre: Centre, folder: Path, keep: int | None, verify: bool) -> None:
    """Copy the whole store into a folder, while it runs.

    Each backup is a folder of its own in it, named by its time (UTC): the copy, as of one moment,
    and a manifest with counts and sums. Its path is printed. A store of an older revision can be
    copied too: do so before an upgrade.

    \b
    Example:
        hadir-ingest backup /var/backups/hadir --keep 14
        hadir-ingest backup --verify /var/backups/hadir/hadir-20260310T180000Z
    """
    from ingest import backup as copies

    if verify:
        if keep is not None:
            raise click.UsageError("--verify makes and takes away nothing; leave out --keep")
        _tell(folder, copies.check(folder))
        return
    with copies.open_shelf(folder) as shelf:
        made = copies.make(centre.any_engine, shelf, now=centre.now())
        click.echo(made)
        gone = shelf.keep(keep) if keep is not None else []
    for path in gone:
        click.echo(f"{path} is gone: {keep} are kept", err=True)


def _tell(folder: Path, manifest: "Manifest") -> None:
    last = manifest.last_batch
    newest = f"newest batch {last.id} (receipt {last.receipt})" if last else "no batch yet"
    click.echo(
        f"{folder} is whole: made {manifest.made_at} by hadir {manifest.hadir}, "
        f"{manifest.database}, revision {manifest.revision}, "
        f"{manifest.tables.get('punches', 0)} punches, {newest}"
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@pass_centre
def restore(centre: Centre, folder: Path) -> None:
    """Bring a backup into an empty database and verify it.

    The backup is checked first, byte by byte. Then its rows are counted in the database, its tables
    are brought up to date, and the ledger, the audit log and decisions are verified. Leaves with 1
    when anything differs.

    \b
    Example:
        hadir-ingest restore /var/backups/hadir/hadir-20260310T180000Z
    """
    from ingest import backup as copies
    from ingest import seal
    from ingest.backup.proof import prove
    from ingest.store import database

    manifest = copies.check(folder)
    _tell(folder, manifest)
    copies.restore(centre.any_engine, folder, manifest)
    database.migrate(centre.any_engine)
    _tell_proof(prove(centre.engine, seal.root(centre.config.seal_file)))


def _tell_proof(proof: "Proof") -> None:
    for fault in proof.faults:
        click.echo(fault)
    if proof.faults:
        click.echo("the store came back as it was saved, and it is not sound: see above", err=True)
        click.get_current_context().exit(1)
    before = f", {proof.unsigned} of them from before the ledger" if proof.unsigned else ""
    click.echo(f"restored and verified; batches: {proof.batches}, punches: {proof.punches}{before}")
