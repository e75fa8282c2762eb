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
    check_body,
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


def signed_by(name: str, at: datetime) -> Signed:
    return Signer(name).sign("/v2/punches", b"body", time=int(at.timestamp()), nonce="0" * 32)


@pytest.fixture
def signed(at: datetime) -> Signed:
    """A request of bridge `a`, signed just now."""
    return signed_by("a", at)


@pytest.fixture
def caller(engine: Engine, bridge: Bridge, signed: Signed, at: datetime) -> Caller:
    return ask(engine, signed, now=at)


def ask(engine: Engine, signed: Signed, *, now: datetime) -> Caller:
    return identify(engine, signed, method="POST", path="/v2/punches", now=now)


def check(signed: Signed, *, body: bytes = b"body", **other: Any) -> None:
    told: dict[str, Any] = {"method": "POST", "path": "/v2/punches"}
    check_signature(Signer("a").public_key, signed, **(told | other))
    check_body(signed, body)


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
            ask(engine, signed_by(name, at), now=at)
        said[name] = (caught.value.status, caught.value.code)
    assert said == {
        "stranger": (401, "unknown-key"),
        "a": (403, "retired"),
        "b": (403, "revoked"),
    }


@pytest.mark.parametrize("off", [0, CLOCK_WINDOW_S + 1])
def test_who_does_not_hold_a_key_is_told_nothing_of_it(
    engine: Engine, bridge: Bridge, signed: Signed, at: datetime, off: int
) -> None:
    """Not that it was revoked, nor of which bridge it was, nor our time."""
    with writing(engine) as connection:
        bridges.revoke(connection, bridge.id, now=at)
    with pytest.raises(RequestRefused) as caught:
        ask(engine, replace(signed, signature=bytes(64), time=signed.time + off), now=at)
    assert (caught.value.status, caught.value.code, caught.value.now) == (401, "signature", None)
    assert str(bridge.id) not in str(caught.value)


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
    [
        {"time": 1},
        {"nonce": "1" * 32},
        {"body_sha256": "1" * 64},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
)
def test_a_changed_header_breaks_the_signature(signed: Signed, changed: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="does not cover this request"):
        check(replace(signed, **changed))


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), b"\xff" * 32])
def test_a_public_key_that_is_none_verifies_nothing(signed: Signed, key: bytes) -> None:
    with pytest.raises(RequestRefused, match="does not cover this request"):
        check_signature(key, signed, method="POST", path="/v2/punches")


def test_a_nonce_is_used_once_by_each_key(
    engine: Engine, caller: Caller, other_bridge: Bridge, signed: Signed, at: datetime
) -> None:
    other = ask(engine, signed_by("b", at), now=at)
    with writing(engine) as connection:
        use_nonce(connection, caller, now=at)
        use_nonce(connection, other, now=at)
    with pytest.raises(RequestRefused, match="was taken before"), writing(engine) as connection:
        use_nonce(connection, caller, now=at)


def test_a_request_that_waited_until_its_nonce_may_be_forgotten_is_not_taken(
    engine: Engine, caller: Caller, at: datetime
) -> None:
    """Its time was looked at with its head; a store that stands still may hold it for longer."""
    oldest = at - timedelta(seconds=CLOCK_WINDOW_S)  # when it could be taken for the first time
    with writing(engine) as connection:
        with pytest.raises(RequestRefused, match="waited too long") as caught:
            use_nonce(connection, caller, now=oldest + REMEMBER + timedelta(seconds=1))
        use_nonce(connection, caller, now=oldest + REMEMBER)
    assert (caught.value.status, caught.value.wait_s) == (503, 1)


def test_a_nonce_is_remembered_while_its_time_could_be_taken(signed: Signed, at: datetime) -> None:
    ahead = replace(signed, time=signed.time + CLOCK_WINDOW_S)
    check_time(ahead, now=at)
    check_time(ahead, now=at + timedelta(seconds=2 * CLOCK_WINDOW_S))
    with pytest.raises(RequestRefused, match="set the bridge's clock"):
        check_time(ahead, now=at + REMEMBER)
