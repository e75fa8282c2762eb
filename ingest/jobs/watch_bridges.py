"""Tells of a bridge that says nothing any more: once when it falls silent, once when it is back."""

import logging
from datetime import datetime, timedelta

from ingest.jobs.work import Work
from ingest.store.bridges import Bridge, find_bridges
from ingest.store.database import reading

log = logging.getLogger(__name__)


class BridgeWatch:
    """Remembers which bridges are silent."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._silent: set[int] = set()

    def step(self) -> None:
        """Look at every bridge once."""
        with reading(self._work.engine) as connection:
            found = [one for one in find_bridges(connection) if one.revoked_at is None]
        now, after = self._work.clock(), self._work.silent_after
        silent = {one.id for one in found if is_silent(one, now=now, after=after)}
        for one in found:
            if one.id in silent - self._silent:
                log.warning(
                    "bridge %d (%s) of office %s is silent since %s; look whether its host is on",
                    one.id,
                    one.name,
                    one.office,
                    f"{one.last_seen_at or one.created_at:%Y-%m-%d %H:%M} UTC",
                )
            elif one.id in self._silent - silent:
                log.info("bridge %d (%s) of office %s is back", one.id, one.name, one.office)
        self._silent = silent


def is_silent(bridge: Bridge, *, now: datetime, after: timedelta) -> bool:
    """Say whether a bridge has been silent for too long; a new one has that long to begin."""
    return bridge.revoked_at is None and now - (bridge.last_seen_at or bridge.created_at) > after
