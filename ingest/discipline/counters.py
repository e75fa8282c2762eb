"""The counters. Each takes a person's judged days and its own row of data, and shares no number.

    absences in a calendar year   `cumulative`   bands of a regulation
    absences in a row             `consecutive`  bands of a regulation
    three in a row, and the like  `alarms`       service rules
    deadlines                     `clocks.py`    service rules
    the superior's own duty       `superior.py`  regulation

None of them cares in which order days come.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from ingest.discipline.days import Effect, JudgedDay, clip, open_days
from ingest.discipline.findings import Finding, span_text
from ingest.discipline.streaks import Streak, streaks
from ingest.discipline.values import (
    Alarm,
    Band,
    LateConversion,
    Mark,
    Regulation,
    Service,
    Sourced,
)


def cumulative(
    days: Iterable[JudgedDay], regulation: Regulation, *, year: int, until: date
) -> Finding | None:
    """Return the band that the absences of a calendar year reach, as far as it is over."""
    window = regulation.within(date(year, 1, 1), min(date(year, 12, 31), until))
    if window is None:
        return None
    within = clip(days, *window)
    absent = tuple(one.day for one in within if one.effect is Effect.COUNTS)
    converted = converted_days(within, regulation.late_conversion)
    band = reached(regulation.bands_of("cumulative"), len(absent) + converted)
    if band is None:
        return None
    return _finding(regulation, band, absent, open_days(within), converted=converted)


def consecutive(
    days: Iterable[JudgedDay], regulation: Regulation, *, year: int, until: date
) -> list[Finding]:
    """Return each streak with a day in this year that reaches a band, as far as days have come.

    Whether the days before New Year count is said by the period of the lowest band.
    """
    bands = regulation.bands_of("consecutive")
    if not bands:
        return []
    first = date.min if bands[0].period == "unbroken" else date(year, 1, 1)
    window = regulation.within(first, min(date(year, 12, 31), until))
    if window is None:
        return []
    policy, limit = regulation.counting.unverified, bands[0].min_days
    found = streaks(clip(days, *window), at_least=limit, unverified=policy)
    return [
        _finding(regulation, band, one.days, one.unverified, waiting=not one.proven)
        for one in found
        if one.days[-1].year == year and (band := reached(bands, len(one.days))) is not None
    ]


def alarms(days: Iterable[JudgedDay], service: Service, *, year: int, until: date) -> list[Finding]:
    """Return what a service rule warns of: no regulation is asked, no sanction follows."""
    known = list(days)
    return [
        found for alarm in service.alarms for found in _alarm(known, service, alarm, year, until)
    ]


def converted_days(days: Sequence[JudgedDay], conversion: LateConversion) -> int:
    """Return whole days that minutes add up to. A day whose minutes are not known adds none."""
    if not conversion.enabled:
        return 0
    late = sum(one.late_minutes for one in days) if "late" in conversion.include else 0
    early = sum(one.early_minutes for one in days) if "early" in conversion.include else 0
    return (late + early) // conversion.minutes_per_day


def reached(bands: Sequence[Band], count: int) -> Band | None:
    """Return the highest band of a row, lowest first, that so many days reach."""
    return next((one for one in reversed(bands) if one.min_days <= count), None)


def _alarm(
    days: list[JudgedDay], service: Service, alarm: Alarm, year: int, until: date
) -> list[Finding]:
    first = date.min if alarm.period == "unbroken" else date(year, 1, 1)
    window = service.within(first, min(date(year, 12, 31), until))
    if window is None:
        return []
    within = clip(days, *window)
    if alarm.count == "consecutive":
        found = streaks(within, at_least=alarm.min_days, unverified=alarm.unverified)
    else:
        absent = tuple(one.day for one in within if one.effect is Effect.COUNTS)
        found = [Streak(absent, open_days(within))] if len(absent) >= alarm.min_days else []
    return [_warning(service, alarm, one) for one in found if one.days[-1].year == year]


def _warning(service: Service, alarm: Alarm, streak: Streak) -> Finding:
    return Finding(
        rule=f"{service.id}/{alarm.id}",
        count=alarm.count,
        waiting=not streak.proven,
        days=streak.days,
        converted_days=0,
        unverified=streak.unverified,
        basis=f"{service.short}, {alarm.title}",
        article=alarm.article,
        mark=least_sure(alarm),
        span=span_text(alarm.min_days, None),
    )


def _finding(
    regulation: Regulation,
    band: Band,
    days: tuple[date, ...],
    unverified: int,
    *,
    converted: int = 0,
    waiting: bool = False,
) -> Finding:
    """Say that a band is reached; where that is not proven, neither sanction nor proposal is."""
    sources: list[Sourced] = [band]
    if band.substitute is not None and band.substitute.active:
        sources.append(band.substitute)
    if converted:
        sources.append(regulation.late_conversion)
    if band.count == "consecutive" and unverified:
        sources.append(regulation.counting)
    return Finding(
        rule=regulation.id,
        count=band.count,
        waiting=waiting,
        days=days,
        converted_days=converted,
        unverified=unverified,
        basis=f"{regulation.short} {band.article}".rstrip(),
        article=band.article,
        mark=least_sure(*sources),
        span=span_text(band.min_days, band.max_days),
        level=None if waiting else band.level,
        sanction=None if waiting else band.in_force,
        proposals=() if waiting else tuple(one.proposal for one in band.side_effects),
    )


def least_sure(*tables: Sourced) -> Mark:
    """Return the mark of the least sure figure in some tables."""
    marks: list[Mark] = [mark for one in tables for mark in (one.mark, *one.marks.values())]
    return max(marks, key="HML".index)
