"""Migrations build exactly the tables of `tables.py`, and lock what is evidence."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from ingest.errors import StoreError
from ingest.store import database, tables, tables_notices, tables_time
from ingest.store.database import migrate, open_engine, require_current, writing

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_migrations_build_exactly_the_tables_of_this_program(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, *_: not str(name).startswith("punches_"),  # months
            },
        )
        assert compare_metadata(context, tables.metadata) == []


def test_the_revisions_known_by_their_files_are_those_of_alembic() -> None:
    """Looking at a store asks for its revision and loads no Alembic for it."""
    script = ScriptDirectory.from_config(database._alembic())
    known = [one.revision for one in script.walk_revisions()]
    assert database._known_revisions() == set(known)
    assert max(known) == known[0]


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    migrate(engine)
    require_current(engine)
    with engine.connect() as connection:
        scheme = connection.execute(select(tables.schemes)).mappings().one()
        terms = connection.execute(select(tables_time.scheme_terms)).mappings().one()
    engine.dispose()
    assert scheme["code"] == terms["scheme"] == "5-hari"
    assert terms["valid_from"] == date(1900, 1, 1)
    monday, friday = {"start": "07:30", "end": "16:00"}, {"start": "07:30", "end": "16:30"}
    days = {str(day): monday for day in range(4)} | {"4": friday}
    assert terms["body"] == {"days": days, "tolerance_s": 0}


def test_two_that_migrate_at_once_both_succeed(empty_url: str) -> None:
    faults: list[Exception] = []
    together = threading.Barrier(2)

    def one() -> None:
        engine = open_engine(empty_url)
        together.wait(10)
        try:
            migrate(engine)
        except StoreError as error:
            faults.append(error)
        engine.dispose()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    engine = open_engine(empty_url)
    require_current(engine)
    engine.dispose()


def test_a_store_without_tables_is_sent_to_migrate(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(StoreError, match="has no tables yet; run hadir-ingest migrate"):
        require_current(engine)
    engine.dispose()


def test_a_store_of_a_newer_program_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (require_current, migrate):
        with pytest.raises(StoreError, match=r"revision 9999.*install the newer hadir"):
            refused(engine)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE punches (stranger INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["punches"]
    engine.dispose()


FROZEN = {
    "punches": "user_id",
    "contradictions": "user_id",
    "bad_records": "user_id",
    "day_changes": "was",
    "batches": "receipt",
    "runs": "before",
    "roots": "root",
    "checkpoints": "page",
    "bridge_keys": "key_id",
    "seals": "made_at",
    "audit_log": "who",
    "adjustments": "why",
    "resolutions": "why",
    "excuses": "why",
    "receipts": "state",
}
"""Tables that are evidence, each with a column somebody may wish to change."""


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A store with one row in every table that is evidence."""
    code: dict[str, Any] = {
        "terminal_id": 1, "user_id": "7", "source": "poll", "received_at": AT, "batch_id": 1,
        "raw": b"\x01",
    }  # fmt: skip
    decision: dict[str, Any] = {
        "id": 1, "why": "x", "letter": "", "who": "w", "os_user": "u", "at": AT, "seal": "s",
        "previous": b"", "digest": b"", "signature": b"",
    }  # fmt: skip
    touch = code | {"local_time": datetime(2026, 3, 2, 7, 30), "work_code": ""}
    with writing(engine) as connection:
        for table, row in [
            (tables.offices, {"code": "A", "name": "A", "scheme": "5-hari"}),
            (
                tables.terminals,
                {
                    "id": 1, "serial": "S", "name": "S", "office": "A", "registered": True,
                    "first_seen_at": AT,
                },
            ),
            (
                tables.bridges,
                {"id": 1, "office": "A", "name": "b", "created_at": AT},
            ),
            (
                tables.batches,
                {
                    "id": 1, "bridge_id": 1, "office": "A", "outbox": "o", "receipt": "r",
                    "received_at": AT, "sent": 1,
                },
            ),
            (tables.chains, {"id": 1, "outbox": "o", "terminal_id": 1, "kind": "p"}),
            (
                tables.runs,
                {
                    "chain_id": 1, "last": 1, "batch_id": 1, "first": 1, "before": b"",
                    "after": b"", "terminal_id": 1,
                },
            ),
            (
                tables.roots,
                {
                    "office": "A", "day": date(2026, 3, 1), "until": AT, "batches": 1, "rows": 1,
                    "root": b"", "previous": b"", "made_at": AT,
                },
            ),
            (
                tables.checkpoints,
                {"office": "A", "day": date(2026, 3, 1), "root": b"", "page": "", "made_at": AT},
            ),
            (
                tables.bridge_keys,
                {
                    "id": 1, "bridge_id": 1, "key_id": "k", "public_key": b"", "enrolled_at": AT,
                    "grounds": {},
                },
            ),
            (tables.people, {"id": 1, "nip": "1" * 18, "name": "N", "kind": "PNS"}),
            (
                tables.punches,
                touch | {"local_day": date(2026, 3, 2), "occurred_at": AT, "read_at": AT},
            ),
            (tables.contradictions, touch | {"key": "k"}),
            (tables.bad_records, code | {"id": "b", "kind": "date", "reason": "", "read_at": AT}),
            (
                tables.day_changes,
                {"person_id": 1, "day": AT.date(), "became": "ABSENT", "because": [], "at": AT},
            ),
            (
                tables.seals,
                {"fingerprint": "s", "public_key": b"", "made_at": AT, "signature": b""},
            ),
            (
                tables.audit_log,
                {
                    "id": 1, "at": AT, "who": "w", "os_user": "u", "role": "admin", "what": "x",
                    "subject": "", "details": {}, "previous": b"", "digest": b"",
                },
            ),
            (
                tables.adjustments,
                decision | {"kind": "touch", "local_time": AT.replace(tzinfo=None),
                "local_day": AT.date()},
            ),
            (
                tables.resolutions,
                decision | {"kind": "record", "verdict": "reject", "terminal": "S"},
            ),
            (
                tables_time.excuses,
                decision | {"kind": "give", "nip": "1" * 18, "type": "CT", "first": AT.date(),
                "last": AT.date(), "approver": "k"},
            ),
            (
                tables_notices.receipts,
                {
                    "channel": "wa", "digest": "d", "place": 0, "state": "read", "at": AT,
                    "fault": "", "failure": "", "came_at": AT, "body": b"{}",
                },
            ),
        ]:  # fmt: skip
            connection.execute(insert(table).values(row))
    return engine


@pytest.mark.parametrize("name", FROZEN)
def test_evidence_cannot_be_changed(filled: Engine, name: str) -> None:
    table = tables.metadata.tables[name]
    with (
        pytest.raises(IntegrityError, match=f"{name} is never changed: UPDATE refused"),
        writing(filled) as connection,
    ):
        connection.execute(update(table).values({FROZEN[name]: text("NULL")}))


@pytest.mark.parametrize("name", FROZEN)
def test_evidence_cannot_be_deleted(filled: Engine, name: str) -> None:
    table = tables.metadata.tables[name]
    with (
        pytest.raises(IntegrityError, match=f"{name} is never changed: DELETE refused"),
        writing(filled) as connection,
    ):
        connection.execute(delete(table))


@pytest.mark.parametrize("name", FROZEN)
def test_evidence_cannot_be_swept_away(filled: Engine, name: str) -> None:
    statements = {
        "postgresql": f"TRUNCATE {name} CASCADE",
        "sqlite": f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}",
    }
    with (
        pytest.raises(IntegrityError, match=f"{name} is never changed: (TRUNCATE|DELETE) refused"),
        writing(filled) as connection,
    ):
        connection.execute(text(statements[filled.dialect.name]))
