"""The words between bridge and centre: what a body holds, how it is written, how it is read.

Every body is a JSON object with a `version`. Punches travel in columns, one list a field, which is
a third of the size and time of one object a punch. Standard library only, and no I/O, so that an
office loads no more than this.

Decoding trusts nothing. What is wrong with a body as a whole raises `WireError`; what is wrong with
one punch is a text in its place, so that one bad punch cannot hold up the others.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

VERSION = 1
MAX_ROWS = 5_000
MAX_STATEMENTS = 1_000
"""Terminals, and statements of coverage, in one heartbeat."""
MAX_RAW = 1_024
MAX_ZONE_S = 15 * 3_600
MAX_MOMENT = 4_102_444_800 * 2  # the year 2230: beyond any terminal's calendar
SOURCES = ("poll", "usb", "live", "push")

_ID = re.compile(r"[0-9a-f]{32}")
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class WireError(ValueError):
    """A body that cannot be taken. The text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Punch:
    """A touch as we know it. Moments are epoch seconds UTC; `local_time` is what was claimed."""

    id: str
    terminal: str
    """The terminal's serial number."""
    user_id: str
    local_time: datetime
    """Naive wall clock, untouched."""
    occurred_at: int
    """`local_time` in the office's zone, as UTC; not corrected by the offset."""
    state: int | None
    verify: int | None
    work_code: str
    source: str
    """One of SOURCES."""
    clock_offset_s: int | None
    """Terminal's clock minus true time when the punch was read; None where it was not measured."""
    read_at: int
    """When the bridge took it off the terminal."""
    after: int | None
    """The last proven read that did not hold it yet: the touch came between `after` and `read_at`.
    None where that is not known (first read, USB file)."""
    raw: bytes


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be a punch, kept raw, with the times of its neighbours in the log."""

    id: str
    terminal: str
    kind: str
    reason: str
    user_id: str
    near_from: datetime | None
    """Local time of the good record before it in the log, naive; None where there is none."""
    near_until: datetime | None
    """Local time of the good record after it."""
    source: str
    read_at: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What a bridge sends: oldest first."""

    outbox: str
    """Random name of this outbox, made with it: receipts belong to one outbox."""
    after: str | None
    """The last receipt this outbox holds: a centre that does not know it was restored from a copy
    older than that receipt, and answers 409 so that everything is sent again."""
    punches: tuple[Punch, ...] = ()
    bad: tuple[BadRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre answers after its commit. What it names nowhere is kept and sent again."""

    receipt: str
    """Random name of this receipt."""
    accepted: tuple[str, ...]
    """Ids now in the store, whether new or known before."""
    parked: dict[str, str]
    """Id to reason: refused for good until a person acts."""
    new: int = 0
    """How many of `accepted` the store did not hold before; for people and tests only."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A terminal's log is known without a gap from `since` to `until`; both epoch seconds UTC.

    Sent only when every punch it rests on has been accepted by the centre.
    """

    terminal: str
    since: int
    until: int
    on_terminal: int | None
    taken: int
    parked: int
    """Punches of this terminal that the centre refused: while there are any, its days stay open."""
    clock_offset_s: int | None
    read_at: int
    source: str
    note: str = ""
    """How the segment began, such as `first read`, `log cleared`, `terminal replaced`."""


@dataclass(frozen=True, slots=True)
class TerminalHealth:
    """How one terminal of the office does, for the people at the centre."""

    name: str
    serial: str
    driver: str
    last_read_at: int | None
    last_error: str
    clock_offset_s: int | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Sign of life, also when there is nothing to send."""

    outbox: str
    after: str | None
    sent_at: int
    bridge_version: str
    waiting: int
    parked: int
    oldest_waiting_at: int | None
    terminals: tuple[TerminalHealth, ...] = ()
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True, slots=True)
class HeartbeatReply:
    """`now` is the centre's clock; `refused` names coverage by `terminal:since`, with why."""

    now: int
    refused: dict[str, str] = field(default_factory=dict)


def punch_id(terminal: str, user_id: str, local_time: datetime) -> str:
    """Return the lasting id of a touch: the same from poll, live event, push or USB file."""
    text = "\x1f".join((terminal, user_id, local_time.isoformat(sep=" ", timespec="seconds")))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def bad_record_id(
    terminal: str, raw: bytes, near_from: datetime | None = None, nth: int = 0
) -> str:
    """Return the lasting id of a bad record: the same bytes at the same place in the log are one.

    A terminal that has lost its time may write the very same bytes for a person each day: `nth`
    counts those since the good record before them. Only who holds the log can tell it.
    """
    text = terminal.encode() + b"\x1e" + raw
    if near_from is not None or nth:
        text += f"\x1e{near_from}\x1e{nth}".encode()
    return hashlib.sha256(text).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """A batch as far as it can be read."""

    batch: Batch
    rejected: dict[str, str]
    """Id to reason, for rows that cannot be read; they are not in `batch`."""


