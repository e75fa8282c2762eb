"""A body whose every row is sound, read column by column: no value in Python per row and field.

`read_batch` of here and `decode_batch` of the wire take the same bodies and give the same rows,
links and rejections. What is not sound through and through (a row that cannot be read, an
unreadable record, a fault of the body, a word we do not know) is left to the wire, which finds
words for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import sub
from typing import Annotated, Any, Literal

import msgspec

from ingest.wire import (
    BAD,
    MAX_MOMENT,
    MAX_RAW,
    MAX_ZONE_S,
    PUNCH,
    VERSION,
    Batch,
    DecodedBatch,
    Punch,
    WireError,
    decode_batch,
    punch_entries,
    row_name,
)
from ingest.wire.batches import PUNCHES, check_links, read_punch, read_set
from ingest.wire.chain import PUNCH_COLUMNS

_Moment = Annotated[int, msgspec.Meta(ge=-MAX_MOMENT, le=MAX_MOMENT)]
_Code = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
_UserId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_WorkCode = Annotated[str, msgspec.Meta(max_length=32)]
_Hex = Annotated[str, msgspec.Meta(max_length=2 * MAX_RAW)]
_Outbox = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
_Source = Literal["poll", "usb", "live", "push"]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class _Punches(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    runs: list[Any]
    user_id: list[_UserId]
    local: list[_Moment]
    occurred_at: list[_Moment]
    state: list[_Code | None]
    verify: list[_Code | None]
    work_code: list[_WorkCode]
    source: list[_Source]
    clock_offset_s: list[_Moment | None]
    read_at: list[_Moment]
    after: list[_Moment | None]
    raw: list[_Hex]


class _NoRows(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """The set of unreadable records in a body that has none."""

    runs: Annotated[list[Any], msgspec.Meta(max_length=0)]
    id: Annotated[list[Any], msgspec.Meta(max_length=0)]
    kind: Annotated[list[Any], msgspec.Meta(max_length=0)]
    reason: Annotated[list[Any], msgspec.Meta(max_length=0)]
    user_id: Annotated[list[Any], msgspec.Meta(max_length=0)]
    near_from: Annotated[list[Any], msgspec.Meta(max_length=0)]
    near_until: Annotated[list[Any], msgspec.Meta(max_length=0)]
    source: Annotated[list[Any], msgspec.Meta(max_length=0)]
    read_at: Annotated[list[Any], msgspec.Meta(max_length=0)]
    raw: Annotated[list[Any], msgspec.Meta(max_length=0)]


class _Body(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    version: Literal[2]
    outbox: _Outbox
    punches: _Punches
    bad: _NoRows
    after: _Outbox | None = None


assert VERSION == 2  # noqa: S101 - whoever raises it must look at _Body as well
_DECODER = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class SoundBatch:
    """A batch of punches of which each can be stored as it is."""

    batch: Batch
    """Its runs, and no rows: those are in `columns`."""
    columns: tuple[list[Any], ...]
    """In the order of PUNCH_COLUMNS, as on the wire."""
    links: dict[str, tuple[bytes, ...]]
    """The link of each row of the body, by kind."""

    @property
    def rows(self) -> int:
        """How many rows the body holds."""
        return len(self.columns[0])

    def punches(self, places: Sequence[int]) -> list[Punch]:
        """Return the rows at some places of the body as values, in the order given."""
        serials = self.terminals()
        return [
            read_punch(serials[place], [column[place] for column in self.columns])
            for place in places
        ]

    def terminals(self) -> list[str]:
        """Return the serial number of each row's terminal."""
        return [run.terminal for run in self.batch.punch_runs for _ in range(run.count)]

    def one_by_one(self) -> DecodedBatch:
        """Return the same batch as the wire reads it."""
        batch = Batch(
            outbox=self.batch.outbox,
            after=self.batch.after,
            punches=tuple(self.punches(range(self.rows))),
            punch_runs=self.batch.punch_runs,
        )
        names = tuple(row_name(PUNCH, place) for place in range(self.rows))
        return DecodedBatch(batch, names, {}, self.rows, self.links)


def read_batch(body: bytes) -> SoundBatch | DecodedBatch:
    """Read the body of a batch by the shortest way it allows. Raises WireError."""
    try:
        found = _DECODER.decode(body)
        sound = _sound(found)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, WireError):
        return decode_batch(body)  # which says what is wrong, and with which row
    return decode_batch(body) if sound is None else sound


def _sound(found: _Body) -> SoundBatch | None:
    """Return the batch; None where a row would be refused. Raises WireError."""
    told = {name: getattr(found.punches, name) for name in ("runs", *PUNCH_COLUMNS)}
    runs, lists = read_set({PUNCHES.key: told}, PUNCHES)
    if not _rows_are_sound(found.punches):
        return None
    links = check_links(PUNCH, runs, punch_entries(lists))
    head = Batch(found.outbox, found.after, punch_runs=runs)
    return SoundBatch(head, tuple(lists), {PUNCH: links, BAD: ()})


def _rows_are_sound(told: _Punches) -> bool:
    """Say whether what is left to look at after the types is sound in every row."""
    if _CONTROL.search("".join(told.user_id)) or "\0" in "".join(told.work_code):
        return False
    zones = list(map(sub, told.local, told.occurred_at))
    if zones and not -MAX_ZONE_S <= min(zones) <= max(zones) <= MAX_ZONE_S:
        return False
    return _all_hexadecimal(told.raw)


def _all_hexadecimal(raw: list[str]) -> bool:
    """Say whether each text is whole bytes in hexadecimal digits, with nothing between them."""
    if any(length % 2 for length in set(map(len, raw))):
        return False
    digits = "".join(raw)
    try:
        return 2 * len(bytes.fromhex(digits)) == len(digits)
    except ValueError:
        return False
