"""A terminal in cloud mode: one memory, pushed to a server, with what such terminals do wrong.

`python -m drivers.simulator.adms --to HOST:PORT` runs it as a process. It greets, hands in what the
server does not have yet, polls, obeys, and believes the server's OK: what was acknowledged is never
sent again unless it is asked for. It shares no code with the driver: rows and requests are written
here once more, as the documents and captures show them.
"""

import logging
import socket
import sys
import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import click

from drivers.simulator.control import Control
from drivers.simulator.faults import Dish, Faults, UnknownFault
from drivers.simulator.memory import Memory
from drivers.simulator.process import end_on_signals, from_export, say
from drivers.simulator.touches import Touch, make_up

log = logging.getLogger(__name__)

ROWS = 50
TIMEOUT_S = 10.0
NAMES = "张伟"

MENU = {
    # how bytes travel
    "cut": Dish("hang up after VALUE bytes of a request", 150),
    "drop-reply": Dish("hang up before the reply, and believe it was none"),
    "split": Dish("send in segments of VALUE bytes", 7),
    "garbage": Dish("send VALUE random bytes in place of a request, and hang up", 64),
    "no-length": Dish("send an upload without its Content-Length"),
    "short-length": Dish("announce VALUE bytes fewer than are sent", 5),
    # what the terminal says
    "repeat": Dish("send each upload twice"),
    "wrong-stamp": Dish("tell VALUE as stamp", 4_294_967_295),
    "gb2312": Dish("hand in users, with Chinese names and passwords, before attendance"),
    "bad-row": Dish("put a row that is no punch between the others"),
    "crlf": Dish("end rows with CR and LF"),
    # what the terminal loses
    "swallow": Dish("do not hand in a punch by itself, only when asked"),
    "lost-order": Dish("forget an order that was fetched"),
    "only-unsent": Dish("answer a query with what was never acknowledged"),
    "late-rows": Dish("tell the result of a query before its rows"),
    "refuse-query": Dish("answer a query with VALUE below zero", 1_002),
    "no-count": Dish("tell no count of records"),
}


class Answer(NamedTuple):
    """What the server said."""

    status: int
    body: str


