"""Each row has one place in its chain, whatever becomes of it: what is sent fits together."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bridge_parts import receipt_of
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bridge import chains
from bridge.errors import OutboxDamaged, OutboxFull, OutboxUnusable
from bridge.outbox import Outbox
from bridge.pending import Pending
from bridge.rows import Body, touch
from ingest import wire

AT = 1_800_000_000
OLD = Path(__file__).with_name("outbox_v1.sql")


def links_of(batch: wire.Batch) -> dict[tuple[str, str, str, int], bytes]:
    """Return the link at each height that a batch tells, after the centre's own look at it."""
    decoded = wire.decode_batch(wire.encode_batch(batch))
    assert decoded.rejected == {}
    assert decoded.rows == len(batch)
    sets = (
        (wire.PUNCH, batch.punch_runs, wire.punch_entries(wire.punch_columns(batch.punches))),
        (wire.BAD, batch.bad_runs, wire.bad_entries(wire.bad_columns(batch.bad))),
    )
    found = {}
    for kind, runs, entries in sets:
        for run in runs:
            links, entries = wire.extend(run.before, entries[: run.count]), entries[run.count :]  # noqa: PLW2901 - what is left of them
            for height, link in enumerate([run.before, *links], run.first - 1):
                found[batch.outbox, kind, run.terminal, height] = link
    return found


def places(outbox: Outbox) -> list[tuple[object, ...]]:
    with outbox._database.reading() as connection:
        query = "SELECT seq, place, terminal, fault IS NULL, height, before, link FROM records"
        return [tuple(row) for row in connection.execute(f"{query} ORDER BY seq")]


def heights(outbox: Outbox) -> list[int | None]:
    return [row[4] for row in places(outbox)]


def send(outbox: Outbox, most: int = 1_000, refused: dict[str, str] | None = None) -> wire.Batch:
    pending = outbox.next_batch(most)
    outbox.settle(receipt_of(pending, 7, refused), pending, AT)
    return pending.batch


def test_rows_of_each_terminal_and_kind_are_chained_from_one(outbox, touches, blank, bodies):
    mixed = [*touches(1), blank, *touches(1, first=1)]
    outbox.add(bodies(mixed, serial="S1") + bodies(touches(2), serial="S2"))
    outbox.add(bodies([*touches(2, first=2)], serial="S1"))
    assert heights(outbox) == [1, 1, 2, 1, 2, 3, 4]
    batch = outbox.next_batch(10).batch
    assert [(run.terminal, run.first, run.count) for run in batch.punch_runs] == [
        ("S1", 1, 4), ("S2", 1, 2),
    ]  # fmt: skip
    assert [(run.terminal, run.first, run.count) for run in batch.bad_runs] == [("S1", 1, 1)]
    for run in (*batch.punch_runs, *batch.bad_runs):
        kind = wire.PUNCH if run in batch.punch_runs else wire.BAD
        assert run.before == wire.genesis(kind, outbox.name, run.terminal)
    assert len(links_of(batch)) == 7 + 3


def test_a_row_that_is_known_takes_no_height(outbox, touches, touch, bodies):
    first = bodies(touches(3))
    outbox.add(first)
    outbox.add([*first, *bodies([touch(1, state=1)]), *first])
    assert heights(outbox) == [1, 2, 3, 4]


