"""Who keeps which scheme, and until when."""

from dataclasses import asdict
from datetime import date

import click

from ingest.cli import scope
from ingest.cli.acting import NUMBER, by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.owners import again, of_whom, owner, require_own, subject, within
from ingest.cli.people import DAY, day_of
from ingest.cli.show import as_json, show
from ingest.store import scheme_uses

LAST = "Last day (default: as long as nothing follows)."


@click.command("use")
@of_whom
@click.option("--scheme", required=True, help="Code of the scheme.")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, help=LAST)
@by(required=False)
@pass_centre
def use_scheme(
    centre: Centre,
    office: str | None,
    nip: str | None,
    scheme: str,
    first: date,
    last: date | None,
    who: str | None,
) -> None:
    """Let an office or a person keep a scheme from a day on.

    Of two that hold on a day the later begun does; a person's wins over the office's.

    \b
    Example:
        hadir-ingest schemes use --office 4.01.01 --scheme piket --from 2026-03-01
    """
    begins, ends = day_of(first) or first, day_of(last)
    if ends is not None and ends < begins:
        raise click.UsageError(f"--until {ends} lies before --from {begins}")
    with centre.writing() as connection:
        mine, whose = owner(connection, office, nip, begins, ends)
        number, marked = scheme_uses.add(
            connection, mine, scheme, begins, ends, today=centre.today()
        )
        told = {"number": number, "scheme": scheme, "days": _days(begins, ends)}
        note(centre, connection, "schemes.use", who=who, subject=whose, **told)
    click.echo(f"use {number}: {whose} keeps {scheme} from {begins} to {ends or 'open'}")
    again(marked)


@click.group("uses")
def uses() -> None:
    """Who keeps another scheme than the office's own."""


@uses.command("list")
@click.option("--office", help="Only of this office itself.")
@click.option("--nip", help="Only of this person.")
@as_json
@pass_centre
def list_uses(centre: Centre, office: str | None, nip: str | None, as_json: bool) -> None:
    """List who keeps another scheme than the office's own.

    \b
    Example:
        hadir-ingest schemes uses list --office 4.01.01
    """
    with centre.reading() as connection:
        found = within(connection, scheme_uses.find(connection), office, nip)
        asked = f"nip {''.join(nip.split())}" if nip else scope.of_office(office or scope.ask())
        scope.tell_read(centre, asked, [one.nip for one in found if one.nip])
    columns = ("id", "office", "nip", "scheme", "first", "last")
    show([asdict(one) for one in found], columns, as_json=as_json)


@uses.command("end")
@click.argument("number", type=NUMBER)
@click.option("--until", "last", type=DAY, required=True, help="Last day on which it holds.")
@by(required=False)
@pass_centre
def end_use(centre: Centre, number: int, last: date, who: str | None) -> None:
    """Say on which day a use ends, sooner or later than it did.

    \b
    Example:
        hadir-ingest schemes uses end 7 --until 2026-06-30
    """
    ends = day_of(last) or last
    with centre.writing() as connection:
        require_own(connection, scheme_uses.find_one(connection, number))
        was, marked = scheme_uses.end(connection, number, ends, today=centre.today())
        told = {"scheme": was.scheme, "was": _days(was.first, was.last), "until": ends.isoformat()}
        note(centre, connection, "schemes.end-use", who=who, subject=subject(was), **told)
    click.echo(f"use {number} of scheme {was.scheme} ends on {ends}")
    again(marked)


@uses.command("remove")
@click.argument("number", type=NUMBER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def remove_use(centre: Centre, number: int, yes: bool, who: str | None) -> None:
    """Take away a use that never held.

    \b
    Example:
        hadir-ingest schemes uses remove 7
    """
    if not yes:
        click.confirm(f"take use {number} away, as if it never was?", abort=True, err=True)
    with centre.writing() as connection:
        require_own(connection, scheme_uses.find_one(connection, number))
        was, marked = scheme_uses.remove(connection, number, today=centre.today())
        told = {"scheme": was.scheme, "was": _days(was.first, was.last)}
        note(centre, connection, "schemes.remove-use", who=who, subject=subject(was), **told)
    click.echo(f"use {number} of scheme {was.scheme} is gone")
    again(marked)


def _days(first: date, last: date | None) -> list[str | None]:
    return [first.isoformat(), None if last is None else last.isoformat()]
