"""`python -m drivers.simulator`: a terminal to develop against, as a process of its own."""

import logging
import random
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType

import click

from drivers.simulator.control import Control
from drivers.simulator.faults import MENU, Faults, UnknownFault
from drivers.simulator.flash import FlashError
from drivers.simulator.memory import Memory
from drivers.simulator.process import end_on_signals, from_export, say
from drivers.simulator.profiles import PROFILES
from drivers.simulator.touches import Habit, Touch, make_up, person_ids
from drivers.simulator.zk import Second, ZkServer
from drivers.zk.records import LayoutName

_PEOPLE = 10


def _faults(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        Faults(*texts)
    except UnknownFault as error:
        raise click.BadParameter(str(error)) from error
    return texts


def _habits(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[Habit, ...]:
    try:
        return tuple(Habit.parse(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(f"{error}; write USER or USER@YYYY-MM-DD") from error


def _menu() -> str:
    lines = (f"  {name:<15} {dish.help}" for name, dish in MENU.items())
    return (
        "\b\nFaults, such as split, drop=p:0.1 or cut=5000,times:2 (N times, with probability P):\n"
        + ("\n".join(lines))
    )


@click.command(epilog=_menu())
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="TCP and UDP port; 0: any free one.")
@click.option("--serial", default="SIM0000000001", show_default=True, help="Serial number.")
@click.option(
    "--layout",
    type=click.Choice(list(PROFILES)),
    default="40",
    show_default=True,
    help="Record layout; the make follows from it.",
)
@click.option("--people", type=click.IntRange(min=0), help=f"People to make up.  [{_PEOPLE}]")
@click.option("--days", default=5, show_default=True, help="Working days to make up.")
@click.option("--seed", default=0, show_default=True, help="Dice for made-up people and faults.")
@click.option(
    "--absent",
    metavar="USER[@DATE]",
    callback=_habits,
    multiple=True,
    help="Who never comes, or one day.",
)
@click.option(
    "--late",
    metavar="USER[@DATE]",
    callback=_habits,
    multiple=True,
    help="Who comes late, or one day.",
)
@click.option(
    "--attlog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the log from a real USB export instead.",
)
@click.option(
    "--shift-to",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Move the log by whole days so that the newest record falls on this day.",
)
@click.option("--bad-records", type=click.IntRange(min=0), default=0, help="Strew in so many.")
@click.option("--comm-key", type=click.IntRange(0, 0xFFFFFFFF), default=0, help="Ask for this key.")
@click.option("--clock-skew", default=0, help="Seconds the clock is ahead of true time.")
@click.option("--capacity", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--full", type=click.Choice(["rotate", "stop"]), default="rotate", show_default=True)
@click.option(
    "--sizes-length",
    type=click.Choice(["4", "80", "92", "112"]),
    default="92",
    show_default=True,
    help="Bytes of its GET_FREE_SIZES.",
)
@click.option(
    "--second",
    type=click.Choice(["starve", "refuse", "serve"]),
    default="starve",
    show_default=True,
    help="What a second TCP client meets.",
)
@click.option(
    "--fault",
    metavar="NAME[=VALUE]",
    callback=_faults,
    multiple=True,
    help="A fault of the menu below.",
)
@click.option("--live", type=click.FloatRange(min=0), default=0.0, help="Punches per second.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the memory in this file, and take it up again from there.",
)
@click.option("--control", is_flag=True, help="Obey lines on stdin; end when it ends.")
@click.option("--verbose", is_flag=True, help="Log what clients do wrong.")
def main(
    host: str,
    port: int,
    serial: str,
    layout: LayoutName,
    people: int | None,
    days: int,
    seed: int,
    absent: tuple[Habit, ...],
    late: tuple[Habit, ...],
    attlog: Path | None,
    shift_to: datetime | None,
    bad_records: int,
    comm_key: int,
    clock_skew: int,
    capacity: int,
    full: str,
    sizes_length: str,
    second: Second,
    fault: tuple[str, ...],
    live: float,
    state: Path | None,
    control: bool,
    verbose: bool,
) -> None:
    """Be a fingerprint terminal on this machine, until SIGTERM or Ctrl-C.

    Prints one line of JSON with its port when it is ready. What --state holds already outranks the
    options that fill a new memory (people, attlog, bad records, clock skew).

    \b
    Examples:
        python -m drivers.simulator --people 40 --days 20 --fault split --live 0.5
        python -m drivers.simulator --attlog 1_attlog.dat --shift-to 2026-11-20 --port 4370
    """
    if attlog and (people is not None or absent or late):
        raise click.UsageError(
            "--attlog brings its own people; leave --people, --absent and --late out"
        )
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR)
    try:
        memory = Memory(
            serial,
            layout,
            comm_key=comm_key,
            capacity=capacity,
            rotates=full == "rotate",
            clock_skew_s=clock_skew,
            sizes_length=int(sizes_length),
            flash=state,
        )
    except (FlashError, OSError) as error:
        raise click.ClickException(str(error)) from error
    with memory:
        if memory.fresh:
            count = _PEOPLE if people is None else people
            touches = (
                from_export(attlog, shift_to)
                if attlog
                else make_up(
                    people=count,
                    days=days,
                    last_day=shift_to.date() if shift_to else _yesterday(memory),
                    seed=seed,
                    absent=absent,
                    late=late,
                )
            )
            names = {} if attlog else {one: f"Pegawai {one}" for one in person_ids(count)}
            _fill(memory, touches, names, bad_records)
        faults = Faults(*fault, seed=seed)
        try:
            server = ZkServer(memory, faults, host=host, port=port, second=second)
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another --port"
            ) from error
        end_on_signals()
        with server, _Live(memory, live, seed):
            say({"port": server.port, "serial": serial, "count": memory.count()})
            if control:
                hands = Control(memory, faults)
                for line in sys.stdin:
                    say(hands.obey(line))
            else:
                threading.Event().wait()


def _fill(
    memory: Memory, touches: Sequence[Touch], names: Mapping[str, str], bad_records: int
) -> None:
    try:
        memory.load(touches, names=names, bad_records=bad_records)
    except ValueError as error:
        raise click.ClickException(f"the log does not fit this terminal: {error}") from error


def _yesterday(memory: Memory) -> date:
    return memory.now().date() - timedelta(days=1)


class _Live:
    """People who go on punching, `rate` times a second, until the block ends."""

    def __init__(self, memory: Memory, rate: float, seed: int) -> None:
        self._memory = memory
        self._rate = rate
        self._dice = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live")

    def __enter__(self) -> None:
        if self._rate:
            self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._rate:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(1 / self._rate):
            people = self._memory.people()
            who = self._dice.choice(people).user_id if people else "1"
            self._memory.punch(who, self._dice.randrange(2))


if __name__ == "__main__":
    main(prog_name="python -m drivers.simulator")
