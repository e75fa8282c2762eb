"""Each channel against its gateway on loopback: taken, refused, silent, torn, and asked afterwards.

What a gateway was told before it fell silent may have been sent: UNKNOWN. Before anything was sent:
LATER. Nothing here raises for what a gateway does, and no text of a failure names an address.
"""

import base64
import json
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gateways import web
from gateways.indonesian import (
    PASS,
    SECRET,
    TOKEN,
    FakeFonnte,
    FakeQontak,
    FakeWablas,
    FakeZenziva,
)
from gateways.web import Gateway
from gateways.whatsapp import AGREED, PHONE_ID, FakeWhatsapp, sign
from gateways.whatsapp import SECRET as APP
from gateways.whatsapp import TOKEN as GRAPH
from postbox import Mailbox, listening

from ingest.notify.base import Channel, ChannelAway, Fault, Message, ReceiptRefused, State
from ingest.notify.registry import BUILT_IN, check

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
REFERENCE = "0123456789abcdef0123456789abcdef"
MESSAGE = Message(
    "6281234567890", "Yth. Ani, mohon hubungi atasan.", REFERENCE, name="Ani",
    subject="Pemberitahuan", template="peringatan_v1", values=(("nama", "Ani"), ("hari", "3")),
)  # fmt: skip


@dataclass(slots=True)
class Kit:
    """A gateway and the channel to it."""

    gateway: Any
    channel: Channel

    def send(self, message: Message = MESSAGE) -> Any:
        return self.channel.send(message, now=NOW)


def made(folder: Path, **section: Any) -> Channel:
    """Make a channel as the configuration does; keys ending in `_file` hold what goes into them."""
    told: dict[str, Any] = {"name": "uji"}
    for key, value in section.items():
        if key.endswith("_file") and value:
            (folder / key).write_text(value)
            (folder / key).chmod(0o600)
            told[key] = key
        else:
            told[key] = value
    faults: list[str] = []
    found = check([told], folder / "ingest.toml", faults=faults, warnings=[])
    assert not faults
    return found[0].open()


SECTIONS: dict[str, tuple[Callable[[], Gateway], dict[str, Any]]] = {
    "whatsapp_cloud": (FakeWhatsapp, {"phone_id": PHONE_ID, "token_file": GRAPH,
        "app_secret_file": APP, "verify_token_file": AGREED}),
    "fonnte": (FakeFonnte, {"token_file": TOKEN, "webhook_key_file": SECRET}),
    "wablas": (FakeWablas, {"token_file": TOKEN, "secret_file": SECRET}),
    "qontak": (FakeQontak, {"channel_id": "k-1", "token_file": TOKEN}),
    "zenziva": (FakeZenziva, {"userkey_file": TOKEN, "passkey_file": PASS}),
}  # fmt: skip
NO_WEB = {"gammu", "gammu_inject", "mail"}


def kit(stack: ExitStack, folder: Path, driver: str, **other: Any) -> Kit:
    fake, section = SECTIONS[driver]
    gateway = stack.enter_context(fake())
    told = {"driver": driver, "base_url": gateway.url, "timeout_s": 20} | section | other
    channel = made(folder, **told)
    stack.callback(channel.close)
    return Kit(gateway, channel)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


@pytest.fixture(params=SECTIONS)
def any_kit(stack: ExitStack, tmp_path: Path, request: pytest.FixtureRequest) -> Kit:
    return kit(stack, tmp_path, request.param)


@pytest.fixture(params=SECTIONS)
def hasty_kit(stack: ExitStack, tmp_path: Path, request: pytest.FixtureRequest) -> Kit:
    """One that gives its gateway half a second: for answers that never come whole."""
    return kit(stack, tmp_path, request.param, timeout_s=0.5)


def test_every_channel_is_tried_here() -> None:
    assert {*SECTIONS, *NO_WEB} == set(BUILT_IN)


