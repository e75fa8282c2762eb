"""Looks whether this process is well, and says so to whoever waits for a sign of life."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import Engine, select

from ingest.errors import IngestError
from ingest.store import database

log = logging.getLogger(__name__)

LOOK_EVERY_S = 20.0
STALLED_S = 60.0
"""How long the schedule or the HTTP loop may show no life."""

Notify = Callable[[str], object]
"""Takes lines as systemd does: READY=1, WATCHDOG=1, STATUS=..., STOPPING=1."""


class Lively(Protocol):
    """Something that can tell for how long it has shown no life."""

    def silent_s(self) -> float: ...


class Health:
    """Looks at the database and at every organ, and gives a sign of life only if all are well."""

    def __init__(
        self, engine: Engine, organs: Sequence[tuple[str, Lively]], notify: Notify
    ) -> None:
        """`organs` come with what is said when one shows no life."""
        self._engine = engine
        self._organs = organs
        self._notify = notify
        self._every_s = look_every_s(os.environ.get("WATCHDOG_USEC"))
        self._unwell: list[str] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            stop.wait(self.step())

    def step(self) -> float:
        """Look once; return the seconds until the next look."""
        faults = self.faults()
        if faults:
            self._notify("STATUS=unwell: " + "; ".join(faults))
        else:
            self._notify("WATCHDOG=1\nSTATUS=serving")
        if faults and not self._unwell:
            log.error("unwell: %s", "; ".join(faults))
        elif self._unwell and not faults:
            log.info("well again")
        self._unwell = faults
        return self._every_s

    def faults(self) -> list[str]:
        """Return what is wrong, a sentence each."""
        found = []
        try:
            with database.reading(self._engine) as connection:
                connection.scalar(select(1))
        except IngestError as error:
            found.append(str(error))
        found += [text for text, organ in self._organs if organ.silent_s() > STALLED_S]
        return found


def look_every_s(watchdog_usec: str | None) -> float:
    """Return how often to look: thrice in the time systemd waits, where it waits at all."""
    if watchdog_usec is None or not watchdog_usec.isdigit():
        return LOOK_EVERY_S
    return min(LOOK_EVERY_S, int(watchdog_usec) / 3_000_000)
