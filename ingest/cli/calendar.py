"""The calendar: which days are free, filled once from a package and owned by people since."""

from datetime import date

import click

from ingest.calendar import Category
from ingest.cli import scope
from ingest.cli.acting import by, note
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of, require_office
from ingest.cli.show import as_json, show
from ingest.cli.special import export_free_days, import_free_days, special
from ingest.store.people import find_offices


@click.group()
def calendar() -> None:
    """The free days of each year.

    A year that was never filled cannot be judged.
    """


@calendar.command("seed")
@click.argument("year", type=int)
@by(required=False)
@pass_centre
def seed_calendar(centre: Centre, year: int, who: str | None) -> None:
    """Fill a year with the free days known by law.

    What people changed is never touched.

    \b
    Example:
        hadir-ingest calendar seed 2026
    """
    from ingest.store import calendar as store

    with centre.writing() as connection:
        seeded = store.seed_year(connection, year, now=centre.now())
        if not seeded.already:
            note(
                centre, connection, "calendar.seed", who=who, subject=str(year), added=seeded.added
            )
    if seeded.already:
        click.echo(f"{year} was filled before and is left as it is")
    else:
        click.echo(f"{year}: {seeded.added} free days")
    for warning in seeded.warnings:
        click.echo(f"warning: {warning}", err=True)


@calendar.command("list")
@click.argument("year", type=click.IntRange(1, 9999))
@as_json
@pass_centre
def list_calendar(centre: Centre, year: int, as_json: bool) -> None:
    """List the free days of a year.

    \b
    Example:
        hadir-ingest calendar list 2026
    """
    from ingest.store import calendar as store

    with centre.reading() as connection:
        found = store.find_free_days(connection, year)
        states = {one.year: one for one in store.find_years(connection)}
    if year not in states:
        click.echo(f"{year} is not filled: run hadir-ingest calendar seed {year}", err=True)
    elif states[year].confirmed_at is None:
        click.echo(
            f"{year} is not confirmed: compare it with the decrees, then run "
            f"hadir-ingest calendar confirm {year}",
            err=True,
        )
    columns = ("day", "name", "category", "office")
    rows = [{name: getattr(one, name) for name in columns} for one in found]
    show(rows, columns, as_json=as_json)


@calendar.command("add")
@click.argument("day", type=DAY)
@click.argument("name")
@click.option(
    "--category",
    type=click.Choice([one.value for one in Category]),
    default=Category.LOCAL.value,
    show_default=True,
    help="public: hari libur nasional; government: cuti bersama; local: any other.",
)
@click.option("--office", help="Only this office is free (default: every office).")
@by(required=False)
@pass_centre
def add_free_day(
    centre: Centre, day: date, name: str, category: str, office: str | None, who: str | None
) -> None:
    """Add a free day.

    \b
    Example:
        hadir-ingest calendar add 2026-09-29 "Hari jadi kabupaten"
    """
    from ingest.store import calendar as store

    name = " ".join(name.split())
    if not 0 < len(name) <= 200:
        raise click.BadParameter("a name has 1 to 200 characters", param_hint="NAME")
    free = day_of(day) or day
    with centre.writing() as connection:
        scope.require_own(office)
        added = store.add_free_day(connection, free, name, Category(category), office=office)
        if added:
            told = {"name": name, "category": category, "office": office}
            note(centre, connection, "calendar.add", who=who, subject=str(free), **told)
    click.echo(f"{free} is free: {name}" if added else f"{free} was free before: {name}")


@calendar.command("remove")
@click.argument("day", type=DAY)
@click.option("--name", help="Only the one of this name.")
@click.option("--office", help="The one that counts for this office alone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@by(required=False)
@pass_centre
def remove_free_day(
    centre: Centre, day: date, name: str | None, office: str | None, yes: bool, who: str | None
) -> None:
    """Make a free day a working day again.

    \b
    Example:
        hadir-ingest calendar remove 2026-09-29
    """
    from ingest.store import calendar as store

    free = day_of(day) or day
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
    if not yes:
        click.confirm(f"make {free} a working day?", abort=True, err=True)
    with centre.writing() as connection:
        names = store.remove_free_day(connection, free, name=name, office=office)
        told = {"names": list(names), "office": office}
        note(centre, connection, "calendar.remove", who=who, subject=str(free), **told)
    for one in names:
        click.echo(f"{free} is no longer free: {one}")


@calendar.command("confirm")
@click.argument("year", type=int)
@by(required=False)
@pass_centre
def confirm_calendar(centre: Centre, year: int, who: str | None) -> None:
    """Note that somebody compared a year with the government's decrees.

    \b
    Example:
        hadir-ingest calendar confirm 2026
    """
    from ingest.store import calendar as store

    with centre.writing() as connection:
        open_ones = store.confirm_year(connection, year, now=centre.now())
        note(centre, connection, "calendar.confirm", who=who, subject=str(year))
    click.echo(f"{year} is confirmed")
    for one in open_ones:
        click.echo(f"warning: still marked as an estimate: {one}", err=True)


calendar.add_command(import_free_days)
calendar.add_command(export_free_days)
calendar.add_command(special)
