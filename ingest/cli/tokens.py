"""Tokens: what lets a program ask by HTTP, for one role."""

from datetime import date, datetime, time, timedelta

import click

from ingest import tokens as keys
from ingest.cli.acting import NUMBER, Words, by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.cli.show import as_json, show
from ingest.roles import PEOPLES, Role
from ingest.store import access as store


@click.group()
def tokens() -> None:
    """Tokens of programs that ask by HTTP."""


@tokens.command("add")
@click.argument("name", type=Words(200))
@click.option(
    "--role",
    type=click.Choice([one.value for one in PEOPLES]),
    required=True,
    help="admin: everything; operator: people and decisions; auditor: look and verify; "
    "reader: look.",
)
@click.option("--until", type=DAY, help="Last day it may be used (default: no last day).")
@by(required=True)
@pass_centre
def add_token(centre: Centre, name: str, role: str, until: date | None, who: str) -> None:
    """Make a token and print it, this once.

    \b
    Example:
        hadir-ingest tokens add "dasbor BKPSDM" --role auditor --by "Kepala BKPSDM"
    """
    last = day_of(until)
    if last is not None and last < centre.today():
        raise click.UsageError(f"--until {last} lies in the past")
    with centre.writing() as connection:
        made, text = keys.issue(
            connection,
            name=name,
            role=Role(role),
            now=centre.now(),
            expires_at=None if last is None else _end_of(last, centre),
        )
        note(
            centre,
            connection,
            "tokens.add",
            who=who,
            subject=f"token {made.id}",
            name=name,
            role=role,
            until=None if last is None else last.isoformat(),
        )
    click.echo(text)
    click.echo(f"token {made.id} ({name}) acts as {role}; it is not shown again", err=True)


@tokens.command("list")
@as_json
@pass_centre
def list_tokens(centre: Centre, as_json: bool) -> None:
    """List tokens; what is in them is kept nowhere.

    \b
    Example:
        hadir-ingest tokens list
    """
    with centre.reading() as connection:
        found = store.find_all(connection)
    columns = ("id", "name", "role", "created_at", "expires_at", "revoked_at")
    show([{one: getattr(row, one) for one in columns} for row in found], columns, as_json=as_json)


@tokens.command("revoke")
@click.argument("number", type=NUMBER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=True)
@pass_centre
def revoke_token(centre: Centre, number: int, yes: bool, who: str) -> None:
    """Refuse a token from now on.

    \b
    Example:
        hadir-ingest tokens revoke 3 --by "Kepala BKPSDM"
    """
    if not yes:
        click.confirm(f"refuse token {number} from now on?", abort=True, err=True)
    with centre.writing() as connection:
        revoked = store.revoke(connection, number, now=centre.now())
        note(
            centre, connection, "tokens.revoke", who=who, subject=f"token {number}",
            name=revoked.name,
        )  # fmt: skip
    click.echo(f"token {number} ({revoked.name}) is refused from now on", err=True)


def _end_of(day: date, centre: Centre) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), centre.config.zone)
