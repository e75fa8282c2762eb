"""What a regulation is: dated rows of figures, each with its source and how sure we are of it.

Code knows the shape of counting; every number, article, sanction and officer is a row of a file in
`data/`, or in an office's own folder. Nothing here ever was decided by this program.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

Mark = Literal["H", "M", "L"]
"""H: in two independent sources. M: in one. L: an inference, or a default of ours."""

MARK_TEXT: Mapping[str, str] = {
    "H": "dua sumber atau lebih",
    "M": "satu sumber, perlu dicocokkan",
    "L": "belum bersumber, perlu ditetapkan",
}

Level = Literal["ringan", "sedang", "berat"]
LEVELS: tuple[Level, ...] = ("ringan", "sedang", "berat")
Count = Literal["cumulative", "consecutive"]
Period = Literal["calendar-year", "unbroken"]
Unverified = Literal["ends", "passes"]
Kind = Literal["PNS", "CPNS", "PPPK", "PPPK-PW", "NON-ASN"]
Minutes = Literal["late", "early"]
Unit = Literal["working", "calendar"]
Calendar = Literal["office", "person"]
"""Whose working days are counted."""

Event = Literal[
    "warning-accepted",
    "letter-dated",
    "letter-received",
    "clarification-filed",
    "summons-issued",
    "examination-filed",
    "decision-filed",
    "days-excused",
    "returned-and-reported",
]

Text = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
Whole = Annotated[int, Field(strict=True, ge=1, le=366)]
Day = Annotated[date, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
_STRICT: dict[str, Any] = {"extra": "forbid"}


def counted_by(calendar: Calendar) -> str:
    """Return what working days of a calendar are called, after their number."""
    return "hari kerja" if calendar == "office" else "hari kerja menurut jadwal pegawai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """A table of figures. `marks` names those that are less, or more, sure than the rest of it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    mark: Mark
    source: Text
    article: Annotated[str, Field(max_length=200)] = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def mark_of(self, key: str) -> Mark:
        """Return how sure one figure of this table is."""
        return self.marks.get(key, self.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute(Sourced):
    """What stands in for a sanction while the rules it needs are missing."""

    active: Flag
    sanction: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffect(Sourced):
    """What may be proposed besides; it begins with "usul", for nothing happens by itself."""

    proposal: Annotated[str, Field(pattern=r"^usul ", max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Sourced):
    """Days that belong together. `max_days` None is open upwards.

    A cumulative band counts within a calendar year. A consecutive one counts a streak, which with
    the period "unbroken" may run across New Year.
    """

    count: Count
    period: Period
    min_days: Whole
    max_days: Whole | None = None
    level: Level
    sanction: Text
    side_effects: tuple[SideEffect, ...] = ()
    substitute: Substitute | None = None

    @property
    def in_force(self) -> str:
        """The sanction provided for just now; where another stands in for it, both are named."""
        other = self.substitute
        if other is None or not other.active:
            return self.sanction
        return f"{other.sanction} sebagai pengganti {self.sanction} ({other.article})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Sourced):
    """What a day that is not verified does to a streak.

    "ends": only what is proven without it is a streak. "passes": it neither counts nor ends it.
    Either way the finding says how many there are.
    """

    unverified: Unverified


@dataclass(frozen=True, slots=True, kw_only=True)
class LateConversion(Sourced):
    """Whether minutes late or early add up to days, over the same year as the bands."""

    enabled: Flag
    minutes_per_day: Annotated[int, Field(strict=True, ge=60, le=1440)]
    include: Annotated[tuple[Minutes, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority(Sourced):
    """Who may decide at a level: so many superiors up, or an officer who is named."""

    level: Level
    officer: Text
    steps_up: Annotated[int, Field(strict=True, ge=1, le=4)] | None = None
    condition: Annotated[str, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperiorDuty(Sourced):
    """What a superior who knew and did nothing faces: for each level, the heavier one."""

    levels: Mapping[Level, Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Sourced):
    """A service rule that warns: no regulation, no sanction."""

    id: Name
    title: Text
    count: Count
    period: Period
    min_days: Whole
    unverified: Unverified = "ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Sourced):
    """A service rule with a deadline.

    It begins at the first of `anchors` that happened, in the order of preference they are written
    in, and is stopped by any of `stops_on`. Working days are those of the office, or, with the
    calendar "person", those on which the person himself had to come.
    """

    id: Name
    title: Text
    days: Whole
    unit: Unit
    calendar: Calendar = "office"
    anchors: Annotated[tuple[Event, ...], Field(min_length=1)]
    first_day: Literal["next", "same"]
    stops_on: Annotated[tuple[Event, ...], Field(min_length=1)]
    on_lapse: Annotated[str, Field(pattern=r"^usul ", max_length=500)]

    @property
    def counts(self) -> str:
        """What is counted, in words that stand after its number."""
        return counted_by(self.calendar) if self.unit == "working" else "hari kalender"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTable(Sourced):
    """How cases of a service rule are kept.

    alarm: the alarm that opens one. repeat: whether so many further absent days of the same streak
    warn again. opens_within_days: a streak that ended longer ago, in calendar days, opens none.
    accepted: what an accepted clarification does. late_days: working days after the last of its
    days, the office's or the person's own (late_calendar); a later one only an admin may judge.
    approvers: how many admins approve a step; own_approval: whether who prepared it may be one of
    them. centre_down_hours: no clock runs on a day on which the centre was silent for longer.
    """

    alarm: Name
    repeat: Literal["once", "again"]
    opens_within_days: Whole
    clarification_clock: Name
    office_clock: Name
    tells: Annotated[tuple[Literal["person", "superior", "office"], ...], Field(min_length=1)]
    accepted: Literal["changes-day", "closes-alarm"]
    judged_by: Literal["operator", "admin"]
    late_days: Whole
    late_calendar: Calendar = "office"
    approvers: Literal[1, 2]
    own_approval: Flag
    centre_down_hours: Annotated[int, Field(strict=True, ge=1, le=24)]


LimitId = Literal["summons", "second-summons", "second-notice", "hand-over", "sending", "effect"]
LIMITS: tuple[LimitId, ...] = (
    "summons", "second-summons", "second-notice", "hand-over", "sending", "effect",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Sourced):
    """How long the officers of an examination have. No day is left out: the law runs on.

    Working days are the office's, unless the calendar is "person".
    """

    id: LimitId
    title: Text
    days: Whole
    unit: Unit
    calendar: Calendar = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Sourced):
    """Whom a document concerns and when; `valid_until` is its last day."""

    id: Name
    title: Text
    short: Annotated[str, Field(min_length=1, max_length=60)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    valid_from: Day
    valid_until: Day | None = None

    def within(self, first: date, last: date) -> tuple[date, date] | None:
        """Return the part of a span in which this is in force, or None."""
        begin = max(first, self.valid_from)
        end = last if self.valid_until is None else min(last, self.valid_until)
        return (begin, end) if begin <= end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation(Dated):
    """A regulation of discipline. An example is shown, and never applied to anybody."""

    document: Literal["regulation"]
    example: Flag = False
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    counting: Counting
    late_conversion: LateConversion
    authority: tuple[Authority, ...] = ()
    superior: SuperiorDuty | None = None
    limits: tuple[Limit, ...] = ()

    def bands_of(self, count: Count) -> tuple[Band, ...]:
        """Return the bands that count in one way, lowest first."""
        return tuple(
            sorted((one for one in self.bands if one.count == count), key=lambda one: one.min_days)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Dated):
    """The service rules of an agency: when it warns, and how long it waits."""

    document: Literal["service"]
    alarms: tuple[Alarm, ...] = ()
    clocks: tuple[Clock, ...] = ()
    case: CaseTable | None = None
    """None: this service rule keeps no cases."""


Document = Regulation | Service
