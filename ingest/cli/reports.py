"""Reports of an office, a branch or all, in every format."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest import regulations, reporting
from ingest.cli import scope
from ingest.cli.acting import actor_of
from ingest.cli.context import Centre, pass_centre
from ingest.cli.days import settings
from ingest.cli.people import DAY, FILE, day_of, require_office
from ingest.cli.punches import known_nip
from ingest.errors import NotKnown
from ingest.reports import FORMATS, REPORTS, Asked, Scope, Table, render
from ingest.reports.files import MAKERS, write_file
from ingest.reports.printed import days_of_month
from ingest.reports.stamp import Stamp
from ingest.store.people import find_offices

MONTH = click.DateTime(["%Y-%m"])
YEAR = click.IntRange(2000, 2100)
_Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class _Output:
    """How and where a report goes."""

    form: str
    path: Path | None
    force: bool


@dataclass(frozen=True, slots=True)
class _Where:
    office: str | None = None
    branch: str | None = None
    every: bool = False


def _output(command: _Command) -> _Command:
    for option in (
        click.option("--force", is_flag=True, help="Write over a file that is there."),
        click.option("--output", type=FILE, help="The file to write (default: stdout)."),
        click.option(
            "--format",
            "form",
            type=click.Choice([*FORMATS, *MAKERS]),
            default="table",
            show_default=True,
            help="A table for eyes, CSV and XLSX for spreadsheets, PDF for paper, JSON.",
        ),
    ):
        command = option(command)
    return command


def _where(command: _Command) -> _Command:
    for option in (
        click.option("--all", "every", is_flag=True, help="Every office."),
        click.option(
            "--branch", help="Every office whose code is this, or begins with it and a dot."
        ),
        click.option("--office", help="Code of the office."),
    ):
        command = option(command)
    return command


@click.group()
def report() -> None:
    """Recaps and other reports, on screen and as files.

    Who was there, who was not, and who cannot be judged yet: of one office, a branch of offices
    (the codes that begin alike) or all of them.
    """


@report.command("daily")
@_where
@click.option("--date", "day", type=DAY, help="The day (default: today).")
@_output
@pass_centre
def daily(centre: Centre, /, day: date | None, **asked: object) -> None:
    """Recap one day: everybody of an office, and why.

    \b
    Example:
        hadir-ingest report daily --office 4.01.01 --date 2026-03-02
    """
    _report(centre, "daily", day_of(day) or centre.today(), asked)


def _of_month(command: _Command) -> _Command:
    help_text = "The month, such as 2026-03 (default: this one)."
    return _where(click.option("--month", type=MONTH, help=help_text)(_output(command)))


def _of_year(command: _Command) -> _Command:
    help_text = "The calendar year (default: this one)."
    return _where(click.option("--year", type=YEAR, help=help_text)(_output(command)))


@report.command("monthly")
@_of_month
@pass_centre
def monthly(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Recap one month: everybody of an office, a column a day.

    \b
    Example:
        hadir-ingest report monthly --office 4.01.01 --month 2026-03 --format pdf --output 03.pdf
    """
    _report(centre, "monthly", day_of(month) or centre.today(), asked)


