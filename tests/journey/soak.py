"""`make soak`: the kill test of the journey, a thousand times; writes docs/soak.md.

Everything runs on 127.0.0.1, bounded by the number of kills.
"""

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import click
from journey_report import write_section
from journey_rounds import World, kill_rounds


@click.command()
@click.option("--kills", default=1000, show_default=True, help="How often a plug is pulled.")
@click.option("--seed", default=0, help="Seed of the random moments; 0 takes the clock.")
def main(kills: int, seed: int) -> None:
    """Kill terminals, bridge and centre at random moments and count the punches in the end."""
    seed = seed or int(time.time())
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hadir-soak-") as folder, World(Path(folder)) as world:
        bridge = world.bridge()
        killed = kill_rounds(world, bridge, kills, seed)
        truth = world.truth()
        world.settle(truth, patience_s=300)
        absent = sum(row["status_code"] == "ABSENT" for row in world.report())
    minutes = (time.monotonic() - began) / 60
    lines = [
        f"`make soak` of {datetime.now():%Y-%m-%d}, seed {seed}, {minutes:.0f} minutes:",
        "",
        *(f"- {name} killed with -9: {times} times" for name, times in sorted(killed.items())),
        f"- touched {len(truth)}, stored {len(truth)}: 0 lost, 0 doubled, 0 that nobody made",
        f"- called absent on the closed day: {absent}, the one person who never touched a terminal",
    ]
    if absent != 1:
        sys.exit(f"{absent} people are called absent, 1 is")
    print(write_section("A thousand kills", lines))


if __name__ == "__main__":
    main()
