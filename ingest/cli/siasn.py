"""BKN's personnel system: read, compared, and taken over where somebody says so."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

import click
from sqlalchemy import Connection

from ingest import excuse_types
from ingest.cli import scope
from ingest.cli.acting import MAX_CHANGES, Words, by, decisions, grounds, note, require_seal
from ingest.cli.context import Centre, pass_centre
from ingest.cli.excuse_import import ACCEPT
from ingest.cli.oneself import own_nips
from ingest.cli.show import as_json, show, show_csv
from ingest.cli.siasn_access import open_client, progress, require_access
from ingest.cli.siasn_pull import NIPS, pull_people, read_nips
from ingest.cli.siasn_push import push_sanction, pushes, settle
from ingest.cli.siasn_units import units
from ingest.errors import Refused
from ingest.siasn import applying
from ingest.siasn.changes import Change, Field, digest, narrow
from ingest.siasn.comparing import compare, read_units
from ingest.store import siasn as store

_COLUMNS = ("nip", "name", "field", "old", "new", "office", "first", "last", "letter", "because")
_ONLY = click.option(
    "--only", "fields", multiple=True, type=click.Choice([one.value for one in Field]),
    help="Only changes of this field (may be repeated).",
)  # fmt: skip


@click.group()
def siasn() -> None:
    """BKN's personnel system: read, compare, take over."""


@siasn.command("status")
@click.option(
    "--try", "trying", is_flag=True, help="Log in there, to see whether the keys are good."
)
@pass_centre
def status(centre: Centre, trying: bool) -> None:
    """Tell which system is asked, and how far a reading came.

    \b
    Example:
        hadir-ingest siasn status --try
    """
    access = require_access(centre)
    click.echo(f"system: {access.mode} ({access.hosts.api})")
    click.echo(f"sanctions may be sent: {'yes' if access.push_sanctions else 'no'}")
    if trying:
        with closing(open_client(centre, access)) as client:
            client.check()
        click.echo("login: both tokens were given")
    with centre.reading() as connection:
        last = store.find_last(connection)
        click.echo("reading: none yet" if last is None else progress(connection, last))
        orphans = read_units(connection).orphans()
    if orphans:
        click.echo(
            f"{len(orphans)} units lie below one that BKN did not tell, such as "
            f"{orphans[0].unit}: its list has holes; read the units again",
            err=True,
        )


@siasn.command("diff")
@_ONLY
@NIPS
@click.option("--csv", "as_csv", is_flag=True, help="Print a file for a spreadsheet.")
@as_json
@pass_centre
def diff(
    centre: Centre, fields: tuple[str, ...], nips: tuple[str, ...], as_csv: bool, as_json: bool
) -> None:
    """Show what BKN's rows would change here.

    One row a person and field, old and new. It changes nothing; the digest it ends with does, by
    siasn apply.

    \b
    Example:
        hadir-ingest siasn diff --only office
    """
    with centre.reading() as connection:
        changes = _changes(centre, connection, fields, nips)
        last = store.find_last(connection)
        left = {} if last is None else store.count_tasks(connection, last.id)
        scope.tell_read(centre, "every office", [one.nip for one in changes])
    rows = [asdict(one) for one in changes]
    show_csv(rows, _COLUMNS) if as_csv else show(rows, _COLUMNS, as_json=as_json)
    notes = sum(one.field is Field.NOTE for one in changes)
    click.echo(f"{len(changes) - notes} changes, {notes} notes", err=True)
    if missing := left.get(store.FAILED, 0) + left.get(store.WAITING, 0):
        click.echo(f"{missing} questions of the last reading were not answered", err=True)
    if len(changes) > notes:
        options = "".join(f" --only {one}" for one in fields) + "".join(" --nip ..." for _ in nips)
        click.echo(f"to do them: hadir-ingest siasn apply {digest(changes)}{options}", err=True)


def _changes(
    centre: Centre, connection: Connection, fields: Sequence[str], nips: Sequence[str]
) -> list[Change]:
    wanted = read_nips(nips, "--nip") if nips else None
    types = excuse_types.load(centre.config.excuses)
    return narrow(compare(connection, types, wanted), fields, wanted or ())


@siasn.command("apply")
@click.argument("shown")
@_ONLY
@NIPS
@click.option("--approver", type=Words(200), help="Who approved the excuses.")
@click.option("--why", type=Words(500), default="data BKN", show_default=True,
              help="Why, for who asks later.")  # fmt: skip
@click.option("--letter", type=Words(200), help="The letter it rests on.")
@by(required=True)
@ACCEPT
@pass_centre
def apply(
    centre: Centre,
    shown: str,
    fields: tuple[str, ...],
    nips: tuple[str, ...],
    approver: str | None,
    why: str,
    letter: str | None,
    who: str,
    accepted: str | None,
) -> None:
    """Do what siasn diff showed, and nothing else.

    It is named by its digest, and the same options are given. Refused if anything differs by now.
    All of it is done, or nothing.

    \b
    Example:
        hadir-ingest siasn apply 3f9c0a1b2c3d4e5f --only office
    """
    with centre.writing() as connection:
        applying.hold(connection)
        changes = _changes(centre, connection, fields, nips)
        applying.require_shown(changes, shown)
        yes = None
        if any(one.field is Field.EXCUSE for one in changes):
            if approver is None:
                raise Refused("among them are excuses: name by --approver who approved them")
            yes = applying.Yes(
                require_seal(centre), grounds(who, why, letter), approver, accepted or "",
                excuse_types.load(centre.config.excuses), own_nips(connection),
            )  # fmt: skip
        applied = applying.apply(
            connection, changes, yes=yes, now=centre.now(), today=centre.today()
        )
        note(
            centre, connection, "siasn.apply", who=who, subject=f"diff {shown}", why=why,
            letter=letter or "", changes=list(applied.done[:MAX_CHANGES]),
            changes_not_told=max(0, len(applied.done) - MAX_CHANGES),
            decisions=decisions(*applied.heads),
        )  # fmt: skip
    for warning in applied.warnings:
        click.echo(f"warning: {warning}", err=True)
    for one in applied.done:
        click.echo(one)
    click.echo(f"{len(applied.done)} changes done")


for _one in (pull_people, units, push_sanction, pushes, settle):
    siasn.add_command(_one)
