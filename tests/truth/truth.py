"""A generated regency of which the truth is known, judged, and held against that truth.

    PYTHONPATH=tests/truth:tests/journey:tests/parts python tests/truth/truth.py [--small|--tenth]

Ends with 1 on any miss: a wrong absence, one that was missed, a day left open on whole evidence,
minutes, streaks and counts that are not the truth's. Runs on a PostgreSQL of its own.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from journey_postgres import postgres
from served import Slot
from truth_compare import KINDS
from truth_run import Run, run
from truth_world import FULL, SMALL, TENTH, Size

from ingest.store.database import migrate, open_engine

QUICK = {"fsync": "off", "synchronous_commit": "off", "shared_buffers": "512MB",
         "max_wal_size": "4GB"}  # fmt: skip
STATUSES = ("ABSENT", "UNVERIFIED", "PRESENT", "LATE", "EARLY", "INCOMPLETE")


def report(done: Run, size: Size) -> Iterator[str]:
    """Yield the lines of the report, in Markdown."""
    in_time, late = done.punches
    yield f"{size.people:,} people, {size.offices} offices, {size.terminals} terminals,"
    yield f"{size.first} to {size.last}: {in_time:,} touches came in time, {late:,} two weeks"
    yield f"late, {len(done.troubles.all)} troubles of terminals. All days are compared twice."
    yield ""
    yield "| | in time | in the end |"
    yield "| --- | ---: | ---: |"
    first, last = done.found
    yield f"| person-days | {first.days:,} | {last.days:,} |"
    for status in STATUSES:
        yield f"| judged {status} | {first.judged[status]:,} | {last.judged[status]:,} |"
    yield f"| absences explained later | {first.explained_later:,} | {last.explained_later:,} |"
    for kind in KINDS:
        yield f"| **{kind}** | {first.kinds[kind]:,} | {last.kinds[kind]:,} |"
    yield ""
    counts = done.counts
    yield f"In the end {counts.absent:,} absences of {counts.people:,} people; {counts.streaks:,}"
    yield f"people with three in a row that can be proven. Of another {counts.hidden:,} who stayed"
    yield "away as long, evidence is missing, and nobody is accused."
    yield ""
    yield "What days came to on which an office had a trouble, in the end, all as they should:"
    yield ""
    yield "| Trouble | person-days | absent | unverified |"
    yield "| --- | ---: | ---: | ---: |"
    for kind, found in sorted(last.troubles.items()):
        total = sum(found.values())
        yield f"| {kind} | {total:,} | {found['ABSENT']:,} | {found['UNVERIFIED']:,} |"
    yield ""
    yield "; ".join(f"{name} in {took:.0f} s" for name, took in done.took_s.items()) + "."


HEAD = """# Held against the truth

Written by `make truth`. A generator makes a regency of which it knows everything, because it made
it: who came when, who was on leave, which terminal was dead, cleared, wrong or not yet known, which
file came two weeks late. The centre gets what bridges and offices would have told it, judges, gets
the rest, and judges again what that marks. Then every person-day is held against what was made. The
generator shares no code with what judges.

Some absences are true by all that had been handed in: a letter or a swap of shifts that comes later
explains them, and they are gone in the end. Every other difference is a miss: the command fails.
"""


@click.command()
@click.option("--small", is_flag=True, help="A minute's version, of a few offices and months.")
@click.option("--tenth", is_flag=True, help="A whole year of a tenth of the people.")
@click.option("--report", "path", type=click.Path(path_type=Path), help="Write it here, too.")
def main(small: bool, tenth: bool, path: Path | None) -> None:
    """Judge a generated year and compare each day with the truth."""
    size, slot = (SMALL if small else TENTH if tenth else FULL), Slot()
    try:
        with tempfile.TemporaryDirectory(prefix="hadir-truth-", dir="/var/tmp") as name:
            folder = Path(name)
            folder.chmod(0o755)
            with postgres(QUICK, beside=folder) as server:
                engine = open_engine(server.render_as_string())
                migrate(engine)
                done = run(engine, slot, size, bulk=True, judges=os.cpu_count() or 1)
                engine.dispose()
    finally:
        slot.stop()
    lines = list(report(done, size))
    print("\n".join(lines))
    for one in [miss for found in done.found for miss in found.misses]:
        print(one)
    if path is not None:
        path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    sys.exit(f"{done.wrong} days or counts are not the truth's" if done.wrong else 0)


if __name__ == "__main__":
    main()
