"""Every way we have of asking a ZK terminal sits the same examination."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from drivers.base import RawPunch, Terminal
from drivers.pyzk.terminal import PyzkTerminal
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.testing import SAMPLE_LOG, TerminalContract
from drivers.zk.terminal import ZkTerminal

NOON = datetime(2026, 11, 20, 12, 0, 0)
KEY = 123_456


def served(layout: str, punches: tuple[RawPunch, ...]) -> ZkServer:
    memory = Memory(layout=layout, comm_key=KEY, clock=lambda: NOON)
    memory.load(Touch(one.user_id, one.local_time, one.state, one.verify) for one in punches)
    return ZkServer(memory)


class OnASimulator(TerminalContract):
    layout = "40"
    transport = "tcp"
    driver: type[Terminal]

    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        with served(self.layout, tuple(self.expected)) as server:
            options = self.driver.Options(
                host="127.0.0.1", port=server.port, transport=self.transport, comm_key=KEY
            )
            with self.driver(options) as terminal:
                yield terminal
            seen = server.memory.commands_seen
            assert not {12, 14, 15} & set(seen)
            assert seen[1003] == seen[1002], "it was held still and not let go"
            assert seen[1001] == 1


class TestZkOverTcp(OnASimulator):
    driver = ZkTerminal


class TestZkOverUdp(OnASimulator):
    driver = ZkTerminal
    transport = "udp"


class TestZkOnAFaceTerminal(OnASimulator):
    driver = ZkTerminal
    layout = "49"


class TestZkOnAnOldTerminal(OnASimulator):
    driver = ZkTerminal
    layout = "16"
    transport = "udp"
    # user ids are numbers of 32 bits here: neither 18 digits nor leading zeros
    expected = tuple(one for one in SAMPLE_LOG if one.user_id in ("7", "12"))


class TestPyzkOverTcp(OnASimulator):
    driver = PyzkTerminal


class TestPyzkOverUdp(OnASimulator):
    driver = PyzkTerminal
    transport = "udp"


class TestPyzkOnAnOldTerminal(OnASimulator):
    driver = PyzkTerminal
    layout = "16"
    transport = "udp"
    expected = TestZkOnAnOldTerminal.expected
