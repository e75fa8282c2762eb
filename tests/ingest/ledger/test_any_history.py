"""Whatever bridges did, the centre's verifier and the auditor's agree that nothing is wrong."""

import itertools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgered import ZONE, Centre, add_office, touches, unreadable
from signed import Chains
from sqlalchemy import select

from ingest.ledger_verify import File, lines_of
from ingest.store import tables
from ingest.store.chains import ChainForked
from ingest.store.database import open_engine, reading
from ingest.store.ledger_export import Wanted, export
from ingest.wire import Batch

USERS = st.lists(st.integers(1, 12), min_size=1, max_size=5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bring"), st.integers(0, 1), USERS, st.sampled_from(["S1", "NEW"])),
        st.tuples(st.just("codes"), st.integers(0, 1), USERS, st.integers(0, 3)),
        st.tuples(st.just("bad"), st.integers(0, 1), st.binary(min_size=1, max_size=2)),
        st.tuples(st.just("broken"), st.integers(0, 1), USERS),
        st.tuples(st.just("foreign"), st.integers(0, 1), USERS),
        st.tuples(st.just("odd"), st.integers(0, 1), st.text(max_size=4), st.integers(0, 3)),
        st.tuples(st.just("again"), st.integers(0, 9)),
        st.tuples(st.just("cut"), st.integers(0, 9), st.integers(1, 4)),
        st.tuples(st.just("older"), st.integers(0, 1), USERS),
        st.tuples(st.just("anew"), st.integers(0, 1)),
        st.tuples(st.just("rotate"), st.integers(0, 1)),
        st.tuples(st.just("nights"), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=14,
)


class History:
    """Two bridges of one office that live through steps."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.bridges = add_office(centre.engine, "A", "S1", "a", "b")
        add_office(centre.engine, "B", "S2")
        self.outboxes = ["0" * 32, "1" * 32]
        self.sent: list[tuple[int, Batch]] = []
        self._numbers = itertools.count(2)

    def live(self, steps: list[tuple[Any, ...]]) -> None:
        for name, *values in steps:
            getattr(self, name)(*values)

    def _send(self, which: int, *rows: Any) -> None:
        outbox = self.outboxes[which]
        after = self.centre.after.get(outbox)
        batch = self.centre.chains.batch(*rows, outbox=outbox, after=after)
        self.centre.send(self.bridges[which], batch)
        self.sent.append((which, batch))

    def bring(self, which: int, users: list[int], terminal: str) -> None:
        self._send(which, *touches(*users, terminal=terminal))

    def codes(self, which: int, users: list[int], state: int) -> None:
        self._send(which, *(replace(one, state=state, source="usb") for one in touches(*users)))

    def bad(self, which: int, raw: bytes) -> None:
        self._send(which, unreadable(raw), *touches(1))

    def broken(self, which: int, users: list[int]) -> None:
        rows = touches(*users)
        self._send(which, replace(rows[0], user_id="\n"), *rows)

    def foreign(self, which: int, users: list[int]) -> None:
        self._send(which, *touches(*users, terminal="S2"), *touches(1))

    def odd(self, which: int, work_code: str, hours: int) -> None:
        (one,) = touches(3, hour=9 + hours)
        self._send(which, replace(one, work_code=work_code, after=one.occurred_at + 400 * hours))

    def again(self, place: int) -> None:
        """The answer was lost: the same rows in a new body."""
        if self.sent:
            which, batch = self.sent[place % len(self.sent)]
            self.centre.send(self.bridges[which], batch)

    def cut(self, place: int, rows: int) -> None:
        """The same again, halved on the way."""
        if not self.sent:
            return
        which, batch = self.sent[place % len(self.sent)]
        (run, *more) = batch.punch_runs or (None,)
        if run is None or more or batch.bad or run.count <= rows:
            return
        chains = Chains()
        chains._heads["p", batch.outbox, run.terminal] = (run.first - 1, run.before)
        head = chains.batch(*batch.punches[:rows], outbox=batch.outbox)
        tail = chains.batch(*batch.punches[rows:], outbox=batch.outbox)
        for one in (head, tail):
            self.centre.send(self.bridges[which], one)

    def older(self, which: int, users: list[int]) -> None:
        """The outbox is set back to a copy and gives heights away again: refused, and anew."""
        key = ("p", self.outboxes[which], "S1")
        head = self.centre.chains._heads.get(key)
        if head is None:
            return
        kept = dict(self.centre.chains._heads)
        del self.centre.chains._heads[key]
        rows = [replace(one, verify=100 + next(self._numbers)) for one in touches(*users)]
        batch = self.centre.chains.batch(*rows, outbox=self.outboxes[which])
        with pytest.raises(ChainForked):
            self.centre.send(self.bridges[which], batch)
        self.centre.chains._heads = kept
        self.anew(which)
        self._send(which, *rows)

    def anew(self, which: int) -> None:
        self.outboxes[which] = f"{next(self._numbers):032x}"

    def rotate(self, which: int) -> None:
        self.centre.rotate(self.bridges[which], f"key-{next(self._numbers)}")

    def nights(self, nights: int) -> None:
        self.centre.close_days(nights)


def check(centre: Centre) -> None:
    report = centre.verify(everything=True)
    assert report.faults == []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.gz"
        export(centre.engine, path, Wanted(), zone=ZONE, now=centre.now)
        file = File()
        file.read(lines_of(path))
    with reading(centre.engine) as connection:
        punches = len(connection.execute(select(tables.punches)).all())
        bad = len(connection.execute(select(tables.bad_records)).all())
    assert report.counts.punches == file.found.punches == punches
    assert report.counts.bad_records == file.found.bad == bad
    assert report.counts.refused == file.found.refused
    assert report.counts.roots == file.found.days


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_history_verifies(sqlite_template: Path, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hadir.db"
        shutil.copyfile(sqlite_template, file)
        engine = open_engine(f"sqlite:///{file}")
        history = History(Centre(engine))
        history.live(steps)
        check(history.centre)
        engine.dispose()


ALL = [
    ("bring", 0, [1, 2, 3, 4, 5], "S1"), ("codes", 1, [1, 2], 3), ("bad", 0, b"\xff"),
    ("again", 0), ("cut", 0, 2), ("broken", 1, [4, 9]), ("foreign", 0, [1, 2]), ("nights", 2),
    ("rotate", 0), ("odd", 0, "\x1e", 2), ("older", 0, [8]), ("bring", 1, [3, 3], "NEW"),
    ("anew", 1), ("codes", 1, [1, 5], 0), ("nights", 1), ("bad", 1, b"\xff"), ("again", 9),
]  # fmt: skip
"""Every step once, in an order in which each means something."""


def test_every_step_once_on_either_database(engine: Any) -> None:
    history = History(Centre(engine))
    history.live(ALL)
    check(history.centre)
