"""Listening over real sockets: a finger, the outbox, and who else wants the terminal."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from bridge import config, locks
from bridge.assembly import Parts, assemble
from bridge.outbox import Outbox
from bridge.statedir import prepare
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.zk import commands

PATIENCE_S = 60.0


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not true():
        assert time.monotonic() < end, "waited in vain"
        pause.wait(0.01)


@pytest.fixture
def memory(memory: Memory) -> Memory:
    start = datetime(2026, 1, 5, 7)
    memory.load(Touch(str(n % 9 + 1), start + timedelta(minutes=n)) for n in range(200))
    return memory


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def terminal(memory: Memory, faults: Faults) -> Iterator[ZkServer]:
    with ZkServer(memory, faults) as server:
        yield server


@contextmanager
def running(desk) -> Iterator[Parts]:
    """Run the one poller of the configuration on a thread of its own, until the block ends."""
    loaded = config.load(desk.file)
    outbox = Outbox(prepare(loaded.state_dir))
    parts = assemble(loaded, outbox, "run")
    stop = threading.Event()
    (reader,) = parts.readers
    thread = threading.Thread(target=reader.poller.run, args=(stop,))
    thread.start()
    try:
        yield parts
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        parts.close()


@pytest.fixture
def live(desk) -> Iterator[Parts]:
    desk.write("live = true")
    with running(desk) as parts:
        wait_until(lambda: parts.outbox.counts().waiting == 204)
        yield parts


def sources(parts: Parts) -> dict[str, str]:
    return {one.body.user_id: one.body.source for one in parts.outbox.listing("waiting", 10_000)}


def held(parts: Parts, user_id: str) -> bool:
    return user_id in sources(parts)


def test_a_punch_is_in_the_outbox_within_a_second_of_the_finger(live, memory):
    took = []
    for number in range(5):
        began = time.monotonic()
        memory.punch(f"90{number}")
        wait_until(lambda number=number: held(live, f"90{number}"))
        took.append(time.monotonic() - began)
    assert {sources(live)[f"90{number}"] for number in range(5)} == {"live"}
    assert min(took) < 1.0, took  # what is slower is this machine, which may be busy


@pytest.mark.parametrize("size", [10, 12, 14])
def test_an_event_that_only_the_log_can_explain_is_read_at_once(live, memory, faults, size):
    faults.add(f"event-size={size}")
    memory.punch("907")
    wait_until(lambda: held(live, "907"))
    assert sources(live)["907"] == "poll"


def test_an_end_with_records_that_are_no_punches_is_read_whole(desk, memory):
    desk.write(poll_s="1")
    with running(desk) as parts:
        wait_until(lambda: parts.outbox.counts().waiting == 204)
        memory.add_bad("date")
        wait_until(lambda: parts.outbox.counts().waiting == 205)
        cursor = parts.outbox.ledger.cursor("front-door")
        assert (cursor.count, cursor.base) == (205, 205), "taken from the whole log"
        memory.punch("907")
        wait_until(lambda: held(parts, "907"))
        cursor = parts.outbox.ledger.cursor("front-door")
        assert (cursor.count, cursor.base) == (206, 205), "and the next by its end again"


def test_a_lost_event_comes_with_the_next_read(desk, memory, faults):
    desk.write("live = true", poll_s="1")
    with running(desk) as parts:
        wait_until(lambda: parts.outbox.counts().waiting == 204)
        faults.add("lost-event")
        memory.punch("907")
        wait_until(lambda: held(parts, "907"))
        assert sources(parts)["907"] == "poll"
    assert memory.commands_seen[commands.CONNECT] == 1, "all in one session"


def test_a_session_that_breaks_is_begun_again_and_the_gap_is_filled(desk, memory, faults):
    desk.write("live = true", poll_s="1")
    with running(desk) as parts:
        wait_until(lambda: parts.outbox.counts().waiting == 204)
        faults.add("cut=0,times:1")
        memory.punch("907")  # its event breaks the session
        wait_until(lambda: held(parts, "907"))
        assert sources(parts)["907"] == "poll"
        memory.punch("908")
        wait_until(lambda: held(parts, "908"))
    assert memory.commands_seen[commands.CONNECT] == 2


def test_who_reads_by_hand_gets_the_terminal_and_the_daemon_comes_back(desk, live, memory):
    seen = memory.commands_seen
    result = desk.types("read", "front-door")
    assert (result.exit_code, "records 204" in result.stderr) == (0, True), result.stderr
    wait_until(lambda: seen[commands.REG_EVENT] == 2)
    memory.punch("907")
    wait_until(lambda: held(live, "907"))
    assert live.outbox.ledger.terminals()[0].error == ""
    assert seen[commands.EXIT] >= 2, "each said goodbye"


def test_asking_is_seen_while_it_lasts_and_no_longer(tmp_path):
    assert not locks.wanted(tmp_path, "front")
    with locks.session(tmp_path, "front", "run"):
        asker = threading.Thread(target=_ask, args=(tmp_path,))
        asker.start()
        wait_until(lambda: locks.wanted(tmp_path, "front"))
    asker.join(PATIENCE_S)
    assert not locks.wanted(tmp_path, "front")


def _ask(place) -> None:
    with locks.session(place, "front", "doctor"):
        assert locks.wanted(place, "front"), "until it has done what it wanted"
