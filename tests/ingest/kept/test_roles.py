"""On PostgreSQL each role does its own work and nothing beyond it (deploy/postgres-roles.sql)."""

import contextlib
import getpass
import gzip
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import requests
import uvicorn
from click.testing import CliRunner
from postbox import Mailbox, listening
from signed import Chains, Signer
from sqlalchemy import URL, Engine, create_engine, text

from ingest.api import create_app
from ingest.backup.proof import prove
from ingest.checkpointing import MailServer, Ways
from ingest.cli import cli
from ingest.days import Settings, close_days, evaluate_dirty
from ingest.enrolment import invite
from ingest.jobs.checkpoints import checkpoints
from ingest.jobs.roots import roots
from ingest.jobs.work import Work
from ingest.ledger.checkpoints import read_page
from ingest.seal import new as new_seal
from ingest.seal import save as save_seal
from ingest.store import audit, ledger_copies, seals, tables, users
from ingest.store.audit import Actor, Role
from ingest.store.database import open_engine, reading, writing
from ingest.store.ledger import verify
from ingest.wire import (
    Batch,
    Coverage,
    Enrolment,
    Heartbeat,
    Punch,
    Rotation,
    encode_batch,
    encode_enrolment,
    encode_heartbeat,
    encode_rotation,
)

ROOT = Path(__file__).parents[3]
ROLES_SQL = (ROOT / "deploy" / "postgres-roles.sql").read_text(encoding="utf-8")
ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)
DATABASE = "hadir_roles"

pytestmark = pytest.mark.postgres


def as_role(server: URL, role: str) -> str:
    return server.set(username=role, database=DATABASE).render_as_string(hide_password=False)


def apply_roles(server: URL) -> None:
    plain = server.set(drivername="postgresql", database=DATABASE)
    with psycopg.connect(
        plain.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(ROLES_SQL.encode())


@pytest.fixture(scope="module")
def store(
    postgres_server: URL, tmp_path_factory: pytest.TempPathFactory, play: Callable[..., None]
) -> Iterator[URL]:
    """A store of the first release, handed over to its roles and upgraded by the migrator."""
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE template0"))
        play("0001", postgres_server.set(database=DATABASE).render_as_string(hide_password=False))
        apply_roles(postgres_server)  # whoever made it, the migrator owns it now
        hadir = Command(
            tmp_path_factory.mktemp("migrator"), as_role(postgres_server, "hadir_migrator")
        )
        hadir("migrate")
        apply_roles(postgres_server)
        yield postgres_server
        connection.execute(text(f"DROP DATABASE {DATABASE} WITH (FORCE)"))
    engine.dispose()


class Command:
    """`hadir-ingest` as one role."""

    def __init__(self, folder: Path, url: str) -> None:
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "{ZONE.key}"\n'
            f'seal_file = "{folder}/seal.key"\n'
        )

    def __call__(self, *words: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["--config", str(self.config), *words], obj=lambda: NOW)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def command(store: URL, tmp_path: Path) -> Callable[[str], Command]:
    return lambda role: Command(tmp_path, as_role(store, role))


@pytest.fixture
def engine_of(store: URL) -> Iterator[Callable[[str], Engine]]:
    with contextlib.ExitStack() as stack:

        def engine_of(role: str) -> Engine:
            engine = open_engine(as_role(store, role))
            stack.callback(engine.dispose)
            return engine

        yield engine_of


def test_every_table_is_somebodys() -> None:
    """A new table has to be thought of here, or nobody can use it after the next run."""
    named = set(re.findall(r"\w+", " ".join(re.findall(r"'([a-z_ ]+)'", ROLES_SQL))))
    assert set(tables.metadata.tables) - named == set()


def test_nothing_secret_is_granted_to_reports(store: URL) -> None:
    with psycopg.connect(as_role(store, "hadir_report").replace("+psycopg", "")) as connection:
        readable = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'SELECT') ORDER BY 1"
        ).fetchall()
    found = {name for (name,) in readable}
    assert found & {"bridge_keys", "invites", "nonces", "batches"} == set()
    assert {"days", "punches", "people", "roots"} <= found


