"""Stores that are filled once in a process and copied for each test: to fill one costs seconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ingest.store.database import open_engine

Make = Callable[[Engine, Path, str], Any]
"""Fills a migrated store, of which it gets the engine, a folder beside it, and the URL."""
Stocked = Callable[[Make], tuple[Engine, str, Any]]


class Stock:
    """What was made of stores of one database, and by which function."""

    def __init__(self, folder: Path, fresh: Callable[[Path], str]) -> None:
        """`fresh` returns the URL of a migrated store, which may be in the folder it is told."""
        self._folder = folder
        self._fresh = fresh
        self._made: dict[Make, tuple[str, Any]] = {}

    def of(self, make: Make) -> tuple[str, Any]:
        """Return the URL of the store that `make` filled, and what `make` returned."""
        if make not in self._made:
            folder = self._folder / str(len(self._made))
            folder.mkdir(parents=True)
            url = self._fresh(folder)
            engine = open_engine(url)
            try:
                self._made[make] = url, make(engine, folder, url)
            finally:
                engine.dispose()  # nobody may look at what is copied; SQLite folds its WAL in
        return self._made[make]
