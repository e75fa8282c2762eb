"""Which office-days a change of people, terminals or schemes touches."""

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

    Returns the number of office-days touched.
    """
    spans = list(spans)
    begins = _first_days(connection, {span.office for span in spans})
    touched: set[tuple[str, date]] = set()
    for span in spans:
        known = begins.get(span.office)
        if known is None:
            continue  # nothing was ever judged or stored there: nothing to judge again
        first, last = max(span.first, known), min(span.last or today, today)
        touched.update(
            (span.office, first + timedelta(days=n)) for n in range((last - first).days + 1)
        )
    mark_office_days(connection, touched)
    return len(touched)


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
