"""Whose working time a command speaks of: an office's or a person's."""

from collections.abc import Callable

import click
from sqlalchemy import Connection

from ingest.cli.people import require_office
from ingest.cli.punches import known_nip
from ingest.store.people import find_offices, person_ids
from ingest.store.touched import Owner

_Command = Callable[..., None]


def of_whom(command: _Command) -> _Command:
    """Give a command `--office` and `--nip`, of which it takes one."""
    for option in (
        click.option("--nip", help="Of one person."),
        click.option("--office", help="Of a whole office."),
    ):
        command = option(command)
    return command


def owner(connection: Connection, office: str | None, nip: str | None) -> tuple[Owner, str]:
    """Return whose it is, and in words. Raises NotKnown, and UsageError unless one is given."""
    if (office is None) == (nip is None):
        raise click.UsageError("give --office or --nip, one of the two")
    if office is not None:
        require_office(find_offices(connection), office)
        return Owner(office, None), f"office {office}"
    digits = known_nip(connection, nip or "")
    return Owner(None, person_ids(connection)[digits]), digits


def again(marked: int) -> None:
    """Say how many days come to something else, perhaps, by what was just done."""
    if marked:
        click.echo(f"{marked} office-days will be judged again", err=True)
