"""What excuses somebody from attending: the types as data, and one as it bears on a day. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from ingest.calendar.quota import Quota, read_quotas
from ingest.calendar.reading import Body, Fault

STATUSES = frozenset(
    {"PERMIT", "SICK", "LEAVE", "DUTY", "STUDY", "TRAINING", "WFA", "DISPENSATION", "FORCE"}
    | {"PRESENT"}
)
"""What an excused day may come to. PRESENT is the manual list of a broken terminal or a remote
site: the person was there."""


class Unit(StrEnum):
    """Which days of its span an excuse uses up."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class ExcuseType:
    code: str
    name: str
    """Indonesian."""
    status: str
    unit: Unit
    most_days: int | None
    """Longest span in its unit; more is a doubt that a person settles."""
    within_days: int | None
    """How many calendar days after its first day it is entered without a doubt."""
    letter: bool
    """Whether it needs the number of a letter."""
    mark: str
    """How sure we are: H, M or L."""
    source: str
    words: tuple[str, ...] = ()
    """What offices call it besides its code and name."""
    quotas: tuple[Quota, ...] = ()
    """How much of it a year holds; empty: nobody counts."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """One excuse, as it bears on one day."""

    type: ExcuseType
    text: str
    """Which it is, for the reason: type, letter, approver, who entered it."""
    hours: tuple[time, time] | None = None
    """From when until when; None is the whole day."""


def excuse_types(where: str, text: str) -> Mapping[str, ExcuseType]:
    """Return the types that a TOML file holds, by code. Raises ValueError naming what is wrong."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{where}: {error}") from error
    found: dict[str, ExcuseType] = {}
    for key, body in given.items():
        found[key] = _type(key, Body(f"{where}, [{key}]", body))
    if not found:
        raise Fault(f"{where}: names no type of excuse")
    for one in found.values():
        for code in (code for quota in one.quotas for code in quota.dropped_by):
            if code not in found:
                raise Fault(f"{where}, [{one.code}]: dropped_by: no type {code!r}")
    return found


def _type(code: str, given: Body) -> ExcuseType:
    if not (1 <= len(code) <= 12 and code.isascii() and code.replace("-", "").isalnum()):
        raise Fault(f"{given.where}: a code has up to 12 letters, digits or hyphens")
    status, unit = given.text("status"), given.text("unit")
    if status not in STATUSES:
        raise Fault(f"{given.where}: status: {status!r} is none of {', '.join(sorted(STATUSES))}")
    if unit not in set(Unit):
        raise Fault(f"{given.where}: unit: expected working or calendar")
    mark = given.text("mark")
    if mark not in ("H", "M", "L"):
        raise Fault(f"{given.where}: mark: expected H, M or L")
    found = ExcuseType(
        code,
        given.text("name"),
        status,
        Unit(unit),
        given.count("most_days"),
        given.count("within_days"),
        given.flag("letter"),
        mark,
        given.text("source"),
        given.texts("words"),
        read_quotas(given),
    )
    if found.quotas and found.unit is not Unit.WORKING:
        raise Fault(f"{given.where}: quota: counts working days, and {code} is in calendar days")
    given.done()
    return found
