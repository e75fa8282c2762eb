"""The real-time log of a panel: what happened since it was last asked, or how its doors are.

    event    u32 | u32 | verified u8 | door u8 | event u8 | in/out u8 | packed time u32 |
    status   alarm by door 4 | sensor by door 4 | 2 unknown | ff | 1 unknown | packed time u32 |

Newer panels write text instead: `name=value` between tabs, one event a line. Which of the first two
numbers of an event is the card and which the user id, no source settles, so none of this becomes a
punch: the transaction table names its fields. Decoded, not asked for.
Source: README.md, section "Real-time log".
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from drivers.c3.tables import unpack_time
from drivers.errors import MalformedReply

SIZE = 16
STATUS = 255
_EVENT = struct.Struct("<IIBBBBI")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a door."""

    kind: int
    door: int
    verified: int
    in_out: int
    local_time: datetime | None
    numbers: tuple[int, int] = (0, 0)
    """Card and user id, in an order that is not known."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the doors are, when nothing happened."""

    local_time: datetime | None
    alarms: bytes = b""
    sensors: bytes = b""
    told: Mapping[str, str] = field(default_factory=dict)
    """What a newer panel writes: sensor, relay, alarm."""


def decode_events(data: bytes) -> list[Event | Status]:
    """Return what a real-time log in binary form tells."""
    if len(data) % SIZE:
        raise MalformedReply(f"sent a real-time log of {len(data)} bytes", data)
    return [_decode(data[at : at + SIZE]) for at in range(0, len(data), SIZE)]


def _decode(record: bytes) -> Event | Status:
    first, second, verified, door, kind, in_out, packed = _EVENT.unpack(record)
    local_time = unpack_time(packed)
    if kind == STATUS:
        return Status(local_time, record[0:4], record[4:8])
    return Event(kind, door, verified, in_out, local_time, (first, second))


def decode_text_events(data: bytes) -> list[Event | Status]:
    """Return what a real-time log in text form tells."""
    lines = data.decode("latin-1").strip("\0\r\n").splitlines()
    return [_decode_line(line, data) for line in lines]


def _decode_line(line: str, data: bytes) -> Event | Status:
    told = {name: value for name, _, value in (pair.partition("=") for pair in line.split("\t"))}
    try:
        local_time = datetime.strptime(told.pop("time"), "%Y-%m-%d %H:%M:%S")
        if "event" not in told:
            return Status(local_time, told=told)
        return Event(
            kind=int(told["event"]),
            door=int(told["eventaddr"]),
            verified=int(told["verifytype"]),
            in_out=int(told["inoutstatus"]),
            local_time=local_time,
            numbers=(int(told["cardno"]), int(told["pin"])),
        )
    except (KeyError, ValueError) as error:
        raise MalformedReply("sent a real-time log that cannot be read", data) from error
