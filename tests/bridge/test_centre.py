"""The HTTP client of the centre against a centre that does everything wrong. Loopback only."""

import gzip
import hashlib
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from bridge_parts import is_signed, make_key

from bridge.centre import MAX_REPLY, Centre
from bridge.errors import (
    BatchTooLarge,
    BridgeError,
    CentreBehind,
    CentreBusy,
    CentreForked,
    CentreMisconfigured,
    CentreRefused,
    CentreUnreachable,
    KeyRefused,
    KeyUnfit,
    ReceiptUnfit,
)
from bridge.keys import ENROLLING, ROTATING, KeyFiles
from ingest import wire

AT = 1_800_000_000
BATCH = wire.Batch("a" * 32, None)
HEARTBEAT = wire.Heartbeat("a" * 32, None, 1, "0.1", 0, 0, None)
REPLY = wire.HeartbeatReply(AT)


def answer(status: int, body: bytes = b"", **headers: str):
    def give(handler, received: bytes) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return give


def receipt(body: bytes) -> wire.Receipt:
    digest = hashlib.sha256(body).hexdigest()
    return wire.Receipt("b" * 32, digest, 2, {"p1": "why"}, 1)


def takes(handler, received: bytes) -> None:
    answer(200, wire.encode_receipt(receipt(received)))(handler, received)


@pytest.fixture
def keys(tmp_path):
    make_key(tmp_path)
    return KeyFiles(tmp_path)


@pytest.fixture
def centre(scripted, keys):
    with Centre(scripted.url, keys, timeout_s=5, clock=lambda: AT) as opened:
        yield opened


def test_a_batch_goes_out_compressed_and_its_receipt_comes_back(
    scripted, centre, outbox, touches, bodies
):
    scripted.script = [takes]
    outbox.add(bodies(touches(3)))
    batch = outbox.next_batch(9).batch
    told = centre.post(batch)
    [(path, headers, body)] = scripted.requests
    assert told == receipt(body)
    assert path == "/v2/punches"
    assert wire.decode_batch(gzip.decompress(body)).batch == batch
    assert "Authorization" not in headers
    assert headers["Content-Encoding"] == "gzip"
    assert headers["User-Agent"].startswith("hadir-bridge/")


def test_a_heartbeat_is_answered_with_the_centres_time(scripted, centre):
    reply = wire.HeartbeatReply(1_800_000_000, {"S:1": "no"})
    scripted.script = [answer(200, wire.encode_heartbeat_reply(reply))]
    heartbeat = wire.Heartbeat("a" * 32, None, 1, "0.1", 0, 0, None)
    assert centre.heartbeat(heartbeat) == reply
    [(path, _, body)] = scripted.requests
    assert path == "/v2/heartbeat"
    assert wire.decode_heartbeat(gzip.decompress(body)) == heartbeat


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, KeyRefused),
        (403, KeyRefused),
        (409, CentreBehind),
        (412, CentreForked),
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
        b'{"version": 2, "receipt": "x", "accepted": [], "parked": {}}',
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


def test_a_centre_that_never_answers_is_left_after_the_timeout(scripted, keys):
    scripted.script = [stall]
    with (
        Centre(scripted.url, keys, timeout_s=0.2) as centre,
        pytest.raises(CentreUnreachable, match=r"does not answer within 0\.2 s"),
    ):
        centre.post(BATCH)


def test_an_answer_that_drips_is_left_after_the_timeout(scripted, keys):
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
        Centre(scripted.url, keys, timeout_s=10, monotonic=monotonic) as centre,
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


def test_rubbish_that_is_no_http_is_unreachable(keys):
    listener = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(10)
            connection.sendall(b"\x00\xffPP\x82} I am a terminal\r\n\r\n")

    thread = threading.Thread(target=speak)
    thread.start()
    with (
        Centre(f"http://127.0.0.1:{listener.getsockname()[1]}", keys) as centre,
        pytest.raises(CentreUnreachable),
    ):
        centre.post(BATCH)
    thread.join(10)
    listener.close()


def test_nobody_at_the_address_is_unreachable(keys):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        Centre(f"http://127.0.0.1:{port}", keys) as centre,
        pytest.raises(CentreUnreachable, match=f"127.0.0.1:{port} cannot be reached"),
    ):
        centre.post(BATCH)


def test_a_centre_without_a_certificate_is_not_trusted(scripted, keys):
    scripted.script = [answer(200)]
    address = scripted.url.replace("http://", "https://")
    with (
        Centre(address, keys, timeout_s=5) as centre,
        pytest.raises(CentreUnreachable, match="does not speak TLS"),
    ):
        centre.post(BATCH)
    assert scripted.requests == []


def test_the_connection_is_used_again(scripted, centre):
    ports = []

    def count(handler, received: bytes) -> None:
        ports.append(handler.client_address[1])
        takes(handler, received)

    scripted.script = [count]
    for _ in range(3):
        centre.post(BATCH)
    assert len(set(ports)) == 1


class TestSignature:
    """Each request says who asks, and nobody can say it in our place."""

    def test_covers_path_time_nonce_and_body(self, scripted, centre, keys):
        scripted.script = [takes, takes, answer(200, wire.encode_heartbeat_reply(REPLY))]
        centre.post(BATCH)
        centre.post(BATCH)
        centre.heartbeat(HEARTBEAT)
        public = keys.current().public
        for path, headers, body in scripted.requests:
            assert wire.read_signed(headers).time == AT
            assert is_signed(public, "POST", path, headers, body)
            assert not is_signed(public, "POST", "/v2/rotate", headers, body)
            assert not is_signed(public, "POST", path, headers, body + b"x")
            later = {**headers, "Hadir-Time": str(AT + 1)}
            assert not is_signed(public, "POST", path, later, body)
        nonces = [headers["Hadir-Nonce"] for _, headers, _ in scripted.requests]
        assert len(set(nonces)) == 3

    def test_is_of_the_path_the_centre_has_behind_a_proxy(self, scripted, keys):
        scripted.script = [takes]
        with Centre(f"{scripted.url}/absensi/", keys, timeout_s=5) as centre:
            centre.post(BATCH)
        [(path, headers, body)] = scripted.requests
        assert path == "/absensi/v2/punches"
        assert is_signed(keys.current().public, "POST", "/v2/punches", headers, body)

    def test_is_of_a_new_key_at_once(self, scripted, centre, keys, tmp_path):
        scripted.script = [takes]
        centre.post(BATCH)
        (tmp_path / "bridge.key").unlink()
        make_key(tmp_path)
        centre.post(BATCH)
        first, second = (headers["Hadir-Key"] for _, headers, _ in scripted.requests)
        assert (first == second, second) == (False, keys.current().id)

    def test_without_a_key_nothing_is_asked(self, scripted, centre, tmp_path):
        (tmp_path / "bridge.key").unlink()
        with pytest.raises(KeyUnfit, match=r"no key yet .*run `hadir-bridge enrol CODE`"):
            centre.post(BATCH)
        assert scripted.requests == []


