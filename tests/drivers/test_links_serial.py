"""Serial lines: real pseudo-terminals, servers on the loopback, and what people plug in wrongly."""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DriverError, TerminalBusy, TerminalRefused, TerminalUnreachable
from drivers.links import Silence
from drivers.serial_link import LineOptions, SerialLink, _Echo
from drivers.simulator.serial import Rfc2217Server
from drivers.tap import Tap, TapEnded

WITHIN_PYSERIAL = pytest.mark.filterwarnings(r"ignore:set(Daemon|Name)\(\):DeprecationWarning")
TIOCGEXCL = 0x80045440
PATIENCE_S = 20.0  # what has no end takes longer, and a busy machine does not


class Pair:
    """A pseudo-terminal: the far end of the line and the port."""

    def __init__(self) -> None:
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        self.port = os.ttyname(self.near)

    def hang_up(self) -> None:
        for end in (self.near, self.far):
            if end >= 0:
                os.close(end)
        self.near = self.far = -1


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.hang_up()


@pytest.fixture
def link(pair: Pair) -> Iterator[SerialLink]:
    opened = SerialLink(LineOptions(port_url=pair.port))
    yield opened
    opened.close()


def test_carries_bytes_both_ways(pair: Pair, link: SerialLink) -> None:
    every = bytes(range(256))
    link.send(every)
    assert os.read(pair.far, 1000) == every
    os.write(pair.far, every[::-1])
    heard = b""
    while len(heard) < 256:
        heard += link.receive(5)
    assert heard == every[::-1]
    assert link.peer == pair.port
    assert not link.datagram
    link.close()
    link.close()


def test_silence_ends_in_time(link: SerialLink) -> None:
    began = time.monotonic()
    for timeout_s in (0.1, 0, -1):
        with pytest.raises(Silence, match="stopped answering"):
            link.receive(timeout_s)
    assert 0.1 <= time.monotonic() - began < PATIENCE_S


def test_a_cable_pulled_out_is_named(pair: Pair, link: SerialLink) -> None:
    pair.hang_up()
    with pytest.raises(TerminalUnreachable, match=r"broke off .*is the adapter plugged in") as told:
        link.receive(5)
    assert not isinstance(told.value, Silence)
    with pytest.raises(TerminalUnreachable, match="broke off while we sent"):
        link.send(b"question")


def test_a_link_closed_by_another_thread_ends_the_wait(link: SerialLink) -> None:
    ended: list[DriverError] = []

    def listen() -> None:
        try:
            link.receive(60)
        except DriverError as error:
            ended.append(error)

    listening = threading.Thread(target=listen)
    listening.start()
    link.close()
    listening.join(10)
    assert not listening.is_alive()
    assert len(ended) == 1


def test_a_closed_link_says_so_and_nothing_else_happens(link: SerialLink) -> None:
    link.close()
    with pytest.raises(TerminalUnreachable, match="broke off"):
        link.receive(1)
    with pytest.raises(TerminalUnreachable, match="broke off"):
        link.send(b"x")


class TestEcho:
    def test_our_own_words_are_dropped(self, pair: Pair, link: SerialLink) -> None:
        link.send(b"question")
        os.write(pair.far, os.read(pair.far, 100) + b"answer")
        assert link.receive(5) == b"answer"

    def test_the_beginning_of_an_answer_like_ours_is_kept(
        self, pair: Pair, link: SerialLink
    ) -> None:
        link.send(b"question")
        os.write(pair.far, b"quest")
        assert link.receive(0.1) == b"quest"

    @given(st.binary(min_size=1, max_size=20), st.binary(max_size=20), st.integers(1, 7))
    def test_nothing_else_is_ever_dropped(self, said: bytes, answer: bytes, size: int) -> None:
        for echoed in (said, b""):
            echo = _Echo()
            echo.sent(said)
            stream = echoed + answer
            heard = b"".join(
                echo.drop(stream[at : at + size]) for at in range(0, len(stream), size)
            )
            heard += echo.release()
            assert heard == answer or (not echoed and answer.startswith(said))


