"""The door of the centre, over real sockets: what a bridge, a bad line and an enemy get from it."""

import contextlib
import gzip
import json
import logging
import shutil
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
import uvicorn
from sqlalchemy import Engine, func, select, text

from ingest.api import create_app
from ingest.store import bridges, tables
from ingest.store.bridges import Bridge
from ingest.store.database import open_engine, reading, writing
from ingest.wire import (
    Batch,
    Coverage,
    Heartbeat,
    decode_heartbeat_reply,
    decode_receipt,
    encode_batch,
    encode_heartbeat,
)

ZONE = ZoneInfo("Asia/Makassar")
OUTBOX = "0" * 32
Make = Callable[..., Any]
either = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""For what happens before the store is asked: which store it is makes no difference."""
Answer = requests.Response


@dataclass(frozen=True, slots=True)
class Served:
    """A centre that listens, and the token of a bridge of office A."""

    port: int
    token: str
    bridge: Bridge
    engine: Engine

    def post(self, path: str, body: Any, **headers: str | None) -> Answer:
        found = {"Authorization": f"Bearer {self.token}", "Content-Encoding": "gzip"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with requests.Session() as session:
            session.trust_env = False
            return session.post(
                f"http://127.0.0.1:{self.port}{path}",
                data=body,
                headers={**found, **named},
                timeout=20,
            )

    def send(self, batch: Batch, **headers: str | None) -> Answer:
        return self.post("/v1/punches", gzip.compress(encode_batch(batch)), **headers)

    def beat(self, heartbeat: Heartbeat) -> Answer:
        return self.post("/v1/heartbeat", gzip.compress(encode_heartbeat(heartbeat)))

    def get(self, path: str) -> Answer:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://127.0.0.1:{self.port}{path}", timeout=20)

    def request(self, body: bytes, *, announced: int | None = None) -> bytes:
        """Return a request as bytes, for lines that break in the middle of it."""
        return (
            "POST /v1/punches HTTP/1.1\r\nHost: centre\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Encoding: gzip\r\n"
            f"Content-Length: {announced or len(body)}\r\n\r\n"
        ).encode() + body

    def count(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(tables.punches)) or 0


@contextlib.contextmanager
def listening(app: Any) -> Iterator[int]:
    """Serve an application on a port of the system's choice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:  # from here on, who comes is queued
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture
def serve(engine: Engine, bridge: Bridge, at: datetime) -> Iterator[Callable[..., Served]]:
    with contextlib.ExitStack() as stack:

        def serve(store: Engine = engine, **settings: Any) -> Served:
            with writing(engine) as connection:
                added, token = bridges.add(connection, office="A", name="b", now=at)
            settings = {"clock": lambda: at, "zone": ZONE, "clock_limit_s": 300} | settings
            port = stack.enter_context(listening(create_app(store, **settings)))
            return Served(port, token, added, store)

        yield serve


@pytest.fixture
def some(punch: Make) -> Callable[[int], Batch]:
    def some(count: int) -> Batch:
        return Batch(OUTBOX, None, tuple(punch(str(n)) for n in range(count)))

    return some


def error_of(answer: Answer) -> str:
    """Return the one sentence of a refusal."""
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert list(found) == ["error"]
    sentence = str(found["error"])
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def test_a_batch_is_answered_with_a_receipt_after_it_is_stored(serve: Make, some: Make) -> None:
    centre, told = serve(), some(30)
    answer = centre.send(told)
    receipt = decode_receipt(answer.content)
    assert (answer.status_code, receipt.new) == (200, 30)
    assert receipt.accepted == tuple(one.id for one in told.punches)
    assert centre.count() == 30
    again = decode_receipt(centre.send(replace(told, after=receipt.receipt)).content)
    assert (again.new, again.accepted) == (0, receipt.accepted)


@either
def test_a_body_may_come_uncompressed_too(serve: Make, some: Make) -> None:
    centre = serve()
    answer = centre.post("/v1/punches", encode_batch(some(2)), Content_Encoding=None)
    assert decode_receipt(answer.content).new == 2