class TestClock:
    """A request is signed by the centre's time, however wrong ours is."""

    def refusing(self, now: object):
        told = json.dumps({"error": "your clock", "code": "clock", "now": now}).encode()
        return answer(401, told)

    def times(self, scripted) -> list[int]:
        return [int(headers["Hadir-Time"]) for _, headers, _ in scripted.requests]

    def test_that_is_refused_is_corrected_at_once_and_kept(self, scripted, centre, caplog):
        scripted.script = [self.refusing(AT + 86_400), takes]
        centre.post(BATCH)
        centre.post(BATCH)
        assert self.times(scripted) == [AT, AT + 86_400, AT + 86_400]
        assert "our clock is -86400 s off the centre's" in caplog.text
        assert [one.levelname for one in caplog.records] == ["ERROR"]
        nonces = {headers["Hadir-Nonce"] for _, headers, _ in scripted.requests}
        assert len(nonces) == 3

    def test_is_kept_right_by_each_heartbeat(self, scripted, centre):
        reply = wire.HeartbeatReply(AT - 40)
        scripted.script = [answer(200, wire.encode_heartbeat_reply(reply)), takes]
        centre.heartbeat(HEARTBEAT)
        centre.post(BATCH)
        assert self.times(scripted) == [AT, AT - 40]

    def test_that_is_refused_again_is_not_asked_for_ever(self, scripted, centre):
        scripted.script = [self.refusing(AT + 1)]
        with pytest.raises(KeyRefused, match="your clock"):
            centre.post(BATCH)
        assert len(scripted.requests) == 2

    @pytest.mark.parametrize("now", [None, "soon", -1, True, 1e9, 10**12])
    def test_is_not_set_by_nonsense(self, scripted, centre, now):
        scripted.script = [self.refusing(now)]
        with pytest.raises(KeyRefused):
            centre.post(BATCH)
        assert len(scripted.requests) == 1

    def test_before_the_epoch_is_signed_all_the_same(self, scripted, keys):
        scripted.script = [self.refusing(86_400), takes]
        with Centre(scripted.url, keys, timeout_s=5, clock=lambda: -5.0) as centre:
            centre.post(BATCH)
        assert self.times(scripted) == [0, 86_400]

    def test_is_not_set_a_year_ahead_by_whoever_answers(self, scripted, centre):
        """What is signed for next year could be kept back until then."""
        year = AT + 365 * 86_400
        reply = answer(200, wire.encode_heartbeat_reply(wire.HeartbeatReply(year)))
        scripted.script = [self.refusing(year), self.refusing(year), reply, takes]
        for _ in range(2):
            with pytest.raises(KeyRefused, match=r"it is 365 days later .*; set the clock of this"):
                centre.post(BATCH)
        centre.heartbeat(HEARTBEAT)
        centre.post(BATCH)
        assert self.times(scripted) == [AT] * 4

    def test_is_not_led_ahead_step_by_step(self, scripted, centre):
        steps = [AT + days * 86_400 for days in (30, 60, 90)]
        scripted.script = [self.refusing(one) for one in steps]
        with pytest.raises(KeyRefused):
            centre.post(BATCH)
        with pytest.raises(KeyRefused, match="90 days later"):
            centre.post(BATCH)
        assert max(self.times(scripted)) == AT + 30 * 86_400

    def test_is_set_back_however_far(self, scripted, centre):
        """What is signed for a day that is over is good for nothing."""
        scripted.script = [self.refusing(AT - 3_000 * 86_400), takes]
        centre.post(BATCH)
        assert self.times(scripted) == [AT, AT - 3_000 * 86_400]


class TestKeyRefused:
    @pytest.mark.parametrize("code", ["unknown-key", "revoked", "retired", "signature"])
    def test_says_why_and_what_to_do(self, scripted, centre, code):
        told = json.dumps({"error": "so and so", "code": code}).encode()
        scripted.script = [answer(403, told)]
        with pytest.raises(KeyRefused, match="so and so; ask for an invitation") as caught:
            centre.post(BATCH)
        assert (caught.value.code, caught.value.now) == (code, None)
        assert len(scripted.requests) == 1

    def test_leaves_the_centres_own_advice(self, scripted, centre):
        scripted.script = [answer(401, b'{"error": "odd; do this", "code": "signature"}')]
        with pytest.raises(KeyRefused, match=r"odd; do this$"):
            centre.post(BATCH)

    def test_a_request_that_came_twice_is_tried_again_later(self, scripted, centre):
        scripted.script = [answer(401, b'{"error": "seen", "code": "replayed"}')]
        with pytest.raises(CentreUnreachable, match="does something in between repeat"):
            centre.post(BATCH)


