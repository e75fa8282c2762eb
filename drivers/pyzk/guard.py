"""What pyzk is given in place of a socket: it checks what pyzk takes on trust.

pyzk loops for ever at full load when its peer hangs up, sets no bound to a whole read, matches no
reply ids, computes no checksum of an answer, and joins data packets in whatever order they come.
Here a packet reaches it only whole, proven, in order, and within the time that is left; whatever is
wrong with it is an error of ours instead. It hands out one packet a `recv`, which also spares pyzk
the packets that arrive in pieces or stuck together.

    | 50 50 82 7d | length u32 |  before each packet, on TCP only
    | command u16 | checksum u16 | session u16, in data packets their number | reply u16 | data |
"""

import struct

from drivers.errors import DriverError, MalformedReply, TerminalUnreachable
from drivers.links import Deadline, Link

MAGIC = b"\x50\x50\x82\x7d"
MAX_PACKET = 1 << 20  # no real one exceeds 65,544 bytes
MAX_READ = 64 << 20  # bytes of one operation; 1.6 million records are never in a terminal

_PREFIX = struct.Struct("<4sI")
_HEADER = struct.Struct("<4H")
_EVENT, _PREPARE_DATA, _DATA, _PREPARE_BUFFER, _READ_BUFFER = 500, 1500, 1501, 1503, 1504
_PATIENCE = {_PREPARE_BUFFER: 12, _READ_BUFFER: 2}  # time-outs; a full log is copied for a minute


class Guard:
    """Looks to pyzk like a socket, holds the link to one terminal."""

    def __init__(self, link: Link, timeout_s: float) -> None:
        self.fault: DriverError | None = None
        """The first fault of the link: after it, there is no conversation any more."""
        self.code = 0
        """The command number of the last answer, which pyzk keeps to itself."""
        self._link = link
        self._timeout_s = timeout_s
        self._received = bytearray()
        self._rest = b""
        self._bulk: _Bulk | None = None
        self.begin(1)

    def begin(self, timeouts: float) -> None:
        """Begin an operation that may take so many time-outs in all."""
        self._operation = Deadline(timeouts * self._timeout_s)
        self._read = 0

    def send(self, data: bytes) -> None:
        """Send a framed packet; what is left of earlier answers is forgotten."""
        self._send(data, data[_PREFIX.size :])

    def sendto(self, data: bytes, address: object) -> None:  # noqa: ARG002 - pyzk calls it so
        """Send a bare packet; the link knows where."""
        self._send(data, data)

    def recv(self, size: int) -> bytes:
        """Return the next packet of the answer, in parts where it is longer than `size`."""
        if not self._rest:
            try:
                packet = self._answer()
            except DriverError as error:
                self.fault = error
                raise
            if self._link.datagram:
                return packet
            self._rest = _PREFIX.pack(MAGIC, len(packet)) + packet
        part, self._rest = self._rest[:size], self._rest[size:]
        return part

    def close(self) -> None:
        """Release the link; safe to call twice, raises nothing."""
        self._link.close()

    def _send(self, data: bytes, packet: bytes) -> None:
        command, _, _, self._reply = _HEADER.unpack_from(packet)
        self._patience_s = _PATIENCE.get(command, 1) * self._timeout_s
        self._rest, self._last, self._bulk = b"", b"", None
        try:
            self._link.send(data)
        except DriverError as error:
            self.fault = error
            raise

    def _answer(self) -> bytes:
        """Return the next packet that belongs to the last request."""
        deadline = Deadline(min(self._patience_s, self._operation.left()))
        while True:
            packet = self._packet(deadline)
            if len(packet) < _HEADER.size or not _is_sound(packet):
                raise MalformedReply(
                    f"{self._link.peer} sent a packet whose checksum is wrong", packet
                )
            command, _, number, reply = _HEADER.unpack_from(packet)
            if command == _EVENT or reply != self._reply or packet == self._last:
                continue  # an event, a late answer to an earlier request, or the same once more
            self._last, self.code = packet, command
            self._follow(command, number, packet[_HEADER.size :])
            return packet

    def _follow(self, command: int, number: int, data: bytes) -> None:
        """Check that an answer in several packets is whole and in order."""
        if command == _PREPARE_DATA:
            self._bulk = _Bulk(self._link.peer, int.from_bytes(data[:4], "little"))
        elif self._bulk and command == _DATA:
            self._bulk.take(number, data)
        elif self._bulk:
            self._bulk.finish()
            self._bulk = None

    def _packet(self, deadline: Deadline) -> bytes:
        if self._link.datagram:
            return self._receive(deadline)
        while len(self._received) < _PREFIX.size:
            self._received += self._receive(deadline)
        magic, length = _PREFIX.unpack_from(self._received)
        if magic != MAGIC or not _HEADER.size <= length <= MAX_PACKET:
            raise MalformedReply(
                f"{self._link.peer} sent no ZK packet, but {magic.hex()} and length {length}",
                bytes(self._received),
            )
        end = _PREFIX.size + length
        while len(self._received) < end:
            self._received += self._receive(deadline)
        packet = bytes(self._received[_PREFIX.size : end])
        del self._received[:end]
        return packet

    def _receive(self, deadline: Deadline) -> bytes:
        left = deadline.left()
        if not left:
            raise TerminalUnreachable(f"{self._link.peer} takes too long to answer")
        received = self._link.receive(left)
        self._read += len(received)
        if self._read > MAX_READ:
            raise MalformedReply(
                f"{self._link.peer} sends more than {MAX_READ >> 20} MiB; no terminal holds that"
            )
        return received


class _Bulk:
    """One answer announced by PREPARE_DATA: data packets, then an end."""

    def __init__(self, peer: str, total: int) -> None:
        self._peer = peer
        self._left = total
        self._next: int | None = None
        self._numbered = False

    def take(self, number: int, data: bytes) -> None:
        if self._next is None:
            self._numbered = number == 0  # else the field holds something else on this firmware
        elif self._numbered and number != self._next:
            raise TerminalUnreachable(
                f"data packet {self._next} from {self._peer} was lost on the way, {number} came"
            )
        self._next = (number + 1) % 0x10000
        self._left -= len(data)
        if self._left < 0:
            raise MalformedReply(f"{self._peer} sent more than it announced")

    def finish(self) -> None:
        if self._left:
            raise TerminalUnreachable(f"{self._peer} sent {self._left} bytes fewer than announced")


def _is_sound(packet: bytes) -> bool:
    """Return whether the checksum fits: all words of a packet then add up to 65535."""
    even = packet + b"\0" if len(packet) % 2 else packet
    return sum(memoryview(even).cast("H")) % 0xFFFF == 0
