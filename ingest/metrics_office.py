"""What the store knows of bridges and terminals, as readings.

Only what the centre itself registered becomes a label: bridges by number, terminals by the serial
number of a registered one. What a bridge says of others cannot make readings without end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Connection, func, or_, select

from ingest.store.tables import bridges, coverage, terminals

Labels = list[str]


class _Family:
    """One reading of many bridges or terminals; what is not known is left out."""

    def __init__(self, name: str, told: str, labels: Labels) -> None:
        self.metric = GaugeMetricFamily(name, told, labels=labels)

    def add(self, labels: Labels, value: object) -> None:
        if isinstance(value, int | float):
            self.metric.add_metric(labels, value)


def of_bridges(connection: Connection, now: datetime) -> Iterator[Metric]:
    """Yield how every bridge that is not revoked does, by its last heartbeat."""
    names = ["bridge", "office"]
    lag = _Family(
        "hadir_centre_bridge_lag_seconds",
        "Time since a bridge was last heard of; of a new one, since it was registered.",
        names,
    )
    waiting = _Family(
        "hadir_centre_bridge_waiting_rows", "Rows that wait at the bridge for the centre.", names
    )
    parked = _Family(
        "hadir_centre_bridge_parked_rows", "Rows of the bridge that were refused for good.", names
    )
    oldest = _Family(
        "hadir_centre_bridge_oldest_waiting_seconds",
        "For how long the oldest of the waiting rows has waited; 0 where none waits.",
        names,
    )
    for row in connection.execute(select(bridges).where(bridges.c.revoked_at.is_(None))):
        labels, health = [str(row.id), row.office], row.health or {}
        lag.add(labels, (now - (row.last_seen_at or row.created_at)).total_seconds())
        waiting.add(labels, health.get("waiting"))
        parked.add(labels, health.get("parked"))
        if health.get("waiting") is not None:
            oldest.add(labels, _age(now, health.get("oldest_waiting_at")) or 0)
    for family in (lag, waiting, parked, oldest):
        yield family.metric


@dataclass(frozen=True, slots=True)
class _Told:
    """What the bridge of its office last said of a terminal."""

    fault: bool
    clock_offset_s: int | None
    read_at: int | None


def of_terminals(connection: Connection, now: datetime, *, today: date) -> Iterator[Metric]:
    """Yield how every registered terminal that counts today does."""
    names = ["terminal", "office"]
    lag = _Family(
        "hadir_centre_coverage_lag_seconds",
        "Time since the moment up to which a terminal's log is known without a gap; of one that "
        "was never read, since it was registered.",
        names,
    )
    read = _Family(
        "hadir_centre_terminal_read_age_seconds", "Time since a bridge last read it.", names
    )
    clock = _Family(
        "hadir_centre_terminal_clock_offset_seconds",
        "Its clock minus true time, when last measured.",
        names,
    )
    fault = _Family(
        "hadir_centre_terminal_fault", "1 while its bridge cannot read it as it should.", names
    )
    told = _told(connection)
    for row in connection.execute(_registered(today)):
        labels = [row.serial, row.office]
        lag.add(labels, (now - (row.until or row.first_seen_at)).total_seconds())
        found = told.get((row.office, row.serial))
        if found is not None:
            read.add(labels, _age(now, found.read_at))
            clock.add(labels, found.clock_offset_s)
            fault.add(labels, int(found.fault))
    for family in (lag, read, clock, fault):
        yield family.metric
    yield _unregistered(connection)


def _registered(today: date) -> Any:
    until = (
        select(func.max(coverage.c.until))
        .where(coverage.c.terminal_id == terminals.c.id)
        .scalar_subquery()
        .label("until")
    )
    columns = (terminals.c.serial, terminals.c.office, terminals.c.first_seen_at, until)
    return (
        select(*columns)
        .where(
            terminals.c.registered,
            or_(terminals.c.counts_until.is_(None), terminals.c.counts_until >= today),
        )
        .order_by(terminals.c.id)
    )


def _unregistered(connection: Connection) -> Metric:
    metric = GaugeMetricFamily(
        "hadir_centre_unregistered_terminals",
        "Terminals that bridges brought punches of and nobody has registered.",
    )
    query = select(func.count()).where(~terminals.c.registered)
    metric.add_metric([], connection.scalar(query) or 0)
    return metric


def _told(connection: Connection) -> dict[tuple[str, str], _Told]:
    """Return the freshest word of each office's bridges on each terminal."""
    query = (
        select(bridges.c.office, bridges.c.health)
        .where(bridges.c.revoked_at.is_(None), bridges.c.last_seen_at.is_not(None))
        .order_by(bridges.c.last_seen_at)
    )
    return {
        (office, str(one.get("serial"))): _Told(
            bool(one.get("last_error")), one.get("clock_offset_s"), one.get("last_read_at")
        )
        for office, health in connection.execute(query)
        for one in (health or {}).get("terminals", ())
    }


def _age(now: datetime, at: object) -> float | None:
    return now.timestamp() - at if isinstance(at, int) else None
