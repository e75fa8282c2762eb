"""What strangers do to the door: each costs a socket for a while, and nobody else an answer."""

import asyncio
import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from types import ModuleType
from typing import Any

import pytest
import trustme
from served import Served, Slot
from signed import Chains
from starlette.responses import Response

from ingest import connections
from ingest.connections import Connection
from ingest.server import Server, listen

Make = Callable[..., Any]


@pytest.fixture
def database_kind() -> str:
    """Whichever: nothing here comes as far as the store."""
    return "sqlite"


class Impatient(Connection):
    """A connection that waits for parts of a second."""

    head_s = 0.4
    request_s = 0.8
    most = 300


@pytest.fixture(scope="module")
def slots() -> Iterator[list[Slot]]:
    """One server whose connections are impatient, in the place of those of the other tests."""
    made = Slot(http=Impatient)
    yield [made]
    made.stop()


def line(port: int, sent: bytes = b"") -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=20)
    found.sendall(sent)
    return found


def hung_up(lines: list[socket.socket], within_s: float) -> int:
    """Return how many of these lines the other side has ended within some time."""
    left, ended, deadline = set(lines), 0, time.monotonic() + within_s
    while left and (rest := deadline - time.monotonic()) > 0:
        for one in select.select(list(left), [], [], rest)[0]:
            try:
                if one.recv(65_536):
                    continue
            except ConnectionError:  # a reset is an end, too
                pass
            left.discard(one)
            ended += 1
    for one in lines:
        one.close()
    return ended


def dribbles_until_hung_up(found: socket.socket, piece: bytes, within_s: float) -> bool:
    """Send piece after piece, and say whether the other side has ended that in time."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    with found:
        while time.monotonic() < deadline:
            try:
                found.sendall(piece)
            except OSError:  # a reset or a broken pipe, as it happens
                return True
            pause.wait(0.02)
    return False


def is_well(found: socket.socket) -> bool:
    """Ask on a connection that stays whether the centre is well."""
    found.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = HTTPResponse(found)
    answer.begin()
    return answer.read() == b'{"ok": true}'


SLOW = [
    b"",
    b"POST",
    b"POST /v2/punches HTTP/1.1\r\nHost: centre\r\nX-A: ",
    b"GET /healthz HTTP/1.1\r\nHost: centre\r\n\r\nGET",
]


def test_two_hundred_who_never_end_their_request_keep_no_bridge_from_an_answer(
    serve: Make, punch: Make, chains: Chains
) -> None:
    centre: Served = serve()
    lines = [line(centre.port, SLOW[n % len(SLOW)]) for n in range(200)]
    began = time.monotonic()
    answer = centre.send(chains.batch(punch()))
    assert (answer.status_code, answer.json()["new"]) == (200, 1)
    assert time.monotonic() - began < 5
    assert hung_up(lines, 10) == 200


def test_who_dribbles_wins_no_time(serve: Make) -> None:
    assert dribbles_until_hung_up(line(serve().port), b"X", 10)


def test_who_is_refused_and_sends_on_is_heard_for_a_while_only(serve: Make) -> None:
    """The body was to have a gigabyte; the refusal comes at once, and the line ends soon after."""
    head = b"POST /v2/punches HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n"
    found = line(serve().port, head)
    assert found.recv(65_536).startswith(b"HTTP/1.1 400")
    assert dribbles_until_hung_up(found, b"X" * 1_000, 10)


def test_who_takes_no_answer_is_hung_up_on(slots: list[Slot], serve: Make) -> None:
    """An answer larger than all buffers between us, and a client that reads none of it."""
    serve()  # its application gives way to one that says more than any of ours does

    async def talkative(scope: Any, receive: Any, send: Any) -> None:
        await Response(b"x" * (64 << 20))(scope, receive, send)

    slots[0].app = talkative
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    found.connect(("127.0.0.1", slots[0].port))
    found.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert slots[0].wait_until_connected(1, 20)
    ended = slots[0].wait_until_connected(0, 20)  # the client is told when it reads, not before
    found.close()
    assert ended


def test_a_head_without_end_is_refused(serve: Make) -> None:
    found = line(serve().port, b"GET / HTTP/1.1\r\nX: " + b"x" * (connections.HEAD_BYTES + 1))
    assert found.recv(65_536).startswith(b"HTTP/1.1 400")
    assert hung_up([found], 5) == 1


def test_as_many_as_there_is_room_for_stay_and_the_longest_idle_stranger_goes(
    serve: Make, punch: Make, chains: Chains, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Impatient, "most", 20)
    monkeypatch.setattr(Impatient, "head_s", 60.0)
    centre: Served = serve()
    known = line(centre.port)
    assert is_well(known)
    strangers = [line(centre.port) for _ in range(60)]
    assert hung_up(strangers[:41], 10) == 41  # and with them 19 and the one that was answered stay
    assert is_well(known)
    assert centre.send(chains.batch(punch())).status_code == 200
    for one in (known, *strangers):
        one.close()


def test_where_everybody_is_at_work_the_newcomer_is_turned_away(
    slots: list[Slot], serve: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Impatient, "most", 3)
    monkeypatch.setattr(Impatient, "request_s", 60.0)
    leave = threading.Event()
    serve()

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        while not leave.is_set():
            await asyncio.sleep(0.01)
        await Response(b"done")(scope, receive, send)

    slots[0].app = busy
    at_work = [line(slots[0].port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") for _ in range(3)]
    assert slots[0].wait_until_at_work(3, 10)
    assert hung_up([line(slots[0].port)], 10) == 1
    leave.set()
    assert all(one.recv(65_536).startswith(b"HTTP/1.1 200") for one in at_work)
    for one in at_work:
        one.close()


def test_nonsense_leaves_no_line_in_the_log(serve: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")
    found = line(serve().port, b"\x16\x03\x01 nonsense\r\n\r\n")
    assert found.recv(65_536).startswith(b"HTTP/1.1 400")
    found.close()
    assert caplog.text == ""


def test_an_upgrade_leads_out_of_no_bound_whatever_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Uvicorn would take what it finds, and hand the connection over."""
    found = ModuleType("uvicorn.protocols.websockets.auto")
    found.AutoWebSocketsProtocol = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, found.__name__, found)
    server = Server(Response(b""), lambda: None)
    server.config.load()
    assert server.config.ws_protocol_class is None


def test_a_handshake_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HANDSHAKE_S", 0.3)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    ready = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(b"hello")(scope, receive, send)

    server = Server(app, ready.set, tls=context)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert ready.wait(20)
            silent = line(listening.getsockname()[1])
            assert hung_up([silent], 10) == 1
        finally:
            server.should_exit = True
            thread.join(20)
