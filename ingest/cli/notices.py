"""What people were told, by which way, and what became of it."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from ingest.cli import scope
from ingest.cli.acting import NUMBER, Words, note
from ingest.cli.context import Centre, Group, dump, pass_centre
from ingest.cli.notice_storm import storm
from ingest.cli.notice_texts import preview, texts
from ingest.cli.people import asked_office
from ingest.cli.show import as_json, show
from ingest.errors import NotKnown, Refused
from ingest.jobs.send_notices import NoticeRounds
from ingest.jobs.work import make_work
from ingest.notify import templates
from ingest.notify.base import Kind, Message
from ingest.notify.outlets import opened
from ingest.notify.phone import NoNumber, normalise, shown
from ingest.notify.planning import plan
from ingest.notify.settings import usual
from ingest.notify.telling import ACT
from ingest.store import dispatch_list, dispatch_rows, dispatches
from ingest.store.database import writing
from ingest.store.dispatch_list import Listed
from ingest.store.dispatches import STATES

_COLUMNS = (
    "number", "case", "what", "to", "channel", "address", "state", "not_before", "accepted_at",
    "delivered_at", "read_at", "why",
)  # fmt: skip


class _TakenBack(Exception):
    """Raised to take a plan back that was only to be looked at."""


@click.group(cls=Group)
def notices() -> None:
    """What people are told, by which way, and its end."""


notices.add_command(storm)
notices.add_command(texts)
notices.add_command(preview)


@notices.command("list")
@click.option("--office", help="Only of cases of this office, or addressed to it.")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only in this state.")
@click.option("--paper", is_flag=True, help="Only what is left to be told by a letter.")
@as_json
@pass_centre
def list_notices(
    centre: Centre, office: str | None, state: tuple[str, ...], paper: bool, as_json: bool
) -> None:
    """List messages and what became of them.

    That one was taken by a provider, arrived and was read are three things.

    \b
    Example:
        hadir-ingest notices list --state unknown
    """
    with centre.reading() as connection:
        code = asked_office(connection, office)
        found = dispatch_list.find(connection, office=code, states=state, paper=paper)
        scope.tell_read(centre, scope.of_office(code), [one.nip for one in found])
    show([_row(one, centre.config.zone) for one in found], _COLUMNS, as_json=as_json)


@notices.command("show")
@click.argument("number", type=NUMBER)
@pass_centre
def show_notice(centre: Centre, number: int) -> None:
    """Show one message with its text, as JSON.

    \b
    Example:
        hadir-ingest notices show 12
    """
    with centre.reading() as connection:
        found = _one(connection, number)
        text, text_sha256, template = dispatch_rows.text_of(connection, number)
        scope.tell_read(centre, f"nip {found.nip}" if found.nip else f"office {found.office}", 1)
    told = asdict(found) | {
        "text": text, "text_sha256": text_sha256, "template_sha256": template,
    }  # fmt: skip
    click.echo(dump(told))


@notices.command("settle")
@click.argument("number", type=NUMBER)
@click.option("--sent/--not-sent", "sent", default=None, help="Whether it went out.")
@click.option("--why", type=Words(500), required=True, help="How you know.")
@pass_centre
def settle(centre: Centre, number: int, sent: bool | None, why: str) -> None:
    """Say of a message in the state unknown whether it went out.

    Ask the gateway first. What was not sent goes by the next channel.

    \b
    Example:
        hadir-ingest notices settle 12 --not-sent --why "tidak ada di riwayat Fonnte"
    """
    if sent is None:
        raise click.UsageError("give --sent or --not-sent")
    with centre.writing() as connection:
        found = _one(connection, number)
        if not dispatches.settle(connection, number, sent=sent, why=why, now=centre.now()):
            raise Refused(f"message {number} is {found.state}; only one in the state unknown waits")
        note(
            centre, connection, "notices.settle", who=None,
            subject=f"nip {found.nip}" if found.nip else f"office {found.office}",
            message=number, sent=sent, why=why,
        )  # fmt: skip
    click.echo(f"message {number}: {'accepted' if sent else 'failed'}")


@notices.command("send")
@click.option("--dry-run", is_flag=True, help="Only print who would get what; nothing changes.")
@as_json
@pass_centre
def send(centre: Centre, dry_run: bool, as_json: bool) -> None:
    """Do one round of sending now, or print what it would do.

    \b
    Example:
        hadir-ingest notices send --dry-run
    """
    work = make_work(centre.config, centre.engine, centre.clock)
    found = _planned(centre)
    with centre.reading():
        scope.tell_read(centre, "every office", [one.nip for one in found])
    if dry_run:
        show([_row(one, centre.config.zone) for one in found], _COLUMNS, as_json=as_json)
        return
    with centre.writing() as connection:
        note(centre, connection, ACT, who=None)  # refused to who may only look
    with opened(work.channels) as outlets:
        done = NoticeRounds(work).round(outlets)
    if done is None:
        raise Refused("another process sends just now; wait for it, and try again")
    rows = [
        {"channel": channel, "outcome": outcome, "messages": count}
        for (channel, outcome), count in sorted(done.outcomes.items())
    ]
    show(rows, ("channel", "outcome", "messages"), as_json=as_json)


@notices.command("test-send")
@click.option("--channel", required=True, help="Its name in the configuration.")
@click.option("--to", required=True, help="Number or mail address of who tries it.")
@pass_centre
def test_send(centre: Centre, channel: str, to: str) -> None:
    """Send a message that says it is a trial.

    Nobody's case is touched.

    \b
    Example:
        hadir-ingest notices test-send --channel wa --to 0812-3456-7890
    """
    configured = [one for one in centre.config.channels if one.name == channel]
    if not configured:
        raise NotKnown(f"no channel {channel!r} in {centre.path}")
    sending = centre.config.notify or usual(centre.config.zone)
    text = templates.load(sending.templates).trial(sending.sender)
    with opened(configured) as (outlet,):
        message = Message(
            to=_address(to, outlet.channel.kind), text=text.text, reference=secrets.token_hex(16),
            name="Uji Coba", subject=text.subject, template=text.gateway, language=text.language,
            values=text.values,
        )  # fmt: skip
        with centre.writing() as connection:
            note(centre, connection, "notices.test-send", who=None, channel=channel)
        done = outlet.channel.send(message, now=centre.now())
    if not done.accepted:
        raise Refused(f"{channel}: {done.failure.text if done.failure else 'not taken'}")
    click.echo(f"{channel} took it as {done.provider_id or 'a message without a number'}")


def _address(text: str, kind: Kind) -> str:
    if kind is Kind.MAIL:
        return text
    try:
        return normalise(text)
    except NoNumber as error:
        raise Refused(str(error)) from error


def _planned(centre: Centre) -> list[Listed]:
    """Return what waits and what the next round would choose; nothing of it is kept."""
    sending = centre.config.notify or usual(centre.config.zone)
    found: list[Listed] = []
    with opened(centre.config.channels) as outlets:
        ways = [one.way for one in outlets]
        try:
            with writing(centre.engine) as connection:
                plan(connection, sending, ways, centre.now())
                found = dispatch_list.find(connection, states=("waiting", "held"))
                raise _TakenBack
        except _TakenBack:
            return found


def _one(connection: Connection, number: int) -> Listed:
    found = dispatch_list.find(connection, number=number)
    if not found:
        raise NotKnown(f"no message {number}; see hadir-ingest notices list")
    if scope.ask() is None or scope.ask() != found[0].office:
        scope.require_own(found[0].case_office)
    return found[0]


def _row(one: Listed, zone: ZoneInfo) -> dict[str, Any]:
    """Return a row; its times by the clock of the centre, as those who tell people know them."""
    to = f"{one.name} ({one.nip})" if one.nip else f"office {one.office}"
    told = {
        key: value.astimezone(zone).replace(microsecond=0) if isinstance(value, datetime) else value
        for key, value in asdict(one).items()
    }
    return told | {
        "to": to,
        "channel": {"-paper": "paper", "-none": "none"}.get(one.channel, one.channel),
        "address": _hidden(one.address),
        "why": one.why or one.failure,
    }


def _hidden(address: str) -> str:
    """Return an address of which a list tells only enough to know it again."""
    if "@" in address:
        return f"{address[:2]}...@{address.partition('@')[2]}"
    return f"{shown(address)[:4]}...{address[-3:]}" if address else ""
