"""A terminal with a web service on this machine: one memory, asked over HTTP.

`python -m drivers.simulator.soap` runs it as a process. It knows the three questions that are
documented and harmless, one client at a time, and hangs up behind each answer as real ones do.
"""

import gzip
import logging
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from drivers.simulator.control import Control
from drivers.simulator.faults import Dish, Faults, UnknownFault
from drivers.simulator.memory import Memory
from drivers.simulator.process import end_on_signals, from_export, say
from drivers.simulator.touches import Touch, make_up

log = logging.getLogger(__name__)

MENU = {
    # how bytes travel
    "cut": Dish("hang up after VALUE bytes of an answer", 500),
    "stall": Dish("send nothing more after VALUE bytes of an answer", 500),
    "split": Dish("send in segments of VALUE bytes", 7),
    "trickle": Dish("send one byte every VALUE milliseconds", 100),
    "slow": Dish("answer VALUE milliseconds late", 1_000),
    "rubbish": Dish("send VALUE random bytes in place of an answer", 64),
    "endless": Dish("send rows until the client has enough"),
    "keep-open": Dish("do not hang up behind an answer"),
    # how an answer is told
    "chunked": Dish("send the body in chunks of VALUE bytes", 100),
    "gzip": Dish("compress the body"),
    "status": Dish("answer with HTTP status VALUE", 503),
    "page": Dish("show a web page"),
    "nothing": Dish("answer with an empty body"),
    "no-option": Dish("do not know the question for an option"),
    "no-end": Dish("leave the closing tag out"),
    # how rows are written
    "one-line": Dish("break no lines between rows"),
    "prolog": Dish("begin with an XML prolog that names a wrong label"),
    "envelope": Dish("wrap the answer in an envelope, with prefixes and attributes"),
    "reversed": Dish("tell the status before the way it was verified"),
    "names": Dish("tell a name in each row, with bytes that are no XML"),
    "bad-row": Dish("put a row without a date first"),
}

_HEAD = (
    "HTTP/1.0 {} OK\r\nServer: ZK Web Server\r\nPragma: no-cache\r\nCache-control: no-cache\r\n"
    "Content-Type: text/xml\r\nConnection: close\r\n{}\r\n"
)
_REQUEST_END = re.compile(rb"\r\n\r\n.*</(\w+)>", re.DOTALL)
_KEY = re.compile(rb"<ArgComKey[^>]*>(\d+)<")
_MAX_REQUEST = 4_096
_PATIENCE_S = 10.0  # for a client that sends no request


