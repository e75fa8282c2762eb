"""Who may use what at a time: one daemon a state directory, one session a terminal.

Both are `flock` on a file beside the outbox: the kernel lets go when a process dies, however it
dies, so nothing has to be cleared away after a kill. The file says who took it, for messages.
A terminal takes one session at a time; a second one disturbs or hangs some firmware.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge import statedir
from bridge.errors import BridgeError
from bridge.statedir import StateDirUnfit
from drivers.errors import TerminalBusy

INSTANCE = "bridge.lock"


class AlreadyRunning(BridgeError):
    """Another process works on the same state directory: a person decides which of them stays."""


@contextmanager
def instance(state_dir: Path, what: str) -> Iterator[None]:
    """Hold the state directory. Raises AlreadyRunning, naming who holds it."""
    with _held(state_dir / INSTANCE, what) as holder:
        if holder is not None:
            raise AlreadyRunning(
                f"{state_dir} is in use by {holder}; stop that one first, "
                "or ask it with `hadir-bridge status`"
            )
        yield


def runner(state_dir: Path) -> str | None:
    """Return who works on the state directory now, without getting in its way."""
    try:
        return _signature((state_dir / INSTANCE).read_bytes())
    except OSError:  # no file: nobody ever ran here
        return None


@contextmanager
def session(state_dir: Path, terminal: str, what: str) -> Iterator[None]:
    """Hold a terminal for one session. Raises TerminalBusy, naming who holds it."""
    with _held(_file(state_dir, terminal), what) as holder:
        if holder is not None:
            raise _busy(terminal, holder)
        yield


@contextmanager
def visit(state_dir: Path, terminal: str) -> Iterator[None]:
    """Hold a terminal like `session`, and write nothing."""
    try:
        handle = os.open(_file(state_dir, terminal), os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # No daemon of ours was ever here, or this person may not look: the terminal itself says
        # when it is busy.
        yield
        return
    try:
        if not _take(handle):
            raise _busy(terminal, _holder(handle))
        yield
    finally:
        os.close(handle)


@contextmanager
def _held(path: Path, what: str) -> Iterator[str | None]:
    """Yield None while we hold a lock, or else who holds it."""
    try:
        if not path.exists():
            statedir.touch(path)
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise StateDirUnfit(
            f"{path} cannot be opened ({error.strerror}); check the disk and who owns the folder"
        ) from error
    try:
        if not _take(handle):
            yield _holder(handle)
            return
        _sign(handle, what)
        try:
            yield None
        finally:
            os.truncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(handle: int, what: str) -> None:
    os.truncate(handle, 0)
    with contextlib.suppress(OSError):  # on a full disk the lock holds all the same, unsigned
        os.pwrite(handle, f"{os.getpid()} {what}".encode(), 0)


def _holder(handle: int) -> str:
    return _signature(os.pread(handle, 200, 0)) or "another hadir-bridge command"


def _signature(content: bytes) -> str | None:
    """Return who signed and is alive: after a kill the signature of the dead stays."""
    number, _, what = content.decode(errors="replace").partition(" ")
    if number.isdecimal() and Path("/proc", number).exists():
        return f"hadir-bridge {what} (process {number})"
    return None


def _busy(terminal: str, holder: str) -> TerminalBusy:
    return TerminalBusy(f"{terminal} is being read by {holder}; try again in a moment")


def _file(state_dir: Path, terminal: str) -> Path:
    return state_dir / f"terminal-{terminal}.lock"
