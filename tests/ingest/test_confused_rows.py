"""A store in a file may hold anything in any cell: what verifies names it, and falls over none."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from ingest.roles import Role
from ingest.seal import new
from ingest.store import audit, seals
from ingest.store.audit import Actor
from ingest.store.database import writing

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
WORDS = ["'x'", "17", "1.5", "x'ff00'", "'2026-02-30 00:00:00'", "'9999999'"]


@pytest.fixture
def store(engine: Engine) -> Any:
    with writing(engine) as connection:
        seals.register(connection, new(), before=None, lost=False, now=NOW)
        for number in range(3):
            audit.note(connection, Actor("Budi", "budi", Role.ADMIN), "calendar.seed",
                       subject=str(number), details={}, now=NOW)  # fmt: skip
    return engine


def strike(connection: Connection, table: str, column: str, word: str) -> None:
    connection.execute(text(f"DROP TRIGGER {table}_no_update"))
    row = "id = 2" if table == "audit_log" else "1 = 1"
    connection.execute(text(f"UPDATE {table} SET {column} = {word} WHERE {row}"))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("word", WORDS)
class TestOnSqlite:
    @pytest.mark.parametrize("column", ["at", "who", "details", "previous", "digest"])
    def test_a_line_of_the_audit_log_is_named(self, store: Engine, column: str, word: str) -> None:
        with writing(store) as connection:
            strike(connection, "audit_log", column, word)
            found = list(audit.faults(connection))
        assert found
        assert {one.number for one in found} <= {2, 3}

    @pytest.mark.parametrize("column", ["made_at", "public_key", "signature"])
    def test_a_seal_is_no_longer_trusted(self, store: Engine, column: str, word: str) -> None:
        with writing(store) as connection:
            strike(connection, "seals", column, word)
            assert seals.trusted(connection) == {}
