"""What bridge and centre tell each other, as values. Moments are epoch seconds UTC."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

VERSION = 2
MAX_ROWS = 5_000
MAX_STATEMENTS = 1_000
"""Terminals, and statements of coverage, in one heartbeat."""
MAX_RAW = 1_024
MAX_ZONE_S = 15 * 3_600
MAX_MOMENT = 4_102_444_800 * 2  # the year 2230: beyond any terminal's calendar
SOURCES = ("poll", "usb", "live", "push")


class WireError(ValueError):
    """A body that cannot be taken. The text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Punch:
    """A touch as we know it; `local_time` is what was claimed."""

    id: str
    """`punch_id` of it; not on the wire, where the other fields say the same."""
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
class Run:
    """Rows that follow one another in a terminal's chain: see `ingest.wire.chain`."""

    terminal: str
    first: int
    """Height of its first row; the first row of a chain has height 1."""
    count: int
    before: bytes
    """Link of the row before the first."""
    after: bytes
    """Link of its last row."""

    @property
    def last(self) -> int:
        """Height of its last row."""
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What a bridge sends; its rows stand in the order of their runs."""

    outbox: str
    """Random name of this outbox, made with it: receipts and chains belong to one outbox."""
    after: str | None
    """The last receipt this outbox holds: a centre that does not know it was restored from a copy
    older than that receipt, and answers 409 so that everything is sent again."""
    punches: tuple[Punch, ...] = ()
    bad: tuple[BadRecord, ...] = ()
    punch_runs: tuple[Run, ...] = ()
    bad_runs: tuple[Run, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.punches) + len(self.bad)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the centre answers after its commit. It names every row of the body it answers."""

    receipt: str
    """Random name of this receipt."""
    body: str
    """SHA-256 of the body it answers, as that travelled: no receipt can settle other rows."""
    accepted: int
    """How many rows are now in the store, whether new or known before: all but the parked."""
    parked: dict[str, str]
    """Name of a row (`row_name`) to reason: refused for good until a person acts."""
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


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A bridge shows its one-time code and the key it made; signed with that key."""

    code: str
    public_key: bytes
    """Ed25519, 32 bytes."""
    bridge_version: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The key is known from now on."""

    bridge: int
    office: str
    name: str
    now: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new key instead of the one that signs this request."""

    public_key: bytes
    proof: bytes
    """The new key's signature over `rotation_message`: whoever asks has it."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """Only the new key is known from now on."""

    key_id: str
    now: int


def row_name(kind: str, index: int) -> str:
    """Return what a receipt calls a row: `p` for a punch or `b`, and its place in the body."""
    return f"{kind}{index}"


def punch_id(terminal: str, user_id: str, local_time: datetime) -> str:
    """Return the lasting id of a touch: the same from poll, live event, push or USB file."""
    text = "\x1f".join((terminal, user_id, local_time.isoformat(" ", "seconds")))
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
