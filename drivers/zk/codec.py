"""ZK packets on a TCP stream or in a datagram: bytes in, whole packets out. No sockets here.

    TCP prefix            packet (a datagram is this alone)
    | 50 50 82 7d | u32 | command u16 | checksum u16 | session u16 | reply u16 | data |
                     `-- counts the packet

Integers are little-endian. Sources: README.md, sections "Framing" and "Key".
"""

import struct
from typing import NamedTuple

from drivers.errors import MalformedReply, MustPush

MAGIC = b"\x50\x50\x82\x7d"
SECURE_MAGIC = b"\x50\x50\x83\x7c"
SECURE_FIRMWARE = (
    "speaks only the encrypted protocol of new firmware; "
    "carry its log by USB, or this terminal must push"
)
PREFIX = struct.Struct("<4sI")
HEADER = struct.Struct("<4H")
MAX_LENGTH = 16 << 20  # no real packet comes near; a stray peer must not fill our memory


class Packet(NamedTuple):
    """One packet. `session` holds other things in data packets and events: see README.md."""

    command: int
    session: int
    reply: int
    data: bytes = b""


def checksum(packet: bytes) -> int:
    """Return the Internet checksum over `packet`, whose own checksum field must be zero."""
    # A sum of 16-bit words folded to 16 bits is the number modulo 65535, except that what is not
    # zero folds to 65535 where the remainder says 0.
    remainder = int.from_bytes(packet, "little") % 0xFFFF
    folded = remainder or (0xFFFF if any(packet) else 0)
    return 0xFFFF - folded


def encode_packet(packet: Packet) -> bytes:
    """Return the packet as a datagram carries it. `frame` makes it ready for a stream."""
    command, session, reply, data = packet
    blank = HEADER.pack(command, 0, session, reply) + data
    return HEADER.pack(command, checksum(blank), session, reply) + data


def decode_packet(received: bytes, *, verify_checksum: bool = True) -> Packet:
    """Return the packet in one datagram or frame. MalformedReply if it is none."""
    if len(received) < HEADER.size:
        raise MalformedReply(f"sent a packet of {len(received)} bytes, too short", received)
    command, stated, session, reply = HEADER.unpack_from(received)
    data = received[HEADER.size :]
    if verify_checksum and checksum(HEADER.pack(command, 0, session, reply) + data) != stated:
        raise MalformedReply("sent a damaged packet: its checksum does not fit", received)
    return Packet(command, session, reply, data)


def frame(packet: bytes) -> bytes:
    """Return an encoded packet with the prefix that TCP needs."""
    return PREFIX.pack(MAGIC, len(packet)) + packet


class PacketReader:
    """Collects bytes as they arrive and hands out packets as they complete."""

    def __init__(self, *, verify_checksum: bool = True) -> None:
        self._buffer = bytearray()
        self._verify_checksum = verify_checksum

    def feed(self, received: bytes) -> None:
        self._buffer += received

    def next_packet(self) -> Packet | None:
        """Return the next whole packet, or None until more bytes are fed.

        After an error the stream is lost: looking for the next magic would be guessing, because
        the same four bytes occur inside data.
        """
        self._check_magic()
        if len(self._buffer) < PREFIX.size:
            return None
        _, length = PREFIX.unpack_from(self._buffer)
        if not HEADER.size <= length <= MAX_LENGTH:
            raise MalformedReply(
                f"announces a packet of {length} bytes, which cannot be", bytes(self._buffer[:4096])
            )
        end = PREFIX.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[PREFIX.size : end])
        del self._buffer[:end]
        return decode_packet(body, verify_checksum=self._verify_checksum)

    def _check_magic(self) -> None:
        start = bytes(self._buffer[: len(MAGIC)])
        if start == SECURE_MAGIC:
            raise MustPush(SECURE_FIRMWARE)
        if not MAGIC.startswith(start) and not SECURE_MAGIC.startswith(start):
            raise MalformedReply(
                f"sends bytes that are no ZK packet ({start.hex()}); "
                'check "host", "port" and "transport"',
                bytes(self._buffer[:4096]),
            )


def scramble_key(key: int, session: int, tick: int = 50) -> bytes:
    """Return the four bytes that prove the comm key in AUTH.

    `tick` travels inside them, so any value works; 50 is what every known client sends.
    """
    mirrored = int(f"{key & 0xFFFFFFFF:032b}"[::-1], 2)
    mixed = (mirrored + session) & 0xFFFFFFFF
    _, b, c, d = (x ^ y for x, y in zip(mixed.to_bytes(4, "little"), b"ZKSO", strict=True))
    return bytes((c ^ tick, d ^ tick, tick, b ^ tick))
