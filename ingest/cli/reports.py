"""Recaps of an office, as text, CSV or JSON."""

import shutil
import sys
from collections.abc import Callable
from datetime import date

import click

from ingest.cli import scope
from ingest.cli.context import Centre, pass_centre
from ingest.cli.days import settings
from ingest.cli.people import DAY, day_of, require_office
from ingest.reports import FORMATS, REPORTS, render
from ingest.store.people import find_offices

MONTH = click.DateTime(["%Y-%m"])


def _common(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--format",
            "form",
            type=click.Choice(list(FORMATS)),
            default="table",
            show_default=True,
            help="A table for eyes, CSV for spreadsheets, JSON for programs.",
        ),
        click.option("--office", required=True, help="Code of the office."),
    ):
        command = option(command)
    return command


@click.group()
def report() -> None:
    """Recaps of an office, by day and by month.

    Who was there, who was not, and who cannot be judged yet.
    """


@report.command("daily")
@_common
@click.option("--date", "day", type=DAY, help="The day (default: today).")
@pass_centre
def daily(centre: Centre, office: str, form: str, day: date | None) -> None:
    """Recap one day: everybody of an office, and why.

    \b
    Example:
        hadir-ingest report daily --office 4.01.01 --date 2026-03-02
    """
    _print(centre, "daily", office, day_of(day) or centre.today(), form)


@report.command("monthly")
@_common
@click.option("--month", type=MONTH, help="The month, such as 2026-03 (default: this one).")
@pass_centre
def monthly(centre: Centre, office: str, form: str, month: date | None) -> None:
    """Recap one month: everybody of an office, a column a day.

    \b
    Example:
        hadir-ingest report monthly --office 4.01.01 --month 2026-03 --format csv > maret.csv
    """
    _print(centre, "monthly", office, day_of(month) or centre.today(), form)


def _print(centre: Centre, name: str, office: str, day: date, form: str) -> None:
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
        table = REPORTS[name](
            connection, office=office, day=day, now=centre.now(), settings=settings(centre)
        )
        scope.tell_read(centre, scope.of_office(office), len(table.rows), day=day)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(render(table, form, screen_width=width), nl=False)
