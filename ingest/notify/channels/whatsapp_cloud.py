"""WhatsApp by Meta's Cloud API: approved templates only, receipts by signed webhooks.

    POST {base}/{version}/{phone_id}/messages    Authorization: Bearer TOKEN
    {"messaging_product":"whatsapp","to":"628...","type":"template","template":{...},
     "biz_opaque_callback_data":REFERENCE}
    -> {"messages":[{"id":"wamid..."}]} or {"error":{"code":131026,...}}

What is accepted is not delivered: `failed` may still come. Statuses carry our reference, so that a
message whose answer was lost is known again by its first receipt; the API itself cannot be asked.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

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
from ingest.notify.channels.whatsapp_errors import failure_of
from ingest.notify.door import Door
from ingest.notify.options import Seconds, Text, WebAddress, Word

MAX_WEBHOOK = 3 << 20  # Meta's own bound
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_STATES = {one.value: one for one in (State.SENT, State.DELIVERED, State.READ, State.FAILED)}


class WhatsappCloud:
    """One number of a WhatsApp Business account."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        phone_id: Word
        token_file: Text
        app_secret_file: Text = ""
        verify_token_file: Text = ""
        version: Word = "v23.0"
        base_url: WebAddress = "https://graph.facebook.com"
        ca_file: Text = ""
        timeout_s: Seconds = 20.0

        def __post_init__(self) -> None:
            if bool(self.app_secret_file) != bool(self.verify_token_file):
                raise ValueError("app_secret_file and verify_token_file go together, or neither")

    kind = Kind.WHATSAPP
    finds = False

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.receipts_by = "webhook" if options.app_secret_file else ""
        self._options = options
        self._door = Door(
            name, options.base_url, timeout_s=options.timeout_s, ca_file=options.ca_file
        )

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Hand over one message as its template."""
        if not message.template:
            return verdicts.refused(
                Fault.CONTENT, f"{self.name}: the gateway takes approved templates only"
            )
        return verdicts.sending(self.name, lambda: self._send(message))

    def _send(self, message: Message) -> Sent:
        told = self._options
        answer = self._door.post_json(
            f"/{told.version}/{told.phone_id}/messages",
            _request(message),
            {"Authorization": f"Bearer {verdicts.secret(told.token_file)}"},
        )
        found = answer.json()
        if found is not None and isinstance(found.get("error"), dict):
            return Sent(False, failure=failure_of(self.name, found["error"], answer))
        if answer.status != 200:
            return verdicts.by_status(self.name, answer) or verdicts.unreadable(self.name)
        match found:
            case {"messages": [{"id": str(given)}]} if verdicts.identifier(given):
                return Sent(accepted=True, provider_id=given)
        return verdicts.unreadable(self.name)

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Raise ChannelAway: only a webhook tells what became of a message."""
        raise ChannelAway(f"{self.name}: WhatsApp cannot be asked; its webhooks name the reference")

    def answer(self, query: Mapping[str, str]) -> str | None:
        """Give the challenge back to who knows the token we agreed on."""
        challenge = query.get("hub.challenge", "")
        if not self._options.verify_token_file or query.get("hub.mode") != "subscribe":
            return None
        agreed = verdicts.secret(self._options.verify_token_file)
        given = query.get("hub.verify_token", "")
        if not hmac.compare_digest(given.encode(), agreed.encode()):
            return None
        return challenge if _CHALLENGE.fullmatch(challenge) else None

    def receipts(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        now: datetime,
        query: Mapping[str, str] = NOTHING,  # noqa: ARG002 - what Meta says is signed
    ) -> tuple[Receipt, ...]:
        """Read the statuses of our number in a body signed by the app's secret."""
        self._check_signature(headers, body)
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ReceiptRefused(f"{self.name}: the webhook's body is no JSON") from error
        found = (self._receipt(one, now) for one in _statuses(told, self._options.phone_id))
        return tuple(one for one in found if one is not None)

    def close(self) -> None:
        """Nothing stays open."""

    def _check_signature(self, headers: Mapping[str, str], body: bytes) -> None:
        if not self._options.app_secret_file:
            raise ReceiptRefused(f"{self.name}: no app_secret_file, so no webhook is believed")
        if len(body) > MAX_WEBHOOK:
            raise ReceiptRefused(f"{self.name}: the webhook's body is too large")
        key = verdicts.secret(self._options.app_secret_file).encode()
        signed = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        given = headers.get("x-hub-signature-256", "")
        if not hmac.compare_digest(given.encode(), signed.encode()):
            raise ReceiptRefused(f"{self.name}: the webhook is not signed with the app's secret")

    def _receipt(self, told: dict[str, Any], now: datetime) -> Receipt | None:
        state = _STATES.get(str(told.get("status")))
        provider_id = verdicts.identifier(told.get("id"))
        if state is None or provider_id is None:
            return None
        failure = self._failure(told) if state is State.FAILED else None
        return Receipt(
            state,
            verdicts.moment(told.get("timestamp"), now),
            provider_id,
            _reference(told.get("biz_opaque_callback_data")),
            failure,
        )

    def _failure(self, told: dict[str, Any]) -> Failure:
        match told.get("errors"):
            case [{"code": int()} as first, *_]:
                return failure_of(self.name, first)
        return Failure(Fault.CONTENT, f"{self.name}: failed, and WhatsApp does not say why")


def _request(message: Message) -> dict[str, Any]:
    template: dict[str, Any] = {
        "name": message.template,
        "language": {"code": message.language},
    }
    if message.values:
        values = [{"type": "text", "text": _one_line(value)} for _, value in message.values]
        template["components"] = [{"type": "body", "parameters": values}]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to,
        "type": "template",
        "template": template,
        "biz_opaque_callback_data": message.reference,
    }


def _one_line(value: str) -> str:
    """Variables may hold no line ends, tabs or runs of spaces, and not be empty."""
    return " ".join(value.split()) or "-"


def _statuses(told: object, phone_id: str) -> Iterator[dict[str, Any]]:
    """Yield the statuses that concern our number; whatever else stands there is left alone."""
    for entry in _objects(told, "entry"):
        for change in _objects(entry, "changes"):
            value = change.get("value")
            match value:
                case {"metadata": {"phone_number_id": found}} if str(found) == phone_id:
                    yield from _objects(value, "statuses")


def _objects(told: object, key: str) -> list[dict[str, Any]]:
    found = told.get(key) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _reference(told: object) -> str | None:
    return told if isinstance(told, str) and re.fullmatch(r"[0-9a-f]{32}", told) else None
