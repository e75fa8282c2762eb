"""The two things that change a ZK terminal, and what keeps them from doing harm."""

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers.base import Capability, ListLog, Log
from drivers.errors import DriverError, LogChanged, TerminalRefused, TerminalUnreachable
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer
from drivers.zk import commands as code
from drivers.zk.records import encode_punch, pack_time
from drivers.zk.terminal import ZkTerminal

NOON = datetime(2026, 11, 20, 12, 0, 0)
ORDERS = {code.CLEAR_ATTLOG, code.SET_TIME, code.ENABLE, code.DISABLE, code.REFRESH}


@pytest.fixture(params=["40", "16", "8a"])
def memory(request: pytest.FixtureRequest) -> Memory:
    memory = Memory(layout=request.param, clock=lambda: NOON)
    for minute in range(30):
        memory.punch(str(101 + minute % 3), minute % 2, NOON - timedelta(minutes=60 - minute))
    return memory


@pytest.fixture(params=["tcp", "udp"])
def terminal(request: pytest.FixtureRequest, memory: Memory) -> Iterator[ZkTerminal]:
    with (
        ZkServer(memory) as server,
        ZkTerminal(
            ZkTerminal.Options(
                host="127.0.0.1", port=server.port, transport=request.param, timeout_s=3
            )
        ) as opened,
    ):
        yield opened


def orders_seen(memory: Memory) -> dict[int, int]:
    return {order: memory.commands_seen[order] for order in ORDERS if memory.commands_seen[order]}


class TestClear:
    def test_empties_the_log_that_was_read_and_lets_people_punch_again(
        self, terminal: ZkTerminal, memory: Memory
    ) -> None:
        assert Capability.CLEAR in terminal.info().can
        terminal.clear(terminal.read())
        assert memory.count() == 0
        assert memory.enabled
        assert len(terminal.read()) == 0
        assert memory.punch("101", 0, NOON)

    def test_a_punch_after_the_read_keeps_the_whole_log(
        self, terminal: ZkTerminal, memory: Memory
    ) -> None:
        known = terminal.read()
        memory.punch("103", 1, NOON)
        with pytest.raises(LogChanged, match="holds 31 records and no longer the 30"):
            terminal.clear(known)
        assert memory.count() == 31
        assert memory.enabled
        assert not memory.commands_seen[code.CLEAR_ATTLOG]

    def test_another_log_of_the_same_length_is_kept(
        self, terminal: ZkTerminal, memory: Memory
    ) -> None:
        entries = list(terminal.read().entries())
        entries[7] = entries[8]
        with pytest.raises(LogChanged):
            terminal.clear(ListLog(memory.serial, entries))
        assert memory.count() == 30
        assert memory.enabled

    def test_nobody_can_punch_between_the_comparison_and_the_clearing(
        self, terminal: ZkTerminal, memory: Memory
    ) -> None:
        known = terminal.read()
        tried: list[bool] = []
        empty = memory.clear

        def punch_then_clear() -> None:
            tried.append(memory.punch("102", 0, NOON))
            empty()

        memory.clear = punch_then_clear  # type: ignore[method-assign]  # the moment in question
        terminal.clear(known)
        assert tried == [False]

    def test_a_read_sends_no_order(self, terminal: ZkTerminal, memory: Memory) -> None:
        terminal.read()
        terminal.users()
        terminal.clock()
        assert orders_seen(memory) == {}


class TestSetClock:
    def test_the_clock_goes_on_from_there(self, terminal: ZkTerminal, memory: Memory) -> None:
        memory.shift_clock(-7_000)
        assert terminal.clock() == NOON - timedelta(seconds=7_000)
        terminal.set_clock(NOON)
        assert terminal.clock() == NOON
        assert orders_seen(memory) == {code.SET_TIME: 1, code.REFRESH: 1}

    def test_a_refusal_is_told(self, peer: Any) -> None:
        peer.allowed = peer.allowed | ORDERS
        peer.refuse(code.SET_TIME)
        with reach(peer) as terminal, pytest.raises(TerminalRefused, match="answers with code"):
            terminal.set_clock(NOON)


