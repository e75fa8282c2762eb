"""What `check` and `serve` say of certificates and of plain HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import trustme

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def secured(run, tmp_path):
    """Configure a certificate that ends in so many days."""

    def secured(days: int) -> None:
        issued = trustme.CA().issue_cert("127.0.0.1", not_after=NOW + timedelta(days=days))
        issued.cert_chain_pems[0].write_to_path(tmp_path / "fullchain.pem")
        issued.private_key_pem.write_to_path(tmp_path / "privkey.pem")
        (tmp_path / "privkey.pem").chmod(0o640)
        with run.config.open("a") as file:
            file.write('tls_cert_file = "fullchain.pem"\ntls_key_file = "privkey.pem"\n')

    run("calendar", "seed", "2026")
    return secured


def test_a_sound_certificate_is_told_with_its_end(run, secured):
    secured(90)
    assert "ok    the certificate for 127.0.0.1 ends at 2026-06-08" in (run("check").stdout)


def test_a_certificate_that_ends_soon_is_told(run, secured):
    secured(7)
    assert "look  the certificate for 127.0.0.1 ends at" in run("check").stdout


def test_a_certificate_that_cannot_be_served_is_bad(run, secured):
    secured(-1)
    assert "bad   tls_cert_file: the certificate for 127.0.0.1 in" in run("check", code=1).stdout


def test_plain_http_to_others_shouts(run, secured):
    run.config.write_text(run.config.read_text().replace("127.0.0.1", "192.0.2.1"))
    with run.config.open("a") as file:
        file.write("allow_plain_http = true\n")
    assert "look  PLAIN HTTP ON 192.0.2.1:0: anybody on the way can read" in run("check").stdout


def test_more_processes_than_a_file_can_take_are_a_fault(run):
    result = run("serve", "--workers", "2", code=2)
    assert result.stderr.startswith("ingest.workers: 2 processes cannot share a store in a file")
    assert len(result.stderr.splitlines()) == 1
