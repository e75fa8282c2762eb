"""Which office-days a change of people, terminals or schemes touches."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ingest.store.marks import mark_office_days
from ingest.store.tables import coverage, days, punches, terminals


class Span(NamedTuple):
    """Days of one office that a change touches; `last` is None while it lasts."""

    office: str
    first: date
    last: date | None


def mark_spans(connection: Connection, spans: Iterable[Span], *, today: date) -> int:
    """Mark what the spans touch, no earlier than the office's first data and no later than today.

    An office without any data has no day that could be judged again. Returns the number of marks.
    """
    by_office: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for span in spans:
        by_office[span.office].append((span.first, min(span.last or today, today)))
    touched = [
        (office, first + timedelta(days=n))
        for office, known in _first_days(connection, set(by_office)).items()
        for first, last in _united(by_office[office], since=known)
        for n in range((last - first).days + 1)
    ]
    mark_office_days(connection, touched)
    return len(touched)


def _united(spans: list[tuple[date, date]], *, since: date) -> list[tuple[date, date]]:
    """Return the spans from a day on, overlaps made one: a file has thousands over one year."""
    found: list[tuple[date, date]] = []
    for first, last in sorted((max(first, since), last) for first, last in spans):
        if last < first:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _first_days(connection: Connection, offices: set[str]) -> dict[str, date]:
    """Return the first day with believable data of each office that has any."""
    first_punch = (
        select(func.min(punches.c.local_day))
        .where(punches.c.terminal_id == terminals.c.id, punches.c.doubt.is_(None))
        .scalar_subquery()
    )
    first_known = (
        select(func.min(coverage.c.since))
        .where(coverage.c.terminal_id == terminals.c.id)
        .scalar_subquery()
    )
    found: dict[str, date] = {}

    def earlier(office: str, day: date | None) -> None:
        if day is not None:
            found[office] = min(day, found.get(office, day))

    for office, punch_day, known_at in connection.execute(
        select(terminals.c.office, first_punch, first_known).where(terminals.c.office.in_(offices))
    ):
        earlier(office, punch_day)
        # a day early where the office lies west of Greenwich, never a day late
        earlier(office, known_at and known_at.date() - timedelta(days=1))
    for office, day in connection.execute(
        select(days.c.office, func.min(days.c.day))
        .where(days.c.office.in_(offices))
        .group_by(days.c.office)
    ):
        earlier(office, day)
    return found
