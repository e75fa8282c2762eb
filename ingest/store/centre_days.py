"""How long the centre was silent on each day: no clock of a case runs on a day it was down.

Every minute it writes that it is awake. A day's silence is the longest time without such a sign,
from its first moment to its last; a day between two known ones without any sign is silent as a
whole. Of days before the first sign nothing is known, and nothing is held against them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store.tables_cases import centre_days

_DAY = timedelta(days=1)


def beat(connection: Connection, *, now: datetime, zone: ZoneInfo) -> None:
    """Write that the centre is awake. A clock that was set back writes nothing."""
    day = now.astimezone(zone).date()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    made = connection.scalar(
        dialect.insert(centre_days)
        .values(
            day=day,
            first_at=now,
            last_at=now,
            longest_silence_s=_seconds(now - _midnight(day, zone)),
        )
        .on_conflict_do_nothing()
        .returning(centre_days.c.day)
    )
    if made is None:
        _beat_again(connection, day, now)


def _beat_again(connection: Connection, day: date, now: datetime) -> None:
    row = connection.execute(
        select(centre_days).where(centre_days.c.day == day).with_for_update()
    ).one()
    if now > row.last_at:
        silence = max(row.longest_silence_s, _seconds(now - row.last_at))
        connection.execute(
            update(centre_days)
            .where(centre_days.c.day == day)
            .values(last_at=now, longest_silence_s=silence)
        )


def find_silences(
    connection: Connection, first: date, last: date, *, zone: ZoneInfo
) -> dict[date, int]:
    """Return for each day that is over how long the centre was silent, in seconds."""
    begun = connection.scalar(select(func.min(centre_days.c.day)))
    if begun is None:
        return {}
    rows = connection.execute(select(centre_days).where(centre_days.c.day.between(first, last)))
    known = {row.day: row for row in rows}
    found = {}
    for day in _days(max(first, begun), last):
        midnight, row = _midnight(day + _DAY, zone), known.get(day)
        if row is None:
            found[day] = _seconds(midnight - _midnight(day, zone))
        else:
            found[day] = max(row.longest_silence_s, _seconds(midnight - row.last_at))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
