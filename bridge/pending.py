"""What is sent of the outbox at once, and what a receipt says of it. Writes nothing."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge import chains, rows
from bridge.errors import ReceiptUnfit
from ingest import wire


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch, and the rows of the outbox it was made of."""

    batch: wire.Batch
    seqs: dict[str, int]
    """What a receipt calls a row (`wire.row_name`) to its number in the outbox."""
    unsound: dict[int, str] = field(default_factory=dict)
    """Rows that the disk has changed, which are not in the batch, and why: to be set aside."""


def gather(found: Sequence[sqlite3.Row], outbox: str, after: str | None) -> Pending:
    """Return rows of the outbox as a batch, in the order of their runs."""
    sound, unsound = chains.look_at(found)
    placed = [one for one in sound if one[0]["height"] is not None]
    unsound |= {row["seq"]: rows.CHANGED for row, _ in sound if row["height"] is None}
    punches = chains.runs(one for one in placed if isinstance(one[1], wire.Punch))
    bad = chains.runs(one for one in placed if isinstance(one[1], wire.BadRecord))
    seqs: dict[str, int] = {}
    bodies: dict[str, list[rows.Body]] = {wire.PUNCH: [], wire.BAD: []}
    for kind, runs in ((wire.PUNCH, punches), (wire.BAD, bad)):
        for _, members in runs:
            for row, body in members:
                seqs[wire.row_name(kind, len(bodies[kind]))] = row["seq"]
                bodies[kind].append(body)
    batch = wire.Batch(
        outbox=outbox,
        after=after,
        punches=tuple(one for one in bodies[wire.PUNCH] if isinstance(one, wire.Punch)),
        bad=tuple(one for one in bodies[wire.BAD] if isinstance(one, wire.BadRecord)),
        punch_runs=tuple(run for run, _ in punches),
        bad_runs=tuple(run for run, _ in bad),
    )
    return Pending(batch, seqs, unsound)


def verdict(receipt: wire.Receipt, pending: Pending) -> tuple[list[int], dict[int, str]]:
    """Return the rows a receipt accepts, and those it parks with the reason.

    Raises ReceiptUnfit for one that does not account for each row that was sent, and no other.
    """
    seqs = pending.seqs
    if strange := receipt.parked.keys() - seqs.keys():
        raise ReceiptUnfit(
            f"the centre's receipt parks {min(strange)!r}, which was not sent; it settles nothing"
        )
    if receipt.accepted + len(receipt.parked) != len(seqs):
        raise ReceiptUnfit(
            f"the centre's receipt accounts for {receipt.accepted + len(receipt.parked)} rows of "
            f"the {len(seqs)} that were sent; it settles nothing"
        )
    accepted = [seq for name, seq in seqs.items() if name not in receipt.parked]
    return accepted, {seqs[name]: why for name, why in receipt.parked.items()}
