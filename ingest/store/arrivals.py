"""What every row of an arriving batch shares, and what its arrival marks to be judged again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ingest.coverage import FIRST_SANE_YEAR, doubt, doubt_window
from ingest.store import clocks, marks
from ingest.store.bridges import Bridge, Terminals
from ingest.wire import BadRecord, Punch

USER_DAYS = 31
"""A doubt over more days than these is marked for the whole office: one row a day, not one a user
and day."""
BLANK = "blank"  # a slot never written: no touch can hide in it
CLOCK_AHEAD = timedelta(minutes=5)
"""A bridge further ahead of us than this has a wrong clock itself, and judges no other by it."""

UserDay = tuple[int, str, date]
"""Terminal id, user id, local day."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A batch that is being stored."""

    connection: Connection
    bridge: Bridge
    known: Terminals
    batch_id: int
    at: datetime
    zone: ZoneInfo
    limit_s: int


def moment(seconds: int) -> datetime:
    """Return the instant of epoch seconds, also before 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def keep_clocks(arrival: Arrival, seen: Iterable[tuple[int, int, int | None]]) -> set[date]:
    """Keep what was seen of clocks: (terminal id, read at, offset); return the days it decides."""
    looks: dict[tuple[int, date], int] = {}
    for terminal, read_at, offset_s in seen:
        if offset_s is not None and moment(read_at) <= arrival.at + CLOCK_AHEAD:
            day = moment(read_at).astimezone(arrival.zone).date()
            clocks.keep_worst(looks, (terminal, day), offset_s)
    return clocks.keep(
        arrival.connection,
        looks,
        counted=arrival.known.counted,
        today=arrival.at.astimezone(arrival.zone).date(),
        limit_s=arrival.limit_s,
    )


def mark_users(arrival: Arrival, new: Iterable[Punch]) -> set[date]:
    """Mark the days new punches speak of; return those that concern the whole office."""
    users: set[UserDay] = set()
    office: set[date] = set()
    for one in new:
        terminal = arrival.known.ids[one.terminal]
        users.add((terminal, one.user_id, one.local_time.date()))
        if doubt(one, arrival.limit_s) is not None and terminal in arrival.known.counted:
            days = _doubtful_days(arrival, one)
            if len(days) > USER_DAYS:
                office.update(days)
            else:
                users.update((terminal, one.user_id, day) for day in days)
    marks.mark_user_days(arrival.connection, users)
    return office


def mark_office(arrival: Arrival, days: Iterable[date]) -> None:
    """Mark days of everybody who is known at the bridge's office."""
    marks.mark_known_here(arrival.connection, arrival.bridge.office, days, roaming=True)


def unreadable_days(arrival: Arrival, record: BadRecord) -> list[date]:
    """Return at least the days the record may belong to; which of them it does is judged later."""
    counted = arrival.known.ids[record.terminal] in arrival.known.counted
    if record.kind == BLANK or not counted:
        return []
    last = min(moment(record.read_at), arrival.at).astimezone(arrival.zone).date()
    near = date.min if record.near_from is None else record.near_from.date()
    believed = near.year >= FIRST_SANE_YEAR and near <= last
    return marks.days_between(near if believed else date.min, last)


def _doubtful_days(arrival: Arrival, one: Punch) -> list[date]:
    after = None if one.after is None else moment(one.after)
    window = doubt_window(after, moment(one.read_at), arrival.limit_s)
    last = min(window.end, arrival.at + CLOCK_AHEAD).astimezone(arrival.zone).date()
    start = window.start and window.start.astimezone(arrival.zone).date()
    return marks.days_between(start or date.min, last)
