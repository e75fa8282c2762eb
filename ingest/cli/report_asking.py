"""What every report is asked by, offices, time and file, and how it is made and handed out."""

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
from ingest.cli.context import Centre
from ingest.cli.days import settings
from ingest.cli.people import FILE, require_office
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


def with_output(command: _Command) -> _Command:
    """Let a report be asked in a format, and into a file."""
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


def of_offices(command: _Command) -> _Command:
    """Let a report be asked of an office, a branch or all."""
    for option in (
        click.option("--all", "every", is_flag=True, help="Every office."),
        click.option(
            "--branch", help="Every office whose code is this, or begins with it and a dot."
        ),
        click.option("--office", help="Code of the office."),
    ):
        command = option(command)
    return command


def of_month(command: _Command) -> _Command:
    """Let a report of offices be asked of a month, with its output."""
    help_text = "The month, such as 2026-03 (default: this one)."
    return of_offices(click.option("--month", type=MONTH, help=help_text)(with_output(command)))


def of_year(command: _Command) -> _Command:
    """Let a report of offices be asked of a year, with its output."""
    help_text = "The calendar year (default: this one)."
    return of_offices(click.option("--year", type=YEAR, help=help_text)(with_output(command)))


def in_year(centre: Centre, year: int | None) -> date:
    """Return the day by which a year is asked for: today in this one, so far as it went."""
    return date(year, 12, 31) if year is not None else centre.today()


def make(centre: Centre, name: str, day: date, asked: dict[str, object]) -> None:
    """Make a report by its name and hand it out; `asked` is what its options brought.

    Raises NotKnown, OutOfScope, OutputExists, Refused, UsageError.
    """
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
