"""The door for terminals that call: sockets and threads around `Reception`.

    accept loop    takes connections, bounds how many there are, at all and of one address
    one thread     for each connection: reads the request within a deadline, sends the reply
    one clerk      answers all of them, one at a time: only here is anything decided or written

A connection that sends nothing, or a byte now and then, costs a thread and its own deadline, and
keeps nobody waiting but itself: only whole requests reach the clerk. What all requests together may
hold in memory is bounded as well.
"""

import contextlib
import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass

from bridge import httpwire
from bridge.errors import BridgeError
from bridge.health import Health
from bridge.httpwire import BadRequest, RequestReader
from bridge.reception import Reception
from drivers.base import Reply, Request

log = logging.getLogger(__name__)

LOOP = "listener"
TICK_S = 0.25
BEAT_S = 60.0
AGAIN_S = 30.0  # until an address that is taken is tried again
STOP_S = 3.0  # for requests under way
SEND_S = 10.0
GOODBYE_S = 0.5
LOOK_S = 60.0  # between two looks for terminals that do not call
RECEIVE = 64 << 10


class CannotListen(BridgeError):
    """The address is taken, or not ours."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers may cost us."""

    connections: int = 64
    of_one_address: int = 24
    request_s: float = 60.0
    """From the first byte to the last: a megabyte over a slow line takes half of it."""
    answer_s: float = 60.0
    """How long the clerk may take before the terminal is told to try again."""
    held_bytes: int = 16 << 20
    """Of all requests that are being received."""


