"""Decisions at the command line: who, why, and the line each leaves behind."""

import getpass
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from tampered import tamper

from ingest import tokens
from ingest.roles import Right
from ingest.seal import load, new, save
from ingest.store import tables
from ingest.store.database import open_engine, reading, writing

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)  # nine in the morning in Makassar, a Tuesday
ONE = "198609262015051001"
WHY = ("--why", "daftar hadir", "--by", "Bu Kepala")


def engine_of(run):
    line = next(one for one in run.config.read_text().splitlines() if "database" in one)
    return open_engine(line.split('"')[1])


@pytest.fixture
def sealed(copied):
    """Two people of A on SQLite, and a seal."""
    return with_seal(copied)


def with_seal(run):
    run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    run("seal", "make", "--by", "Bu Kepala")
    return run


@pytest.fixture
def store(sealed):
    engine = engine_of(sealed)
    yield engine
    engine.dispose()


@pytest.fixture
def quarantined(sealed, store):
    """A doubtful punch of user id 7 on S1, and a bad record."""
    return fill(sealed, store)


def fill(run, engine):
    code = {
        "terminal_id": 1, "user_id": "7", "source": "poll", "received_at": NOW, "read_at": NOW,
        "batch_id": 1, "raw": b"",
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(
            insert(tables.bridges).values(id=1, office="A", name="pc", created_at=NOW)
        )
        connection.execute(
            insert(tables.batches).values(
                id=1, bridge_id=1, office="A", outbox="o", receipt="r", received_at=NOW, sent=1
            )
        )
        for clock, doubt in (
            (datetime(2000, 1, 1, 0, 4), "ancient"),
            (datetime(2026, 3, 9, 10, 4), None),
        ):
            connection.execute(
                insert(tables.punches).values(
                    **code, local_time=clock, local_day=clock.date(), doubt=doubt, work_code="",
                    occurred_at=clock.replace(tzinfo=UTC),
                )
            )  # fmt: skip
        connection.execute(
            insert(tables.bad_records).values(**code, id="b" * 32, kind="date", reason="no date")
        )
    return run


class TestSeal:
    def test_is_made_once_and_shown(self, sealed, tmp_path):
        (row,) = sealed.json("seal", "show")
        made = load(tmp_path / "seal.key")
        assert (row["fingerprint"], row["signs"], row["endorsed"]) == (
            made.fingerprint, True, False,
        )  # fmt: skip
        assert row["public_key"] == made.public.hex()
        said = sealed("seal", "make", "--by", "x", code=1).stderr
        assert "exists already and holds the seal" in said

    def test_a_file_that_the_store_does_not_know_is_taken(self, sealed, tmp_path):
        """A kill between writing it and the commit leaves it so."""
        engine = engine_of(sealed)
        with writing(engine) as connection:
            tamper(connection, "seals", "DELETE FROM seals")
        engine.dispose()
        before = load(tmp_path / "seal.key")
        sealed("seal", "make", "--by", "x")
        assert sealed.json("seal", "show")[0]["fingerprint"] == before.fingerprint

    def test_another_comes_after_it(self, sealed, tmp_path):
        text = sealed.config.read_text().replace('"seal.key"', '"seal-2.key"')
        sealed.config.write_text(text)
        assert (
            "is in use; name its file by --after"
            in sealed("seal", "make", "--by", "x", code=1).stderr
        )
        assert not (tmp_path / "seal-2.key").exists()
        sealed("seal", "make", "--after", str(tmp_path / "seal.key"), "--by", "x")
        shown = {one["signs"]: one["endorsed"] for one in sealed.json("seal", "show")}
        assert shown == {False: False, True: True}

    def test_without_one_nothing_can_be_decided(self, copied):
        said = copied(
            "adjustments", "add-touch", "--nip", ONE, "--at", "2026-03-09 07:25", *WHY, code=1
        ).stderr
        assert "this centre has no seal" in said


class TestAdjustments:
    def test_a_touch_is_added_listed_explained_and_withdrawn(self, sealed):
        sealed("calendar", "seed", "2026")
        said = sealed(
            "adjustments", "add-touch", "--nip", "19860926 201505 1 001", "--at",
            "2026-03-09 07:25", "--letter", "800/12", *WHY,
        ).stdout  # fmt: skip
        assert said == "adjustment 1: a touch at 2026-03-09 07:25:00 counts from now on\n"
        (row,) = sealed.json("adjustments", "list", "--office", "A")
        assert (row["nip"], row["worth"], row["letter"]) == (ONE, "in force", "800/12")
        assert (
            "ditambahkan oleh Bu Kepala, surat 800/12: daftar hadir"
            in sealed("days", "explain", ONE, "2026-03-09").stdout
        )
        sealed("adjustments", "withdraw", "1", *WHY)
        assert [one["worth"] for one in sealed.json("adjustments", "list", "--nip", ONE)] == [
            "taken back", "withdrawal",
        ]  # fmt: skip
        assert "ditambahkan" not in sealed("days", "explain", ONE, "2026-03-09").stdout
        assert sealed("adjustments", "verify").stdout.startswith("2 rows agree; the last is 2:")
        assert sealed.json("adjustments", "list", "--from", "2026-03-10") == []

    def test_a_punch_is_made_void(self, quarantined):
        void = ("adjustments", "void", "--terminal", "S1", "--user-id", "7", "--time")
        assert "adjustment 1" in quarantined(*void, "2026-03-09 10:04:00", *WHY).stdout
        assert (
            "no punch of user id 7"
            in quarantined(*void, "2026-03-09 10:05:00", *WHY, code=1).stderr
        )
        assert len(quarantined.json("punches", "list")) == 2

    @pytest.mark.parametrize(
        ("missing", "sentence"),
        [
            (("--why", "x"), "--by"),
            (("--by", "x"), "--why"),
            (("--by", " ", "--why", "x"), "expected 1 to 200 characters, got 0"),
            (("--by", "x", "--why", "y" * 501), "expected 1 to 500 characters, got 501"),
            (("--by", "x", "--why", "a\u202eb"), "cannot be printed"),
        ],
    )
    def test_who_and_why_have_to_be_said(self, sealed, missing, sentence):
        said = sealed("adjustments", "withdraw", "1", *missing, code=2).stderr
        assert sentence in said

    def test_a_tampered_one_is_named(self, sealed, store):
        sealed("adjustments", "add-touch", "--nip", ONE, "--at", "2026-03-09 07:25", *WHY)
        with writing(store) as connection:
            tamper(connection, "adjustments", "UPDATE adjustments SET who = 'Orang Lain'")
        assert sealed("adjustments", "verify", code=1).stdout == "adjustment 1 was changed\n"
        assert sealed.json("adjustments", "list")[0]["worth"] == "not proven"


class TestQuarantine:
    def test_what_waits_is_listed_resolved_and_reopened(self, quarantined):
        waiting = quarantined.json("quarantine", "list", "--office", "A")
        assert [(one["kind"], one["why"]) for one in waiting] == [
            ("punch", "ancient"), ("record", "date: no date"),
        ]  # fmt: skip
        said = quarantined(
            "quarantine", "resolve", "--terminal", "S1", "--user-id", "7", "--time",
            "2000-01-01 00:04:00", "--reject", *WHY,
        ).stdout  # fmt: skip
        assert said == "resolution 1: reject S1 user id 7 at 2000-01-01 00:04:00\n"
        quarantined("quarantine", "resolve", "--record", "b" * 32, "--reject", *WHY)
        assert quarantined.json("quarantine", "list") == []
        quarantined("quarantine", "reopen", "2", *WHY)
        assert [one["kind"] for one in quarantined.json("quarantine", "list")] == ["record"]
        assert [one["worth"] for one in quarantined.json("quarantine", "resolved")] == [
            "in force", "taken back", "reopening",
        ]  # fmt: skip
        assert quarantined("quarantine", "verify").stdout.startswith("3 rows agree")

    def test_many_are_resolved_only_if_that_is_said(self, quarantined):
        resolve = ("quarantine", "resolve", "--terminal", "S1", "--reject", *WHY)
        assert "2 fit; name one, or say --every" in quarantined(*resolve, code=1).stderr
        assert len(quarantined(*resolve, "--every").stdout.splitlines()) == 2
        assert "nothing of the kind waits" in quarantined(*resolve, code=1).stderr

    def test_what_is_misused_is_said(self, quarantined):
        assert (
            "say --accept or --reject"
            in quarantined("quarantine", "resolve", "--terminal", "S1", *WHY, code=2).stderr
        )
        assert (
            "name a punch" in quarantined("quarantine", "resolve", "--reject", *WHY, code=2).stderr
        )
        assert (
            "--record goes without"
            in quarantined(
                "quarantine", "resolve", "--record", "b", "--user-id", "7", "--reject", *WHY, code=2
            ).stderr
        )

    def test_coverage_is_taken_back(self, quarantined):
        withdraw = ("coverage", "withdraw", "--from", "2026-03-02", "--until", "2026-03-03", *WHY)
        assert (
            "S1 is not known from 2026-03-02 to 2026-03-03"
            in quarantined(*withdraw, "--terminal", "S1").stdout
        )
        assert 'no terminal "S9"' in quarantined(*withdraw, "--terminal", "S9", code=1).stderr
        (row,) = quarantined.json("coverage", "--office", "A", "--day", "2026-03-02")
        assert any("ditarik oleh Bu Kepala" in one for one in row["reasons"])

    def test_coverage_asks_for_an_office_or_a_command(self, copied):
        assert "name the office by --office" in copied("coverage", code=2).stderr
        assert "go without a command" in copied(
            "coverage", "--office", "A", "withdraw", "--terminal", "S1", "--from", "2026-03-02",
            "--until", "2026-03-02", *WHY, code=2,
        ).stderr  # fmt: skip


class TestCheck:
    def test_tells_what_waits_for_a_decision(self, quarantined):
        waits = "look  2 doubtful punches and bad records of office A wait for a decision"
        assert waits in quarantined("check", code=1).stdout
        quarantined("quarantine", "resolve", "--terminal", "S1", "--every", "--reject", *WHY)
        assert "wait for a decision" not in quarantined("check", code=1).stdout

    def test_tells_of_a_seal_that_is_broken_or_not_the_stores(self, sealed, tmp_path):
        (tmp_path / "seal.key").unlink()
        save(new(), tmp_path / "seal.key")
        (tmp_path / "seal.key").chmod(0o600)
        assert "bad   the store does not know the seal" in sealed("check", code=1).stdout
        (tmp_path / "seal.key").write_text("x")
        assert "holds no seal" in sealed("check", code=1).stdout

    def test_tells_of_a_seal_that_is_away_or_not_named(self, sealed, tmp_path):
        (tmp_path / "seal.key").unlink()
        assert "seal.key, the seal, is not there; bring it back" in sealed("check", code=1).stdout
        text = sealed.config.read_text()
        sealed.config.write_text(text.replace('seal_file = "seal.key"\n', ""))
        assert "look  decisions are believed by the word of" in sealed("check", code=1).stdout

    def test_tells_of_a_decision_that_is_gone(self, sealed, store):
        sealed("adjustments", "add-touch", "--nip", ONE, "--at", "2026-03-09 07:25", *WHY)
        assert "ok    the audit log and all decisions are as" in sealed("check", code=1).stdout
        with writing(store) as connection:
            tamper(connection, "adjustments", "DELETE FROM adjustments")
        told = sealed("check", code=1).stdout
        assert "bad   adjustment 1 is missing: the audit log tells of it" in told
        assert "are as they were signed" not in told

    def test_tells_how_old_the_last_backup_is(self, sealed, tmp_path):
        assert "look  hadir-ingest backup was never run" in sealed("check", code=1).stdout
        sealed("backup", str(tmp_path / "backups"))
        assert "ok    the last backup was made 2026-03-10 09:00" in sealed("check", code=1).stdout
        sealed.now += timedelta(hours=37)
        assert "look  the last backup was made 2026-03-10 09:00" in sealed("check", code=1).stdout


class TestTokens:
    def test_one_is_shown_once_and_refused_when_it_is_revoked(self, sealed, store):
        made = sealed("tokens", "add", "dasbor", "--role", "auditor", "--by", "Bu Kepala")
        text = made.stdout.strip()
        assert "not shown again" in made.stderr
        (row,) = sealed.json("tokens", "list")
        assert (row["name"], row["role"], row["revoked_at"]) == ("dasbor", "auditor", None)
        with reading(store) as connection:
            assert tokens.check(connection, text, Right.AUDIT, now=NOW).name == "dasbor"
        sealed("tokens", "revoke", "1", "--by", "Bu Kepala", input="n\n", code=1)
        sealed("tokens", "revoke", "1", "--yes", "--by", "Bu Kepala")
        assert (
            "no token 1 is in use"
            in sealed("tokens", "revoke", "1", "--yes", "--by", "x", code=1).stderr
        )
        assert text.split("_", 2)[2] not in sealed("audit", "list").stdout

    def test_one_ends_with_its_last_day_in_the_offices(self, sealed, store):
        text = sealed(
            "tokens", "add", "x", "--role", "admin", "--until", "2026-03-10", "--by", "y"
        ).stdout.strip()
        midnight = datetime(2026, 3, 10, 16, tzinfo=UTC)
        with reading(store) as connection:
            tokens.check(connection, text, Right.KEEP, now=midnight - timedelta(seconds=1))
            with pytest.raises(tokens.TokenRefused, match="not in use"):
                tokens.check(connection, text, Right.KEEP, now=midnight)
        assert (
            "lies in the past"
            in sealed(
                "tokens",
                "add",
                "x",
                "--role",
                "admin",
                "--until",
                "2026-03-09",
                "--by",
                "y",
                code=2,
            ).stderr
        )


class TestAudit:
    def test_every_command_that_changes_something_leaves_a_line(self, quarantined):
        run = quarantined
        run("terminals", "add", "S7", "--name", "aula", "--office", "A", "--by", "Pak Admin")
        run("terminals", "set", "S7", "--name", "gudang")
        run("calendar", "seed", "2026")
        run("calendar", "add", "2026-09-29", "Hari jadi")
        run("calendar", "remove", "2026-09-29", "--yes")
        run("calendar", "confirm", "2026")
        run("adjustments", "add-touch", "--nip", ONE, "--at", "2026-03-09 07:25", *WHY)
        run("quarantine", "resolve", "--terminal", "S1", "--every", "--reject", *WHY)
        run("coverage", "withdraw", "--terminal", "S1", "--from", "2026-03-09", "--until",
            "2026-03-09", *WHY)  # fmt: skip
        run("quarantine", "reopen", "1", *WHY)
        run("adjustments", "withdraw", "1", *WHY)
        run("tokens", "add", "x", "--role", "admin", "--by", "y")
        run("tokens", "revoke", "1", "--yes", "--by", "y")
        lines = run.json("audit", "list")
        assert [one["what"] for one in lines] == [
            "offices.import", "people.import", "terminals.import", "user-ids.import", "seal.make",
            "terminals.add", "terminals.set", "calendar.seed", "calendar.add", "calendar.remove",
            "calendar.confirm", "adjustments.add-touch", "quarantine.resolve", "coverage.withdraw",
            "quarantine.reopen", "adjustments.withdraw", "tokens.add", "tokens.revoke",
        ]  # fmt: skip
        assert {one["os_user"].split(" ")[0] for one in lines} == {getpass.getuser()}
        assert lines[5]["who"] == "Pak Admin"
        assert lines[6]["who"] == lines[6]["os_user"]  # nobody was named
        assert len(lines[12]["details"]["decisions"]) == 2
        assert lines[1]["details"]["new"] == 2
        assert len(lines[1]["details"]["sha256"]) == 64
        assert run.json("audit", "list", "--by", "Pak Admin") == [lines[5]]
        assert run.json("audit", "list", "--subject", "terminal S7") == lines[5:7]
        assert run.json("audit", "list", "--since", "2026-03-11") == []
        assert run("audit", "list", "--limit", "1").stderr.startswith("the newest 1; there are")

    def test_what_changes_nothing_leaves_none(self, copied):
        before = copied.json("audit", "list")
        copied("calendar", "remove", "2026-09-29", "--yes", code=1)
        copied("terminals", "add", "S1", "--name", "x", "--office", "A", code=1)
        copied.take("people", "nip,name\n", code=1)
        assert copied.json("audit", "list") == before

    def test_who_became_root_is_told(self, copied, monkeypatch):
        monkeypatch.setenv("SUDO_USER", "ani")
        copied("calendar", "seed", "2026")
        assert copied.json("audit", "list")[-1]["os_user"] == f"{getpass.getuser()} (sudo ani)"

    def test_a_changed_line_is_named_and_a_cut_end_by_the_kept_head(self, sealed, store):
        told = sealed("audit", "verify").stdout
        head = told.split("the last is ")[1].strip()
        sealed("audit", "verify", "--head", head)
        with writing(store) as connection:
            tamper(connection, "audit_log", "DELETE FROM audit_log WHERE id = 5")
        assert "4 rows agree" in sealed("audit", "verify").stdout
        said = sealed("audit", "verify", "--head", head, code=1).stdout
        assert said == "line 5 is not the one that was kept elsewhere: the end was replaced\n"
        with writing(store) as connection:
            connection.execute(
                update(tables.audit_log).where(tables.audit_log.c.id == 2).values(who="x")
            )
        assert sealed("audit", "verify", code=1).stdout == "line 2 was changed\n"

    @pytest.mark.parametrize("head", ["5", "x:00", "5:zz", "0:" + "00" * 32, "5:00"])
    def test_a_head_that_is_none_is_refused(self, copied, head):
        assert "expected NUMBER:DIGEST" in copied("audit", "verify", "--head", head, code=2).stderr


def test_decisions_work_on_both_databases(staffed, engine):
    """The whole way once, on whichever database: the rest is asked of SQLite alone."""
    run = fill(with_seal(staffed), engine)
    run("adjustments", "add-touch", "--nip", ONE, "--at", "2026-03-09 07:25", *WHY)
    run("adjustments", "void", "--terminal", "S1", "--user-id", "7", "--time",
        "2026-03-09 10:04:00", *WHY)  # fmt: skip
    run("quarantine", "resolve", "--terminal", "S1", "--every", "--reject", *WHY)
    run("coverage", "withdraw", "--terminal", "S1", "--from", "2026-03-09", "--until", "2026-03-09",
        *WHY)  # fmt: skip
    run("quarantine", "reopen", "3", *WHY)
    run("tokens", "add", "x", "--role", "operator", "--by", "y")
    for one in ("audit", "adjustments", "quarantine"):
        assert "rows agree" in run(one, "verify").stdout
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(tables.punches)) == 2
    assert json.loads(run("quarantine", "list", "--json").stdout) == []
