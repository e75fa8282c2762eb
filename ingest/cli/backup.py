"""Backups of the store: made, checked, brought back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.acting import by, note
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
@by(required=False)
@pass_centre
def backup(centre: Centre, folder: Path, keep: int | None, verify: bool, who: str | None) -> None:
    """Copy the whole store into a folder, while it runs.

    Each backup is a folder of its own in it, named by its time (UTC): the copy, as of one moment,
    and a manifest with counts and sums. Its path is printed. A store of an older revision can be
    copied too: do so before an upgrade. The audit log tells of it, where the store has one.

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
    _log_backup(centre, made, gone, who)


def _log_backup(centre: Centre, made: Path, gone: list[Path], who: str | None) -> None:
    """Write the line; the backup is whole without it, which is said and no failure."""
    from sqlalchemy.exc import DBAPIError

    from ingest.errors import StoreError
    from ingest.store import audit
    from ingest.store.database import reading, writing

    with reading(centre.any_engine) as connection:
        kept = audit.is_kept(connection)
    if not kept:
        return  # a store from before there was a log: it is upgraded after this backup
    try:
        with writing(centre.any_engine) as connection:
            note(
                centre,
                connection,
                "backup",
                who=who,
                subject=str(made),
                gone=[path.name for path in gone],
            )
    except (StoreError, DBAPIError) as error:  # a standby, or a role without the right
        said = str(error).partition("\n")[0]
        click.echo(f"the backup is whole, and the audit log does not tell of it: {said}", err=True)


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
@by(required=False)
@pass_centre
def restore(centre: Centre, folder: Path, who: str | None) -> None:
    """Bring a backup into an empty database and verify it.

    The backup is checked first, byte by byte. Then its rows are counted in the database, its tables
    are brought up to date, and the ledger, the audit log and decisions are verified. The audit log
    of the restored store tells of it. Leaves with 1 when anything differs.

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
    copies.restore(centre.bare_engine, folder, manifest)
    database.migrate(centre.bare_engine)
    proof = prove(centre.engine, seal.root(centre.config.seal_file))
    with centre.writing() as connection:
        note(
            centre,
            connection,
            "restore",
            who=who,
            subject=str(folder),
            made_at=manifest.made_at,
            batches=proof.batches,
            punches=proof.punches,
            faults=len(proof.faults),
        )
    _tell_who_may(centre, manifest.made_at)
    _tell_proof(proof)


def _tell_who_may(centre: Centre, made_at: str) -> None:
    """Say that a thief whom somebody refused after the backup may come in again."""
    from ingest.store import access, bridges, invites

    now = centre.now()
    with centre.reading() as connection:
        speaking = sum(one.revoked_at is None for one in bridges.find_bridges(connection))
        codes = len(invites.find_open(connection, now=now))
        tokens = sum(one.in_use(now) for one in access.find_all(connection))
    click.echo(
        f"who may come in is as of {made_at}; "
        f"bridges: {speaking}, codes: {codes}, tokens: {tokens}. "
        "Before you serve, refuse once more whom somebody refused since, and withdraw codes that "
        "were used since: bridges list, bridges keys, bridges invites, tokens list",
        err=True,
    )


def _tell_proof(proof: "Proof") -> None:
    for fault in proof.faults:
        click.echo(fault)
    if proof.faults:
        click.echo("the store came back as it was saved, and it is not sound: see above", err=True)
        click.get_current_context().exit(1)
    before = f", {proof.unsigned} of them from before the ledger" if proof.unsigned else ""
    click.echo(f"restored and verified; batches: {proof.batches}, punches: {proof.punches}{before}")
