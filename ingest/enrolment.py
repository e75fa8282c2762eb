"""How a bridge's key becomes known, and how another takes its place.

A person invites a bridge and hands over a one-time code. The bridge makes a key and shows both, in
a request that the key itself signs. The answer may be lost: the same code with the same key is told
the same again, and with another key nothing. Whoever has no right code learns nothing from the
refusal, nor from how long it took; and guessing is slow, for each guess costs what `ingest.kdf`
makes it cost, and is bounded (`Guesses`).

A new key is signed for by the old one and proves itself, in one request that is kept: so the ledger
can follow the keys from one to the next.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from ingest import codes
from ingest.auth import (
    Caller,
    RequestRefused,
    check_body,
    check_signature,
    check_time,
    use_nonce,
)
from ingest.codes import Code
from ingest.kdf import hash_secret, matches
from ingest.roles import Role
from ingest.store import audit, bridges, invites
from ingest.store.audit import Actor
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.store.invites import Invite
from ingest.wire import (
    Enrolled,
    Rotated,
    Rotation,
    Signed,
    WireError,
    decode_enrolment,
    decode_rotation,
    key_id,
    rotation_message,
)

ENROL_PATH = "/v2/enrol"
ROTATE_PATH = "/v2/rotate"
WRONG_A_MINUTE = 10
"""Wrong codes that one process bears in a minute before it looks at no more."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an admin hands over; the code is shown this once."""

    number: int
    code: Code
    expires_at: datetime


def invite(
    connection: Connection,
    *,
    office: str,
    name: str,
    bridge_id: int | None,
    now: datetime,
    days: int,
) -> Invitation:
    """Make an invitation for a new bridge, or for another key of a known one. Raises StoreError."""
    secret, expires_at = codes.new_secret(), now + timedelta(days=days)
    number = invites.add(
        connection,
        office=office,
        name=name,
        bridge_id=bridge_id,
        code_hash=hash_secret(secret),
        now=now,
        expires_at=expires_at,
    )
    return Invitation(number, Code(number, secret), expires_at)


