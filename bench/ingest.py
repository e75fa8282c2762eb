"""How fast batches become receipts over HTTP, beside COPY into the same tables in the same run.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/ingest.py [--pairs 5]

A PostgreSQL of its own with its default configuration, on a real disk; the centre is one process
with everything it does for a batch: identity, signature, nonce, decoding, chains, evidence, marks
and commit before the receipt. In each pair the tables are emptied and filled by one binary COPY of
the very same rows, then emptied and filled over HTTP by four bridges on four connections; what is
stored is counted, and sent a second time, which must change nothing. The same then on SQLite,
beside one transaction of `executemany`. Ends with 1 if a bar is missed.
"""

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

sys.path.append(sys.path.pop(0))  # or `ingest` would be this file

import click
import psycopg
import stages
from journey_postgres import postgres
from load import BRIDGES, Body, ForeignWork, bodies, centre, register, send
from sqlalchemy import URL

from ingest.store.database import CHECKPOINT_PAGES, migrate, open_engine

ROWS = 1_000
FIRST = datetime(2026, 1, 5)
COPY_BAR, REPLAY_BAR, SQLITE_BAR = 0.40, 1.2, 0.4
EMPTIED = "batches, runs, chains, punches, nonces, clock_days, dirty_punches, dirty_offices"


class Postgres:
    """The database beside the centre: emptied, filled, counted by hand."""

    def __init__(self, url: URL) -> None:
        home = url.query["host"]
        self.url = url.render_as_string()
        self.postmaster = int((Path(str(home)) / "data" / "postmaster.pid").read_text().split()[0])
        self._connection = psycopg.connect(host=str(home), user="postgres", autocommit=True)
        self._rows = b""

    def empty(self) -> None:
        """Sweep away what triggers keep: only a superuser can, for a session that says so."""
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute(f"TRUNCATE {EMPTIED} CASCADE")
        self._connection.execute("SET session_replication_role = origin")
        self._connection.execute("CHECKPOINT")

    def remember(self) -> None:
        """Keep the rows as they are stored now, for COPY, and the batches they refer to."""
        self._connection.execute("DROP TABLE IF EXISTS bench_batches")
        self._connection.execute("CREATE TABLE bench_batches AS SELECT * FROM batches")
        query = "COPY (SELECT * FROM punches ORDER BY batch_id) TO STDOUT (FORMAT binary)"
        with self._connection.cursor().copy(query) as copy:
            self._rows = b"".join(bytes(one) for one in copy)

    def copy_in(self) -> float:
        self.empty()
        self._connection.execute("INSERT INTO batches SELECT * FROM bench_batches")
        self._connection.execute("CHECKPOINT")
        began = time.perf_counter()
        with self._connection.cursor().copy("COPY punches FROM STDIN (FORMAT binary)") as copy:
            copy.write(self._rows)
        return time.perf_counter() - began

    def count(self) -> int:
        row = self._connection.execute("SELECT count(*) FROM punches").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()


def measure(pairs: int, batches: int, folder: Path) -> list[str]:
    with postgres(beside=folder) as url, (folder / "centre.log").open("wb") as log:
        engine = open_engine(url.render_as_string())
        migrate(engine)
        given = bodies(register(engine), batches, ROWS, first=FIRST)
        base = Postgres(url)
        with centre(base.url, log) as port:
            ratios, replays = run_pairs(base, port, given, pairs)
        base.empty()
        for line in stages.shares(engine, given[: 10 * BRIDGES]):
            print(line)
        base.close()
        engine.dispose()
    print(f"ratio to COPY: {median(ratios):.2f}  (each: {shown(ratios)})")
    print(f"replay ratio: {median(replays):.2f}  (each: {shown(replays)})")
    return [
        *missed("ratio to COPY", median(ratios), COPY_BAR),
        *missed("replay ratio", median(replays), REPLAY_BAR),
    ]


def run_pairs(
    base: Postgres, port: int, given: Sequence[Body], pairs: int
) -> tuple[list[float], list[float]]:
    rows, ratios, replays = sum(one.rows for one in given), [], []
    send(port, given)  # warm, and the rows for COPY
    base.remember()
    foreign = ForeignWork(os.getpid(), base.postmaster)
    for _ in range(pairs):
        copied = base.copy_in()
        counted(base.count(), rows, "COPY")
        base.empty()
        took, new = send(port, given)
        counted(new, rows, "the receipts")
        counted(base.count(), rows, "the first pass")
        again, new = send(port, given)
        counted(new, 0, "receipts of the second pass")
        counted(base.count(), rows, "the second pass")
        ratios.append(copied / took)
        replays.append(took / again)
        print(
            f"COPY {rows / copied:,.0f} rows/s, over HTTP {rows / took:,.0f}, "
            f"again {rows / again:,.0f}"
        )
    print(f"foreign work meanwhile: {foreign.share():.0%} of a core")
    return ratios, replays


def on_sqlite(pairs: int, batches: int, folder: Path) -> list[str]:
    ratios = []
    for number in range(pairs):
        with sqlite_centre(folder / f"store-{number}.db", folder) as (file, port, signers):
            given = bodies(signers, batches, ROWS, first=FIRST)
            took, new = send(port, given)
        counted(new, sum(one.rows for one in given), "SQLite")
        bare = inserted(file, ROWS)
        raw = inserted(file, new)
        ratios.append(raw / took)
        print(
            f"SQLite: one transaction {new / raw:,.0f} rows/s, {ROWS:,} a commit "
            f"{new / bare:,.0f}, over HTTP {new / took:,.0f}"
        )
    print(f"SQLite ratio: {median(ratios):.2f}  (each: {shown(ratios)})")
    return missed("SQLite ratio", median(ratios), SQLITE_BAR)


@contextmanager
def sqlite_centre(file: Path, folder: Path) -> Iterator[tuple[Path, int, Any]]:
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    signers = register(engine)
    engine.dispose()
    with (folder / "sqlite.log").open("wb") as log, centre(f"sqlite:///{file}", log) as port:
        yield file, port, signers


def inserted(file: Path, at_once: int) -> float:
    """Put the stored rows into the emptied table once more, its indexes and triggers in place, so
    many a transaction; return how long it took."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        rows = connection.execute("SELECT * FROM punches ORDER BY batch_id").fetchall()
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'punches'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM punches")
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        marks = ", ".join("?" * len(rows[0]))
        began = time.perf_counter()
        for start in range(0, len(rows), at_once):
            told = rows[start : start + at_once]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT OR IGNORE INTO punches VALUES ({marks})", told)
            connection.execute("COMMIT")
        return time.perf_counter() - began


def counted(found: int, wanted: int, where: str) -> None:
    if found != wanted:
        sys.exit(f"{where}: {found} rows instead of {wanted}")


def missed(name: str, value: float, bar: float) -> list[str]:
    return [f"{name} is {value:.2f}, at least {bar} is wanted"] if value < bar else []


def shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


@click.command()
@click.option("--pairs", default=5, show_default=True)
@click.option("--batches", default=100, show_default=True)
@click.option("--only", type=click.Choice(["postgresql", "sqlite"]))
def main(pairs: int, batches: int, only: str | None) -> None:
    faults: list[str] = []
    parts: dict[str, Callable[[int, int, Path], list[str]]] = {
        "postgresql": measure, "sqlite": on_sqlite,
    }  # fmt: skip
    for name, part in parts.items():
        if only in {None, name}:
            with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as folder:
                Path(folder).chmod(0o755)  # the server runs as another user
                faults += part(pairs, batches, Path(folder))
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
