"""Streaks: days in a row on which somebody was absent. Free days neither count nor break.

Between two days of presence lies a run of absences and of days that are not verified. What is
proven of it are its segments: absences with no open day between them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ingest.discipline.days import OPEN, Effect, JudgedDay, open_days
from ingest.discipline.values import Unverified


@dataclass(frozen=True, slots=True)
class Streak:
    """Absences in a row, and how many open days lie in it or right beside it.

    `proven` is False where only the open days between make it as long as it is.
    """

    days: tuple[date, ...]
    unverified: int
    proven: bool = True


def streaks(days: Iterable[JudgedDay], *, at_least: int, unverified: Unverified) -> list[Streak]:
    """Return the streaks of at least so many days, in order of time.

    Where open days end a streak, a run that would be long enough across them is told as not proven,
    unless a part of it is long enough by itself.
    """
    found: list[Streak] = []
    for run in _runs(days):
        whole = _streak(run)
        parts = [run] if unverified == "passes" else _segments(run)
        candidates = [_streak(one) for one in parts]
        reached = [one for one in candidates if len(one.days) >= at_least]
        if not reached and len(whole.days) >= at_least:
            reached = [Streak(whole.days, whole.unverified, proven=False)]
        found += reached
    return found


def longest(days: Iterable[JudgedDay]) -> int:
    """Return the length of the longest streak that is proven without any open day."""
    found = streaks(days, at_least=1, unverified="ends")
    return max((len(one.days) for one in found), default=0)


def _runs(days: Iterable[JudgedDay]) -> Iterator[list[JudgedDay]]:
    """Yield what lies between two days of presence, if there is an absence in it."""
    ordered = sorted(days, key=lambda one: one.day)
    bound = (one for one in ordered if one.effect is not Effect.FREE)
    for broken, run in groupby(bound, key=lambda one: one.effect is Effect.BREAKS):
        members = list(run)
        if not broken and any(one.effect is Effect.COUNTS for one in members):
            yield members


def _segments(run: list[JudgedDay]) -> Iterator[list[JudgedDay]]:
    """Yield each row of absences in a run with the open days right before and after it."""
    groups = [(is_open, list(one)) for is_open, one in groupby(run, lambda day: day.effect in OPEN)]
    for place, (is_open, members) in enumerate(groups):
        if not is_open:
            before = groups[place - 1][1] if place else []
            after = groups[place + 1][1] if place + 1 < len(groups) else []
            yield [*before, *members, *after]


def _streak(members: list[JudgedDay]) -> Streak:
    days = tuple(one.day for one in members if one.effect is Effect.COUNTS)
    return Streak(days, open_days(members))
