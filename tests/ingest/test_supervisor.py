"""The process above the others: fills each role, again and again, and ends them in order.

Real processes, but for what takes minutes: there time is passed in.
"""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from dataclasses import dataclass

import pytest

from ingest.child import Role
from ingest.supervisor import FIRST_S, MOST_S, SOUND_S, Seat

PROGRAM = """
import logging, os, signal, socket, sys, threading, time
from ingest import supervisor
from ingest.child import Role
from ingest.supervisor import Supervisor

logging.basicConfig(format="%(message)s", level=logging.INFO)

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def serve(name):
    def run(listening, notify):
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))
        say(name, "is", os.getpid())
        notify("READY=1")
        notify("WATCHDOG=1\\nSTATUS=serving")
        signal.sigwait((signal.SIGTERM,))
        say(name, "stops")
    return Role(name, run)

ROLES

listening = socket.create_server(("127.0.0.1", 0))
Supervisor(roles, notify=lambda text: say("systemd:", *text.split("\\n"))).run(listening)
say("done")
"""


class Supervised:
    """A supervisor over small processes, and what they all say."""

    def __init__(self, roles: str) -> None:
        program = PROGRAM.replace("ROLES", textwrap.dedent(roles))
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"WATCHDOG_USEC": "150000"},  # it looks twenty times a second
        )
        self.pid = self._process.pid
        self.said: list[str] = []

    def until(self, beginning: str) -> str:
        """Read on to a line that begins so; return the rest of it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line.strip())
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()
        raise AssertionError(f"no {beginning!r} in {self.said}")

    def abandon(self) -> None:
        """Leave nothing behind, whatever became of the test."""
        if self._process.poll() is None:
            self._process.kill()  # its processes end with it
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(60)

    def end(self) -> int:
        """Read until every process that could write has ended; return the exit code."""
        assert self._process.stdout is not None
        with self._process:
            self.said += [line.strip() for line in self._process.stdout]
            return self._process.wait(60)


@pytest.fixture
def begin():
    begun: list[Supervised] = []

    def begin(roles: str) -> Supervised:
        begun.append(Supervised(roles))
        return begun[-1]

    yield begin
    for one in begun:
        one.abandon()


TWO = 'roles = [serve("one"), serve("two")]'


def test_is_ready_when_every_process_is_and_stops_them_all(begin):
    run = begin(TWO)
    run.until("systemd: READY=1")
    assert sorted(line.split()[0] for line in run.said if " is " in line) == ["one", "two"]
    os.kill(run.pid, signal.SIGTERM)
    assert run.end() == 0
    after = run.said[run.said.index("systemd: STOPPING=1") :]
    assert sorted(after[1:3]) == ["one stops", "two stops"]
    assert after[-1] == "done"


def test_one_that_was_killed_begins_again_and_the_others_go_on(begin):
    run = begin(TWO)
    pid = int(run.until("one is "))
    run.until("systemd: READY=1")
    os.kill(pid, signal.SIGKILL)
    assert run.until("one was ended by SIGKILL") == "; it begins again in 0.5 s"
    assert int(run.until("one is ")) != pid
    os.kill(run.pid, signal.SIGTERM)
    assert run.end() == 0
    assert sum(line.startswith("two is ") for line in run.said) == 1
    assert {"one stops", "two stops"} <= set(run.said)


def test_one_that_fails_begins_again_ever_more_slowly(begin):
    run = begin(
        """
        def fail(listening, notify):
            raise SystemExit(3)
        roles = [Role("bad", fail)]
        """
    )
    assert [run.until("bad ended with 1; it begins again in ") for _ in range(3)] == [
        "0.5 s",
        "1.0 s",
        "2.0 s",
    ]
    os.kill(run.pid, signal.SIGTERM)
    assert run.end() == 0


def test_who_outlives_the_supervisor_ends_at_once(begin):
    run = begin(TWO)
    run.until("systemd: READY=1")
    os.kill(run.pid, signal.SIGKILL)
    assert run.end() == -signal.SIGKILL  # nobody holds the output any more: all are gone
    assert "one stops" not in run.said


def test_one_that_does_not_stop_is_ended(begin):
    run = begin(
        """
        supervisor.END_WITHIN_S = 0.0
        def stay(listening, notify):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            notify("READY=1")
            threading.Event().wait()
        roles = [Role("deaf", stay), serve("one")]
        """
    )
    run.until("systemd: READY=1")
    os.kill(run.pid, signal.SIGTERM)
    assert run.end() == 0
    assert run.said[-1] == "done"


def test_one_that_hangs_is_ended_and_begins_again(begin):
    run = begin(
        """
        import ingest.supervisor
        ingest.supervisor.STALLED_S = 0.2
        def hang(listening, notify):
            say("hang begins")
            notify("READY=1")
            threading.Event().wait()
        def lively(listening, notify):
            notify("READY=1")
            while True:
                notify("WATCHDOG=1\\nSTATUS=serving")
                time.sleep(0.02)
        roles = [Role("hang", hang), Role("lively", lively)]
        """
    )
    run.until("hang begins")
    run.until("hang shows no life")
    run.until("hang was ended by SIGKILL")
    run.until("hang begins")
    os.kill(run.pid, signal.SIGTERM)
    run.end()
    assert not any("lively shows no life" in line for line in run.said)


@dataclass
class Told:
    """What a seat knows of its process."""

    begun_at: float = 0.0
    heard_at: float = 0.0
    well_at: float | None = None


class TestSeat:
    @pytest.fixture
    def seat(self):
        return Seat(Role("one", lambda _listening, _notify: None))

    def test_waits_twice_as_long_each_time_up_to_a_bound(self, seat):
        waits = [seat.lost(lived_s=1.0, now=0.0) for _ in range(9)]
        assert waits[:3] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
        assert waits[-1] == MOST_S
        assert seat.due_at == MOST_S

    def test_forgets_that_when_one_lived_long_enough(self, seat):
        seat.lost(lived_s=1.0, now=0.0)
        seat.lost(lived_s=1.0, now=0.0)
        assert seat.lost(lived_s=SOUND_S, now=0.0) == FIRST_S

    def test_who_says_nothing_for_a_minute_hangs(self, seat):
        seat.child = Told(heard_at=10.0)
        assert not seat.silent(70.0, others_well=False)
        assert seat.silent(71.0, others_well=False)

    def test_who_is_unwell_alone_hangs_too(self, seat):
        seat.child = Told(heard_at=100.0, well_at=10.0)
        assert seat.silent(100.0, others_well=True)

    def test_who_is_unwell_with_all_others_does_not(self, seat):
        """A database that is down is mended by no new process."""
        seat.child = Told(heard_at=100.0, well_at=10.0)
        assert not seat.silent(100.0, others_well=False)

    def test_a_new_one_has_a_minute_to_be_well(self, seat):
        seat.child = Told(begun_at=10.0)
        assert (seat.well(70.0), seat.well(71.0)) == (True, False)
        assert not Seat(seat.role).well(0.0)


def test_the_socket_stays_open_while_a_process_is_replaced(begin):
    """Who connects meanwhile is queued, not refused."""
    run = begin(
        """
        def answer(listening, notify):
            say("at", listening.getsockname()[1], os.getpid())
            notify("READY=1")
            link, _ = listening.accept()
            link.sendall(b"x")
            threading.Event().wait()
        roles = [Role("one", answer)]
        """
    )
    port, pid = map(int, run.until("at ").split())
    os.kill(pid, signal.SIGKILL)
    run.until("one was ended by SIGKILL")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        assert link.recv(1) == b"x"
    os.kill(run.pid, signal.SIGTERM)
    assert run.end() == 0
