"""Invitations: each lets one bridge make one key known, once, for some days."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from ingest.errors import StoreError
from ingest.store.tables import bridges, invites


@dataclass(frozen=True, slots=True)
class Invite:
    """One invitation; its code is kept as a hash alone."""

    id: int
    office: str
    name: str
    bridge_id: int | None
    """The bridge that gets another key; None where the code makes a new bridge."""
    code_hash: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    key_id: str | None
    """The key it was used for."""


def add(
    connection: Connection,
    *,
    office: str,
    name: str,
    bridge_id: int | None,
    code_hash: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Keep an invitation and return its number. Raises StoreError."""
    if bridge_id is not None:
        _require_bridge(connection, bridge_id, office)
    number = connection.scalar(
        insert(invites)
        .values(
            office=office,
            name=name,
            bridge_id=bridge_id,
            code_hash=code_hash,
            created_at=now,
            expires_at=expires_at,
        )
        .returning(invites.c.id)
    )
    return int(number or 0)


def find(connection: Connection, number: int, *, lock: bool = False) -> Invite | None:
    """Return an invitation; with `lock`, whoever wants the same one waits for our commit."""
    query = select(*_COLUMNS).where(invites.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Invite(*row)


def find_open(connection: Connection, *, now: datetime) -> list[Invite]:
    """Return invitations that can still be used, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(invites.c.used_at.is_(None), invites.c.expires_at > now)
        .order_by(invites.c.id)
    )
    return [Invite(*row) for row in connection.execute(query)]


def use(connection: Connection, number: int, *, bridge_id: int, key_id: str, now: datetime) -> None:
    """Note that the invitation made this key known."""
    connection.execute(
        update(invites)
        .where(invites.c.id == number)
        .values(used_at=now, bridge_id=bridge_id, key_id=key_id)
    )


def withdraw(connection: Connection, number: int, *, now: datetime) -> Invite:
    """Let an invitation end now. Raises StoreError where there is none, or it was used."""
    found = find(connection, number, lock=True)
    if found is None:
        raise StoreError(f"no invitation has the number {number}; see hadir-ingest bridges invites")
    if found.used_at is not None:
        raise StoreError(
            f"invitation {number} was used by bridge {found.bridge_id}; to refuse that one, "
            f"hadir-ingest bridges revoke {found.bridge_id}"
        )
    if found.expires_at > now:
        connection.execute(update(invites).where(invites.c.id == number).values(expires_at=now))
    return found


def _require_bridge(connection: Connection, bridge_id: int, office: str) -> None:
    row = connection.execute(
        select(bridges.c.office, bridges.c.revoked_at).where(bridges.c.id == bridge_id)
    ).one_or_none()
    if row is None:
        raise StoreError(f"no bridge has the number {bridge_id}; see hadir-ingest bridges list")
    if row.office != office:
        raise StoreError(f"bridge {bridge_id} is of office {row.office}, not of {office}")
    if row.revoked_at is not None:
        raise StoreError(f"bridge {bridge_id} was revoked; invite a new one, without --bridge")


_COLUMNS = (
    invites.c.id, invites.c.office, invites.c.name, invites.c.bridge_id, invites.c.code_hash,
    invites.c.created_at, invites.c.expires_at, invites.c.used_at, invites.c.key_id,
)  # fmt: skip
"""What an Invite is made of, in its order."""
