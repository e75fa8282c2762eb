"""Tokens of programs: shown once, kept as a hash, each for one role."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from ingest import kdf, tokens
from ingest.errors import NotKnown
from ingest.roles import Right, Role
from ingest.store import access, tables
from ingest.store.database import reading, writing
from ingest.tokens import TokenRefused

AT = datetime(2026, 3, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "MEMORY_KIB", 64)  # its cost is the business of test_kdf
    kdf._nobodys.cache_clear()


def issue(connection: Connection, role: Role = Role.AUDITOR, *, days: int | None = None) -> str:
    expires_at = None if days is None else AT + timedelta(days=days)
    return tokens.issue(connection, name="dasbor", role=role, now=AT, expires_at=expires_at)[1]


def test_a_token_gives_the_rights_of_its_role_and_no_other(engine: Engine) -> None:
    with writing(engine) as connection:
        text = issue(connection)
    with reading(engine) as connection:
        holder = tokens.check(connection, text, Right.READ, now=AT)
        assert (holder.name, holder.role) == ("dasbor", Role.AUDITOR)
        with pytest.raises(TokenRefused, match="no right to decide") as refused:
            tokens.check(connection, text, Right.DECIDE, now=AT)
    assert refused.value.status == 403


def test_nothing_in_the_store_is_the_token(engine: Engine) -> None:
    with writing(engine) as connection:
        text = issue(connection)
        row = connection.execute(select(tables.access_tokens)).one()
    secret = text.split("_", 2)[2]
    assert re.fullmatch(r"\$argon2id\$v=19\$m=64,t=2,p=1\$[^$]+\$[^$]+", row.hash)
    assert secret not in str(row)
    assert row.hash not in repr(access.Token(1, "x", Role.ADMIN, row.hash, AT, None, None))


def test_a_token_that_is_not_known_is_refused_at_the_same_cost(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def counted(secret: str, kept: str | None) -> bool:
        asked.append(kept is None)
        return kdf.matches(secret, kept)

    with writing(engine) as connection:
        text = issue(connection)
    monkeypatch.setattr(tokens, "matches", counted)
    other = text[:-1] + ("A" if text[-1] != "A" else "B")
    for wrong in (other, text.replace("_1_", "_2_"), "", "hadir_1_", text + "x", "x" * 10_000):
        with reading(engine) as connection, pytest.raises(TokenRefused, match="not known") as said:
            tokens.check(connection, wrong, Right.READ, now=AT)
        assert said.value.status == 401
    assert asked == [False, True, True, True, True, True]


def test_a_token_ends_with_its_day_and_when_it_is_revoked(engine: Engine) -> None:
    with writing(engine) as connection:
        short, kept = issue(connection, days=1), issue(connection)
        assert tokens.check(connection, short, Right.READ, now=AT + timedelta(hours=23))
        with pytest.raises(TokenRefused, match="not in use any more"):
            tokens.check(connection, short, Right.READ, now=AT + timedelta(days=1))
        access.revoke(connection, 2, now=AT)
        with pytest.raises(TokenRefused, match=r"token 2 .* not in use any more"):
            tokens.check(connection, kept, Right.READ, now=AT)
        with pytest.raises(NotKnown, match="no token 2 is in use"):
            access.revoke(connection, 2, now=AT)
