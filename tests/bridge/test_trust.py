"""A centre with TLS: who is trusted, and in which words others are not."""

import re
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from bridge_parts import make_key

from bridge.centre import Centre
from bridge.errors import CentreUnreachable
from bridge.keys import KeyFiles
from bridge.trust import why_untrusted

NOW = datetime.now(UTC)
REFUSAL = b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def stranger():
    return trustme.CA()


@pytest.fixture
def answering():
    """Begin a server that shows a certificate, if any, and refuses what is asked; its port."""
    ends: list[tuple[socket.socket, threading.Thread]] = []

    def begin(issued: trustme.LeafCert | None) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(listening, issued))
        thread.start()
        ends.append((listening, thread))
        return int(listening.getsockname()[1])

    yield begin
    for listening, thread in ends:
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        listening.close()


def _answer(listening: socket.socket, issued: trustme.LeafCert | None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if issued is not None:
        issued.configure_cert(context)
    with suppress(OSError):  # shut down: the test is over
        while True:
            link, _ = listening.accept()
            with suppress(OSError), link:  # whoever does not trust us hangs up
                if issued is None:
                    link.sendall(REFUSAL)
                    continue
                with context.wrap_socket(link, server_side=True) as secure:
                    _read_request(secure)
                    secure.sendall(REFUSAL)


def _read_request(link: ssl.SSLSocket) -> None:
    """Read head and body: a close with something unread would be a reset to the client."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += link.recv(65_536) or b"\r\n\r\n"
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (more := link.recv(missing)):
        missing -= len(more)


@pytest.fixture
def asked(tmp_path):
    """Ask a centre; return what keeps us from it."""
    make_key(tmp_path / "state")

    def asked(url: str, pinned: trustme.CA | None) -> str:
        ca_file = tmp_path / "ca.pem"
        if pinned is not None:
            pinned.cert_pem.write_to_path(ca_file)
        keys = KeyFiles(tmp_path / "state")
        with (
            Centre(url, keys, ca_file=ca_file if pinned else None, timeout_s=10) as centre,
            pytest.raises(CentreUnreachable) as caught,
        ):
            centre.probe()
        return str(caught.value)

    return asked


def test_who_shows_a_certificate_of_the_pinned_authority_is_spoken_to(authority, answering, asked):
    port = answering(authority.issue_cert("127.0.0.1"))
    assert "asks us to wait" in asked(f"https://127.0.0.1:{port}", authority)


def test_another_authority_is_refused(authority, stranger, answering, asked, tmp_path):
    port = answering(stranger.issue_cert("127.0.0.1"))
    url = f"https://127.0.0.1:{port}"
    assert asked(url, authority) == (
        f"the certificate of {url} is not from ca_file {tmp_path / 'ca.pem'}, "
        "or another computer answers there"
    )


def test_a_pin_leaves_no_trust_in_the_authorities_of_the_system(
    authority, stranger, answering, asked, tmp_path, monkeypatch
):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "system.pem"))
    stranger.cert_pem.write_to_path(tmp_path / "system.pem")
    monkeypatch.setattr("certifi.where", lambda: str(tmp_path / "system.pem"))
    port = answering(stranger.issue_cert("127.0.0.1"))
    assert "asks us to wait" in asked(f"https://127.0.0.1:{port}", None)  # the system trusts it
    assert "is not from ca_file" in asked(f"https://127.0.0.1:{port}", authority)


def test_a_private_authority_that_is_not_pinned_is_refused(authority, answering, asked):
    port = answering(authority.issue_cert("127.0.0.1"))
    assert "is not from a public authority; set ca_file" in asked(f"https://127.0.0.1:{port}", None)


@pytest.mark.parametrize("name", ["absensi.example.go.id", "127.0.0.2"])
def test_another_name_is_refused(authority, answering, asked, name):
    port = answering(authority.issue_cert(name))
    assert "is for another name; write the address" in asked(f"https://127.0.0.1:{port}", authority)


def test_a_certificate_that_has_ended_is_refused(authority, answering, asked):
    port = answering(authority.issue_cert("127.0.0.1", not_after=NOW - timedelta(days=1)))
    assert "has ended, or the clock of this computer is ahead" in asked(
        f"https://127.0.0.1:{port}", authority
    )


def test_a_centre_without_tls_is_told(authority, answering, asked):
    port = answering(None)
    assert asked(f"https://127.0.0.1:{port}", authority) == (
        f"https://127.0.0.1:{port} does not speak TLS; compare the address and port with the "
        "centre's"
    )


def test_a_centre_that_hangs_up_on_the_greeting_shows_no_certificate(asked):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            link, _ = listening.accept()
            with link:
                link.recv(65_536)

        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        assert (
            asked(url, None) == f"{url} hangs up before TLS has begun; compare it with the network"
        )
        thread.join(10)


def test_a_clock_that_is_behind_is_told():
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = 9
    assert why_untrusted(OSError(error), "https://a", None) == (
        "the certificate of https://a is not valid yet; set the clock of this computer"
    )


def test_what_has_no_words_of_ours_is_told_in_those_of_the_library():
    error = ssl.SSLError(1, "x")
    error.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    told = why_untrusted(error, "https://a", None)
    assert told.startswith("https://a shows a certificate we do not trust (TLSV1_ALERT_PROTOCOL_V")
    assert why_untrusted(OSError("x"), "https://a", None).startswith("https://a shows a certific")
