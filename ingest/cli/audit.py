"""The audit log: who did what, and whether the log itself is whole."""

from datetime import date, datetime, time

import click

from ingest.cli import verdicts
from ingest.cli.acting import MAX_NUMBER, NUMBER
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.cli.show import as_json, show
from ingest.store import audit as store
from ingest.store.sealed import Head


@click.group()
def audit() -> None:
    """Who did what; nothing can change it."""


@audit.command("list")
@click.option("--subject", help="Only what was done to this, as the list names it.")
@click.option("--by", "who", help="Only what this name, user or account did.")
@click.option("--since", type=DAY, help="First day.")
@click.option("--limit", type=NUMBER, default=200, show_default=True, help="How many at most.")
@as_json
@pass_centre
def list_lines(
    centre: Centre,
    subject: str | None,
    who: str | None,
    since: date | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what was done, the newest last.

    \b
    Example:
        hadir-ingest audit list --since 2026-03-01
    """
    first = day_of(since)
    begin = None if first is None else datetime.combine(first, time(), centre.config.zone)
    with centre.reading() as connection:
        found = store.find(connection, subject=subject, who=who, since=begin, newest=limit + 1)
    if len(found) > limit:
        click.echo(f"the newest {limit}; there are more (--limit)", err=True)
    columns = ("id", "at", "who", "actor", "os_user", "role", "what", "subject", "details")
    rows = [{name: getattr(one, name) for name in columns} for one in found[-limit:]]
    if not as_json:
        rows = [row | {"details": dump(row["details"])} for row in rows]
    show(rows, columns, as_json=as_json)


@audit.command("verify")
@click.option("--head", "kept", help="A last row, as an earlier verify told it: NUMBER:DIGEST.")
@pass_centre
def verify_log(centre: Centre, kept: str | None) -> None:
    """Tell whether a line was changed, removed or put in.

    The last lines can be cut off unseen by the log alone: keep what verify tells as the last row
    elsewhere, and give it by --head the next time.

    \b
    Example:
        hadir-ingest audit verify
    """
    known = None if kept is None else _head(kept)
    with centre.reading() as connection:
        verdicts.tell("line", store.faults(connection, known), store.head(connection))


def _head(text: str) -> Head:
    number, _, digest = text.partition(":")
    try:
        found = Head(int(number), bytes.fromhex(digest))
    except ValueError:
        found = Head(0, b"")
    if not 1 <= found.number <= MAX_NUMBER or len(found.digest) != 32:
        raise click.BadParameter(
            "expected NUMBER:DIGEST, as audit verify told it", param_hint="--head"
        )
    return found
