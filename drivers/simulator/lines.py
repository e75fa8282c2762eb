"""`python -m drivers.simulator.lines`: a terminal on a serial line, or what passes for one.

A ZK terminal here speaks as over TCP: what it would really say on a line, nobody has published.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import FrameType

import click

from drivers.errors import DriverError
from drivers.simulator.anviz import AnvizUnit
from drivers.simulator.c3 import C3Unit, Transaction
from drivers.simulator.conversation import DATA_MAX_TCP, Conversation
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.serial import (
    PtyServer,
    Rfc2217Server,
    Server,
    TcpServer,
    Unit,
    Weather,
)
from drivers.simulator.touches import Touch, make_up
from drivers.zk.codec import PacketReader, encode_packet, frame


class ZkUnit:
    """A ZK terminal on a line; a `Unit` of `serial`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._begin()

    def hear(self, data: bytes) -> list[bytes]:
        """Answer whole packets; noise ends the session."""
        said = []
        try:
            self._reader.feed(data)
            while (request := self._reader.next_packet()) is not None:
                said += [frame(encode_packet(one)) for one in self._talk.answer(request)]
        except DriverError:
            self._begin()
        if self._talk.finished:
            self._begin()
        return said

    def _begin(self) -> None:
        self._reader = PacketReader()
        self._talk = Conversation(self._memory, Faults(), data_max=DATA_MAX_TCP)


def _zk(touches: list[Touch]) -> Unit:
    memory = Memory()
    memory.load(touches)
    return ZkUnit(memory)


def _c3(touches: list[Touch]) -> Unit:
    states = {0: 0, 1: 3}
    return C3Unit(
        Transaction(int(one.user_id), one.local_time, in_out=states[one.state]) for one in touches
    )


_UNITS: Mapping[str, Callable[[list[Touch]], Unit]] = {
    "anviz": lambda touches: AnvizUnit(touches=touches),
    "c3": _c3,
    "zk": _zk,
}
_SERVERS: Mapping[str, type[Server]] = {
    "port": PtyServer,
    "tcp": TcpServer,
    "rfc2217": Rfc2217Server,
}


@click.command()
@click.option("--family", type=click.Choice(list(_UNITS)), default="anviz", show_default=True)
@click.option(
    "--on",
    "kind",
    type=click.Choice(list(_SERVERS)),
    default="port",
    show_default=True,
    help="A port under /dev, plain bytes over TCP, or RFC 2217.",
)
@click.option("--people", type=click.IntRange(min=0), default=10, show_default=True)
@click.option("--days", type=click.IntRange(min=0), default=5, show_default=True)
@click.option("--split", is_flag=True, help="Every byte comes alone.")
@click.option("--echo", is_flag=True, help="Who speaks hears itself.")
@click.option("--noise", type=click.FloatRange(0, 1), default=0.0, help="Chance of stray bytes.")
@click.option("--garble", type=click.FloatRange(0, 1), default=0.0, help="Chance of a wrong byte.")
@click.option("--lose", type=click.FloatRange(0, 1), default=0.0, help="Chance of no answer.")
@click.option("--seed", default=0, show_default=True, help="Dice for touches and weather.")
def main(
    family: str,
    kind: str,
    people: int,
    days: int,
    split: bool,
    echo: bool,
    noise: float,
    garble: float,
    lose: float,
    seed: int,
) -> None:
    """Be a terminal on a line of this machine, until SIGTERM or Ctrl-C.

    Prints one line of JSON with the `port_url` to write in a configuration. Its number is 1.

    \b
    Example:
        python -m drivers.simulator.lines --family anviz --on rfc2217 --noise 0.1
    """
    last_day = datetime.now().date() - timedelta(days=1)
    touches = make_up(people=people, days=days, last_day=last_day, seed=seed)
    weather = Weather(split=split, echo=echo, noise=noise, garble=garble, lose=lose, seed=seed)
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with _SERVERS[kind](_UNITS[family](touches), weather=weather) as server:
        click.echo(json.dumps({"port_url": server.url, "count": len(touches)}))
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main(prog_name="python -m drivers.simulator.lines")
