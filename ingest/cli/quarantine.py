"""The quarantine: punches whose time is not believed, records that cannot be punches."""

from dataclasses import asdict
from datetime import datetime

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
from ingest.cli.adjustments import LOCAL
from ingest.cli.context import Centre, pass_centre
from ingest.cli.oneself import bearers, refuse_own
from ingest.cli.people import asked_office
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown, Refused
from ingest.store import refused, sealed
from ingest.store import resolutions as store
from ingest.store.quarantine import PUNCH, Waiting, find_waiting
from ingest.store.tables import bad_records
from ingest.store.tables import resolutions as table


@click.group()
def quarantine() -> None:
    """What is not believed until somebody decides."""


@quarantine.command("list")
@click.option("--office", help="Only this office.")
@click.option("--terminal", help="Only this serial number.")
@as_json
@pass_centre
def list_waiting(centre: Centre, office: str | None, terminal: str | None, as_json: bool) -> None:
    """List doubtful punches and bad records that wait.

    They keep days from being judged. So do rows that were refused here and lie at a bridge since:
    each is told with what can be done about it.

    \b
    Example:
        hadir-ingest quarantine list --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = find_waiting(
            connection, office=office, terminal=terminal, root=trusted_root(centre)
        )
        kept = refused.find(connection, office=office, terminal=terminal)
        people = [f"{one.terminal} {one.user_id}" for one in found]
        people += [f"{one.terminal} {one.user_id}" for one in kept]
        scope.tell_read(centre, scope.of_office(office), people, terminal=terminal)
    rows = [asdict(one) | {"then": "hadir-ingest quarantine resolve"} for one in found]
    rows += [asdict(one) | {"kind": "refused", "after_at": None} for one in kept]
    columns = (
        "kind", "office", "terminal", "user_id", "local_time", "record", "why", "after_at",
        "read_at", "then",
    )  # fmt: skip
    show(rows, columns, as_json=as_json)


@quarantine.command("resolve")
@click.option("--terminal", help="Serial number: of a punch, or with --every.")
@click.option("--user-id", help="As the terminal told it.")
@click.option("--time", "at", type=LOCAL, help="As the terminal told it.")
@click.option("--record", help="Instead: the id of a bad record.")
@click.option("--every", is_flag=True, help="All that waits and fits, if it is more than one.")
@click.option("--accept", "verdict", flag_value=store.ACCEPT, help="It counts at its time.")
@click.option("--reject", "verdict", flag_value=store.REJECT, help="It does not count.")
@on_grounds
@pass_centre
def resolve(
    centre: Centre,
    terminal: str | None,
    user_id: str | None,
    at: datetime | None,
    record: str | None,
    every: bool,
    verdict: str | None,
    who: str,
    why: str,
    letter: str | None,
) -> None:
    """Decide on what waits; no day waits for it any more.

    A touch that really came at another time is rejected here, and added by adjustments add-touch.

    \b
    Example:
        hadir-ingest quarantine resolve --terminal CKJ1234567 --user-id 12 \\
            --time "2000-01-01 00:04:11" --reject --why "jam mesin mati" --by "Kepala BKPSDM"
    """
    if verdict is None:
        raise click.UsageError("say --accept or --reject")
    if record is None and terminal is None:
        raise click.UsageError("name a punch by --terminal, --user-id and --time, or a --record")
    if record is not None and (user_id is not None or at is not None):
        raise click.UsageError("--record goes without --user-id and --time")
    seal = require_seal(centre)
    with centre.writing() as connection:
        waiting = find_waiting(connection, terminal=terminal, root=trusted_root(centre))
        chosen = _chosen(waiting, user_id, at, record, every=every, verdict=verdict)
        scope.require_own(*(one.office for one in chosen))
        for one in chosen:
            at = one.local_time or one.near_from or one.read_at
            _refuse_own(connection, one.terminal, one.user_id, at)
        made = store.resolve(
            connection,
            seal,
            grounds(who, why, letter),
            chosen,
            verdict,
            now=centre.now(),
            zone=centre.config.zone,
            clock_limit_s=centre.config.clock_limit_s,
        )
        note(
            centre,
            connection,
            "quarantine.resolve",
            who=who,
            subject=f"terminal {chosen[0].terminal}",
            verdict=verdict,
            decisions=decisions(*made),
        )
    for one, head in zip(chosen, made, strict=True):
        click.echo(f"resolution {head.number}: {verdict} {_name(one)}")


@quarantine.command("reopen")
@click.argument("number", type=NUMBER)
@on_grounds
@pass_centre
def reopen(centre: Centre, number: int, who: str, why: str, letter: str | None) -> None:
    """Take back a resolution, of coverage too; both rows stay.

    \b
    Example:
        hadir-ingest quarantine reopen 3 --why "salah mesin" --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    with centre.writing() as connection:
        _require_own(connection, number)
        made = store.reopen(
            connection,
            seal,
            grounds(who, why, letter),
            number,
            now=centre.now(),
            zone=centre.config.zone,
            clock_limit_s=centre.config.clock_limit_s,
        )
        note(
            centre, connection, "quarantine.reopen", who=who, subject=f"resolution {number}",
            decisions=decisions(made),
        )  # fmt: skip
    click.echo(f"resolution {number} counts no longer, by resolution {made.number}")


