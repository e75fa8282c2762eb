"""Verifies, each night, that the audit log and what people decided are as they were signed."""

import logging
from itertools import islice

from ingest.jobs.work import Work
from ingest.metrics import counts
from ingest.store import audit, decisions
from ingest.store.database import reading
from ingest.store.sealed import Head

log = logging.getLogger(__name__)

MOST = 100
"""Faults that are told of a night."""


class DecisionWatch:
    """Remembers the last line of the log it found sound: from then on no end is cut off unseen."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: Head | None = None

    def step(self) -> None:
        """Look at everything once; tell each fault, in the log and as a reading."""
        root = self._work.trust.root(self._work.engine)
        with reading(self._work.engine) as connection:
            found = list(islice(decisions.faults(connection, root, self._known), MOST))
            head = audit.head(connection)
        counts().decisions(faults=len(found))
        for one in found:
            log.error("%s; see docs/backup.md for what to do", one)
        if not found and head.number:
            self._known = head