def reach(peer: Any) -> ZkTerminal:
    options = ZkTerminal.Options(
        host="127.0.0.1", port=peer.port, transport=peer.transport, timeout_s=1
    )
    return ZkTerminal(options)


def fill(peer: Any) -> None:
    peer.allowed = peer.allowed | ORDERS
    peer.clock = pack_time(NOON)
    peer.log = encode_punch("40", uid=1, user_id="101", local_time=NOON, state=0)
    peer.count = 1


def ok(peer: Any, asked: Any) -> list[bytes]:
    return [peer.say(asked)]


class TestATerminalThatDoesNotObey:
    def test_is_not_cleared_where_it_cannot_be_held_still(self, peer: Any) -> None:
        fill(peer)
        with reach(peer) as terminal:
            known = terminal.read()
            with pytest.raises(TerminalRefused, match="cannot be held still"):
                terminal.clear(known)
        assert peer.was_let_go()
        assert code.CLEAR_ATTLOG not in peer.heard
        assert code.ENABLE in peer.heard, "it may have obeyed all the same"

    def test_that_kept_its_log_is_named(self, peer: Any) -> None:
        fill(peer)
        for order in ORDERS:
            peer.on[order] = ok
        still = pytest.raises(TerminalRefused, match="says that its log is cleared and still")
        with reach(peer) as terminal, still:
            terminal.clear(terminal.read())
        assert peer.heard.count(code.ENABLE) == peer.heard.count(code.DISABLE) == 1

    def test_a_blank_slot_that_is_left_is_no_record(self, tcp_peer: Any) -> None:
        """ZLM60 counts the slot that it writes next."""
        fill(tcp_peer)
        for order in ORDERS:
            tcp_peer.on[order] = ok

        def clear(peer: Any, asked: Any) -> list[bytes]:
            peer.log = bytes(40)
            return [peer.say(asked)]

        tcp_peer.on[code.CLEAR_ATTLOG] = clear
        with reach(tcp_peer) as terminal:
            terminal.clear(terminal.read())

    @pytest.mark.parametrize("at", [code.GET_FREE_SIZES, code.PREPARE_BUFFER, code.CLEAR_ATTLOG])
    def test_that_falls_silent_is_told_to_go_on_all_the_same(self, peer: Any, at: int) -> None:
        fill(peer)
        for order in ORDERS:
            peer.on[order] = ok
        with reach(peer) as terminal:
            known: Log = terminal.read()
            peer.on[at] = lambda peer, asked: []
            terminal._exchange._timeout_s = 0.05  # the patience of PREPARE is twelve of them
            with pytest.raises(TerminalUnreachable):
                terminal.clear(known)
        assert peer.was_let_go()
        held = peer.heard.index(code.DISABLE)
        assert code.ENABLE in peer.heard[held:]

    def test_clearing_is_asked_for_once(self, udp_peer: Any) -> None:
        """An order whose answer is lost is not repeated: a punch may have come since."""
        fill(udp_peer)
        for order in ORDERS:
            udp_peer.on[order] = ok
        udp_peer.on[code.CLEAR_ATTLOG] = lambda peer, asked: []
        with reach(udp_peer) as terminal:
            known = terminal.read()
            terminal._exchange._timeout_s = 0.2
            with pytest.raises(DriverError):
                terminal.clear(known)
        assert udp_peer.heard.count(code.CLEAR_ATTLOG) == 1


def test_the_time_is_packed_as_terminals_store_it(tcp_peer: Any) -> None:
    tcp_peer.allowed = tcp_peer.allowed | ORDERS
    sent: list[bytes] = []

    def keep(peer: Any, asked: Any) -> list[bytes]:
        sent.append(asked.data)
        return [peer.say(asked)]

    tcp_peer.on[code.SET_TIME] = keep
    tcp_peer.on[code.REFRESH] = ok
    with reach(tcp_peer) as terminal:
        terminal.set_clock(datetime(2009, 2, 16, 1, 34, 50))
    day = (((2009 - 2000) * 12 + 1) * 31 + 15) * 24 * 3_600
    assert sent == [struct.pack("<I", day + 3_600 + 34 * 60 + 50)]
