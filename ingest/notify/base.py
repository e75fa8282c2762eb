"""What a channel is: a way to tell a person something, and to learn what became of it.

A channel knows nothing of cases, people or the store. What it says of a message decides whether
another may be sent, so it never says more than its gateway did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from ingest.errors import IngestError

NOTHING: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """What an address of a channel is."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    MAIL = "mail"


class Fault(StrEnum):
    """Why a message was not taken, by what it means for the next step."""

    ADDRESS = "address"
    """This channel never reaches this address: another channel, or a letter."""
    CONTENT = "content"
    """This text or template is refused: sending it again is no use until an admin changes it."""
    ACCOUNT = "account"
    """The account is empty, locked or its key is wrong: nobody is reached until it is mended."""
    LATER = "later"
    """Too many, or the gateway is away: nothing was sent, the same message may be tried again."""
    UNKNOWN = "unknown"
    """It may have been sent: no answer came. It is not sent again before somebody knows."""


@dataclass(frozen=True, slots=True)
class Failure:
    fault: Fault
    text: str
    """One sentence without any secret, address or body."""
    retry_after_s: float | None = None

    @property
    def permanent(self) -> bool:
        return self.fault in (Fault.ADDRESS, Fault.CONTENT)


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one address. `text` is always whole: where a gateway sends approved templates
    only, `template` and `values` say the same by the gateway's own template.
    """

    to: str
    """E.164 without plus (`628...`), or a mail address."""
    text: str
    reference: str
    """Our own name of it, 32 hex digits; given to gateways that hand it back with a receipt."""
    name: str = ""
    """Of the person, for gateways that insist on one."""
    subject: str = ""
    template: str = ""
    language: str = "id"
    values: tuple[tuple[str, str], ...] = ()
    """Variables of the template in their order: name and value."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the gateway answered: accepted with its id (some give none), or not, and why."""

    accepted: bool
    provider_id: str | None = None
    failure: Failure | None = None


class State(StrEnum):
    """What became of a message, in the order in which it happens."""

    ACCEPTED = "accepted"
    """The gateway has it, and has not sent it on yet: told by `find`, for who lost the answer."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Names a message by the gateway's id, by our reference, or both."""

    state: State
    at: datetime
    provider_id: str | None = None
    reference: str | None = None
    failure: Failure | None = None


class ReceiptRefused(IngestError):
    """A webhook's body that is not signed as it should be, or cannot be read."""


class Channel(Protocol):
    """Made from its section of the configuration; each is one file and one line in `registry`.

    Safe to use from one thread at a time.
    """

    name: str
    """As the configuration calls it."""
    kind: Kind
    finds: bool
    """Whether `find` can tell by our reference whether a message was taken, after a crash."""
    receipts_by: str
    """`webhook`, `poll`, or empty where the gateway tells nothing more."""

    def send(self, message: Message, *, now: datetime) -> Sent:
        """Hand over one message. Never raises for what a gateway does or says."""

    def find(self, reference: str, provider_id: str | None, *, now: datetime) -> Receipt | None:
        """Ask what became of a message; None where the gateway does not know it.

        Raises ChannelAway where nobody can say now.
        """

    def answer(self, query: Mapping[str, str]) -> str | None:
        """Return what to say to a gateway that asks by GET whether we listen; None: not to it."""

    def receipts(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        now: datetime,
        query: Mapping[str, str] = NOTHING,
    ) -> tuple[Receipt, ...]:
        """Read what a gateway called to say; header names are small. Raises ReceiptRefused.

        `query` is of the address it called: gateways that sign nothing prove themselves by a key
        there, which belongs into no log.
        """

    def close(self) -> None:
        """Let go of connections; safe to call twice."""


class ChannelAway(IngestError):
    """The gateway cannot be asked now; the text says why."""
