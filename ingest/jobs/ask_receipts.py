"""Asks gateways that do not call us what became of messages."""

import logging

from ingest.jobs.work import Work
from ingest.notify.outlets import opened
from ingest.notify.reconcile import ask

log = logging.getLogger(__name__)


def ask_receipts(work: Work) -> None:
    """Do one round."""
    if not work.channels:
        return
    with opened(work.channels) as outlets:
        told = ask(work.engine, outlets, work.clock())
    if told:
        log.info("gateways told what became of %d messages", told)
