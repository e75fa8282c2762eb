"""A month of an office, day by day: may it be judged, and what holds it up. Pure but for asking.

Each day is assembled as for judging, of the same facts, with ANYBODY for its people: this is the
verdict by which days are judged, for many days at a price at which they can be looked at.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from ingest.calendar import Elsewhere, Expected, Holiday, Joint, Off
from ingest.coverage import OfficeDay, Reason, Verdict
from ingest.days.assemble import assemble
from ingest.days.settings import Settings
from ingest.store.facts import Facts
from ingest.store.months import ANYBODY, Months, days_between

FREE = (Off, Holiday, Joint, Elsewhere)


class Mark(StrEnum):
    """May a day be judged, for who touched nothing?"""

    COMPLETE = "complete"
    NOT_YET = "not-yet"
    GAP = "gap"
    HELD = "held"  # every terminal is complete, and something else holds it up for all
    TO_COME = "to-come"


@dataclass(frozen=True, slots=True)
class MonthDay:
    day: date
    mark: Mark
    expected: Expected
    """Of who has nothing of his own."""
    coverage: OfficeDay | None = None
    """None on a day to come."""
    reasons: tuple[Reason, ...] = ()
    """All that keeps everybody of the office from being absent."""

    @property
    def free(self) -> bool:
        """Whether nobody has to touch a terminal who has nothing of his own."""
        return isinstance(self.expected, FREE)


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A terminal of the office that a day of this month is not judged by."""

    serial: str
    name: str
    registered: bool
    days: tuple[date, ...]
    """On which it does not count, of those that have begun."""


@dataclass(frozen=True, slots=True)
class OfficeMonth:
    office: str
    name: str
    days: tuple[MonthDay, ...]
    uncounted: tuple[Uncounted, ...]

    def count(self, mark: Mark) -> int:
        return sum(one.mark is mark for one in self.days)


def month_of(
    connection: Connection,
    *,
    offices: Collection[str],
    day: date,
    now: datetime,
    settings: Settings,
) -> list[OfficeMonth]:
    """Return the month in which a day lies, of some offices, in their order.

    Raises NotKnown, MonthAway, StoreError.
    """
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    months = Months(connection, offices, first, last, settings.asking)
    return [
        _office_month([months.facts(one, day) for day in days_between(first, last)], now, settings)
        for one in offices
    ]


def _office_month(facts: Sequence[Facts], now: datetime, settings: Settings) -> OfficeMonth:
    today = now.astimezone(settings.zone).date()
    begun = [one for one in facts if one.day <= today]
    return OfficeMonth(
        facts[0].office,
        facts[0].plans.office_name,
        tuple(_month_day(one, now, settings, to_come=one.day > today) for one in facts),
        tuple(_uncounted(begun)),
    )


def _month_day(facts: Facts, now: datetime, settings: Settings, *, to_come: bool) -> MonthDay:
    expected = facts.plans.expected
    if to_come:
        return MonthDay(facts.day, Mark.TO_COME, expected)
    assembled = assemble(facts, now=now, settings=settings)
    reasons = assembled.days[ANYBODY.id].open
    mark = Mark(assembled.coverage.verdict.value)
    if assembled.coverage.verdict is Verdict.COMPLETE and reasons:
        mark = Mark.HELD
    return MonthDay(facts.day, mark, expected, assembled.coverage, reasons)


def _uncounted(begun: Sequence[Facts]) -> list[Uncounted]:
    """Return each terminal of the office that did not count on some day that has begun."""
    found = {
        one.id: one
        for facts in begun
        for one in facts.terminals.values()
        if one.office == facts.office
    }
    days = {key: tuple(one.day for one in begun if not one.terminals[key].counts) for key in found}
    return [
        Uncounted(found[key].serial, found[key].name, found[key].registered, some)
        for key, some in days.items()
        if some
    ]


@dataclass(frozen=True, slots=True)
class HoldUp:
    """One thing that holds up one day after another."""

    serial: str
    """Of the terminal; empty where it is none of a terminal's."""
    code: str
    first: date
    last: date
    texts: tuple[str, ...]
    """Each of what is said of it, in the order of the days."""


def hold_ups(days: Sequence[MonthDay]) -> list[HoldUp]:
    """Return what holds up days, by when it began: what goes on the next day is the same."""
    running: dict[tuple[str, str], HoldUp] = {}
    found: list[HoldUp] = []
    for day in days:
        now = _of_day(day)
        found += [one for key, one in running.items() if key not in now]
        running = {key: _go_on(running.get(key), key, day.day, texts) for key, texts in now.items()}
    found += running.values()
    return sorted(found, key=lambda one: (one.first, one.serial, one.code))


def _of_day(day: MonthDay) -> dict[tuple[str, str], list[str]]:
    """Return what is said of a day by terminal and code."""
    terminals = day.coverage.terminals if day.coverage else ()
    serials = {reason: one.serial for one in terminals for reason in one.reasons}
    found: dict[tuple[str, str], list[str]] = {}
    for reason in day.reasons:
        found.setdefault((serials.get(reason, ""), reason.code), []).append(reason.text)
    return found


def _go_on(before: HoldUp | None, key: tuple[str, str], day: date, texts: list[str]) -> HoldUp:
    if before is None:
        return HoldUp(*key, day, day, tuple(dict.fromkeys(texts)))
    return HoldUp(*key, before.first, day, tuple(dict.fromkeys((*before.texts, *texts))))
