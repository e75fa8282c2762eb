"""Jobs: what the centre does by itself, when it did it last, and when it is due."""

import click

from ingest.cli.context import Centre, pass_centre
from ingest.cli.show import as_json, show

_COLUMNS = ("job", "state", "started_at", "ended_at", "good_at", "due_at", "host", "fault")


@click.group()
def jobs() -> None:
    """What the centre does by itself, and when."""


@jobs.command("list")
@as_json
@pass_centre
def list_jobs(centre: Centre, as_json: bool) -> None:
    """List every job with its last round and the time it is due next.

    `begun` is a round that has not ended: it is at work at this moment, or the process died in it,
    and the next one to judge runs it again.

    \b
    Example:
        hadir-ingest jobs list
    """
    from ingest.jobs import known, times_of
    from ingest.jobs.work import make_work

    work = make_work(centre.config, centre.engine, centre.now)
    with centre.reading() as connection:
        rows = [one._asdict() for one in known(connection, work, times_of(centre.config))]
    show(rows, _COLUMNS, as_json=as_json)
