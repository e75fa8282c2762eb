"""C3Panel: a door panel that an office uses as its clock, read over TCP."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from drivers.base import Capability, ListLog, Log, Terminal, TerminalInfo, User
from drivers.c3 import commands, tables
from drivers.c3.codec import Frame, FrameReader
from drivers.c3.session import Session
from drivers.errors import DriverError, MalformedReply, NotSupported, TerminalRefused
from drivers.errors import TerminalUnreachable as Unreachable
from drivers.links import Deadline, Link, TcpLink
from drivers.serial_link import Baud, LineOptions, SerialLink, warn_of

log = logging.getLogger(__name__)

CONNECT_S = 5.0
FAREWELL_S = 1.0
MAX_SERIAL = 64
TAIL = 3  # the sum of a frame tells what it was made of
TABLE = 30  # how many plain time-outs a whole table may take: 64 kB at 9600 baud is over a minute
WHO = ("~SerialNumber", "DeviceName", "FirmVer")


class C3Panel(Terminal):
    """One panel, connected from construction to close. No door is touched."""

    @dataclass(frozen=True, slots=True)
    class Options(LineOptions):
        """What the configuration may say of a panel."""

        transport: Literal["tcp", "serial"] = "tcp"
        """The network, or RS485, which nobody has seen working: see `unproven`."""
        host: str = ""
        """With tcp: address or name of the panel."""
        port: int = 4370
        """With tcp: its port."""
        password: str = field(default="", repr=False)
        """Its communication password; empty is none."""
        timeout_s: float = 10.0
        """How long an answer may take; the whole table may take 30 times this."""
        baud: Baud = field(default=38_400, kw_only=True)
        """With serial: what the makers' example says."""
        unproven: bool = False
        """With serial: try it, alone on its line, although where its number stands is unknown."""

        def __post_init__(self) -> None:
            if self.transport == "serial":
                if not self.unproven:
                    raise ValueError(
                        "transport: RS485 of these panels was never seen working; connect its "
                        "network port, or write unproven = true to try and send us a capture"
                    )
                if fault := self.line_fault():
                    raise ValueError(fault)
            elif not self.host.strip():
                raise ValueError("host: missing")
            elif self.unproven:
                raise ValueError('unproven: only for transport = "serial"')
            if not 0 < self.port < 65_536:
                raise ValueError(f"port: {self.port} is not between 1 and 65535")
            if not self.password.isascii() or len(self.password) > 64:
                raise ValueError("password: may hold up to 64 plain letters and digits")
            if not 0 < self.timeout_s <= 600:
                raise ValueError(f"timeout_s: {self.timeout_s} is not between 0 and 600")

        @property
        def caution(self) -> str:
            """What a person should know who configures it so."""
            if self.transport != "serial":
                return ""
            return "RS485 of C3 panels is unproven: nobody has seen it working"

    def __init__(self, options: Options) -> None:
        if options.caution:
            warn_of(options.port_url, options.caution)
        self._timeout_s = options.timeout_s
        self._session = Session()
        self._reader = FrameReader()
        self._link: Link | None = _open_link(options)
        self._link.let_hear()
        self._peer = self._link.peer
        try:
            self._greet(options.password)
            self._info = self._introduce()
        except BaseException:
            self.close()
            raise

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        if Capability.CLOCK not in self._info.can:
            raise NotSupported(f"{self._peer} tells no time")
        shown = _clock(self._parameters("DateTime"))
        if shown is None:
            raise MalformedReply(f"{self._peer} tells a time that no clock shows; set its clock")
        return shown

    def read(self) -> Log:
        described = tables.decode_description(self._ask(commands.DESCRIBE_TABLES))
        table = described.get(tables.TRANSACTIONS)
        if table is None:
            raise TerminalRefused(f"{self._peer} keeps no table of transactions")
        asked = tables.ask_transactions(table)
        data = self._ask(commands.READ_TABLE, asked, patience=TABLE)
        rows = tables.decode_rows(data, asked)
        found = ListLog(self._info.serial, list(tables.decode_transactions(table, rows)))
        found.proven = False  # panels do not count, and how they send large tables is not known
        return found

    def users(self) -> list[User]:
        raise NotSupported(f"{self._peer} is asked for no users: its table holds card numbers")

    def close(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        try:
            if self._session.begun:
                link.send(self._session.request(commands.DISCONNECT))
                self._await(link, Deadline(min(FAREWELL_S, self._timeout_s)))
        except DriverError as error:
            log.debug("%s: %s", self._peer, error)  # gone already: the link closes anyway
        finally:
            link.close()

    def _greet(self, password: str) -> None:
        with self._named() as link:
            for with_session in (True, False):
                greeting = self._session.greeting(password, with_session=with_session)
                before = len(greeting) - len(password) - TAIL if password else len(greeting)
                with link.hiding("its password", after=before):
                    link.send(greeting)
                if self._session.begin(self._next(link, Deadline(self._timeout_s))):
                    return
        raise TerminalRefused(f"{self._peer} knows neither greeting of a C3 panel")

    def _introduce(self) -> TerminalInfo:
        told = self._parameters(*WHO)
        serial = told.get("~SerialNumber", "")
        if not serial or len(serial) > MAX_SERIAL or serial != _shown(serial):
            raise TerminalRefused(
                f"{self._peer} tells no usable serial number, {serial[:MAX_SERIAL]!r}; "
                "without one its punches cannot be told from those of another"
            )
        return TerminalInfo(
            serial=serial,
            model=_shown(told.get("DeviceName", "")),
            firmware=_shown(told.get("FirmVer", "")),
            can=frozenset({Capability.CLOCK} if self._tells_time() else ()),
        )

    def _tells_time(self) -> bool:
        try:
            return _clock(self._parameters("DateTime")) is not None
        except TerminalRefused as error:
            log.debug("%s", error)
            return False

    def _parameters(self, *names: str) -> dict[str, str]:
        asked = ",".join(names).encode()
        return tables.decode_parameters(self._ask(commands.GET_PARAMETERS, asked))

    def _ask(self, command: int, data: bytes = b"", *, patience: int = 1) -> bytes:
        with self._named() as link:
            link.send(self._session.request(command, data))
            return self._await(link, Deadline(patience * self._timeout_s))

    def _await(self, link: Link, deadline: Deadline) -> bytes:
        while (data := self._session.answer(self._next(link, deadline))) is None:
            log.debug("%s: put aside an older answer", self._peer)
        return data

    def _next(self, link: Link, deadline: Deadline) -> Frame:
        while (frame := self._reader.next_frame()) is None:
            left = deadline.left()
            if not left:
                raise Unreachable("stopped answering")
            self._reader.feed(link.receive(min(left, self._timeout_s)))
        return frame

    @contextmanager
    def _named(self) -> Iterator[Link]:
        """Yield the link; put the peer before what goes wrong with it."""
        if self._link is None:
            raise Unreachable(f"{self._peer} was closed before it was asked")
        try:
            yield self._link
        except DriverError as error:
            if not str(error).startswith(self._peer):
                error.args = (f"{self._peer} {error}",)
            raise


def _open_link(options: "C3Panel.Options") -> Link:
    if options.transport == "serial":
        return SerialLink(options)
    return TcpLink(options.host, options.port, min(CONNECT_S, options.timeout_s))


def _clock(told: dict[str, str]) -> datetime | None:
    packed = told.get("DateTime", "")
    return tables.unpack_time(int(packed)) if packed.isdecimal() and len(packed) < 12 else None


def _shown(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable())[:100]
