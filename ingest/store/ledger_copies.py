"""Pages that were made, and where each of them has to go: kept until it came there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from ingest.ledger.checkpoints import Checkpoint
from ingest.store.tables import checkpoint_copies, checkpoints, roots


@dataclass(frozen=True, slots=True)
class Copy:
    """A page on its way."""

    office: str
    day: date
    way: str
    tries: int
    tried_at: datetime | None
    fault: str | None
    delivered_at: datetime | None
    page: str


def due(connection: Connection, every_days: int) -> list[str]:
    """Return the offices whose last root is so many days after their last page."""
    newest = (
        select(roots.c.office, func.max(roots.c.day).label("day"))
        .group_by(roots.c.office)
        .subquery()
    )
    last = (
        select(checkpoints.c.office, func.max(checkpoints.c.day).label("day"))
        .group_by(checkpoints.c.office)
        .subquery()
    )
    query = (
        select(newest.c.office, newest.c.day, last.c.day)
        .outerjoin(last, last.c.office == newest.c.office)
        .order_by(newest.c.office)
    )
    return [
        office
        for office, day, before in connection.execute(query)
        if before is None or (day - before).days >= every_days
    ]


def keep(
    connection: Connection, checkpoint: Checkpoint, page: str, ways: Iterable[str], *, now: datetime
) -> None:
    """Keep a page and where it has to go."""
    place = {"office": checkpoint.office, "day": checkpoint.day}
    connection.execute(
        insert(checkpoints).values(
            **place, root=bytes.fromhex(checkpoint.root), page=page, made_at=now
        )
    )
    rows = [place | {"way": way, "tries": 0} for way in ways]
    if rows:
        connection.execute(insert(checkpoint_copies), rows)


def find(connection: Connection, *, waiting: bool = False, newest: int | None = None) -> list[Copy]:
    """Return copies, oldest first: all, or those that did not come there yet."""
    table = checkpoint_copies
    query = (
        select(table, checkpoints.c.page)
        .join(
            checkpoints,
            (checkpoints.c.office == table.c.office) & (checkpoints.c.day == table.c.day),
        )
        .order_by(table.c.day.desc(), table.c.office.desc(), table.c.way.desc())
    )
    if waiting:
        query = query.where(table.c.delivered_at.is_(None))
    if newest is not None:
        query = query.limit(newest)
    return [Copy(*tuple(row)) for row in connection.execute(query)][::-1]


def tried(connection: Connection, copy: Copy, fault: str | None, *, now: datetime) -> None:
    """Note that a copy was sent; `fault` says why it did not come there."""
    table = checkpoint_copies
    connection.execute(
        update(table)
        .where(table.c.office == copy.office, table.c.day == copy.day, table.c.way == copy.way)
        .values(
            tries=copy.tries + 1,
            tried_at=now,
            fault=None if fault is None else fault[:500],
            delivered_at=now if fault is None else None,
        )
    )
