"""Batches with everything stored under them, piece by piece, as the ledger is compared with them.

A piece is some dozen batches in the order of their numbers. Their punches come as one text a batch
and terminal, made by the database, so that no row becomes a value in Python unless something is
wrong with its batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal_column,
    select,
    true,
)

from ingest.ledger.quick import Group
from ingest.ledger.rows import BAD_FIELDS, CONTRADICTION_FIELDS, PUNCH_FIELDS, Row
from ingest.store.tables import (
    bad_records,
    batches,
    bridge_keys,
    bridges,
    chains,
    contradictions,
    punches,
    runs,
    terminals,
)

PIECE_ROWS, PIECE_BATCHES = 80_000, 800

RunKey = tuple[str | None, str | None, int, int, bytes, bytes, str | None]
"""Kind, serial, first, last, before, after, outbox; None where its chain is not there."""


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as the store keeps it."""

    id: int
    bridge: int
    office: str
    bridge_office: str | None
    """None where there is no such bridge."""
    outbox: str
    receipt: str
    received_at: datetime
    sent: int
    key: int | None
    """Number of the key in the store."""
    key_id: str | None
    signed_at: int | None
    nonce: str | None
    signature: bytes | None
    clock_limit_s: int | None
    refused: dict[str, str] | None
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some batches, and what is stored under their numbers."""

    batches: list[StoredBatch]
    groups: dict[int, list[Group]] = field(default_factory=dict)
    """Punches by batch, also of numbers that no batch has."""
    runs: dict[int, set[RunKey]] = field(default_factory=dict)
    others: dict[int, list[Row]] = field(default_factory=dict)
    """Contradictions by batch, in the order of CONTRADICTION_FIELDS."""
    bad: dict[int, list[Row]] = field(default_factory=dict)
    """Bad records by batch, in the order of BAD_FIELDS."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which batches are looked at."""

    office: str | None = None
    since: datetime | None = None
    """Those that arrived then or later."""

    @property
    def whole(self) -> bool:
        return self.office is None and self.since is None

    def condition(self) -> ColumnElement[bool]:
        """Return it as a condition on batches."""
        found: ColumnElement[bool] = true()
        if self.office is not None:
            found &= batches.c.office == self.office
        if self.since is not None:
            found &= batches.c.received_at >= self.since
        return found


_BATCH = (
    batches.c.id, batches.c.bridge_id, batches.c.office, batches.c.outbox,
    batches.c.receipt, batches.c.received_at, batches.c.sent, batches.c.key_id,
    bridge_keys.c.key_id, batches.c.signed_at, batches.c.nonce, batches.c.signature,
    batches.c.clock_limit_s, batches.c.refused, batches.c.body,
)  # fmt: skip

_ENTRY = {
    "postgresql": (
        "concat_ws(E'\\x1f', user_id, date_part('epoch', local_time),"
        " date_part('epoch', occurred_at), coalesce(CAST(state AS text), '-'),"
        " coalesce(CAST(verify AS text), '-'), work_code, source,"
        " coalesce(CAST(clock_offset_s AS text), '-'), date_part('epoch', read_at),"
        " coalesce(CAST(date_part('epoch', after_at) AS text), '-'), encode(raw, 'hex'), doubt)"
    ),
    "sqlite": (
        "printf('%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s', user_id,"
        " strftime('%s', local_time), strftime('%s', occurred_at), ifnull(state, '-'),"
        " ifnull(verify, '-'), work_code, source, ifnull(clock_offset_s, '-'),"
        " strftime('%s', read_at), ifnull(strftime('%s', after_at), '-'), lower(hex(raw)))"
        " || ifnull('\x1f' || doubt, '')"
    ),
}
"""A stored punch as the entry it was made of; a part of a second shows on PostgreSQL as such."""
_WHOLE_SECONDS = "datetime({0}, '+0 seconds') || '.000000' = {0}"
_TEXT = "typeof({0}) = 'text' AND instr({0}, char(0)) = 0"
_AGREES = {
    # what is NULL falls out of the entry, so that the next field could stand in its place
    "postgresql": (
        "bool_and(coalesce(local_day = CAST(local_time AS date), false)"
        " AND num_nulls(user_id, occurred_at, work_code, source, read_at, received_at, raw) = 0)"
    ),
    # what is shown alike may be kept otherwise: bytes for text, a 30th of February, a text cut off
    # by a NUL; whoever asks for the punch by its user id or day does not find it then
    "sqlite": "min(ifnull({}, 0))".format(
        " AND ".join(
            [
                "local_day = substr(local_time, 1, 10) AND received_at IS NOT NULL",
                "typeof(raw) = 'blob' AND typeof(doubt) IN ('text', 'null')",
                *(
                    f"typeof({name}) IN ('integer', 'null')"
                    for name in ("state", "verify", "clock_offset_s")
                ),
                *(_TEXT.format(name) for name in ("user_id", "work_code", "source")),
                *(_WHOLE_SECONDS.format(name) for name in ("local_time", "occurred_at", "read_at")),
                f"ifnull({_WHOLE_SECONDS.format('after_at')}, after_at IS NULL)",
            ]
        )
    ),
}
_ARRIVED = {
    # as text: there are moments on PostgreSQL that are none in Python
    "postgresql": "to_char({}(received_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "sqlite": "{}(received_at)",
}
_JOINED_ENTRIES = {
    "postgresql": "convert_to(string_agg({entry}, E'\\x1e'), 'UTF8')",
    "sqlite": "CAST(group_concat({entry}, '\x1e') AS blob)",
}


