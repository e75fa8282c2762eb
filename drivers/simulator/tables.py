"""What a terminal tells besides its log: the user table, its counts, an event. Pure.

user 72 | uid u16 | privilege u8 | password 8 | name 24 | card u32 | group u8 | 8 | user id 24 |
user 28 | uid u16 | privilege u8 | password 5 | name 8 | card u32 | 1 | group u8 | 2 | number u32 |
event   | id: u16 slot, u32 number or text 24 | verify u8 | state u8 | y m d H M S u8 | rest |
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from drivers.simulator.touches import Touch

USER_72 = struct.Struct("<HB8s24sIB8s24s")
USER_28 = struct.Struct("<HB5s8sIxBHI")
_USER_CAPACITY = 3_000
_FINGER_CAPACITY = 3_000


class Person(NamedTuple):
    """One enrolled user."""

    uid: int
    user_id: str
    name: str


def encode_users(size: int, people: Iterable[Person]) -> bytes:
    """Return the user table in records of 72 or 28 bytes."""
    if size == USER_72.size:
        return b"".join(
            USER_72.pack(
                one.uid, 0, b"", one.name.encode()[:24], 0, 1, b"", one.user_id.encode("ascii")
            )
            for one in people
        )
    return b"".join(
        USER_28.pack(one.uid, 0, b"", one.name.encode()[:8], 0, 1, 0, int(one.user_id))
        for one in people
    )


def read_user(record: bytes) -> Person:
    """Read the record of USER_WRQ. Raises ValueError."""
    if len(record) == USER_72.size:
        uid, _, _, name, _, _, _, user_id = USER_72.unpack(record)
        return Person(uid, _text(user_id), _text(name))
    if len(record) == USER_28.size:
        uid, _, _, name, _, _, _, number = USER_28.unpack(record)
        return Person(uid, str(number), _text(name))
    raise ValueError(f"a user record has 28 or 72 bytes, not {len(record)}")


def _text(padded: bytes) -> str:
    return padded.split(b"\0", 1)[0].decode(errors="replace")


def encode_sizes(*, users: int, records: int, capacity: int) -> bytes:
    """Return the longest form of GET_FREE_SIZES, 112 bytes: the shorter ones are its beginning."""
    fields = [0] * 28
    fields[4] = fields[6] = users  # one finger each
    fields[8] = records
    fields[14], fields[15], fields[16] = _FINGER_CAPACITY, _USER_CAPACITY, capacity
    fields[17] = max(_FINGER_CAPACITY - users, 0)
    fields[18] = max(_USER_CAPACITY - users, 0)
    fields[19] = max(capacity - records, 0)
    return struct.pack("<28i", *fields)


def encode_event(size: int, touch: Touch, uid: int) -> bytes:
    """Return the data of an attendance event in the length its firmware uses."""
    if size in {10, 14}:
        who = struct.pack("<H", uid)
    elif size == 12:
        who = struct.pack("<I", int(touch.user_id))
    else:
        who = struct.pack("<24s", touch.user_id.encode("ascii"))
    at = touch.local_time
    when = bytes((at.year - 2000, at.month, at.day, at.hour, at.minute, at.second))
    return (who + bytes((touch.verify, touch.state)) + when).ljust(size, b"\0")
