"""What was refused and lies at a bridge since is seen at the centre, with what can be done."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from signed import Chains, decoded
from sqlalchemy import Engine, update
from tampered import unlock

from ingest.store import refused, tables
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.store.punches import Delivery, save
from ingest.store.refused import RefusedRow
from ingest.wire import MAX_MOMENT, BadRecord, DecodedBatch, encode_batch

ZONE = ZoneInfo("Asia/Makassar")


@pytest.fixture
def bring(
    engine: Engine, bridge: Bridge, batch: Callable[..., DecodedBatch], at: datetime,
    deliver: Callable[..., Delivery],
) -> Callable[..., None]:  # fmt: skip
    """Bring rows; then the bridge says how many it keeps refused."""

    def bring(*rows: Any, parked: int) -> None:
        with writing(engine) as connection:
            save(
                connection, bridge, deliver(batch(*rows), bridge), at,
                zone=ZONE, clock_limit_s=300,
            )  # fmt: skip
            keeps(connection, bridge, parked)

    return bring


def keeps(connection: Any, bridge: Bridge, parked: int) -> None:
    connection.execute(
        update(tables.bridges)
        .where(tables.bridges.c.id == bridge.id)
        .values(health={"parked": parked})
    )


def found(engine: Engine, **wanted: Any) -> list[RefusedRow]:
    with reading(engine) as connection:
        return refused.find(connection, **wanted)


def bad(terminal: str, at: datetime) -> BadRecord:
    return BadRecord(
        id="b" * 32, terminal=terminal, kind="date", reason="no such date", user_id="12",
        near_from=None, near_until=None, source="poll", read_at=int(at.timestamp()), raw=b"",
    )  # fmt: skip


def test_a_row_of_another_offices_terminal_is_told_once_with_what_to_do(
    engine: Engine, bring: Callable[..., None], punch: Callable[..., Any], at: datetime
) -> None:
    bring(punch("7"), punch("8", terminal="S2"), bad("S2", at), parked=2)
    bring(punch("8", terminal="S2"), parked=2)  # tried again, and refused again
    one, two = found(engine)
    assert (one.terminal, one.user_id, one.batch) == ("S2", "8", 2)
    assert one.local_time == datetime(2026, 3, 2, 7, 30)
    assert one.why.startswith("terminal S2 belongs to office B, this bridge to office A")
    assert "by terminals set --office, then hadir-bridge outbox --retry-parked" in one.then
    assert (two.record, two.local_time) == ("b" * 32, None)
    assert found(engine, office="B") == []
    assert found(engine, terminal="S1") == []
    with reading(engine) as connection:
        assert refused.count(connection) == {"A": 2}


def test_when_the_terminal_is_moved_only_the_bridge_has_to_be_told(
    engine: Engine, bridge: Bridge, bring: Callable[..., None], punch: Callable[..., Any]
) -> None:
    bring(punch("8", terminal="S2"), punch("9", terminal="S2"), parked=2)
    with writing(engine) as connection:
        connection.execute(
            update(tables.terminals).where(tables.terminals.c.serial == "S2").values(office="A")
        )
    assert {one.then.split(":")[0] for one in found(engine)} == {"it is mended here"}
    bring(punch("8", terminal="S2"), parked=1)
    assert [one.user_id for one in found(engine)] == ["9"]  # the other came in after all
    with writing(engine) as connection:
        keeps(connection, bridge, 0)
    assert found(engine) == []


@pytest.fixture
def unreadable(
    engine: Engine, bridge: Bridge, chains: Chains, at: datetime, punch: Callable[..., Any],
    deliver: Callable[..., Delivery],
) -> None:  # fmt: skip
    """A batch with a user id that no terminal has."""
    sent = chains.batch(punch("7"), punch("x" * 200))
    told = deliver(decoded(sent), bridge)
    with writing(engine) as connection:
        body = gzip.compress(encode_batch(sent))
        save(connection, bridge, replace(told, body=body), at, zone=ZONE, clock_limit_s=300)
        keeps(connection, bridge, 1)


def test_a_row_that_nobody_can_read_is_told_by_its_place(engine: Engine, unreadable: None) -> None:
    (one,) = found(engine)
    assert (one.terminal, one.user_id, one.local_time) == ("S1", "", None)
    assert "user_id" in one.why
    assert one.then.startswith("no centre can read it: hadir-bridge outbox --parked at bridge 1")


def test_a_body_that_was_altered_is_named(engine: Engine, unreadable: None) -> None:
    with writing(engine) as connection:
        unlock(connection, "batches")
        connection.execute(update(tables.batches).values(body=b"x"))
    (one,) = found(engine)
    assert one.then == "its body was altered since it came: run hadir-ingest ledger verify"


def test_a_revoked_bridge_keeps_nothing_of_ours(
    engine: Engine, bring: Callable[..., None], punch: Callable[..., Any], at: datetime
) -> None:
    bring(punch("8", terminal="S2"), parked=1)
    assert len(found(engine)) == 1
    with writing(engine) as connection:
        connection.execute(update(tables.bridges).values(revoked_at=at))
    assert found(engine) == []


def test_a_count_beyond_any_outbox_is_a_count(engine: Engine, bridge: Bridge) -> None:
    """The wire takes it; whoever holds a key must not end every look at what was refused."""
    with writing(engine) as connection:
        keeps(connection, bridge, MAX_MOMENT)
    with reading(engine) as connection:
        assert refused.count(connection) == {"A": MAX_MOMENT}
    assert found(engine) == []
