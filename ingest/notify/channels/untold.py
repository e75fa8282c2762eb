"""What channels share whose gateway tells little: no webhook that proves itself, or nothing."""

from collections.abc import Mapping
from datetime import datetime

from ingest.notify.base import NOTHING, ChannelAway, Receipt, ReceiptRefused


class NoWebhook:
    """A channel whose gateway calls nobody, or proves by nothing that it is who calls."""

    name: str

    def answer(self, query: Mapping[str, str]) -> str | None:  # noqa: ARG002 - nobody asks
        """Answer nobody."""
        return None

    def receipts(
        self,
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
        *,
        now: datetime,  # noqa: ARG002
        query: Mapping[str, str] = NOTHING,  # noqa: ARG002
    ) -> tuple[Receipt, ...]:
        """Refuse: what is not signed proves nothing."""
        raise ReceiptRefused(f"{self.name}: this gateway has no webhooks that are signed")

    def close(self) -> None:
        """Nothing stays open."""


class Untold(NoWebhook):
    """A channel whose gateway says that it took a message, and nothing more, ever."""

    finds = False
    receipts_by = ""

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:  # noqa: ARG002
        """Raise ChannelAway."""
        raise ChannelAway(f"{self.name}: this gateway does not tell what became of a message")
