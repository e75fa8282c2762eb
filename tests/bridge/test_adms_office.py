"""Terminals that push, with what they do wrong, against the door over real sockets.

The clock of the bridge is the test's: hours pass between two steps. What people really did is the
simulator's memory, and in the end the outbox must hold exactly that.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import requests

from bridge.outbox import Outbox
from bridge.reception import Reception
from drivers.simulator.adms import MENU, PushTerminal
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from ingest.wire import Punch

SERIAL, PUSHING = "SIM0000000001", "SIM0000000002"
MAKASSAR = ZoneInfo("Asia/Makassar")
PATIENCE_S = 30.0


class Office:
    """One listener and one terminal that pushes to it."""

    def __init__(self, outbox: Outbox, open_door: Callable[..., object], *faults: str) -> None:
        self.now = int(datetime(2026, 3, 3, 12, 0, tzinfo=MAKASSAR).timestamp())
        self.outbox = outbox
        self.reception = Reception(
            outbox, (), zone=MAKASSAR, clock_limit_s=300, clock=lambda: self.now
        )
        self.port = open_door(self.reception).listener.port
        self.memory = Memory(SERIAL, clock=self.local)
        self.faults = Faults(*faults, seed=7, menu=MENU)
        outbox.callers.admit(SERIAL, "adms", "hall")

    def local(self) -> datetime:
        return datetime.fromtimestamp(self.now, MAKASSAR).replace(tzinfo=None)

    def terminal(self, columns: int = 10) -> PushTerminal:
        return PushTerminal(self.memory, ("127.0.0.1", self.port), self.faults, columns=columns)

    def hours(self, terminal: PushTerminal, hours: int = 4) -> None:
        """Let hours pass, with a few calls in each."""
        for _ in range(hours):
            for _ in range(4):
                for _ in range(40):
                    if not terminal.step() and terminal.idle():
                        break
                self.now += 70
            self.now += 3_600 - 280

    def kept(self) -> set[tuple[str, str, datetime]]:
        return {
            (row.body.terminal, row.body.user_id, row.body.local_time)
            for row in self.outbox.listing("waiting", 100_000)
            if isinstance(row.body, Punch)
        }

    def known_until(self) -> int:
        (state,) = self.outbox.ledger.terminals()
        return state.known_until or 0


@pytest.fixture
def office(outbox, open_door):
    return lambda *faults: Office(outbox, open_door, *faults)


def people(office: Office, count: int) -> None:
    for number in range(count):
        office.now += 1
        office.memory.punch(str(1_000 + number % 7), number % 2, office.local(), verify=15)


@pytest.mark.parametrize("columns", [7, 10])
def test_a_whole_log_and_what_comes_later_and_the_proof_of_it(office, columns):
    office = office()
    people(office, 230)
    with office.terminal(columns) as terminal:
        terminal.settle()
        assert terminal.obeyed == [], "a log that comes in is not counted yet"
        office.now += 31
        terminal.settle()
        assert terminal.obeyed == ["INFO"]
        people(office, 5)
        office.hours(terminal, 2)
        assert "DATA QUERY ATTLOG" in terminal.obeyed
    assert office.kept() == office.memory.truth()
    assert office.known_until() > office.now - 3_700


SURVIVED = [
    *("drop-reply=p:0.4", "cut=150,p:0.4", "split=7", "garbage=64,p:0.4", "no-length=p:0.4"),
    *("short-length=5,p:0.4", "repeat", "wrong-stamp", "gb2312", "bad-row=times:2", "crlf"),
    *("swallow=p:0.5", "lost-order=p:0.3", "late-rows", "no-count"),
]


@pytest.mark.parametrize("fault", SURVIVED)
def test_with_each_fault_everything_comes_once_and_is_proven(office, fault):
    office = office(fault)
    people(office, 60)
    with office.terminal() as terminal:
        terminal.step()
        people(office, 20)
        office.hours(terminal)
    name = fault.partition("=")[0]
    assert office.faults.fired()[name] > 0
    assert office.kept() == office.memory.truth()
    assert office.known_until() > office.now - 4 * 3_700
    content = b"".join(path.read_bytes() for path in office.outbox.path.parent.glob("outbox.db*"))
    assert "张伟".encode("gb2312") not in content
    assert "张伟".encode() not in content


def test_what_cannot_be_proven_is_not_covered(office):
    office = office("refuse-query", "no-count")
    with office.terminal() as terminal:
        terminal.settle()
        people(office, 20)
        office.hours(terminal)
    assert office.known_until() == 0
    assert office.kept() <= office.memory.truth()


def test_what_no_query_brings_comes_with_a_stamp_of_0(office):
    office = office("refuse-query", "swallow=p:0.5")
    people(office, 10)
    with office.terminal() as terminal:
        terminal.settle()
        people(office, 30)
        office.hours(terminal)
    assert "CHECK" in terminal.obeyed
    assert office.kept() == office.memory.truth()
    assert office.known_until() > office.now - 4 * 3_700


def test_a_firmware_that_sends_only_what_was_never_acknowledged_is_proven_too(office):
    office = office("only-unsent", "swallow=p:0.5")
    people(office, 10)
    with office.terminal() as terminal:
        terminal.settle()
        people(office, 30)
        office.hours(terminal)
    assert office.kept() == office.memory.truth()
    assert office.known_until() > office.now - 4 * 3_700


def test_every_fault_of_the_menu_is_tried(office):
    tried = {fault.partition("=")[0] for fault in SURVIVED}
    assert tried | {"refuse-query", "only-unsent"} == set(MENU)


# -- an outside witness: a simulator of such terminals that others wrote, against our listener -----


class Client:
    """What that simulator speaks through; the address it pretends to come from is left out."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def get(self, path: str, words: dict[str, object], REMOTE_ADDR: str) -> requests.Response:  # noqa: N803 - its name for it
        url = f"{self._url}{path}?{urlencode(words)}"
        return requests.get(url, timeout=PATIENCE_S)

    def post(
        self,
        path: str,
        data: bytes,
        content_type: str,
        REMOTE_ADDR: str,  # noqa: N803 - its name for it
    ) -> requests.Response:
        headers = {"Content-Type": content_type}
        return requests.post(f"{self._url}{path}", data, headers=headers, timeout=PATIENCE_S)


