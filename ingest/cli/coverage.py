"""Coverage: what is known of terminals, on one day or as a calendar of a month."""

import shutil
import sys
from dataclasses import asdict, fields, replace
from datetime import date

import click

from ingest.cli import scope
from ingest.cli.acting import decisions, grounds, note, on_grounds, require_seal
from ingest.cli.context import Centre, pass_centre
from ingest.cli.days import settings
from ingest.cli.people import DAY, asked_office, day_of, require_office
from ingest.cli.report_asking import MONTH
from ingest.cli.show import as_json, show
from ingest.coverage import TerminalDay
from ingest.days import VERDICT_TEXT, work_out
from ingest.days.advice import ADVICE
from ingest.days.month import Mark, MonthDay, OfficeMonth, month_of
from ingest.reports import Table, render
from ingest.reports.calendar import office_calendar, offices_overview, worst_text
from ingest.reports.notes import calendar_notes
from ingest.store import lookup, resolutions
from ingest.store.people import find_offices

_NEVER: dict[str, object] = {field.name: None for field in fields(lookup.LastCoverage)}


@click.group(invoke_without_command=True)
@click.option("--office", help="Code of the office.")
@click.option("--day", type=DAY, help="The day (default: today).")
@click.option("--month", type=MONTH, help="Instead: a month as a calendar, such as 2026-03.")
@as_json
@pass_centre
@click.pass_context
def coverage(
    context: click.Context,
    centre: Centre,
    office: str | None,
    day: date | None,
    month: date | None,
    as_json: bool,
) -> None:
    """Show up to when each terminal's log is known.

    And whether a day is complete, with the reasons why not. A month is shown as "coverage show"
    does.

    \b
    Example:
        hadir-ingest coverage --office 4.01.01 --day 2026-03-02
        hadir-ingest coverage --office 4.01.01 --month 2026-03
    """
    if context.invoked_subcommand is not None:
        if office is not None or day is not None or month is not None or as_json:
            raise click.UsageError("--office, --day, --month and --json go without a command")
        return
    if month is not None:
        if day is not None:
            raise click.UsageError("--day and --month go without each other")
        _show_month(centre, office, day_of(month) or centre.today(), as_json=as_json)
        return
    if office is None:
        raise click.UsageError("name the office by --office, or a month of all by --month")
    _show_day(centre, office, day_of(day) or centre.today(), as_json=as_json)


@coverage.command("show")
@click.option("--office", help="Only this office, day by day (default: all, a line each).")
@click.option("--month", type=MONTH, help="The month, such as 2026-03 (default: this one).")
@as_json
@pass_centre
def show_month(centre: Centre, office: str | None, month: date | None, as_json: bool) -> None:
    """Show a month as a calendar: which days may be judged.

    In Indonesian, with what holds up the others and what the office can do about it.

    \b
    Example:
        hadir-ingest coverage show --office 4.01.01 --month 2026-03
    """
    _show_month(centre, office, day_of(month) or centre.today(), as_json=as_json)


@coverage.command("withdraw")
@click.option("--terminal", required=True, help="Serial number.")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--until", "last", type=DAY, required=True, help="Last day.")
@on_grounds
@pass_centre
def withdraw_coverage(
    centre: Centre,
    terminal: str,
    first: date,
    last: date,
    who: str,
    why: str,
    letter: str | None,
) -> None:
    """Say that a terminal's log is not known on some days after all.

    Nobody is absent on them until the decision is taken back by quarantine reopen.

    \b
    Example:
        hadir-ingest coverage withdraw --terminal CKJ1234567 --from 2026-03-02 \\
            --until 2026-03-04 --why "mesin tertukar" --by "Kepala BKPSDM"
    """
    seal = require_seal(centre)
    span = (day_of(first) or first, day_of(last) or last)
    with centre.writing() as connection:
        scope.require_terminal(connection, terminal)
        made = resolutions.withdraw_coverage(
            connection,
            seal,
            grounds(who, why, letter),
            terminal=terminal,
            first=span[0],
            last=span[1],
            now=centre.now(),
            zone=centre.config.zone,
            clock_limit_s=centre.config.clock_limit_s,
        )
        note(
            centre,
            connection,
            "coverage.withdraw",
            who=who,
            subject=f"terminal {terminal}",
            days=[one.isoformat() for one in span],
            decisions=decisions(made),
        )
    click.echo(f"resolution {made.number}: {terminal} is not known from {span[0]} to {span[1]}")


def _show_day(centre: Centre, office: str, asked: date, *, as_json: bool) -> None:
    with centre.reading() as connection:
        require_office(find_offices(connection), office)
        known = work_out(
            connection, office=office, day=asked, now=centre.now(), settings=settings(centre)
        ).coverage
        last = lookup.find_last_coverage(connection, office)
    for serial in known.unregistered:
        click.echo(f"terminal {serial} is not registered and does not count", err=True)
    rows = [
        {
            "serial": one.serial,
            "name": one.name,
            "day": asked,
            "verdict": one.verdict.value if as_json else VERDICT_TEXT[one.verdict],
            **(asdict(last[one.serial]) if one.serial in last else _NEVER),
            "reasons": _reasons(one, as_json=as_json),
        }
        for one in known.terminals
    ]
    columns = ("serial", "name", "verdict", "since", "until", "taken", "clock_offset_s", "reasons")
    show(rows, columns, as_json=as_json)


def _reasons(one: TerminalDay, *, as_json: bool) -> object:
    texts = [reason.text for reason in one.reasons]
    return texts if as_json else "; ".join(texts)


def _show_month(centre: Centre, office: str | None, day: date, *, as_json: bool) -> None:
    """Show one office's calendar, or a line of each; who has an office gets its calendar."""
    with centre.reading() as connection:
        asked = asked_office(connection, office)
        found = month_of(
            connection,
            offices=[asked] if asked is not None else list(find_offices(connection)),
            day=day,
            now=centre.now(),
            settings=settings(centre),
        )
        notes = calendar_notes(connection, day.year)
    if as_json:
        rows = map(_day, found[0].days) if asked is not None else map(_office, found)
        show(rows, (), as_json=True)
        return
    table = office_calendar(found[0]) if asked is not None else offices_overview(found)
    _print(replace(table, notes=[*table.notes, *notes]))


def _print(table: Table) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(render(table, "table", screen_width=width), nl=False)


def _day(one: MonthDay) -> dict[str, object]:
    known = one.coverage
    return {
        "day": one.day,
        "mark": one.mark,
        "free": one.free,
        "calendar": one.expected.text,
        "reasons": [{**asdict(why), "advice": ADVICE[why.code]} for why in one.reasons],
        "terminals": [
            {"serial": each.serial, "name": each.name, "verdict": each.verdict}
            for each in (known.terminals if known else ())
        ],
        "unregistered": known.unregistered if known else (),
    }


def _office(one: OfficeMonth) -> dict[str, object]:
    counts = {mark.value: one.count(mark) for mark in Mark}
    return {"office": one.office, "name": one.name, **counts, "worst": worst_text(one)}
