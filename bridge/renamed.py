"""A terminal that hung in another office before: from a day on it goes by a name of its own.

At the centre a terminal has one office for good, so that nothing of its past moves with it. Carried
to another office it is another one there, under a serial number that `known_as` gives it. Two looks
keep the two apart: the terminal must still be the one that was meant, and its log must begin in its
new place, or touches of the old office would become the new one's.
"""

from dataclasses import replace
from datetime import date, datetime

from drivers.base import BadRecord, Known, Log, Tell, Terminal, TerminalInfo, User
from drivers.errors import DriverError, TerminalRefused


class RenamedTerminal(Terminal):
    """An open terminal under another serial number. Closes what it was made of."""

    Options = object

    def __init__(self, terminal: Terminal, serial: str, known_as: str, since: date) -> None:
        """Raises TerminalRefused where it is not the terminal `serial`; it is closed then."""
        self._terminal = terminal
        self._known_as = known_as
        self._since = since
        try:
            told = terminal.info()
        except DriverError:
            terminal.close()
            raise
        if told.serial != serial:
            terminal.close()
            raise TerminalRefused(
                f"it is {told.serial}, and only {serial} is known as {known_as}; correct serial or "
                "host"
            )
        self._info = _named(told, known_as)

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        return self._terminal.clock()

    def read(self) -> Log:
        return self._renamed(self._terminal.read())

    def read_on(self, known: Known) -> Log:
        return self._renamed(self._terminal.read_on(known))

    def listen(self, tell: Tell) -> None:
        self._terminal.listen(tell)

    def wait(self, seconds: float) -> None:
        self._terminal.wait(seconds)

    def users(self) -> list[User]:
        return self._terminal.users()

    def set_clock(self, local_time: datetime) -> None:
        self._terminal.set_clock(local_time)

    def clear(self, known: Log) -> None:
        self._terminal.clear(known)

    def close(self) -> None:
        self._terminal.close()

    def _renamed(self, log: Log) -> Log:
        """Return a log under its new name. Raises TerminalRefused where it begins before it."""
        if log.start == 0 and (first := _first_day(log)) is not None and first < self._since:
            raise TerminalRefused(
                f"its log begins on {first}, before it was known as {self._known_as} "
                f"({self._since}): these are touches of where it hung before; have them read there "
                "and clear the log, see docs/pindah-mesin.md"
            )
        log.serial = self._known_as
        return log


def _named(told: TerminalInfo, serial: str) -> TerminalInfo:
    return replace(told, serial=serial)


def _first_day(log: Log) -> date | None:
    """Return the day of the oldest record that can be read; None where there is none."""
    for entry in log.entries():
        if not isinstance(entry, BadRecord):
            return entry.local_time.date()
    return None
