"""Rows that this centre refused and that lie at a bridge since: what they are, by their bodies.

A body is kept with what was refused of it, so the rows are known here, too. They are looked for
where a bridge says that it still keeps some, and told for as long as they did not come in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, select

from ingest.ledger.bodies import BodyFault, inflate
from ingest.store.arrivals import moment
from ingest.store.bridges import kept_refused
from ingest.store.tables import bad_records, batches, bridges, punches, terminals
from ingest.wire import BAD, PUNCH, BadRecord, DecodedBatch, Punch, Run, WireError, decode_batch

_EMPTY = len("{}")
_RETRY = "hadir-bridge outbox --retry-parked at bridge {bridge} sends it again"
_MOVED = "it is mended here: " + _RETRY
_ELSEWHERE = (
    "say where the terminal stands by terminals set --office, then " + _RETRY + "; or revoke the "
    "bridge, and add the touch by adjustments add-touch"
)
_UNREADABLE = (
    "no centre can read it: hadir-bridge outbox --parked at bridge {bridge} shows it; add a touch "
    "by adjustments add-touch"
)

_ALTERED = "its body was altered since it came: run hadir-ingest ledger verify"

_Name = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that a bridge keeps because it was refused."""

    office: str
    """The bridge's."""
    bridge: int
    terminal: str
    """Serial."""
    user_id: str
    local_time: datetime | None
    """The time a punch claims."""
    record: str | None
    """The id of a bad record."""
    why: str
    then: str
    """What a person can do."""
    read_at: datetime | None
    batch: int
    """In which it came last."""


def find(
    connection: Connection, *, office: str | None = None, terminal: str | None = None
) -> list[RefusedRow]:
    """Return the refused rows that bridges still keep, each once, by its last batch."""
    found: dict[_Name, RefusedRow] = {}
    for bridge in connection.execute(_keeping(office)):
        standing = {
            row.serial: row.office
            for row in connection.execute(select(terminals.c.serial, terminals.c.office))
        }
        for batch in connection.execute(_with_refused(bridge)):
            for name, one in _rows(bridge, batch, standing):
                if terminal in {None, one.terminal}:
                    found[name] = one
    return [one for one in found.values() if not _came_in(connection, one)]


def count(connection: Connection) -> dict[str, int]:
    """Return how many rows the bridges of each office keep refused, as they said last."""
    found: dict[str, int] = {}
    for row in connection.execute(_keeping(None)):
        found[row.office] = found.get(row.office, 0) + int(row.parked)
    return found


def _keeping(office: str | None) -> Any:
    parked = kept_refused()
    query = (
        select(bridges.c.id, bridges.c.office, parked.label("parked"))
        .where(bridges.c.revoked_at.is_(None), func.coalesce(parked, 0) > 0)
        .order_by(bridges.c.office, bridges.c.id)
    )
    return query if office is None else query.where(bridges.c.office == office)


def _with_refused(bridge: Row[Any]) -> Any:
    return (
        select(batches.c.id, batches.c.outbox, batches.c.refused, batches.c.body)
        .where(
            batches.c.office == bridge.office,
            batches.c.bridge_id == bridge.id,
            batches.c.body.is_not(None),
            func.length(cast(batches.c.refused, Text)) > _EMPTY,
        )
        .order_by(batches.c.id)
    )


def _rows(
    bridge: Row[Any], batch: Row[Any], standing: dict[str, str]
) -> Iterator[tuple[_Name, RefusedRow]]:
    """Yield the refused rows of a body, each with what makes it one."""
    try:
        decoded = decode_batch(inflate(batch.body))
    except (BodyFault, WireError):  # it was read when it came: somebody changed it since
        for name, why in batch.refused.items():
            yield (batch.id, name), _refused(bridge, batch.id, "", None, why, _ALTERED)
        return
    known = dict(zip(decoded.names, _told(decoded), strict=True))
    for name, why in batch.refused.items():
        told = known.get(name)
        if told is None:
            serial, height = _place(decoded, name)
            key: _Name = (batch.outbox, serial, name[0], height)
            then = _UNREADABLE
        else:
            serial, key = told.terminal, (told.id,)
            then = _MOVED if standing.get(serial) == bridge.office else _ELSEWHERE
        yield key, _refused(bridge, batch.id, serial, told, why, then)


def _refused(
    bridge: Row[Any], batch: int, serial: str, told: Punch | BadRecord | None, why: str, then: str
) -> RefusedRow:
    return RefusedRow(
        office=bridge.office,
        bridge=bridge.id,
        terminal=serial,
        user_id="" if told is None else told.user_id,
        local_time=told.local_time if isinstance(told, Punch) else None,
        record=told.id if isinstance(told, BadRecord) else None,
        why=why,
        then=then.format(bridge=bridge.id),
        read_at=None if told is None else moment(told.read_at),
        batch=batch,
    )


def _told(decoded: DecodedBatch) -> Sequence[Punch | BadRecord]:
    return [*decoded.batch.punches, *decoded.batch.bad]


def _place(decoded: DecodedBatch, name: str) -> tuple[str, int]:
    """Return the terminal and the height of a row that cannot be read."""
    runs: Iterable[Run] = {PUNCH: decoded.batch.punch_runs, BAD: decoded.batch.bad_runs}[name[0]]
    place = int(name[1:])
    for run in runs:
        if place < run.count:
            return run.terminal, run.first + place
        place -= run.count
    raise IndexError(name)


def _came_in(connection: Connection, one: RefusedRow) -> bool:
    if one.record is not None:
        query = select(bad_records.c.id).where(bad_records.c.id == one.record)
    elif one.local_time is not None:
        query = (
            select(punches.c.batch_id)
            .join(terminals, terminals.c.id == punches.c.terminal_id)
            .where(
                terminals.c.serial == one.terminal,
                punches.c.user_id == one.user_id,
                punches.c.local_time == one.local_time,
            )
        )
    else:
        return False
    return connection.execute(query).first() is not None
