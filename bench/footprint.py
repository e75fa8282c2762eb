"""How much room a bridge takes: while it takes a long log, and when there is nothing to do.

    PYTHONPATH=tests/journey python bench/footprint.py [--idle-s 60]

Real processes on 127.0.0.1: simulated terminals, a centre, the bridge. Prints one line a figure and
ends with 1 if a bar is missed. Resident memory is what the kernel says of the bridge's process.
"""

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.append(sys.path.pop(0))  # or `ingest` would be a file beside this one

import click
import psutil
from journey_parts import Bridge, Centre, Office, Terminal, today, wait_until
from journey_rounds import OFFICE, add_bridge, prepare

RECORDS = 200_000
TAKING_BAR_MB = 120
IDLE_TERMINALS = 10
IDLE_BAR_MB = 60
IDLE_BAR_CPU = 1.0  # per cent of one core


def bridge_for(folder: Path, terminals: list[Terminal], centre: Centre) -> Bridge:
    office = Office(OFFICE, terminals, add_bridge(centre), poll_s=60, timeout_s=60)
    return Bridge("bridge", folder, office, centre.url)


def taking(folder: Path) -> bool:
    """Measure `hadir-bridge once` on a log of 200,000: the peak over its whole life."""
    people, days = 500, RECORDS // 1000
    options = ("--people", str(people), "--days", str(days), "--capacity", str(RECORDS))
    terminal = Terminal("full", folder, "BENCH-FULL", *options)
    centre = Centre(folder)
    prepare(centre, [terminal.serial], today())
    with terminal, centre:
        bridge = bridge_for(folder, [terminal], centre)
        bridge.write_config()
        began = time.monotonic()
        arguments = [sys.executable, "-m", "bridge", "--config", str(bridge.config), "once"]
        pid = os.posix_spawn(sys.executable, arguments, os.environ)
        _, status, usage = os.wait4(pid, 0)
        peak = usage.ru_maxrss * 1024 / 1e6
        stored = centre.count()
        if status or stored < RECORDS:
            print(f"taking: exit {status}, {stored} of {RECORDS} stored")
            return False
        print(
            f"taking a log of {stored:,}: {peak:.0f} MB resident at most (bar {TAKING_BAR_MB}),"
            f" {time.monotonic() - began:.0f} s from terminal to centre"
        )
    return peak < TAKING_BAR_MB


def idle(folder: Path, idle_s: float) -> bool:
    """Measure the daemon with ten terminals that have nothing new, polled as by default."""
    with ExitStack() as stack:
        terminals = [
            stack.enter_context(
                Terminal(f"t{n}", folder, f"BENCH-{n}", "--people", "50", "--days", "20")
            )
            for n in range(IDLE_TERMINALS)
        ]
        centre = Centre(folder)
        prepare(centre, [one.serial for one in terminals], today())
        stack.enter_context(centre)
        truth = sum(len(one.touches()) for one in terminals)
        bridge = stack.enter_context(bridge_for(folder, terminals, centre))
        wait_until("all is read once", lambda: centre.count() == truth)
        wait_until("the bridge knows", lambda: bridge.waiting() == 0)
        process = psutil.Process(bridge.process.pid)
        before, began = process.cpu_times(), time.monotonic()
        end = began + idle_s
        wait_until("an idle while", lambda: time.monotonic() >= end, idle_s + 5)
        after, took = process.cpu_times(), time.monotonic() - began
        cpu = 100 * (after.user + after.system - before.user - before.system) / took
        resident = process.memory_info().rss / 1e6
        print(
            f"idle with {IDLE_TERMINALS} terminals, each read every 60 s, over {took:.0f} s:"
            f" {resident:.0f} MB resident (bar {IDLE_BAR_MB}),"
            f" {cpu:.2f} % of a core (bar {IDLE_BAR_CPU})"
        )
    return resident < IDLE_BAR_MB and cpu < IDLE_BAR_CPU


@click.command()
@click.option("--idle-s", default=60.0, show_default=True, help="How long to watch it idle.")
def main(idle_s: float) -> None:
    """Print the bridge's memory and processor time against their bars."""
    good = True
    for measure in (taking, lambda folder: idle(folder, idle_s)):
        with tempfile.TemporaryDirectory(prefix="hadir-bench-") as folder:
            good &= measure(Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
