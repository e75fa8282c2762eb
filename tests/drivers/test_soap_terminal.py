"""SoapTerminal on real sockets: the examination, the simulator's faults, and worse peers."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers import progress
from drivers.base import BadRecord, Capability
from drivers.errors import (
    DriverError,
    MalformedReply,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.simulator import soap as simulator
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.soap import MENU, SoapServer
from drivers.simulator.touches import Touch
from drivers.soap import codec
from drivers.soap import terminal as driver
from drivers.soap.terminal import SoapTerminal
from drivers.testing import SAMPLE_LOG, TerminalContract

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "soap-full-response-2020.http"
NOON = datetime(2026, 11, 20, 12, 0, 0)
KEY = 123_456
HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
SERIAL = HEAD + b"<GetOptionResponse>X100C1</GetOptionResponse>"


def memory(**options: int) -> Memory:
    filled = Memory(comm_key=KEY, clock=lambda: NOON, **options)
    filled.load(Touch(one.user_id, one.local_time, one.state, one.verify) for one in SAMPLE_LOG)
    return filled


def served(*faults: str) -> SoapServer:
    return SoapServer(memory(), Faults(*faults, menu=MENU))


def opened(port: int, key: int = KEY, timeout_s: float = 5.0, serial: str = "") -> SoapTerminal:
    options = SoapTerminal.Options("127.0.0.1", port, key, timeout_s, serial)
    return SoapTerminal(options)


class OnASimulator(TerminalContract):
    faults: tuple[str, ...] = ()
    serial = ""

    @pytest.fixture
    def terminal(self) -> Iterator[SoapTerminal]:
        with served(*self.faults) as server, opened(server.port, serial=self.serial) as terminal:
            yield terminal
            assert set(server.asked) <= {"GetAttLog", "GetDate", "GetOption"}


class TestContract(OnASimulator):
    pass


class TestContractInPieces(OnASimulator):
    faults = ("split", "reversed", "one-line")


class TestContractOfAnotherFirmware(OnASimulator):
    faults = ("envelope", "prolog", "names", "chunked")


class TestContractWithoutItsSerialNumber(OnASimulator):
    faults = ("no-option",)
    serial = "X100C-4711"


def test_tells_its_clock_and_no_users():
    with served() as server, opened(server.port) as terminal:
        assert terminal.info().can == {Capability.CLOCK}
        assert terminal.clock() == NOON
        with pytest.raises(NotSupported, match="passwords"):
            terminal.users()
        assert server.asked == {"GetOption": 1, "GetDate": 1}


def test_who_waits_sees_how_far_it_is():
    told: list[tuple[int, int]] = []
    watched = progress.watched_by(lambda *far: told.append(far))
    with served() as server, opened(server.port) as terminal, watched:
        terminal.read()
    assert told == sorted(told)
    assert told[-1][0] > 100 * len(SAMPLE_LOG)


def test_a_row_that_is_no_punch_is_handed_over_with_the_others():
    with served("bad-row") as server, opened(server.port) as terminal:
        first, *rest = terminal.read().entries()
    assert isinstance(first, BadRecord)
    assert len(rest) == len(SAMPLE_LOG)


def test_another_key_is_a_person_s_business():
    with served() as server, pytest.raises(TerminalBusy, match='compare "comm_key"'):
        opened(server.port, key=1)


def test_without_a_serial_number_it_has_no_identity():
    with (
        served("no-option") as server,
        pytest.raises(TerminalRefused, match="does not tell its serial number"),
    ):
        opened(server.port)


def test_another_serial_number_than_configured_is_another_terminal():
    with served() as server, pytest.raises(TerminalRefused, match="but its section says X1"):
        opened(server.port, serial="X1")
    with served() as server, opened(server.port, serial="SIM0000000001") as terminal:
        assert terminal.info().serial == "SIM0000000001"


def test_silence_on_the_serial_number_costs_five_seconds_at_most(monkeypatch):
    monkeypatch.setattr(driver, "SERIAL_S", 0.2)
    monkeypatch.setattr(driver, "LINGER_S", 0.05)
    clock = HEAD + b"<GetDateResponse>2026-11-20 12:00:00</GetDateResponse>"
    with scripted([b"", clock], keep=True) as port:
        began = time.monotonic()
        with opened(port, serial="X1") as terminal:
            assert terminal.info().serial == "X1"
    assert time.monotonic() - began < 5


SILENT = "stopped answering|did not finish its answer in time"
"""Which of both depends on where the time ends: while it waits for a byte, or between two."""


@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        ("cut=900", TerminalUnreachable, "broke off in the middle of its answer to GetAttLog"),
        ("cut=100", TerminalUnreachable, "127.0.0.1"),
        ("cut=0", TerminalBusy, "hangs up without an answer"),
        ("stall=900", TerminalUnreachable, SILENT),
        ("trickle=50", TerminalUnreachable, SILENT),
        ("no-end", TerminalUnreachable, "broke off"),
        ("rubbish", MalformedReply, "does not speak HTTP"),
        ("endless", MalformedReply, "more than 512 KiB as the answer to GetAttLog"),
        ("gzip", MalformedReply, "compressed"),
        ("page", TerminalRefused, "shows a web page"),
        ("nothing", TerminalBusy, "with nothing"),
        ("status=404", TerminalRefused, "404"),
        ("status=500", MalformedReply, "500"),
        ("status=503", TerminalBusy, "503"),
    ],
)
def test_a_fault_is_one_sentence_and_never_part_of_a_log(fault, error, text, monkeypatch):
    ask = codec.ask_log
    monkeypatch.setattr(driver.codec, "ask_log", lambda key: replaced(ask(key)))
    timeout_s = 0.5 if text == SILENT else 20
    with served() as server, opened(server.port, timeout_s=timeout_s) as terminal:
        server.faults.add(fault)
        monkeypatch.setattr(driver, "WHOLE", 2)
        with pytest.raises(error, match=text) as raised:
            terminal.read()
        assert str(raised.value).startswith(f"127.0.0.1:{server.port} ")
        server.faults.clear()
        assert len(terminal.read()) == len(SAMPLE_LOG)  # nothing of it stays behind


def replaced(request: codec.Request) -> codec.Request:
    """A log of at most 512 KiB, so that one without end is soon long enough."""
    return codec.Request(request.method, request.comm_key, request.argument, 512 << 10)


def test_a_terminal_that_does_not_hang_up_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(driver, "LINGER_S", 0.05)
    with served("keep-open") as server, opened(server.port, timeout_s=20) as terminal:
        began = time.monotonic()
        assert len(terminal.read()) == len(SAMPLE_LOG)
        assert time.monotonic() - began < 10


def test_nobody_there_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(TerminalUnreachable, match="refuses the connection"):
        opened(port)


def test_the_answer_of_a_real_terminal_is_read_through_a_socket():
    with scripted([SERIAL, SAMPLE.read_bytes()]) as port, opened(port) as terminal:
        assert [entry.user_id for entry in terminal.read().entries()] == list("11123111")


def test_a_peer_that_resets_behind_a_whole_answer_has_answered():
    with scripted([SERIAL, SAMPLE.read_bytes()], reset=True) as port, opened(port) as terminal:
        assert len(terminal.read()) == 8


def test_it_is_not_redirected():
    moved = b"HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    with scripted([moved, moved]) as port, pytest.raises(TerminalRefused, match="302"):
        opened(port)


def test_a_read_can_be_ended_from_another_thread():
    arrived = threading.Event()
    with scripted([SERIAL, HEAD + b"<GetAttLogResponse>"], keep=True, arrived=arrived) as port:
        terminal = opened(port, timeout_s=20)
        found: list[BaseException] = []

        def read() -> None:
            try:
                terminal.read()
            except DriverError as error:
                found.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        assert arrived.wait(10)
        terminal.close()
        reader.join(10)
        assert not reader.is_alive()
        assert len(found) == 1


class Scripted:
    """A peer that answers each connection with the next thing on its list, in whatever state."""

    def __init__(
        self, answers: list[bytes], *, keep: bool, reset: bool, arrived: threading.Event | None
    ) -> None:
        self._answers = answers
        self._keep, self._reset, self._arrived = keep, reset, arrived
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._kept: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        for sock in (self._listener, *self._kept):
            sock.close()

    def _serve(self) -> None:
        for number, answer in enumerate(self._answers):
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(10)
            while b"\r\n\r\n" not in client.recv(4_096):
                pass
            client.sendall(answer)
            last = number == len(self._answers) - 1
            if last and self._arrived:
                self._arrived.set()
            if self._keep and (last or not answer):
                self._kept.append(client)
                continue
            if self._reset:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            else:
                client.shutdown(socket.SHUT_WR)
                while client.recv(4_096):
                    pass
            client.close()


def scripted(
    answers: list[bytes],
    *,
    keep: bool = False,
    reset: bool = False,
    arrived: threading.Event | None = None,
) -> Scripted:
    return Scripted(answers, keep=keep, reset=reset, arrived=arrived)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"host": " "}, "host"),
        ({"port": 0}, "port"),
        ({"comm_key": -1}, "comm_key"),
        ({"comm_key": 1 << 32}, "comm_key"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"serial": "A\n"}, "serial"),
        ({"serial": "A" * 65}, "serial"),
    ],
)
def test_options_that_cannot_be_are_named(options, named):
    with pytest.raises(ValueError, match=f"^{named}:") as raised:
        SoapTerminal.Options(**{"host": "127.0.0.1"} | options)
    assert "-1" not in str(raised.value)


def test_a_key_is_not_shown():
    assert "4711" not in repr(SoapTerminal.Options("127.0.0.1", comm_key=4711))


class TestTheSimulatorAsAProcess:
    @pytest.fixture
    def started(self) -> Iterator[Callable[..., subprocess.Popen[str]]]:
        running: list[subprocess.Popen[str]] = []

        def start(*options: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "drivers.simulator.soap", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            running.append(process)
            return process

        yield start
        for process in running:
            process.communicate(timeout=20)  # its input ends, and so does it
            assert process.returncode == 0

    def test_serves_made_up_people_and_obeys(self, started):
        process = started("--people", "3", "--days", "2", "--comm-key", "7")
        ready = json.loads(process.stdout.readline())
        with opened(ready["port"], key=7) as terminal:
            assert len(terminal.read()) == ready["count"] == 12
        process.stdin.write("punch 9\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"recorded": True, "count": 13}
        with opened(ready["port"], key=7) as terminal:
            assert list(terminal.read().entries())[-1].user_id == "9"

    @pytest.mark.parametrize(
        ("options", "text"),
        [
            (["--fault", "gizp"], "did you mean 'gzip'"),
            (["--attlog", __file__], "holds no attendance record"),
        ],
    )
    def test_tells_what_is_wrong_with_its_options(self, options, text):
        told = CliRunner().invoke(simulator.main, options)
        assert told.exit_code != 0
        assert text in told.output
