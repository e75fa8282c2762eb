"""What a hostile terminal answers, as bytes that stay readable however they are changed.

| signs u8 | command u16 | session u16 | length u16 | data | ... one answer after the other
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = struct.Struct("<BHHH")
TOGETHER, BARE, LATE, DAMAGED, SPLIT, LAST, SILENT = (1 << bit for bit in range(7))


@dataclass(frozen=True, slots=True)
class Answer:
    """One packet of an answer, and what is wrong with it."""

    signs: int
    command: int
    session: int
    data: bytes

    @property
    def silent(self) -> bool:
        """Nothing is sent, and the connection stays."""
        return self.signs & (SILENT | LAST | BARE) == SILENT

    @property
    def wrong_reply(self) -> int:
        """How far its reply id is from the one that was asked for."""
        return -1 if self.signs & LATE else 0


def answers(script: bytes) -> Iterator[Answer]:
    """Read a script to its end; a length that says too much means all that is left."""
    at = 0
    while at + _HEAD.size <= len(script):
        signs, command, session, length = _HEAD.unpack_from(script, at)
        at += _HEAD.size
        yield Answer(signs, command, session, script[at : at + length])
        at += length


def line(command: int, session: int, data: bytes, signs: int = 0) -> bytes:
    """Return one answer as a script holds it; the wire's own length may not fit and is cut."""
    data = data[:0xFFFF]
    return _HEAD.pack(signs, command, session, len(data)) + data
