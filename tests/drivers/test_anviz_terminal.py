"""AnvizTerminal on real lines: pseudo-terminals, RFC 2217, TCP; fair weather and foul."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers import progress
from drivers.anviz import commands
from drivers.anviz.codec import Frame, encode
from drivers.anviz.terminal import AnvizTerminal
from drivers.base import RawPunch, Terminal
from drivers.errors import DriverError, MalformedReply, TerminalRefused, TerminalUnreachable
from drivers.simulator.anviz import CLEAR, AnvizUnit
from drivers.simulator.serial import PtyServer, Rfc2217Server, TcpServer, Weather
from drivers.simulator.touches import Touch
from drivers.testing import SAMPLE_LOG, TerminalContract

NOON = datetime(2026, 11, 20, 12, 0, 0)
PATIENCE_S = 20.0  # far more than any answer here takes: a busy machine must not fail a test
HARMLESS = {
    commands.SERIAL_NUMBER,
    commands.SERIAL_TEXT,
    commands.TYPE_CODE,
    commands.CAPACITY,
    commands.GET_TIME,
    commands.RECORD_INFO,
    commands.DOWNLOAD_RECORDS,
    commands.DOWNLOAD_USERS,
    commands.DOWNLOAD_USERS_EXTENDED,
}
# No room for leading zeros, 18 digits, a face, or "no key pressed".
EXPECTED = tuple(one for one in SAMPLE_LOG if one.user_id in ("7", "12") and (one.state or 0) <= 15)
MANY = tuple(
    Touch(str(number % 40 + 1), NOON - timedelta(minutes=1_000 - number), number % 2)
    for number in range(130)
)


def unit(touches: Any = MANY, **other: Any) -> AnvizUnit:
    return AnvizUnit(touches=touches, **{"clock": lambda: NOON, **other})


def touches_of(punches: tuple[RawPunch, ...]) -> list[Touch]:
    return [Touch(p.user_id, p.local_time, p.state or 0, p.verify or 1) for p in punches]


def opened(url: str, **other: Any) -> AnvizTerminal:
    settings: dict[str, Any] = {
        "port_url": url,
        "device": 1,
        "timeout_s": PATIENCE_S,
        "baud": 115_200,
    }
    return AnvizTerminal(AnvizTerminal.Options(**{**settings, **other}))


def told(terminal: AnvizTerminal) -> list[tuple[str, datetime]]:
    return [(p.user_id, p.local_time) for p in terminal.read().entries() if isinstance(p, RawPunch)]


ALL = [(touch.user_id, touch.local_time) for touch in MANY]


class OnALine(TerminalContract):
    expected = EXPECTED

    def asked(self, unit: AnvizUnit) -> None:
        assert set(unit.commands_seen) <= HARMLESS


class TestAnvizOnAPort(OnALine):
    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        one = unit(touches_of(EXPECTED), names={"7": "Budi", "12": "Siti"})
        with PtyServer(one) as server, opened(server.url) as terminal:
            yield terminal
        self.asked(one)


class TestAnvizOverTcp(OnALine):
    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        one = unit(touches_of(EXPECTED), names={"7": "Budi"}, extended_users=True)
        with TcpServer(one) as server:
            options = AnvizTerminal.Options(transport="tcp", host="127.0.0.1", port=server.port)
            with AnvizTerminal(options) as terminal:
                yield terminal
        self.asked(one)


@pytest.mark.filterwarnings(r"ignore:set(Daemon|Name)\(\):DeprecationWarning")  # within pyserial
def test_reads_over_rfc_2217_with_the_speed_it_was_told() -> None:
    with Rfc2217Server(unit()) as server, opened(server.url, baud=19_200, parity="even") as one:
        assert told(one) == ALL
        assert (server.settings.baudrate, server.settings.parity) == (19_200, "E")


def test_reads_over_a_server_that_passes_plain_bytes() -> None:
    with TcpServer(unit()) as server, opened(server.url) as terminal:
        assert told(terminal) == ALL


def test_two_on_one_line_are_told_apart() -> None:
    first, second = unit(device=1, serial=11), unit(MANY[:7], device=2, serial=22)
    with PtyServer(first, second, weather=Weather(echo=True)) as server:
        for device, serial, count in ((1, "11", 130), (2, "22", 7)):
            with opened(server.url, device=device, half_duplex=True) as terminal:
                assert terminal.info().serial == serial
                assert len(terminal.read()) == count


def test_one_that_is_not_on_the_line_is_named() -> None:
    with (
        PtyServer(unit()) as server,
        pytest.raises(TerminalUnreachable, match=r"device 3 stopped answering.*device number"),
    ):
        opened(server.url, device=3, timeout_s=0.05)


@pytest.mark.parametrize(
    "weather",
    [
        Weather(split=True),
        Weather(echo=True),
        Weather(noise=0.3),
        Weather(garble=0.2),
        Weather(lose=0.2),
        Weather(deafen=0.2),
        Weather(split=True, echo=True, noise=0.2, garble=0.1, lose=0.1, deafen=0.1),
    ],
    ids=["split", "echo", "noise", "garble", "lose", "deafen", "everything"],
)
def test_bad_weather_costs_time_and_no_record(weather: Weather) -> None:
    """Right or an error: a log that is short, doubled or altered never comes out."""
    whole = 0
    with PtyServer(unit(MANY[:80]), weather=weather) as server:
        for timeout_s in (0.08, 0.08, 0.08, 0.08, 0.5, 3.0):
            if whole and timeout_s > 0.08:
                break  # more time is for a machine so busy that no reading came through
            try:
                with opened(server.url, timeout_s=timeout_s) as terminal:
                    assert told(terminal) == ALL[:80]
                    whole += 1
            except TerminalUnreachable:
                continue
    assert whole


def test_records_that_come_in_during_a_read_are_left_for_the_next() -> None:
    class Busy(AnvizUnit):
        def hear(self, data: bytes) -> list[bytes]:
            if data[5] == commands.DOWNLOAD_RECORDS:
                self.add(Touch("9", NOON))
            return super().hear(data)

    one = Busy(touches=MANY, clock=lambda: NOON)
    with PtyServer(one) as server, opened(server.url) as terminal:
        log = terminal.read()
        assert len(log) == log.claimed == 130
        assert len(terminal.read()) == 136


def test_a_log_cleared_during_a_read_is_no_log() -> None:
    class Cleared(AnvizUnit):
        def hear(self, data: bytes) -> list[bytes]:
            said = super().hear(data)
            if self.commands_seen[commands.DOWNLOAD_RECORDS] == 6:
                self.records.clear()
            return said

    one = Cleared(touches=MANY, clock=lambda: NOON)
    with (
        PtyServer(one) as server,
        opened(server.url) as terminal,
        pytest.raises(TerminalUnreachable, match="was its log cleared"),
    ):
        terminal.read()


def test_a_log_shorter_than_its_count_is_no_log() -> None:
    class Forgetful(AnvizUnit):
        def _block(self, asked: Frame, rows: list[bytes]) -> bytes | None:
            return super()._block(asked, rows[:60])

    one = Forgetful(touches=MANY, clock=lambda: NOON)
    with (
        PtyServer(one) as server,
        opened(server.url) as terminal,
        pytest.raises(MalformedReply, match="counts 130 records and hands over 60"),
    ):
        terminal.read()


def test_tells_how_far_a_read_has_come() -> None:
    told: list[tuple[int, int]] = []
    watching = progress.watched_by(lambda arrived, expected: told.append((arrived, expected)))
    with PtyServer(unit()) as server, opened(server.url) as terminal, watching:
        terminal.read()
    whole = 130 * 14
    assert told == [*((count * 14, whole) for count in range(0, 130, 25)), (whole, whole)]


def test_an_empty_log_is_read() -> None:
    with PtyServer(unit(())) as server, opened(server.url) as terminal:
        assert (len(terminal.read()), terminal.read().claimed) == (0, 0)


def test_tells_users_without_their_secrets() -> None:
    names = {str(number): f"Pegawai {number}" for number in range(1, 31)}
    for extended in (False, True):
        one = unit((), names=names, extended_users=extended)
        with PtyServer(one) as server, opened(server.url) as terminal:
            assert {user.user_id: user.name for user in terminal.users()} == names
            assert terminal.info().users == 30


def test_one_without_a_serial_number_is_refused() -> None:
    with PtyServer(unit(serial=0)) as server, pytest.raises(TerminalRefused, match="serial number"):
        opened(server.url)


def test_a_serial_number_in_text_is_taken_where_there_is_no_other() -> None:
    class Newer(AnvizUnit):
        def _data(self, asked: Frame) -> bytes | None:
            if asked.command == commands.SERIAL_TEXT:
                return b"0820100006060007"
            return super()._data(asked)

    one = Newer(touches=(), clock=lambda: NOON)
    one.refusing.add(commands.SERIAL_NUMBER)
    with PtyServer(one) as server, opened(server.url) as terminal:
        assert terminal.info().serial == "0820100006060007"


def test_a_refusal_is_named() -> None:
    one = unit()
    with PtyServer(one) as server, opened(server.url) as terminal:
        one.refusing.add(commands.DOWNLOAD_RECORDS)
        with pytest.raises(TerminalRefused, match=r"device 1 answers 0x40 with result 1 \(failed"):
            terminal.read()


def test_warns_where_records_count_from_another_day(caplog: pytest.LogCaptureFixture) -> None:
    touch = Touch("7", NOON - timedelta(hours=1))
    one = unit([touch], epoch=datetime(2000, 1, 1))
    with PtyServer(one) as server, caplog.at_level(logging.WARNING):
        with opened(server.url) as terminal:
            terminal.read()
        assert 'epoch = "2000-01-01"' in caplog.text
        caplog.clear()
        with opened(server.url, epoch="2000-01-01") as terminal:
            assert told(terminal) == [("7", touch.local_time)]
        assert not caplog.text


class HostilePeer:
    """Says the same, whatever it is asked."""

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
        with client:
            try:
                while client.recv(4096):
                    client.sendall(self._said)
                    if self._hang_up:
                        return
            except OSError:
                return  # the client has enough


def answer(command: int, data: bytes, result: int = 0) -> bytes:
    return encode(Frame(1, command, result, data))


@pytest.mark.parametrize(
    ("said", "hang_up", "message"),
    [
        (b"", True, "hung up"),
        (b"\xa5" * 5_000, False, "stopped answering"),
        (b"\xa5\0\0\0\1\xc6\0\4\0", False, "stopped answering"),
        (answer(commands.SERIAL_NUMBER, b"\0\0\0\1")[:-1] + b"!", False, "stopped answering"),
        (encode(Frame(2, commands.SERIAL_NUMBER, 0, b"abcd")), False, "stopped answering"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False, "stopped answering"),
    ],
    ids=["hangs up", "starts", "stops inside", "wrong sum", "another device", "a web server"],
)
def test_rubbish_ends_in_time_and_is_named(said: bytes, hang_up: bool, message: str) -> None:
    with HostilePeer(said, hang_up=hang_up) as peer:
        options = AnvizTerminal.Options(
            transport="tcp", host="127.0.0.1", port=peer.port, device=1, timeout_s=0.05
        )
        with pytest.raises(DriverError, match=rf"^127.0.0.1:{peer.port}.* {message}"):
            AnvizTerminal(options)


def test_answers_a_ping_in_between() -> None:
    pong = bytes.fromhex("a500000001ff00000078c1")
    pongs: list[bytes] = []

    class Pinging(AnvizUnit):
        def hear(self, data: bytes) -> list[bytes]:
            data, found = data.replace(pong, b""), pong in data  # they may come with what follows
            if found:
                pongs.append(pong)
            if not data:
                return []
            return [encode(Frame(1, commands.PING, None)), *super().hear(data)]

    one = Pinging(touches=MANY[:3], clock=lambda: NOON)
    with TcpServer(one) as server, opened(server.url) as terminal:
        assert len(terminal.read()) == 3
    assert pongs


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({}, "port_url: missing"),
        ({"port_url": "/dev/ttyUSB0"}, "device: missing"),
        ({"port_url": "spy:///dev/ttyUSB0?file=/etc/x", "device": 1}, "port_url: .*no serial port"),
        ({"port_url": "socket://h:1?logging=debug", "device": 1}, "port_url: .*no serial port"),
        ({"transport": "tcp"}, "host: missing"),
        ({"transport": "tcp", "host": "h", "port": 0}, "port: 0"),
        ({"transport": "tcp", "host": "h", "device": -1}, "device: -1"),
        ({"transport": "tcp", "host": "h", "timeout_s": 0}, "timeout_s: 0"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}"):
        AnvizTerminal.Options(**settings)


def test_nothing_in_the_driver_can_clear_or_set() -> None:
    numbers = {value for value in vars(commands).values() if isinstance(value, int)}
    assert len(numbers) > 10
    assert not numbers & {CLEAR, 0x39, 0x4F, 0x41, 0x43, 0x47}