def test_a_message_is_taken_once_with_an_id(any_kit: Kit) -> None:
    sent = any_kit.send()
    assert sent.accepted
    assert sent.provider_id
    assert len(any_kit.gateway.inbox) == 1


def test_a_wrong_key_is_a_fault_of_the_account(any_kit: Kit, tmp_path: Path) -> None:
    name = "userkey_file" if (tmp_path / "userkey_file").exists() else "token_file"
    (tmp_path / name).write_text("salah")
    assert any_kit.send().failure.fault is Fault.ACCOUNT
    (tmp_path / name).unlink()
    assert any_kit.send().failure.fault is Fault.ACCOUNT
    assert any_kit.gateway.inbox == []


@pytest.mark.parametrize("bite", [web.silent, web.hangs_up, web.half, web.giant, web.page])
def test_without_a_whole_answer_nobody_knows(hasty_kit: Kit, bite: web.Bite) -> None:
    hasty_kit.gateway.bites = [bite]
    failure = hasty_kit.send().failure
    assert failure.fault is Fault.UNKNOWN
    assert MESSAGE.to not in failure.text
    assert len(hasty_kit.gateway.asked) == 1, "it was asked once and not again"


@pytest.mark.parametrize(
    ("code", "fault"),
    [(500, Fault.UNKNOWN), (502, Fault.UNKNOWN), (503, Fault.UNKNOWN), (429, Fault.LATER),
     (403, Fault.ACCOUNT), (302, Fault.ACCOUNT), (404, Fault.ACCOUNT)],
)  # fmt: skip
def test_a_status_tells_what_is_certain(any_kit: Kit, code: int, fault: Fault) -> None:
    any_kit.gateway.bites = [web.status(code)]
    assert any_kit.send().failure.fault is fault


def test_retry_after_is_passed_on(any_kit: Kit) -> None:
    any_kit.gateway.bites = [web.status(429, Retry_After="90")]
    assert any_kit.send().failure.retry_after_s == 90


