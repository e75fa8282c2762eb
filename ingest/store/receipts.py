"""What gateways told of messages, kept as it came and applied to the dispatch it names.

A receipt may be faster than our own commit of the message it is about: it is kept, and looked at
once more when the message has its provider's id (`late`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store import dispatches
from ingest.store.tables_notices import receipts

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True, slots=True)
class Told:
    """One receipt: `state` is sent, delivered, read or failed."""

    state: str
    at: datetime
    provider_id: str | None
    reference: str | None
    fault: str = ""
    failure: str = ""


def take(
    connection: Connection, channel: str, told: Sequence[Told], body: bytes | None, now: datetime
) -> int:
    """Keep receipts and apply them; return how many name none of our messages."""
    digest = hashlib.sha256(body if body is not None else repr(told).encode()).hexdigest()
    strangers = 0
    for place, one in enumerate(told):
        _keep(connection, channel, digest, place, one, body if place == 0 else None, now)
        strangers += not _apply(connection, channel, one, now)
    return strangers


def late(connection: Connection, channel: str, provider_id: str, now: datetime) -> None:
    """Apply what came before a message had its provider's id."""
    query = (
        select(receipts)
        .where(receipts.c.channel == channel, receipts.c.provider_id == provider_id)
        .order_by(receipts.c.id)
    )
    for row in connection.execute(query).all():
        told = Told(row.state, row.at, row.provider_id, row.reference, row.fault, row.failure)
        _apply(connection, channel, told, now)


def _apply(connection: Connection, channel: str, one: Told, now: datetime) -> bool:
    return dispatches.received(
        connection, channel, state=one.state, at=min(one.at, now), provider_id=one.provider_id,
        reference=one.reference, fault=one.fault, failure=one.failure,
    )  # fmt: skip


def _keep(
    connection: Connection, channel: str, digest: str, place: int, one: Told, body: bytes | None,
    now: datetime,
) -> None:  # fmt: skip
    values: dict[str, Any] = {
        "channel": channel, "digest": digest, "place": place, "provider_id": one.provider_id,
        "reference": one.reference, "state": one.state, "at": one.at, "fault": one.fault,
        "failure": one.failure[:500], "came_at": now, "body": body,
    }  # fmt: skip
    made = _INSERT[connection.dialect.name](receipts).values(values)
    connection.execute(made.on_conflict_do_nothing())
