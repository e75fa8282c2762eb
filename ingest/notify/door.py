"""Asks a gateway over HTTP, and is exact about what may have been sent.

Each request has a connection of its own: one that is used again may have been closed by the other
side meanwhile, and then nobody can say whether it took the message. Until the connection stands,
nothing was sent; from the first byte on, only an answer tells. Redirects are not followed, proxies
of the environment are not used, answers are bounded in size and in time.
"""

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from ingest.errors import IngestError
from ingest.notify.base import Failure, Fault

MAX_ANSWER = 256 << 10
MAX_WAIT_S = 86_400.0
_PIECE = 1 << 14
_FAULTS = (HTTPError, OSError, http.client.HTTPException, ValueError)


class Unheard(IngestError):
    """No whole answer came; `failure` says whether something may have been sent."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway answered, not yet believed."""

    status: int
    body: bytes
    retry_after_s: float | None

    def json(self) -> dict[str, Any] | None:
        """Return the object in the body; None where there is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


class Door:
    """The way to one gateway; `name` is how its channel is called."""

    def __init__(self, name: str, base_url: str, *, timeout_s: float, ca_file: str = "") -> None:
        parts = urlsplit(base_url)
        self._name, self._timeout_s = name, timeout_s
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._prefix = parts.path.rstrip("/")
        self._ca_file = ca_file or certifi.where()

    @property
    def prefix(self) -> str:
        """The path the gateway's address begins with, for gateways that sign it."""
        return self._prefix

    def post_json(self, path: str, body: object, headers: Mapping[str, str]) -> Answer:
        """Post an object. Raises Unheard."""
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return self.ask("POST", path, {"Content-Type": "application/json"} | {**headers}, data)

    def post_form(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Post a form. Raises Unheard."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, kind | {**headers}, urlencode(form).encode())

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send one request and read its answer. Raises Unheard."""
        connection = self._connected(headers)
        raw = connection.sock
        over = threading.Timer(self._timeout_s * 2, _hang_up, [raw])
        over.daemon = True
        over.start()
        try:
            return self._exchange(connection, method, path, headers, body)
        except _FAULTS as error:
            what = f"hung up or fell silent ({_kind(error)})"
            raise self._unheard(Fault.UNKNOWN, what) from error
        finally:
            over.cancel()
            connection.close()

    def _connected(self, headers: Mapping[str, str]) -> HTTPConnection:
        """Return a connection over which nothing was sent yet."""
        try:
            for value in headers.values():
                value.encode("latin-1")
        except UnicodeEncodeError as error:
            raise self._unheard(Fault.ACCOUNT, "has a key that is no plain text") from error
        connection = (
            HTTPSConnection(
                self._host,
                self._port,
                timeout=self._timeout_s,
                cert_reqs="CERT_REQUIRED",
                ca_certs=self._ca_file,
            )
            if self._secure
            else HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        )
        try:
            connection.connect()
        except _FAULTS as error:
            connection.close()
            raise self._unheard(Fault.LATER, f"cannot be reached ({_kind(error)})") from error
        return connection

    def _exchange(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        own = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": f"hadir-ingest/{version('hadir')}",
        }
        connection.request(
            method, self._prefix + path, body, own | {**headers}, preload_content=False
        )
        response = connection.getresponse()
        found = bytearray()
        while piece := response.read(_PIECE, decode_content=False):
            found += piece
            if len(found) > MAX_ANSWER:
                raise ValueError("the answer is too large")
        return Answer(response.status, bytes(found), _seconds(response.headers.get("Retry-After")))

    def _unheard(self, fault: Fault, what: str) -> Unheard:
        return Unheard(Failure(fault, f"{self._name}: the gateway {what}"))


def _hang_up(raw: socket.socket | None) -> None:
    """End a talk that takes too long, however slowly it drips. The reader sees the end of it."""
    if raw is not None:
        try:
            socket.socket.shutdown(raw, socket.SHUT_RDWR)
        except OSError:
            return  # it ended by itself


def _kind(error: Exception) -> str:
    """Name an error without its text, which may hold the address that was asked."""
    return type(error).__name__


def _seconds(told: str | None) -> float | None:
    """Read Retry-After where it is a number of seconds, within a day."""
    if told is None or not (told.isascii() and told.isdigit()) or len(told) > 9:
        return None
    return min(float(told), MAX_WAIT_S)