def test_a_full_outbox_gives_no_height_away(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db", max_waiting=3) as outbox:
        outbox.add(bodies(touches(3)))
        with pytest.raises(OutboxFull):
            outbox.add(bodies(touches(2, first=3)))
        send(outbox)
        outbox.add(bodies(touches(1, first=9)))
        assert heights(outbox) == [1, 2, 3, 4]


def test_a_batch_in_pieces_goes_on_where_the_last_one_ended(outbox, touches, blank, bodies):
    outbox.add(bodies([*touches(5), blank, *touches(5, first=5)]))
    seen = {}
    for _ in range(4):
        told = links_of(send(outbox, most=3))
        assert all(seen.get(place, link) == link for place, link in told.items())
        seen |= told
    assert len(seen) == 10 + 1 + 2


def test_a_row_is_sent_though_the_one_below_it_is_forgotten(outbox, touches, bodies):
    outbox.add(bodies(touches(3)))
    first = links_of(send(outbox, most=2))
    outbox.prune(AT + 1)
    assert len(places(outbox)) == 1
    last = links_of(send(outbox))
    outbox.prune(AT + 1)
    outbox.add(bodies(touches(1, first=3)))
    assert first.items() & last.items()  # the link between them
    assert heights(outbox) == [4]
    assert first | last | links_of(outbox.next_batch(9).batch)


def test_what_waits_again_keeps_its_place(outbox, touches, bodies):
    put = bodies(touches(4))
    outbox.add(put)
    before = [row[4:] for row in places(outbox)]
    send(outbox, 3, refused={put[1].id: "no"})
    outbox.retry_parked()
    outbox.requeue_all()
    outbox.add_again(put[:1])
    assert [row[4:] for row in places(outbox)] == before
    assert {row[1] for row in places(outbox)} == {"waiting"}


def test_a_gap_in_what_waits_parts_a_run(outbox, touches, bodies):
    put = bodies(touches(5))
    outbox.add(put)
    send(outbox, refused={put[1].id: "no", put[3].id: "no", put[4].id: "no"})
    outbox.retry_parked()
    batch = outbox.next_batch(9).batch
    assert [(run.first, run.count) for run in batch.punch_runs] == [(2, 1), (4, 2)]
    links_of(batch)


class TestBeginAnew:
    def test_what_waits_begins_at_one_and_what_was_sent_stays_behind(self, outbox, touches, bodies):
        outbox.add(bodies(touches(5)))
        send(outbox, most=2)
        outbox.park(outbox.next_batch(1), "no", AT)
        old = outbox.name
        assert outbox.begin_anew("because", AT) == 2
        assert outbox.name != old
        assert heights(outbox) == [None, None, None, 1, 2]
        batch = outbox.next_batch(9).batch
        assert (batch.outbox, batch.after) == (outbox.name, None)
        links_of(batch)

    def test_what_must_be_sent_again_goes_behind_it(self, outbox, touches, bodies):
        outbox.add(bodies(touches(5)))
        send(outbox, most=2)
        outbox.park(outbox.next_batch(1), "no", AT)
        outbox.begin_anew("because", AT)
        outbox.retry_parked()
        assert heights(outbox) == [None, None, 3, 1, 2]
        outbox.requeue_all()
        assert heights(outbox) == [4, 5, 3, 1, 2]
        links_of(outbox.next_batch(9).batch)

    def test_handing_in_again_what_was_sent_gives_it_a_place(self, outbox, touches, bodies):
        put = bodies(touches(2))
        outbox.add(put)
        send(outbox)
        outbox.begin_anew("because", AT)
        outbox.add_again(put)
        assert heights(outbox) == [1, 2]

    def test_a_receipt_that_comes_too_late_settles_nothing(self, outbox, touches, bodies):
        """Another process began anew while a batch was under way."""
        outbox.add(bodies(touches(3)))
        pending = outbox.next_batch(9)
        with Outbox.existing(outbox.path) as command:
            command.begin_anew("by command", AT)
        settled = outbox.settle(receipt_of(pending), pending, AT)
        assert (settled.accepted, outbox.counts().waiting, outbox.after()) == (0, 3, None)
        assert outbox.next_batch(9).batch.outbox == outbox.name != pending.batch.outbox

    def test_a_refusal_that_comes_too_late_parks_nothing(self, outbox, touches, bodies):
        outbox.add(bodies(touches(1)))
        pending = outbox.next_batch(9)
        outbox.begin_anew("because", AT)
        outbox.park(pending, "does not fit its chain", AT)
        assert outbox.counts().waiting == 1

    def test_happens_whole_or_not_at_all(self, outbox, touches, bodies, monkeypatch):
        outbox.add(bodies(touches(5)))
        send(outbox, most=2)
        before = (outbox.name, outbox.after(), places(outbox), outbox.ledger.events())

        def fault(connection, *, as_they_are):
            raise sqlite3.OperationalError("the power is gone")

        monkeypatch.setattr(chains, "chain_waiting", fault)
        with pytest.raises(OutboxUnusable):
            outbox.begin_anew("because", AT)
        assert (outbox.name, outbox.after(), places(outbox), outbox.ledger.events()) == before

    def test_survives_a_kill_at_any_moment(self, tmp_path, touches, bodies):
        """Killed before its n-th statement, it is what it was or wholly another."""
        with Outbox(tmp_path / "o.db") as outbox:
            outbox.add(bodies(touches(30)))
            send(outbox, most=10)
            name, before = outbox.name, places(outbox)
        ended, step = [], 0
        while not ended or ended[-1]:
            step += 2
            for part in tmp_path.glob("copy.db*"):
                part.unlink()
            shutil.copy(tmp_path / "o.db", tmp_path / "copy.db")
            done = subprocess.run(
                [sys.executable, "-c", KILLED, str(tmp_path / "copy.db"), str(step)],
                timeout=60, check=False,
            )  # fmt: skip
            ended.append(done.returncode)
            with Outbox(tmp_path / "copy.db") as outbox:
                if outbox.name == name:
                    assert places(outbox) == before
                else:
                    assert heights(outbox) == [None] * 10 + list(range(1, 21))
                links_of(outbox.next_batch(99).batch)
        assert set(ended[:-1]) == {-signal.SIGKILL}
        assert len(ended) > 3


KILLED = """
import os, signal, sys
from pathlib import Path
from bridge.outbox import Outbox

outbox, left = Outbox(Path(sys.argv[1])), int(sys.argv[2])

def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

with outbox._database.reading() as connection:
    connection.set_trace_callback(count)
outbox.begin_anew("because", 1_800_000_000)
"""


class TestUpgrade:
    @pytest.fixture
    def old(self, tmp_path) -> Path:
        path = tmp_path / "old.db"
        with sqlite3.connect(path) as database:
            database.executescript(OLD.read_text())
        database.close()
        return path

    def test_everything_is_there_and_what_waits_is_chained(self, old):
        with Outbox(old) as outbox:
            counts = outbox.counts()
            assert (counts.waiting, counts.sent, counts.parked) == (11, 4, 1)
            waits = [row[4] is not None for row in places(outbox)]
            assert waits == [row[1] == "waiting" for row in places(outbox)]
            assert outbox.after() == "ab" * 16
            batch = outbox.next_batch(99).batch
            assert len(links_of(batch)) == 11 + 3  # of three chains
            assert {run.first for run in (*batch.punch_runs, *batch.bad_runs)} == {1}
            assert outbox.ledger.cursor("front").count == 3
            assert outbox.parked_reasons() == {"of another office": 1}

    def test_what_must_be_sent_again_is_chained_then(self, old):
        with Outbox(old) as outbox:
            outbox.retry_parked()
            assert outbox.requeue_all() == 4
            assert None not in heights(outbox)
            links_of(outbox.next_batch(99).batch)

    def test_an_upgraded_file_is_like_a_new_one(self, old, tmp_path):
        Outbox(old).close()
        Outbox(tmp_path / "new.db").close()
        schemas = []
        for path in (old, tmp_path / "new.db"):
            with sqlite3.connect(path) as database:
                schemas.append(
                    database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
                )
                version = database.execute("PRAGMA user_version").fetchone()
            database.close()
            assert version == (2,)
        assert sorted(schemas[0], key=str) == sorted(schemas[1], key=str)

    def test_an_upgrade_that_fails_leaves_the_old_file(self, old, monkeypatch):
        def fault(connection):
            raise sqlite3.OperationalError("the power is gone")

        with monkeypatch.context() as patched:
            patched.setattr(chains, "chain_waiting", fault)
            with pytest.raises(OutboxUnusable, match="the power is gone"):
                Outbox(old)
        with sqlite3.connect(old) as database:
            assert database.execute("PRAGMA user_version").fetchone() == (1,)
            columns = [row[1] for row in database.execute("PRAGMA table_info(records)")]
        database.close()
        assert "height" not in columns
        with Outbox(old) as outbox:
            assert outbox.counts().waiting == 11

    def test_a_look_upgrades_it_as_well(self, old):
        with Outbox.existing(old) as outbox:
            assert outbox.counts().waiting == 11


@pytest.mark.parametrize(
    ("since", "folded", "later", "damaged"),
    [
        (1, False, 1, False),
        (30, False, 400, False),
        (1, True, 1, False),  # all of it stands on pages the log holds anew
        (30, True, 400, True),  # without what was folded in, the rest is of no use
        (400, True, 30, True),
    ],
)
def test_an_older_copy_beside_a_newer_log_is_whole_or_said_to_be_damaged(
    quick_path, touches, bodies, since, folded, later, damaged
):
    """Who puts back outbox.db alone leaves the -wal of today beside it."""
    place, copy = quick_path / "o.db", quick_path / "copy.db"
    with Outbox(place) as outbox:
        outbox.add(bodies(touches(30)))
        seen = links_of(send(outbox))
    shutil.copy(place, copy)
    with Outbox(place) as outbox:
        outbox.add(bodies(touches(since, first=30)))
        seen |= links_of(send(outbox))
        if folded:
            with outbox._database.reading() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        outbox.add(bodies(touches(later, first=30 + since)))
        seen |= links_of(send(outbox))
        shutil.copy(quick_path / "o.db-wal", quick_path / "copy.db-wal")
    if damaged:
        with pytest.raises(OutboxDamaged, match="stop the bridge, move it with its -wal"):
            Outbox(copy)
        return
    with Outbox(copy) as outbox:
        outbox.add(bodies(touches(31 + since + later), read_at=AT))
        pending = outbox.next_batch(1_000)
    assert not pending.unsound
    assert (pending.batch.punch_runs[0].first, len(pending.seqs)) == (31 + since + later, 1)
    assert all(seen.get(at, link) == link for at, link in links_of(pending.batch).items())


SERIALS = ("S1", "S2")
numbers = st.lists(st.integers(0, 15), min_size=1, max_size=6)


def made(serial: str, number: int) -> Body:
    """Return one of few rows: of four numbers, one is a record that cannot be a punch."""
    local_time = datetime(2026, 3, 2, 7, 30) + timedelta(minutes=number // 3)
    if number % 4 == 3:
        raw = bytes([number])
        return wire.BadRecord(
            wire.bad_record_id(serial, raw), serial, "blank", "never written", "", local_time,
            None, "poll", AT, raw,
        )  # fmt: skip
    user = str(number // 3)
    return wire.Punch(
        wire.punch_id(serial, user, local_time), serial, user, local_time,
        int(local_time.replace(tzinfo=UTC).timestamp()),
        number % 3 or None, None, "", "live", None, AT, None, bytes([number]),
    )  # fmt: skip


@settings(max_examples=60, stateful_step_count=25, deadline=None,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
class ChainMachine(RuleBasedStateMachine):
    """Any order of everything that can happen to an outbox, against a centre that compares."""

    def __init__(self) -> None:
        super().__init__()
        place = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - ours alone
        self.folder = Path(tempfile.mkdtemp(dir=place))
        self.outbox = Outbox(self.folder / "o.db")
        self.added: set[object] = set()
        self.held: set[object] = set()
        self.links: dict[tuple[str, str, str, int], bytes] = {}
        self.late: Pending | None = None
        self.receipts = 0

    def teardown(self) -> None:
        self.outbox.retry_parked()
        while self.sent(9):
            pass
        assert self.added <= self.held, "lost"
        self.outbox.close()
        shutil.rmtree(self.folder)

    def arrives(self, pending: Pending, refused: dict[str, str]) -> wire.Receipt:
        """Do what a centre does: recompute, compare with what is known, keep."""
        for place, link in links_of(pending.batch).items():
            assert self.links.setdefault(place, link) == link, f"forked at {place}"
        for row in (*pending.batch.punches, *pending.batch.bad):
            if row.id not in refused:
                self.held.add(touch(row))
        self.receipts += 1
        return receipt_of(pending, self.receipts, refused)

    def sent(self, most: int, *, refuse: int = 0) -> bool:
        pending = self.outbox.next_batch(most)
        ids = [row.id for row in (*pending.batch.punches, *pending.batch.bad)]
        receipt = self.arrives(pending, dict.fromkeys(ids[:refuse], "no"))
        self.outbox.settle(receipt, pending, AT)
        return bool(pending.seqs)

    @rule(serial=st.sampled_from(SERIALS), some=numbers)
    def rows_come(self, serial: str, some: list[int]) -> None:
        rows = [made(serial, number) for number in some]
        self.outbox.add(rows)
        self.added |= {touch(row) for row in rows}

    @rule(serial=st.sampled_from(SERIALS), some=numbers)
    def rows_are_handed_in_again(self, serial: str, some: list[int]) -> None:
        rows = [made(serial, number) for number in some]
        self.outbox.add_again(rows)
        self.added |= {touch(row) for row in rows}

    @rule(most=st.integers(1, 9), refuse=st.integers(0, 2))
    def the_centre_takes_some(self, most: int, refuse: int) -> None:
        self.sent(most, refuse=refuse)

    @rule(most=st.integers(1, 9))
    def a_receipt_is_lost(self, most: int) -> None:
        self.arrives(self.outbox.next_batch(most), {})

    @rule(most=st.integers(1, 9))
    def a_batch_is_under_way(self, most: int) -> None:
        self.late = self.outbox.next_batch(most)

    @rule()
    def a_receipt_comes_late(self) -> None:
        if self.late is not None:
            self.outbox.settle(self.arrives(self.late, {}), self.late, AT)
            self.late = None

    @rule()
    def a_row_is_parked_without_being_taken(self) -> None:
        self.outbox.park(self.outbox.next_batch(1), "no", AT)

    @rule()
    def parked_rows_are_tried_again(self) -> None:
        self.outbox.retry_parked()

    @rule()
    def old_rows_are_forgotten(self) -> None:
        self.outbox.prune(AT + 1)

    @rule()
    def the_centre_sends_us_back(self) -> None:
        """It lost receipts and, at worst, nothing else: everything must still agree."""
        self.outbox.requeue_all()

    @rule(parked_too=st.booleans())
    def the_outbox_begins_anew(self, parked_too: bool) -> None:
        self.outbox.begin_anew("because", AT, parked_too=parked_too)

    @rule()
    def the_power_fails(self) -> None:
        self.outbox.close()
        self.outbox = Outbox(self.folder / "o.db")

    @invariant()
    def every_waiting_row_has_one_place(self) -> None:
        rows = places(self.outbox)
        chained = [row[2:5] for row in rows if row[4] is not None]
        assert len(chained) == len(set(chained))
        assert all(row[4] is not None for row in rows if row[1] == "waiting")


TestChainMachine = ChainMachine.TestCase
