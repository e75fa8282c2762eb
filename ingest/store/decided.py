"""Decisions of people in force: which rows stand, which were taken back, which are not proven.

Adjustments and resolutions are rows of the same kind: signed, numbered, and taken back by a later
row that names them. A row whose seal does not fit counts for nothing, neither as a decision nor as
the taking back of one; it is told of until a proven row takes it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Table, select

from ingest.errors import NotKnown, Refused
from ingest.seal import Seal
from ingest.store import audit, sealed, seals
from ingest.store.audit import Actor
from ingest.store.sealed import Fault, Head

_AT_ONCE = 500  # parameters of one statement


class Grounds(NamedTuple):
    """Why, by whom, and the letter it rests on, which may be empty."""

    actor: Actor
    why: str
    letter: str = ""


class Ruling(NamedTuple):
    """Who decided, and why."""

    number: int
    who: str
    why: str
    letter: str
    at: datetime

    @property
    def text(self) -> str:
        """`Budi, surat 800/12: lupa menempelkan jari`."""
        letter = f", surat {self.letter}" if self.letter else ""
        return f"{self.who}{letter}: {self.why}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Rows apart by what they are worth."""

    in_force: tuple[Row[Any], ...]
    """Proven, not taken back, and no taking back themselves; in their order."""
    unproven: tuple[Row[Any], ...]
    """Not as any trusted seal signed them, and not taken back."""


def ruling(row: Row[Any]) -> Ruling:
    return Ruling(row.id, row.who, row.why, row.letter, row.at)


def standing(
    table: Table, rows: Sequence[Row[Any]], publics: Mapping[str, bytes], *, back: str
) -> Standing:
    """Sort rows; `back` is the column by which a row takes back another."""
    ordered = sorted(rows, key=lambda row: row.id)
    proven = [row for row in ordered if sealed.proven(table, row, publics)]
    gone = {getattr(row, back) for row in proven}
    known = {row.id for row in proven}
    return Standing(
        tuple(row for row in proven if getattr(row, back) is None and row.id not in gone),
        tuple(row for row in ordered if row.id not in known and row.id not in gone),
    )


def worths(
    table: Table,
    rows: Sequence[Row[Any]],
    publics: Mapping[str, bytes],
    *,
    back: str,
    taking_back: str,
) -> dict[int, str]:
    """Return what each row is worth now, by its number: `in force`, `not proven`, `taken back`, or
    the word for the `taking_back` of another."""
    stands = standing(table, rows, publics, back=back)
    return (
        {row.id: "taken back" if getattr(row, back) is None else taking_back for row in rows}
        | {row.id: "in force" for row in stands.in_force}
        | {row.id: "not proven" for row in stands.unproven}
    )


def with_takers(
    connection: Connection, table: Table, query: Select[Any], *, back: str
) -> list[Row[Any]]:
    """Return the rows of a query and those that take them back."""
    found = {row.id: row for row in connection.execute(query)}
    ids = list(found)
    for place in range(0, len(ids), _AT_ONCE):
        some = table.c[back].in_(ids[place : place + _AT_ONCE])
        found |= {row.id: row for row in connection.execute(select(table).where(some))}
    return list(found.values())


def decide(
    connection: Connection,
    table: Table,
    seal: Seal,
    grounds: Grounds,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Head:
    """Add a decision, signed. Raises SealError for a seal that is not the one in use."""
    seals.require_known(connection, seal)
    row = {
        **values,
        "why": grounds.why,
        "letter": grounds.letter,
        "who": grounds.actor.name,
        "os_user": grounds.actor.os_user,
        "at": now,
    }
    return sealed.append(connection, table, row, seal)


def require_open(
    table: Table, number: int, rows: Sequence[Row[Any]], publics: Mapping[str, bytes], *, back: str
) -> Row[Any]:
    """Return the row with this number that can be taken back. Raises NotKnown, Refused."""
    found = next((row for row in rows if row.id == number), None)
    if found is None:
        raise NotKnown(f"there is no decision {number}; list them to see the known ones")
    stands = standing(table, rows, publics, back=back)
    if found not in (*stands.in_force, *stands.unproven):
        raise Refused(f"decision {number} was taken back already, or takes back another itself")
    return found


def faults(
    connection: Connection, table: Table, acts: Sequence[str], root: str | None
) -> Iterator[Fault]:
    """Yield what is wrong with decisions; the audit log tells which must be there.

    `root` is the fingerprint of the seal that is trusted.
    """
    publics = seals.trusted(connection, root)
    yield from sealed.faults(connection, table, publics)
    last = sealed.head(connection, table)
    for number, digest in sorted(audit.decisions(connection, acts).items()):
        if number > last.number:
            yield Fault(number, "is missing: the audit log tells of it")
        elif not _has(connection, table, number, digest):
            yield Fault(number, "is not the one that the audit log tells of")


def _has(connection: Connection, table: Table, number: int, digest: str) -> bool:
    found: bytes | None = connection.scalar(
        table.select().with_only_columns(table.c.digest).where(table.c.id == number)
    )
    return found is None or found == bytes.fromhex(digest)  # one that is missing was named already
