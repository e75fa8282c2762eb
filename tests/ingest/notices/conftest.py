"""A case that somebody has to be told of; on SQLite made once and copied, it costs a second."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from followed import Followed
from sqlalchemy import Engine
from told import Telling

from ingest.store.database import open_engine


def _opened(engine: Engine) -> Followed:
    followed = Followed(engine)
    return followed.go(3)


@pytest.fixture(scope="session")
def opened(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Followed]:
    """A store in which a case of Monday to Wednesday is open, and who made it."""
    path = tmp_path_factory.mktemp("told") / "opened.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    followed = _opened(engine)
    engine.dispose()
    return path, followed


@pytest.fixture
def engine(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if database_kind == "postgres":
        engine = open_engine(request.getfixturevalue("database_url"))
    else:
        path, _ = request.getfixturevalue("opened")
        shutil.copyfile(path, tmp_path / "hadir.db")
        engine = open_engine(f"sqlite:///{tmp_path / 'hadir.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def telling(database_kind: str, engine: Engine, request: pytest.FixtureRequest) -> Telling:
    """Three absent days of one person, Monday to Wednesday; it is Thursday, nine o'clock."""
    if database_kind == "postgres":
        return Telling(_opened(engine))
    _, made = request.getfixturevalue("opened")
    return Telling(made.beside(engine))
