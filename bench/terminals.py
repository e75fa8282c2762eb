"""What reading terminals costs, beside pyzk and pyzk2 in the same run.

    PYTHONPATH=tests/journey python bench/terminals.py [--only whole|tail|finger|rhythm]

    whole    a log of 100,000 and of 200,000 read and decoded: time, bytes on the wire, peak memory
    tail     one new punch in a log of 200,000: bytes on the wire, greetings and goodbye included
    finger   from the finger on a terminal we listen to, to the row in the outbox
    rhythm   20 terminals of which 3 are mute: how often the healthy ones are read all the same

Simulated terminals on 127.0.0.1; every reader is a process of its own and reads through the same
relay, which counts bytes. pyzk2 takes part where it is installed (`pip install pyzk2`); who is not
done after LIMIT_S is stopped, and the time printed is then what it took at least. Ends with 1 if a
bar is missed.
"""

import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

sys.path.append(sys.path.pop(0))  # or `ingest` would be a file beside this one

import click
from journey_parts import ZONE, Bridge, Office, Terminal, wait_until

from bridge.health import Health
from bridge.intake import Intake
from bridge.live import Live
from bridge.outbox import Outbox
from bridge.poller import Poller
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.zk import commands
from drivers.zk.terminal import ZkTerminal

SMALL, LARGE = 100_000, 200_000
LIMIT_S = 120.0
READ_BAR = 10.0  # pyzk's time by ours, at least
MEMORY_BAR = 1.0  # ours by pyzk's, at most
TAIL_BAR = 8_000  # bytes
FINGER_BAR_S = 1.0
FINGERS = 20
TERMINALS, MUTE = 20, 3
RHYTHM_S = 30.0
RHYTHM_BAR = 0.9


# -- readers, each in a process of its own -----------------------------------------------------


def read_ours(port: int) -> int:
    """Read and decode as the bridge does, record by record."""
    with ZkTerminal(ZkTerminal.Options(host="127.0.0.1", port=port, timeout_s=30)) as terminal:
        return sum(1 for _ in terminal.read().entries())


def read_pyzk(port: int, module: str = "zk") -> int:
    """Read as pyzk's only way does: a list of all."""
    library = importlib.import_module(module)
    terminal = library.ZK("127.0.0.1", port=port, timeout=60, ommit_ping=True)
    connection = terminal.connect()
    try:
        return len(connection.get_attendance())
    finally:
        connection.disconnect()


READERS: dict[str, Callable[[int], int]] = {
    "ours": read_ours,
    "pyzk": read_pyzk,
    "pyzk2": partial(read_pyzk, module="pyzk2"),
}


@dataclass(frozen=True)
class Cost:
    """What one read cost."""

    seconds: float
    wire: int
    peak_mb: float
    done: bool

    def __str__(self) -> str:
        least = "" if self.done else "more than "
        return f"{least}{self.seconds:.1f} s, {self.wire:,} bytes, {self.peak_mb:.0f} MB"


def measured(reader: str, port: int, records: int) -> Cost:
    """Let one reader read a terminal through a relay."""
    with Relay(port) as relay:
        arguments = [sys.executable, __file__, "--as", reader, "--port", str(relay.port)]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        watch = threading.Timer(LIMIT_S, partial(process.send_signal, signal.SIGKILL))
        watch.start()
        assert process.stdout is not None
        said = process.stdout.read()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.cancel()
        wire = relay.count
    peak_mb = usage.ru_maxrss / 1024
    if not said:
        if process.returncode != -signal.SIGKILL:
            sys.exit(f"{reader} failed, exit {process.returncode}")
        return Cost(LIMIT_S, wire, peak_mb, done=False)
    told = json.loads(said)
    if told["records"] != records:
        sys.exit(f"{reader} read {told['records']} of {records} records")
    return Cost(told["seconds"], wire, peak_mb, done=True)


def be_reader(reader: str, port: int) -> None:
    """What such a process does: the clock starts when all is imported."""
    if reader != "ours":
        importlib.import_module("zk" if reader == "pyzk" else reader)
    began = time.monotonic()
    records = READERS[reader](port)
    print(json.dumps({"records": records, "seconds": time.monotonic() - began}))


