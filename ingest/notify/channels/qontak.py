"""WhatsApp by Qontak (Mekari): approved templates only.

    POST {base}/v1/broadcasts/whatsapp/direct
    {"to_number":"628...","to_name":"...","message_template_id":"...","channel_integration_id":"...",
     "language":{"code":"id"},"parameters":{"body":[{"key":"1","value":"nama","value_text":"..."}]}}
    -> {"status":"success","data":{"id":"..."}} or {"status":"error","error":{...}}

    GET {base}/v1/broadcasts/ID/whatsapp/log -> {"status":"success","data":[{"status":"read"}]}

Older accounts give a token (`https://service-chat.qontak.com/api/open`); on Mekari's gateway
(`https://api.mekari.com/qontak/chat`) each request is signed. Our reference cannot be told, so a
message whose answer was lost is not found again.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from ingest.notify import verdicts
from ingest.notify.base import (
    ChannelAway,
    Failure,
    Fault,
    Kind,
    Message,
    Receipt,
    Sent,
    State,
)
from ingest.notify.channels.untold import NoWebhook
from ingest.notify.door import Answer, Door, Unheard
from ingest.notify.options import Seconds, Text, WebAddress, Word
from ingest.secrets import SecretUnfit

_PATH = "/v1/broadcasts/whatsapp/direct"
_STATES = {
    "todo": State.ACCEPTED,
    "pending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "failed": State.FAILED,
}
_REASONS = (
    ("token", Fault.ACCOUNT),
    ("unauthorized", Fault.ACCOUNT),
    ("balance", Fault.ACCOUNT),
    ("quota", Fault.ACCOUNT),
    ("integration", Fault.ACCOUNT),
    ("number", Fault.ADDRESS),
    ("rate", Fault.LATER),
)


class Qontak(NoWebhook):
    """One number of a Qontak account."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        channel_id: Word
        token_file: Text = ""
        client_id: Text = ""
        client_secret_file: Text = ""
        base_url: WebAddress = "https://service-chat.qontak.com/api/open"
        ca_file: Text = ""
        timeout_s: Seconds = 30.0

        def __post_init__(self) -> None:
            if bool(self.client_id) != bool(self.client_secret_file):
                raise ValueError("client_id and client_secret_file go together")
            if bool(self.token_file) == bool(self.client_id):
                raise ValueError("give token_file, or client_id with client_secret_file")

    kind = Kind.WHATSAPP
    finds = False
    receipts_by = "poll"

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self._options = options
        self._door = Door(
            name, options.base_url, timeout_s=options.timeout_s, ca_file=options.ca_file
        )

    def send(self, message: Message, *, now: datetime) -> Sent:
        """Hand over one message as its template."""
        if not message.template:
            return verdicts.refused(
                Fault.CONTENT, f"{self.name}: the gateway takes approved templates only"
            )
        return verdicts.sending(self.name, lambda: self._send(message, now))

    def _send(self, message: Message, now: datetime) -> Sent:
        answer = self._door.post_json(
            _PATH, self._request(message), self._proof("POST", _PATH, now)
        )
        found = answer.json()
        match found:
            case {"status": "success", "data": {"id": given}} if verdicts.identifier(given):
                return Sent(accepted=True, provider_id=verdicts.identifier(given))
            case {"status": "error", "error": error}:
                return self._refused(answer, error)
        return verdicts.by_status(self.name, answer) or verdicts.unreadable(self.name)

    def _request(self, message: Message) -> dict[str, Any]:
        body = [
            {"key": str(place), "value": name, "value_text": " ".join(value.split()) or "-"}
            for place, (name, value) in enumerate(message.values, start=1)
        ]
        return {
            "to_number": message.to,
            "to_name": message.name or "-",
            "message_template_id": message.template,
            "channel_integration_id": self._options.channel_id,
            "language": {"code": message.language},
            "parameters": {"body": body},
        }

    def _refused(self, answer: Answer, error: object) -> Sent:
        judged = verdicts.by_status(self.name, answer)
        if judged is not None:
            return judged
        told = error.get("messages") if isinstance(error, dict) else error
        text = " ".join(str(one) for one in told) if isinstance(told, list) else str(told)
        fault = verdicts.by_words(text, _REASONS)
        return verdicts.refused(fault, f"{self.name}: Qontak refuses, {verdicts.plain(text)}")

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Ask the log of a message by Qontak's id."""
        if provider_id is None:
            raise ChannelAway(f"{self.name}: Qontak knows a message by its own id alone")
        if not provider_id.replace("-", "").isalnum():
            raise ChannelAway(f"{self.name}: this is no id of Qontak's")
        path = f"/v1/broadcasts/{provider_id}/whatsapp/log"
        try:
            answer = self._door.ask("GET", path, self._proof("GET", path, now))
        except (Unheard, SecretUnfit) as error:
            raise ChannelAway(str(error)) from error
        match answer.json():
            case {"status": "success", "data": [{"status": str(word)}, *_]}:
                return self._receipt(word, provider_id, now)
            case {"status": "success", "data": []}:
                return None
        raise ChannelAway(f"{self.name}: Qontak does not tell what became of a message")

    def _receipt(self, word: str, provider_id: str, now: datetime) -> Receipt | None:
        state = _STATES.get(word.strip().lower())
        if state is None:
            return None
        failure = None
        if state is State.FAILED:
            failure = Failure(Fault.LATER, f"{self.name}: Qontak says failed")
        return Receipt(state, now, provider_id, failure=failure)

    def _proof(self, method: str, path: str, now: datetime) -> dict[str, str]:
        """Return what shows who asks: a token, or the date and the request line signed."""
        told = self._options
        if told.token_file:
            return {"Authorization": f"Bearer {verdicts.secret(told.token_file)}"}
        date = format_datetime(now.astimezone(UTC), usegmt=True)
        line = f"date: {date}\n{method} {self._door.prefix}{path} HTTP/1.1"
        key = verdicts.secret(told.client_secret_file).encode()
        signature = base64.b64encode(hmac.new(key, line.encode(), hashlib.sha256).digest()).decode()
        return {
            "Date": date,
            "Authorization": f'hmac username="{told.client_id}", algorithm="hmac-sha256", '
            f'headers="date request-line", signature="{signature}"',
        }
