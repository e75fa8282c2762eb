"""What the store knows, for Prometheus: right whichever process of whichever host is asked.

A few queries by index over small tables; punches are never looked at. What was read is given out
for ten seconds, so that many who ask cost no more than one.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, Select, func, select, text

from ingest.errors import StoreError, StoreUnavailable
from ingest.metrics_notices import of_notices
from ingest.metrics_office import of_bridges, of_terminals
from ingest.store import audit, tables
from ingest.store.database import reading, require_current

FRESH_S = 10.0
WITHIN_MS = 5_000
"""How long the database may take for one query."""
MANY = 100_000
"""Marks are counted up to so many: more is as bad."""

Monotonic = Callable[[], float]


class StoreReadings(Collector):
    """Reads the store when it is asked. Any thread may ask."""

    def __init__(
        self,
        engine: Engine,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._found: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        """Return what is known, at most ten seconds old."""
        with self._lock:
            now = self._monotonic()
            if self._read_at is None or now - self._read_at >= FRESH_S:
                self._found = self._read()
                self._read_at = now
            return list(self._found)

    def _read(self) -> list[Metric]:
        up = GaugeMetricFamily("hadir_centre_database_up", "1 where the database answers.")
        current = GaugeMetricFamily(
            "hadir_centre_tables_current", "1 where the tables are those of this program."
        )
        try:
            require_current(self._engine)
            with reading(self._engine) as connection:
                found = list(self._known(connection))
        except StoreUnavailable:
            up.add_metric([], 0)
            return [up]
        except StoreError:  # it answers, but is older or newer than we are
            up.add_metric([], 1)
            current.add_metric([], 0)
            return [up, current]
        up.add_metric([], 1)
        current.add_metric([], 1)
        return [up, current, *found]

    def _known(self, connection: Connection) -> Iterator[Metric]:
        now = self._clock()
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL statement_timeout = {WITHIN_MS}"))
        yield from of_bridges(connection, now)
        yield from of_terminals(connection, now, today=now.astimezone(self._zone).date())
        yield from _judging(connection, yesterday=_yesterday(now, self._zone))
        yield from _ledger(connection, now, self._zone)
        yield from of_notices(connection)
        yield from _kept(connection, now)
        yield from _room(connection, self._engine)


def _judging(connection: Connection, *, yesterday: date) -> Iterator[Metric]:
    marks = GaugeMetricFamily(
        "hadir_centre_marks",
        f"What is to be judged again, counted up to {MANY}.",
        labels=["what"],
    )
    for name, table in (("office-days", tables.dirty_offices), ("punches", tables.dirty_punches)):
        some = select(text("1")).select_from(table).limit(MANY).subquery()
        marks.add_metric([name], _number(connection, select(func.count()).select_from(some)))
    yield marks
    days, offices = tables.days.c, tables.offices.c
    unverified = GaugeMetricFamily(
        "hadir_centre_unverified_people",
        "People of whose yesterday it is not known whether they came, by office.",
        labels=["office"],
    )
    count = (
        select(func.count())
        .where(days.office == offices.code, days.day == yesterday, days.status == "UNVERIFIED")
        .scalar_subquery()
    )
    for office, people in connection.execute(select(offices.code, count).order_by(offices.code)):
        unverified.add_metric([office], people)
    yield unverified


def _ledger(connection: Connection, now: datetime, zone: ZoneInfo) -> Iterator[Metric]:
    head = GaugeMetricFamily(
        "hadir_centre_ledger_head_age_seconds", "Time since the last batch was written."
    )
    batches = tables.batches.c
    last = connection.scalar(select(batches.received_at).order_by(batches.id.desc()).limit(1))
    if last is not None:
        head.add_metric([], (now - last).total_seconds())
    yield head
    root = GaugeMetricFamily(
        "hadir_centre_ledger_root_lag_seconds",
        "Time since the end of the last day that has a Merkle root, by office.",
        labels=["office"],
    )
    roots, offices = tables.roots.c, tables.offices.c
    day = select(func.max(roots.day)).where(roots.office == offices.code).scalar_subquery()
    for office, rooted in connection.execute(select(offices.code, day).order_by(offices.code)):
        if rooted is not None:
            ended = datetime.combine(rooted + timedelta(days=1), time_of_day(), zone)
            root.add_metric([office], (now - ended.astimezone(UTC)).total_seconds())
    yield root


def _kept(connection: Connection, now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "hadir_centre_backup_age_seconds",
        "Time since the last backup was made; nothing where none ever was.",
    )
    if (made_at := audit.last(connection, "backup")) is not None:
        age.add_metric([], (now - made_at).total_seconds())
    yield age


def _room(connection: Connection, engine: Engine) -> Iterator[Metric]:
    size = GaugeMetricFamily("hadir_centre_database_bytes", "How large the database is.")
    if engine.dialect.name == "postgresql":
        query = select(func.pg_database_size(func.current_database()))
        size.add_metric([], _number(connection, query))
        yield size
        return  # its disk is another machine's, which tells of it by itself
    file = Path(str(engine.url.database))
    size.add_metric([], file.stat().st_size)
    yield size
    free = GaugeMetricFamily(
        "hadir_centre_database_free_bytes", "Room left on the disk of a database in a file."
    )
    free.add_metric([], shutil.disk_usage(file.parent).free)
    yield free


def _number(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(query) or 0


def _yesterday(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date() - timedelta(days=1)
