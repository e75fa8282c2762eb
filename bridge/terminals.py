"""The `[[terminal]]` tables of the configuration: what is common, and what each driver asks for."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from bridge import checking, pushing
from bridge.checking import Findings
from bridge.credentials import SecretFault, Secrets
from bridge.renamed import RenamedTerminal
from drivers import registry
from drivers.base import Receiver, Terminal
from drivers.errors import DriverError, MustPush, NotSupported

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SERIAL = re.compile(r"(?![=+@-])[!-~]{1,64}")  # what the centre takes for one
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?")
_RANGES = (("port", 1, 65_535), ("comm_key", 0, 0xFFFF_FFFF), ("timeout_s", 1, 600))


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} may hold only letters, digits, dot, dash and underscore")
    return name


def _known_as(serial: str) -> str:
    if not _SERIAL.fullmatch(serial):
        raise ValueError(f"{serial!r} is no serial number: 1 to 64 signs without spaces")
    return serial


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f'"{text}" is no day, write it like "2026-01-31"') from None


@dataclass(frozen=True, slots=True)
class TerminalTable:
    """What every terminal has, whatever its driver."""

    name: Annotated[str, AfterValidator(_name)]
    """How people call it; the commands take it."""
    driver: str
    """One of `registry.names()`."""
    poll_s: Annotated[int, Field(ge=1, le=86_400)] = 60
    """How often it is read."""
    serial: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    """Its serial number, for files carried by hand and for `check --connect` to compare."""
    clock: Literal["leave", "set"] = "leave"
    """`set`: a clock that is off is set, and the centre is told."""
    known_as: Annotated[str | None, AfterValidator(_known_as)] = None
    """The serial number it goes by here, if it hung in another office before."""
    known_from: Annotated[str | None, AfterValidator(_day)] = None
    """The first day on which it does, written 2026-01-31."""

    def __post_init__(self) -> None:
        if (self.known_as is None) != (self.known_from is None):
            raise ValueError("known_as: it comes with known_from, the first day under that name")
        if self.known_as is None:
            return
        if self.serial is None or self.serial == self.known_as:
            raise ValueError(
                "known_as: serial has to name the terminal itself, or another one could come "
                "under its name"
            )
        if self.driver in (*registry.RECEIVERS, *registry.IMPORTERS):
            raise ValueError(
                f'known_as: a "{self.driver}" terminal is known by its serial alone; leave it out'
            )


@dataclass(frozen=True, slots=True)
class Renamed:
    """A terminal by its own serial number, and since when it goes by another."""

    serial: str
    since: date


@dataclass(frozen=True, slots=True)
class TerminalConfig:
    """One terminal: how to call it, how often to read it, how to open it."""

    name: str
    driver: str
    poll_s: int
    serial: str | None
    options: Any = field(repr=False)  # may hold a key
    """The driver's own `Options`."""
    clock: Literal["leave", "set"] = "leave"
    """Whether a clock that is off is set."""
    listen: str = ""
    """Where terminals call us; empty where none may."""
    renamed: Renamed | None = None
    """What it tells of itself, where `serial` is a name it was given here."""

    @property
    def calls(self) -> bool:
        """Whether this terminal calls us, and is never asked."""
        return registry.receiver_class(self.driver) is not None

    def receiver(self) -> Receiver:
        """Return what understands the calls of this terminal. NotSupported where it never calls."""
        found = registry.receiver_class(self.driver)
        if found is None:
            raise NotSupported(f"{self.name} is asked by us and never calls")
        return found(self.options)  # type: ignore[call-arg]  # the registry's contract

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder where people drop files; its options are FolderOptions."""
        return self.driver in registry.IMPORTERS

    def open(self) -> Terminal:
        """Connect to the terminal. Raises DriverError; the caller closes."""
        if self.calls:
            raise NotSupported(
                f"{self.name} calls us and cannot be read on demand; see `hadir-bridge status`"
            )
        try:
            opened = registry.terminal_class(self.driver)(self.options)  # type: ignore[call-arg]  # the registry's contract
        except MustPush as error:
            host = getattr(self.options, "host", "")
            error.args = (f"{error}: {pushing.advice(self.listen, host)}",)
            raise
        if self.renamed is None or self.serial is None:
            return opened
        return RenamedTerminal(opened, self.renamed.serial, self.serial, self.renamed.since)


_COMMON = tuple(one.name for one in dataclasses.fields(TerminalTable))


def read(
    listed: object, secrets: Secrets, findings: Findings, *, listens: bool = False
) -> tuple[TerminalConfig, ...]:
    """Return the sound ones among the `[[terminal]]` tables; the rest is in `findings`.

    `listens`: terminals may call us, also such as have no table.
    """
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        findings.faults.append("terminal: write [[terminal]] in two brackets, once for each")
        return ()
    if not listed and not listens:
        findings.faults.append("terminal: none is configured, write a [[terminal]] for each")
    terminals = []
    taken: dict[str, str] = {}
    for number, table in enumerate(listed, start=1):
        where = f"terminal[{number}]"
        terminal = _one(table, where, secrets, findings)
        if terminal is not None:
            findings.faults.extend(_doubles(terminal, where, taken))
            if terminal.calls and not listens:
                findings.faults.append(
                    f'{where}.driver: "{terminal.driver}" terminals call us, write a [listener] '
                    "table for them to call"
                )
            terminals.append(terminal)
    return tuple(terminals)


def holds_keys(listed: list[dict[str, Any]]) -> bool:
    """Whether a key stands in the configuration itself, and not in a file of its own."""
    return any(
        checking.is_secret(key) and value not in (0, "")
        for table in listed
        for key, value in table.items()
    )


def _one(
    table: dict[str, Any], where: str, secrets: Secrets, findings: Findings
) -> TerminalConfig | None:
    common = {key: value for key, value in table.items() if key in _COMMON}
    own = checking.fill(TerminalTable, common, where, findings)
    shape = _shape(table.get("driver"), where, findings)
    if shape is None:
        return None
    options = _options(shape, table, where, secrets, findings)
    if own is None or options is None:
        return None
    if caution := getattr(options, "caution", ""):
        findings.warnings.append(f"{where}: {caution}")
    renamed = None
    if own.known_as and own.known_from and own.serial:
        renamed = Renamed(own.serial, date.fromisoformat(own.known_from))
    serial = own.known_as or own.serial
    return TerminalConfig(
        own.name, own.driver, own.poll_s, serial, options, own.clock, renamed=renamed
    )


def _shape(driver: object, where: str, findings: Findings) -> type[Any] | None:
    """Return the driver's `Options`; a driver that is no text is told with the common keys."""
    if not isinstance(driver, str):
        return None
    try:
        return registry.driver_class(driver).Options
    except DriverError as error:
        findings.faults.append(f"{where}.driver: {error}")
    except ImportError as error:
        findings.faults.append(
            f'{where}.driver: "{driver}" needs what is not installed here ({error})'
        )
    return None


