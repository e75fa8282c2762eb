"""The simulated terminal on the network: ZK over TCP and UDP, both on one port.

One thread with one loop. Like a real terminal it serves one TCP client at a time; over UDP the last
one to CONNECT is the client.
"""

import heapq
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Literal, Self

from drivers.errors import DriverError
from drivers.simulator.conversation import DATA_MAX_TCP
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.pipes import Pipe, TcpPipe, UdpPipe
from drivers.simulator.touches import Touch
from drivers.zk import commands
from drivers.zk.codec import Packet, decode_packet, encode_packet

log = logging.getLogger(__name__)

Second = Literal["starve", "refuse", "serve"]
"""What a second TCP client meets while one is connected: silence, a hang-up, or an answer."""

_MAX_DATAGRAM = 65_535
_PORT_TRIES = 20


class ZkServer:
    """Serves one memory from construction to `stop`; a `with` block starts and stops it."""

    def __init__(
        self,
        memory: Memory,
        faults: Faults | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        second: Second = "starve",
        data_max: int = DATA_MAX_TCP,
    ) -> None:
        """Open the port, any free one for 0: clients may connect, and wait until `start`.

        `data_max` is how many bytes of a bulk answer go in one packet over TCP: 1008 or 65528.
        """
        self.memory = memory
        self.faults = faults or Faults()
        self._second = second
        self._data_max = data_max
        self._listener, self._datagrams = _open(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._bell, self._bell_rope = socket.socketpair()
        self._pipes: list[TcpPipe] = []
        self._talk: UdpPipe | None = None
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_numbers = count()
        self._touches: deque[Touch] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"terminal-{self.port}")
        self._unlisten: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to answer."""
        for sock in (self._bell, self._bell_rope, self._listener, self._datagrams):
            sock.setblocking(False)
        for sock in (self._bell, self._listener, self._datagrams):
            self._selector.register(sock, selectors.EVENT_READ)
        self._unlisten = self.memory.listen(self._touched)
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everybody and release the port; safe to call twice."""
        if self._unlisten:
            self._unlisten()
            self._unlisten = None
        if self._thread.is_alive():
            self._stopping = True
            self._ring()
            self._thread.join()
        for pipe in self._pipes:
            pipe.close()
        for sock in (self._listener, self._datagrams, self._bell, self._bell_rope):
            sock.close()
        self._selector.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- from other threads ----------------------------------------------------------------------

    def _touched(self, touch: Touch) -> None:
        self._touches.append(touch)
        self._ring()

    def _ring(self) -> None:
        try:
            self._bell_rope.send(b"!")
        except BlockingIOError:
            log.debug("the bell rings already")

    # -- the loop --------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            ready = {key.fileobj for key, _ in self._selector.select(self._until_next())}
            if self._bell in ready:
                self._bell.recv(_MAX_DATAGRAM)
            self._tell()  # before requests: who registers now does not hear of touches before
            # those who left are noticed before the next one is let in
            for pipe in [one for one in self._pipes if one.sock in ready]:
                pipe.read()
            if self._datagrams in ready:
                self._receive()
            self._run_timers()
            self._tidy()
            if self._listener in ready:
                self._accept()

    def _accept(self) -> None:
        if self._pipes and self._second == "starve":
            return
        try:
            sock, address = self._listener.accept()
        except OSError as error:  # the client left before we looked
            log.debug("nobody to let in: %s", error)
            return
        if self._pipes and self._second == "refuse":
            log.info("refusing %s: another client is connected", address)
            sock.close()
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pipe = TcpPipe(sock, self.memory, self.faults, self._later, self._data_max)
        self._pipes.append(pipe)
        self._selector.register(sock, selectors.EVENT_READ)
        self._mind_the_door()

    def _tidy(self) -> None:
        for pipe in [one for one in self._pipes if one.closed]:
            self._pipes.remove(pipe)
            self._selector.unregister(pipe.sock)
        self._mind_the_door()

    def _mind_the_door(self) -> None:
        """Let clients queue before the door while somebody is inside, if they are to starve."""
        shut = bool(self._pipes) and self._second == "starve"
        open_now = self._listener.fileno() in self._selector.get_map()
        if shut and open_now:
            self._selector.unregister(self._listener)
        elif not shut and not open_now:
            self._selector.register(self._listener, selectors.EVENT_READ)

    def _receive(self) -> None:
        try:
            received, address = self._datagrams.recvfrom(_MAX_DATAGRAM)
            request = decode_packet(received)
        except (OSError, DriverError) as error:
            log.warning("ignoring a datagram: %s", error)
            return
        talk = self._talk
        known = talk is not None and talk.address == address and not talk.closed
        if request.command == commands.CONNECT and not known:
            talk = UdpPipe(self._datagrams, address, self.memory, self.faults, self._later)
            self._talk, known = talk, True
        if talk is not None and known:
            talk.take(request)
        else:
            self._turn_away(request, address)

    def _turn_away(self, request: Packet, address: tuple[str, int]) -> None:
        refusal = Packet(commands.ACK_UNAUTH, request.session, request.reply)
        try:
            self._datagrams.sendto(encode_packet(refusal), address)
        except OSError as error:
            log.warning("a datagram could not be sent: %s", error)

    def _tell(self) -> None:
        clients: list[Pipe] = [*self._pipes]
        if self._talk is not None:
            clients.append(self._talk)
        while self._touches:
            touch = self._touches.popleft()
            for client in clients:
                client.tell(touch)

    # -- waiting ---------------------------------------------------------------------------------

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        timer = (time.monotonic() + seconds, next(self._timer_numbers), call)
        heapq.heappush(self._timers, timer)

    def _until_next(self) -> float | None:
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _run_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()


def _open(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Open TCP and UDP on one port; where any will do, look for one that is free for both."""
    for left in reversed(range(_PORT_TRIES if port == 0 else 1)):
        listener = socket.create_server((host, port))
        datagrams = socket.socket(listener.family, socket.SOCK_DGRAM)
        try:
            datagrams.bind((host, listener.getsockname()[1]))
        except OSError:
            listener.close()
            datagrams.close()
            if not left:
                raise
        else:
            return listener, datagrams
    raise AssertionError("the last try raises")
