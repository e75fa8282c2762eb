"""A month of 20,000 people as one spreadsheet, against plain xlsxwriter writing the same cells.

    PYTHONPATH=tests/journey python bench/xlsx.py [--people 20000] [--rounds 3]

Ours begins at the store, a PostgreSQL of its own on a real disk: it asks which days wait to be
judged, reads the others, counts, prints codes and writes the file, as `report monthly --all` does.
Plain xlsxwriter (`constant_memory`) writes the cells of that file, text as text and numbers as
numbers, without formats, from a list that lies ready. Both run in turn, each in a process of its
own; processor time counts, with what the database took. Ends with 1 if a bar is missed.
"""

import json
import marshal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
import psutil
import xlsxwriter
from journey_postgres import postgres
from sqlalchemy import Engine, insert, text

from ingest import reporting
from ingest.cli.context import now
from ingest.days import Settings
from ingest.reports import REPORTS, Asked, Scope, Table
from ingest.reports.base import Kind
from ingest.reports.files import write_file
from ingest.reports.shown import shown
from ingest.reports.stamp import Stamp
from ingest.store import tables
from ingest.store.database import migrate, open_engine, reading, writing

RATE_BAR, RESIDENT_BAR_MB = 0.5, 300
OFFICES = 70
FIRST, LAST = date(2025, 1, 1), date(2025, 1, 31)
_DAYS = """
INSERT INTO days
    (person_id, day, office, status, late_minutes, early_minutes, because, evaluated_at)
SELECT p.id, d::date, a.office,
    CASE WHEN extract(isodow FROM d) > 5 THEN 'OFF'
        ELSE (ARRAY['PRESENT','PRESENT','PRESENT','PRESENT','PRESENT','PRESENT','LATE','LATE',
            'EARLY','INCOMPLETE','ABSENT','LEAVE','DUTY'])[1 + h % 13] END,
    CASE WHEN h % 13 < 6 THEN 0 WHEN h % 13 < 8 THEN 1 + h % 120 END,
    CASE WHEN h % 13 < 6 THEN 0 WHEN h % 13 = 8 THEN 1 + h % 90 END,
    '[{"code": "touches", "text": "ada rekaman pukul 07.21, 16.04"}]', '2025-03-01'
FROM people p JOIN assignments a ON a.person_id = p.id
CROSS JOIN generate_series(:first, :last, interval '1 day') d
CROSS JOIN LATERAL (SELECT abs(hashint4((p.id * 40 + extract(day FROM d))::int)) AS h) hashed
"""


def fill(engine: Engine, people: int) -> None:
    """Store people of 70 offices and what their month came to."""
    with writing(engine) as connection:
        connection.execute(
            insert(tables.offices),
            [
                {"code": f"4.{n:02}", "name": f"Dinas {n}", "scheme": "5-hari"}
                for n in range(OFFICES)
            ],
        )
        connection.execute(
            insert(tables.people),
            [
                {"id": n, "nip": f"1986092620{n:08}", "name": f"Pegawai {n:05}", "kind": "PNS"}
                for n in range(1, people + 1)
            ],
        )
        connection.execute(
            insert(tables.assignments),
            [
                {"person_id": n, "office": f"4.{n % OFFICES:02}", "valid_from": date(2020, 1, 1)}
                for n in range(1, people + 1)
            ],
        )
        connection.execute(text(_DAYS), {"first": FIRST, "last": LAST})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def ours(url: str, path: Path) -> None:
    """Write the report, as the command does."""
    engine = open_engine(url)
    asked = _asked()
    with reading(engine) as connection:
        table = REPORTS["monthly"].make(connection, asked)
        write_file(path, table, "xlsx", Stamp("bench", now()), asked, force=True)
    engine.dispose()


def _asked() -> Asked:
    from zoneinfo import ZoneInfo

    offices = {f"4.{n:02}": f"Dinas {n}" for n in range(OFFICES)}
    settings = Settings(ZoneInfo("Asia/Makassar"))
    return Asked(Scope(offices, "semua kantor"), FIRST, now(), settings, reporting.load())


