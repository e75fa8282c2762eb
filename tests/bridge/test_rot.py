"""Rows that changed on the disk after they were stored: set aside alone, told, and never lost."""

import sqlite3
from pathlib import Path

import pytest
from bridge_parts import receipt_of

from bridge import rows
from bridge.outbox import Outbox
from ingest import wire

AT = 1_800_000_000

ROT = (
    "local_time = '2026-03-02T07:3?:00'",
    "local_time = '2026-03-02T07:33:00+08:00'",
    "local_time = '2026-03-02T07:34:00'",
    "local_time = CAST(x'32303236ff' AS TEXT)",
    "user_id = '666'",
    "user_id = CAST(x'3130ff' AS TEXT)",
    "work_code = CAST(x'ff' AS TEXT)",
    "terminal = 'S2'",
    "terminal = CAST(x'ff' AS TEXT)",
    "occurred_at = occurred_at + 60",
    "read_at = read_at - 1",
    "after = 5",
    "state = 1",
    "verify = 15",
    "source = 'usb'",
    "source = 'x'",
    "raw = x'00'",
    "id = x'00'",
    "link = x'00'",
    "before = NULL",
    "fault = 'blank', why = 'x'",
)
CHANGED_ROW = 4
OUT_OF_PLACE = "height = NULL"
"""All that the row says is as it was: it may be given a place again."""
SAYS_OTHER = [one for one in ROT if one != OUT_OF_PLACE]
TERMINALS = "terminal = "
"""Which terminal it was is told by the id: a row that was set aside is whole again."""


def rot(outbox: Outbox, change: str, seq: int = CHANGED_ROW) -> None:
    with outbox._database.writing() as connection:
        connection.execute(f"UPDATE records SET {change} WHERE seq = ?", (seq,))


def drain(outbox: Outbox) -> list[wire.Batch]:
    """Do what the forwarder does, against a centre that recomputes and takes everything."""
    batches = []
    while (pending := outbox.next_batch(100)).seqs or pending.unsound:
        if pending.unsound:
            outbox.set_aside(pending.unsound)
            continue
        decoded = wire.decode_batch(wire.encode_batch(pending.batch))
        assert decoded.rejected == {}
        outbox.settle(receipt_of(pending), pending, AT)
        batches.append(pending.batch)
    return batches


def users(batches: list[wire.Batch]) -> list[str]:
    return [punch.user_id for batch in batches for punch in batch.punches]


@pytest.fixture
def old_outbox(tmp_path):
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as database:
        database.executescript(Path(__file__).with_name("outbox_v1.sql").read_text())
    database.close()
    return path


@pytest.fixture
def stored(outbox, touches, bodies):
    outbox.add(bodies(touches(6), serial="S1"))
    return outbox


@pytest.mark.parametrize("change", ROT)
def test_a_changed_row_is_set_aside_and_the_others_go_on(stored, change):
    [raw] = [row.body.raw for row in stored.listing("waiting") if row.seq == CHANGED_ROW]
    rot(stored, change)
    batches = drain(stored)
    assert users(batches) == ["100", "101", "102", "104", "105"]
    [aside] = stored.listing("parked")
    assert aside.seq == CHANGED_ROW
    assert aside.parked_because.startswith(rows.CHANGED)
    assert aside.body.raw == (b"\x00" if change.startswith("raw") else raw)


@pytest.mark.parametrize("change", [one for one in ROT if "terminal = CAST" not in one])
def test_the_days_of_its_terminal_wait_for_it(stored, change):
    rot(stored, change)
    drain(stored)
    assert stored.unsettled("S1") == (0, 1)


@pytest.mark.parametrize("change", SAYS_OTHER)
def test_a_centre_that_was_restored_gets_no_changed_row_either(stored, change):
    drain(stored)
    rot(stored, change)
    stored.requeue_all()
    assert users(drain(stored)) == ["100", "101", "102", "104", "105"]
    assert stored.counts().parked == 1


@pytest.mark.parametrize("change", SAYS_OTHER)
def test_beginning_anew_by_itself_does_not_launder_it(stored, change):
    """A changed row that were chained anew would look as if it had been stored so."""
    rot(stored, change)
    stored.begin_anew("row 3 is known with another past", AT)
    assert users(drain(stored)) == ["100", "101", "102", "104", "105"]
    [event] = stored.ledger.events()
    assert "1 that had changed on the disk are set aside" in event.detail


