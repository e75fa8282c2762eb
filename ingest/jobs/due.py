"""When a job is due, given when it ran last. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from ingest.store.job_runs import JobRun

_ASTRAY = timedelta(days=1)


class Trigger(Protocol):
    """What APScheduler asks for the times of a job."""

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None: ...


class Known(NamedTuple):
    """One job, for who looks after the centre."""

    job: str
    state: str
    """`good`, `failed`, `never ran`, or `begun`: at work, or cut off in its middle."""
    started_at: datetime | None
    ended_at: datetime | None
    good_at: datetime | None
    due_at: datetime
    host: str
    fault: str

    @classmethod
    def of(cls, job: str, last: JobRun | None, due: datetime) -> "Known":
        if last is None:
            return cls(job, "never ran", None, None, None, due, "", "")
        state = "begun" if last.ended_at is None else "failed" if last.fault else "good"
        return cls(
            job, state, last.started_at, last.ended_at, last.good_at, due, last.host, last.fault
        )


def first_due(trigger: Trigger, last: JobRun | None, now: datetime) -> datetime:
    """Return when a job is due first: at once where it missed a time, failed, never ran, or was
    cut off.

    However many times it missed, it runs once. Where our clock went back since it ran, the time
    after its last round counts, so that no night runs twice; a round that lies more than a day
    ahead ran by a clock that was astray, and says nothing. `now` is in the zone of the offices.
    """
    if last is None or last.ended_at is None or last.fault or last.ended_at > now + _ASTRAY:
        return now
    ended = last.ended_at.astimezone(now.tzinfo)
    due = trigger.get_next_fire_time(ended, ended)
    return now if due is None else max(due, now)
