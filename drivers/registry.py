"""Driver names and where they live.

Text and import on use, so that an office without a family never loads what that family needs.
Drivers outside this house register under the entry point group `hadir.drivers`.
"""

import difflib
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from drivers.base import Log, Terminal
from drivers.errors import DriverError

BUILT_IN = {
    "zk": "drivers.zk.terminal:ZkTerminal",
    "pyzk": "drivers.pyzk.terminal:PyzkTerminal",
    "soap": "drivers.soap.terminal:SoapTerminal",
    "usb": "drivers.usb.terminal:UsbFolder",
}
"""A terminal class takes one argument, its own `Options`, and is open once constructed."""

IMPORTERS = {
    "usb": "drivers.usb.terminal:read_file",
}
"""`read_file(path: Path, serial: str) -> Log`: families whose exports can be carried by hand."""

GROUP = "hadir.drivers"


class UnknownDriver(DriverError):
    """No driver of this name."""


def names() -> list[str]:
    """Return every driver name, ours first."""
    outside = sorted(entry.name for entry in entry_points(group=GROUP))
    return [*BUILT_IN, *(name for name in outside if name not in BUILT_IN)]


def terminal_class(name: str) -> type[Terminal]:
    """Return the class behind a driver name. Raises UnknownDriver, near misses named."""
    if name in BUILT_IN:
        return _load(BUILT_IN[name])
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _checked(name, entry.load())
    raise _unknown("driver", name, names())


def importer(name: str) -> Callable[[Path, str], Log]:
    """Return what reads a family's file, carried by hand. Raises UnknownDriver."""
    if name not in IMPORTERS:
        raise _unknown("importer", name, list(IMPORTERS))
    read: Callable[[Path, str], Log] = _attribute(IMPORTERS[name])
    return read


def _load(place: str) -> type[Terminal]:
    return _checked(place, _attribute(place))


def _attribute(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def _checked(name: str, found: object) -> type[Terminal]:
    if isinstance(found, type) and issubclass(found, Terminal):
        return found
    raise UnknownDriver(f"{name} is not a driver: it offers no Terminal class")


def _unknown(kind: str, name: str, known: Sequence[str]) -> UnknownDriver:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"
    return UnknownDriver(f'unknown {kind} "{name}", {hint}')
