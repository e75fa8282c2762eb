"""The HTTP client of the centre against a centre that does everything wrong. Loopback only."""

import gzip
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bridge.centre import MAX_REPLY, Centre
from bridge.errors import (
    BatchTooLarge,
    BridgeError,
    CentreBehind,
    CentreBusy,
    CentreMisconfigured,
    CentreRefused,
    CentreUnreachable,
    TokenRefused,
)
from ingest import wire

TOKEN = "hb_secret-token-of-this-office"
BATCH = wire.Batch("a" * 32, None)
RECEIPT = wire.Receipt("b" * 32, ("c" * 32,), {"d" * 32: "why"}, 1)


def answer(status: int, body: bytes = b"", **headers: str):
    def give(handler, received: bytes) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return give


@pytest.fixture
def centre(scripted):
    with Centre(scripted.url, lambda: TOKEN, timeout_s=5) as opened:
        yield opened


def test_a_batch_goes_out_compressed_and_its_receipt_comes_back(scripted, centre, touches, bodies):
    scripted.script = [answer(200, wire.encode_receipt(RECEIPT))]
    batch = wire.Batch("a" * 32, "e" * 32, tuple(bodies(touches(3))))
    assert centre.post(batch) == RECEIPT
    [(path, headers, body)] = scripted.requests
    assert path == "/v1/punches"
    assert wire.decode_batch(gzip.decompress(body)).batch == batch
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["User-Agent"].startswith("hadir-bridge/")


def test_a_heartbeat_is_answered_with_the_centres_time(scripted, centre):
    reply = wire.HeartbeatReply(1_800_000_000, {"S:1": "no"})
    scripted.script = [answer(200, wire.encode_heartbeat_reply(reply))]
    heartbeat = wire.Heartbeat("a" * 32, None, 1, "0.1", 0, 0, None)
    assert centre.heartbeat(heartbeat) == reply
    [(path, _, body)] = scripted.requests
    assert path == "/v1/heartbeat"
    assert wire.decode_heartbeat(gzip.decompress(body)) == heartbeat


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, TokenRefused),
        (403, TokenRefused),
        (409, CentreBehind),
        (413, BatchTooLarge),
        (429, CentreBusy),
        (503, CentreBusy),
        (400, CentreRefused),
        (404, CentreRefused),
        (422, CentreRefused),
        (500, CentreUnreachable),
        (502, CentreUnreachable),
        (204, CentreUnreachable),
        (302, CentreUnreachable),
    ],
)
def test_each_status_is_an_error_of_its_class_with_the_centres_words(
    scripted, centre, status, fault
):
    scripted.script = [answer(status, b"" if status == 204 else b'{"error": "so and so"}')]
    with pytest.raises(BridgeError) as caught:
        centre.post(BATCH)
    assert type(caught.value) is fault
    if status not in (204, 302):
        assert "so and so" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b"<html>Bad Gateway</html>", b"", b"[1]", b'{"error": 7}', b"\xff", b"[" * 100_000],
)
def test_a_refusal_without_words_is_still_a_refusal(scripted, centre, body):
    scripted.script = [answer(422, body)]
    with pytest.raises(CentreRefused, match="no reason given"):
        centre.post(BATCH)


def test_the_centres_words_fit_a_line_of_the_log(scripted, centre):
    scripted.script = [answer(422, b'{"error": "a\\nb' + b"x" * 5_000 + b'"}')]
    with pytest.raises(CentreRefused) as caught:
        centre.post(BATCH)
    assert "\n" not in str(caught.value)
    assert len(caught.value.reason) == 300


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [
        *(("17", 17), ("0", 0), ("soon", None), ("-5", None), ("", None)),
        ("\x1f5", 5),  # a blank to `strip` and none to `float`
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),  # in UTC, a day after the last one
    ],
)
def test_the_wait_that_is_asked_for_is_read(scripted, centre, told, wait_s):
    scripted.script = [answer(503, b"", Retry_After=told)]
    with pytest.raises(CentreBusy) as caught:
        centre.post(BATCH)
    assert caught.value.retry_after_s == wait_s


def test_the_wait_may_be_told_as_a_date(scripted, centre):
    until = datetime.now(UTC) + timedelta(seconds=100)
    scripted.script = [answer(503, b"", Retry_After=format_datetime(until, usegmt=True))]
    with pytest.raises(CentreBusy) as caught:
        centre.post(BATCH)
    assert 90 <= caught.value.retry_after_s <= 100


def test_a_redirect_is_not_followed(scripted, centre):
    scripted.script = [answer(307, b"", Location=f"{scripted.url}/elsewhere")]
    with pytest.raises(CentreUnreachable, match="sends us elsewhere with status 307"):
        centre.post(BATCH)
    assert len(scripted.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"version": 9}',
        b'{"version": 1, "receipt": "x", "accepted": [], "parked": {}}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_receipt_is_no_receipt(scripted, centre, body):
    scripted.script = [answer(200, body)]
    with pytest.raises(CentreUnreachable, match="no receipt of ours"):
        centre.post(BATCH)


def test_a_compressed_answer_is_not_unfolded(scripted, centre):
    bomb = gzip.compress(bytes(50_000_000))
    scripted.script = [answer(200, bomb, Content_Encoding="gzip")]
    with pytest.raises(CentreUnreachable, match="no receipt of ours"):
        centre.post(BATCH)


