"""What stands in the data of an answer: options, counts, the clock, the operation log.

Source: README.md, sections "Options" and "Counts".
"""

import struct
from dataclasses import dataclass
from datetime import datetime

from drivers.errors import MalformedReply
from drivers.zk.records import unpack_time

_OPERATION = struct.Struct("<HBBI4H")


def decode_text(data: bytes) -> str:
    """Return a text up to its NUL, whatever it holds."""
    return data.split(b"\0", 1)[0].decode("latin-1").strip()


def decode_option(data: bytes) -> str:
    """Return the value in `name=value`. The name is not compared: some units echo another one."""
    return decode_text(data.partition(b"=")[2])


def decode_clock(data: bytes) -> datetime:
    """Return the wall clock in an answer to GET_TIME."""
    if len(data) < 4:
        raise MalformedReply(f"answered {len(data)} bytes for its clock", data)
    local_time = unpack_time(int.from_bytes(data[:4], "little"))
    if local_time is None:
        raise MalformedReply("tells a clock on a day that no calendar has; set its clock", data)
    return local_time


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a terminal counts. None where the answer is too short to say."""

    users: int | None = None
    fingers: int | None = None
    records: int | None = None
    operations: int | None = None
    administrators: int | None = None
    passwords: int | None = None
    fingers_capacity: int | None = None
    users_capacity: int | None = None
    records_capacity: int | None = None
    records_free: int | None = None


_PLACES = {
    "users": 16,
    "fingers": 24,
    "records": 32,
    "operations": 40,
    "administrators": 48,
    "passwords": 52,
    "fingers_capacity": 56,
    "users_capacity": 60,
    "records_capacity": 64,
    "records_free": 76,
}


def decode_sizes(data: bytes) -> Sizes:
    """Return the counts in an answer to GET_FREE_SIZES, of any length.

    Twelve bytes or less say nothing; AK3750 units answer four zero bytes, which are not 0 records.
    """
    if len(data) <= 12:
        return Sizes()
    return Sizes(**{name: _count(data, place) for name, place in _PLACES.items()})


def _count(data: bytes, place: int) -> int | None:
    field = data[place : place + 4]
    value = int.from_bytes(field, "little", signed=True)
    return value if len(field) == 4 and value >= 0 else None


@dataclass(frozen=True, slots=True)
class Operation:
    """One record of the operation log. 21 is a set clock, 23 a cleared attendance log."""

    admin: int
    code: int
    local_time: datetime | None
    parameters: tuple[int, int, int, int]


def decode_operations(body: bytes) -> list[Operation]:
    """Return the 16-byte records of an operation log."""
    if len(body) % _OPERATION.size:
        raise MalformedReply(f"sent an operation log of {len(body)} bytes, not whole", body)
    return [
        Operation(admin, code, unpack_time(packed), (a, b, c, d))
        for admin, code, _, packed, a, b, c, d in _OPERATION.iter_unpack(body)
    ]
