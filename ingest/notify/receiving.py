"""Takes what a gateway told: kept as it came, and applied to the message it names."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from ingest.notify.base import Receipt
from ingest.store import receipts
from ingest.store.database import writing
from ingest.store.receipts import Told

log = logging.getLogger(__name__)

MAX_RECEIPTS = 2_000
"""In one body: no gateway gathers so many."""
_LONGEST = 200


def take(
    engine: Engine, channel: str, found: Sequence[Receipt], body: bytes, now: datetime
) -> None:
    """Keep receipts and the body they came in; repeated ones are harmless."""
    told = [told_of(one) for one in found[:MAX_RECEIPTS]]
    if not told:
        return  # what people write back is no receipt, and none of our business
    with writing(engine) as connection:
        strangers = receipts.take(connection, channel, told, body, now)
    if strangers:
        log.info("channel %s told of %d messages that are not ours", channel, strangers)


def told_of(one: Receipt, *, reference: str | None = None) -> Told:
    """Return a receipt as the store keeps it; names that are too long are no names of ours."""
    failure = one.failure
    return Told(
        state=one.state.value,
        at=one.at,
        provider_id=_short(one.provider_id),
        reference=reference or _short(one.reference, 32),
        fault="" if failure is None else failure.fault.value,
        failure="" if failure is None else failure.text,
    )


def _short(text: str | None, most: int = _LONGEST) -> str | None:
    return text if text and len(text) <= most else None
