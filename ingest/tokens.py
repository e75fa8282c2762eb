"""Tokens for programs that ask by HTTP, and the secrets in them: shown once, kept as a hash.

A token is `hadir_<number>_<secret>`. Its number finds the row, its secret is compared with what is
kept of it. A check costs the same time and memory whether the number is known or not.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ingest.errors import IngestError
from ingest.kdf import hash_secret, matches
from ingest.roles import Right, Role, may
from ingest.store import access

SECRET_BYTES = 32
_TOKEN = re.compile(r"hadir_([0-9]{1,9})_([A-Za-z0-9_-]{43})")


class TokenRefused(IngestError):
    """A token that is not known, not in use, or without the right; `status` is the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks."""

    token_id: int
    name: str
    role: Role


def issue(
    connection: Connection, *, name: str, role: Role, now: datetime, expires_at: datetime | None
) -> tuple[access.Token, str]:
    """Make a token; return it and its text, which is to be seen this once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    kept = access.add(
        connection,
        name=name,
        role=role,
        hashed=hash_secret(secret),
        now=now,
        expires_at=expires_at,
    )
    return kept, f"hadir_{kept.id}_{secret}"


def check(connection: Connection, text: str, right: Right, *, now: datetime) -> Holder:
    """Return who holds a token that gives a right. Raises TokenRefused."""
    parts = _TOKEN.fullmatch(text)
    row = None if parts is None else access.find(connection, int(parts[1]))
    secret = "" if parts is None else parts[2]
    known = matches(secret, None if row is None else row.hashed)
    if not known or row is None:
        raise TokenRefused(401, "this token is not known here; ask for one of hadir-ingest tokens")
    if not row.in_use(now):
        raise TokenRefused(401, f"token {row.id} ({row.name}) is not in use any more")
    if not may(row.role, right):
        raise TokenRefused(403, f"the role {row.role} of this token has no right to {right!s}")
    return Holder(row.id, row.name, row.role)
