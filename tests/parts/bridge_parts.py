"""What several tests of the bridge make: receipts, keys, and a centre's look at signatures."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from bridge.keys import ENROLLING, BridgeKey, KeyFiles
from bridge.pending import Pending
from ingest import wire

BODY = "0" * 64
"""Where nobody looks at it."""


def named(batch: wire.Batch) -> dict[str, wire.Punch | wire.BadRecord]:
    """Return a batch's rows by what a receipt calls them."""
    return {
        **{wire.row_name(wire.PUNCH, place): row for place, row in enumerate(batch.punches)},
        **{wire.row_name(wire.BAD, place): row for place, row in enumerate(batch.bad)},
    }


def receipt_of(
    pending: Pending, number: int = 1, refused: Mapping[str, str] | None = None
) -> wire.Receipt:
    """Return the receipt of a sound centre; `refused` is id to reason."""
    refused = refused or {}
    parked = {
        name: refused[row.id] for name, row in named(pending.batch).items() if row.id in refused
    }
    return wire.Receipt(f"{number:032x}", BODY, len(pending.seqs) - len(parked), parked)


def make_key(state_dir: Path, made_at: int = 1_800_000_000) -> BridgeKey:
    """Give a state directory a key, as `enrol` does, unless it has one."""
    keys = KeyFiles(state_dir)
    if not (state_dir / "bridge.key").exists():
        state_dir.mkdir(mode=0o700, exist_ok=True)
        keys.promote(ENROLLING, keys.prepare(ENROLLING, made_at))
    return keys.current()


def is_signed(
    public_key: bytes, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """Whether a request is signed with a key, body and path and all."""
    signed = wire.read_signed(headers)
    digest = hashlib.sha256(body).hexdigest()
    message = wire.signed_message(method, path, signed.time, signed.nonce, digest)
    try:
        VerifyKey(public_key).verify(message, signed.signature)
    except BadSignatureError:
        return False
    return signed.key_id == wire.key_id(public_key)