@report.command("tpp")
@_of_month
@pass_centre
def tpp(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell what of the TPP a month costs, of a hundred.

    By the ladder of your own file; none ships that applies.

    \b
    Example:
        hadir-ingest report tpp --office 4.01.01 --month 2026-03
    """
    _report(centre, "tpp", day_of(month) or centre.today(), asked)


@report.command("weekdays")
@_of_month
@pass_centre
def weekdays(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Compare attendance by weekday and office.

    \b
    Example:
        hadir-ingest report weekdays --all --month 2026-03 --format pdf --output hari.pdf
    """
    _report(centre, "weekdays", day_of(month) or centre.today(), asked)


@report.command("coverage")
@_of_month
@pass_centre
def coverage(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell how many days of each office are known to the end.

    \b
    Example:
        hadir-ingest report coverage --all --month 2026-03 --format xlsx --output data.xlsx
    """
    _report(centre, "coverage", day_of(month) or centre.today(), asked)


@report.command("terminals")
@_of_month
@pass_centre
def terminals(centre: Centre, /, month: date | None, **asked: object) -> None:
    """Tell how each terminal does, and which of its days are known.

    \b
    Example:
        hadir-ingest report terminals --branch 4.01 --month 2026-03
    """
    _report(centre, "terminals", day_of(month) or centre.today(), asked)


@report.command("person")
@click.option("--nip", help="The person.")
@click.option("--office", help="Code of the office: everybody of it, a sheet or page each.")
@click.option("--month", type=MONTH, help="The month, such as 2026-03 (default: this one).")
@_output
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
    _report(centre, "person", day_of(month) or centre.today(), asked | whose)


@report.command("year")
@click.option("--nip", required=True, help="The person.")
@click.option("--year", type=YEAR, help="The calendar year (default: this one).")
@_output
@pass_centre
def year(centre: Centre, /, nip: str, year: int | None, **asked: object) -> None:
    """Recap a person's year, a row a month.

    \b
    Example:
        hadir-ingest report year --nip "19860926 201505 1 001" --year 2026
    """
    _report(centre, "year", _in(centre, year), {**asked, "nip": nip})


@report.command("discipline")
@_of_year
@pass_centre
def discipline(centre: Centre, /, year: int | None, **asked: object) -> None:
    """Tell what a year's absences indicate, of everybody who has any.

    \b
    Example:
        hadir-ingest report discipline --all --year 2026 --format xlsx --output disiplin.xlsx
    """
    _report(centre, "discipline", _in(centre, year), asked)


@report.command("trend")
@_of_year
@pass_centre
def trend(centre: Centre, /, year: int | None, **asked: object) -> None:
    """Show how attendance went over the months of a year.

    \b
    Example:
        hadir-ingest report trend --all --year 2026 --format pdf --output tren.pdf
    """
    _report(centre, "trend", _in(centre, year), asked)


@report.command("unseen")
@_where
@click.option("--date", "day", type=DAY, help="The last day (default: yesterday).")
@click.option(
    "--days",
    "unseen_days",
    type=click.IntRange(1, 366),
    default=14,
    show_default=True,
    help="For how many days nobody saw them.",
)
@_output
@pass_centre
def unseen(centre: Centre, /, day: date | None, **asked: object) -> None:
    """List who has to come and left no touch for days.

    \b
    Example:
        hadir-ingest report unseen --all --days 30
    """
    _report(centre, "unseen", day_of(day) or centre.today(), asked)


@report.command("unmapped")
@_where
@_output
@pass_centre
def unmapped(centre: Centre, /, **asked: object) -> None:
    """List user ids of which nothing is known.

    \b
    Example:
        hadir-ingest report unmapped --all
    """
    _report(centre, "unmapped", centre.today(), asked)


def _in(centre: Centre, year: int | None) -> date:
    """Return the day by which a year is asked for: today in this one, so far as it went."""
    return date(year, 12, 31) if year is not None else centre.today()


def _report(centre: Centre, name: str, day: date, asked: dict[str, object]) -> None:
    where = _Where(*(asked.pop(one, None) for one in ("office", "branch", "every")))  # type: ignore[arg-type]  # as click made them
    output = _Output(asked.pop("form"), asked.pop("output"), asked.pop("force"))  # type: ignore[arg-type]  # as above
    if output.form in MAKERS and output.path is None:
        raise click.UsageError(f"{output.form} is a file; say where to by --output")
    if output.force and output.path is None:
        raise click.UsageError("--force goes with --output")
    with centre.reading() as connection:
        nip = _person(connection, asked, _span(name, day))
        within = _within(connection, where, nip=nip)
        made = Asked(
            scope=within,
            day=day,
            now=centre.now(),
            settings=settings(centre),
            forms=reporting.load(centre.config.reports),
            nip=nip,
            unseen_days=int(str(asked.get("unseen_days", 14))),
            shelf=regulations.load(centre.config.regulations) if name == "discipline" else None,
        )
        table = REPORTS[name].make(connection, made)
        subject = f"nip {nip}" if nip else _subject(where)
        scope.tell_read(centre, subject, _people(table), day=day, form=_told(output))
        _write(centre, table, made, output)


def _span(name: str, day: date) -> tuple[date, date]:
    """Return the days of a report on one person."""
    if REPORTS[name].of == "month":
        days = days_of_month(day)
        return days[0], days[-1]
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _person(connection: Connection, asked: dict[str, object], span: tuple[date, date]) -> str:
    """Return the NIP asked for, of who serves on some day of the time; empty: none was."""
    if "nip" not in asked:
        return ""
    return known_nip(connection, str(asked["nip"]), span)


def _people(table: Table) -> int | None:
    if table.people is not None:
        return table.people
    return len(table.rows) if isinstance(table.rows, list) else None


def _told(output: _Output) -> str | None:
    """Return the format as the audit log tells it, of what went into a file."""
    return output.form if output.path is not None else None


def _within(connection: Connection, where: _Where, *, nip: str) -> Scope:
    """Return the offices asked for. Raises NotKnown, OutOfScope, UsageError."""
    known = {code: one.name for code, one in find_offices(connection).items()}
    if nip:
        own = scope.ask()
        found = known if own is None else {own: known[own]}
        return Scope(found, "", own)
    if sum(map(bool, (where.office, where.branch, where.every))) != 1:
        raise click.UsageError("say which offices: one of --office, --branch and --all")
    if where.office:
        require_office(find_offices(connection), where.office)
        name = known[where.office]
        return Scope({where.office: name}, f"{name} ({where.office})", where.office)
    if where.every:
        scope.require_own(None)
        return Scope(known, "semua kantor")
    return _branch(known, str(where.branch))


def _branch(known: dict[str, str], branch: str) -> Scope:
    """Return the offices whose code is the branch or goes on after it with a dot."""
    found = {
        code: name
        for code, name in known.items()
        if code == branch or code.startswith(f"{branch.rstrip('.')}.")
    }
    scope.require_own(*(found or [None]))
    if not found:
        raise NotKnown(f'no office has a code that begins with "{branch}"; see offices list')
    return Scope(found, f"cabang {branch} ({len(found)} kantor)")


def _subject(where: _Where) -> str:
    return f"branch {where.branch}" if where.branch else scope.of_office(where.office)


def _write(centre: Centre, table: Table, asked: Asked, output: _Output) -> None:
    who = actor_of(centre.acting, None).name
    stamp = Stamp(who, centre.now().astimezone(centre.config.zone))
    if output.path is not None:
        write_file(output.path, table, output.form, stamp, asked, force=output.force)
        click.echo(f"written: {output.path}", err=True)
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(render(table, output.form, stamp=stamp, screen_width=width), nl=False)
