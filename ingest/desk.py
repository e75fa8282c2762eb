"""Who may be inside: so many at once; the next is told to come later rather than left to wait.

What is the same for all who ask is done once for those who ask at once.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from ingest.errors import IngestError

T = TypeVar("T")


class CentreFull(IngestError):
    """As many are inside as may be: come again."""


class Room:
    """Holds so many at once. For one event loop, hence without a lock."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._inside = 0

    @property
    def full(self) -> bool:
        """Whether the next one would be told to come later."""
        return self._inside >= self._places

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be inside as long as the block. Raises CentreFull."""
        if self.full:
            raise CentreFull("the centre has its hands full; come again in a moment")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


class Desk:
    """Threads that do what would hold up everybody else, with a short queue before them."""

    def __init__(self, workers: int, queue: int) -> None:
        self._limiter = CapacityLimiter(workers)
        self._room = Room(workers + queue)

    @property
    def full(self) -> bool:
        """Whether the next one would be told to come later."""
        return self._room.full

    async def do(self, work: Callable[[], T]) -> T:
        """Do it in a thread and return what it returns. Raises CentreFull and what it raises."""
        with self._room.place():
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)


class Glance:
    """A look in a thread, shared by all who ask while it is under way. For one event loop."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._limiter = CapacityLimiter(1)
        self._under_way: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Look, or wait for the look of somebody else; raises what it raises."""
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._do())
        await asyncio.shield(self._under_way)  # who hangs up ends it for nobody else

    async def _do(self) -> None:
        try:
            await anyio.to_thread.run_sync(self._look, limiter=self._limiter)
        finally:
            self._under_way = None
