"""The way from the simulated terminal to one client: steps queue up and are taken in order.

Late, split and broken answers need no thread of their own and nobody sleeps: a step that is a wait
hands the rest to the server's loop.
"""

import logging
import socket
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable

from drivers.errors import DriverError
from drivers.simulator.conversation import DATA_MAX_UDP, Conversation
from drivers.simulator.disturb import Step, on_datagrams, on_stream
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.zk.codec import Packet, PacketReader

log = logging.getLogger(__name__)

Later = Callable[[float, Callable[[], None]], None]
"""Call something after so many seconds, on the server's loop."""

_RECEIVE = 65_536
_RETRY_S = 0.001


class Pipe(ABC):
    """One client. Everything happens on the server's loop."""

    def __init__(self, conversation: Conversation, faults: Faults, later: Later) -> None:
        self.closed = False
        self._conversation = conversation
        self._faults = faults
        self._later = later
        self._steps: deque[Step] = deque()
        self._sent = 0
        self._waiting = False
        self._stalled = False

    def take(self, request: Packet) -> None:
        """Answer a request."""
        self._queue(self._disturbed(self._conversation.answer(request)))

    def tell(self, touch: Touch) -> None:
        """Send an event, if the client listens for it."""
        self._queue(self._disturbed(self._conversation.event(touch)))

    def close(self) -> None:
        """Hang up; safe to call twice."""
        self.closed = True
        self._steps.clear()

    def _queue(self, steps: list[Step]) -> None:
        if not self._stalled and not self.closed:
            self._steps.extend(steps)
            self.go_on()

    def go_on(self) -> None:
        """Take steps until one has to wait or none is left."""
        while self._steps and not self._waiting:
            step = self._steps.popleft()
            if isinstance(step, float):
                self._wait(step)
                return
            piece, fate = self._fate(step)
            sent = self._write(piece)
            self._sent += sent
            if fate == "cut":
                self.close()
                return
            if fate == "stall":
                self._stalled = True
                self._steps.clear()
                return
            if sent < len(piece) and not self.closed:
                self._steps.appendleft(piece[sent:])
                self._wait(_RETRY_S)  # the client reads slower than we write
        if self._conversation.finished and not self._steps:
            self.close()

    def _wait(self, seconds: float) -> None:
        self._waiting = True
        self._later(seconds, self._waited)

    def _waited(self) -> None:
        self._waiting = False
        self.go_on()

    def _fate(self, piece: bytes) -> tuple[bytes, str]:
        """Return how much of a piece may go, and what happens after it."""
        for name in ("cut", "stall"):
            fault = self._faults.active(name)
            if fault and self._sent + len(piece) > fault.value and self._faults.fires(name):
                return self._shortened(piece, max(fault.value - self._sent, 0)), name
        return piece, ""

    @abstractmethod
    def _disturbed(self, packets: list[Packet]) -> list[Step]:
        """Return the steps that bring these packets to the client, faults and all."""

    @abstractmethod
    def _shortened(self, piece: bytes, length: int) -> bytes:
        """Return what is left of a piece when only so many bytes may still go."""

    @abstractmethod
    def _write(self, piece: bytes) -> int:
        """Send what goes without waiting; return how much that was."""


class TcpPipe(Pipe):
    """One TCP connection."""

    def __init__(
        self, sock: socket.socket, memory: Memory, faults: Faults, later: Later, data_max: int
    ) -> None:
        super().__init__(Conversation(memory, faults, data_max=data_max), faults, later)
        self.sock = sock
        sock.setblocking(False)
        self._reader = PacketReader()

    def read(self) -> None:
        """Take what has arrived and answer each whole request; close when the client is gone."""
        try:
            received = self.sock.recv(_RECEIVE)
            self._reader.feed(received)
            while received and not self.closed and (request := self._reader.next_packet()):
                self.take(request)
        except BlockingIOError:
            return
        except (OSError, DriverError) as error:
            log.warning("hanging up on a client: %s", error)
            received = b""
        if not received:
            self.close()

    def close(self) -> None:
        super().close()
        self.sock.close()

    def _disturbed(self, packets: list[Packet]) -> list[Step]:
        return on_stream(packets, self._faults)

    def _shortened(self, piece: bytes, length: int) -> bytes:
        return piece[:length]

    def _write(self, piece: bytes) -> int:
        try:
            return self.sock.send(piece) if piece else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            log.warning("a client went away: %s", error)
            self.close()
            return 0


class UdpPipe(Pipe):
    """One UDP client, known by its address."""

    def __init__(
        self,
        sock: socket.socket,
        address: tuple[str, int],
        memory: Memory,
        faults: Faults,
        later: Later,
    ) -> None:
        super().__init__(Conversation(memory, faults, data_max=DATA_MAX_UDP), faults, later)
        self.address = address
        self._sock = sock

    def _disturbed(self, packets: list[Packet]) -> list[Step]:
        return on_datagrams(packets, self._faults)

    def _shortened(self, piece: bytes, length: int) -> bytes:
        return b"" if length < len(piece) else piece  # there is no half datagram

    def _write(self, piece: bytes) -> int:
        try:
            return self._sock.sendto(piece, self.address) if piece else 0
        except BlockingIOError:
            return 0
        except OSError as error:
            log.warning("a datagram could not be sent: %s", error)
            return len(piece)
