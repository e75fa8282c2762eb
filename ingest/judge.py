"""Runs the schedule while this process is the one that judges, and stands by while another is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from ingest.store.leader import LOOK_EVERY_S

log = logging.getLogger(__name__)


class Lock(Protocol):
    """What one process among all can hold."""

    def holds(self) -> bool: ...


class Schedule(Protocol):
    """What the holder runs."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def silent_s(self) -> float: ...


class Judge:
    """One process that wants to judge."""

    def __init__(
        self,
        lock: Lock,
        make_schedule: Callable[[], Schedule],
        *,
        lost: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`lost` ends whatever judges here, at once: a round in hand may run for minutes."""
        self._lock = lock
        self._make_schedule = make_schedule
        self._lost = lost
        self._monotonic = monotonic
        self._schedule: Schedule | None = None
        self._stands_by = False
        self._turned_at = monotonic()

    def run(self, stop: threading.Event) -> None:
        """Judge or stand by until stopped; the round in hand is finished."""
        while not stop.is_set():
            stop.wait(self.step())
        if self._schedule is not None:
            self._schedule.stop()

    def step(self) -> float:
        """Look once who judges; return the seconds until the next look."""
        self._turned_at = self._monotonic()
        if self._lock.holds():
            self._begin()
        elif self._schedule is not None:
            log.error("this process may not judge any more; it ends and asks again")
            self._lost()
        elif not self._stands_by:
            log.info("another process judges; this one stands by")
            self._stands_by = True
        return LOOK_EVERY_S

    def silent_s(self) -> float:
        """Return for how long neither the looking nor the schedule has shown life."""
        silent = self._monotonic() - self._turned_at
        return silent if self._schedule is None else max(silent, self._schedule.silent_s())

    def _begin(self) -> None:
        if self._schedule is None:
            log.info("this process judges from now on")
            self._schedule = self._make_schedule()
            self._schedule.start()
