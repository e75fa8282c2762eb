"""Stick files on a disk: one file carried by hand, or a folder where an office drops them."""

import os
import stat
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from drivers.base import DateOrder, Entry, Log, Terminal, TerminalInfo, User, records_digest
from drivers.errors import (
    DriverError,
    FileFault,
    MalformedReply,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
    UnfitFile,
)
from drivers.usb.codec import is_log_name, read_text, refuse_by_name

MAX_BYTES = 256 << 20  # over six million lines; no terminal holds a tenth of it


def read_file(path: Path, serial: str, date_order: DateOrder = "auto") -> Log:
    """Return the log in one file of the terminal `serial`. Raises DriverError.

    UnfitFile is for good; anything else may be well the next time.
    """
    refuse_by_name(path.name)  # before a byte of it is read
    return read_text(_bytes(path), serial, name_hint=path.name, date_order=date_order)


class UsbFolder(Terminal):
    """A folder of stick files of one terminal, read together as one extract.

    Every `*attlog*.dat`, `GLG_*` and `AGL_*` in it counts; capitals do not matter. One file that
    cannot be read fails the whole read, because a part must not pass for the whole. Files stay
    where they are: reading them again does no harm.
    """

    @dataclass(frozen=True, slots=True)
    class Options:
        """Settings of one folder."""

        path: str
        """The folder."""
        serial: str
        """Serial number of the terminal the files come from: they do not say it themselves."""
        date_order: DateOrder = "auto"
        """dmy, mdy or ymd, for G-logs whose dates do not tell day from month by themselves."""

    def __init__(self, options: Options) -> None:
        if not options.serial.isprintable() or not 1 <= len(options.serial) <= 64:
            raise TerminalRefused(
                f"serial {options.serial!r} is not one; copy it from the terminal's info menu"
            )
        if "\0" in options.path:
            raise TerminalRefused(f"path {options.path!r} is not one; name the folder of the files")
        self._folder = Path(options.path)
        self._serial = options.serial
        self._date_order: DateOrder = options.date_order
        self._closed = False
        self._files()

    def info(self) -> TerminalInfo:
        return TerminalInfo(serial=self._serial)

    def clock(self) -> datetime:
        raise NotSupported(f"{self._folder} is a folder of stick files, which have no clock")

    def users(self) -> list[User]:
        raise NotSupported(f"{self._folder} is a folder of stick files; it is asked for no users")

    def read(self) -> Log:
        if self._closed:
            raise DriverError(f"{self._folder} is closed; open it again")
        files = self._files()
        if not files:
            raise TerminalUnreachable(
                f"{self._folder} holds no attlog file; is the stick in and mounted?"
            )
        if sum(_size(path) for path in files) > MAX_BYTES:
            raise MalformedReply(
                f"{self._folder} holds more than {MAX_BYTES >> 20} MiB; move the oldest files away"
            )
        logs = [read_file(path, self._serial, self._date_order) for path in files]
        return JoinedLog(self._serial, logs)

    def close(self) -> None:
        self._closed = True

    def _files(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if is_log_name(path.name))
        except OSError as error:
            raise _unreadable(self._folder, error) from error


class JoinedLog(Log):
    """Several extracts of one terminal, one after the other."""

    claimed = None
    positional = False

    def __init__(self, serial: str, logs: Sequence[Log]) -> None:
        self.serial = serial
        self._logs = logs
        self._starts = list(accumulate((len(log) for log in logs), initial=0))
        self.seams = tuple(self._starts[1:-1])

    def __len__(self) -> int:
        return self._starts[-1]

    def raw(self, index: int) -> bytes:
        log, place = self._find(index)
        return self._logs[log].raw(place)

    def digest(self, count: int) -> bytes:
        return records_digest(self.raw(index) for index in range(min(count, len(self))))

    def entries(self, start: int = 0) -> Iterator[Entry]:
        first, place = self._find(start)
        for log in self._logs[first:]:
            yield from log.entries(place)
            place = 0

    def _find(self, index: int) -> tuple[int, int]:
        log = bisect_right(self._starts, index, hi=len(self._logs)) - 1
        return log, index - self._starts[log]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error


def _bytes(path: Path) -> bytes:
    """Read a file whole, provided nobody writes it meanwhile."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise TerminalRefused(f"{path} is not a file; name an attlog.dat")
            if before.st_size > MAX_BYTES:
                raise UnfitFile(
                    f"{path} has more than {MAX_BYTES >> 20} MiB; this is no log of a terminal",
                    FileFault.TOO_LARGE,
                )
            data = file.read(MAX_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) != before.st_size or (after.st_size, after.st_mtime_ns) != (
        before.st_size,
        before.st_mtime_ns,
    ):
        raise TerminalBusy(f"{path} is being written just now; try again when the copy is done")
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe named like a log must not hold us


def _unreadable(path: Path, error: OSError) -> DriverError:
    if isinstance(error, FileNotFoundError):
        return TerminalUnreachable(f"{path}: there is no such file or folder; correct the path")
    if isinstance(error, PermissionError):
        return TerminalRefused(f"{path} may not be read by this user; check its permissions")
    if isinstance(error, IsADirectoryError):
        return TerminalRefused(f"{path} is a folder; name a file in it")
    if isinstance(error, NotADirectoryError):
        return TerminalRefused(f"{path} is not a folder; name the folder the files are in")
    return TerminalUnreachable(f"{path} cannot be read ({error.strerror or error})")
