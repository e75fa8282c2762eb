"""Users: who may give commands here, in which role, and for which office."""

import pwd
from dataclasses import asdict
from typing import Any

import click

from ingest.cli.acting import Words, by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.named import ACCOUNT, UserName, UserNip, account_of, told_of
from ingest.cli.people import require_office
from ingest.cli.recovery import recover
from ingest.cli.show import as_json, show
from ingest.errors import Refused
from ingest.identity import User
from ingest.roles import PEOPLES, Role
from ingest.store import users as store
from ingest.store.people import find_offices

NOBODY_YET = (
    "no user is registered: whoever can run this command acts as admin; register yourself by "
    "hadir-ingest users add"
)
_ROLES = click.Choice([one.value for one in PEOPLES])
_NIP = UserNip()


@click.group()
def users() -> None:
    """Who may give commands here, and in which role."""


@users.command("add")
@click.argument("name", type=UserName())
@click.option("--full-name", type=Words(200), required=True, help="As letters name this person.")
@click.option(
    "--role",
    type=_ROLES,
    required=True,
    help="admin: everything; operator: one office; auditor: look and verify; reader: look.",
)
@click.option("--office", help="The only office this user sees.")
@click.option("--os-user", type=ACCOUNT, help="The account hadir-ingest runs as.")
@click.option("--sudo-user", type=ACCOUNT, help="Who becomes that account by sudo, if many do.")
@click.option("--nip", type=_NIP, help="Of this user: nobody decides on his own days and cases.")
@by(required=False)
@pass_centre
def add_user(
    centre: Centre,
    name: str,
    full_name: str,
    role: str,
    office: str | None,
    os_user: str | None,
    sudo_user: str | None,
    nip: str | None,
    who: str | None,
) -> None:
    """Register a user.

    The first one is an admin. From then on an account that is nobody's is refused.

    \b
    Example:
        hadir-ingest users add siti --full-name "Siti Aminah" --role operator \\
            --office 4.01.01 --os-user hadir --sudo-user siti --nip 199001012025212002
    """
    account = account_of(os_user, sudo_user)
    made = User(name, full_name, Role(role), office, account, centre.now(), None, nip)
    _require_sense(made)
    with centre.writing() as connection:
        require_office(find_offices(connection), office)
        store.add(connection, made)
        note(centre, connection, "users.add", who=who, subject=f"user {name}", **told_of(made))
    click.echo(f"user {name} is {role}" + (f" of office {office}" if office else ""))
    _warn_of_unknown(os_user, sudo_user)


@users.command("set")
@click.argument("name", type=UserName())
@click.option("--full-name", type=Words(200), help="As letters name this person.")
@click.option("--role", type=_ROLES, help="Another role.")
@click.option("--office", help="The only office this user sees.")
@click.option("--every-office", is_flag=True, help="This user sees every office.")
@click.option("--os-user", type=ACCOUNT, help="The account hadir-ingest runs as.")
@click.option("--sudo-user", type=ACCOUNT, help="Who becomes that account by sudo, if many do.")
@click.option("--nip", type=_NIP, help="Of this user: nobody decides on his own days and cases.")
@click.option("--no-nip", is_flag=True, help="This user is no civil servant.")
@by(required=False)
@pass_centre
def set_user(
    centre: Centre,
    name: str,
    full_name: str | None,
    role: str | None,
    office: str | None,
    every_office: bool,
    os_user: str | None,
    sudo_user: str | None,
    nip: str | None,
    no_nip: bool,
    who: str | None,
) -> None:
    """Change what a user may do, or by which account.

    \b
    Example:
        hadir-ingest users set siti --role auditor --every-office
    """
    if office is not None and every_office:
        raise click.UsageError("--office and --every-office exclude each other")
    if nip is not None and no_nip:
        raise click.UsageError("--nip and --no-nip exclude each other")
    wanted = {"full_name": full_name, "role": role, "office": office, "nip": nip}
    values: dict[str, Any] = {key: one for key, one in wanted.items() if one is not None}
    if every_office:
        values["office"] = None
    if no_nip:
        values["nip"] = None
    if os_user is not None or sudo_user is not None:
        values["os_user"] = account_of(os_user, sudo_user)
    if not values:
        raise click.UsageError("say what to change")
    with centre.writing() as connection:
        if office is not None:
            require_office(find_offices(connection), office)
        became = store.change(connection, name, **values)
        _require_sense(became)
        note(centre, connection, "users.set", who=who, subject=f"user {name}", **told_of(became))
    of = f" of office {became.office}" if became.office else ""
    click.echo(f"user {name} is {became.role}{of}, by the account {became.os_user or 'of nobody'}")
    _warn_of_unknown(os_user, sudo_user)


@users.command("list")
@as_json
@pass_centre
def list_users(centre: Centre, as_json: bool) -> None:
    """List every user there ever was.

    \b
    Example:
        hadir-ingest users list
    """
    with centre.reading() as connection:
        found = store.find_all(connection)
    if not found:
        click.echo(NOBODY_YET, err=True)
    columns = ("name", "full_name", "role", "office", "os_user", "nip", "created_at", "ended_at")
    show([asdict(one) for one in found], columns, as_json=as_json)


@users.command("end")
@click.argument("name", type=UserName())
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def end_user(centre: Centre, name: str, yes: bool, who: str | None) -> None:
    """Let a user do nothing from now on; the name stays theirs.

    \b
    Example:
        hadir-ingest users end siti
    """
    if not yes:
        click.confirm(f"let user {name} do nothing from now on?", abort=True, err=True)
    with centre.writing() as connection:
        ended = store.change(connection, name, ended_at=centre.now())
        note(centre, connection, "users.end", who=who, subject=f"user {name}", **told_of(ended))
    click.echo(f"user {name} may do nothing here from now on")


def _require_sense(user: User) -> None:
    if user.role is Role.OPERATOR and user.office is None:
        raise Refused("an operator is of one office; name it by --office")
    if user.role in (Role.ADMIN, Role.AUDITOR) and user.office is not None:
        raise Refused(f"the role {user.role} sees every office; leave out the office")


def _warn_of_unknown(*accounts: str | None) -> None:
    for one in accounts:
        try:
            if one is not None:
                pwd.getpwnam(one)
        except KeyError:
            click.echo(f"warning: this computer knows no account {one}", err=True)


users.add_command(recover)
