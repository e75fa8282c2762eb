"""A document from the text of a TOML file, strictly: every fault with its file and its key."""

import difflib
import tomllib
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ingest.discipline.checks import faults_of
from ingest.discipline.values import (
    Alarm,
    Authority,
    Band,
    CaseTable,
    Clock,
    Counting,
    Document,
    LateConversion,
    Limit,
    Regulation,
    Service,
    SideEffect,
    Substitute,
    SuperiorDuty,
)
from ingest.errors import ConfigError

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "regulation": TypeAdapter(Regulation),
    "service": TypeAdapter(Service),
}
_TABLES = (
    Regulation, Service, Band, Substitute, SideEffect, Counting, LateConversion, Authority,
    SuperiorDuty, Alarm, Clock, CaseTable, Limit,
)  # fmt: skip
KNOWN = frozenset(one.name for table in _TABLES for one in fields(table))
_EXPECTED = {
    "string_type": "expected text in quotes",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "date_type": "expected a date without quotes, such as 2021-08-31",
    "tuple_type": "expected a list in brackets",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "too_short": "must not be empty",
    "missing": "missing; this key has no default",
    "missing_argument": "missing; this key has no default",
    "dataclass_type": "expected a table",
}


def read_document(name: str, text: str) -> Document:
    """Return the regulation or service rule a file holds. Raises ConfigError with every fault."""
    found = _parse(name, text)
    kind = found.get("document")
    adapter = _ADAPTERS.get(kind) if isinstance(kind, str) else None
    if adapter is None:
        raise ConfigError([f'{name}: document: expected "regulation" or "service"'])
    try:
        document: Document = adapter.validate_python(found)
    except ValidationError as error:
        raise ConfigError([f"{name}: {_fault(one)}" for one in error.errors()]) from error
    faults = faults_of(document)
    if faults:
        raise ConfigError([f"{name}: {one}" for one in faults])
    return document


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        raise ConfigError([f"{name}: not valid TOML: {told[:1].lower()}{told[1:]}"]) from error
    except (ValueError, RecursionError) as error:  # what tomllib leaves to Python to give up on
        raise ConfigError([f"{name}: a number is too long or brackets are too deep"]) from error


def _fault(error: ErrorDetails) -> str:
    """Return a fault as `bands[2].min_days: what is wrong`; rows are counted from one."""
    place, kind = _place(error["loc"]), error["type"]
    context = error.get("ctx", {})
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        near = difflib.get_close_matches(str(error["loc"][-1]), KNOWN, n=1)
        return f"{place}: unknown key" + (f', did you mean "{near[0]}"?' if near else "")
    if kind == "literal_error":
        return f"{place}: {error['input']!r} is none of {context['expected']}"
    if kind == "greater_than_equal":
        return f"{place}: {error['input']!r} is too small, at least {context['ge']}"
    if kind == "less_than_equal":
        return f"{place}: {error['input']!r} is too large, at most {context['le']}"
    if kind == "string_pattern_mismatch":
        return f"{place}: {error['input']!r} {_shape(str(context['pattern']))}"
    told = error["msg"]
    return f"{place}: {_EXPECTED.get(kind, told[:1].lower() + told[1:])}"


def _shape(pattern: str) -> str:
    if pattern == "^usul ":
        return 'must begin with "usul ": nothing follows by itself'
    return "may hold letters, digits and dashes, at most 40"


def _place(location: tuple[int | str, ...]) -> str:
    told = ""
    for one in location:
        told += f"[{one + 1}]" if isinstance(one, int) else f".{one}"
    return told.removeprefix(".")
