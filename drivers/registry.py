"""Driver names and where they live.

Text and import on use, so that an office without a family never loads what that family needs.
Drivers outside this house register under the entry point group `hadir.drivers`.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from drivers.base import DateOrder, Log, Receiver, Terminal
from drivers.errors import DriverError, NotSupported

BUILT_IN = {
    "zk": "drivers.zk.terminal:ZkTerminal",
    "pyzk": "drivers.pyzk.terminal:PyzkTerminal",
    "soap": "drivers.soap.terminal:SoapTerminal",
    "usb": "drivers.usb.terminal:UsbFolder",
    "anviz": "drivers.anviz.terminal:AnvizTerminal",
    "c3": "drivers.c3.terminal:C3Panel",
}
"""A terminal class takes one argument, its own `Options`, and is open once constructed."""

RECEIVERS = {
    "adms": "drivers.adms.receiver:AdmsReceiver",
}
"""Families that call us. A receiver class takes one argument, its own `Options`."""

IMPORTERS = {
    "usb": "drivers.usb.terminal:read_file",
}
"""A `FileReader`: families whose exports can be carried by hand.

A driver of the same name reads a folder of such files; its `Options` are `FolderOptions`.
"""

SECOND_OPINIONS = {"zk": "pyzk", "pyzk": "zk"}
"""By which other driver the same terminal can be read, with the options both have."""


@dataclass(frozen=True, slots=True)
class Knock:
    """A way to look whether a terminal of a family is at an address."""

    driver: str
    transport: str
    """tcp or udp."""
    port: int
    sure: bool = False
    """Whatever listens here is a terminal, also where it does not talk to us."""

    def options(self, host: str, timeout_s: float) -> Any:
        """Return the driver's `Options` for a first visit, and nothing they need not say."""
        told: dict[str, Any] = {"host": host, "port": self.port, "timeout_s": timeout_s}
        shape = terminal_class(self.driver).Options
        if any(one.name == "transport" for one in fields(shape)):
            told["transport"] = self.transport
        return shape(**told)


KNOCKS = (
    Knock("zk", "tcp", 4370, sure=True),
    Knock("c3", "tcp", 4370),
    Knock("zk", "udp", 4370),
    Knock("soap", "tcp", 80),
    Knock("anviz", "tcp", 5010),
)
"""In this order, until one is answered."""

GROUP = "hadir.drivers"


class FileReader(Protocol):
    """Reads one file of the terminal `serial`. Raises UnfitFile for good, else DriverError."""

    def __call__(self, path: Path, serial: str, date_order: DateOrder = "auto") -> Log: ...


class FolderOptions(Protocol):
    """What a section says of a folder where files are dropped."""

    @property
    def path(self) -> str: ...

    @property
    def serial(self) -> str: ...

    @property
    def date_order(self) -> DateOrder: ...


class UnknownDriver(DriverError):
    """No driver of this name."""


def names() -> list[str]:
    """Return every driver name, ours first."""
    outside = sorted(entry.name for entry in entry_points(group=GROUP))
    ours = [*BUILT_IN, *RECEIVERS]
    return [*ours, *(name for name in outside if name not in ours)]


def driver_class(name: str) -> type[Terminal] | type[Receiver]:
    """Return the class behind a driver name. Raises UnknownDriver, near misses named."""
    ours = BUILT_IN | RECEIVERS
    if name in ours:
        return _checked(ours[name], _attribute(ours[name]))
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _checked(name, entry.load())
    raise _unknown("driver", name, names())


def terminal_class(name: str) -> type[Terminal]:
    """Return the class of terminals we ask. NotSupported where they call us."""
    found = driver_class(name)
    if issubclass(found, Terminal):
        return found
    raise NotSupported(f'terminals of driver "{name}" call us and cannot be asked')


def receiver_class(name: str) -> type[Receiver] | None:
    """Return the class of terminals that call us; None where we ask them."""
    found = driver_class(name)
    return found if issubclass(found, Receiver) else None


def importer(name: str) -> FileReader:
    """Return what reads a family's file, carried by hand. Raises UnknownDriver."""
    if name not in IMPORTERS:
        raise _unknown("importer", name, list(IMPORTERS))
    read: FileReader = _attribute(IMPORTERS[name])
    return read


def _attribute(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def _checked(name: str, found: object) -> type[Terminal] | type[Receiver]:
    if isinstance(found, type) and issubclass(found, Terminal | Receiver):
        return found
    raise UnknownDriver(f"{name} is not a driver: it offers no Terminal or Receiver class")


def _unknown(kind: str, name: str, known: Sequence[str]) -> UnknownDriver:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"
    return UnknownDriver(f'unknown {kind} "{name}", {hint}')
