"""Judges again the days that late punches, coverage or corrections have touched."""

import logging

from ingest.days import evaluate_dirty
from ingest.jobs.work import Work

log = logging.getLogger(__name__)


def evaluate_marked(work: Work) -> None:
    judged = evaluate_dirty(work.engine, now=work.clock(), settings=work.judging())
    if judged:
        log.info("%d office-days judged again", judged)
