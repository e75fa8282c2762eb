"""Point-in-time recovery as docs/backup.md tells it, once for real.

A PostgreSQL of our own archives its WAL, a base backup is taken, punches are acknowledged, and then
somebody with every right destroys evidence. The base backup and the archive bring the store back to
the moment before. What was acknowledged after that moment is lost there, the store says so to the
bridge, and the bridge's outbox brings it again: every punch is there once.
"""

import gzip
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from journey_postgres import programs
from signed import Chains, Signer
from sqlalchemy import Connection, Engine, func, insert, select, text

from ingest.store import bridges, tables
from ingest.store.database import migrate, open_engine, reading, require_current, writing
from ingest.store.punches import Delivery, knows_receipt, save
from ingest.wire import Batch, Punch, decode_batch, encode_batch, punch_id

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)
ARCHIVE_SH = "deploy/archive-wal.sh"


class Server:
    """The programs of a PostgreSQL, run as its owner, on one folder of data after the other."""

    def __init__(self, home: Path) -> None:
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.home = home
        self.archive = home / "archive"
        self.archive.mkdir()
        self._programs = programs(home, other_user=owner is not None)
        self._identity: dict[str, Any] = {"cwd": home}
        shutil.copy(ROOT / ARCHIVE_SH, home)
        if owner is not None:
            for folder in (home, self.archive, home / Path(ARCHIVE_SH).name):
                os.chown(folder, owner.pw_uid, owner.pw_gid)
            self._identity |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(self, program: str, *words: str | Path) -> None:
        with (self.home / "log").open("ab") as log:
            done = subprocess.run(
                [self._programs / program, *words],
                stdout=log, stderr=log, check=False, timeout=60, **self._identity,
            )  # fmt: skip
        if done.returncode != 0:
            pytest.fail(f"{program} failed: {(self.home / 'log').read_text()}")

    @contextmanager
    def running(self, data: Path, **settings: str) -> Iterator[Engine]:
        """Run a server on a folder; yield an engine on its database `hadir`."""
        options = " ".join(
            f"-c {key}='{value}'"
            for key, value in {
                "listen_addresses": "", "unix_socket_directories": str(self.home), **settings
            }.items()
        )  # fmt: skip
        self.run("pg_ctl", "-D", data, "start", "-w", "-t", "30", "-o", options)
        engine = open_engine(f"postgresql://postgres@/hadir?host={self.home}")
        try:
            yield engine
        finally:
            engine.dispose()
            self.run("pg_ctl", "-D", data, "stop", "-w", "-m", "fast")


