"""What is known of terminals around one day: stretches, clocks, unreadable records, bridges."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, func, select, union_all

from ingest.coverage import ClockDay, Stretch, Unreadable
from ingest.store.tables import bad_records, bridges, clock_days, coverage


@dataclass(frozen=True, slots=True)
class Said:
    """What bridges said last."""

    heard: dict[str, datetime] = field(default_factory=dict)
    """When each office's bridges were last heard."""
    faults: dict[str, str] = field(default_factory=dict)
    """What keeps a bridge from reading a terminal, by serial; empty where nothing does."""
    refused: dict[str, int] = field(default_factory=dict)
    """How many rows each office's bridges keep because this centre refused them."""


def find_stretches(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[Stretch]]:
    """Return every stretch: older ones tell how far a terminal was read, younger ones that no
    read will grow into this day any more."""
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    for row in connection.execute(
        select(coverage.c.terminal_id, coverage.c.since, coverage.c.until, coverage.c.parked)
        .where(coverage.c.terminal_id.in_(ids))
        .order_by(coverage.c.since)
    ):
        found[row.terminal_id].append(Stretch(row.since, row.until, row.parked))
    return found


def find_clock(
    connection: Connection, ids: Sequence[int], first: date, last: date
) -> defaultdict[int, list[ClockDay]]:
    """Return the looks at each clock from a day to another, and those nearest on either side."""
    c = clock_days.c
    here = c.terminal_id.in_(ids)
    before = select(c.terminal_id, func.max(c.day).label("day")).where(here, c.day < first)
    after = select(c.terminal_id, func.min(c.day).label("day")).where(here, c.day > last)
    near = union_all(
        select(c.terminal_id, c.day).where(here, c.day.between(first, last)),
        before.group_by(c.terminal_id),
        after.group_by(c.terminal_id),
    ).subquery()
    found: defaultdict[int, list[ClockDay]] = defaultdict(list)
    for row in connection.execute(
        select(c.terminal_id, c.day, c.worst_offset_s)
        .join(near, (near.c.terminal_id == c.terminal_id) & (near.c.day == c.day))
        .order_by(c.day)
    ):
        found[row.terminal_id].append(ClockDay(row.day, row.worst_offset_s))
    return found


def find_unreadable(
    connection: Connection, ids: Sequence[int], start: datetime
) -> defaultdict[int, list[Unreadable]]:
    """Return bad records that were read after the day began; a slot never written is none."""
    found: defaultdict[int, list[Unreadable]] = defaultdict(list)
    for row in connection.execute(
        select(
            bad_records.c.terminal_id,
            bad_records.c.id,
            bad_records.c.user_id,
            bad_records.c.near_from,
            bad_records.c.near_until,
            bad_records.c.read_at,
        ).where(
            bad_records.c.terminal_id.in_(ids),
            bad_records.c.kind != "blank",
            bad_records.c.read_at >= start,
        )
    ):
        found[row.terminal_id].append(
            Unreadable(row.user_id, row.near_from, row.near_until, row.read_at, row.id)
        )
    return found


def find_said(connection: Connection, places: set[str]) -> Said:
    """Return what the bridges of some offices said last; a revoked one says nothing."""
    said = Said()
    for row in connection.execute(
        select(bridges.c.office, bridges.c.last_seen_at, bridges.c.health)
        .where(bridges.c.office.in_(places), bridges.c.revoked_at.is_(None))
        .order_by(bridges.c.last_seen_at)
    ):
        if row.last_seen_at is not None:
            earlier = said.heard.get(row.office, row.last_seen_at)
            said.heard[row.office] = max(row.last_seen_at, earlier)
        health = row.health or {}
        for one in health.get("terminals", ()):
            said.faults[one["serial"]] = one["last_error"]
        said.refused[row.office] = said.refused.get(row.office, 0) + health.get("parked", 0)
    return said
