"""The end of a log alone: handed over only where it is proven, and cheap."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers.base import Known
from drivers.errors import TerminalUnreachable
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.zk import commands
from drivers.zk.records import LayoutName
from drivers.zk.terminal import ZkTerminal

FIRST = datetime(2026, 1, 5, 7, 0)
COUNT = 2_500  # 100 kB at 40 bytes a record: two chunks
Peer = Any


def touches(count: int, start: int = 0) -> list[Touch]:
    return [
        Touch(str(number % 90 + 1), FIRST + timedelta(seconds=61 * number), number % 2)
        for number in range(start, start + count)
    ]


def memory_of(layout: LayoutName = "40", capacity: int = 100_000) -> Memory:
    memory = Memory(layout=layout, capacity=capacity, clock=lambda: datetime(2026, 11, 20, 10))
    memory.load(touches(COUNT))
    return memory


@pytest.fixture
def memory() -> Memory:
    return memory_of()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(memory: Memory, faults: Faults) -> Iterator[ZkServer]:
    with ZkServer(memory, faults) as serving:
        yield serving


def reach(server: ZkServer, transport: str = "tcp", **options: Any) -> ZkTerminal:
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "transport": transport,
        "timeout_s": 3.0,
    }
    return ZkTerminal(ZkTerminal.Options(**(settings | options)))


def place(terminal: ZkTerminal, back: int = 0) -> Known:
    log = terminal.read()
    return Known.of(log, len(log) - back)


def chunks(memory: Memory) -> int:
    return memory.commands_seen[commands.READ_BUFFER]


@pytest.mark.parametrize("layout", ["8a", "8b", "16", "22", "40", "49"])
def test_the_end_of_every_layout_is_what_the_whole_log_says(
    layout: LayoutName, transport: str
) -> None:
    memory = memory_of(layout)
    with ZkServer(memory) as server, reach(server, transport) as terminal:
        known = place(terminal, back=3)
        memory.load(touches(4, start=COUNT))
        end, whole = terminal.read_on(known), terminal.read()
    assert (end.start, len(end)) == (COUNT - 3 - 64, COUNT + 4)
    assert list(end.entries(end.start)) == list(whole.entries(end.start))
    assert end.raw(COUNT + 3) == whole.raw(COUNT + 3)
    assert end.claimed == COUNT + 4
    assert end.layout == whole.layout


def test_nothing_new_is_an_end_of_known_records(server: ZkServer, transport: str) -> None:
    with reach(server, transport) as terminal:
        known = place(terminal)
        end = terminal.read_on(known)
    assert (end.start, len(end)) == (COUNT - 64, COUNT)
    assert tuple(entry.raw for entry in end.entries(end.start)) == known.records


def test_only_the_end_travels(server: ZkServer, memory: Memory) -> None:
    with reach(server) as terminal:
        known = place(terminal)
    before = chunks(memory)
    with reach(server) as terminal:
        memory.punch("7")
        assert terminal.read_on(known).start == COUNT - 64
    assert chunks(memory) - before == 2, "the size in front, and the end"


def test_what_was_not_read_is_not_made_up(server: ZkServer) -> None:
    with reach(server) as terminal:
        end = terminal.read_on(place(terminal))
    for wrong in (0, end.start - 1):
        with pytest.raises(IndexError):
            end.raw(wrong)
        with pytest.raises(IndexError):
            end.entries(wrong)
    with pytest.raises(ValueError, match="not read"):
        end.digest(len(end))
    assert end.raw(-1) == end.raw(len(end) - 1)


class TestTheWholeLogIsRead:
    """Wherever it is not proven that the end belongs to what is known."""

    def whole(self, server: ZkServer, known: Known, transport: str = "tcp") -> None:
        with reach(server, transport) as terminal:
            log = terminal.read_on(known)
        assert log.start == 0
        assert b"".join(entry.raw for entry in log.entries()) == server.memory.log()
        assert server.memory.commands_seen[commands.EXIT] > 0

    @pytest.fixture
    def known(self, server: ZkServer) -> Known:
        with reach(server) as terminal:
            return place(terminal)

    def test_after_it_was_cleared(self, server: ZkServer, memory: Memory, known: Known) -> None:
        memory.clear()
        memory.load(touches(40, start=9_000))
        self.whole(server, known)

    def test_after_it_was_cleared_and_grew_longer(
        self, server: ZkServer, memory: Memory, known: Known
    ) -> None:
        memory.clear()
        memory.load(touches(COUNT + 40, start=9_000))
        self.whole(server, known)

    def test_after_it_rotated(self, faults: Faults) -> None:
        memory = memory_of(capacity=COUNT)
        with ZkServer(memory, faults) as server:
            with reach(server) as terminal:
                known = place(terminal)
            memory.punch("7")
            assert memory.count() == COUNT, "the count tells nothing"
            self.whole(server, known)

    def test_after_one_of_the_last_records_changed(self, server: ZkServer, known: Known) -> None:
        records = list(known.records)
        records[0] = records[0][:-1] + b"\x01"
        self.whole(server, replace(known, records=tuple(records)))

    @pytest.mark.parametrize(
        "changed",
        [
            {"layout": "49"},
            {"layout": "49", "records": (bytes(49),) * 64},
            {"layout": "text"},
            {"layout": ""},
            {"records": ()},
            {"count": COUNT + 1},
            {"count": 64},
            {"count": 0, "records": ()},
        ],
    )
    def test_where_the_place_cannot_be(
        self, server: ZkServer, known: Known, changed: dict[str, Any]
    ) -> None:
        self.whole(server, replace(known, **changed))

    def test_where_the_layout_that_a_person_tells_is_another(
        self, server: ZkServer, known: Known
    ) -> None:
        with reach(server, layout="40") as terminal:
            assert terminal.read_on(known).start > 0
        with reach(server, layout="8a") as terminal:
            assert terminal.read_on(known).start == 0

    @pytest.mark.parametrize(
        "fault", ["refuse-skip", "refuse-skip=65531", "skip-zeros", "skip-ignored", "wrong-prefix"]
    )
    def test_where_the_firmware_cannot(
        self, server: ZkServer, faults: Faults, known: Known, fault: str, transport: str
    ) -> None:
        faults.add(fault)
        self.whole(server, known, transport)
        assert faults.fired()

    def test_where_the_log_is_small_and_comes_inline(self, server: ZkServer) -> None:
        server.memory.clear()
        server.memory.load(touches(20))
        with reach(server) as terminal:
            known = place(terminal)
        self.whole(server, replace(known, count=20, records=known.records[-5:]))

    def test_where_only_the_older_form_is_known(
        self, server: ZkServer, faults: Faults, known: Known
    ) -> None:
        faults.add("refuse-read")
        self.whole(server, known, "udp")


def test_a_unit_that_refuses_the_size_in_front_is_read_on(
    server: ZkServer, faults: Faults, transport: str
) -> None:
    faults.add("refuse-prefix")
    with reach(server, transport) as terminal:
        assert terminal.read_on(place(terminal)).start == COUNT - 64
    assert faults.fired() == {"refuse-prefix": 1}, "asked once, and not again and again"


def test_a_blank_slot_at_the_end_is_handed_over_and_not_known(
    server: ZkServer, memory: Memory, faults: Faults
) -> None:
    faults.add("blank-slot")
    with reach(server) as terminal:
        known = place(terminal, back=1)  # the cursor never holds the slot that is written next
        memory.load(touches(2, start=COUNT))
        end = terminal.read_on(known)
    assert (end.start, len(end), end.claimed) == (COUNT - 64, COUNT + 3, COUNT + 3)
    assert [not any(end.raw(COUNT + index)) for index in range(3)] == [False, False, True]


def test_a_count_that_is_wrong_changes_nothing(server: ZkServer, faults: Faults) -> None:
    with reach(server) as terminal:
        known = place(terminal)
        for fault in ("zero-count", "wrong-count=-70", "wrong-count=5"):
            faults.clear()
            faults.add(fault)
            assert terminal.read_on(known).start == COUNT - 64


def test_lost_datagrams_cost_a_chunk(server: ZkServer, faults: Faults) -> None:
    with reach(server, "udp") as terminal:
        known = place(terminal)
        faults.add("drop=times:1")
        end = terminal.read_on(known)
    assert (end.start, len(end)) == (COUNT - 64, COUNT)


def test_the_link_may_break_in_the_end_and_nothing_is_returned(
    server: ZkServer, memory: Memory, faults: Faults
) -> None:
    with reach(server) as terminal:
        known = place(terminal)
    with reach(server) as terminal:
        faults.add("cut=1800")  # past the greetings, within the end
        with pytest.raises(TerminalUnreachable):
            terminal.read_on(known)
    assert faults.fired() == {"cut": 1}


def test_the_buffer_is_freed_on_every_path(server: ZkServer, memory: Memory) -> None:
    with reach(server) as terminal:
        known = place(terminal)
        terminal.read_on(known)
        terminal.read_on(replace(known, count=COUNT - 1))
    seen = memory.commands_seen
    assert seen[commands.FREE_DATA] == 2 * seen[commands.PREPARE_BUFFER]
    assert seen[commands.EXIT] == seen[commands.CONNECT]
