"""A centre that listens on loopback, and a bridge whose requests are signed."""

import gzip
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
import uvicorn
from signed import Signer
from sqlalchemy import Engine, func, select

from ingest.connections import HEAD_BYTES, Connection
from ingest.store import tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading
from ingest.wire import Batch, Heartbeat, Signed, encode_batch, encode_heartbeat

Answer = requests.Response


@dataclass(frozen=True, slots=True)
class Served:
    """A centre that listens, and the key of a bridge of office A."""

    port: int
    signer: Signer
    bridge: Bridge
    engine: Engine
    time: int
    """What the bridge's clock shows, in epoch seconds."""

    def post(self, path: str, body: Any, **headers: str | None) -> Answer:
        """Sign a body and send it; headers told here take the place of others."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = body if isinstance(body, bytes) else b""
        found = {"Content-Encoding": "gzip", **self.sign(path, whole).headers()}
        with requests.Session() as session:
            session.trust_env = False
            return session.post(
                f"http://127.0.0.1:{self.port}{path}",
                data=body,
                headers={**found, **named},
                timeout=20,
            )

    def sign(self, path: str, body: bytes, **other: Any) -> Signed:
        told = {"time": self.time, "nonce": secrets.token_hex(16)} | other
        return self.signer.sign(path, body, **told)

    def send(self, batch: Batch, **headers: str | None) -> Answer:
        return self.post("/v2/punches", gzip.compress(encode_batch(batch)), **headers)

    def beat(self, heartbeat: Heartbeat) -> Answer:
        return self.post("/v2/heartbeat", gzip.compress(encode_heartbeat(heartbeat)))

    def get(self, path: str) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://127.0.0.1:{self.port}{path}", timeout=20)

    def request(self, body: bytes, *, announced: int | None = None) -> bytes:
        """Return a request as bytes, for lines that break in the middle of it."""
        signed = self.sign("/v2/punches", body).headers()
        return (
            "POST /v2/punches HTTP/1.1\r\nHost: centre\r\nContent-Encoding: gzip\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in signed.items())
            + f"Content-Length: {announced or len(body)}\r\n\r\n"
        ).encode() + body

    def count(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(tables.punches)) or 0


class Slot:
    """A server on a port of the system's choice, whose application each test brings."""

    def __init__(self, http: type[Connection] = Connection) -> None:
        self.app: Any = None
        self._listener = socket.create_server(("127.0.0.1", 0))  # who comes is queued from here on
        self.port = int(self._listener.getsockname()[1])
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._call,
                interface="asgi3",
                http=http,
                h11_max_incomplete_event_size=HEAD_BYTES,
                lifespan="off",
                log_config=None,
                access_log=False,
                ws="none",
            )
        )
        sockets = {"sockets": [self._listener]}
        self._thread = threading.Thread(target=self._server.run, kwargs=sockets)
        self._thread.start()

    async def _call(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    def wait_until_at_work(self, count: int, within_s: float) -> bool:
        """Wait until so many requests are at work; say whether that came about."""
        return self._wait(lambda: len(self._server.server_state.tasks) == count, within_s)

    def wait_until_connected(self, count: int, within_s: float) -> bool:
        """Wait until so many are connected; say whether that came about."""
        return self._wait(lambda: len(self._server.server_state.connections) == count, within_s)

    def _wait(self, reached: Callable[[], bool], within_s: float) -> bool:
        deadline, pause = time.monotonic() + within_s, threading.Event()
        while not reached() and time.monotonic() < deadline:
            pause.wait(0.01)
        return reached()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self._listener.close()


def error_of(answer: Answer) -> str:
    """Return the one sentence of a refusal."""
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert set(found) <= {"error", "code", "now", "request"}
    sentence = str(found["error"])
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence
