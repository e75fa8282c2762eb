"""Where we are in a terminal's log: found by content and position, never by time. Pure.

A log is compared with what the last read left behind:

    last read    | a b c d e f |            cursor: count 6, digest of a..f, tail ..d e f
    continues    | a b c d e f | g h        the first 6 have the digest; g is new
    rotated      | c d e f | g h            the tail ends before its old place: a b were overwritten
    restored     | x a b c d e f | g        the tail is there, but not as rotation leaves it
    cleared      | g h                      nothing of the tail is there

Only "continues" and "rotated" prove that nothing was missed in between; else every record is handed
in again, which ids make harmless, and a new stretch of coverage begins.

The tail of a log may occur in it twice (one person pressing on in the same second). The first place
is taken: what is handed in too often does no harm, what is skipped is lost. A log that was cleared
and then filled with the very same bytes, second for second, cannot be told from an unchanged one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from drivers.base import Log

TAIL = 64


class Kind(StrEnum):
    """How a log stands to what we knew of it."""

    FIRST = "first"
    CONTINUES = "continues"
    ROTATED = "rotated"
    RESTORED = "restored"
    CLEARED = "cleared"
    REPLACED = "replaced"
    EXTRACT = "extract"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a terminal's log has been taken, and what is known of the stretch it belongs to."""

    serial: str
    count: int
    digest: bytes
    tail: tuple[bytes, ...]
    proven_at: int | None
    """When the last whole read of this stretch began; None until there was one."""
    since: int | None
    """When this stretch of coverage begins; None until that is known."""
    peak: datetime | None
    """The latest believable local time met while `since` was looked for."""
    note: str
    """How the stretch began."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on in a log."""

    start: int
    kind: Kind
    note: str
    """For the stretch, and for people."""

    @property
    def unbroken(self) -> bool:
        """Nothing can have been missed since the last read."""
        return self.kind in (Kind.CONTINUES, Kind.ROTATED)


def find_place(log: Log, cursor: Cursor | None) -> Place:
    """Return where the records begin that have not been handed in yet."""
    if not log.positional:
        return Place(0, Kind.EXTRACT, "extract")
    if cursor is None:
        return Place(0, Kind.FIRST, "first read")
    if cursor.serial != log.serial:
        return Place(0, Kind.REPLACED, f"terminal replaced: {cursor.serial} before")
    if len(log) >= cursor.count and log.digest(cursor.count) == cursor.digest:
        return Place(cursor.count, Kind.CONTINUES, cursor.note)
    return _moved(log, cursor)


def _moved(log: Log, cursor: Cursor) -> Place:
    end = _end_of(cursor.tail, log)
    if end is None:
        return Place(0, Kind.CLEARED, "log cleared")
    if end < cursor.count:
        return Place(end, Kind.ROTATED, cursor.note)
    return Place(0, Kind.RESTORED, "log restored or changed")


class Prefix:
    """The digest and the tail of a log's beginning, while that beginning grows."""

    def __init__(self, log: Log, count: int) -> None:
        self._log = log
        self._sha = hashlib.sha256()
        self.count = 0
        self.grow(count)

    def grow(self, count: int) -> None:
        """Take in the records up to `count`."""
        for index in range(self.count, count):
            raw = self._log.raw(index)
            self._sha.update(len(raw).to_bytes(4, "little") + raw)
        self.count = count

    def digest(self) -> bytes:
        """Return what `Log.digest` returns for the count reached."""
        return self._sha.digest()

    def tail(self) -> tuple[bytes, ...]:
        """Return the bytes of the last records."""
        first = max(0, self.count - TAIL)
        return tuple(self._log.raw(index) for index in range(first, self.count))


def _end_of(tail: Sequence[bytes], log: Log) -> int | None:
    """Return where the tail first ends in the log, or None. Linear, whatever repeats (KMP)."""
    if not tail:
        return None
    fallback = _fallback(tail)
    matched = 0
    for index in range(len(log)):
        raw = log.raw(index)
        while matched and raw != tail[matched]:
            matched = fallback[matched - 1]
        if raw == tail[matched]:
            matched += 1
        if matched == len(tail):
            return index + 1
    return None


def _fallback(tail: Sequence[bytes]) -> list[int]:
    """Return, for each beginning of the tail, how much of it is also its end."""
    fallback = [0] * len(tail)
    matched = 0
    for index in range(1, len(tail)):
        while matched and tail[index] != tail[matched]:
            matched = fallback[matched - 1]
        if tail[index] == tail[matched]:
            matched += 1
        fallback[index] = matched
    return fallback
