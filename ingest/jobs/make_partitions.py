"""Makes the months of `punches` before they begin, on PostgreSQL.

Punches of a month that has none lie in the default partition, where nothing is lost and everything
takes longer. Where it comes to a month of the past (an old log was handed in), its punches move;
that is said.
"""

import logging

from ingest.jobs.work import Work
from ingest.store import partitions
from ingest.store.database import reading

log = logging.getLogger(__name__)


def make_partitions(work: Work) -> int:
    """Make what is wanted, each month in its own transaction; return how many."""
    today = work.clock().astimezone(work.settings.zone).date()
    with reading(work.engine) as connection:
        if not partitions.has_months(connection):
            return 0
        wanted = partitions.wanted(connection, today)
    for month in wanted:
        moved = partitions.make(work.engine, month)
        told = f"; {moved} punches moved into it" if moved else ""
        log.info("punches of %s have a partition of their own%s", f"{month:%Y-%m}", told)
    return len(wanted)
