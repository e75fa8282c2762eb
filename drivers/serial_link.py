"""Serial lines, RS232 and RS485: byte pipes to terminals that have no network.

    /dev/ttyUSB0            a port of this computer
    rfc2217://host:port     a serial server that lets the speed of its port be set (RFC 2217)
    socket://host:port      a serial server that passes plain bytes; the speed is in its own menu

Several terminals may hang on one line, each with a number; one is asked at a time, so those of one
process take turns. A port of this computer is also locked against other programs.

On two wires, everybody hears everybody: some adapters give back what we send, and the line needs a
moment to turn round. What equals our own last words is therefore dropped, on every line, because
no terminal answers with the request itself.
"""

import contextlib
import errno
import fcntl
import logging
import os
import socket
import termios
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from drivers.errors import DriverError, TerminalBusy, TerminalRefused, TerminalUnreachable
from drivers.links import SEND_S, Deadline, Link, Silence, Stopwatch, TcpLink, why_unreachable

log = logging.getLogger(__name__)

TURN_S = 5.0  # another terminal of the line is being read; we try again later, and may be stopped
TURNAROUND_S = 0.05  # what working clients wait between hearing and speaking on two wires
CONNECT_S = 5.0
_SLICE_S = 0.05  # how long pyserial waits at a time: changing that sets the whole port up again
_AT_ONCE = 4096

