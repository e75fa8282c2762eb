"""Column by column or row by row: what is read, stored, marked and answered is the same."""

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signed import OUTBOX, Chains
from sqlalchemy import Connection, Engine, select

from ingest.columns import SoundBatch, read_batch
from ingest.store import tables
from ingest.store.bridges import Bridge
from ingest.store.punches import Delivery, save
from ingest.wire import (
    BadRecord,
    Batch,
    Punch,
    Receipt,
    Signed,
    WireError,
    bad_record_id,
    decode_batch,
    encode_batch,
    punch_id,
)

Make = Callable[..., Any]
AT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
READ_AT = int(AT.timestamp()) - 60
ZONE = ZoneInfo("Asia/Makassar")
FIRST = datetime(2026, 3, 1)
WATCHED = (
    tables.punches, tables.contradictions, tables.dirty_punches, tables.dirty_offices,
    tables.clock_days, tables.terminals,
)  # fmt: skip

TIMES = st.one_of(
    st.integers(0, 6).map(lambda n: FIRST + timedelta(hours=7 * n)),
    st.sampled_from(
        [datetime(2000, 1, 1, 0, 1), datetime(2038, 1, 19, 3, 14), datetime(1969, 1, 1)]
    ),
)
CODES = st.sampled_from([None, 0, 1, 65_535])


@st.composite
def punches(draw: Any) -> Punch:
    user_id, local_time = draw(st.sampled_from(["7", "é", "199001012015011001"])), draw(TIMES)
    terminal = draw(st.sampled_from(["S1"] * 8 + ["NEW"] * 3 + ["S2"]))
    return Punch(
        id=punch_id(terminal, user_id, local_time),
        terminal=terminal,
        user_id=user_id,
        local_time=local_time,
        occurred_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600,
        state=draw(CODES),
        verify=draw(CODES),
        work_code=draw(st.sampled_from(["", "x", "a\x1fb"])),
        source=draw(st.sampled_from(["poll", "usb", "live", "push"])),
        clock_offset_s=draw(st.sampled_from([None, 0, -4, 4_000])),
        read_at=READ_AT + draw(st.sampled_from([0, -86_400, 900])),
        after=draw(st.sampled_from([None, READ_AT - 3_600, READ_AT - 60 * 86_400])),
        raw=draw(st.sampled_from([b"", b"\x00\xff", b"\x01" * 40])),
    )


@pytest.fixture
def undone(engine: Engine, bridge: Bridge) -> Callable[[], Any]:
    """Open transactions that leave nothing behind."""

    class Undone:
        def __enter__(self) -> Connection:
            self.connection = engine.connect()
            self.transaction = self.connection.begin()
            return self.connection

        def __exit__(self, *_: object) -> None:
            self.transaction.rollback()
            self.connection.close()

    return Undone


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # all of it is undone each time
)
@given(told=st.lists(st.lists(punches(), max_size=12), min_size=1, max_size=3))
def test_both_ways_store_mark_and_answer_the_same(
    undone: Make, bridge: Bridge, told: list[list[Punch]]
) -> None:
    chains = Chains()
    bodies = [encode_batch(chains.batch(*rows)) for rows in told]
    bodies.append(bodies[0])  # sent again
    outcomes = []
    for read in (decode_batch, read_batch):
        with undone() as connection:
            receipts = [
                taken(connection, bridge, read(body), body, number)
                for number, body in enumerate(bodies)
            ]
            first = connection.scalar(select(tables.batches.c.id).order_by(tables.batches.c.id))
            outcomes.append((receipts, [held(connection, table, first) for table in WATCHED]))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("count", [1, 59, 313, 1_001])
def test_both_ways_store_as_many_rows_as_there_are(
    undone: Make, bridge: Bridge, count: int
) -> None:
    told = [touch(place) for place in range(count)]
    body = encode_batch(Chains().batch(*told))
    outcomes = []
    for read in (decode_batch, read_batch):
        with undone() as connection:
            receipt = taken(connection, bridge, read(body), body, 0)
            first = connection.scalar(select(tables.batches.c.id))
            outcomes.append((receipt, [held(connection, table, first) for table in WATCHED]))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0].new == len(outcomes[0][1][0]) == count


def touch(place: int) -> Punch:
    """Return one of many touches in no order of their keys, some a day: no two are alike."""
    user_id, local_time = str(place * 7 % 10), FIRST + timedelta(minutes=37 * place)
    return Punch(
        id=punch_id("S1", user_id, local_time),
        terminal="S1",
        user_id=user_id,
        local_time=local_time,
        occurred_at=int(local_time.replace(tzinfo=UTC).timestamp()) - 8 * 3_600,
        state=place % 3,
        verify=None,
        work_code="",
        source="poll",
        clock_offset_s=None,
        read_at=READ_AT + 60 * 86_400,
        after=None,
        raw=place.to_bytes(4, "big"),
    )


def taken(
    connection: Connection, bridge: Bridge, decoded: Any, body: bytes, number: int
) -> Receipt:
    key = connection.scalar(select(tables.bridge_keys.c.id))
    signed = Signed("0" * 32, READ_AT, f"{number:032x}", "0" * 64, bytes(64))
    delivery = Delivery(decoded, gzip.compress(body, 1, mtime=0), key, signed)
    receipt = save(connection, bridge, delivery, AT, zone=ZONE, clock_limit_s=300)
    return replace(receipt, receipt="")