@pytest.mark.parametrize("change", SAYS_OTHER)
def test_nor_does_it_what_was_sent_before_and_is_sent_again_after(stored, change):
    drain(stored)
    stored.begin_anew("by command", AT)
    rot(stored, change)
    stored.requeue_all()
    assert users(drain(stored)) == ["100", "101", "102", "104", "105"]


@pytest.mark.parametrize("change", [one for one in ROT if one != "terminal = 'S2'"])
def test_a_person_may_send_it_as_it_is_and_that_is_told(stored, change):
    rot(stored, change)
    drain(stored)
    name = stored.name
    assert stored.begin_anew("by command", AT, parked_too=True) == 1
    [batch] = drain(stored)
    assert len(batch) == 1
    assert batch.outbox == stored.name != name
    assert stored.counts().parked == 0
    [event] = stored.ledger.events()
    whole = change == OUT_OF_PLACE or change.startswith(TERMINALS)
    assert ("1 that had changed on the disk are sent as they are now" in event.detail) is not whole


def test_what_cannot_be_read_goes_as_a_record_that_is_no_punch(stored):
    rot(stored, "local_time = 'yesterday'")
    drain(stored)
    stored.begin_anew("by command", AT, parked_too=True)
    [batch] = drain(stored)
    [record] = batch.bad
    assert (record.terminal, record.kind, record.user_id) == ("S1", "changed", "103")
    assert record.raw == b"touch 00000003"


def test_the_touch_it_was_may_be_handed_in_again_afterwards(stored, touches, bodies):
    rot(stored, "local_time = 'yesterday'")
    drain(stored)
    assert stored.add_again(bodies(touches(6), serial="S1")) == (0, 5)
    stored.begin_anew("by command", AT, parked_too=True)
    assert stored.add_again(bodies(touches(6), serial="S1"))[0] == 1
    assert "103" in users(drain(stored))


def test_the_terminal_that_its_id_was_made_of_is_found_again(stored):
    """So a row that says another terminal is set aside where its days are, and proven again."""
    rot(stored, "terminal = 'S2'")
    drain(stored)
    assert stored.retry_parked() == 1
    [batch] = drain(stored)
    assert [punch.terminal for punch in batch.punches] == ["S1"]


def test_a_row_that_lost_its_place_alone_gets_another(stored):
    rot(stored, "height = NULL")
    assert users(drain(stored)) == ["100", "101", "102", "104", "105"]
    assert stored.retry_parked() == 1
    assert users(drain(stored)) == ["103"]


def test_two_rows_that_say_the_same_now_are_not_sent_as_one(stored):
    rot(stored, "user_id = '102', local_time = '2026-03-02T07:32:00'")
    drain(stored)
    assert stored.begin_anew("by command", AT, parked_too=True) == 0
    [aside] = stored.listing("parked")
    assert aside.parked_because == f"{rows.CHANGED}, and says what another row says"


def test_waiting_again_does_not_make_it_sound(stored):
    rot(stored, "user_id = '666'")
    drain(stored)
    assert stored.retry_parked() == 1
    assert drain(stored) == []
    assert stored.counts().parked == 1


def test_a_changed_record_that_is_no_punch_is_set_aside_as_well(outbox, touches, blank, bodies):
    outbox.add(bodies([*touches(2), blank, *touches(2, first=2)], serial="S1"))
    for change in ("why = 'x'", "near_from = 'x'", "raw = x'01'"):
        outbox.begin_anew("by command", AT, parked_too=True)
        rot(outbox, change, seq=3)
        drain(outbox)
        assert [row.seq for row in outbox.listing("parked")] == [3], change


def test_an_old_outbox_with_such_a_row_is_upgraded_all_the_same(old_outbox):
    with sqlite3.connect(old_outbox) as database:
        database.execute(
            "UPDATE records SET local_time = 'x' WHERE seq = (SELECT min(seq) FROM records "
            "WHERE place = 'waiting' AND fault IS NULL)"
        )
    database.close()
    with Outbox(old_outbox) as outbox:
        assert outbox.counts().waiting == 10
        assert outbox.parked_reasons()[f"{rows.CHANGED}, and can no longer be read"] == 1