class TestTakingTurns:
    def test_one_line_is_for_one_at_a_time(self, pair: Pair, link: SerialLink) -> None:
        with pytest.raises(TerminalBusy, match="in use for another terminal of this line"):
            SerialLink(LineOptions(port_url=pair.port), turn_s=0.01)

    def test_another_name_of_the_port_is_the_same_line(
        self, pair: Pair, link: SerialLink, tmp_path: Path
    ) -> None:
        other = tmp_path / "by-id"
        other.symlink_to(pair.port)
        with pytest.raises(TerminalBusy):
            SerialLink(LineOptions(port_url=str(other)), turn_s=0.01)

    def test_who_waits_gets_it_next(self, pair: Pair, link: SerialLink) -> None:
        got: list[SerialLink] = []
        waiting = threading.Thread(
            target=lambda: got.append(SerialLink(LineOptions(port_url=pair.port), turn_s=10))
        )
        waiting.start()
        link.close()
        waiting.join(10)
        assert len(got) == 1
        got[0].close()

    def test_a_port_that_could_not_be_opened_is_free_for_the_next(self, tmp_path: Path) -> None:
        missing = LineOptions(port_url=str(tmp_path / "ttyUSB9"))
        for _ in range(2):
            with pytest.raises(TerminalUnreachable, match="no such port"):
                SerialLink(missing, turn_s=0.01)

    def test_another_process_is_kept_out(self, pair: Pair, link: SerialLink) -> None:
        state = fcntl.ioctl(pair.near, TIOCGEXCL, struct.pack("i", 0))
        assert state != struct.pack("i", 0), "others that open it are refused"
        code = (
            "import sys; from drivers.serial_link import *\n"
            "try: SerialLink(LineOptions(port_url=sys.argv[1]))\n"
            "except DriverError as error: print(type(error).__name__, error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, pair.port],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        assert done.stdout.startswith(f"TerminalBusy {pair.port} is in use by another program")
        link.close()
        assert fcntl.ioctl(pair.near, TIOCGEXCL, struct.pack("i", 0)) == struct.pack("i", 0)


def test_two_wires_are_given_a_moment_to_turn_round(pair: Pair) -> None:
    link = SerialLink(LineOptions(port_url=pair.port, half_duplex=True))
    os.write(pair.far, b"answer")
    assert link.receive(5) == b"answer"
    heard_at = time.monotonic()
    link.send(b"question")
    assert time.monotonic() - heard_at >= 0.045
    assert os.read(pair.far, 100) == b"question"
    link.close()


def test_the_speed_reaches_the_port(pair: Pair) -> None:
    import termios

    link = SerialLink(LineOptions(port_url=pair.port, baud=19_200))
    *_, speed, _, _ = termios.tcgetattr(pair.near)
    assert speed == termios.B19200  # parity no pseudo-terminal knows; RFC 2217 is told it
    link.close()


class TestServers:
    def test_plain_bytes_over_tcp(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
            link = SerialLink(LineOptions(port_url=url))
            peer, _ = listener.accept()
            with peer:
                link.send(b"question")
                assert peer.recv(100) == b"question"
                peer.sendall(b"question" + b"answer")
                assert link.receive(5) == b"answer"
            with pytest.raises(TerminalUnreachable, match="hung up"):
                link.receive(5)
            link.close()

    @WITHIN_PYSERIAL
    def test_rfc_2217_carries_every_byte(self) -> None:
        class Mirror:
            def hear(self, data: bytes) -> list[bytes]:
                return [b"<" + data[::-1] + b">"]

        every = bytes(range(256))
        with Rfc2217Server(Mirror()) as server:
            link = SerialLink(LineOptions(port_url=server.url))
            link.send(every)
            heard = b""
            while heard.count(b">") < 2:  # one of them is data
                heard += link.receive(5)
            assert heard.replace(b"><", b"") == b"<" + every[::-1] + b">"
            link.close()

    @WITHIN_PYSERIAL
    def test_rfc_2217_that_goes_away_is_named(self) -> None:
        with Rfc2217Server() as server:
            link = SerialLink(LineOptions(port_url=server.url))
        with pytest.raises(TerminalUnreachable, match="broke off"):
            link.receive(5)
        link.close()

    @pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
    def test_a_server_that_is_not_there_says_what_to_check(self, scheme: str) -> None:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        with pytest.raises(TerminalUnreachable, match=f"127.0.0.1:{port} refuses"):
            SerialLink(LineOptions(port_url=f"{scheme}://127.0.0.1:{port}"))

    @WITHIN_PYSERIAL
    def test_a_server_that_speaks_no_rfc_2217_says_what_to_write(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"rfc2217://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(DriverError, match=r"speaks no RFC 2217; write socket://"):
                SerialLink(LineOptions(port_url=url))


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda path: path / "ttyUSB0", TerminalUnreachable, "no such port; is the adapter"),
        (lambda path: path, TerminalUnreachable, "cannot be used as a serial port"),
        (lambda path: Path("/dev/null"), TerminalUnreachable, "cannot be used as a serial port"),
    ],
    ids=["missing", "folder", "null"],
)
def test_what_is_no_port_is_named(
    make: object, kind: type[DriverError], message: str, tmp_path: Path
) -> None:
    place = make(tmp_path)  # type: ignore[operator]  # a lambda of the table
    with pytest.raises(kind, match=message):
        SerialLink(LineOptions(port_url=str(place)))


