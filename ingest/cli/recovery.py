"""The way back for who owns the store, when no user can be admin."""

import os
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest.cli.acting import Words, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.named import ACCOUNT, UserName, account_of, told_of
from ingest.errors import Refused
from ingest.identity import User
from ingest.roles import Role
from ingest.store import audit
from ingest.store import users as store

RECOVERED_FOR = timedelta(days=30)
"""How long `check` tells that somebody came back past the users."""


@click.command()
@click.argument("name", type=UserName())
@click.option("--full-name", type=Words(200), required=True, help="As letters name this person.")
@click.option("--os-user", type=ACCOUNT, required=True, help="The account they run as.")
@click.option("--sudo-user", type=ACCOUNT, help="Who becomes that account by sudo, if many do.")
@click.option("--why", type=Words(500), required=True, help="Why, for who asks later.")
@pass_centre
def recover(
    centre: Centre, name: str, full_name: str, os_user: str, sudo_user: str | None, why: str
) -> None:
    """Make somebody an admin when no admin can.

    For root, or who owns the store: they could write into it anyway. The audit log tells of it, and
    so does check for 30 days.

    \b
    Example:
        hadir-ingest users recover budi --full-name "Budi Santoso" --os-user hadir \\
            --sudo-user budi --why "satu-satunya admin pindah tugas"
    """
    account = account_of(os_user, sudo_user)
    admin = User(name, full_name, Role.ADMIN, None, account, centre.now(), None)
    with centre.writing() as connection:
        _require_owner(centre, connection)
        known = store.hold(connection)
        if not known:
            raise Refused("no user is registered yet; use hadir-ingest users add")
        if any(one.name == name for one in known):
            store.change(
                connection, name, full_name=full_name, role=Role.ADMIN.value, office=None,
                os_user=account, ended_at=None,
            )  # fmt: skip
        else:
            store.add(connection, admin)
        note(
            centre, connection, "users.recover", who=None, subject=f"user {name}", why=why,
            **told_of(admin),
        )  # fmt: skip
    click.echo(
        f"user {name} is admin from now on, made past all users; the audit log tells of it, and "
        "check tells every admin for 30 days",
        err=True,
    )


def recovered(centre: Centre, connection: Connection) -> str | None:
    """Return what `check` has to say of a recovery, as long as it is young."""
    last = audit.last(connection, "users.recover")
    if last is None or centre.now() - last > RECOVERED_FOR:
        return None
    when = last.astimezone(centre.config.zone)
    return (
        f"somebody was made admin past all users at {when:%Y-%m-%d %H:%M}; see hadir-ingest "
        "audit list"
    )


def _require_owner(centre: Centre, connection: Connection) -> None:
    """Raise Refused for who could not write into the store by other means, too."""
    account = centre.acting.account
    if account.root or (not account.sudo and _owns(connection)):
        return
    raise Refused(
        "only root, or who owns the store and did not come by sudo, makes an admin past all users"
    )


def _owns(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return store.owns_the_store(connection)
    return Path(str(connection.engine.url.database)).stat().st_uid == os.getuid()