class TestReplacedKey:
    """`rotate-key` was killed, or its answer was lost: the successor lies there."""

    @pytest.fixture
    def successor(self, keys):
        return keys.prepare(ROTATING, AT)

    def only(self, key_id: str, *, then=takes):
        def look(handler, received: bytes) -> None:
            if handler.headers["Hadir-Key"] == key_id:
                then(handler, received)
            else:
                answer(403, b'{"error": "replaced", "code": "retired"}')(handler, received)

        return look

    def test_its_successor_takes_its_place(self, scripted, centre, keys, successor):
        scripted.script = [self.only(successor.id)]
        centre.post(BATCH)
        assert keys.current().id == successor.id
        assert keys.waiting(ROTATING) is None
        centre.post(BATCH)
        assert len(scripted.requests) == 3

    def test_one_that_took_its_place_meanwhile_is_asked_with(
        self, scripted, centre, keys, successor
    ):
        """The command renamed it after we had read the old one."""
        gate = self.only(successor.id)

        def rotated(handler, received: bytes) -> None:
            keys.promote(ROTATING, successor)
            gate(handler, received)

        scripted.script = [rotated, gate]
        centre.post(BATCH)
        assert len(scripted.requests) == 2

    def test_a_new_enrolment_whose_answer_was_lost_takes_its_place(self, scripted, centre, keys):
        enrolled = keys.prepare(ENROLLING, AT)
        scripted.script = [self.only(enrolled.id)]
        centre.post(BATCH)
        assert keys.current() == enrolled

    def test_a_successor_nobody_knows_changes_nothing(self, scripted, centre, keys, successor):
        was = keys.current().id
        scripted.script = [answer(403, b'{"error": "replaced", "code": "retired"}')]
        with pytest.raises(KeyRefused, match="replaced"):
            centre.post(BATCH)
        assert (keys.current().id, keys.waiting(ROTATING)) == (was, successor)
        assert len(scripted.requests) == 2

    def test_a_successor_is_not_tried_for_another_reason(self, scripted, centre, successor):
        scripted.script = [answer(403, b'{"error": "away", "code": "revoked"}')]
        with pytest.raises(KeyRefused):
            centre.post(BATCH)
        assert len(scripted.requests) == 1


def test_a_receipt_for_another_body_is_none(scripted, centre):
    scripted.script = [answer(200, wire.encode_receipt(receipt(b"another body")))]
    with pytest.raises(ReceiptUnfit, match="the receipt of another body; it settles nothing"):
        centre.post(BATCH)


def test_no_message_holds_the_key(scripted, keys, tmp_path, caplog):
    caplog.set_level("DEBUG")
    scripted.script = [
        *(answer(status, b'{"error": "no"}') for status in (401, 404, 409, 413, 500, 503)),
        answer(200, b"rubbish"),
        stall,
    ]
    told = []
    with Centre(scripted.url, keys, timeout_s=0.3) as centre:
        for _ in range(8):
            with pytest.raises(BridgeError) as caught:
                centre.post(BATCH)
            error: BaseException | None = caught.value
            while error:
                told.append(str(error))
                error = error.__cause__
    assert len(scripted.requests) == 8
    seed = (tmp_path / "bridge.key").read_text().split()[-1]
    assert seed not in " ".join(told) + caplog.text + repr(scripted.requests)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("absensi.example.go.id", "begin it with https://"),
        ("ftp://absensi.example.go.id", "begin it with https://"),
        ("https://", "begin it with https://"),
        ("https://[::1", "is no address"),
        ("https://name:word@absensi.example.go.id", "holds a name or password"),
        ("http://absensi.example.go.id", "show every punch"),
        ("http://127.0.0.1.example.go.id", "show every punch"),
    ],
)
def test_an_unsafe_address_is_refused_before_anything_is_sent(url, words, keys):
    with pytest.raises(CentreMisconfigured) as caught:
        Centre(url, keys)
    assert words in str(caught.value)
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.8.9.1:1", "http://[::1]:1"])
def test_plain_http_may_stay_within_this_computer(url, keys):
    Centre(url, keys).close()


def test_plain_http_may_be_allowed(keys):
    Centre("http://absensi.example.go.id", keys, allow_plain_http=True).close()


def test_proxies_of_the_environment_are_not_used(scripted, centre, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    scripted.script = [takes]
    assert centre.post(BATCH).accepted == 2
