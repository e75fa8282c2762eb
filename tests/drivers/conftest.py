"""What the drivers' tests share: captures, and a peer that answers as a test tells it to."""

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from drivers.zk import commands
from drivers.zk.codec import Packet, PacketReader, decode_packet, encode_packet, frame

SERIAL = "SYN0000001"
SESSION = 0x1963
PATIENCE_S = 60.0
HARMLESS = {9, 11, 13, 50, 201, 500, 1000, 1001, 1100, 1102, 1502, 1503, 1504, 2000}
"""The commands that change nothing in a terminal: no DISABLEDEVICE, nothing written or cleared."""


@pytest.fixture(scope="session")
def captures() -> Path:
    return Path(__file__).parents[1] / "captures"


class HangUp:
    """In place of bytes: close the connection."""


class Trickle(bytes):
    """Bytes to be sent one by one, a moment between them."""


Action = bytes | type[HangUp]
Handler = Callable[["ScriptedPeer", Packet], Iterable[Action]]


class ScriptedPeer:
    """A terminal on a real socket of the loopback. Tests replace what it answers, by command.

    It serves one client after another and keeps what it was asked.
    """

    def __init__(self, transport: str = "tcp") -> None:
        self.transport = transport
        self.log = b""
        """The records; the u32 size before them is added."""
        self.users = b""
        self.count: int | None = None
        """Records told in GET_FREE_SIZES; None tells none at all."""
        self.user_count = 0
        self.clock = 0
        self.data_max = 1024
        self.options = {b"~SerialNumber": SERIAL.encode(), b"~DeviceName": b"Scripted"}
        self.on: dict[int, Handler] = {
            commands.CONNECT: ok,
            commands.EXIT: ok,
            commands.FREE_DATA: ok,
            commands.GET_VERSION: lambda peer, asked: [peer.say(asked, data=b"Ver 6.60\0")],
            commands.GET_TIME: lambda peer, asked: [
                peer.say(asked, data=struct.pack("<I", peer.clock))
            ],
            commands.OPTIONS_RRQ: _option,
            commands.GET_FREE_SIZES: _sizes,
            commands.PREPARE_BUFFER: _prepare,
            commands.READ_BUFFER: _chunk,
        }
        self.asked: list[Packet] = []
        self.allowed = HARMLESS
        """What a client may ask for; tests of orders allow more."""
        self._buffer = b""
        self._ended = threading.Event()
        self._news = threading.Condition()
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self._sock = socket.socket(socket.AF_INET, kind)
        self._sock.bind(("127.0.0.1", 0))
        self.port: int = self._sock.getsockname()[1]
        self._client: Any = None
        self._sock.settimeout(PATIENCE_S)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        if self.transport == "tcp":
            self._sock.listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with socket.socket(self._sock.family, self._sock.type) as bell:  # wakes accept or recvfrom
            bell.connect(("127.0.0.1", self.port))
            if self.transport == "udp":
                bell.send(b"end")
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._sock.close()
        assert set(self.heard) <= self.allowed, "a driver never asks for anything else"

    def refuse(self, command: int, code: int = commands.ACK_ERROR) -> None:
        """Answer a command with a code and nothing else, from now on."""
        self.on[command] = lambda peer, asked: [peer.say(asked, code)]

    def speak_old(self) -> None:
        """Know no buffered reads, as old black-and-white terminals."""
        self.refuse(commands.PREPARE_BUFFER, commands.ACK_UNKNOWN)
        for command in (commands.ATTLOG_RRQ, commands.USERS_RRQ):
            self.on[command] = lambda peer, asked: peer.bulk(asked, peer.table(asked))

    hang_up = HangUp
    trickle = Trickle

    @property
    def heard(self) -> list[int]:
        return [packet.command for packet in self.asked]

    def was_let_go(self) -> bool:
        """Wait for the client's EXIT; True where it came last, and after all buffers were freed."""
        with self._news:
            self._news.wait_for(lambda: self.heard[-1:] == [commands.EXIT], PATIENCE_S)
        last = {command: at for at, command in enumerate(self.heard)}
        held = max(last.get(commands.PREPARE_BUFFER, -1), last.get(commands.READ_BUFFER, -1))
        return self.heard[-1] == commands.EXIT and last.get(commands.FREE_DATA, -1) >= held

    def say(
        self, asked: Packet, command: int = commands.ACK_OK, data: bytes = b"", **other: int
    ) -> bytes:
        """Return an answer as it goes over the wire; `session` and `reply` may be others."""
        session, reply = other.get("session", SESSION), other.get("reply", asked.reply)
        packet = encode_packet(Packet(command, session, reply, data))
        return frame(packet) if self.transport == "tcp" else packet

    def bulk(self, asked: Packet, data: bytes) -> list[bytes]:
        """Return PREPARE_DATA, DATA, ..., ACK_OK for this much data."""
        size = self.data_max
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        return [
            self.say(asked, commands.PREPARE_DATA, struct.pack("<II", len(data), size)),
            *(
                self.say(asked, commands.DATA, piece, session=index)
                for index, piece in enumerate(pieces)
            ),
            self.say(asked, session=len(data) & 0xFFFF),
        ]

    def table(self, asked: Packet) -> bytes:
        """Return what a bulk request asks for, its size before it."""
        wanted = asked.data[1] if asked.command == commands.PREPARE_BUFFER else asked.command
        records = self.users if wanted == commands.USERS_RRQ else self.log
        return struct.pack("<I", len(records)) + records

    def _serve(self) -> None:
        while not self._ended.is_set():
            if self.transport == "udp":
                received, client = self._sock.recvfrom(65_535)
                if received != b"end":
                    self._answer(
                        decode_packet(received), lambda data, to=client: self._sock.sendto(data, to)
                    )
                continue
            client, _ = self._sock.accept()
            with client:
                client.settimeout(PATIENCE_S)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        reader = PacketReader()
        try:
            while received := client.recv(65_535):
                reader.feed(received)
                while (packet := reader.next_packet()) is not None:
                    if not self._answer(packet, client.sendall):
                        return
        except OSError:
            return  # the client is gone, as some tests want it

    def _answer(self, packet: Packet, send: Callable[[bytes], Any]) -> bool:
        with self._news:
            self.asked.append(packet)
            self._news.notify_all()
        handler = self.on.get(packet.command, unknown)
        for action in handler(self, packet):
            if isinstance(action, Trickle):
                for at in range(len(action)):
                    if self._ended.wait(0.01):
                        return False
                    send(action[at : at + 1])
            elif isinstance(action, bytes):
                send(action)
            else:
                return False
        return True


