"""Makes the root of every office-day that is over."""

import logging

from ingest.jobs.work import Work
from ingest.store.ledger_roots import make_roots

log = logging.getLogger(__name__)


def roots(work: Work) -> None:
    """Do one round; days that were missed while the centre was off are in it."""
    made = make_roots(work.engine, zone=work.settings.zone, now=work.clock())
    if made:
        log.info("%d office-days have their root", made)
