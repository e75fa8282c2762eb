"""What a step stands on, frozen with it; and what is known of a person at the moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from ingest.discipline.cases.superiors import Rung
from ingest.discipline.days import Effect, JudgedDay


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that goes to JSON and back, with nothing in it that is not known."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Verdict(Plain):
    """What is known of one terminal on one day, as the coverage says it."""

    terminal: str
    complete: bool
    why: str


@dataclass(frozen=True, slots=True)
class DayFact(Plain):
    """One judged day: its status, the digest of what it was judged from, and the terminals."""

    day: date
    status: str
    effect: Effect
    ground: str
    """Digest of the judged day with its grounds: punches, scheme, excuses."""
    why: str
    terminals: tuple[Verdict, ...] = ()
    """Every terminal that had to be complete for this day."""

    @property
    def proven(self) -> bool:
        """Whether this is an absence, on complete data. Without any terminal nothing is proven."""
        complete = bool(self.terminals) and all(one.complete for one in self.terminals)
        return self.effect is Effect.COUNTS and complete


@dataclass(frozen=True, slots=True)
class Paused(Plain):
    """A day on which a clock did not run."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Facts(Plain):
    """What an event stood on when it happened. `days` are all days its case had or has."""

    days: tuple[DayFact, ...]
    rules: tuple[str, ...] = ()
    """Ids of regulation, alarm, clock and limit, such as `BKPSDM-KUKAR/clarification`."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    paused: tuple[Paused, ...] = ()
    """Days that a clock left out."""
    passed_over: tuple[str, ...] = ()
    """Why each superior nearer than the one addressed was not."""

    def proven(self, days: tuple[date, ...]) -> bool:
        """Say whether every one of these days is a proven absence here."""
        known = {one.day: one for one in self.days}
        return all(day in known and known[day].proven for day in days)


@dataclass(frozen=True, slots=True)
class Subject(Plain):
    """Whom a case is about. The name is the store's to look up."""

    nip: str
    office: str
    kind: str
    """PNS, CPNS and so on, on the day the case opened."""


IsWorking = Callable[[date], bool | None]


def nothing_planned(_day: date) -> None:
    """Say of no day whether it will be worked."""


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """The working days of one office, and those on which no clock of its own runs."""

    is_working: IsWorking
    paused: Mapping[date, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that is known of one person when the machine is asked."""

    subject: Subject
    days: tuple[JudgedDay, ...]
    """Judged days and stretches never judged (`gaps`), this year's and those of the year before."""
    grounds: Mapping[date, DayFact]
    """For every day from the first to the last of the case, and every absent day that may belong to
    one. An absent day that is missing here, or has a terminal that is not complete, is taken as not
    verified."""
    is_working: IsWorking
    """Working days of the office where the person serves on a day; None where the year's calendar
    is not confirmed."""
    planned: IsWorking = nothing_planned
    """Working days of the person's own schedule, asked of days that are not over. None where it
    says nothing yet."""
    paused: Mapping[date, str] = field(default_factory=dict)
    """Days on which no clock runs, and why: the centre was down, coverage was missing of the office
    where the person served."""
    asked: Mapping[str, OfficeDays] = field(default_factory=dict)
    """The days of offices that have to act themselves, by code; one that is missing here is where
    the person serves."""
    chain: tuple[Rung, ...] = ()
    """The superiors, the direct one first."""
    above: Mapping[str, tuple[Rung, ...]] = field(default_factory=dict)
    """By his NIP, the superiors of each superior who was reprimanded, as they stand today; asked
    once the office was written to."""
    office: str | None = None
    """Where the person serves today; None: as when the case opened."""
    covered: frozenset[date] = frozenset()
    """Days of the person's other cases."""
