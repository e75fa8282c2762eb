"""Masses of warnings: a named admin looks at them and says yes or no."""

from collections.abc import Mapping
from typing import Any

import click

from ingest.cli.acting import NUMBER, Words, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show
from ingest.errors import Refused
from ingest.store import dispatch_rows, dispatches, notices, storms

_MOST = 5


@click.group()
def storm() -> None:
    """Masses of warnings that wait for an admin."""


@storm.command("list")
@as_json
@pass_centre
def list_storms(centre: Centre, as_json: bool) -> None:
    """List masses, and on which offices and days they are.

    A mass on one office or one day is a terminal, a calendar or a coverage that is not right, until
    somebody has looked.

    \b
    Example:
        hadir-ingest notices storm list
    """
    with centre.reading() as connection:
        rows = []
        for one in storms.find(connection):
            about = storms.mass(connection, one.number) if one.state == "held" else one.about
            rows.append(_row(one, about, as_json=as_json))
    columns = ("number", "state", "held_at", "warnings", "people", "offices", "days", "who", "why")
    show(rows, columns, as_json=as_json)


@storm.command("release")
@click.argument("number", type=NUMBER)
@click.option("--why", type=Words(500), required=True, help="What you looked at.")
@pass_centre
def release(centre: Centre, number: int, why: str) -> None:
    """Let the warnings of a mass go out.

    \b
    Example:
        hadir-ingest notices storm release 1 --why "mogok, dibenarkan kepala dinas"
    """
    with centre.writing() as connection:
        notices.hold(connection)
        _settle(centre, connection, number, storms.RELEASED, why)
        count = dispatches.let_go(connection, number, centre.now())
        note(centre, connection, "notices.storm.release", who=None, storm=number, why=why,
             messages=count)  # fmt: skip
    click.echo(f"{count} messages go out")


@storm.command("drop")
@click.argument("number", type=NUMBER)
@click.option("--why", type=Words(500), required=True, help="What you looked at.")
@pass_centre
def drop(centre: Centre, number: int, why: str) -> None:
    """Let the warnings of a mass never go out.

    Their cases stay open until the days are right or somebody withdraws them.

    \b
    Example:
        hadir-ingest notices storm drop 1 --why "mesin kantor mati tiga hari"
    """
    with centre.writing() as connection:
        notices.hold(connection)
        held = [one.number for one in dispatch_rows.held(connection, number)]
        _settle(centre, connection, number, storms.DROPPED, why)
        count = dispatches.drop(connection, held, why)
        note(centre, connection, "notices.storm.drop", who=None, storm=number, why=why,
             messages=count)  # fmt: skip
    click.echo(f"{count} messages never go out")


def _settle(centre: Centre, connection: Any, number: int, state: str, why: str) -> None:
    user = centre.acting.user
    if user is None:
        raise Refused(
            "a mass is decided by a user with a name, and there are none yet; register them with "
            "hadir-ingest users add"
        )
    who = f"{user.full_name} ({user.name})"[-200:]
    storms.settle(connection, number, state=state, who=who, why=why, now=centre.now())


def _row(
    one: storms.Storm, about: Mapping[str, Mapping[str, int]], *, as_json: bool
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": one.number, "state": one.state, "held_at": one.held_at,
        "warnings": one.warnings, "people": one.people, "who": one.who, "why": one.why,
    }  # fmt: skip
    for key in ("offices", "days"):
        counts = about.get(key, {})
        told[key] = dict(counts) if as_json else _few(counts)
    return told


def _few(counts: Mapping[str, int]) -> str:
    most = [f"{name}: {count}" for name, count in list(counts.items())[:_MOST]]
    more = len(counts) - len(most)
    return ", ".join([*most, *([f"and {more} more"] if more > 0 else [])])
