"""Byte pipes: TCP and UDP. They know no protocol and turn the system's errors into ours.

Serial lines are such pipes too; what they need stands in `serial_link`.

Every wait is bounded by a deadline given in seconds of the monotonic clock, so that a peer which
sends one byte now and then cannot hold us longer than one which sends none.
"""

import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from drivers import tap
from drivers.errors import TerminalUnreachable

MAX_DATAGRAM = 65_535
RECEIVE_BUFFER = 1 << 20  # old terminals send a whole log in one burst of datagrams
SEND_S = 10.0  # requests are a few bytes; a peer that takes none for this long is gone


class Silence(TerminalUnreachable):
    """Nothing came in time; the link itself may still be good."""


class HungUp(TerminalUnreachable):
    """The peer ended the connection, which some take for the end of an answer."""


class Link(ABC):
    """A pipe to one peer."""

    peer: str
    """For messages: host:port."""
    datagram: bool
    """True where one `receive` returns one whole packet."""

    def __init__(self) -> None:
        self._tap: tap.Tap | None = None
        self._hidden: tuple[str, int] | None = None

    def let_hear(self) -> None:
        """Let whoever listens hear this link. For drivers that hide what is secret in it."""
        self._tap = tap.listening()

    @contextmanager
    def hiding(self, what: str, *, after: int = 0) -> Iterator[None]:
        """Keep what passes in this block out of captures, beyond the first `after` bytes of each.

        For keys, and for tables that hold passwords or names of people.
        """
        before, self._hidden = self._hidden, (what, after)
        try:
            yield
        finally:
            self._hidden = before

    def _tell(self, direction: tap.Direction, data: bytes) -> None:
        """Tell who listens what passed."""
        if self._tap is None:
            return
        what, after = self._hidden or ("", len(data))
        self._tap.told(direction, data[:after] + bytes(len(data[after:])), what)

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send all of `data`."""

    @abstractmethod
    def receive(self, timeout_s: float) -> bytes:
        """Return the next bytes or datagram.

        Silence when nothing comes for `timeout_s`; HungUp when the peer ends the connection.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the pipe; safe to call twice, raises nothing."""


class _SocketLink(Link):
    def __init__(self, sock: socket.socket, peer: str) -> None:
        super().__init__()
        self._sock = sock
        self.peer = peer

    def send(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise TerminalUnreachable(f"{self.peer} broke off while we sent ({error})") from error
        self._tell("C", data)

    def receive(self, timeout_s: float) -> bytes:
        if self._tap is not None:
            self._tap.waiting()
        try:
            self._sock.settimeout(max(timeout_s, 0.001))
            received = self._sock.recv(MAX_DATAGRAM)
        except TimeoutError as error:
            raise Silence(f"{self.peer} stopped answering") from error
        except ConnectionRefusedError as error:  # on UDP it is told only now
            raise TerminalUnreachable(why_unreachable(self.peer, error)) from error
        except OSError as error:
            raise TerminalUnreachable(f"{self.peer} broke off ({error})") from error
        if not received and not self.datagram:
            raise HungUp(f"{self.peer} hung up")
        self._tell("D", received)
        return received

    def close(self) -> None:
        self._sock.close()


class TcpLink(_SocketLink):
    """One TCP connection, opened on construction."""

    datagram = False

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        peer = f"{host}:{port}"
        try:
            sock = socket.create_connection((host, port), timeout=timeout_s)
        except OSError as error:
            raise TerminalUnreachable(why_unreachable(peer, error)) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, peer)

    def send(self, data: bytes) -> None:
        self._sock.settimeout(SEND_S)
        super().send(data)

    def close(self) -> None:
        with suppress(OSError):  # the peer may be gone, or this is the second call
            self._sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for bytes of it
        super().close()


class UdpLink(_SocketLink):
    """A UDP socket connected to one peer: datagrams of strangers never arrive."""

    datagram = True

    def __init__(self, host: str, port: int) -> None:
        peer = f"{host}:{port}/udp"
        try:
            family, kind, proto, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
        except OSError as error:
            raise TerminalUnreachable(why_unreachable(peer, error)) from error
        sock = socket.socket(family, kind, proto)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            sock.connect(address)
        except OSError as error:
            sock.close()
            raise TerminalUnreachable(why_unreachable(peer, error)) from error
        super().__init__(sock, peer)


class Deadline:
    """How long an exchange may still take."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self._end - time.monotonic())

    def within(self, seconds: float) -> "Deadline":
        """Return the deadline for a part of the exchange: so many seconds, and not past its end."""
        return Deadline(min(seconds, self.left()))


class Stopwatch:
    """How long something has taken so far."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def passed(self) -> float:
        return time.monotonic() - self._start


def why_unreachable(peer: str, error: OSError) -> str:
    """Return the sentence for a connection that could not be made."""
    if isinstance(error, socket.gaierror):
        return f'{peer}: no such host name; check "host"'
    if isinstance(error, TimeoutError):
        return f"{peer} does not answer; is the terminal on and on this network?"
    if isinstance(error, ConnectionRefusedError):
        return f'{peer} refuses the connection; check "port" and the terminal\'s network menu'
    return f"{peer} cannot be reached ({error.strerror or error})"
