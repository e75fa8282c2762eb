"""One full round by hand: every terminal read and stored, everything that waits forwarded."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bridge import progress
from bridge.assembly import Parts, Reader, assemble
from bridge.config import Config
from bridge.dropfolder import DropFolder
from bridge.errors import BridgeError, OutboxError
from bridge.outbox import Outbox
from bridge.resting import REST_S
from drivers.errors import DriverError

Result = tuple[str, bool]
"""What to tell, and whether it is good."""


def once(
    config: Config, place: Path, *, wait: Callable[[float], None] = time.sleep
) -> Iterator[Result]:
    """Read all, store, forward. One failure keeps nothing else from being done.

    `wait` lets files that were dropped just now come to rest.
    """
    outbox = Outbox(place, max_waiting=config.bridge.max_waiting)
    parts = assemble(config, outbox, "once")
    try:
        for reader in parts.readers:
            yield _read(reader, outbox)
        for folder in parts.folders:
            yield from take_dropped(folder, outbox, wait)
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


def take_dropped(
    folder: DropFolder, outbox: Outbox, wait: Callable[[float], None]
) -> Iterator[Result]:
    """Take what lies in a folder: a first look finds it, a second one tells what rests."""
    empty = True
    try:
        for look in range(2):
            if look:
                wait(REST_S)
            for text, level in folder.look():
                empty = False
                yield f"{folder.name}: {text}", level == logging.INFO
            if not folder.restless:
                break
    except BridgeError as error:
        if not isinstance(error, OutboxError):
            outbox.ledger.note_failure(folder.name, folder.driver, str(error), int(time.time()))
        yield f"{folder.name}: {error}", False
        return
    for name in folder.restless:
        yield f"{folder.name}: {name} is still being copied; it is taken at the next round", False
    if empty and not folder.restless:
        yield f"{folder.name}: no files", True


def _forward(parts: Parts) -> Result:
    try:
        drained = parts.forwarder.drain()
    except BridgeError as error:
        return f"centre: {error}; waiting: {parts.outbox.counts().waiting}", False
    told = f"centre: sent {drained.sent}"
    if drained.parked:
        return f"{told}, parked {drained.parked}; see `hadir-bridge outbox --parked`", False
    return told, True
