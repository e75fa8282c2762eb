"""The centre's own key, its seal: what the centre itself states is signed with it.

An Ed25519 key in a file of its own, as PEM, so that any tool can read it. What is to be sealed has
to begin with its own kind (`hadir-adjustment-1`, ...): a seal under one kind of statement must not
fit another. Who holds the database does not hold this file, and so cannot seal.
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ingest.errors import IngestError

FINGERPRINT_DIGITS = 32
_MAX_FILE = 4_096


class SealError(IngestError):
    """The file of the seal cannot be used, or exists already."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The key that signs."""

    _key: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the signature: 64 bytes, the same each time."""
        return self._key.sign(message)


def new() -> Seal:
    """Return a seal that nobody ever had."""
    return Seal(Ed25519PrivateKey.generate())


def fingerprint(public: bytes) -> str:
    """Return how a public key is named: the first half of its SHA-256, in hex digits."""
    return hashlib.sha256(public).hexdigest()[:FINGERPRINT_DIGITS]


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a seal signed just this; what is no key or no signature says no."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, TypeError):  # a store in a file may hold anything
        return False
    return True


def save(seal: Seal, path: Path) -> None:
    """Write a seal to a new file, readable to its owner alone. Raises SealError."""
    pem = seal._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SealError(
            f"{path} exists already and may hold the seal of this centre; move it away, or name "
            "another file by seal_file"
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        _sync_names(path.parent)  # the store is about to believe it: its name must outlive us, too
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sync_names(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def load(path: Path) -> Seal:
    """Read a seal. Raises SealError."""
    try:
        with path.open("rb") as file:
            pem = file.read(_MAX_FILE + 1)
    except FileNotFoundError as error:
        raise SealError(f"{path}: no such file; make it by hadir-ingest seal make") from error
    except OSError as error:
        raise SealError(f"{path}: the seal cannot be read ({error.strerror})") from error
    try:
        key = load_pem_private_key(pem, password=None) if len(pem) <= _MAX_FILE else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealError(
            f"{path} holds no seal, which is an Ed25519 key in PEM without a password; "
            "bring it back from a copy"
        )
    return Seal(key)


def require(path: Path | None) -> Seal:
    """Return the seal the configuration names. Raises SealError."""
    if path is None:
        raise SealError(
            "this centre has no seal; name its file by seal_file in [ingest] and run "
            "hadir-ingest seal make"
        )
    return load(path)


def root(path: Path | None) -> str | None:
    """Return the fingerprint of the seal the configuration names; None while there is none.

    Raises SealError where the file is there and holds no seal.
    """
    if path is None or not os.path.exists(path):  # noqa: PTH110 - too long a name must not raise
        return None
    return load(path).fingerprint