class PushTerminal:
    """One terminal that calls a server. `step` does one thing; `run` does them until stopped."""

    def __init__(
        self,
        memory: Memory,
        address: tuple[str, int],
        faults: Faults | None = None,
        *,
        columns: int = 10,
    ) -> None:
        """`columns` of an attendance row: 7 as of an X100-C, 10 as of newer ones."""
        self.memory = memory
        self.faults = faults or Faults(menu=MENU)
        self._address = address
        self._columns = columns
        self._lock = threading.Lock()
        self._unsent: deque[Touch] = deque(memory.touches())
        self._acknowledged: set[Touch] = set()
        self._orders: deque[tuple[str, str]] = deque()
        self._settings: dict[str, str] = {}
        self._stamp = 0
        self.obeyed: list[str] = []
        """Every order that was done, by its words."""
        self._end = memory.listen(self._touched)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # -- life --------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Greet, hand in, obey or poll, whichever is due; tell whether there is more to do at once.

        False as well when the server cannot be reached, or does not acknowledge.
        """
        if not self._settings:
            return self._greet()
        if self._unsent:
            return self._upload()
        if self._orders:
            return self._obey(*self._orders.popleft())
        return self._poll()

    def settle(self, most: int = 1_000) -> None:
        """Go on until there is nothing to do at once. ValueError if that does not come."""
        for _ in range(most):
            if not self.step():
                return
        raise ValueError(f"not settled after {most} steps")

    def idle(self) -> bool:
        """Tell whether everything was handed in and every order obeyed."""
        return not self._unsent and not self._orders

    def run(self, stop: threading.Event, delay_s: float) -> None:
        """Go on until stopped, with a pause whenever there is nothing to do."""
        while not stop.is_set():
            if not self.step():
                stop.wait(delay_s)

    def start(self, delay_s: float = 0.05) -> Self:
        """Run on a thread of its own."""
        self._thread = threading.Thread(target=self.run, args=(self._stop, delay_s), daemon=True)
        self._thread.start()
        return self

    def restart(self) -> None:
        """Be switched off and on: the next thing is a greeting."""
        self._settings = {}

    def close(self) -> None:
        """Stop, and forget the memory."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT_S)
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- what it does ------------------------------------------------------------------------------

    def _touched(self, touch: Touch) -> None:
        if not self.faults.fires("swallow"):
            with self._lock:
                self._unsent.append(touch)

    def _greet(self) -> bool:
        answer = self._get("cdata", "options=all&language=73&pushver=2.4.1&PushOptionsFlag=1")
        if answer is None or answer.status != 200:
            return False
        lines = answer.body.split("\n")
        self._settings = dict(line.split("=", 1) for line in lines[1:] if "=" in line)
        if self._settings.get("ATTLOGStamp", self._settings.get("Stamp")) == "0":
            with self._lock:
                self._unsent = deque(self.memory.touches())
        if self._settings.get("PushOptionsFlag") == "1":
            told = f"~DeviceName=SIM-PUSH,TransactionCount={self.memory.count()}"
            body = f"{told},~OEMVendor=ZKTECO CO., LTD.,FWVersion=Ver 8.0.4-SIM"
            self._post("cdata", "table=options", body.encode())
        return True

    def _upload(self) -> bool:
        with self._lock:
            touches = list(self._unsent)[:ROWS]
        if self.faults.fires("gb2312"):
            user = f"USER PIN=7\tName={NAMES}\tPri=0\tPasswd=4711\tCard=\tGrp=1\n"
            self._post("cdata", f"table=OPERLOG&OpStamp={self._stamp}", user.encode("gb2312"))
        stamp = self._stamp + 1
        if (wrong := self.faults.fires("wrong-stamp")) is not None:
            stamp = wrong.value
        body, query = self._rows(touches), f"table=ATTLOG&Stamp={stamp}"
        answer = self._post("cdata", query, body)
        if self.faults.fires("repeat"):
            answer = self._post("cdata", query, body)
        if answer is None or answer.status != 200 or not answer.body.startswith("OK"):
            return False
        self._stamp = stamp
        with self._lock:
            self._acknowledged.update(touches)
            for _ in touches:
                self._unsent.popleft()
        return True

    def _rows(self, touches: Sequence[Touch]) -> bytes:
        rest = ["0", "0"] if self._columns == 7 else ["0", "0", "0", "0", "0"]
        rows = []
        for touch in touches:
            work_code = str(touch.work_code) if touch.work_code or self._columns == 10 else ""
            columns = [
                touch.user_id,
                str(touch.local_time),
                str(touch.state),
                str(touch.verify),
                work_code,
                *rest,
                "",  # a tab stands before the end of the row, in all captures of real terminals
            ]
            rows.append("\t".join(columns))
        if self.faults.fires("bad-row"):
            rows.insert(len(rows) // 2, "garbage\tnot a date")
        end = "\r\n" if self.faults.fires("crlf") else "\n"
        return "".join(row + end for row in rows).encode()

    def _poll(self) -> bool:
        count = self.memory.count()
        answer = self._get(
            "getrequest", f"INFO=Ver%208.0.4-SIM,3,3,{count},127.0.0.1,10,7,0,0,1100"
        )
        if answer is None or not answer.body.startswith("C:"):
            return False
        for line in answer.body.splitlines():
            _, order_id, text = line.split(":", 2)
            if not self.faults.fires("lost-order"):
                self._orders.append((order_id, text))
        return True

    def _obey(self, order_id: str, text: str) -> bool:
        code, facts, late = 0, "", False
        if text == "INFO":
            facts = "~DeviceName=SIM-PUSH\nFWVersion=Ver 8.0.4-SIM\n"
            if not self.faults.fires("no-count"):
                facts += f"TransactionCount={len(self.memory.touches())}\n"
        elif text == "CHECK":
            self.restart()
        elif (refused := self.faults.fires("refuse-query")) is not None:
            code = -refused.value
        else:
            late = self.faults.fires("late-rows") is not None
            self._answer_query(text)
        self.obeyed.append(text.partition(" StartTime")[0])
        while self._unsent and not late:
            if not self._upload():
                return False  # the order is forgotten, as one whose fetching was never answered
        word = text.partition(" ")[0]
        body = f"ID={order_id}&Return={code}&CMD={word}\n{facts}"
        return self._post("devicecmd", "", body.encode()) is not None

    def _answer_query(self, text: str) -> None:
        times = dict(one.split("=", 1) for one in text.partition("ATTLOG ")[2].split("\t"))
        since, until = (datetime.fromisoformat(times[key]) for key in ("StartTime", "EndTime"))
        found = [one for one in self.memory.touches() if since <= one.local_time <= until]
        if self.faults.fires("only-unsent"):
            found = [one for one in found if one not in self._acknowledged]
        with self._lock:
            self._unsent.extend(found)

    # -- the wire ----------------------------------------------------------------------------------

    def _get(self, verb: str, query: str) -> Answer | None:
        return self._call(self._head("GET", verb, query).encode() + b"\r\n", 0)

    def _post(self, verb: str, query: str, body: bytes) -> Answer | None:
        head = self._head("POST", verb, query)
        if not self.faults.fires("no-length"):
            short = self.faults.fires("short-length")
            length = len(body) - (min(short.value, len(body)) if short else 0)
            head += f"Content-Length: {length}\r\n"
        return self._call(head.encode() + b"\r\n" + body, len(body))

    def _head(self, method: str, verb: str, query: str) -> str:
        serial = f"SN={self.memory.serial}"
        return (
            f"{method} /iclock/{verb}?{'&'.join(filter(None, (serial, query)))} HTTP/1.1\r\n"
            f"Host: {self._address[0]}:{self._address[1]}\r\n"
            "User-Agent: iClock Proxy/1.09\r\nConnection: close\r\nAccept: */*\r\n"
        )

    def _call(self, content: bytes, body: int) -> Answer | None:
        """Return what the server answers; None where it does not, or a fault keeps it from us."""
        garbage = self.faults.fires("garbage")
        try:
            with socket.create_connection(self._address, TIMEOUT_S) as server:
                if garbage is not None:
                    server.sendall(self.faults.random_bytes(garbage.value))
                    return None
                if (cut := self.faults.fires("cut") if body else None) is not None:
                    server.sendall(content[: cut.value])
                    return None
                if (split := self.faults.fires("split")) is not None:
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    size = max(split.value, 1)
                    for start in range(0, len(content), size):
                        server.sendall(content[start : start + size])
                else:
                    server.sendall(content)
                answer = _answer(server)
        except OSError as error:
            log.info("%s is not reached: %s", self._address, error)
            return None
        return None if body and self.faults.fires("drop-reply") else answer


def _answer(server: socket.socket) -> Answer | None:
    received = b""
    while more := server.recv(65_536):
        received += more
    head, found, body = received.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if not found or len(words) < 2 or not words[1].isdigit():
        return None
    return Answer(int(words[1]), body.decode("latin-1"))


def _faults(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        Faults(*texts, menu=MENU)
    except UnknownFault as error:
        raise click.BadParameter(str(error)) from error
    return texts


def _server(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise click.BadParameter("write it like 127.0.0.1:8081")
    return host, int(port)


def _menu() -> str:
    return "\b\nFaults:\n" + "\n".join(f"  {name:<12} {dish.help}" for name, dish in MENU.items())


@click.command(epilog=_menu())
@click.option("--to", "server", required=True, callback=_server, help="HOST:PORT to call.")
@click.option("--serial", default="SIM0000000001", show_default=True, help="Serial number.")
@click.option("--people", type=click.IntRange(min=0), default=10, show_default=True)
@click.option("--days", default=5, show_default=True, help="Working days to make up.")
@click.option("--seed", default=0, show_default=True, help="Dice for made-up people and faults.")
@click.option(
    "--attlog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the log from a real USB export instead.",
)
@click.option("--columns", type=click.Choice(["7", "10"]), default="10", show_default=True)
@click.option("--delay", default=1.0, show_default=True, help="Seconds between polls.")
@click.option(
    "--fault",
    metavar="NAME[=VALUE][,times:N][,p:P]",
    callback=_faults,
    multiple=True,
    help="A fault of the menu below.",
)
@click.option("--verbose", is_flag=True, help="Log when the server is not reached.")
def main(
    server: tuple[str, int],
    serial: str,
    people: int,
    days: int,
    seed: int,
    attlog: Path | None,
    columns: str,
    delay: float,
    fault: tuple[str, ...],
    verbose: bool,
) -> None:
    """Be a terminal that pushes to a server, until SIGTERM, Ctrl-C or end of input.

    Prints one line of JSON when it begins, then obeys lines on stdin like
    `python -m drivers.simulator --control`; `dump` tells what people really did.

    \b
    Example:
        python -m drivers.simulator.adms --to 127.0.0.1:8081 --fault drop-reply=p:0.1
    """
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR)
    with Memory(serial) as memory:
        memory.load(
            from_export(attlog, None)
            if attlog
            else make_up(
                people=people,
                days=days,
                last_day=memory.now().date() - timedelta(days=1),
                seed=seed,
            )
        )
        faults = Faults(*fault, seed=seed, menu=MENU)
        end_on_signals()
        with PushTerminal(memory, server, faults, columns=int(columns)) as terminal:
            terminal.start(delay)
            say({"serial": serial, "count": memory.count()})
            hands = Control(memory, faults)
            for line in sys.stdin:
                say(hands.obey(line))


if __name__ == "__main__":
    main(prog_name="python -m drivers.simulator.adms")
