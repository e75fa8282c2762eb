"""SCHEDULE: every job by name, when it runs, what it does. The only room with APScheduler.

APScheduler keeps time while we live; when each job ran last is ours to keep (`store.job_runs`). Its
own store would hold pickles, and whoever can write into a database would then run code here.
"""

import datetime
import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection

from ingest.config import IngestConfig
from ingest.errors import IngestError
from ingest.jobs.ask_receipts import ask_receipts
from ingest.jobs.centre_days import centre_day
from ingest.jobs.checkpoints import checkpoints
from ingest.jobs.close_day import close_day
from ingest.jobs.due import Known, first_due
from ingest.jobs.evaluate_marked import evaluate_marked
from ingest.jobs.make_partitions import make_partitions
from ingest.jobs.remind_offices import remind_offices
from ingest.jobs.retention import EVERY_S as FORGET_EVERY_S
from ingest.jobs.retention import forget
from ingest.jobs.roots import roots
from ingest.jobs.run_cases import CaseRounds
from ingest.jobs.send_notices import NoticeRounds
from ingest.jobs.verify_decisions import DecisionWatch
from ingest.jobs.watch_bridges import BridgeWatch
from ingest.jobs.work import Work
from ingest.metrics import counts
from ingest.store import job_runs
from ingest.store.database import reading, writing

log = logging.getLogger(__name__)

PULSE_S = 5.0
_ONE_AT_A_TIME = "judging"
_TELLING = "telling"
_WATCH_S = 60.0

Monotonic = Callable[[], float]


class Times(NamedTuple):
    """When the schedule's jobs run, from the configuration."""

    close_day_at: datetime.time
    evaluate_s: int


def times_of(config: IngestConfig) -> Times:
    """Return when the jobs of a centre run."""
    return Times(config.close_day_at, config.evaluate_s)


class Job(NamedTuple):
    name: str
    run: Callable[[Work], Callable[[], object]]
    """Given what there is to work with, returns what does one round."""
    trigger: Callable[[Times, Work], Any]
    executor: str = "default"
    at_start: bool = True
    """Whether a round is due whenever a process begins to judge, whatever ran before."""


def _nightly(times: Times, work: Work) -> Any:
    at = times.close_day_at
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=work.settings.zone)


def _often(times: Times, work: Work) -> Any:
    return IntervalTrigger(seconds=times.evaluate_s, timezone=work.settings.zone)


def _each_minute(_times: Times, work: Work) -> Any:
    return IntervalTrigger(seconds=_WATCH_S, timezone=work.settings.zone)


def _each_hour(_times: Times, work: Work) -> Any:
    """Ten past: a day gets its root when it has been over for so long."""
    return CronTrigger(minute=10, second=30, timezone=work.settings.zone)


def _each_quarter(_times: Times, work: Work) -> Any:
    return IntervalTrigger(seconds=FORGET_EVERY_S, timezone=work.settings.zone)


SCHEDULE: tuple[Job, ...] = (
    Job(
        "close-day",
        lambda work: lambda: close_day(work),
        _nightly,
        _ONE_AT_A_TIME,
        at_start=False,
    ),
    Job("evaluate-marked", lambda work: lambda: evaluate_marked(work), _often, _ONE_AT_A_TIME),
    Job("run-cases", lambda work: CaseRounds(work).step, _often, _ONE_AT_A_TIME),
    Job("send-notices", lambda work: NoticeRounds(work).step, _each_minute, _TELLING),
    Job("ask-receipts", lambda work: lambda: ask_receipts(work), _each_quarter, _TELLING),
    Job(
        "remind-offices",
        lambda work: lambda: remind_offices(work),
        _each_hour,
        _TELLING,
        at_start=False,
    ),
    Job("centre-days", lambda work: lambda: centre_day(work), _each_minute),
    Job("watch-bridges", lambda work: BridgeWatch(work).step, _each_minute),
    Job("make-partitions", lambda work: lambda: make_partitions(work), _each_quarter),
    Job("roots", lambda work: lambda: roots(work), _each_hour, at_start=False),
    Job("verify-decisions", lambda work: DecisionWatch(work).step, _nightly),
    Job("checkpoints", lambda work: lambda: checkpoints(work), _each_hour, at_start=False),
    Job("retention", lambda work: lambda: forget(work), _each_quarter),
)


