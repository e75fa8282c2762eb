"""The door over real sockets: good calls, bad ones, slow ones, too many; and a kill in between."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.health import Health
from bridge.listener import LOOP, CannotListen, Limits, Listener
from bridge.outbox import Outbox
from bridge.reception import Reception
from bridge.terminals import TerminalConfig
from drivers.adms.receiver import AdmsReceiver
from drivers.base import Reply

SAMPLES = Path(__file__).parents[1] / "samples"
SERIAL = "SERIAL87654321"
PATIENCE_S = 60.0
MANY = b"12\t2026-03-03 07:00:00\t0\t1\t0\t0\t0\n" * 3_000
HALL = TerminalConfig("hall", "adms", 60, SERIAL, AdmsReceiver.Options(serial=SERIAL))


def reception(outbox: Outbox, *terminals: TerminalConfig) -> Reception:
    return Reception(
        outbox, terminals, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, clock=time.time
    )


def read_all(call: socket.socket) -> bytes:
    received = b""
    while more := call.recv(65_536):
        received += more
    return received


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


@pytest.fixture
def door(open_door, outbox):
    return open_door(reception(outbox, HALL))


def test_captured_requests_are_answered_as_their_sender_expects(door, outbox):
    greeting = door.call((SAMPLES / "adms-x100c-handshake.http").read_bytes())
    assert greeting.partition(b"\r\n\r\n")[2].startswith(b"GET OPTION FROM: SERIAL87654321\n")
    punch = door.call((SAMPLES / "adms-x100c-attlog.http").read_bytes())
    assert (status(punch), punch.partition(b"\r\n\r\n")[2]) == (200, b"OK: 1")
    assert b"\r\nContent-Length: 5\r\n" in punch
    assert b"\r\nDate:" not in punch
    operations = door.call((SAMPLES / "adms-x100c-operlog.http").read_bytes())
    assert operations.endswith(b"OK: 2")
    (row,) = outbox.listing("waiting")
    assert (row.body.user_id, row.body.terminal) == ("1156", SERIAL)


def test_an_unknown_terminal_hands_in_its_punches_after_it_was_approved(open_door, outbox):
    door = open_door(reception(outbox))
    content = (SAMPLES / "adms-vendordoc-attlog9.http").read_bytes()
    assert status(door.call(content)) == 503
    assert outbox.counts().waiting == 0
    with Outbox.existing(outbox.path) as other:  # as the command does, from its own process
        other.callers.admit("0316144680030", "adms", "hall")
    assert door.call(content).endswith(b"OK: 9")
    assert outbox.counts().waiting == 9
    assert door.call(content).endswith(b"OK: 9")
    assert outbox.counts().waiting == 9


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 404),
        (b"GET /iclock/cdata HTTP/1.1\r\n\r\n", 404),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST /iclock/cdata?SN=A HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 20_000, 431),
    ],
)
def test_strangers_are_answered_and_let_go(door, content, expected):
    assert status(door.call(content)) == expected


def test_a_caller_that_hangs_up_in_the_middle_costs_nothing(door, outbox):
    with door.connect() as call:
        call.sendall(b"POST /iclock/cdata?SN=SERIAL87654321&table=ATTLOG HTTP/1.1\r\n")
        call.sendall(b"Content-Length: 500\r\n\r\n1\t2026-03-03 07:00:00\t0\t1\t0\t0\t0\n")
    assert door.punch(b"2\t2026-03-03 07:00:00\t0\t1\t0\t0\t0\n").endswith(b"OK: 1")
    assert [row.body.user_id for row in outbox.listing("waiting")] == ["2"]


def test_a_length_that_is_too_short_is_noticed(door, outbox):
    row = b"12\t2026-03-03 07:00:00\t0\t1\t0\t0\t0\n"
    head = (
        b"POST /iclock/cdata?SN=SERIAL87654321&table=ATTLOG HTTP/1.1\r\nContent-Length: 30\r\n\r\n"
    )
    assert status(door.call(head + row)) == 503
    assert outbox.counts().waiting == 0


def test_slow_callers_hold_up_nobody_and_are_given_up(open_door, outbox):
    door = open_door(reception(outbox, HALL), Limits(of_one_address=8, request_s=1.0))
    slow = [door.connect() for _ in range(6)]
    for call in slow[:3]:
        call.sendall(b"POST /iclock/cdata?SN=SERIAL87654321&table=ATTLOG HTTP/1.1\r\nContent-")
    assert door.punch(b"1\t2026-03-03 07:00:00\t0\t1\t0\t0\t0\n").endswith(b"OK: 1")
    trickle = threading.Event()
    end = time.monotonic() + PATIENCE_S
    told = b""
    while not told and time.monotonic() < end:  # a byte now and then does not prolong the deadline
        slow[0].settimeout(0.1)
        try:
            slow[0].send(b"x")
            told = slow[0].recv(100)
        except TimeoutError:
            trickle.wait(0.05)
    assert status(told) == 408
    for call in slow:
        call.settimeout(PATIENCE_S)
        if call is not slow[0]:
            assert status(read_all(call)) == 408
        call.close()


def test_too_many_calls_are_turned_away_and_later_ones_taken(open_door, outbox):
    door = open_door(reception(outbox, HALL), Limits(connections=4, of_one_address=3))
    held = [door.connect() for _ in range(3)]
    with door.connect() as fourth:
        assert read_all(fourth) == b""
    for call in held:
        call.close()
    end = time.monotonic() + PATIENCE_S
    while not (told := answer_or_nothing(door)) and time.monotonic() < end:
        continue
    assert status(told) == 404


def answer_or_nothing(door) -> bytes:
    """What a call is told; a call turned away before its words were read is reset, not closed."""
    try:
        return door.call(b"GET / HTTP/1.1\r\n\r\n")
    except ConnectionError:
        return b""


def test_what_all_calls_hold_together_is_bounded(open_door, outbox):
    door = open_door(reception(outbox, HALL), Limits(held_bytes=150_000))
    with door.connect() as first:
        first.sendall(
            b"POST /iclock/cdata?SN=SERIAL87654321 HTTP/1.1\r\nContent-Length: 120000\r\n\r\n"
        )
        end = time.monotonic() + PATIENCE_S
        while b"too much is being received at once" not in door.punch(MANY):
            assert time.monotonic() < end, "nothing is bounded"
    while not door.punch(MANY).endswith(b"OK: 3000"):
        assert time.monotonic() < end, "what was held is held for ever"


def test_a_clerk_that_takes_too_long_acknowledges_nothing_and_is_noticed(open_door):
    released = threading.Event()

    class Stuck:
        def answer(self, request: object) -> Reply:
            released.wait(PATIENCE_S)
            return Reply(200, b"OK")

        def look(self) -> None:
            """Nothing to look for."""

    door = open_door(Stuck(), Limits(answer_s=0.2))
    assert status(door.call(b"GET / HTTP/1.1\r\n\r\n")) == 503
    released.set()
    end = time.monotonic() + PATIENCE_S
    while status(door.call(b"GET / HTTP/1.1\r\n\r\n")) != 200:
        assert time.monotonic() < end


def test_a_mistake_of_ours_is_no_acknowledgement(open_door, caplog):
    class Mistaken:
        def answer(self, request: object) -> Reply:
            raise KeyError("ours")

        def look(self) -> None:
            raise KeyError("ours")

    door = open_door(Mistaken())
    assert status(door.call(b"GET / HTTP/1.1\r\n\r\n")) == 500
    assert "a mistake of ours" in caplog.text


def test_an_address_that_is_taken_is_tried_again_and_told(outbox):
    health = Health()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        listener = Listener(reception(outbox), host="127.0.0.1", port=port, health=health)
        with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1:{port}"):
            listener.begin()
        assert listener.step() > 0
        assert f"{LOOP}: cannot listen on" in health.line(0)
    assert listener.step() == 0
    assert LOOP not in health.line(0)
    listener.close()


KILLED = """
import os, signal, sys, threading, time
from pathlib import Path
from zoneinfo import ZoneInfo
from bridge import listener as module
from bridge.health import Health
from bridge.outbox import Outbox
from bridge.reception import Reception

