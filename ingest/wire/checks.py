"""Checks of single values as they come out of JSON: each returns the value or raises WireError."""

import itertools
import json
import re
from datetime import datetime, timedelta
from typing import Any

from ingest.wire.chain import LINK_BYTES
from ingest.wire.forms import MAX_MOMENT, MAX_RAW, MAX_STATEMENTS, SOURCES, VERSION, WireError

MAX_DEPTH = 8
"""Of lists and objects in one another: a body of ours has 4. How deep Python reads depends on who
asks; what one reader takes and another cannot would be a body that nobody can prove."""

_ID = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EPOCH = datetime(1970, 1, 1)


def dump(body: dict[str, Any]) -> bytes:
    """Return a body."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def load(body: bytes) -> dict[str, Any]:
    """Return what a body of this version holds."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("the body is not JSON") from error
    if _is_deep(found):
        raise WireError(f"the body holds lists in lists, more than {MAX_DEPTH} deep")
    return current(found)


def current(found: Any) -> dict[str, Any]:
    """Return a body if it is an object of this version."""
    if not isinstance(found, dict):
        raise WireError("the body is not a JSON object")
    version = found.get("version")
    if type(version) is not int or version != VERSION:  # True equals 1, and 2.0 equals 2
        raise WireError(
            f"version {str(version)[:20]!a} is not known here; this side speaks {VERSION}"
        )
    return found


def _is_deep(found: Any) -> bool:
    level = [found] if isinstance(found, list | dict) else []
    for _ in range(MAX_DEPTH):
        inner = itertools.chain.from_iterable(
            one.values() if isinstance(one, dict) else one for one in level
        )
        level = [one for one in inner if isinstance(one, list | dict)]
        if not level:
            return False
    return True


def objects(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WireError(f"{name}: expected an object")
    return value


def lists(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise WireError(f"{name}: expected a list")
    return value


def few(value: Any, name: str) -> list[Any]:
    found = lists(value, name)
    if len(found) > MAX_STATEMENTS:
        raise WireError(f"{name}: {len(found)} given, at most {MAX_STATEMENTS} are taken at once")
    return found


def identity(value: Any, name: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise WireError(f"{name}: expected 32 hexadecimal digits")
    return value


def sha256(value: Any, name: str) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise WireError(f"{name}: expected 64 hexadecimal digits")
    return value


def link(value: Any, name: str) -> bytes:
    return exact_bytes(value, name, LINK_BYTES)


def exact_bytes(value: Any, name: str, count: int) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{2 * count}}}", value):
        raise WireError(f"{name}: expected {2 * count} hexadecimal digits")
    return bytes.fromhex(value)


def text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise WireError(f"{name}: expected text of at most {most} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half a surrogate pair: no database takes it
        raise WireError(f"{name}: not valid text") from error
    return value


def word(value: Any, name: str, most: int) -> str:
    found = text(value, name, most)
    if not found or _CONTROL.search(found):
        raise WireError(f"{name}: empty, or holds control characters")
    return found


def number(value: Any, name: str) -> int:
    if type(value) is not int or abs(value) > MAX_MOMENT:
        raise WireError(f"{name}: expected a whole number no later than the year 2230")
    return value


def maybe_number(value: Any, name: str) -> int | None:
    return None if value is None else number(value, name)


def code(value: Any, name: str) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value <= 65_535):
        raise WireError(f"{name}: expected a number from 0 to 65535, or none")
    return value


def source(value: Any) -> str:
    if value not in SOURCES:
        raise WireError(f"source: expected one of {', '.join(SOURCES)}")
    return str(value)


def wall_clock(seconds: int) -> datetime:
    """Return the naive local time that travels as seconds since 1970 on the same clock."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise WireError("local: no such date and time") from error


def wall_seconds(local_time: datetime) -> int:
    """Return a naive local time as it travels."""
    since = local_time - _EPOCH  # a sixth of the time `timestamp` takes, twice for each punch
    return since.days * 86_400 + since.seconds


def local_text(value: Any, name: str) -> datetime:
    # fromisoformat alone takes weeks, fractions and zones too; strptime alone costs four times more
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        raise WireError(f"{name}: expected YYYY-MM-DDTHH:MM:SS")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise WireError(f"{name}: no such date and time") from error


def raw(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > 2 * MAX_RAW:
        raise WireError(f"raw: expected at most {MAX_RAW} bytes as hexadecimal digits")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise WireError("raw: not hexadecimal digits") from error
