"""What every driver speaks: a terminal we ask, one that calls us, its log, the records in it.

A `Log` is one whole read, proven complete by the driver, in storage order. It gives its records
twice: as raw bytes, cheap to compare and to hash, and decoded. The bridge finds its place in a log
by content and position (`Log.digest`), never by time.

Where a place is known already, a terminal may be asked to read on from there (`Known`). It hands
over the end of the log alone if it can prove that the end belongs to it, and else the whole.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from types import TracebackType
from typing import ClassVar, Literal, NamedTuple, Self

from drivers.errors import NotSupported


class RawPunch(NamedTuple):
    """One touch as a terminal's log tells it.

    A named tuple and not a dataclass: a log of 200,000 becomes as many of these, and a tuple is
    made in half the time.
    """

    user_id: str
    """The number the terminal knows, as text: letters and leading zeros occur."""
    local_time: datetime
    """Naive: the terminal's own wall clock, untouched."""
    state: int | None
    """What the user pressed: 0 in, 1 out, 2 break out, 3 break in, 4/5 overtime, 255 none."""
    verify: int | None
    """How: 1 finger, 3 password, 4 card, 15 face, others by family."""
    work_code: str
    """Empty where the layout has none."""
    raw: bytes
    """The record's own bytes."""


class BadRecord(NamedTuple):
    """A record that is kept raw and reported because it cannot be a punch."""

    raw: bytes
    kind: str
    """`blank` (a slot never written), `date`, `user-id`, or `line` (text of no known layout)."""
    reason: str
    """One sentence for a person."""
    user_id: str
    """Where it can still be read; else empty."""


Entry = RawPunch | BadRecord

DateOrder = Literal["auto", "dmy", "mdy", "ymd"]
"""How a file carried by hand writes its dates; `auto` where the file itself proves it."""


class Capability(StrEnum):
    """What a terminal can be asked beyond its log."""

    CLOCK = "clock"
    USERS = "users"
    COUNT = "count"  # tells how many records it holds before they are read
    TAIL = "tail"  # can hand over the end of its log alone; whether it does right must be tried
    LIVE = "live"  # tells touches as they happen, and is configured to
    SET_CLOCK = "set-clock"  # takes the time from us, where the configuration says so
    CLEAR = "clear"  # empties its log, where a person commands it


@dataclass(frozen=True, slots=True)
class TerminalInfo:
    """Who a terminal says it is."""

    serial: str
    model: str = ""
    platform: str = ""
    firmware: str = ""
    records: int | None = None
    """Records it says it holds; None where it cannot say."""
    capacity: int | None = None
    users: int | None = None
    can: frozenset[Capability] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class User:
    """One enrolled user: what the mapping to people needs, and no password, card or template."""

    user_id: str
    uid: int | None = None
    name: str = ""


class Log(ABC):
    """One read of a terminal's log, in storage order: whole, or from `start` to its end."""

    start: int = 0
    """The first record that is held; the places of all others count from the log's beginning."""
    layout: str = ""
    """How the records are laid out, in the driver's own word, for `Known`."""
    serial: str
    """Serial number of the terminal the records came from."""
    claimed: int | None
    """How many records the terminal said it holds; None where it cannot say."""
    positional: bool
    """True where a record keeps its place from read to read. False for an extract, such as a
    USB export of some period: there, a place means nothing."""
    seams: Sequence[int] = ()
    """Where several extracts are joined: the places at which the next one begins. What came between
    two of them may be in neither."""
    proven: bool = True
    """False where the driver cannot tell whether something is missing: its punches count, and
    nobody is absent by it."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of records in the terminal's log, bad ones included."""

    @abstractmethod
    def raw(self, index: int) -> bytes:
        """Return the bytes of one record. IndexError where it is not held."""

    @abstractmethod
    def digest(self, count: int) -> bytes:
        """Return the SHA-256 of the first `count` records, each with its length before it.

        Equal digests mean an equal beginning: whatever follows is new. ValueError where the
        beginning is not held.
        """

    @abstractmethod
    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Decode from a place on, lazily: memory does not grow with the log.

        IndexError where the place is before `self.start`.
        """


MARGIN = 64
"""Records before a known place that are compared again: a log that moved does not repeat them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A place in a terminal's log that was reached before, and how to know it again."""

    count: int
    """Records before the place."""
    records: tuple[bytes, ...]
    """The bytes of the last of them, `MARGIN` at most."""
    layout: str
    """As `Log.layout` said."""

    @classmethod
    def of(cls, log: Log, count: int) -> Self:
        """Return the place behind the first `count` records of a log."""
        first = max(0, count - MARGIN)
        return cls(count, tuple(log.raw(index) for index in range(first, count)), log.layout)


