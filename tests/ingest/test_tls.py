"""The centre's certificate: looked through before it is served, and followed when it is renewed."""

import logging
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ingest.errors import TlsError
from ingest.listening import TlsFiles
from ingest.tls import ServedCertificate, examine, warn_of_end

NOW = datetime.now(UTC)
HOST = "absensi.example.go.id"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def issued(authority):
    return authority.issue_cert(HOST, "127.0.0.1")


@pytest.fixture
def files(tmp_path):
    return TlsFiles(tmp_path / "fullchain.pem", tmp_path / "privkey.pem")


@pytest.fixture
def lay(files):
    """Lay a certificate and its key where the centre looks."""

    def lay(issued, *, key=None) -> None:
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        replace(files.certificate, chain)
        replace(files.key, (key or issued).private_key_pem.bytes())

    return lay


def replace(path: Path, data: bytes) -> None:
    """Put a new file in place of an old one, as who renews certificates does."""
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.rename(path)


def refused(files: TlsFiles, now: datetime = NOW) -> str:
    with pytest.raises(TlsError) as caught:
        examine(files, now)
    return str(caught.value)


class TestExamine:
    def test_tells_the_names_and_the_end(self, files, lay, issued):
        lay(issued)
        found = examine(files, NOW)
        assert found.names == (HOST, "127.0.0.1")
        assert found.ends_at > NOW

    def test_names_a_file_that_is_missing(self, files, lay, issued):
        lay(issued)
        files.certificate.unlink()
        assert refused(files).startswith(
            f"tls_cert_file: {files.certificate} cannot be read (No such file or directory)"
        )

    def test_names_a_key_that_may_not_be_read(self, files, lay, issued):
        lay(issued)
        files.key.unlink()
        files.key.mkdir()  # who runs as root may read every file
        assert refused(files).startswith(f"tls_key_file: {files.key} cannot be read (Is a dir")

    @pytest.mark.parametrize("which", ["certificate", "key"])
    @pytest.mark.parametrize("data", [b"", b"\x30\x82", b"-----BEGIN CERTIFICATE-----\nx\n"])
    def test_names_a_file_that_holds_something_else(self, files, lay, issued, which, data):
        lay(issued)
        getattr(files, which).write_bytes(data)
        assert f"{getattr(files, which)} holds no " in refused(files)

    def test_names_a_key_of_another_certificate(self, files, lay, issued, authority):
        lay(issued, key=authority.issue_cert(HOST))
        assert refused(files).startswith(f"tls_key_file: {files.key} is not the key of")

    def test_names_a_chain_in_the_wrong_order(self, files, lay, issued, authority):
        lay(issued)
        own = files.certificate.read_bytes()
        files.certificate.write_bytes(authority.cert_pem.bytes() + own)
        assert "the first certificate in that file must be the centre's own" in refused(files)

    def test_names_a_key_that_needs_a_passphrase(self, files, lay, issued):
        lay(issued)
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        locked = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"rahasia")
        )
        files.key.write_bytes(locked)
        assert "is locked by a passphrase" in refused(files)

    def test_names_a_certificate_that_has_ended_or_not_begun(self, files, lay, authority):
        lay(authority.issue_cert(HOST, not_after=NOW + timedelta(days=1)))
        assert f"the certificate for {HOST} in" in refused(files, NOW + timedelta(days=2))
        assert "compare this computer's clock" in refused(files, datetime(1999, 1, 1, tzinfo=UTC))

    def test_names_a_certificate_for_no_host(self, files, lay, authority):
        lay(authority.issue_cert(HOST))
        files.certificate.write_bytes(authority.cert_pem.bytes())
        files.key.write_bytes(authority.private_key_pem.bytes())
        assert "names no host (subjectAltName)" in refused(files)

    def test_warns_of_an_end_that_is_near(self, files, lay, authority):
        lay(authority.issue_cert(HOST, not_after=NOW + timedelta(days=20)))
        found = examine(files, NOW)
        assert warn_of_end(found, NOW) is None
        assert f"{HOST} ends at" in str(warn_of_end(found, NOW + timedelta(days=7)))
        assert f"{HOST} ended at" in str(warn_of_end(found, NOW + timedelta(days=21)))


