"""Whatever a terminal loses, delays or repeats: what is called complete is complete."""

import sqlite3
import tempfile
from collections import deque
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.outbox import Outbox
from bridge.reception import Reception
from drivers.base import Request

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - commits wait for no disk
SERIAL = "CEZU202360241"
MAKASSAR = ZoneInfo("Asia/Makassar")
NOON = datetime(2026, 3, 3, 12, 0)
NOW = int(NOON.replace(tzinfo=MAKASSAR).timestamp())


class Terminal:
    """A terminal whose network, and firmware, lose things. Its clock is right."""

    def __init__(self, outbox: Outbox, *, counts: bool) -> None:
        self.now = NOW
        self.log: list[str] = []
        self.made: list[int] = []
        """When each punch was made, whatever became of it."""
        self.lossy = True
        self._counts = counts
        self._orders: deque[tuple[str, str]] = deque()
        self._results: deque[str] = deque()
        self._late: list[str] = []
        self.reception = Reception(
            outbox, (), zone=MAKASSAR, clock_limit_s=300, clock=lambda: self.now
        )

    def call(self, method: str, verb: str, body: str = "", **query: str) -> str:
        self.now += 1
        words = {"sn": SERIAL, **query}
        request = Request(method, f"/iclock/{verb}", words, {}, body.encode(), "127.0.0.1")
        return self.reception.answer(request).body.decode()

    def greets(self) -> None:
        if "\nStamp=0\n" in self.call("GET", "cdata", options="all"):
            self.uploads(self.log)

    def punches(self, lost: bool) -> None:
        self.now += 1
        self.made.append(self.now)
        at = NOON + timedelta(seconds=self.now - NOW)
        self.log.append(f"{1000 + len(self.made)}\t{at}\t0\t1\t0\t0\t0\n")
        if not lost or not self.lossy:
            self.uploads(self.log[-1:])

    def uploads(self, rows: list[str]) -> None:
        if rows:
            self.call("POST", "cdata", "".join(rows), table="ATTLOG", stamp="9999")

    def polls(self) -> None:
        told = self.call("GET", "getrequest")
        if told.startswith("C:"):
            _, order_id, text = told.rstrip("\n").split(":", 2)
            self._orders.append((order_id, text))

    def obeys(self, how: str) -> None:
        """Do the oldest order. A query is answered with its rows, without, or before them."""
        if not self._orders:
            return
        order_id, text = self._orders.popleft()
        facts = ""
        if text == "INFO" and self._counts:
            facts = f"TransactionCount={len(self.log)}\n"
        elif text.startswith("DATA") and how == "rows":
            self.uploads(self.log)
        elif text.startswith("DATA") and how == "rows-later":
            self._late = list(self.log)
        self._results.append(f"ID={order_id}&Return=0&CMD=X\n{facts}")

    def reports(self) -> None:
        if self._results:
            self.call("POST", "devicecmd", self._results.popleft())
        self.uploads(self._late)
        self._late = []

    def is_cleared(self, told: bool) -> None:
        """Lose the log. Untold, and with as many lost afterwards as were held before, nobody can
        know: then it loses nothing more."""
        self.now += 1
        self.log.clear()
        if told:
            at = NOON + timedelta(seconds=self.now - NOW)
            self.call("POST", "cdata", f"OPLOG 13\t1\t{at}\t0\t0\t0\t0\n", table="OPERLOG")
        else:
            self.lossy = False

    def waits(self, seconds: int) -> None:
        self.now += seconds


ACTIONS = st.one_of(
    st.tuples(st.just("punches"), st.booleans()),
    st.tuples(st.just("punches"), st.just(False)),
    st.tuples(st.just("polls")),
    st.tuples(st.just("obeys"), st.sampled_from(["rows", "rows", "nothing", "rows-later"])),
    st.tuples(st.just("reports")),
    st.tuples(st.just("is_cleared"), st.booleans()),
    st.tuples(st.just("greets")),
    st.tuples(st.just("waits"), st.sampled_from([20, 70, 150, 310, 3_700])),
)
ROUND = (("polls",), ("obeys", "rows"), ("reports",))


def covered(place: Path) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute("SELECT since, until FROM coverage").fetchall()


def taken(place: Path) -> set[int]:
    with closing(sqlite3.connect(place)) as connection:
        return {at for (at,) in connection.execute("SELECT occurred_at FROM records")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTIONS, min_size=5, max_size=40))
@example(  # a count that is equal by chance: cleared, and begun anew while it was asked
    [
        ("greets",),
        ("punches", False),
        ("punches", True),
        ("is_cleared", False),
        ("polls",),
        ("punches", False),
    ]
)
def test_no_punch_is_missing_where_a_terminal_that_counts_is_covered(actions):
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        place = Path(folder) / "outbox.db"
        with Outbox(place) as outbox:
            outbox.callers.admit(SERIAL, "adms", "hall")
            terminal = Terminal(outbox, counts=True)
            for name, *arguments in (*actions, *ROUND * 4):
                getattr(terminal, name)(*arguments)
                found = taken(place)
                for since, until in covered(place):
                    missing = {at for at in terminal.made if since <= at <= until} - found
                    assert not missing, f"{len(missing)} missing in what is called complete"


def test_a_terminal_that_behaves_is_covered(tmp_path):
    place = tmp_path / "outbox.db"
    with Outbox(place) as outbox:
        outbox.callers.admit(SERIAL, "adms", "hall")
        for counts in (True, False):
            terminal = Terminal(outbox, counts=counts)
            terminal.greets()
            terminal.punches(False)
            for name, *arguments in ROUND * 4:
                getattr(terminal, name)(*arguments)
            assert covered(place)


def test_what_was_lost_comes_by_being_asked_for(tmp_path):
    place = tmp_path / "outbox.db"
    with Outbox(place) as outbox:
        outbox.callers.admit(SERIAL, "adms", "hall")
        terminal = Terminal(outbox, counts=True)
        terminal.greets()
        terminal.punches(False)
        for name, *arguments in ROUND * 2:
            getattr(terminal, name)(*arguments)
        before = covered(place)
        terminal.punches(True)
        terminal.waits(3_700)
        for name, *arguments in ROUND * 2:
            getattr(terminal, name)(*arguments)
        assert set(terminal.made) <= taken(place)
        assert covered(place)[0][1] > before[0][1]


def test_what_was_lost_with_a_log_that_nobody_said_was_cleared_is_not_covered(tmp_path):
    place = tmp_path / "outbox.db"
    with Outbox(place) as outbox:
        outbox.callers.admit(SERIAL, "adms", "hall")
        terminal = Terminal(outbox, counts=True)
        terminal.greets()
        for _ in range(3):
            terminal.punches(False)
        for name, *arguments in ROUND * 2:
            getattr(terminal, name)(*arguments)
        assert covered(place)
        terminal.punches(True)
        terminal.is_cleared(False)
        terminal.waits(3_700)
        terminal.punches(False)
        for name, *arguments in ROUND * 4:
            getattr(terminal, name)(*arguments)
        assert len(covered(place)) == 2
        lost = set(terminal.made) - taken(place)
        assert len(lost) == 1
        assert not [at for at in lost for since, until in covered(place) if since <= at <= until]
