"""Frames of the pull protocol on a byte stream: bytes in, whole frames out. No sockets here.

    | aa | version u8 | command u8 | length u16 | session u16 | number u16 | data | crc u16 | 55 |
                                                `-- only within a session --'

Integers are little-endian; the length counts what stands between it and the CRC. `aa` and `55` also
occur inside data. Source: README.md, section "Frames".
"""

import struct
from typing import NamedTuple

from drivers.errors import MalformedReply

START, END = 0xAA, 0x55
VERSION = 1
_HEAD = struct.Struct("<BBBH")
_TAIL = struct.Struct("<HB")
_NUMBERS = struct.Struct("<HH")
FIRST_NUMBERS = (0xFEFE, 0xFEFE)
"""Session and number of a greeting."""


def _table() -> tuple[int, ...]:
    values = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)  # noqa: PLW2901  # it is shifted out
        values.append(value)
    return tuple(values)


_CRC = _table()


def crc(data: bytes | bytearray) -> int:
    """Return the CRC-16/ARC: reflected polynomial 0xA001, start 0, no final XOR."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value


class Frame(NamedTuple):
    """One frame; `numbers` are session and message number, None outside a session."""

    command: int
    data: bytes = b""
    numbers: tuple[int, int] | None = None
    version: int = VERSION


def encode(frame: Frame) -> bytes:
    """Return a frame as it goes over the wire."""
    body = (_NUMBERS.pack(*frame.numbers) if frame.numbers else b"") + frame.data
    head = _HEAD.pack(START, frame.version, frame.command, len(body))
    return head + body + _TAIL.pack(crc(head[1:] + body), END)


def in_session(frame: Frame) -> Frame:
    """Return a frame that was read without numbers with those at its beginning."""
    if len(frame.data) < _NUMBERS.size:
        raise MalformedReply("sent an answer without its session", frame.data)
    session, number = _NUMBERS.unpack_from(frame.data)
    return frame._replace(numbers=(session, number), data=frame.data[_NUMBERS.size :])


class FrameReader:
    """Collects bytes as they arrive and hands out frames as they complete.

    Whether a frame carries session and number does not show in it: `in_session` cuts them off.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> None:
        self._buffer += received

    def next_frame(self) -> Frame | None:
        """Return the next whole frame, or None until more bytes are fed.

        After an error the stream is lost: a start byte further on may be anything.
        """
        if self._buffer and self._buffer[0] != START:
            raise self._malformed("sends bytes that are no C3 frame")
        if len(self._buffer) < _HEAD.size:
            return None
        _, version, command, length = _HEAD.unpack_from(self._buffer)
        end = _HEAD.size + length
        if len(self._buffer) < end + _TAIL.size:
            return None
        stated, last = _TAIL.unpack_from(self._buffer, end)
        if last != END or crc(self._buffer[1:end]) != stated:
            raise self._malformed("sent a damaged frame: its sum or its end does not fit")
        data = bytes(self._buffer[_HEAD.size : end])
        del self._buffer[: end + _TAIL.size]
        return Frame(command, data, None, version)

    def _malformed(self, what: str) -> MalformedReply:
        raw = bytes(self._buffer[:4096])
        return MalformedReply(f'{what} ({raw[:8].hex()}); check "host" and "port"', raw)
