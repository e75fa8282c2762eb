"""Punches come into the store once, whole and unaltered, whatever is sent and how often."""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from signed import Chains, Signer
from sqlalchemy import Engine, Table, func, select

from ingest.auth import check_signature
from ingest.store import tables
from ingest.store.bridges import Bridge
from ingest.store.chains import ChainForked
from ingest.store.database import reading, writing
from ingest.store.punches import knows_receipt, save
from ingest.wire import (
    BadRecord,
    DecodedBatch,
    Punch,
    Receipt,
    Signed,
    bad_record_id,
    decode_batch,
)

ZONE = ZoneInfo("Asia/Makassar")
Make = Callable[..., Any]


@pytest.fixture
def take(engine: Engine, bridge: Bridge, at: datetime, deliver: Make) -> Callable[..., Receipt]:
    def take(told: DecodedBatch, by: Bridge = bridge) -> Receipt:
        delivery = deliver(told, by)
        with writing(engine) as connection:
            return save(connection, by, delivery, at, zone=ZONE, clock_limit_s=300)

    return take


@pytest.fixture
def rows(engine: Engine) -> Callable[[Table], list[dict[str, Any]]]:
    def rows(table: Table) -> list[dict[str, Any]]:
        with reading(engine) as connection:
            found = connection.execute(select(table).order_by(*table.primary_key))
            return [dict(row) for row in found.mappings()]

    return rows


def bad(raw: bytes = b"\xff", **other: Any) -> BadRecord:
    found: dict[str, Any] = {
        "kind": "date",
        "reason": "month 13",
        "user_id": "",
        "near_from": datetime(2026, 3, 1, 16, 0),
        "near_until": None,
        "source": "poll",
        "read_at": int(datetime(2026, 3, 3, 1, 0, tzinfo=UTC).timestamp()) - 60,
    }
    return BadRecord(id=bad_record_id("S1", raw), terminal="S1", raw=raw, **(found | other))


def test_a_punch_is_kept_as_it_was_told(take: Make, rows: Make, punch: Make, batch: Make) -> None:
    told = punch("007", work_code="x", verify=None, after=1_772_400_000, clock_offset_s=-4)
    receipt = take(batch(told))
    assert (receipt.accepted, receipt.parked, receipt.new) == (1, {}, 1)
    (row,) = rows(tables.punches)
    assert row | {"batch_id": 0, "terminal_id": 0} == {
        "terminal_id": 0,
        "user_id": "007",
        "local_time": datetime(2026, 3, 2, 7, 30),
        "local_day": date(2026, 3, 2),
        "occurred_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        "state": 0,
        "verify": None,
        "work_code": "x",
        "source": "poll",
        "clock_offset_s": -4,
        "read_at": datetime(2026, 3, 3, 0, 59, tzinfo=UTC),
        "after_at": datetime(2026, 3, 1, 21, 20, tzinfo=UTC),
        "received_at": datetime(2026, 3, 3, 1, 0, tzinfo=UTC),
        "batch_id": 0,
        "doubt": None,
        "raw": b"\x01\x02",
    }


def test_a_batch_sent_again_adds_nothing_and_accepts_all(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    told = batch(*(punch(str(n)) for n in range(50)), bad())
    first, again = take(told), take(told)
    assert (first.new, again.new) == (51, 0)
    assert (first.accepted, again.accepted) == (51, 51)
    assert first.receipt != again.receipt
    assert len(rows(tables.punches)) == 50
    assert len(rows(tables.bad_records)) == 1
    assert rows(tables.contradictions) == []
    assert [row["sent"] for row in rows(tables.batches)] == [51, 51]


def test_new_is_counted_exactly_among_known(take: Make, punch: Make, batch: Make) -> None:
    take(batch(*(punch(str(n)) for n in range(0, 100, 3))))
    assert take(batch(*(punch(str(n)) for n in range(100)))).new == 66


def test_other_codes_for_the_same_touch_are_kept_beside_it(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch(state=0)))
    receipt = take(batch(punch(state=1, source="usb", raw=b"usb")))
    take(batch(punch(state=1, source="usb", raw=b"usb")))
    assert (receipt.new, receipt.accepted) == (0, 1)
    assert [row["state"] for row in rows(tables.punches)] == [0]
    (kept,) = rows(tables.contradictions)
    assert (kept["state"], kept["source"], kept["raw"]) == (1, "usb", b"usb")


