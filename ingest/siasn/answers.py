"""What an answer of the national personnel system says, whatever it looks like. Pure.

    {"code": 1, "data": ...}                      the data; whatever the HTTP status is otherwise
    {"code": 0, "data": "record not found"}       there are no rows; so is code 1 without data
    {"code": 0, "message": "..."}                 an error, also with HTTP 200

Anything else is nonsense: half a JSON, a page in HTML, a list where an envelope should be.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from ingest.siasn.faults import Nonsense, NotNow, Told

MOST_BYTES = 16 << 20
MOST_DEPTH = 40
_NO_ROWS = ("record not found", "data tidak ditemukan", "tidak ada data", "data not found")
_DIGITS = re.compile(r"\d{6,}")
_BUSY = {408, 425, 429, 500, 502, 503, 504}


def read_answer(status: int, body: bytes) -> Any:
    """Return the data of an answer; None where it says that there is none.

    Raises Told, NotNow or Nonsense.
    """
    envelope = _envelope(body)
    if envelope is None:
        if status in _BUSY:
            raise NotNow(f"BKN answers {status}; try again later")
        raise Nonsense(f"BKN answers {status} with something that is none of its answers")
    if envelope.get("code") in (1, "1") and 200 <= status < 300:
        return envelope.get("data")
    if status < 500 and says_none(envelope):
        return None
    if status >= 500 or status in _BUSY:  # whatever else it says: it may have happened or not
        raise NotNow(f"BKN answers {status}; try again later")
    raise Told(f"BKN refuses: {_said(envelope) or f'status {status} without a reason'}")


def read_rows(data: Any) -> list[Mapping[str, Any]]:
    """Return the rows of an answer's data: one, a list, or none. Raises Nonsense."""
    if data is None or data == "":
        return []
    rows = data if isinstance(data, list) else [data]
    if not all(isinstance(one, dict) for one in rows):
        raise Nonsense("BKN answers with rows that are none")
    return [one for one in rows if one]


def says_none(envelope: Mapping[str, Any]) -> bool:
    """Say whether an envelope tells that nothing is known of what was asked."""
    told = (envelope.get("data"), envelope.get("message"))
    return any(isinstance(one, str) and one.strip().casefold() in _NO_ROWS for one in told)


def _envelope(body: bytes) -> Mapping[str, Any] | None:
    """Return the object an answer is; None where it is no such thing."""
    try:
        text = body.decode("utf-8-sig")
        if _depth(text) > MOST_DEPTH:
            return None
        found = json.loads(text)
    except (ValueError, RecursionError):  # of UTF-8, of JSON, of numbers of thousands of digits
        return None
    return found if isinstance(found, dict) and ("code" in found or "message" in found) else None


def _depth(text: str) -> int:
    """Return a bound on how deep brackets are nested, those within texts included."""
    deepest = depth = 0
    for found in re.finditer(r"[\[\]{}]", text):
        depth += 1 if found[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _said(envelope: Mapping[str, Any]) -> str:
    """Return the reason BKN gives, short, printable and without numbers of people."""
    for one in (envelope.get("message"), envelope.get("data"), envelope.get("description")):
        if isinstance(one, str) and one.strip():
            plain = "".join(sign if sign.isprintable() else " " for sign in one)
            return _DIGITS.sub("...", " ".join(plain.split()))[:200]
    return ""