class Relay:
    """Passes connections on to a port, one at a time, and counts what goes through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.count = 0
        self._bell, self._rope = socket.socketpair()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._rope.close()
        self._thread.join()
        self._bell.close()
        self._listener.close()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._bell, self._listener], [], [])
            if self._bell in ready:
                return
            client, _ = self._listener.accept()
            with client, socket.create_connection(("127.0.0.1", self._target)) as terminal:
                for one in (client, terminal):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pass(client, terminal)

    def _pass(self, client: socket.socket, terminal: socket.socket) -> None:
        other = {client: terminal, terminal: client}
        while True:
            ready, _, _ = select.select([client, terminal, self._bell], [], [])
            if self._bell in ready:
                return
            for one in ready:
                try:
                    received = one.recv(1 << 18)
                    other[one].sendall(received)
                except OSError:  # the reader was stopped in the middle
                    return
                if not received:
                    return
                self.count += len(received)


# -- what is measured --------------------------------------------------------------------------


@contextmanager
def full_terminal(folder: Path, records: int) -> Iterator[Terminal]:
    """A simulated terminal, in a process of its own, with so many records of 500 people."""
    options = ("--people", "500", "--days", str(records // 1000), "--capacity", str(records + 1000))
    with Terminal(f"full-{records}", folder, f"BENCH-{records}", *options) as terminal:
        yield terminal


def whole(folder: Path) -> bool:
    """Read whole logs by every reader."""
    rivals = [one for one in ("pyzk", "pyzk2") if one == "pyzk" or importlib.util.find_spec(one)]
    good = True
    for records in (SMALL, LARGE):
        with full_terminal(folder, records) as terminal:
            ours = measured("ours", terminal.port, records)
            print(f"whole log of {records:,}: ours {ours}")
            for rival in rivals:
                theirs = measured(rival, terminal.port, records)
                good &= compared(rival, theirs, ours)
    return good


def compared(rival: str, theirs: Cost, ours: Cost) -> bool:
    """Print how a rival did; who was stopped had not reached the peak of its memory yet."""
    slower, memory = theirs.seconds / ours.seconds, ours.peak_mb / theirs.peak_mb
    kept = slower >= READ_BAR and (memory <= MEMORY_BAR or not theirs.done)
    more = "" if theirs.done else "more than "
    print(
        f"    {rival} {theirs}; its time by ours {more}{slower:.0f} (at least {READ_BAR:g}), our"
        f" memory by its {memory:.2f} (at most {MEMORY_BAR:g}){'' if kept else '  MISSED'}"
    )
    return kept


def tail(folder: Path) -> bool:
    """Count what one new punch costs on the wire, by our poller and by pyzk."""
    with full_terminal(folder, LARGE) as terminal, Relay(terminal.port) as relay:
        with poller(folder, relay.port) as ours:
            ours.read()
            whole_wire = relay.count
            terminal.ask("punch 7")
            before = relay.count
            taken = ours.read()
            wire = relay.count - before
        if taken.new != 1:
            sys.exit(f"the punch was not found: {taken}")
        theirs = measured("pyzk", terminal.port, LARGE + 1)
    print(
        f"one new punch in {LARGE:,}: ours {wire:,} bytes (at most {TAIL_BAR:,}), the whole log"
        f" {whole_wire:,}; pyzk {theirs.wire:,}, {theirs.wire / wire:,.0f} times as many"
        f"{'' if wire <= TAIL_BAR else '  MISSED'}"
    )
    return wire <= TAIL_BAR


def finger(folder: Path) -> bool:
    """Time touches on a terminal that is listened to."""
    memory = Memory(clock=lambda: datetime.now(ZoneInfo(ZONE)).replace(tzinfo=None))
    start = datetime(2024, 1, 1)
    memory.load(Touch(str(n % 300 + 1), start + timedelta(seconds=97 * n)) for n in range(20_000))
    took = []
    with ZkServer(memory) as server, poller(folder, server.port, live=True) as ours:
        stop = threading.Event()
        thread = threading.Thread(target=ours.run, args=(stop,))
        thread.start()
        with Outbox.existing(folder / "outbox.db") as outbox:
            count = 20_000
            wait_until("the log is read", lambda: outbox.counts().waiting == count)
            for number in range(FINGERS):
                began = time.monotonic()
                memory.punch(f"{9_000 + number}")
                count += 1
                while outbox.counts().waiting < count:
                    time.sleep(0.001)
                took.append(time.monotonic() - began)
        stop.set()
        thread.join()
    kept = max(took) <= FINGER_BAR_S
    print(
        f"from the finger to the outbox, {FINGERS} times: median {median(took) * 1000:.0f} ms,"
        f" longest {max(took) * 1000:.0f} ms (at most {FINGER_BAR_S * 1000:.0f})"
        f"{'' if kept else '  MISSED'}"
    )
    return kept


@contextmanager
def poller(folder: Path, port: int, *, live: bool = False) -> Iterator[Poller]:
    """The bridge's own loop for one terminal, with an outbox on disk."""
    options = ZkTerminal.Options(host="127.0.0.1", port=port, live=live)
    zone = ZoneInfo(ZONE)
    with Outbox(folder / "outbox.db") as outbox:
        yield Poller(
            name="bench",
            driver="zk",
            opener=lambda: ZkTerminal(options),
            intake=Intake(outbox, zone=zone, clock_limit_s=300),
            ledger=outbox.ledger,
            health=Health(),
            zone=zone,
            poll_s=60,
            random=lambda: 0.5,
            live=partial(Live, name="bench", outbox=outbox, zone=zone),
        )


