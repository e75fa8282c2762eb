"""One process under the supervisor: how it is begun, heard and ended.

It tells of itself over a pipe, in the lines systemd knows, and hears of its supervisor's end by
another: a centre whose supervisor was killed must not go on half, holding the port.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from ingest.health import Notify

log = logging.getLogger(__name__)

STOPS = (signal.SIGTERM, signal.SIGINT)
ORPHANED = 70  # exit code of a process that outlived its supervisor
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Role:
    """What a process is there for."""

    name: str
    run: Callable[[socket.socket, Notify], None]
    """Given the shared socket and the way to tell of itself; returns when told to stop."""


class Lifeline:
    """A pipe whose one end only the supervisor holds, so that its end is felt at the other."""

    def __init__(self) -> None:
        self._theirs, self._ours = os.pipe()

    def close(self) -> None:
        os.close(self._theirs)
        os.close(self._ours)

    def hold(self) -> None:
        """Tie this process to it, in the child."""
        os.close(self._ours)
        threading.Thread(target=self._wait, name="lifeline", daemon=True).start()

    def _wait(self) -> None:
        os.read(self._theirs, 1)  # nobody ever writes
        os._exit(ORPHANED)


class Child:
    """A process of a role, from its beginning on."""

    def __init__(
        self, role: Role, listening: socket.socket, lifeline: Lifeline, *, now: float
    ) -> None:
        self.name = role.name
        self.begun_at = self.heard_at = now
        self.well_at: float | None = None
        """When it last said that all is well."""
        self.ready = False
        self.status = "starting"
        self._rest = b""
        self._reports, reports = os.pipe()
        # a signal that came between the fork and its first lines would be lost on the child
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reports)
            _live(role, listening, lifeline, reports)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(reports)
        os.set_blocking(self._reports, False)

    def fileno(self) -> int:
        """Return what becomes readable when the process tells something, or ends."""
        return self._reports

    def hear(self, now: float) -> bool:
        """Take in what it told; say whether it lives. Never waits."""
        try:
            told = os.read(self._reports, _PIECE)
        except BlockingIOError:
            return True
        if not told:
            return False
        self.heard_at = now
        *lines, self._rest = (self._rest + told).split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8", "replace"), now)
        return True

    def send(self, number: signal.Signals) -> None:
        """Signal a process that was not yet buried, so that the number can be nobody else's."""
        os.kill(self.pid, number)

    def bury(self) -> int:
        """Wait for the end of a process that has hung up; return its exit code, or -signal."""
        os.close(self._reports)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def _take(self, line: str, now: float) -> None:
        key, _, value = line.partition("=")
        if key == "READY":
            self.ready = True
        elif key == "WATCHDOG":
            self.well_at = now
        elif key == "STATUS":
            self.status = value


def _live(role: Role, listening: socket.socket, lifeline: Lifeline, reports: int) -> NoReturn:
    """Be the child: nothing of the supervisor's is used but the socket, and nothing returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)
        lifeline.hold()  # its thread must not take a signal that is meant for the role
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        role.run(listening, lambda text: os.write(reports, text.encode() + b"\n"))
        code = 0
    except BaseException:
        log.exception("%s failed", role.name)
    finally:
        os._exit(code)