class TestServedCertificate:
    @pytest.fixture
    def clock(self):
        return [NOW]

    @pytest.fixture
    def served(self, files, lay, issued, clock):
        lay(issued)
        return ServedCertificate(files, lambda: clock[0])

    @pytest.fixture
    def serial(self, served, authority):
        """Return the number of the certificate that a client is shown, by name or by address."""

        def serial(name: str) -> str:
            client = ssl.create_default_context()
            authority.configure_trust(client)
            ours, theirs = socket.socketpair()

            def answer() -> None:
                with served.context.wrap_socket(ours, server_side=True) as link:
                    link.recv(1)

            thread = threading.Thread(target=answer)
            thread.start()
            with client.wrap_socket(theirs, server_hostname=name) as link:
                found = str(link.getpeercert()["serialNumber"])
                link.send(b".")
            thread.join(10)
            return found

        return serial

    @pytest.mark.parametrize("name", [HOST, "127.0.0.1"])
    def test_a_renewed_one_serves_what_connects_from_then_on(
        self, served, serial, lay, authority, name, caplog
    ):
        caplog.set_level(logging.INFO)
        before = serial(name)
        served.step()
        assert serial(name) == before
        lay(authority.issue_cert(HOST, "127.0.0.1"))
        assert serial(name) == before
        served.step()
        assert serial(name) != before
        assert [one.split(";")[0] for one in caplog.messages] == [
            f"the certificate for {HOST}, 127.0.0.1 was renewed"
        ]

    def test_a_pair_seen_halfway_is_not_taken_until_it_is_whole(
        self, served, serial, files, lay, issued, authority, caplog
    ):
        before, new = serial(HOST), authority.issue_cert(HOST, "127.0.0.1")
        lay(new, key=issued)  # the certificate is there, its key not yet
        served.step()
        served.step()
        assert serial(HOST) == before
        assert len(caplog.messages) == 1
        assert "is not taken, the old one serves on: tls_key_file: " in caplog.text
        lay(new)
        served.step()
        assert serial(HOST) != before

    def test_a_file_that_is_gone_for_a_moment_changes_nothing(self, served, serial, files):
        before = serial(HOST)
        data = files.key.read_bytes()
        files.key.unlink()
        served.step()
        assert serial(HOST) == before
        files.key.write_bytes(data)
        served.step()
        assert serial(HOST) == before

    def test_a_link_turned_to_another_file_counts_as_renewed(
        self, served, serial, files, tmp_path, lay, authority
    ):
        before = serial(HOST)
        lay(authority.issue_cert(HOST))
        for path in (files.certificate, files.key):
            path.rename(tmp_path / f"{path.name}2")
            path.symlink_to(tmp_path / f"{path.name}2")
        served.step()
        assert serial(HOST) != before

    def test_its_end_is_told_once_when_it_is_near_and_once_when_it_has_come(
        self, files, lay, authority, caplog, clock
    ):
        lay(authority.issue_cert(HOST, not_after=NOW + timedelta(days=30)))
        served = ServedCertificate(files, lambda: clock[0])
        for days in (1, 17, 18, 31, 32):
            clock[0] = NOW + timedelta(days=days)
            served.step()
        assert [one.split(" at ")[0] for one in caplog.messages] == [
            f"the certificate for {HOST} ends",
            f"the certificate for {HOST} ended",
        ]

    def test_old_versions_of_tls_are_not_spoken(self, served):
        assert served.context.minimum_version == ssl.TLSVersion.TLSv1_2

    def test_a_key_too_weak_to_be_served_is_named(self, files):
        key = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 - on purpose
        name = x509.Name([])
        weak = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(1))
        names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
        signed = weak.add_extension(names, critical=True).sign(key, SHA256())
        files.certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with pytest.raises(TlsError, match=r"cannot be served \(EE_KEY_TOO_SMALL\)"):
            ServedCertificate(files, lambda: NOW + timedelta(hours=1))
