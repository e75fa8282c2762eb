"""One person as of a day, and the whole group `people`: what is in other files is added here."""

from dataclasses import asdict
from datetime import date

import click

from ingest.cli import scope
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.days import settings
from ingest.cli.people import DAY, day_of, people
from ingest.cli.people_breaks import begin_break, breaks
from ingest.cli.people_kinds import be_kind, kinds
from ingest.cli.people_posts import hold_post, posts
from ingest.cli.people_stand_ins import stand_in, stand_ins
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json
from ingest.reports.person import find_person, story

for _one in (be_kind, kinds, hold_post, posts, begin_break, breaks, stand_in, stand_ins):
    people.add_command(_one)


@people.command("show")
@click.argument("nip")
@click.option("--on", type=DAY, help="As of this day (default: today).")
@as_json
@pass_centre
def show_person(centre: Centre, nip: str, on: date | None, as_json: bool) -> None:
    """Tell in Indonesian what holds for a person on a day.

    Office, hours, kind, rank and post, superior, who answers for the person that day and why,
    breaks, user ids.

    \b
    Example:
        hadir-ingest people show 198609262015051001 --on 2026-03-02
    """
    day = day_of(on) or centre.today()
    known = settings(centre)
    with centre.reading() as connection:
        digits = known_nip(connection, nip, (day, day))
        found = find_person(connection, digits, day, types=known.types, root=known.seal)
        scope.tell_read(centre, f"nip {digits}", 1, on=day)
    if as_json:
        click.echo(dump({**asdict(found), "answers": found.answers._asdict()}))
    else:
        for line in story(found):
            click.echo(line)