def held(connection: Connection, table: Any, first: int) -> list[dict[str, Any]]:
    """Return the rows of a table; ids count on after what was undone."""
    rows = [dict(row) for row in connection.execute(select(table)).mappings()]
    terminals = dict(
        connection.execute(select(tables.terminals.c.id, tables.terminals.c.serial)).all()
    )
    for row in rows:
        row.pop("id", None)
        if "batch_id" in row:
            row["batch_id"] -= first
        if "terminal_id" in row:
            row["terminal_id"] = terminals[row["terminal_id"]]
    return sorted(rows, key=repr)


def body(**columns: list[Any]) -> dict[str, Any]:
    """Return a body of two sound rows as JSON, with some columns otherwise; its chain is true."""
    from ingest.wire.chain import PUNCH_COLUMNS, extend, genesis, punch_entries

    rows = {
        "user_id": ["7", "8"], "local": [1_772_436_600] * 2, "occurred_at": [1_772_407_800] * 2,
        "state": [0, None], "verify": [1, 1], "work_code": ["", "x"], "source": ["poll", "usb"],
        "clock_offset_s": [0, None], "read_at": [READ_AT] * 2, "after": [None, READ_AT],
        "raw": ["0102", "AB"],
    } | columns  # fmt: skip
    before = genesis("p", OUTBOX, "S1")
    after = extend(before, punch_entries([rows[name] for name in PUNCH_COLUMNS]))[-1]
    found = json.loads(encode_batch(Batch(OUTBOX, None)))
    found["punches"] = rows | {"runs": [["S1", 1, 2, before.hex(), after.hex()]]}
    return found


def test_a_sound_body_is_read_by_its_columns() -> None:
    found = read_batch(json.dumps(body()).encode())
    assert isinstance(found, SoundBatch)
    assert found.one_by_one() == decode_batch(json.dumps(body()).encode())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_id", ""), ("user_id", "a\x1f"), ("user_id", "\x7f"), ("user_id", "x" * 65),
        ("user_id", 7), ("user_id", None), ("local", 1_772_436_600.0), ("local", True),
        ("local", 2**62), ("local", 1_772_436_600 + 20 * 3_600), ("occurred_at", 1e300),
        ("state", 65_536), ("state", -1), ("verify", "1"), ("work_code", "\x00"),
        ("work_code", "x" * 33), ("source", "mail"), ("clock_offset_s", 0.5), ("read_at", None),
        ("after", "1"), ("raw", "0"), ("raw", "0g"), ("raw", "0 "), ("raw", " 01 "),
        ("raw", "00" * 1_025),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1])
def test_what_is_not_sound_is_left_to_the_wire_with_the_same_words(
    column: str, value: Any, place: int
) -> None:
    found = body()["punches"][column]
    found[place] = value
    told = json.dumps(body(**{column: found})).encode()
    assert read_batch(told) == decode_batch(told)
    assert not isinstance(read_batch(told), SoundBatch)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2.0}, {"version": True}, {"version": 3}, {"outbox": "x" * 32},
        {"outbox": OUTBOX + "\n"}, {"after": "A" * 32}, {"punches": []}, {"bad": None},
        {"punches": body()["punches"] | {"raw": []}},
        {"punches": body()["punches"] | {"user_id": ["7", "9"]}},
        {"punches": body()["punches"] | {"runs": []}},
        {"punches": body()["punches"] | {"runs": [["S1", 1, 2, "0", "0"]]}},
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_taken_is_refused_with_the_words_of_the_wire(
    change: dict[str, Any],
) -> None:
    told = json.dumps(body() | change).encode()
    with pytest.raises(WireError) as wire:
        decode_batch(told)
    with pytest.raises(WireError) as ours:
        read_batch(told)
    assert str(ours.value) == str(wire.value)


@pytest.mark.parametrize(
    "told",
    [
        b"", b"{", b"\xff", b"[" * 100_000, json.dumps(body()).encode("utf-16"),
        json.dumps(body()).replace('"7"', '"\\ud800"').encode(),
        json.dumps(body()).replace('"occurred_at": [1772407800', '"occurred_at": [NaN').encode(),
    ],
)  # fmt: skip
def test_bodies_that_only_one_of_the_readers_knows_end_alike(told: bytes) -> None:
    def outcome(read: Callable[[bytes], object]) -> object:
        try:
            return read(told)
        except WireError as error:
            return str(error)

    found = outcome(read_batch)
    wanted = outcome(decode_batch)
    assert (found.one_by_one() if isinstance(found, SoundBatch) else found) == wanted


def test_a_body_with_an_unreadable_record_is_left_to_the_wire() -> None:
    record = BadRecord(
        bad_record_id("S1", b"\xff"), "S1", "date", "month 13", "", None, None, "poll", READ_AT,
        b"\xff",
    )  # fmt: skip
    told = encode_batch(Chains().batch(record))
    assert read_batch(told) == decode_batch(told)


def test_the_receipt_answers_the_body_as_it_travelled(undone: Make, bridge: Bridge) -> None:
    told = json.dumps(body()).encode()
    with undone() as connection:
        receipt = taken(connection, bridge, read_batch(told), told, 0)
    assert (receipt.accepted, receipt.new, receipt.parked) == (2, 2, {})
    assert receipt.body == hashlib.sha256(gzip.compress(told, 1, mtime=0)).hexdigest()
