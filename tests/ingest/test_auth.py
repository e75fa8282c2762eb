"""Whose request it is, told by the Authorization header alone."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from ingest.auth import TokenRevoked, TokenUnknown, identify
from ingest.store import bridges
from ingest.store.bridges import Bridge
from ingest.store.database import writing


@pytest.fixture
def known(engine: Engine, bridge: Bridge, at: datetime) -> tuple[Bridge, str]:
    with writing(engine) as connection:
        return bridges.add(connection, office="B", name="lobby", now=at)


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", " Bearer {} "])
def test_a_token_names_its_bridge(engine: Engine, known: tuple[Bridge, str], form: str) -> None:
    bridge, token = known
    assert identify(engine, form.format(token)) == bridge


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (None, "no token was sent"),
        ("", "no bridge token"),
        ("Bearer", "no bridge token"),
        ("Bearer ", "no bridge token"),
        ("{}", "no bridge token"),
        ("Basic {}", "no bridge token"),
        ("Bearer {}{}", "no bridge token|not known here"),
        ("Bearer {} {}", "no bridge token"),
        ("Bearer {}x", "not known here"),
        ("Bearer hb_" + "A" * 43, "not known here"),
        ("Bearer hb_" + "A" * 300, "no bridge token"),
        ("Bearer hb_é" + "A" * 43, "no bridge token"),
        ("Bearer hb_\x00" + "A" * 43, "no bridge token"),
    ],
)
def test_what_is_no_token_of_ours_is_refused_and_never_repeated(
    engine: Engine, known: tuple[Bridge, str], form: str | None, said: str
) -> None:
    _, token = known
    header = None if form is None else form.format(token, token)
    with pytest.raises(TokenUnknown, match=said) as caught:
        identify(engine, header)
    assert token[3:] not in str(caught.value)


def test_a_revoked_token_is_told_apart_from_a_wrong_one(
    engine: Engine, known: tuple[Bridge, str], at: datetime
) -> None:
    bridge, token = known
    with writing(engine) as connection:
        bridges.revoke(connection, bridge.id, now=at)
    with pytest.raises(TokenRevoked, match=rf"bridge {bridge.id} \(lobby\) was revoked") as caught:
        identify(engine, f"Bearer {token}")
    assert token[3:] not in str(caught.value)
