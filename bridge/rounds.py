"""One full round by hand: every terminal read and stored, everything that waits forwarded."""

import time
from collections.abc import Iterator
from pathlib import Path

from bridge import progress
from bridge.assembly import Parts, Reader, assemble
from bridge.config import Config
from bridge.errors import BridgeError, OutboxError
from bridge.outbox import Outbox
from drivers.errors import DriverError

Result = tuple[str, bool]
"""What to tell, and whether it is good."""


def once(config: Config, place: Path) -> Iterator[Result]:
    """Read all, store, forward. One failure keeps nothing else from being done."""
    outbox = Outbox(place, max_waiting=config.bridge.max_waiting)
    parts = assemble(config, outbox, "once")
    try:
        for reader in parts.readers:
            yield _read(reader, outbox)
        yield _forward(parts)
    finally:
        parts.close()


def _read(reader: Reader, outbox: Outbox) -> Result:
    try:
        with progress.reading(reader.name):
            taken = reader.poller.read()
    except (DriverError, BridgeError) as error:
        if not isinstance(error, OutboxError):
            outbox.ledger.note_failure(reader.name, reader.driver, str(error), int(time.time()))
        return f"{reader.name}: {error}", False
    told = f"{reader.name}: {taken.records} records, {taken.new} new, {taken.bad} bad"
    notes = [f"{event.kind}: {event.detail}" for event in taken.events]
    if taken.uncovered:
        notes.append(f"covers nothing: {taken.uncovered}")
    return "; ".join([told, *notes]), True


def _forward(parts: Parts) -> Result:
    try:
        drained = parts.forwarder.drain()
    except BridgeError as error:
        return f"centre: {error}; waiting: {parts.outbox.counts().waiting}", False
    told = f"centre: sent {drained.sent}"
    if drained.parked:
        return f"{told}, refused {drained.parked}; see `hadir-bridge outbox --parked`", False
    return told, True
