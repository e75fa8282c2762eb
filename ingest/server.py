"""The HTTP server of one process, and the socket that several may share."""

import asyncio
import os
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from ingest.connections import HEAD_BYTES, Connection
from ingest.errors import ServeError

STOP_WITHIN_S = 15  # for the batches in hand; a bridge sends again what got no receipt
KEEP_ALIVE_S = 75  # longer than a bridge's heartbeat, so that each finds its connection open
GOODBYE_S = 0.5
BACKLOG = 2_048

Monotonic = Callable[[], float]


class Server(uvicorn.Server):
    """Uvicorn that says when it listens and that its loop turns."""

    def __init__(
        self,
        app: ASGIApp,
        ready: Callable[[], None],
        *,
        tls: ssl.SSLContext | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        super().__init__(_config(app, tls))
        self._ready = ready
        self._monotonic = monotonic
        self._turned_at = monotonic()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        self._turned_at = self._monotonic()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        farewell = asyncio.create_task(self._hang_up())
        try:
            await super().shutdown(sockets)
        finally:
            farewell.cancel()

    async def _hang_up(self) -> None:
        """Leave who has his answer and does not hang up himself.

        TLS ends with a word of both sides. A bridge that rests between two batches reads nothing,
        so it would be waited for in vain, as long as for a batch in hand.
        """
        before: set[Any] = set()
        while True:
            await asyncio.sleep(GOODBYE_S)
            idle = {one for one in self.server_state.connections if _is_idle(one)}
            for connection in idle & before:
                connection.transport.abort()
            before = idle

    def silent_s(self) -> float:
        """Return for how long the loop has not turned."""
        return self._monotonic() - self._turned_at


def _is_idle(connection: object) -> bool:
    cycle = getattr(connection, "cycle", None)
    return cycle is None or bool(cycle.response_complete)


def _config(app: ASGIApp, tls: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        loop="ingest.connections:Loop",
        http=Connection,
        ws="none",  # whatever is installed: an upgrade would leave our connection and its bounds
        h11_max_incomplete_event_size=HEAD_BYTES,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    if tls is not None:
        config.ssl_context_factory = lambda _config, _default: tls
    return config


@contextmanager
def listen(host: str, port: int, *, key: str = "listen") -> Iterator[socket.socket]:
    """Take the port that a key of the configuration names. Raises ServeError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # the socket's own text repeats the address; that of a name look-up has no number of ours
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ServeError(
            f"{key}: cannot take {host}:{port} ({why}); another program may have it: "
            "stop that one, or choose another address in [ingest]"
        ) from error
    with listening:
        yield listening


def url_of(listening: socket.socket, *, tls: bool) -> str:
    """Return where a socket is reached, for a log."""
    host, port = listening.getsockname()[:2]
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@contextmanager
def stop_is_no_failure() -> Iterator[None]:
    """Take the signals uvicorn raises again after its clean stop, so that the exit code is 0."""
    taken = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda *_: None) for one in taken]
    try:
        yield
    finally:
        for one, handler in zip(taken, before, strict=True):
            signal.signal(one, handler)
