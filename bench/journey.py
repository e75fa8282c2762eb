"""How fast 100,000 punches go from a terminal into the store, beside the raw insert of the same.

    PYTHONPATH=tests/journey python bench/journey.py

One simulated terminal, one bridge, one centre on SQLite, three processes on 127.0.0.1: the time
runs from the bridge's start until the centre has stored the last punch. The raw insert puts the
very same rows into a copy of the emptied tables, durably, 1,000 a commit, and in one transaction.
"""

import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(sys.path.pop(0))  # or `ingest` would be a file beside this one

from journey_parts import Bridge, Centre, Office, Terminal, today
from journey_rounds import OFFICE, add_bridge, prepare

PUNCHES = 100_000
BATCH = 1_000


def journey(folder: Path) -> tuple[Centre, float]:
    options = ("--people", "500", "--days", str(PUNCHES // 1000))
    terminal = Terminal("full", folder, "BENCH-FULL", *options)
    centre = Centre(folder)
    prepare(centre, [terminal.serial], today())
    with terminal, centre:
        key = add_bridge(centre)
        bridge = Bridge("bridge", folder, Office(OFFICE, [terminal], key, 60, 60), centre.url)
        bridge.write_config()
        began = time.monotonic()
        bridge.run("once")
        took = time.monotonic() - began
        stored = centre.count()
        if stored != PUNCHES:
            sys.exit(f"{stored} punches are stored, {PUNCHES} were touched")
    return centre, took


def raw_insert(centre: Centre, copy: Path, batch: int) -> float:
    """Insert the stored rows once more, into an empty store of the same make."""
    source = sqlite3.connect(centre.file)
    names = [row[1] for row in source.execute("PRAGMA table_info(punches)")]
    rows = source.execute(f"SELECT {', '.join(names)} FROM punches").fetchall()
    source.close()
    centre.database = f"sqlite:///{copy}"
    centre.write_config()
    centre.run("migrate")
    target = sqlite3.connect(copy, isolation_level=None)
    target.execute("PRAGMA journal_mode = WAL")
    target.execute("PRAGMA synchronous = FULL")
    target.execute("PRAGMA foreign_keys = OFF")
    marks = ", ".join("?" * len(names))
    insert = f"INSERT OR IGNORE INTO punches ({', '.join(names)}) VALUES ({marks})"
    began = time.monotonic()
    for start in range(0, len(rows), batch):
        target.execute("BEGIN IMMEDIATE")
        target.executemany(insert, rows[start : start + batch])
        target.execute("COMMIT")
    took = time.monotonic() - began
    target.close()
    return took


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="hadir-bench-"))
    try:
        centre, took = journey(folder)
        print(f"terminal to store: {PUNCHES / took:,.0f} punches/s ({took:.1f} s)")
        for name, batch in (("1,000 a commit", BATCH), ("one transaction", PUNCHES)):
            raw = raw_insert(centre, folder / f"raw-{batch}.db", batch)
            print(
                f"raw insert, {name}: {PUNCHES / raw:,.0f} rows/s;"
                f" the whole journey takes {took / raw:.1f} times as long"
            )
            centre.database = f"sqlite:///{centre.file}"
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
