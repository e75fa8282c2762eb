"""What this process counts: requests, rows, refusals and the rounds of jobs.

Counters belong to a process and are summed: over the workers of a host by files they share
(`ingest.metrics_door`), over hosts by Prometheus. What the store knows is not counted here but read
from it (`ingest.metrics_store`). No label holds a NIP, a user id, a name or a free text of others;
none is called `job`, which is Prometheus' own.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

ELSEWHERE = "elsewhere"
"""The path of a request that no route takes: a stranger must not make labels."""
REQUEST_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Counts:
    """The counters of one process. Any thread may call."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """`clock` is true time in epoch seconds."""
        self.registry = CollectorRegistry()
        self._clock = clock
        self._count_requests()
        self._count_jobs()

    def request(self, path: str, status: int, took_s: float) -> None:
        """Count an answered request; a status of 499 means that whoever asked has hung up."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(took_s)

    def refused(self, reason: str) -> None:
        """Count a refusal by the kind of its fault."""
        self._refusals.labels(reason).inc()

    def batch(self, *, new: int, known: int, parked: int) -> None:
        """Count a batch that got its receipt, and its rows."""
        self._batches.inc()
        for result, rows in (("new", new), ("known", known), ("refused", parked)):
            self._rows.labels(result).inc(rows)

    def decisions(self, *, faults: int) -> None:
        """Tell how many faults the last look at decisions and the audit log found."""
        self._decision_faults.set(faults)

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """Count a round of a job and how long it took; it failed if the block raises."""
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self._job_done(name, "failed", self._job_failure, time.monotonic() - began)
            raise
        self._job_done(name, "ok", self._job_success, time.monotonic() - began)

    def _job_done(self, name: str, result: str, at: Gauge, took_s: float) -> None:
        self._job_runs.labels(name, result).inc()
        self._job_seconds.labels(name).observe(took_s)
        at.labels(name).set(self._clock())

    def _count_requests(self) -> None:
        ours = self.registry
        self._requests = Counter(
            "hadir_centre_requests",
            "Requests answered, by path and status; 499 is a connection that ended first.",
            ("path", "status"),
            registry=ours,
        )
        self._seconds = Histogram(
            "hadir_centre_request_seconds",
            "How long a request took, from its headers to its answer.",
            ("path",),
            buckets=REQUEST_S,
            registry=ours,
        )
        self._refusals = Counter(
            "hadir_centre_refusals",
            "Requests refused, by the kind of fault.",
            ("reason",),
            registry=ours,
        )
        self._batches = Counter(
            "hadir_centre_batches", "Batches that got their receipt.", registry=ours
        )
        self._rows = Counter(
            "hadir_centre_rows",
            "Rows of those batches: new, known before, or refused for good.",
            ("result",),
            registry=ours,
        )

    def _count_jobs(self) -> None:
        ours = self.registry
        self._decision_faults = Gauge(
            "hadir_centre_decision_faults",
            "Faults in the audit log and in what people decided, as found by the last look.",
            registry=ours,
            multiprocess_mode="mostrecent",
        )
        self._job_runs = Counter(
            "hadir_centre_job_runs", "Rounds of each job.", ("task", "result"), registry=ours
        )
        self._job_seconds = Summary(
            "hadir_centre_job_seconds", "How long rounds took.", ("task",), registry=ours
        )
        self._job_success, self._job_failure = (
            Gauge(
                f"hadir_centre_job_last_{which}_timestamp_seconds",
                f"When a round of this job last {ended}.",
                ("task",),
                registry=ours,
                multiprocess_mode="mostrecent",  # of all workers: any of them may run the jobs
            )
            for which, ended in (("success", "went well"), ("failure", "failed"))
        )


@cache
def counts() -> Counts:
    """Return this process's counters, made when first asked for."""
    return Counts()
