"""Deadlines of service rules: when they began, how many days they ran, whether they lapsed.

A clock does not run on days that are paused: the centre was down, or too little was known.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.discipline.values import Clock, Event

IsWorking = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that begins or stops a clock."""

    event: Event
    on: date


@dataclass(frozen=True, slots=True)
class ClockState:
    """How a clock stands on a day. `lapsed` only once its last day is over."""

    began_on: date | None
    ran_days: int
    last_day: date | None
    """The day on which its last day was counted; None while it has days left."""
    stopped: Happened | None
    lapsed: bool


def run(
    clock: Clock,
    history: Iterable[Happened],
    *,
    today: date,
    is_working: IsWorking,
    paused: Collection[date] = (),
) -> ClockState:
    """Return how a clock stands at the beginning of a day; only whole days before it count."""
    known = sorted((one for one in history if one.on <= today), key=lambda one: one.on)
    anchor = _anchor(clock, known)
    if anchor is None:
        return ClockState(None, 0, None, None, lapsed=False)
    stop = next((one for one in known if one.on >= anchor and one.event in clock.stops_on), None)
    ran, last = 0, None
    day = anchor if clock.first_day == "same" else anchor + timedelta(days=1)
    end = today if stop is None else stop.on
    while day < end and last is None:
        if day not in paused and (clock.unit == "calendar" or is_working(day)):
            ran += 1
            last = day if ran == clock.days else None
        day += timedelta(days=1)
    # what stops a clock after its last day does not undo that it lapsed
    in_time = stop if last is None else None
    return ClockState(anchor, ran, last, in_time, lapsed=last is not None)


def _anchor(clock: Clock, known: list[Happened]) -> date | None:
    """Return when a clock began: by the event that is preferred, at the first time it happened."""
    for event in clock.anchors:
        on = next((one.on for one in known if one.event == event), None)
        if on is not None:
            return on
    return None
