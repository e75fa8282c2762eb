"""The working hours of a unit, by weekday."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Scheme:
    """Who works by it is at work from the first to the second time of each of its weekdays."""

    code: str
    name: str
    hours: Mapping[int, tuple[time, time]]
    """By weekday, Monday is 0; a weekday that is absent is not worked."""
    tolerance: timedelta


def read_scheme(code: str, name: str, hours: Mapping[str, object], tolerance_s: int) -> Scheme:
    """Return a scheme as the store keeps it. Raises ValueError naming the weekday at fault."""
    return Scheme(
        code,
        name,
        {_weekday(code, key): _hours(code, key, value) for key, value in hours.items()},
        timedelta(seconds=tolerance_s),
    )


def _weekday(code: str, key: str) -> int:
    if key not in {"0", "1", "2", "3", "4", "5", "6"}:
        raise ValueError(f"scheme {code}: {key!r} is no weekday, expected 0 (Monday) to 6")
    return int(key)


def _hours(code: str, key: str, value: object) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(str(one)) for one in value)  # type: ignore[attr-defined]  # what cannot be iterated is caught below
    except (TypeError, ValueError) as error:
        raise ValueError(
            f'scheme {code}, weekday {key}: expected two times such as ["07:30", "16:00"]'
        ) from error
    if start >= end:
        raise ValueError(f"scheme {code}, weekday {key}: the end must come after the start")
    return start, end
