"""Rows that hold one another: each is numbered and holds the digest of the one before it.

A row is written as one line of JSON of its columns, without those that are empty: so a column that
a later release adds does not change what was signed. `digest` is the SHA-256 of that line under the
name of its table, and what people decided is signed over the same bytes by the centre's seal.

A row that was changed, removed, put in or moved no longer agrees with the one after it. The last
ones can be cut off unseen by this alone: whoever keeps a `head` elsewhere sees it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, func, insert, select

from ingest import seal as seals
from ingest.seal import Seal

GENESIS = bytes(32)
_UNSIGNED = frozenset({"digest", "signature"})
_AT_ONCE = 1_000
UNREADABLE = (ValueError, TypeError)
"""What reading raises where a store in a file holds a word or a number instead of a moment."""


class Head(NamedTuple):
    """The last row of a table; number 0 and GENESIS where there is none."""

    number: int
    digest: bytes


class Fault(NamedTuple):
    """What is wrong with a row, in words that follow its number."""

    number: int
    what: str


def message(table: Table, values: Mapping[str, Any]) -> bytes:
    """Return the bytes a row stands for."""
    told = {
        column.name: _plain(values[column.name])
        for column in table.columns
        if column.name not in _UNSIGNED and values.get(column.name) is not None
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"hadir-{table.name}-1\n{text}".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        at = value if value.tzinfo is None else value.astimezone(UTC)
        return at.isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def head(connection: Connection, table: Table) -> Head:
    """Return the last row: what to keep elsewhere, to notice that the end was cut off."""
    row = connection.execute(
        select(table.c.id, table.c.digest).order_by(table.c.id.desc()).limit(1)
    ).one_or_none()
    return Head(0, GENESIS) if row is None else Head(row.id, row.digest)


def hold(connection: Connection, table: Table) -> None:
    """Let nobody else add to a table until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"hadir.{table.name}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def append(
    connection: Connection, table: Table, values: Mapping[str, Any], seal: Seal | None = None
) -> Head:
    """Add a row after the last one, which nobody else can do until this transaction ends."""
    hold(connection, table)
    last = head(connection, table)
    row = {**values, "id": last.number + 1, "previous": last.digest}
    if seal is not None:
        row["seal"] = seal.fingerprint
    told = message(table, row)
    row["digest"] = hashlib.sha256(told).digest()
    if seal is not None:
        row["signature"] = seal.sign(told)
    connection.execute(insert(table).values(row))
    return Head(row["id"], row["digest"])


def proven(table: Table, row: Row[Any], publics: Mapping[str, bytes]) -> bool:
    """Say whether a row of decisions is as one of these seals (by fingerprint) signed it."""
    public = publics.get(row.seal)
    if public is None:
        return False
    return _signed(public, message(table, row._asdict()), row.signature)


@lru_cache(maxsize=16_384)
def _signed(public: bytes, told: bytes, signature: bytes) -> bool:
    """The same days are judged again and again, and the same decisions looked at."""
    return seals.verify(public, told, signature)


def faults(
    connection: Connection, table: Table, publics: Mapping[str, bytes] | None = None
) -> Iterator[Fault]:
    """Yield what is wrong with a table, row by row; `publics` are the seals that are trusted."""
    query = select(table).order_by(table.c.id)
    last = Head(0, GENESIS)
    # said of the statement: said of the connection, it would hold for all that comes after
    options = {"yield_per": _AT_ONCE}
    try:
        with closing(connection.execute(query, execution_options=options)) as rows:
            for row in rows:
                yield from _row_faults(table, row, last, publics)
                last = Head(row.id, row.digest)
    except UNREADABLE:
        yield from _one_by_one(connection, table, last, publics)


def _one_by_one(
    connection: Connection, table: Table, last: Head, publics: Mapping[str, bytes] | None
) -> Iterator[Fault]:
    """Yield what is wrong with the rows after one; some of them cannot even be read."""
    later = select(table.c.id, table.c.digest).where(table.c.id > last.number)
    for number, digest in connection.execute(later.order_by(table.c.id)).all():
        try:
            row = connection.execute(select(table).where(table.c.id == number)).one()
        except UNREADABLE:
            yield Fault(number, "cannot be read any more: it was changed")
        else:
            yield from _row_faults(table, row, last, publics)
        last = Head(number, digest)


def _row_faults(
    table: Table, row: Row[Any], last: Head, publics: Mapping[str, bytes] | None
) -> Iterator[Fault]:
    if row.id != last.number + 1:
        missing = last.number + 1
        until = "" if row.id == missing + 1 else f" (and all up to {row.id - 1})"
        yield Fault(missing, f"is missing{until}")
    elif row.previous != last.digest:
        yield Fault(row.id, "does not follow the one before it: one of the two was replaced")
    if hashlib.sha256(message(table, row._asdict())).digest() != row.digest:
        yield Fault(row.id, "was changed")
    elif publics is not None and not proven(table, row, publics):
        yield Fault(row.id, f"is not signed by a seal that is trusted here ({row.seal})")
