"""A gateway on loopback that answers as it is told, and bites.

`bites` are taken one a request, in order; None lets one through. Each is given the handler of the
request, whose body was read already.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Bite = Callable[["Asking"], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}


class Asking(BaseHTTPRequestHandler):
    """One request at the gateway `server.gateway`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def _do(self) -> None:
        gateway: Gateway = self.server.gateway  # type: ignore[attr-defined]
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        gateway.asked.append(asked)
        bite = gateway.bites.pop(0) if gateway.bites else None
        if bite is not None:
            bite(self)
            self.close_connection = True
            return
        status, told = gateway.answer(asked)
        self.tell(status, json.dumps(told).encode())

    def tell(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Gateway:
    """A server on a port of its own; subclasses say how it answers."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.bites: list[Bite | None] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Asking)
        self._server.daemon_threads = True
        self._server.gateway = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Gateway":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> tuple[int, object]:
        raise NotImplementedError


# What a gateway may do instead of answering.


def silent(asking: Asking) -> None:
    """Read everything and say nothing, until the gateway is closed."""
    asking.server.gateway.over.wait(30)  # type: ignore[attr-defined]


def hangs_up(asking: Asking) -> None:
    """Read everything and end the connection with a reset."""
    linger = struct.pack("ii", 1, 0)
    asking.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    asking.connection.close()


def half(asking: Asking) -> None:
    """Begin an answer and hang up in the middle."""
    asking.send_response(200)
    asking.send_header("Content-Length", "1000")
    asking.end_headers()
    asking.wfile.write(b'{"status": tr')


def giant(asking: Asking) -> None:
    """Answer with more than anybody reads."""
    asking.send_response(200)
    asking.send_header("Content-Length", str(1 << 30))
    asking.end_headers()
    try:
        for _ in range(64):
            asking.wfile.write(b" " * (1 << 16))
    except OSError:
        return  # the reader has had enough


def page(asking: Asking) -> None:
    """Answer with a page for eyes, as a portal in between does."""
    asking.tell(200, b"<html>Silakan masuk</html>", "text/html")


def status(code: int, body: object = None, **headers: str) -> Bite:
    """Return what answers with this status."""
    told = b"" if body is None else json.dumps(body).encode()
    return lambda asking: asking.tell(code, told, **headers)


def told(body: object) -> Bite:
    """Return what answers 200 with this body."""
    return status(200, body)
