"""How long a fresh punch waits while another bridge hands in a million: from request to receipt.

    PYTHONPATH=tests/journey:tests/parts:bench/parts python bench/fairness.py [--seconds 20]

The centre is one process over a PostgreSQL of its own, as in `bench/ingest.py`. First one bridge
sends batches of 5,000 without rest on two connections, then 69 do so with 1,000 at a time; all the
while a bridge with nothing but fresh punches sends one, ten times a second. Whoever is told to come
later does so when told. Ends with 1 if the fresh ones waited longer than BAR_S beside the one, or
if one of the 69 was left without receipts.
"""

import http.client
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

sys.path.append(sys.path.pop(0))  # or `ingest` would be this folder's

import click
from journey_postgres import postgres
from load import PATH, Body, bodies, centre, headers, register
from signed import Signer

from ingest.store.database import migrate, open_engine
from ingest.wire import decode_receipt

BAR_S = 2.0
BACKLOG, FRESH = datetime(2025, 6, 2), datetime(2026, 2, 2)
OTHERS = 69


class Bridge(threading.Thread):
    """Sends its batches one after another until it is told to stop; notes how long each took."""

    def __init__(
        self, port: int, given: Sequence[Body], stop: threading.Event, rest_s: float
    ) -> None:
        super().__init__(daemon=True)
        self._port, self._given, self._stop_, self._rest_s = port, given, stop, rest_s
        self.waited: list[float] = []
        self.refused = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        for one in self._given:
            began = time.perf_counter()
            while not self._stop_.is_set() and (wait_s := self._send(connection, one)):
                self.refused += 1
                self._stop_.wait(wait_s)
            if self._stop_.is_set():
                break
            self.waited.append(time.perf_counter() - began)
            self._stop_.wait(self._rest_s)
        connection.close()

    def _send(self, connection: http.client.HTTPConnection, one: Body) -> float:
        """Send a batch; return how long to wait before it is sent again, 0 if it was taken."""
        connection.request("POST", PATH, one.body, headers(one))
        answer = connection.getresponse()
        text = answer.read()
        if answer.status in {429, 503}:
            return float(answer.headers["Retry-After"])
        if answer.status != 200 or decode_receipt(text).accepted != one.rows:
            raise RuntimeError(f"{answer.status}: {text.decode()[:300]}")
        return 0.0


def run(loads: Sequence[Bridge], fresh: Bridge, stop: threading.Event, s: float) -> None:
    for one in (*loads, fresh):
        one.start()
    stop.wait(s)
    stop.set()
    for one in (*loads, fresh):
        one.join(90)
    rows = sum(len(one.waited) for one in loads)
    print(
        f"  {rows} batches of {len(loads)} connections, told to come later "
        f"{sum(one.refused for one in loads)} times"
    )
    print(
        f"  {len(fresh.waited)} fresh punches: median {median(fresh.waited):.3f} s, "
        f"longest {max(fresh.waited):.3f} s"
    )


def beside_one(port: int, signers: Sequence[Signer], seconds: float) -> float:
    stop = threading.Event()
    backlog = bodies(signers[:1], 80, 5_000, first=BACKLOG, salt=1)
    # two connections: the second always has the next one ready
    loads = [Bridge(port, backlog[half::2], stop, 0.0) for half in range(2)]
    fresh = Bridge(port, fresh_punches(signers, 2), stop, 0.1)
    print("one bridge with more than it can send, 5,000 a batch:")
    run(loads, fresh, stop, seconds)
    return max(fresh.waited)


def beside_all(port: int, signers: Sequence[Signer], seconds: float) -> Counter[str]:
    stop = threading.Event()
    given = bodies(signers[:OTHERS], OTHERS * 20, 1_000, first=BACKLOG, salt=3)
    loads = [Bridge(port, given[n::OTHERS], stop, 0.0) for n in range(OTHERS)]
    fresh = Bridge(port, fresh_punches(signers, 4), stop, 0.1)
    print(f"{OTHERS} bridges with a backlog each, 1,000 a batch:")
    run(loads, fresh, stop, seconds)
    served = [len(one.waited) for one in loads]
    print(f"  batches of each: least {min(served)}, most {max(served)}")
    return Counter(str(count == 0) for count in served)


def fresh_punches(signers: Sequence[Signer], salt: int) -> list[Body]:
    """Return single punches of the last bridge, which has no backlog."""
    found = bodies(signers, len(signers) * 400, 1, first=FRESH, salt=salt)
    return [one for one in found if one.signer == signers[-1]]


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="Of each of the two parts.")
def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="hadir-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgres(beside=folder) as url, (folder / "centre.log").open("wb") as log:
            engine = open_engine(url.render_as_string())
            migrate(engine)
            signers = register(engine, OTHERS + 1)
            engine.dispose()
            with centre(url.render_as_string(), log) as port:
                worst = beside_one(port, signers, seconds)
                starved = beside_all(port, signers, seconds)["True"]
    print(f"worst delay of a fresh punch: {worst:.2f} s")
    if worst > BAR_S:
        sys.exit(f"a fresh punch waited {worst:.2f} s, at most {BAR_S} is wanted")
    if starved:
        sys.exit(f"{starved} bridges were left without a receipt")


if __name__ == "__main__":
    main()
