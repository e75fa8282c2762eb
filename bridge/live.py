"""Touches told as they happen: into the outbox at once, and proof of nothing.

A touch told is a punch of source `live`, with the id its record in the log will have: when the log
is read, it is the same row. It moves neither cursor nor coverage. What was not told stays in the
log; what cannot be taken at its word (`Live.unclear`) is a reason to read the log now.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

from bridge.ledger import Ledger
from bridge.normalise import Normaliser, Read, fit_name
from bridge.outbox import Outbox
from drivers.base import RawPunch
from ingest.wire import Punch

log = logging.getLogger(__name__)


class Live:
    """What one terminal tells while one session lasts."""

    def __init__(
        self,
        serial: str,
        *,
        name: str,
        outbox: Outbox,
        zone: tzinfo,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._serial = serial
        self._outbox = outbox
        self._zone = zone
        self._clock = clock
        self._after: int | None = None
        self.clock_offset_s: int | None = None
        """As it was measured last."""
        self.unclear = False
        """Something was told that only the log can tell for certain."""
        self.log_was_taken()

    def log_was_taken(self) -> None:
        """Say that the log is in the outbox: what is told from now on came after that read."""
        self._after = proven_at(self._outbox.ledger, self._name, self._serial)

    def told(self, touch: RawPunch | None) -> None:
        """Keep a touch. Raises OutboxError where it cannot be kept; the log still holds it."""
        body = None if touch is None else self._punch(touch)
        if body is None:
            self.unclear = True
        elif self._outbox.add([body]):
            log.debug("%s: told of a touch", self._name)

    def _punch(self, touch: RawPunch) -> Punch | None:
        """Return the punch; None where the log would perhaps tell of another."""
        if not fit_name(self._serial) or _is_ambiguous(touch.local_time, self._zone):
            return None
        read = Read(
            terminal=self._serial,
            zone=self._zone,
            source="live",
            read_at=int(self._clock()),
            after=self._after,
            clock_offset_s=self.clock_offset_s,
        )
        (row,) = Normaliser(read).rows([touch], 0)
        return row.body if isinstance(row.body, Punch) else None


def proven_at(ledger: Ledger, name: str, serial: str) -> int | None:
    """Return when the last proven read of a terminal's log began."""
    cursor = ledger.cursor(name)
    return cursor.proven_at if cursor and cursor.serial == serial else None


def _is_ambiguous(local_time: datetime, zone: tzinfo) -> bool:
    """Whether a clock face shows this time twice or never: its neighbours in the log decide."""
    zoned = local_time.replace(tzinfo=zone)
    return zoned.utcoffset() != zoned.replace(fold=1).utcoffset()
