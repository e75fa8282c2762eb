"""What inputs begin with: captures, samples, and conversations with the simulated terminal."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from fuzz_peer import Peer
from fuzz_scripts import TOGETHER, line

from drivers.base import Terminal
from drivers.pyzk.terminal import PyzkTerminal
from drivers.simulator.conversation import Conversation
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.zk import commands
from drivers.zk.codec import Packet
from drivers.zk.records import LayoutName
from drivers.zk.terminal import ZkTerminal

TESTS = Path(__file__).parents[1]
KEY = 123_456
NOW = datetime(2026, 11, 20, 12)
TIMEOUT_S = 5.0


@cache
def captured(*beginnings: str) -> list[bytes]:
    """Return the bytes of every capture and sample so named, and of their pieces."""
    found = []
    for path in sorted([*(TESTS / "captures").iterdir(), *(TESTS / "samples").iterdir()]):
        if not path.name.startswith(beginnings) or path.suffix == ".json":
            continue
        if path.suffix != ".hex":
            found.append(path.read_bytes())
            continue
        pieces = [
            bytes.fromhex(text.partition(" ")[2])
            for text in path.read_text().splitlines()
            if text and not text.startswith("#")
        ]
        found += [b"".join(pieces), *(pieces if len(pieces) > 1 else [])]
    return [data for data in found if len(data) < 20_000]


def payloads(*beginnings: str) -> list[bytes]:
    """Return the captures, and what is left of each behind a header or two."""
    found = captured(*beginnings)
    return [data[at:] for data in found for at in (0, 8, 16) if len(data) > at]


@cache
def hostile_scripts() -> list[bytes]:
    """Return conversations as scripts; what they were held over stands before each."""
    return [
        sign + conversation(driver, transport, layout)
        for sign, transport in ((b"\x00", "tcp"), (b"\x80", "udp"))
        for driver in (ZkTerminal, PyzkTerminal)
        for layout in ("40", "16", "8a")
    ]


def conversation(driver: type[Terminal], transport: str, layout: LayoutName) -> bytes:
    """Visit the simulated terminal and return all it answered, as a script."""
    memory = Memory(layout=layout, comm_key=KEY, clock=lambda: NOW)
    memory.load(Touch(str(1 + n % 9), NOW.replace(minute=n // 2), n % 2, 1) for n in range(80))
    talk = Conversation(memory, Faults(), data_max=1_008)
    said: list[bytes] = []

    def answer(asked: Packet) -> list[Packet]:
        packets = talk.answer(asked)
        if asked.command not in (commands.EXIT,):
            said.extend(
                line(one.command, one.session, one.data, TOGETHER if place else 0)
                for place, one in enumerate(packets)
            )
        return packets

    with Peer(transport) as peer:
        peer.converse(answer)
        visit(driver, peer, TIMEOUT_S)
    return b"".join(said)


def visit(driver: type[Terminal], peer: Peer, timeout_s: float) -> Iterable[object]:
    """Ask a terminal everything there is to ask."""
    options = driver.Options(
        host="127.0.0.1", port=peer.port, transport=peer.transport, comm_key=KEY,
        timeout_s=timeout_s,
    )  # fmt: skip
    with driver(options) as terminal:  # type: ignore[call-arg]  # the registry's contract
        log = terminal.read()
        return terminal.info(), terminal.clock(), list(log.entries()), terminal.users()
