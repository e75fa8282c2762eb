"""A store that an older release wrote is brought to the present, and nothing in it has changed."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from ingest.backup.proof import prove
from ingest.days import Settings, close_days, evaluate_dirty
from ingest.errors import StoreError
from ingest.store import database, tables
from ingest.store.database import migrate, reading, require_current, writing

SCHEMAS = Path(__file__).parents[1] / "schemas"
EVIDENCE = ("punches", "contradictions", "bad_records", "days", "day_changes", "coverage")
"""Of these no column is ever given up."""
NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)  # the moment the old stores end at


def test_every_old_store_is_kept_for_both_databases() -> None:
    revisions = {path.name[:4] for path in SCHEMAS.glob("[0-9]*.sql")}
    assert "0001" in revisions
    for revision in revisions:
        assert (SCHEMAS / f"{revision}-sqlite.sql").stat().st_size > 50_000
        assert (SCHEMAS / f"{revision}-postgresql.sql").stat().st_size > 50_000
        assert f"make_{revision}.py" in (SCHEMAS / "README.md").read_text(encoding="utf-8")
        assert (SCHEMAS / f"make_{revision}.py").is_file()


def test_an_old_store_holds_something_of_everything(old: Engine, contents) -> None:
    held = contents(old)
    assert {name for name, rows in held.items() if not rows} <= {"dirty_offices"}
    assert sum(held["punches"].values()) > 100


def test_an_old_store_is_sent_to_migrate(old: Engine, revision: str) -> None:
    with pytest.raises(StoreError, match=f"revision {revision}, older than.*hadir-ingest migrate"):
        require_current(old)


def test_an_upgrade_keeps_every_row_byte_for_byte(old: Engine, contents, columns) -> None:
    before = columns(old)
    held = contents(old, before)
    migrate(old)
    require_current(old)
    after = columns(old)
    kept = {name: [one for one in before[name] if one in after[name]] for name in before}
    assert {name: before[name] for name in EVIDENCE} == {name: kept[name] for name in EVIDENCE}
    found = contents(old, kept)
    for name in before:
        places = [before[name].index(one) for one in kept[name]]
        assert found[name] == Counter(
            tuple(row[place] for place in places) for row in held[name].elements()
        ), name


def test_an_upgrade_ends_with_the_tables_of_this_program(old: Engine) -> None:
    migrate(old)
    with old.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, *_: not str(name).startswith("punches_"),  # months
            },
        )
        assert compare_metadata(context, tables.metadata) == []


def test_what_came_before_the_ledger_is_told_as_such_and_is_no_fault(old: Engine) -> None:
    migrate(old)
    proof = prove(old, None)
    with reading(old) as connection:
        held = connection.scalar(text("SELECT count(*) FROM punches"))
    assert proof.faults == ()
    assert (proof.punches, proof.unsigned) == (held, held)
    assert proof.batches > 0


def test_what_was_evidence_is_still_frozen(old: Engine) -> None:
    migrate(old)
    for name in ("punches", "contradictions", "bad_records", "day_changes"):
        with (
            pytest.raises(IntegrityError, match=f"{name} is never changed"),
            writing(old) as connection,
        ):
            connection.execute(text(f"DELETE FROM {name}"))


def test_days_come_to_the_same_after_an_upgrade(old: Engine) -> None:
    """Judged again at the moment the old program judged them last, by all that is stored."""
    migrate(old)
    settings = Settings(ZoneInfo("Asia/Makassar"), 300)
    query = select(tables.days.c.person_id, tables.days.c.day, tables.days.c.status)
    with reading(old) as connection:
        before = {(row.person_id, row.day): row.status for row in connection.execute(query)}
    evaluate_dirty(old, now=NOW, settings=settings)  # the marks that waited
    close_days(old, now=NOW, settings=settings, lookback_days=16)
    with reading(old) as connection:
        after = {(row.person_id, row.day): row.status for row in connection.execute(query)}
        late = connection.execute(
            select(tables.punches.c.user_id, tables.punches.c.local_day).where(
                tables.punches.c.source == "usb"
            )
        ).all()
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert [(one.user_id, str(one.local_day)) for one in late] == [("3", "2026-02-24")]
    assert changed == {(3, late[0].local_day): ("INCOMPLETE", "PRESENT")}


def test_a_program_that_is_older_than_its_store_refuses_in_words(
    old: Engine, contents, columns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old program must neither serve a newer store nor try to take it back."""
    migrate(old)
    monkeypatch.setattr(database, "_known_revisions", lambda: {"0000"})
    head = max(re.findall(r"r(\d{4})_", " ".join(_files())))
    held = contents(old)
    for refused in (require_current, migrate):
        with pytest.raises(StoreError, match=rf"revision {head}.*a store is never taken back"):
            refused(old)
    assert contents(old) == held


def _files() -> list[str]:
    return [path.name for path in (database._MIGRATIONS / "versions").glob("r*.py")]
