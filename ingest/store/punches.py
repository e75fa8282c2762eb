"""Takes a batch into the store: every punch once, whatever was told before.

All of a batch is one transaction of the caller's, and its receipt may leave only after the commit.
Rows are written in the order of their keys, and tables always in the same order (nonce, bridge,
terminals, batch, chains, punches, marks of users, contradictions, bad records, clocks, marks of
offices), so that two batches with the same punches wait for one another and never for each other.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, exists, insert, select

from ingest.columns import SoundBatch
from ingest.store import bridges, chains, columnar, rows
from ingest.store.arrivals import Arrival, moment
from ingest.store.bridges import Bridge, Terminals
from ingest.store.tables import batches
from ingest.wire import BAD, PUNCH, BadRecord, DecodedBatch, Punch, Receipt, Signed

__all__ = ["Delivery", "knows_receipt", "moment", "save"]


# What every batch asks is made once: to build a statement takes longer than to run it.
_KNOWS = select(
    exists().where(
        batches.c.office == bindparam("office"),
        batches.c.receipt == bindparam("receipt"),
        batches.c.outbox == bindparam("outbox"),
    )
)
_KEEP_BATCH = insert(batches)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body, and the proof of who sent it."""

    decoded: DecodedBatch | SoundBatch
    body: bytes
    """As it travelled: this was signed."""
    key: int
    """Number of the key in the store."""
    signed: Signed


def knows_receipt(connection: Connection, *, office: str, outbox: str, receipt: str) -> bool:
    """Say whether this store gave a receipt; if not, it is older than the outbox that holds it."""
    asked = {"office": office, "outbox": outbox, "receipt": receipt}
    return bool(connection.scalar(_KNOWS, asked))


def save(
    connection: Connection,
    bridge: Bridge,
    delivery: Delivery,
    received_at: datetime,
    *,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> Receipt:
    """Store a batch and return its receipt, to be sent after the commit.

    Each row is accepted or parked, and never both: the sender must not forget what is stored
    nowhere. Raises ChainForked.
    """
    bridges.seen(connection, bridge, now=received_at)
    batch = delivery.decoded.batch
    serials = {run.terminal for run in (*batch.punch_runs, *batch.bad_runs)}
    known = bridges.speak_for(connection, bridge, serials, now=received_at)
    decoded = delivery.decoded
    if isinstance(decoded, SoundBatch) and known.refused:
        decoded = decoded.one_by_one()
    parked = _parked(decoded, known)
    receipt = secrets.token_hex(16)
    batch_id = _put_batch(connection, bridge, delivery, receipt, parked, received_at, clock_limit_s)
    _keep_chains(connection, decoded, batch_id, known)
    arrival = Arrival(connection, bridge, known, batch_id, received_at, zone, clock_limit_s)
    new = columnar.put(arrival, decoded) if isinstance(decoded, SoundBatch) else None
    if new is None:
        whole = decoded.one_by_one() if isinstance(decoded, SoundBatch) else decoded
        new = rows.put(arrival, whole.batch)
    return Receipt(
        receipt=receipt,
        body=hashlib.sha256(delivery.body).hexdigest(),
        accepted=decoded.rows - len(parked),
        parked=parked,
        new=new,
    )


def _parked(decoded: DecodedBatch | SoundBatch, known: Terminals) -> dict[str, str]:
    """Return the rows that are refused, with the reason: unreadable, or of another office."""
    if isinstance(decoded, SoundBatch):
        return {}
    told: list[Punch | BadRecord] = [*decoded.batch.punches, *decoded.batch.bad]
    return decoded.rejected | {
        name: known.refused[row.terminal]
        for name, row in zip(decoded.names, told, strict=True)
        if row.terminal in known.refused
    }


def _put_batch(
    connection: Connection,
    bridge: Bridge,
    delivery: Delivery,
    receipt: str,
    parked: dict[str, str],
    received_at: datetime,
    limit_s: int,
) -> int:
    result = connection.execute(
        _KEEP_BATCH,
        {
            "bridge_id": bridge.id,
            "office": bridge.office,
            "outbox": delivery.decoded.batch.outbox,
            "receipt": receipt,
            "received_at": received_at,
            "sent": delivery.decoded.rows,
            "key_id": delivery.key,
            "signed_at": delivery.signed.time,
            "nonce": delivery.signed.nonce,
            "signature": delivery.signed.signature,
            "clock_limit_s": limit_s,
            "refused": parked,
            "body": delivery.body,
        },
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - for mypy: an insert of one row has a key
    return int(key[0])


def _keep_chains(
    connection: Connection,
    decoded: DecodedBatch | SoundBatch,
    batch_id: int,
    known: Terminals,
) -> None:
    batch = decoded.batch
    for kind, told in ((PUNCH, batch.punch_runs), (BAD, batch.bad_runs)):
        if told:
            chains.keep_runs(
                connection,
                kind=kind,
                outbox=batch.outbox,
                batch_id=batch_id,
                told=told,
                links=decoded.links[kind],
                terminals=known.ids,
            )
