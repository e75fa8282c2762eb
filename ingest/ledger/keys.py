"""The keys of bridges: each is what its name says, was one at a time, and came on grounds.

A first key comes by an invitation, of which the store is the only witness: it is vouched for by the
checkpoints that name it. A key that took another's place has that one's signature, and its own.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ingest.ledger.bodies import inflate
from ingest.ledger.report import Fault, Kind
from ingest.wire import (
    CLOCK_WINDOW_S,
    WireError,
    decode_rotation,
    key_id,
    rotation_message,
    signed_message,
)

BATCH_PATH = "/v2/punches"
GRACE = timedelta(minutes=10)
"""How far two clocks of the centre, or a request and its transaction, may lie apart."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the store keeps it."""

    id: int
    bridge: int
    name: str
    public: bytes
    enrolled_at: datetime
    retired_at: datetime | None
    grounds: dict[str, Any]

    def was_in_use(self, at: datetime) -> bool:
        return self.enrolled_at - GRACE <= at and (
            self.retired_at is None or at <= self.retired_at + GRACE
        )


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a key signed just this; what is no key says no."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def faults_of(keys: Sequence[Key]) -> Iterator[Fault]:
    """Yield what is wrong with keys as they are kept, oldest first."""
    by_name = {key.name: key for key in keys}
    for key in sorted(keys, key=lambda one: one.id):
        wrong = _wrong(key, by_name)
        if wrong is not None:
            yield Fault(Kind.KEY, f"key {key.name} of bridge {key.bridge} {wrong}")
    for older, newer in _overlaps(keys):
        yield Fault(
            Kind.KEY,
            f"key {newer.name} of bridge {newer.bridge} was known from "
            f"{newer.enrolled_at:%Y-%m-%d %H:%M:%S} UTC, while key {older.name} of the same bridge "
            "was in use: one of them was put in by hand",
        )


def _wrong(key: Key, by_name: dict[str, Key]) -> str | None:
    if key_id(key.public) != key.name:
        return "is another key than its name says"
    if key.retired_at is not None and key.retired_at < key.enrolled_at:
        return "was retired before it was enrolled"
    if "rotated_from" in key.grounds:
        return _wrong_rotation(key, by_name.get(str(key.grounds["rotated_from"])))
    if "invite" in key.grounds:
        signed = _signed(key.public, key.grounds)
        return _wrong_time(key) if signed else "did not sign its own enrolment"
    return None


def has_grounds(key: Key) -> bool:
    """Say whether the store tells by which request a key came."""
    return "rotated_from" in key.grounds or "invite" in key.grounds


def _wrong_time(key: Key) -> str | None:
    """The request by which a key came was signed with its time: see `_signed`."""
    apart = abs(key.enrolled_at.timestamp() - int(key.grounds["time"]))
    if apart > CLOCK_WINDOW_S + GRACE.total_seconds():
        return f"is said to have come {apart:.0f} s from when its request was signed"
    return None


def _wrong_rotation(key: Key, old: Key | None) -> str | None:
    """Say what is wrong with the coming of a key that took another's place."""
    if old is None or old.bridge != key.bridge:
        return "says it took the place of a key that this bridge never had"
    wrong = _wrong_proof(key, old) or _wrong_time(key)
    if wrong is None and old.retired_at is not None and old.retired_at < key.enrolled_at - GRACE:
        return f"took the place of key {old.name}, which had been retired long before"
    return wrong


def _wrong_proof(key: Key, old: Key) -> str | None:
    """Both keys have to have signed, of which the newer one's signature is in the request."""
    grounds = key.grounds
    try:
        body = bytes.fromhex(grounds["body"])
        told = decode_rotation(inflate(body))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, WireError):
        return "does not hold the request by which it took another's place"
    if hashlib.sha256(body).hexdigest() != grounds.get("body_sha256"):
        return "does not hold the request by which it took another's place"
    if not _signed(old.public, grounds) or told.public_key != key.public:
        return f"took the place of key {old.name} without that one's signature"
    if not verifies(key.public, told.proof, rotation_message(old.name, key.public)):
        return f"took the place of key {old.name} without a signature of its own"
    return None


def _signed(public: bytes, grounds: dict[str, Any]) -> bool:
    """Say whether the request kept as grounds was signed by a key."""
    try:
        message = signed_message(
            "POST",
            str(grounds["path"]),
            int(grounds["time"]),
            str(grounds["nonce"]),
            str(grounds["body_sha256"]),
        )
        return verifies(public, bytes.fromhex(grounds["signature"]), message)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False


def _overlaps(keys: Iterable[Key]) -> Iterator[tuple[Key, Key]]:
    ordered = sorted(keys, key=lambda one: (one.bridge, one.enrolled_at, one.id))
    for older, newer in pairwise(ordered):
        if older.bridge == newer.bridge and (
            older.retired_at is None or older.retired_at > newer.enrolled_at
        ):
            yield older, newer


def signing_fault(
    key: Key | None,
    *,
    bridge: int,
    received_at: datetime,
    signed_at: int | None,
    nonce: str | None,
    signature: bytes | None,
    body_sha256: str,
) -> Fault | None:
    """Say what is wrong with the signature of a batch; None where a key of its bridge, in use at
    the time, signed just this body."""
    if key is None or signed_at is None or nonce is None or signature is None:
        return Fault(Kind.SIGNATURE, "holds a body and not the signature of it")
    if key.bridge != bridge:
        return Fault(Kind.KEY, f"is signed by key {key.name}, which is of bridge {key.bridge}")
    message = signed_message("POST", BATCH_PATH, signed_at, nonce, body_sha256)
    if not verifies(key.public, signature, message):
        return Fault(
            Kind.SIGNATURE,
            f"is not what key {key.name} signed: its body, nonce or time was changed",
        )
    if not key.was_in_use(received_at):
        return Fault(Kind.KEY, f"is signed by key {key.name}, which was not in use when it came")
    if abs(received_at.timestamp() - signed_at) > CLOCK_WINDOW_S + GRACE.total_seconds():
        return Fault(
            Kind.REORDERED,
            f"was signed {received_at.timestamp() - signed_at:+.0f} s from when it is said to have "
            "come",
        )
    return None
