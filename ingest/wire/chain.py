"""The hash chains that make the past of a terminal provable.

Each outbox keeps two chains a terminal, one of punches and one of bad records, from the first row
it stored. A row's link is made of the link before it and of everything the row says:

    link 0 = sha256(genesis text: kind, outbox, serial)
    link n = sha256(link n-1 + entry n)

so whoever knows a late link can tell whether any earlier row was changed, left out, put in or
moved. Entries are made of the columns as they stand on the wire, so that the same function serves
who stores a row, who takes it and who checks it years later.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

PUNCH, BAD = "p", "b"
LINK_BYTES = 32

PUNCH_COLUMNS = (
    "user_id", "local", "occurred_at", "state", "verify", "work_code", "source", "clock_offset_s",
    "read_at", "after", "raw",
)  # fmt: skip
"""Columns of a punch on the wire: `local` is the wall clock read as UTC, in epoch seconds; `raw` is
hexadecimal."""
BAD_COLUMNS = (
    "id", "kind", "reason", "user_id", "near_from", "near_until", "source", "read_at", "raw",
)  # fmt: skip


def genesis(kind: str, outbox: str, serial: str) -> bytes:
    """Return the link before the first row of a chain; `kind` is PUNCH or BAD."""
    return hashlib.sha256(f"hadir-chain-2\n{kind}\n{outbox}\n{serial}".encode()).digest()


def punch_entries(columns: Sequence[Sequence[Any]]) -> list[bytes]:
    """Return the entries of punches, given their columns in the order of PUNCH_COLUMNS.

    Parts are divided by U+001F, and None is written `-`. Only the work code may hold that sign
    itself, and the five parts on either side of it hold none: no two rows share an entry.
    """
    texts = [_without_none(column) for column in columns]
    return [  # in two thirds of the time that join would take
        f"{a}\x1f{b}\x1f{c}\x1f{d}\x1f{e}\x1f{f}\x1f{g}\x1f{h}\x1f{i}\x1f{j}\x1f{k}".encode(
            errors="surrogatepass"
        )
        for a, b, c, d, e, f, g, h, i, j, k in zip(*texts, strict=True)
    ]


def bad_entries(columns: Sequence[Sequence[Any]]) -> list[bytes]:
    """Return the entries of bad records, given their columns in the order of BAD_COLUMNS."""
    return [
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
        for row in zip(*columns, strict=True)
    ]


def extend(link: bytes, entries: Iterable[bytes]) -> list[bytes]:
    """Return the links of rows that follow a link."""
    sha256, links = hashlib.sha256, []
    for entry in entries:
        link = sha256(link + entry).digest()
        links.append(link)
    return links


def _without_none(column: Sequence[Any]) -> Sequence[Any]:
    return ["-" if value is None else value for value in column] if None in column else column
