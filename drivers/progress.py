"""How far a long read has come, for a person who waits.

Whoever wants to know puts `watched_by` around the read; drivers `tell` as bytes come in, in the
same thread. Where nobody watches, nothing happens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int], None]
"""Takes the bytes that have come and the bytes that are expected; both begin anew with a table."""


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let `watcher` be told of the reads in this block."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def tell(arrived: int, expected: int) -> None:
    """Tell whoever watches how far the read has come."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(arrived, expected)


_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