@pytest.fixture
def server() -> Iterator[Server]:
    shelf = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a name of chance
    home = Path(tempfile.mkdtemp(prefix="hadir-pitr-", dir=shelf))
    try:
        yield Server(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.postgres
def test_a_store_comes_back_as_of_the_moment_before_evidence_was_destroyed(server: Server) -> None:
    first, base = server.home / "data", server.home / "base"
    server.run("initdb", "-D", first, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
    archiving = {
        "archive_mode": "on",
        "archive_command": f"sh {server.home}/archive-wal.sh %p {server.archive}/%f",
    }
    with server.running(first, **archiving) as engine:
        server.run("createdb", "-h", server.home, "-U", "postgres", "hadir")
        bridge, chains = enrol(engine), Chains()
        early = send(engine, bridge, chains.batch(*touches(0, 200)))
        server.run("pg_basebackup", "-h", server.home, "-U", "postgres", "-D", base, "-c", "fast")
        known = send(engine, bridge, chains.batch(*touches(200, 400)))
        good_until = moment(engine)
        lost_batch = chains.batch(*touches(400, 500))
        lost = send(engine, bridge, lost_batch)
        destroy(engine)
        with reading(engine) as connection:
            assert count(connection) == 0, "nothing was destroyed"
        finish_archive(engine)
    (base / "recovery.signal").touch()
    shutil.chown(base / "recovery.signal", base.stat().st_uid, base.stat().st_gid)
    recovering = {
        "restore_command": f"cp {server.archive}/%f %p",
        "recovery_target_time": good_until,
        "recovery_target_action": "promote",
    }
    with server.running(base, **recovering) as engine:
        wait_until_promoted(engine)
        require_current(engine)
        with reading(engine) as connection:
            assert count(connection) == 400, f"{count(connection)} punches instead of 400"
            whose = {"office": "A", "outbox": lost_batch.outbox}
            assert knows_receipt(connection, **whose, receipt=early)
            assert knows_receipt(connection, **whose, receipt=known)
            # what makes the centre answer 409, on which a bridge sends everything again
            assert not knows_receipt(connection, **whose, receipt=lost)
        send(engine, bridge, lost_batch)
        with reading(engine) as connection:
            assert count(connection) == 500, f"{count(connection)} punches instead of 500"
            frozen = text("SELECT count(*) FROM pg_trigger WHERE tgname = 'punches_frozen'")
            assert connection.scalar(frozen), "the evidence is no longer locked"


def enrol(engine: Engine) -> bridges.Bridge:
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(insert(tables.offices).values(code="A", name="A", scheme="5-hari"))
        connection.execute(
            insert(tables.terminals).values(
                serial="S1", name="depan", office="A", registered=True,
                counts_from=date(2026, 2, 1), first_seen_at=NOW,
            )
        )  # fmt: skip
        added = bridges.add(connection, office="A", name="pc", now=NOW)
        bridges.add_key(connection, added.id, Signer("pc").public_key, now=NOW, grounds={})
        return added


def touches(first: int, last: int) -> list[Punch]:
    begin = datetime(2026, 3, 2, 7)
    return [touch(begin + timedelta(seconds=n)) for n in range(first, last)]


def touch(at: datetime) -> Punch:
    occurred_at = int(at.replace(tzinfo=ZONE).timestamp())
    return Punch(
        id=punch_id("S1", "7", at), terminal="S1", user_id="7", local_time=at,
        occurred_at=occurred_at, state=0, verify=1, work_code="", source="poll", clock_offset_s=0,
        read_at=occurred_at + 60, after=occurred_at - 60, raw=b"\x01",
    )  # fmt: skip


def send(engine: Engine, bridge: bridges.Bridge, batch: Batch) -> str:
    """Store a signed batch; return its receipt."""
    encoded = encode_batch(batch)
    body = gzip.compress(encoded, 1)
    signer = Signer("pc")
    signed = signer.sign("/v2/punches", body, time=int(NOW.timestamp()), nonce=os.urandom(16).hex())
    with writing(engine) as connection:
        key = bridges.find_key(connection, signer.key_id)
        assert key is not None
        delivery = Delivery(decode_batch(encoded), body, key.id, signed)
        receipt = save(connection, bridge, delivery, NOW, zone=ZONE, clock_limit_s=300)
    return receipt.receipt


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(tables.punches)) or 0


def moment(engine: Engine) -> str:
    """Return the server's time, with the next commit surely after it."""
    with reading(engine) as connection:
        at = connection.scalar(text("SELECT clock_timestamp()"))
    time.sleep(0.01)
    return str(at)


def destroy(engine: Engine) -> None:
    """Do what no role of deploy/postgres-roles.sql can, and an owner of the server always can."""
    with writing(engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM punches"))


def finish_archive(engine: Engine) -> None:
    """End the WAL file in hand and wait until it is archived."""
    with reading(engine) as connection:
        last = connection.scalar(text("SELECT pg_walfile_name(pg_switch_wal())"))
    archived = text("SELECT last_archived_wal FROM pg_stat_archiver")
    wait("the WAL was archived", lambda: str(scalar(engine, archived)) >= str(last))


def wait_until_promoted(engine: Engine) -> None:
    wait("the server was promoted", lambda: scalar(engine, text("SELECT NOT pg_is_in_recovery()")))


def scalar(engine: Engine, query: Any) -> Any:
    with engine.connect() as connection:
        return connection.scalar(query)


def wait(what: str, done: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not done():
        if time.monotonic() > until:
            pytest.fail(f"30 s were not enough until {what}")
        time.sleep(0.05)
