"""Statements that SQLAlchemy compiled for one test serve the next ones of the process.

An engine keeps what it compiled for itself, and nearly every test opens an engine of its own: a
quarter of the tests' processor time went into compiling the same statements once more. What comes
of it depends on the kind of database and its version alone, so that these are the key here, where
an engine takes its own dialect object. The product has one engine, and nothing of this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

CAPACITY = 20_000  # more than a whole run compiles, and an end for what makes statements at random

_NAME = "_compiled_cache"  # of an engine: SQLAlchemy has no public name for it

Key = tuple[Any, ...]


class Compiled:
    """What is compiled, by what it is compiled for instead of for whom.

    Engines ask it for nothing but `get` and `[]=`; it is as safe among threads as their own.
    """

    def __init__(self) -> None:
        self._kept: LRUCache[Key, Any] = LRUCache(CAPACITY)

    def get(self, key: Key) -> Any:
        return self._kept.get(_of_kind(key))

    def __setitem__(self, key: Key, compiled: Any) -> None:
        self._kept[_of_kind(key)] = compiled

    def __len__(self) -> int:
        return len(self._kept)


def _of_kind(key: Key) -> Key:
    dialect, *asked = key
    return (type(dialect), dialect.server_version_info, *asked)


@contextmanager
def compiled_once() -> Iterator[Compiled]:
    """Let every engine that is made in the block keep its statements in one place."""
    kept = Compiled()

    def keep(engine: Engine, own: object) -> None:
        engine.__dict__[_NAME] = None if own is None else kept  # none: it shall keep nothing

    setattr(Engine, _NAME, property(lambda engine: engine.__dict__[_NAME], keep))
    try:
        yield kept
    finally:
        delattr(Engine, _NAME)  # what the engines have of their own is found again
