"""Columns as PostgreSQL takes them in binary, built without a value at a time.

An array on the wire is a head and then a length and the bytes of each element. psycopg would dump
every element by itself, which takes longer than the insert is given; here a whole column is packed
at once. NULL has no bytes: it is told as a value nobody can have, and `NULLIF` in the statement.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

NO_CODE = -1
NO_NUMBER = -(2**62)
_HEAD = struct.Struct(">5i")  # dimensions, NULLs, type of the elements, length, first index
_DAY = struct.Struct(">2i")
_EPOCH_S = 946_684_800  # PostgreSQL counts from 2000-01-01
_EPOCH_ORDINAL = date(2000, 1, 1).toordinal()


class Array(bytes):
    """The binary form of an array."""

    __slots__ = ()
    element: ClassVar[int]
    oid: ClassVar[int]

    @classmethod
    def of(cls, length: int, elements: bytes) -> "Array":
        return cls(_HEAD.pack(1, 0, cls.element, length, 1) + elements)


class Int4s(Array):
    element, oid = 23, 1007


class Int8s(Array):
    element, oid = 20, 1016


class Dates(Array):
    element, oid = 1082, 1182


class Texts(Array):
    element, oid = 25, 1009


class Timestamps(Array):
    element, oid = 1114, 1115


class Moments(Array):
    element, oid = 1184, 1185


class Bytes(Array):
    element, oid = 17, 1001


def int4s(values: Sequence[int | None]) -> Array:
    """Pack numbers of four bytes; None becomes NO_CODE."""
    if None in values:
        values = [NO_CODE if value is None else value for value in values]
    count = len(values)
    flat: list[int | None] = [4] * (2 * count)
    flat[1::2] = values
    return Int4s.of(count, struct.pack(f">{2 * count}i", *flat))


def int8s(values: Sequence[int | None]) -> Array:
    """Pack numbers of eight bytes; None becomes NO_NUMBER."""
    if None in values:
        values = [NO_NUMBER if value is None else value for value in values]
    return Int8s.of(len(values), _eights(values))


def dates(values: Sequence[date]) -> Array:
    """Pack days; columns repeat themselves, so each is encoded once."""
    packed = {value: _DAY.pack(4, value.toordinal() - _EPOCH_ORDINAL) for value in set(values)}
    return Dates.of(len(values), b"".join([packed[value] for value in values]))


def timestamps(seconds: Sequence[int]) -> Array:
    """Pack wall clocks told as seconds since 1970 on the same clock."""
    return Timestamps.of(len(seconds), _eights(_micros(seconds)))


def moments(seconds: Sequence[int | None]) -> Array:
    """Pack instants told as epoch seconds; None becomes `-infinity`."""
    if None in seconds:
        told: Sequence[int] = [
            -(2**63) if one is None else 1_000_000 * (one - _EPOCH_S) for one in seconds
        ]
    else:
        told = _micros(seconds)
    return Moments.of(len(seconds), _eights(told))


def texts(values: Sequence[str]) -> Array:
    """Pack texts; columns repeat themselves, so each is encoded once."""
    packed = {value: _sized(value.encode()) for value in set(values)}
    return Texts.of(len(values), b"".join([packed[value] for value in values]))


def raws(values: Sequence[str]) -> Array:
    """Pack bytes told in hexadecimal digits, all of them at once."""
    sizes = {size: f"{size // 2:08x}" for size in set(map(len, values))}
    return Bytes.of(len(values), bytes.fromhex("".join([sizes[len(v)] + v for v in values])))


def register(adapters: AdaptersMap) -> None:
    """Let a connection take arrays of here as they are."""
    for kind in (Int4s, Int8s, Dates, Texts, Timestamps, Moments, Bytes):
        dumper = type(f"{kind.__name__}Dumper", (_AsItIs,), {"oid": kind.oid})
        adapters.register_dumper(kind, dumper)


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


def _eights(values: Sequence[int | None]) -> bytes:
    count = len(values)
    flat: list[int | None] = [8] * (2 * count)
    flat[1::2] = values
    return struct.pack(">" + "iq" * count, *flat)


def _micros(seconds: Iterable[int | None]) -> list[int]:
    return [1_000_000 * (one - _EPOCH_S) for one in seconds if one is not None]


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data
