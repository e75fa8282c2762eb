"""The daemon: as a process that systemd starts, watches and stops, and its parts by themselves."""

import json
import logging
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from bridge_parts import receipt_of

from bridge.assembly import assemble
from bridge.config import load
from bridge.daemon import HOUSEKEEPING, Daemon, Housekeeper, _tick_s
from bridge.errors import OutboxFull
from bridge.health import Health
from bridge.logs import OneLine
from bridge.outbox import Outbox
from drivers.simulator.faults import Faults
from drivers.zk import commands

PATIENCE_S = 60.0


class Systemd:
    """The end of NOTIFY_SOCKET that systemd holds, read as it comes."""

    def __init__(self, path: str) -> None:
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        self._path = path

    def wait_for(self, beginning: str, since: int = 0) -> None:
        """Wait for a line that begins so, behind the first so many."""
        eventually(lambda: any(line.startswith(beginning) for line in self.told[since:]))

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._path)
        self._thread.join()
        self._socket.close()

    def _read(self) -> None:
        while received := self._socket.recv(4_096):
            self.told += received.decode().splitlines()


@pytest.fixture
def systemd(tmp_path):
    end = Systemd(str(tmp_path / "notify"))
    yield end
    end.close()


def eventually(what: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not what():
        assert time.monotonic() < end, "it never came true"
        pause.wait(0.02)


@pytest.fixture
def start(desk, systemd, scripted, taking):
    """Start the daemon as a process of its own; it is gone at the end of the test."""
    started: list[subprocess.Popen[str]] = []
    desk.write(url=f'"{scripted.url}"', heartbeat_s="1")

    def start() -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(desk.folder / "notify"),
            "WATCHDOG_USEC": "300000",
        }
        before = len(systemd.told)
        started.append(
            subprocess.Popen(
                desk.command("run"), stderr=subprocess.PIPE, text=True, env=environment
            )
        )
        systemd.wait_for("READY=1", before)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def stopped(process: subprocess.Popen[str], with_signal: signal.Signals = signal.SIGTERM) -> str:
    """Stop it as systemd or a person does; return its log."""
    process.send_signal(with_signal)
    _, log = process.communicate(timeout=10)
    assert process.returncode == 0, log
    return log


