"""What bridges prove of their terminals' logs: stretches known without a gap.

A statement that cannot be true is refused with a reason and the others are kept: one bad statement
must not keep an office's days open, and one false one must not close them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store import bridges, clocks, marks
from ingest.store.bridges import Bridge, Terminals
from ingest.store.punches import moment
from ingest.store.tables import coverage, terminals
from ingest.wire import Coverage

AHEAD = timedelta(minutes=5)
"""How far a bridge's clock may run before ours and still be believed."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no terminal's calendar begins before

Key = tuple[int, datetime]
"""Terminal id and `since`: with the bridge, what makes two statements the same stretch."""


@dataclass(frozen=True, slots=True)
class _Stored:
    until: datetime
    parked: int
    read_at: datetime


def save(
    connection: Connection,
    bridge: Bridge,
    told: Iterable[Coverage],
    received_at: datetime,
    *,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> dict[str, str]:
    """Store what can be true; return the rest as `terminal:since` with the reason.

    A stretch only grows: a statement that ends earlier, or was made earlier, than what is stored
    changes nothing. The office-days that may now be judged otherwise are marked.
    """
    sane: list[Coverage] = []
    refused: dict[str, str] = {}
    for one in told:
        fault = _fault(one, received_at)
        if fault is None:
            sane.append(one)
        else:
            refused[_name(one)] = fault
    known = bridges.speak_for(connection, bridge, {one.terminal for one in sane}, now=received_at)
    refused |= {
        _name(one): known.refused[one.terminal] for one in sane if one.terminal in known.refused
    }
    mine: dict[Key, Coverage] = {}
    for one in sorted(sane, key=lambda one: (one.read_at, one.until)):  # the last told counts
        if one.terminal in known.ids:
            mine[known.ids[one.terminal], moment(one.since)] = one
    mine = {key: _until_now(one, received_at) for key, one in mine.items()}
    before = _stored(connection, bridge, mine)
    _put(connection, bridge, mine, received_at)
    _note_clocks(
        connection, bridge, known, sane, received_at=received_at, zone=zone, limit_s=clock_limit_s
    )
    _mark(connection, bridge, known, mine, before, zone=zone)
    return refused


def _fault(one: Coverage, received_at: datetime) -> str | None:
    """Say why a statement cannot be true; None where it can."""
    since, until, read_at = moment(one.since), moment(one.until), moment(one.read_at)
    if until < since:
        return "it ends before it begins"
    if since < EARLIEST:
        return "it begins before the year 2000"
    latest = received_at + AHEAD
    if until > latest or read_at > latest:
        return "it lies in the future; set the clock of the bridge right"
    if one.taken < 0 or one.parked < 0 or (one.on_terminal or 0) < 0:
        return "it counts less than nothing"
    if one.on_terminal is not None and one.taken < one.on_terminal:
        return f"the terminal holds {one.on_terminal} records and {one.taken} were taken"
    return None


def _until_now(one: Coverage, received_at: datetime) -> Coverage:
    """Return a statement that ends when it was told: a clock a little ahead must not end a day."""
    now = int(received_at.timestamp())
    return replace(one, until=max(one.since, min(one.until, now)))


def _name(one: Coverage) -> str:
    return f"{one.terminal}:{one.since}"


def _stored(
    connection: Connection, bridge: Bridge, mine: dict[Key, Coverage]
) -> dict[Key, _Stored]:
    query = select(
        coverage.c.terminal_id,
        coverage.c.since,
        coverage.c.until,
        coverage.c.parked,
        coverage.c.read_at,
    ).where(
        coverage.c.bridge_id == bridge.id,
        coverage.c.terminal_id.in_(sorted({terminal for terminal, _ in mine})),
    )
    return {
        (row.terminal_id, row.since): _Stored(row.until, row.parked, row.read_at)
        for row in connection.execute(query)
    }


def _put(
    connection: Connection, bridge: Bridge, mine: dict[Key, Coverage], received_at: datetime
) -> None:
    if not mine:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(coverage)
    new, old = statement.excluded, coverage.c
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["terminal_id", "bridge_id", "since"],
            set_={
                "until": case((new.until > old.until, new.until), else_=old.until),
                **{
                    name: new[name]
                    for name in (
                        "on_terminal", "taken", "parked", "clock_offset_s", "read_at",
                        "received_at", "source", "note",
                    )
                },
            },
            where=new.read_at >= old.read_at,  # heartbeats may overtake one another
        ),
        [
            _row(bridge, key, mine[key], received_at) for key in sorted(mine)
        ],
    )  # fmt: skip


def _row(bridge: Bridge, key: Key, one: Coverage, received_at: datetime) -> dict[str, Any]:
    return {
        "terminal_id": key[0],
        "bridge_id": bridge.id,
        "since": key[1],
        "until": moment(one.until),
        "on_terminal": one.on_terminal,
        "taken": one.taken,
        "parked": one.parked,
        "clock_offset_s": one.clock_offset_s,
        "read_at": moment(one.read_at),
        "received_at": received_at,
        "source": one.source,
        "note": one.note,
    }


def _note_clocks(
    connection: Connection,
    bridge: Bridge,
    known: Terminals,
    told: Iterable[Coverage],
    *,
    received_at: datetime,
    zone: ZoneInfo,
    limit_s: int,
) -> None:
    looks: dict[tuple[int, date], int] = {}
    for one in told:
        if one.terminal in known.ids and one.clock_offset_s is not None:
            day = moment(one.read_at).astimezone(zone).date()
            clocks.keep_worst(looks, (known.ids[one.terminal], day), one.clock_offset_s)
    clocks.note(
        connection,
        looks,
        office=bridge.office,
        counted=known.counted,
        today=received_at.astimezone(zone).date(),
        limit_s=limit_s,
    )


def _mark(
    connection: Connection,
    bridge: Bridge,
    known: Terminals,
    mine: dict[Key, Coverage],
    before: dict[Key, _Stored],
    *,
    zone: ZoneInfo,
) -> None:
    begins = _counts_from(connection, known.counted)
    days: set[date] = set()
    parked_changed = False
    for key, one in mine.items():
        if key[0] not in known.counted:
            continue
        stored, until = before.get(key), moment(one.until)
        first = moment(one.since)
        parked_changed |= stored is not None and stored.parked != one.parked
        if stored is not None and stored.parked == one.parked:
            if until <= stored.until:
                continue
            first = stored.until
        span = marks.days_between(first.astimezone(zone).date(), until.astimezone(zone).date())
        begin = begins.get(key[0])
        days.update(day for day in span if begin is None or day >= begin)
    marks.mark_known_here(connection, bridge.office, days, roaming=parked_changed)


def _counts_from(connection: Connection, ids: frozenset[int]) -> dict[int, date | None]:
    query = select(terminals.c.id, terminals.c.counts_from).where(terminals.c.id.in_(sorted(ids)))
    return {row.id: row.counts_from for row in connection.execute(query)}