def test_a_heartbeat_is_noted_and_its_coverage_judged(
    serve: Make, engine: Engine, at: datetime
) -> None:
    centre, now = serve(), int(at.timestamp())
    good = Coverage("S1", now - 900, now - 60, 1, 1, 0, 0, now - 60, "poll")
    heartbeat = Heartbeat(
        OUTBOX, None, now, "0.1.0", 4, 0, None, coverage=(good, replace(good, until=now + 900))
    )
    reply = decode_heartbeat_reply(centre.beat(heartbeat).content)
    assert reply.now == now
    assert list(reply.refused) == [f"S1:{now - 900}"]
    with reading(engine) as connection:
        kept = bridges.health(connection, centre.bridge.id)
        assert connection.scalar(select(func.count()).select_from(tables.coverage)) == 1
    assert kept is not None
    assert kept["waiting"] == 4


def test_healthz_says_that_the_database_answers(serve: Make) -> None:
    answer = serve().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@either
@pytest.mark.parametrize("authorization", [None, "Bearer hb_" + "x" * 43, "Basic Og=="])
@pytest.mark.parametrize("path", ["/v1/punches", "/v1/heartbeat"])
def test_an_unknown_token_is_refused_and_nothing_is_stored(
    serve: Make, some: Make, authorization: str | None, path: str
) -> None:
    centre = serve()
    body = gzip.compress(encode_batch(some(1)))
    answer = centre.post(path, body, Authorization=authorization)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "token" in error_of(answer)
    assert centre.count() == 0


@either
def test_a_refusal_reaches_whoever_is_still_sending(serve: Make) -> None:
    """Closed with unread bytes, the connection would break and the bridge would not learn why."""
    centre = serve()
    large = zlib.compress(b"", 0) + b"\x00" * (3 << 20)
    for _ in range(5):
        answer = centre.post("/v1/punches", large, Authorization="Bearer hb_" + "x" * 43)
        assert answer.status_code == 401


def test_a_revoked_bridge_is_told_so(serve: Make, some: Make, engine: Engine, at: datetime) -> None:
    centre = serve()
    with writing(engine) as connection:
        bridges.revoke(connection, centre.bridge.id, now=at)
    answer = centre.send(some(1))
    assert answer.status_code == 403
    assert "was revoked" in error_of(answer)
    assert centre.count() == 0


