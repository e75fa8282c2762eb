"""When each job ran last, and how it ended."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store.tables_cases import job_runs

MAX_FAULT = 500


class JobRun(NamedTuple):
    """The last round of a job."""

    job: str
    started_at: datetime
    ended_at: datetime | None
    """None: it is at work, or was cut off."""
    good_at: datetime | None
    """When a round last went well."""
    fault: str
    host: str


def find(connection: Connection) -> dict[str, JobRun]:
    """Return the last round of each job that ever ran, by its name."""
    return {row.job: JobRun(*row) for row in connection.execute(select(job_runs))}


def begin(connection: Connection, job: str, *, host: str, now: datetime) -> None:
    """Note that a round begins."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"started_at": now, "ended_at": None, "host": host[:200]}
    statement = dialect.insert(job_runs).values(job=job, good_at=None, fault="", **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["job"], set_=row))


def end(connection: Connection, job: str, *, fault: str, now: datetime) -> None:
    """Note how a round ended; `fault` is empty where it went well."""
    values = {"ended_at": now, "fault": fault[:MAX_FAULT]} | ({} if fault else {"good_at": now})
    connection.execute(update(job_runs).where(job_runs.c.job == job).values(**values))
