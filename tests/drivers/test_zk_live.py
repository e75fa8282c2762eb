"""Touches told as they happen: acknowledged at once, taken at their word where the log agrees."""

import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers.base import Capability, RawPunch
from drivers.errors import MalformedReply, NotSupported, TerminalUnreachable
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.zk import commands
from drivers.zk.events import PUNCH, is_known, touches
from drivers.zk.records import LayoutName, pack_time
from drivers.zk.terminal import ZkTerminal

NOW = datetime(2026, 11, 20, 7, 21, 5)
PATIENCE_S = 30.0
Peer = Any


class Heard(list[RawPunch | None]):
    """What was told, in order."""

    def __call__(self, touch: RawPunch | None) -> None:
        self.append(touch)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def faults() -> Faults:
    return Faults()


def memory_of(layout: LayoutName = "40") -> Memory:
    memory = Memory(layout=layout, clock=lambda: NOW)
    start = NOW - timedelta(days=40)
    memory.load(Touch(str(n % 9 + 1), start + timedelta(minutes=n)) for n in range(300))
    return memory


@pytest.fixture
def server(faults: Faults) -> Iterator[ZkServer]:
    with ZkServer(memory_of(), faults) as serving:
        yield serving


def reach(port: int, transport: str = "tcp", **options: Any) -> ZkTerminal:
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "transport": transport,
        "live": True,
        "timeout_s": 3.0,
    }
    return ZkTerminal(ZkTerminal.Options(**(settings | options)))


