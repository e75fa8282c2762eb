"""Lines to simulated terminals: a pseudo-terminal, plain bytes over TCP, or an RFC 2217 server.

Whatever hangs on a line is a `Unit`. What the line does to bytes on their way is its `Weather`:
cutting, noise, flipped bits, lost answers, an adapter that gives back what it hears.
"""

import logging
import os
import random
import select
import socket
import threading
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

log = logging.getLogger(__name__)

_AT_ONCE = 4096


class Unit(Protocol):
    """One terminal on a line."""

    def hear(self, data: bytes) -> list[bytes]:
        """Take what came over the line; return what to say, each piece in one go."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to bytes on a line; chances are per piece of an answer."""

    split: bool = False
    """Every byte comes alone."""
    echo: bool = False
    """Who speaks hears itself, as on some RS485 adapters."""
    noise: float = 0.0
    """Stray bytes before or after."""
    garble: float = 0.0
    """One byte arrives as another."""
    lose: float = 0.0
    """It never arrives."""
    deafen: float = 0.0
    """The question before it never arrived."""
    seed: int = 0


class Line:
    """Units on one line, in some weather; no bytes move here."""

    def __init__(self, units: Sequence[Unit], weather: Weather) -> None:
        self._units = units
        self._weather = weather
        self._dice = random.Random(weather.seed)

    def carry(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes back over the line when somebody says this."""
        weather = self._weather
        if weather.echo:
            yield from self._pieces(data)
        if self._happens(weather.deafen):
            return
        for unit in self._units:
            for said in unit.hear(data):
                if not self._happens(weather.lose):
                    yield from self._pieces(self._disturbed(said))

    def _disturbed(self, said: bytes) -> bytes:
        if said and self._happens(self._weather.garble):
            at = self._dice.randrange(len(said))
            said = said[:at] + bytes([said[at] ^ self._dice.randrange(1, 256)]) + said[at + 1 :]
        if self._happens(self._weather.noise):
            stray = self._dice.randbytes(self._dice.randrange(1, 12))
            said = stray + said if self._dice.random() < 0.5 else said + stray
        return said

    def _pieces(self, said: bytes) -> Iterator[bytes]:
        if not self._weather.split:
            yield said
            return
        for at in range(len(said)):
            yield said[at : at + 1]

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._dice.random() < chance


class Server(ABC):
    """One thread that carries bytes for a line, from `start` to `stop`."""

    url: str
    """What a driver's `port_url` says to come here."""

    def __init__(self, *units: Unit, weather: Weather | None = None) -> None:
        self._line = Line(units, weather or Weather())
        self._bell, self._rope = os.pipe()
        self._thread = threading.Thread(target=self._run, name="line")

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Cut the line; safe to call twice."""
        if self._thread.is_alive():
            os.write(self._rope, b"!")
            self._thread.join()
        if self._bell >= 0:
            os.close(self._bell)
            os.close(self._rope)
            self._bell = self._rope = -1
            self._release()

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

    def _ready(self, source: int) -> bool:
        """Wait for bytes; False when it is time to stop."""
        ready, _, _ = select.select([source, self._bell], [], [])
        return self._bell not in ready

    @abstractmethod
    def _run(self) -> None:
        """Carry bytes until the bell rings."""

    @abstractmethod
    def _release(self) -> None:
        """Give back what `__init__` took."""


class PtyServer(Server):
    """A pseudo-terminal: `url` is a port under /dev like any other."""

    def __init__(self, *units: Unit, weather: Weather | None = None) -> None:
        super().__init__(*units, weather=weather)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # the end that nobody uses stays open, so that hanging up is ours
        self.url = os.ttyname(self._slave)

    def _run(self) -> None:
        while self._ready(self._master):
            for said in self._line.carry(os.read(self._master, _AT_ONCE)):
                os.write(self._master, said)

    def _release(self) -> None:
        os.close(self._slave)
        os.close(self._master)


class TcpServer(Server):
    """Plain bytes over TCP, one client at a time."""

    scheme = "socket"

    def __init__(
        self, *units: Unit, weather: Weather | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(*units, weather=weather)
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{self.scheme}://{host}:{self.port}"

    def _run(self) -> None:
        while self._ready(self._listener.fileno()):
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client:
                try:
                    if not self._serve(client):
                        return
                except OSError as error:
                    log.debug("a client went away: %s", error)

    def _serve(self, client: socket.socket) -> bool:
        """Carry bytes for one client; False when it is time to stop."""
        hear, say = self._ends(client)
        while self._ready(client.fileno()):
            received = client.recv(_AT_ONCE)
            if not received:
                return True
            if heard := hear(received):
                for said in self._line.carry(heard):
                    say(said)
        return False

    def _ends(
        self, client: socket.socket
    ) -> tuple[Callable[[bytes], bytes], Callable[[bytes], None]]:
        """Return how bytes of the wire become bytes of the line, and how those are sent."""
        return bytes, client.sendall

    def _release(self) -> None:
        self._listener.close()


class Rfc2217Server(TcpServer):
    """A serial server that speaks RFC 2217, by pyserial's own half of the protocol."""

    scheme = "rfc2217"

    def __init__(self, *units: Unit, weather: Weather | None = None) -> None:
        super().__init__(*units, weather=weather)
        self.settings = Settings()

    def _ends(
        self, client: socket.socket
    ) -> tuple[Callable[[bytes], bytes], Callable[[bytes], None]]:
        from serial.rfc2217 import PortManager  # only where a line is simulated

        port: Any = self.settings  # no port of pyserial, but all of it that is used
        writer: Any = _Writer(client)
        manager = PortManager(port, writer)
        return (
            lambda received: b"".join(manager.filter(received)),
            lambda said: client.sendall(b"".join(manager.escape(said))),
        )


class _Writer:
    """What pyserial's server writes its answers to."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def write(self, data: bytes) -> None:
        self._client.sendall(data)


class Settings:
    """What a client set up on a simulated port; the names are pyserial's."""

    def __init__(self) -> None:
        self.baudrate = 9600
        self.bytesize = 8
        self.parity = "N"
        self.stopbits = 1
        self.xonxoff = self.rtscts = False
        self.rts = self.dtr = self.break_condition = False
        self.cts = self.dsr = self.cd = True
        self.ri = False

    def reset_input_buffer(self) -> None:
        """Nothing waits on a simulated port."""

    reset_output_buffer = reset_input_buffer
