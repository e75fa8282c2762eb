"""Connections of strangers: each costs one socket for a while, and never the service.

Uvicorn waits for ever for the head of a request, and for whoever reads no answer. Here each
connection has so long for what is next:

    nothing yet, or a head that has begun    HEAD_S
    a request in work                        REQUEST_S, its body and the wait for the store in it
    an answer given, and more of the body    HEAD_S: enough for a refusal to reach who still sends
    nothing, after an answer                 `timeout_keep_alive` of uvicorn

Who takes longer is hung up on. And there are MOST of them in a process: where one more comes, the
one that has waited longest for nothing goes, strangers before those that were answered.
"""

import asyncio
import logging
from asyncio import Transport
from functools import cache
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 15.0
REQUEST_S = 180.0
HANDSHAKE_S = 15.0
MOST = 1_000  # far below LimitNOFILE of the unit; a nation has fewer bridges in one process
HEAD_BYTES = 16_384


class Loop(asyncio.SelectorEventLoop):
    """An event loop that waits no minute for a handshake: before it, nobody counts as connected."""

    async def create_server(self, *arguments: Any, **options: Any) -> asyncio.Server:
        if options.get("ssl") is not None:
            options.setdefault("ssl_handshake_timeout", HANDSHAKE_S)
        return await super().create_server(*arguments, **options)


class Connection(H11Protocol):
    """One connection, with an end to every wait."""

    head_s = HEAD_S
    request_s = REQUEST_S
    most = MOST

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger = _quiet()
        self.answered = False
        self.waits_since = self.loop.time()
        self._end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.head_s)
        if len(self.connections) > self.most:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._wait(self.request_s)
        elif self.idle and self._end is None:
            self._wait(self.head_s)  # from its first byte on; those after it win no time

    def on_response_complete(self) -> None:
        before, self.answered = self.cycle, True
        super().on_response_complete()
        if self.cycle is not before:
            self._wait(self.request_s)  # the next one was here already
        else:
            begun = self.conn.their_state is h11.SEND_BODY or self.conn.trailing_data[0]
            taken = not self.transport.get_write_buffer_size()  # or it is written, and not fetched
            self._wait(self.head_s if begun else None if taken else self.request_s)

    @property
    def idle(self) -> bool:
        """Whether no request is in work."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def _wait(self, seconds: float | None) -> None:
        """Hang up after so long; None takes that back."""
        if self._end is not None:
            self._end.cancel()
        self.waits_since = self.loop.time()
        closing = self.transport is None or self.transport.is_closing()
        self._end = (
            None
            if seconds is None or closing
            else self.loop.call_later(seconds, self.transport.abort)
        )

    def _make_room(self) -> None:
        waiting = [one for one in self.connections if isinstance(one, Connection) and one.idle]
        longest = min(waiting, key=lambda one: (one.answered, one.waits_since), default=self)
        self.connections.discard(longest)  # it is told so only when the loop turns again
        longest.transport.abort()


@cache
def _quiet() -> logging.Logger:
    """Return a logger for our own faults alone: strangers must not fill a disk with theirs."""
    found = logging.getLogger(f"{__name__}.uvicorn")
    found.setLevel(logging.ERROR)
    return found
