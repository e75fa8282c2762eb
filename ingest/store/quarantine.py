"""The quarantine: doubtful punches and bad records on which nobody has decided yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from ingest.store import decided, seals
from ingest.store.tables import bad_records, punches, resolutions, terminals

PUNCH, RECORD = "punch", "record"
BLANK = "blank"  # a slot that was never written is no record
BACK = "reopens"
"""The column by which a resolution takes back another."""

Key = tuple[str, str | None, datetime | None, str | None]
"""Serial, user id, claimed time and record: what a resolution names."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A doubtful punch or a bad record on which nobody has decided yet."""

    kind: str
    office: str
    terminal: str
    """Serial."""
    user_id: str
    local_time: datetime | None
    """The time a punch claims."""
    record: str | None
    """The id of a bad record."""
    why: str
    """The code of the doubt, or what is wrong with the record."""
    read_at: datetime
    after_at: datetime | None
    near_from: datetime | None


def find_waiting(
    connection: Connection,
    *,
    office: str | None = None,
    terminal: str | None = None,
    root: str | None = None,
) -> list[Waiting]:
    """Return what is in quarantine, by terminal and by when it was read."""
    publics = seals.trusted(connection, root)
    rows = connection.execute(
        select(resolutions).where(resolutions.c.kind.in_((PUNCH, RECORD)))
    ).all()
    settled = {
        (row.terminal, row.user_id, row.local_time, row.record)
        for row in decided.standing(resolutions, rows, publics, back=BACK).in_force
    }
    found = [
        one
        for kind in (PUNCH, RECORD)
        for one in find_all(connection, kind, office=office, terminal=terminal)
        if key(one) not in settled
    ]
    return sorted(found, key=lambda one: (one.office, one.terminal, one.read_at, one.user_id))


def find_all(
    connection: Connection, kind: str, *, office: str | None = None, terminal: str | None = None
) -> Iterator[Waiting]:
    """Yield what is not believed, whether somebody decided on it or not."""
    query = _doubtful_punches() if kind == PUNCH else _bad_records()
    if office is not None:
        query = query.where(terminals.c.office == office)
    if terminal is not None:
        query = query.where(terminals.c.serial == terminal)
    for row in connection.execute(query):
        if hasattr(row, "doubt"):
            yield Waiting(
                PUNCH, row.office, row.serial, row.user_id, row.local_time, None, row.doubt,
                row.read_at, row.after_at, None,
            )  # fmt: skip
        else:
            why = f"{row.kind}: {row.reason}" if row.reason else row.kind
            yield Waiting(
                RECORD, row.office, row.serial, row.user_id, None, row.id, why, row.read_at, None,
                row.near_from,
            )  # fmt: skip


def _doubtful_punches() -> Select[Any]:
    return (
        select(
            terminals.c.office,
            terminals.c.serial,
            punches.c.user_id,
            punches.c.local_time,
            punches.c.doubt,
            punches.c.read_at,
            punches.c.after_at,
        )
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(punches.c.doubt.is_not(None))
    )


def _bad_records() -> Select[Any]:
    return (
        select(
            terminals.c.office,
            terminals.c.serial,
            bad_records.c.user_id,
            bad_records.c.id,
            bad_records.c.kind,
            bad_records.c.reason,
            bad_records.c.read_at,
            bad_records.c.near_from,
        )
        .join(terminals, terminals.c.id == bad_records.c.terminal_id)
        .where(bad_records.c.kind != BLANK)
    )


def key(one: Waiting) -> Key:
    """Return what a resolution names it by."""
    return one.terminal, one.user_id or None, one.local_time, one.record
