"""Whether a batch costs more when 50 million punches are stored than when one million is.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/flat.py [--large 50]

Two databases of one PostgreSQL, as in `bench/ingest.py`, and a centre over each. Their history is
made by the server, spread evenly over the 24 months before the present one and over 200 terminals;
the batches that are timed are of the present month, as those of a centre in its third year are.
They are sent to the two in turns and taken away again. About 20 GB of disk and a quarter of an
hour. Ends with 1 if the bar is missed.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import IO

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
import psycopg
from journey_postgres import postgres
from load import Body, ForeignWork, bodies, centre, register, send
from sqlalchemy import URL

from ingest.store.database import migrate, open_engine

BAR = 0.8
MILLION = 1_000_000
BATCHES, ROWS, ROUNDS = 80, 1_000, 7
TERMINALS, MONTHS = 200, 24
BYTES_EACH = 330  # of a stored punch with its indexes and what was written ahead of it

REFERRED_TO = (
    "INSERT INTO terminals (id, serial, name, office, registered, first_seen_at)"
    " SELECT 1000 + n, 'OLD-' || n, 'old', 'O0', true, now()"
    f" FROM generate_series(0, {TERMINALS - 1}) n",
    "INSERT INTO batches (id, bridge_id, office, outbox, receipt, received_at, sent)"
    " VALUES (1, 1, 'O0', 'o', 'r', now(), 0)",
    "SELECT setval('batches_id_seq', 10)",
)
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


class Store:
    """A database with a history, and the centre over it."""

    def __init__(self, server: URL, name: str, millions: int) -> None:
        self.millions = millions
        with psycopg.connect(_info(server, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self.url = server.set(database=name).render_as_string()
        engine = open_engine(self.url)
        migrate(engine)
        self.signers = register(engine)
        engine.dispose()
        self._connection = psycopg.connect(_info(server, name), autocommit=True)

    def fill(self) -> None:
        """Make the history, a million a commit; what its rows refer to is there."""
        began, rows = time.monotonic(), self.millions * MILLION
        for statement in REFERRED_TO:
            self._connection.execute(statement)
        self._connection.execute("SET session_replication_role = replica")
        step = MONTHS * 30 * 86_400 / rows
        start = _present() - timedelta(days=MONTHS * 30)
        for first in range(0, rows, MILLION):
            last = first + MILLION - 1
            self._connection.execute(
                FILL.format(terminals=TERMINALS, start=start, step=step, first=first, last=last)
            )
        self._connection.execute("SET session_replication_role = origin")
        self._connection.execute("VACUUM ANALYZE punches")
        self.check()
        print(f"history of {rows:,} made in {time.monotonic() - began:.0f} s", flush=True)

    def round(self, port: int, given: Sequence[Body]) -> float:
        """Send the batches; return the rate in rows a second, and take them away again."""
        self._connection.execute("CHECKPOINT")
        took, new = send(port, given)
        if new != BATCHES * ROWS:
            sys.exit(f"{new} rows were new instead of {BATCHES * ROWS}")
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute(f"TRUNCATE punches_{_present():%Y_%m}")
        for table in ("runs", "chains", "nonces", "dirty_punches", "dirty_offices", "clock_days"):
            self._connection.execute(f"TRUNCATE {table} CASCADE")
        self._connection.execute("DELETE FROM batches WHERE id > 1")
        self._connection.execute("SET session_replication_role = origin")
        self._connection.execute("VACUUM batches")
        return new / took

    def check(self) -> None:
        row = self._connection.execute("SELECT count(*) FROM punches").fetchone()
        if row is None or row[0] != self.millions * MILLION:
            sys.exit(f"{row} punches are stored instead of {self.millions} million")

    def close(self) -> None:
        self.check()
        self._connection.close()


def _info(server: URL, name: str) -> str:
    return f"host={server.query['host']} user={server.username} dbname={name}"


def _present() -> datetime:
    """Return when the present month began."""
    return datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def measure(server: URL, sizes: tuple[int, int], log: IO[bytes]) -> float:
    small, large = (Store(server, f"hadir_{size}", size) for size in sizes)
    for one in (small, large):
        one.fill()
    given = bodies(small.signers, BATCHES, ROWS, first=_present())
    postmaster = (Path(str(server.query["host"])) / "data" / "postmaster.pid").read_text().split()
    ratios = []
    with centre(small.url, log) as few, centre(large.url, log) as many:
        small.round(few, given), large.round(many, given)  # warm
        foreign = ForeignWork(os.getpid(), int(postmaster[0]))
        for _ in range(ROUNDS):
            rates = small.round(few, given), large.round(many, given)
            ratios.append(rates[1] / rates[0])
            print(f"{rates[0]:,.0f} and {rates[1]:,.0f} punches/s", flush=True)
        print(f"foreign work meanwhile: {foreign.share():.0%} of a core")
    for one in (small, large):
        one.close()
    print("ratios: " + ", ".join(f"{one:.2f}" for one in ratios))
    return median(ratios)


@click.command()
@click.option("--small", default=1, show_default=True, help="Millions.")
@click.option("--large", default=50, show_default=True, help="Millions.")
def main(small: int, large: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if shutil.disk_usage(folder).free < 1.5 * large * MILLION * BYTES_EACH:
            sys.exit(f"{folder} has not enough room for {large} million punches")
        settings = {"max_wal_size": "4GB"}  # the history is no part of what is measured
        with postgres(settings, beside=folder) as server, (folder / "log").open("wb") as log:
            ratio = measure(server, (small, large), log)
    print(f"rate at {large} million by that at {small}: {ratio:.2f}")
    sys.exit(f"{ratio:.2f}, at least {BAR} is wanted" if ratio < BAR else 0)


if __name__ == "__main__":
    main()
