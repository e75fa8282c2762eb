"""Forgets what is no evidence and has served: used nonces, codes and tokens that ran out."""

import logging

from ingest.jobs.work import Work
from ingest.store.database import writing
from ingest.store.forgetting import forget_all

log = logging.getLogger(__name__)

EVERY_S = 900.0


def forget(work: Work) -> None:
    """Do one round, in one short transaction."""
    with writing(work.engine) as connection:
        gone = forget_all(connection, work.retention, now=work.clock())
    del gone["nonces"]  # every round has some, and nobody needs to know
    told = ", ".join(f"{count} {name}" for name, count in gone.items() if count)
    if told:
        log.info("forgot what has served: %s", told)
