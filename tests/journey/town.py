"""`make soak`, second part: a whole regency for some minutes, with everything going wrong.

70 offices, 200 terminals and a centre on PostgreSQL, on 127.0.0.1, bounded in time. In the end what
the terminals hold is what the store holds, the ledger verifies, and nobody has grown.
"""

import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import click
from journey_parts import Impatient, today, wait_until
from journey_postgres import FORGETFUL, postgres
from journey_report import write_section
from journey_rounds import assert_exact, last_weekday
from journey_town import Town
from sqlalchemy import URL, create_engine, text

PAGE = 4_096
GROWN_BYTES = 6 << 20
"""More than this between the middle and the end, in the median of the bridges or in the centre, is
a leak: the middle is minutes after the start."""


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="How long things go wrong.")
@click.option("--offices", default=70, show_default=True)
@click.option("--terminals", default=200, show_default=True)
@click.option("--seed", default=0, help="Seed of what goes wrong; 0 takes the clock.")
@click.option("--patience", default=600.0, show_default=True, help="Seconds to settle in the end.")
def main(minutes: float, offices: int, terminals: int, seed: int, patience: float) -> None:
    """Run a town of offices, hurt it, heal it, and compare."""
    seed = seed or int(time.time())
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="hadir-town-") as folder,
        postgres(FORGETFUL) as server,
        Town(
            Path(folder), _database(server), last_weekday(today()), offices, terminals, seed=seed
        ) as town,
    ):
        lines = _soak(town, minutes * 60, patience)
    took = (time.monotonic() - began) / 60
    head = (
        f"`make soak` of {datetime.now():%Y-%m-%d}, seed {seed}: {offices} offices with a bridge "
        f"each, {terminals} terminals, one centre on PostgreSQL; {minutes:.0f} minutes of faults, "
        f"{took:.0f} in all:"
    )
    print(write_section("A town", (head, "", *lines)))


def _soak(town: Town, seconds: float, patience_s: float) -> list[str]:
    town.live(seconds * 2 / 3, time.monotonic)
    middle = _memory(town)
    town.live(seconds / 3, time.monotonic, kill_centre=False)
    town.heal()
    healed = time.monotonic()
    truth = _settle(town, patience_s)
    settled_s = time.monotonic() - healed
    growth, grown = _growth(middle, _memory(town))
    verified = town.centre.run("ledger", "verify").strip().splitlines()
    lines = [f"- {name}: {times} times" for name, times in sorted(town.hurts.items())]
    lines += [
        f"- touched {len(truth)}, stored {len(truth)}: 0 lost, 0 doubled, 0 that nobody made; "
        f"settled {settled_s:.0f} s after the last fault",
        f"- coverage told for {town.centre.covered()} of {len(town.walls)} terminals",
        f"- `ledger verify`: {verified[-1]}",
        f"- resident memory from the middle to the end: {growth}",
    ]
    if grown:
        sys.exit("\n".join((*lines, "somebody has grown")))
    return lines


def _settle(town: Town, patience_s: float) -> set[tuple[str, str, str]]:
    """Wait until the store holds what the terminals hold, and insist that it is exact."""
    truth = town.truth()
    try:
        wait_until(
            f"{len(truth)} punches in the store",
            lambda: town.centre.count() >= len(truth),
            patience_s,
        )
    except Impatient:
        missing = truth - set(town.centre.touches())
        print(f"missing {len(missing)}: {sorted(missing)[:20]}", file=sys.stderr)
        raise
    assert_exact(town.centre, truth)
    return truth


def _memory(town: Town) -> dict[str, tuple[int, int]]:
    """Return process id and resident bytes of the centre and every bridge."""
    parts = [town.centre, *town.hosts]
    return {one.name: (one.process.pid, _resident(one.process.pid)) for one in parts}


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE


def _growth(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> tuple[str, bool]:
    """Compare those that lived on; a process that was started anew says nothing."""
    grown = {
        name: after[name][1] - size for name, (pid, size) in before.items() if after[name][0] == pid
    }
    centre = grown.pop("centre")
    bridges = statistics.median(grown.values())
    text_ = (
        f"centre {_mb(before['centre'][1])} to {_mb(after['centre'][1])} MB, median of "
        f"{len(grown)} bridges {bridges / 1e6:+.1f} MB"
    )
    return text_, max(centre, bridges) > GROWN_BYTES


def _mb(count: int) -> str:
    return f"{count / 1e6:.0f}"


def _database(server: URL) -> str:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE town"))
    engine.dispose()
    return server.set(database="town").render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
