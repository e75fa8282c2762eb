"""Drivers on real sockets of the loopback, visiting a terminal that means them harm."""

from collections.abc import Iterator
from contextlib import contextmanager

from fuzz_loop import Trial
from fuzz_peer import Peer
from fuzz_scripts import BARE, line
from fuzz_seeds import captured, hostile_scripts, visit

from drivers.base import Terminal
from drivers.errors import DriverError
from drivers.pyzk.terminal import PyzkTerminal
from drivers.zk.terminal import ZkTerminal

TIMEOUT_S = 0.05  # the longest silence an honest visit sits through is twelve times this


@contextmanager
def _visits(driver: type[Terminal], transport: str) -> Iterator[Trial]:
    with Peer(transport) as peer:

        def run(data: bytes) -> None:
            peer.play(data[1:])
            visit(driver, peer, TIMEOUT_S)

        strangers = [b"\x00" + line(0, 0, data, BARE) for data in captured("zk-tcp", "pull-")]
        yield Trial(run, hostile_scripts() + strangers, (DriverError,))


@contextmanager
def zk_tcp() -> Iterator[Trial]:
    with _visits(ZkTerminal, "tcp") as trial:
        yield trial


@contextmanager
def zk_udp() -> Iterator[Trial]:
    with _visits(ZkTerminal, "udp") as trial:
        yield trial


@contextmanager
def pyzk_tcp() -> Iterator[Trial]:
    with _visits(PyzkTerminal, "tcp") as trial:
        yield trial


@contextmanager
def pyzk_udp() -> Iterator[Trial]:
    with _visits(PyzkTerminal, "udp") as trial:
        yield trial
