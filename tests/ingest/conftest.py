"""Stores to test on: SQLite and PostgreSQL, migrated once and copied for each test."""

import gzip
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from served import Served, Slot
from signed import OUTBOX, Chains, Signer, decoded
from sqlalchemy import URL, Connection, Engine, create_engine, insert, text

from ingest.api import create_app
from ingest.columns import read_batch
from ingest.store import bridges, tables
from ingest.store.bridges import Bridge
from ingest.store.database import migrate, open_engine, reading, writing
from ingest.store.punches import Delivery
from ingest.wire import BadRecord, DecodedBatch, Punch, encode_batch, punch_id


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Whatever takes it, or `engine` or `database_url`, runs on both databases."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """URL of a fresh store, migrated."""
    return str(request.getfixturevalue(f"{database_kind}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Engine of a fresh store, migrated."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        yield str(request.getfixturevalue("postgres_empty_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "hadir.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection folds the WAL into the file
    return path


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def kept_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One store for all who take their transaction back in the end: a fresh one costs more."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("kept") / "hadir.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        engine = open_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"hadir_kept_{os.getpid()}"
    maker = create_engine(server, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = open_engine(server.set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    yield engine
    engine.dispose()
    with maker.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    maker.dispose()


AT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in Makassar: the moment at which the store tests happen."""

ZONE = ZoneInfo("Asia/Makassar")


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def bridge(engine: Engine) -> Bridge:
    """A bridge of office A, which has a registered terminal S1; office B has S2."""
    with writing(engine) as connection:
        connection.execute(
            insert(tables.offices),
            [{"code": code, "name": f"Dinas {code}", "scheme": "5-hari"} for code in "AB"],
        )
        connection.execute(
            insert(tables.terminals),
            [
                {
                    "serial": serial,
                    "name": "front-door",
                    "office": office,
                    "registered": True,
                    "counts_from": date(2026, 2, 1),
                    "first_seen_at": AT,
                }
                for serial, office in (("S1", "A"), ("S2", "B"))
            ],
        )
        return add_bridge(connection, "A", "a")


@pytest.fixture
def other_bridge(engine: Engine, bridge: Bridge) -> Bridge:
    """A second bridge of office A."""
    with writing(engine) as connection:
        return add_bridge(connection, "A", "b")


def add_bridge(connection: Connection, office: str, name: str) -> Bridge:
    """Add a bridge with the key of the signer of its name."""
    added = bridges.add(connection, office=office, name=name, now=AT)
    key = Signer(name).public_key
    bridges.add_key(connection, added.id, key, now=AT, grounds={"test": "given by hand"})
    return added


@pytest.fixture
def punch() -> Callable[..., Punch]:
    """Make a punch of user 7 on S1, yesterday at 07:30 in Makassar, unless told otherwise."""

    def make(
        user_id: str = "7",
        local_time: datetime = datetime(2026, 3, 2, 7, 30),
        *,
        terminal: str = "S1",
        **other: Any,
    ) -> Punch:
        found: dict[str, Any] = {
            "state": 0,
            "verify": 1,
            "work_code": "",
            "source": "poll",
            "clock_offset_s": 0,
            "read_at": int(AT.timestamp()) - 60,
            "after": None,
            "raw": b"\x01\x02",
        }
        return Punch(
            id=punch_id(terminal, user_id, local_time),
            terminal=terminal,
            user_id=user_id,
            local_time=local_time,
            occurred_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600,
            **(found | other),
        )

    return make


@pytest.fixture
def chains() -> Chains:
    """The chains of this test's outboxes."""
    return Chains()


@pytest.fixture
def batch(chains: Chains) -> Callable[..., DecodedBatch]:
    """Make a batch as the centre reads it from a body; its chains go on where the last ended."""

    def make(*rows: Punch | BadRecord, outbox: str = OUTBOX) -> DecodedBatch:
        return decoded(chains.batch(*rows, outbox=outbox))

    return make


@pytest.fixture(scope="session")
def slots() -> Iterator[list[Slot]]:
    """Servers that nobody uses just now: starting and stopping one takes longer than most tests."""
    made = [Slot(), Slot()]
    yield made
    for one in made:
        one.stop()


@pytest.fixture
def serve(engine: Engine, bridge: Bridge, at: datetime, slots: list[Slot]) -> Callable[..., Served]:
    free = iter(slots)
    names = (f"served {n}" for n in itertools.count())

    def serve(store: Engine = engine, **settings: Any) -> Served:
        signer, slot = Signer(next(names)), next(free)
        with writing(store) as connection:
            added = bridges.add(connection, office="A", name=signer.name, now=at)
            bridges.add_key(connection, added.id, signer.public_key, now=at, grounds={})
        settings = {"clock": lambda: at, "zone": ZONE, "clock_limit_s": 300} | settings
        slot.app = create_app(store, **settings)
        return Served(slot.port, signer, added, store, int(at.timestamp()))

    return serve


@pytest.fixture
def deliver(engine: Engine) -> Callable[..., Delivery]:
    """Sign a batch with the key of a bridge, as if it had come over the wire."""
    numbers = itertools.count(1)

    def deliver(told: DecodedBatch, by: Bridge) -> Delivery:
        body = gzip.compress(encode_batch(told.batch), 1, mtime=0)
        signer, at = Signer(by.name), int(AT.timestamp())
        signed = signer.sign("/v2/punches", body, time=at, nonce=f"{next(numbers):032x}")
        with reading(engine) as connection:
            key = bridges.find_key(connection, signer.key_id)
        assert key is not None
        # read as the centre reads a body, which for most is not row by row
        read = told if told.rejected else read_batch(encode_batch(told.batch))
        return Delivery(read, body, key.id, signed)

    return deliver
