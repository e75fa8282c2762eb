"""Inputs made worse, in bytes, lines, fields and JSON. Repeats itself by its seed."""

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

MAX_INPUT = 1 << 16
_NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
_WORDS: tuple[bytes, ...] = (
    *(b"", b" ", b"0", b"-1", b"00", b"1e999", b"nan", b"9" * 30, b"9" * 5_000),
    b"0x" + b"f" * 5_000,
    *(b"\x00", b"\r", b"\x0c", b"\x1f", b"\x7f", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe"),
    *("\u0665".encode(), "\u2028".encode(), "\U0001f600".encode(), b"\xed\xa0\x80", b"\\u0000"),
    *(b"0001-01-01", b"9999-12-31", b"2038-01-19 03:14:07", b"2000-02-30", b"%00", b"\\ud800"),
    *(b'"', b"'", b"=", b"[", b"{", b"[" * 5_000, b"{" * 2_000, b"a." * 2_000, b"../"),
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 65_536, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 10**4_000),
    *(0.0, 1.5, 1e308, float("nan"), float("inf"), "", "\x00", "\ud800", "\u0665", "x" * 70),
    *("\U0001f600" * 64, "9999-12-31T23:59:59", "0001-01-01T00:00:00", "0" * 32, "\u2028"),
    *([], {}, [[]], [None], {"": None}, ["0"] * 50),
)
_SEPARATORS = re.compile(rb"([\t,;=:|&\r\n ])")


class Mutator:
    """Makes a new input out of one or two that are known to lead somewhere."""

    def __init__(self, random: Random, words: Sequence[bytes] = ()) -> None:
        self._random = random
        self._words = (*_WORDS, *words, *words, *words)
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            *(self._bit, self._byte, self._number, self._cut, self._double, self._insert),
            *(self._grow, self._shorten, self._field, self._line),
        )

    def change(self, data: bytes, other: bytes) -> bytes:
        """Return `data`, changed in one to eight ways; `other` may lend it a part."""
        random = self._random
        if random.random() < 0.1:
            data = data[: self._place(data)] + other[self._place(other) :]
        for _ in range(min(8, 1 + int(random.expovariate(0.7)))):
            if b"{" in data[:16] and random.random() < 0.5:
                data = self._json(data)
            else:
                data = random.choice(self._ways)(data)
            data = data[:MAX_INPUT]
        return data

    def _place(self, data: bytes) -> int:
        return self._random.randint(0, len(data))

    def _span(self, data: bytes) -> tuple[int, int]:
        start = self._place(data)
        return start, min(len(data), start + int(self._random.expovariate(1 / 24)))

    def _put(self, data: bytes, at: int, new: bytes) -> bytes:
        return data[:at] + new + data[at + len(new) :]

    def _bit(self, data: bytes) -> bytes:
        if not data:
            return b"\x01"
        at = self._random.randrange(len(data))
        return self._put(data, at, bytes([data[at] ^ 1 << self._random.randrange(8)]))

    def _byte(self, data: bytes) -> bytes:
        return self._put(data, self._place(data), bytes([self._random.randrange(256)]))

    def _number(self, data: bytes) -> bytes:
        size = self._random.choice((1, 2, 4))
        value = self._random.choice(_NUMBERS) & (1 << 8 * size) - 1
        return self._put(data, self._place(data), value.to_bytes(size, "little"))

    def _cut(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _double(self, data: bytes) -> bytes:
        start, end = self._span(data)
        at = self._place(data)
        times = self._random.choice((1, 1, 1, 2, 8, 200))
        return data[:at] + data[start:end] * times + data[at:]

    def _insert(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + self._random.choice(self._words) + data[at:]

    def _grow(self, data: bytes) -> bytes:
        fill = self._random.choice((b"\x00", b"\xff", b" ", b"A", self._random.randbytes(1)))
        return data + fill * self._random.choice((1, 3, 8, 40, 1_000))

    def _shorten(self, data: bytes) -> bytes:
        return data[: self._place(data)]

    def _field(self, data: bytes) -> bytes:
        fields = _SEPARATORS.split(data)
        at = self._random.randrange(len(fields))
        fields[at] = self._random.choice((*self._words, self._random.choice(fields)))
        return b"".join(fields)

    def _line(self, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True) or [b"\n"]
        line = lines.pop(self._random.randrange(len(lines)))
        for _ in range(self._random.choice((0, 1, 1, 2, 30))):
            lines.insert(self._random.randint(0, len(lines)), line)
        return b"".join(lines)

    def _json(self, data: bytes) -> bytes:
        """Change one value of a JSON text, whatever may stand before it."""
        start = data.index(b"{")
        try:
            tree = json.loads(data[start:])
        except (ValueError, RecursionError):
            return self._field(data)
        places = list(_places(tree))
        if not places:
            return data
        holder, key = self._random.choice(places)
        if self._random.random() < 0.2:
            del holder[key]
        elif self._random.random() < 0.2:
            other_holder, other_key = self._random.choice(places)
            holder[key] = json.loads(json.dumps(other_holder[other_key]))  # else it may hold itself
        else:
            holder[key] = self._random.choice(_VALUES)
        return bytes(data[:start] + json.dumps(tree).encode())


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Return where values stand in a JSON text: what holds each, and under which key."""
    found: list[tuple[Any, Any]] = []
    left = [tree]
    while left and len(found) < 5_000:
        holder = left.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        found += [(holder, key) for key in keys]
        left += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found
