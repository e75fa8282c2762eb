"""An office with a case of three days, its users, and a file of letters.

On SQLite both are made once and copied for each test: they cost seconds.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from followed import HEAD, PERSON, Followed
from lettered import Office, faked
from sqlalchemy import Engine

from ingest.store.database import open_engine

Made = tuple[Path, Followed]
Make = Callable[[Engine, Path, str], Office]


def absent(engine: Engine, folder: Path, url: str) -> Office:
    """Monday to Wednesday absent."""
    followed = Followed(engine)
    followed.go(3)
    return Office(followed, folder, url).users()


def silent(engine: Engine, folder: Path, url: str) -> Office:
    """Warned, back at work, and silent for ten working days: a reprimand waits."""
    office = absent(engine, folder, url)
    office.followed.told()
    office.followed.go(16, present=(HEAD, PERSON), each=False)
    return office


@pytest.fixture(scope="session")
def absent_made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return _made(absent, sqlite_template, tmp_path_factory.mktemp("absent"))


@pytest.fixture(scope="session")
def silent_made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return _made(silent, sqlite_template, tmp_path_factory.mktemp("silent"))


@pytest.fixture
def office(database_kind: str, request: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Office]:
    """A case of three days; the letters are set by a fake."""
    faked(monkeypatch)
    yield from _office(absent, database_kind, request, tmp_path)


@pytest.fixture
def reprimanded(
    database_kind: str, request: Any, tmp_path: Path, monkeypatch: Any
) -> Iterator[Office]:
    """A case whose reprimand waits; the letters are set by a fake."""
    faked(monkeypatch)
    yield from _office(silent, database_kind, request, tmp_path)


def _made(make: Make, template: Path, folder: Path) -> Made:
    path = folder / "hadir.db"
    shutil.copyfile(template, path)
    engine = open_engine(f"sqlite:///{path}")
    followed = make(engine, folder, f"sqlite:///{path}").followed
    engine.dispose()  # the last connection folds the WAL into the file
    return path, followed


def _office(make: Make, kind: str, request: Any, folder: Path) -> Iterator[Office]:
    """Yield an office of its own for one test: on SQLite a copy, on PostgreSQL made anew."""
    if kind == "postgres":
        url = request.getfixturevalue("database_url")
        engine = open_engine(url)
        yield make(engine, folder, url)
    else:
        path, followed = request.getfixturevalue(f"{make.__name__}_made")
        shutil.copyfile(path, folder / "hadir.db")
        url = f"sqlite:///{folder / 'hadir.db'}"
        engine = open_engine(url)
        yield Office(followed.beside(engine), folder, url)
    engine.dispose()
