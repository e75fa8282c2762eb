"""Which days are looked at again when somebody decides on evidence: all to which it may belong."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from ingest.coverage import FIRST_SANE_YEAR, day_bounds, doubt_window
from ingest.errors import NotKnown
from ingest.nip import LENGTH
from ingest.store import marks
from ingest.store.quarantine import PUNCH, RECORD, Waiting, find_all
from ingest.store.tables import terminals


def mark_waiting(
    connection: Connection,
    waiting: Iterable[Waiting],
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> None:
    """Have every day looked at again to which the punches and records may belong."""
    query = select(terminals.c.serial, terminals.c.id)
    ids = {row.serial: row.id for row in connection.execute(query)}
    days: dict[str, set[date]] = {}
    users: set[tuple[int, str, date]] = set()
    for one in waiting:
        may = set(_may_belong_to(one, now, zone, clock_limit_s))
        if one.local_time is not None:
            may.add(one.local_time.date())
        days.setdefault(one.office, set()).update(may)
        # a NIP: its owner may serve where nobody knows this terminal
        if len(one.user_id) == LENGTH:
            users.update((ids[one.terminal], one.user_id, day) for day in may)
    marks.mark_user_days(connection, users)
    for office in sorted(days):
        marks.mark_known_here(connection, office, days[office], roaming=True)


def _may_belong_to(one: Waiting, now: datetime, zone: ZoneInfo, clock_limit_s: int) -> list[date]:
    limit = timedelta(seconds=clock_limit_s)
    last = min(one.read_at + limit, now).astimezone(zone).date()
    if one.kind == PUNCH:
        start = doubt_window(one.after_at, one.read_at, clock_limit_s).start
        return marks.days_between(start.astimezone(zone).date() if start else date.min, last)
    near = date.min if one.near_from is None else one.near_from.date()
    believed = near.year >= FIRST_SANE_YEAR and near <= last
    return marks.days_between(near if believed else date.min, last)


def mark_coverage(
    connection: Connection,
    terminal: str,
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> None:
    """Mark the days themselves, and those of bad records whose age was told by that coverage."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    marks.mark_known_here(connection, office_of(connection, terminal), days, roaming=True)
    since = day_bounds(first, zone)[0]
    younger = [
        one for one in find_all(connection, RECORD, terminal=terminal) if one.read_at >= since
    ]
    mark_waiting(connection, younger, now=now, zone=zone, clock_limit_s=clock_limit_s)


def office_of(connection: Connection, terminal: str) -> str:
    found: str | None = connection.scalar(
        select(terminals.c.office).where(terminals.c.serial == terminal)
    )
    if found is None:
        raise NotKnown(f'no terminal "{terminal}"; see hadir-ingest terminals list')
    return found
