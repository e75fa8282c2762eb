"""What somebody has taken of a type in a year, and what a quota leaves. Pure.

Only whole days of work count, by the person's own plan: no day off, no holiday, no joint leave.
What is left of a year may be taken in the next as far as the quota lets it. Of a year whose days
were not judged here from its first month on nothing is carried, and that is said: its leave stands
elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from ingest.calendar.excuses import ExcuseType
from ingest.calendar.expected import Ended, Expected, Holiday, Joint, Off, Suspended
from ingest.calendar.quota import Quota

FREE = (Off, Holiday, Joint, Suspended, Ended)
"""Days that ask nothing of anybody, so that no excuse is used up by them."""


class Given(Protocol):
    """An excuse that was given."""

    @property
    def type(self) -> str: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def hours(self) -> object: ...
    @property
    def taken_back(self) -> bool: ...


class Known(Protocol):
    """What is known of the person."""

    def serves(self, day: date) -> bool: ...
    def plan(self, day: date) -> Expected: ...
    def kind(self, day: date) -> str:
        """Return what kind of servant the person is on a day."""

    def judged_since(self) -> date | None:
        """Return the first day that was judged here; None where none was."""

    @property
    def appointed(self) -> date | None:
        """First day of the month in which service began; None where nothing tells it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a type in a year, in working days."""

    days: int
    """Due in that year by itself."""
    carried: int | None
    """Of the year before; None: not known here."""
    used: int
    notes: tuple[str, ...] = ()

    @property
    def due(self) -> int:
        return self.days + (self.carried or 0)

    @property
    def left(self) -> int:
        return max(0, self.due - self.used)

    @property
    def over(self) -> int:
        return max(0, self.used - self.due)


class Account:
    """Counts one person's excuses of one type, year by year."""

    def __init__(self, kind: ExcuseType, known: Known, given: Sequence[Given]) -> None:
        self._type, self._known = kind, known
        self._given = [one for one in given if not one.taken_back and one.hours is None]
        self._used: dict[int, int] = {}

    def quota(self, year: int) -> Quota | None:
        """Return the row that holds at the end of a year, as far as the person served in it."""
        last = date(year, 12, 31)
        kind = self._known.kind(last)
        return next((one for one in self._type.quotas if one.holds(kind, last)), None)

    def used(self, year: int) -> int:
        """Return how many working days of a year were taken."""
        if year not in self._used:
            days = {day for one in self._mine() for day in _within(one, year)}
            self._used[year] = sum(
                self._known.serves(day) and not isinstance(self._known.plan(day), FREE)
                for day in days
            )
        return self._used[year]

    def days(self, year: int) -> int:
        """Return what is due in a year by itself."""
        quota = self.quota(year)
        return 0 if quota is None or self._why_none(quota, year) else quota.days

    def standing(self, year: int) -> Standing | None:
        """Return how it stands; None where nothing is due by any rule."""
        quota = self.quota(year)
        if quota is None:
            return None
        why, carried = self._why_none(quota, year), self._carried(quota, year)
        notes = [why] if why else []
        if carried is None and not why:
            notes.append(f"what is left of {year - 1} is not known here")
        days = 0 if why else quota.days
        return Standing(days, 0 if why else carried, self.used(year), tuple(notes))

    def _mine(self) -> list[Given]:
        return [one for one in self._given if one.type == self._type.code]

    def _why_none(self, quota: Quota, year: int) -> str:
        for one in self._given:
            if one.type in quota.dropped_by and _within(one, year):
                return f"{one.type} in {year} drops it"
        began = self._known.appointed
        if began is not None and _months_later(began, quota.after_months) > date(year, 12, 31):
            return f"less than {quota.after_months} months of service"
        return ""

    def _carried(self, quota: Quota, year: int) -> int | None:
        if not quota.carry:
            return 0
        if not self._is_known(year - 1):
            return None
        if self._idle(quota, year - 1) and self._is_known(year - 2) and self._idle(quota, year - 2):
            return quota.carry_of_two
        before = self.standing(year - 1)
        return 0 if before is None else min(quota.carry, before.days, before.left)

    def _is_known(self, year: int) -> bool:
        since = self._known.judged_since()
        return since is not None and since <= date(year, 1, 31)

    def _idle(self, quota: Quota, year: int) -> bool:
        return self.days(year) == quota.days and not self.used(year)


def _within(one: Given, year: int) -> list[date]:
    first, last = max(one.first, date(year, 1, 1)), min(one.last, date(year, 12, 31))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
