"""Whose request it is: a bridge signs each one with its key, and no two alike are taken.

Four things are looked at, each with a refusal of its own: the key is known and in use, its time is
near ours, the signature covers this method, path, time, nonce and body, and the nonce is new. A
nonce is remembered for as long as its time could still be taken.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, String, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import IngestError
from ingest.store.bridges import Bridge, Key, find_key
from ingest.store.database import reading
from ingest.store.tables import bridge_keys, nonces
from ingest.wire import CLOCK_WINDOW_S, Signed, signed_message

REMEMBER = timedelta(seconds=3 * CLOCK_WINDOW_S)
"""For how long a nonce is kept: signed by a clock that is ahead, a request could be taken for twice
the window."""


class RequestRefused(IngestError):
    """A request that is not believed; `status` is the answer, `code` tells the bridge why.

    `now` is our clock, where the bridge's is at fault; `wait_s` is after how long to try again.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        now: int | None = None,
        wait_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.now = now
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as the headers say it: the signature is still to be checked."""

    key: Key
    signed: Signed

    @property
    def bridge(self) -> Bridge:
        return self.key.bridge


def identify(engine: Engine, signed: Signed, *, now: datetime) -> Caller:
    """Return whose key the headers name. Raises RequestRefused."""
    with reading(engine) as connection:
        key = find_key(connection, signed.key_id)
    known = check_in_use(key)
    check_time(signed, now=now)
    return Caller(known, signed)


def check_in_use(key: Key | None) -> Key:
    """Return the key if it may sign. Raises RequestRefused."""
    if key is None:
        raise RequestRefused(
            401, "unknown-key", "this key is not known here; enrol the bridge with a new code"
        )
    bridge = key.bridge
    if bridge.revoked_at is not None:
        raise RequestRefused(
            403,
            "revoked",
            f"bridge {bridge.id} ({bridge.name}) was revoked; ask for a new invitation",
        )
    if key.retired_at is not None:
        raise RequestRefused(
            403, "retired", f"this key of bridge {bridge.id} was replaced by a newer one"
        )
    return key


def check_time(signed: Signed, *, now: datetime) -> None:
    """Raise RequestRefused, which tells our time, where the signer's clock is too far from it."""
    seconds = int(now.timestamp())
    off = signed.time - seconds
    if abs(off) > CLOCK_WINDOW_S:
        ours = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        raise RequestRefused(
            401,
            "clock",
            f"the request was signed {off:+d} s from our time, {ours}; set the bridge's clock",
            now=seconds,
        )


def check_signature(
    public_key: bytes, signed: Signed, *, method: str, path: str, body: bytes
) -> None:
    """Raise RequestRefused unless the key signed just this; `body` is as it travelled."""
    digest = hashlib.sha256(body).hexdigest()
    message = signed_message(method, path, signed.time, signed.nonce, digest)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signed.signature, message)
    except (InvalidSignature, ValueError) as error:
        raise RequestRefused(
            401,
            "signature",
            "the signature does not cover this request; does a proxy change its path or body?",
        ) from error


def use_nonce(connection: Connection, caller: Caller, *, now: datetime) -> None:
    """Note the nonce, in the transaction of what is done. Raises RequestRefused.

    Whoever retires the key waits until this transaction ends: nothing is stored under a key after
    it was retired.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    key = select(
        bridge_keys.c.id, literal(caller.signed.nonce, String), literal(now, nonces.c.at.type)
    ).where(bridge_keys.c.id == caller.key.id, bridge_keys.c.retired_at.is_(None))
    done = connection.execute(
        insert(nonces)
        .from_select(["key_id", "nonce", "at"], key.with_for_update(read=True))
        .on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},  # else PostgreSQL's is not asked for
    )
    if done.rowcount != 1:
        check_in_use(find_key(connection, caller.key.key_id))
        raise RequestRefused(401, "replayed", "a request with this nonce was taken before")
