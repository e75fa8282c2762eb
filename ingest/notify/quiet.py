"""When a message may go out: hours of the day, on days on which people work. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

IsWorking = Callable[[date], bool | None]
_FRIDAY = 4
_FURTHEST = 60
"""Days that are looked at: no office is closed for so long."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `first` on, and before `last`, by the clock on the wall of the person's office."""

    first: time
    last: time
    working_only: bool
    zone: ZoneInfo
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Of offices that lie in another zone, by their code."""

    def of(self, office: str) -> ZoneInfo:
        return self.zones.get(office, self.zone)

    def opens(self, now: datetime, office: str, is_working: IsWorking) -> datetime:
        """Return the first moment from now on in which a message may go out.

        `is_working` says None of a day of which the calendar is not confirmed: Monday to Friday.
        """
        here = now.astimezone(self.of(office))
        for after in range(_FURTHEST):
            day = here.date() + timedelta(days=after)
            if self.working_only and not _works(day, is_working):
                continue
            begins, ends = (
                datetime.combine(day, at, here.tzinfo) for at in (self.first, self.last)
            )
            if here < ends:
                return max(now, begins)
        return now + timedelta(days=1)

    def is_open(self, now: datetime, office: str, is_working: IsWorking) -> bool:
        return self.opens(now, office, is_working) <= now


def _works(day: date, is_working: IsWorking) -> bool:
    known = is_working(day)
    return day.weekday() <= _FRIDAY if known is None else known
