"""What the outbox keeps, gives out, and lets go."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from bridge_parts import BODY, receipt_of

from bridge.cursor import Cursor
from bridge.errors import OutboxBusy, OutboxFull, OutboxUnusable, ReceiptUnfit
from bridge.ledger import CentreState, Contact, Event, Mark, Statement
from bridge.outbox import Outbox
from ingest import wire

AT = 1_800_000_000


def statement(serial: str, **changed: object) -> Statement:
    told = {
        "serial": serial,
        "since": AT - 1_000,
        "until": AT,
        "day": "2027-01-15",
        "on_terminal": 5,
        "taken": 5,
        "clock_offset_s": 2,
        "read_at": AT,
        "source": "poll",
        "note": "first read",
    }
    return Statement(**(told | changed))


def ids(outbox: Outbox, place: str) -> list[str]:
    return [kept.body.id for kept in outbox.listing(place)]


def send(outbox: Outbox, number: int = 1, most: int = 1_000) -> None:
    pending = outbox.next_batch(most)
    outbox.settle(receipt_of(pending, number), pending, AT)


def test_gives_back_what_was_put_in_oldest_first(outbox, touches, blank, bodies):
    entries = [*touches(3), blank, *touches(2, first=3)]
    put_in = bodies(entries)
    assert outbox.add(put_in) == 6
    batch = outbox.next_batch(10).batch
    assert batch.punches == tuple(one for one in put_in if isinstance(one, wire.Punch))
    assert batch.bad == tuple(one for one in put_in if isinstance(one, wire.BadRecord))
    assert [kept.body for kept in outbox.listing("waiting")] == put_in
    assert len(outbox.next_batch(2).seqs) == 2


def test_adds_a_touch_once_however_often_it_is_told(outbox, touches, bodies):
    put_in = bodies(touches(5))
    assert outbox.add(put_in + put_in) == 5
    assert outbox.add(bodies(touches(6))) == 1
    send(outbox)
    assert outbox.add(put_in) == 0
    assert outbox.counts().waiting == 0


def test_other_codes_for_the_same_touch_are_another_row(outbox, touch, bodies):
    told = [touch(1), touch(1, state=1), touch(1, state=None), touch(1, work_code="7")]
    assert outbox.add(bodies(told)) == 4
    assert outbox.add(bodies(told)) == 0
    assert len(set(ids(outbox, "waiting"))) == 1


def test_a_batch_holds_contradictions_side_by_side(outbox, touch, bodies):
    told = bodies([touch(1), touch(1, state=1), touch(2)])
    outbox.add(told)
    pending = outbox.next_batch(10)
    assert pending.batch.punches == tuple(told)
    refused = wire.Receipt("1" * 32, BODY, 2, {"p1": "no"})
    outbox.settle(refused, pending, AT)
    assert [kept.body for kept in outbox.listing("parked")] == [told[1]]
    assert [kept.body for kept in outbox.listing("sent")] == [told[0], told[2]]


def test_parks_only_what_the_receipt_names(outbox, touches, blank, bodies):
    a, b, bad, c = bodies([*touches(2), blank, *touches(1, first=2)])
    outbox.add([a, b, bad, c])
    pending = outbox.next_batch(10)
    refused = {b.id: "of another office", bad.id: "too long"}
    settled = outbox.settle(receipt_of(pending, refused=refused), pending, AT)
    assert (settled.accepted, settled.parked) == (2, 2)
    assert ids(outbox, "sent") == [a.id, c.id]
    assert ids(outbox, "waiting") == []
    assert {one.body.id: one.parked_because for one in outbox.listing("parked")} == refused


def test_a_receipt_touches_no_row_that_was_not_sent(outbox, touches, bodies):
    a, b = bodies(touches(2))
    outbox.add([a, b])
    pending = outbox.next_batch(1)
    outbox.settle(receipt_of(pending), pending, AT)
    assert (ids(outbox, "sent"), ids(outbox, "waiting")) == ([a.id], [b.id])


@pytest.mark.parametrize(
    ("accepted", "parked", "told"),
    [
        (1, {}, "accounts for 1 rows of the 2"),
        (3, {}, "accounts for 3 rows of the 2"),
        (2, {"p0": "no"}, "accounts for 3 rows of the 2"),
        (0, {}, "accounts for 0 rows of the 2"),
        (1, {"p2": "no"}, "parks 'p2', which was not sent"),
        (1, {"b0": "no"}, "parks 'b0', which was not sent"),
    ],
)
def test_a_receipt_that_does_not_account_for_each_row_settles_nothing(
    outbox, touches, bodies, accepted, parked, told
):
    outbox.add(bodies(touches(3)))
    pending = outbox.next_batch(2)
    with pytest.raises(ReceiptUnfit, match=told):
        outbox.settle(wire.Receipt("1" * 32, BODY, accepted, parked), pending, AT)
    assert outbox.counts().waiting == 3
    assert outbox.after() is None


def test_a_receipt_answered_twice_changes_nothing_more(outbox, touches, bodies):
    a, b = bodies(touches(2))
    outbox.add([a, b])
    pending = outbox.next_batch(1)
    outbox.settle(receipt_of(pending), pending, AT)
    assert outbox.settle(receipt_of(pending), pending, AT).accepted == 0
    assert (ids(outbox, "sent"), ids(outbox, "waiting")) == ([a.id], [b.id])


def test_tells_the_last_receipt_with_each_batch(outbox, touches, bodies):
    outbox.add(bodies(touches(2)))
    assert outbox.next_batch(1).batch.after is None
    send(outbox, 7, most=1)
    assert outbox.next_batch(1).batch.after == f"{7:032x}" == outbox.after()


def test_a_restored_centre_gets_everything_again(outbox, touches, bodies):
    outbox.add(bodies(touches(4)), mark=Mark("front", statement=statement("S")))
    send(outbox, most=3)
    pending = outbox.next_batch(1)
    [row] = pending.batch.punches
    outbox.settle(receipt_of(pending, 2, {row.id: "no"}), pending, AT)
    outbox.ledger.told(outbox.ledger.due(9), {})
    assert outbox.ledger.due(9) == []
    assert outbox.requeue_all() == 3
    assert outbox.counts().waiting == 3
    assert outbox.counts().parked == 1
    assert outbox.after() is None
    assert len(outbox.ledger.due(9)) == 1


def test_parked_rows_wait_again_when_a_person_says_so(outbox, touches, bodies):
    outbox.add(bodies(touches(2)))
    outbox.park(outbox.next_batch(1), "refused", AT)
    assert outbox.retry_parked() == 1
    assert outbox.counts().parked == 0
    assert [kept.parked_because for kept in outbox.listing("waiting")] == [None, None]


def test_counts_what_is_where(outbox, touches, bodies):
    assert outbox.counts().oldest_waiting_at is None
    outbox.add(bodies(touches(3), read_at=AT))
    outbox.add(bodies(touches(3, first=3), read_at=AT + 60))
    send(outbox, most=2)
    outbox.park(outbox.next_batch(1), "no", AT)
    counts = outbox.counts()
    assert (counts.waiting, counts.sent, counts.parked) == (3, 2, 1)
    assert counts.oldest_waiting_at == AT + 60


def test_refuses_more_than_may_wait_and_takes_nothing_of_it(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db", max_waiting=10) as outbox:
        outbox.add(bodies(touches(8)))
        mark = Mark("front", Cursor("S", 3, 3, b"d", b"", (b"r",), None, None, None, ""))
        with pytest.raises(OutboxFull, match=r"8 punches wait in .*o\.db and at most 10"):
            outbox.add(bodies(touches(3, first=8)), mark=mark)
        assert outbox.counts().waiting == 8
        assert outbox.ledger.cursor("front") is None


def test_a_full_outbox_still_takes_what_it_knows(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db", max_waiting=10) as outbox:
        outbox.add(bodies(touches(10)))
        assert outbox.add(bodies(touches(10)), mark=Mark("front", statement=statement("S"))) == 0
        send(outbox, most=3)
        assert outbox.add(bodies(touches(3, first=10))) == 3


def test_rows_that_were_sent_take_no_room_between_those_that_wait(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db", max_waiting=10) as outbox:
        outbox.add(bodies(touches(8)))
        send(outbox, most=8)
        outbox.add_again(bodies(touches(1)))
        assert outbox.add(bodies(touches(9, first=8))) == 9
        with pytest.raises(OutboxFull, match="10 punches wait"):
            outbox.add(bodies(touches(1, first=17)))


def test_forgets_old_sent_rows_and_never_others(outbox, touches, bodies):
    outbox.add(bodies(touches(4)), mark=Mark("front", events=(Event("clock", "off", AT),)))
    pending = outbox.next_batch(1)
    outbox.settle(receipt_of(pending, 1), pending, AT)
    pending = outbox.next_batch(1)
    outbox.settle(receipt_of(pending, 2), pending, AT + 10)
    outbox.park(outbox.next_batch(1), "no", AT)
    assert outbox.prune(AT) == 0
    assert outbox.prune(AT + 10) == 1
    counts = outbox.counts()
    assert (counts.waiting, counts.sent, counts.parked) == (1, 1, 1)
    assert outbox.ledger.events() == []


def test_pruning_keeps_the_newest_day_of_a_stretch(outbox):
    for day, read_at in (("2027-01-14", AT - 86_400), ("2027-01-15", AT)):
        told = statement("S", day=day, until=read_at, read_at=read_at, since=AT - 90_000)
        outbox.add([], mark=Mark("front", statement=told))
    outbox.prune(AT + 1)
    assert len(outbox.ledger.due(9)) == 2  # the centre was not told of them
    outbox.ledger.told(outbox.ledger.due(9), {})
    outbox.prune(AT + 1)
    outbox.requeue_all()
    assert [due.day for due in outbox.ledger.due(9)] == ["2027-01-15"]


class TestCoverage:
    def test_waits_for_every_row_it_rests_on(self, outbox, touches, bodies):
        outbox.add(bodies(touches(3), serial="S"), mark=Mark("front", statement=statement("S")))
        assert outbox.ledger.due(9) == []
        send(outbox, most=2)
        assert outbox.ledger.due(9) == []
        send(outbox, most=2)
        [due] = outbox.ledger.due(9)
        assert due.coverage == wire.Coverage(
            "S", AT - 1_000, AT, 5, 5, 0, 2, AT, "poll", "first read"
        )

    def test_waits_for_rows_of_its_own_terminal_only(self, outbox, touches, bodies):
        outbox.add(bodies(touches(3), serial="OTHER"))
        outbox.add([], mark=Mark("front", statement=statement("S")))
        outbox.add(bodies(touches(3), serial="S"))
        assert len(outbox.ledger.due(9)) == 1

    def test_waits_for_known_rows_that_still_wait(self, outbox, touches, bodies):
        outbox.add(bodies(touches(3), serial="S"))
        outbox.add(bodies(touches(3), serial="S"), mark=Mark("front", statement=statement("S")))
        assert outbox.ledger.due(9) == []

    def test_counts_what_the_centre_refused(self, outbox, touches, bodies):
        outbox.add(bodies(touches(2), serial="S"), mark=Mark("front", statement=statement("S")))
        pending = outbox.next_batch(9)
        _, b = pending.batch.punches
        outbox.settle(receipt_of(pending, refused={b.id: "no"}), pending, AT)
        [due] = outbox.ledger.due(9)
        assert due.coverage.parked == 1

    def test_is_told_again_when_a_parked_row_is_accepted_after_all(self, outbox, touches, bodies):
        outbox.add(bodies(touches(1), serial="S"), mark=Mark("front", statement=statement("S")))
        outbox.park(outbox.next_batch(9), "no", AT)
        outbox.ledger.told(outbox.ledger.due(9), {})
        assert outbox.ledger.due(9) == []
        outbox.retry_parked()
        assert outbox.ledger.due(9) == []  # the row waits
        send(outbox)
        [due] = outbox.ledger.due(9)
        assert due.coverage.parked == 0
        outbox.ledger.told([due], {})
        assert outbox.ledger.due(9) == []

    def test_is_told_once_until_it_grows(self, outbox):
        outbox.add([], mark=Mark("front", statement=statement("S")))
        outbox.ledger.told(outbox.ledger.due(9), {})
        assert outbox.ledger.due(9) == []
        outbox.add([], mark=Mark("front", statement=statement("S", until=AT + 9, read_at=AT + 9)))
        assert [due.coverage.until for due in outbox.ledger.due(9)] == [AT + 9]

    def test_that_grew_while_it_was_told_is_told_again(self, outbox):
        outbox.add([], mark=Mark("front", statement=statement("S")))
        due = outbox.ledger.due(9)
        outbox.add([], mark=Mark("front", statement=statement("S", until=AT + 9, read_at=AT + 9)))
        outbox.ledger.told(due, {})
        assert [due.coverage.until for due in outbox.ledger.due(9)] == [AT + 9]

    def test_never_shrinks(self, outbox):
        outbox.add([], mark=Mark("front", statement=statement("S")))
        file = statement("S", until=AT - 500, source="usb", read_at=AT)
        outbox.add([], mark=Mark("front", statement=file))
        [due] = outbox.ledger.due(9)
        assert (due.coverage.until, due.coverage.source) == (AT, "poll")

    def test_beyond_our_own_clock_is_dropped_when_the_clock_was_set_back(self, outbox):
        outbox.add([], mark=Mark("front", statement=statement("S", until=AT, read_at=AT)))
        earlier = statement("S", until=AT - 600, read_at=AT - 600)
        outbox.add([], mark=Mark("front", statement=earlier))
        assert [due.coverage.until for due in outbox.ledger.due(9)] == [AT - 600]

    def test_tells_of_each_day_the_worst_its_clock_was_seen(self, outbox):
        for day, offsets in (("2027-01-15", (2, -900, 3, None)), ("2027-01-16", (1, 0))):
            for offset in offsets:
                told = statement("S", day=day, clock_offset_s=offset)
                outbox.add([], mark=Mark("front", statement=told))
        assert [due.coverage.clock_offset_s for due in outbox.ledger.due(9)] == [-900, 1]

    def test_that_was_refused_is_remembered_with_the_reason(self, outbox):
        outbox.add([], mark=Mark("front", statement=statement("S")))
        outbox.ledger.told(outbox.ledger.due(9), {f"S:{AT - 1_000}": "of another office"})
        assert outbox.ledger.refused() == {f"S:{AT - 1_000}": "of another office"}


def test_keeps_a_cursor_as_it_was(outbox):
    tail = (b"\x00", b"abc")
    cursor = Cursor("S", 3, 2, b"\x00\xff", b"\x07", tail, 5, None, None, "first read", 4, "40")
    outbox.add([], mark=Mark("front", cursor))
    assert outbox.ledger.cursor("front") == cursor
    assert outbox.ledger.cursor("back") is None


def test_a_terminal_that_is_read_again_has_no_fault(outbox):
    outbox.ledger.note_failure("front", "zk", "does not answer", AT)
    outbox.ledger.note_failure("front", "zk", "refuses", AT + 60)
    [state] = outbox.ledger.terminals()
    assert (state.error, state.error_at, state.read_at) == ("refuses", AT, None)
    contact = Contact("zk", "S", "K40", "6.60", 12, -4, AT + 120)
    outbox.add([], mark=Mark("front", contact=contact, statement=statement("S")))
    [state] = outbox.ledger.terminals()
    assert (state.error, state.error_at, state.read_at) == ("", None, AT + 120)
    assert (state.serial, state.model, state.records, state.clock_offset_s) == ("S", "K40", 12, -4)
    assert (state.known_since, state.known_until) == (AT - 1_000, AT)


def test_a_failure_leaves_what_was_known_of_a_terminal(outbox):
    contact = Contact("zk", "S", "K40", "6.60", 12, -4, AT)
    outbox.add([], mark=Mark("front", contact=contact))
    outbox.ledger.note_failure("front", "zk", "does not answer", AT + 60)
    [state] = outbox.ledger.terminals()
    assert (state.serial, state.read_at, state.error_at) == ("S", AT, AT + 60)


def test_an_event_that_goes_on_is_one_and_each_clearing_is_its_own(outbox):
    for at in (AT, AT + 60, AT + 200_000):
        events = (Event("clock", f"seen at {at}", at), Event("cleared", "log cleared", at))
        outbox.add([], mark=Mark("front", events=events))
    told = [(event.kind, event.first_at, event.last_at, event.times) for event in
            outbox.ledger.events()]  # fmt: skip
    assert sorted(told) == [
        ("cleared", AT, AT, 1),
        ("cleared", AT + 60, AT + 60, 1),
        ("cleared", AT + 200_000, AT + 200_000, 1),
        ("clock", AT, AT + 60, 2),
        ("clock", AT + 200_000, AT + 200_000, 1),
    ]
    assert len(outbox.ledger.events(since_at=AT + 61)) == 2


def test_remembers_how_the_centre_is(outbox):
    assert outbox.ledger.centre() == CentreState()
    state = CentreState(AT, "refuses the key", AT - 5, -3)
    outbox.ledger.note_centre(state)
    assert outbox.ledger.centre() == state


def test_has_a_name_of_its_own_that_lasts(tmp_path):
    with Outbox(tmp_path / "a.db") as one, Outbox(tmp_path / "b.db") as other:
        assert one.name != other.name
        assert len(bytes.fromhex(one.name)) == 16
        name = one.name
    with Outbox(tmp_path / "a.db") as again:
        assert again.name == name


def test_syncs_every_commit_to_the_disk(outbox):
    with outbox._database.reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_row_the_schema_refuses_is_an_error_and_not_silence(outbox, touches, bodies):
    body, other = bodies(touches(2))
    wrong = wire.Punch(
        **{name: getattr(other, name) for name in other.__slots__} | {"read_at": None}
    )
    with pytest.raises(OutboxUnusable):
        outbox.add([body, wrong])
    assert outbox.counts().waiting == 0


def test_many_threads_add_and_take_at_once(outbox, touches, bodies):
    parts = [bodies(touches(200, first=200 * number)) for number in range(4)]

    def add(part):
        for first in range(0, 200, 20):
            outbox.add(part[first : first + 20])

    number = taken = 0
    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(add, part) for part in parts]
        while taken < 800 and number < 10_000:
            number += 1
            pending = outbox.next_batch(50)
            taken += outbox.settle(receipt_of(pending, number), pending, AT).accepted
        for one in adding:
            one.result()
    assert taken == 800
    assert len(set(ids(outbox, "sent"))) == 800


def test_an_outbox_that_others_hold_is_busy(tmp_path, touches, bodies):
    with Outbox(tmp_path / "o.db", busy_timeout_s=0.05) as outbox:
        other = sqlite3.connect(tmp_path / "o.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutboxBusy, match="another process"):
            outbox.add(bodies(touches(1)))
        other.execute("ROLLBACK")
        other.close()
        assert outbox.add(bodies(touches(1))) == 1
