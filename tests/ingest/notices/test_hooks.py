"""Gateways that call: what they tell is believed when it is signed, once, and in any order."""

import hmac
import logging
from typing import Any

import pytest
import requests
from served import Slot, error_of
from told import Pigeon, Telling

from ingest.api import create_app
from ingest.store.tables_notices import receipts

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def call(telling: Telling, slots: list[Slot]) -> Any:
    """Call the centre as a gateway does, with a signature unless one is given."""
    slots[0].app = create_app(
        telling.followed.engine, zone=telling.sending.window.zone, clock_limit_s=300,
        clock=lambda: telling.now, channels=[Pigeon("wa")],
    )  # fmt: skip

    def call(body: bytes, name: str = "wa", signature: str | None = None) -> requests.Response:
        own = hmac.new(b"rahasia", body, "sha256").hexdigest()
        with requests.Session() as session:
            session.trust_env = False
            return session.post(
                f"http://127.0.0.1:{slots[0].port}/notify/{name}?kunci=RAHASIA",
                data=body,
                headers={"X-Signature": own if signature is None else signature},
                timeout=20,
            )

    call.port = slots[0].port  # type: ignore[attr-defined]
    return call


def test_a_receipt_is_kept_as_it_came_and_applied_once(telling: Telling, call: Any) -> None:
    telling.send()
    body = "\n".join(f"delivered,{one.provider_id}" for one in telling.rows(to=None)).encode()
    for _ in range(3):
        answer = call(body)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert telling.states() == [("warning", "wa", "delivered")]
    kept = telling.followed.rows(receipts)
    assert [one.body for one in kept] == [body, None]


@pytest.mark.parametrize("signature", ["", "0" * 64, "\xff"])
def test_a_forged_signature_changes_nothing(telling: Telling, call: Any, signature: str) -> None:
    telling.send()
    (row,) = telling.rows()
    answer = call(f"read,{row.provider_id}".encode(), signature=signature)
    assert answer.status_code == 401
    assert error_of(answer) == "the signature is not the gateway's"
    assert telling.states() == [("warning", "wa", "accepted")]
    assert telling.followed.rows(receipts) == []


def test_what_is_no_receipt_is_not_kept_and_others_messages_harm_nobody(
    telling: Telling, call: Any
) -> None:
    assert call(b"").status_code == 200
    assert telling.followed.rows(receipts) == []
    assert call(b"read,somebody-elses").status_code == 200
    assert len(telling.followed.rows(receipts)) == 1


def test_too_much_and_unknown_channels_are_refused(call: Any) -> None:
    assert call(b"x" * 300_000).status_code == 413
    assert call(b"", name="sms").status_code == 404


def test_a_gateway_that_asks_is_answered_if_it_knows_our_word(call: Any) -> None:
    def ask(query: str) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://127.0.0.1:{call.port}/notify/wa?{query}", timeout=20)

    answer = ask("word=kata&challenge=123")
    assert (answer.status_code, answer.text) == (200, "123")
    assert answer.headers["content-type"].startswith("text/plain")
    assert ask("word=lain&challenge=123").status_code == 403


def test_no_key_of_an_address_and_no_body_is_logged(
    telling: Telling, call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="ingest")
    call(b"read,geheim-1")
    call(b"read,geheim-2", signature="0")
    assert "RAHASIA" not in caplog.text
    assert "geheim" not in caplog.text
