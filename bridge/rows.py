"""Wire rows as rows of the outbox's table, and back, as far as the disk has kept them."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from ingest import wire

Body = wire.Punch | wire.BadRecord

INSERT = """
    INSERT INTO records (
        place, id, terminal, user_id, local_time, occurred_at, state, verify, work_code, source,
        clock_offset_s, read_at, after, raw, fault, why, near_from, near_until, height, before, link
    ) VALUES ('waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

REPLACE = """
    UPDATE OR IGNORE records SET (
        id, terminal, user_id, local_time, occurred_at, state, verify, work_code, source,
        clock_offset_s, read_at, after, raw, fault, why, near_from, near_until
    ) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE seq = ?"""

SELECT = """
    SELECT seq, id, terminal, user_id, local_time, occurred_at, state, verify, work_code, source,
        clock_offset_s, read_at, after, raw, fault, why, near_from, near_until, height, before, link
    FROM records"""

CHANGED = "changed on the disk of this bridge after it was stored"
"""Why a row is set aside that is not what its id or its link was made of."""


class Unreadable(ValueError):
    """A row that the disk has not kept: it can be no row of the wire. The text says why."""


Touch = tuple[bytes, int, int, str]
"""What makes a row one of its own; a code that was not told counts as -1."""
_TOUCHES = """
    SELECT id, ifnull(state, -1), ifnull(verify, -1), work_code FROM records WHERE id IN"""
_LOOK = 500  # ids asked for at once


def touch(body: Body) -> Touch:
    """Return what tells a row apart: the same touch with other codes is another row."""
    if isinstance(body, wire.Punch):
        state = -1 if body.state is None else body.state
        verify = -1 if body.verify is None else body.verify
        return bytes.fromhex(body.id), state, verify, body.work_code
    return bytes.fromhex(body.id), -1, -1, ""


def new_among(connection: sqlite3.Connection, bodies: Sequence[Body]) -> list[Body]:
    """Return rows that are not kept yet, each once. Nobody else may be writing meanwhile."""
    touches = [touch(body) for body in bodies]
    known = _known(connection, [one[0] for one in touches])
    new = []
    for body, one in zip(bodies, touches, strict=True):
        if one not in known:
            known.add(one)
            new.append(body)
    return new


def _known(connection: sqlite3.Connection, ids: Sequence[bytes]) -> set[Touch]:
    known: set[Touch] = set()
    for start in range(0, len(ids), _LOOK):
        some = ids[start : start + _LOOK]
        marks = ",".join("?" * len(some))
        known.update(map(tuple, fetch(connection, f"{_TOUCHES} ({marks})", some)))
    return known


def values(body: Body) -> tuple[object, ...]:
    """Return what INSERT takes, but for the row's place in its chain."""
    if isinstance(body, wire.Punch):
        return (
            bytes.fromhex(body.id), body.terminal, body.user_id, _text(body.local_time),
            body.occurred_at, body.state, body.verify, body.work_code, body.source,
            body.clock_offset_s, body.read_at, body.after, body.raw, None, None, None, None,
        )  # fmt: skip
    return (
        bytes.fromhex(body.id), body.terminal, body.user_id, None, None, None, None, "",
        body.source, None, body.read_at, None, body.raw, body.kind, body.reason,
        _text(body.near_from), _text(body.near_until),
    )  # fmt: skip


def fetch(
    connection: sqlite3.Connection, query: str, values: Sequence[object] = ()
) -> list[sqlite3.Row]:
    """Return what a query finds, also where the disk has made a text one that is not UTF-8."""
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode to UTF-8" not in str(error):
            raise
    connection.text_factory = _any_text
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.text_factory = str


def body(row: sqlite3.Row) -> Body:
    """Return what a row of SELECT was made of. Raises Unreadable."""
    try:
        return _body(row)
    except (AttributeError, TypeError, ValueError) as error:
        raise Unreadable(f"{CHANGED}, and can no longer be read") from error


def fits(row: sqlite3.Row, body: Body, entry: bytes) -> bool:
    """Whether a row is what it was: its id and link, as far as it has one, are made of it."""
    if isinstance(body, wire.Punch) and body.id != _punch_id(body):
        return False
    if row["link"] is None:
        return True
    if row["before"] is None:
        return False
    return bool(hashlib.sha256(row["before"] + entry).digest() == row["link"])


def shown(row: sqlite3.Row) -> Body:
    """Return what people are shown of a row, whatever the disk has made of it."""
    try:
        found = body(row)
        _check(found)
    except ValueError:  # Unreadable, or what nobody can write
        return _unreadable(row)
    return found


def as_it_is(row: sqlite3.Row) -> Body:
    """Return what a changed row says now; one that cannot be read is a record that is no punch.

    What it says now has an id of its own, so that the touch it was may be handed in again.
    """
    found = shown(row)
    if isinstance(found, wire.Punch):
        return replace(found, id=_punch_id(found))
    return found


def _unreadable(row: sqlite3.Row) -> wire.BadRecord:
    raw = row["raw"] if isinstance(row["raw"], bytes) else str(row["raw"]).encode()
    terminal = _printable(row["terminal"], 64) or "?"
    return wire.BadRecord(
        id=wire.bad_record_id(terminal, raw, nth=row["seq"]),
        terminal=terminal,
        kind="changed",
        reason=CHANGED,
        user_id=_printable(row["user_id"], 64),
        near_from=None,
        near_until=None,
        source=row["source"] if row["source"] in wire.SOURCES else wire.SOURCES[0],
        read_at=row["read_at"],
        raw=raw[: wire.MAX_RAW],
    )


def _body(row: sqlite3.Row) -> Body:
    if row["fault"] is None:
        return wire.Punch(
            id=row["id"].hex(),
            terminal=row["terminal"],
            user_id=row["user_id"],
            local_time=_moment(row["local_time"]),
            occurred_at=row["occurred_at"],
            state=row["state"],
            verify=row["verify"],
            work_code=row["work_code"],
            source=row["source"],
            clock_offset_s=row["clock_offset_s"],
            read_at=row["read_at"],
            after=row["after"],
            raw=row["raw"],
        )
    return wire.BadRecord(
        id=row["id"].hex(),
        terminal=row["terminal"],
        kind=row["fault"],
        reason=row["why"],
        user_id=row["user_id"],
        near_from=_maybe_moment(row["near_from"]),
        near_until=_maybe_moment(row["near_until"]),
        source=row["source"],
        read_at=row["read_at"],
        raw=row["raw"],
    )


def _maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError("a terminal's time has no zone")
    return found


def _punch_id(punch: wire.Punch) -> str:
    """Return the id a punch should have; none where its texts can have none."""
    try:
        return wire.punch_id(punch.terminal, punch.user_id, punch.local_time)
    except UnicodeEncodeError:
        return ""


def _check(body: Body) -> None:
    """Raise ValueError where nobody could write or take what the disk has made of a row."""
    for name in fields(body):
        if isinstance(value := getattr(body, name.name), str):
            value.encode()
    if body.source not in wire.SOURCES:
        raise ValueError(body.source)


def _any_text(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")


def _printable(text: object, most: int) -> str:
    return "".join(sign for sign in str(text) if sign.isprintable())[:most]


def _text(local_time: datetime | None) -> str | None:
    return None if local_time is None else local_time.isoformat("T", "seconds")
