"""The simulator as a process of its own: its command line, its control lines, its death."""

import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drivers.simulator.__main__ import main
from drivers.simulator.memory import Memory

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "usb-attlog-fingerprint.dat"
DEADLINE_S = 20.0


class Process:
    """One running simulator."""

    def __init__(self, *options: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "drivers.simulator", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.ready = self.line()

    def line(self) -> Any:
        assert self.popen.stdout is not None
        ready, _, _ = select.select([self.popen.stdout], [], [], DEADLINE_S)
        assert ready, "the simulator says nothing"
        return json.loads(self.popen.stdout.readline())

    def ask(self, line: str) -> Any:
        assert self.popen.stdin is not None
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()
        return self.line()

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what was still said."""
        self.popen.send_signal(how)
        out, err = self.popen.communicate(timeout=DEADLINE_S)
        return self.popen.returncode, out, err


@pytest.fixture
def simulator() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(*options: str) -> Process:
        process = Process(*options)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.popen.poll() is None:
            process.popen.kill()
        process.popen.communicate(timeout=DEADLINE_S)


def test_a_killed_simulator_comes_back_with_the_same_log(
    simulator: Callable[..., Process], tmp_path: Path
) -> None:
    options = (
        "--serial", "SIM7", "--people", "3", "--days", "2", "--bad-records", "2",
        "--state", str(tmp_path / "flash"), "--control",
    )  # fmt: skip
    first = simulator(*options)
    assert first.ready == {"port": first.ready["port"], "serial": "SIM7", "count": 14}
    assert first.ask("punch 2 1 2026-11-20T16:04:03") == {"recorded": True, "count": 15}
    assert "clock" in first.ask("clock +100")
    dump = first.ask("dump")
    assert len(dump["punches"]) == 13
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL

    second = simulator(*options, "--port", str(first.ready["port"]))
    assert second.ready == {"port": first.ready["port"], "serial": "SIM7", "count": 15}
    assert second.ask("dump") == dump
    assert second.end(signal.SIGTERM) == (0, "", "")
    with Memory("SIM7", flash=tmp_path / "flash") as memory:
        assert memory.count() == 15
        assert memory.skew.total_seconds() == 100


def test_a_real_export_is_served_shifted_until_ctrl_c(simulator: Callable[..., Process]) -> None:
    process = simulator("--attlog", str(SAMPLE), "--shift-to", "2026-11-20", "--fault", "split")
    assert process.ready["count"] == 200
    address = ("127.0.0.1", process.ready["port"])
    with socket.create_connection(address, timeout=DEADLINE_S) as client:
        client.sendall(bytes.fromhex("5050827d08000000e80317fc00000000"))
        assert client.recv(4) == b"\x50\x50\x82\x7d"
        assert process.end(signal.SIGINT) == (0, "", "")


def test_it_ends_with_its_stdin_and_people_punch_meanwhile(
    simulator: Callable[..., Process],
) -> None:
    process = simulator("--people", "2", "--days", "0", "--live", "500", "--control")
    while process.ask("count")["count"] < 5:
        assert process.popen.poll() is None
    out, err = process.popen.communicate(timeout=DEADLINE_S)
    assert (process.popen.returncode, out, err) == (0, "", "")


def run(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*options])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fault", "stal"], "no fault 'stal'; did you mean 'stall'?"),
        (["--late", "1@monday"], "write USER or USER@YYYY-MM-DD"),
        (["--attlog", str(SAMPLE), "--people", "3"], "--attlog brings its own people"),
        (["--attlog", "nowhere.dat"], "nowhere.dat"),
        (["--layout", "41"], "'41' is not one of"),
    ],
)
def test_misuse_is_told_and_exits_2(options: list[str], says: str) -> None:
    code, output = run(*options)
    assert code == 2
    assert says in " ".join(output.split())


def test_what_cannot_be_done_is_told_and_exits_1(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("milk\n", encoding="utf-8")
    other = tmp_path / "flash"
    Memory("OTHER", flash=other).close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options, says in (
            (["--state", str(notes)], "is no state file of a simulator"),
            (["--state", str(other)], "belongs to another terminal"),
            (["--attlog", str(notes)], "holds no attendance record"),
            (["--attlog", str(SAMPLE), "--capacity", "1", "--layout", "8b", "--full", "stop",
              "--port", port], f"cannot listen on 127.0.0.1:{port}"),
            (["--state", str(tmp_path / "no" / "flash")], "No such file"),
        ):  # fmt: skip
            code, output = run(*options)
            assert code == 1
            assert says in " ".join(output.split())


def test_a_log_that_does_not_fit_the_layout_is_told(tmp_path: Path) -> None:
    export = tmp_path / "attlog.dat"
    export.write_text("A7\t2026-11-20 07:00:00\t1\t0\t1\t0\nrubbish\n", encoding="utf-8")
    code, output = run("--attlog", str(export), "--layout", "16")
    assert code == 1
    assert "line 2: no attendance record, left out" in output
    assert "does not fit this terminal: user id 'A7'" in output


def test_help_shows_an_example_and_the_whole_menu() -> None:
    code, output = run("--help")
    assert code == 0
    assert "python -m drivers.simulator --attlog" in output
    assert "late-ack" in output
