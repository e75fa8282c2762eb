"""The exact bytes of what the centre states: of a batch (a leaf of its day) and of a day (a root).

Each is one line naming its kind, and one JSON array in ASCII without spaces, so that anybody can
write it again in any language. Moments are UTC with microseconds; bytes are hexadecimal digits.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class BatchStatement:
    """Everything the centre says of a batch. What nobody signed (before revision 0002) is None."""

    office: str
    bridge: int
    outbox: str
    number: int
    """The batch's number in the store: its place in time."""
    receipt: str
    received_at: datetime
    sent: int
    key_id: str | None
    signed_at: int | None
    nonce: str | None
    signature: bytes | None
    body_sha256: bytes | None
    clock_limit_s: int | None
    refused: dict[str, str] | None

    def text(self) -> bytes:
        """Return what is hashed as a leaf."""
        return _text(
            "hadir-batch-2",
            self.office,
            self.bridge,
            self.outbox,
            self.number,
            self.receipt,
            moment_text(self.received_at),
            self.sent,
            self.key_id,
            self.signed_at,
            self.nonce,
            _hex(self.signature),
            _hex(self.body_sha256),
            self.clock_limit_s,
            None if self.refused is None else sorted(map(list, self.refused.items())),
        )


@dataclass(frozen=True, slots=True)
class DayStatement:
    """What the batches of an office came to on a day: those that arrived before `until` and after
    the day before had ended."""

    office: str
    day: date
    until: datetime
    batches: int
    rows: int
    first_batch: int | None
    last_batch: int | None
    tree: bytes
    """Merkle root over the batches by number."""
    previous: bytes
    """Root of the day before, or `first_previous`."""

    def root(self) -> bytes:
        """Return the root of the day: whoever knows it can tell whether any earlier day changed."""
        return hashlib.sha256(
            _text(
                "hadir-root-2",
                self.office,
                self.day.isoformat(),
                moment_text(self.until),
                self.batches,
                self.rows,
                self.first_batch,
                self.last_batch,
                self.tree.hex(),
                self.previous.hex(),
            )
        ).digest()


def first_previous(office: str) -> bytes:
    """Return what stands before the root of an office's first day."""
    return hashlib.sha256(f"hadir-roots-2\n{office}".encode()).digest()


def moment_text(at: datetime) -> str:
    """Return an instant as it stands in a statement."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(kind: str, *values: Any) -> bytes:
    return f"{kind}\n{json.dumps(values, separators=(',', ':'))}".encode("ascii")


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()