def encode_batch(batch: Batch) -> bytes:
    """Return the body of `POST /v1/punches`, uncompressed."""
    return _dump(
        {
            "version": VERSION,
            "outbox": batch.outbox,
            "after": batch.after,
            "punches": _columns(batch.punches, _PUNCH),
            "bad": _columns(batch.bad, _BAD),
        }
    )


def decode_batch(body: bytes) -> DecodedBatch:
    """Read the body of `POST /v1/punches`. Raises WireError."""
    found = _load(body)
    rejected: dict[str, str] = {}
    punches = _rows(found, "punches", _PUNCH, _punch, rejected)
    bad = _rows(found, "bad", _BAD, _bad, rejected)
    batch = Batch(
        outbox=_id(found.get("outbox"), "outbox"),
        after=None if found.get("after") is None else _id(found.get("after"), "after"),
        punches=tuple(punches),
        bad=tuple(bad),
    )
    return DecodedBatch(batch, rejected)


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the answer to a batch."""
    return _dump({"version": VERSION, **asdict(receipt)})


def decode_receipt(body: bytes) -> Receipt:
    """Read the answer to a batch. Raises WireError."""
    found = _load(body)
    accepted, parked, new = found.get("accepted"), found.get("parked"), found.get("new", 0)
    if not isinstance(accepted, list) or not isinstance(parked, dict):
        raise WireError("the receipt names no punches")
    return Receipt(
        receipt=_id(found.get("receipt"), "receipt"),
        accepted=tuple(_id(one, "accepted") for one in accepted),
        parked={_id(one, "parked"): _text(why, "parked", 500) for one, why in parked.items()},
        new=_int(new, "new"),
    )


def encode_heartbeat(heartbeat: Heartbeat) -> bytes:
    """Return the body of `POST /v1/heartbeat`."""
    return _dump({"version": VERSION, **asdict(heartbeat)})


def decode_heartbeat(body: bytes) -> Heartbeat:
    """Read the body of `POST /v1/heartbeat`. Raises WireError."""
    found = _load(body)
    return Heartbeat(
        outbox=_id(found.get("outbox"), "outbox"),
        after=None if found.get("after") is None else _id(found.get("after"), "after"),
        sent_at=_int(found.get("sent_at"), "sent_at"),
        bridge_version=_text(found.get("bridge_version"), "bridge_version", 40),
        waiting=_int(found.get("waiting"), "waiting"),
        parked=_int(found.get("parked"), "parked"),
        oldest_waiting_at=_maybe_int(found.get("oldest_waiting_at"), "oldest_waiting_at"),
        terminals=tuple(_health(one) for one in _few(found.get("terminals"), "terminals")),
        coverage=tuple(_coverage(one) for one in _few(found.get("coverage"), "coverage")),
    )


def encode_heartbeat_reply(reply: HeartbeatReply) -> bytes:
    """Return the answer to a heartbeat."""
    return _dump({"version": VERSION, **asdict(reply)})


def decode_heartbeat_reply(body: bytes) -> HeartbeatReply:
    """Read the answer to a heartbeat. Raises WireError."""
    found = _load(body)
    refused = found.get("refused")
    if not isinstance(refused, dict):
        raise WireError("refused: expected an object")
    return HeartbeatReply(
        now=_int(found.get("now"), "now"),
        refused={_text(k, "refused", 100): _text(v, "refused", 500) for k, v in refused.items()},
    )


_PUNCH = (
    "id", "terminal", "user_id", "local_time", "occurred_at", "state", "verify", "work_code",
    "source", "clock_offset_s", "read_at", "after", "raw",
)  # fmt: skip
_BAD = (
    "id", "terminal", "kind", "reason", "user_id", "near_from", "near_until", "source", "read_at",
    "raw",
)  # fmt: skip


def _columns(rows: Sequence[Punch] | Sequence[BadRecord], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: [_plain(getattr(row, name)) for row in rows] for name in names}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _load(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("the body is not JSON") from error
    if not isinstance(found, dict):
        raise WireError("the body is not a JSON object")
    version = found.get("version")
    if type(version) is not int or version != VERSION:  # True and 1.0 equal 1
        raise WireError(
            f"version {str(version)[:20]!a} is not known here; this side speaks {VERSION}"
        )
    return found


def _rows(
    found: dict[str, Any],
    key: str,
    names: tuple[str, ...],
    build: Any,
    rejected: dict[str, str],
) -> list[Any]:
    columns = found.get(key)
    if not isinstance(columns, dict):
        raise WireError(f"{key}: expected an object of columns")
    lists = [_list(columns.get(name), f"{key}.{name}") for name in names]
    if len({len(one) for one in lists}) != 1:
        raise WireError(f"{key}: the columns differ in length")
    if len(lists[0]) > MAX_ROWS:
        raise WireError(f"{key}: {len(lists[0])} rows, at most {MAX_ROWS} are taken at once")
    rows = []
    for values in zip(*lists, strict=True):
        row_id = _id(values[0], f"{key}.id")
        try:
            rows.append(build(*values))
        except (WireError, ValueError) as error:
            rejected[row_id] = str(error)
    return rows


def _punch(
    row_id: str, terminal: Any, user_id: Any, local_time: Any, occurred_at: Any, state: Any,
    verify: Any, work_code: Any, source: Any, clock_offset_s: Any, read_at: Any, after: Any,
    raw: Any,
) -> Punch:  # fmt: skip
    punch = Punch(
        id=row_id,
        terminal=_name(terminal, "terminal", 64),
        user_id=_name(user_id, "user_id", 64),
        local_time=_local(local_time, "local_time"),
        occurred_at=_int(occurred_at, "occurred_at"),
        state=_code(state, "state"),
        verify=_code(verify, "verify"),
        work_code=_text(work_code, "work_code", 32),
        source=_source(source),
        clock_offset_s=_maybe_int(clock_offset_s, "clock_offset_s"),
        read_at=_int(read_at, "read_at"),
        after=_maybe_int(after, "after"),
        raw=_raw(raw),
    )
    claimed = int(punch.local_time.replace(tzinfo=UTC).timestamp())
    if abs(claimed - punch.occurred_at) > MAX_ZONE_S:
        raise WireError("occurred_at and local_time are further apart than any time zone")
    if punch_id(punch.terminal, punch.user_id, punch.local_time) != punch.id:
        raise WireError("the id does not belong to terminal, user id and local time")
    return punch


def _bad(
    row_id: str, terminal: Any, kind: Any, reason: Any, user_id: Any, near_from: Any,
    near_until: Any, source: Any, read_at: Any, raw: Any,
) -> BadRecord:  # fmt: skip
    return BadRecord(
        id=row_id,
        terminal=_name(terminal, "terminal", 64),
        kind=_name(kind, "kind", 20),
        reason=_text(reason, "reason", 500),
        user_id=_text(user_id, "user_id", 64),
        near_from=None if near_from is None else _local(near_from, "near_from"),
        near_until=None if near_until is None else _local(near_until, "near_until"),
        source=_source(source),
        read_at=_int(read_at, "read_at"),
        raw=_raw(raw),
    )


def _health(found: Any) -> TerminalHealth:
    one = _object(found, "terminals")
    return TerminalHealth(
        name=_name(one.get("name"), "name", 64),
        serial=_text(one.get("serial"), "serial", 64),
        driver=_name(one.get("driver"), "driver", 40),
        last_read_at=_maybe_int(one.get("last_read_at"), "last_read_at"),
        last_error=_text(one.get("last_error"), "last_error", 500),
        clock_offset_s=_maybe_int(one.get("clock_offset_s"), "clock_offset_s"),
        notes=tuple(_text(note, "notes", 300) for note in _few(one.get("notes"), "notes")),
    )


def _coverage(found: Any) -> Coverage:
    one = _object(found, "coverage")
    return Coverage(
        terminal=_name(one.get("terminal"), "terminal", 64),
        since=_int(one.get("since"), "since"),
        until=_int(one.get("until"), "until"),
        on_terminal=_maybe_int(one.get("on_terminal"), "on_terminal"),
        taken=_int(one.get("taken"), "taken"),
        parked=_int(one.get("parked"), "parked"),
        clock_offset_s=_maybe_int(one.get("clock_offset_s"), "clock_offset_s"),
        read_at=_int(one.get("read_at"), "read_at"),
        source=_source(one.get("source")),
        note=_text(one.get("note"), "note", 300),
    )


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WireError(f"{name}: expected an object")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise WireError(f"{name}: expected a list")
    return value


def _few(value: Any, name: str) -> list[Any]:
    found = _list(value, name)
    if len(found) > MAX_STATEMENTS:
        raise WireError(f"{name}: {len(found)} given, at most {MAX_STATEMENTS} are taken at once")
    return found


def _id(value: Any, name: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise WireError(f"{name}: expected 32 hexadecimal digits")
    return value


def _text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise WireError(f"{name}: expected text of at most {most} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half a surrogate pair: no database takes it
        raise WireError(f"{name}: not valid text") from error
    return value


def _name(value: Any, name: str, most: int) -> str:
    text = _text(value, name, most)
    if not text or _CONTROL.search(text):
        raise WireError(f"{name}: empty, or holds control characters")
    return text


def _int(value: Any, name: str) -> int:
    if type(value) is not int or abs(value) > MAX_MOMENT:
        raise WireError(f"{name}: expected a whole number no later than the year 2230")
    return value


def _maybe_int(value: Any, name: str) -> int | None:
    return None if value is None else _int(value, name)


def _code(value: Any, name: str) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 65_535):
        raise WireError(f"{name}: expected a number from 0 to 65535, or none")
    return value


def _source(value: Any) -> str:
    if value not in SOURCES:
        raise WireError(f"source: expected one of {', '.join(SOURCES)}")
    return str(value)


def _local(value: Any, name: str) -> datetime:
    # fromisoformat alone takes weeks, fractions and zones too; strptime alone costs four times more
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise WireError(f"{name}: expected YYYY-MM-DDTHH:MM:SS")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise WireError(f"{name}: no such date and time") from error


def _raw(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > 2 * MAX_RAW:
        raise WireError(f"raw: expected at most {MAX_RAW} bytes as hexadecimal digits")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise WireError("raw: not hexadecimal digits") from error
