"""Access tokens as they are stored: a hash each, and the role it gives."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from ingest.errors import NotKnown
from ingest.roles import Role
from ingest.store.tables import access_tokens


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    role: Role
    hashed: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def in_use(self, now: datetime) -> bool:
        """Whether its holder may ask: it was not revoked, and its last day is not over."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def add(
    connection: Connection,
    *,
    name: str,
    role: Role,
    hashed: str,
    now: datetime,
    expires_at: datetime | None,
) -> Token:
    """Keep a token by the hash of its secret."""
    result = connection.execute(
        insert(access_tokens).values(
            name=name, role=role.value, hash=hashed, created_at=now, expires_at=expires_at
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - for mypy: an insert of one row has a key
    return Token(int(key[0]), name, role, hashed, now, expires_at, None)


def find(connection: Connection, token_id: int) -> Token | None:
    """Return a token, revoked or not."""
    row = connection.execute(
        select(access_tokens).where(access_tokens.c.id == token_id)
    ).one_or_none()
    return None if row is None else _token(row)


def find_all(connection: Connection) -> list[Token]:
    """Return every token, oldest first."""
    rows = connection.execute(select(access_tokens).order_by(access_tokens.c.id))
    return [_token(row) for row in rows]


def revoke(connection: Connection, token_id: int, *, now: datetime) -> Token:
    """Refuse a token from now on. Raises NotKnown."""
    done = connection.execute(
        update(access_tokens)
        .where(access_tokens.c.id == token_id, access_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    found = find(connection, token_id)
    if done.rowcount != 1 or found is None:
        raise NotKnown(f"no token {token_id} is in use; see hadir-ingest tokens list")
    return found


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        row.id,
        row.name,
        Role(row.role),
        row.hash,
        row.created_at,
        row.expires_at,
        row.revoked_at,
    )
