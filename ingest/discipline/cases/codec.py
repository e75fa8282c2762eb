"""Events as plain JSON and back, so that whoever keeps them needs to know nothing of them.

The body of one event is an object with a version. A later release reads every earlier version;
it never writes one again, for what was written is signed.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.discipline.cases.facts import Facts
from ingest.discipline.cases.values import ABOUT, Actor, Event, Kind, Notice, Reason
from ingest.errors import Refused

VERSION = 1

_PARTS: Mapping[str, Any] = {
    "kind": Kind,
    "day": date,
    "who": Actor,
    "why": Reason,
    "facts": Facts,
    "notices": tuple[Notice, ...],
}


def to_json(event: Event) -> dict[str, Any]:
    """Return the body of an event: only objects, lists, texts, whole numbers, true, false, null."""
    body = {name: _dump(part, getattr(event, name)) for name, part in _PARTS.items()}
    return {"version": VERSION, **body, "about": _dump(ABOUT[event.kind], event.about)}


def from_json(body: Mapping[str, Any]) -> Event:
    """Return the event of a body. Raises Refused if it is none, or of a later release."""
    version = body.get("version")
    if version != VERSION:
        raise Refused(f"an event of version {version!r}; this release reads {VERSION}")
    missing = sorted({*_PARTS, "about"} ^ (body.keys() - {"version"}))
    if missing:
        raise Refused(f"an event with other keys than it should have: {', '.join(missing)}")
    try:
        parts = {name: _load(part, body[name]) for name, part in _PARTS.items()}
        return Event(**parts, about=_load(ABOUT[parts["kind"]], body["about"]))
    except ValidationError as error:
        raise Refused(f"an event that is none: {error.errors()[0]['msg']}") from error


@cache
def _adapter(part: Any) -> TypeAdapter[Any]:
    return TypeAdapter(part)


def _dump(part: Any, value: Any) -> Any:
    return _adapter(part).dump_python(value, mode="json")


def _load(part: Any, value: Any) -> Any:
    return _adapter(part).validate_json(json.dumps(value), strict=True)