def wait_for(terminal: ZkTerminal, true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "waited in vain"
        terminal.wait(0.02)


def test_a_touch_is_told_as_the_log_will_tell_it(
    server: ZkServer, heard: Heard, transport: str
) -> None:
    with reach(server.port, transport) as terminal:
        terminal.listen(heard)
        terminal.read()
        server.memory.punch("198001012005011001", 1, verify=15)
        wait_for(terminal, lambda: heard)
        *_, logged = terminal.read().entries()
    (told,) = heard
    assert told is not None
    assert told[:5] == logged[:5] == ("198001012005011001", NOW, 1, 15, "")
    assert server.memory.commands_seen[commands.ACK_OK] == 1


@pytest.mark.parametrize("size", [32, 36, 37, 52, 41])
def test_text_of_every_length_is_taken_at_its_word(
    server: ZkServer, faults: Faults, heard: Heard, size: int
) -> None:
    faults.add(f"event-size={size}")
    with reach(server.port) as terminal:
        terminal.listen(heard)
        terminal.read()
        server.memory.punch("007", 1)
        wait_for(terminal, lambda: heard)
    assert [told and told[:3] for told in heard] == [("007", NOW, 1)]


@pytest.mark.parametrize("size", [10, 12, 14])
@pytest.mark.parametrize("layout", ["40", "16", "8a", "8b"])
def test_a_number_or_slot_is_only_a_reason_to_read(
    heard: Heard, layout: LayoutName, size: int
) -> None:
    with (
        ZkServer(memory_of(layout), Faults(f"event-size={size}")) as server,
        reach(server.port) as terminal,
    ):
        terminal.listen(heard)
        terminal.read()
        server.memory.punch("7", 1)
        wait_for(terminal, lambda: heard)
    assert heard == [None]


def test_where_people_key_in_work_codes_the_log_must_tell(server: ZkServer, heard: Heard) -> None:
    server.memory.set_option("WorkCode", "1")
    with reach(server.port) as terminal:
        terminal.listen(heard)
        terminal.read()
        server.memory.punch("7", 1, work_code=12)
        wait_for(terminal, lambda: heard)
    assert heard == [None]


def test_before_the_layout_is_known_a_touch_is_a_reason_to_read(
    server: ZkServer, heard: Heard
) -> None:
    with reach(server.port) as terminal:
        terminal.listen(heard)
        server.memory.punch("7")
        wait_for(terminal, lambda: heard)
    assert heard == [None]


def test_a_touch_during_a_read_is_told_and_the_read_is_whole(
    server: ZkServer, faults: Faults, heard: Heard, transport: str
) -> None:
    with reach(server.port, transport) as terminal:
        terminal.listen(heard)
        terminal.read()
        faults.add("late-punch")
        log = terminal.read()
        wait_for(terminal, lambda: heard)
    assert len(log) == 301
    assert heard[0] is not None
    assert heard[0][:3] == list(log.entries())[-1][:3]


def test_answers_and_events_in_one_segment_and_in_pieces(
    server: ZkServer, faults: Faults, heard: Heard
) -> None:
    faults.add("split=5")
    with reach(server.port) as terminal:
        terminal.listen(heard)
        terminal.read()
        server.memory.punch("1")
        server.memory.punch("2")
        assert terminal.clock() == NOW
        wait_for(terminal, lambda: len(heard) == 2)
    assert [told and told.user_id for told in heard] == ["1", "2"]


def test_nothing_is_told_after_the_goodbye(server: ZkServer, heard: Heard) -> None:
    terminal = reach(server.port)
    terminal.listen(heard)
    terminal.close()
    server.memory.punch("7")
    with pytest.raises(TerminalUnreachable, match="closed"):
        terminal.wait(1)
    assert heard == []


def test_waiting_ends_in_time_whatever_comes(server: ZkServer, heard: Heard) -> None:
    with reach(server.port) as terminal:
        terminal.listen(heard)
        began = time.monotonic()
        terminal.wait(0.05)
        assert 0.04 < time.monotonic() - began < PATIENCE_S
        terminal.wait(0)
        assert terminal.clock() == NOW, "the session goes on"


def test_events_without_end_do_not_hold_us(tcp_peer: Peer, heard: Heard) -> None:
    tcp_peer.options[b"WorkCode"] = b"0"
    event = struct.pack("<24sBB6B", b"7", 1, 0, 26, 11, 20, 7, 21, 5)
    ended = threading.Event()

    def flood(peer: Peer, asked: Any) -> Iterator[Any]:
        yield peer.say(asked)
        while not ended.is_set():
            yield peer.say(asked, commands.REG_EVENT, event, session=PUNCH, reply=0)

    tcp_peer.on[commands.REG_EVENT] = flood
    with reach(tcp_peer.port) as terminal:
        began = time.monotonic()
        terminal.listen(heard)
        terminal.wait(0.2)
        assert time.monotonic() - began < PATIENCE_S
        ended.set()
    assert heard


def test_the_end_of_a_session_is_noticed(server: ZkServer, faults: Faults, heard: Heard) -> None:
    with reach(server.port) as terminal:
        terminal.listen(heard)
        faults.add("cut=0")
        server.memory.punch("7")
        with pytest.raises(TerminalUnreachable, match=r"hung up|broke off"):
            wait_for(terminal, lambda: heard)


def test_a_session_that_was_dropped_without_a_word_answers_no_more(
    server: ZkServer, faults: Faults, heard: Heard
) -> None:
    with reach(server.port, timeout_s=0.2) as terminal:
        terminal.listen(heard)
        faults.add("stall=0")
        with pytest.raises(TerminalUnreachable, match="stopped answering"):
            terminal.clock()


def test_who_tells_no_touches_says_so(server: ZkServer, faults: Faults, heard: Heard) -> None:
    faults.add("refuse-events")
    with reach(server.port) as terminal, pytest.raises(NotSupported, match="read at intervals"):
        terminal.listen(heard)


def test_nobody_listens_who_is_not_told_to(server: ZkServer, heard: Heard) -> None:
    with reach(server.port, live=False) as terminal:
        assert Capability.LIVE not in terminal.info().can
        with pytest.raises(NotSupported, match="live = true"):
            terminal.listen(heard)
    assert server.memory.commands_seen[commands.REG_EVENT] == 0


def test_events_that_are_no_punches_are_acknowledged_and_left(tcp_peer: Peer, heard: Heard) -> None:
    def busy(peer: Peer, asked: Any) -> list[bytes]:
        finger = peer.say(asked, commands.REG_EVENT, b"", session=2, reply=0)
        strange = peer.say(asked, commands.REG_EVENT, b"12345", session=PUNCH, reply=0)
        return [finger, strange, peer.say(asked)]

    tcp_peer.on[commands.REG_EVENT] = busy
    tcp_peer.clock = pack_time(NOW)
    with reach(tcp_peer.port) as terminal:
        terminal.listen(heard)
        assert terminal.clock() == NOW
    assert heard == [None], "a punch event that nobody can read is a reason to read the log"
    acknowledged = [one for one in tcp_peer.asked if one.command == commands.ACK_OK]
    assert [(one.session, one.reply, one.data) for one in acknowledged] == [(0x1963, 0, b"")] * 2


def test_an_event_of_no_known_length_is_an_error() -> None:
    with pytest.raises(MalformedReply, match="5 bytes"):
        touches(b"12345", "40")
    assert not is_known(b"12345")
    assert not is_known(b"")


def test_several_touches_in_one_event_are_told_each() -> None:
    one = struct.pack("<24sBB6B4x", b"7", 1, 0, 26, 11, 20, 7, 21, 5)
    assert [told and told.user_id for told in touches(one + one, "40")] == ["7", "7"]
    assert touches(one + one, "16") == [None, None]
