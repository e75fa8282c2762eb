"""What channels say alike of a gateway's answers."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest.notify.base import Failure, Fault, Sent
from ingest.notify.door import Answer, Unheard
from ingest.secrets import SecretUnfit, read_secret

_LONGEST = 120
_PRIVATE = re.compile(r"\+?[0-9][0-9 .()-]{5,}[0-9]|\S+@\S+|\S{24,}")
"""Numbers, mail addresses, keys."""


def refused(fault: Fault, text: str, retry_after_s: float | None = None) -> Sent:
    """Say that a message was not taken, and why."""
    return Sent(accepted=False, failure=Failure(fault, text, retry_after_s))


def sending(name: str, send: Callable[[], Sent]) -> Sent:
    """Hand over a message; turn what keeps us from it into what it means."""
    try:
        return send()
    except Unheard as unheard:
        return Sent(accepted=False, failure=unheard.failure)
    except SecretUnfit as unfit:
        return refused(Fault.ACCOUNT, f"{name}: {unfit}")


def by_status(name: str, answer: Answer) -> Sent | None:
    """Judge an answer by what its status says for certain; None where the body has to tell.

    A fault of the gateway's own (5xx) tells nothing of the message, which may have been taken
    before: only "too many" and "come back later" say that it was not.
    """
    status = answer.status
    if status == 429 or (status == 503 and answer.retry_after_s is not None):
        return refused(
            Fault.LATER, f"{name}: the gateway asks to wait ({status})", answer.retry_after_s
        )
    if 300 <= status < 400:
        return refused(Fault.ACCOUNT, f"{name}: its address leads elsewhere; correct base_url")
    if status in {401, 402, 403}:
        return refused(Fault.ACCOUNT, f"{name}: the gateway refuses our key ({status})")
    if status in {404, 405}:
        return refused(Fault.ACCOUNT, f"{name}: no such thing at its address; correct base_url")
    if status >= 500:
        return unknown(name, f"answers {status}")
    return None


def unknown(name: str, what: str) -> Sent:
    """Say that the message may have been taken."""
    return refused(Fault.UNKNOWN, f"{name}: the gateway {what}; nobody knows what it took")


def by_words(told: object, reasons: Sequence[tuple[str, Fault]]) -> Fault:
    """Judge a reason by the first word that stands in it; any other reason is refused content."""
    text = str(told).lower()
    return next((fault for word, fault in reasons if word in text), Fault.CONTENT)


def unreadable(name: str) -> Sent:
    """Say that an answer cannot be read."""
    return unknown(name, "answers with what is no answer of its kind")


def plain(told: object) -> str:
    """Return what a gateway told in a line without numbers, addresses and keys."""
    text = " ".join(str(told).split()) if isinstance(told, str | int) else "no reason given"
    text = _PRIVATE.sub("(...)", "".join(one for one in text if one.isprintable()))
    return text[:_LONGEST]


def identifier(told: object) -> str | None:
    """Return a gateway's id of a message; None where it gave none that can be one."""
    if isinstance(told, int) and not isinstance(told, bool):
        told = str(told)
    if isinstance(told, str) and 0 < len(told) <= 200 and told.isprintable():
        return told
    return None


def moment(told: object, now: datetime) -> datetime:
    """Return a moment told in seconds since 1970, never after now; else now."""
    try:
        seconds = int(told) if isinstance(told, str | int) else -1
        return min(datetime.fromtimestamp(seconds, UTC), now) if seconds > 0 else now
    except (ValueError, OverflowError, OSError):
        return now


def secret(path: str) -> str:
    """Return a secret as it is now, so that a new one counts at once. Raises SecretUnfit."""
    return read_secret(Path(path))