def die(connection, reply):
    os.kill(os.getpid(), signal.SIGKILL)  # the rows are committed, the OK is not sent

if sys.argv[2] == "die":
    module._send = die
outbox = Outbox(Path(sys.argv[1]))
outbox.callers.admit("SERIAL87654321", "adms", "hall")
reception = Reception(
    outbox, (), zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, clock=time.time
)
listener = module.Listener(reception, host="127.0.0.1", port=0, health=Health())
listener.begin()
print(listener.port, flush=True)
listener.run(threading.Event())
"""


def test_killed_between_the_commit_and_the_ok_nothing_is_lost_or_doubled(tmp_path):
    place = tmp_path / "outbox.db"
    request = (SAMPLES / "adms-x100c-attlog.http").read_bytes()

    def bridge(how: str) -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(place), how], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        return process, int(process.stdout.readline())

    process, port = bridge("die")
    with process, socket.create_connection(("127.0.0.1", port), PATIENCE_S) as call:
        call.sendall(request)
        with suppress(ConnectionResetError):  # the other way a killed process hangs up
            assert read_all(call) == b"", "an acknowledgement got out"
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    with Outbox(place) as outbox:
        assert [row.body.user_id for row in outbox.listing("waiting")] == ["1156"]
    process, port = bridge("live")
    with process:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as call:
            call.sendall(request)
            assert read_all(call).endswith(b"OK: 1")
        os.kill(process.pid, signal.SIGKILL)
    with Outbox(place) as outbox:
        (row,) = outbox.listing("waiting")
        assert row.body.user_id == "1156"


class TestCommands:
    @pytest.fixture
    def listening(self, desk):
        desk.write('[listener]\nlisten = "127.0.0.1:0"\n')
        with Outbox(_prepared(desk)) as outbox:
            outbox.callers.knock(SERIAL, "adms", "192.168.1.9", "push 2.4.0", int(time.time()))
        return desk

    def test_the_approval_of_a_terminal_that_called(self, listening):
        told = listening.types("terminals", "list", "--json")
        rows = [json.loads(line) for line in told.output.splitlines()]
        assert [(one["name"], one["state"]) for one in rows] == [
            ("front-door", "asked"),
            (None, "waiting"),
        ]
        assert rows[1]["peer"] == "192.168.1.9"
        told = listening.types("status")
        assert "call and are not approved" in told.output
        assert SERIAL in told.output
        told = listening.types(
            "terminals", "approve", SERIAL, "--name", "hall", "--source", "192.168.1.0/24"
        )
        assert (told.exit_code, told.output.split(";")[0]) == (0, f"{SERIAL} is approved as hall")
        with Outbox.existing(_prepared(listening)) as outbox:
            state = outbox.callers.find(SERIAL)
        assert (state.state, state.name, state.source) == ("approved", "hall", "192.168.1.0/24")
        assert "not approved" not in listening.types("status").output
        assert listening.types("terminals", "reject", SERIAL).exit_code == 0
        assert "rejected" in listening.types("terminals", "list").output

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("approve", "X", "--name", "front-door"), "front-door is a terminal of"),
            (("approve", "X", "--name", "a b"), "may hold only letters"),
            (("approve", "X", "--source", "300.1.1.1"), "is no address and no network"),
            (("reject", "NOBODY"), "no terminal NOBODY ever called"),
        ],
    )
    def test_what_cannot_be_is_one_sentence(self, listening, words, told):
        result = listening.types("terminals", *words)
        assert result.exit_code != 0
        assert told in result.output

    def test_a_terminal_of_the_configuration_is_decided_there(self, listening):
        hall = '[[terminal]]\nname = "hall"\ndriver = "adms"\nserial = "SERIAL87654321"\n'
        listening.write('[listener]\nlisten = "127.0.0.1:0"\n' + hall)
        result = listening.types("terminals", "approve", SERIAL)
        assert "has a section in" in result.output
        assert result.exit_code == 1
        assert "calls us and cannot be read on demand" in listening.types("read", "hall").output
        told = listening.types("check", "--connect").output
        assert "hall: calls us, last" in told


def _prepared(desk) -> Path:
    desk.state.mkdir(mode=0o700, exist_ok=True)
    return desk.state / "outbox.db"
