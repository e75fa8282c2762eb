"""WhatsApp by Fonnte, which types on a phone that is linked to it.

    POST {base}/send    Authorization: TOKEN (no Bearer)    form: target, message, countryCode
    -> 200 {"status":true,"id":["80367170"],"process":"pending"}
       200 {"status":false,"reason":"..."}: the body decides, never the status

One target a call, so that one answer is of one message. Webhooks are not signed: they are believed
only with the key we put into their address. Without webhooks the message's state is asked for, by
a call that Fonnte calls deprecated. Our reference cannot be told, so nothing is found by it.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from ingest.notify import verdicts
from ingest.notify.base import (
    NOTHING,
    ChannelAway,
    Failure,
    Fault,
    Kind,
    Message,
    Receipt,
    ReceiptRefused,
    Sent,
    State,
)
from ingest.notify.door import Door, Unheard
from ingest.notify.options import Seconds, Text, WebAddress
from ingest.secrets import SecretUnfit

MAX_WEBHOOK = 64 << 10
_STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "received": State.DELIVERED,
    "read": State.READ,
    "played": State.READ,
    "invalid": State.FAILED,
    "expired": State.FAILED,
    "failed": State.FAILED,
    "url unreachable": State.FAILED,
}
_REASONS = (
    ("token", Fault.ACCOUNT),
    ("quota", Fault.ACCOUNT),
    ("disconnected", Fault.ACCOUNT),
    ("device", Fault.ACCOUNT),
    ("package", Fault.ACCOUNT),
    ("unknown user", Fault.ACCOUNT),
    ("target", Fault.ADDRESS),
    ("too many", Fault.LATER),
    ("rate limit", Fault.LATER),
)


class Fonnte:
    """One linked phone."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        token_file: Text
        webhook_key_file: Text = ""
        base_url: WebAddress = "https://api.fonnte.com"
        ca_file: Text = ""
        timeout_s: Seconds = 30.0

    kind = Kind.WHATSAPP
    finds = False

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.receipts_by = "webhook" if options.webhook_key_file else "poll"
        self._options = options
        self._door = Door(
            name, options.base_url, timeout_s=options.timeout_s, ca_file=options.ca_file
        )

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Hand over one text."""
        return verdicts.sending(self.name, lambda: self._send(message))

    def _send(self, message: Message) -> Sent:
        form = {"target": message.to, "message": message.text, "countryCode": "62"}
        answer = self._door.post_form("/send", form, self._authorisation())
        found = answer.json()
        told = _status(found)
        if found is None or told is None:
            return verdicts.by_status(self.name, answer) or verdicts.unreadable(self.name)
        if not told:
            return self._refused(found.get("reason") or found.get("detail"))
        given = found.get("id")
        first = given[0] if isinstance(given, list) and given else given
        return Sent(accepted=True, provider_id=verdicts.identifier(first))

    def _refused(self, reason: object) -> Sent:
        return verdicts.refused(
            verdicts.by_words(reason, _REASONS),
            f"{self.name}: Fonnte refuses, {verdicts.plain(reason)}",
        )

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Ask what became of a message of Fonnte's id."""
        if provider_id is None:
            raise ChannelAway(f"{self.name}: Fonnte knows a message by its own id alone")
        try:
            answer = self._door.post_form("/status", {"id": provider_id}, self._authorisation())
        except (Unheard, SecretUnfit) as error:
            raise ChannelAway(str(error)) from error
        found = answer.json()
        if answer.status != 200 or found is None or not _status(found):
            raise ChannelAway(f"{self.name}: Fonnte does not tell what became of a message")
        return self._receipt(found.get("message_status"), provider_id, now)

    def answer(self, query: Mapping[str, str]) -> str | None:  # noqa: ARG002
        """Answer nobody: Fonnte asks for nothing before it calls."""
        return None

    def receipts(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        now: datetime,
        query: Mapping[str, str] = NOTHING,
    ) -> tuple[Receipt, ...]:
        """Read a call about one message, of whoever knows the key in our address."""
        if not self._options.webhook_key_file:
            raise ReceiptRefused(f"{self.name}: no webhook_key_file, so no webhook is believed")
        key = verdicts.secret(self._options.webhook_key_file)
        if not hmac.compare_digest(query.get("key", "").encode(), key.encode()):
            raise ReceiptRefused(f"{self.name}: the webhook does not know the key of our address")
        told = _fields(headers, body)
        if told is None:
            raise ReceiptRefused(f"{self.name}: the webhook's body cannot be read")
        provider_id = verdicts.identifier(told.get("id"))
        if provider_id is None:
            return ()  # what people write back, and states by another id than that of sending
        found = (
            self._receipt(told.get(key), provider_id, now)
            for key in ("status", "state")
            if told.get(key)
        )
        return tuple(one for one in found if one is not None)

    def close(self) -> None:
        """Nothing stays open."""

    def _authorisation(self) -> dict[str, str]:
        return {"Authorization": verdicts.secret(self._options.token_file)}

    def _receipt(self, told: object, provider_id: str, now: datetime) -> Receipt | None:
        """Return a receipt; None while it waits, or where the word is none we know."""
        word = str(told).strip().lower()
        state = _STATES.get(word)
        if state is None:
            return None
        failure = None
        if state is State.FAILED:
            fault = Fault.ADDRESS if word == "invalid" else Fault.LATER
            failure = Failure(fault, f"{self.name}: Fonnte says {word}")
        return Receipt(state, now, provider_id, failure=failure)


def _status(found: dict[str, Any] | None) -> bool | None:
    """Return what the body decides; None where it does not. The key comes in both spellings."""
    told = None if found is None else found.get("status", found.get("Status"))
    return told if isinstance(told, bool) else None


def _fields(headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
    """Read a body as JSON or as a form, whichever it says it is."""
    if len(body) > MAX_WEBHOOK:
        return None
    try:
        if "json" in headers.get("content-type", "") or body.lstrip()[:1] == b"{":
            found = json.loads(body)
            return found if isinstance(found, dict) else None
        form = parse_qs(body.decode(), max_num_fields=100)
    except (ValueError, RecursionError):
        return None
    return {key: values[0] for key, values in form.items()}