def test_two_tellings_in_one_batch_are_one_punch_and_one_contradiction(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    receipt = take(batch(punch(state=None), punch(state=5), punch(state=None)))
    assert (receipt.new, receipt.accepted) == (1, 3)
    assert [row["state"] for row in rows(tables.punches)] == [None]
    assert [row["state"] for row in rows(tables.contradictions)] == [5]


def test_a_contradiction_beside_new_punches_hides_neither(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch("1", state=0)))
    assert take(batch(punch("1", state=1), punch("2"))).new == 1
    assert len(rows(tables.punches)) == 2
    assert [row["user_id"] for row in rows(tables.contradictions)] == ["1"]


def test_the_longest_codes_fit_the_key_of_a_contradiction(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch()))
    take(batch(punch(state=65_535, verify=65_535, work_code="é" * 32)))
    assert len(rows(tables.contradictions)) == 1


def test_an_unknown_terminal_is_kept_unregistered(
    take: Make, rows: Make, punch: Make, batch: Make, bridge: Bridge
) -> None:
    receipt = take(batch(punch(terminal="NEW")))
    assert receipt.new == 1
    (made,) = [row for row in rows(tables.terminals) if row["serial"] == "NEW"]
    assert (made["office"], made["registered"]) == (bridge.office, False)