def known(
    connection: Connection, work: Work, times: Times, *, jobs: Sequence[Job] = SCHEDULE
) -> list[Known]:
    """Return every job with its last round and when it is due next, in the order of SCHEDULE."""
    ran, now = job_runs.find(connection), work.clock().astimezone(work.settings.zone)

    def of(job: Job) -> Known:
        last = ran.get(job.name)
        return Known.of(job.name, last, first_due(job.trigger(times, work), last, now))

    return [of(one) for one in jobs]


class Schedule:
    """Runs every job at its time, in threads of its own."""

    def __init__(
        self,
        work: Work,
        times: Times,
        *,
        jobs: Sequence[Job] = SCHEDULE,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        """Raises StoreError where nobody can say what ran before."""
        self._monotonic = monotonic
        self._pulse_at = monotonic()
        self._scheduler = BackgroundScheduler(
            timezone=work.settings.zone,
            executors={
                "default": ThreadPoolExecutor(2),
                # two rounds of judging would only wait for each other's days
                _ONE_AT_A_TIME: ThreadPoolExecutor(1),
                # a gateway that does not answer keeps nobody else waiting
                _TELLING: ThreadPoolExecutor(1),
            },
            # a job that could not run in time runs late, once: a night is never left out
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        with reading(work.engine) as connection:
            ran = job_runs.find(connection)
        now = work.clock().astimezone(work.settings.zone)
        # APScheduler lives by the real clock: another would look to it like months of missed rounds
        real = datetime.datetime.now(work.settings.zone)
        for job in jobs:
            trigger = job.trigger(times, work)
            due = now if job.at_start else first_due(trigger, ran.get(job.name), now)
            self._scheduler.add_job(
                Round(job.name, job.run(work), work),
                trigger,
                id=job.name,
                executor=job.executor,
                next_run_time=real + (due - now),
            )
        self._scheduler.add_job(self._beat, IntervalTrigger(seconds=PULSE_S), id="pulse")

    def start(self) -> None:
        self._beat()
        self._scheduler.start()

    def stop(self) -> None:
        """End when the jobs at work are through; safe to call without start."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def silent_s(self) -> float:
        """Return for how long no job was started, not even the one that only says so."""
        return self._monotonic() - self._pulse_at

    def _beat(self) -> None:
        self._pulse_at = self._monotonic()


class Round:
    """One job's round, from which nothing escapes: the next round is due whatever happens."""

    def __init__(self, name: str, run: Callable[[], object], work: Work) -> None:
        self._name = name
        self._run = run
        self._work = work
        self._host = f"{socket.gethostname()}, process {os.getpid()}"
        self._failing = False

    def __call__(self) -> None:
        fault = ""
        try:
            self._begin()
            with counts().job(self._name):
                self._run()
        except IngestError as error:
            fault = str(error)
            self._tell("job %s: %s; it is tried again", error)
        except Exception as error:  # noqa: BLE001 - the top of a loop, which has to live
            fault = repr(error)
            self._tell("job %s failed and is tried again: %r", error, trace=True)
        else:
            if self._failing:
                log.info("job %s works again", self._name)
            self._failing = False
        self._end(fault)

    def _begin(self) -> None:
        with writing(self._work.engine) as connection:
            job_runs.begin(connection, self._name, host=self._host, now=self._work.clock())

    def _end(self, fault: str) -> None:
        try:
            with writing(self._work.engine) as connection:
                job_runs.end(connection, self._name, fault=fault, now=self._work.clock())
        except IngestError as error:
            # it will look as if it had been cut off, and run once more: no job minds that
            log.warning("that job %s ended cannot be noted: %s", self._name, error)

    def _tell(self, text: str, error: Exception, *, trace: bool = False) -> None:
        """Log the beginning of a fault, not each round of it."""
        if not self._failing:
            log.error(text, self._name, error, exc_info=error if trace else None)
        self._failing = True
