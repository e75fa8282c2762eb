"""Locks on the state directory and on terminals, and the directory itself."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from bridge import locks, statedir
from bridge.locks import AlreadyRunning
from bridge.statedir import StateDirUnfit
from drivers.errors import TerminalBusy

HOLDER = """
import sys
from pathlib import Path
from bridge import locks
with locks.{kind}(Path(sys.argv[1]), {words}):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hold(tmp_path):
    """Let another process hold a lock; it is gone at the end of the test."""
    started = []

    def hold(kind: str, *words: str) -> subprocess.Popen[str]:
        code = HOLDER.format(kind=kind, words=", ".join(map(repr, words)))
        process = subprocess.Popen(
            [sys.executable, "-c", code, tmp_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.communicate()


def test_a_state_directory_has_one_user_who_is_named(tmp_path, hold):
    other = hold("instance", "run")
    with (
        pytest.raises(
            AlreadyRunning, match=rf"in use by hadir-bridge run \(process {other.pid}\); stop"
        ),
        locks.instance(tmp_path, "once"),
    ):
        pytest.fail("two hold it")
    assert locks.runner(tmp_path) == f"hadir-bridge run (process {other.pid})"


def test_a_state_directory_is_free_again_after_a_kill(tmp_path, hold):
    other = hold("instance", "run")
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert locks.runner(tmp_path) is None
    with locks.instance(tmp_path, "once"):
        assert locks.runner(tmp_path) == f"hadir-bridge once (process {os.getpid()})"
    assert locks.runner(tmp_path) is None


def test_nobody_runs_where_nobody_ever_ran(tmp_path):
    assert locks.runner(tmp_path) is None


def test_a_terminal_has_one_session_and_the_holder_is_named(tmp_path, hold):
    other = hold("session", "front-door", "run")
    told = rf"front-door is being read by hadir-bridge run \(process {other.pid}\); try again"
    with pytest.raises(TerminalBusy, match=told), locks.session(tmp_path, "front-door", "once"):
        pytest.fail("two hold it")
    with pytest.raises(TerminalBusy, match=told), locks.visit(tmp_path, "front-door"):
        pytest.fail("two hold it")
    with locks.session(tmp_path, "back-door", "once"):
        pass


def test_threads_of_one_process_exclude_each_other_too(tmp_path):
    with (
        locks.session(tmp_path, "front-door", "run"),
        pytest.raises(TerminalBusy),
        locks.session(tmp_path, "front-door", "run"),
    ):
        pytest.fail("two hold it")


def test_a_visit_keeps_the_daemon_out_though_it_signs_nothing(tmp_path, hold):
    with locks.session(tmp_path, "front-door", "run"):
        pass
    hold("visit", "front-door")
    with (
        pytest.raises(TerminalBusy, match="front-door is being read by another hadir-bridge"),
        locks.session(tmp_path, "front-door", "run"),
    ):
        pytest.fail("two hold it")


def test_the_dead_are_not_named_as_holders(tmp_path, hold):
    killed = hold("session", "front-door", "run")
    killed.kill()
    killed.wait()
    hold("visit", "front-door")
    with (
        pytest.raises(TerminalBusy, match="by another hadir-bridge command"),
        locks.session(tmp_path, "front-door", "run"),
    ):
        pytest.fail("two hold it")


def test_a_visit_makes_nothing(tmp_path):
    with locks.visit(tmp_path / "none", "front-door"), locks.visit(tmp_path, "front-door"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_locks_let_go_when_the_work_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), locks.session(tmp_path, "front-door", "run"):
        _ = 1 / 0
    with locks.session(tmp_path, "front-door", "run"):
        pass


class TestStateDir:
    """Where all of it lives."""

    def test_it_is_made_closed_to_others(self, tmp_path):
        outbox = statedir.prepare(tmp_path / "var" / "hadir")
        assert outbox.parent.stat().st_mode & 0o777 == 0o700
        assert outbox.stat().st_mode & 0o777 == 0o600

    def test_an_outbox_that_is_there_is_left_as_it_is(self, tmp_path):
        tmp_path.chmod(0o700)
        (tmp_path / statedir.OUTBOX).write_bytes(b"kept")
        assert statedir.prepare(tmp_path).read_bytes() == b"kept"

    @pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
    def test_one_that_others_can_change_is_refused(self, tmp_path, mode):
        tmp_path.chmod(mode)
        with pytest.raises(StateDirUnfit, match="can be changed by other users; chmod 700"):
            statedir.prepare(tmp_path)

    def test_a_file_in_its_place_is_refused(self, tmp_path):
        (tmp_path / "state").touch(mode=0o600)
        with pytest.raises(StateDirUnfit, match="is no folder"):
            statedir.prepare(tmp_path / "state")

    def test_a_place_where_none_can_be_made_is_named(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(StateDirUnfit, match=r"file/state cannot be made or entered"):
            statedir.prepare(tmp_path / "file" / "state")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_what_root_makes_belongs_to_the_owner_of_the_folder(self, tmp_path):
        tmp_path.chmod(0o700)
        os.chown(tmp_path, 12_345, 23_456)
        outbox = statedir.prepare(tmp_path)
        with locks.instance(tmp_path, "once"), locks.session(tmp_path, "front-door", "once"):
            pass
        made = {path.name: path.stat() for path in tmp_path.iterdir()}
        assert set(made) == {outbox.name, locks.INSTANCE, "terminal-front-door.lock"}
        assert {(found.st_uid, found.st_gid) for found in made.values()} == {(12_345, 23_456)}
        assert {stat.S_IMODE(found.st_mode) for found in made.values()} == {0o600}
