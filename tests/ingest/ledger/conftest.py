"""Stores whose ledger is looked at: a fresh one, and one with a history that is brought back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgered import Centre, Told, touches, unreadable
from sqlalchemy import URL, Engine, create_engine, text

from ingest.store.bridges import Bridge
from ingest.store.database import open_engine


@pytest.fixture
def centre(engine: Engine, bridge: Bridge) -> Centre:
    return Centre(engine)


@pytest.fixture
def told(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Told]:
    """The history of `Told`, made once for all tests and brought back after each."""
    found: Told = request.getfixturevalue(f"told_{database_kind}")
    yield found
    found.bring_back()


@pytest.fixture(scope="session")
def told_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    path = tmp_path_factory.mktemp("told") / "hadir.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield Told(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def told_postgres(postgres_server: URL, postgres_template: str) -> Iterator[Told]:
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE hadir_told TEMPLATE "{postgres_template}"'))
    url = postgres_server.set(database="hadir_told")
    engine = open_engine(url.render_as_string(hide_password=False))
    yield Told(engine)
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE hadir_told WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(name="touches")
def touches_() -> Callable[..., Any]:
    return touches


@pytest.fixture
def bad() -> Callable[..., Any]:
    return unreadable
