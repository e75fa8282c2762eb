"""A backup is of one moment, is whole or is none, and comes back only where nothing is."""

import fcntl
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, make_url, text
from tampered import tamper

from ingest.backup import programs as pg_programs
from ingest.cli import cli
from ingest.store.database import migrate, open_engine, writing
from ingest.store.punches import save

NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)
PLACE = "hadir-20260303T010000Z"
EVIDENCE = {"punches", "contradictions", "bad_records", "days", "day_changes", "coverage"}
COUNT = "SELECT count(*) FROM people"


class Command:
    """`hadir-ingest` on one store at one moment."""

    def __init__(self, folder: Path, url: str) -> None:
        self.now = NOW
        self.url = url
        self.config = folder / "ingest.toml"
        self.config.write_text(f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\n')

    def __call__(self, *words: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *map(str, words)], obj=lambda: self.now
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def run(old: Engine, programs: Path, tmp_path: Path) -> Command:
    """Commands on a store with something in it."""
    return Command(tmp_path, old.url.render_as_string(hide_password=False))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def fresh(other_empty_url: str, programs: Path, tmp_path: Path) -> Command:
    """Commands on an empty database beside the store."""
    folder = tmp_path / "fresh"
    folder.mkdir(exist_ok=True)
    return Command(folder, other_empty_url)


def lines(hadir: Command) -> list[tuple[str, str, str]]:
    """Return what the audit log of a store tells: what, of what, by whom."""
    told = json.loads(hadir("audit", "list", "--json").stdout)
    return [(one["what"], one["subject"], one["who"]) for one in told]


def names(shelf: Path) -> list[str]:
    return sorted(path.name for path in shelf.iterdir())


def archive(backup: Path) -> Path:
    (found,) = [path for path in backup.iterdir() if path.name != "manifest.json"]
    return found


def objects(engine: Engine) -> list[str]:
    """Return what there is beside rows: tables, months, indexes, triggers, functions."""
    queries = {
        "sqlite": "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master",
        "postgresql": "SELECT relkind::text || ' ' || relname || ' '"
        " || coalesce(pg_get_expr(relpartbound, oid), '') FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger"
        " WHERE NOT tgisinternal"
        " UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace",
    }
    with engine.connect() as connection:
        return sorted(connection.scalars(text(queries[engine.dialect.name])))


one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
on_a_server = pytest.mark.parametrize(
    "database_kind", [pytest.param("postgres", marks=pytest.mark.postgres)]
)


class TestBackup:
    def test_brings_everything_back_into_an_empty_database(
        self, run, fresh, shelf, old, contents, columns
    ):
        held = contents(old)
        assert run("backup", shelf).stdout.strip() == str(shelf / PLACE)
        told = fresh("restore", shelf / PLACE).stdout
        assert "verified; batches: 34, punches: 155, 155 of them from before the ledger" in told
        engine = open_engine(fresh.url)
        there = columns(engine)  # brought up to date
        kept = {one: names for one, names in columns(old).items() if set(names) <= set(there[one])}
        assert kept.keys() > EVIDENCE
        assert contents(engine, kept) == {name: held[name] for name in kept}
        engine.dispose()
        assert "tables are up to date" in fresh("check").stdout

    def test_of_the_present_brings_back_locks_and_months_too(
        self, run, fresh, shelf, old, contents
    ):
        migrate(old)
        run("backup", shelf)
        fresh("restore", shelf / PLACE, "--by", "Pak Admin")
        assert lines(fresh) == [("restore", str(shelf / PLACE), "Pak Admin")]
        engine = open_engine(fresh.url)
        told, here = contents(old), contents(engine)
        for one in (told, here):
            del one["audit_log"]  # each tells what was done to its own store
        assert here == told
        assert objects(engine) == objects(old)
        assert sum("trigger" in one for one in objects(engine)) > 20
        engine.dispose()

    def test_says_what_is_in_it(self, run, shelf, old):
        run("backup", shelf)
        manifest = json.loads((shelf / PLACE / "manifest.json").read_text())
        assert manifest["revision"] == "0001"
        assert manifest["made_at"] == "2026-03-03T01:00:00+00:00"
        assert manifest["tables"]["punches"] == 155
        with old.connect() as connection:
            newest = connection.execute(text("SELECT max(id), max(receipt) FROM batches")).one()
        assert manifest["last_batch"] == {"id": newest[0], "receipt": newest[1]}
        told = run("backup", "--verify", shelf / PLACE).stdout
        assert f"{shelf / PLACE} is whole: made 2026-03-03" in told
        assert f"155 punches, newest batch {newest[0]} (receipt {newest[1]})" in told

    def test_leaves_a_line_in_the_log_of_the_store_that_has_one(self, fresh, shelf):
        fresh("migrate")
        made = fresh("backup", shelf, "--by", "Pak Admin").stdout.strip()
        assert fresh("backup", shelf, code=1).stdout == ""  # the second of that second: no line
        assert lines(fresh) == [("backup", made, "Pak Admin")]

    def test_is_readable_to_nobody_else(self, run, shelf):
        run("backup", shelf)
        assert {path.stat().st_mode & 0o077 for path in [shelf, *shelf.rglob("*")]} == {0}

    def test_does_not_wait_for_who_writes_and_holds_nothing_unfinished(self, run, shelf, old):
        with old.connect() as writer, writer.begin():
            writer.execute(text("UPDATE offices SET name = 'half done'"))
            run("backup", shelf)
            writer.rollback()
        run("backup", "--verify", shelf / PLACE)
        assert b"half done" not in archive(shelf / PLACE).read_bytes()

    @one_database
    def test_keeps_the_newest_and_takes_the_oldest_away(self, run, shelf):
        (shelf / "notes").mkdir(parents=True)
        for _ in range(3):
            last = run("backup", shelf, "--keep", "2")
            run.now += timedelta(days=1)
        assert f"{shelf / PLACE} is gone: 2 are kept" in last.stderr
        assert names(shelf) == ["hadir-20260304T010000Z", "hadir-20260305T010000Z", "notes"]

    @one_database
    def test_never_overwrites_another(self, run, shelf):
        run("backup", shelf)
        before = archive(shelf / PLACE).read_bytes()
        assert "is not overwritten" in run("backup", shelf, code=1).stderr
        assert archive(shelf / PLACE).read_bytes() == before
        assert names(shelf) == [PLACE]

    @one_database
    def test_wants_a_folder_of_its_own(self, run, shelf):
        shelf.write_text("")
        assert "is a file; name a folder" in run("backup", shelf, code=1).stderr

    @one_database
    def test_is_made_one_at_a_time(self, run, shelf):
        shelf.mkdir()
        held = os.open(shelf, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "is under way; wait for it" in run("backup", shelf, code=1).stderr
        os.close(held)
        run("backup", shelf)

    @one_database
    def test_of_a_store_that_is_not_there_makes_none(self, run, shelf, old):
        old.dispose()
        for path in Path(str(old.url.database)).parent.glob("empty.db*"):
            path.unlink()
        assert "nothing to back up" in run("backup", shelf, code=1).stderr
        assert not Path(str(old.url.database)).exists()
        assert names(shelf) == []

    @one_database
    def test_of_something_else_makes_none(self, fresh, shelf, programs):
        engine = open_engine(fresh.url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE strangers (id INTEGER)"))
        engine.dispose()
        assert "no tables of hadir" in fresh("backup", shelf, code=1).stderr
        assert names(shelf) == []


class TestHalfABackup:
    def test_that_ran_out_of_room_leaves_nothing(self, run, shelf):
        """A limit on the size of a file stands for a full disk."""
        done = subprocess.run(
            ["bash", "-c", 'ulimit -f 8; exec "$@"', "-", sys.executable, "-m", "ingest",
             "--config", run.config, "backup", shelf],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1
        assert names(shelf) == []

    @on_a_server
    def test_that_was_killed_is_taken_for_none_and_swept_away(self, run, shelf, old, tmp_path):
        shim(tmp_path, old, 'touch "${@: -1}"; kill -9 $PPID')
        killed = subprocess.run(
            [sys.executable, "-m", "ingest", "--config", run.config, "backup", shelf],
            env=os.environ | {"PATH": f"{tmp_path / 'shim'}:{os.environ['PATH']}"},
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert killed.returncode == -9
        (left,) = names(shelf)
        assert left.startswith(".hadir-")
        assert left.endswith(".partial")
        assert "is no backup" in run("backup", "--verify", shelf / left, code=1).stderr
        run("backup", shelf)
        assert names(shelf) == [PLACE]

    @on_a_server
    def test_whose_rows_came_while_it_was_counted_still_counts_right(
        self, run, fresh, shelf, tmp_path, old, monkeypatch
    ):
        """Counts and dump are of one snapshot: who comes in between is in neither."""
        url = make_url(run.url).set(drivername="postgresql").render_as_string(hide_password=False)
        row = "(1000, '198609262015052999', 'Late', 'PNS')"
        shim(tmp_path, old, f'psql -q -d "{url}" -c "INSERT INTO people VALUES {row}"')
        monkeypatch.setenv("PATH", f"{tmp_path / 'shim'}:{os.environ['PATH']}")
        run("backup", shelf)
        with old.connect() as connection:
            assert connection.scalar(text(COUNT)) == 13
        fresh("restore", shelf / PLACE)
        engine = open_engine(fresh.url)
        with engine.connect() as connection:
            assert connection.scalar(text(COUNT)) == 12
        engine.dispose()


def shim(folder: Path, store: Engine, first: str) -> None:
    """Put the pg_dump that would be chosen into a folder; there it does something else first."""
    with store.connect() as connection:
        chosen = pg_programs.find("pg_dump", server=pg_programs.server_version(connection))
    (folder / "shim").mkdir()
    path = folder / "shim" / "pg_dump"
    path.write_text(
        f'#!/bin/bash\ncase "$1" in --version) ;; *) {first} ;; esac\nexec "{chosen}" "$@"\n'
    )
    path.chmod(0o755)


class TestVerify:
    @one_database
    @pytest.mark.parametrize(
        ("harm", "told"),
        [
            pytest.param(lambda b: flip(archive(b)), "its sum differs", id="flipped"),
            pytest.param(lambda b: cut(archive(b)), "bytes instead of", id="cut"),
            pytest.param(lambda b: archive(b).unlink(), "is missing", id="missing"),
            pytest.param(lambda b: cut(b / "manifest.json"), "cannot be read", id="manifest-cut"),
            pytest.param(
                lambda b: (b / "manifest.json").unlink(), "is no backup", id="no-manifest"
            ),
            pytest.param(lambda b: rewrite(b, format=2), "newer hadir", id="newer"),
            pytest.param(lambda b: rewrite(b, files={}), "other files", id="no-files"),
        ],
    )
    def test_names_what_is_wrong(self, run, fresh, shelf, harm, told):
        run("backup", shelf)
        harm(shelf / PLACE)
        assert told in run("backup", "--verify", shelf / PLACE, code=1).stderr
        assert told in fresh("restore", shelf / PLACE, code=1).stderr
        assert "no tables yet" in fresh("check", code=1).stderr

    @on_a_server
    def test_names_a_dump_that_is_not_as_it_was_written(self, run, fresh, shelf):
        run("backup", shelf)
        flip(archive(shelf / PLACE))
        for told in (
            run("backup", "--verify", shelf / PLACE, code=1),
            fresh("restore", shelf / PLACE, code=1),
        ):
            assert "its sum differs" in told.stderr
        assert "no tables yet" in fresh("check", code=1).stderr

    @one_database
    def test_counts_the_rows_of_a_file_again(self, run, shelf):
        run("backup", shelf)
        manifest = json.loads((shelf / PLACE / "manifest.json").read_text())
        rewrite(shelf / PLACE, tables=manifest["tables"] | {"punches": 154})
        told = run("backup", "--verify", shelf / PLACE, code=1).stderr
        assert "155 rows in punches instead of 154" in told

    @one_database
    def test_makes_and_takes_away_nothing(self, run, shelf):
        run("backup", shelf)
        told = run("backup", "--verify", shelf / PLACE, "--keep", "1", code=2).stderr
        assert "leave out --keep" in told

    @on_a_server
    def test_needs_no_server(self, run, shelf, old, tmp_path):
        run("backup", shelf)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        away = Command(elsewhere, "postgresql://nobody@127.0.0.1:1/nowhere")
        assert "is whole" in away("backup", "--verify", shelf / PLACE).stdout


def flip(file: Path) -> None:
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def rewrite(backup: Path, **values: object) -> None:
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def wipe(url: str) -> None:
    """Empty a database, as somebody does who tries again."""
    if (file := Path(str(make_url(url).database))).is_file():
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")


@pytest.fixture
def signed(engine, bridge, punch, batch, deliver, at):
    """Three punches in a signed batch."""
    with writing(engine) as connection:
        told = deliver(batch(punch("7"), punch("8"), punch("9")), bridge)
        save(connection, bridge, told, at, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300)


class TestRestore:
    def test_refuses_a_database_that_holds_anything(self, run, fresh, shelf, old, contents):
        run("backup", shelf)
        held = contents(old)
        told = run("restore", shelf / PLACE, code=1).stderr
        assert "holds a store already" in told or "is not empty" in told
        assert contents(old) == held
        engine = open_engine(fresh.url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE strangers (id INTEGER)"))
        engine.dispose()
        told = fresh("restore", shelf / PLACE, code=1).stderr
        assert "holds a store already" in told or "is not empty" in told

    @one_database
    def test_refuses_a_store_of_a_newer_program(self, run, fresh, shelf, old):
        with old.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        run("backup", shelf)
        rewrite(shelf / PLACE, hadir="9.9")
        assert "install hadir 9.9 or newer" in fresh("restore", shelf / PLACE, code=1).stderr
        assert "no tables yet" in fresh("check", code=1).stderr

    @one_database
    def test_names_what_was_altered_before_the_backup(
        self, engine, signed, programs, shelf, fresh, database_url, tmp_path
    ):
        """A backup is no proof: it brings back what was there, and the ledger says what that is."""
        hadir = Command(tmp_path, database_url)
        hadir("backup", shelf)
        told = fresh("restore", shelf / PLACE).stdout
        assert "restored and verified; batches: 1, punches: 3\n" in told
        with writing(engine) as connection:
            tamper(connection, "punches", "DELETE FROM punches WHERE user_id = '8'")
        hadir.now += timedelta(days=1)
        made = hadir("backup", shelf).stdout.strip()
        assert [(what, of) for what, of, _ in lines(fresh)] == [("restore", str(shelf / PLACE))]
        wipe(fresh.url)
        done = fresh("restore", made, "--by", "Pak Admin", code=1)
        assert lines(fresh)[-1] == ("restore", made, "Pak Admin")
        assert "missing: " in done.stdout
        assert "user 8" in done.stdout
        assert "it is not sound" in done.stderr

    @one_database
    def test_says_who_is_let_in_again_though_he_was_refused_since(
        self, engine, signed, programs, shelf, fresh, database_url, tmp_path
    ):
        hadir = Command(tmp_path, database_url)
        hadir("bridges", "invite", "--office", "A")
        for name in ("dasbor", "lama"):
            hadir("tokens", "add", name, "--role", "auditor", "--by", "x")
        hadir("tokens", "revoke", "2", "--yes", "--by", "x")
        hadir("backup", shelf)
        for words in (("bridges", "revoke", "1"), ("tokens", "revoke", "1", "--by", "x")):
            hadir(*words, "--yes")
        told = fresh("restore", shelf / PLACE).stderr
        assert "bridges: 1, codes: 1, tokens: 1. Before you serve, refuse once more" in told

    @one_database
    def test_refuses_to_believe_other_counts(self, run, fresh, shelf):
        run("backup", shelf)
        manifest = json.loads((shelf / PLACE / "manifest.json").read_text())
        rewrite(shelf / PLACE, tables=manifest["tables"] | {"punches": 154})
        assert (
            "155 rows in punches instead of 154" in fresh("restore", shelf / PLACE, code=1).stderr
        )

    @one_database
    def test_refuses_beside_a_wal_that_may_hold_punches(self, run, fresh, shelf):
        run("backup", shelf)
        file = Path(str(make_url(fresh.url).database))
        left = file.with_name(file.name + "-wal")
        left.write_bytes(b"perhaps")
        assert "may hold its last punches" in fresh("restore", shelf / PLACE, code=1).stderr
        assert left.read_bytes() == b"perhaps"
        assert not file.exists()

    @one_database
    def test_into_another_kind_of_database_is_refused(self, run, shelf, tmp_path):
        run("backup", shelf)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        away = Command(elsewhere, "postgresql://nobody@127.0.0.1:1/nowhere")
        assert "is a backup of sqlite" in away("restore", shelf / PLACE, code=1).stderr

    @on_a_server
    def test_that_fails_leaves_the_database_empty(self, run, fresh, shelf, old):
        """A column of a type that is not there: what the new server lacks shows in the middle."""
        with old.begin() as connection:
            connection.execute(text("CREATE SCHEMA elsewhere"))
            connection.execute(text("CREATE TABLE elsewhere.people (id INTEGER)"))
        run("backup", shelf)
        engine = open_engine(fresh.url)
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA elsewhere"))
        told = fresh("restore", shelf / PLACE, code=1).stderr
        assert "pg_restore failed" in told
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT to_regclass('people')")) is None
        engine.dispose()


@on_a_server
class TestPrograms:
    def test_that_are_missing_are_named(self, run, shelf, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(pg_programs, "_DEBIAN", tmp_path)
        told = run("backup", shelf, code=1).stderr
        assert "no pg_dump of PostgreSQL" in told
        assert "apt install postgresql-client-" in told
        assert names(shelf) == []

    def test_that_are_older_than_the_server_are_not_used(self, run, shelf, monkeypatch, tmp_path):
        old = tmp_path / "old"
        old.mkdir()
        program = old / "pg_dump"
        program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(old))
        monkeypatch.setattr(pg_programs, "_DEBIAN", tmp_path)
        assert "the newest here is of 9" in run("backup", shelf, code=1).stderr
