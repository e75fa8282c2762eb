"""Whose request it is: a bridge signs each one with its key, and no two alike are taken.

Five things are looked at. Of the head alone: the key is known; its signature covers this method,
path, time, nonce and hash of a body; the key is in use; its time is near ours. Key ids are no
secret, so nothing is told of a key, and nothing is waited for, unless its holder asks. Then the
body is the one of that hash, and the nonce is new. A nonce is remembered for as long as its time
could still be taken.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, String, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.errors import IngestError
from ingest.store.bridges import Bridge, Key, find_key
from ingest.store.database import reading
from ingest.store.tables import bridge_keys, nonces
from ingest.wire import CLOCK_WINDOW_S, Signed, signed_message

REMEMBER = timedelta(seconds=3 * CLOCK_WINDOW_S)
"""For how long a nonce is kept: signed by a clock that is ahead, a request could be taken for twice
the window."""


_KEY_IN_USE = (
    select(
        bridge_keys.c.id, bindparam("nonce", type_=String), bindparam("at", type_=nonces.c.at.type)
    )
    .where(bridge_keys.c.id == bindparam("key"), bridge_keys.c.retired_at.is_(None))
    .with_for_update(read=True)
)
_USE_NONCE = {
    name: dialect.insert(nonces)
    .from_select(["key_id", "nonce", "at"], _KEY_IN_USE)
    .on_conflict_do_nothing()
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}
"""Made once: to build a statement takes longer than to run it."""


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
    """Who asks: the holder of the key signed this head; the body is still to come."""

    key: Key
    signed: Signed

    @property
    def bridge(self) -> Bridge:
        return self.key.bridge


def identify(engine: Engine, signed: Signed, *, method: str, path: str, now: datetime) -> Caller:
    """Return who signed the head of a request. Raises RequestRefused."""
    with reading(engine) as connection:
        key = find_key(connection, signed.key_id)
    if key is None:
        raise RequestRefused(
            401, "unknown-key", "this key is not known here; enrol the bridge with a new code"
        )
    check_signature(key.public_key, signed, method=method, path=path)
    check_in_use(key)
    check_time(signed, now=now)
    return Caller(key, signed)


def check_in_use(key: Key) -> None:
    """Raise RequestRefused unless the key may sign."""
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


def check_signature(public_key: bytes, signed: Signed, *, method: str, path: str) -> None:
    """Raise RequestRefused unless the key signed just this head."""
    message = signed_message(method, path, signed.time, signed.nonce, signed.body_sha256)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signed.signature, message)
    except (InvalidSignature, ValueError) as error:
        raise _not_covered() from error


def check_body(signed: Signed, body: bytes) -> None:
    """Raise RequestRefused unless a body, as it travelled, is the one of the signed head."""
    if hashlib.sha256(body).hexdigest() != signed.body_sha256:
        raise _not_covered()


def use_nonce(connection: Connection, caller: Caller, *, now: datetime) -> None:
    """Note the nonce, in the transaction of what is done. Raises RequestRefused.

    Whoever retires the key waits until this transaction ends: nothing is stored under a key after
    it was retired.
    """
    _check_wait(caller.signed, now=now)
    done = connection.execute(
        _USE_NONCE[connection.dialect.name],
        {"key": caller.key.id, "nonce": caller.signed.nonce, "at": now},
        execution_options={"preserve_rowcount": True},  # else PostgreSQL's is not asked for
    )
    if done.rowcount != 1:
        check_in_use(find_key(connection, caller.key.key_id) or caller.key)
        raise RequestRefused(401, "replayed", "a request with this nonce was taken before")


def _check_wait(signed: Signed, *, now: datetime) -> None:
    """Raise RequestRefused if a first use of the nonce may be forgotten by now."""
    if now.timestamp() - signed.time > REMEMBER.total_seconds() - CLOCK_WINDOW_S:
        raise RequestRefused(
            503, "late", "the request waited too long for the store; come again", wait_s=1
        )


def _not_covered() -> RequestRefused:
    return RequestRefused(
        401,
        "signature",
        "the signature does not cover this request; does a proxy change its path or body?",
    )
