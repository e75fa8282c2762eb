"""The door of the centre, over real sockets: what a bridge, a bad line and an enemy get from it."""

import gzip
import hashlib
import itertools
import logging
import re
import shutil
import socket
import struct
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from served import error_of
from signed import OUTBOX, Chains, Signer
from sqlalchemy import Engine, func, select, text

from ingest.store import bridges, tables
from ingest.store.database import open_engine, reading, writing
from ingest.wire import (
    Batch,
    Coverage,
    Heartbeat,
    decode_heartbeat_reply,
    decode_receipt,
    encode_batch,
)

Make = Callable[..., Any]
either = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
"""For what happens before the store is asked: which store it is makes no difference."""


@pytest.fixture
def some(punch: Make, chains: Chains) -> Callable[..., Batch]:
    """Make a batch of punches whose user ids count up; the same numbers are the same touches."""

    def some(count: int, start: int = 0, **other: Any) -> Batch:
        return chains.batch(*(punch(str(n)) for n in range(start, start + count)), **other)

    return some


def test_a_batch_is_answered_with_a_receipt_after_it_is_stored(serve: Make, some: Make) -> None:
    centre, told = serve(), some(30)
    answer = centre.send(told)
    receipt = decode_receipt(answer.content)
    assert (answer.status_code, receipt.new) == (200, 30)
    assert (receipt.accepted, receipt.parked) == (30, {})
    assert centre.count() == 30
    again = decode_receipt(centre.send(replace(told, after=receipt.receipt)).content)
    assert (again.new, again.accepted) == (0, 30)


@either
def test_a_receipt_names_the_body_it_answers(serve: Make, some: Make) -> None:
    body = gzip.compress(encode_batch(some(2)))
    receipt = decode_receipt(serve().post("/v2/punches", body).content)
    assert receipt.body == hashlib.sha256(body).hexdigest()


@either
def test_a_body_may_come_uncompressed_too(serve: Make, some: Make) -> None:
    centre = serve()
    answer = centre.post("/v2/punches", encode_batch(some(2)), Content_Encoding=None)
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
@pytest.mark.parametrize("path", ["/v2/punches", "/v2/heartbeat"])
@pytest.mark.parametrize(
    "name", ["Hadir_Key", "Hadir_Time", "Hadir_Nonce", "Hadir_Body", "Hadir_Signature"]
)
def test_a_request_without_a_signature_is_refused_by_what_it_lacks(
    serve: Make, some: Make, name: str, path: str
) -> None:
    centre = serve()
    answer = centre.post(path, gzip.compress(encode_batch(some(1))), **{name: None})
    assert answer.status_code == 400
    assert f"the header {name.replace('_', '-')} is missing" in error_of(answer)
    assert centre.count() == 0


@either
@pytest.mark.parametrize("path", ["/v2/punches", "/v2/heartbeat"])
def test_an_unknown_key_is_refused_and_nothing_is_stored(
    serve: Make, some: Make, path: str
) -> None:
    centre = replace(serve(), signer=Signer("stranger"))
    answer = centre.post(path, gzip.compress(encode_batch(some(1))))
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown-key")
    assert "enrol the bridge" in error_of(answer)
    assert centre.count() == 0


