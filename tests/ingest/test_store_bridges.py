"""Bridges prove who they are, and speak for the terminals of their office only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from signed import Signer
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from ingest.errors import StoreError
from ingest.store import bridges
from ingest.store.bridges import Bridge
from ingest.store.database import reading, writing
from ingest.wire import Coverage, Heartbeat, TerminalHealth

Make = Callable[..., Any]


def test_a_key_is_found_by_its_id_with_its_bridge(
    engine: Engine, bridge: Bridge, at: datetime
) -> None:
    with reading(engine) as connection:
        found = bridges.find_key(connection, Signer("a").key_id)
        assert bridges.find_key(connection, Signer("x").key_id) is None
        assert bridges.find_key(connection, "") is None
    assert found is not None
    assert (found.bridge, found.public_key) == (bridge, Signer("a").public_key)
    assert (found.enrolled_at, found.retired_at) == (at, None)


def test_another_key_retires_the_one_before_and_keeps_it(
    engine: Engine, bridge: Bridge, other_bridge: Bridge, at: datetime
) -> None:
    later = at + timedelta(days=1)
    with writing(engine) as connection:
        key = Signer("new").public_key
        made = bridges.add_key(connection, bridge.id, key, now=later, grounds={"invite": 3})
        old = bridges.find_key(connection, Signer("a").key_id)
        others = bridges.find_key(connection, Signer("b").key_id)
    assert (made.bridge, made.retired_at) == (bridge, None)
    assert old is not None
    assert (old.public_key, old.retired_at) == (Signer("a").public_key, later)
    assert others is not None
    assert others.retired_at is None


def test_one_key_is_never_two_bridges(engine: Engine, other_bridge: Bridge, at: datetime) -> None:
    key = Signer("a").public_key
    with pytest.raises(IntegrityError), writing(engine) as connection:
        bridges.add_key(connection, other_bridge.id, key, now=at, grounds={})


def test_a_bridge_of_no_office_is_refused(engine: Engine, at: datetime) -> None:
    with (
        pytest.raises(StoreError, match="no office has the code 'Z'; import it"),
        writing(engine) as connection,
    ):
        bridges.add(connection, office="Z", name="z", now=at)


def test_revoking_is_seen_and_repeating_it_keeps_the_first_moment(
    engine: Engine, bridge: Bridge, at: datetime
) -> None:
    with writing(engine) as connection:
        assert bridges.revoke(connection, bridge.id, now=at).revoked_at == at
        again = bridges.revoke(connection, bridge.id, now=at + timedelta(days=1))
    assert again == replace(bridge, revoked_at=at)


def test_revoking_an_unknown_number_says_where_to_look(engine: Engine, at: datetime) -> None:
    with (
        pytest.raises(StoreError, match="no bridge has the number 99; see hadir-ingest"),
        writing(engine) as connection,
    ):
        bridges.revoke(connection, 99, now=at)


def test_bridges_are_listed_by_office(
    engine: Engine, bridge: Bridge, other_bridge: Bridge, at: datetime
) -> None:
    with writing(engine) as connection:
        of_b = bridges.add(connection, office="B", name="b", now=at)
        assert bridges.find_bridges(connection) == [bridge, other_bridge, of_b]
        assert bridges.find_bridges(connection, office="B") == [of_b]
        assert bridges.find_bridges(connection, office="Z") == []


def test_a_heartbeat_is_kept_as_it_came_but_for_its_coverage(
    engine: Engine, bridge: Bridge, at: datetime
) -> None:
    told = Heartbeat(
        outbox="0" * 32, after=None, sent_at=1, bridge_version="0.1.0", waiting=3, parked=1,
        oldest_waiting_at=None,
        terminals=(TerminalHealth("pintu-é", "S1", "zk", None, "no answer", None, ("note",)),),
        coverage=(Coverage("S1", 1, 2, None, 0, 0, None, 3, "poll"),),
    )  # fmt: skip
    with writing(engine) as connection:
        assert bridges.health(connection, bridge.id) is None
        bridges.heard(connection, bridge, told, now=at + timedelta(hours=1))
    with reading(engine) as connection:
        kept = bridges.health(connection, bridge.id)
        (found,) = bridges.find_bridges(connection)
    assert kept is not None
    assert (kept["waiting"], kept["parked"], "coverage" in kept) == (3, 1, False)
    assert kept["terminals"][0]["name"] == "pintu-é"
    assert kept["terminals"][0]["notes"] == ["note"]
    assert found.last_seen_at == at + timedelta(hours=1)


def test_a_bridge_speaks_for_its_own_terminals_and_finds_new_ones(
    engine: Engine, bridge: Bridge, at: datetime
) -> None:
    with writing(engine) as connection:
        first = bridges.speak_for(connection, bridge, ["S2", "NEW", "S1", "NEW"], now=at)
        again = bridges.speak_for(connection, bridge, ["NEW"], now=at)
    assert sorted(first.ids) == ["NEW", "S1"]
    assert list(first.refused) == ["S2"]
    assert first.counted & set(first.ids.values()) == {first.ids["S1"]}
    assert again.ids == {"NEW": first.ids["NEW"]}
    assert again.counted == frozenset()


def test_speaking_for_none_is_no_fault(engine: Engine, bridge: Bridge, at: datetime) -> None:
    with writing(engine) as connection:
        assert bridges.speak_for(connection, bridge, [], now=at).ids == {}


def test_as_many_serials_as_a_batch_has_rows_are_looked_up_at_once(
    engine: Engine, bridge: Bridge, at: datetime
) -> None:
    with writing(engine) as connection:
        found = bridges.speak_for(connection, bridge, (f"T{n}" for n in range(10_000)), now=at)
    assert len(found.ids) == 10_000
