"""What an answer of the centre that is no receipt means: one of our errors, in its words. Pure."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bridge.errors import (
    BatchTooLarge,
    CentreBehind,
    CentreBusy,
    CentreError,
    CentreForked,
    CentreRefused,
    CentreUnreachable,
    KeyRefused,
)
from ingest import wire

MAX_REASON = 300


_SIMPLE: dict[int, tuple[type[CentreError], str]] = {
    409: (CentreBehind, "does not know our last receipt"),
    412: (CentreForked, "knows our chains with another past"),
    413: (BatchTooLarge, "refuses a body of this size"),
}


def refusal_of(url: str, status: int, answer: bytes, retry_after: str | None) -> CentreError:
    """Return what an answer with another status than 200 means."""
    told = _told(answer)
    reason = _reason(told)
    error: CentreError
    if status in (401, 403):
        error = _key_refused(url, reason, told)
    elif status in _SIMPLE:
        kind, what = _SIMPLE[status]
        error = kind(f"{url} {what}: {reason}")
    elif status in (429, 503):
        error = CentreBusy(f"{url} asks us to wait: {reason}", _seconds(retry_after))
    elif 400 <= status < 500:
        error = CentreRefused(status, reason)
    elif 300 <= status < 400:
        error = CentreUnreachable(
            f"{url} sends us elsewhere with status {status}; "
            "put the address it means into the configuration"
        )
    else:
        error = CentreUnreachable(f"{url} answers with status {status}: {reason}")
    return error


def _key_refused(url: str, reason: str, told: dict[str, Any]) -> CentreError:
    code, now = told.get("code"), told.get("now")
    if code == "replayed":
        return CentreUnreachable(
            f"{url} was sent this very request before; does something in between repeat requests?"
        )
    if "; " not in reason:
        reason += "; ask for an invitation and run `hadir-bridge enrol --again CODE`"
    is_moment = type(now) is int and 0 <= now < wire.MAX_MOMENT
    return KeyRefused(
        f"{url} refuses the key: {reason}",
        code if isinstance(code, str) else "",
        now if code == "clock" and is_moment else None,
    )


def _told(answer: bytes) -> dict[str, Any]:
    """Return what a refusal says; nothing where it is not the centre's."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _reason(told: dict[str, Any]) -> str:
    """Return the centre's words as one line that fits a log."""
    text = told.get("error")
    if not isinstance(text, str) or not text:
        return "no reason given"
    return "".join(ch if ch.isprintable() else " " for ch in text)[:MAX_REASON]


def _seconds(text: str | None) -> float | None:
    """Return the seconds that a Retry-After header means, or None."""
    if not text:
        return None
    if text.isascii() and text.strip().isdecimal():
        return float(text.strip())
    try:
        at = parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one whose zone leads out of the calendar
        return None
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