@either
def test_no_token_comes_into_the_log(
    serve: Make, some: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    centre = serve()
    centre.send(some(1))
    centre.send(some(1), Authorization="Bearer hb_" + "y" * 43)
    assert centre.token[3:] not in caplog.text
    assert "y" * 43 not in caplog.text


# Without a time in it: what a test is named after must be the same in every worker.
GOOD = gzip.compress(b'{"version":1}', mtime=0)


@either
@pytest.mark.parametrize(
    ("body", "encoding", "status", "said"),
    [
        (b"", "gzip", 400, "cut short"),
        (b"no gzip at all", "gzip", 400, "not gzip"),
        (GOOD[:-1], "gzip", 400, "cut short"),
        (GOOD[:-8] + b"\x00" * 8, "gzip", 400, "not gzip"),
        (GOOD + b"more", "gzip", 400, "follows the gzip body"),
        (GOOD, "gzip", 400, "punches: expected an object"),
        (gzip.compress(b"[" * 200_000, mtime=0), "gzip", 400, "not JSON"),
        (gzip.compress(b'{"version":2}', mtime=0), "gzip", 400, "version '2' is not known here"),
        (b"\xff\xfe\x00", "", 400, "not JSON"),
        (GOOD, "br", 415, "content encoding 'br' is not taken; send gzip"),
        (GOOD, "gzip, gzip", 415, "is not taken; send gzip"),
    ],
)
def test_garbage_gets_one_sentence(
    serve: Make, body: bytes, encoding: str, status: int, said: str
) -> None:
    answer = serve().post("/v1/punches", body, Content_Encoding=encoding)
    assert answer.status_code == status
    assert said in error_of(answer)


@either
def test_a_heartbeat_that_is_none_is_refused(serve: Make) -> None:
    answer = serve().post("/v1/heartbeat", GOOD)
    assert answer.status_code == 400
    assert "outbox" in error_of(answer)


@either
def test_a_body_that_announces_too_much_is_refused(serve: Make) -> None:
    answer = serve(max_body_bytes=100_000).post("/v1/punches", b"\x00" * 100_001)
    assert answer.status_code == 413
    assert "larger than 100000 bytes; send less at once" in error_of(answer)


@either
def test_a_body_that_announces_nothing_is_counted(serve: Make) -> None:
    chunks = (b"\x00" * 10_000 for _ in range(30))
    answer = serve(max_body_bytes=100_000).post("/v1/punches", chunks)
    assert answer.status_code == 413
    assert "larger than 100000 bytes" in error_of(answer)


@either
def test_a_bomb_is_refused_by_what_it_inflates_to(serve: Make) -> None:
    bomb = gzip.compress(b"\x00" * (80 << 20))
    assert len(bomb) < 100_000
    answer = serve(max_body_bytes=100_000).post("/v1/punches", bomb)
    assert answer.status_code == 413
    assert "inflates to more than 400000 bytes" in error_of(answer)


def test_the_largest_batch_of_the_wire_fits(serve: Make, punch: Make) -> None:
    rows = tuple(punch(str(n), raw=bytes([n % 256]) * 1_024) for n in range(5_000))
    answer = serve().send(Batch(OUTBOX, None, rows))
    assert answer.status_code == 200
    assert decode_receipt(answer.content).new == 5_000


@either
def test_a_body_that_dribbles_is_not_waited_for(serve: Make) -> None:
    centre = serve(body_timeout_s=0.3)
    with socket.create_connection(("127.0.0.1", centre.port), timeout=20) as line:
        line.sendall(centre.request(GOOD, announced=5_000))
        answer = HTTPResponse(line)
        answer.begin()
        told = answer.read()  # head and body may come apart
    assert answer.status == 408
    assert b"did not arrive within 0.3 seconds" in told


@either
def test_a_line_cut_in_the_middle_of_a_body_stores_nothing(serve: Make, some: Make) -> None:
    centre = serve()
    body = gzip.compress(encode_batch(some(50)))
    with socket.create_connection(("127.0.0.1", centre.port), timeout=20) as line:
        line.sendall(centre.request(body)[:-10])
    assert centre.count() == 0
    assert decode_receipt(centre.send(some(50)).content).new == 50


def test_a_receipt_that_nobody_heard_is_given_again_for_the_same_punches(
    serve: Make, some: Make, at: datetime
) -> None:
    reached = threading.Event()

    def clock() -> datetime:
        reached.set()
        return at

    centre = serve(clock=clock)
    line = socket.create_connection(("127.0.0.1", centre.port), timeout=20)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.sendall(centre.request(gzip.compress(encode_batch(some(20)))))
    assert reached.wait(20)
    line.close()  # a reset: the receipt has nowhere to go
    deadline = threading.Event()
    for _ in range(2_000):
        if centre.count() == 20 or deadline.wait(0.01):
            break
    receipt = decode_receipt(centre.send(some(20)).content)
    assert len(receipt.accepted) == 20
    assert receipt.new == 0
    assert centre.count() == 20


def test_a_receipt_of_another_store_is_answered_with_409(
    serve: Make, some: Make, engine: Engine, at: datetime
) -> None:
    centre = serve()
    answer = centre.send(replace(some(3), after="f" * 32))
    assert answer.status_code == 409
    assert "must be an older copy; send everything again" in error_of(answer)
    assert centre.count() == 0
    now = int(at.timestamp())
    covered = Coverage("S1", now - 900, now - 60, 1, 1, 0, 0, now - 60, "poll")
    heartbeat = Heartbeat(OUTBOX, "f" * 32, now, "0.1.0", 5, 0, None, coverage=(covered,))
    answer = centre.beat(heartbeat)
    assert answer.status_code == 409
    with reading(engine) as connection:
        kept = bridges.health(connection, centre.bridge.id)
        # it may rest on punches that this store has lost
        assert connection.scalar(select(func.count()).select_from(tables.coverage)) == 0
    assert kept is not None
    assert kept["waiting"] == 5


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)  # a file is copied
def test_a_store_restored_from_yesterday_asks_for_everything(
    serve: Make, some: Make, engine: Engine, tmp_path: Path
) -> None:
    centre, told = serve(), some(9)
    first = decode_receipt(centre.send(replace(told, punches=told.punches[:4])).content)
    engine.dispose()
    shutil.copy(str(engine.url.database), tmp_path / "yesterday.db")
    rest = replace(told, after=first.receipt, punches=told.punches[4:])
    second = decode_receipt(centre.send(rest).content)
    restored = open_engine(f"sqlite:///{tmp_path / 'yesterday.db'}")
    old = replace(serve(restored), token=centre.token)
    assert old.send(replace(told, after=second.receipt)).status_code == 409
    assert old.count() == 4
    assert decode_receipt(old.send(told).content).new == 5  # all again, without `after`
    assert old.count() == 9
    restored.dispose()


