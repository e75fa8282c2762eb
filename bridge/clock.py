"""How far the clock of a terminal is off; when it is set, and what is said of it.

A clock that jumps makes times that occur twice, or never. So it is set only where its section says
`clock = "set"`, by a clock of ours that the centre's confirms, not for some seconds, and not again
and again. What was done is an event, which goes to the centre. The offset that was measured before
stays with the punches it belongs to.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bridge.ledger import CentreState, Event, Mark
from bridge.normalise import instant
from bridge.outbox import Outbox
from drivers.base import Capability, Terminal
from drivers.errors import DriverError, NotSupported
from ingest.wire import MAX_MOMENT

log = logging.getLogger(__name__)

LEAST_S = 30  # a clock that is less off than this is left alone
TRUST_S = 10  # how far our own clock may be from the centre's to set others by it
FRESH_S = 86_400  # how long the centre's word on our clock counts
AGAIN_S = 3_600  # how soon the clock of one terminal may be set again


def measure(terminal: Terminal, zone: tzinfo, clock: Callable[[], float]) -> int | None:
    """Return a terminal's clock minus true time, taken at the middle of the exchange.

    None where it has no clock. `clock` is true time in epoch seconds.
    """
    if Capability.CLOCK not in terminal.info().can:
        return None
    before = clock()
    try:
        shown = terminal.clock()
    except NotSupported:
        return None
    return offset_of(shown, (before + clock()) / 2, zone)


def offset_of(shown: datetime, true_at: float, zone: tzinfo) -> int:
    """Return how far a wall clock is from true time; of a repeated hour, the nearer one."""
    naive = shown.replace(microsecond=0, fold=0)
    first = instant(naive, zone, None, MAX_MOMENT)
    second = instant(naive, zone, MAX_MOMENT, MAX_MOMENT)
    offset = min((first - true_at, second - true_at), key=abs)
    return max(-MAX_MOMENT, min(MAX_MOMENT, round(offset)))


def mistrust(centre: CentreState, now: int) -> str:
    """Return why our own clock is not good enough to set others by; empty where it is."""
    if centre.skew_s is None or centre.ok_at is None:
        return "the centre has not confirmed our own clock yet"
    if not 0 <= now - centre.ok_at <= FRESH_S:
        return "the centre has not confirmed our own clock for a day"
    if abs(centre.skew_s) > TRUST_S:
        return f"our own clock is {centre.skew_s:+d} s off the centre's; set that one first"
    return ""


@dataclass(slots=True)
class _Last:
    set_at: int | None = None
    refusal: str = ""


class ClockKeeper:
    """Sets the clock of one terminal whose section says so."""

    def __init__(
        self,
        name: str,
        outbox: Outbox,
        zone: tzinfo,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` is true time in epoch seconds."""
        self._name = name
        self._outbox = outbox
        self._zone = zone
        self._clock = clock
        self._last = _Last()

    def keep(self, terminal: Terminal, offset_s: int | None) -> None:
        """Set the clock if it is off, after a read: what was read keeps the offset it had.

        A terminal that does not take the time is no fault of the read: it is told as an event.
        """
        if offset_s is None or abs(offset_s) < LEAST_S:
            self._last.refusal = ""
            return
        now = int(self._clock())
        if self._last.set_at is not None and 0 <= now - self._last.set_at < AGAIN_S:
            return
        refusal = self._refusal(terminal, now)
        if not refusal:
            self._last.set_at = now
            try:
                self._set(terminal, offset_s)
            except DriverError as error:
                refusal = str(error)
        if refusal and refusal != self._last.refusal:
            self._tell("clock-not-set", f"the clock is {offset_s:+d} s off and not set: {refusal}")
        self._last.refusal = refusal

    def _refusal(self, terminal: Terminal, now: int) -> str:
        if Capability.SET_CLOCK not in terminal.info().can:
            return "this driver cannot set it, do so at its menu"
        return mistrust(self._outbox.ledger.centre(), now)

    def _set(self, terminal: Terminal, offset_s: int) -> None:
        shown = datetime.fromtimestamp(round(self._clock()), self._zone).replace(tzinfo=None)
        terminal.set_clock(shown)
        left_s = measure(terminal, self._zone, self._clock)
        if left_s is not None and abs(left_s) < LEAST_S:
            self._tell("clock-set", f"the clock was {offset_s:+d} s off and was set")
        else:
            told = "" if left_s is None else f" and is still {left_s:+d} s off"
            self._tell("clock-not-set", f"the clock was {offset_s:+d} s off, was set{told}")

    def _tell(self, kind: str, detail: str) -> None:
        log.warning("%s: %s: %s", self._name, kind, detail)
        event = Event(kind, detail, int(self._clock()))
        self._outbox.add([], mark=Mark(self._name, events=(event,)))
