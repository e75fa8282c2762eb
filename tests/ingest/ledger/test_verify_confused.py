"""A database may hold anything in any cell: it is named in one sentence, and never a traceback."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgered import Told
from sqlalchemy import Engine, text

from ingest.ledger.report import Kind, Report
from ingest.store import tables
from ingest.store.database import open_engine
from ingest.store.ledger import verify
from ingest.store.ledger_shape import LOOKED_AT

CONFUSED = {
    "nothing": "NULL",
    "text": "'x'",
    "bytes": "x'ff00'",
    "a whole number": "7",
    "a fraction": "0.5",
    "text that is none": "CAST(x'fffe' AS text)",
    "text with a NUL": "'3' || char(0)",
    "a moment that is none": "'2026-02-30 07:00:00.000000'",
    "a day of 24 hours": "'2026-03-01 24:00:00.000000'",
    "a day that is none": "'2026-02-30'",
    "a JSON list": "'[1]'",
    "broken JSON": "'{'",
}
"""What an owner of an SQLite file may write into whichever cell, constraints or not."""
CELLS = [
    (table.name, name)
    for table, names in {**LOOKED_AT, tables.punches: ()}.items()
    for name in names or table.c.keys()
    if table not in {tables.checkpoints, tables.archived_months}
    and not (name == "id" and table is not tables.bad_records)  # SQLite takes only numbers there
]


class Loose:
    """A copy of a small sound store without triggers and constraints, to be written to by hand."""

    def __init__(self, told: Told, file: Path) -> None:
        with sqlite3.connect(str(told.engine.url.database)) as source:
            self.raw = sqlite3.connect(file, isolation_level=None)
            source.backup(self.raw)
        source.close()
        self.raw.execute("PRAGMA synchronous = OFF")
        self.raw.execute("PRAGMA writable_schema = ON")
        self.raw.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
        self.raw.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
            f" AND name IN ({', '.join(repr(one) for one in sorted({one for one, _ in CELLS}))})"
        )
        self.raw.close()
        self.raw = sqlite3.connect(file, isolation_level=None)
        self.engine: Engine = open_engine(f"sqlite:///{file}")

    def verify(self, **wanted: Any) -> Report:
        return verify(self.engine, **wanted)

    def cell(self, table: str, column: str) -> Any:
        query = f'SELECT rowid, typeof("{column}"), hex("{column}") FROM {table} ORDER BY rowid'
        return self.raw.execute(query).fetchone()

    def keep(self, table: str) -> None:
        self.raw.execute(f"CREATE TEMPORARY TABLE was AS SELECT rowid AS row, * FROM {table}")

    def bring_back(self, table: str) -> None:
        columns = ", ".join(names_of(table))
        self.raw.execute(f"DELETE FROM {table}")
        self.raw.execute(f"INSERT INTO {table} (rowid, {columns}) SELECT row, {columns} FROM was")
        self.raw.execute("DROP TABLE was")


@pytest.fixture(scope="module")
def loose(told_sqlite: Told, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loose]:
    found = Loose(told_sqlite, tmp_path_factory.mktemp("loose") / "hadir.db")
    yield found
    found.engine.dispose()
    found.raw.close()


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_any_cell_of_another_kind_is_named(loose: Loose, table: str, column: str) -> None:
    row, *was = loose.cell(table, column)
    nullable = tables.metadata.tables[table].c[column].nullable
    # a few for each: all of them for all are tried by `make fuzz`
    place, every = CELLS.index((table, column)), list(CONFUSED.items())
    for what, value in (every[1:] if nullable else every)[place % 5 :: 5]:
        loose.keep(table)
        loose.raw.execute(f'UPDATE {table} SET "{column}" = {value} WHERE rowid = {row}')
        if loose.raw.execute(
            f'SELECT typeof("{column}"), hex("{column}") FROM {table} WHERE rowid = {row}'
        ).fetchone() != tuple(was):  # else SQLite made of it what was there
            fault = loose.verify().first
            assert fault is not None, what
            assert fault.kind is not Kind.LOCK, what
            assert is_one_sentence(str(fault)), str(fault)
            assert "nobody can read" not in str(fault), what  # it is named, not only stumbled over
        loose.bring_back(table)
    assert {one.kind for one in loose.verify(everything=True).faults} == {Kind.LOCK}


def names_of(table: str) -> list[str]:
    return [f'"{one.name}"' for one in tables.metadata.tables[table].columns]


def is_one_sentence(said: str) -> bool:
    return said.isprintable() and len(said) < 700


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_body_that_is_text_is_named_by_its_batch(told: Any) -> None:
    told.tamper("UPDATE batches SET body = 'x' WHERE id = 2")
    fault = told.verify().first
    assert (fault.kind, fault.batch) == (Kind.ALTERED, 2)
    assert fault.text == (
        "the row of batches with id 2 holds 'x' in body, where only bytes can stand"
    )


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.parametrize(
    ("table", "column", "value", "named"),
    [
        ("batches", "received_at", "'infinity'", "batches with id 1 holds infinity in received_at"),
        ("batches", "received_at", "'-infinity'", "holds -infinity in received_at"),
        ("batches", "received_at", "'20000-01-01'", "holds 20000-01-01 00:00:00+00 in received_at"),
        ("batches", "refused", "'[1]'", "holds [1] in refused, where only a JSON object"),
        ("bridge_keys", "enrolled_at", "'4000-01-01 BC'", "BC in enrolled_at"),
        ("bridge_keys", "grounds", "'7'", "holds 7 in grounds"),
        ("roots", "day", "'infinity'", "holds infinity in day"),
        ("contradictions", "local_time", "'infinity'", "holds infinity in local_time"),
        ("punches", "received_at", "'infinity'", "a punch of batch 1 holds what no punch can"),
        ("punches", "read_at", "'4000-01-01 BC'", "a punch of batch 1 holds what no punch can"),
    ],
)
def test_a_moment_that_no_calendar_has(
    told: Any, table: str, column: str, value: str, named: str
) -> None:
    first = "user_id = '3'" if table == "punches" else "true"
    one = f"(SELECT ctid FROM {table} WHERE {first} ORDER BY 1 LIMIT 1)"
    told.tamper(f"UPDATE {table} SET {column} = {value} WHERE ctid = {one}")
    report = told.verify()
    assert named in str(report.first)
    assert told.verify(everything=True).found


def test_a_table_that_is_gone_or_a_view_is_named(told: Any) -> None:
    def do(statement: str) -> str:
        with told.engine.begin() as connection:
            connection.execute(text(statement))
        return str(told.verify().first)

    try:
        assert "the table roots was taken out" in do("ALTER TABLE roots RENAME TO roots_true")
        assert "exchanged for a view" in do("CREATE VIEW roots AS SELECT * FROM roots_true")
        do("DROP VIEW roots")
    finally:
        do("ALTER TABLE roots_true RENAME TO roots")
    try:
        first = do("ALTER TABLE roots RENAME COLUMN previous TO was")
        assert "the table roots has no previous any more" in first
    finally:
        do("ALTER TABLE roots RENAME COLUMN was TO previous")
    assert told.verify().sound


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("CAST(user_id AS blob)", "bytes are no text to whoever asks for the user"),
        ("user_id || char(0)", "what is behind a NUL is not shown"),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_punch_that_looks_the_same_and_is_not_found(told: Any, value: str, why: str) -> None:
    told.tamper(f"UPDATE punches SET user_id = {value} WHERE user_id = '3'")
    with told.engine.connect() as connection:
        query = text("SELECT count(*) FROM punches WHERE user_id = '3'")
        assert connection.scalar(query) == 0, why
    fault = told.verify().first
    assert (fault.kind, fault.height) == (Kind.ALTERED, 3)


@pytest.mark.parametrize("table", ["punches", "bad_records", "contradictions", "runs"])
def test_a_row_of_a_terminal_that_is_not_there(told: Any, table: str) -> None:
    key = "" if table in {"punches", "runs"} else ", id = 'x', kind = 'x'"
    if table == "contradictions":
        key = ", key = 'x'"
    told.tamper(f"UPDATE {table} SET terminal_id = 999{key} WHERE batch_id IN (1, 3)")
    assert told.verify().first is not None
    told.bring_back()
    counted = table == "contradictions"
    names = [one for one in names_of(table) if not (counted and one == '"id"')]
    other = {'"terminal_id"': "999", '"key"': "'y'", '"id"': "'y'"}
    values = ", ".join(other.get(one, one) for one in names)
    told.tamper(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} LIMIT 1")
    report = told.verify(everything=True)
    assert {one.kind for one in report.faults} <= {Kind.INSERTED, Kind.CHAIN}
    assert "that is not there" in str(report.first)


@pytest.mark.parametrize("change", ["taken away", "made harmless"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_lock_that_is_not_in_place(told: Any, change: str) -> None:
    with told.engine.connect() as opened:
        sql = opened.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'runs_no_delete'"))
    other = str(sql).replace("BEGIN SELECT", "WHEN 0 BEGIN SELECT", 1)
    with told.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER runs_no_delete")
        if change != "taken away":
            connection.exec_driver_sql(other)
    try:
        (fault,) = told.verify(everything=True).faults
        assert fault.kind is Kind.LOCK
        assert "the trigger runs_no_delete is not in place" in fault.text
    finally:
        with told.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS runs_no_delete")
            connection.exec_driver_sql(str(sql))


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.parametrize("lock", ["batches.batches_frozen", "punches.punches_kept"])
def test_a_lock_that_is_switched_off(told: Any, lock: str) -> None:
    table, name = lock.split(".")
    with told.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {name}"))
    try:
        (fault,) = told.verify(everything=True).faults
        assert f"the trigger {name} is not in place" in fault.text
    finally:
        with told.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {name}"))
