"""What a person should know of the records of one read: pure counting, no judgement.

A time that the clock's measured error explains is not named again: the clock is.
"""

from collections import Counter

from bridge.ledger import Event
from bridge.normalise import Read
from bridge.stretch import YEAR
from ingest.wire import BadRecord, Punch

FIRST_BAD = 100
WORDS = {
    "future": "dated after they were read",
    "past": "dated before they can have been made",
    "backwards": "dated well before the one in front of them",
}


class Watch:
    """Fed with the rows of one read, in the order of the log."""

    def __init__(self, read: Read, limit_s: int) -> None:
        self._read = read
        self._limit_s = limit_s
        self._error_s = read.clock_offset_s or 0
        self._last_at: int | None = None
        self._counts = Counter[str]()
        self._examples: dict[str, Punch] = {}
        self.punches = 0
        self.bad = 0
        """How many records cannot be punches."""
        self.first_bad: list[tuple[int, str]] = []
        """The place and the reason of the first of them."""

    def follow(self, occurred_at: int | None) -> None:
        """Take note of the record before the first that is fed."""
        self._last_at = occurred_at

    @property
    def disordered(self) -> bool:
        """Whether times were seen that no right clock leaves behind."""
        return "backwards" in self._examples or "future" in self._examples

    def feed(self, index: int, body: Punch | BadRecord) -> None:
        """Take in the next row."""
        if isinstance(body, BadRecord):
            self.bad += 1
            if len(self.first_bad) < FIRST_BAD:
                self.first_bad.append((index, body.reason))
            return
        self.punches += 1
        true_at = body.occurred_at - self._error_s
        if true_at > self._read.read_at + self._limit_s:
            self._count("future", body)
        elif body.local_time.year < YEAR or self._before_last_read(true_at):
            self._count("past", body)
        if self._last_at is not None and body.occurred_at < self._last_at - self._limit_s:
            self._count("backwards", body)
        self._last_at = body.occurred_at

    def events(self) -> list[Event]:
        """Return what was seen."""
        found = []
        for kind, words in WORDS.items():
            if kind in self._examples:
                first = self._examples[kind].local_time
                detail = f"{self._counts[kind]} punches {words}, the first {first}"
                found.append(Event(kind, detail, self._read.read_at))
        if self.bad:
            index, reason = self.first_bad[0]
            detail = f"{self.bad} records are no punches, the first is record {index + 1}: {reason}"
            found.append(Event("bad-records", detail, self._read.read_at))
        return found

    def _before_last_read(self, true_at: int) -> bool:
        after = self._read.after
        return after is not None and true_at < after - self._limit_s

    def _count(self, kind: str, punch: Punch) -> None:
        self._counts[kind] += 1
        self._examples.setdefault(kind, punch)
