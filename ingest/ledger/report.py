"""What a look at the ledger found: faults, each named as closely as can be, and counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong, in one word that stays."""

    ALTERED = "altered"
    """A row says something else than the signed body."""
    MISSING = "missing"
    """A row of a signed body is not in the store."""
    INSERTED = "inserted"
    """A row stands in the store and in no signed body."""
    REORDERED = "reordered"
    """Rows or batches stand in another order than they came."""
    REFUSED = "refused"
    """A row is said to have been refused, or not to have been, against what its body says."""
    KEY = "key"
    SIGNATURE = "signature"
    BODY = "body"
    """A body is gone, cannot be opened, or contradicts what is stored beside it."""
    REPEATED = "repeated"
    """The same signed request stands in the store twice."""
    LOST_BATCH = "lost-batch"
    """A receipt was given and its batch is gone."""
    CHAIN = "chain"
    """Two tellings of the same height differ, or the runs beside a body are not its own."""
    GAP = "gap"
    """Heights between known ones are in no body."""
    ROOT = "root"
    CHECKPOINT = "checkpoint"
    LOCK = "lock"
    """A trigger that keeps evidence from being changed is not there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    kind: Kind
    text: str
    """One sentence for a person: what, which one, what it was."""
    batch: int | None = None
    terminal: str | None = None
    user_id: str | None = None
    local_time: datetime | None = None
    height: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {in_one_line(self.text)}"


def in_one_line(text: str) -> str:
    """Return a text that holds what somebody wrote into a store as one line, fit for a screen."""
    plain = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]}...{plain[-LONGEST // 2 :]}"


@dataclass(slots=True)
class Counts:
    """What was looked at."""

    batches: int = 0
    unsigned: int = 0
    """Batches from before there was a ledger: kept, and proven by nothing."""
    rows: int = 0
    """Rows of signed bodies."""
    punches: int = 0
    """Stored punches that are exactly what a signed body says."""
    unsigned_punches: int = 0
    bad_records: int = 0
    known_before: int = 0
    """Rows that an earlier body had told already."""
    refused: int = 0
    archived: int = 0
    """Rows whose month lies in an archive."""
    keys: int = 0
    chains: int = 0
    roots: int = 0
    checkpoints: int = 0


class Stopped(Exception):
    """The first fault was found, and only that was asked for."""


@dataclass(slots=True)
class Report:
    """Grows while the ledger is looked through."""

    everything: bool = False
    """Go on after the first fault."""
    counts: Counts = field(default_factory=Counts)
    faults: list[Fault] = field(default_factory=list)
    """In the order found, at most KEPT."""
    found: int = 0
    """How many faults there were."""
    notes: list[str] = field(default_factory=list)
    """What a reader should know and what is no fault."""

    @property
    def sound(self) -> bool:
        return self.found == 0

    @property
    def first(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    def add(self, fault: Fault) -> None:
        """Take a fault. Raises Stopped unless everything is to be looked at."""
        self.found += 1
        if len(self.faults) < KEPT:
            self.faults.append(fault)
        if not self.everything:
            raise Stopped

    def note(self, text: str) -> None:
        """Take what a reader should know and what is no fault; after many, only that there are."""
        if len(self.notes) < NOTES:
            self.notes.append(in_one_line(text))
        elif len(self.notes) == NOTES:
            self.notes.append("and more of the kind")


KEPT, NOTES = 1_000, 100
LONGEST = 600
Progress = Callable[[Counts], None]
