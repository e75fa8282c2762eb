"""The seal: the centre's own key, by which decisions and checkpoints are signed."""

from contextlib import suppress
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest import seal as keys
from ingest.cli.acting import by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show
from ingest.seal import Seal, SealError
from ingest.store import seals as store


@click.group()
def seal() -> None:
    """The centre's own key, by which decisions are signed."""


@seal.command("make")
@click.option("--after", type=click.Path(path_type=Path), help="File of the seal used until now.")
@click.option("--lost", is_flag=True, help="The seal used until now is gone.")
@by(required=True)
@pass_centre
def make_seal(centre: Centre, after: Path | None, lost: bool, who: str) -> None:
    """Make a seal, and make it known to the store.

    It is written to the file named by seal_file. Keep a copy where nobody else has access: what was
    signed stays provable without it, but nothing can be decided.

    \b
    Example:
        hadir-ingest seal make --by "Kepala BKPSDM"
    """
    if centre.config.seal_file is None:
        raise SealError('name the file first: seal_file = "seal.key" in [ingest]')
    if after is not None and lost:
        raise click.UsageError("--after and --lost exclude each other")
    before = None if after is None else keys.load(after)
    file = centre.config.seal_file
    with centre.writing() as connection:
        made = _new_or_found(connection, file)
        store.register(connection, made, before=before, lost=lost, now=centre.now())
        note(
            centre,
            connection,
            "seal.make",
            who=who,
            subject=made.fingerprint,
            after=None if before is None else before.fingerprint,
            lost=lost,
        )
        if not file.exists():
            keys.save(made, file)  # last: a store that refused leaves no file behind
    click.echo(f"seal {made.fingerprint} signs from now on; its key is {file}")


@seal.command("show")
@as_json
@pass_centre
def show_seals(centre: Centre, as_json: bool) -> None:
    """Show every seal this centre had, and which one signs.

    \b
    Example:
        hadir-ingest seal show
    """
    ours = None
    with suppress(SealError):
        ours = keys.root(centre.config.seal_file)
    with centre.reading() as connection:
        rows = [
            {
                "fingerprint": one.fingerprint,
                "made_at": one.made_at,
                "after": one.previous,
                "endorsed": one.endorsement is not None,
                "signs": one.fingerprint == ours,
                "public_key": one.public_key.hex(),
            }
            for one in store.find(connection)
        ]
    show(rows, ("fingerprint", "made_at", "after", "endorsed", "signs"), as_json=as_json)


def _new_or_found(connection: Connection, file: Path) -> Seal:
    """Return a new seal, or the one in the file that the store does not know yet: a kill between
    the two left it so, or it was brought from elsewhere. Raises SealError."""
    if not file.exists():
        return keys.new()
    found = keys.load(file)
    if store.is_known(connection, found.fingerprint):
        raise SealError(
            f"{file} exists already and holds the seal {found.fingerprint}; to replace it, name "
            "another file by seal_file, and this one by --after"
        )
    return found
