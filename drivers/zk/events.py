"""Punches as they are told at the moment they happen (command 500, session field 1).

Events are a hint and not the record of truth: they stop with the session and are never repeated.
Of some not even the hint can be taken at its word: see `touches`.

    text   | user id 24 | verify u8 | state u8 | year-2000 month day hour minute second | 0.. |
    number | user number u32 | verify | state | six time bytes |
    slot   | uid u16 | verify | state | six time bytes | 0 or 4 unknown |

Source: README.md, section "Events".
"""

import struct
from collections.abc import Mapping
from datetime import datetime

from drivers.base import BadRecord, Entry, RawPunch
from drivers.errors import MalformedReply
from drivers.zk.records import FIRST_YEAR, LAYOUTS, LayoutName, user_id_text

PUNCH = 1
_TEXT = struct.Struct("<24sBB6s")
_NUMBER = struct.Struct("<IBB6s")
_SLOT = struct.Struct("<HBB6s")
_LENGTHS = (32, 36, 37, 52, 12, 10, 14)


def decode_punch_event(data: bytes, *, user_ids: Mapping[int, str] | None = None) -> list[Entry]:
    """Return the punches in one event, told apart by length; an unknown tail is left unread.

    Several may sit in one event, where its length is a multiple of a known one.
    """
    for length in _LENGTHS:
        if data and len(data) % length == 0:
            pieces = [data[at : at + length] for at in range(0, len(data), length)]
            entries = [_decode(piece, user_ids or {}) for piece in pieces]
            if all(isinstance(entry, RawPunch) for entry in entries):
                return entries
    if len(data) in _LENGTHS or len(data) >= _TEXT.size:
        return [_decode(data, user_ids or {})]
    raise MalformedReply(f"sent a punch event of {len(data)} bytes, a length nobody knows", data)


def touches(data: bytes, layout: LayoutName | None) -> list[RawPunch | None]:
    """Return the touches in one event, None for each that only the log can tell of for certain.

    Taken at its word is what names its user by text, as the records of this log do. A number has
    lost leading zeros, a slot may have changed hands, and where ids are numbers the two codes stand
    in an order that sources dispute: the log would tell of another touch than the event.
    """
    by_text = layout is not None and LAYOUTS[layout].id_width > 0
    return [
        entry if by_text and isinstance(entry, RawPunch) and len(entry.raw) >= _TEXT.size else None
        for entry in decode_punch_event(data)
    ]


def is_known(data: bytes) -> bool:
    """Whether events of this length were seen before."""
    return any(data and len(data) % length == 0 for length in _LENGTHS)


def _decode(data: bytes, user_ids: Mapping[int, str]) -> Entry:
    user_id: str | None
    if len(data) >= _TEXT.size:
        padded, verify, state, six = _TEXT.unpack_from(data)
        user_id = user_id_text(padded)
    elif len(data) == _NUMBER.size:
        number, verify, state, six = _NUMBER.unpack(data)
        user_id = str(number) if number else None
    else:
        uid, verify, state, six = _SLOT.unpack_from(data)
        user_id = user_ids.get(uid, str(uid)) if uid else None
    local_time = _six_bytes(six)
    if local_time is None:
        return BadRecord(data, "date", f"its time {six.hex()} does not exist", user_id or "")
    if user_id is None:
        return BadRecord(data, "user-id", "it holds no readable user id", "")
    return RawPunch(user_id, local_time, state, verify, "", data)


def _six_bytes(six: bytes) -> datetime | None:
    year, month, day, hour, minute, second = six
    try:
        return datetime(FIRST_YEAR + year, month, day, hour, minute, second)
    except ValueError:
        return None
