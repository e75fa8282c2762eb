"""What a judged day is to the counters, whatever its status is called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Effect(StrEnum):
    """What a day does to a count."""

    COUNTS = "counts"  # a working day without a valid reason
    BREAKS = "breaks"  # the person was there
    FREE = "free"  # no working day: it neither counts nor breaks
    UNVERIFIED = "unverified"  # a working day of which too little is known
    UNJUDGED = "unjudged"  # served, and never judged: it may be any of the above


OPEN = frozenset({Effect.UNVERIFIED, Effect.UNJUDGED})
"""Effects of days that may still turn out to count."""

EFFECTS: Mapping[str, Effect] = {
    "PRESENT": Effect.BREAKS,
    "LATE": Effect.BREAKS,
    "EARLY": Effect.BREAKS,
    "INCOMPLETE": Effect.BREAKS,
    "ABSENT": Effect.COUNTS,
    "UNVERIFIED": Effect.UNVERIFIED,
    "OFF": Effect.FREE,
    "HOLIDAY": Effect.FREE,
    "JOINT": Effect.FREE,
    "PERMIT": Effect.BREAKS,
    "SICK": Effect.BREAKS,
    "LEAVE": Effect.BREAKS,
    "DUTY": Effect.BREAKS,
    "STUDY": Effect.BREAKS,
    "TRAINING": Effect.BREAKS,
    "WFA": Effect.BREAKS,
    "DISPENSATION": Effect.BREAKS,
    "FORCE": Effect.BREAKS,
    "SUSPENDED": Effect.FREE,
    "ENDED": Effect.FREE,
}
"""Every status a day may have. One that is missing here stops the count: it must not be guessed."""


def statuses(*effects: Effect) -> list[str]:
    """Return the statuses that have one of these effects."""
    return [status for status, effect in EFFECTS.items() if effect in effects]


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """One day of one person, or a stretch of days that were never judged, up to `until`."""

    day: date
    effect: Effect
    until: date | None = None
    late_minutes: int = 0
    early_minutes: int = 0

    @property
    def last(self) -> date:
        return self.until or self.day

    def __len__(self) -> int:
        return (self.last - self.day).days + 1


def clip(days: Iterable[JudgedDay], first: date, last: date) -> list[JudgedDay]:
    """Return the days between two, in order; a stretch is cut to what lies between them."""
    found = []
    for one in days:
        begin, end = max(one.day, first), min(one.last, last)
        if begin <= end:
            whole = (begin, end) == (one.day, one.last)
            found.append(one if whole else JudgedDay(begin, one.effect, end))
    return sorted(found, key=lambda one: one.day)


def gaps(days: Iterable[JudgedDay], serving: Iterable[tuple[date, date]]) -> list[JudgedDay]:
    """Return the stretches in which somebody served and no day was judged."""
    known = sorted((one.day, one.last) for one in days)
    found = []
    for first, last in sorted(serving):
        free = first
        for begin, end in known:
            if end < free or begin > last:
                continue
            if begin > free:
                found.append(JudgedDay(free, Effect.UNJUDGED, begin - timedelta(days=1)))
            free = max(free, end + timedelta(days=1))
        if free <= last:
            found.append(JudgedDay(free, Effect.UNJUDGED, last))
    return found


def open_days(days: Iterable[JudgedDay]) -> int:
    """Return how many days may still turn out to count."""
    return sum(len(one) for one in days if one.effect in OPEN)
