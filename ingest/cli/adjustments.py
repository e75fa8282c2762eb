"""Adjustments: what a person adds to, or takes out of, what terminals told; punches stay."""

from dataclasses import asdict
from datetime import date, datetime

import click
from sqlalchemy import Connection, select

from ingest.cli import scope, verdicts
from ingest.cli.acting import (
    NUMBER,
    decisions,
    grounds,
    note,
    on_grounds,
    require_seal,
    trusted_root,
)
from ingest.cli.context import Centre, pass_centre
from ingest.cli.oneself import bearers, refuse_own
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.store import adjustments as store
from ingest.store import sealed
from ingest.store.sealed import Head
from ingest.store.tables import adjustments as table

LOCAL = click.DateTime(["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def adjustments() -> None:
    """Touches that were added, punches that must not count."""


@adjustments.command("add-touch")
@click.option("--nip", required=True, help="Of whom.")
@click.option("--at", "at", type=LOCAL, required=True, help="When, by the clock of the office.")
@on_grounds
@pass_centre
def add_touch(
    centre: Centre, nip: str, at: datetime, who: str, why: str, letter: str | None
) -> None:
    """Add a touch that no terminal told of.

    \b
    Example:
        hadir-ingest adjustments add-touch --nip 198609262015051001 --at "2026-03-02 07:25" \\
            --why "mesin mati, hadir menurut daftar" --letter 800/12/BKPSDM --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        digits = known_nip(connection, nip, (at.date(), at.date()))
        refuse_own(connection, [digits], "touches")
        made = store.add_touch(
            connection,
            seal,
            grounds(who, why, letter),
            nip=digits,
            local_time=at,
            now=centre.now(),
            zone=centre.config.zone,
        )
        _note(centre, connection, "add-touch", made, who, f"nip {digits}", at)
    click.echo(f"adjustment {made.number}: a touch at {at:%Y-%m-%d %H:%M:%S} counts from now on")


@adjustments.command("void")
@click.option("--terminal", required=True, help="Serial number.")
@click.option("--user-id", required=True, help="As the terminal told it.")
@click.option("--time", "at", type=LOCAL, required=True, help="As the terminal told it.")
@on_grounds
@pass_centre
def void_punch(
    centre: Centre,
    terminal: str,
    user_id: str,
    at: datetime,
    who: str,
    why: str,
    letter: str | None,
) -> None:
    """Say that a stored punch must not count.

    \b
    Example:
        hadir-ingest adjustments void --terminal CKJ1234567 --user-id 12 \\
            --time "2026-03-02 10:04:11" --why "uji coba teknisi" --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        scope.require_terminal(connection, terminal)
        refuse_own(connection, bearers(connection, terminal, user_id, at.date()), "touches")
        made = store.void(
            connection,
            seal,
            grounds(who, why, letter),
            terminal=terminal,
            user_id=user_id,
            local_time=at,
            now=centre.now(),
        )
        _note(centre, connection, "void", made, who, f"terminal {terminal}", at, user_id=user_id)
    click.echo(f"adjustment {made.number}: that punch counts no longer, and stays stored")


@adjustments.command("withdraw")
@click.argument("number", type=NUMBER)
@on_grounds
@pass_centre
def withdraw(centre: Centre, number: int, who: str, why: str, letter: str | None) -> None:
    """Take back an adjustment; both rows stay.

    \b
    Example:
        hadir-ingest adjustments withdraw 3 --why "salah pegawai" --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        _require_own(connection, number)
        made = store.withdraw(connection, seal, grounds(who, why, letter), number, now=centre.now())
        _note(centre, connection, "withdraw", made, who, f"adjustment {number}", None)
    click.echo(f"adjustment {number} counts no longer, by adjustment {made.number}")


@adjustments.command("list")
@click.option("--nip", help="Only touches of this person.")
@click.option("--office", help="Only of this office.")
@click.option("--from", "since", type=DAY, help="First day.")
@click.option("--until", type=DAY, help="Last day.")
@as_json
@pass_centre
def list_adjustments(
    centre: Centre,
    nip: str | None,
    office: str | None,
    since: date | None,
    until: date | None,
    as_json: bool,
) -> None:
    """List adjustments, and what each is worth now.

    \b
    Example:
        hadir-ingest adjustments list --office 4.01.01 --from 2026-03-01
    """
    span = (day_of(since), day_of(until))
    with centre.reading() as connection:
        office = asked_office(connection, office)
        digits = None if nip is None else known_nip(connection, nip, span)
        found = store.find(
            connection,
            root=trusted_root(centre),
            nip=digits,
            office=office,
            first=span[0],
            last=span[1],
        )
        people = [one.nip or f"{one.terminal} {one.user_id}" for one in found]
        subject = f"nip {digits}" if digits else scope.of_office(office)
        scope.tell_read(centre, subject, people, since=span[0], until=span[1])
    columns = (
        "number", "kind", "worth", "nip", "terminal", "user_id", "local_time", "who", "why",
        "letter",
    )  # fmt: skip
    show([asdict(one) for one in found], columns, as_json=as_json)


@adjustments.command("verify")
@pass_centre
def verify_adjustments(centre: Centre) -> None:
    """Tell whether an adjustment was changed, removed or forged.

    \b
    Example:
        hadir-ingest adjustments verify
    """
    with centre.reading() as connection:
        faults = store.faults(connection, trusted_root(centre))
        verdicts.tell("adjustment", faults, sealed.head(connection, table))


def _note(
    centre: Centre,
    connection: Connection,
    what: str,
    made: Head,
    who: str,
    subject: str,
    at: datetime | None,
    **details: object,
) -> None:
    note(
        centre,
        connection,
        f"adjustments.{what}",
        who=who,
        subject=subject,
        decisions=decisions(made),
        **details,
        **({} if at is None else {"at": at.isoformat()}),
    )


def _require_own(connection: Connection, number: int) -> None:
    """Raise OutOfScope for an adjustment of another office's, Refused for one of who acts."""
    columns = (table.c.nip, table.c.local_day, table.c.terminal, table.c.user_id)
    row = connection.execute(select(*columns).where(table.c.id == number)).one_or_none()
    if row is None:
        scope.ask()
    elif row.nip is not None:
        scope.require_person(connection, row.nip, row.local_day, row.local_day)
        refuse_own(connection, [row.nip], "touches")
    else:
        scope.require_terminal(connection, row.terminal)
        whose = bearers(connection, row.terminal, row.user_id, row.local_day)
        refuse_own(connection, whose, "touches")
