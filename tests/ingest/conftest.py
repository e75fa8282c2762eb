"""Stores to test on: SQLite and PostgreSQL, migrated once and copied for each test."""

import gzip
import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from served import Served, Slot
from signed import OUTBOX, Chains, Signer, decoded
from sqlalchemy import Connection, Engine, insert, make_url
from stocked import Make, Stock, Stocked

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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept_engine(request: pytest.FixtureRequest) -> Engine:
    """One store for all who take their transaction back in the end: a fresh one costs more.

    It is kept by a fixture of its own: one of the session that takes a parameter is made anew at
    each change of it, and tests that are dealt to several processes come in no order.
    """
    engine: Engine = request.getfixturevalue(f"kept_{request.param}")
    return engine


@pytest.fixture(scope="session")
def kept_sqlite(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("kept") / "hadir.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def kept_postgres(postgres_copies: Any, postgres_template_url: str) -> Iterator[Engine]:
    with postgres_copies(postgres_template_url) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_stock(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    def fresh(folder: Path) -> str:
        return f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'hadir.db')}"

    return Stock(tmp_path_factory.mktemp("stock"), fresh)


@pytest.fixture(scope="session")
def postgres_stock(
    postgres_copies: Any, postgres_template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stock]:
    with ExitStack() as kept:
        yield Stock(
            tmp_path_factory.mktemp("stock"),
            lambda _folder: str(kept.enter_context(postgres_copies(postgres_template_url))),
        )


@pytest.fixture
def stocked(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Stocked]:
    """Copy the store that a function filled, once for all who ask for the same function.

    `stocked(make)` returns the engine of a copy, its URL, and what `make` returned.
    """
    stock: Stock = request.getfixturevalue(f"{database_kind}_stock")
    with ExitStack() as until:

        def copy(make: Make) -> tuple[Engine, str, Any]:
            source, made = stock.of(make)
            if database_kind == "sqlite":
                path = shutil.copyfile(str(make_url(source).database), tmp_path / "hadir.db")
                url = f"sqlite:///{path}"
            else:
                url = until.enter_context(request.getfixturevalue("postgres_copies")(source))
            engine = open_engine(url)
            until.callback(engine.dispose)
            return engine, url, made

        yield copy


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
