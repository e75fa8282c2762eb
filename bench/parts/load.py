"""Bridges, terminals and signed batches by the thousand rows, and one process that takes them.

All input is made before any clock runs. Used by the measurements of the centre; run by itself it is
that process: `python bench/parts/load.py URL PORT`.
"""

import gzip
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import psutil
from signed import Chains, Signer
from sqlalchemy import Engine, insert

from ingest.store import bridges, tables
from ingest.store.database import open_engine, writing
from ingest.wire import Batch, Punch, decode_receipt, encode_batch, punch_id

ZONE = ZoneInfo("Asia/Makassar")
CLOCK_LIMIT_S = 300
BRIDGES = 4
TERMINALS = 2  # of each bridge
PEOPLE = 200  # on each terminal, twice a day
STARTS_WITHIN_S = 20.0
PATH = "/v2/punches"
YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Body:
    """A batch of one bridge as it travels."""

    signer: Signer
    body: bytes
    rows: int


def register(engine: Engine, count: int = BRIDGES) -> list[Signer]:
    """Put offices, their terminals and bridges into an empty store."""
    now = datetime.now(UTC)
    signers = [Signer(f"bridge-{number}") for number in range(count)]
    with writing(engine) as connection:
        for number, signer in enumerate(signers):
            office = {"code": f"O{number}", "name": f"Dinas {number}", "scheme": "5-hari"}
            connection.execute(insert(tables.offices), [office])
            for serial in serials(number):
                row = {"serial": serial, "name": serial, "office": f"O{number}"}
                row |= {"registered": True, "first_seen_at": now}
                connection.execute(insert(tables.terminals), [row])
            bridge = bridges.add(connection, office=f"O{number}", name=signer.name, now=now)
            key = signer.public_key
            bridges.add_key(connection, bridge.id, key, now=now, grounds={"bench": True})
    return signers


def serials(bridge: int) -> list[str]:
    return [f"BENCH-{bridge}-{number}" for number in range(TERMINALS)]


def bodies(
    signers: Sequence[Signer], batches: int, rows: int, *, first: datetime, salt: int = 0
) -> list[Body]:
    """Return each bridge's batches in turn: a terminal's log from a moment on, in its order."""
    found: list[Body] = []
    for number, signer in enumerate(signers):
        chains, outbox = Chains(), f"{salt:016x}{number:016x}"
        for step in range(batches // len(signers)):
            serial = serials(number)[step % TERMINALS]
            start = step // TERMINALS * rows
            told = [_punch(serial, first, place) for place in range(start, start + rows)]
            found.append(_body(signer, chains.batch(*told, outbox=outbox)))
    each = len(found) // len(signers)
    return [found[n * each + step] for step in range(each) for n in range(len(signers))]


def _body(signer: Signer, batch: Batch) -> Body:
    return Body(signer, gzip.compress(encode_batch(batch), 1, mtime=0), len(batch))


def _punch(serial: str, first: datetime, place: int) -> Punch:
    """Return the n-th touch of a terminal: everybody comes, everybody leaves, day after day."""
    day, within = divmod(place, 2 * PEOPLE)
    leaving, person = divmod(within, PEOPLE)
    local = first + timedelta(days=day, hours=7 + 9 * leaving, seconds=9 * person)
    user_id = str(100 + person * 7 % PEOPLE)
    occurred_at = int(local.replace(tzinfo=ZONE).timestamp())
    return Punch(
        id=punch_id(serial, user_id, local),
        terminal=serial,
        user_id=user_id,
        local_time=local,
        occurred_at=occurred_at,
        state=leaving,
        verify=1,
        work_code="",
        source="poll",
        clock_offset_s=1,
        read_at=int(first.replace(tzinfo=ZONE).timestamp()) + YEAR_S,  # one read of a full log
        after=None,
        raw=place.to_bytes(4) * 10,
    )


class Lane(threading.Thread):
    """One keep-alive connection that sends its requests one after another."""

    def __init__(self, port: int, given: Sequence[Body], together: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = [(one, headers(one)) for one in given]
        self._together = together
        self.new = 0
        self.ended = 0.0
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self._together.wait(60)
            for one, told in self._requests:
                self.new += post(self._connection, one, told)
        except (OSError, http.client.HTTPException, RuntimeError, ValueError) as error:
            self.fault = error
        self.ended = time.perf_counter()
        self._connection.close()


def headers(one: Body) -> dict[str, str]:
    """Sign a request of now."""
    now = time.time()
    nonce = f"{time.perf_counter_ns():032x}"
    signed = one.signer.sign(PATH, one.body, time=int(now), nonce=nonce)
    return signed.headers() | {"Content-Encoding": "gzip", "Content-Type": "application/json"}


def post(connection: http.client.HTTPConnection, one: Body, told: dict[str, str]) -> int:
    """Send one batch, all of which must be accepted; return how many rows were new."""
    connection.request("POST", PATH, one.body, told)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {text.decode()[:300]}")
    receipt = decode_receipt(text)
    if receipt.accepted != one.rows or receipt.parked:
        raise RuntimeError(f"{receipt.accepted} of {one.rows} rows were accepted")
    return receipt.new


def send(port: int, given: Sequence[Body], lanes: int = BRIDGES) -> tuple[float, int]:
    """Send all by so many connections; return seconds and how many rows were new.

    A connection carries what its bridges send: the batches of one bridge keep their order.
    """
    together = threading.Barrier(lanes + 1)
    started = [Lane(port, given[number::lanes], together) for number in range(lanes)]
    for lane in started:
        lane.start()
    together.wait(60)
    began = time.perf_counter()
    for lane in started:
        lane.join(600)
    faults = [lane.fault for lane in started if lane.fault]
    if faults:
        raise faults[0]
    return max(lane.ended for lane in started) - began, sum(lane.new for lane in started)


@contextmanager
def centre(url: str, log: IO[bytes]) -> Iterator[int]:
    """Run the process that takes them; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__)), url, str(port)]
    with subprocess.Popen(command, stderr=log) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    give_up = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the centre did not start")


class ForeignWork:
    """What others took of the processor in the meantime, as a share of one core."""

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self._began = time.monotonic()
        self._at = self._busy() - self._own()

    def share(self) -> float:
        took = time.monotonic() - self._began
        return max(0.0, (self._busy() - self._own() - self._at) / took)

    def _busy(self) -> float:
        times = psutil.cpu_times()
        return float(times.user + times.system + times.nice + times.irq + times.softirq)

    def _own(self) -> float:
        return sum(map(_used, self._roots))


def _used(pid: int) -> float:
    process = psutil.Process(pid)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            total += sum(one.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def main() -> None:
    import logging

    from ingest import logs
    from ingest.api import create_app
    from ingest.server import Server

    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter("json"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    engine = open_engine(sys.argv[1])
    app = create_app(engine, zone=ZONE, clock_limit_s=CLOCK_LIMIT_S)
    server = Server(app, lambda: None)
    server.config.port = int(sys.argv[2])
    server.run()
    engine.dispose()


if __name__ == "__main__":
    main()
