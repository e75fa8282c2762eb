"""Bridges: who may bring punches, and for which office."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import require_office
from ingest.cli.show import as_json, show
from ingest.errors import OutputExists
from ingest.store import bridges as store
from ingest.store.people import find_offices


@click.group()
def bridges() -> None:
    """The bridges that may bring punches."""


@bridges.command("add")
@click.option("--office", required=True, help="Code of the office it stands in.")
@click.option("--name", required=True, help="What to call it, such as the host's name.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="Write the token here, readable to you alone, instead of printing it.",
)
@pass_centre
def add_bridge(centre: Centre, office: str, name: str, token_file: Path | None) -> None:
    """Register a bridge and print its token, this once.

    \b
    Example:
        hadir-ingest bridges add --office 4.01.01 --name pc-dinas
    """
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
    if token_file is None:
        with centre.writing() as connection:
            added, token = store.add(connection, office=office, name=name, now=centre.now())
        click.echo(token)
    else:
        # the file first: a token that could not be written would be a bridge nobody can be
        with _new_secret(token_file) as write, centre.writing() as connection:
            added, token = store.add(connection, office=office, name=name, now=centre.now())
            write(token)
    click.echo(f"bridge {added.id} may now speak for office {office}", err=True)


@bridges.command("list")
@click.option("--office", help="Only this office.")
@as_json
@pass_centre
def list_bridges(centre: Centre, office: str | None, as_json: bool) -> None:
    """List bridges and when each was last heard.

    \b
    Example:
        hadir-ingest bridges list
    """
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
        found = store.find_bridges(connection, office=office)
    columns = ("id", "office", "name", "created_at", "last_seen_at", "revoked_at")
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    show(rows, columns, as_json=as_json)


@bridges.command("revoke")
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_centre
def revoke_bridge(centre: Centre, number: int, yes: bool) -> None:
    """Refuse a bridge from now on; what it brought stays.

    \b
    Example:
        hadir-ingest bridges revoke 3
    """
    if not yes:
        click.confirm(f"refuse bridge {number} from now on?", abort=True, err=True)
    with centre.writing() as connection:
        revoked = store.revoke(connection, number, now=centre.now())
    click.echo(f"bridge {revoked.id} of office {revoked.office} is refused from now on", err=True)


@contextmanager
def _new_secret(path: Path) -> Iterator[Callable[[str], None]]:
    """Make a file only we can read and hand out the way to fill it; gone again on any failure."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise OutputExists(
            f"{path} exists already, maybe with a token in use; name another or remove it"
        ) from error
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:

            def write(text: str) -> None:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())

            yield write
    except BaseException:
        path.unlink(missing_ok=True)
        raise