class TestProcess:
    """`hadir-bridge run`."""

    def test_it_is_ready_fed_and_stopped(self, start, systemd, desk, taking):
        process = start()
        eventually(lambda: len(taking.rows) == 4)
        systemd.wait_for("WATCHDOG=1")
        systemd.wait_for("STATUS=0 waiting for the centre")
        status = json.loads(desk.types("status", "--json").stdout)
        assert status["running"] == f"hadir-bridge run (process {process.pid})"
        assert status["terminals"][0]["error"] == ""
        log = stopped(process)
        systemd.wait_for("STOPPING=1")
        assert "office 4.01.01; terminals: front-door; centre http://127.0.0.1:" in log
        assert log.splitlines()[-1].endswith("stopped")
        assert desk.key.read_text().split()[-1] not in log

    def test_control_c_stops_it_as_well(self, start):
        stopped(start(), signal.SIGINT)

    def test_new_punches_go_on_to_the_centre(self, start, desk, memory, taking):
        desk.file.write_text(desk.file.read_text().replace("poll_s = 60", "poll_s = 1"))
        process = start()
        eventually(lambda: len(taking.rows) == 4)
        memory.punch("1003", 0, datetime(2026, 11, 24, 7, 15, 0))
        eventually(lambda: len(taking.rows) == 5)
        stopped(process)

    def test_what_was_in_hand_at_a_kill_comes_once(self, start, systemd, desk, memory, taking):
        process = start()
        process.kill()
        process.wait()
        memory.punch("1003", 0, datetime(2026, 11, 24, 7, 15, 0))
        again = start()
        eventually(lambda: len(taking.rows) == 5)
        stopped(again)
        with Outbox.existing(desk.state / "outbox.db") as outbox:
            counts = outbox.counts()
        assert (counts.waiting, counts.sent, counts.parked) == (0, 5, 0)

    def test_a_stop_in_the_middle_of_a_read_says_goodbye_in_time(
        self, start, desk, memory, terminal
    ):
        for second in range(600):
            memory.punch("1001", 0, datetime(2026, 11, 20, 7, second // 60, second % 60))
        desk.file.write_text(desk.file.read_text().replace("timeout_s = 2\n\n", "timeout_s = 60\n"))
        terminal.faults = Faults("stall=9000")
        process = start()
        eventually(lambda: bool(terminal.faults.fired().get("stall")))
        began = time.monotonic()
        log = stopped(process)
        assert time.monotonic() - began < 10
        assert memory.commands_seen[commands.EXIT] == 1
        assert "stopped" in log
        assert "Traceback" not in log
        status = json.loads(desk.types("status", "--json").stdout)
        assert status["running"] is None

    def test_a_second_one_is_refused_and_the_first_named(self, start, desk):
        first = start()
        second = subprocess.run(
            desk.command("run"), capture_output=True, text=True, timeout=30, check=False
        )
        assert second.returncode == 1
        (line,) = second.stderr.splitlines()
        assert f"is in use by hadir-bridge run (process {first.pid}); stop that one first" in line
        stopped(first)

    def test_read_does_not_disturb_a_terminal_that_is_being_read(
        self, start, desk, memory, terminal
    ):
        desk.file.write_text(desk.file.read_text().replace("timeout_s = 2\n\n", "timeout_s = 60\n"))
        terminal.faults = Faults("stall=100")
        process = start()
        eventually(lambda: bool(terminal.faults.fired().get("stall")))
        told = desk.types("read", "front-door")
        assert told.exit_code == 1
        assert f"being read by hadir-bridge run (process {process.pid})" in told.stderr
        stopped(process)

    def test_under_the_journal_lines_carry_their_level(self, desk, scripted, taking, tmp_path):
        desk.write(url=f'"{scripted.url}"', comm_key="1")
        process = subprocess.Popen(
            desk.command("run"),
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "JOURNAL_STREAM": "8:1"},
        )
        assert process.stderr is not None
        first, second = process.stderr.readline(), process.stderr.readline()
        stopped(process)
        assert first.startswith("<6>office 4.01.01")
        assert second.startswith("<3>front-door: ")
        assert "comm_key" in second

    def test_a_wrong_configuration_is_exit_2_so_that_systemd_leaves_it_down(self, desk):
        desk.file.write_text("[bridge]\n")
        told = subprocess.run(
            desk.command("run"), capture_output=True, text=True, timeout=30, check=False
        )
        assert told.returncode == 2
        assert "bridge.office: missing" in told.stderr


class TestWatch:
    """What systemd is told, in this process and without waiting."""

    @pytest.fixture
    def told(self):
        return []

    @pytest.fixture
    def parts(self, desk):
        config = load(desk.file, {})
        desk.state.mkdir(mode=0o700)
        parts = assemble(config, Outbox(desk.state / "outbox.db"), "run")
        yield parts
        parts.close()

    @pytest.fixture
    def daemon(self, desk, parts, told):
        return Daemon(load(desk.file, {}), parts, told.append)

    def test_the_watchdog_is_fed_while_every_loop_beats(self, daemon, parts, told):
        parts.health.beat("forwarder", 60)
        daemon.watch()
        assert told == ["WATCHDOG=1", "STATUS=0 waiting for the centre"]

    def test_one_loop_that_hangs_is_enough_to_starve_it(self, daemon, parts, told, caplog):
        parts.health.beat("forwarder", 60)
        parts.health.beat("terminal front-door", -1)
        daemon.watch()
        daemon.watch()
        assert told == ["STATUS=0 waiting for the centre; terminal front-door hangs"] * 2
        assert [record.message for record in caplog.records] == [
            "no progress: terminal front-door; the watchdog is not fed"
        ]

    def test_a_fault_with_a_line_break_cannot_speak_to_systemd(self, daemon, parts, told):
        parts.health.fault("forwarder", "no\nWATCHDOG=1")
        daemon.watch()
        assert told[-1] == "STATUS=0 waiting for the centre; forwarder: no WATCHDOG=1"

    def test_every_loop_is_counted_from_the_start(self, daemon, parts, told):
        daemon.start()
        assert told[0] == "READY=1"
        assert daemon.stop()
        assert told[-1] == "STOPPING=1"
        assert parts.health.late() == []

    @pytest.mark.parametrize(
        ("environment", "tick_s"),
        [({}, 10.0), ({"WATCHDOG_USEC": "120000000"}, 10.0), ({"WATCHDOG_USEC": "3000000"}, 1.0)],
    )
    def test_it_looks_three_times_within_what_the_watchdog_waits(self, environment, tick_s):
        assert _tick_s(environment) == tick_s


class TestLogLines:
    """What terminals send may stand in a line, and cannot begin another."""

    @staticmethod
    def line(text: str, *, priorities: bool = False) -> str:
        form = OneLine("%(message)s", priorities=priorities)
        return form.format(logging.makeLogRecord({"msg": text, "levelname": "ERROR"}))

    def test_a_line_break_is_shown_and_not_made(self):
        assert self.line("no\nINFO all is well\x1b[2J") == r"no\nINFO all is well\x1b[2J"

    def test_the_journal_is_told_the_level(self):
        assert self.line("no", priorities=True) == "<3>no"

    def test_letters_of_every_script_stay(self):
        assert self.line("Kepulauan Riau — 张") == "Kepulauan Riau — 张"


class TestHousekeeping:
    """Settled rows go after their time, and never others."""

    def test_only_what_was_settled_long_ago_goes(self, outbox, bodies, touches):
        outbox.add(bodies(touches(3)))
        pending = outbox.next_batch(2)
        outbox.settle(receipt_of(pending), pending, at=1_000)
        keeper = Housekeeper(outbox, keep_days=1, health=Health(), clock=lambda: 1_000 + 86_400.0)
        keeper.step()
        assert outbox.counts().sent == 2
        keeper = Housekeeper(outbox, keep_days=1, health=Health(), clock=lambda: 1_001 + 86_400.0)
        assert keeper.step() > 3_600
        counts = outbox.counts()
        assert (counts.waiting, counts.sent) == (1, 0)

    def test_a_fault_of_the_outbox_is_logged_and_lived_through(self, caplog):
        class Full:
            def prune(self, before: int) -> int:
                raise OutboxFull("no room on the disk")

        health = Health()
        keeper = Housekeeper(Full(), keep_days=1, health=health, clock=lambda: 0.0)
        stop = threading.Event()
        thread = threading.Thread(target=keeper.run, args=(stop,))
        thread.start()
        eventually(lambda: bool(caplog.records))
        stop.set()
        thread.join(PATIENCE_S)
        assert "no room on the disk" in caplog.records[0].message
        assert HOUSEKEEPING not in health.late()
