"""TC_B frames on a byte stream: bytes in, whole frames out. No ports here.

    question   | a5 | device u32 | command u8        |             length u16 | data | crc u16 |
    answer     | a5 | device u32 | command u8 + 0x80 | result u8 | length u16 | data | crc u16 |

Integers are big-endian, the CRC is little-endian. A terminal may also begin by itself, in the form
of a question. Source: README.md, section "Frames".

Lines are noisy, so bytes that cannot begin a frame are passed over: the next `a5` may begin one.
"""

import binascii
import struct
from typing import NamedTuple

START = 0xA5
ANSWER = 0x80
_QUESTION_HEAD = struct.Struct(">BIBH")
_ANSWER_HEAD = struct.Struct(">BIBBH")
_CRC_SIZE = 2
MAX_DATA = 1024
"""The longest answer to what we ask has 361 bytes; a longer one is noise in the length."""
MAX_FRAME = _ANSWER_HEAD.size + MAX_DATA + _CRC_SIZE

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Frame(NamedTuple):
    """One frame; `result` is None in the form of a question."""

    device: int
    command: int
    """Without the bit that marks an answer."""
    result: int | None
    data: bytes = b""


def crc(data: bytes) -> int:
    """Return the CRC-16/MCRF4XX: reflected polynomial 0x8408, start 0xFFFF, no final XOR."""
    # The library knows the same polynomial unreflected, much faster than a loop would be here.
    straight = binascii.crc_hqx(data.translate(_MIRRORED), 0xFFFF)
    high, low = divmod(straight, 256)
    return _MIRRORED[low] << 8 | _MIRRORED[high]


def encode(frame: Frame) -> bytes:
    """Return a frame as it goes over the line."""
    device, command, result, data = frame
    if result is None:
        head = _QUESTION_HEAD.pack(START, device, command, len(data))
    else:
        head = _ANSWER_HEAD.pack(START, device, command | ANSWER, result, len(data))
    body = head + data
    return body + crc(body).to_bytes(2, "little")


class FrameReader:
    """Collects bytes as they arrive and hands out frames as they complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped = 0
        """Bytes that belonged to no frame."""

    @property
    def waits(self) -> bool:
        """Whether a frame has begun."""
        return bool(self._buffer)

    def feed(self, received: bytes) -> None:
        self._buffer += received

    def next_frame(self) -> Frame | None:
        """Return the next whole frame, or None until more bytes are fed."""
        while self._find_start():
            size = self._size()
            if size is None or len(self._buffer) < size:
                return None
            if size and (frame := _decode(bytes(self._buffer[:size]))):
                del self._buffer[:size]
                return frame
            self._skip(1)
        return None

    def give_up(self) -> bool:
        """Give up the frame that has begun, because nothing follows; True where one had.

        The frame we wait for may stand inside what was taken for another: look again.
        """
        if not self._buffer:
            return False
        self._skip(1)
        return True

    def clear(self) -> None:
        """Forget what has arrived."""
        self._skip(len(self._buffer))

    def _find_start(self) -> bool:
        at = self._buffer.find(START)
        self._skip(len(self._buffer) if at < 0 else at)
        return at >= 0

    def _size(self) -> int | None:
        """Return the size of the frame that may begin here: None if not yet known, 0 if none."""
        if len(self._buffer) < 6:
            return None
        head = _ANSWER_HEAD if self._buffer[5] & ANSWER else _QUESTION_HEAD
        if len(self._buffer) < head.size:
            return None
        length: int = head.unpack_from(self._buffer)[-1]
        return head.size + length + _CRC_SIZE if length <= MAX_DATA else 0

    def _skip(self, count: int) -> None:
        self.skipped += count
        del self._buffer[:count]


def _decode(whole: bytes) -> Frame | None:
    body, stated = whole[:-_CRC_SIZE], int.from_bytes(whole[-_CRC_SIZE:], "little")
    if crc(body) != stated:
        return None
    if body[5] & ANSWER:
        _, device, command, result, _ = _ANSWER_HEAD.unpack_from(body)
        return Frame(device, command & ~ANSWER, result, body[_ANSWER_HEAD.size :])
    _, device, command, _ = _QUESTION_HEAD.unpack_from(body)
    return Frame(device, command, None, body[_QUESTION_HEAD.size :])
