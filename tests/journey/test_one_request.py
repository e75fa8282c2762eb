"""One request, one id: in the bridge's log, in the refusal, and in the centre's log."""

import contextlib
import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn

from bridge.centre import Centre
from bridge.errors import CentreError, KeyRefused
from bridge.forwarder import Forwarder
from bridge.health import Health
from bridge.keys import ENROLLING, KeyFiles
from bridge.logs import OneLine
from bridge.outbox import Outbox
from ingest import logs, wire
from ingest.api import create_app
from ingest.store.database import migrate, open_engine

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where a centre listens that knows nobody."""
    engine = open_engine(f"sqlite:///{tmp_path / 'hadir.db'}")
    migrate(engine)
    app = create_app(engine, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, clock=lambda: NOW)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
            engine.dispose()


@pytest.fixture
def centre(url: str, tmp_path: Path) -> Iterator[Centre]:
    """A bridge's way there, with a key that the centre does not know."""
    keys = KeyFiles(tmp_path)
    keys.promote(ENROLLING, keys.prepare(ENROLLING, 1))
    with Centre(url, keys, timeout_s=10, clock=NOW.timestamp) as opened:
        yield opened


class Lines(logging.Handler):
    """The lines of one side, as it would write them."""

    def __init__(self, form: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(form)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextlib.contextmanager
def listening_to(side: str, form: logging.Formatter) -> Iterator[list[str]]:
    logger, lines = logging.getLogger(side), Lines(form)
    before = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    yield lines.told
    logger.setLevel(before)
    logger.removeHandler(lines)


def request_in(line: str) -> str:
    return line.partition("[request=")[2].split()[0]


def test_a_refusal_is_found_by_its_id_in_both_logs(centre: Centre, tmp_path: Path) -> None:
    with (
        listening_to("ingest", logs.formatter("text")) as at_the_centre,
        listening_to("bridge", OneLine("%(message)s")) as at_the_office,
        Outbox(tmp_path / "outbox.db") as outbox,
    ):
        forwarder = Forwarder(
            outbox,
            centre,
            health=Health(),
            heartbeat_s=60,
            bridge_version="1",
            random=lambda: 0.5,
            key_mark=lambda: None,
            clock=NOW.timestamp,
        )
        forwarder.step()
        # a fault is told when it begins: an id in it would make each try a new one
        assert request_in(at_the_centre[0]) not in outbox.ledger.centre().error
    (theirs,) = at_the_centre
    (ours,) = at_the_office
    assert theirs.startswith("INFO ingest.observed: refused with 401: unknown-key [request=")
    request = request_in(theirs)
    assert len(bytes.fromhex(request)) == 16
    assert ours.endswith(f"[request={request}]")


def test_each_request_has_an_id_of_its_own(centre: Centre) -> None:
    found = []
    for _ in range(2):
        with pytest.raises(KeyRefused) as refused:
            centre.probe()
        found.append(refused.value.request)
    assert len(set(found)) == 2


def test_an_answer_that_is_broken_has_the_id_of_its_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = "0123456789abcdef" * 2
    monkeypatch.setattr(secrets, "token_hex", lambda _size=16: nonce)
    keys = KeyFiles(tmp_path)
    keys.promote(ENROLLING, keys.prepare(ENROLLING, 1))
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 500 Sorry\r\nContent-Length: 0\r\n\r\n",
        b"",
    ]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer, args=(listening, answers))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for _ in answers:
            with Centre(url, keys, timeout_s=10) as opened, pytest.raises(CentreError) as broken:
                opened.post(wire.Batch("a" * 32, None))
            assert broken.value.request == nonce
        thread.join(30)


def _answer(listening: socket.socket, answers: list[bytes]) -> None:
    for one in answers:
        call, _ = listening.accept()
        with call:
            call.settimeout(10)
            received = b""
            while b"\r\n\r\n" not in received:
                received += call.recv(65_536)
            call.sendall(one)
