"""What the loops have done since the start, counted: for whoever watches from outside."""

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reads:
    """The reads of one terminal."""

    good: int = 0
    failed: int = 0
    took_s: float = 0.0
    """What the good ones took together."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to the centre."""

    accepted: int = 0
    refused: int = 0
    """Rows that were parked."""
    failures: int = 0
    """Requests that came to nothing."""


class Tally:
    """Counts of all loops. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reads: dict[str, Reads] = {}
        self._sent = Sent()

    def read(self, terminal: str, took_s: float) -> None:
        """Count a log that was read."""
        with self._lock:
            was = self._reads.get(terminal, Reads())
            self._reads[terminal] = replace(was, good=was.good + 1, took_s=was.took_s + took_s)

    def read_failed(self, terminal: str) -> None:
        """Count a read that came to nothing."""
        with self._lock:
            was = self._reads.get(terminal, Reads())
            self._reads[terminal] = replace(was, failed=was.failed + 1)

    def sent(self, *, accepted: int, refused: int) -> None:
        """Count the rows that a receipt settled."""
        with self._lock:
            was = self._sent
            self._sent = replace(
                was, accepted=was.accepted + accepted, refused=was.refused + refused
            )

    def sending_failed(self) -> None:
        """Count a request that came to nothing."""
        with self._lock:
            self._sent = replace(self._sent, failures=self._sent.failures + 1)

    def so_far(self) -> tuple[dict[str, Reads], Sent]:
        """Return the reads by terminal, and what went to the centre."""
        with self._lock:
            return dict(self._reads), self._sent