class ListLog(Log):
    """A log whose entries are in memory already."""

    def __init__(
        self,
        serial: str,
        entries: Sequence[Entry],
        *,
        claimed: int | None = None,
        positional: bool = True,
        start: int = 0,
    ) -> None:
        """`entries` begin at the place `start`."""
        self.serial = serial
        self.claimed = claimed
        self.positional = positional
        self.start = start
        self._entries = entries

    def __len__(self) -> int:
        return self.start + len(self._entries)

    def raw(self, index: int) -> bytes:
        return self._entries[held_place(self, index)].raw

    def digest(self, count: int) -> bytes:
        if self.start:
            raise ValueError("the beginning of this log was not read")
        return records_digest(entry.raw for entry in self._entries[:count])

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return iter(self._entries[held_from(self, start) :])


def held_place(log: Log, index: int) -> int:
    """Return where a record stands among those that are held; negative places as in a list."""
    return held_from(log, range(len(log))[index])


def held_from(log: Log, start: int) -> int:
    """Return how many of the records that are held come before a place."""
    if start < log.start:
        raise IndexError(f"record {start} was not read, only those from {log.start} on")
    return start - log.start


def records_digest(records: Iterator[bytes]) -> bytes:
    """Return the digest that `Log.digest` promises: each record as u32 length and bytes."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(len(record).to_bytes(4, "little"))
        digest.update(record)
    return digest.digest()


Tell = Callable[[RawPunch | None], None]
"""Takes a touch as it happens; None where only the log can say for certain what it was."""


class Terminal(ABC):
    """One terminal, connected and authorised from construction to close.

    Every method may raise a `drivers.errors.DriverError`, after which only `close` may be called.
    Nothing is retried here: waiting is the poller's business. Nothing here writes to the terminal
    but `set_clock` and `clear`, which nobody calls on the way of a read.
    """

    Options: ClassVar[type]
    """A frozen dataclass of the settings this driver takes; its fields are the TOML keys."""

    @abstractmethod
    def info(self) -> TerminalInfo:
        """Return who this is. Cheap, and the same for the life of the session."""

    @abstractmethod
    def clock(self) -> datetime:
        """Return the terminal's wall clock now, naive. NotSupported where `can` lacks CLOCK."""

    @abstractmethod
    def read(self) -> Log:
        """Read the whole log. Raises rather than return a part as the whole."""

    def read_on(self, known: Known) -> Log:  # noqa: ARG002 - for those who can
        """Read what follows a known place, or the whole log; `Log.start` tells which.

        The end alone is returned only if the records before the place are at their place, byte for
        byte, and the sizes the terminal tells agree with each other. The records compared are
        returned too.
        """
        return self.read()

    def listen(self, tell: Tell) -> None:  # noqa: ARG002 - for those who can
        """Have touches told from now on, until closed. NotSupported where `can` lacks LIVE.

        `tell` is called on the thread of whichever method of ours meets the news. A touch told is
        a hint: it may come twice or never, so `read` is to follow, and to go on being called.
        """
        raise NotSupported("touches are not told as they happen; leave live out")

    def wait(self, seconds: float) -> None:  # noqa: ARG002 - for those who can
        """Let touches come in for so long; `listen` was called."""
        raise NotSupported("touches are not told as they happen; leave live out")

    @abstractmethod
    def users(self) -> list[User]:
        """Return who is enrolled. NotSupported where `can` lacks USERS."""

    def set_clock(self, local_time: datetime) -> None:
        """Set the wall clock. NotSupported where `can` lacks SET_CLOCK."""
        raise NotSupported(f"the clock cannot be set to {local_time} from here; set it at its menu")

    def clear(self, known: Log) -> None:
        """Empty the log, if it still holds the records of `known` and no other.

        LogChanged, and nothing is cleared, where it holds others; nobody can punch from the moment
        of that comparison until the log is empty. NotSupported where `can` lacks CLEAR.
        """
        raise NotSupported(f"the {len(known)} records cannot be cleared from here; use its menu")

    @abstractmethod
    def close(self) -> None:
        """End the session politely and release the link; safe to call twice, raises nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, received whole."""

    method: str
    path: str
    """Without the query, percent signs decoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Names in small letters; of a name given twice, the first value."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in small letters."""
    body: bytes = b""
    peer: str = ""
    """The address it came from."""
    surplus: bool = False
    """More bytes came than the request announced: its body may have been cut."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a terminal is answered."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    """Beside length and type, which every reply has."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of the terminal that calls, when it calls."""

    now: int
    """True time, epoch seconds."""
    zone: tzinfo
    """Of the terminal's clock."""
    notebook: str = ""
    """What the driver noted at an earlier call, word for word; empty at the first."""
    held: int = 0
    """Records of its present log that are on our disk."""
    silent_s: int | None = None
    """Since its last call; None where that is not known, as after a start."""
    clock_trusted: bool = False
    """Whether our own clock is good enough to set another by."""