@pytest.mark.parametrize("driver", SECTIONS)
def test_before_a_connection_stands_nothing_was_sent(tmp_path: Path, driver: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, section = SECTIONS[driver]
    told = {"driver": driver, "base_url": f"http://127.0.0.1:{port}", "timeout_s": 0.5} | section
    assert made(tmp_path, **told).send(MESSAGE, now=NOW).failure.fault is Fault.LATER


@pytest.mark.parametrize("driver", SECTIONS)
def test_messages_never_leave_in_clear_text(tmp_path: Path, driver: str) -> None:
    _, section = SECTIONS[driver]
    faults: list[str] = []
    told = {"name": "uji", "driver": driver, "base_url": "http://gateway.example.id"} | section
    check([told], tmp_path / "ingest.toml", faults=faults, warnings=[])
    assert any("use https" in one for one in faults)


@pytest.mark.parametrize(
    ("driver", "body", "fault"),
    [
        ("fonnte", {"status": False, "reason": "target invalid"}, Fault.ADDRESS),
        ("fonnte", {"status": False, "reason": "device disconnected"}, Fault.ACCOUNT),
        ("wablas", {"status": False, "message": "phone not registered"}, Fault.ADDRESS),
        ("zenziva", {"text": "Nomor salah", "status": "2"}, Fault.ADDRESS),
        ("zenziva", {"text": "Credit tidak cukup", "status": "9"}, Fault.ACCOUNT),
        ("whatsapp_cloud", {"error": {"code": 130429}}, Fault.LATER),
        ("whatsapp_cloud", {"error": {"code": 132001}}, Fault.CONTENT),
        ("whatsapp_cloud", {"error": {"message": "no code"}}, Fault.UNKNOWN),
    ],
)  # fmt: skip
def test_a_refusal_with_200_is_a_refusal(
    stack: ExitStack, tmp_path: Path, driver: str, body: object, fault: Fault
) -> None:
    one = kit(stack, tmp_path, driver)
    one.gateway.bites = [web.told(body)]
    sent = one.send()
    assert not sent.accepted
    assert sent.failure.fault is fault


def test_who_is_not_on_whatsapp_is_an_address_that_is_never_reached(
    stack: ExitStack, tmp_path: Path
) -> None:
    one = kit(stack, tmp_path, "whatsapp_cloud")
    one.gateway.absent = {MESSAGE.to}
    assert one.send().failure.fault is Fault.ADDRESS


@pytest.mark.parametrize("driver", ["whatsapp_cloud", "qontak"])
def test_gateways_of_templates_take_nothing_else(
    stack: ExitStack, tmp_path: Path, driver: str
) -> None:
    one = kit(stack, tmp_path, driver)
    assert one.send(replace(MESSAGE, template="")).failure.fault is Fault.CONTENT
    assert one.gateway.asked == []


class TestReceipts:
    def test_signed_statuses_name_our_reference_in_any_order_and_twice(
        self, stack: ExitStack, tmp_path: Path
    ) -> None:
        one = kit(stack, tmp_path, "whatsapp_cloud")
        one.send()
        (there,) = one.gateway.inbox
        for state in ("read", "delivered", "delivered", "sent"):
            body, headers = one.gateway.webhook(there, state, int(NOW.timestamp()))
            (found,) = self._read(one.channel, headers, body)
            assert (found.state, found.reference) == (State(state), REFERENCE)
            assert found.provider_id == there.id

    def test_accepted_and_then_failed(self, stack: ExitStack, tmp_path: Path) -> None:
        one = kit(stack, tmp_path, "whatsapp_cloud")
        one.send()
        body, headers = one.gateway.webhook(one.gateway.inbox[0], "failed", 1, error=131026)
        (found,) = self._read(one.channel, headers, body)
        assert found.failure is not None
        assert found.failure.fault is Fault.ADDRESS

    def test_a_forged_or_changed_body_is_refused(self, stack: ExitStack, tmp_path: Path) -> None:
        one = kit(stack, tmp_path, "whatsapp_cloud")
        one.send()
        body, headers = one.gateway.webhook(one.gateway.inbox[0], "delivered", 1)
        for forged in ({}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}):
            with pytest.raises(ReceiptRefused):
                self._read(one.channel, forged, body)
        with pytest.raises(ReceiptRefused):
            self._read(one.channel, headers, body.replace(b"delivered", b"read     "))

    def test_the_handshake_answers_who_knows_the_token(
        self, stack: ExitStack, tmp_path: Path
    ) -> None:
        channel = kit(stack, tmp_path, "whatsapp_cloud").channel
        asked = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": AGREED}
        assert channel.answer(asked) == "1158"
        assert channel.answer(asked | {"hub.verify_token": "lain"}) is None
        assert channel.answer(asked | {"hub.challenge": "<script>"}) is None

    def test_fonnte_proves_itself_by_the_key_in_our_address(
        self, stack: ExitStack, tmp_path: Path
    ) -> None:
        channel = kit(stack, tmp_path, "fonnte").channel
        body = json.dumps({"id": "80001", "status": "sent", "state": "delivered"}).encode()
        found = channel.receipts({}, body, now=NOW, query={"key": SECRET})
        assert [one.state for one in found] == [State.SENT, State.DELIVERED]
        with pytest.raises(ReceiptRefused):
            channel.receipts({}, body, now=NOW, query={"key": "tebakan"})

    @pytest.mark.parametrize("driver", ["wablas", "qontak", "zenziva"])
    def test_webhooks_that_nobody_signs_are_not_taken(
        self, stack: ExitStack, tmp_path: Path, driver: str
    ) -> None:
        channel = kit(stack, tmp_path, driver).channel
        assert channel.answer({"hub.challenge": "1"}) is None
        with pytest.raises(ReceiptRefused):
            channel.receipts({}, b"{}", now=NOW)

    @pytest.mark.parametrize("body", [b"", b"[", b"null", b"\xff", b"[" * 5000, b'{"entry": 1}'])
    def test_hostile_bodies_are_refused_or_hold_nothing(self, any_kit: Kit, body: bytes) -> None:
        try:
            found = any_kit.channel.receipts(
                {"x-hub-signature-256": sign(body)}, body, now=NOW, query={"key": SECRET}
            )
        except ReceiptRefused:
            return
        assert found == ()

    @staticmethod
    def _read(channel: Channel, headers: dict[str, str], body: bytes) -> Any:
        return channel.receipts({k.lower(): v for k, v in headers.items()}, body, now=NOW)


