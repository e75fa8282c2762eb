"""Where we are in a terminal's log: found by content and position, never by time. Pure.

A log is compared with what the last read left behind:

    last read    | a b c d e f |            cursor: base 6, digest of a..f, count 6, tail ..d e f
    continues    | a b c d e f | g h        the first 6 have the digest; g is new
    rotated      | c d e f | g h            the tail ends before its old place: a b were overwritten
    restored     | x a b c d e f | g        the tail is there, but not as rotation leaves it
    cleared      | g h                      nothing of the tail is there

Where only the end of a log was read, the tail must be at its place in it; else the whole is needed.
The records so taken are chained behind the digest (`base`, `link`), and the next whole read is
compared with all of it: nothing that came in by its end stays unproven for longer than a day.

    by its end   |       d e f | g h        the tail is at its place; cursor: base 6, link of g h
    next whole   | a b c d e f g h | i      the first 6 have the digest, and g h the link

Only "continues" and "rotated" prove that nothing was missed in between; else every record is handed
in again, which ids make harmless, and a new stretch of coverage begins.

The tail of a log may occur in it twice (one person pressing on in the same second). The first place
is taken: what is handed in too often does no harm, what is skipped is lost. A log that was cleared
and then filled with the very same bytes, second for second, cannot be told from an unchanged one.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from bridge.errors import NotContinued
from drivers.base import MARGIN, Known, Log

TAIL = MARGIN


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
    base: int
    """How many of them the last whole read held."""
    digest: bytes
    """Of these, as `Log.digest` makes it."""
    link: bytes
    """Of those behind them, one chained to the other; empty where there are none."""
    tail: tuple[bytes, ...]
    proven_at: int | None
    """When the last whole read of this stretch began; None until there was one."""
    since: int | None
    """When this stretch of coverage begins; None until that is known."""
    peak: datetime | None
    """The latest believable local time met while `since` was looked for."""
    note: str
    """How the stretch began."""
    whole_at: int | None = None
    """When the last proven read of the whole log began."""
    layout: str = ""
    """As `Log.layout` said."""

    @classmethod
    def at_beginning(cls, serial: str, at: int, note: str) -> Self:
        """Return the cursor of a log that was seen empty at a moment: all that comes is new."""
        return cls(
            serial=serial,
            count=0,
            base=0,
            digest=hashlib.sha256().digest(),
            link=b"",
            tail=(),
            proven_at=at,
            since=at,
            peak=None,
            note=note,
            whole_at=at,
        )

    def known(self) -> Known:
        """Return the place to read on from."""
        return Known(self.count, self.tail, self.layout)


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
    """Return where the records begin that have not been handed in yet.

    NotContinued where only the end of the log was read and it is not known that it is its end.
    """
    if log.start:
        return _behind(log, cursor)
    if not log.positional:
        return Place(0, Kind.EXTRACT, "extract")
    if cursor is None:
        return Place(0, Kind.FIRST, "first read")
    if cursor.serial != log.serial:
        return Place(0, Kind.REPLACED, f"terminal replaced: {cursor.serial} before")
    if _begins(log, cursor):
        return Place(cursor.count, Kind.CONTINUES, cursor.note)
    return _moved(log, cursor)


def _begins(log: Log, cursor: Cursor) -> bool:
    if len(log) < cursor.count or log.digest(cursor.base) != cursor.digest:
        return False
    later = (log.raw(index) for index in range(cursor.base, cursor.count))
    return _linked(b"", later) == cursor.link


def _behind(log: Log, cursor: Cursor | None) -> Place:
    if cursor is not None and cursor.serial == log.serial and len(log) >= cursor.count:
        first = cursor.count - len(cursor.tail)
        if log.start <= first and _held(log, first, cursor.count) == cursor.tail:
            return Place(cursor.count, Kind.CONTINUES, cursor.note)
    raise NotContinued(
        f"the end of the log of {log.serial} does not continue what was read of it before; "
        "it is read whole next"
    )


def _held(log: Log, first: int, end: int) -> tuple[bytes, ...]:
    return tuple(log.raw(index) for index in range(first, end))


def _linked(link: bytes, records: Iterable[bytes]) -> bytes:
    """Return a chain of records, made longer by these."""
    for raw in records:
        link = hashlib.sha256(link + len(raw).to_bytes(4, "little") + raw).digest()
    return link


def _moved(log: Log, cursor: Cursor) -> Place:
    end = _end_of(cursor.tail, log)
    if end is None:
        return Place(0, Kind.CLEARED, "log cleared")
    if end < cursor.count:
        return Place(end, Kind.ROTATED, cursor.note)
    return Place(0, Kind.RESTORED, "log restored or changed")


class Prefix:
    """What a cursor holds of a log's beginning, while that beginning grows.

    Where only the end of the log was read, it goes on from what the last cursor holds.
    """

    def __init__(self, log: Log, known: Cursor | None = None) -> None:
        self._log = log
        self._sha = hashlib.sha256()
        self._known = known if log.start else None
        self._link = self._known.link if self._known else b""
        self.count = self._known.count if self._known else 0

    def grow(self, count: int) -> None:
        """Take in the records up to `count`."""
        records = (self._log.raw(index) for index in range(self.count, count))
        if self._known:
            self._link = _linked(self._link, records)
        else:
            for raw in records:
                self._sha.update(len(raw).to_bytes(4, "little") + raw)
        self.count = max(self.count, count)

    @property
    def base(self) -> int:
        """How many records `digest` is of."""
        return self._known.base if self._known else self.count

    @property
    def link(self) -> bytes:
        """The chain of the records behind them."""
        return self._link

    def digest(self) -> bytes:
        """Return what `Log.digest` returns for the base."""
        return self._known.digest if self._known else self._sha.digest()

    def tail(self) -> tuple[bytes, ...]:
        """Return the bytes of the last records."""
        return _held(self._log, max(0, self.count - TAIL), self.count)


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