class Note(NamedTuple):
    """Something a person should know of a terminal."""

    kind: str
    """A word or two with a dash, by which repetitions are told."""
    detail: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Every record the terminal held at a moment is on our disk."""

    until: int
    """That moment, epoch seconds."""
    count: int | None
    """Records the terminal says it holds; None where it cannot say, and only its answer to a query
    of its log speaks for it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call brought, and what it is answered."""

    reply: Reply
    """To be sent only when everything below is on the disk."""
    entries: Sequence[Entry] = ()
    notebook: str | None = None
    """To be kept for the next call; None leaves what is there."""
    info: TerminalInfo | None = None
    notes: tuple[Note, ...] = ()
    proof: Proof | None = None
    live: bool = False
    """The entries were made just now, as far as the driver can tell: their times show the clock."""
    anew: bool = False
    """The terminal's log is not the one we knew: what was held of it counts no more."""


class Receiver(ABC):
    """A terminal that calls us. Pure: it keeps nothing and touches nothing between two calls.

    The bridge finds whose call it is (`serial_of`), lets `handle` say what it means, commits that,
    and only then sends the reply. A reply that is lost, or never sent because we were killed, leads
    to the same call again, which must do no harm.
    """

    Options: ClassVar[type]
    """A frozen dataclass of the settings this driver takes; `serial` is one of them."""

    @staticmethod
    @abstractmethod
    def serial_of(request: Request) -> str | None:
        """Return the serial number a request names; None where it is not of this family."""

    @staticmethod
    @abstractmethod
    def describe(request: Request) -> str:
        """Return what a request tells of the sender, for the person who is to approve it."""

    @staticmethod
    @abstractmethod
    def refusal(reason: str) -> Reply:
        """Return the reply after which this family keeps its records and tries again later."""

    @abstractmethod
    def handle(self, request: Request, caller: Caller) -> Heard:
        """Return what a request of this terminal means.

        Raises MalformedReply where the whole of it cannot be used: nothing is acknowledged then.
        A single record that cannot be a punch is a BadRecord, which is kept and acknowledged.
        """