@dataclass(frozen=True)
class Place:
    """What a bridge's configuration needs of a terminal."""

    name: str
    port: int


def rhythm(folder: Path) -> bool:
    """Count how often healthy terminals are read, alone and among mute ones, each second if due."""
    alone = polls(folder / "alone", mute=0)
    among = polls(folder / "among", mute=MUTE)
    ratio = among / alone
    kept = ratio >= RHYTHM_BAR
    print(
        f"{TERMINALS - MUTE} healthy terminals, each due every second, {RHYTHM_S:.0f} s:"
        f" {alone:.1f} reads each; with {MUTE} mute ones beside them {among:.1f},"
        f" ratio {ratio:.2f} (at least {RHYTHM_BAR:g}){'' if kept else '  MISSED'}"
    )
    return kept


def polls(folder: Path, *, mute: int) -> float:
    """Return how often each of the healthy terminals was read in the time, on average."""
    folder.mkdir()
    memories = [Memory(f"BENCH-{number}") for number in range(TERMINALS - MUTE + mute)]
    healthy = memories[: TERMINALS - MUTE]
    start = datetime(2026, 1, 5)
    for memory in memories:
        memory.load(Touch(str(n % 40 + 1), start + timedelta(minutes=n)) for n in range(2_000))
    with ExitStack() as stack:
        places = []
        for number, memory in enumerate(memories):
            faults = Faults() if memory in healthy else Faults("stall=0")
            server = stack.enter_context(ZkServer(memory, faults))
            places.append(Place(f"t{number}", server.port))
        office = Office("4.01.01", places, None, poll_s=1, timeout_s=10)  # type: ignore[arg-type]  # a place is all it takes
        stack.enter_context(Bridge("bridge", folder, office, "http://127.0.0.1:9"))
        seen = [memory.commands_seen for memory in healthy]
        wait_until("each was read", lambda: all(one[commands.EXIT] > 1 for one in seen), 120)
        before, end = sum(one[commands.EXIT] for one in seen), time.monotonic() + RHYTHM_S
        wait_until("the time is over", lambda: time.monotonic() >= end, RHYTHM_S + 10)
        return (sum(one[commands.EXIT] for one in seen) - before) / len(seen)


MEASURES: dict[str, Callable[[Path], bool]] = {
    "whole": whole,
    "tail": tail,
    "finger": finger,
    "rhythm": rhythm,
}


@click.command()
@click.option("--only", type=click.Choice(list(MEASURES)), help="One of the measures.")
@click.option("--as", "reader", type=click.Choice(list(READERS)), hidden=True)
@click.option("--port", type=int, hidden=True)
def main(only: str | None, reader: str | None, port: int | None) -> None:
    """Print what reading terminals costs, against its bars."""
    if reader is not None and port is not None:
        be_reader(reader, port)
        return
    good = True
    for name, measure in MEASURES.items():
        if only in (None, name):
            with tempfile.TemporaryDirectory(prefix="hadir-bench-") as folder:
                good &= measure(Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
