"""What excuses do to a day: the whole of it, or some of its hours.

A whole day is excused whatever was touched and however little is known: who has leave and comes by
all the same is not late. Hours at an end of the day move that end; hours in its middle are only
told, because nobody touches there.
"""

from dataclasses import replace
from datetime import datetime, time

from ingest.calendar import Excuse, WorkDay
from ingest.rules.base import Day


def excused(day: Day) -> tuple[Day, Excuse | None]:
    """Return the day with the hours that are left, and the excuse that takes all of them."""
    whole = next((one for one in day.excuses if one.hours is None), None)
    if whole is not None or not isinstance(day.expected, WorkDay):
        return day, whole
    work = day.expected
    parts = [(_span(work, one.hours), one) for one in day.excuses if one.hours is not None]
    for (since, until), one in sorted(parts, key=lambda part: part[0]):
        if since <= work.start:
            work = replace(work, start=max(work.start, until))
        if until >= work.end:
            work = replace(work, end=min(work.end, since))
        if work.start >= work.end:
            return day, one
    return replace(day, expected=work), None


def _span(work: WorkDay, hours: tuple[time, time]) -> tuple[datetime, datetime]:
    """Return from when until when; of a shift over midnight the hours may lie on its second day."""
    first = work.start.date()
    if work.end.date() > first and hours[1] <= work.start.time():
        first = work.end.date()
    return datetime.combine(first, hours[0]), datetime.combine(first, hours[1])
