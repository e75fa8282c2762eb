"""Where Prometheus asks: a port of its own, apart from that of the bridges, without a token.

One for each host, whatever the number of its processes. Their counters live in files that all of
them share (`PROMETHEUS_MULTIPROC_DIR`) and are summed here. Whoever asks is answered one after
another and within seconds: this port must never hold up a punch.
"""

import logging
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from importlib.metadata import version
from socketserver import TCPServer
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Metric, generate_latest, values
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from ingest.metrics import counts
from ingest.metrics_store import StoreReadings

log = logging.getLogger(__name__)

PATH = "/metrics"
TIMEOUT_S = 5.0
WITHIN_S = 15.0
"""For a whole request: a sender of single bytes is not waited for."""
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Door:
    """A port that is taken, and the folder of the counters; one process of the host answers."""

    def __init__(self, listening: socket.socket, folder: str) -> None:
        self._listening = listening
        self._folder = folder
        self.port = int(listening.getsockname()[1])

    @contextmanager
    def answered(
        self, engine: Engine, *, zone: ZoneInfo, clock: Callable[[], datetime]
    ) -> Iterator[None]:
        """Answer from a thread of this process while the block lasts."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, self._folder)  # type: ignore[no-untyped-call]
        registry.register(_Build())
        registry.register(StoreReadings(engine, zone=zone, clock=clock))
        server = _Server(registry, self._listening.dup())
        thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def opened(listening: socket.socket) -> Iterator[Door]:
    """Let this process and those it forks count into files they share, while the block lasts.

    Enter it before anything is counted, in the process above all others.
    """
    with tempfile.TemporaryDirectory(prefix="hadir-metrics-") as folder:
        before = values.ValueClass
        os.environ[_SHARED] = folder
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        counts.cache_clear()
        try:
            yield Door(listening, folder)
        finally:
            del os.environ[_SHARED]
            values.ValueClass = before
            counts.cache_clear()


class _Build(Collector):
    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily(
            "hadir_centre_build", "What runs here.", value={"version": version("hadir")}
        )


class _Server(TCPServer):
    """One request after another, on a socket that listens already and is closed with it."""

    def __init__(self, registry: CollectorRegistry, listening: socket.socket) -> None:
        self.registry = registry
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def finish_request(self, request: Any, client_address: Any) -> None:
        end = threading.Timer(WITHIN_S, _hang_up, (request,))
        end.start()
        try:
            super().finish_request(request, client_address)
        finally:
            end.cancel()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        log.debug("whoever asked for metrics has hung up", exc_info=True)


def _hang_up(request: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself just now
        request.shutdown(socket.SHUT_RDWR)


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
