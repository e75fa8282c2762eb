"""How each terminal of some offices does: up to when it is known, and what its bridge last said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ingest.store.tables import bridges, coverage, terminals


@dataclass(frozen=True, slots=True)
class Health:
    office: str
    serial: str
    name: str
    registered: bool
    known_until: datetime | None
    """Up to when its log is known without a gap."""
    read_at: datetime | None
    clock_offset_s: int | None
    fault: str


def find_health(connection: Connection, offices: Sequence[str]) -> list[Health]:
    """Return the terminals of some offices, in order of office and name."""
    until = (
        select(func.max(coverage.c.until))
        .where(coverage.c.terminal_id == terminals.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(terminals, until.label("until"))
        .where(terminals.c.office.in_(offices))
        .order_by(terminals.c.office, terminals.c.name, terminals.c.serial)
    )
    told = _told(connection, offices)
    return [_health(row, told.get((row.office, row.serial), {})) for row in rows]


def _health(row: Any, told: dict[str, Any]) -> Health:
    read_at, offset = told.get("last_read_at"), told.get("clock_offset_s")
    return Health(
        row.office,
        row.serial,
        row.name,
        row.registered,
        row.until,
        datetime.fromtimestamp(read_at, UTC) if isinstance(read_at, int) else None,
        offset if isinstance(offset, int) else None,
        str(told.get("last_error") or ""),
    )


def _told(connection: Connection, offices: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the freshest word of each office's bridges on each terminal."""
    rows = connection.execute(
        select(bridges.c.office, bridges.c.health)
        .where(
            bridges.c.office.in_(offices),
            bridges.c.revoked_at.is_(None),
            bridges.c.last_seen_at.is_not(None),
        )
        .order_by(bridges.c.last_seen_at)
    )
    return {
        (office, str(one.get("serial"))): one
        for office, health in rows
        for one in (health or {}).get("terminals", ())
    }
