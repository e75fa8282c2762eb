"""Takes a batch into the store: every punch once, whatever was told before.

All of a batch is one transaction of the caller's, and its receipt may leave only after the commit.
Rows are written in the order of their keys, and tables always in the same order (nonce, bridge,
terminals, batch, chains, punches, contradictions, bad records, clocks, marks), so that two batches
with the same punches wait for one another and never for each other.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, exists, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ingest.coverage import FIRST_SANE_YEAR, doubt, doubt_window
from ingest.store import bridges, chains, clocks, marks
from ingest.store.bridges import Bridge, Terminals
from ingest.store.tables import bad_records, batches, contradictions, punches
from ingest.wire import BAD, PUNCH, BadRecord, DecodedBatch, Punch, Receipt, Signed

USER_DAYS = 31
"""A doubt over more days than these is marked for the whole office: one row a day, not one a user
and day."""
BLANK = "blank"  # a slot never written: no touch can hide in it
CLOCK_AHEAD = timedelta(minutes=5)
"""A bridge further ahead of us than this has a wrong clock itself, and judges no other by it."""

_STORED = {
    "postgresql": text(
        "SELECT k.i, p.batch_id, p.state, p.verify, p.work_code"
        " FROM json_to_recordset(CAST(:keys AS json))"
        " AS k(i integer, t integer, u text, l timestamp)"
        " JOIN punches p ON p.terminal_id = k.t AND p.user_id = k.u AND p.local_time = k.l"
    ),
    "sqlite": text(  # CROSS JOIN: a batch is looked up in the table, not the table in the batch
        "SELECT json_extract(k.value, '$.i'), p.batch_id, p.state, p.verify, p.work_code"
        " FROM json_each(:keys) AS k CROSS JOIN punches p"
        " ON p.terminal_id = json_extract(k.value, '$.t')"
        " AND p.user_id = json_extract(k.value, '$.u')"
        " AND p.local_time = json_extract(k.value, '$.l')"
    ),
}
"""What the store holds under many keys, asked with one parameter."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body, and the proof of who sent it."""

    decoded: DecodedBatch
    body: bytes
    """As it travelled: this was signed."""
    key: int
    """Number of the key in the store."""
    signed: Signed


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What every row of a batch shares."""

    connection: Connection
    bridge: Bridge
    known: Terminals
    batch_id: int
    at: datetime
    zone: ZoneInfo
    limit_s: int


def knows_receipt(connection: Connection, *, outbox: str, receipt: str) -> bool:
    """Say whether this store gave a receipt; if not, it is older than the outbox that holds it."""
    return bool(
        connection.scalar(
            select(exists().where(batches.c.receipt == receipt, batches.c.outbox == outbox))
        )
    )


def save(
    connection: Connection,
    bridge: Bridge,
    delivery: Delivery,
    received_at: datetime,
    *,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> Receipt:
    """Store a batch and return its receipt, to be sent after the commit.

    Each row is accepted or parked, and never both: the sender must not forget what is stored
    nowhere. Raises ChainForked.
    """
    decoded = delivery.decoded
    batch = decoded.batch
    bridges.seen(connection, bridge, now=received_at)
    rows: list[Punch | BadRecord] = [*batch.punches, *batch.bad]
    serials = {run.terminal for run in (*batch.punch_runs, *batch.bad_runs)}
    known = bridges.speak_for(connection, bridge, serials, now=received_at)
    parked = decoded.rejected | {
        name: known.refused[row.terminal]
        for name, row in zip(decoded.names, rows, strict=True)
        if row.terminal in known.refused
    }
    receipt = secrets.token_hex(16)
    batch_id = _put_batch(
        connection, bridge, delivery, receipt, parked, received_at, clock_limit_s
    )
    _keep_chains(connection, decoded, batch_id, known)
    arrival = _Arrival(connection, bridge, known, batch_id, received_at, zone, clock_limit_s)
    told = [one for one in batch.punches if one.terminal in known.ids]
    bad = [one for one in batch.bad if one.terminal in known.ids]
    new_punches, contradicting = _put_punches(arrival, told)
    _put_contradictions(arrival, contradicting)
    new_bad = _put_bad(arrival, bad)
    _note_clocks(arrival, told)
    _mark(arrival, new_punches, bad if new_bad else [])
    return Receipt(
        receipt=receipt,
        body=hashlib.sha256(delivery.body).hexdigest(),
        accepted=decoded.rows - len(parked),
        parked=parked,
        new=len(new_punches) + new_bad,
    )


def moment(seconds: int) -> datetime:
    """Return the instant of epoch seconds, also before 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _put_batch(
    connection: Connection,
    bridge: Bridge,
    delivery: Delivery,
    receipt: str,
    parked: dict[str, str],
    received_at: datetime,
    limit_s: int,
) -> int:
    result = connection.execute(
        insert(batches).values(
            bridge_id=bridge.id,
            outbox=delivery.decoded.batch.outbox,
            receipt=receipt,
            received_at=received_at,
            sent=delivery.decoded.rows,
            key_id=delivery.key,
            signed_at=delivery.signed.time,
            nonce=delivery.signed.nonce,
            signature=delivery.signed.signature,
            clock_limit_s=limit_s,
            refused=parked,
            body=delivery.body,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - for mypy: an insert of one row has a key
    return int(key[0])


def _keep_chains(
    connection: Connection, decoded: DecodedBatch, batch_id: int, known: Terminals
) -> None:
    batch = decoded.batch
    for kind, told in ((PUNCH, batch.punch_runs), (BAD, batch.bad_runs)):
        if told:
            chains.keep_runs(
                connection,
                kind=kind,
                outbox=batch.outbox,
                batch_id=batch_id,
                told=told,
                links=decoded.links[kind],
                terminals=known.ids,
            )


def _put_punches(arrival: _Arrival, told: Sequence[Punch]) -> tuple[list[Punch], list[Punch]]:
    """Add what is not there. Return what was new, and what contradicts the stored codes."""
    first: dict[str, Punch] = {}
    for punch in told:
        first.setdefault(punch.id, punch)  # an id is made of the key, so equal ids are equal keys
    ordered = sorted(first.values(), key=lambda one: _key(arrival, one))
    count = _add(arrival.connection, punches, [_punch_row(arrival, one) for one in ordered])
    if count == len(told):
        return ordered, []
    stored = _stored(arrival, ordered)
    new = [one for one in ordered if stored[one.id][0] == arrival.batch_id]
    return new, [one for one in told if _codes(one) != stored[one.id][1:]]


def _stored(arrival: _Arrival, ordered: list[Punch]) -> dict[str, tuple[Any, ...]]:
    """Return batch id, state, verify and work code under the key of each punch, by its id."""
    keys = [
        {
            "i": index,
            "t": arrival.known.ids[one.terminal],
            "u": one.user_id,
            # as SQLite keeps it; PostgreSQL reads it too
            "l": one.local_time.isoformat(sep=" ", timespec="microseconds"),
        }
        for index, one in enumerate(ordered)
    ]
    statement = _STORED[arrival.connection.dialect.name]
    rows = arrival.connection.execute(statement, {"keys": json.dumps(keys)})
    return {ordered[row[0]].id: tuple(row[1:]) for row in rows}


def _put_contradictions(arrival: _Arrival, told: Iterable[Punch]) -> None:
    rows = {}
    for one in told:
        key = ":".join([one.id, *("-" if code is None else str(code) for code in _codes(one))])
        rows[key] = _touch(arrival, one) | {"key": key}
    _add(arrival.connection, contradictions, [rows[key] for key in sorted(rows)])


def _put_bad(arrival: _Arrival, told: Iterable[BadRecord]) -> int:
    """Add the unreadable records that are not there; return how many."""
    found = {one.id: one for one in told}
    rows = [
        {
            "id": one.id,
            "terminal_id": arrival.known.ids[one.terminal],
            "kind": one.kind,
            "reason": one.reason,
            "user_id": one.user_id,
            "near_from": one.near_from,
            "near_until": one.near_until,
            "source": one.source,
            "read_at": moment(one.read_at),
            "received_at": arrival.at,
            "batch_id": arrival.batch_id,
            "raw": one.raw,
        }
        for one in sorted(found.values(), key=lambda one: one.id)
    ]
    return _add(arrival.connection, bad_records, rows)


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert what is not there, in the order given; return how many were new."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    result = connection.execute(
        dialect.insert(table).on_conflict_do_nothing(),
        rows,
        execution_options={"preserve_rowcount": True},
    )
    return result.rowcount


def _punch_row(arrival: _Arrival, one: Punch) -> dict[str, Any]:
    return _touch(arrival, one) | {
        "local_day": one.local_time.date(),
        "occurred_at": moment(one.occurred_at),
        "clock_offset_s": one.clock_offset_s,
        "read_at": moment(one.read_at),
        "after_at": None if one.after is None else moment(one.after),
        "doubt": doubt(one, arrival.limit_s),
    }


def _touch(arrival: _Arrival, one: Punch) -> dict[str, Any]:
    return {
        "terminal_id": arrival.known.ids[one.terminal],
        "user_id": one.user_id,
        "local_time": one.local_time,
        "state": one.state,
        "verify": one.verify,
        "work_code": one.work_code,
        "source": one.source,
        "received_at": arrival.at,
        "batch_id": arrival.batch_id,
        "raw": one.raw,
    }


def _key(arrival: _Arrival, one: Punch) -> tuple[int, str, datetime]:
    return arrival.known.ids[one.terminal], one.user_id, one.local_time


def _codes(one: Punch) -> tuple[int | None, int | None, str]:
    return one.state, one.verify, one.work_code


def _note_clocks(arrival: _Arrival, told: Iterable[Punch]) -> None:
    looks: dict[tuple[int, date], int] = {}
    seen = {
        (arrival.known.ids[one.terminal], one.read_at, one.clock_offset_s)
        for one in told
        if one.clock_offset_s is not None
    }
    for terminal, read_at, offset_s in seen:
        if moment(read_at) <= arrival.at + CLOCK_AHEAD:
            day = moment(read_at).astimezone(arrival.zone).date()
            clocks.keep_worst(looks, (terminal, day), offset_s)
    clocks.note(
        arrival.connection,
        looks,
        office=arrival.bridge.office,
        counted=arrival.known.counted,
        today=arrival.at.astimezone(arrival.zone).date(),
        limit_s=arrival.limit_s,
    )


def _mark(arrival: _Arrival, new: list[Punch], bad: list[BadRecord]) -> None:
    """Mark the days the arrivals speak of, and those a doubt about them touches."""
    users: set[tuple[int, str, date]] = set()
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
    for record in bad:
        if record.kind != BLANK and arrival.known.ids[record.terminal] in arrival.known.counted:
            office.update(_unreadable_days(arrival, record))
    marks.mark_user_days(arrival.connection, users)
    marks.mark_known_here(arrival.connection, arrival.bridge.office, office)


def _doubtful_days(arrival: _Arrival, one: Punch) -> list[date]:
    after = None if one.after is None else moment(one.after)
    window = doubt_window(after, moment(one.read_at), arrival.limit_s)
    last = min(window.end, arrival.at + CLOCK_AHEAD).astimezone(arrival.zone).date()
    start = window.start and window.start.astimezone(arrival.zone).date()
    return marks.days_between(start or date.min, last)


def _unreadable_days(arrival: _Arrival, record: BadRecord) -> list[date]:
    """Return at least the days the record may belong to; which of them it does is judged later."""
    last = min(moment(record.read_at), arrival.at).astimezone(arrival.zone).date()
    near = date.min if record.near_from is None else record.near_from.date()
    believed = near.year >= FIRST_SANE_YEAR and near <= last
    return marks.days_between(near if believed else date.min, last)