class TestAsking:
    @pytest.mark.parametrize(
        ("word", "state"), [("pending", State.ACCEPTED), ("sent", State.SENT),
                            ("read", State.READ), ("reject", State.FAILED)],
    )  # fmt: skip
    def test_wablas_finds_by_our_reference_after_a_crash(
        self, stack: ExitStack, tmp_path: Path, word: str, state: State
    ) -> None:
        one = kit(stack, tmp_path, "wablas")
        assert one.channel.find(REFERENCE, None, now=NOW) is None
        one.send()
        one.gateway.states[REFERENCE] = word
        found = one.channel.find(REFERENCE, None, now=NOW)
        assert found is not None
        assert (found.state, found.provider_id) == (state, "w-1")

    def test_qontak_and_fonnte_tell_by_their_own_id_alone(
        self, stack: ExitStack, tmp_path: Path
    ) -> None:
        for driver, word in (("qontak", "delivered"), ("fonnte", "received")):
            one = kit(stack, tmp_path, driver)
            given = one.send().provider_id
            one.gateway.states[given] = word
            found = one.channel.find(REFERENCE, given, now=NOW)
            assert found is not None
            assert found.state is State.DELIVERED
            with pytest.raises(ChannelAway):
                one.channel.find(REFERENCE, None, now=NOW)

    def test_what_is_no_id_never_becomes_part_of_an_address(
        self, stack: ExitStack, tmp_path: Path
    ) -> None:
        one = kit(stack, tmp_path, "qontak")
        with pytest.raises(ChannelAway):
            one.channel.find(REFERENCE, "../../users", now=NOW)
        assert one.gateway.asked == []

    def test_a_gateway_that_is_away_is_no_proof_of_anything(self, any_kit: Kit) -> None:
        any_kit.gateway.bites = [web.page, web.page]
        with pytest.raises(ChannelAway):
            any_kit.channel.find(REFERENCE, "q-1", now=NOW)


def test_mekari_is_asked_with_a_signed_date_and_request_line(
    stack: ExitStack, tmp_path: Path
) -> None:
    one = kit(
        stack, tmp_path, "qontak", token_file="", client_id="klien", client_secret_file="rahasia"
    )
    assert one.send().accepted
    (proof,) = one.gateway.proofs
    assert proof.startswith('hmac username="klien", algorithm="hmac-sha256", headers="date request')
    assert one.gateway.asked[0].headers["date"] == "Thu, 05 Mar 2026 01:00:00 GMT"
    # worked out by hand with openssl dgst -sha256 -hmac rahasia -binary | base64
    assert _signature(proof) == _openssl(
        "date: Thu, 05 Mar 2026 01:00:00 GMT\nPOST /v1/broadcasts/whatsapp/direct HTTP/1.1"
    )


def _signature(proof: str) -> str:
    return proof.rpartition('signature="')[2].rstrip('"')


def _openssl(line: str) -> str:
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "rahasia", "-binary"],
        input=line.encode(), capture_output=True, check=True,
    )  # fmt: skip
    return base64.b64encode(done.stdout).decode()


