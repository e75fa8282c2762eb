"""How a secret is kept: as what Argon2id makes of it. Whoever reads the store learns no secret.

The text tells the method, its parameters and the salt (`$argon2id$v=19$m=...`), so that stronger
ones can be taken later and old texts still be compared. Making one and comparing with one cost the
same: a few hundredths of a second and MEMORY_KIB, which makes guessing slow.
"""

import os
import secrets
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# OWASP's second choice for Argon2id: 19 MiB, two passes, one lane.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
_SALT_BYTES, _HASH_BYTES = 16, 32


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret."""
    kdf = Argon2id(
        salt=os.urandom(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=PASSES,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(secret.encode())


def matches(secret: str, kept: str | None) -> bool:
    """Say whether a secret is the one that was kept, in constant time; None is kept of nobody.

    Nobody's costs as much as anybody's, so that the time tells nobody whom we know.
    """
    try:
        Argon2id.verify_phc_encoded(secret.encode(), _nobodys() if kept is None else kept)
    except InvalidKey:
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    """Return what is kept of a secret that nobody has."""
    return hash_secret(secrets.token_urlsafe(32))
