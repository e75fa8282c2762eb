"""The PostgreSQL of the tests, for whoever asks.

HADIR_TEST_POSTGRES names another server than the one that comes as a wheel: databases are made and
dropped there.
"""

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from compiled import compiled_once
from journey_postgres import FORGETFUL, NoServer, postgres
from sqlalchemy import URL, create_engine, make_url, text

from ingest.store.database import migrate, open_engine

MEMORY_BYTES = 1 << 30
Copies = Callable[[str], AbstractContextManager[str]]
_numbers = itertools.count()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: at the end one process would wait for another's quarter minutes."""
    items.sort(key=lambda item: not {"journey", "ha", "fuzz"} & set(item.path.parts))


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays to the end: ten thousand tests, and the modules."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Begin each test with the mask of a shell: what we start closes what it writes, for the whole
    of its process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: str) -> Iterator[str]:
    """URL of a fresh store, migrated."""
    with _database(postgres_server, template=postgres_template) as url:
        yield url


@pytest.fixture
def postgres_empty_url(postgres_server: URL) -> Iterator[str]:
    """URL of a database without any table."""
    with _database(postgres_server, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[str]:
    with _database(postgres_server, template="template0") as url:
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def postgres_copies(postgres_server: URL) -> Copies:
    """Open a copy of a database, named by its URL, that lives as long as the block."""

    def copy(url: str) -> AbstractContextManager[str]:
        return _database(postgres_server, template=str(make_url(url).database))

    return copy


@pytest.fixture(scope="session")
def postgres_template_url(postgres_server: URL, postgres_template: str) -> str:
    found = postgres_server.set(database=postgres_template)
    return found.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """URL of a server on which databases may be made."""
    named = os.environ.get("HADIR_TEST_POSTGRES")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    try:
        with postgres(FORGETFUL, beside=_in_memory()) as url:
            yield url
    except NoServer as error:
        pytest.fail(str(error))


def _in_memory() -> Path | None:
    """Return a folder in memory where there is room in it: a database is made ten times faster."""
    folder = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name nobody can guess
    roomy = folder.is_dir() and shutil.disk_usage(folder).free > MEMORY_BYTES
    return folder if roomy and os.access(folder, os.W_OK) else None


@contextmanager
def _database(server: URL, *, template: str) -> Iterator[str]:
    """Make a database that lives as long as the block."""
    name = f"hadir_test_{os.getpid()}_{next(_numbers)}"
    _run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield server.set(database=name).render_as_string(hide_password=False)
    _run(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
