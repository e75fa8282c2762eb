"""Whose request it is: a key that is known, a time that is near, a nonce that is new."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from signed import Signer
from sqlalchemy import Engine

from ingest.auth import (
    REMEMBER,
    Caller,
    RequestRefused,
    check_signature,
    check_time,
    identify,
    use_nonce,
)
from ingest.store import bridges
from ingest.store.bridges import Bridge
from ingest.store.database import writing
from ingest.wire import CLOCK_WINDOW_S, Signed

Make = Callable[..., Any]


@pytest.fixture
def signed(at: datetime) -> Signed:
    """A request of bridge `a`, signed just now."""
    return Signer("a").sign("/v2/punches", b"body", time=int(at.timestamp()), nonce="0" * 32)


@pytest.fixture
def caller(engine: Engine, bridge: Bridge, signed: Signed, at: datetime) -> Caller:
    return identify(engine, signed, now=at)


def check(signed: Signed, **other: Any) -> None:
    told: dict[str, Any] = {"method": "POST", "path": "/v2/punches", "body": b"body"}
    check_signature(Signer("a").public_key, signed, **(told | other))


def test_a_key_names_its_bridge(caller: Caller, bridge: Bridge, signed: Signed) -> None:
    assert (caller.bridge, caller.signed) == (bridge, signed)
    check(signed)


def test_each_refusal_has_a_code_of_its_own(
    engine: Engine, bridge: Bridge, other_bridge: Bridge, signed: Signed, at: datetime
) -> None:
    with writing(engine) as connection:
        newer = Signer("newer").public_key
        bridges.add_key(connection, bridge.id, newer, now=at, grounds={})
        bridges.revoke(connection, other_bridge.id, now=at)
    said = {}
    for name in ("stranger", "a", "b"):
        with pytest.raises(RequestRefused) as caught:
            identify(engine, replace(signed, key_id=Signer(name).key_id), now=at)
        said[name] = (caught.value.status, caught.value.code)
    assert said == {
        "stranger": (401, "unknown-key"),
        "a": (403, "retired"),
        "b": (403, "revoked"),
    }


@pytest.mark.parametrize("off", [CLOCK_WINDOW_S + 1, -CLOCK_WINDOW_S - 1, 10**10])
def test_a_clock_too_far_off_is_told_ours(signed: Signed, at: datetime, off: int) -> None:
    with pytest.raises(RequestRefused, match="set the bridge's clock") as caught:
        check_time(replace(signed, time=signed.time + off), now=at)
    assert (caught.value.code, caught.value.now) == ("clock", signed.time)
    check_time(replace(signed, time=signed.time + CLOCK_WINDOW_S), now=at)


@pytest.mark.parametrize(
    "other",
    [{"method": "PUT"}, {"path": "/v2/punches/"}, {"path": "/v2/heartbeat"}, {"body": b"Body"}],
)
def test_a_signature_covers_what_it_was_made_over(signed: Signed, other: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="does not cover this request"):
        check(signed, **other)


@pytest.mark.parametrize(
    "changed",
    [{"time": 1}, {"nonce": "1" * 32}, {"signature": bytes(64)}, {"signature": b""}],
)
def test_a_changed_header_breaks_the_signature(signed: Signed, changed: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="does not cover this request"):
        check(replace(signed, **changed))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), b"\xff" * 32])
def test_a_public_key_that_is_none_verifies_nothing(signed: Signed, key: bytes) -> None:
    with pytest.raises(RequestRefused, match="does not cover this request"):
        check_signature(key, signed, method="POST", path="/v2/punches", body=b"body")


def test_a_nonce_is_used_once_by_each_key(
    engine: Engine, caller: Caller, other_bridge: Bridge, signed: Signed, at: datetime
) -> None:
    other = identify(engine, replace(signed, key_id=Signer("b").key_id), now=at)
    with writing(engine) as connection:
        use_nonce(connection, caller, now=at)
        use_nonce(connection, other, now=at)
    with pytest.raises(RequestRefused, match="was taken before"), writing(engine) as connection:
        use_nonce(connection, caller, now=at)


def test_a_nonce_is_remembered_while_its_time_could_be_taken(signed: Signed, at: datetime) -> None:
    ahead = replace(signed, time=signed.time + CLOCK_WINDOW_S)
    check_time(ahead, now=at)
    check_time(ahead, now=at + timedelta(seconds=2 * CLOCK_WINDOW_S))
    with pytest.raises(RequestRefused, match="set the bridge's clock"):
        check_time(ahead, now=at + REMEMBER)