def test_a_port_of_somebody_else_says_which_group(monkeypatch: pytest.MonkeyPatch) -> None:
    import serial

    def refused(*_: object, **__: object) -> None:
        raise serial.SerialException(13, "could not open port: [Errno 13] Permission denied")

    monkeypatch.setattr(serial, "Serial", refused)  # the tests may run as root, who opens all
    with pytest.raises(TerminalRefused, match="add it to the group dialout"):
        SerialLink(LineOptions(port_url="/dev/ttyS0"))


@pytest.mark.parametrize(
    "url",
    [
        "COM1",
        "loop://",
        "spy:///dev/ttyUSB0?file=/tmp/x",
        "socket://host",
        "socket://host:99999",
        "socket://user@host:1",
        "rfc2217://host:1?logging=debug",
        "socket://[::1",
    ],
)
def test_urls_that_are_no_line_are_refused(url: str) -> None:
    assert LineOptions(port_url=url).line_fault().startswith("port_url: ")


@pytest.mark.parametrize("url", ["/dev/ttyUSB0", "socket://10.0.0.1:4001", "rfc2217://[::1]:4001"])
def test_urls_that_are_lines_are_taken(url: str) -> None:
    assert LineOptions(port_url=url).line_fault() == ""


class TestTap:
    def test_hears_both_ways_and_no_secret(self, pair: Pair) -> None:
        with Tap(60).on() as tap:
            link = SerialLink(LineOptions(port_url=pair.port))
            link.let_hear()
        link.send(b"question")
        with link.hiding("the key", after=4):
            link.send(b"key:hunter2")
        os.write(pair.far, b"answer")
        assert link.receive(5) == b"answer"
        link.close()
        assert [(one.direction, one.data, one.hidden) for one in tap.bursts] == [
            ("C", b"question", ""),
            ("C", b"key:" + bytes(7), "the key"),
            ("D", b"answer", ""),
        ]

    def test_hears_no_link_whose_driver_does_not_let_it(self, pair: Pair) -> None:
        with Tap(60).on() as tap:
            link = SerialLink(LineOptions(port_url=pair.port))
            link.send(b"question")
        link.close()
        assert tap.bursts == []

    def test_ends_once_and_lets_goodbye_through(self, pair: Pair) -> None:
        now = [0.0]
        with Tap(5, clock=lambda: now[0]).on() as tap:
            link = SerialLink(LineOptions(port_url=pair.port))
            link.let_hear()
        now[0] = 5.0
        with pytest.raises(TapEnded, match="time is over"):
            link.receive(5)
        link.send(b"goodbye")
        os.write(pair.far, b"bye")
        assert link.receive(5) == b"bye"
        link.close()
        assert tap.bursts == []

    def test_ends_when_it_is_full(self, pair: Pair) -> None:
        with Tap(60, max_bytes=4).on():
            link = SerialLink(LineOptions(port_url=pair.port))
            link.let_hear()
        link.send(b"question")
        with pytest.raises(TapEnded, match="full"):
            link.receive(5)
        link.close()
