"""A decision that is altered or gone is noticed without a person asking; a new seal, too."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert
from tampered import tamper

from ingest import seal as keys
from ingest.days import Settings
from ingest.jobs.verify_decisions import DecisionWatch
from ingest.jobs.work import Work
from ingest.metrics import counts
from ingest.roles import Role
from ingest.seal import Seal, SealError
from ingest.store import adjustments, audit, seals, tables
from ingest.store.audit import Actor
from ingest.store.database import writing
from ingest.store.decided import Grounds
from ingest.trust import Trust

AT = datetime(2026, 3, 4, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Makassar")
NIP = "198609262015051001"
ACTOR = Actor("Bu Kepala", "root", Role.ADMIN)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "seal.key"


@pytest.fixture
def work(engine: Engine, file: Path) -> Work:
    """Jobs of a store with three decisions under the seal in a file."""
    own = keys.new()
    with writing(engine) as connection:
        connection.execute(insert(tables.offices).values(code="A", name="A", scheme="5-hari"))
        connection.execute(insert(tables.people).values(id=1, nip=NIP, name="N", kind="PNS"))
        connection.execute(
            insert(tables.assignments).values(person_id=1, office="A", valid_from=date(2026, 1, 1))
        )
        seals.register(connection, own, before=None, lost=False, now=AT)
        for minute in (1, 2, 3):
            made = adjustments.add_touch(
                connection, own, Grounds(ACTOR, "daftar hadir"), nip=NIP, now=AT, zone=ZONE,
                local_time=datetime(2026, 3, 3, 7, minute),
            )  # fmt: skip
            told = {"decisions": [{"number": made.number, "digest": made.digest.hex()}]}
            audit.note(connection, ACTOR, "adjustments.add-touch", details=told, now=AT)
    keys.save(own, file)
    return Work(
        engine, Settings(ZONE), lambda: AT, 3, timedelta(minutes=30), seal_file=file,
        trust=Trust(file),
    )  # fmt: skip


@pytest.fixture
def night(work: Work, caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Look once; return what is said loudly."""
    watch = DecisionWatch(work)

    def look() -> list[str]:
        caplog.clear()
        watch.step()
        return [one.message for one in caplog.records if one.levelno >= logging.ERROR]

    return look


def reading() -> float | None:
    return counts().registry.get_sample_value("hadir_centre_decision_faults")


def harm(work: Work, table: str, *statements: str) -> None:
    with writing(work.engine) as connection:
        tamper(connection, table, *statements)


def test_what_nobody_touched_is_not_told(night: Callable[[], list[str]]) -> None:
    assert (night(), reading()) == ([], 0)


def test_a_decision_that_is_gone_is_told_each_night(work: Work, night: Callable) -> None:
    harm(work, "adjustments", "DELETE FROM adjustments WHERE id = 3")
    told = ["adjustment 3 is missing: the audit log tells of it; see docs/backup.md for what to do"]
    assert (night(), reading()) == (told, 1)
    assert night() == told


def test_one_that_is_gone_with_its_line_is_told_by_who_saw_it(work: Work, night: Callable) -> None:
    """Nothing in the database tells of it any more: an older copy that was put back looks so."""
    night()
    harm(work, "adjustments", "DELETE FROM adjustments WHERE id = 3")
    harm(work, "audit_log", "DELETE FROM audit_log WHERE id = 3")
    (told,) = night()
    assert told.startswith("line of the audit log 3 is not the one that was kept elsewhere")
    assert DecisionWatch(work).step() is None  # who began later cannot know
    assert reading() == 0


def test_a_rewritten_one_is_told(work: Work, night: Callable[[], list[str]]) -> None:
    harm(work, "adjustments", "UPDATE adjustments SET why = 'x' WHERE id = 1")
    assert [one.split(";")[0] for one in night()] == ["adjustment 1 was changed"]


class TestTrust:
    def known(self, work: Work, before: Seal | None, *, lost: bool = False) -> Seal:
        new = keys.new()
        with writing(work.engine) as connection:
            seals.register(connection, new, before=before, lost=lost, now=AT)
        return new

    def put(self, seal: Seal, file: Path) -> None:
        file.unlink(missing_ok=True)
        keys.save(seal, file)

    pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

    @pytest.mark.parametrize("lost", [True, False])
    def test_a_new_seal_is_believed_without_a_new_start(
        self, work: Work, file: Path, lost: bool
    ) -> None:
        old = keys.load(file)
        assert work.judging().seal == old.fingerprint
        new = self.known(work, None if lost else old, lost=lost)
        self.put(new, file)
        assert work.judging().seal == new.fingerprint

    def test_one_the_store_does_not_know_is_not_taken(self, work: Work, file: Path) -> None:
        old = work.judging().seal
        self.put(keys.new(), file)
        assert work.judging().seal == old

    def test_the_last_one_stays_while_the_file_is_away(self, work: Work, file: Path) -> None:
        old = work.judging().seal
        file.unlink()
        assert work.judging().seal == old is not None

    def test_a_file_that_holds_none_stops_judging_and_says_so(self, work: Work, file: Path) -> None:
        work.judging()
        file.write_text("x")
        with pytest.raises(SealError, match="holds no seal"):
            work.judging()

    def test_without_a_file_the_settings_tell(self, work: Work) -> None:
        bare = Work(work.engine, Settings(ZONE, seal="ab" * 16), lambda: AT, 3, timedelta(1))
        assert bare.judging().seal == "ab" * 16
