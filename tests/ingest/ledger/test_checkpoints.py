"""A checkpoint kept outside names what was rewritten, cut off or set back, and nothing else."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledgered import touches
from signed import Signer
from sqlalchemy import insert, select

from ingest.ledger.checkpoints import Checkpoint, NoCheckpoint, read_page
from ingest.ledger.report import Kind
from ingest.roles import Role
from ingest.seal import Seal, new
from ingest.store import audit, tables
from ingest.store.audit import Actor
from ingest.store.database import open_engine, reading, writing
from ingest.store.ledger import verify
from ingest.store.ledger_checkpoints import page, take


@pytest.fixture(scope="module")
def seal() -> Seal:
    return new()


def taken(told: Any, day: date | None = None) -> Checkpoint:
    with reading(told.engine) as connection:
        found = take(connection, "A", day)
    assert found is not None
    return found


def held(told: Any, text: str, **wanted: Any) -> Any:
    return told.verify(checkpoints=[("paper.txt", read_page(text))], **wanted)


def test_a_page_reads_back_whatever_a_mail_program_did_to_it(told: Any, seal: Seal) -> None:
    one = taken(told)
    text = page(one, seal)
    assert "TITIK PERIKSA PRESENSI\nDinas A (A)" in text
    assert "sampai dengan 3 Maret 2026." in text
    assert max(map(len, text.splitlines())) <= 150
    assert text.isascii()
    for seen in (text, text.replace("\n", "\r\n"), "> x\n" + text + "\n-- \nsignature of a mailer"):
        read = read_page(seen)
        assert (read.checkpoint, read.public) == (one, seal.public)
        assert read.signature == seal.sign(one.message())


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN HADIR CHECKPOINT-----"])
def test_what_is_no_page_is_none(text: str) -> None:
    with pytest.raises(NoCheckpoint):
        read_page(text)


def test_it_holds_today_and_on_later_days(told: Any, seal: Seal) -> None:
    one = taken(told)
    assert (one.day, one.batches, one.rows) == (date(2026, 3, 3), 3, 14)
    assert [(serial, kind, height) for _, serial, kind, height, _ in one.chains] == [
        ("NEW", "p", 2), ("S1", "b", 1), ("S1", "p", 8), ("S1", "p", 3),
    ]  # fmt: skip
    text = page(one, seal)
    assert held(told, text).sound
    told.rotate(told.a, "a2")
    told.bring(told.a, *touches(20))
    told.close_days(5)
    assert held(told, text, seals=[seal.fingerprint]).counts.checkpoints == 1
    assert held(told, text).sound
    assert taken(told).day == date(2026, 3, 8)
    assert held(told, page(taken(told), seal)).sound


def test_an_office_without_a_root_has_none(told: Any) -> None:
    with reading(told.engine) as connection:
        assert take(connection, "B") is None
        assert take(connection, "A", date(2026, 3, 4)) is None


def test_the_end_cut_off_with_its_roots(told: Any, seal: Seal) -> None:
    told.close_days()
    text = page(taken(told), seal)
    told.tamper(
        "DELETE FROM punches WHERE batch_id = 4",
        "DELETE FROM runs WHERE batch_id = 4",
        "DELETE FROM batches WHERE id = 4",
        "DELETE FROM roots WHERE day = '2026-03-04'",
    )
    assert told.verify().sound  # nothing within the store can tell
    fault = held(told, text).first
    assert fault.kind is Kind.CHECKPOINT
    assert "paper.txt: office A had a root for 2026-03-04 and has none any more" in fault.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_older_copy_brought_back(told: Any, seal: Seal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(told.engine.url.database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    told.close_days()
    text = page(taken(told), seal)
    older = open_engine(f"sqlite:///{copy}")
    report = verify(older, checkpoints=[("paper.txt", read_page(text))])
    older.dispose()
    assert "set back to an older copy" in str(report.first)


def test_a_decision_cut_off_with_its_line_of_the_log(told: Any, seal: Seal) -> None:
    """Nothing within the store tells of what was decided last, and then taken out again."""
    with writing(told.engine) as connection:
        for what in ("people.import", "adjustments.add-touch"):
            audit.note(connection, Actor("x", "x", Role.ADMIN), what, now=told.now)
    text = page(taken(told), seal)
    with writing(told.engine) as connection:
        audit.note(connection, Actor("x", "x", Role.ADMIN), "people.import", now=told.now)
    assert held(told, text).sound  # what came later changes nothing
    told.tamper("DELETE FROM audit_log WHERE id >= 2")
    assert "line 2 of the audit log is gone: what people did and" in str(held(told, text).first)
    with writing(told.engine) as connection:
        audit.note(connection, Actor("y", "x", Role.ADMIN), "people.import", now=told.now)
        assert list(audit.faults(connection)) == []
    assert "line 2 of the audit log was another then" in str(held(told, text).first)


def test_a_day_written_anew_with_its_root(told: Any, seal: Seal) -> None:
    text = page(taken(told), seal)
    told.tamper("UPDATE batches SET clock_limit_s = 301 WHERE id = 1", "DELETE FROM roots")
    told.close_days()
    assert told.verify().sound
    report = held(told, text, everything=True)
    assert [one.kind for one in report.faults] == [Kind.CHECKPOINT]
    assert "what came up to that day was rewritten" in str(report.first)


def test_a_chain_rewritten(told: Any, seal: Seal) -> None:
    one = taken(told)
    outbox, serial, kind, height, _ = one.chains[0]
    other = replace(one, chains=((outbox, serial, kind, height, "0" * 64), *one.chains[1:]))
    fault = held(told, page(other, seal)).first
    assert (
        f"height {height} of terminal {serial} (p, outbox {outbox}) was another row" in fault.text
    )


def test_keys_put_in_or_taken_out(told: Any, seal: Seal) -> None:
    text = page(taken(told), seal)
    forger = Signer("forger")
    with reading(told.engine) as connection:
        known = connection.scalar(select(tables.bridge_keys.c.enrolled_at))
    with told.engine.begin() as connection:
        connection.execute(insert(tables.bridge_keys).values(
            id=9, bridge_id=told.a.id, key_id=forger.key_id, public_key=forger.public_key,
            enrolled_at=known.replace(year=2025), retired_at=known.replace(year=2025), grounds={},
        ))  # fmt: skip
    assert told.verify().sound
    assert "was put in by hand" in held(told, text).first.text
    told.tamper("DELETE FROM bridge_keys WHERE id = 9")
    smaller = replace(taken(told), keys=())
    assert "put in by hand" in held(told, page(smaller, seal)).first.text


def test_a_page_changed_or_under_another_seal(told: Any, seal: Seal) -> None:
    one = taken(told)
    text = page(one, seal)
    changed = text.replace(one.root, "f" * 64)
    assert "the checkpoint itself was changed" in held(told, changed).first.text
    assert "which is none of this centre's" in held(told, text, seals=["0" * 32]).first.text
