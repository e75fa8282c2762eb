"""Judges yesterday for everyone, and earlier days that could not be judged before."""

import logging

from ingest.days import close_days
from ingest.jobs.work import Work

log = logging.getLogger(__name__)


def close_day(work: Work) -> None:
    """Do one night's round; whatever an earlier night missed is in it."""
    judged = close_days(
        work.engine, now=work.clock(), settings=work.judging(), lookback_days=work.lookback_days
    )
    log.info("closed the day: %d office-days judged", judged)
