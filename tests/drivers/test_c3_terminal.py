"""C3Panel over TCP, and on RS485 for those who insist; hostile peers included."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from drivers.base import Capability, RawPunch, Terminal
from drivers.c3 import commands
from drivers.c3.codec import Frame, encode
from drivers.c3.terminal import C3Panel
from drivers.errors import DriverError, MalformedReply, NotSupported, TerminalRefused
from drivers.errors import TerminalUnreachable as Unreachable
from drivers.serial_link import warn_of
from drivers.simulator.c3 import C3Unit, Transaction
from drivers.simulator.serial import PtyServer, TcpServer, Weather
from drivers.testing import SAMPLE_LOG, TerminalContract

NOON = datetime(2026, 11, 20, 12, 0, 0)
STATES = {0: 0, 1: 3, 255: 2}
HARMLESS = {
    commands.CONNECT,
    commands.CONNECT_SESSION,
    commands.DISCONNECT,
    commands.GET_PARAMETERS,
    commands.DESCRIBE_TABLES,
    commands.READ_TABLE,
}
# User ids are numbers of 32 bits here: no 18 digits, no leading zeros.
EXPECTED = tuple(one for one in SAMPLE_LOG if one.user_id in ("7", "12"))
DOOR = Transaction(0, NOON, kind=200)
ONE = Transaction(4711, NOON)


def transactions(punches: tuple[RawPunch, ...]) -> list[Transaction]:
    return [
        Transaction(int(p.user_id), p.local_time, 0, p.verify or 0, STATES[p.state or 0])
        for p in punches
    ]


def panel(*rows: Transaction, **other: Any) -> C3Unit:
    return C3Unit(rows, **{"clock": lambda: NOON, **other})


def opened(server: TcpServer, **other: Any) -> C3Panel:
    settings = {"host": "127.0.0.1", "port": server.port, "timeout_s": 2.0}
    return C3Panel(C3Panel.Options(**{**settings, **other}))


class TestC3WithASession(TerminalContract):
    expected = EXPECTED

    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        unit = panel(DOOR, *transactions(EXPECTED), DOOR, password="banana123")
        with TcpServer(unit) as server, opened(server, password="banana123") as terminal:
            yield terminal
        assert set(unit.commands_seen) <= HARMLESS
        assert unit.commands_seen[commands.DISCONNECT] == 1


class TestC3WithoutASession(TerminalContract):
    expected = EXPECTED

    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        unit = panel(*transactions(EXPECTED), sessions=False, clock=None)
        with (
            TcpServer(unit, weather=Weather(split=True)) as server,
            opened(server) as terminal,
        ):
            yield terminal
        assert set(unit.commands_seen) <= HARMLESS


def test_tells_who_it_is_and_its_clock() -> None:
    with TcpServer(panel()) as server, opened(server) as terminal:
        info = terminal.info()
        assert (info.serial, info.model) == ("DDG8130016092200401", "C3-400")
        assert info.firmware == "AC Ver 4.3.4"
        assert info.records is None
        assert info.can == {Capability.CLOCK}
        assert terminal.clock() == NOON


def test_what_it_hands_over_proves_nothing() -> None:
    with TcpServer(panel(ONE)) as server, opened(server) as terminal:
        assert not terminal.read().proven


def test_a_card_number_never_leaves_the_panel() -> None:
    card = 0x00ABCDEF
    unit = panel(Transaction(7, NOON, card=card))
    with TcpServer(unit) as server, opened(server) as terminal:
        (punch,) = terminal.read().entries()
        assert card.to_bytes(3, "little")[:3] not in punch.raw


@pytest.mark.parametrize("sessions", [True, False])
def test_a_wrong_password_is_named_and_not_shown(sessions: bool) -> None:
    unit = panel(password="banana123", sessions=sessions)
    with (
        TcpServer(unit) as server,
        pytest.raises(TerminalRefused, match='rejects our password; compare "password"') as caught,
    ):
        opened(server, password="apple999")
    assert "apple999" not in str(caught.value)
    assert "apple999" not in repr(C3Panel.Options(host="h", password="apple999"))


def test_older_answers_are_passed_over_and_the_wait_ends() -> None:
    unit = panel(ONE)
    with TcpServer(unit) as server, opened(server, timeout_s=0.1) as terminal:
        unit.lagging = True
        with pytest.raises(Unreachable, match=rf"^127.0.0.1:{server.port} stopped answering"):
            terminal.read()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (commands.DESCRIBE_TABLES, r"answers with error -13 \(no such command\)"),
        (commands.READ_TABLE, "answers with error -100"),
    ],
)
def test_a_refusal_is_named(command: int, message: str) -> None:
    unit = panel(ONE)
    with TcpServer(unit) as server, opened(server) as terminal:
        unit.refusing = {command: -13 if "13" in message else -100}
        with pytest.raises(TerminalRefused, match=message):
            terminal.read()


@pytest.mark.parametrize("serial", ["", "\x07", "x" * 65])
def test_one_without_a_serial_number_is_refused(serial: str) -> None:
    with (
        TcpServer(panel(serial=serial)) as server,
        pytest.raises(TerminalRefused, match="no usable serial number"),
    ):
        opened(server)


def test_a_clock_that_is_none_is_told() -> None:
    with TcpServer(panel(clock=None)) as server, opened(server) as terminal:
        with pytest.raises(NotSupported):
            terminal.clock()
        with pytest.raises(NotSupported, match="card numbers"):
            terminal.users()


class HostilePeer:
    """Answers the greeting, then says the same whatever it is asked."""

    def __init__(self, said: bytes, *, hang_up: bool = False) -> None:
        self._said, self._hang_up = said, hang_up
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "HostilePeer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._listener.close()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        greeted = encode(Frame(commands.OK, b"", (0x1234, 0)))
        with client:
            try:
                while client.recv(4096):
                    client.sendall(greeted)
                    greeted = self._said
                    if self._hang_up:
                        return
            except OSError:
                return  # the client has enough


@pytest.mark.parametrize(
    ("said", "hang_up", "kind", "message"),
    [
        (b"", False, Unreachable, "stopped answering"),
        (b"", True, Unreachable, "(hung up|broke off)"),  # a question in its way is a reset
        (b"\xaa\1\xc8\xff\xff", False, Unreachable, "stopped answering"),
        (b"\xaa\1\xc8\4\0\x34\x12\1\0\0\0U", False, MalformedReply, "damaged frame"),
        (b"SSH-2.0-OpenSSH\r\n", False, MalformedReply, "no C3 frame"),
        (encode(Frame(commands.OK, b"x", (1, 1))), False, MalformedReply, "another session"),
        (encode(Frame(commands.OK, b"x")), False, MalformedReply, "without its session"),
        (encode(Frame(0x77, b"x", (0x1234, 1))), False, Unreachable, "stopped answering"),
        (encode(Frame(commands.OK, b"", (0x1234, 1))), False, TerminalRefused, "serial number"),
    ],
    ids=["mute", "gone", "half", "damaged", "ssh", "session", "bare", "question", "empty"],
)
def test_rubbish_ends_in_time_and_is_named(
    said: bytes, hang_up: bool, kind: type[DriverError], message: str
) -> None:
    with HostilePeer(said, hang_up=hang_up) as peer:
        options = C3Panel.Options(host="127.0.0.1", port=peer.port, timeout_s=0.1)
        with pytest.raises(kind, match=rf"^127.0.0.1:{peer.port} .*{message}"):
            C3Panel(options)


def test_nothing_that_acts_is_known_here() -> None:
    numbers = {value for value in vars(commands).values() if isinstance(value, int)}
    assert numbers >= HARMLESS
    assert not numbers & {0x03, 0x05, 0x07, 0x09, 0x0A}


def test_rs485_is_refused_unless_somebody_insists(caplog: pytest.LogCaptureFixture) -> None:
    warn_of.cache_clear()  # another test may have had the same port
    with pytest.raises(ValueError, match=r"^transport: RS485 .* never seen .*unproven = true"):
        C3Panel.Options(transport="serial", port_url="/dev/ttyUSB0")
    with PtyServer(panel(ONE), weather=Weather(echo=True, split=True)) as server:
        options = C3Panel.Options(
            transport="serial", port_url=server.url, unproven=True, half_duplex=True
        )
        assert "unproven" in options.caution
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                with C3Panel(options) as terminal:
                    (punch,) = terminal.read().entries()
                    assert isinstance(punch, RawPunch)
                    assert punch.user_id == "4711"
        assert caplog.text.count("unproven") == 1, "said once, not at every poll"


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({}, "host: missing"),
        ({"host": "h", "port": 70_000}, "port: 70000"),
        ({"host": "h", "timeout_s": 601}, "timeout_s: 601"),
        ({"host": "h", "unproven": True}, 'unproven: only for transport = "serial"'),
        ({"host": "h", "password": "é"}, "password: may hold"),
        ({"transport": "serial", "unproven": True}, "port_url: missing"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}"):
        C3Panel.Options(**settings)
