"""A log as one piece of bytes: cheap to hold, to compare and to cut."""

import tracemalloc
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import records_digest
from drivers.zk.log import ZkLog
from drivers.zk.records import LAYOUTS, LayoutName, encode_punch

FIRST = datetime(2026, 3, 2, 7, 0, 5)
NAMES: list[LayoutName] = list(LAYOUTS)


def body_of(name: LayoutName, count: int) -> bytes:
    return b"".join(
        encode_punch(
            name,
            uid=number % 9 + 1,
            user_id=str(number % 9 + 101),
            local_time=FIRST + timedelta(minutes=number),
        )
        for number in range(count)
    )


@pytest.mark.parametrize("name", NAMES)
def test_is_what_a_log_promises(name: LayoutName) -> None:
    body = body_of(name, 20)
    log = ZkLog("SYN1", body, name, claimed=20)
    entries = list(log.entries())
    assert (len(log), log.claimed, log.positional) == (20, 20, True)
    assert [log.raw(place) for place in range(20)] == [entry.raw for entry in entries]
    assert b"".join(entry.raw for entry in entries) == body
    assert list(log.entries(13)) == entries[13:]
    assert list(log.entries(20)) == list(log.entries(99)) == []
    for place in (20, 99):
        with pytest.raises(IndexError):
            log.raw(place)
    assert log.raw(-1) == entries[-1].raw


@given(st.integers(0, 9000), st.integers(4090, 9000))
def test_digests_as_the_contract_does(count: int, length: int) -> None:
    body = bytes(range(256)) * (length * 8 // 256 + 1)
    log = ZkLog("SYN1", body[: length * 8], "8a")
    rows = [log.raw(place) for place in range(min(count, length))]
    assert log.digest(count) == records_digest(iter(rows))


def test_an_equal_beginning_has_an_equal_digest() -> None:
    body = body_of("40", 50)
    assert ZkLog("S", body, "40").digest(30) == ZkLog("S", body[: 30 * 40], "40").digest(30)
    assert ZkLog("S", body, "40").digest(31) != ZkLog("S", body, "40").digest(30)


def test_an_empty_log_needs_no_layout_and_any_other_does() -> None:
    assert len(ZkLog("S", b"", None)) == 0
    with pytest.raises(ValueError, match="layout"):
        ZkLog("S", b"12345678", None)


def test_going_through_a_large_log_holds_one_record_at_a_time() -> None:
    log = ZkLog("S", body_of("40", 500) * 40, "40")
    tracemalloc.start()
    try:
        assert sum(1 for _ in log.entries()) == 20_000
        log.digest(20_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000
