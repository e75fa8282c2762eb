"""Wire rows as rows of the outbox's table, and back."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from ingest import wire

Body = wire.Punch | wire.BadRecord

INSERT = """
    INSERT INTO records (
        place, id, terminal, user_id, local_time, occurred_at, state, verify, work_code, source,
        clock_offset_s, read_at, after, raw, fault, why, near_from, near_until, height, before, link
    ) VALUES ('waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

SELECT = """
    SELECT seq, id, terminal, user_id, local_time, occurred_at, state, verify, work_code, source,
        clock_offset_s, read_at, after, raw, fault, why, near_from, near_until, height, before, link
    FROM records"""

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
        known.update(map(tuple, connection.execute(f"{_TOUCHES} ({marks})", some)))
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


def body(row: sqlite3.Row) -> Body:
    """Return what a row of SELECT was made of."""
    if row["fault"] is None:
        return wire.Punch(
            id=row["id"].hex(),
            terminal=row["terminal"],
            user_id=row["user_id"],
            local_time=datetime.fromisoformat(row["local_time"]),
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
        near_from=moment(row["near_from"]),
        near_until=moment(row["near_until"]),
        source=row["source"],
        read_at=row["read_at"],
        raw=row["raw"],
    )


def moment(text: str | None) -> datetime | None:
    """Return a local time as it was stored."""
    return None if text is None else datetime.fromisoformat(text)


def _text(local_time: datetime | None) -> str | None:
    return None if local_time is None else local_time.isoformat(timespec="seconds")