def test_a_terminal_of_another_office_is_parked_with_both_named(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    stranger, ours = punch(terminal="S2"), punch()
    receipt = take(batch(stranger, ours))
    assert receipt.accepted == 1
    reason = receipt.parked["p0"]
    assert "terminal S2 belongs to office B" in reason
    assert "this bridge to office A" in reason
    assert len(rows(tables.punches)) == 1


def test_a_row_that_cannot_be_read_is_parked_and_holds_up_nobody(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    told = batch(punch("1"), punch("2"), punch("3"))
    rest = replace(told.batch, punches=(told.batch.punches[0], told.batch.punches[2]))
    why = "raw: not hexadecimal digits"
    receipt = take(replace(told, batch=rest, names=("p0", "p2"), rejected={"p1": why}))
    assert (receipt.accepted, receipt.parked, receipt.new) == (2, {"p1": why}, 2)
    assert [row["user_id"] for row in rows(tables.punches)] == ["1", "3"]
    assert rows(tables.batches)[0]["refused"] == {"p1": why}


def test_a_batch_is_kept_with_all_that_proves_it(
    take: Make, rows: Make, punch: Make, batch: Make, bridge: Bridge
) -> None:
    told = batch(punch(), bad())
    receipt = take(told)
    (kept,) = rows(tables.batches)
    assert hashlib.sha256(kept["body"]).hexdigest() == receipt.body
    assert decode_batch(gzip.decompress(kept["body"])) == told
    signed = Signed(
        Signer("a").key_id, kept["signed_at"], kept["nonce"], receipt.body, kept["signature"]
    )
    check_signature(Signer("a").public_key, signed, method="POST", path="/v2/punches")
    assert (kept["bridge_id"], kept["sent"], kept["refused"]) == (bridge.id, 2, {})


def test_the_runs_of_a_batch_are_kept_with_both_their_links(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    first, second = batch(punch("1"), punch("2"), bad()), batch(punch("3"), punch(terminal="S2"))
    take(first)
    take(second)
    kinds = {row["id"]: row["kind"] for row in rows(tables.chains)}
    told = [
        (kinds[row["chain_id"]], row["first"], row["last"], row["before"], row["after"])
        for row in rows(tables.runs)
    ]
    before, between = (first.batch.punch_runs[0], second.batch.punch_runs[0])
    other = first.batch.bad_runs[0]
    assert sorted(told) == [
        ("b", 1, 1, other.before, other.after),
        ("p", 1, 2, before.before, before.after),
        ("p", 3, 3, before.after, between.after),  # and none of S2, which is not ours to speak for
    ]


def test_a_chain_with_another_past_is_refused_whole(
    take: Make, rows: Make, punch: Make, batch: Make, chains: Chains
) -> None:
    take(batch(punch("1"), punch("2")))
    chains.forget()  # the outbox was restored from a copy older than these rows
    with pytest.raises(ChainForked, match="row 2 of the chain of terminal S1 is known here"):
        take(batch(punch("8"), punch("9")))
    assert len(rows(tables.punches)) == 2
    assert len(rows(tables.batches)) == 1
    assert take(batch(punch("8"), punch("9"), outbox="1" * 32)).new == 2


def test_a_fork_is_found_at_every_height_it_shows_at(
    take: Make, punch: Make, batch: Make, chains: Chains
) -> None:
    told = [batch(punch(str(n))) for n in range(4)]
    for one in told:
        take(one)
    chains.forget()
    longer = batch(*(punch(str(n)) for n in range(6)))  # the same rows in one run, and two more
    assert take(longer).new == 2
    chains.forget()
    with pytest.raises(ChainForked, match="row 3 of the chain"):
        take(batch(punch("0"), punch("1"), punch("other")))


def test_a_fork_in_the_middle_of_a_known_run_is_found(
    take: Make, punch: Make, batch: Make, chains: Chains
) -> None:
    take(batch(*(punch(str(n)) for n in range(6))))  # one run: no link between its ends is kept
    chains.forget()
    again = batch(*(punch(str(n)) for n in range(3)))
    assert take(again).new == 0
    with pytest.raises(ChainForked, match="row 4 of the chain"):
        take(batch(punch("other")))


@pytest.mark.parametrize(
    ("local_time", "after", "doubt"),
    [
        (datetime(2038, 1, 19, 3, 14, 7), None, "future"),
        (datetime(2000, 1, 1, 0, 0, 5), None, "ancient"),
        (datetime(2026, 2, 20, 8, 0), 1_772_400_000, "outside"),
        (datetime(2026, 3, 2, 8, 0), 1_772_400_000, None),
    ],
)
def test_a_time_that_cannot_be_is_kept_with_its_doubt(
    take: Make, rows: Make, punch: Make, batch: Make,
    local_time: datetime, after: int | None, doubt: str | None,
) -> None:  # fmt: skip
    assert take(batch(punch(local_time=local_time, after=after))).new == 1
    (row,) = rows(tables.punches)
    assert (row["local_time"], row["doubt"]) == (local_time, doubt)


def test_a_punch_marks_its_day_and_a_known_one_marks_nothing(
    engine: Engine, take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch("7"), punch("8")))
    marks = [(row["user_id"], row["local_day"]) for row in rows(tables.dirty_punches)]
    assert marks == [("7", date(2026, 3, 2)), ("8", date(2026, 3, 2))]
    with writing(engine) as connection:
        connection.execute(tables.dirty_punches.delete())
    take(batch(punch("7"), punch("8"), punch("9")))
    assert [row["user_id"] for row in rows(tables.dirty_punches)] == ["9"]


def test_a_doubtful_punch_marks_the_days_it_may_belong_to(
    take: Make, rows: Make, punch: Make, batch: Make, at: datetime
) -> None:
    after = int((at - timedelta(days=3)).timestamp())
    take(batch(punch(local_time=datetime(2000, 1, 1, 0, 1), after=after)))
    assert [row["local_day"] for row in rows(tables.dirty_punches)] == [
        date(2000, 1, 1),
        *(date(2026, 2, 28) + timedelta(days=n) for n in range(4)),
    ]


def test_a_doubt_without_a_beginning_marks_the_office_for_a_bounded_time(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch(local_time=datetime(2000, 1, 1, 0, 1))))
    days = [row["day"] for row in rows(tables.dirty_offices)]
    assert (len(days), days[-1]) == (400, date(2026, 3, 3))


def test_an_unreadable_record_marks_the_days_around_it_and_a_blank_slot_none(
    take: Make, rows: Make, batch: Make
) -> None:
    take(batch(bad(b"\x00" * 40, kind="blank")))
    assert rows(tables.dirty_offices) == []
    take(batch(bad()))
    assert [row["day"] for row in rows(tables.dirty_offices)] == [
        date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3),
    ]  # fmt: skip
    assert rows(tables.bad_records)[0]["raw"] in {b"\xff", b"\x00" * 40}


