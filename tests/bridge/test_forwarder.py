"""From the outbox to the centre, whatever the centre answers."""

import logging
import sqlite3
import threading

import pytest
from bridge_parts import BODY, named

from bridge.errors import (
    BatchTooLarge,
    BridgeError,
    CentreBehind,
    CentreBusy,
    CentreForked,
    CentreRefused,
    CentreUnreachable,
    KeyRefused,
    KeyUnfit,
)
from bridge.forwarder import BATCH, Forwarder
from bridge.health import Health
from bridge.ledger import Contact, Event, Mark, Statement
from bridge.outbox import Outbox
from ingest import wire

AT = 1_800_000_000


class Time:
    now = float(AT)

    def __call__(self) -> float:
        return self.now


class Store:
    """A centre that keeps its promises, in memory, and has the faults a test gives it."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.kept: set[str] = set()
        self.receipts: set[str] = set()
        self.poison: set[str] = set()
        self.parks: set[str] = set()
        self.most = 10_000
        self.faults: list[Exception | None] = []
        self.lost: list[Exception] = []
        self.batches: list[int] = []
        self.heartbeats: list[wire.Heartbeat] = []
        self.refuses: dict[str, str] = {}
        self.heartbeat_fault: Exception | None = None
        self.skew_s = 0
        self.heights: dict[tuple[str, str, int], bytes] = {}
        """The link at each height of each outbox and terminal, as a real centre recomputes it."""
        self.outboxes: list[str] = []
        self.key = 1

    def restore(self) -> None:
        """Come back from a copy that is older than everything."""
        self.kept, self.receipts, self.heights = set(), set(), {}

    def post(self, batch: wire.Batch) -> wire.Receipt:
        rows = [one.id for one in (*batch.punches, *batch.bad)]
        self.batches.append(len(rows))
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        if len(rows) > self.most:
            raise BatchTooLarge("too large")
        if self.poison.intersection(rows):
            raise CentreRefused(422, "no such punch")
        self._knows(batch.after)
        self._chains(batch)
        receipt = f"{len(self.batches):032x}"
        self.receipts.add(receipt)
        refused = dict.fromkeys(self.parks.intersection(rows), "of another office")
        self.kept.update(one for one in rows if one not in refused)
        if self.lost:
            raise self.lost.pop(0)
        parked = {name: refused[row.id] for name, row in named(batch).items() if row.id in refused}
        return wire.Receipt(receipt, BODY, len(rows) - len(parked), parked)

    def _chains(self, batch: wire.Batch) -> None:
        """Recompute and compare, as decode_batch and the store do."""
        decoded = wire.decode_batch(wire.encode_batch(batch))
        assert not decoded.rejected
        found = {}
        entries = wire.punch_entries(wire.punch_columns(batch.punches))
        for run in batch.punch_runs:
            links, entries = wire.extend(run.before, entries[: run.count]), entries[run.count :]
            for height, link in enumerate([run.before, *links], run.first - 1):
                found[batch.outbox, run.terminal, height] = link
        for place, link in found.items():
            if self.heights.get(place, link) != link:
                raise CentreForked(f"row {place[2]} is known with another past")
        self.heights |= found
        self.outboxes.append(batch.outbox)

    def heartbeat(self, heartbeat: wire.Heartbeat) -> wire.HeartbeatReply:
        assert wire.decode_heartbeat(wire.encode_heartbeat(heartbeat)) == heartbeat
        if self.heartbeat_fault:
            raise self.heartbeat_fault
        self._knows(heartbeat.after)
        self.heartbeats.append(heartbeat)
        return wire.HeartbeatReply(int(self.time()) - self.skew_s, self.refuses)

    def _knows(self, after: str | None) -> None:
        if after is not None and after not in self.receipts:
            raise CentreBehind("does not know our last receipt")


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def store(time):
    return Store(time)


@pytest.fixture
def health(time):
    return Health(time)


@pytest.fixture
def forwarder_of(outbox, store, health, time):
    def build(centre=store, outbox=outbox) -> Forwarder:
        return Forwarder(
            outbox,
            centre,
            health=health,
            heartbeat_s=60,
            bridge_version="0.1.0",
            random=lambda: 1.0,
            key_mark=lambda: store.key,
            clock=time,
            monotonic=time,
        )

    return build


@pytest.fixture
def forwarder(forwarder_of):
    return forwarder_of()


@pytest.fixture
def add(outbox, touches, bodies):
    def put_in(count: int, first: int = 0, mark: Mark | None = None) -> list[str]:
        put = bodies(touches(count, first=first), serial="S", read_at=AT)
        outbox.add(put, mark=mark)
        return [one.id for one in put]

    return put_in


def places(outbox) -> tuple[int, int, int]:
    counts = outbox.counts()
    return counts.waiting, counts.sent, counts.parked


def statement(until: int = AT) -> Statement:
    return Statement("S", AT - 1_000, until, "2027-01-15", 5, 5, 0, until, "poll", "first read")


def test_sends_the_oldest_first_until_nothing_waits(forwarder, outbox, store, add):
    ids = add(2 * BATCH + 500)
    assert [forwarder.step() for _ in range(4)] == [0, 0, 0, 5]
    assert store.batches == [BATCH, BATCH, 500]
    assert store.kept == set(ids)
    assert places(outbox) == (0, len(ids), 0)


def test_forgets_only_what_the_receipt_names(forwarder, outbox, store, add):
    a, b, c = add(3)
    store.parks = {b}
    forwarder.step()
    assert store.kept == {a, c}
    [parked] = outbox.listing("parked")
    assert (parked.body.id, parked.parked_because) == (b, "of another office")


@pytest.mark.parametrize(("accepted", "parked"), [(0, {}), (2, {}), (4, {}), (2, {"p7": "no"})])
def test_a_receipt_that_does_not_account_for_each_row_is_no_receipt(
    forwarder_of, outbox, store, add, accepted, parked
):
    add(3)
    post = store.post
    store.post = lambda batch: wire.Receipt("1" * 32, BODY, accepted, parked)
    forwarder = forwarder_of()
    assert [forwarder.step() for _ in range(2)] == [2, 4]
    assert places(outbox) == (3, 0, 0)
    assert "it settles nothing" in outbox.ledger.centre().error
    store.post = post
    assert forwarder.step() == 0
    assert places(outbox) == (0, 3, 0)


def test_a_receipt_that_was_lost_on_the_way_costs_nothing(forwarder, outbox, store, add):
    ids = add(3)
    store.lost = [CentreUnreachable("hangs up")]
    assert forwarder.step() == 2
    assert places(outbox) == (3, 0, 0)
    assert forwarder.step() == 0
    assert store.kept == set(ids)
    assert places(outbox) == (0, 3, 0)


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (CentreUnreachable("no answer"), [2, 4, 8]),
        (CentreBusy("busy", None), [2, 4, 8]),
        (CentreBusy("busy", 17), [17, 17, 17]),
        (CentreBusy("busy", 0), [1, 1, 1]),
        (CentreBusy("busy", 1e9), [3_600, 3_600, 3_600]),
        (KeyUnfit("this bridge has no key yet"), [3, 3, 3]),
        (BridgeError("something else"), [300, 300, 300]),
    ],
)
def test_keeps_everything_and_waits(forwarder, outbox, store, health, add, fault, waits):
    ids = add(3)
    store.faults = [fault] * 3
    assert [forwarder.step() for _ in range(3)] == waits
    assert places(outbox) == (3, 0, 0)
    state = outbox.ledger.centre()
    assert (state.error, state.error_at) == (str(fault), AT)
    assert str(fault) in health.line(3)
    assert forwarder.step() == 0
    assert store.kept == set(ids)
    assert (outbox.ledger.centre().error, outbox.ledger.centre().ok_at) == ("", AT)
    assert health.line(0) == "0 waiting for the centre"


def test_waits_no_longer_than_its_most(forwarder, store, add):
    add(1)
    store.faults = [CentreUnreachable("no answer")] * 20
    assert max(forwarder.step() for _ in range(20)) == 300


def test_a_fault_is_logged_when_it_begins_and_when_it_ends(forwarder, store, add, caplog):
    caplog.set_level(logging.INFO)
    add(1)
    store.faults = [CentreUnreachable("no answer")] * 3
    for _ in range(5):
        forwarder.step()
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("WARNING", "no answer"),
        ("INFO", "the centre takes what we send again"),
    ]


def test_a_refused_key_is_shown_again_now_and_then(forwarder, outbox, store, time, add):
    add(1)
    store.faults = [KeyRefused("refuses the key", "revoked")] * 2
    for asked in (1, 2):
        while len(store.batches) < asked:
            time.now += forwarder.step()
        assert places(outbox) == (1, 0, 0)
        assert time.now == AT + (asked - 1) * 300 + 3
    while outbox.counts().waiting:
        time.now += forwarder.step()
    assert time.now == AT + 600


def test_another_key_is_tried_as_soon_as_it_is_there(forwarder, outbox, store, add):
    """Whoever enrols again looks at `status`, and not five minutes later."""
    add(1)
    store.faults = [KeyRefused("refuses the key", "unknown-key")]
    assert [forwarder.step() for _ in range(3)] == [3, 3, 3]
    assert len(store.batches) == 1
    store.key = 2
    assert forwarder.step() == 0
    assert places(outbox) == (0, 1, 0)


def test_a_key_that_came_while_another_was_refused_is_tried(forwarder, outbox, store, add):
    add(1)
    post = store.post

    def enrolled_meanwhile(batch):
        store.key, store.post = 2, post
        raise KeyRefused("refuses the key", "revoked")

    store.post = enrolled_meanwhile
    assert [forwarder.step() for _ in range(2)] == [3, 0]


def test_a_key_is_a_matter_for_a_person(forwarder, store, add, caplog):
    add(1)
    store.faults = [KeyRefused("refuses the key")]
    forwarder.step()
    assert [one.levelname for one in caplog.records] == ["ERROR"]


class TestHalving:
    @pytest.mark.parametrize("places_of_poison", [(0,), (1_499,), (3, 4, 999, 1_000)])
    def test_finds_the_poison_punch_and_sends_all_others(
        self, forwarder, outbox, store, add, places_of_poison
    ):
        ids = add(1_500)
        store.poison = {ids[place] for place in places_of_poison}
        forwarder.drain()
        assert store.kept == set(ids) - store.poison
        parked = outbox.listing("parked")
        assert {kept.body.id for kept in parked} == store.poison
        assert {kept.parked_because for kept in parked} == {"no such punch"}
        assert len(store.batches) < 30 * len(places_of_poison)

    def test_parks_nothing_when_everything_is_refused(self, forwarder, outbox, store, add):
        """A wrong address or another version refuses an empty batch too."""
        add(20)
        store.faults = [CentreRefused(404, "not found")] * 1_000
        waits = [forwarder.step() for _ in range(50)]
        assert places(outbox) == (20, 0, 0)
        assert 300 in waits
        assert "status 404: not found" in outbox.ledger.centre().error

    def test_a_punch_parked_so_may_be_tried_again(self, forwarder, outbox, store, add):
        ids = add(5)
        store.poison = {ids[2]}
        forwarder.drain()
        assert places(outbox) == (0, 4, 1)
        store.poison = set()
        outbox.retry_parked()
        forwarder.drain()
        assert store.kept == set(ids)

    def test_sends_less_at_once_to_a_centre_that_takes_little(self, forwarder, outbox, store, add):
        ids = add(1_200)
        store.most = 130
        forwarder.drain()
        assert store.kept == set(ids)
        assert store.batches[:4] == [1_000, 500, 250, 125]
        assert max(store.batches[4:]) == 125

    def test_keeps_a_punch_that_alone_is_too_large(self, forwarder, outbox, store, add):
        add(2)
        store.most = 0
        assert [forwarder.step() for _ in range(3)] == [0, 300, 300]
        assert places(outbox) == (2, 0, 0)


class TestRestoredCentre:
    def test_gets_everything_again(self, forwarder, outbox, store, add):
        ids = add(3, mark=Mark("front", statement=statement()))
        forwarder.drain()
        store.restore()
        ids += add(2, first=3)
        forwarder.step()
        assert places(outbox) == (5, 0, 0)
        forwarder.drain()
        assert store.kept == set(ids)
        assert [one.coverage for one in store.heartbeats if one.coverage] == [
            store.heartbeats[1].coverage, store.heartbeats[-1].coverage,
        ]  # fmt: skip

    def test_is_noticed_without_new_punches(self, forwarder, outbox, store, time, add):
        ids = add(3)
        forwarder.drain()
        store.restore()
        time.now += 60
        assert forwarder.step() == 0
        forwarder.drain()
        assert store.kept == set(ids)

    def test_that_forgets_every_receipt_is_not_served_for_ever(
        self, forwarder, outbox, store, time, add
    ):
        ids = add(BATCH * 3)
        store._knows = lambda after: (
            (_ for _ in ()).throw(CentreBehind("does not know our last receipt")) if after else None
        )
        waits = [forwarder.step() for _ in range(6)]
        assert max(waits) > 0
        assert len(store.batches) <= 7
        with pytest.raises(CentreUnreachable, match="forgets what it has just answered"):
            forwarder.drain()
        del store._knows
        time.now += 600
        store.restore()
        forwarder.drain()
        assert store.kept == set(ids)

    def test_that_refuses_even_no_receipt_is_waited_for(self, forwarder, outbox, store, add):
        add(1)
        store.faults = [CentreBehind("behind")] * 2
        assert [forwarder.step() for _ in range(2)] == [2, 4]


class TestRestoredOutbox:
    """The file was put back to an older copy, and gives heights away a second time."""

    @pytest.fixture
    def restored(self, tmp_path, outbox, store, add, forwarder):
        """Fork: the centre holds heights 1 to 5, and the outbox of the copy ends at 3."""
        add(3, mark=Mark("front", statement=statement()))
        forwarder.drain()
        with sqlite3.connect(tmp_path / "old.db") as copy, outbox._database.reading() as live:
            live.backup(copy)
        copy.close()
        add(2, first=3)
        forwarder.drain()
        with Outbox(tmp_path / "old.db") as opened:
            yield opened

    def read_again(self, restored, touches, bodies, first=3, count=4):
        """The terminal is read once more: the same touches, taken at another moment."""
        restored.add(bodies(touches(count, first=first), serial="S", read_at=AT + 60))

    def test_begins_anew_and_loses_and_doubles_nothing(
        self, restored, store, forwarder_of, touches, bodies, caplog
    ):
        was = restored.name
        self.read_again(restored, touches, bodies)
        forwarder_of(outbox=restored).drain()
        assert restored.name != was
        assert store.outboxes[-1] == restored.name
        assert len(store.kept) == 7
        assert places(restored) == (0, 7, 0)
        [event] = restored.ledger.events()
        assert (event.name, event.kind) == ("", "anew")
        assert event.detail == ("row 4 is known with another past; 4 waiting rows begin new chains")
        assert "beginning new chains with the 4 rows that wait" in caplog.text
        assert any(one.coverage for one in store.heartbeats[-2:])  # it is told once more

    def test_that_is_not_yet_told_goes_on_in_its_chain(self, restored, store, forwarder_of):
        """Nothing new was read since: nothing contradicts."""
        was = restored.name
        forwarder_of(outbox=restored).drain()
        assert restored.name == was

    def test_a_centre_that_refuses_new_chains_too_is_waited_for(
        self, outbox, store, forwarder, add, time
    ):
        add(3)
        store.faults = [CentreForked("known with another past")] * 9
        assert [forwarder.step() for _ in range(3)] == [0, 2, 4]
        assert "it refuses new chains as well" in outbox.ledger.centre().error
        assert len(outbox.ledger.events()) == 1
        time.now += 600
        assert forwarder.step() == 0  # after a while it may be tried again
        assert len(outbox.ledger.events()) == 2
        store.faults = []
        forwarder.drain()
        assert places(outbox) == (0, 3, 0)

    def test_that_began_anew_can_still_tell_all_to_a_centre_that_went_back(
        self, restored, store, forwarder_of, touches, bodies
    ):
        self.read_again(restored, touches, bodies)
        forwarder = forwarder_of(outbox=restored)
        forwarder.drain()
        store.restore()
        self.read_again(restored, touches, bodies, first=7, count=1)
        forwarder.drain()
        assert len(store.kept) == 8
        assert places(restored) == (0, 8, 0)


class TestHeartbeat:
    def test_is_sent_when_nothing_waits(self, forwarder, store, time):
        assert forwarder.step() == 5
        assert len(store.heartbeats) == 1
        time.now += 57
        assert forwarder.step() == 3
        assert len(store.heartbeats) == 1
        time.now += 3
        forwarder.step()
        assert len(store.heartbeats) == 2

    def test_is_sent_while_much_waits(self, forwarder, store, time, add):
        add(BATCH * 4)
        for _ in range(4):
            forwarder.step()
            time.now += 30
        assert [one.waiting for one in store.heartbeats] == [4_000, 2_000]

    def test_tells_how_we_are(self, forwarder, outbox, store, add):
        contact = Contact("zk", "S", "K40", "6.60", 3, -4, AT)
        events = (Event("clock", "the clock is +900 s off", AT), Event("old", "x" * 900, AT - 9))
        add(3, mark=Mark("front", contact=contact, events=events))
        outbox.ledger.note_failure("back", "pyzk", "e" * 900, AT)
        forwarder.step()
        [told] = store.heartbeats
        assert (told.outbox, told.after, told.sent_at) == (outbox.name, None, AT)
        assert (told.waiting, told.parked, told.oldest_waiting_at) == (3, 0, AT)
        assert told.bridge_version == "0.1.0"
        back, front = told.terminals
        assert (back.name, back.serial, back.last_read_at) == ("back", "", None)
        assert back.last_error == "e" * 500
        assert (front.serial, front.driver, front.last_read_at) == ("S", "zk", AT)
        assert front.notes[0] == "clock: the clock is +900 s off"
        assert len(front.notes[1]) == 300

    def test_holds_coverage_back_until_its_rows_are_settled(self, forwarder, store, time, add):
        add(BATCH + 1, mark=Mark("front", statement=statement()))
        for _ in range(3):
            forwarder.step()
            time.now += 60
        assert [len(one.coverage) for one in store.heartbeats] == [0, 0, 1]
        forwarder.step()
        assert store.heartbeats[-1].coverage == ()

    def test_counts_parked_rows_in_coverage(self, forwarder, store, add):
        a, _ = add(2, mark=Mark("front", statement=statement()))
        store.parks = {a}
        forwarder.drain()
        assert [one.parked for one in store.heartbeats[-1].coverage] == [1]

    def test_remembers_coverage_that_was_refused(self, forwarder, outbox, store, add):
        add(1, mark=Mark("front", statement=statement()))
        store.refuses = {f"S:{AT - 1_000}": "of another office"}
        forwarder.drain()
        assert outbox.ledger.refused() == store.refuses

    def test_that_is_refused_does_not_hold_up_punches(self, forwarder, store, time, add, caplog):
        ids = add(3)
        store.heartbeat_fault = CentreRefused(400, "notes: expected a list")
        for _ in range(3):
            forwarder.step()
            time.now += 60
        assert store.kept == set(ids)
        assert caplog.text.count("notes: expected a list") == 1
        with pytest.raises(CentreRefused):
            forwarder.drain()

    def test_that_is_too_large_tells_less_at_once(self, forwarder, outbox, store):
        for number in range(10):
            told = Statement(
                f"S{number}", AT - 9, AT, "2027-01-15", 1, 1, 0, AT, "poll", "first read"
            )
            outbox.add([], mark=Mark("front", statement=told))
        heartbeat = store.heartbeat

        def small(told):
            if len(told.coverage) > 3:
                raise BatchTooLarge("too large")
            return heartbeat(told)

        store.heartbeat = small
        forwarder.drain()
        serials = [one.terminal for told in store.heartbeats for one in told.coverage]
        assert sorted(serials) == [f"S{number}" for number in range(10)]

    def test_tells_when_our_clock_is_wrong(self, forwarder, outbox, store, time, caplog):
        caplog.set_level(logging.INFO)
        for skew_s in (0, 3_700, 3_600, 5):
            store.skew_s = skew_s
            forwarder.step()
            time.now += 60
        assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
            ("ERROR", "our clock is +3700 s off the centre's; set it, or days stay open"),
            ("INFO", "our clock agrees with the centre's again"),
        ]
        assert outbox.ledger.centre().skew_s == 5


def test_drain_sends_everything_and_says_how_much(forwarder, outbox, store, add):
    ids = add(BATCH + 10, mark=Mark("front", statement=statement()))
    store.parks = {ids[0]}
    drained = forwarder.drain()
    assert (drained.sent, drained.parked) == (BATCH + 9, 1)
    assert len(store.heartbeats[-1].coverage) == 1
    assert places(outbox) == (0, BATCH + 9, 1)


def test_drain_tells_its_caller_what_failed(forwarder, outbox, store, add):
    add(3)
    store.faults = [CentreUnreachable("no answer")]
    with pytest.raises(CentreUnreachable):
        forwarder.drain()
    assert outbox.ledger.centre().error == "no answer"
    assert places(outbox) == (3, 0, 0)


def test_an_outbox_that_fails_is_not_the_centres_fault(forwarder, outbox, store, add, caplog):
    add(3)
    with outbox._database.reading() as connection:
        connection.execute("PRAGMA query_only = 1")
    assert forwarder.step() == 2
    with outbox._database.reading() as connection:
        connection.execute("PRAGMA query_only = 0")
    assert outbox.ledger.centre().error == ""
    assert [one.levelname for one in caplog.records] == ["ERROR"]
    forwarder.step()
    assert places(outbox) == (0, 3, 0)


def test_a_mistake_of_ours_does_not_end_the_loop(forwarder, store, health, add, caplog):
    class Stop(threading.Event):
        waits: list[float]

        def wait(self, timeout=None):
            self.waits.append(timeout)
            if len(self.waits) == 2:
                self.set()
            return True

    ids = add(3)
    store.faults = [ZeroDivisionError("oops")]
    stop = Stop()
    stop.waits = []
    forwarder.run(stop)
    assert stop.waits == [300, 0]
    assert store.kept == set(ids)
    assert "a mistake of ours" in caplog.text
    assert health.watchdog_ok()
