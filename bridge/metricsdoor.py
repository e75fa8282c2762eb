"""Where Prometheus asks this bridge: one request after another, each within seconds.

A thread beside the loops, and none of them: the watchdog does not count it, because a bridge is not
started anew for its readings.
"""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bridge.errors import BridgeError

log = logging.getLogger(__name__)

PATH = "/metrics"
TIMEOUT_S = 5.0
WITHIN_S = 15.0
"""For a whole request: a sender of single bytes is not waited for."""


class MetricsPortTaken(BridgeError):
    """The port for Prometheus cannot be had."""


@contextmanager
def shown(readings: Collector, host: str, port: int) -> Iterator[int]:
    """Answer while the block lasts; yield the port. Raises MetricsPortTaken."""
    registry = CollectorRegistry()
    registry.register(readings)
    try:
        server = _Server(registry, host, port)
    except OSError as error:
        raise MetricsPortTaken(
            f"metrics_listen: cannot take {host}:{port} ({error.strerror}); another program may "
            "have it: stop that one, or choose another address in [bridge]"
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(TCPServer):
    allow_reuse_address = True

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        if ":" in host:
            self.address_family = socket.AF_INET6
        self.registry = registry
        super().__init__((host, port), _Handler)

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
