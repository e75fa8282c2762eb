"""Forgets what is no evidence and has served: nonces, codes, texts that were sent, old papers."""

import logging

from ingest.jobs.work import Work
from ingest.roles import Role
from ingest.store import audit
from ingest.store.database import writing
from ingest.store.forgetting import forget_all

MACHINE = audit.Actor("hadir", "", Role.SERVICE)
log = logging.getLogger(__name__)

EVERY_S = 900.0


def forget(work: Work) -> None:
    """Do one round, in one short transaction."""
    with writing(work.engine) as connection:
        gone = forget_all(connection, work.retention, now=work.clock())
        del gone["nonces"]  # every round has some, and nobody needs to know
        told = {name: count for name, count in gone.items() if count}
        if told:
            details = {"erased": told}
            audit.note(connection, MACHINE, "retention.run", details=details, now=work.clock())
    if told:
        what = ", ".join(f"{count} {name}" for name, count in told.items())
        log.info("forgot what has served: %s", what)
