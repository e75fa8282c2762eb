"""What a document of the right shape may still have wrong: bands with gaps, dates the wrong way."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise

from ingest.discipline.findings import span_text
from ingest.discipline.values import (
    LEVELS,
    LIMITS,
    Band,
    Clock,
    Dated,
    Document,
    Limit,
    Regulation,
    Service,
    Sourced,
)

_NOT_FIGURES = frozenset({"mark", "marks", "source"})


def faults_of(document: Document) -> list[str]:
    """Return every fault, each with its key; rows are counted from one."""
    faults = [*_dates(document), *_marks(document, "")]
    if isinstance(document, Service):
        rows = _calendars("clocks", document.clocks)
        return [*faults, *rows, *_ids(document), *_case(document)]
    return [
        *faults,
        *_bands(document),
        *_superior(document),
        *_authority(document),
        *_limits(document),
        *_calendars("limits", document.limits),
    ]


def _dates(document: Dated) -> Iterator[str]:
    if document.valid_until is not None and document.valid_until < document.valid_from:
        yield f"valid_until: {document.valid_until} lies before valid_from {document.valid_from}"
    if len(set(document.kinds)) != len(document.kinds):
        yield "kinds: a kind stands there twice"


def _marks(table: Sourced, place: str) -> Iterator[str]:
    """Name marks of figures that a table does not have, in it and in every table below."""
    names = {one.name for one in fields(table)}
    for name in sorted(table.marks):
        if name not in names - _NOT_FIGURES:
            yield f"{place}marks.{name}: marks a figure that this table does not have"
    for name in sorted(names):
        value = getattr(table, name)
        rows = value if isinstance(value, tuple) else (value,)
        for number, row in enumerate(rows, 1):
            if is_dataclass(row) and isinstance(row, Sourced):
                below = f"{name}[{number}]" if isinstance(value, tuple) else name
                yield from _marks(row, f"{place}{below}.")


def _bands(regulation: Regulation) -> Iterator[str]:
    for number, band in enumerate(regulation.bands, 1):
        yield from _band(band, f"bands[{number}]")
    for count in ("cumulative", "consecutive"):
        rows = [one for one in enumerate(regulation.bands, 1) if one[1].count == count]
        yield from _row(sorted(rows, key=lambda one: one[1].min_days))


def _band(band: Band, place: str) -> Iterator[str]:
    if band.max_days is not None and band.max_days < band.min_days:
        yield f"{place}.max_days: {band.max_days} is less than min_days {band.min_days}"
    if band.count == "cumulative" and band.period != "calendar-year":
        yield f'{place}.period: a cumulative band counts in a "calendar-year"'


def _row(rows: Sequence[tuple[int, Band]]) -> Iterator[str]:
    """Name gaps, overlaps and levels that go down between bands that count alike, lowest first."""
    for (before, lower), (number, band) in pairwise(rows):
        place = f"bands[{number}]"
        if lower.max_days is None or band.min_days <= lower.max_days:
            yield f"{place}.min_days: {band.min_days} overlaps bands[{before}]"
        elif band.min_days > lower.max_days + 1:
            missing = span_text(lower.max_days + 1, band.min_days - 1)
            yield f"{place}.min_days: {missing} days are in no band, after bands[{before}]"
        if LEVELS.index(band.level) < LEVELS.index(lower.level):
            yield f"{place}.level: {band.level} after {lower.level} of fewer days"
        if band.period != lower.period:
            yield f"{place}.period: differs from that of bands[{before}], which counts alike"
    if rows and rows[-1][1].max_days is not None:
        yield (f"bands[{rows[-1][0]}].max_days: the highest band must be open; leave max_days out")


def _superior(regulation: Regulation) -> Iterator[str]:
    if regulation.superior is None:
        return
    levels = regulation.superior.levels
    for level in sorted({band.level for band in regulation.bands} - set(levels)):
        yield f"superior.levels.{level}: missing; a band has this level"
    for level, heavier in levels.items():
        if LEVELS.index(heavier) < LEVELS.index(level):
            yield f"superior.levels.{level}: {heavier} is lighter than {level}"


def _authority(regulation: Regulation) -> Iterator[str]:
    if regulation.authority:
        for level in sorted({one.level for one in regulation.bands}):
            if level not in {one.level for one in regulation.authority}:
                yield f"authority: nobody may decide at the level {level}, which a band has"


def _limits(regulation: Regulation) -> Iterator[str]:
    """A regulation has all limits of an examination or, if it knows none, not one."""
    names = [one.id for one in regulation.limits]
    for name in LIMITS if names else ():
        if names.count(name) != 1:
            yield f'limits: "{name}" stands there {names.count(name)} times, expected once'


def _calendars(table: str, rows: Sequence[Clock | Limit]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        if row.unit == "calendar" and row.calendar == "person":
            yield (
                f"{table}[{number}].calendar: calendar days are everybody's; leave it out, or "
                'count unit = "working"'
            )


def _case(service: Service) -> Iterator[str]:
    case = service.case
    if case is None:
        return
    alarm = next((one for one in service.alarms if one.id == case.alarm), None)
    if alarm is None:
        yield f'case.alarm: there is no alarm "{case.alarm}" in this file'
    elif alarm.count != "consecutive":
        yield f'case.alarm: "{case.alarm}" does not count days in a row'
    clocks = {one.id for one in service.clocks}
    for key, name in (
        ("clarification_clock", case.clarification_clock),
        ("office_clock", case.office_clock),
    ):
        if name not in clocks:
            yield f'case.{key}: there is no clock "{name}" in this file'
    if case.clarification_clock == case.office_clock:
        yield "case.office_clock: is the clock of the clarification; the two share nothing"


def _ids(service: Service) -> Iterator[str]:
    for table, names in (
        ("alarms", [one.id for one in service.alarms]),
        ("clocks", [one.id for one in service.clocks]),
    ):
        for name in sorted({one for one in names if names.count(one) > 1}):
            yield f'{table}: the id "{name}" stands there twice'
    for number, alarm in enumerate(service.alarms, 1):
        if alarm.count == "cumulative" and alarm.period != "calendar-year":
            yield f'alarms[{number}].period: a cumulative alarm counts in a "calendar-year"'
