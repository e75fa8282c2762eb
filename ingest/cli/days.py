"""Days: judge again, explain one, and what is known of an office's terminals."""

from collections import Counter
from dataclasses import asdict, fields
from datetime import date, timedelta

import click

from ingest import excuse_types
from ingest.cli import scope
from ingest.cli.acting import decisions, grounds, note, on_grounds, require_seal, trusted_root
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import DAY, asked_office, day_of, require_office
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.coverage import TerminalDay
from ingest.days import VERDICT_TEXT, Settings, evaluate, explain, work_out
from ingest.store import lookup, resolutions
from ingest.store.people import find_offices

_NEVER: dict[str, object] = {field.name: None for field in fields(lookup.LastCoverage)}


def settings(centre: Centre) -> Settings:
    """Return what judging needs to know from the configuration."""
    config = centre.config
    types = excuse_types.load(config.excuses)
    return Settings(config.zone, config.clock_limit_s, trusted_root(centre), types)


@click.group()
def days() -> None:
    """What people's days came to, and why."""


@days.command("evaluate")
@click.option("--office", help="Only this office.")
@click.option("--from", "since", type=DAY, help="First day (default: yesterday).")
@click.option("--until", type=DAY, help="Last day (default: the first).")
@as_json
@pass_centre
def evaluate_days(
    centre: Centre, office: str | None, since: date | None, until: date | None, as_json: bool
) -> None:
    """Judge days again from what is stored.

    The result is the same however often.

    \b
    Example:
        hadir-ingest days evaluate --from 2026-03-02 --until 2026-03-06
    """
    first = day_of(since) or centre.today() - timedelta(days=1)
    last = day_of(until) or first
    if last < first:
        raise click.UsageError(f"--until {last} lies before the first day {first}")
    if last > centre.today():
        raise click.UsageError(f"{last} has not begun; nothing can be judged")
    with centre.reading() as connection:
        office = asked_office(connection, office)
        known = find_offices(connection)
    rows: list[dict[str, object]] = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for code in [office] if office is not None else list(known):
            with centre.writing() as connection:
                judged = evaluate(
                    connection,
                    office=code,
                    day=day,
                    now=centre.now(),
                    settings=settings(centre),
                )
            counts = Counter(one.status.value for one in judged)
            statuses = dict(counts) if as_json else _counted(counts)
            rows.append({"day": day, "office": code, "people": len(judged), "statuses": statuses})
    show(rows, ("day", "office", "people", "statuses"), as_json=as_json)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{status} {count}" for status, count in sorted(counts.items()))


@days.command("explain")
@click.argument("nip")
@click.argument("day", type=DAY)
@as_json
@pass_centre
def explain_day(centre: Centre, nip: str, day: date, as_json: bool) -> None:
    """Tell in Indonesian why a person's day is what it is.

    \b
    Example:
        hadir-ingest days explain "19860926 201505 1 001" 2026-03-02
    """
    asked = day_of(day) or day
    with centre.reading() as connection:
        digits = known_nip(connection, nip, (asked, asked))
        told = explain(connection, digits, asked, now=centre.now(), settings=settings(centre))
        scope.tell_read(centre, f"nip {digits}", 1, day=asked)
    if as_json:
        click.echo(dump(asdict(told)))
    else:
        for line in told.story:
            click.echo(line)


@click.group(invoke_without_command=True)
@click.option("--office", help="Code of the office.")
@click.option("--day", type=DAY, help="The day (default: today).")
@as_json
@pass_centre
@click.pass_context
def coverage(
    context: click.Context, centre: Centre, office: str | None, day: date | None, as_json: bool
) -> None:
    """Show up to when each terminal's log is known.

    And whether a day is complete, with the reasons why not.

    \b
    Example:
        hadir-ingest coverage --office 4.01.01 --day 2026-03-02
    """
    if context.invoked_subcommand is not None:
        if office is not None or day is not None or as_json:
            raise click.UsageError("--office, --day and --json go without a command")
        return
    if office is None:
        raise click.UsageError("name the office by --office")
    _show_coverage(centre, office, day_of(day) or centre.today(), as_json=as_json)


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


def _show_coverage(centre: Centre, office: str, asked: date, *, as_json: bool) -> None:
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
