"""What rank and post people hold, and from which day on: letters name them by it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from ingest.cli import careers, scope
from ingest.cli.acting import Words, by, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import FILE, tell
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json
from ingest.imports import careers as files
from ingest.imports.posts import OF_POSTS
from ingest.ranks import rank_text
from ingest.store import person_posts as store
from ingest.store.person_posts import MOST, WHATS, DatedPost


@click.command("post")
@click.argument("nip")
@click.option("--rank", type=Words(MOST), help="Pangkat, such as III/c: its name is added.")
@click.option("--post", type=Words(MOST), help="Jabatan.")
@careers.FIRST
@click.option("--letter", type=Words(200), help="The letter it rests on.")
@by(required=False)
@pass_centre
def hold_post(
    centre: Centre,
    nip: str,
    rank: str | None,
    post: str | None,
    first: date,
    letter: str | None,
    who: str | None,
) -> None:
    """Let a person hold a rank or a post from a day on.

    Letters that are dated from then on name the person by it; those that were issued stay.

    \b
    Example:
        hadir-ingest people post 198609262015051001 --rank III/c --from 2026-04-01
    """
    if rank is None and post is None:
        raise click.UsageError("say what is held: --rank, --post, or both")
    begins, _ = careers.span(first, None)
    told = {"rank": None if rank is None else rank_text(rank), "post": post}
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        rows = [DatedPost(digits, one, text, begins) for one in WHATS if (text := told[one])]
        done = store.put(connection, rows)
        for one, was in done:
            note(
                centre, connection, "people.post", who=who, subject=digits, held=one.what,
                text=one.text, was=was, letter=letter or "", **{"from": begins.isoformat()},
            )  # fmt: skip
    for one, was in done:
        click.echo(f"{digits} holds {one.text} from {begins} (before: {was or 'none'})")
    if not done:
        click.echo(f"{digits} holds that on {begins} already")


@click.group("posts")
def posts() -> None:
    """Which rank and post people hold, and from when."""


@posts.command("list")
@careers.OF_OFFICE
@careers.OF_PERSON
@careers.AS_CSV
@as_json
@pass_centre
def list_posts(
    centre: Centre, office: str | None, nip: str | None, as_csv: bool, as_json: bool
) -> None:
    """List which rank and post people hold, and from when.

    \b
    Example:
        hadir-ingest people posts list --office 4.01.01
    """
    with centre.reading() as connection:
        found = careers.theirs(centre, connection, store.find(connection), office, nip)
    careers.table(_rows(found), OF_POSTS.names, OF_POSTS, as_csv=as_csv, as_json=as_json)


def _rows(found: Iterable[DatedPost]) -> list[dict[str, object]]:
    """Return a row for each person and day, with what begins on it."""
    rows: dict[tuple[str, date], dict[str, object]] = {}
    for one in found:
        row = rows.setdefault(
            (one.nip, one.first), {"nip": one.nip, "from": one.first, "rank": "", "post": ""}
        )
        row[one.what] = one.text
    return list(rows.values())


@posts.command("remove")
@click.argument("nip")
@careers.FIRST
@click.option("--only", type=click.Choice(WHATS), help="Only the rank, or only the post.")
@careers.SURE
@by(required=False)
@pass_centre
def remove_post(
    centre: Centre, nip: str, first: date, only: store.What | None, yes: bool, who: str | None
) -> None:
    """Take away a rank or post that was never held.

    \b
    Example:
        hadir-ingest people posts remove 198609262015051001 --from 2026-04-01 --only rank
    """
    begins, _ = careers.span(first, None)
    whats = WHATS if only is None else (only,)
    careers.sure(f"take {' and '.join(whats)} from {begins} away, as if never held?", yes=yes)
    with centre.writing() as connection:
        digits = known_nip(connection, nip)
        store.remove(connection, digits, begins, whats)
        told = {"held": list(whats), "from": begins.isoformat()}
        note(centre, connection, "people.posts.remove", who=who, subject=digits, **told)
    click.echo(f"{digits}: nothing of that begins on {begins} any more")


@posts.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_posts(centre: Centre, file: Path, who: str | None) -> None:
    """Take ranks and posts from a CSV or Excel file.

    Its columns: nip, from, and rank or post or both. An empty cell changes nothing.

    \b
    Example:
        hadir-ingest people posts import pangkat.xlsx
    """
    sheet = careers.read(file, OF_POSTS)
    with centre.writing() as connection:
        scope.ask()
        outcome = files.import_posts(connection, sheet)
        note_import(centre, connection, "people.posts.import", file, outcome, who=who)
    tell("posts", outcome)