@quarantine.command("resolved")
@click.option("--office", help="Only of this office's terminals.")
@as_json
@pass_centre
def list_resolutions(centre: Centre, office: str | None, as_json: bool) -> None:
    """List what was decided, and what each is worth now.

    \b
    Example:
        hadir-ingest quarantine resolved --office 4.01.01
    """
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = store.find(connection, office=office, root=trusted_root(centre))
        people = [f"{one.terminal} {one.user_id}" for one in found if one.user_id]
        scope.tell_read(centre, scope.of_office(office), people)
    columns = (
        "number", "kind", "verdict", "worth", "terminal", "user_id", "local_time", "record",
        "since", "until", "who", "why",
    )  # fmt: skip
    show([asdict(one) for one in found], columns, as_json=as_json)


@quarantine.command("verify")
@pass_centre
def verify_resolutions(centre: Centre) -> None:
    """Tell whether a resolution was changed, removed or forged.

    \b
    Example:
        hadir-ingest quarantine verify
    """
    with centre.reading() as connection:
        faults = store.faults(connection, trusted_root(centre))
        verdicts.tell("resolution", faults, sealed.head(connection, table))


def _chosen(
    waiting: list[Waiting],
    user_id: str | None,
    at: datetime | None,
    record: str | None,
    *,
    every: bool,
    verdict: str,
) -> list[Waiting]:
    """Return what the options name. Raises NotKnown, Refused."""
    found = [
        one
        for one in waiting
        if (record is None or one.record == record)
        and (user_id is None or one.user_id == user_id)
        and (at is None or one.local_time == at)
        # a bad record is no punch that could be accepted: --every leaves it where it is
        and (record is not None or verdict == store.REJECT or one.kind == PUNCH)
    ]
    if not found:
        raise NotKnown("nothing of the kind waits; see hadir-ingest quarantine list")
    if len(found) > 1 and not every:
        raise Refused(f"{len(found)} fit; name one, or say --every to decide on all of them")
    return found


def _name(one: Waiting) -> str:
    if one.local_time is None:
        return f"bad record {one.record} of terminal {one.terminal}"
    return f"{one.terminal} user id {one.user_id} at {one.local_time:%Y-%m-%d %H:%M:%S}"


def _require_own(connection: Connection, number: int) -> None:
    """Raise OutOfScope for a resolution of another office's terminal, Refused for the own punch."""
    columns = (table.c.terminal, table.c.user_id, table.c.local_time)
    row = connection.execute(
        select(*columns, bad_records.c.near_from, bad_records.c.read_at)
        .outerjoin(bad_records, bad_records.c.id == table.c.record)
        .where(table.c.id == number)
    ).one_or_none()
    if row is None or row.terminal is None:
        scope.ask()
        return
    scope.require_terminal(connection, row.terminal)
    at = row.local_time or row.near_from or row.read_at
    if at is not None:
        _refuse_own(connection, row.terminal, row.user_id, at)


def _refuse_own(connection: Connection, terminal: str, user_id: str | None, at: datetime) -> None:
    """Raise Refused where whoever acts may be whom a terminal knows by this user id. A record whose
    time cannot be read is taken to be of about when the records beside it were, or it was read."""
    if user_id:
        refuse_own(connection, bearers(connection, terminal, user_id, at.date()), "touches")
