"""Bridges: who they are, how they prove it, and which terminals they may speak for.

A token is 32 random bytes; the store keeps its SHA-256 only. Nothing slower is needed, because
there is nothing to guess; and a look-up by hash tells a guesser nothing by its time.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import StoreError
from ingest.store.tables import bridges, offices, terminals
from ingest.wire import Heartbeat

TOKEN_PREFIX = "hb_"  # noqa: S105 - not a secret: it makes a lost token findable
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Bridge:
    """One bridge as the centre knows it."""

    id: int
    office: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Terminals:
    """The terminals a body names, apart by whether its bridge may speak for them."""

    ids: dict[str, int]
    """Serial to id."""
    refused: dict[str, str]
    """Serial to reason."""
    counted: frozenset[int]
    """Ids of those that are registered: only their days are judged."""


def add(connection: Connection, *, office: str, name: str, now: datetime) -> tuple[Bridge, str]:
    """Register a bridge and return it with its token, which nobody can read again."""
    if connection.scalar(select(offices.c.code).where(offices.c.code == office)) is None:
        raise StoreError(f"no office has the code {office!r}; import it with offices import")
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = {"office": office, "name": name, "token_hash": _hash(token), "created_at": now}
    connection.execute(insert(bridges).values(row))
    return _find(connection, bridges.c.token_hash == _hash(token))[0], token


def find_bridges(connection: Connection, *, office: str | None = None) -> list[Bridge]:
    """Return bridges, revoked ones too, ordered by office and age."""
    return _find(connection, None if office is None else bridges.c.office == office)


def find_by_token(connection: Connection, token: str) -> Bridge | None:
    """Return whose token this is, revoked or not."""
    return next(iter(_find(connection, bridges.c.token_hash == _hash(token))), None)


def revoke(connection: Connection, bridge_id: int, *, now: datetime) -> Bridge:
    """Refuse a bridge from now on; what it brought stays. Harmless to repeat."""
    connection.execute(
        update(bridges)
        .where(bridges.c.id == bridge_id, bridges.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    found = _find(connection, bridges.c.id == bridge_id)
    if not found:
        raise StoreError(f"no bridge has the number {bridge_id}; see hadir-ingest bridges list")
    return found[0]


def seen(connection: Connection, bridge: Bridge, *, now: datetime) -> None:
    """Note a sign of life.

    Whatever a bridge sends begins with this: its row is the lock that makes two bodies of the same
    bridge take turns, so that they cannot lock each other out further on.
    """
    connection.execute(update(bridges).where(bridges.c.id == bridge.id).values(last_seen_at=now))


def heard(connection: Connection, bridge: Bridge, heartbeat: Heartbeat, *, now: datetime) -> None:
    """Note a sign of life and how the office does; coverage is kept in its own table."""
    health = asdict(heartbeat)
    del health["coverage"]
    connection.execute(
        update(bridges).where(bridges.c.id == bridge.id).values(last_seen_at=now, health=health)
    )


def health(connection: Connection, bridge_id: int) -> dict[str, Any] | None:
    """Return the last heartbeat as it came, without coverage; None before the first."""
    found: dict[str, Any] | None = connection.scalar(
        select(bridges.c.health).where(bridges.c.id == bridge_id)
    )
    return found


def speak_for(
    connection: Connection, bridge: Bridge, serials: Iterable[str], *, now: datetime
) -> Terminals:
    """Return the terminals a bridge names; one never seen becomes its office's, unregistered."""
    wanted = sorted(set(serials))
    found = _terminals(connection, wanted)
    missing = [serial for serial in wanted if serial not in found]
    if missing:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(
            dialect.insert(terminals).on_conflict_do_nothing(index_elements=["serial"]),
            [
                {
                    "serial": serial,
                    "name": serial,
                    "office": bridge.office,
                    "registered": False,
                    "first_seen_at": now,
                }
                for serial in missing
            ],
        )
        # asked again rather than assumed: another bridge may have been first
        found |= _terminals(connection, missing)
    return Terminals(
        ids={s: row.id for s, row in found.items() if row.office == bridge.office},
        refused={
            serial: f"terminal {serial} belongs to office {row.office}, this bridge to office "
            f"{bridge.office}; correct one of them at the centre"
            for serial, row in found.items()
            if row.office != bridge.office
        },
        counted=frozenset(row.id for row in found.values() if row.registered),
    )


class _Known(NamedTuple):
    id: int
    office: str
    registered: bool


def _terminals(connection: Connection, serials: list[str]) -> dict[str, _Known]:
    query = select(
        terminals.c.serial, terminals.c.id, terminals.c.office, terminals.c.registered
    ).where(terminals.c.serial.in_(serials))
    return {row.serial: _Known(*row[1:]) for row in connection.execute(query)}


def _find(connection: Connection, condition: ColumnElement[bool] | None) -> list[Bridge]:
    query = select(
        bridges.c.id,
        bridges.c.office,
        bridges.c.name,
        bridges.c.created_at,
        bridges.c.revoked_at,
        bridges.c.last_seen_at,
    ).order_by(bridges.c.office, bridges.c.id)
    if condition is not None:
        query = query.where(condition)
    return [
        Bridge(
            id=row.id,
            office=row.office,
            name=row.name,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            last_seen_at=row.last_seen_at,
        )
        for row in connection.execute(query)
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