def test_a_clock_seen_wrong_with_the_punches_is_remembered_for_that_day(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    take(batch(punch("1", clock_offset_s=20)))
    take(batch(punch("2", clock_offset_s=-4_000)))
    take(batch(punch("3", clock_offset_s=10)))
    (look,) = rows(tables.clock_days)
    assert (look["day"], look["worst_offset_s"]) == (date(2026, 3, 3), -4_000)


def test_a_receipt_is_known_to_the_store_that_gave_it_only(
    engine: Engine, take: Make, punch: Make, batch: Make
) -> None:
    receipt = take(batch(punch())).receipt
    with reading(engine) as connection:
        known = {"office": "A", "outbox": "0" * 32, "receipt": receipt}
        assert knows_receipt(connection, **known)
        for other in ({"office": "B"}, {"outbox": "1" * 32}, {"receipt": "f" * 32}):
            assert not knows_receipt(connection, **{**known, **other})


def test_a_whole_batch_of_the_largest_size_is_taken_twice(
    take: Make, rows: Make, punch: Make, batch: Make
) -> None:
    start = datetime(2026, 1, 1)
    told = batch(*(punch(str(n % 70), start + timedelta(minutes=n)) for n in range(5_000)))
    assert take(told).new == 5_000
    assert take(told).new == 0
    assert len(rows(tables.punches)) == 5_000


def test_a_fault_in_the_middle_leaves_nothing(
    engine: Engine, bridge: Bridge, at: datetime, rows: Make, punch: Make, batch: Make,
    deliver: Make,
) -> None:  # fmt: skip
    class Cut(Exception):
        pass

    told = deliver(batch(punch(), bad()), bridge)

    def save_and_fail() -> None:
        with writing(engine) as connection:
            save(connection, bridge, told, at, zone=ZONE, clock_limit_s=300)
            raise Cut

    with pytest.raises(Cut):
        save_and_fail()
    for table in (
        tables.punches, tables.bad_records, tables.batches, tables.runs, tables.chains,
        tables.dirty_punches,
    ):  # fmt: skip
        assert rows(table) == []


def test_batches_that_overlap_in_opposite_order_end_with_each_punch_once(
    engine: Engine, bridge: Bridge, other_bridge: Bridge, punch: Make, batch: Make, at: datetime,
    deliver: Make,
) -> None:  # fmt: skip
    """Two at a time, with a new terminal, contradictions and marks in common: no deadlock."""
    told = [
        punch(str(n % 40), datetime(2026, 3, 2) + timedelta(minutes=n), terminal=terminal)
        for n in range(1_000)
        for terminal in ("S1", "NEW")
    ]
    batches = [told[start : start + 800] for start in range(0, len(told), 400)]
    contradicting = [[replace(one, state=9) for one in reversed(rows)] for rows in batches]
    new: list[int] = []
    faults: list[Exception] = []
    together = threading.Barrier(2)

    def send(by: Bridge, batches: list[list[Punch]]) -> None:
        try:
            for rows in batches:
                told = deliver(batch(*rows, outbox=f"{by.id:032x}"), by)
                together.wait(30)  # each pair of batches truly meets
                with writing(engine) as connection:
                    receipt = save(connection, by, told, at, zone=ZONE, clock_limit_s=300)
                new.append(receipt.new)
        except Exception as error:  # noqa: BLE001 - told to the test, which has no faults at all
            faults.append(error)
            together.abort()

    threads = [
        threading.Thread(target=send, args=(bridge, batches)),
        threading.Thread(target=send, args=(other_bridge, contradicting)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert sum(new) == len(told)
    with reading(engine) as connection:
        count = select(func.count())
        assert connection.scalar(count.select_from(tables.punches)) == len(told)
        # each touch was told with two codes; the first to come is the punch
        assert connection.scalar(count.select_from(tables.contradictions)) == len(told)
