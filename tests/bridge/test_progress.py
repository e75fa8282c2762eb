"""What a person sees who waits for a long read."""

import contextlib
import os
import subprocess
from datetime import datetime, timedelta

import pytest

from bridge.progress import EVERY_S, Lines, Steps
from drivers import progress as told
from drivers.simulator.touches import Touch
from drivers.zk.terminal import ZkTerminal


class Seen:
    def __init__(self) -> None:
        self.updates: list[tuple[int, int]] = []

    def update(self, done: int, total: int) -> None:
        self.updates.append((done, total))


def test_a_line_is_said_only_now_and_then():
    now, said = [0.0], []
    lines = Lines("front-door", "bytes", say=said.append, monotonic=lambda: now[0])
    for second in range(int(2.5 * EVERY_S)):
        now[0] = float(second)
        lines.update(second, 100)
    assert said == ["front-door: 10 of 100 bytes", "front-door: 20 of 100 bytes"]


def test_a_total_that_is_not_known_is_not_said():
    now, said = [0.0], []
    lines = Lines("front-door", "records", say=said.append, monotonic=lambda: now[0])
    now[0] = EVERY_S
    lines.update(7, 0)
    assert said == ["front-door: 7 records"]


def test_steps_do_not_go_beyond_the_end():
    seen = Seen()
    step = Steps(seen, 1_000, 1_500)
    step()
    step()
    step()
    assert seen.updates == [(1_000, 1_500), (1_500, 1_500), (1_500, 1_500)]


@pytest.fixture
def long_log(terminal):
    first = datetime(2026, 1, 5, 7, 0)
    terminal.memory.load(
        Touch(str(1_000 + number % 50), first + timedelta(minutes=number), 0, 1)
        for number in range(6_000)
    )
    return terminal


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_read_tells_how_far_it_is(long_log, transport):
    seen = Seen()
    options = ZkTerminal.Options("127.0.0.1", long_log.port, transport, 77, timeout_s=5)
    with told.watched_by(seen.update), ZkTerminal(options) as opened:
        size = 40 * len(opened.read()) + 4
    done = [arrived for arrived, _ in seen.updates]
    assert done == sorted(done)
    assert done[-1] == size
    assert len(set(done)) > 3
    assert {expected for _, expected in seen.updates} == {size}


def test_an_old_terminal_tells_it_too(long_log):
    long_log.faults.add("refuse-read")
    seen = Seen()
    options = ZkTerminal.Options("127.0.0.1", long_log.port, "udp", 77, timeout_s=5)
    with told.watched_by(seen.update), ZkTerminal(options) as opened:
        size = 40 * len(opened.read()) + 4
    assert seen.updates[-1] == (size, size)
    assert len(seen.updates) > 10


def test_nobody_has_to_watch(long_log):
    options = ZkTerminal.Options("127.0.0.1", long_log.port, "tcp", 77, timeout_s=5)
    with ZkTerminal(options) as opened:
        assert len(opened.read()) == 6_004


def test_a_bar_on_a_screen_leaves_stdout_alone(desk, long_log):
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as window:
        told = subprocess.Popen(
            desk.command("read", "front-door"), stdout=subprocess.PIPE, stderr=theirs,
            env={**os.environ, "COLUMNS": "100", "TERM": "xterm"},
        )  # fmt: skip
        os.close(theirs)
        data, _ = told.communicate(timeout=60)
        shown = b""
        with contextlib.suppress(OSError):  # how the end of a window is told
            while read := window.read(4_096):
                shown += read
    assert told.returncode == 0
    assert len(data.splitlines()) == 6_004
    assert "━".encode() in shown
    assert b"front-door" in shown


def test_elsewhere_a_short_read_says_nothing_of_it(desk, long_log):
    said = desk.types("read", "front-door").stderr.splitlines()
    assert len(said) == 1
    assert said[0].startswith("front-door: ")
