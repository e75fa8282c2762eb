"""What a day asks of a person: hours of work, or none, and why.

The weekly day off comes first: a holiday on a Sunday takes nothing from those who are off anyway.
A day of a year whose holidays nobody has filled in is unknown, unless it is off every week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ingest.calendar.scheme import Scheme
from ingest.indonesian import WEEKDAYS, time_text


class Category(StrEnum):
    """Whose decision a free day is. The first two are those of the holidays package."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    LOCAL = "local"


CATEGORY_TEXT = {
    Category.PUBLIC: "libur nasional",
    Category.GOVERNMENT: "cuti bersama",
    Category.LOCAL: "libur daerah",
}


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A holiday or a joint leave day, as the calendar table has it."""

    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class WorkDay:
    """Local times without a zone, as a terminal shows them."""

    start: datetime
    end: datetime
    tolerance: timedelta

    @property
    def text(self) -> str:
        return f"hari kerja {time_text(self.start)}-{time_text(self.end)}"


@dataclass(frozen=True, slots=True)
class Off:
    """No working day of this scheme."""

    text: str


@dataclass(frozen=True, slots=True)
class Holiday:
    text: str


@dataclass(frozen=True, slots=True)
class Joint:
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has said which days of this year are free."""

    text: str


Expected = WorkDay | Off | Holiday | Joint | Unknown


def expected(day: date, *, scheme: Scheme, free: Sequence[FreeDay], year_filled: bool) -> Expected:
    """Return what a day asks of everybody of one scheme; `free` holds what falls on this day."""
    hours = scheme.hours.get(day.weekday())
    if hours is None:
        return Off(f"{WEEKDAYS[day.weekday()]} bukan hari kerja menurut skema {scheme.name}")
    if free:
        text = "; ".join(f"{CATEGORY_TEXT[one.category]}: {one.name}" for one in free)
        joint = all(one.category is Category.GOVERNMENT for one in free)
        return Joint(text) if joint else Holiday(text)
    if not year_filled:
        return Unknown(f"kalender tahun {day.year} belum diisi")
    start, end = hours
    return WorkDay(datetime.combine(day, start), datetime.combine(day, end), scheme.tolerance)
