"""Attendance records, users, counts and times of the TC_B protocol: bytes to values and back.

    record    user code 5 | seconds u32 | backup code u8 | type u8 | work type u24 |
    user, 27  user code 5 | password 3 | card 3 | name 10 | department, group, mode | fingers 2 | 1
    user, 30  user code 5 | password 3 | card 4 | name 10 | department, group, mode | fingers 2 | 3
    user, 40  user code 5 | password 3 | card 4 | name 20, UTF-16 | as before           | 2 | 3

Integers are big-endian. Source: README.md, sections "Records" and "Users".
"""

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from drivers.base import BadRecord, Entry, RawPunch, User
from drivers.errors import MalformedReply

RECORD_SIZE = 14
_RECORD = struct.Struct(">5sIBB3s")
_STATE = 0x0F  # bit 7 of the type opens the door
EPOCH = datetime(2000, 1, 2)
"""Found by experience in three implementations; the makers' document says the year 2000."""
_VERIFY = {0: 1, 1: 1, 2: 3, 3: 4}
"""Backup code to how: two fingers, password, card. Newer units may send others: not known."""
_CODE_OF = {1: 0, 3: 2, 4: 3}
_UNWRITTEN = (bytes(RECORD_SIZE), b"\xff" * RECORD_SIZE)


class Counts(NamedTuple):
    """What a terminal says it holds."""

    users: int
    records: int


def decode_records(body: bytes, epoch: datetime) -> Iterator[Entry]:
    """Decode records one by one, in storage order."""
    for at in range(0, len(body), RECORD_SIZE):
        yield _entry(body[at : at + RECORD_SIZE], epoch)


def _entry(raw: bytes, epoch: datetime) -> Entry:
    if raw in _UNWRITTEN:
        return BadRecord(raw, "blank", "the slot was never written", "")
    code, seconds, backup, kind, work = _RECORD.unpack(raw)
    number, work_code = int.from_bytes(code), int.from_bytes(work)
    if not number:
        return BadRecord(raw, "user-id", "it holds no user code", "")
    return RawPunch(
        user_id=str(number),
        local_time=epoch + timedelta(seconds=seconds),
        state=kind & _STATE,
        verify=_VERIFY.get(backup),
        work_code=str(work_code) if work_code else "",
        raw=raw,
    )


def encode_record(
    user_id: str,
    local_time: datetime,
    *,
    state: int = 0,
    verify: int = 1,
    work_code: int = 0,
    epoch: datetime = EPOCH,
) -> bytes:
    """Return one record as a terminal writes it. ValueError for what it cannot hold."""
    try:
        if user_id != str(int(user_id)) or not 0 <= state <= _STATE:
            raise ValueError(f"no room for user id {user_id!r} with state {state}")
        return _RECORD.pack(
            int(user_id).to_bytes(5),
            int((local_time - epoch).total_seconds()),
            _CODE_OF[verify],
            state,
            work_code.to_bytes(3),
        )
    except (OverflowError, struct.error, KeyError) as error:
        raise ValueError(f"an Anviz record cannot hold this: {error!r}") from error


def decode_block(data: bytes) -> bytes:
    """Return the records in one answer to DOWNLOAD_RECORDS: a count and so many of them."""
    return _counted(data, RECORD_SIZE, "records")


def _counted(data: bytes, size: int, what: str) -> bytes:
    if not data or len(data) - 1 != data[0] * size:
        raise MalformedReply(f"sent a block of {what} whose count and length disagree", data)
    return data[1:]


def decode_counts(data: bytes) -> Counts:
    """Return the counts in an answer to RECORD_INFO: six of three bytes each, and more to come."""
    if len(data) < 18:
        raise MalformedReply(f"told its counts in {len(data)} bytes, expected 18", data)
    return Counts(users=int.from_bytes(data[0:3]), records=int.from_bytes(data[12:15]))


def decode_capacity(data: bytes) -> int | None:
    """Return how many records fit, of an answer to CAPACITY; None where it does not tell."""
    return int.from_bytes(data[6:9]) or None if len(data) >= 9 else None


def decode_time(data: bytes) -> datetime:
    """Return the wall clock in an answer to GET_TIME."""
    try:
        year, month, day, hour, minute, second = data
        return datetime(2000 + year, month, day, hour, minute, second)
    except ValueError as error:
        raise MalformedReply("tells a time that no clock shows; set its clock", data) from error


def encode_time(local_time: datetime) -> bytes:
    """Return a wall clock as GET_TIME is answered."""
    return bytes((local_time.year - 2000, *local_time.timetuple()[1:6]))


def decode_serial(data: bytes) -> str:
    """Return the serial number, a number of four bytes; empty where none was ever written."""
    return "" if data in (bytes(4), b"\xff" * 4) or len(data) != 4 else str(int.from_bytes(data))


def decode_text(data: bytes) -> str:
    """Return a terminal's own words, fit to be shown; they may be anything."""
    text = data.split(b"\0")[0].decode("ascii", errors="replace")
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable()).strip()


class UserBlock(NamedTuple):
    """How users are laid out in one form of the answer."""

    size: int
    name_at: int
    name_size: int


_USERS = {27: UserBlock(27, 11, 10), 30: UserBlock(30, 12, 10), 40: UserBlock(40, 12, 20)}


def decode_users(data: bytes) -> list[User]:
    """Return the users in one answer to DOWNLOAD_USERS or its extended form; no secrets."""
    count = data[0] if data else 0
    if not count:
        return []
    block = _USERS.get((len(data) - 1) // count)
    if block is None:
        raise MalformedReply("sent users in a form that is not known", data[:1])  # names stay away
    body = _counted(data, block.size, "users")
    return [_user(body[at : at + block.size], block) for at in range(0, len(body), block.size)]


def _user(raw: bytes, block: UserBlock) -> User:
    name = raw[block.name_at : block.name_at + block.name_size]
    return User(user_id=str(int.from_bytes(raw[:5])), name=_name(name))


def _name(padded: bytes) -> str:
    if len(padded) == 20:
        return padded.decode("utf-16-be", errors="replace").split("\0")[0].strip()
    text = padded.split(b"\0")[0]
    for encoding in ("utf-8", "gb2312"):
        try:
            return text.decode(encoding).strip()
        except UnicodeDecodeError:
            continue
    return text.decode("latin-1").strip()
