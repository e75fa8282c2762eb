"""The roots of offices' days: what is under them, read, made and recomputed.

A batch is under the first root whose day ended after its arrival. That holds whatever zone the
centre is configured for later, because each root keeps the midnight that ended its day.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, func, insert, select, text

from ingest.coverage import day_bounds
from ingest.ledger import merkle
from ingest.ledger.statements import BatchStatement, DayStatement, first_previous
from ingest.store.database import writing
from ingest.store.tables import batches, bridge_keys, bridges, roots

SETTLED = timedelta(minutes=10)
"""A day gets its root this long after it ended: a request that came before midnight is through."""
LOCK = 448495118194
"""Taken, shared, by whoever brings a batch: see migration 0002."""
_DAYS_AT_ONCE = 31


@dataclass(slots=True)
class Day:
    """What is under a root, as it is added."""

    tree: merkle.Tree = field(default_factory=merkle.Tree)
    batches: int = 0
    rows: int = 0
    first: int | None = None
    last: int | None = None

    def add(self, statement: BatchStatement) -> None:
        """Take the next batch by number."""
        self.tree.add(merkle.leaf(statement.text()))
        self.batches += 1
        self.rows += statement.sent
        self.first = self.first or statement.number
        self.last = statement.number

    def stated(self, office: str, day: date, until: datetime, previous: bytes) -> DayStatement:
        return DayStatement(
            office=office,
            day=day,
            until=until,
            batches=self.batches,
            rows=self.rows,
            first_batch=self.first,
            last_batch=self.last,
            tree=self.tree.root(),
            previous=previous,
        )


def make_roots(engine: Engine, *, zone: ZoneInfo, now: datetime) -> int:
    """Make the root of every office-day that is over and has none, also those of years ago.

    Returns how many were made. Raises StoreUnavailable; what was made before stays.
    """
    with writing(engine) as connection:
        offices = connection.scalars(
            select(bridges.c.office).distinct().order_by(bridges.c.office)
        ).all()
    made = 0
    for office in offices:
        while some := _make_some(engine, office, zone, now):
            made += some
    return made


def _make_some(engine: Engine, office: str, zone: ZoneInfo, now: datetime) -> int:
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # whoever is bringing a batch is through when we have this, and who begins later finds
            # the root; on SQLite nobody else writes meanwhile
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        last = connection.execute(
            select(roots.c.day, roots.c.until, roots.c.root)
            .where(roots.c.office == office)
            .order_by(roots.c.day.desc())
            .limit(1)
        ).one_or_none()
        if last is None:
            first = _first_day(connection, office, zone)
            if first is None:
                return 0
            day, since = first, None
            previous = first_previous(office)
        else:
            day, since, previous = last.day + timedelta(days=1), last.until, last.root
        for made in range(_DAYS_AT_ONCE):
            until = day_bounds(day, zone)[1]
            if now < until + SETTLED:
                return made
            found = Day()
            for statement in statements(connection, office, since, until):
                found.add(statement)
            stated = found.stated(office, day, until, previous)
            _keep(connection, stated, now)
            day, since, previous = day + timedelta(days=1), until, stated.root()
    return _DAYS_AT_ONCE


def _first_day(connection: Connection, office: str, zone: ZoneInfo) -> date | None:
    """Return the day of an office's first batch; None where its bridges have brought nothing."""
    query = select(func.min(batches.c.received_at)).where(batches.c.office == office)
    first: datetime | None = connection.scalar(query)
    return None if first is None else first.astimezone(zone).date()


def _keep(connection: Connection, stated: DayStatement, now: datetime) -> None:
    connection.execute(
        insert(roots).values(
            office=stated.office,
            day=stated.day,
            until=stated.until,
            first_batch=stated.first_batch,
            last_batch=stated.last_batch,
            batches=stated.batches,
            rows=stated.rows,
            root=stated.root(),
            previous=stated.previous,
            made_at=now,
        )
    )


def statements(
    connection: Connection, office: str, since: datetime | None, until: datetime | None
) -> Iterator[BatchStatement]:
    """Yield what the centre states of an office's batches that arrived in a time, by number."""
    hashing_there = connection.dialect.name == "postgresql"
    query = (
        select(
            batches.c.office, batches.c.bridge_id, batches.c.outbox, batches.c.id,
            batches.c.receipt, batches.c.received_at, batches.c.sent,
            bridge_keys.c.key_id, batches.c.signed_at, batches.c.nonce, batches.c.signature,
            func.sha256(batches.c.body) if hashing_there else batches.c.body,
            batches.c.clock_limit_s, batches.c.refused,
        )
        .outerjoin(bridge_keys, bridge_keys.c.id == batches.c.key_id)
        .where(batches.c.office == office)
        .order_by(batches.c.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(batches.c.received_at >= since)
    if until is not None:
        query = query.where(batches.c.received_at < until)
    for row in connection.execute(query.execution_options(yield_per=100)):
        values = list(row)
        if not hashing_there and values[11] is not None:
            values[11] = hashlib.sha256(values[11]).digest()
        yield BatchStatement(*values)


class Roots:
    """The roots of some offices, to find which day a batch is under."""

    def __init__(self, connection: Connection, office: str | None) -> None:
        self.untils: dict[str, list[datetime]] = {}
        query = select(roots.c.office, roots.c.until).order_by(roots.c.office, roots.c.until)
        if office is not None:
            query = query.where(roots.c.office == office)
        for name, until in connection.execute(query):
            self.untils.setdefault(name, []).append(until)

    def under(self, office: str, arrived: datetime) -> datetime | None:
        """Return the end of the day a batch is under; None where that has no root yet."""
        untils = self.untils.get(office, [])
        place = bisect_right(untils, arrived)
        return untils[place] if place < len(untils) else None


def read_roots(connection: Connection, office: str | None) -> Iterator[Row[tuple[object, ...]]]:
    """Yield every root, by office and day."""
    query = select(roots).order_by(roots.c.office, roots.c.day)
    if office is not None:
        query = query.where(roots.c.office == office)
    return iter(connection.execute(query))
