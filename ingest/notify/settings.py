"""The table `[ingest.notify]`: when and how people are told, and what keeps a mass from going."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from ingest.notify.guard import Guard
from ingest.notify.quiet import Window
from ingest.secrets import find_secret

_TEXT = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
_NUMBER = {"strict": True, "ge": 1}
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
KEY = "ingest.notify"


@dataclass(frozen=True, slots=True)
class Notify:
    """The keys as they stand in the file."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    sender: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")] = (
        "BKPSDM"
    )
    hours: str = "07:30-17:00"
    days: Literal["working", "all"] = "working"
    zones: dict[str, str] = field(default_factory=dict)
    fallback_hours: Annotated[int, Field(le=168, **_NUMBER)] = 4
    tries: Annotated[int, Field(le=50, **_NUMBER)] = 8
    storm_warnings: Annotated[int, Field(le=100_000, **_NUMBER)] = 50
    storm_percent: Annotated[int, Field(le=100, **_NUMBER)] = 5
    storm_least: Annotated[int, Field(le=100_000, **_NUMBER)] = 10
    storm_hours: Annotated[int, Field(le=168, **_NUMBER)] = 12
    templates: _TEXT = ""
    operators_file: _TEXT = ""
    remind_day: Annotated[int, Field(strict=True, ge=0, le=28)] = 1


@dataclass(frozen=True, slots=True)
class Sending:
    """How people are told."""

    window: Window
    guard: Guard
    sender: str = "BKPSDM"
    """Who signs a message."""
    fallback_after: timedelta = timedelta(hours=4)
    tries: int = 8
    """How often a message is tried that a gateway could not take just then."""
    templates: Path | None = None
    """An office's own texts; None: those that ship."""
    operators: Path | None = None
    """Where the addresses for alerts stand; None: alerts go to the log alone."""
    remind_day: int = 1
    """From which day of a month on offices are asked for numbers that work; 0: they are not."""


def check(told: Notify, config: Path, zone: ZoneInfo, *, faults: list[str]) -> Sending | None:
    """Return the settings; None, and each fault with its key, where they cannot be used."""
    before = len(faults)
    hours, zones = _hours(told.hours, faults), _zones(told.zones, faults)
    if len(faults) > before or hours is None:
        return None
    return Sending(
        Window(*hours, told.days == "working", zone, zones),
        Guard(told.storm_warnings, told.storm_percent, told.storm_least, told.storm_hours),
        told.sender,
        timedelta(hours=told.fallback_hours),
        told.tries,
        config.parent / told.templates if told.templates else None,
        find_secret(told.operators_file, config) if told.operators_file else None,
        told.remind_day,
    )


def usual(zone: ZoneInfo) -> Sending:
    """Return the settings of who configured nothing."""
    found = check(Notify(), Path("/"), zone, faults=[])
    assert found is not None  # noqa: S101 - the defaults are right
    return found


def unknown_key(name: str) -> str:
    """Say that a key is none of this table's."""
    near = difflib.get_close_matches(name, [one.name for one in fields(Notify)], n=1)
    return "unknown key" + (f', did you mean "{near[0]}"?' if near else "")


def _hours(text: str, faults: list[str]) -> tuple[time, time] | None:
    found = _HOURS.fullmatch(text)
    if found is None:
        faults.append(f'{KEY}.hours: {text!r} is no span of a day, such as "07:30-17:00"')
        return None
    first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first >= last:
        faults.append(f"{KEY}.hours: {text!r} ends before it begins; it lies within one day")
        return None
    return first, last


def _zones(told: Mapping[str, str], faults: list[str]) -> dict[str, ZoneInfo]:
    found = {}
    for office, name in told.items():
        try:
            found[office] = ZoneInfo(name)
        except (KeyError, ValueError, OSError, RecursionError):
            faults.append(
                f"{KEY}.zones: no time zone {name!r} for office {office!r}; Indonesia has "
                "Asia/Jakarta, Asia/Makassar and Asia/Jayapura"
            )
    return found