def test_a_gigantic_answer_is_cut_off(scripted, centre):
    sent = []

    def flood(handler, received: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        while len(sent) < 4_000:
            handler.wfile.write(bytes(1 << 16))
            sent.append(1)

    scripted.script = [flood]
    with pytest.raises(CentreUnreachable, match=f"more than {MAX_REPLY} bytes"):
        centre.post(BATCH)
    assert len(sent) < 4_000


def stall(handler, received: bytes) -> None:
    handler.close_connection = True
    handler.server.released.wait(60)


def test_a_centre_that_never_answers_is_left_after_the_timeout(scripted):
    scripted.script = [stall]
    with (
        Centre(scripted.url, lambda: TOKEN, timeout_s=0.2) as centre,
        pytest.raises(CentreUnreachable, match=r"does not answer within 0\.2 s"),
    ):
        centre.post(BATCH)


def test_an_answer_that_drips_is_left_after_the_timeout(scripted):
    """Each piece comes in time, the whole never would."""
    now = [0.0]

    def drip(handler, received: bytes) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            if handler.server.released.wait(0.005):
                return

    def monotonic() -> float:
        now[0] += 1
        return now[0]

    scripted.script = [drip]
    with (
        Centre(scripted.url, lambda: TOKEN, timeout_s=10, monotonic=monotonic) as centre,
        pytest.raises(CentreUnreachable, match="too slowly"),
    ):
        centre.post(BATCH)


@pytest.mark.parametrize("sent", [0, 5, 40])
def test_a_centre_that_hangs_up_is_unreachable(scripted, centre, sent):
    def cut(handler, received: bytes) -> None:
        whole = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b" " * 50
        handler.close_connection = True
        handler.wfile.write(whole[:sent] if sent < 40 else whole)

    scripted.script = [cut]
    with pytest.raises(CentreUnreachable):
        centre.post(BATCH)


def test_rubbish_that_is_no_http_is_unreachable():
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(10)
            connection.sendall(b"\x00\xffPP\x82} I am a terminal\r\n\r\n")

    thread = threading.Thread(target=speak)
    thread.start()
    with (
        Centre(f"http://127.0.0.1:{listener.getsockname()[1]}", lambda: TOKEN) as centre,
        pytest.raises(CentreUnreachable),
    ):
        centre.post(BATCH)
    thread.join(10)
    listener.close()


def test_nobody_at_the_address_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        Centre(f"http://127.0.0.1:{port}", lambda: TOKEN) as centre,
        pytest.raises(CentreUnreachable, match=f"127.0.0.1:{port} cannot be reached"),
    ):
        centre.post(BATCH)


def test_a_centre_without_a_certificate_is_not_trusted(scripted):
    scripted.script = [answer(200)]
    address = scripted.url.replace("http://", "https://")
    with (
        Centre(address, lambda: TOKEN, timeout_s=5) as centre,
        pytest.raises(CentreUnreachable, match="certificate"),
    ):
        centre.post(BATCH)
    assert scripted.requests == []


def test_the_connection_is_used_again(scripted, centre):
    ports = []

    def count(handler, received: bytes) -> None:
        ports.append(handler.client_address[1])
        answer(200, wire.encode_receipt(RECEIPT))(handler, received)

    scripted.script = [count]
    for _ in range(3):
        centre.post(BATCH)
    assert len(set(ports)) == 1


def test_a_new_token_counts_at_once(scripted):
    tokens = iter(["old-token", "new-token"])
    scripted.script = [answer(401, b'{"error": "unknown token"}'), answer(200, b"{}")]
    with Centre(scripted.url, lambda: next(tokens)) as centre:
        with pytest.raises(TokenRefused):
            centre.post(BATCH)
        with pytest.raises(CentreUnreachable):
            centre.post(BATCH)
    assert [headers["Authorization"] for _, headers, _ in scripted.requests] == [
        "Bearer old-token",
        "Bearer new-token",
    ]


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Evil: 1", "kunci\u00e9", "x" * 501])
def test_a_token_that_cannot_be_one_is_neither_sent_nor_told(scripted, token):
    with (
        Centre(scripted.url, lambda: token) as centre,
        pytest.raises(TokenRefused) as caught,
    ):
        centre.post(BATCH)
    assert not token or token not in str(caught.value)
    assert scripted.requests == []


def test_no_message_holds_the_token(scripted, caplog):
    caplog.set_level("DEBUG")
    scripted.script = [
        *(answer(status, b'{"error": "no"}') for status in (401, 404, 409, 413, 500, 503)),
        answer(200, b"rubbish"),
        stall,
    ]
    told = []
    with Centre(scripted.url, lambda: TOKEN, timeout_s=0.3) as centre:
        for _ in range(8):
            with pytest.raises(BridgeError) as caught:
                centre.post(BATCH)
            error: BaseException | None = caught.value
            while error:
                told.append(str(error))
                error = error.__cause__
    assert len(scripted.requests) == 8
    assert TOKEN not in " ".join(told) + caplog.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("absensi.example.go.id", "begin it with https://"),
        ("ftp://absensi.example.go.id", "begin it with https://"),
        ("https://", "begin it with https://"),
        ("https://[::1", "is no address"),
        ("https://name:word@absensi.example.go.id", "holds a name or password"),
        ("http://absensi.example.go.id", "token unprotected"),
        ("http://127.0.0.1.example.go.id", "token unprotected"),
    ],
)
def test_an_unsafe_address_is_refused_before_anything_is_sent(url, words):
    with pytest.raises(CentreMisconfigured) as caught:
        Centre(url, lambda: TOKEN)
    assert words in str(caught.value)
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.8.9.1:1", "http://[::1]:1"])
def test_plain_http_may_stay_within_this_computer(url):
    Centre(url, lambda: TOKEN).close()


def test_plain_http_may_be_allowed():
    Centre("http://absensi.example.go.id", lambda: TOKEN, allow_plain_http=True).close()


def test_proxies_of_the_environment_are_not_used(scripted, centre, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    scripted.script = [answer(200, wire.encode_receipt(RECEIPT))]
    assert centre.post(BATCH) == RECEIPT
