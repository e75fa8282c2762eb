"""Days counted on a calendar: so many before or after a date, as limits of officers ask for.

The day that is counted from is not one of them. What is known of no year cannot be counted. Whose
working days are meant is the caller's to say: `ask.working(limit.calendar)`.
"""

from collections.abc import Callable
from datetime import date, timedelta

from ingest.discipline.cases.facts import IsWorking
from ingest.discipline.cases.refusal import NotAllowed
from ingest.discipline.values import Limit

_MOST = 1_500  # days looked at: a calendar without any working day must end somewhere
_DAY = timedelta(days=1)


def after(start: date, limit: Limit, is_working: IsWorking) -> date:
    """Return the last of so many days after a date. Raises NotAllowed."""
    return _count(start, limit, is_working, lambda day: day + _DAY)


def before(end: date, limit: Limit, is_working: IsWorking) -> date:
    """Return the first of so many days before a date: the latest day for what must precede it."""
    return _count(end, limit, is_working, lambda day: day - _DAY)


def known_after(start: date, limit: Limit | None, is_working: IsWorking) -> date | None:
    """Return the same as `after`, None where it is not known yet, or there is no such limit."""
    try:
        return after(start, limit, is_working) if limit is not None else None
    except NotAllowed:
        return None


def working_days(first: date, last: date, is_working: IsWorking) -> int:
    """Return how many working days lie after one day, up to another; unknown ones count too.

    It is used for how late something is: what is not known must not make it look in time.
    """
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(1 for day in days if is_working(day) is not False)


def _count(day: date, limit: Limit, is_working: IsWorking, step: Callable[[date], date]) -> date:
    left = limit.days
    for _ in range(_MOST):
        day = step(day)
        left -= 1 if limit.unit == "calendar" or _known(day, limit, is_working) else 0
        if not left:
            return day
    raise NotAllowed(f"{limit.title}: the calendar has too few working days")


def _known(day: date, limit: Limit, is_working: IsWorking) -> bool:
    found = is_working(day)
    if found is None and limit.calendar == "person":
        raise NotAllowed(
            f"{limit.title}: whether the person works on {day} is not known; fill in the roster, "
            "and confirm the calendar of its year"
        )
    if found is None:
        raise NotAllowed(f"the calendar of {day.year} is not confirmed; confirm it first")
    return found
