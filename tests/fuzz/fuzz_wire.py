"""Bodies between bridge and centre, the centre's door, and what a bridge is answered."""

import gzip
import json
import logging
import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from fuzz_loop import Trial
from fuzz_seeds import TESTS
from sqlalchemy import Engine, insert

from bridge.centre import Centre
from bridge.errors import CentreError
from ingest import wire
from ingest.api import create_app
from ingest.store import bridges, tables
from ingest.store.database import migrate, open_engine, writing

GOLDEN = TESTS / "ingest" / "golden"
AT = datetime(2026, 3, 3, 1, tzinfo=UTC)
ANSWERS_S = 0.3
TERMINAL = "CKPG1"
"""The terminal the golden bodies speak of."""
WORDS = tuple(
    f'"{word}"'.encode()
    for word in ("version", "outbox", "after", "punches", "bad", "id", "raw", "coverage", "parked")
)


def _golden(name: str) -> bytes:
    return (GOLDEN / f"v1-{name}.json").read_bytes()


def with_ids(body: bytes) -> bytes:
    """Give changed rows the ids that belong to them, so that more of them come in."""
    try:
        found = json.loads(body)
        rows = found["punches"]
        named = zip(rows["terminal"], rows["user_id"], rows["local_time"], strict=True)
        rows["id"] = [wire.punch_id(*one[:2], datetime.fromisoformat(one[2])) for one in named]
        rows = found["bad"]
        rows["id"] = [
            wire.bad_record_id(terminal, bytes.fromhex(raw))
            for terminal, raw in zip(rows["terminal"], rows["raw"], strict=True)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return body
    return json.dumps(found).encode()


@contextmanager
def batches() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        body = data[1:]
        if data[:1] > b"\x7f":
            body = with_ids(body)
        decoded = wire.decode_batch(body)
        again = wire.decode_batch(wire.encode_batch(decoded.batch))
        assert again == wire.DecodedBatch(decoded.batch, {})
        for reason in decoded.rejected.values():
            assert len(reason) <= 500
        wire.encode_receipt(wire.Receipt("0" * 32, (), decoded.rejected))

    body = _golden("batch")
    yield Trial(run, [b"\x00" + body, b"\x80" + body], (wire.WireError,), WORDS)


def _both_ways(
    name: str, decode: Callable[[bytes], Any], encode: Callable[[Any], bytes]
) -> Iterator[Trial]:
    def run(data: bytes) -> None:
        found = decode(data)
        assert decode(encode(found)) == found

    yield Trial(run, [_golden(name)], (wire.WireError,), WORDS)


@contextmanager
def receipts() -> Iterator[Trial]:
    yield from _both_ways("receipt", wire.decode_receipt, wire.encode_receipt)


@contextmanager
def heartbeats() -> Iterator[Trial]:
    yield from _both_ways("heartbeat", wire.decode_heartbeat, wire.encode_heartbeat)


@contextmanager
def heartbeat_replies() -> Iterator[Trial]:
    yield from _both_ways(
        "heartbeat-reply", wire.decode_heartbeat_reply, wire.encode_heartbeat_reply
    )


class _Complaints(logging.Handler):
    """Keeps the faults that the centre answers with 500 and writes into its log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.faults: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.faults.append(record.exc_info[1])


@contextmanager
def centre_store() -> Iterator[Engine]:
    """A store with one office, two people's worth of tables, and a terminal."""
    folder = Path(tempfile.mkdtemp(prefix="hadir-fuzz-"))
    engine = open_engine(f"sqlite:///{folder / 'hadir.db'}")
    try:
        migrate(engine)
        with writing(engine) as connection:
            connection.execute(
                insert(tables.offices), [{"code": "A", "name": "Dinas A", "scheme": "5-hari"}]
            )
            connection.execute(
                insert(tables.terminals),
                [
                    {
                        "serial": TERMINAL,
                        "name": "front-door",
                        "office": "A",
                        "registered": True,
                        "counts_from": date(2026, 2, 1),
                        "first_seen_at": AT,
                    }
                ],
            )
        yield engine
    finally:
        engine.dispose()
        shutil.rmtree(folder)


@contextmanager
def api() -> Iterator[Trial]:
    """The centre behind a real socket: whatever comes, an answer, and never 500.

    | how u8 | body or request |    how: 0 batch, 1 heartbeat, 2 a whole request; +4 the body is
                                    compressed already, +8 its ids are put right
    """
    complaints = _Complaints()
    with ExitStack() as stack:
        engine = stack.enter_context(centre_store())
        with writing(engine) as connection:
            _, token = bridges.add(connection, office="A", name="a", now=AT)
        app = create_app(
            engine,
            zone=ZoneInfo("Asia/Makassar"),
            clock_limit_s=300,
            clock=lambda: AT,
            max_body_bytes=1 << 20,
        )
        port = stack.enter_context(_listening(app))
        logging.getLogger().addHandler(complaints)
        stack.callback(logging.getLogger().removeHandler, complaints)

        def run(data: bytes) -> None:
            request = _request(data[0] if data else 0, data[1:], token)
            with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
                answer = _answer(link, request)
            if complaints.faults:
                raise complaints.faults.pop()
            assert not answer.startswith(b"HTTP/1.1 5"), answer[:200]

        batch, heartbeat = _golden("batch"), _golden("heartbeat")
        fresh = json.dumps({**json.loads(batch), "after": None}).encode()
        alive = json.dumps({**json.loads(heartbeat), "after": None}).encode()
        whole = _request(0, fresh, "TOKEN")
        yield Trial(
            run,
            [
                *(b"\x08" + fresh, b"\x00" + batch, b"\x01" + alive, b"\x01" + heartbeat),
                *(b"\x04" + gzip.compress(fresh, mtime=0), b"\x05" + gzip.compress(alive, mtime=0)),
                *(b"\x02" + whole, b"\x02GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
            ],
            words=(*WORDS, b"\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n"),
        )


def _request(how: int, body: bytes, token: str) -> bytes:
    if how & 2:
        return body.replace(b"TOKEN", token.encode())
    if how & 8:
        body = with_ids(body)
    if not how & 4:
        body = gzip.compress(body, 1, mtime=0)
    path = "heartbeat" if how & 1 else "punches"
    return (
        f"POST /v1/{path} HTTP/1.1\r\nHost: centre\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode() + body


def _answer(link: socket.socket, request: bytes) -> bytes:
    """Send a request and return what comes back until the centre hangs up, or we do."""
    answer = b""
    try:
        link.sendall(request)
        if not select.select([link], [], [], ANSWERS_S)[0]:
            link.shutdown(socket.SHUT_WR)  # it may wait for more, which never comes
        while received := link.recv(65_536):
            if not answer:
                link.shutdown(socket.SHUT_WR)  # it may wait for another request
            answer += received
    except ConnectionError:  # it hung up before it had read all of our rubbish
        return answer
    return answer


@contextmanager
def _listening(app: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def centre_answers() -> Iterator[Trial]:
    """A bridge before a web server that answers anything at all."""
    said = [b""]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_all, args=(listener, said), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        batch = wire.Batch("0" * 32, None)
        heartbeat = wire.Heartbeat("0" * 32, None, 0, "0.1.0", 0, 0, None)

        def run(data: bytes) -> None:
            said[0] = data[1:]
            with Centre(f"http://127.0.0.1:{port}", lambda: "hb_token", timeout_s=1.0) as centre:
                if data[:1] > b"\x7f":
                    centre.heartbeat(heartbeat)
                else:
                    centre.post(batch)

        good = [
            sign + b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            for sign, body in ((b"\x00", _golden("receipt")), (b"\x80", _golden("heartbeat-reply")))
        ]
        refusals = [
            b"\x00HTTP/1.1 %d No\r\nX-A: b\r\n%s\r\n%s" % (status, head, body)
            for status in (400, 401, 409, 413, 503, 301, 502)
            for head in (b"Retry-After: 5\r\n", b"Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
                         b"Transfer-Encoding: chunked\r\n")
            for body in (b'{"error":"no"}', b"<html>", b"5\r\n{\"er\"\r\n0\r\n\r\n")
        ]  # fmt: skip
        words = (
            b"Retry-After: ",
            b"9999",
            b"-2359",
            b"Content-Encoding: gzip\r\n",
            b"Location: /\r\n",
        )
        yield Trial(run, good + refusals, (CentreError,), words)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _answer_all(listener: socket.socket, said: list[bytes]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:  # closed: the end
            return
        with client:
            client.settimeout(10)
            try:
                _read_request(client)
                client.sendall(said[0])
                client.shutdown(socket.SHUT_WR)
            except OSError:  # the bridge hung up on what we say
                continue


def _read_request(client: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(value)
        for line in head.split(b"\r\n")
        for name, value in pairwise(line.split(b": "))
        if name.lower() == b"content-length"
    )
    while len(body) < length:
        body += client.recv(65_536)