@either
@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ({"body": b"another body"}, {}),
        ({"path": "/v2/heartbeat"}, {}),
        ({"method": "PUT"}, {}),
        ({}, {"Hadir_Nonce": "f" * 32}),
        ({}, {"Hadir_Time": "1772499601"}),
        ({}, {"Hadir_Body": "0" * 64}),
        ({}, {"Hadir_Signature": "0" * 128}),
        ({"name": "stranger"}, {}),
    ],
)
def test_a_signature_of_anything_else_is_refused_and_nothing_is_stored(
    serve: Make, some: Make, signed: dict[str, Any], sent: dict[str, str]
) -> None:
    centre = serve()
    body = gzip.compress(encode_batch(some(1)))
    told = {"path": "/v2/punches", "body": body, "time": centre.time, "nonce": "0" * 32} | signed
    signer = Signer(told.pop("name", centre.signer.name))
    made = replace(signer.sign(**told), key_id=centre.signer.key_id)
    headers = {name.replace("-", "_"): value for name, value in made.headers().items()} | sent
    answer = centre.post("/v2/punches", body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature")
    assert "does a proxy change its path or body?" in error_of(answer)
    assert centre.count() == 0


@either
@pytest.mark.parametrize("off", [-301, 301, 86_400 * 365, -1_700_000_000])
def test_a_wrong_clock_is_told_the_right_time(serve: Make, some: Make, off: int) -> None:
    centre = serve()
    answer = replace(centre, time=centre.time + off).send(some(1))
    assert (answer.status_code, answer.json()["code"]) == (401, "clock")
    assert answer.json()["now"] == centre.time
    assert f"{off:+d} s from our time, 2026-03-03 01:00:00 UTC" in error_of(answer)
    assert centre.count() == 0


@either
@pytest.mark.parametrize("off", [-300, 300])
def test_a_clock_that_is_a_little_off_is_no_fault(serve: Make, some: Make, off: int) -> None:
    centre = serve()
    assert replace(centre, time=centre.time + off).send(some(1)).status_code == 200


def test_a_request_that_was_taken_is_not_taken_again(serve: Make, some: Make) -> None:
    centre, body = serve(), gzip.compress(encode_batch(some(1)))
    signed = centre.sign("/v2/punches", body).headers()
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    assert centre.post("/v2/punches", body, **headers).status_code == 200
    replayed = centre.post("/v2/punches", body, **headers)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "replayed")
    with reading(centre.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(tables.batches)) == 1