def pieces(connection: Connection, scope: Scope) -> Iterator[Piece]:
    """Return everything in a scope, oldest first; with the whole also what belongs to no batch."""
    done: int | None = None
    while ids := _next_ids(connection, scope, done):
        # what lies under a number that no batch has comes with its neighbours
        under = _Under(after=done, last=ids[-1]) if scope.whole else _Under(ids=tuple(ids))
        yield _piece(connection, ids, under)
        done = ids[-1]
    if scope.whole:
        yield _piece(connection, [], _Under(after=done))


@dataclass(frozen=True, slots=True)
class _Under:
    """Numbers of batches: some of them, or those after one up to another."""

    ids: tuple[int, ...] | None = None
    after: int | None = None
    last: int | None = None

    def of(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        if self.ids is not None:
            return column.in_(self.ids)
        found: ColumnElement[bool] = true()
        if self.after is not None:
            found &= column > self.after
        if self.last is not None:
            found &= column <= self.last
        return found


def _next_ids(connection: Connection, scope: Scope, done: int | None) -> list[int]:
    query = (
        select(batches.c.id, batches.c.sent)
        .where(scope.condition())
        .order_by(batches.c.id)
        .limit(PIECE_BATCHES)
    )
    if done is not None:
        query = query.where(batches.c.id > done)
    ids, rows = [], 0
    for number, sent in connection.execute(query):
        ids.append(number)
        rows += max(sent, 0)
        if rows >= PIECE_ROWS:
            break
    return ids


def _piece(connection: Connection, ids: Sequence[int], under: _Under) -> Piece:
    return Piece(
        batches=read_batches(connection, ids),
        groups=_groups(connection, under),
        runs=_runs(connection, under),
        others=_by_batch(connection, _other_rows(under.of(contradictions.c.batch_id))),
        bad=_by_batch(connection, _bad_rows(under.of(bad_records.c.batch_id))),
    )


def read_batches(connection: Connection, ids: Sequence[int]) -> list[StoredBatch]:
    """Return batches by number, in order."""
    if not ids:
        return []
    keyed = batches.outerjoin(bridge_keys, bridge_keys.c.id == batches.c.key_id)
    query = select(*_BATCH).select_from(keyed).order_by(batches.c.id)
    rows = connection.execute(query.where(batches.c.id.in_(ids))).all()
    # no join: where the two are spread over machines, they lie apart
    offices: dict[int, str] = {
        row.id: row.office
        for row in connection.execute(
            select(bridges.c.id, bridges.c.office).where(
                bridges.c.id.in_(sorted({row.bridge_id for row in rows}))
            )
        )
    }
    found = []
    for row in rows:
        number, bridge, office, *rest = tuple(row)
        found.append(StoredBatch(number, bridge, office, offices.get(bridge), *rest))
    return found


def _groups(connection: Connection, under: _Under) -> dict[int, list[Group]]:
    name = connection.dialect.name
    entries = _JOINED_ENTRIES[name].format(entry=_ENTRY[name])
    query = (
        select(
            punches.c.batch_id,
            punches.c.terminal_id,
            func.count(),
            literal_column(entries),
            literal_column(_ARRIVED[name].format("min")),
            literal_column(_ARRIVED[name].format("max")),
            literal_column(_AGREES[name]),
        )
        .where(under.of(punches.c.batch_id))
        .group_by(punches.c.batch_id, punches.c.terminal_id)
    )
    found: dict[int, list[Group]] = {}
    for batch, terminal, count, told, earliest, latest, agrees in connection.execute(query):
        same = earliest == latest and bool(agrees)
        found.setdefault(batch, []).append(
            Group(terminal, count, bytes(told or b""), str(latest) if same else None)
        )
    return found


def _runs(connection: Connection, under: _Under) -> dict[int, set[RunKey]]:
    query = (
        select(
            runs.c.batch_id, chains.c.kind, terminals.c.serial, runs.c.first, runs.c.last,
            runs.c.before, runs.c.after, chains.c.outbox,
        )
        .select_from(
            runs.outerjoin(
                chains,
                and_(chains.c.id == runs.c.chain_id, chains.c.terminal_id == runs.c.terminal_id),
            ).outerjoin(
                terminals, terminals.c.id == chains.c.terminal_id
            )
        )
        .where(under.of(runs.c.batch_id))
    )  # fmt: skip
    found: dict[int, set[RunKey]] = {}
    for row in connection.execute(query):
        found.setdefault(row[0], set()).add(tuple(row[1:]))
    return found


def _by_batch(connection: Connection, query: Select[Any]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for batch, *row in connection.execute(query):
        found.setdefault(batch, []).append(tuple(row))
    return found


def _columns(table: Any, fields: Sequence[str]) -> list[Any]:
    return [terminals.c.serial if name == "terminal" else table.c[name] for name in fields]


def _other_rows(condition: ColumnElement[bool]) -> Select[Any]:
    table = contradictions
    return (
        select(table.c.batch_id, *_columns(table, CONTRADICTION_FIELDS))
        .outerjoin(terminals, terminals.c.id == table.c.terminal_id)
        .where(condition)
    )


def _bad_rows(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(bad_records.c.batch_id, *_columns(bad_records, BAD_FIELDS))
        .outerjoin(terminals, terminals.c.id == bad_records.c.terminal_id)
        .where(condition)
    )


def punch_rows(connection: Connection, batch: int) -> list[Row]:
    """Return the punches of a batch in the order of PUNCH_FIELDS. Raises ValueError where a field
    holds what it cannot."""
    query = (
        select(*_columns(punches, PUNCH_FIELDS))
        .outerjoin(terminals, terminals.c.id == punches.c.terminal_id)
        .where(punches.c.batch_id == batch)
    )
    return [tuple(row) for row in connection.execute(query)]
