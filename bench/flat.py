"""Whether a batch costs more when 50 million punches are stored than when one million is.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/flat.py [--large 50]

The centre is one process over a PostgreSQL of its own, as in `bench/ingest.py`. The history is
made by the server, spread evenly over the 24 months before the present one and over 200 terminals;
the batches that are timed are of the present month, as those of a centre in its third year are.
Then the same with a history that keeps growing. About 15 GB of disk and a quarter of an hour. Ends
with 1 if the bar is missed.
"""

import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
import psycopg
from journey_postgres import postgres
from load import ForeignWork, bodies, centre, register, send

from ingest.store.database import migrate, open_engine

BAR = 0.8
MILLION = 1_000_000
BATCHES, ROWS, ROUNDS = 80, 1_000, 5
TERMINALS, MONTHS = 200, 24
BYTES_EACH = 330  # of a stored punch with its indexes and what was written ahead of it

FILL = """
INSERT INTO punches
SELECT 1000 + n % {terminals}, (100 + n / {terminals} % 300)::text, local, local::date,
    local AT TIME ZONE 'Asia/Makassar', (n % 2)::int, 1, '', 'poll', 0, local AT TIME ZONE 'UTC',
    NULL, local AT TIME ZONE 'UTC', 1, NULL, decode(repeat('ab', 40), 'hex')
FROM (
    SELECT n, timestamp '{start}' + n * interval '{step} seconds' AS local
    FROM generate_series({first}::bigint, {last}::bigint) AS n
) AS made
"""


class History:
    """What is stored before the batches come."""

    def __init__(self, home: str, total: int) -> None:
        self._connection = psycopg.connect(host=home, user="postgres", autocommit=True)
        self._step_s = MONTHS * 30 * 86_400 / total
        self._start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        self._start -= timedelta(days=MONTHS * 30)
        self.stored = 0

    def begin(self) -> None:
        """Put in what every row of it refers to."""
        self._connection.execute(
            "INSERT INTO terminals (id, serial, name, office, registered, first_seen_at)"
            " SELECT 1000 + n, 'OLD-' || n, 'old', 'O0', true, now()"
            f" FROM generate_series(0, {TERMINALS - 1}) n"
        )
        self._connection.execute(
            "INSERT INTO batches (id, bridge_id, outbox, receipt, received_at, sent)"
            " VALUES (1, 1, 'o', 'r', now(), 0)"
        )
        self._connection.execute("SELECT setval('batches_id_seq', 10)")

    def grow(self, rows: int) -> None:
        """Add punches, a million a commit, references looked up no more than they need to be."""
        self._connection.execute("SET session_replication_role = replica")
        for first in range(self.stored, rows, MILLION):
            last = min(first + MILLION, rows) - 1
            given = {"first": first, "last": last, "step": self._step_s}
            start = f"{self._start:%Y-%m-%d}"
            self._connection.execute(FILL.format(terminals=TERMINALS, start=start, **given))
        self.stored = rows
        self._connection.execute("SET session_replication_role = origin")
        self._connection.execute("VACUUM ANALYZE punches")
        self._connection.execute("CHECKPOINT")

    def forget_timed(self) -> None:
        """Take the timed batches away again, so that each round begins alike."""
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("DELETE FROM punches WHERE batch_id > 1")
        for table in ("runs", "chains", "nonces", "dirty_punches", "dirty_offices", "clock_days"):
            self._connection.execute(f"DELETE FROM {table}")
        self._connection.execute("DELETE FROM batches WHERE id > 1")
        self._connection.execute("SET session_replication_role = origin")
        self._connection.execute("VACUUM punches, batches, runs, dirty_punches, nonces")
        self._connection.execute("CHECKPOINT")

    def count(self) -> int:
        row = self._connection.execute("SELECT count(*) FROM punches").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()


def rate(history: History, port: int, given: list, foreign: ForeignWork) -> float:
    """Return the median rate of some rounds, in rows a second."""
    rates = []
    for _ in range(ROUNDS):
        took, new = send(port, given)
        if new != BATCHES * ROWS:
            sys.exit(f"{new} rows were new instead of {BATCHES * ROWS}")
        rates.append(new / took)
        history.forget_timed()
    told = ", ".join(f"{one:,.0f}" for one in rates)
    print(f"{history.stored / MILLION:.0f} million stored: {median(rates):,.0f} punches/s ({told})")
    print(f"  foreign work so far: {foreign.share():.0%} of a core")
    return median(rates)


@click.command()
@click.option("--small", default=1, show_default=True, help="Millions.")
@click.option("--large", default=50, show_default=True, help="Millions.")
def main(small: int, large: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if shutil.disk_usage(folder).free < 2 * large * MILLION * BYTES_EACH:
            sys.exit(f"{folder} has not enough room for {large} million punches")
        settings = {"max_wal_size": "4GB"}  # the history is no part of what is measured
        with postgres(settings, beside=folder) as url, (folder / "centre.log").open("wb") as log:
            ratio = measure(url, small * MILLION, large * MILLION, log)
    print(f"rate at {large} million by that at {small}: {ratio:.2f}")
    sys.exit(f"{ratio:.2f}, at least {BAR} is wanted" if ratio < BAR else 0)


def measure(url, small: int, large: int, log) -> float:
    engine = open_engine(url.render_as_string())
    migrate(engine)
    signers = register(engine)
    engine.dispose()
    present = datetime.now(UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None
    )
    given = bodies(signers, BATCHES, ROWS, first=present)
    home = str(url.query["host"])
    history = History(home, large)
    history.begin()
    postmaster = int((Path(home) / "data" / "postmaster.pid").read_text().split()[0])
    with centre(url.render_as_string(), log) as port:
        foreign = ForeignWork(os.getpid(), postmaster)
        rates = []
        for rows in (small, large):
            began = time.monotonic()
            history.grow(rows)
            print(
                f"history of {rows / MILLION:.0f} million made in {time.monotonic() - began:.0f} s"
            )
            send(port, given)  # warm
            history.forget_timed()
            rates.append(rate(history, port, given, foreign))
        if history.count() != large:
            sys.exit(f"{history.count()} punches are stored instead of {large}")
    history.close()
    return rates[1] / rates[0]


if __name__ == "__main__":
    main()