def test_replays_that_meet_are_taken_once(serve: Make, some: Make) -> None:
    centre, body = serve(), gzip.compress(encode_batch(some(20)))
    signed = centre.sign("/v2/punches", body).headers()
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    with ThreadPoolExecutor(2) as pool:  # as many as are taken of one bridge
        answers = list(pool.map(lambda _: centre.post("/v2/punches", body, **headers), range(6)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200
    assert set(codes[1:]) <= {401, 429}  # a replay, or told to wait its turn


@either
def test_a_refused_request_may_be_sent_again_as_it_was(
    serve: Make, some: Make, engine: Engine, at: datetime
) -> None:
    """Its nonce is remembered with what was done, and nothing was done."""
    centre, body = serve(), gzip.compress(encode_batch(some(1, after="f" * 32)))
    signed = centre.sign("/v2/punches", body).headers()
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    assert centre.post("/v2/punches", body, **headers).status_code == 409
    assert centre.post("/v2/punches", body, **headers).status_code == 409


@either
def test_a_refusal_reaches_whoever_is_still_sending(serve: Make) -> None:
    """Closed with unread bytes, the connection would break and the bridge would not learn why."""
    centre = replace(serve(), signer=Signer("stranger"))
    large = zlib.compress(b"", 0) + b"\x00" * (3 << 20)
    for _ in range(5):
        answer = centre.post("/v2/punches", large)
        assert answer.status_code == 401


def test_a_revoked_bridge_is_told_so(serve: Make, some: Make, engine: Engine, at: datetime) -> None:
    centre = serve()
    with writing(engine) as connection:
        bridges.revoke(connection, centre.bridge.id, now=at)
    answer = centre.send(some(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "revoked")
    assert "was revoked" in error_of(answer)
    assert centre.count() == 0


def test_a_key_that_was_replaced_is_told_so(
    serve: Make, some: Make, engine: Engine, at: datetime
) -> None:
    centre = serve()
    with writing(engine) as connection:
        newer = Signer("newer").public_key
        bridges.add_key(connection, centre.bridge.id, newer, now=at, grounds={})
    answer = centre.send(some(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "retired")
    assert centre.count() == 0
    assert replace(centre, signer=Signer("newer")).send(some(1)).status_code == 200


def test_a_stolen_key_speaks_for_its_offices_terminals_alone(
    serve: Make, punch: Make, chains: Chains, engine: Engine
) -> None:
    """S2 is of office B: what is claimed of it is parked and told, never stored."""
    told = chains.batch(punch("1"), punch("2", terminal="S2"), punch("3", terminal="S2"))
    receipt = decode_receipt(serve().send(told).content)
    assert (receipt.accepted, receipt.new) == (1, 1)
    assert list(receipt.parked) == ["p1", "p2"]
    assert "terminal S2 belongs to office B" in receipt.parked["p1"]
    with reading(engine) as connection:
        users = connection.scalars(select(tables.punches.c.user_id)).all()
        chained = connection.scalars(select(tables.chains.c.terminal_id)).all()
    assert users == ["1"]
    assert len(chained) == 1


def test_an_outbox_restored_from_a_copy_is_told_to_begin_anew(
    serve: Make, some: Make, chains: Chains
) -> None:
    centre = serve()
    assert centre.send(some(3)).status_code == 200
    chains.forget()
    answer = centre.send(some(3, start=1))
    assert answer.status_code == 412
    assert "begin a new chain" in error_of(answer)
    assert centre.count() == 3
    assert decode_receipt(centre.send(some(3, start=1, outbox="1" * 32)).content).new == 1


@either
def test_a_row_that_was_changed_in_the_outbox_refuses_the_body(serve: Make, some: Make) -> None:
    told = some(3)
    changed = replace(told.punches[1], user_id="8")
    answer = serve().send(replace(told, punches=(told.punches[0], changed, told.punches[2])))
    assert answer.status_code == 400
    assert "rows 1 to 3 of S1 (p) do not fit their chain" in error_of(answer)


@either
def test_no_signature_comes_into_the_log(
    serve: Make, some: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    centre = serve()
    centre.send(some(1))
    centre.send(some(1), Hadir_Signature="ab" * 64)
    assert "ab" * 64 not in caplog.text
    assert not re.search(r"[0-9a-f]{128}", caplog.text)


# Without a time in it: what a test is named after must be the same in every worker.
GOOD = gzip.compress(b'{"version":2}', mtime=0)

# Sound but for something deep beside it, which a reader of types passes over.
DEEP = gzip.compress(
    encode_batch(Batch(OUTBOX, None))[:-1] + b',"x":' + b"[" * 9_000 + b"]" * 9_000 + b"}", mtime=0
)


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
        (gzip.compress(b"[" * 15_000, mtime=0), "gzip", 400, "not JSON"),
        (gzip.compress(b"[" * 200_000, mtime=0), "gzip", 413, "more lists or values"),
        (DEEP, "gzip", 400, "not JSON"),
        (gzip.compress(b'{"version":1}', mtime=0), "gzip", 400, "version '1' is not known here"),
        (b"\xff\xfe\x00", "", 400, "not JSON"),
        (GOOD, "br", 415, "content encoding 'br' is not taken; send gzip"),
        (GOOD, "gzip, gzip", 415, "is not taken; send gzip"),
    ],
)
def test_garbage_gets_one_sentence(
    serve: Make, body: bytes, encoding: str, status: int, said: str
) -> None:
    answer = serve().post("/v2/punches", body, Content_Encoding=encoding)
    assert answer.status_code == status
    assert said in error_of(answer)


@either
def test_a_heartbeat_that_is_none_is_refused(serve: Make) -> None:
    answer = serve().post("/v2/heartbeat", GOOD)
    assert answer.status_code == 400
    assert "outbox" in error_of(answer)


@either
def test_a_body_that_announces_too_much_is_refused(serve: Make) -> None:
    answer = serve(max_body_bytes=100_000).post("/v2/punches", b"\x00" * 100_001)
    assert answer.status_code == 413
    assert "larger than 100000 bytes; send less at once" in error_of(answer)


@either
def test_a_body_that_announces_nothing_is_counted(serve: Make) -> None:
    chunks = (b"\x00" * 10_000 for _ in range(30))
    answer = serve(max_body_bytes=100_000).post("/v2/punches", chunks)
    assert answer.status_code == 413
    assert "larger than 100000 bytes" in error_of(answer)


@either
def test_a_bomb_is_refused_by_what_it_inflates_to(serve: Make) -> None:
    bomb = gzip.compress(b"\x00" * (80 << 20))
    assert len(bomb) < 100_000
    answer = serve(max_body_bytes=100_000).post("/v2/punches", bomb)
    assert answer.status_code == 413
    assert "inflates to more than 400000 bytes" in error_of(answer)


def test_the_largest_batch_of_the_wire_fits(serve: Make, punch: Make, chains: Chains) -> None:
    rows = (punch(str(n), raw=bytes([n % 256]) * 1_024) for n in range(5_000))
    answer = serve().send(chains.batch(*rows))
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
    assert decode_receipt(centre.post("/v2/punches", body).content).new == 50


def test_a_receipt_that_nobody_heard_is_given_again_for_the_same_punches(
    serve: Make, some: Make, at: datetime
) -> None:
    reached, asked = threading.Event(), itertools.count()

    def clock() -> datetime:
        if next(asked):  # first at the door, and then for what is stored: the body is here
            reached.set()
        return at

    centre = serve(clock=clock)
    line = socket.create_connection(("127.0.0.1", centre.port), timeout=20)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    told = some(20)
    line.sendall(centre.request(gzip.compress(encode_batch(told))))
    assert reached.wait(20)
    line.close()  # a reset: the receipt has nowhere to go
    deadline = threading.Event()
    for _ in range(2_000):
        if centre.count() == 20 or deadline.wait(0.01):
            break
    receipt = decode_receipt(centre.send(told).content)
    assert (receipt.accepted, receipt.new) == (20, 0)
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
    centre, told = serve(), some(4)
    first = decode_receipt(centre.send(told).content)
    engine.dispose()
    shutil.copy(str(engine.url.database), tmp_path / "yesterday.db")
    rest = some(5, start=4, after=first.receipt)
    second = decode_receipt(centre.send(rest).content)
    restored = open_engine(f"sqlite:///{tmp_path / 'yesterday.db'}")
    old = replace(serve(restored), signer=centre.signer)
    assert old.send(some(1, start=9, after=second.receipt)).status_code == 409
    assert old.count() == 4
    # all again, without `after`
    assert decode_receipt(old.send(told).content).new == 0
    assert decode_receipt(old.send(replace(rest, after=None)).content).new == 5
    assert old.count() == 9
    restored.dispose()


def test_a_busy_store_asks_to_come_again(
    serve: Make, some: Make, database_url: str, engine: Engine
) -> None:
    impatient = open_engine(database_url, wait_s=0.2)
    centre, told = serve(impatient), some(1)
    with writing(engine) as holder:
        holder.execute(tables.bridges.update().values(name="held"))
        answer = centre.send(told)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    said = error_of(answer)
    assert "come again" in said
    assert "hadir.db" not in said
    assert decode_receipt(centre.send(told).content).new == 1
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
        more = some(1, start=1)
        answers = [centre.send(more), centre.send(more), centre.get("/readyz")]
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    master.dispose()
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all("database does not answer" in error_of(answer) for answer in answers)
    assert decode_receipt(centre.send(more).content).new == 1
    told = [record.message for record in caplog.records if record.name == "ingest.api"]
    assert len(told) == 2
    assert "does not answer" in told[0]
    assert told[1] == "the database answers again"


@either
def test_a_full_centre_keeps_nobody_waiting(serve: Make, some: Make, at: datetime) -> None:
    inside, leave, calls = threading.Event(), threading.Event(), itertools.count()

    def clock() -> datetime:
        if next(calls) == 1:  # at work; the time was looked at before, at the door
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


@either
def test_a_bridge_that_sends_more_than_its_share_is_told_to_come_again(
    serve: Make, some: Make, at: datetime
) -> None:
    inside, leave, calls = threading.Event(), threading.Event(), itertools.count()

    def clock() -> datetime:
        if next(calls) == 1:  # at work; the time was looked at before, at the door
            inside.set()
            assert leave.wait(20)
        return at

    centre = serve(clock=clock)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(centre.send, some(1))
        assert inside.wait(20)
        others = [pool.submit(centre.send, some(n)) for n in (2, 3)]
        refused = next(as_completed(others, timeout=20)).result()
        leave.set()
        answers = [one.result(20).status_code for one in (first, *others)]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "one body in work" in error_of(refused)
    assert sorted(answers) == [200, 200, 429]


@either
def test_who_only_knows_the_id_of_a_key_takes_no_seat_of_its_bridge(
    serve: Make, some: Make
) -> None:
    """A key id is no secret: it stands in exports of the ledger."""
    centre = serve()
    head = centre.request(b"", announced=4_000_000)
    forged = re.sub(rb"(?<=Signature: )[0-9a-f]{128}", b"0" * 128, head)
    assert forged != head
    with ExitStack() as stack:
        for _ in range(3):
            line = socket.create_connection(("127.0.0.1", centre.port), timeout=5)
            stack.enter_context(line).sendall(forged)
            answer = stack.enter_context(HTTPResponse(line))
            answer.begin()  # before any of the body is there
            assert answer.status == 401
        assert centre.send(some(1)).status_code == 200


@either
def test_a_body_that_is_not_the_one_that_was_signed_is_refused(serve: Make, some: Make) -> None:
    """Its head alone is sound, so it takes a seat, and gives it back."""
    centre = serve()
    body, other = (gzip.compress(encode_batch(some(1, start))) for start in (0, 10))
    headers = centre.sign("/v2/punches", body).headers()
    answer = centre.post(
        "/v2/punches", other, **{name.replace("-", "_"): text for name, text in headers.items()}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "signature")
    assert centre.count() == 0
    assert centre.send(some(1)).status_code == 200


def test_bodies_that_meet_store_each_punch_once(serve: Make, some: Make) -> None:
    centre = serve()
    told = some(200)
    with ThreadPoolExecutor(2) as pool:  # as many as are taken of one bridge
        answers = list(pool.map(lambda _: centre.send(told), range(12)))
    receipts = [decode_receipt(answer.content) for answer in answers]
    assert sum(receipt.new for receipt in receipts) == 200
    assert {receipt.accepted for receipt in receipts} == {200}
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
        ("/v1/punches", 404, "nothing is known by this path"),
        ("/v2/punches", 405, "GET is not taken here"),
        ("/v2/heartbeat", 405, "GET is not taken here"),
    ],
)
def test_a_wrong_path_or_verb_is_one_sentence(
    serve: Make, path: str, status: int, said: str
) -> None:
    answer = serve().get(path)
    assert answer.status_code == status
    assert said in error_of(answer)


def test_a_punch_that_cannot_be_is_parked_and_the_others_are_stored(
    serve: Make, punch: Make, chains: Chains
) -> None:
    """Chained as it is by a bridge that knows no better, and named by its place in the body."""
    rows = [punch("1"), replace(punch("2"), occurred_at=0), punch("3")]
    receipt = decode_receipt(serve().send(chains.batch(*rows)).content)
    assert (receipt.accepted, receipt.new) == (2, 2)
    assert receipt.parked == {"p1": "occurred_at and local are further apart than any time zone"}
