"""What the store must hold of a body, as values: looked at where texts alone did not agree.

A row is a tuple in the order of its FIELDS; what makes it the same touch is its key. The rules are
those by which a batch is stored (`ingest.store.punches`): the first telling of a key stays, another
telling with other codes is a contradiction, a bad record is known by its id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.coverage import doubt
from ingest.ledger.bodies import Body, height_of
from ingest.wire import BAD, PUNCH, BadRecord, DecodedBatch, Punch, decode_batch, row_name

PUNCH_FIELDS = (
    "terminal", "user_id", "local_time", "local_day", "occurred_at", "state", "verify",
    "work_code", "source", "clock_offset_s", "read_at", "after_at", "received_at", "doubt", "raw",
)  # fmt: skip
CONTRADICTION_FIELDS = (
    "terminal", "user_id", "local_time", "state", "verify", "work_code", "source", "received_at",
    "raw", "key",
)  # fmt: skip
BAD_FIELDS = (
    "id", "terminal", "kind", "reason", "user_id", "near_from", "near_until", "source", "read_at",
    "received_at", "raw",
)  # fmt: skip

Row = tuple[Any, ...]
Key = tuple[Any, ...]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A row that a body tells, and where in it."""

    row: Row
    kind: str
    place: int


@dataclass(slots=True)
class Expected:
    """What the store must hold of a body, under this batch or under one that came before."""

    punches: dict[Key, Told] = field(default_factory=dict)
    """By terminal, user id and local time."""
    others: list[tuple[Key, Told]] = field(default_factory=list)
    """Later tellings of the same touch in the same body, each with the key of its touch."""
    bad: dict[Key, Told] = field(default_factory=dict)
    """By id."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Name of a row that cannot be read to the reason."""


def expected(
    body: Body, refused: Mapping[str, str], *, received_at: datetime, limit_s: int
) -> Expected:
    """Return what the store must hold of a body whose chains were checked."""
    decoded = decode_batch(body.written)
    found = Expected(unreadable=decoded.rejected)
    for name, one in _readable(decoded):
        if name in refused:
            continue
        if isinstance(one, Punch):
            told = Told(punch_row(one, received_at, limit_s), PUNCH, int(name[1:]))
            key = told.row[:3]
            if found.punches.setdefault(key, told) is not told:
                found.others.append((key, told))
        else:
            found.bad.setdefault((one.id,), Told(_bad_row(one, received_at), BAD, int(name[1:])))
    return found


def readable(body: Body) -> dict[str, str]:
    """Return the rows that can be read, by name, with their terminal."""
    return {name: one.terminal for name, one in _readable(decode_batch(body.written))}


def _readable(decoded: DecodedBatch) -> Iterator[tuple[str, Punch | BadRecord]]:
    rows: list[Punch | BadRecord] = [*decoded.batch.punches, *decoded.batch.bad]
    return zip(decoded.names, rows, strict=True)


def punch_row(one: Punch, received_at: datetime, limit_s: int) -> Row:
    """Return a punch as the store must hold it, in the order of PUNCH_FIELDS."""
    return (
        one.terminal, one.user_id, one.local_time, one.local_time.date(),
        _moment(one.occurred_at), one.state, one.verify, one.work_code, one.source,
        one.clock_offset_s, _moment(one.read_at),
        None if one.after is None else _moment(one.after),
        received_at, doubt(one, limit_s), one.raw,
    )  # fmt: skip


def codes(row: Row) -> tuple[Any, ...]:
    """Return state, verify and work code of a punch's row."""
    return tuple(row[5:8])


def contradiction(told: Told) -> Row:
    """Return a punch's telling as it is kept beside another, in the order of
    CONTRADICTION_FIELDS."""
    from ingest.wire import punch_id

    row = told.row
    key = ":".join(
        [
            punch_id(row[0], row[1], row[2]),
            *("-" if code is None else str(code) for code in codes(row)),
        ]
    )
    return (*row[:3], *codes(row), row[8], row[12], row[14], key)


def _bad_row(one: BadRecord, received_at: datetime) -> Row:
    return (
        one.id, one.terminal, one.kind, one.reason, one.user_id, one.near_from, one.near_until,
        one.source, _moment(one.read_at), received_at, one.raw,
    )  # fmt: skip


def difference(fields: tuple[str, ...], stored: Row, told: Row) -> str:
    """Say in which fields a row differs: what it is, and what it was."""
    return ", ".join(
        f"{name} is {_shown(is_now)} and was {_shown(was)}"
        for name, is_now, was in zip(fields, stored, told, strict=True)
        if is_now != was
    )


def pairs(stored: dict[Key, Row], told: dict[Key, Told]) -> list[tuple[Key, Key]]:
    """Return the rows nobody told beside the told ones they most likely were, by their fields.

    Only rows that share their raw bytes, or most of their fields, are brought together.
    """
    found, free = [], dict(told)
    for key, row in stored.items():
        best = max(free, key=lambda one: _likeness(row, free[one].row), default=None)
        if best is not None and _likeness(row, free[best].row) * 2 > len(row):
            found.append((key, best))
            del free[best]
    return found


def where(body: Body, told: Told) -> tuple[str, int]:
    """Return the terminal and the height of a told row."""
    return height_of(body.sets[told.kind], told.place)


def name_of(told: Told) -> str:
    return row_name(told.kind, told.place)


def _likeness(row: Row, other: Row) -> int:
    return sum(one == two for one, two in zip(row, other, strict=True))


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bytes):
        return value.hex() or "empty"
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ")
        return text.replace("+00:00", " UTC")
    return repr(value) if isinstance(value, str) else str(value)


def _moment(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