GAMMU = """
CREATE TABLE outbox ("ID" INTEGER PRIMARY KEY, "Text" TEXT, "DestinationNumber" TEXT NOT NULL,
    "Coding" TEXT NOT NULL, "UDH" TEXT, "Class" INTEGER, "TextDecoded" TEXT, "MultiPart" TEXT,
    "SenderID" TEXT, "DeliveryReport" TEXT, "CreatorID" TEXT NOT NULL);
CREATE TABLE outbox_multipart ("ID" INTEGER, "SequencePosition" INTEGER, "Text" TEXT, "Coding" TEXT,
    "UDH" TEXT, "Class" INTEGER, "TextDecoded" TEXT, PRIMARY KEY ("ID", "SequencePosition"));
CREATE TABLE sentitems ("ID" INTEGER, "SequencePosition" INTEGER, "Status" TEXT, "CreatorID" TEXT)
"""


class TestGammu:
    @pytest.fixture
    def database(self, tmp_path: Path) -> sqlite3.Connection:
        found = sqlite3.connect(tmp_path / "smsd.db", isolation_level=None)
        found.executescript(GAMMU)
        return found

    @pytest.fixture
    def channel(self, tmp_path: Path, database: sqlite3.Connection) -> Iterator[Channel]:
        found = made(
            tmp_path, driver="gammu", database_file=f"sqlite:///{tmp_path / 'smsd.db'}", modem="m1"
        )
        yield found
        found.close()
        database.close()

    def test_a_short_text_is_one_row_with_our_reference(
        self, channel: Channel, database: sqlite3.Connection
    ) -> None:
        assert channel.send(MESSAGE, now=NOW).accepted
        (row,) = database.execute(
            'SELECT "DestinationNumber", "TextDecoded", "MultiPart", "CreatorID" FROM outbox'
        )
        assert row == ("+6281234567890", MESSAGE.text, "false", REFERENCE)

    def test_a_long_text_travels_in_numbered_parts(
        self, channel: Channel, database: sqlite3.Connection
    ) -> None:
        channel.send(replace(MESSAGE, text="a" * 400), now=NOW)
        (first,) = database.execute('SELECT "UDH", length("TextDecoded") FROM outbox')
        rest = database.execute(
            'SELECT "SequencePosition", "UDH", length("TextDecoded") FROM outbox_multipart'
        ).fetchall()
        assert first == ("050003010301", 153)
        assert rest == [(2, "050003010302", 153), (3, "050003010303", 94)]

    def test_it_is_found_wherever_it_lies(
        self, channel: Channel, database: sqlite3.Connection
    ) -> None:
        assert channel.find(REFERENCE, None, now=NOW) is None
        channel.send(MESSAGE, now=NOW)
        for sql, state in (
            ("SELECT 1", State.ACCEPTED),
            ("INSERT INTO sentitems SELECT \"ID\", 1, 'SendingOK', \"CreatorID\" FROM outbox; "
             "DELETE FROM outbox", State.SENT),
            ("UPDATE sentitems SET \"Status\" = 'DeliveryOK'", State.DELIVERED),
            ("INSERT INTO sentitems SELECT \"ID\", 2, 'DeliveryFailed', \"CreatorID\" "
             "FROM sentitems", State.FAILED),
        ):  # fmt: skip
            database.executescript(sql)
            found = channel.find(REFERENCE, None, now=NOW)
            assert found is not None
            assert found.state is state

    def test_a_database_that_is_away_took_nothing(self, tmp_path: Path) -> None:
        channel = made(tmp_path, driver="gammu", database_file=f"sqlite:///{tmp_path}/none/smsd.db")
        assert channel.send(MESSAGE, now=NOW).failure.fault is Fault.LATER  # type: ignore[union-attr]
        with pytest.raises(ChannelAway):
            channel.find(REFERENCE, None, now=NOW)


