"""Punches and bad records of a batch, row by row: any batch can be stored so.

Most are stored by `ingest.store.columnar`; what is here names the single row that is in the way.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

from ingest.coverage import doubt
from ingest.store.arrivals import (
    Arrival,
    keep_clocks,
    mark_office,
    mark_users,
    moment,
    unreadable_days,
)
from ingest.store.tables import bad_records, contradictions, punches
from ingest.wire import BadRecord, Batch, Punch

_STORED = {
    "postgresql": text(
        "SELECT k.i, p.batch_id, p.state, p.verify, p.work_code"
        " FROM json_to_recordset(CAST(:keys AS json))"
        " AS k(i integer, u text, l timestamp)"
        # LIMIT: each key is looked up in its month, whatever the planner thinks of the months
        " CROSS JOIN LATERAL (SELECT * FROM punches"
        " WHERE terminal_id = :t AND user_id = k.u AND local_time = k.l LIMIT 1) AS p"
    ),
    "sqlite": text(  # CROSS JOIN: a batch is looked up in the table, not the table in the batch
        "SELECT json_extract(k.value, '$.i'), p.batch_id, p.state, p.verify, p.work_code"
        " FROM json_each(:keys) AS k CROSS JOIN punches p"
        " ON p.terminal_id = :t"
        " AND p.user_id = json_extract(k.value, '$.u')"
        " AND p.local_time = json_extract(k.value, '$.l')"
    ),
}
"""What the store holds under many keys of one terminal, asked with one parameter for them all."""


def put(arrival: Arrival, batch: Batch) -> int:
    """Store what the bridge may speak for; return how many rows were not known."""
    told = [one for one in batch.punches if one.terminal in arrival.known.ids]
    bad = [one for one in batch.bad if one.terminal in arrival.known.ids]
    new, contradicting = _put_punches(arrival, told)
    office = mark_users(arrival, new)
    put_contradictions(arrival, contradicting)
    new_bad = _put_bad(arrival, bad)
    if new_bad:
        office.update(day for one in bad for day in unreadable_days(arrival, one))
    office |= keep_clocks(
        arrival,
        {(arrival.known.ids[one.terminal], one.read_at, one.clock_offset_s) for one in told},
    )
    mark_office(arrival, office)
    return len(new) + new_bad


def _put_punches(arrival: Arrival, told: Sequence[Punch]) -> tuple[list[Punch], list[Punch]]:
    """Add what is not there. Return what was new, and what contradicts the stored codes."""
    ordered = _once_in_order(arrival, told)
    count = _add(arrival.connection, punches, [_punch_row(arrival, one) for one in ordered])
    if count == len(told):
        return ordered, []
    return tell_apart(arrival, told)


def tell_apart(arrival: Arrival, told: Sequence[Punch]) -> tuple[list[Punch], list[Punch]]:
    """Return which of the batch's punches, all in the store by now, it brought, and which tell
    other codes than the stored ones."""
    ordered = _once_in_order(arrival, told)
    stored = _stored(arrival, ordered)
    new = [one for one in ordered if stored[one.id][0] == arrival.batch_id]
    return new, [one for one in told if _codes(one) != stored[one.id][1:]]


def _once_in_order(arrival: Arrival, told: Sequence[Punch]) -> list[Punch]:
    first: dict[str, Punch] = {}
    for punch in told:
        first.setdefault(punch.id, punch)  # an id is made of the key, so equal ids are equal keys
    return sorted(first.values(), key=lambda one: _key(arrival, one))


def _stored(arrival: Arrival, ordered: list[Punch]) -> dict[str, tuple[Any, ...]]:
    """Return batch id, state, verify and work code under the key of each punch, by its id."""
    statement = _STORED[arrival.connection.dialect.name]
    found: dict[str, tuple[Any, ...]] = {}
    for serial, told in groupby(ordered, key=lambda one: one.terminal):
        own = list(told)
        keys = [
            {
                "i": index,
                "u": one.user_id,
                # as SQLite keeps it; PostgreSQL reads it too
                "l": one.local_time.isoformat(sep=" ", timespec="microseconds"),
            }
            for index, one in enumerate(own)
        ]
        asked = {"t": arrival.known.ids[serial], "keys": json.dumps(keys)}
        rows = arrival.connection.execute(statement, asked)
        found |= {own[row[0]].id: tuple(row[1:]) for row in rows}
    return found


def put_contradictions(arrival: Arrival, told: Iterable[Punch]) -> None:
    """Keep other codes for touches that are stored; known ones are left alone."""
    rows = {}
    for one in told:
        key = contradiction_key(one.id, _codes(one))
        rows[key] = _touch(arrival, one) | {"key": key}
    _add(arrival.connection, contradictions, [rows[key] for key in sorted(rows)])


def contradiction_key(punch: str, codes: tuple[int | None, int | None, str]) -> str:
    """Return what a telling of a punch (by its id) with other codes is known by."""
    return ":".join([punch, *("-" if code is None else str(code) for code in codes)])


def _put_bad(arrival: Arrival, told: Iterable[BadRecord]) -> int:
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


def _punch_row(arrival: Arrival, one: Punch) -> dict[str, Any]:
    return _touch(arrival, one) | {
        "local_day": one.local_time.date(),
        "occurred_at": moment(one.occurred_at),
        "clock_offset_s": one.clock_offset_s,
        "read_at": moment(one.read_at),
        "after_at": None if one.after is None else moment(one.after),
        "doubt": doubt(one, arrival.limit_s),
    }


def _touch(arrival: Arrival, one: Punch) -> dict[str, Any]:
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


def _key(arrival: Arrival, one: Punch) -> tuple[int, str, datetime]:
    return arrival.known.ids[one.terminal], one.user_id, one.local_time


def _codes(one: Punch) -> tuple[int | None, int | None, str]:
    return one.state, one.verify, one.work_code
