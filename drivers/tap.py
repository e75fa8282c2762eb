"""Listening in on links: what passes both ways, so that a session can be shown to an engineer.

Whoever wants to listen opens a `Tap` around the opening of a terminal; links made meanwhile, in the
same thread, tell it what they carry. What is secret never reaches it: a link is only heard where
its driver lets it (`Link.let_hear`), which then says when a key goes out or what people enrolled
comes in (`Link.hiding`); zeros are told instead.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple

from drivers.errors import DriverError

Direction = Literal["C", "D"]
"""C from us, the client; D from the device."""

MAX_BYTES = 64 << 20


class TapEnded(DriverError):
    """The time or the room for listening is over; raised once, into whatever was going on."""


class Burst(NamedTuple):
    """What passed at once."""

    after_s: float
    """Since the tap was opened."""
    direction: Direction
    data: bytes
    hidden: str
    """What was replaced by zeros; empty where nothing was."""


class Tap:
    """Keeps what passes, for so many seconds."""

    def __init__(
        self,
        seconds: float,
        *,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bursts: list[Burst] = []
        self._clock = clock
        self._began = clock()
        self._seconds = seconds
        self._room = max_bytes
        self._over = False

    @contextmanager
    def on(self) -> Iterator["Tap"]:
        """Listen to every link that is made in this block."""
        token = _TAP.set(self)
        try:
            yield self
        finally:
            _TAP.reset(token)

    def waiting(self) -> None:
        """Take note that a link begins to wait for bytes. Raises TapEnded, once, when it is time.

        Only here, never when something is sent: a session must still be able to say goodbye.
        """
        if not self._over and (self._room <= 0 or self._passed() >= self._seconds):
            self._over = True
            raise TapEnded("the capture is full" if self._room <= 0 else "the time is over")

    def told(self, direction: Direction, data: bytes, hidden: str) -> None:
        """Keep what passed."""
        if not self._over:
            self._room -= len(data)
            self.bursts.append(Burst(self._passed(), direction, data, hidden))

    def _passed(self) -> float:
        return self._clock() - self._began


_TAP: ContextVar[Tap | None] = ContextVar("tap", default=None)


def listening() -> Tap | None:
    """Return who listens to links made now."""
    return _TAP.get()