def test_repeating_it_changes_nothing_and_takes_back_what_a_hand_granted(store: URL) -> None:
    before = rights(store)
    owner = as_role(store, "hadir_migrator").replace("+psycopg", "")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("GRANT UPDATE ON punches TO hadir_ingest")
        connection.execute("GRANT SELECT ON bridge_keys TO hadir_report")
    assert rights(store) != before
    apply_roles(store)
    assert rights(store) == before


def rights(store: URL) -> list[Any]:
    with psycopg.connect(as_role(store, "hadir_backup").replace("+psycopg", "")) as connection:
        return connection.execute(
            "SELECT relname, relowner::regrole, relacl::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()


class TestIngest:
    def test_takes_punches_and_coverage_and_judges(
        self, engine_of: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        admin, engine = engine_of("hadir_admin"), engine_of("hadir_ingest")
        monkeypatch.setattr("ingest.kdf.MEMORY_KIB", 64)  # its cost is the business of test_kdf
        with writing(admin) as connection:
            made = invite(connection, office="4.01.01", name="pc", bridge_id=None, now=NOW, days=7)
        pc, newer = Signer("pc"), Signer("pc, later")
        batch = Chains().batch(touch("AF6P210460001"), touch("NEVER-SEEN"))
        with served(engine) as post:
            post(pc, "/v2/enrol", encode_enrolment(Enrolment(str(made.code), pc.public_key, "1")))
            assert post(pc, "/v2/punches", encode_batch(batch))["new"] == 2
            # known rows take another way
            assert post(pc, "/v2/punches", encode_batch(batch))["new"] == 0
            rotation = Rotation(newer.public_key, newer.prove(pc.key_id))
            post(pc, "/v2/rotate", encode_rotation(rotation))
            post(newer, "/v2/heartbeat", encode_heartbeat(sign_of_life(batch)))
        evaluate_dirty(engine, now=NOW, settings=Settings(ZONE))
        assert close_days(engine, now=NOW, settings=Settings(ZONE), lookback_days=3)
        with reading(engine) as connection:
            judged = text("SELECT count(*) FROM days WHERE evaluated_at = :now")
            assert connection.scalar(judged, {"now": NOW})

    def test_every_job_of_the_schedule_runs(self, engine_of: Callable[[str], Engine]) -> None:
        from ingest.jobs import SCHEDULE

        work = Work(
            engine_of("hadir_ingest"), Settings(ZONE), lambda: NOW, 3, timedelta(minutes=30)
        )
        for job in SCHEDULE:
            job.run(work)()


@contextlib.contextmanager
def served(engine: Engine) -> Iterator[Callable[[Signer, str, bytes], Any]]:
    app = create_app(engine, zone=ZONE, clock_limit_s=300, clock=lambda: NOW)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        numbers = iter(range(1, 100))

        def post(by: Signer, path: str, body: bytes) -> Any:
            """Return what a signed request is answered, which is 200."""
            packed = gzip.compress(body)
            signed = by.sign(path, packed, time=int(NOW.timestamp()), nonce=f"{next(numbers):032x}")
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    f"http://127.0.0.1:{listener.getsockname()[1]}{path}",
                    data=packed,
                    headers={"Content-Encoding": "gzip"} | signed.headers(),
                    timeout=20,
                )
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()

        try:
            yield post
        finally:
            server.should_exit = True
            thread.join(30)


def touch(terminal: str) -> Punch:
    at = datetime(2026, 3, 2, 7, 28)
    occurred_at = int(at.replace(tzinfo=ZONE).timestamp())
    from ingest.wire import punch_id

    return Punch(
        id=punch_id(terminal, "2", at), terminal=terminal, user_id="2", local_time=at,
        occurred_at=occurred_at, state=0, verify=1, work_code="", source="poll", clock_offset_s=0,
        read_at=occurred_at + 60, after=occurred_at - 60, raw=b"\x01",
    )  # fmt: skip


def sign_of_life(batch: Batch) -> Heartbeat:
    until = int(NOW.timestamp())
    stretch = Coverage(
        terminal="AF6P210460001", since=until - 86_400 * 20, until=until, on_terminal=9, taken=9,
        parked=0, clock_offset_s=2, read_at=until, source="poll",
    )  # fmt: skip
    return Heartbeat(
        outbox=batch.outbox, after=None, sent_at=until, bridge_version="1", waiting=0, parked=0,
        oldest_waiting_at=None, coverage=(stretch,),
    )  # fmt: skip


EVIDENCE = (
    "batches", "runs", "chains", "roots", "punches", "contradictions", "bad_records", "day_changes",
    "seals", "audit_log", "adjustments", "resolutions", "excuses", "archived_months",
)  # fmt: skip
DECISIONS = ("seals", "adjustments", "resolutions", "excuses")
FORBIDDEN = {
    "hadir_ingest": [
        *(f"UPDATE {name} SET id = id" for name in ("batches", "contradictions", "day_changes")),
        "UPDATE punches SET user_id = '9'",
        *(f"DELETE FROM {name}" for name in EVIDENCE),
        *(f"TRUNCATE {name} CASCADE" for name in EVIDENCE),
        *(f"ALTER TABLE {name} DISABLE TRIGGER ALL" for name in EVIDENCE),
        *(f"DROP TABLE {name} CASCADE" for name in EVIDENCE),
        "DROP TRIGGER punches_frozen ON punches",
        "CREATE TABLE mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "CREATE OR REPLACE FUNCTION hadir_refuse() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE SCHEMA mine",
        "SET session_replication_role = replica",
        "SET ROLE hadir_migrator",
        "SET ROLE hadir_admin",
        "ALTER ROLE hadir_ingest SUPERUSER",
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE bridge_keys SET public_key = ''",
        "DELETE FROM bridge_keys",
        "UPDATE access_tokens SET role = 'admin'",
        "INSERT INTO access_tokens SELECT * FROM access_tokens",
        *(f"INSERT INTO {name} SELECT * FROM {name}" for name in DECISIONS),
        *(f"UPDATE {name} SET who = 'x'" for name in ("adjustments", "resolutions", "audit_log")),
        "INSERT INTO archived_months SELECT * FROM archived_months",
        "UPDATE bridges SET office = '5.01.01'",
        "UPDATE bridges SET revoked_at = NULL",
        "INSERT INTO invites SELECT * FROM invites",
        "UPDATE terminals SET office = '5.01.01'",
        "UPDATE people SET name = 'Somebody'",
        "DELETE FROM user_ids",
        "INSERT INTO holidays SELECT * FROM holidays",
        "INSERT INTO users SELECT * FROM users",
        "UPDATE users SET role = 'admin'",
    ],
    "hadir_admin": [
        "UPDATE punches SET user_id = '9'",
        *(f"DELETE FROM {name}" for name in EVIDENCE),
        *(f"TRUNCATE {name} CASCADE" for name in EVIDENCE),
        "ALTER TABLE punches DISABLE TRIGGER ALL",
        "CREATE TABLE mine (id integer)",
        "SET ROLE hadir_migrator",
        "UPDATE bridge_keys SET public_key = ''",
        "UPDATE invites SET code_hash = ''",
        "UPDATE users SET name = 'x'",
        "DELETE FROM users",
    ],
    "hadir_report": [
        "SELECT * FROM bridge_keys",
        "SELECT * FROM invites",
        "SELECT * FROM nonces",
        "SELECT * FROM access_tokens",
        "SELECT * FROM audit_log",
        "SELECT who FROM audit_log",
        "UPDATE audit_log SET who = 'x'",
        "DELETE FROM audit_log",
        "INSERT INTO users SELECT * FROM users",
        "UPDATE users SET role = 'admin'",
        "SELECT body FROM batches",
        "SELECT signature FROM batches",
        "INSERT INTO punches SELECT * FROM punches",
        "UPDATE days SET status = 'PRESENT'",
        "DELETE FROM days",
        "CREATE TABLE mine (id integer)",
        "SET ROLE hadir_backup",
        "SELECT hadir_make_month('2026-01-01')",
    ],
    "hadir_backup": [
        "INSERT INTO punches SELECT * FROM punches",
        *(f"INSERT INTO {name} SELECT * FROM {name}" for name in DECISIONS),
        "UPDATE audit_log SET who = 'x'",
        "DELETE FROM audit_log",
        "UPDATE days SET status = 'PRESENT'",
        "DELETE FROM nonces",
        "CREATE TABLE mine (id integer)",
        "SELECT nextval('batches_id_seq')",
    ],
}


@pytest.mark.parametrize("role", FORBIDDEN)
def test_what_is_forbidden_is_refused(role: str, store: URL) -> None:
    """By the database, and for want of the right: not by a trigger, which an owner switches off."""
    passed = []
    with psycopg.connect(as_role(store, role).replace("+psycopg", "")) as connection:
        for statement in FORBIDDEN[role]:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
            passed.append(statement)
    assert passed == []


def test_the_service_makes_months_and_owns_none(store: URL) -> None:
    """By the one function for it; what lies in a month is as locked as the whole table."""
    with psycopg.connect(as_role(store, "hadir_ingest").replace("+psycopg", "")) as connection:
        ahead = connection.execute(
            "SELECT date_trunc('month', now() + interval '10 months')::date"
        ).fetchone()
        assert ahead is not None
        connection.execute("SELECT hadir_make_month(%s)", ahead)
        months = connection.execute(
            "SELECT inhrelid::regclass::text, relowner::regrole::text,"
            " has_table_privilege(inhrelid, 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_inherits JOIN pg_class ON oid = inhrelid"
            " WHERE inhparent = 'punches'::regclass"
        ).fetchall()
        assert f"punches_{ahead[0]:%Y_%m}" in {name for name, _, _ in months}
        assert {owner for _, owner, _ in months} == {"hadir_migrator"}
        assert {name for name, _, changes in months if changes} == set()


def test_a_stranger_does_not_get_in(store: URL) -> None:
    plain = store.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS hadir_stranger")
        connection.execute("CREATE ROLE hadir_stranger LOGIN")
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(as_role(store, "hadir_stranger").replace("+psycopg", ""))
        finally:
            connection.execute("DROP ROLE hadir_stranger")


def test_what_the_migrator_makes_later_can_be_used_and_saved_and_is_not_reported(
    store: URL,
) -> None:
    def may(role: str, right: str) -> bool:
        return bool(connection.execute(
            "SELECT has_table_privilege(%s, 'later', %s)", (role, right)
        ).fetchone()[0])  # fmt: skip

    owner = as_role(store, "hadir_migrator").replace("+psycopg", "")
    with psycopg.connect(owner) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE later (id integer)")
        assert may("hadir_ingest", "INSERT")
        assert may("hadir_backup", "SELECT")
        assert not may("hadir_ingest", "UPDATE")
        assert not may("hadir_ingest", "DELETE")
        assert not may("hadir_report", "SELECT")


def test_a_person_does_the_work_of_an_admin(
    command: Callable[[str], Command], tmp_path: Path
) -> None:
    hadir = command("hadir_admin")
    hadir("calendar", "add", "2026-03-04", "Hari jadi", "--office", "4.01.01")
    hadir("calendar", "remove", "2026-03-04", "--office", "4.01.01", "--yes")
    hadir("terminals", "set", "AF6P210460001", "--name", "depan")
    for noun in ("offices", "people", "terminals", "user-ids"):
        listed = hadir(noun, *(("export",) if noun == "people" else ("list", "--csv")))
        (tmp_path / "list.csv").write_text(listed, encoding="utf-8")
        hadir(noun, "import", str(tmp_path / "list.csv"))
    hadir("days", "evaluate", "--office", "4.01.01", "--from", "2026-02-20")
    (tmp_path / "skema.toml").write_text(hadir("schemes", "examples"), encoding="utf-8")
    hadir("schemes", "import", str(tmp_path / "skema.toml"))
    from_then = ("--from", "2027-03-01", "--until", "2027-03-04")
    hadir("schemes", "use", "--office", "4.01.01", "--scheme", "piket", *from_then)
    hadir("rosters", "cycle", "--nip", "198609262015051002", "--pattern", "P,-", *from_then)
    letter = ("--name", "WFA", "--letter", "800/1", "--kind", "wfa")
    hadir("calendar", "special", "add", "--office", "4.01.01", *letter, *from_then)
    hadir("bridges", "list")
    hadir("seal", "make", "--by", "Kepala")
    because = ("--why", "mesin mati", "--letter", "800/1", "--by", "Kepala")
    hadir(
        "adjustments",
        "add-touch",
        "--nip",
        "198609262015051002",
        "--at",
        "2026-02-19 07:25",
        *because,
    )
    hadir("adjustments", "withdraw", "1", *because)
    person = ("--nip", "198609262015051002")
    leave = ("--type", "CT", "--from", "2026-02-18", "--approver", "Kadis", "--accept-doubts", "x")
    hadir("excuses", "give", *person, *leave, *because)
    hadir("excuses", "withdraw", "1", *because)
    for noun in ("adjustments", "quarantine", "excuses", "audit"):
        hadir(noun, "verify")
    hadir("retention", "run")


def test_who_reports_reads_what_reports_need(command: Callable[[str], Command]) -> None:
    hadir = command("hadir_report")
    assert "Andi Satu" in hadir("report", "monthly", "--office", "4.01.01", "--month", "2026-02")
    hadir("report", "daily", "--office", "4.01.01", "--date", "2026-02-20")
    hadir("days", "explain", "198609262015051002", "2026-02-20")
    hadir("coverage", "--office", "4.01.01")
    hadir("punches", "list", "--from", "2026-02-20")
    hadir("people", "list")


def test_who_reports_is_known_by_the_account_and_leaves_a_line_for_each_read(
    command: Callable[[str], Command], engine_of: Callable[[str], Engine]
) -> None:
    command("hadir_admin")(
        "users", "add", "budi", "--full-name", "Budi", "--role", "admin", "--os-user",
        getpass.getuser(),
    )  # fmt: skip
    hadir = command("hadir_report")
    assert "user     budi (Budi)" in hadir("whoami")
    hadir("report", "daily", "--office", "4.01.01", "--date", "2026-02-20")
    with reading(engine_of("hadir_admin")) as connection:
        line = audit.find(connection, newest=1)[0]
        assert (line.what, line.actor, line.subject) == ("report.daily", "budi", "office 4.01.01")
        assert list(audit.faults(connection)) == []
        assert not users.owns_the_store(connection)
    with reading(engine_of("hadir_migrator")) as connection:
        assert users.owns_the_store(connection)


def test_a_backup_needs_no_more_than_to_read_and_to_leave_its_line(
    command: Callable[[str], Command],
    engine_of: Callable[[str], Engine],
    programs: Path,
    tmp_path: Path,
) -> None:
    hadir = command("hadir_backup")
    assert prove(engine_of("hadir_backup"), None).faults == ()
    made = hadir("backup", str(tmp_path / "backups")).strip()
    with reading(engine_of("hadir_admin")) as connection:
        (line,) = audit.find(connection, subject=made)
    assert (line.what, line.details) == ("backup", {"gone": []})
    assert "is whole" in hadir("backup", "--verify", made)


def test_the_service_makes_roots_and_sends_checkpoints(
    engine_of: Callable[[str], Engine], tmp_path: Path
) -> None:
    """Evidence, pages and their ways are only added to; the audit log is read for its head."""
    admin, engine = engine_of("hadir_admin"), engine_of("hadir_ingest")
    own = new_seal()
    save_seal(own, tmp_path / "seal.key")
    (tmp_path / "out").mkdir()
    with writing(admin) as connection:
        known = bool(seals.find(connection))
        seals.register(connection, own, before=None, lost=known, now=NOW)
        audit.note(
            connection, Actor("x", "x", Role.ADMIN), "seal.make", subject=own.fingerprint, now=NOW
        )
    with listening(Mailbox()) as box:
        server = MailServer("127.0.0.1", box.port, "none", "", None, "hadir@pusat.go.id")
        ways = Ways(7, tmp_path / "out", server, ("inspektorat@kab.go.id",), None)
        later = NOW + timedelta(days=2)
        work = Work(
            engine, Settings(ZONE), lambda: later, 3, timedelta(minutes=30), ways=ways,
            seal_file=tmp_path / "seal.key",
        )  # fmt: skip
        roots(work)
        checkpoints(work)
        checkpoints(work)  # the second time nothing is due
    pages = sorted((tmp_path / "out").iterdir())
    assert pages
    assert len(box.mails) == len(pages)
    named = [(page.name, read_page(page.read_text())) for page in pages]
    report = verify(engine, checkpoints=named, seals={own.fingerprint}, everything=True)
    assert report.faults == []
    with reading(engine) as connection:
        assert ledger_copies.find(connection, waiting=True) == []
