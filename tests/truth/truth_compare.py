"""Holds what the centre judged against what is true, day by day, and counts year by year."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select
from truth_life import ABSENT, ANYTHING, EITHER, PRESENT, UNVERIFIED, Life, Outcome, PersonDay
from truth_troubles import Troubles
from truth_world import DAY, Person, World

from ingest.regulations import load
from ingest.reports.discipline import Year, count_all
from ingest.store import tables

FREE = {"OFF", "HOLIDAY", "JOINT", "SUSPENDED", "ENDED"}
SHOWN = 20
STREAK = 3


class Judged(NamedTuple):
    """A row of the centre's."""

    office: str
    status: str
    late: int | None
    early: int | None


class Miss(NamedTuple):
    """A day that was judged otherwise than it was."""

    kind: str
    nip: str
    day: date
    expected: Outcome
    judged: Judged | None

    def __str__(self) -> str:
        was = "nothing" if self.judged is None else " ".join(map(str, self.judged))
        return f"{self.kind}: {self.nip} {self.day}: truth {self.expected}, judged {was}"


@dataclass(slots=True)
class Comparison:
    """What one phase came to."""

    days: int = 0
    judged: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    """Misses by kind: all of them, of which `misses` shows the first."""
    explained_later: int = 0
    """Absences of people who had handed in nothing yet."""
    troubles: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What the days came to on which an office had a trouble, by its kind."""

    def miss(self, one: Miss) -> None:
        self.kinds[one.kind] += 1
        if len(self.misses) < SHOWN:
            self.misses.append(one)


WRONG_ABSENCE = "wrong absence"
MISSED_ABSENCE = "missed absence"
LEFT_OPEN = "left unverified on whole evidence"
CLOSED = "judged on evidence that is not whole"
MINUTES = "other minutes"
STATUS = "other status"
NOT_JUDGED = "not judged"
OFFICE = "judged for another office"
COUNT = "other yearly count"
LONGEST = "other longest streak"
KINDS = (
    WRONG_ABSENCE, MISSED_ABSENCE, LEFT_OPEN, CLOSED, MINUTES, STATUS, NOT_JUDGED, OFFICE,
    COUNT, LONGEST,
)  # fmt: skip


def compare(
    connection: Connection, world: World, troubles: Troubles, ids: dict[str, int], phase: int
) -> Comparison:
    """Compare every day of everybody."""
    found = Comparison()
    for some in _parts(world.people, 200):
        stored = _stored(connection, world, [ids[one.nip] for one in some])
        for person in some:
            rows = stored.get(ids[person.nip], {})
            for lived in compared(world, troubles, person):
                _compare(found, person, lived, rows.pop(lived.day, None), phase)
                for kind in troubles.named.get((lived.office, lived.day), ()):
                    found.troubles[kind][lived.expected[phase].status] += 1
            for day, row in rows.items():
                found.miss(Miss(STATUS, person.nip, day, Outcome("no duty"), row))
    return found


def compared(world: World, troubles: Troubles, person: Person) -> Iterator[PersonDay]:
    for one in Life(world, troubles, person).days():
        if one.day <= world.size.last:
            yield one


def _stored(
    connection: Connection, world: World, ids: Sequence[int]
) -> dict[int, dict[date, Judged]]:
    days = tables.days.c
    rows = connection.execute(
        select(
            days.person_id,
            days.day,
            days.office,
            days.status,
            days.late_minutes,
            days.early_minutes,
        ).where(days.person_id.in_(ids), days.day.between(world.size.first, world.size.last))
    )
    found: defaultdict[int, dict[date, Judged]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[1]] = Judged(*row[2:])
    return found


def _compare(
    found: Comparison, person: Person, lived: PersonDay, judged: Judged | None, phase: int
) -> None:
    expected = lived.expected[phase]
    found.days += 1
    found.expected[expected.status] += 1
    found.judged["nothing" if judged is None else judged.status] += 1
    kind = _difference(lived, judged, expected, phase)
    if kind is not None:
        found.miss(Miss(kind, person.nip, lived.day, expected, judged))
    elif judged is not None and judged.status == ABSENT and lived.present:
        found.explained_later += 1


def _difference(  # noqa: PLR0911 - one for each kind of difference
    lived: PersonDay, judged: Judged | None, expected: Outcome, phase: int
) -> str | None:
    """Name what is wrong with a judgement; None where nothing is."""
    if judged is None:
        return NOT_JUDGED
    if judged.office != lived.office:
        return OFFICE
    if judged.status == ABSENT and lived.present and not (lived.explained_late and phase == 0):
        return WRONG_ABSENCE
    if expected.status == ANYTHING:
        return None
    if expected.status == EITHER:
        fits = judged.status in (PRESENT, UNVERIFIED) and judged[2:] == (None, None)
        return None if fits else STATUS
    if judged.status != expected.status:
        return _other_status(judged, expected)
    return _other_minutes(judged, expected)


def _other_status(judged: Judged, expected: Outcome) -> str:
    if judged.status == ABSENT:
        return CLOSED if expected.status == UNVERIFIED else WRONG_ABSENCE
    if expected.status == ABSENT:
        return MISSED_ABSENCE
    return LEFT_OPEN if judged.status == UNVERIFIED else STATUS


def _other_minutes(judged: Judged, expected: Outcome) -> str | None:
    if expected.status not in ("PRESENT", "LATE", "EARLY", "INCOMPLETE"):
        return None
    return None if (judged.late, judged.early) == (expected.late, expected.early) else MINUTES


@dataclass(slots=True)
class Counts:
    """What a year came to, and what the discipline of the centre counts."""

    people: int = 0
    absent: int = 0
    streaks: int = 0
    """People with a streak of three, by the truth that can be proven."""
    hidden: int = 0
    """People who were away three days in a row, of which evidence is missing for some."""


def compare_counts(
    connection: Connection, world: World, troubles: Troubles, ids: dict[str, int], found: Comparison
) -> Counts:
    """Compare each person's absences of the year and longest streak with the truth's."""
    size = world.size
    year = Year(size.last.year, today=size.last + DAY)
    counted = {one.person.nip: one.tally for one in count_all(connection, load(), year)}
    result = Counts()
    for person in world.people:
        lived = list(compared(world, troubles, person))
        days = tuple(one.day for one in lived if one.expected[1].status == ABSENT)
        streak = longest([one.expected[1].status for one in lived])
        result.people += 1
        result.absent += len(days)
        result.streaks += streak >= STREAK
        away = [one.expected[1].status if one.present else ABSENT for one in lived]
        result.hidden += longest(away) >= STREAK > streak
        told = counted.get(person.nip)
        told_days, told_streak = (told.absent, told.longest_streak) if told else ((), 0)
        if told_days != days:
            _miss_count(found, COUNT, person, len(days), len(told_days), size.last)
        if told_streak != streak:
            _miss_count(found, LONGEST, person, streak, told_streak, size.last)
    return result


def _miss_count(
    found: Comparison, kind: str, person: Person, truth: int, told: int, day: date
) -> None:
    judged = Judged(person.posts[-1].office, f"{told} days", None, None)
    found.miss(Miss(kind, person.nip, day, Outcome(f"{truth} days"), judged))


def longest(statuses: Sequence[str]) -> int:
    """Return the longest row of absences; free days neither count nor break it."""
    best = row = 0
    for one in statuses:
        if one == ABSENT:
            row += 1
        elif one not in FREE:
            row = 0
        best = max(best, row)
    return best


def _parts(people: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for place in range(0, len(people), size):
        yield people[place : place + size]