class Listener:
    """Listens while it runs."""

    def __init__(
        self,
        reception: Reception,
        *,
        host: str,
        port: int,
        health: Health,
        limits: Limits = Limits(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reception = reception
        self._health = health
        self._limits = limits
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._held = 0
        self._threads: set[threading.Thread] = set()
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="clerk")
        self._asked_at: float | None = None
        self._full = False
        self._look_at = monotonic()
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._fault = ""

    @property
    def port(self) -> int:
        """The port that is listened on, which the system chose where 0 was asked for."""
        return int(self._socket.getsockname()[1]) if self._socket else self._address[1]

    def begin(self) -> None:
        """Take the address. Raises CannotListen."""
        self._socket = _listen(*self._address)
        log.info("terminals may call %s:%d", self._address[0], self.port)

    def run(self, stop: threading.Event) -> None:
        """Take connections until stopped; then finish those under way."""
        while not stop.is_set():
            try:
                wait_s = self.step()
            except Exception:  # the top of a loop: a mistake of ours must not end it
                log.exception("a mistake of ours while listening; please report it")
                wait_s = TICK_S
            stop.wait(wait_s)
        self.close()
        self._health.ended(LOOP)

    def step(self) -> float:
        """Take one connection, or find after a moment that there is none; return when to go on.

        While the address cannot be had, everything else of the bridge goes on.
        """
        if self._socket is None:
            return self._begun()
        return self._accept(self._socket)

    def _begun(self) -> float:
        self._health.beat(LOOP, AGAIN_S + BEAT_S)
        try:
            self.begin()
        except CannotListen as error:
            if not self._fault:
                log.error("%s", error)
            self._fault = str(error)
            self._health.fault(LOOP, self._fault)
            return AGAIN_S
        self._fault = ""
        self._health.fault(LOOP, "")
        return 0.0

    def _accept(self, listening: socket.socket) -> float:
        if not self._stuck():
            self._health.beat(LOOP, BEAT_S)
        if self._monotonic() >= self._look_at:
            self._look_at = self._monotonic() + LOOK_S
            self._clerk.submit(self._look)
        try:
            connection, address = listening.accept()
        except TimeoutError:
            return 0.0
        except OSError as error:  # no more files, or the caller is gone already
            log.warning("a call could not be taken: %s", error.strerror)
            return TICK_S  # without a pause, one that cannot be taken would keep us busy
        self._take(connection, str(address[0]))
        return 0.0

    def close(self) -> None:
        """Take no more calls, finish those under way, release the address."""
        if self._socket is not None:
            self._socket.close()
        end = self._monotonic() + STOP_S
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, end - self._monotonic()))
        self._clerk.shutdown(wait=True, cancel_futures=True)

    # -- one connection --------------------------------------------------------------------------

    def _take(self, connection: socket.socket, peer: str) -> None:
        with self._lock:
            full = self._open.total() >= self._limits.connections
            crowded = self._open[peer] >= self._limits.of_one_address
            if not full and not crowded:
                self._open[peer] += 1
        if full or crowded:
            if not self._full:
                log.warning("too many calls at once, the last from %s; turning some away", peer)
            self._full = True
            connection.close()
            return
        self._full = False
        thread = threading.Thread(target=self._serve, args=(connection, peer), daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _serve(self, connection: socket.socket, peer: str) -> None:
        reserved = 0
        try:
            with connection:
                end = self._monotonic() + self._limits.request_s
                try:
                    reader = RequestReader(peer)
                    request = self._received(connection, reader, end)
                    if request is None:
                        reserved = self._reserve(reader.length or 0)
                        request = self._rest(connection, reader, end)
                    reply = self._answered(request)
                except BadRequest as error:
                    reply = Reply(error.status, str(error).encode("ascii", "replace"))
                except TimeoutError:
                    reply = Reply(408, b"the request did not come in time")
                _send(connection, httpwire.encode(reply))
        except OSError as error:
            log.debug("%s hung up: %s", peer, error)
        except Exception:  # the top of a thread: the others go on
            log.exception("a mistake of ours while answering %s; please report it", peer)
        finally:
            with self._lock:
                self._held -= reserved
                self._open[peer] -= 1
                if not self._open[peer]:
                    del self._open[peer]
                self._threads.discard(threading.current_thread())

    def _received(
        self, connection: socket.socket, reader: RequestReader, end: float
    ) -> Request | None:
        """Return a request that is whole with its head; None where its body is still to come."""
        while (request := reader.request()) is None and reader.length is None:
            reader.feed(self._more(connection, end))
        return request

    def _rest(self, connection: socket.socket, reader: RequestReader, end: float) -> Request:
        while (request := reader.request()) is None:
            reader.feed(self._more(connection, end))
        return request

    def _more(self, connection: socket.socket, end: float) -> bytes:
        left = end - self._monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        received = connection.recv(RECEIVE)
        if not received:
            raise ConnectionError("before the request was whole")
        return received

    def _reserve(self, length: int) -> int:
        with self._lock:
            if self._held + length > self._limits.held_bytes:
                raise BadRequest(503, "too much is being received at once; try again later")
            self._held += length
        return length

    def _answered(self, request: Request) -> Reply:
        try:
            future: Future[Reply] = self._clerk.submit(self._answer, request)
        except RuntimeError:  # the clerk was sent home: we are stopping
            return Reply(503, b"stopping; try again later")
        try:
            return future.result(self._limits.answer_s)
        except NotInTime:
            # it may be written all the same: then it comes once more and is known
            future.cancel()
            return Reply(503, b"too busy; try again later")

    def _answer(self, request: Request) -> Reply:
        self._asked_at = self._monotonic()
        try:
            return self._reception.answer(request)
        except Exception:  # a mistake of ours must not be taken for an acknowledgement
            log.exception("a mistake of ours while answering %s; please report it", request.peer)
            return Reply(500, b"a mistake of ours; try again later")
        finally:
            self._asked_at = None

    # -- the clerk ---------------------------------------------------------------------------------

    def _stuck(self) -> bool:
        asked_at = self._asked_at
        return asked_at is not None and self._monotonic() - asked_at > self._limits.answer_s

    def _look(self) -> None:
        try:
            self._reception.look()
        except BridgeError as error:
            log.warning("who calls and who does not could not be kept: %s", error)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, proto)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}:{port} ({error}); correct listen") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(64)
        listening.settimeout(TICK_S)
    except OSError as error:
        listening.close()
        raise CannotListen(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "is another program there, or is the address not ours?"
        ) from error
    return listening


def _send(connection: socket.socket, reply: bytes) -> None:
    """Send a reply and say goodbye, so that it is read although the caller may still be sending."""
    connection.settimeout(SEND_S)
    connection.sendall(reply)
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(GOODBYE_S)
        for _ in range(
            16
        ):  # what still comes is read and forgotten: unread, it tears down the reply
            if not connection.recv(RECEIVE):
                break
