"""How a TOML table becomes a dataclass, and how each thing wrong with it becomes one sentence.

pydantic checks types strictly: a port in quotes is a fault and not a port. It is imported only here
and by the shapes in `config.py`, so drivers declare plain dataclasses and never need it.
"""

import dataclasses
import difflib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

SECRET_ENDINGS = ("key", "password", "token", "secret")
"""An option whose last word is one of these is never shown, and may be given as `<option>_file`."""

_Shape = TypeVar("_Shape")

_EXPECTED = {
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_parsing": "expected a whole number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "string_type": "expected text in quotes",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "list_type": "expected a list in square brackets",
    "tuple_type": "expected a list in square brackets",
    "string_too_short": "may not be empty",
}
_SHOWN = 60  # characters of a wrong value that are repeated to the person


@dataclass(slots=True)
class Findings:
    """What was found wrong so far; faults forbid the file, warnings do not."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def is_secret(option: str) -> bool:
    """Whether the value of an option must never be shown."""
    return option.rpartition("_")[2] in SECRET_ENDINGS


def fill(
    shape: type[_Shape],
    table: Mapping[str, Any],
    where: str,
    findings: Findings,
    *,
    also: Iterable[str] = (),
    unread: Iterable[str] = (),
) -> _Shape | None:
    """Return the dataclass a table describes, or None after telling every fault.

    Keys in `also` are known to somebody else. Fields in `unread` have a fault that was told
    already, so that they are not called missing as well.
    """
    names = [one.name for one in dataclasses.fields(shape)]  # type: ignore[arg-type]  # a dataclass by contract
    found = unknown_keys(table, [*names, *also], where)
    own = {key: value for key, value in table.items() if key in names}
    odd = [key for key, value in own.items() if _has_no_json(value)]
    found += [f"{where}.{key}: expected a plain value, got {own[key]}" for key in odd]
    told = {*unread, *odd}
    filled = None
    try:
        # Strict by way of JSON: in that mode text may still become a path and a list a tuple, which
        # TOML cannot say otherwise, while "4370" never becomes a number.
        plain = json.dumps({key: value for key, value in own.items() if key not in odd})
        filled = TypeAdapter(shape).validate_json(plain, strict=True)
    except ValidationError as error:
        found += [
            _sentence(where, key, fault)
            for fault in error.errors(include_url=False)
            if (key := _key(fault, names)) not in told
        ]
    findings.faults.extend(found)
    return None if found or told else filled


def unknown_keys(table: Iterable[str], known: Iterable[str], where: str) -> list[str]:
    """Return a fault for each key that is not known, with the key that may have been meant."""
    known = list(known)
    prefix = f"{where}." if where else ""
    return [f"{prefix}{key}: unknown key{meant(key, known)}" for key in table if key not in known]


def meant(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean "..."?`, or nothing where no known word is near."""
    near = difflib.get_close_matches(word.lower(), list(known), n=1)
    return f', did you mean "{near[0]}"?' if near else ""


def from_text(shape: type[object], option: str, text: str) -> object:
    """Return the value of one option whose text stood in a file. ValueError where it is none."""
    kind = get_type_hints(shape, include_extras=True)[option]
    try:
        return TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        # The library's message repeats the value, and the value is a secret: no chain here.
        raise ValueError(_expected(error.errors(include_url=False)[0])) from None


def check_numbers(value: object) -> None:
    """Raise ValueError for a whole number beyond 64 bits: TOML has none, and tomllib reads them."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            check_numbers(one)
    elif isinstance(value, int) and value.bit_length() > 64:
        raise ValueError("a whole number beyond 64 bits")


def _has_no_json(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, datetime | date | time)


def _key(fault: Any, names: list[str]) -> str:
    """Return the field a fault is of. A shape's own check says it as `field: what is wrong`."""
    if fault["loc"]:
        return str(fault["loc"][0])
    named = _expected(fault).partition(": ")[0]
    return named if named in names else ""


def _sentence(where: str, key: str, fault: Any) -> str:
    places = "".join(f"[{one + 1}]" for one in fault["loc"][1:] if isinstance(one, int))
    place = f"{where}.{key}{places}" if key else where
    if fault["type"] == "missing":
        return f"{place}: missing"
    said = _expected(fault).removeprefix(f"{key}: ")
    if is_secret(key) or fault["type"] == "value_error":  # our own checks say what they got
        return f"{place}: {said}"
    near = meant(str(fault["input"]), _choices(fault)) if fault["type"] == "literal_error" else ""
    return f"{place}: {said}, got {_shown(fault['input'])}{near}"


def _expected(fault: Any) -> str:
    kind = fault["type"]
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "literal_error":
        return f"expected {' or '.join(_choices(fault))}"
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    if kind in ("greater_than_equal", "less_than_equal"):
        ctx = fault["ctx"]
        return f"expected {ctx['ge']} or more" if "ge" in ctx else f"expected {ctx['le']} or less"
    message = str(fault["msg"])
    message = message.removeprefix("Input should be ").removeprefix("Value error, ")
    return f"expected {message[:1].lower()}{message[1:]}"


def _choices(fault: Any) -> list[str]:
    return [
        part.strip("'") for part in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    ]


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
