"""All counters on one person: what a year came to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest.discipline.authority import Superior, competent
from ingest.discipline.counters import alarms, consecutive, cumulative
from ingest.discipline.days import Effect, JudgedDay, clip
from ingest.discipline.findings import Finding
from ingest.discipline.regimes import Kinds, holding, parts, under
from ingest.discipline.shelf import Shelf
from ingest.discipline.streaks import longest
from ingest.discipline.values import Regulation


@dataclass(frozen=True, slots=True)
class Tally:
    """A person's year. Days are counted up to the last one that is over."""

    absent: tuple[date, ...]
    unverified: int
    unjudged: int
    longest_streak: int
    """Absences in a row that are proven, within this year."""
    regulations: tuple[str, ...]
    """Which applied, each to the days of the kinds of people it is for."""
    unregulated: tuple[str, ...]
    """Kinds the person was in this year that have no regulation here: days are only counted."""
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def tally(
    days: Sequence[JudgedDay],
    shelf: Shelf,
    *,
    kinds: Kinds,
    year: int,
    until: date,
    chain: Sequence[Superior] = (),
) -> Tally:
    """Count a person's days, in any order; `until` is the last day that is over.

    Days of the year before may be among them, for a streak that runs across New Year. Each day
    counts under what holds for the kind the person was on it.
    """
    first, last = date(year, 1, 1), min(date(year, 12, 31), until)
    within = clip(days, first, last)
    regulations = holding(shelf.regulations, kinds, first, last)
    return Tally(
        absent=tuple(one.day for one in within if one.effect is Effect.COUNTS),
        unverified=sum(len(one) for one in within if one.effect is Effect.UNVERIFIED),
        unjudged=sum(len(one) for one in within if one.effect is Effect.UNJUDGED),
        longest_streak=longest(within),
        regulations=tuple(one.id for one in regulations),
        unregulated=_unregulated(shelf, kinds, first, last),
        findings=tuple(
            found
            for one in regulations
            for found in _findings(
                under(days, kinds, one.kinds), one, year=year, until=until, chain=chain
            )
        ),
        warnings=tuple(
            found
            for one in holding(shelf.services, kinds, first, last)
            for found in alarms(under(days, kinds, one.kinds), one, year=year, until=until)
        ),
    )


def _unregulated(shelf: Shelf, kinds: Kinds, first: date, last: date) -> tuple[str, ...]:
    without = [
        kind for kind, *span in parts(kinds, first, last) if not shelf.regulations(kind, *span)
    ]
    return tuple(sorted(set(without)))


def _findings(
    days: Sequence[JudgedDay],
    regulation: Regulation,
    *,
    year: int,
    until: date,
    chain: Sequence[Superior],
) -> list[Finding]:
    """Return what a regulation finds, the heaviest first, with who may decide."""
    total = cumulative(days, regulation, year=year, until=until)
    found = [
        *consecutive(days, regulation, year=year, until=until),
        *([total] if total is not None else []),
    ]
    return [
        one if one.level is None else replace(one, officers=competent(regulation, one.level, chain))
        for one in found
    ]
