"""Who may use what at a time: one daemon a state directory, one session a terminal.

Both are `flock` on a file beside the outbox: the kernel lets go when a process dies, however it
dies, so nothing has to be cleared away after a kill. The file says who took it, for messages.
A terminal takes one session at a time; a second one disturbs or hangs some firmware.

A daemon that listens to a terminal never ends its session by itself. Who wants the terminal takes a
second lock, and the daemon looks for that (`wanted`) and gives way until it is free again.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bridge import statedir
from bridge.errors import BridgeError
from bridge.statedir import StateDirUnfit
from drivers.errors import TerminalBusy

INSTANCE = "bridge.lock"
GIVES_WAY_S = 5.0  # a daemon looks every half second, and its goodbye may take one
LOOK_S = 0.05


class Held(TerminalBusy):
    """Another command of ours, or the daemon, has the terminal now."""


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
    with ExitStack() as stack:
        holder = stack.enter_context(_held(_file(state_dir, terminal), what))
        if holder is not None and stack.enter_context(_asking(state_dir, terminal)):
            holder = stack.enter_context(
                _held(_file(state_dir, terminal), what, within_s=GIVES_WAY_S)
            )
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
        with ExitStack() as stack:
            taken = _take(handle)
            if not taken and stack.enter_context(_asking(state_dir, terminal)):
                taken = _take(handle, GIVES_WAY_S)
            if not taken:
                raise _busy(terminal, _holder(handle))
            yield
    finally:
        os.close(handle)


def wanted(state_dir: Path, terminal: str) -> bool:
    """Tell whether somebody wants the terminal that we listen to."""
    path = _asked(state_dir, terminal)
    try:
        if not path.exists():
            statedir.touch(path)  # from now on one can ask
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # on a full disk nobody can ask, and we are not in anybody's way for ever
        return False
    try:
        return not _take(handle)
    finally:
        os.close(handle)


@contextmanager
def _asking(state_dir: Path, terminal: str) -> Iterator[bool]:
    """Ask who listens to a terminal to give way; False where nobody would, or another asked."""
    try:
        handle = os.open(_asked(state_dir, terminal), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # nobody ever listened to it
        yield False
        return
    try:
        yield _take(handle, LOOK_S)  # the daemon itself holds it for the moment of a look
    finally:
        os.close(handle)


@contextmanager
def _held(path: Path, what: str, *, within_s: float = 0.0) -> Iterator[str | None]:
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
        if not _take(handle, within_s):
            yield _holder(handle)
            return
        _sign(handle, what)
        try:
            yield None
        finally:
            os.truncate(handle, 0)
    finally:
        os.close(handle)


def _take(handle: int, within_s: float = 0.0) -> bool:
    end = time.monotonic() + within_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(LOOK_S)
        else:
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


def _busy(terminal: str, holder: str) -> Held:
    return Held(f"{terminal} is being read by {holder}; try again in a moment")


def _file(state_dir: Path, terminal: str) -> Path:
    return state_dir / f"terminal-{terminal}.lock"


def _asked(state_dir: Path, terminal: str) -> Path:
    return state_dir / f"terminal-{terminal}.asked"
