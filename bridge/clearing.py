"""A full log is cleared: only by a person, only when nothing can be lost by it.

    read    the whole log, proven complete
    send    every record of it to the centre once more, for a fresh receipt; and what it proves
    save    the raw log in a file of its own
    ask     the person, who sees the count
    clear   provided the terminal, held still, has exactly the log that was saved; seen empty after

The two reads are sessions of their own: nobody holds a terminal while a person thinks. Between the
first read and the moment the log was seen empty nothing is claimed to be known: the coverage ends
with the one and begins anew with the other, and that day will not be judged for absence.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

from bridge import backfill, savedlogs
from bridge.cursor import Cursor
from bridge.errors import BridgeError
from bridge.intake import Intake, Reading
from bridge.ledger import Event, Mark
from bridge.normalise import Read
from bridge.outbox import Outbox
from drivers.base import Capability, Log, Terminal, TerminalInfo
from drivers.errors import NotSupported

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class NotCleared(BridgeError):
    """A log that stays as it is, because something of it might be lost."""


class Sender(Protocol):
    """What brings everything that waits to the centre."""

    def drain(self) -> object:
        """Send all of it, and all coverage that follows. Raises BridgeError."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A log of which the centre has every record, saved beside."""

    log: Log
    read_at: int
    file: Path


class Clearing:
    """Clears the log of one terminal, in two steps."""

    def __init__(
        self,
        name: str,
        *,
        outbox: Outbox,
        intake: Intake,
        sender: Sender,
        state_dir: Path,
        clock: Callable[[], float],
    ) -> None:
        """`clock` is true time in epoch seconds."""
        self._name = name
        self._outbox = outbox
        self._intake = intake
        self._sender = sender
        self._state_dir = state_dir
        self._clock = clock

    def check(self, info: TerminalInfo, log: Log) -> None:
        """Say no to a log that may not, or need not, be cleared. Raises NotCleared."""
        name = self._name
        if Capability.CLEAR not in info.can:
            raise NotSupported(f"{name} cannot be cleared from here; clear it at its own menu")
        if not len(log):
            raise NotCleared(f"the log of {name} is empty already")
        if log.start or not log.proven:
            raise NotCleared(f"the log of {name} is not known as a whole, so it is not cleared")
        if log.claimed is not None and len(log) < log.claimed:
            raise NotCleared(
                f"{name} counts {log.claimed} records and gave {len(log)}; it is not cleared"
            )

    def prepare(self, reading: Reading, read: Read, info: TerminalInfo) -> Ready:
        """Bring every record to the centre, and save the log. Raises BridgeError."""
        log = reading.log
        backfill.fill(self._outbox, self._intake, reading, read)
        self._sender.drain()
        self._settled(log.serial)
        told = {"model": info.model, "firmware": info.firmware, "layout": log.layout}
        file = savedlogs.save(self._state_dir, self._name, log, reading.read_at, told)
        return Ready(log, reading.read_at, file)

    def clear(self, terminal: Terminal, ready: Ready) -> Event:
        """Clear the log, and write down that it was. The terminal's lock is held meanwhile.

        LogChanged, and nothing is cleared, where the log is no longer the one that is saved.
        """
        serial = terminal.info().serial
        if serial != ready.log.serial:
            raise NotCleared(
                f"{self._name} is {serial} now and was {ready.log.serial}; nothing was cleared"
            )
        with _ends_in_order():
            terminal.clear(ready.log)
            at = int(self._clock())
            detail = (
                f"by command; its {len(ready.log)} records are at the centre, and saved as "
                f"{ready.file}"
            )
            event = Event("cleared", detail, at)
            cursor = Cursor.at_beginning(serial, at, "log cleared by command")
            self._outbox.add([], mark=Mark(self._name, cursor, events=(event,)))
        return event

    def _settled(self, serial: str) -> None:
        waiting, parked = self._outbox.unsettled(serial)
        if parked:
            raise NotCleared(
                f"the centre refuses {parked} records of {self._name}, see `hadir-bridge outbox "
                "--parked`; its log is not cleared"
            )
        if waiting:
            raise NotCleared(
                f"the centre lacks {waiting} records of {self._name}; its log is not cleared"
            )
        if untold := self._outbox.ledger.untold(serial):
            raise NotCleared(
                f"the centre was not told yet what is known of {self._name} ({untold} stretches); "
                "its log is not cleared, try again"
            )


@contextmanager
def _ends_in_order() -> Iterator[None]:
    """Let a signal that ends us be an exception: the terminal must be let go."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
