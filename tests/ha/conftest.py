"""A store in a file for tests that need one process only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.store.database import migrate, open_engine


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[tuple[Engine, str]]:
    """A fresh store, migrated, and its URL."""
    url = f"sqlite:///{tmp_path / 'hadir.db'}"
    engine = open_engine(url)
    migrate(engine)
    yield engine, url
    engine.dispose()