@pytest.mark.parametrize(
    ("script", "accepted", "fault"),
    [
        ('cat > "$0.in"; echo "Written message with ID 42"', True, None),
        ('cat > "$0.in"; exit 2', False, Fault.UNKNOWN),
        ("exec sleep 30", False, Fault.UNKNOWN),
    ],
)
def test_the_command_of_gammu_is_given_the_text_by_stdin(
    tmp_path: Path, script: str, accepted: bool, fault: Fault | None
) -> None:
    command = tmp_path / "inject"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    timeout_s = 0.5 if "sleep" in script else 20
    channel = made(tmp_path, driver="gammu_inject", command=str(command), timeout_s=timeout_s)
    sent = channel.send(MESSAGE, now=NOW)
    assert sent.accepted is accepted
    assert (sent.failure.fault if sent.failure else None) is fault
    if accepted:
        assert sent.provider_id == "42"
        assert (tmp_path / "inject.in").read_text() == MESSAGE.text


def test_a_missing_command_is_named(tmp_path: Path) -> None:
    channel = made(tmp_path, driver="gammu_inject", command=str(tmp_path / "none"))
    sent = channel.send(MESSAGE, now=NOW)
    assert sent.failure is not None
    assert sent.failure.fault is Fault.ACCOUNT


class TestMail:
    @pytest.fixture
    def box(self) -> Iterator[Mailbox]:
        with listening(Mailbox(password="r4hasia")) as found:
            yield found

    @staticmethod
    def _channel(folder: Path, box: Mailbox, word: str = SECRET) -> Channel:
        return made(
            folder, driver="mail", host="127.0.0.1", port=box.port, security="none", user="hadir",
            password_file=word, sender="hadir@kukarkab.example.id",
        )  # fmt: skip

    def _fault(self, channel: Channel) -> Fault | None:
        sent = channel.send(replace(MESSAGE, to="ani@kukarkab.example.id"), now=NOW)
        return None if sent.failure is None else sent.failure.fault

    def test_a_mail_carries_the_text_and_our_reference(self, tmp_path: Path, box: Mailbox) -> None:
        assert self._fault(self._channel(tmp_path, box)) is None
        (mail,) = box.mails
        assert mail["Message-ID"] == f"<{REFERENCE}@kukarkab.example.id>"
        assert mail.get_content().strip() == MESSAGE.text

    def test_what_a_server_says_decides(self, tmp_path: Path, box: Mailbox) -> None:
        assert self._fault(self._channel(tmp_path, box, "salah")) is Fault.ACCOUNT
        box.refused = {"ani@kukarkab.example.id": "550 no such user"}
        assert self._fault(self._channel(tmp_path, box)) is Fault.ADDRESS
        box.refused = {"ani@kukarkab.example.id": "451 try later"}
        assert self._fault(self._channel(tmp_path, box)) is Fault.LATER
        box.refused, box.busy = {}, True
        assert self._fault(self._channel(tmp_path, box)) is Fault.LATER
        assert box.mails == []

    def test_silence_in_the_middle_of_a_mail_leaves_it_unknown(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_break_off_at_data, args=(server,))
            thread.start()
            box = Mailbox(port=server.getsockname()[1])
            channel = made(
                tmp_path, driver="mail", host="127.0.0.1", port=box.port, security="none",
                sender="hadir@kukarkab.example.id",
            )  # fmt: skip
            assert self._fault(channel) is Fault.UNKNOWN
            thread.join()


def _break_off_at_data(server: socket.socket) -> None:
    """Take one mail up to its last line, and hang up without a word about it."""
    link, _ = server.accept()
    with link, link.makefile("rb") as lines:
        link.sendall(b"220 here\r\n")
        while line := lines.readline():
            if line == b".\r\n":
                return
            if line[:4].upper() == b"DATA":
                link.sendall(b"354 go on\r\n")
            elif line[:4].upper() in {b"EHLO", b"MAIL", b"RCPT"}:
                link.sendall(b"250 well\r\n")
