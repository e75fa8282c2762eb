"""Whether each cell the ledger rests on is of the kind its column says; named where one is not.

A bridge and this program write nothing else, and the rest of `verify` relies on it. SQLite keeps
whatever it is given in any column, PostgreSQL at least moments that no calendar has. Punches are
not looked at here but where they are read (`ledger_rows`): there are too many for a second look.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Row,
    Table,
    inspect,
    text,
)

from ingest.ledger.report import Fault, Kind
from ingest.store import tables
from ingest.store.tables import Moment

LOOKED_AT: Mapping[Table, tuple[str, ...]] = {
    tables.terminals: ("id", "serial"),
    tables.bridges: ("id", "office"),
    tables.bridge_keys: (),
    tables.batches: (),
    tables.chains: (),
    tables.runs: (),
    tables.contradictions: (),
    tables.bad_records: (),
    tables.archived_months: (),
    tables.roots: (),
    tables.checkpoints: (),
}
"""Tables, and which of their columns; all of them where none is named."""
_MOST = 200  # of one table: whoever changed more has made his point

_CLOCK = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_PART = ".[0-9][0-9][0-9][0-9][0-9][0-9]"
_SQLITE = {
    "a whole number": "typeof({c}) <> 'integer'",
    "yes or no": "typeof({c}) <> 'integer' OR {c} NOT IN (0, 1)",
    "bytes": "typeof({c}) <> 'blob'",
    "text": "typeof({c}) <> 'text' OR instr({c}, char(0)) > 0",
    # a modifier makes SQLite work the day out, so that there is no 30th of February
    "a day": "typeof({c}) <> 'text' OR ifnull(date({c}, '+0 days') <> {c} OR {c} < '0001', 1)",
    "a moment": (
        f"typeof({{c}}) <> 'text' OR {{c}} NOT GLOB '{_CLOCK}{_PART}' OR {{c}} < '0001-01-02'"
        " OR {c} > '9999-12-30'"
        " OR ifnull(datetime(substr({c}, 1, 19), '+0 seconds') <> substr({c}, 1, 19), 1)"
    ),
    "a JSON object": "typeof({c}) <> 'text' OR CASE WHEN json_valid({c})"
    " THEN json_type({c}) <> 'object' ELSE 1 END",
}
_POSTGRESQL = {
    "a day": "NOT isfinite({c}) OR {c} < '0001-01-01' OR {c} > '9999-12-31'",
    "a moment": "NOT isfinite({c}) OR {c} < '0001-01-02' OR {c} > '9999-12-30'",
    "a JSON object": "json_typeof({c}) <> 'object'",
}
_WRONG = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column, what it holds, and the condition under which a cell of it does not."""

    column: str
    holds: str
    wrong: str


def faults_of_cells(connection: Connection) -> Iterator[Fault]:
    """Yield a fault for each cell that holds what its column cannot, table by table."""
    for table, names in LOOKED_AT.items():
        missing = _missing(connection, table)
        if missing is not None:
            yield missing
            return  # without it nothing more can be asked
        cells = [_cell(connection, table.c[name]) for name in names or table.c.keys()]
        yield from _of_table(connection, table, [one for one in cells if one is not None])
    yield from _unplaced(connection)


def _missing(connection: Connection, table: Table) -> Fault | None:
    """Tables and columns are there, and no view stands in their place."""
    look = inspect(connection)
    if not look.has_table(table.name) or table.name in look.get_view_names():
        return Fault(Kind.ALTERED, f"the table {table.name} was taken out or exchanged for a view")
    there = {one["name"] for one in look.get_columns(table.name)}
    gone = [one.name for one in table.columns if one.name not in there]
    if gone:
        return Fault(Kind.ALTERED, f"the table {table.name} has no {gone[0]} any more")
    return None


def _cell(connection: Connection, column: Column[Any]) -> _Cell | None:
    holds = _kind_of(column)
    wrong = _WRONG[connection.dialect.name].get(holds, "")
    name = f'"{column.name}"'
    parts = [] if column.nullable else [f"{name} IS NULL"]
    if wrong:
        found = wrong.format(c=name)
        # JSON of a value that is not there is kept as null, by this program too
        null = f" AND CAST({name} AS text) <> 'null'" if holds == "a JSON object" else ""
        parts.append(f"({name} IS NOT NULL{null if column.nullable else ''} AND ({found}))")
    return _Cell(column.name, holds, " OR ".join(parts)) if parts else None


