"""A small world for each test of the journey, copied from one that is prepared once."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from journey_parts import Centre
from journey_rounds import World, prepare_world


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    centre = Centre(folder)
    prepare_world(centre)
    with sqlite3.connect(centre.file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that one file is all
    database.close()
    return folder


@pytest.fixture
def world(tmp_path: Path, prepared: Path) -> Iterator[World]:
    with World(tmp_path, prepared=prepared) as world:
        yield world