class Guesses:
    """Counts wrong codes, whoever sent them. For one thread at a time."""

    def __init__(
        self, most: int = WRONG_A_MINUTE, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._at: deque[float] = deque(maxlen=most)

    def check(self) -> None:
        """Raise RequestRefused if the last minute bore as many as it may."""
        if len(self._at) < (self._at.maxlen or 0):
            return
        left = self._at[0] + 60 - self._monotonic()
        if left > 0:
            raise RequestRefused(
                429,
                "guesses",
                "too many wrong codes came; try again in a minute",
                wait_s=math.ceil(left),
            )

    def wrong(self) -> None:
        self._at.append(self._monotonic())


@dataclass(frozen=True, slots=True)
class Registry:
    """Takes keys into the store."""

    engine: Engine
    clock: Clock
    guesses: Guesses

    def enrol(self, signed: Signed, travelled: bytes, body: bytes) -> Enrolled:
        """Make a key known by a code. Raises RequestRefused, WireError."""
        told = decode_enrolment(body)
        if signed.key_id != key_id(told.public_key):
            raise WireError("public_key is not the key that Hadir-Key names")
        check_signature(told.public_key, signed, method="POST", path=ENROL_PATH)
        check_body(signed, travelled)
        check_time(signed, now=self.clock())
        code = self._right(told.code, signed.key_id)
        try:
            with writing(self.engine) as connection:
                return self._admit(connection, code, told.public_key, signed)
        except IntegrityError as error:  # the same key was shown with another code just now
            raise _known(signed.key_id) from error

    def rotate(self, caller: Caller, travelled: bytes, body: bytes) -> Rotated:
        """Let the caller's key be followed by another. Raises RequestRefused, WireError."""
        told = decode_rotation(body)
        _check_proof(caller.key.key_id, told)
        name = key_id(told.public_key)
        try:
            with writing(self.engine) as connection:
                bridges.lock_keys(connection, caller.bridge.id)
                now = self.clock()  # with the lock: what the old key signed was taken before this
                use_nonce(connection, caller, now=now)
                if bridges.find_key(connection, name) is not None:
                    raise _known(name)
                bridges.add_key(
                    connection,
                    caller.bridge.id,
                    told.public_key,
                    now=now,
                    grounds={
                        "rotated_from": caller.key.key_id,
                        "path": ROTATE_PATH,
                        **_proof_of(caller.signed),
                        "body": travelled.hex(),
                    },
                )
                _note(
                    connection,
                    "bridges.rotate",
                    caller.bridge,
                    {"key_id": name, "rotated_from": caller.key.key_id},
                    now=now,
                )
        except IntegrityError as error:
            raise _known(name) from error
        return Rotated(name, int(now.timestamp()))

    def _right(self, text: str, key: str) -> Code:
        """Return the code if it is the secret of an invitation that this key may use."""
        self.guesses.check()
        code = codes.read(text)
        with reading(self.engine) as connection:
            found = invites.find(connection, code.number)
        kept = None if found is None else found.code_hash
        if not matches(code.secret, kept) or not _open(found, key, self.clock()):
            self.guesses.wrong()
            raise _refused()
        return code

    def _admit(
        self, connection: Connection, code: Code, public_key: bytes, signed: Signed
    ) -> Enrolled:
        found = invites.find(connection, code.number, lock=True)
        now = self.clock()
        if found is None or not _open(found, signed.key_id, now):
            raise _refused()  # somebody was faster
        known = bridges.find_key(connection, signed.key_id)
        if found.used_at is not None:
            if known is None or known.retired_at or known.bridge.revoked_at:
                raise _refused()
            return _enrolled(known.bridge, now)
        if known is not None:
            raise _known(signed.key_id)
        bridge_id = found.bridge_id or _new_bridge(connection, found, now)
        grounds = {"invite": found.id, "path": ENROL_PATH, **_proof_of(signed)}
        bridges.lock_keys(connection, bridge_id)
        key = bridges.add_key(connection, bridge_id, public_key, now=self.clock(), grounds=grounds)
        if key.bridge.revoked_at is not None:
            raise _refused()
        invites.use(connection, found.id, bridge_id=bridge_id, key_id=key.key_id, now=now)
        _note(
            connection,
            "bridges.enrol",
            key.bridge,
            {"key_id": key.key_id, "invitation": found.id},
            now=now,
        )
        return _enrolled(key.bridge, now)


def _open(found: Invite | None, key: str, now: datetime) -> bool:
    """Say whether a key may use an invitation: once, and the same one may ask again."""
    if found is None:
        return False
    return found.key_id == key if found.used_at is not None else now < found.expires_at


def _new_bridge(connection: Connection, found: Invite, now: datetime) -> int:
    return bridges.add(connection, office=found.office, name=found.name, now=now).id


def _enrolled(bridge: Bridge, now: datetime) -> Enrolled:
    return Enrolled(bridge.id, bridge.office, bridge.name, int(now.timestamp()))


def _note(
    connection: Connection, what: str, bridge: Bridge, details: dict[str, Any], *, now: datetime
) -> None:
    """Write into the audit log what a bridge did by its key."""
    actor = Actor(f"bridge {bridge.id} ({bridge.name})"[:200], "", Role.BRIDGE)
    audit.note(connection, actor, what, subject=f"bridge {bridge.id}", details=details, now=now)


def _proof_of(signed: Signed) -> dict[str, Any]:
    """Return what a signature was over. Of an enrolment the body is not kept: a code is in it."""
    return {
        "time": signed.time,
        "nonce": signed.nonce,
        "signature": signed.signature.hex(),
        "body_sha256": signed.body_sha256,
    }


def _check_proof(old: str, told: Rotation) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(told.public_key)
        key.verify(told.proof, rotation_message(old, told.public_key))
    except (InvalidSignature, ValueError) as error:
        raise WireError("the proof is not the new key's signature in place of this one") from error


def _refused() -> RequestRefused:
    return RequestRefused(
        403, "invitation", "no open invitation has this code for this key; ask for a new one"
    )


def _known(name: str) -> RequestRefused:
    return RequestRefused(
        403, "key-known", f"the key {name} is or was a bridge's already; make another one"
    )
