"""Tokens for programs that ask by HTTP, and the secrets in them: shown once, kept as a hash.

A token is `hadir_<number>_<secret>`. Its number finds the row, its secret is compared with what
Argon2id made of it; the text of the hash carries its own parameters, so that stronger ones can be
taken later. A check costs the same time and memory whether the number is known or not.
"""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Connection

from ingest.errors import IngestError
from ingest.roles import Right, Role, may
from ingest.store import access

SECRET_BYTES = 32
# OWASP's second choice for Argon2id: 19 MiB, two passes, one lane; a few hundredths of a second.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
_SALT_BYTES, _HASH_BYTES = 16, 32
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


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret: text that tells the method, its parameters and the salt."""
    kdf = Argon2id(
        salt=os.urandom(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=PASSES,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(secret.encode())


def matches(secret: str, kept: str) -> bool:
    """Say whether a secret is the one that was kept; the comparison takes constant time."""
    try:
        Argon2id.verify_phc_encoded(secret.encode(), kept)
    except InvalidKey:
        return False
    return True


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
    known = matches(secret, _nobodys() if row is None else row.hashed) and row is not None
    if not known or row is None:
        raise TokenRefused(401, "this token is not known here; ask for one of hadir-ingest tokens")
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise TokenRefused(401, f"token {row.id} ({row.name}) is not in use any more")
    if not may(row.role, right):
        raise TokenRefused(403, f"the role {row.role} of this token has no right to {right!s}")
    return Holder(row.id, row.name, row.role)


_kept_of_nobody: list[str] = []


def _nobodys() -> str:
    """Return a hash that nothing matches, at the same cost as a real one; made when first asked."""
    if not _kept_of_nobody:
        _kept_of_nobody.append(hash_secret(secrets.token_urlsafe(SECRET_BYTES)))
    return _kept_of_nobody[0]
