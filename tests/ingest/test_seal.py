"""The centre's seal: a key in a file of its own, and what it signs."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ingest import seal
from ingest.config import load
from ingest.seal import SealError


def test_what_a_seal_signed_verifies_and_nothing_else_does() -> None:
    ours, other = seal.new(), seal.new()
    signature = ours.sign(b"hadir-test-1\nx")
    assert len(signature) == 64
    assert seal.verify(ours.public, b"hadir-test-1\nx", signature)
    assert not seal.verify(ours.public, b"hadir-test-1\ny", signature)
    assert not seal.verify(other.public, b"hadir-test-1\nx", signature)
    changed = signature[:-1] + bytes([signature[-1] ^ 1])  # one in sixteen ends with a zero
    assert not seal.verify(ours.public, b"hadir-test-1\nx", changed)


@pytest.mark.parametrize(("public", "signature"), [(b"", b""), (b"x" * 31, b"y" * 64)])
def test_what_is_no_key_verifies_nothing(public: bytes, signature: bytes) -> None:
    assert not seal.verify(public, b"x", signature)
    assert not seal.verify(seal.new().public, b"x", signature)


def test_a_saved_seal_is_the_same_when_it_is_loaded_and_closed_to_others(tmp_path: Path) -> None:
    made = seal.new()
    seal.save(made, tmp_path / "seal.key")
    assert (tmp_path / "seal.key").stat().st_mode & 0o777 == 0o600
    found = seal.load(tmp_path / "seal.key")
    assert (found.public, found.fingerprint) == (made.public, made.fingerprint)
    assert found.sign(b"x") == made.sign(b"x")


def test_a_seal_never_shows_its_key(tmp_path: Path) -> None:
    made = seal.new()
    seal.save(made, tmp_path / "seal.key")
    text = (tmp_path / "seal.key").read_text().splitlines()[1]
    assert text not in repr(made)


def test_a_seal_is_not_written_over_another(tmp_path: Path) -> None:
    seal.save(seal.new(), tmp_path / "seal.key")
    before = (tmp_path / "seal.key").read_bytes()
    with pytest.raises(SealError, match=r"seal\.key exists already"):
        seal.save(seal.new(), tmp_path / "seal.key")
    assert (tmp_path / "seal.key").read_bytes() == before


def test_openssl_reads_a_seal(tmp_path: Path) -> None:
    made = seal.new()
    seal.save(made, tmp_path / "seal.key")
    told = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "seal.key", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert told.stdout.endswith(made.public)


def test_a_seal_that_is_not_there_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="no such file; make it by hadir-ingest seal make"):
        seal.load(tmp_path / "seal.key")
    with pytest.raises(SealError, match="name its file by seal_file"):
        seal.require(None)


def test_a_file_that_holds_something_else_is_no_seal(tmp_path: Path) -> None:
    rsa = generate_private_key(65_537, 2_048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for content in (b"", b"hello", b"x" * 10_000, rsa):
        (tmp_path / "seal.key").write_bytes(content)
        with pytest.raises(SealError, match="holds no seal"):
            seal.load(tmp_path / "seal.key")


def test_a_seal_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    config = tmp_path / "ingest.toml"
    config.write_text('[ingest]\ntimezone = "UTC"\nseal_file = "seal.key"\n')
    config.chmod(0o640)
    assert load(config).warnings == ()  # it is still to be made
    seal.save(seal.new(), tmp_path / "seal.key")
    assert load(config).warnings == ()
    (tmp_path / "seal.key").chmod(0o644)
    assert load(config).warnings == (
        f"{tmp_path}/seal.key: everybody on this machine can read this seal; chmod 600 it",
    )


def test_a_credential_of_systemd_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = tmp_path / "credentials"
    handed.mkdir()
    seal.save(seal.new(), handed / "seal.key")
    config = tmp_path / "ingest.toml"
    config.write_text('[ingest]\ntimezone = "UTC"\nseal_file = "seal.key"\n')
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    assert load(config).seal_file == handed / "seal.key"
