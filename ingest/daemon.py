"""Builds everything, serves, schedules, and stops in order.

The port is taken first, so that a second centre on the same port ends before it judges anything;
the watchdog is fed only while the database, the schedule and the HTTP loop are all alive.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import sdnotify
import uvicorn
from sqlalchemy import Engine, select

from ingest.api import create_app
from ingest.config import IngestConfig
from ingest.days import Settings
from ingest.errors import IngestError, ServeError
from ingest.jobs import PULSE_S, Schedule, Times
from ingest.jobs.work import Work
from ingest.store import database

log = logging.getLogger(__name__)

STOP_WITHIN_S = 15  # for the batches in hand; a bridge sends again what got no receipt
KEEP_ALIVE_S = 75  # longer than a bridge's heartbeat, so that each finds its connection open
LOOK_EVERY_S = 20.0
STALLED_S = 60.0
"""How long the schedule or the HTTP loop may show no life."""

Notify = Callable[[str], object]
Monotonic = Callable[[], float]


def serve(config: IngestConfig, engine: Engine, *, clock: Callable[[], datetime]) -> None:
    """Serve until SIGTERM or SIGINT. Raises ServeError."""
    for warning in config.warnings:
        log.warning("%s", warning)
    with _listen(config.host, config.port) as listening, _stop_is_no_failure():
        Daemon(config, engine, clock=clock, notify=sdnotify.SystemdNotifier().notify).run(listening)


class Daemon:
    """The centre at work: HTTP, the schedule, and the eye on both."""

    def __init__(
        self,
        config: IngestConfig,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        notify: Notify,
    ) -> None:
        work = Work(
            engine,
            Settings(config.zone, config.clock_limit_s),
            clock,
            config.lookback_days,
            timedelta(minutes=config.bridge_silent_minutes),
        )
        self._schedule = Schedule(work, Times(config.close_day_at, config.evaluate_s))
        app = create_app(
            engine,
            zone=config.zone,
            clock_limit_s=config.clock_limit_s,
            clock=clock,
            max_body_bytes=config.max_body_bytes,
        )
        self._server = _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            ),
            self._ready,
        )
        self._notify = notify
        self._health = Health(engine, self._schedule, self._server, notify)
        self._stop = threading.Event()

    def run(self, listening: socket.socket) -> None:
        """Serve on a socket until told to stop; the work in hand is finished."""
        watch = threading.Thread(target=self._health.run, args=(self._stop,), name="health")
        try:
            self._schedule.start()
            watch.start()
            self._server.run(sockets=[listening])
        finally:
            self._notify("STOPPING=1")
            log.info("stopping")
            self._stop.set()
            self._schedule.stop()
            if watch.ident is not None:
                watch.join()

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True

    def _ready(self, address: str) -> None:
        log.info("listening on %s", address)
        self._notify("READY=1\nSTATUS=serving")


class Lively(Protocol):
    """Something that can tell for how long it has shown no life."""

    def silent_s(self) -> float: ...


class Health:
    """Looks whether the centre is well, and feeds systemd's watchdog only then."""

    def __init__(
        self,
        engine: Engine,
        schedule: Lively,
        server: Lively,
        notify: Notify,
    ) -> None:
        self._engine = engine
        self._schedule = schedule
        self._server = server
        self._notify = notify
        self._every_s = look_every_s(os.environ.get("WATCHDOG_USEC"))
        self._unwell: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            stop.wait(self.step())

    def step(self) -> float:
        """Look once; return the seconds until the next look."""
        faults = self.faults()
        if faults:
            self._notify("STATUS=unwell: " + "; ".join(faults))
        else:
            self._notify("WATCHDOG=1\nSTATUS=serving")
        if faults and not self._unwell:
            log.error("unwell: %s", "; ".join(faults))
        elif self._unwell and not faults:
            log.info("well again")
        self._unwell = faults
        return self._every_s

    def faults(self) -> list[str]:
        """Return what is wrong, a sentence each."""
        found = []
        try:
            with database.reading(self._engine) as connection:
                connection.scalar(select(1))
        except IngestError as error:
            found.append(str(error))
        if self._schedule.silent_s() > STALLED_S + PULSE_S:
            found.append("the schedule runs no jobs any more")
        if self._server.silent_s() > STALLED_S:
            found.append("the HTTP loop does not turn any more")
        return found


class _Server(uvicorn.Server):
    """Uvicorn that says where it listens and that its loop turns."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[str], None],
        *,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._monotonic = monotonic
        self._turned_at = monotonic()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self._ready(_address(sockets[0]))

    async def on_tick(self, counter: int) -> bool:
        self._turned_at = self._monotonic()
        return await super().on_tick(counter)

    def silent_s(self) -> float:
        """Return for how long the loop has not turned."""
        return self._monotonic() - self._turned_at


def look_every_s(watchdog_usec: str | None) -> float:
    """Return how often to look: thrice in the time systemd waits, where it waits at all."""
    if watchdog_usec is None or not watchdog_usec.isdigit():
        return LOOK_EVERY_S
    return min(LOOK_EVERY_S, int(watchdog_usec) / 3_000_000)


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port. Raises ServeError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2_048)
    except OSError as error:
        # the socket's own text repeats the address; that of a name look-up has no number of ours
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ServeError(
            f"listen: cannot take {host}:{port} ({why}); another program may have it: "
            "stop that one, or choose another address in [ingest]"
        ) from error
    with listening:
        yield listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stop_is_no_failure() -> Iterator[None]:
    """Take the signals uvicorn raises again after its clean stop, so that the exit code is 0."""
    taken = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda *_: None) for one in taken]
    try:
        yield
    finally:
        for one, handler in zip(taken, before, strict=True):
            signal.signal(one, handler)
