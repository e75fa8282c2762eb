"""WhatsApp's Cloud API on loopback: takes approved templates, and calls our webhook, signed."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from gateways.web import Asked, Gateway

TOKEN, SECRET, AGREED, PHONE_ID = "EAAG-rahasia-token", "rahasia-aplikasi", "kata-kita", "1055500"


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message in somebody's hand."""

    id: str
    to: str
    template: str
    values: tuple[str, ...]
    reference: str


class FakeWhatsapp(Gateway):
    """`inbox` is what it took; who is in `absent` is not on WhatsApp."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox: list[Delivered] = []
        self.absent: set[str] = set()

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, _error(190, "Invalid OAuth access token")
        if not asked.path.endswith(f"/{PHONE_ID}/messages"):
            return 404, _error(100, "Unsupported post request")
        told = asked.json()
        if told["to"] in self.absent:
            return 400, _error(131026, "Message undeliverable")
        if told["type"] != "template":
            return 400, _error(131047, "Re-engagement message")
        taken = self._take(told)
        return 200, {
            "messaging_product": "whatsapp",
            "contacts": [{"input": taken.to, "wa_id": taken.to}],
            "messages": [{"id": taken.id, "message_status": "accepted"}],
        }

    def _take(self, told: dict[str, Any]) -> Delivered:
        parts = told["template"].get("components", [])
        values = tuple(one["text"] for part in parts for one in part["parameters"])
        number = f"wamid.{len(self.inbox) + 1:08}"
        reference = told.get("biz_opaque_callback_data", "")
        taken = Delivered(number, told["to"], told["template"]["name"], values, reference)
        self.inbox.append(taken)
        return taken

    def webhook(
        self, one: Delivered, state: str, at: int, *, error: int | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of what is called when a message comes to `state`."""
        told: dict[str, Any] = {
            "id": one.id, "status": state, "timestamp": str(at), "recipient_id": one.to,
            "biz_opaque_callback_data": one.reference,
        }  # fmt: skip
        if error is not None:
            told["errors"] = [{"code": error, "title": "failed"}]
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_ID},
                 "statuses": [told]}  # fmt: skip
        change = {"field": "messages", "value": value}
        entry = {"id": "0", "changes": [change]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        return body, {"X-Hub-Signature-256": sign(body), "Content-Type": "application/json"}

    def call(self, url: str, one: Delivered, state: str, at: int) -> int:
        """Call a webhook on this machine; return the status of its answer."""
        body, headers = self.webhook(one, state, at)
        with urlopen(Request(url, body, headers), timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status)


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _error(code: int, title: str) -> object:
    return {"error": {"message": title, "type": "OAuthException", "code": code}}