@pytest.fixture(scope="module")
def outside() -> object:
    """Return its simulator alone: the package around it wants a configured web framework."""
    package = importlib.util.find_spec("fingerprint_attendance")
    assert package is not None
    assert package.submodule_search_locations is not None
    place = Path(package.submodule_search_locations[0], "testing", "simulator.py")
    spec = importlib.util.spec_from_file_location("outside_simulator", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["outside_simulator"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("firmware", ["legacy", "push2", "biodata"])
def test_an_outside_simulator_hands_in_everything_and_is_proven(office, outside, firmware):
    office = office()
    office.outbox.callers.admit("OUT001", "adms", "gate")
    device = outside.ADMSDeviceSimulator(Client(office.port), serial="OUT001", firmware=firmware)
    at = office.local() - timedelta(days=2)
    expected = set()

    def punch(number: int) -> None:
        when = at + timedelta(minutes=number)
        device.punch(str(1_000 + number), when)
        expected.add(("OUT001", str(1_000 + number), when))

    device.handshake()
    for number in range(40):
        punch(number)
    device.push_user("1001", "Siti Rahma")
    device.enroll_at_device("1002", 1, b"a finger", name="Budi")
    device.go_offline()
    for number in range(40, 60):
        punch(number)
    device.go_online()
    assert device.uploaded == 60
    assert device.ping().text == "OK"
    office.now += 31
    device.run_commands()
    assert {text.partition(" Start")[0] for text in device.executed} == {"INFO"}
    assert office.kept() == expected
    office.now += 3_700
    device.run_commands()  # our query makes it send its whole log again
    device.upload_pending(corrupt_line=3)
    assert office.kept() == expected
    states = {state.name: state for state in office.outbox.ledger.terminals()}
    assert states["gate"].known_until == office.now
    assert states["gate"].records == 60
    assert all("ATTLOG" in one or one in ("INFO", "CHECK") for one in device.executed)
    kept = office.outbox.path.read_bytes() + Path(f"{office.outbox.path}-wal").read_bytes()
    assert b"Siti" not in kept
    assert b"Budi" not in kept


# -- the daemon as a process ----------------------------------------------------------------------


def eventually(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not what():
        assert time.monotonic() < end, "it never came true"
        pause.wait(0.05)


def test_a_process_that_pushes_a_daemon_that_is_killed_and_a_person_who_approves(desk):
    desk.state.mkdir(mode=0o700)
    desk.write('[listener]\nlisten = "127.0.0.1:0"\n', poll_s="3600")
    logged = desk.folder / "log"

    def daemon(port: int) -> tuple[subprocess.Popen[bytes], int]:
        desk.write(f'[listener]\nlisten = "127.0.0.1:{port}"\n', poll_s="3600")
        with logged.open("wb") as stream:
            process = subprocess.Popen(desk.command("run"), stderr=stream)
        eventually(lambda: b"terminals may call" in logged.read_bytes())
        line = next(one for one in logged.read_text().splitlines() if "may call" in one)
        return process, int(line.rpartition(":")[2])

    started = []
    try:
        process, port = daemon(0)
        started.append(process)
        options = [
            "--serial",
            PUSHING,
            "--to",
            f"127.0.0.1:{port}",
            "--delay",
            "0.1",
            "--people",
            "6",
            "--days",
            "3",
        ]
        simulator = subprocess.Popen(
            [sys.executable, "-m", "drivers.simulator.adms", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(simulator)
        ours = SimpleNamespace(write=simulator.stdin.write, read=simulator.stdout.readline)
        assert json.loads(ours.read())["count"] == 36
        status = lambda: json.loads(desk.types("status", "--json").output)  # noqa: E731 - asked often
        eventually(lambda: status()["to_be_approved"])
        assert desk.types("terminals", "approve", PUSHING, "--name", "hall").exit_code == 0
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
        started.append(daemon(port)[0])

        def taken() -> bool:
            with Outbox.existing(desk.state / "outbox.db") as outbox:
                kept = [row.body for row in outbox.listing("waiting")]
            return sum(one.terminal == PUSHING and one.source == "push" for one in kept) == 36

        eventually(taken)
        ours.write("dump\n")
        simulator.stdin.flush()
        assert len(json.loads(ours.read())["punches"]) == 36
        started[-1].terminate()
        assert started[-1].wait(PATIENCE_S) == 0
    finally:
        for process in started:
            process.kill()
            process.wait(PATIENCE_S)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
