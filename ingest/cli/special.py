"""Special days: work from elsewhere, half days, days worked after all; and calendars as files."""

from datetime import date, time
from pathlib import Path
from typing import Any

import click

from ingest.calendar import Hours, Special, hours_body, hours_of
from ingest.calendar.reading import Body
from ingest.cli import scope
from ingest.cli.acting import NUMBER, Words, by, note, note_import
from ingest.cli.context import Centre, pass_centre
from ingest.cli.owners import again, of_whom, owner, require_own, subject, within
from ingest.cli.people import DAY, FILE, day_of, tell
from ingest.cli.show import as_json, show, show_csv
from ingest.imports import calendar as files
from ingest.imports.sheet import read_sheet
from ingest.store import calendar as free_days
from ingest.store import special_days as store


class _Rest(click.ParamType[tuple[str, str]]):
    """A rest as 12:00-13:00."""

    name = "rest"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        begins, dash, ends = str(value).partition("-")
        if not dash:
            self.fail(f"{value!r} is no rest such as 12:00-13:00", param, ctx)
        return begins.strip(), ends.strip()


@click.group("special")
def special() -> None:
    """Days an office or a person works elsewhere or otherwise."""


@special.command("add")
@of_whom
@click.option(
    "--kind",
    type=click.Choice([one.value for one in Special]),
    required=True,
    help="wfa: from elsewhere; half: other hours; work: worked after all.",
)
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, help="Last day (default: the first).")
@click.option("--name", type=Words(200), required=True, help="What the day is told by.")
@click.option("--letter", type=Words(200), required=True, help="The letter it rests on.")
@click.option("--start", help="When work begins, such as 07:30.")
@click.option("--end", help="When work ends, such as 11:00.")
@click.option("--rest", "rests", type=_Rest(), multiple=True, help="A rest: 12:00-13:00.")
@by(required=False)
@pass_centre
def add_special(
    centre: Centre,
    office: str | None,
    nip: str | None,
    kind: str,
    first: date,
    last: date | None,
    name: str,
    letter: str,
    start: str | None,
    end: str | None,
    rests: tuple[tuple[str, str], ...],
    who: str | None,
) -> None:
    """Declare days with other hours, or from elsewhere.

    half and work need --start and --end; wfa has none. On a roster only wfa changes anything.

    \b
    Example:
        hadir-ingest calendar special add --office 4.01.01 --kind wfa --from 2026-03-16 \\
            --until 2026-03-17 --name "WFA SE MenPANRB 2/2026" --letter 2/2026
    """
    chosen = Special(kind)
    begins = day_of(first) or first
    ends = day_of(last) or begins
    if not 0 <= (ends - begins).days <= 366:
        raise click.UsageError(f"--until {ends} does not lie within a year after {begins}")
    hours = _hours(chosen, start, end, rests)
    with centre.writing() as connection:
        mine, whose = owner(connection, office, nip, begins, ends)
        number, marked = store.add(
            connection, mine, chosen, begins, ends,
            name=name, letter=letter, hours=hours, today=centre.today(),
        )  # fmt: skip
        warning = store.without_effect(connection, mine, chosen, begins, ends)
        told = {"number": number, "kind": kind, "days": [str(begins), str(ends)], "name": name}
        note(centre, connection, "calendar.special-add", who=who, subject=whose, letter=letter,
             hours=None if hours is None else hours_body(hours), **told)  # fmt: skip
    if warning:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"special day {number}: {whose}, {kind} from {begins} to {ends}")
    again(marked)


@special.command("list")
@click.option("--office", help="Only of this office itself.")
@click.option("--nip", help="Only of this person.")
@click.option("--year", type=click.IntRange(1970, 2999), help="Only of this year.")
@as_json
@pass_centre
def list_special(
    centre: Centre, office: str | None, nip: str | None, year: int | None, as_json: bool
) -> None:
    """List special days.

    \b
    Example:
        hadir-ingest calendar special list --year 2026
    """
    with centre.reading() as connection:
        found = within(connection, store.find(connection, year=year), office, nip)
        asked = f"nip {''.join(nip.split())}" if nip else scope.of_office(office or scope.ask())
        scope.tell_read(centre, asked, [one.nip for one in found if one.nip], year=year)
    columns = ("id", "office", "nip", "kind", "first", "last", "hours", "name", "letter")
    rows = [
        {**{name: getattr(one, name) for name in columns}, "hours": _text(one.hours)}
        for one in found
    ]
    show(rows, columns, as_json=as_json)


@special.command("remove")
@click.argument("number", type=NUMBER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def remove_special(centre: Centre, number: int, yes: bool, who: str | None) -> None:
    """Take special days away.

    \b
    Example:
        hadir-ingest calendar special remove 7
    """
    if not yes:
        click.confirm(f"take special day {number} away?", abort=True, err=True)
    with centre.writing() as connection:
        require_own(connection, store.find_one(connection, number))
        was, marked = store.remove(connection, number, today=centre.today())
        told = {"kind": was.kind, "days": [str(was.first), str(was.last)], "name": was.name}
        note(centre, connection, "calendar.special-remove", who=who, subject=subject(was),
             number=number, letter=was.letter, **told)  # fmt: skip
    click.echo(f"special day {number} is gone: {was.name}")
    again(marked)


@click.command("import")
@click.argument("file", type=FILE)
@by(required=False)
@pass_centre
def import_free_days(centre: Centre, file: Path, who: str | None) -> None:
    """Take free days from a CSV file.

    Its columns: day, name[, category, office]. What it does not name stays.

    \b
    Example:
        hadir-ingest calendar import libur-daerah.csv
    """
    sheet = read_sheet(file, files.COLUMNS)
    with centre.writing() as connection:
        outcome = files.import_free_days(connection, sheet)
        note_import(centre, connection, "calendar.import", file, outcome, who=who)
    tell("free days", outcome)


@click.command("export")
@click.argument("year", type=click.IntRange(1, 9999))
@pass_centre
def export_free_days(centre: Centre, year: int) -> None:
    """Print the free days of a year as a CSV file that can be imported.

    \b
    Example:
        hadir-ingest calendar export 2026 > libur.csv
    """
    with centre.reading() as connection:
        found = free_days.find_free_days(connection, year)
    show_csv([one._asdict() for one in found], files.COLUMNS.names)


def _hours(
    kind: Special, start: str | None, end: str | None, rests: tuple[tuple[str, str], ...]
) -> Hours | None:
    given = {"start": start, "end": end, "rest": [list(one) for one in rests] or None}
    named = {key: one for key, one in given.items() if one is not None}
    if kind is Special.WFA:
        if named:
            raise click.UsageError("wfa has no hours; leave out --start, --end and --rest")
        return None
    if start is None or end is None:
        raise click.UsageError(f"{kind} needs --start and --end")
    try:
        return hours_of(Body("hours", named))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _text(hours: Hours | None) -> str | None:
    if hours is None:
        return None
    rests = [f" rest {_clock(one)}-{_clock(two)}" for one, two in hours.rest]
    return f"{_clock(hours.start)}-{_clock(hours.end)}{''.join(rests)}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
