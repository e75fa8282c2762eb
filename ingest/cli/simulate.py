"""What other rules would bring, on the days that are stored; nothing is written."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import click
from sqlalchemy import Connection

from ingest import regulations as files
from ingest.casework.simulating import Compared, Happening, simulate
from ingest.casework.working import WorkingDays
from ingest.cli import scope
from ingest.cli.context import Centre, pass_centre
from ingest.cli.people import DAY, asked_office, day_of
from ingest.cli.show import as_json, show
from ingest.discipline import Shelf, make_shelf
from ingest.discipline.cases import Subject
from ingest.store import tally

_MOST = timedelta(days=731)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_STEPS = (
    "OPENED", "WARNED", "REPRIMAND", "OFFICE_LETTER", "SUPERIOR_PROPOSAL", "SALARY_STOP",
)  # fmt: skip


@click.command("simulate")
@click.option("--from", "since", type=DAY, required=True, help="The first day that counts.")
@click.option("--until", type=DAY, help="The last one (default: yesterday).")
@click.option("--rules", type=_FILE, required=True, help="A file like those of the regulations.")
@click.option("--office", help="Only who serves in this office today.")
@click.option("--changed", is_flag=True, help="Only those for whom something is otherwise.")
@as_json
@pass_centre
def simulate_rules(
    centre: Centre,
    since: date,
    until: date | None,
    rules: Path,
    office: str | None,
    changed: bool,
    as_json: bool,
) -> None:
    """Tell who would be warned and escalated by other rules.

    On the stored days, beside the rules of today; nothing is written. It is assumed that every
    warning is taken on its day, nobody explains, and each step is approved on the day it is
    prepared: the furthest a case can go.

    \b
    Example:
        hadir-ingest simulate --from 2026-01-01 --rules usulan.toml
    """
    first, last = _span(centre, since, until)
    shelf = files.load(centre.config.regulations)
    other = make_shelf(shelf.documents, [files.read_one(rules)])
    with centre.reading() as connection:
        office = asked_office(connection, office)
        found = _compare(connection, centre.today(), (first, last), office, (shelf, other))
        scope.tell_read(
            centre, scope.of_office(office), len(found), since=first, until=last, rules=rules.name
        )
    _sum(found)
    rows = [_row(one, as_json=as_json) for one in found if one.differs or not changed]
    show(rows, ("nip", "name", "office", "today", "other", "changes"), as_json=as_json)


def _span(centre: Centre, since: date, until: date | None) -> tuple[date, date]:
    first = day_of(since) or since
    last = day_of(until) or centre.today() - timedelta(days=1)
    if not first <= last < centre.today():
        raise click.UsageError(f"no day from {first} to {last} is over yet")
    if last - first > _MOST:
        raise click.UsageError("two years at most; say --from or --until")
    return first, last


def _compare(
    connection: Connection,
    today: date,
    span: tuple[date, date],
    office: str | None,
    shelves: tuple[Shelf, Shelf],
) -> list[Compared]:
    """Return everybody to whom anything would happen by either rules, by name."""
    first, last = span
    working: dict[str, WorkingDays] = {}
    found = []
    counted = list(tally.find_all(connection, first=first, last=last, today=today, office=office))
    for one in counted:
        where = one.office or "-"
        if one.office is not None and where not in working:
            working[where] = WorkingDays(connection, where)
        subject = Subject(one.nip, where, one.kind)
        by = [
            simulate(
                subject, one.days, shelf, first=first, last=last,
                is_working=working.get(where, _weekday),
            )
            for shelf in shelves
        ]  # fmt: skip
        if any(by):
            found.append(Compared(one.nip, one.name, one.office, by[0], by[1]))
    return sorted(found, key=lambda one: (one.name, one.nip))


def _weekday(day: date) -> bool:
    """Of who serves nowhere today."""
    return day.weekday() < 5


def _row(one: Compared, *, as_json: bool) -> dict[str, object]:
    told = _plain if as_json else _text
    return {
        "nip": one.nip,
        "name": one.name,
        "office": one.office,
        "today": told(one.today),
        "other": told(one.other),
        "changes": one.differs,
    }


def _plain(steps: Iterable[Happening]) -> list[dict[str, object]]:
    return [{"day": one.day, "what": one.what} for one in steps]


def _text(steps: Iterable[Happening]) -> str:
    return ", ".join(f"{one.what} {one.day}" for one in steps)


def _sum(found: Iterable[Compared]) -> None:
    """Say how many of each step there are by either rules, and for how many people it differs."""
    people = list(found)
    today = Counter(step.what for one in people for step in one.today)
    other = Counter(step.what for one in people for step in one.other)
    for step in _STEPS:
        if today[step] or other[step]:
            click.echo(f"{step}: {today[step]} by today's rules, {other[step]} by others", err=True)
    differs = sum(one.differs for one in people)
    click.echo(f"{differs} of {len(people)} people are concerned; nothing was written", err=True)
