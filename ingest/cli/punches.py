"""Stored punches, and records that could not be punches: look and export."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.show import as_json, show, show_csv
from ingest.errors import NotKnown
from ingest.nip import NipFault, read_nip
from ingest.store import lookup
from ingest.store.people import find_people
from ingest.store.terminals import find_terminals

_PUNCH = (
    "office", "terminal", "user_id", "local_time", "state", "verify", "work_code", "source", "nip",
    "doubt", "clock_offset_s", "read_at", "received_at",
)  # fmt: skip
_SHORT = (
    "office",
    "terminal",
    "user_id",
    "local_time",
    "state",
    "verify",
    "source",
    "nip",
    "doubt",
)
_BAD = (
    "office", "terminal", "kind", "reason", "user_id", "near_from", "near_until", "source",
    "read_at", "received_at", "raw",
)  # fmt: skip
_SHORT_BAD = ("office", "terminal", "kind", "reason", "user_id", "near_from", "near_until", "raw")


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--bad", is_flag=True, help="Records that could not be punches instead."),
        click.option("--doubtful", is_flag=True, help="Only punches whose time is not believed."),
        click.option("--until", type=DAY, help="Last day, by the terminal's clock."),
        click.option("--from", "since", type=DAY, help="First day, by the terminal's clock."),
        click.option("--user-id", help="Only this user id."),
        click.option("--nip", help="Only this person."),
        click.option("--terminal", help="Only this serial number."),
        click.option("--office", help="Only this office."),
    ):
        command = option(command)
    return command


@click.group()
def punches() -> None:
    """The stored punches; nothing can change them."""


@punches.command("list")
@_filters
@click.option(
    "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="How many at most."
)
@as_json
@pass_centre
def list_punches(centre: Centre, /, limit: int, as_json: bool, bad: bool, **filters: Any) -> None:
    """List the newest punches.

    \b
    Example:
        hadir-ingest punches list --office 4.01.01 --from 2026-03-02
    """
    with centre.reading() as connection:
        rows = list(_rows(connection, bad, limit + 1, **filters))
        _tell(centre, (_who(row) for row in rows[:limit]), **filters)
    if len(rows) > limit:
        click.echo(f"the newest {limit}; there are more (--limit, or punches export)", err=True)
    show(rows[:limit], _SHORT_BAD if bad else _SHORT, as_json=as_json)


@punches.command("export")
@_filters
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="CSV for spreadsheets, or one JSON object a line with the raw record in it.",
)
@pass_centre
def export_punches(centre: Centre, /, form: str, bad: bool, **filters: Any) -> None:
    """Print every punch, oldest first, however many there are.

    \b
    Example:
        hadir-ingest punches export --from 2026-03-01 --until 2026-03-31 > maret.csv
    """
    # closed before its connection, also when whoever reads our output has enough of it
    with centre.reading() as connection, closing(_rows(connection, bad, None, **filters)) as rows:
        # told before anything is printed, when nobody can know yet of how many people it will be
        _tell(centre, None, **filters)
        if form == "csv":
            show_csv(rows, _BAD if bad else _PUNCH)
        else:
            for row in rows:
                click.echo(dump(row))


def _rows(
    connection: Connection,
    bad: bool,
    newest: int | None,
    *,
    office: str | None,
    terminal: str | None,
    nip: str | None,
    user_id: str | None,
    since: date | None,
    until: date | None,
    doubtful: bool,
) -> Generator[dict[str, object]]:
    if bad and (nip or since or until or doubtful):
        raise click.UsageError("--bad goes with --office, --terminal and --user-id only")
    office = asked_office(connection, office)
    if terminal is not None and terminal not in find_terminals(connection):
        raise NotKnown(f'no terminal "{terminal}"; "hadir-ingest terminals list" shows the known')
    wanted = lookup.Filter(
        office=office,
        terminal=terminal,
        user_id=user_id,
        nip=known_nip(connection, nip, (day_of(since), day_of(until))) if nip is not None else None,
        first=day_of(since),
        last=day_of(until),
        doubtful=doubtful,
    )
    if bad:
        return _plain(lookup.stream_bad_records(connection, wanted, newest=newest))
    return _plain(lookup.stream_punches(connection, wanted, newest=newest))


def _plain(
    stored: Generator[lookup.StoredPunch] | Generator[lookup.StoredBadRecord],
) -> Generator[dict[str, object]]:
    with closing(stored):
        for one in stored:
            yield asdict(one)


def _who(row: dict[str, object]) -> str:
    """Return whom a row is of, as far as it says."""
    return str(row.get("nip") or f"{row['terminal']} {row['user_id']}")


def _tell(centre: Centre, people: Iterable[str] | None, **filters: Any) -> None:
    """Write what is asked for into the audit log."""
    nip, office = filters.pop("nip"), scope.narrow(filters.pop("office"))
    subject = f"nip {''.join(nip.split())}" if nip else scope.of_office(office)
    days = {name: day_of(filters.pop(name)) for name in ("since", "until")}
    asked = {name: value for name, value in filters.items() if value}
    scope.tell_read(centre, subject, people, **days, **asked)


def known_nip(
    connection: Connection, text: str, span: tuple[date | None, date | None] | None = None
) -> str:
    """Return the digits of a person's NIP. Raises NotKnown, OutOfScope.

    Who has one office only asks for people who serve there on a day of `span`: today, if it is not
    given; without an end where that is None.
    """
    try:
        nip = read_nip(text).digits
    except NipFault as error:
        raise NotKnown(str(error)) from error
    scope.require_person(connection, nip, *(span or (scope.current().today(),) * 2))
    if nip not in find_people(connection):
        raise NotKnown('nobody has this NIP; "hadir-ingest people list" shows the known')
    return nip
