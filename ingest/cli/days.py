"""Days: judge again, and explain one."""

from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta

import click

from ingest import excuse_types
from ingest.cli import scope
from ingest.cli.acting import trusted_root
from ingest.cli.context import Centre, dump, pass_centre
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.punches import known_nip
from ingest.cli.show import as_json, show
from ingest.days import Settings, evaluate, explain
from ingest.store.people import find_offices


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