Baud = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Parity = Literal["none", "even", "odd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOptions:
    """What a driver's options say of a serial line; those that offer one inherit this."""

    port_url: str = ""
    """/dev/ttyUSB0, or socket://host:port or rfc2217://host:port of a serial server."""
    baud: Baud = 9600
    """Speed of the line, as in the terminal's menu; not used with socket://."""
    parity: Parity = "none"
    """As in the terminal's menu; always eight data bits and one stop bit."""
    half_duplex: bool = False
    """True on RS485: pause between hearing and speaking."""

    def line_fault(self) -> str:
        """Return what is wrong with the line, `option: fault`; empty where nothing is."""
        if not self.port_url:
            return "port_url: missing, write it like /dev/ttyUSB0"
        if self.port_url.startswith("/"):
            return ""
        try:
            _server(self.port_url)
        except ValueError as error:
            return f"port_url: {error}"
        return ""


@cache
def warn_of(port_url: str, caution: str) -> None:
    """Log a caution, once a process: a terminal may be opened every minute."""
    log.warning("%s: %s", port_url, caution)


class SerialLink(Link):
    """One line, ours from construction to `close`."""

    datagram = False

    def __init__(self, options: LineOptions, *, turn_s: float = TURN_S) -> None:
        """Wait up to `turn_s` for others of this process that use the line."""
        super().__init__()
        self.peer = options.port_url
        self._echo = _Echo()
        self._turnaround_s = TURNAROUND_S if options.half_duplex else 0.0
        self._quiet = Stopwatch()
        self._turn = _Turn(options.port_url)
        self._turn.take(turn_s)
        try:
            self._port = _open(options)
        except BaseException:
            self._turn.give_back()
            raise

    def let_hear(self) -> None:
        self._port.let_hear()

    @contextmanager
    def hiding(self, what: str, *, after: int = 0) -> Iterator[None]:
        with self._port.hiding(what, after=after):  # the port is what a tap hears
            yield

    def send(self, data: bytes) -> None:
        pause_s = self._turnaround_s - self._quiet.passed()
        if pause_s > 0:
            time.sleep(pause_s)
        self._echo.sent(data)
        self._port.send(data)

    def receive(self, timeout_s: float) -> bytes:
        deadline = Deadline(timeout_s)
        while True:
            try:
                passed = self._echo.drop(self._port.receive(deadline.left()))
            except Silence:
                passed = self._echo.release()
                if not passed:
                    raise
            self._quiet = Stopwatch()
            if passed:
                return passed

    def close(self) -> None:
        self._port.close()
        self._turn.give_back()


class _Turn:
    """The right to use a line among the threads of this process."""

    _lines: ClassVar[defaultdict[str, threading.Lock]] = defaultdict(threading.Lock)
    _guard = threading.Lock()

    def __init__(self, port_url: str) -> None:
        self._url = port_url
        # the same adapter has several names under /dev
        name = os.path.realpath(port_url) if port_url.startswith("/") else port_url
        with self._guard:
            self._line = self._lines[name]
        self._held = False

    def take(self, timeout_s: float) -> None:
        self._held = self._line.acquire(timeout=timeout_s)
        if not self._held:
            raise TerminalBusy(
                f"{self._url} is in use for another terminal of this line; "
                'it is read later, a longer "poll_s" for all of them helps'
            )

    def give_back(self) -> None:
        if self._held:
            self._held = False
            self._line.release()


class _Echo:
    """Drops what an adapter gives back of our own words; anything else passes untouched."""

    def __init__(self) -> None:
        self._expected = b""
        self._held = b""

    def sent(self, data: bytes) -> None:
        self._expected, self._held = data, b""

    def drop(self, received: bytes) -> bytes:
        """Return what of `received` is not our own; the beginning of an echo is held back."""
        heard = self._held + received
        if len(heard) < len(self._expected) and self._expected.startswith(heard):
            self._held = heard
            return b""
        passed = heard.removeprefix(self._expected)
        self._expected = self._held = b""
        return passed

    def release(self) -> bytes:
        """Return what was held back: it was the beginning of something else."""
        held = self._held
        self._expected = self._held = b""
        return held


class _Port(Link, ABC):
    """A port driven by pyserial, whose every fault becomes one of ours."""

    datagram = False

    def __init__(self, options: LineOptions) -> None:
        super().__init__()
        self.peer = options.port_url
        self._baud = options.baud
        self._port: Any = None
        try:
            self._port = self._opened(options)
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise self._unopened(error) from error

    @abstractmethod
    def _opened(self, options: LineOptions) -> Any:
        """Return pyserial's port, open."""

    @abstractmethod
    def _unopened(self, error: OSError | ValueError) -> DriverError:
        """Return what a failed opening means."""

    def send(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except (OSError, ValueError, TypeError, AttributeError) as error:  # closed meanwhile
            raise TerminalUnreachable(f"{self.peer} broke off while we sent ({error})") from error
        self._tell("C", data)

    def receive(self, timeout_s: float) -> bytes:
        if self._tap is not None:
            self._tap.waiting()
        deadline = Deadline(timeout_s)
        while True:
            try:
                received: bytes = self._port.read(1)
                if received and (more := min(self._port.in_waiting, _AT_ONCE)):
                    received += self._port.read(more)
            except (OSError, ValueError, TypeError, AttributeError) as error:  # as in send
                raise TerminalUnreachable(
                    f"{self.peer} broke off ({error}); is the adapter plugged in?"
                ) from error
            if received:
                self._tell("D", received)
                return received
            if not deadline.left():
                raise Silence(f"{self.peer} stopped answering")

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the adapter may have been pulled out
            self._port.close()


class _LocalPort(_Port):
    """A port of this computer, locked against other programs."""

    def _opened(self, options: LineOptions) -> Any:
        import serial  # where no office needs a line, nobody loads it

        port: Any = serial.Serial(
            options.port_url,
            timeout=_SLICE_S,
            write_timeout=SEND_S,
            exclusive=True,
            **_settings(options),
        )
        with contextlib.suppress(OSError):  # some adapters do not know it; the lock above holds
            fcntl.ioctl(port.fd, termios.TIOCEXCL)  # against programs that ask for no lock
        return port

    def close(self) -> None:
        with contextlib.suppress(OSError, TypeError, ValueError):  # closed, or pulled out
            fcntl.ioctl(self._port.fd, termios.TIOCNXCL)
        super().close()

    def _unopened(self, error: OSError | ValueError) -> DriverError:
        match getattr(error, "errno", None):
            case errno.EAGAIN | errno.EBUSY:
                return TerminalBusy(f"{self.peer} is in use by another program; end that one first")
            case errno.EACCES | errno.EPERM:
                return TerminalRefused(
                    f"{self.peer} may not be opened by this user; add it to the group dialout"
                )
            case errno.ENOENT | errno.ENXIO | errno.ENODEV:
                return TerminalUnreachable(
                    f"{self.peer}: there is no such port; is the adapter plugged in?"
                )
        return TerminalUnreachable(f"{self.peer} cannot be used as a serial port ({error})")


class _RemotePort(_Port):
    """A port of a serial server that speaks RFC 2217."""

    def _opened(self, options: LineOptions) -> Any:
        import serial

        # It has no time-out for writing, only that of its socket, five seconds.
        return serial.serial_for_url(options.port_url, timeout=_SLICE_S, **_settings(options))

    def _unopened(self, error: OSError | ValueError) -> DriverError:
        cause = error.__context__
        host, port = _server(self.peer)
        if isinstance(cause, OSError):
            return TerminalUnreachable(why_unreachable(f"{host}:{port}", cause))
        if isinstance(error, ValueError) or "parameter change" in str(error):
            return TerminalRefused(
                f"{self.peer} does not take {self._baud} baud or the parity; "
                "look at the serial server's menu"
            )
        return TerminalUnreachable(
            f"{self.peer} speaks no RFC 2217; write socket:// if it passes plain bytes"
        )

    def close(self) -> None:
        # pyserial leaves its socket open where the peer was the first to go
        sock: socket.socket | None = getattr(self._port, "_socket", None)
        super().close()
        if sock is not None:
            sock.close()


def _open(options: LineOptions) -> Link:
    if options.port_url.startswith("/"):
        return _LocalPort(options)
    host, port = _server(options.port_url)
    if options.port_url.startswith("rfc2217:"):
        return _RemotePort(options)
    return TcpLink(host, port, CONNECT_S)


def _settings(options: LineOptions) -> dict[str, Any]:
    return {"baudrate": options.baud, "parity": options.parity[0].upper()}


def _server(url: str) -> tuple[str, int]:
    """Return host and port of a serial server. ValueError says how to write it."""
    hint = f"{url!r} is no serial port, write it like /dev/ttyUSB0 or socket://192.168.1.50:4001"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(hint) from error
    # pyserial knows more schemes, and options behind a question mark that write files and logs
    bare = not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("socket", "rfc2217") or not host or not port or not bare:
        raise ValueError(hint)
    return host, port
