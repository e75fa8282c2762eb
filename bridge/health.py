"""Which of our loops is alive: what the watchdog is fed with, and what `STATUS=` says.

Before each thing it does, a loop says how long it may be silent. One that is silent for longer
hangs; then the watchdog gets no food and systemd starts us anew.
"""

import threading
import time
from collections.abc import Callable

from bridge.tally import Tally


class Health:
    """Beats of all loops. Any thread may call."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self.tally = Tally()
        """What the loops have done, for whoever watches from outside."""

    def beat(self, loop: str, within_s: float) -> None:
        """Say that a loop lives, and beats again within so many seconds."""
        with self._lock:
            self._until[loop] = self._monotonic() + within_s

    def ended(self, loop: str) -> None:
        """Say that a loop ended as it was asked to."""
        with self._lock:
            self._until.pop(loop, None)
            self._faults.pop(loop, None)

    def fault(self, loop: str, text: str) -> None:
        """Say what a loop cannot do at the moment; an empty text when it can again."""
        with self._lock:
            if text:
                self._faults[loop] = text
            else:
                self._faults.pop(loop, None)

    def late(self) -> list[str]:
        """Return the loops that hang."""
        now = self._monotonic()
        with self._lock:
            return sorted(loop for loop, until in self._until.items() if until < now)

    def watchdog_ok(self) -> bool:
        """Tell whether every loop beats in time."""
        return not self.late()

    def line(self, waiting: int) -> str:
        """Return how we are and how far behind, in one line."""
        with self._lock:
            faults = dict(self._faults)
        parts = [f"{waiting} waiting for the centre"]
        parts += [f"{loop} hangs" for loop in self.late()]
        parts += [f"{loop}: {text}" for loop, text in sorted(faults.items())]
        return "; ".join(parts)