def dump(engine: Engine, path: Path) -> int:
    """Keep the cells of the report for the plain writer; return how many there are."""
    with reading(engine) as connection:
        rows = list(_cells(REPORTS["monthly"].make(connection, _asked())))
    path.write_bytes(marshal.dumps(rows))
    return sum(value is not None for row in rows for value in row)


def _cells(table: Table) -> Iterator[list[Any]]:
    columns = shown(table)
    yield [one.label for one in columns]
    for row in table.rows:
        found = [row.get(one.key) for one in columns]
        yield [
            (value or None) if one.kind is Kind.CODE else value
            for one, value in zip(columns, found, strict=True)
        ]


def plain(cells: Path, path: Path) -> float:
    """Write the same cells in the plainest way; return the seconds of processor it took."""
    rows = marshal.loads(cells.read_bytes())  # noqa: S302 - written by this program just now
    began = time.process_time()
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for number, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(at, number, value)
            else:
                sheet.write_number(at, number, value)
    book.close()
    return time.process_time() - began


def _child(*words: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=1_800,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _used(pid: int) -> float:
    """Return the seconds of processor of a server, with its children that are gone."""
    root = psutil.Process(pid)
    own = sum(root.cpu_times()[:4])
    return own + sum(sum(one.cpu_times()[:4]) for one in root.children(recursive=True))


def measure(url: Any, folder: Path, people: int, rounds: int) -> tuple[float, float]:
    """Return by how much ours is slower (1: as fast), and the most it had resident in MB."""
    engine = open_engine(url.render_as_string())
    migrate(engine)
    fill(engine, people)
    cells = dump(engine, folder / "cells")
    engine.dispose()
    server = int((Path(str(url.query["host"])) / "data/postmaster.pid").read_text().split()[0])
    ratios, resident = [], []
    for _ in range(rounds):
        before = _used(server)
        one = _child(
            "--side", "ours", "--url", url.render_as_string(), "--file", f"{folder}/o.xlsx"
        )
        took = one["cpu_s"] + _used(server) - before
        other = _child(
            "--side", "plain", "--cells", f"{folder}/cells", "--file", f"{folder}/p.xlsx"
        )
        ratios.append(other["cpu_s"] / took)
        resident.append(one["resident_mb"])
        print(
            f"ours {took:.1f} s of processor ({took - one['cpu_s']:.1f} of it the database), "
            f"{one['wall_s']:.1f} s on the clock, {one['resident_mb']:.0f} MB resident; "
            f"plain {other['cpu_s']:.1f} s; {cells / took:,.0f} and {cells / other['cpu_s']:,.0f} "
            f"of {cells:,} cells/s",
            flush=True,
        )
    return median(ratios), max(resident)


@click.command()
@click.option("--people", default=20_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--side", type=click.Choice(["ours", "plain"]), hidden=True)
@click.option("--url", hidden=True)
@click.option("--cells", type=click.Path(path_type=Path), hidden=True)
@click.option("--file", "path", type=click.Path(path_type=Path), hidden=True)
def main(
    people: int, rounds: int, side: str | None, url: str | None, cells: Path | None, path: Path
) -> None:
    """Measure, print and judge."""
    if side is not None:
        _run_side(side, url or "", cells or Path(), path)
        return
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as made:
        Path(made).chmod(0o755)  # the server runs as another user
        with postgres(beside=Path(made)) as server:
            ratio, resident = measure(server, Path(made), people, rounds)
    print(f"rate, of plain xlsxwriter's: {ratio:.2f} (at least {RATE_BAR})")
    print(f"most resident: {resident:.0f} MB (below {RESIDENT_BAR_MB})")
    if ratio < RATE_BAR or resident >= RESIDENT_BAR_MB:
        sys.exit("a bar is missed")


def _run_side(side: str, url: str, cells: Path, path: Path) -> None:
    began, clock = time.process_time(), time.perf_counter()
    if side == "ours":
        ours(url, path)
        took = time.process_time() - began
    else:
        took = plain(cells, path)
    peak = next(
        int(line.split()[1])
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM:")
    )
    told = {"cpu_s": took, "wall_s": time.perf_counter() - clock, "resident_mb": peak / 1024}
    click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
