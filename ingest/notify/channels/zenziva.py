"""SMS, or WhatsApp, by Zenziva.

    POST {base}/reguler/api/sendsms/    form: userkey, passkey, to, message
    POST {base}/wareguler/api/sendWA/   the same
    -> {"messageId":68917,"to":"628...","status":"1","text":"Success","cost":400}

`text` decides. Nothing is told of what became of a message, and none is found by our reference.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from ingest.notify import sms, verdicts
from ingest.notify.base import (
    Fault,
    Kind,
    Message,
    Sent,
)
from ingest.notify.channels.untold import Untold
from ingest.notify.door import Door
from ingest.notify.options import Seconds, Text, WebAddress

_PATHS = {Kind.SMS: "/reguler/api/sendsms/", Kind.WHATSAPP: "/wareguler/api/sendWA/"}
_REASONS = (
    ("userkey", Fault.ACCOUNT),
    ("passkey", Fault.ACCOUNT),
    ("password", Fault.ACCOUNT),
    ("credit", Fault.ACCOUNT),
    ("balance", Fault.ACCOUNT),
    ("saldo", Fault.ACCOUNT),
    ("expired", Fault.ACCOUNT),
    ("device", Fault.ACCOUNT),
    ("number", Fault.ADDRESS),
    ("nomor", Fault.ADDRESS),
    ("limit", Fault.LATER),
)


class Zenziva(Untold):
    """One account."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        userkey_file: Text
        passkey_file: Text
        service: Literal["sms", "whatsapp"] = "sms"
        base_url: WebAddress = "https://console.zenziva.net"
        ca_file: Text = ""
        timeout_s: Seconds = 30.0

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.kind = Kind(options.service)
        self._options = options
        self._door = Door(
            name, options.base_url, timeout_s=options.timeout_s, ca_file=options.ca_file
        )

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Hand over one text; an SMS in the alphabet of phones."""
        return verdicts.sending(self.name, lambda: self._send(message))

    def _send(self, message: Message) -> Sent:
        text = sms.plain(message.text) if self.kind is Kind.SMS else message.text
        if self.kind is Kind.SMS and len(sms.parts(text)) > sms.MOST_PARTS:
            return verdicts.refused(Fault.CONTENT, f"{self.name}: the text is too long for an SMS")
        form = {
            "userkey": verdicts.secret(self._options.userkey_file),
            "passkey": verdicts.secret(self._options.passkey_file),
            "to": message.to,
            "message": text,
        }
        answer = self._door.post_form(_PATHS[self.kind], form, {})
        found = answer.json()
        told = None if found is None else found.get("text")
        if found is None or not isinstance(told, str):
            return verdicts.by_status(self.name, answer) or verdicts.unreadable(self.name)
        if told.strip().lower() == "success":
            return Sent(accepted=True, provider_id=verdicts.identifier(found.get("messageId")))
        fault = verdicts.by_words(told, _REASONS)
        return verdicts.refused(fault, f"{self.name}: Zenziva refuses, {verdicts.plain(told)}")
