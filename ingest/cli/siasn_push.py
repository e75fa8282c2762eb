"""A decided sanction is told to BKN: asked for by one person, sent by another, once at most."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any, NamedTuple

import click
from sqlalchemy import Connection

from ingest.casework import Dossier
from ingest.cli import scope
from ingest.cli.acting import Words, note
from ingest.cli.case_acting import CASE, WHY, actor, find_own, keeping
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.cli.show import as_json, show
from ingest.cli.siasn_access import open_client, require_access
from ingest.errors import NotKnown, Refused
from ingest.siasn import pushing
from ingest.siasn.faults import SiasnFault
from ingest.siasn.sanctions import MOST_ID, Details, decision_of, make_body
from ingest.siasn.settings import Access
from ingest.store import siasn as staged
from ingest.store import siasn_pushes as store
from ingest.store.cases import StoredCase
from ingest.store.siasn_pushes import Push

_ID = Words(MOST_ID)
_COLUMNS = (
    "case", "event", "attempt", "mode", "nip", "state", "asked_by", "asked_at", "sent_by",
    "sending_at", "ended_at", "told",
)  # fmt: skip


class _Ready(NamedTuple):
    """A sanction that may be sent, and what was tried before."""

    case: StoredCase
    event: int
    mode: str
    body: bytes
    by: str
    before: Push | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def _details(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what BKN wants to know of a sanction besides the decision."""
    for option in (
        click.option("--months", type=click.IntRange(0, 11), default=0, help="And months."),
        click.option("--years", type=click.IntRange(0, 50), default=0, help="Its length in years."),
        click.option("--until", "last", type=DAY, help="Its last day."),
        click.option("--from", "first", type=DAY, required=True, help="The day it takes effect."),
        click.option("--regulation", type=Words(60), required=True,
                     help='Number of its regulation, such as "94 Tahun 2021".'),
        click.option("--standing", type=_ID, required=True, help="BKN's kedudukanHukumId."),
        click.option("--reason", type=_ID, required=True, help="BKN's alasanHukumanDisiplinId."),
        click.option("--sanction", type=_ID, required=True, help="BKN's jenisHukumanId."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command("push-sanction")
@CASE
@_details
@click.option("--yes", is_flag=True, help="Ask for it, or send it where somebody else has asked.")
@pass_centre
def push_sanction(
    centre: Centre, /, number: int, yes: bool, first: date, last: date | None, **told: Any
) -> None:
    """Tell BKN a sanction that was decided and approved here.

    It is shown first. One person asks for it by --yes, another sends it by the same words. It is
    sent once.

    \b
    Example:
        hadir-ingest siasn push-sanction 3 --sanction 12 --reason 5 --standing 1 \\
            --regulation "94 Tahun 2021" --from 2026-06-08 --months 6
    """
    access = require_access(centre)
    if not access.push_sanctions:
        raise Refused("nothing is sent to BKN: push_sanctions in [ingest.siasn] is false")
    details = Details(first=day_of(first) or first, last=day_of(last), **told)
    with centre.writing() as connection:
        ready = _ready(centre, connection, access, number, details)
        _note(centre, connection, ready, ready.before, "shown")
    click.echo(f"to {access.mode} ({access.hosts.api}/hukdis/save), of case {number}:")
    click.echo(ready.body.decode())
    if not yes:
        click.echo("nothing was sent; --yes asks for it, or sends what somebody has asked for")
    elif _is_asked(ready):
        _send(centre, access, ready)
    else:
        _ask(centre, ready)


def _ready(
    centre: Centre, connection: Connection, access: Access, number: int, details: Details
) -> _Ready:
    """Return what would be sent. Raises Refused, NotKnown."""
    case = find_own(connection, number)
    who = actor(centre, connection, case)
    if who.nip == case.nip:
        raise Refused("nobody tells BKN a sanction of their own")
    state = Dossier(connection, keeping(centre), case.person_id, look=True).states[number]
    event, decree = decision_of(state)
    told = staged.find_told(connection, [case.nip])
    body = make_body(decree, told[0].person if told else {}, details)
    before = store.last(connection, number, event, access.mode)
    if before is not None and before.state not in (*store.AGAIN, store.ASKED):
        raise Refused(store.why_not(before))
    return _Ready(case, event, access.mode, body, who.name, before)


def _is_asked(ready: _Ready) -> bool:
    """Say whether somebody else has asked for this very body."""
    before = ready.before
    return (
        before is not None
        and before.state == store.ASKED
        and before.sha256 == ready.sha256
        and before.asked_by != ready.by
    )


def _ask(centre: Centre, ready: _Ready) -> None:
    with centre.writing() as connection:
        push = store.ask(
            connection, case=ready.case.number, event=ready.event, mode=ready.mode,
            nip=ready.case.nip, body=ready.body, sha256=ready.sha256, by=ready.by,
            now=centre.now(),
        )  # fmt: skip
        _note(centre, connection, ready, push, store.ASKED)
    click.echo("asked for; somebody else sends it by the same command")


def _send(centre: Centre, access: Access, ready: _Ready) -> None:
    push = ready.before
    if push is None:
        raise Refused("nobody has asked for it")
    with closing(open_client(centre, access)) as client:
        state, told = pushing.send(
            centre.engine, client, push, by=ready.by, clock=centre.now,
            note=lambda connection, state: _note(centre, connection, ready, push, state),
        )  # fmt: skip
    if state != store.SENT:
        hint = "; look at BKN, and say what you found by siasn settle" * (state == store.UNKNOWN)
        raise SiasnFault(f"{state}: {told}{hint}")
    click.echo(f"sent: {told}")


def _note(
    centre: Centre, connection: Connection, ready: _Ready, push: Push | None, state: str
) -> None:
    note(
        centre, connection, "siasn.push-sanction", who=None, subject=f"nip {ready.case.nip}",
        case=ready.case.number, event=ready.event, mode=ready.mode,
        attempt=None if push is None else push.attempt, state=state, sha256=ready.sha256,
    )  # fmt: skip


@click.command("pushes")
@as_json
@pass_centre
def pushes(centre: Centre, as_json: bool) -> None:
    """List sanctions that were sent to BKN, or were to be.

    \b
    Example:
        hadir-ingest siasn pushes
    """
    with centre.reading() as connection:
        found = store.find(connection)
        scope.tell_read(centre, "every office", [one.nip for one in found])
    rows = [{name: getattr(one, name) for name in _COLUMNS} for one in found]
    show(rows, _COLUMNS, as_json=as_json)


@click.command("settle")
@CASE
@click.argument("found", type=click.Choice([store.SENT, store.NOT_SENT]))
@WHY
@pass_centre
def settle(centre: Centre, number: int, found: str, why: str) -> None:
    """Say whether BKN has a sanction that may be there.

    For one whose sending was cut off, or answered without sense: look there first.

    \b
    Example:
        hadir-ingest siasn settle 3 sent --why "ada di layar riwayat hukdis"
    """
    with centre.writing() as connection:
        case = find_own(connection, number)
        who = actor(centre, connection, case)
        unsure = [one for one in store.find(connection, number) if one.state in store.UNSURE]
        if not unsure:
            raise NotKnown(f"of case {number} nothing is unsure; see hadir-ingest siasn pushes")
        for one in unsure:
            store.settle(connection, one, found, f"{who.name}: {why}", centre.now())
        note(
            centre, connection, "siasn.settle", who=None, subject=f"nip {case.nip}", case=number,
            found=found, why=why, attempts=[one.attempt for one in unsure],
        )  # fmt: skip
    click.echo(f"case {number}: {found}")
