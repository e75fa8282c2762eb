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
from ingest.store.ledger_entries import ALL_IN_FORM, ARRIVED, ENTRIES, IN_FORM
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
    query = (
        select(
            punches.c.batch_id,
            punches.c.terminal_id,
            func.count(),
            literal_column(ENTRIES[name]),
            literal_column(ARRIVED[name].format("min")),
            literal_column(ARRIVED[name].format("max")),
            literal_column(ALL_IN_FORM[name]),
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


def punch_rows(connection: Connection, batch: int) -> tuple[list[Row], list[Row]]:
    """Return the punches of a batch in the order of PUNCH_FIELDS, and those of them that are kept
    in a form nobody writes. Raises ValueError where a field holds what it cannot."""
    query = (
        select(*_columns(punches, PUNCH_FIELDS), literal_column(IN_FORM[connection.dialect.name]))
        .outerjoin(terminals, terminals.c.id == punches.c.terminal_id)
        .where(punches.c.batch_id == batch)
    )
    rows, strange = [], []
    for *values, in_form in connection.execute(query):
        rows.append(tuple(values))
        if not in_form:
            strange.append(rows[-1])
    return rows, strange
