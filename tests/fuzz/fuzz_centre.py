"""The centre's door over a real socket, and what a bridge is answered."""

import gzip
import json
import logging
import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from fuzz_loop import Trial
from fuzz_wire import WORDS, golden, with_chains
from served import Slot
from signed import Signer
from sqlalchemy import Engine, insert

from bridge.centre import Centre
from bridge.errors import CentreError
from bridge.keys import CURRENT, ENROLLING, KeyFiles
from ingest import wire
from ingest.api import create_app
from ingest.store import bridges, tables
from ingest.store.database import migrate, open_engine, writing

AT = datetime(2026, 3, 3, 1, tzinfo=UTC)
ANSWERS_S = 0.3
TERMINAL = "CKPG1"
"""The terminal the golden bodies speak of."""
BRIDGE, STRANGER = Signer("bridge"), Signer("stranger")
PATHS = ("/v2/punches", "/v2/heartbeat", "/v2/enrol", "/v2/rotate")


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

    | how u8 | body or request |    how: 0 to 3 which of PATHS; +4 a whole request, as it stands;
                                    +8 its chains are put right; +16 the body is compressed already
    """
    complaints = _Complaints()
    with ExitStack() as stack:
        engine = stack.enter_context(centre_store())
        with writing(engine) as connection:
            added = bridges.add(connection, office="A", name="a", now=AT)
            bridges.add_key(connection, added.id, BRIDGE.public_key, now=AT, grounds={})
        slot = Slot()
        stack.callback(slot.stop)
        slot.app = create_app(
            engine,
            zone=ZoneInfo("Asia/Makassar"),
            clock_limit_s=300,
            clock=lambda: AT,
            max_body_bytes=1 << 20,
        )
        logging.getLogger().addHandler(complaints)
        stack.callback(logging.getLogger().removeHandler, complaints)
        nonces = (f"{n:032x}" for n in count())

        def run(data: bytes) -> None:
            request = _request(data[0] if data else 0, data[1:], next(nonces))
            with socket.create_connection(("127.0.0.1", slot.port), timeout=10) as link:
                answer = _answer(link, request)
            if complaints.faults:
                raise complaints.faults.pop()
            assert not answer.startswith(b"HTTP/1.1 5"), answer[:200]

        yield Trial(
            run,
            _seeds(),
            words=(*WORDS, b"\r\n", b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n"),
        )


def _seeds() -> list[bytes]:
    batch, beat = golden("batch"), golden("heartbeat")
    fresh = json.dumps({**json.loads(batch), "after": None}).encode()
    alive = json.dumps({**json.loads(beat), "after": None}).encode()
    shown = {"public_key": STRANGER.public_key.hex()}
    enrol = json.dumps(json.loads(golden("enrolment")) | shown).encode()
    proof = {"proof": STRANGER.prove(BRIDGE.key_id).hex()}
    rotate = json.dumps(json.loads(golden("rotation")) | shown | proof).encode()
    # the rotation is cut short: one that is taken would end the key of all that follows
    return [
        *(b"\x08" + fresh, b"\x00" + batch, b"\x01" + alive, b"\x01" + beat, b"\x02" + enrol),
        *(b"\x03" + rotate[:-9], b"\x10" + gzip.compress(fresh, mtime=0)),
        *(b"\x04" + _request(0, fresh, "f" * 32), b"\x04GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]


def _request(how: int, body: bytes, nonce: str) -> bytes:
    """Return a request that is signed as it should be, whatever is in it."""
    if how & 4:
        return body
    if how & 8:
        body = with_chains(body)
    if not how & 16:
        body = gzip.compress(body, 1, mtime=0)
    path = PATHS[how & 3]
    signer = STRANGER if path == "/v2/enrol" else BRIDGE
    signed = signer.sign(path, body, time=int(AT.timestamp()), nonce=nonce).headers()
    return (
        f"POST {path} HTTP/1.1\r\nHost: centre\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
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
def centre_answers() -> Iterator[Trial]:
    """A bridge before a web server that answers anything at all.

    | asked u8 | answer |    asked: 0 a batch, 1 a heartbeat, 2 an enrolment, 3 a rotation
    """
    said = [b""]
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        keys = KeyFiles(
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hadir-fuzz-")))
        )
        own = keys.prepare(CURRENT, 0)
        other = keys.prepare(ENROLLING, 0)
        thread = threading.Thread(target=_answer_all, args=(listener, said), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        batch = wire.Batch("0" * 32, None)
        heartbeat = wire.Heartbeat("0" * 32, None, 0, "0.1.0", 0, 0, None)

        def run(data: bytes) -> None:
            said[0] = data[1:]
            asked = (data[0] if data else 0) & 3
            with Centre(url, keys, timeout_s=1.0) as centre:
                if asked == 0:
                    centre.post(batch)
                elif asked == 1:
                    centre.heartbeat(heartbeat)
                elif asked == 2:
                    centre.enrol(wire.Enrolment("12", own.public, "0.2.0"), own)
                else:
                    centre.rotate(own, other)

        yield Trial(run, _answers(), (CentreError,), _ANSWER_WORDS)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


_ANSWER_WORDS = (
    b"Retry-After: ", b"9999", b"-2359", b"Content-Encoding: gzip\r\n", b"Location: /\r\n",
    b'"code": "clock"', b'"now": ',
)  # fmt: skip


def _answers() -> list[bytes]:
    good = [
        bytes([asked]) + b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for asked, body in enumerate(
            golden(name) for name in ("receipt", "heartbeat-reply", "enrolled", "rotated")
        )
    ]
    refusals = [
        b"\x00HTTP/1.1 %d No\r\nX-A: b\r\n%s\r\n%s" % (status, head, body)
        for status in (400, 401, 403, 409, 412, 413, 429, 503, 301, 502)
        for head in (b"Retry-After: 5\r\n", b"Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
                     b"Transfer-Encoding: chunked\r\n")
        for body in (b'{"error":"no","code":"clock","now":1}', b"<html>",
                     b"5\r\n{\"er\"\r\n0\r\n\r\n")
    ]  # fmt: skip
    return good + refusals


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
