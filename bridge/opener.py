"""A terminal that is open while its lock is held, because it serves one session at a time."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from bridge import locks
from bridge.errors import Stopping
from bridge.terminals import TerminalConfig
from drivers.base import Known, Log, Tell, Terminal, TerminalInfo, User
from drivers.errors import DriverError


class HeldTerminal(Terminal):
    """An open terminal and its lock, given back together by `close`."""

    Options = object

    def __init__(self, terminal: Terminal, held: ExitStack) -> None:
        self._terminal = terminal
        self._held = held
        self._once = threading.Lock()
        self._abandoned = False

    def info(self) -> TerminalInfo:
        return self._terminal.info()

    def clock(self) -> datetime:
        with self._for_long():
            return self._terminal.clock()

    def read(self) -> Log:
        with self._for_long():
            return self._terminal.read()

    def read_on(self, known: Known) -> Log:
        with self._for_long():
            return self._terminal.read_on(known)

    def listen(self, tell: Tell) -> None:
        with self._for_long():
            self._terminal.listen(tell)

    def wait(self, seconds: float) -> None:
        with self._for_long():
            self._terminal.wait(seconds)

    def users(self) -> list[User]:
        return self._terminal.users()

    def set_clock(self, local_time: datetime) -> None:
        self._terminal.set_clock(local_time)

    def clear(self, known: Log) -> None:
        self._terminal.clear(known)

    @contextmanager
    def _for_long(self) -> Iterator[None]:
        """What `abandon` ends is no fault."""
        try:
            yield
        except DriverError as error:
            if self._abandoned:
                raise Stopping("stopped within a read; it is done again next time") from error
            raise

    def close(self) -> None:
        if self._once.acquire(blocking=False):  # the second caller finds it being closed
            self._held.close()

    def abandon(self) -> None:
        """Close, from another thread; a read under way ends as Stopping, not as a fault."""
        self._abandoned = True
        self.close()


class Opener:
    """Opens one terminal, whenever it is called, and can let go of it from outside."""

    def __init__(self, terminal: TerminalConfig, state_dir: Path, what: str) -> None:
        """`what` is said to others who want the terminal meanwhile."""
        self._terminal = terminal
        self._state_dir = state_dir
        self._what = what
        self._open: HeldTerminal | None = None
        self._stopping = False

    def __call__(self) -> Terminal:
        """Return the open terminal. Raises DriverError; TerminalBusy names who holds it."""
        with ExitStack() as stack:
            stack.enter_context(locks.session(self._state_dir, self._terminal.name, self._what))
            terminal = stack.enter_context(self._terminal.open())
            self._open = HeldTerminal(terminal, stack.pop_all())
        if self._stopping:
            self._open.close()
            raise Stopping("stopped before a read; it is done next time")
        return self._open

    def abandon(self) -> None:
        """Say goodbye to a terminal in the middle of a read, from another thread.

        For the last moment of a process: the read fails, and the terminal does not keep the place
        of a dead client for minutes.
        """
        self._stopping = True
        if self._open is not None:
            self._open.abandon()
