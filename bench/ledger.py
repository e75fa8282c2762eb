"""How many punches a second the ledger is verified, on one core.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/ledger.py [--punches 600000]

A store is filled as the centre fills it, with signed batches of 1,000 rows, on a PostgreSQL of its
own and in SQLite, and vacuumed as it would be in time. A process that may use one core only then
verifies everything: keys, signatures, chains, each stored row, roots. Told are its rate by the
clock, with the database's work in it (which for PostgreSQL is done on other cores, for SQLite on
the very same), and the rate of the processor time that is the verifier's own, without the
database's. Ends with 1 if that one misses its bar.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":
    sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
from journey_postgres import postgres
from load import CLOCK_LIMIT_S, ZONE, Body, bodies, register
from sqlalchemy import Engine, text

from ingest.bodies import Limits, inflate
from ingest.columns import read_batch
from ingest.store import bridges
from ingest.store.database import migrate, open_engine, reading, writing
from ingest.store.ledger import verify
from ingest.store.ledger_roots import make_roots
from ingest.store.ledger_rows import Scope, pieces
from ingest.store.punches import Delivery, save

BAR = 300_000
ROWS, ROUNDS = 1_000, 3
FIRST = datetime(2025, 1, 6)
LIMITS = Limits(body_bytes=1 << 24, inflated_bytes=1 << 26, timeout_s=1)


def fill(engine: Engine, given: list[Body]) -> None:
    """Store batches as the centre does, a second apart, and make the root of their day."""
    now = datetime.now(UTC)
    for number, one in enumerate(given):
        at = now + timedelta(seconds=number)
        signed = one.signer.sign(
            "/v2/punches", one.body, time=int(at.timestamp()), nonce=f"{number:032x}"
        )
        with writing(engine) as connection:
            key = bridges.find_key(connection, one.signer.key_id)
            assert key is not None
            decoded = read_batch(inflate(one.body, "gzip", LIMITS))
            delivery = Delivery(decoded, one.body, key.id, signed)
            save(connection, key.bridge, delivery, at, zone=ZONE, clock_limit_s=CLOCK_LIMIT_S)
    make_roots(engine, zone=ZONE, now=now + timedelta(days=2))


def measured(url: str) -> dict[str, float]:
    """Verify, and read the same rows without verifying, on one core; return seconds."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    engine = open_engine(url)
    report, wall, cpu = _timed(lambda: verify(engine))
    assert report.sound, report.faults
    _, read_wall, read_cpu = _timed(lambda: _read(engine))
    engine.dispose()
    return {
        "punches": report.counts.punches, "roots": report.counts.roots,
        "wall": wall, "cpu": cpu, "read_wall": read_wall, "read_cpu": read_cpu,
    }  # fmt: skip


def _read(engine: Engine) -> None:
    with reading(engine) as connection:
        for _ in pieces(connection, Scope()):
            pass


def _timed(work: Any) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


@contextmanager
def store(kind: str, folder: Path) -> Iterator[str]:
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'hadir.db'}"
        return
    with postgres(beside=folder) as url:
        yield url.render_as_string()


def compare(kind: str, punches: int, folder: Path) -> bool:
    with store(kind, folder) as url:
        engine = open_engine(url)
        migrate(engine)
        fill(engine, bodies(register(engine), punches // ROWS, ROWS, first=FIRST))
        if kind != "SQLite":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()
        own, whole, clock = [], [], []
        for _ in range(ROUNDS):
            done = subprocess.run(
                [sys.executable, __file__, "--measure", url],
                check=True, stdout=subprocess.PIPE, timeout=600,
            )  # fmt: skip
            found = json.loads(done.stdout)
            # what reading takes in our own process is the driver's, and on SQLite the database's
            own.append(found["punches"] / (found["cpu"] - found["read_cpu"]))
            whole.append(found["punches"] / found["cpu"])
            clock.append(found["punches"] / found["wall"])
    print(
        f"{kind}: {found['punches']:,} punches, {found['roots']} roots; verifier on one core "
        f"{median(own):,.0f} punches/s of its own time, {median(whole):,.0f} of its process with "
        f"reading in it, {median(clock):,.0f} by the clock with the database in it (reading alone, "
        f"by the clock, {found['punches'] / found['read_wall']:,.0f})"
    )
    return median(own) >= BAR


@click.command(help=__doc__)
@click.option("--punches", default=600_000, show_default=True)
@click.option("--measure", hidden=True)
def main(punches: int, measure: str | None) -> None:
    if measure is not None:
        print(json.dumps(measured(measure)))
        return
    missed = []
    for kind in ("PostgreSQL", "SQLite"):
        with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir=Path.cwd()) as name:
            Path(name).chmod(0o755)
            if not compare(kind, punches, Path(name)):
                missed.append(kind)
    if missed:
        print(f"missed: {BAR:,} punches/s on {', '.join(missed)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