def _options(
    shape: type[Any], table: dict[str, Any], where: str, secrets: Secrets, findings: Findings
) -> Any:
    """Fill the driver's options with all that is not common; keys may stand in files."""
    names = [one.name for one in dataclasses.fields(shape)]
    files = {f"{name}_file": name for name in names if checking.is_secret(name)}
    own = {key: value for key, value in table.items() if key in names or key not in _COMMON}
    unread: list[str] = []
    for key in [key for key in own if key in files]:
        option, file = files[key], own.pop(key)
        fault = _from_file(shape, option, file, own, secrets)
        if fault:
            findings.faults.append(f"{where}.{key}: {fault}")
            unread.append(option)
        elif secrets.open_to_everyone(file):
            findings.warnings.append(
                f"{where}.{key}: every user of this computer may read "
                f"{secrets.find(file)}; chmod 640 it"
            )
    known = {key: own[key] for key in own if key in names}
    for option, fault in _beyond(known):
        findings.faults.append(f"{where}.{option}: {fault}")
        unread.append(option)
    filled = checking.fill(shape, own, where, findings, also=[*files, *_COMMON], unread=unread)
    lacking = [f"{where}.{option}: {fault}" for option, fault in _lacking(shape, known)]
    findings.faults.extend(lacking)  # a driver says so itself, but only where all else is sound
    return None if lacking else filled


def _beyond(options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what no terminal can have. These words mean the same in every driver.

    Drivers check their own options too, but stop at the first fault.
    """
    for option, least, most in _RANGES:
        value = options.get(option)
        if isinstance(value, int | float) and not least <= value <= most:
            shown = "" if checking.is_secret(option) else f", got {value}"
            yield option, f"expected {least} to {most}{shown}"
    host = options.get("host")
    if isinstance(host, str) and not _HOST.fullmatch(host):
        yield "host", f"{host!r} is no address, write it like 192.168.1.201"


def _lacking(shape: type[Any], options: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the address that the transport needs, where a driver knows lines and networks."""
    defaults = {one.name: one.default for one in dataclasses.fields(shape)}
    if "port_url" in defaults:
        transport = options.get("transport", defaults["transport"])
        needed = "port_url" if transport == "serial" else "host"
        if needed not in options:
            yield needed, "missing"


def _from_file(
    shape: type[Any], option: str, file: object, own: dict[str, Any], secrets: Secrets
) -> str | None:
    """Put what a file holds into `own`; return what is wrong with it instead."""
    if option in own:
        return f"{option} is given too, keep one of the two"
    if not isinstance(file, str):
        return "expected text in quotes"
    try:
        own[option] = checking.from_text(shape, option, secrets.read(file))
    except SecretFault as fault:
        return str(fault)
    except ValueError as fault:
        return f"{secrets.find(file)} holds no {option}: {fault}"
    return None


def _doubles(terminal: TerminalConfig, where: str, taken: dict[str, str]) -> list[str]:
    """Return what a terminal shares with an earlier one: its name, its address, its calls, or the
    serial number it was given.

    A section copied and not changed would leave one terminal of the office unread, or let what is
    proven of one be taken for the other's.
    """
    told = {"name": terminal.name}
    if terminal.is_folder:
        told["path"] = terminal.options.path
    host, port = (getattr(terminal.options, key, None) for key in ("host", "port"))
    line, device = (getattr(terminal.options, key, None) for key in ("port_url", "device"))
    if line:  # several terminals may hang on one line, each with a number of its own
        told["port_url"] = f"{line} device {device}" if device else line
    elif host:
        told["host"] = host if port is None else f"{host}:{port}"
    if terminal.calls and terminal.serial is not None:
        told["serial"] = terminal.serial
    if terminal.renamed is not None and terminal.serial is not None:
        told["known_as"] = terminal.serial
    found = []
    for key, value in told.items():
        first = taken.setdefault(f"{key} {value}", where)
        if first != where:
            found.append(f"{where}.{key}: {value} is {first} already, each stands once")
    return found
