"""The parts of the centre, each fit to be a process: who answers bridges, who judges days."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from sqlalchemy import Engine

from ingest.api import create_app
from ingest.config import IngestConfig
from ingest.health import Health, Lively, Notify
from ingest.jobs import PULSE_S, Schedule, times_of
from ingest.jobs.work import make_work
from ingest.judge import Judge
from ingest.metrics_door import Door
from ingest.server import Server, stop_is_no_failure
from ingest.store.database import open_engine
from ingest.store.leader import JudgeLock
from ingest.tls import ServedCertificate

log = logging.getLogger(__name__)

LOST = 75  # "try again later": the exit code of a judge that may not judge any more
Clock = Callable[[], datetime]


def make_schedule(config: IngestConfig, engine: Engine, clock: Clock) -> Schedule:
    """Return the schedule of a centre; it does nothing yet. Raises StoreError."""
    return Schedule(make_work(config, engine, clock), times_of(config))


class Daemon:
    """What answers bridges, the schedule where it `judges`, too, and the eye on both."""

    def __init__(
        self,
        config: IngestConfig,
        engine: Engine,
        *,
        clock: Clock,
        notify: Notify,
        tls: ServedCertificate | None = None,
        judges: bool,
    ) -> None:
        app = create_app(
            engine,
            zone=config.zone,
            clock_limit_s=config.clock_limit_s,
            clock=clock,
            max_body_bytes=config.max_body_bytes,
            stopping=lambda: self._server.should_exit,
            channels=[one.open() for one in config.channels],
        )
        self._notify = notify
        self._server = Server(app, self._ready, tls=tls.context if tls else None)
        self._schedule = make_schedule(config, engine, clock) if judges else None
        organs: list[tuple[str, Lively]] = [("the HTTP loop does not turn any more", self._server)]
        if self._schedule is not None:
            organs.append(("the schedule runs no jobs any more", _Patient(self._schedule)))
        eyes = [Health(engine, organs, notify).run, *([tls.run] if tls else [])]
        self._stop = threading.Event()
        self._eyes = [threading.Thread(target=eye, args=(self._stop,)) for eye in eyes]

    def run(self, listening: socket.socket) -> None:
        """Serve on a socket until told to stop; the work in hand is finished."""
        try:
            if self._schedule is not None:
                self._schedule.start()
            for eye in self._eyes:
                eye.start()
            self._server.run(sockets=[listening])
        finally:
            self._notify("STOPPING=1")
            self._stop.set()
            if self._schedule is not None:
                self._schedule.stop()
            for eye in self._eyes:
                if eye.ident is not None:
                    eye.join()

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True

    def _ready(self) -> None:
        self._notify("READY=1\nSTATUS=serving")


@contextmanager
def answering(
    door: Door | None, config: IngestConfig, engine: Engine, clock: Clock
) -> Iterator[None]:
    """Answer who asks for metrics while the block lasts, where a port is open for them."""
    if door is None:
        yield
        return
    with door.answered(engine, zone=config.zone, clock=clock):
        yield


class Parts:
    """What the processes of a centre on PostgreSQL do. Each opens its own connections."""

    def __init__(
        self,
        config: IngestConfig,
        clock: Clock,
        tls: ServedCertificate | None = None,
        door: Door | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._tls = tls
        self._door = door

    def answer(self, listening: socket.socket, notify: Notify) -> None:
        """Answer bridges until told to stop by a signal."""
        engine = open_engine(self._config.database)
        daemon = Daemon(
            self._config, engine, clock=self._clock, notify=notify, tls=self._tls, judges=False
        )
        with stop_is_no_failure():
            daemon.run(listening)
        engine.dispose()

    def judge(self, listening: socket.socket, notify: Notify) -> None:
        """Judge while no other process does, until told to stop by a signal."""
        listening.close()  # a host whose answering processes are gone must not seem to listen
        signals = (signal.SIGTERM, signal.SIGINT)
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # for the threads, too: one waits
        engine = open_engine(self._config.database)
        with (
            closing(JudgeLock(engine.url)) as lock,
            # once on each host, where it keeps no bridge waiting
            answering(self._door, self._config, engine, self._clock),
        ):
            judge = Judge(
                lock,
                lambda: make_schedule(self._config, engine, self._clock),
                lost=lambda: os._exit(LOST),
            )
            health = Health(engine, [("the judge shows no life", judge)], notify)
            stop = threading.Event()
            eyes = [
                threading.Thread(target=_or_die, args=(run, stop))
                for run in (judge.run, health.run)
            ]
            for eye in eyes:
                eye.start()
            notify("READY=1\nSTATUS=serving")
            signal.sigwait(signals)
            stop.set()
            for eye in eyes:
                eye.join()
        engine.dispose()


def _or_die(run: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a loop without which the process is worth nothing."""
    try:
        run(stop)
    except BaseException:
        log.exception("a loop ended that must not")
        os._exit(1)


class _Patient:
    """The schedule, whose pulse is slower than that of a loop."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def silent_s(self) -> float:
        return self._schedule.silent_s() - PULSE_S