def ok(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    return [peer.say(asked)]


def unknown(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    return [peer.say(asked, commands.ACK_UNKNOWN)]


def _option(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    name = asked.data.rstrip(b"\0")
    if name not in peer.options:
        return [peer.say(asked, commands.ACK_ERROR)]
    return [peer.say(asked, data=name + b"=" + peer.options[name] + b"\0")]


def _sizes(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    if peer.count is None:
        return [peer.say(asked, data=bytes(4))]
    numbers = [0] * 20
    numbers[4], numbers[8], numbers[16] = peer.user_count, peer.count, 100_000
    return [peer.say(asked, data=struct.pack("<20i", *numbers))]


def _prepare(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    peer._buffer = peer.table(asked)
    if len(peer._buffer) <= 1024:
        return [peer.say(asked, commands.DATA, peer._buffer)]
    size = len(peer._buffer)
    return [peer.say(asked, data=struct.pack("<BIII", 0, size, size, 0))]


def _chunk(peer: ScriptedPeer, asked: Packet) -> Iterable[Action]:
    start, size = struct.unpack("<II", asked.data)
    return peer.bulk(asked, peer._buffer[start : start + size])


@pytest.fixture(params=["tcp", "udp"])
def peer(request: pytest.FixtureRequest) -> Iterator[ScriptedPeer]:
    """A scripted peer on each transport."""
    with ScriptedPeer(request.param) as scripted:
        yield scripted


@pytest.fixture
def tcp_peer() -> Iterator[ScriptedPeer]:
    with ScriptedPeer("tcp") as scripted:
        yield scripted


@pytest.fixture
def udp_peer() -> Iterator[ScriptedPeer]:
    with ScriptedPeer("udp") as scripted:
        yield scripted
