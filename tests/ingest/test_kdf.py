"""A secret is kept as what a slow function makes of it, and compared at the same cost."""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ingest import kdf


def test_what_is_kept_matches_its_secret_alone_and_tells_how_it_was_made() -> None:
    kept = kdf.hash_secret("secret")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kdf.matches("secret", kept)
    assert not kdf.matches("Secret", kept)
    assert not kdf.matches("", kept)
    assert "secret" not in kept


def test_the_same_secret_is_kept_in_another_way_each_time() -> None:
    assert kdf.hash_secret("secret") != kdf.hash_secret("secret")


def test_what_was_kept_with_parameters_of_another_day_is_still_read() -> None:
    weaker = Argon2id(salt=b"s" * 16, length=16, iterations=1, lanes=1, memory_cost=64)
    kept = weaker.derive_phc_encoded(b"secret")
    assert kdf.matches("secret", kept)
    assert not kdf.matches("other", kept)


def test_nobody_has_the_secret_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """And who asks for nobody's keeps the same function as busy as who asks for somebody's."""
    asked: list[str] = []
    verify = Argon2id.verify_phc_encoded

    class Witness:
        @staticmethod
        def verify_phc_encoded(secret: bytes, kept: str) -> None:
            asked.append(kept.rpartition("p=")[0])
            verify(secret, kept)

    kept = kdf.hash_secret("secret")
    kdf._nobodys.cache_clear()  # a test before this may have made it with cheaper parameters
    assert not kdf.matches("anything", None)  # makes what is kept of nobody
    monkeypatch.setattr(kdf, "Argon2id", Witness)
    assert not kdf.matches("anything", None)
    assert kdf.matches("secret", kept)
    assert asked == ["$argon2id$v=19$m=19456,t=2,"] * 2
