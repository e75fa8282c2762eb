"""What a bridge does before it sends, in as few lines as tests need: chains its rows, signs.

Written from `ingest.wire` alone, so that the tests of the centre rest on no code of the bridge.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingest import wire
from ingest.wire import BAD, PUNCH, BadRecord, Batch, DecodedBatch, Punch, Run, Signed

OUTBOX = "0" * 32


class Chains:
    """The chains of any number of outboxes: what is put into a batch follows what was put before.

    A batch that is sent again is the same value again; rows told anew get heights of their own.
    """

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str, str], tuple[int, bytes]] = {}

    def batch(
        self, *rows: Punch | BadRecord, outbox: str = OUTBOX, after: str | None = None
    ) -> Batch:
        """Return a batch of rows; those of one terminal stand together, as runs ask."""
        punches = _together(row for row in rows if isinstance(row, Punch))
        bad = _together(row for row in rows if isinstance(row, BadRecord))
        return Batch(
            outbox,
            after,
            tuple(punches),
            tuple(bad),
            self._runs(PUNCH, outbox, punches, wire.punch_entries(wire.punch_columns(punches))),
            self._runs(BAD, outbox, bad, wire.bad_entries(wire.bad_columns(bad))),
        )

    def forget(self) -> None:
        """Begin all chains anew, as an outbox restored from a copy does."""
        self._heads.clear()

    def _runs(
        self, kind: str, outbox: str, rows: Sequence[Punch | BadRecord], entries: list[bytes]
    ) -> tuple[Run, ...]:
        runs: list[Run] = []
        for terminal in dict.fromkeys(row.terminal for row in rows):
            own = [
                entry for row, entry in zip(rows, entries, strict=True) if row.terminal == terminal
            ]
            key = (kind, outbox, terminal)
            height, link = self._heads.get(key, (0, wire.genesis(kind, outbox, terminal)))
            last = wire.extend(link, own)[-1]
            runs.append(Run(terminal, height + 1, len(own), link, last))
            self._heads[key] = (height + len(own), last)
        return tuple(runs)


def decoded(batch: Batch) -> DecodedBatch:
    """Return a batch as the centre reads it."""
    return wire.decode_batch(wire.encode_batch(batch))


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody with a key; the same name is the same key."""

    name: str

    @property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.name.encode()).digest())

    @property
    def public_key(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        return wire.key_id(self.public_key)

    def sign(
        self, path: str, body: bytes, *, time: int, nonce: str, method: str = "POST"
    ) -> Signed:
        """Return the signature of a request; `body` is as it travels."""
        digest = hashlib.sha256(body).hexdigest()
        message = wire.signed_message(method, path, time, nonce, digest)
        return Signed(self.key_id, time, nonce, digest, self.secret.sign(message))

    def prove(self, old_key_id: str) -> bytes:
        """Return the proof that this key may take the place of an older one."""
        return self.secret.sign(wire.rotation_message(old_key_id, self.public_key))


def _together(rows: Iterable[Any]) -> list[Any]:
    found = list(rows)
    order = {name: n for n, name in enumerate(dict.fromkeys(row.terminal for row in found))}
    return sorted(found, key=lambda row: order[row.terminal])