def _kind_of(column: Column[Any]) -> str:
    for kind, holds in (
        (JSON, "a JSON object"),
        (Boolean, "yes or no"),
        (Integer, "a whole number"),
        (LargeBinary, "bytes"),
        (Date, "a day"),
        ((Moment, DateTime), "a moment"),
    ):
        if isinstance(column.type, kind):
            return holds
    return "text"


def _of_table(connection: Connection, table: Table, cells: list[_Cell]) -> Iterator[Fault]:
    shown = "substr(quote({c}), 1, 60)" if connection.dialect.name == "sqlite" else (
        "left(CAST({c} AS text), 60)"
    )  # fmt: skip
    keys = [f'"{column.name}"' for column in table.primary_key.columns]
    which = ", ".join(shown.format(c=key) for key in keys)
    told = " ".join(f"WHEN {one.wrong} THEN {shown.format(c=_quoted(one.column))}" for one in cells)
    named = " ".join(f"WHEN {one.wrong} THEN '{one.column}'" for one in cells)
    query = (
        f"SELECT CASE {named} END, CASE {told} END, {which} FROM {table.name}"  # noqa: S608
        f" WHERE {' OR '.join(one.wrong for one in cells)} LIMIT {_MOST}"
    )
    holds = {one.column: one.holds for one in cells}
    for row in connection.execute(text(query.replace(":", "\\:"))):
        yield _fault(table, holds, row)


def _fault(table: Table, holds: Mapping[str, str], row: Row[Any]) -> Fault:
    column, value, *key = tuple(row)
    names = [one.name for one in table.primary_key.columns]
    which = ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))
    batch = dict(zip(names, key, strict=True)).get("id" if table is tables.batches else "batch_id")
    return Fault(
        Kind.ALTERED,
        f"the row of {table.name} with {which} holds {value or 'nothing'} in {column}, where "
        f"only {holds[column]} can stand",
        batch=int(batch) if batch is not None and str(batch).isdecimal() else None,
    )


def _unplaced(connection: Connection) -> Iterator[Fault]:
    """A punch under what is no number of a batch would be looked at by nobody."""
    if connection.dialect.name == "postgresql":
        columns = {one["name"]: one for one in inspect(connection).get_columns("punches")}
        if not columns["batch_id"]["nullable"]:
            return  # it need not look through all of them
    beyond = " OR batch_id >= ''" if connection.dialect.name == "sqlite" else ""
    query = f"SELECT count(*) FROM punches WHERE batch_id IS NULL{beyond}"  # noqa: S608
    count = connection.scalar(text(query))
    if count:
        yield Fault(Kind.INSERTED, f"{count} punches are said to be of no batch at all")


def _quoted(name: str) -> str:
    return f'"{name}"'


_FROZEN = (
    "punches", "contradictions", "bad_records", "batches", "runs", "roots", "checkpoints",
    "bridge_keys",
)  # fmt: skip
_REFUSES = (
    r'CREATE TRIGGER "?{0}"? BEFORE {1}( OF [\w, ]+)? ON "?{2}"?'
    r" BEGIN SELECT RAISE\(ABORT, '[\w: ]+'\); END"
)


def faults_of_locks(connection: Connection) -> Iterator[Fault]:
    """Yield a fault for each trigger that would keep evidence from being changed, and is not there.

    Whoever took one away can put it back: that all are there proves nothing of the past.
    """
    there = _locks_sqlite if connection.dialect.name == "sqlite" else _locks_postgresql
    for table, lock in there(connection):
        yield Fault(
            Kind.LOCK,
            f"the trigger {lock} is not in place as it was made: rows of {table} can be changed",
        )


def _locks_sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = {name: str(sql) for name, sql in connection.execute(query)}
    for table in _FROZEN:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            if not re.fullmatch(_REFUSES.format(name, verb, table), found.get(name, "")):
                yield table, name
    if not re.search(r' WHEN \(SELECT until FROM "?roots"? ', found.get("batches_in_time", "")):
        yield "batches", "batches_in_time"


def _locks_postgresql(connection: Connection) -> Iterator[tuple[str, str]]:
    query = text(
        "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE c.relnamespace = 'public'::regnamespace"
        " AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL"
        " AND p.proname IN ('hadir_refuse', 'hadir_in_time') AND p.prosrc LIKE '%RAISE EXCEPTION%'"
    )
    found = set(connection.scalars(query))
    locks = [(table, f"{table}_{how}") for table in _FROZEN for how in ("frozen", "kept")]
    for table, name in [*locks, ("batches", "batches_in_time")]:
        if f"{table}.{name}" not in found:
            yield table, name
