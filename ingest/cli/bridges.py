"""Bridges: who may bring punches, for which office, and with which key."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import Connection

from ingest import enrolment
from ingest.cli import scope
from ingest.cli.acting import NUMBER, Words, by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import asked_office, require_office
from ingest.cli.show import as_json, show
from ingest.enrolment import Invitation
from ingest.errors import NotKnown, OutputExists
from ingest.store import bridges as store
from ingest.store import invites as invitations
from ingest.store.people import find_offices


@click.group()
def bridges() -> None:
    """The bridges that may bring punches."""


@bridges.command("invite")
@click.option("--office", required=True, help="Code of the office it stands in.")
@click.option("--name", type=Words(200), help="What to call it (default: the office's name).")
@click.option("--bridge", "bridge_id", type=NUMBER, help="A known bridge that needs another key.")
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=7,
    show_default=True,
    help="How long the code may be used.",
)
@click.option(
    "--code-file",
    type=click.Path(path_type=Path),
    help="Write the code here, readable to you alone, instead of printing it.",
)
@by(required=False)
@pass_centre
def invite_bridge(
    centre: Centre,
    office: str,
    name: str | None,
    bridge_id: int | None,
    days: int,
    code_file: Path | None,
    who: str | None,
) -> None:
    """Print a one-time code by which a bridge enrols.

    \b
    Example:
        hadir-ingest bridges invite --office 4.01.01 --name pc-dinas
    """
    if name is not None and bridge_id is not None:
        raise click.UsageError("--bridge names a bridge that has a name: leave out --name")
    ask = _Ask(office, name, bridge_id, days, who)
    if code_file is None:
        made = _invite(centre, ask)
        click.echo(str(made.code))
    else:
        # the file first: a code that could not be written would be a code nobody has
        with _new_secret(code_file) as write:
            made = _invite(centre, ask)
            write(str(made.code))
    until = made.expires_at.astimezone(centre.config.zone)
    click.echo(
        f"invitation {made.number}: at the bridge of office {office}, hadir-bridge enrol CODE, "
        f"until {until:%Y-%m-%d %H:%M}; the code is not shown again",
        err=True,
    )


@bridges.command("invites")
@as_json
@pass_centre
def list_invites(centre: Centre, as_json: bool) -> None:
    """List the invitations that can still be used.

    \b
    Example:
        hadir-ingest bridges invites
    """
    with centre.reading() as connection:
        found = invitations.find_open(connection, now=centre.now())
    columns = ("id", "office", "name", "bridge_id", "created_at", "expires_at")
    show(
        [{name: getattr(one, name) for name in columns} for one in found], columns, as_json=as_json
    )


@bridges.command("withdraw")
@click.argument("number", type=NUMBER)
@by(required=False)
@pass_centre
def withdraw_invite(centre: Centre, number: int, who: str | None) -> None:
    """Let an invitation end now.

    For a code that came to the wrong one.

    \b
    Example:
        hadir-ingest bridges withdraw 12
    """
    with centre.writing() as connection:
        invitations.withdraw(connection, number, now=centre.now())
        note(centre, connection, "bridges.withdraw", who=who, subject=f"invitation {number}")
    click.echo(f"the code of invitation {number} is refused from now on", err=True)


@bridges.command("list")
@click.option("--office", help="Only this office.")
@as_json
@pass_centre
def list_bridges(centre: Centre, office: str | None, as_json: bool) -> None:
    """List bridges, their keys, and when each was last heard.

    \b
    Example:
        hadir-ingest bridges list
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find_bridges(connection, office=office)
        keys = {one.id: store.find_keys(connection, one.id) for one in found}
    rows = [
        {
            "id": one.id,
            "office": one.office,
            "name": one.name,
            "key_id": next((key.key_id for key in keys[one.id] if key.retired_at is None), None),
            "enrolled_at": keys[one.id][-1].enrolled_at if keys[one.id] else None,
            "last_seen_at": one.last_seen_at,
            "revoked_at": one.revoked_at,
        }
        for one in found
    ]
    columns = ("id", "office", "name", "key_id", "enrolled_at", "last_seen_at", "revoked_at")
    show(rows, columns, as_json=as_json)


@bridges.command("keys")
@click.argument("number", type=NUMBER)
@as_json
@pass_centre
def list_keys(centre: Centre, number: int, as_json: bool) -> None:
    """List every key a bridge ever had, oldest first.

    \b
    Example:
        hadir-ingest bridges keys 3
    """
    with centre.reading() as connection:
        _require_bridge(connection, number)
        found = store.find_keys(connection, number)
    columns = ("key_id", "enrolled_at", "retired_at")
    rows = [
        {name: getattr(one, name) for name in columns} | {"public_key": one.public_key.hex()}
        for one in found
    ]
    show(rows, (*columns, "public_key"), as_json=as_json)


@bridges.command("revoke")
@click.argument("number", type=NUMBER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def revoke_bridge(centre: Centre, number: int, yes: bool, who: str | None) -> None:
    """Refuse a bridge from now on; what it brought stays.

    \b
    Example:
        hadir-ingest bridges revoke 3
    """
    if not yes:
        click.confirm(f"refuse bridge {number} from now on?", abort=True, err=True)
    with centre.writing() as connection:
        store.lock_keys(connection, number)  # what it is storing just now is stored before this
        revoked = store.revoke(connection, number, now=centre.now())
        note(
            centre, connection, "bridges.revoke", who=who, subject=f"bridge {number}",
            office=revoked.office, name=revoked.name,
        )  # fmt: skip
    click.echo(f"bridge {revoked.id} of office {revoked.office} is refused from now on", err=True)


class _Ask(NamedTuple):
    """Who is invited, and by whom."""

    office: str
    name: str | None
    bridge_id: int | None
    days: int
    who: str | None


def _invite(centre: Centre, ask: _Ask) -> Invitation:
    with centre.writing() as connection:
        known = find_offices(connection)
        require_office(known, ask.office)
        made = enrolment.invite(
            connection,
            office=ask.office,
            name=ask.name or known[ask.office].name,
            bridge_id=ask.bridge_id,
            now=centre.now(),
            days=ask.days,
        )
        note(
            centre, connection, "bridges.invite", who=ask.who,
            subject=f"invitation {made.number}", office=ask.office, bridge=ask.bridge_id,
            expires_at=made.expires_at.isoformat(),
        )  # fmt: skip
    return made


def _require_bridge(connection: Connection, number: int) -> None:
    found = next((one for one in store.find_bridges(connection) if one.id == number), None)
    if found is not None:
        scope.require_own(found.office)
    else:
        raise NotKnown(f"no bridge has the number {number}; see hadir-ingest bridges list")


@contextmanager
def _new_secret(path: Path) -> Iterator[Callable[[str], None]]:
    """Make a file only we can read and hand out the way to fill it; gone again on any failure."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise OutputExists(
            f"{path} exists already, maybe with a code in use; name another or remove it"
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
