"""Bodies as they travelled, opened again: unpacked, read, and their chains recomputed.

The columns are taken as they are: what a bridge signed and the centre stored is compared text by
text, and only where that differs is a row looked at as a value.
"""

import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from ingest.wire import BAD, PUNCH, Run, WireError, bad_entries, punch_entries
from ingest.wire.batches import BAD_RECORDS, PUNCHES, check_links, read_set
from ingest.wire.checks import current, identity, load

MAX_INFLATED = 1 << 30  # far above what the centre takes: it only keeps a forged body small
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


class BodyFault(ValueError):
    """A body that cannot be what a bridge sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The punches or the bad records of a body."""

    runs: tuple[Run, ...]
    columns: list[list[Any]]
    entries: list[bytes]
    links: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Body:
    """A body whose chains come out as it says."""

    outbox: str
    after: str | None
    written: bytes
    """Without its compression."""
    sets: dict[str, Rows]
    """By kind."""

    @property
    def rows(self) -> int:
        return sum(map(len, self.sets.values()))


def open_body(travelled: bytes) -> Body:
    """Return a body as it was written. Raises BodyFault."""
    written = inflate(travelled)
    try:
        return _read(msgspec.json.decode(written), written)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, WireError, TypeError):
        pass  # the centre's own reader is slower, takes more, and has the last word
    try:
        return _read(load(written), written)
    except WireError as error:
        raise BodyFault(str(error)) from error


def height_of(rows: Rows, place: int) -> tuple[str, int]:
    """Return the terminal and the height of a row, by its place in the body."""
    start = 0
    for run in rows.runs:
        if place < start + run.count:
            return run.terminal, run.first + place - start
        start += run.count
    raise IndexError(place)


def _read(found: Any, written: bytes) -> Body:
    told = current(found)
    after = told.get("after")
    sets = {}
    for kind, entries_of in ((PUNCHES, punch_entries), (BAD_RECORDS, bad_entries)):
        runs, columns = read_set(told, kind)
        entries = entries_of(columns)
        sets[kind.letter] = Rows(runs, columns, entries, check_links(kind.letter, runs, entries))
    return Body(
        outbox=identity(told.get("outbox"), "outbox"),
        after=None if after is None else identity(after, "after"),
        written=written,
        sets={PUNCH: sets[PUNCH], BAD: sets[BAD]},
    )


def inflate(travelled: bytes) -> bytes:
    """Return a body without its compression. Raises BodyFault."""
    if not travelled.startswith(_GZIP_MAGIC):
        return travelled
    stream = zlib.decompressobj(_GZIP)
    try:
        written = stream.decompress(travelled, MAX_INFLATED)
    except zlib.error as error:
        raise BodyFault("it is not gzip any more") from error
    if not stream.eof or stream.unused_data:
        raise BodyFault("it is not one whole gzip stream")
    return written
