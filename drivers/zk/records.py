"""Attendance records and packed times: fixed-size bytes to punches and back.

    40 | uid u16 | user id 24 | verify u8 | time u32 | state u8 | work code u32 | 4 unknown |
    49 | as 40 up to the state                                  | 17 unknown                |
    22 | uid u16 | user id 10 | verify u8 | time u32 | state u8 | 4 zero |
    16 | user number u32 | time u32 | state u8 | verify u8 | 2 zero | work code u32 |
    8a | uid u16 | verify u8 | time u32 | state u8 |
    8b | uid u16 | flags u8 | 0 | time u32 |           flags: 0-2 state, 3-4 verify, 5 long form

Integers are little-endian and unaligned. Which layout a log has is told by nobody: see `choice`.
Sources: README.md, section "Records".

The loops are written for speed: an office's log of 200,000 is decoded on a small machine. Ids and
days repeat, so both are worked out once; a record that cannot be a punch leaves the fast path.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from drivers.base import BadRecord, Entry, RawPunch

LayoutName = Literal["8a", "8b", "16", "22", "40", "49"]

SECONDS_A_DAY = 86_400
FIRST_YEAR = 2000
LONG_FORM = 0x20
_MAX_KNOWN_IDS = 20_000  # no terminal holds more users; a log of rubbish must not fill our memory


def pack_time(local_time: datetime) -> int:
    """Return a wall clock as terminals store it: seconds, had every month 31 days, since 2000."""
    if local_time.year < FIRST_YEAR:
        raise ValueError(f"a terminal's calendar begins in {FIRST_YEAR}, not {local_time.year}")
    months = (local_time.year - FIRST_YEAR) * 12 + local_time.month - 1
    hours = (months * 31 + local_time.day - 1) * 24 + local_time.hour
    return hours * 3600 + local_time.minute * 60 + local_time.second


def unpack_time(packed: int) -> datetime | None:
    """Return the wall clock in a packed time, None for a date that does not exist (30 February)."""
    day, second = divmod(packed, SECONDS_A_DAY)
    date = _date(day)
    if date is None:
        return None
    return datetime(*date, second // 3600, second // 60 % 60, second % 60)


def _date(day: int) -> tuple[int, int, int] | None:
    months, day = divmod(day, 31)
    years, month = divmod(months, 12)
    date = (FIRST_YEAR + years, month + 1, day + 1)
    try:
        datetime(*date)
    except ValueError:
        return None
    return date


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which records are laid out."""

    name: LayoutName
    size: int
    fields: struct.Struct
    id_width: int
    """0 where the record holds a number and no text."""


LAYOUTS: Mapping[LayoutName, Layout] = {
    layout.name: layout
    for layout in (
        Layout("8a", 8, struct.Struct("<HBIB"), 0),
        Layout("8b", 8, struct.Struct("<HBxI"), 0),
        Layout("16", 16, struct.Struct("<IIBB2xI"), 0),
        Layout("22", 22, struct.Struct("<2x10sBIB4x"), 10),
        Layout("40", 40, struct.Struct("<2x24sBIBI4x"), 24),
        Layout("49", 49, struct.Struct("<2x24sBIB17x"), 24),
    )
}


def decode_records(
    name: LayoutName,
    body: bytes | memoryview,
    *,
    user_ids: Mapping[int, str] | None = None,
    swap_codes: bool = False,
) -> Iterator[Entry]:
    """Decode records one by one, in storage order; trailing bytes short of a record are an error.

    `user_ids` maps a terminal's slots to user ids, for the 8-byte layouts, which hold no id: where
    it knows no slot, the slot's number is the id. `swap_codes` exchanges state and verify in the
    16-byte layout, where sources contradict each other.
    """
    layout = LAYOUTS[name]
    if len(body) % layout.size:
        raise ValueError(f"{len(body)} bytes are no whole number of {layout.size}-byte records")
    if name == "40":
        return _decode_40(body)
    if layout.id_width:
        return _decode_texts(layout, body)
    if name == "16":
        return _decode_numbers(layout, body, swap_codes=swap_codes)
    return _decode_slots(layout, body, user_ids or {})


class _Days(dict[int, tuple[int, int, int] | None]):
    """Day number to date, each worked out once."""

    def __missing__(self, day: int) -> tuple[int, int, int] | None:
        date = self[day] = _date(day)
        return date


class _UserIds(dict[bytes, str | None]):
    """NUL-padded id to text, each worked out once; None where it is no id."""

    def __missing__(self, padded: bytes) -> str | None:
        if len(self) >= _MAX_KNOWN_IDS:
            self.clear()
        text = self[padded] = user_id_text(padded)
        return text


def user_id_text(padded: bytes) -> str | None:
    """Return the user id in a NUL-padded field, None where it is empty or not printable ASCII."""
    text = padded.split(b"\0", 1)[0].decode("latin-1").strip(" ")
    return text if text and text.isascii() and text.isprintable() else None


