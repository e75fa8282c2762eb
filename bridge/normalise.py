"""A terminal's record becomes a punch with a lasting id, or a bad record that is kept. Pure.

Records are given in the order of the log, because order decides what a clock face cannot: where an
autumn repeats an hour, a time is the first of its two instants unless the record before it is
already past that one. An hour that spring leaves out is read with the offset before the change.

Nothing here raises on what a terminal may send. What the wire cannot carry as a punch becomes a
`BadRecord` with the reason, so that it is kept, forwarded and seen.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from drivers.base import BadRecord, Entry, RawPunch
from ingest import wire

MAX_NAME = 64
MAX_WORK_CODE = 32
MAX_CODE = 65_535
MAX_HELD = 1_000
UNORDERED_S = 300  # logs are not strictly ordered: a record may be written some moments late

_EPOCH = datetime(1970, 1, 1)
_NOTHING = timedelta(0)
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Read:
    """What is the same for every record of one read."""

    terminal: str
    """The serial number."""
    zone: tzinfo
    source: str
    read_at: int
    after: int | None
    clock_offset_s: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One record, ready for the outbox."""

    index: int
    """Its place in the log."""
    body: wire.Punch | wire.BadRecord


def fit_name(text: str) -> bool:
    """Tell whether a serial number or user id can travel and be stored as it is."""
    return 0 < len(text) <= MAX_NAME and _clean(text)


class Normaliser:
    """Turns the entries of one log, in order, into rows.

    A bad record waits for the next good one, to learn both its neighbours; at most MAX_HELD do.
    Blank slots at the end of a log are not handed out: ZLM60 counts the slot it will write next.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._before: datetime | None = None
        self._instant: int | None = None
        self._held: list[tuple[int, int, BadRecord]] = []
        self._alike: Counter[int] = Counter()

    @property
    def instant(self) -> int | None:
        """When the last good record came, by its own time."""
        return self._instant

    def context(self, entries: Iterable[Entry]) -> None:
        """Walk over records that were handed in before, for what they tell of the next ones."""
        for _ in self.rows(entries, 0):
            pass
        self._held.clear()

    def rows(self, entries: Iterable[Entry], start: int) -> Iterator[Row]:
        """Yield the rows of `entries`, whose first has the place `start`, in order."""
        for index, entry in enumerate(entries, start):
            found = self._punch(entry) if isinstance(entry, RawPunch) else entry
            if isinstance(found, BadRecord):
                if len(self._held) >= MAX_HELD:
                    yield from self._release(None)
                self._held.append((index, self._nth(found), found))
                continue
            if self._alike:  # bad records came since the last good one
                yield from self._release(found.local_time)
                self._alike.clear()
            self._before, self._instant = found.local_time, found.occurred_at
            yield Row(index, found)
        while self._held and self._held[-1][-1].kind == "blank":
            self._held.pop()
        yield from self._release(None)

    def _release(self, until: datetime | None) -> Iterator[Row]:
        held, self._held = self._held, []
        for index, nth, record in held:
            yield Row(index, self._bad(record, nth, until))

    def _nth(self, record: BadRecord) -> int:
        """Return how many records of the same bytes came since the last good one."""
        key = hash(record.raw)
        self._alike[key] += 1
        return self._alike[key] - 1

    def _punch(self, entry: RawPunch) -> wire.Punch | BadRecord:
        local_time = entry.local_time
        if local_time.microsecond or local_time.fold:  # a clock face shows neither
            local_time = local_time.replace(microsecond=0, fold=0)
        fault = _fault(entry)
        occurred_at = instant(local_time, self._read.zone, self._instant, self._read.read_at)
        if not fault and abs(occurred_at) > wire.MAX_MOMENT:
            fault = ("date", f"the year {local_time.year} is beyond any terminal's calendar")
        if fault:
            return BadRecord(entry.raw, *fault, entry.user_id)
        read = self._read
        return wire.Punch(
            id=wire.punch_id(read.terminal, entry.user_id, local_time),
            terminal=read.terminal,
            user_id=entry.user_id,
            local_time=local_time,
            occurred_at=occurred_at,
            state=entry.state,
            verify=entry.verify,
            work_code=entry.work_code,
            source=read.source,
            clock_offset_s=read.clock_offset_s,
            read_at=read.read_at,
            after=read.after,
            raw=fit_raw(entry.raw),
        )

    def _bad(self, record: BadRecord, nth: int, until: datetime | None) -> wire.BadRecord:
        read, raw = self._read, fit_raw(record.raw)
        return wire.BadRecord(
            id=wire.bad_record_id(read.terminal, raw, self._before, nth),
            terminal=read.terminal,
            kind=_legible(record.kind, 20) or "line",
            reason=_legible(record.reason, 500),
            user_id=_legible(record.user_id, MAX_NAME),
            near_from=self._before,
            near_until=until,
            source=read.source,
            read_at=read.read_at,
            raw=raw,
        )


def instant(local_time: datetime, zone: tzinfo, before: int | None, read_at: int) -> int:
    """Return the epoch second of a local time; of two, the one that fits the log's order.

    `before` is the instant of the record before it; nothing can be later than `read_at`.
    """
    first = _epoch(local_time, zone)
    if before is None or first >= before - UNORDERED_S:
        return first
    second = _epoch(local_time.replace(fold=1), zone)
    return second if first < second <= read_at else first


def fit_raw(raw: bytes) -> bytes:
    """Return bytes that fit the wire: too many are cut and closed with the SHA-256 of them all.

    The digest keeps two records apart whose beginnings are equal.
    """
    if len(raw) <= wire.MAX_RAW:
        return raw
    digest = hashlib.sha256(raw).digest()
    return raw[: wire.MAX_RAW - len(digest)] + digest


def _epoch(local_time: datetime, zone: tzinfo) -> int:
    """Return the epoch second, by subtraction: conversion would leave the calendar at its ends."""
    since = local_time - _EPOCH - (zone.utcoffset(local_time) or _NOTHING)
    return since.days * 86_400 + since.seconds


def _fault(entry: RawPunch) -> tuple[str, str] | None:
    if not fit_name(entry.user_id):
        shown = _legible(repr(entry.user_id), 80)
        return "user-id", f"{shown} is no user id: {_why(entry.user_id)}"
    for name, code in (("state", entry.state), ("verify", entry.verify)):
        if code is not None and not 0 <= code <= MAX_CODE:
            return "codes", f"the {name} code {code} is not a number from 0 to {MAX_CODE}"
    if entry.work_code and (len(entry.work_code) > MAX_WORK_CODE or not _clean(entry.work_code)):
        return "codes", f"the work code {_legible(entry.work_code, 80)} is too long or not text"
    return None


def _why(user_id: str) -> str:
    if not user_id:
        return "it is empty"
    if len(user_id) > MAX_NAME:
        return f"longer than {MAX_NAME} characters"
    return "it holds characters that are not text"


def _clean(text: str) -> bool:
    """Tell whether a text holds neither control characters nor half surrogate pairs."""
    return text.isalnum() or not _UNFIT.search(text)


def _legible(text: str, most: int) -> str:
    return "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in text)[:most]
