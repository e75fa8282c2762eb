"""A terminal on a real socket of the loopback that answers by a script, or as it is told to.

One thread; one client after the other, each of which hears the script from its beginning.
"""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Self

from fuzz_scripts import BARE, DAMAGED, LAST, SPLIT, TOGETHER, Answer, answers

from drivers.errors import DriverError
from drivers.zk import commands
from drivers.zk.codec import Packet, PacketReader, decode_packet, encode_packet, frame

Sends = Iterator[bytes | None]
"""What goes out for one request; None hangs up."""
_END = b"end"


class Peer:
    """Serves as long as the block."""

    def __init__(self, transport: str) -> None:
        self.transport = transport
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self._sock = socket.socket(socket.AF_INET, kind)
        self._sock.bind(("127.0.0.1", 0))
        self.port: int = self._sock.getsockname()[1]
        self._script = b""
        self._told: Callable[[Packet], list[Packet]] | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ended = False

    def __enter__(self) -> Self:
        if self.transport == "tcp":
            self._sock.listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with socket.socket(self._sock.family, self._sock.type) as bell:
            bell.connect(("127.0.0.1", self.port))
            bell.send(_END)
        self._thread.join(10)
        self._sock.close()

    def play(self, script: bytes) -> None:
        """Answer the next client by this script."""
        self._script, self._told = script, None

    def converse(self, answer: Callable[[Packet], list[Packet]]) -> None:
        """Let somebody else answer, packet by packet."""
        self._told = answer

    def _serve(self) -> None:
        if self.transport == "tcp":
            while not self._ended:
                client, _ = self._sock.accept()
                with client:
                    self._talk(client)
        else:
            self._exchange_datagrams()

    def _talk(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader, script = PacketReader(), _Script(self._script)
        try:
            while received := client.recv(65_536):
                reader.feed(received)
                while (asked := reader.next_packet()) is not None:
                    for piece in self._answer(asked, script):
                        if piece is None:
                            return
                        client.sendall(piece)
        except (OSError, DriverError):  # the client is gone, or is no client
            return

    def _exchange_datagrams(self) -> None:
        client, script = None, _Script(b"")
        while not self._ended:
            received, address = self._sock.recvfrom(65_536)
            if received == _END:
                continue
            asked = decode_packet(received)
            if address != client and asked.command == commands.CONNECT:
                client, script = address, _Script(self._script)
            if address != client:
                continue  # an earlier client says good-bye
            for piece in self._answer(asked, script):
                # nobody hangs up on datagrams; rubbish spares us the wait
                self._sock.sendto(b"?" if piece is None else piece[:60_000], address)

    def _answer(self, asked: Packet, script: "_Script") -> Sends:
        if self._told is None:
            yield from script.answer(asked, stream=self.transport == "tcp")
            return
        for packet in self._told(asked):
            encoded = encode_packet(packet)
            yield frame(encoded) if self.transport == "tcp" else encoded


class _Script:
    def __init__(self, script: bytes) -> None:
        self._answers = answers(script)
        self._next = next(self._answers, None)

    def answer(self, asked: Packet, *, stream: bool) -> Sends:
        """Say the next answer and what goes together with it."""
        together = False
        while (answer := self._next) is not None:
            if together and not answer.signs & TOGETHER:
                return
            self._next, together = next(self._answers, None), True
            if not answer.silent:
                yield from _pieces(answer, asked, stream=stream)
            if answer.signs & LAST:
                yield None
        if not together:
            yield None


def _pieces(answer: Answer, asked: Packet, *, stream: bool) -> Iterator[bytes]:
    if answer.signs & BARE:
        yield answer.data
        return
    reply = (asked.reply + answer.wrong_reply) & 0xFFFF
    packet = encode_packet(Packet(answer.command, answer.session, reply, answer.data))
    if answer.signs & DAMAGED:
        packet = packet[:2] + struct.pack("<H", answer.session) + packet[4:]
    if not stream:
        yield packet
        return
    framed = frame(packet)
    cut = answer.session % len(framed) if answer.signs & SPLIT else 0
    yield from (piece for piece in (framed[:cut], framed[cut:]) if piece)
