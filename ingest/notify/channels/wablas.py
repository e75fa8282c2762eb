"""WhatsApp by Wablas; each account has a server of its own (`https://solo.wablas.com`).

    POST {base}/api/v2/send-message    Authorization: TOKEN.SECRET
    {"data":[{"phone":"628...","message":"...","isGroup":false,"ref_id":REFERENCE}]}
    -> {"status":true,"data":{"messages":[{"id":"...","status":"pending"}]}}

    GET {base}/api/report/message?ref_id=REFERENCE    -> {"status":true,"message":[{...}]}

Its report knows our reference, so a message whose answer was lost is found. Webhooks are not
signed and are not taken: the report is asked for instead.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

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
from ingest.notify.door import Door, Unheard
from ingest.notify.options import Seconds, Text, WebAddress
from ingest.secrets import SecretUnfit

_STATES = {
    "pending": State.ACCEPTED,
    "sent": State.SENT,
    "received": State.DELIVERED,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "cancel": State.FAILED,
    "reject": State.FAILED,
    "failed": State.FAILED,
}
_REASONS = (
    ("token", Fault.ACCOUNT),
    ("secret", Fault.ACCOUNT),
    ("quota", Fault.ACCOUNT),
    ("expired", Fault.ACCOUNT),
    ("disconnect", Fault.ACCOUNT),
    ("device", Fault.ACCOUNT),
    ("phone", Fault.ADDRESS),
    ("too many", Fault.LATER),
    ("limit", Fault.LATER),
)


class Wablas(NoWebhook):
    """One device of a Wablas account."""

    @dataclass(frozen=True, slots=True)
    class Options:
        """The keys of its section."""

        __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

        base_url: WebAddress
        token_file: Text
        secret_file: Text
        ca_file: Text = ""
        timeout_s: Seconds = 30.0

    kind = Kind.WHATSAPP
    finds = True
    receipts_by = "poll"

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self._options = options
        self._door = Door(
            name, options.base_url, timeout_s=options.timeout_s, ca_file=options.ca_file
        )

    def send(self, message: Message, *, now: datetime) -> Sent:  # noqa: ARG002
        """Hand over one text."""
        return verdicts.sending(self.name, lambda: self._send(message))

    def _send(self, message: Message) -> Sent:
        item = {
            "phone": message.to,
            "message": message.text,
            "isGroup": False,
            "ref_id": message.reference,
        }
        answer = self._door.post_json(
            "/api/v2/send-message", {"data": [item]}, self._authorisation()
        )
        found = answer.json()
        if found is None or not isinstance(found.get("status"), bool):
            return verdicts.by_status(self.name, answer) or verdicts.unreadable(self.name)
        if not found["status"]:
            return self._refused(found.get("message"))
        match found.get("data"):
            case {"messages": [{"id": given} as one]} if verdicts.identifier(given):
                if _STATES.get(str(one.get("status")).lower()) is State.FAILED:
                    return self._refused(one.get("message") or one.get("status"))
                return Sent(accepted=True, provider_id=verdicts.identifier(given))
        return verdicts.unreadable(self.name)

    def _refused(self, reason: object) -> Sent:
        fault = verdicts.by_words(reason, _REASONS)
        return verdicts.refused(fault, f"{self.name}: Wablas refuses, {verdicts.plain(reason)}")

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Ask the report for our reference. None only where it answers with an empty list."""
        try:
            answer = self._door.ask(
                "GET",
                f"/api/report/message?{urlencode({'ref_id': reference, 'perPage': '10'})}",
                self._authorisation(),
            )
        except (Unheard, SecretUnfit) as error:
            raise ChannelAway(str(error)) from error
        found = answer.json()
        rows = None if found is None else found.get("message")
        if answer.status != 200 or not isinstance(rows, list):
            raise ChannelAway(f"{self.name}: Wablas does not give its report ({answer.status})")
        ours = [one for one in rows if isinstance(one, dict) and one.get("ref_id") == reference]
        if rows and not ours:
            raise ChannelAway(f"{self.name}: the report of Wablas does not go by our reference")
        return self._receipt(ours[0], reference, now) if ours else None

    def _authorisation(self) -> dict[str, str]:
        token = verdicts.secret(self._options.token_file)
        return {"Authorization": f"{token}.{verdicts.secret(self._options.secret_file)}"}

    def _receipt(self, told: dict[str, Any], reference: str, now: datetime) -> Receipt:
        """Return what the report says; a word we do not know is at least in its list."""
        word = str(told.get("status")).strip().lower()
        state = _STATES.get(word, State.ACCEPTED)
        failure = None
        if state is State.FAILED:
            failure = Failure(Fault.LATER, f"{self.name}: Wablas says {word}")
        return Receipt(state, now, verdicts.identifier(told.get("id")), reference, failure)
