"""What a letter says as plain JSON and back: the frozen copy that is kept, and signed, with it."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.errors import StoreError
from ingest.letters.base import LetterText

VERSION = 1
_TEXT: TypeAdapter[LetterText] = TypeAdapter(LetterText)


def to_json(text: LetterText) -> dict[str, Any]:
    """Return only objects, lists, texts, whole numbers, true, false, null."""
    return {"version": VERSION, **_TEXT.dump_python(text, mode="json")}


def from_json(body: Mapping[str, Any]) -> LetterText:
    """Return what a letter says. Raises StoreError if it is none, or of a later release."""
    version = body.get("version")
    if version != VERSION:
        raise StoreError(f"a letter of version {version!r}; this release reads {VERSION}")
    told = {name: value for name, value in body.items() if name != "version"}
    try:
        return _TEXT.validate_json(json.dumps(told))
    except ValidationError as error:
        raise StoreError(f"a letter that is none: {error.errors()[0]['msg']}") from error
