"""What panels tell in text and tables: parameters, the description of tables, transactions.

    description   name=number,Field=type+number,...   type i a number, s text, B bytes
    table         table u8, count u8, so many fields u8; then by row and field: length u8, value

Source: README.md, sections "Parameters" and "Tables".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from drivers.base import BadRecord, Entry, RawPunch
from drivers.errors import MalformedReply, TerminalRefused

TRANSACTIONS = "transaction"
FIELDS = ("Pin", "Verified", "EventType", "InOutState", "Time_second")
"""What is asked for. Not `Cardno`: a card number is a key, and nothing here needs it."""
GRANTED = frozenset({0, 1, 2, 3, 14, 15, 16, 17, 18, 19, 101, 103, 203})
"""Events in which a panel recognised a person and let in: a punch. All others are doors, alarms and
refusals, which an attendance terminal would not record either."""
STATES = {0: 0, 3: 1, 2: 255}
"""Entry, exit, none."""
_KIND = re.compile(r"[isB](\d|\d\d)")
_TABLE = re.compile(r"\d{1,3}")
_NAME = re.compile(r"[~\w]{1,64}")


def unpack_time(packed: int) -> datetime | None:
    """Return the wall clock in a packed time, None for a date that does not exist.

    Seconds since 2000, had every month 31 days.
    """
    days, second = divmod(packed, 86_400)
    months, day = divmod(days, 31)
    years, month = divmod(months, 12)
    try:
        return datetime(
            2000 + years, month + 1, day + 1, second // 3600, second // 60 % 60, second % 60
        )
    except (ValueError, OverflowError):  # a field of a table may have 255 bytes
        return None


def pack_time(local_time: datetime) -> int:
    """Return a wall clock as panels store it."""
    months = (local_time.year - 2000) * 12 + local_time.month - 1
    hours = (months * 31 + local_time.day - 1) * 24 + local_time.hour
    return hours * 3600 + local_time.minute * 60 + local_time.second


def decode_parameters(data: bytes) -> dict[str, str]:
    """Return the values of parameters, by name. A value may hold commas itself."""
    found: dict[str, list[str]] = {}
    value: list[str] = []
    for piece in data.decode("latin-1").rstrip("\0\r\n").split(","):
        name, sign, begins = piece.partition("=")
        if sign and _NAME.fullmatch(name):
            value = found[name] = [begins]
        else:
            value.append(piece)
    return {name: ",".join(pieces).strip() for name, pieces in found.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """How a panel describes one of its tables."""

    name: str
    number: int
    fields: Mapping[str, int] = field(default_factory=dict)
    """Field name to number."""
    texts: frozenset[str] = frozenset()
    """The fields that hold text; the others hold numbers, little-endian, of any length."""


def decode_description(data: bytes) -> dict[str, Table]:
    """Return the tables of a panel, by name; lines that describe none are passed over."""
    tables = {}
    for line in data.decode("latin-1").splitlines():
        head, *rest = [part.partition("=") for part in line.strip().split(",")]
        name, _, number = head
        fields = {one: int(kind[1:]) for one, _, kind in rest if _KIND.fullmatch(kind)}
        if _TABLE.fullmatch(number) and int(number) < 256 and len(fields) == len(rest):
            texts = frozenset(one for one, _, kind in rest if kind.startswith("s"))
            tables[name] = Table(name, int(number), fields, texts)
    return tables


def ask_transactions(table: Table) -> bytes:
    """Return the data of READ_TABLE for all transactions. TerminalRefused where fields lack."""
    lacking = [name for name in FIELDS if name not in table.fields]
    if lacking:
        raise TerminalRefused(
            f"keeps transactions without {', '.join(lacking)}; this panel cannot serve as a clock"
        )
    numbers = sorted(table.fields[name] for name in FIELDS)
    return bytes((table.number, len(numbers), *numbers, 0, 0))


class Row(NamedTuple):
    """One row of a table: its own bytes, and its values by field number."""

    raw: bytes
    values: Mapping[int, bytes]


def decode_rows(data: bytes, asked: bytes) -> list[Row]:
    """Return the rows in the answer to READ_TABLE; `asked` is what was asked with.

    An answer in any other form is refused whole: panels are said to send large tables in a way
    that nobody has published.
    """
    count = asked[1]
    numbers = asked[2 : 2 + count]
    if not data.startswith(asked[: 2 + count]):
        raise MalformedReply("hands over its events in a form that is not known", data)
    rows, at = [], 2 + count
    while at < len(data):
        start, values = at, {}
        for number in numbers:
            size = data[at] if at < len(data) else 0
            values[number] = data[at + 1 : at + 1 + size]
            at += 1 + size
        if at > len(data):
            raise MalformedReply("sent a table that ends within a row", data[start:])
        rows.append(Row(data[start:at], values))
    return rows


def decode_transactions(table: Table, rows: Sequence[Row]) -> Iterator[Entry]:
    """Yield the punches among the transactions, in storage order; doors and alarms are none."""
    pin, verified, kind, in_out, time = (table.fields[name] for name in FIELDS)
    for raw, values in rows:
        user_id = _user_id(values[pin], text="Pin" in table.texts)
        if _number(values[kind]) not in GRANTED or user_id in ("", "0"):
            continue
        packed = _number(values[time])
        local_time = unpack_time(packed)
        if user_id is None:
            yield BadRecord(raw, "user-id", "it holds no readable user id", "")
        elif local_time is None:
            yield BadRecord(
                raw, "date", f"its packed time {packed} is a day that no calendar has", user_id
            )
        else:
            state = STATES.get(_number(values[in_out]))
            yield RawPunch(user_id, local_time, state, _code(values[verified]), "", raw)


def _number(value: bytes) -> int:
    return int.from_bytes(value, "little")


def _code(value: bytes) -> int | None:
    code = _number(value)
    return code if code <= 0xFFFF else None


def _user_id(value: bytes, *, text: bool) -> str | None:
    """Return a user id, None where it is not readable."""
    if not text:
        return str(_number(value)) if len(value) <= 8 else None
    shown = value.split(b"\0")[0].decode("latin-1").strip()
    return shown if shown.isascii() and shown.isprintable() else None
