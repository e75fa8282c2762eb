"""SoapTerminal: one terminal asked by its web service, a connection for each question."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from drivers import progress
from drivers.base import Capability, Log, Terminal, TerminalInfo, User
from drivers.errors import (
    DriverError,
    MalformedReply,
    NoSerial,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.links import Deadline, HungUp, Link, Silence, TcpLink
from drivers.soap import codec
from drivers.soap.answer import Answer
from drivers.soap.codec import Request
from drivers.soap.rows import read_log

log = logging.getLogger(__name__)

CONNECT_S = 5.0
SERIAL_S = 5.0  # firmware that does not know the question may say nothing at all
LINGER_S = 1.0  # how long one may take to hang up once its answer is whole
WHOLE = 60  # times `timeout_s`: how long a log may take, however steadily it comes


class SoapTerminal(Terminal):
    """One terminal behind its web server. Nothing stays open between two questions."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """What the configuration may say of such a terminal. ValueError names what cannot be."""

        host: str
        """Address or name of the terminal."""
        port: int = 80
        """Of its web server."""
        comm_key: int = field(default=0, repr=False)
        """The number in the terminal's Comm menu; 0 is none. It travels in clear text."""
        timeout_s: float = 20.0
        """How long it may be silent. A whole log may take up to 60 times this."""
        serial: str = ""
        """Its serial number, for firmware that does not tell it."""

        def __post_init__(self) -> None:
            if not self.host.strip():
                raise ValueError("host: is empty")
            if not 0 < self.port < 65_536:
                raise ValueError(f"port: {self.port} is not between 1 and 65535")
            if not 0 <= self.comm_key <= 0xFFFF_FFFF:
                raise ValueError("comm_key: is not between 0 and 4294967295")
            if not 0 < self.timeout_s <= 600:
                raise ValueError(f"timeout_s: {self.timeout_s} is not between 0 and 600")
            if len(self.serial) > 64 or not self.serial.isprintable():
                raise ValueError(f"serial: {self.serial!r} is not one")

    def __init__(self, options: Options) -> None:
        self._options = options
        self._peer = f"{options.host}:{options.port}"
        self._closed = False
        self._link: Link | None = None
        self._info = TerminalInfo(self._serial(), can=frozenset({Capability.CLOCK}))

    def info(self) -> TerminalInfo:
        return self._info

    def clock(self) -> datetime:
        with self._named():
            return codec.read_clock(self._ask(codec.ask_clock(self._options.comm_key)))

    def read(self) -> Log:
        with self._named():
            body = self._ask(codec.ask_log(self._options.comm_key), WHOLE)
            return read_log(body, self._info.serial)

    def users(self) -> list[User]:
        raise NotSupported(
            f"{self._peer}: its web service hands out passwords with the users, so it is not "
            "asked for them"
        )

    def close(self) -> None:
        self._closed = True
        link = self._link
        if link is not None:  # another thread is in the middle of a read
            link.close()

    def _serial(self) -> str:
        """Return who it is: what it tells, else what the configuration says."""
        told, wanted = self._told_serial(), self._options.serial
        if told and wanted and told != wanted:
            raise TerminalRefused(
                f'{self._peer} is {told}, but its section says {wanted}; correct "serial" or "host"'
            )
        if told or wanted:
            return told or wanted
        raise NoSerial(
            f'{self._peer} does not tell its serial number; write serial = "..." in its section, '
            "as in its info menu"
        )

    def _told_serial(self) -> str:
        """Return the serial number it tells; empty where it tells none but knows its clock."""
        request = codec.ask_serial(self._options.comm_key)
        try:
            patience = min(1.0, SERIAL_S / self._options.timeout_s)
            return codec.read_serial(self._ask(request, patience))
        except (Silence, HungUp, TerminalBusy, TerminalRefused, MalformedReply) as error:
            log.debug("%s tells no serial number: %s", self._peer, error)
        self.clock()  # proves that the service is there and takes our key
        return ""

    def _ask(self, request: Request, patience: float = 1) -> bytes:
        """Return the body of a whole answer; it may take `patience` times the timeout."""
        self._check_open()
        timeout_s = self._options.timeout_s
        deadline = Deadline(patience * timeout_s)
        connect_s = min(CONNECT_S, timeout_s)
        host, port = self._options.host, self._options.port
        with self._named(), closing(TcpLink(host, port, connect_s)) as link:
            self._link = link
            try:
                self._check_open()  # it may have been closed while we connected
                return self._exchange(link, request, deadline)
            finally:
                self._link = None

    def _check_open(self) -> None:
        if self._closed:
            raise DriverError(f"{self._peer} is closed; open it again")

    def _exchange(self, link: Link, request: Request, deadline: Deadline) -> bytes:
        answer = Answer(request)
        link.send(request.encode())
        try:
            while not answer.whole and not answer.hopeless:
                answer.feed(self._receive(link, deadline))
                progress.tell(len(answer.body), 0)  # how long it will be, nobody says
        except HungUp as error:
            raise answer.fault() from error
        if not answer.whole:
            raise answer.fault()
        self._linger(link, answer, deadline.within(LINGER_S))
        return bytes(answer.body)

    def _receive(self, link: Link, deadline: Deadline) -> bytes:
        left = deadline.left()
        if not left:  # it may send for ever and finish nothing
            raise Silence(f"{self._peer} did not finish its answer in time")
        return link.receive(min(self._options.timeout_s, left))

    def _linger(self, link: Link, answer: Answer, deadline: Deadline) -> None:
        """Let it hang up by itself, and see what it says behind the end."""
        try:
            while True:
                answer.feed(self._receive(link, deadline))
        except TerminalUnreachable as error:
            log.debug("%s", error)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Put the peer before what went wrong: the codec does not know it."""
        try:
            yield
        except DriverError as error:
            if not str(error).startswith(self._peer):
                error.args = (f"{self._peer} {error}",)
            raise