def test_a_busy_store_asks_to_come_again(
    serve: Make, some: Make, database_url: str, engine: Engine
) -> None:
    impatient = open_engine(database_url, wait_s=0.2)
    centre = serve(impatient)
    with writing(engine) as holder:
        holder.execute(tables.bridges.update().values(name="held"))
        answer = centre.send(some(1))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    said = error_of(answer)
    assert "come again" in said
    assert "hadir.db" not in said
    assert decode_receipt(centre.send(some(1)).content).new == 1
    impatient.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
def test_a_store_that_went_away_is_told_once_and_taken_back(
    serve: Make, some: Make, engine: Engine, postgres_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ingest")
    centre, name = serve(), engine.url.database
    assert centre.send(some(1)).status_code == 200
    master = open_engine(postgres_server.render_as_string(hide_password=False))
    with master.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(end), {"name": name})
        answers = [centre.send(some(2)), centre.send(some(2)), centre.get("/healthz")]
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    master.dispose()
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all("database does not answer" in error_of(answer) for answer in answers)
    assert decode_receipt(centre.send(some(2)).content).new == 1
    told = [record.message for record in caplog.records if record.name == "ingest.api"]
    assert len(told) == 2
    assert "does not answer" in told[0]
    assert told[1] == "the database answers again"


@either
def test_a_full_centre_keeps_nobody_waiting(serve: Make, some: Make, at: datetime) -> None:
    inside, leave = threading.Event(), threading.Event()

    def clock() -> datetime:
        inside.set()
        assert leave.wait(20)
        return at

    centre = serve(clock=clock, workers=1, queue=0)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(centre.send, some(1))
        assert inside.wait(20)
        second = centre.send(some(2))
        alive = centre.get("/healthz")
        leave.set()
        assert first.result(20).status_code == 200
    assert second.status_code == 503
    assert int(second.headers["retry-after"]) > 0
    assert "hands full" in error_of(second)
    assert alive.status_code == 200
    assert decode_receipt(centre.send(some(2)).content).new == 1


def test_bodies_that_meet_store_each_punch_once(serve: Make, some: Make) -> None:
    centre = serve()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: centre.send(some(200)), range(12)))
    receipts = [decode_receipt(answer.content) for answer in answers]
    assert sum(receipt.new for receipt in receipts) == 200
    assert {len(receipt.accepted) for receipt in receipts} == {200}
    assert len({receipt.receipt for receipt in receipts}) == 12
    assert centre.count() == 200


@either
def test_a_fault_of_ours_is_logged_here_and_told_there_without_its_entrails(
    serve: Make, some: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def clock() -> datetime:
        raise RuntimeError("entrails")

    centre = serve(clock=clock)
    answer = centre.send(some(1))
    assert answer.status_code == 500
    assert "entrails" not in error_of(answer)
    assert "entrails" in caplog.text
    assert centre.count() == 0


@either
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/", 404, "nothing is known by this path"),
        ("/v2/punches", 404, "nothing is known by this path"),
        ("/v1/punches", 405, "GET is not taken here"),
        ("/v1/heartbeat", 405, "GET is not taken here"),
    ],
)
def test_a_wrong_path_or_verb_is_one_sentence(
    serve: Make, path: str, status: int, said: str
) -> None:
    answer = serve().get(path)
    assert answer.status_code == status
    assert said in error_of(answer)


def test_a_punch_that_cannot_be_is_parked_and_the_others_are_stored(
    serve: Make, some: Make
) -> None:
    centre, told = serve(), some(3)
    body = json.loads(encode_batch(told))
    body["punches"]["local_time"][1] = "2026-02-30T00:00:00"
    answer = centre.post("/v1/punches", gzip.compress(json.dumps(body).encode()))
    receipt = decode_receipt(answer.content)
    assert receipt.accepted == (told.punches[0].id, told.punches[2].id)
    assert receipt.parked == {told.punches[1].id: "local_time: no such date and time"}
