"""Personal data: what is held on somebody, what is held back from erasing, and who asked for it."""

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from ingest.cli import scope
from ingest.cli.acting import NUMBER, Words, actor, by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.store import privacy as store
from ingest.store.people import person_ids

_WHY = click.option("--why", type=Words(500), required=True, help="Why, for who asks later.")
_AT = click.DateTime(("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"))


@click.group()
def privacy() -> None:
    """What is held on one person, and what they ask of it."""


@privacy.command("export")
@click.argument("nip")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="The ZIP file to write; it may not exist yet.",
)  # fmt: skip
@pass_centre
def export_person(centre: Centre, nip: str, output: Path) -> None:
    """Write all that is held on one person into a ZIP file.

    Every table that tells of the person as JSON, papers as they were handed in, and a summary in
    Indonesian. The file is for that person: hand it over sealed, and delete it here.

    \b
    Example:
        hadir-ingest privacy export 198609262015051001 --output salinan.zip
    """
    from ingest.privacy.archive import Stamp, make_zip
    from ingest.store.personal import collect

    with centre.reading() as connection:
        digits = known_nip(connection, nip)
        found = collect(connection, digits)
        zone = centre.config.zone
        packed = make_zip(found, Stamp(actor(None).name, centre.now().astimezone(zone)))
        scope.tell_read(
            centre, f"nip {digits}", 1, sha256=packed.sha256, rows=sum(packed.counts.values())
        )
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(packed.content)
    click.echo(f"{output}: RAHASIA, {len(packed.counts)} tables, sha256 {packed.sha256}", err=True)


@privacy.command("hold")
@click.argument("nip")
@_WHY
@click.option("--letter", type=Words(200), default=None, help="The letter it rests on.")
@by(required=True)
@pass_centre
def hold_person(centre: Centre, nip: str, why: str, letter: str | None, who: str) -> None:
    """Let nothing of a person be erased until it is released.

    For a lawsuit, an audit or an objection that is under way. An open case holds by itself.

    \b
    Example:
        hadir-ingest privacy hold 198609262015051001 --why "gugatan PTUN" --by "Bu Kepala"
    """
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        number = store.hold(
            connection, person_ids(connection)[digits],
            why=why, letter=letter or "", who=actor(who).name, now=centre.now(),
        )  # fmt: skip
        note(
            centre, connection, "privacy.hold", who=who, subject=f"nip {digits}",
            number=number, why=why, letter=letter,
        )  # fmt: skip
    click.echo(f"hold {number}: nothing of {digits} is erased")


@privacy.command("release")
@click.argument("nip")
@_WHY
@by(required=True)
@pass_centre
def release_person(centre: Centre, nip: str, why: str, who: str) -> None:
    """End a hold: what was kept long enough is erased in the next round.

    \b
    Example:
        hadir-ingest privacy release 198609262015051001 --why "putusan inkrah" --by "Bu Kepala"
    """
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        number = store.release(
            connection, person_ids(connection)[digits],
            why=why, who=actor(who).name, now=centre.now(),
        )  # fmt: skip
        note(
            centre, connection, "privacy.release", who=who, subject=f"nip {digits}",
            number=number, why=why,
        )  # fmt: skip
    click.echo(f"hold {number} of {digits} is released")


@privacy.command("holds")
@click.option("--all", "everything", is_flag=True, help="Also what was released.")
@as_json
@pass_centre
def list_holds(centre: Centre, everything: bool, as_json: bool) -> None:
    """List whose data nobody erases, and why.

    \b
    Example:
        hadir-ingest privacy holds
    """
    with centre.reading() as connection:
        found = store.find_holds(connection, released=everything)
        scope.tell_read(centre, "every office", [one.nip for one in found])
    columns = ("number", "nip", "why", "letter", "placed_at", "placed_by", "released_at")
    show([asdict(one) for one in found], columns, as_json=as_json)


@privacy.group("requests")
def requests() -> None:
    """What people asked of us, and by when it is due (3 x 24 hours)."""


@requests.command("add")
@click.argument("nip")
@click.option("--kind", type=click.Choice(store.KINDS), required=True, help="What is asked.")
@click.option("--text", type=Words(2_000), required=True, help="In the person's own words.")
@click.option("--received", type=_AT, help="When it came, local time (default: now).")
@by(required=False)
@pass_centre
def add_request(
    centre: Centre, nip: str, kind: str, text: str, received: datetime | None, who: str | None
) -> None:
    """Write down what a person asked.

    Its clock of 3 x 24 hours runs from when it came.

    \b
    Example:
        hadir-ingest privacy requests add 198609262015051001 --kind copy --text "minta salinan"
    """
    zone, now = centre.config.zone, centre.now()
    at = now if received is None else received.replace(tzinfo=zone)
    if at > now:
        raise click.BadParameter("lies ahead; give when it came", param_hint="--received")
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        number, due_at = store.add_request(
            connection, person_ids(connection)[digits],
            kind=kind, text=text, received_at=at, who=actor(who).name,
        )  # fmt: skip
        note(
            centre, connection, "privacy.requests.add", who=who, subject=f"nip {digits}",
            number=number, kind=kind, due=due_at.isoformat(),
        )  # fmt: skip
    click.echo(f"request {number} is due on {due_at.astimezone(zone):%Y-%m-%d %H:%M}")


@requests.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was answered.")
@as_json
@pass_centre
def list_requests(centre: Centre, everything: bool, as_json: bool) -> None:
    """List what people asked, the first due first.

    \b
    Example:
        hadir-ingest privacy requests list
    """
    now = centre.now()
    with centre.reading() as connection:
        found = store.find_requests(connection, done=everything)
        scope.tell_read(centre, "every office", [one.nip for one in found])
    rows = [
        asdict(one) | {"late": (one.done_at or now) > one.due_at}
        for one in found
    ]  # fmt: skip
    columns = ("number", "nip", "kind", "received_at", "due_at", "late", "outcome", "text")
    show(rows, columns, as_json=as_json)


@requests.command("done")
@click.argument("number", type=NUMBER)
@click.option("--outcome", type=click.Choice(store.OUTCOMES), required=True, help="What it is.")
@click.option("--answer", type=Words(2_000), required=True, help="What the person was told.")
@by(required=True)
@pass_centre
def settle_request(centre: Centre, number: int, outcome: str, answer: str, who: str) -> None:
    """Write down how a request was answered.

    \b
    Example:
        hadir-ingest privacy requests done 3 --outcome granted --answer "salinan diserahkan"
    """
    with centre.writing() as connection:
        found = store.settle_request(
            connection, number,
            outcome=outcome, answer=answer, who=actor(who).name, now=centre.now(),
        )  # fmt: skip
        note(
            centre, connection, "privacy.requests.done", who=who, subject=f"nip {found.nip}",
            number=number, outcome=outcome, late=centre.now() > found.due_at,
        )  # fmt: skip
    late = ", late" if centre.now() > found.due_at else ""
    click.echo(f"request {number} of {found.nip} is answered: {outcome}{late}")
