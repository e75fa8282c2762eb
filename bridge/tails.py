"""Whether the end of a terminal's log will do, or the whole is due: decided before each read.

The whole log is read

    when nothing of it is proven yet, and when it was not the log we knew
    under a new firmware, whose records may be laid out otherwise
    each night, to compare all that came in by its end
    after anything odd: a fault, a read that proved nothing, an end with records that are no punches
    while the terminal is known not to hand over the end alone

Whether it does is tried, not believed: by its serial number and firmware it is remembered how often
in a row the end could not be used although the whole log went on.
"""

import logging
import zlib
from datetime import datetime, time, timedelta, tzinfo

from bridge.cursor import Kind
from bridge.intake import Taken
from bridge.ledger import Ledger, Trial
from drivers.base import MARGIN, BadRecord, Capability, Known, Log, TerminalInfo

log = logging.getLogger(__name__)

MOST_FAILED = 3
AGAIN_S = 7 * 86_400  # firmware does not change its ways, but may have been busy three times
NIGHT = time(1)
NIGHT_S = 3 * 3_600  # the terminals of an office do not all begin at once


def is_odd(end: Log, known: Known) -> bool:
    """Whether the end of a log holds new records that are no punches, but for a blank slot at last.

    They may be what a firmware makes of a buffer that it was to begin in the middle: the records
    before them are the known ones, and say nothing of that.
    """
    if not end.start:
        return False
    new = list(end.entries(known.count))
    while new and isinstance(new[-1], BadRecord) and new[-1].kind == "blank":
        new.pop()
    return any(isinstance(entry, BadRecord) for entry in new)


class Tails:
    """Decides for one terminal, and learns from how it went."""

    def __init__(self, name: str, ledger: Ledger, zone: tzinfo) -> None:
        self._name = name
        self._ledger = ledger
        self._zone = zone
        self._spread = timedelta(seconds=zlib.crc32(name.encode()) % NIGHT_S)
        self._odd = False
        self._tried: TerminalInfo | None = None

    def known(self, info: TerminalInfo, now: int) -> Known | None:
        """Return the place to read on from; None where the whole log is due."""
        known = self._place(info, now)
        self._tried = info if known else None
        return known

    def _place(self, info: TerminalInfo, now: int) -> Known | None:
        if self._odd or Capability.TAIL not in info.can:
            return None
        cursor = self._ledger.cursor(self._name)
        if cursor is None or cursor.serial != info.serial or cursor.proven_at is None:
            return None
        if cursor.count <= MARGIN or not cursor.layout or self._due(cursor.whole_at, now):
            return None
        trial = self._ledger.trial(info.serial, info.firmware)
        if trial is None or (trial.failed >= MOST_FAILED and abs(now - trial.at) < AGAIN_S):
            return None
        return cursor.known()

    def odd(self, now: int) -> None:
        """Say that a read failed: the next one is of the whole log.

        Some firmware may fall silent, or hang up, where it is asked for the end alone.
        """
        self._odd = True
        if self._tried:
            self._in_vain(self._tried, now)

    def learn(
        self, info: TerminalInfo, asked: Known | None, found: Log, taken: Taken, now: int
    ) -> None:
        """Take in how a read went; `asked` is what `known` had returned for it."""
        self._odd = taken.statement is None
        if self._odd or Capability.TAIL not in info.can:
            return
        before = self._ledger.trial(info.serial, info.firmware)
        if before is None or asked is None:
            if before is None:  # read whole under this firmware: the end may be tried from now on
                self._ledger.note_trial(info.serial, info.firmware, Trial(0, now))
            return
        if found.start:
            if before.failed:
                self._ledger.note_trial(info.serial, info.firmware, Trial(0, now))
            return
        if taken.kind is not Kind.CONTINUES:
            return  # it is not the log we knew, and its end was rightly not used
        self._in_vain(info, now)

    def _in_vain(self, info: TerminalInfo, now: int) -> None:
        before = self._ledger.trial(info.serial, info.firmware)
        failures = before.failed if before else 0
        failed = min(failures + 1, MOST_FAILED)
        self._ledger.note_trial(info.serial, info.firmware, Trial(failed, now))
        if failed == MOST_FAILED > failures:
            log.info("%s: does not hand over the end of its log alone; read whole", self._name)

    def _due(self, whole_at: int | None, now: int) -> bool:
        """Whether a night began since the last whole read, or our clock was set back."""
        return whole_at is None or not self._last_night(now) <= whole_at <= now

    def _last_night(self, now: int) -> float:
        """Return when the latest night began for this terminal."""
        local = datetime.fromtimestamp(now, self._zone)
        begun = datetime.combine(local.date(), NIGHT, self._zone) + self._spread
        if begun > local:
            begun -= timedelta(days=1)
        return begun.timestamp()