def _decode_40(body: bytes | memoryview) -> Iterator[Entry]:
    """The layout nearly every terminal has, and the only loop that is worth its length."""
    new = tuple.__new__  # as RawPunch(...), without the parsing of its arguments
    ids, days = _UserIds(), _Days()
    for (raw,), (padded, verify, packed, state, work) in zip(
        struct.Struct("40s").iter_unpack(body), LAYOUTS["40"].fields.iter_unpack(body), strict=True
    ):
        date = days[packed // 86_400]
        user_id = ids[padded]
        if date and user_id:
            year, month, day = date
            second = packed % 86_400
            time = datetime(year, month, day, second // 3600, second // 60 % 60, second % 60)
            yield new(RawPunch, (user_id, time, state, verify, str(work) if work else "", raw))
        else:
            yield _bad(raw, packed, user_id)


def _decode_texts(layout: Layout, body: bytes | memoryview) -> Iterator[Entry]:
    ids = _UserIds()
    for raw, (padded, verify, packed, state) in _rows(layout, body):
        yield _entry(ids[padded], packed, state, verify, "", raw)


def _decode_numbers(
    layout: Layout, body: bytes | memoryview, *, swap_codes: bool
) -> Iterator[Entry]:
    for raw, (number, packed, state, verify, work) in _rows(layout, body):
        codes = (verify, state) if swap_codes else (state, verify)
        user_id = str(number) if number else None
        yield _entry(user_id, packed, *codes, str(work) if work else "", raw)


def _decode_slots(
    layout: Layout, body: bytes | memoryview, user_ids: Mapping[int, str]
) -> Iterator[Entry]:
    for raw, fields in _rows(layout, body):
        uid, packed, state, verify = _slot_fields(layout, fields)
        user_id = user_ids.get(uid, str(uid)) if uid else None
        yield _entry(user_id, packed, state, verify, "", raw)


def _slot_fields(layout: Layout, fields: tuple[int, ...]) -> tuple[int, int, int, int]:
    if layout.name == "8a":
        uid, verify, packed, state = fields
        return uid, packed, state, verify
    uid, flags, packed = fields
    return uid, packed, flags & 7, flags >> 3 & 3


def _rows(layout: Layout, body: bytes | memoryview) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    whole = struct.Struct(f"{layout.size}s").iter_unpack(body)
    for (raw,), fields in zip(whole, layout.fields.iter_unpack(body), strict=True):
        yield raw, fields


def _entry(
    user_id: str | None, packed: int, state: int, verify: int, work_code: str, raw: bytes
) -> Entry:
    local_time = unpack_time(packed)
    if user_id is None or local_time is None:
        return _bad(raw, packed, user_id)
    return RawPunch(user_id, local_time, state, verify, work_code, raw)


def _bad(raw: bytes, packed: int, user_id: str | None) -> BadRecord:
    if not any(raw):
        return BadRecord(raw, "blank", "the slot was never written", "")
    if unpack_time(packed) is None:
        return BadRecord(
            raw, "date", f"its packed time {packed} is a day that no calendar has", user_id or ""
        )
    return BadRecord(raw, "user-id", "it holds no readable user id", "")


def encode_punch(
    name: LayoutName,
    *,
    uid: int,
    user_id: str,
    local_time: datetime,
    state: int = 0,
    verify: int = 1,
    work_code: int = 0,
) -> bytes:
    """Return one record as a terminal writes it. ValueError for what the layout cannot hold."""
    layout, packed = LAYOUTS[name], pack_time(local_time)
    if work_code and name not in ("16", "40"):
        raise ValueError(f"the {name} layout has no work code")
    if name == "8b" and (state > 7 or verify > 3):
        raise ValueError("the 8b layout holds states to 7 and verify codes to 3")
    try:
        match name:
            case "8a":
                return layout.fields.pack(uid, verify, packed, state)
            case "8b":
                return layout.fields.pack(uid, LONG_FORM | verify << 3 | state, packed)
            case "16":
                return layout.fields.pack(int(user_id), packed, state, verify, work_code)
            case "40":
                record = layout.fields.pack(
                    _padded(user_id, layout), verify, packed, state, work_code
                )
            case "22" | "49":
                record = layout.fields.pack(_padded(user_id, layout), verify, packed, state)
        return uid.to_bytes(2, "little") + record[2:]
    except (struct.error, OverflowError) as error:
        raise ValueError(f"the {name} layout cannot hold this: {error}") from error


def _padded(user_id: str, layout: Layout) -> bytes:
    encoded = user_id.encode("latin-1")  # not ASCII alone: terminals that hold rubbish exist
    if len(encoded) > layout.id_width:
        raise ValueError(f"the {layout.name} layout holds user ids of {layout.id_width} bytes")
    return encoded
