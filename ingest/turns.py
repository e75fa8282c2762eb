"""Bridges take turns: one body of each in work and one that waits, first come, first served.

Whoever has a million punches to send is therefore served as often as who has one, and waits behind
everybody else who came in the meantime. What waits is bounded in number and in bytes; the next is
told to come later rather than kept.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter

from ingest.desk import CentreFull
from ingest.errors import IngestError

T = TypeVar("T")

SEATS = 2
"""Of each bridge: one body in work and one that arrives or waits."""


class BridgeBusy(IngestError):
    """A bridge sends more at once than its share: come again."""


@dataclass(slots=True, eq=False)
class Seat:
    """A bridge's place here, from the head of its request to the answer."""

    bridge: Hashable
    bytes: int
    turn: anyio.Event


class Turns:
    """Threads for the bodies of bridges, fairly shared. For one event loop: it has no lock."""

    def __init__(self, workers: int, *, places: int, most_bytes: int) -> None:
        """`places` is how many may be inside, at work or waiting, with `most_bytes` together."""
        self._limiter = CapacityLimiter(workers)
        self._free = workers
        self._places = places
        self._bytes = most_bytes
        self._seats: dict[Hashable, int] = {}
        self._taken = 0
        self._held = 0
        self._at_work: set[Hashable] = set()
        self._waiting: deque[Seat] = deque()

    @property
    def full(self) -> bool:
        """Whether the next one would be told to come later, whoever it is."""
        return self._taken >= self._places or self._held >= self._bytes

    @contextmanager
    def seat(self, bridge: Hashable, bytes_: int) -> Iterator[Seat]:
        """Be inside as long as the block, with a body of at most so many bytes.

        Raises BridgeBusy, and CentreFull where everybody would be told so.
        """
        if self._seats.get(bridge, 0) >= SEATS:
            raise BridgeBusy("this bridge has one body in work and one that waits; come again")
        if self.full or self._held + bytes_ > self._bytes:
            raise CentreFull("the centre has its hands full; come again in a moment")
        seat = Seat(bridge, bytes_, anyio.Event())
        self._take(seat, 1)
        try:
            yield seat
        finally:
            self._take(seat, -1)

    def weigh(self, seat: Seat, bytes_: int) -> None:
        """Tell how large the body is, now that it is here."""
        self._held += bytes_ - seat.bytes
        seat.bytes = bytes_

    async def do(self, seat: Seat, work: Callable[[], T]) -> T:
        """Do it in a thread when it is this bridge's turn; return what it returns."""
        self._waiting.append(seat)
        try:
            self._call_next()
            await seat.turn.wait()
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            if seat.turn.is_set():
                self._at_work.discard(seat.bridge)
                self._free += 1
            else:  # given up while it waited
                self._waiting.remove(seat)
            self._call_next()

    def _take(self, seat: Seat, sign: int) -> None:
        self._taken += sign
        self._held += sign * seat.bytes
        self._seats[seat.bridge] = self._seats.get(seat.bridge, 0) + sign
        if not self._seats[seat.bridge]:
            del self._seats[seat.bridge]

    def _call_next(self) -> None:
        """Give free threads to who waits longest and has nothing in work."""
        while self._free:
            seat = next((one for one in self._waiting if one.bridge not in self._at_work), None)
            if seat is None:
                return
            self._waiting.remove(seat)
            self._at_work.add(seat.bridge)
            self._free -= 1
            seat.turn.set()