class SoapServer:
    """Serves one memory from construction to `stop`; a `with` block starts and stops it."""

    def __init__(
        self,
        memory: Memory,
        faults: Faults | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Open the port, any free one for 0: clients may connect, and wait until `start`."""
        self.memory = memory
        self.faults = faults or Faults(menu=MENU)
        self.asked = Counter[str]()
        """Every method a client asked for, and how often."""
        self._listener = socket.create_server((host, port))
        self.port: int = self._listener.getsockname()[1]
        self._client: socket.socket | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"terminal-{self.port}")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up and release the port; safe to call twice."""
        self._stopping.set()
        client = self._client
        for sock in (self._listener, client):
            if sock is not None:
                with suppress(OSError):  # it is closed already
                    sock.shutdown(socket.SHUT_RDWR)  # wakes whoever waits on it
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()

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

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # stopped
            self._client = client
            with client:
                client.settimeout(_PATIENCE_S)
                try:
                    self._serve(client)
                except OSError as error:
                    log.info("a client went away: %s", error)
            self._client = None

    def _serve(self, client: socket.socket) -> None:
        request = b""
        while (whole := _REQUEST_END.search(request)) is None:
            received = client.recv(_MAX_REQUEST)
            if not received or len(request) > _MAX_REQUEST:
                return
            request += received
        method = whole[1].decode()
        self.asked[method] += 1
        key = _KEY.search(request)
        right = key is not None and int(key[1]) == self.memory.comm_key
        if delay := self.faults.fires("slow"):
            self._stopping.wait(delay.value / 1_000)
        self._send(client, self._answer(method) if right else self._wrapped(200, b""))

    def _answer(self, method: str) -> Iterator[bytes]:
        """Yield the bytes of an answer. A question that nobody knows is answered with nothing."""
        if rubbish := self.faults.fires("rubbish"):
            return iter([self.faults.random_bytes(rubbish.value)])
        if status := self.faults.fires("status"):
            return self._wrapped(status.value, b"")
        if self.faults.fires("page"):
            return self._wrapped(200, b"<!DOCTYPE html><html><form>Login</form></html>")
        if self.faults.fires("nothing"):
            return self._wrapped(200, b"")
        if method == "GetAttLog" and self.faults.fires("endless"):
            return self._endless()
        return self._wrapped(200, self._body(method))

    def _body(self, method: str) -> bytes:
        now = self.memory.now()
        if method == "GetDate":
            rows = [f"<Row><Date>{now:%Y-%m-%d}</Date><Time>{now:%H:%M:%S}</Time></Row>".encode()]
        elif method == "GetOption" and not self.faults.fires("no-option"):
            rows = [f"<Row><Value>{self.memory.serial}</Value></Row>".encode()]
        elif method == "GetAttLog":
            rows = self._rows()
        else:
            return b""
        end = b"" if self.faults.fires("no-end") else f"</{method}Response>".encode()
        line = b"" if self.faults.fires("one-line") else b"\r\n"
        body = line.join([b"", f"<{method}Response>".encode(), *rows, end])
        if self.faults.fires("envelope"):
            body = re.sub(rb"<(\w+)>", rb'<zk:\1 xsi:type="xsd:x" >', body)
            body = re.sub(rb"</(\w+)>", rb"< / zk:\1 >", body)
            body = b'<E:Envelope xmlns:E="urn:x"><E:Body>' + body + b"</E:Body></E:Envelope>"
        if self.faults.fires("prolog"):
            body = b'<?xml version="1.0" encoding="iso8859-1" standalone="no"?>' + body
        return body

    def _rows(self) -> list[bytes]:
        swapped = self.faults.fires("reversed") is not None
        name = b"<Name>Siti & B\xfb\x86\x03di <1></Name>" if self.faults.fires("names") else b""
        rows = [_row(touch, swapped=swapped, name=name) for touch in self.memory.touches()]
        if self.faults.fires("bad-row"):
            rows.insert(0, b"<Row><PIN>9</PIN><Verified>1</Verified><Status>0</Status></Row>")
        return rows

    def _endless(self) -> Iterator[bytes]:
        yield _HEAD.format(200, "").encode() + b"<GetAttLogResponse>"
        rows = _row(Touch("1", datetime(2026, 3, 2, 7, 30))) * 500
        while not self._stopping.is_set():
            yield rows

    def _wrapped(self, status: int, body: bytes) -> Iterator[bytes]:
        more = ""
        if self.faults.fires("gzip"):
            body, more = gzip.compress(body), "Content-Encoding: gzip\r\n"
        if chunk := self.faults.fires("chunked"):
            more += "Transfer-Encoding: chunked\r\n"
            pieces = [body[at : at + chunk.value] for at in range(0, len(body), chunk.value)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
            body += b"0\r\n\r\n"
        yield _HEAD.format(status, more).encode()  # head and body come apart
        yield body

    def _send(self, client: socket.socket, pieces: Iterator[bytes]) -> None:
        sent = 0
        for piece in pieces:
            for name in ("cut", "stall"):
                fault = self.faults.active(name)
                if fault and sent + len(piece) > fault.value and self.faults.fires(name):
                    client.sendall(piece[: max(0, fault.value - sent)])
                    if name == "stall":
                        client.settimeout(None)
                        client.recv(1)  # until the client gives up
                    return
            self._write(client, piece)
            sent += len(piece)
        if self.faults.fires("keep-open"):
            client.settimeout(None)
            client.recv(1)

    def _write(self, client: socket.socket, piece: bytes) -> None:
        size, pause_s = len(piece) or 1, 0.0
        if split := self.faults.fires("split"):
            size = max(1, split.value)
        if trickle := self.faults.fires("trickle"):
            size, pause_s = 1, trickle.value / 1_000
        for at in range(0, len(piece), size):
            client.sendall(piece[at : at + size])
            if pause_s and self._stopping.wait(pause_s):
                return


def _row(touch: Touch, *, swapped: bool = False, name: bytes = b"") -> bytes:
    verified = f"<Verified>{touch.verify}</Verified>"
    status = f"<Status>{touch.state}</Status>"
    codes = status + verified if swapped else verified + status
    head = f"<Row><PIN>{touch.user_id}</PIN>".encode()
    rest = (
        f"<DateTime>{touch.local_time:%Y-%m-%d %H:%M:%S}</DateTime>{codes}"
        f"<WorkCode>{touch.work_code}</WorkCode></Row>"
    )
    return head + name + rest.encode()


def _faults(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        Faults(*texts, menu=MENU)
    except UnknownFault as error:
        raise click.BadParameter(str(error)) from error
    return texts


def _menu() -> str:
    return "\b\nFaults:\n" + "\n".join(f"  {name:<10} {dish.help}" for name, dish in MENU.items())


@click.command(epilog=_menu())
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="TCP port; 0: any free one.")
@click.option("--serial", default="SIM0000000001", show_default=True, help="Serial number.")
@click.option("--comm-key", type=click.IntRange(0, 0xFFFFFFFF), default=0, help="Ask for this key.")
@click.option("--clock-skew", default=0, help="Seconds the clock is ahead of true time.")
@click.option("--people", type=click.IntRange(min=0), default=10, show_default=True)
@click.option("--days", default=5, show_default=True, help="Working days to make up.")
@click.option("--seed", default=0, show_default=True, help="Dice for made-up people and faults.")
@click.option(
    "--attlog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the log from a real USB export instead.",
)
@click.option(
    "--fault",
    metavar="NAME[=VALUE][,times:N][,p:P]",
    callback=_faults,
    multiple=True,
    help="A fault of the menu below.",
)
@click.option("--verbose", is_flag=True, help="Log which clients went away.")
def main(
    host: str,
    port: int,
    serial: str,
    comm_key: int,
    clock_skew: int,
    people: int,
    days: int,
    seed: int,
    attlog: Path | None,
    fault: tuple[str, ...],
    verbose: bool,
) -> None:
    """Be a terminal with a web service on this machine, until SIGTERM, Ctrl-C or end of input.

    Prints one line of JSON with its port when it is ready, then obeys lines on stdin like
    `python -m drivers.simulator --control`.

    \b
    Example:
        python -m drivers.simulator.soap --people 40 --fault split
    """
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR)
    with Memory(serial, comm_key=comm_key, clock_skew_s=clock_skew) as memory:
        touches = (
            from_export(attlog, None)
            if attlog
            else make_up(
                people=people,
                days=days,
                last_day=memory.now().date() - timedelta(days=1),
                seed=seed,
            )
        )
        memory.load(touches)
        faults = Faults(*fault, seed=seed, menu=MENU)
        try:
            server = SoapServer(memory, faults, host=host, port=port)
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another --port"
            ) from error
        end_on_signals()
        with server:
            say({"port": server.port, "serial": serial, "count": memory.count()})
            hands = Control(memory, faults)
            for line in sys.stdin:
                say(hands.obey(line))


if __name__ == "__main__":
    main(prog_name="python -m drivers.simulator.soap")
