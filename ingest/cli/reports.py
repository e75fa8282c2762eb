"""Reports of an office, a branch or all, in every format."""

from datetime import date

import click

from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, day_of
from ingest.cli.report_asking import (
    MONTH,
    YEAR,
    in_year,
    make,
    of_month,
    of_offices,
    of_year,
    with_output,
)


@click.group()
def report() -> None:
    """Recaps and other reports, on screen and as files.

    Who was there, who was not, and who cannot be judged yet: of one office, a branch of offices
    (the codes that begin alike) or all of them.
    """


@report.command("daily")
@of_offices
@click.option("--date", "day", type=DAY, help="The day (default: today).")
@with_output
@pass_centre
def daily(centre: Centre, /, day: date | None, **asked: object) -> None:
    """Recap one day: everybody of an office, and why.

    \b
    Example:
        hadir-ingest report daily --office 4.01.01 --date 2026-03-02
    """
    make(centre, "daily", day_of(day) or centre.today(), asked)


@report.command("monthly")
@of_month
@pass_centre
def monthly(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Recap one month: everybody of an office, a column a day.

    \b
    Example:
        hadir-ingest report monthly --office 4.01.01 --month 2026-03 --format pdf --output 03.pdf
    """
    make(centre, "monthly", day_of(month) or centre.today(), asked)


@report.command("tpp")
@of_month
@pass_centre
def tpp(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell what of the TPP a month costs, of a hundred.

    By the ladder of your own file; none ships that applies.

    \b
    Example:
        hadir-ingest report tpp --office 4.01.01 --month 2026-03
    """
    make(centre, "tpp", day_of(month) or centre.today(), asked)


@report.command("weekdays")
@of_month
@pass_centre
def weekdays(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Compare attendance by weekday and office.

    \b
    Example:
        hadir-ingest report weekdays --all --month 2026-03 --format pdf --output hari.pdf
    """
    make(centre, "weekdays", day_of(month) or centre.today(), asked)


@report.command("coverage")
@of_month
@pass_centre
def coverage(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell how many days of each office are known to the end.

    \b
    Example:
        hadir-ingest report coverage --all --month 2026-03 --format xlsx --output data.xlsx
    """
    make(centre, "coverage", day_of(month) or centre.today(), asked)


@report.command("terminals")
@of_month
@pass_centre
def terminals(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell how each terminal does, and which of its days are known.

    \b
    Example:
        hadir-ingest report terminals --branch 4.01 --month 2026-03
    """
    make(centre, "terminals", day_of(month) or centre.today(), asked)


@report.command("person")
@click.option("--nip", help="The person.")
@click.option("--office", help="Code of the office: everybody of it, a sheet or page each.")
@click.option("--month", type=MONTH, help="The month, such as 2026-03 (default: this one).")
@with_output
@pass_centre
def person(
    centre: Centre, /, nip: str | None, office: str | None, month: date | None, **asked: object
) -> None:
    """Show a person's month on one page, day by day.

    For the person, or for everybody of an office.

    \b
    Example:
        hadir-ingest report person --nip "19860926 201505 1 001" --month 2026-03
    """
    if (nip is None) == (office is None):
        raise click.UsageError("say whose month: one of --nip and --office")
    whose = {"nip": nip} if office is None else {"office": office}
    make(centre, "person", day_of(month) or centre.today(), asked | whose)


@report.command("year")
@click.option("--nip", required=True, help="The person.")
@click.option("--year", type=YEAR, help="The calendar year (default: this one).")
@with_output
@pass_centre
def year(centre: Centre, /, nip: str, year: int | None, **asked: object) -> None:
    """Recap a person's year, a row a month.

    \b
    Example:
        hadir-ingest report year --nip "19860926 201505 1 001" --year 2026
    """
    make(centre, "year", in_year(centre, year), {**asked, "nip": nip})


@report.command("discipline")
@of_year
@pass_centre
def discipline(centre: Centre, /, year: int | None, **asked: object) -> None:
    """Tell what a year's absences indicate, of everybody who has any.

    \b
    Example:
        hadir-ingest report discipline --all --year 2026 --format xlsx --output disiplin.xlsx
    """
    make(centre, "discipline", in_year(centre, year), asked)


@report.command("trend")
@of_year
@pass_centre
def trend(centre: Centre, /, year: int | None, **asked: object) -> None:
    """Show how attendance went over the months of a year.

    \b
    Example:
        hadir-ingest report trend --all --year 2026 --format pdf --output tren.pdf
    """
    make(centre, "trend", in_year(centre, year), asked)


@report.command("unseen")
@of_offices
@click.option("--date", "day", type=DAY, help="The last day (default: yesterday).")
@click.option(
    "--days",
    "unseen_days",
    type=click.IntRange(1, 366),
    default=14,
    show_default=True,
    help="For how many days nobody saw them.",
)
@with_output
@pass_centre
def unseen(centre: Centre, /, day: date | None, **asked: object) -> None:
    """List who has to come and left no touch for days.

    \b
    Example:
        hadir-ingest report unseen --all --days 30
    """
    make(centre, "unseen", day_of(day) or centre.today(), asked)


@report.command("unmapped")
@of_offices
@with_output
@pass_centre
def unmapped(centre: Centre, /, **asked: object) -> None:
    """List user ids of which nothing is known.

    \b
    Example:
        hadir-ingest report unmapped --all
    """
    make(centre, "unmapped", centre.today(), asked)
