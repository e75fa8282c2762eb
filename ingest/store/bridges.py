"""Bridges: who they are, the keys they sign with, and which terminals they may speak for."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Update,
    bindparam,
    cast,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import StoreError
from ingest.store.tables import bridge_keys, bridges, offices, terminals
from ingest.wire import Heartbeat, key_id


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
class Key:
    """A key that is or was a bridge's."""

    id: int
    key_id: str
    public_key: bytes
    """Ed25519, 32 bytes."""
    enrolled_at: datetime
    retired_at: datetime | None
    bridge: Bridge


@dataclass(frozen=True, slots=True)
class Terminals:
    """The terminals a body names, apart by whether its bridge may speak for them."""

    ids: dict[str, int]
    """Serial to id."""
    refused: dict[str, str]
    """Serial to reason."""
    counted: frozenset[int]
    """Ids of those that are registered: only their days are judged."""


def add(connection: Connection, *, office: str, name: str, now: datetime) -> Bridge:
    """Register a bridge; it can speak when it has a key."""
    if connection.scalar(select(offices.c.code).where(offices.c.code == office)) is None:
        raise StoreError(f"no office has the code {office!r}; import it with offices import")
    row = {"office": office, "name": name, "created_at": now}
    added = connection.scalar(insert(bridges).values(row).returning(bridges.c.id))
    return _find(connection, bridges.c.id == added)[0]


def add_key(
    connection: Connection,
    bridge_id: int,
    public_key: bytes,
    *,
    now: datetime,
    grounds: dict[str, Any],
) -> Key:
    """Give a bridge a key, on the `grounds` that are kept beside it; older ones are retired."""
    connection.execute(_retire(bridge_id, now))
    name = key_id(public_key)
    connection.execute(
        insert(bridge_keys).values(
            bridge_id=bridge_id,
            key_id=name,
            public_key=public_key,
            enrolled_at=now,
            grounds=grounds,
        )
    )
    found = find_key(connection, name)
    assert found is not None  # noqa: S101 - for mypy: it was inserted just now
    return found


def _retire(bridge_id: int, now: datetime) -> Update:
    return (
        update(bridge_keys)
        .where(bridge_keys.c.bridge_id == bridge_id, bridge_keys.c.retired_at.is_(None))
        .values(retired_at=now)
    )


def lock_keys(connection: Connection, bridge_id: int) -> None:
    """Wait for what is being stored under the bridge's present key, and let nothing new begin."""
    query = select(bridge_keys.c.id).where(
        bridge_keys.c.bridge_id == bridge_id, bridge_keys.c.retired_at.is_(None)
    )
    connection.execute(query.with_for_update()).all()


def find_keys(connection: Connection, bridge_id: int) -> list[Key]:
    """Return every key a bridge ever had, oldest first."""
    return _keys(connection, _OF_BRIDGE, bridge_id)


def find_key(connection: Connection, name: str) -> Key | None:
    """Return the key with this key id, retired or not."""
    return next(iter(_keys(connection, _BY_NAME, name)), None)


def _keys(connection: Connection, query: Select[Any], wanted: object) -> list[Key]:
    """Return keys of one bridge. Two questions, no join: where bridges are spread over machines,
    each then goes to one of them."""
    rows = connection.execute(query, {"wanted": wanted}).all()
    if not rows:
        return []
    bridge = Bridge(*connection.execute(_BRIDGE, {"bridge": rows[0].bridge_id}).one())
    return [
        Key(row.id, row.key_id, row.public_key, row.enrolled_at, row.retired_at, bridge)
        for row in rows
    ]


_COLUMNS = (
    bridges.c.id, bridges.c.office, bridges.c.name, bridges.c.created_at, bridges.c.revoked_at,
    bridges.c.last_seen_at,
)  # fmt: skip
"""What a Bridge is made of, in its order."""
_KEYS = select(
    bridge_keys.c.bridge_id, bridge_keys.c.id, bridge_keys.c.key_id, bridge_keys.c.public_key,
    bridge_keys.c.enrolled_at, bridge_keys.c.retired_at,
).order_by(bridge_keys.c.id)  # fmt: skip

# What every batch asks is made once: to build a statement takes longer than to run it.
_OF_BRIDGE = _KEYS.where(bridge_keys.c.bridge_id == bindparam("wanted"))
_BY_NAME = _KEYS.where(bridge_keys.c.key_id == bindparam("wanted"))
_BRIDGE = select(*_COLUMNS).where(bridges.c.id == bindparam("bridge"))
_SEEN = (
    update(bridges).where(bridges.c.id == bindparam("bridge")).values(last_seen_at=bindparam("now"))
)
_TERMINALS = select(
    terminals.c.serial, terminals.c.id, terminals.c.office, terminals.c.registered
).where(terminals.c.serial.in_(bindparam("serials", expanding=True)))


def find_bridges(connection: Connection, *, office: str | None = None) -> list[Bridge]:
    """Return bridges, revoked ones too, ordered by office and age."""
    return _find(connection, None if office is None else bridges.c.office == office)


def revoke(connection: Connection, bridge_id: int, *, now: datetime) -> Bridge:
    """Refuse a bridge and its key from now on; what it brought stays. Harmless to repeat."""
    connection.execute(_retire(bridge_id, now))  # keys before bridges, as whatever is stored
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
    connection.execute(_SEEN, {"bridge": bridge.id, "now": now})


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


def kept_refused() -> ColumnElement[int | None]:
    """Return how many refused rows a bridge keeps, as it said last; NULL where it said nothing.

    As large as the wire takes it, which is more than an INTEGER.
    """
    return cast(bridges.c.health["parked"].as_string(), BigInteger)


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
    rows = connection.execute(_TERMINALS, {"serials": serials})
    return {row.serial: _Known(*row[1:]) for row in rows}


def _find(connection: Connection, condition: ColumnElement[bool] | None) -> list[Bridge]:
    query = select(*_COLUMNS).order_by(bridges.c.office, bridges.c.id)
    if condition is not None:
        query = query.where(condition)
    return [Bridge(*row) for row in connection.execute(query)]
