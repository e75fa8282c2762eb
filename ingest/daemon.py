"""Serves, schedules, and stops in order.

On SQLite all of it is one process. On PostgreSQL each part is a process of its own, under one that
watches them (`ingest.supervisor`): judging a night must not slow down the answers to bridges, and
any number of hosts may serve the same store, of which one judges. The port is taken first, so that
a second centre on the same port ends before it judges anything.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import sdnotify
from sqlalchemy import Engine

from ingest.config import IngestConfig
from ingest.errors import ConfigError
from ingest.health import Notify
from ingest.metrics_door import Door, opened
from ingest.parts import Clock, Daemon, Parts, answering
from ingest.server import listen, stop_is_no_failure, url_of
from ingest.supervisor import Role, Supervisor
from ingest.tls import ServedCertificate

log = logging.getLogger(__name__)


def serve(config: IngestConfig, engine: Engine, *, clock: Clock) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigError, ServeError."""
    for warning in config.warnings:
        log.warning("%s", warning)
    alone = engine.dialect.name == "sqlite"
    if alone and config.workers > 1:
        raise ConfigError(
            [
                f"ingest.workers: {config.workers} processes cannot share a store in a file, where "
                "one writes at a time anyway; use PostgreSQL, or workers = 1"
            ]
        )
    tls = None if config.tls is None else ServedCertificate(config.tls, clock)
    with listen(config.host, config.port) as listening, _metrics(config) as door:
        url = url_of(listening, tls=tls is not None)
        notify = _telling(url, sdnotify.SystemdNotifier().notify)
        if alone:
            daemon = Daemon(config, engine, clock=clock, notify=notify, tls=tls, judges=True)
            with stop_is_no_failure(), answering(door, config, engine, clock):
                daemon.run(listening)
            return
        engine.dispose()  # each process makes connections of its own
        parts = Parts(config, clock, tls, door)
        workers = [Role(f"api-{number + 1}", parts.answer) for number in range(config.workers)]
        Supervisor([*workers, Role("judge", parts.judge)], notify=notify).run(listening)


@contextmanager
def _metrics(config: IngestConfig) -> Iterator[Door | None]:
    """Take the port of the metrics, before anything is counted. Raises ServeError."""
    if config.metrics is None:
        yield None
        return
    with listen(*config.metrics, key="metrics_listen") as listening, opened(listening) as door:
        yield door


def _telling(url: str, notify: Notify) -> Notify:
    """Say in the log, too, what systemd is told of the beginning and the end."""

    def tell(text: str) -> None:
        if text.startswith("READY=1"):
            log.info("listening on %s", url)
        elif text.startswith("STOPPING=1"):
            log.info("stopping")
        notify(text)

    return tell
