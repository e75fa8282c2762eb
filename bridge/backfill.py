"""The whole log handed in again, as if none of it was known: for a person who doubts.

A read goes on where the last one ended. Here every record is handed in, and what was sent goes to
the centre once more; ids make that harmless. What is new by it was missing, and is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from bridge.cursor import TAIL
from bridge.intake import CHUNK, Intake, Reading, Taken
from bridge.normalise import Normaliser, Read
from bridge.outbox import Outbox
from bridge.rows import Body
from drivers.base import Log, RawPunch


@dataclass(frozen=True, slots=True)
class Filled:
    """What handing a log in again brought."""

    taken: Taken
    """What was new behind the cursor, as with every read."""
    handed: int
    """Records handed in again."""
    missing: int
    """Of these, not in the outbox, though they should have been."""
    again: int
    """Of these, sent before, and waiting for the centre again."""


def fill(
    outbox: Outbox,
    intake: Intake,
    reading: Reading,
    read: Read,
    *,
    since: date | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Filled:
    """Take a log as always, then hand it in again from the first record of a day on."""
    taken = intake.take(reading)
    start = 0 if since is None else first_of(reading.log, since)
    handed = missing = again = 0
    rows = bodies(reading.log, read, start)
    while chunk := list(islice(rows, CHUNK)):
        new, requeued = outbox.add_again(chunk)
        handed, missing, again = handed + len(chunk), missing + new, again + requeued
        progress()
    return Filled(taken, handed, missing, again)


def first_of(log: Log, since: date) -> int:
    """Return the place of the first record that is dated on a day or later; the end for none.

    Every record of that day or later stands behind it, whatever its neighbours tell.
    """
    begins = datetime.combine(since, time.min)
    for place, entry in enumerate(log.entries()):
        if isinstance(entry, RawPunch) and entry.local_time >= begins:
            return place
    return len(log)


def bodies(log: Log, read: Read, start: int = 0) -> Iterator[Body]:
    """Yield the records of a log from a place on, as they are handed in."""
    normaliser = Normaliser(read)
    context = max(0, start - TAIL)
    normaliser.context(islice(log.entries(context), start - context))
    for row in normaliser.rows(log.entries(start), start):
        yield row.body
