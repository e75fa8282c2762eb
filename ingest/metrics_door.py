"""Where Prometheus asks: a port of its own, apart from that of the bridges, without a token.

One for each host, whatever the number of workers. While it is open, counters live in files that all
processes started inside share (`PROMETHEUS_MULTIPROC_DIR`); here they are summed. Whoever asks is
answered one after another and within seconds: this port must never hold up a punch.
"""

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from socket import AF_INET6, SHUT_RDWR, socket
from socketserver import TCPServer
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Metric, generate_latest, values
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from ingest.errors import ServeError
from ingest.metrics import counts
from ingest.metrics_store import StoreReadings

log = logging.getLogger(__name__)

PATH = "/metrics"
TIMEOUT_S = 5.0
WITHIN_S = 15.0
"""For a whole request: a sender of single bytes is not waited for."""
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shown(
    listen: tuple[str, int] | None,
    engine: Engine,
    *,
    zone: ZoneInfo,
    clock: Callable[[], datetime],
) -> Iterator[int]:
    """Answer Prometheus while the block lasts; yield the port. None listens nowhere: port 0.

    Enter it before anything is counted and before workers are started. Raises ServeError.
    """
    if listen is None:
        yield 0
        return
    with _shared_counters() as registry:
        registry.register(StoreReadings(engine, zone=zone, clock=clock))
        with _served(registry, *listen) as port:
            yield port


@contextmanager
def _shared_counters() -> Iterator[CollectorRegistry]:
    """Let the counters of this process and of those it starts live in files they share."""
    with tempfile.TemporaryDirectory(prefix="hadir-metrics-") as folder:
        os.environ[_SHARED] = folder
        before, values.ValueClass = values.ValueClass, values.MultiProcessValue()  # type: ignore[no-untyped-call]
        counts.cache_clear()
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        registry.register(_Build())
        try:
            yield registry
        finally:
            del os.environ[_SHARED]
            values.ValueClass = before
            counts.cache_clear()


class _Build(Collector):
    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily(
            "hadir_centre_build", "What runs here.", value={"version": version("hadir")}
        )


@contextmanager
def _served(registry: CollectorRegistry, host: str, port: int) -> Iterator[int]:
    try:
        server = _Server(registry, host, port)
    except OSError as error:
        raise ServeError(
            f"metrics_listen: cannot take {host}:{port} ({error.strerror}); another program may "
            "have it: stop that one, or choose another address in [ingest]"
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    log.info("metrics on http://%s:%d%s", host, server.port, PATH)
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(TCPServer):
    """One request after another."""

    allow_reuse_address = True

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        if ":" in host:
            self.address_family = AF_INET6
        self.registry = registry
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        end = threading.Timer(WITHIN_S, _hang_up, (request,))
        end.start()
        try:
            super().finish_request(request, client_address)
        finally:
            end.cancel()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        log.debug("whoever asked for metrics has hung up", exc_info=True)


def _hang_up(request: socket) -> None:
    with suppress(OSError):  # it may have ended by itself just now
        request.shutdown(SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = TIMEOUT_S

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._answer(404, b"only " + PATH.encode() + b" is here\n")
            return
        try:
            told = generate_latest(self.server.registry)
        except Exception:  # the top of a request
            log.exception("the metrics could not be read")
            self._answer(500, b"the metrics could not be read; the log says why\n")
        else:
            self._answer(200, told, CONTENT_TYPE_PLAIN_0_0_4)

    def version_string(self) -> str:
        return "hadir"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: it is asked every few seconds."""

    def _answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
