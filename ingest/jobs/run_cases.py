"""Keeps cases: opens, restates and withdraws them, and prepares what a lapsed clock brings.

Cases whose days were judged again are asked at each round, so that late proof takes back at once;
everybody each hour, and at the start: what fell into a time of standing still is caught up.
It runs after judging, in the same thread.
"""

import logging
from datetime import datetime, timedelta

from ingest import regulations
from ingest.casework import Keeping, run_round
from ingest.jobs.work import Work

log = logging.getLogger(__name__)

EVERYBODY = timedelta(hours=1)
_OVERLAP = timedelta(minutes=5)
"""Judging writes the moment at which it began: what it commits later is still found."""


class CaseRounds:
    """Remembers when everybody was asked, and up to when changed days were looked at."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._everybody_at: datetime | None = None
        self._touched_at: datetime | None = None

    def step(self) -> None:
        """Do one round. Names nobody in the log."""
        work, now = self._work, self._work.clock()
        whole = self._everybody_at is None or now - self._everybody_at >= EVERYBODY
        since = None if whole or self._touched_at is None else self._touched_at - _OVERLAP
        keeping = Keeping(regulations.load(work.regulations), work.judging(), now)
        found = run_round(work.engine, keeping, since=since)
        self._touched_at = now
        if whole:
            self._everybody_at = now
        if found.wrote:
            told = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
            log.info("cases: %s", told)
        if found.waiting:
            self._touched_at = None if since is None else since
            self._everybody_at = None if whole else self._everybody_at
            log.info("cases: %d people wait until their days are judged again", found.waiting)
