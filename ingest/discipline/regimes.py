"""Which kind of servant somebody is on which day: each day counts under the regime of its day.

Who becomes a PNS in March has two kinds in one year. Under a regulation that is for both, the year
is one; under one that is for one of them, only the days as that kind count, and a streak does not
run across the days of another regime.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from ingest.discipline.days import Effect, JudgedDay, clip
from ingest.discipline.values import Dated

Kinds = tuple[tuple[date, str], ...]
"""From a day on, oldest first; the first holds since ever."""

_Document = TypeVar("_Document", bound=Dated)
_DAY = timedelta(days=1)


def kinds_of(first: str, later: Iterable[tuple[date, str]] = ()) -> Kinds:
    """Put together what somebody was at first, and what he became from which day on."""
    return ((date.min, first), *sorted(later))


def kind_on(kinds: Kinds, day: date) -> str:
    return next(kind for since, kind in reversed(kinds) if since <= day)


def parts(kinds: Kinds, first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """Yield each kind somebody was between two days, with its first and last day there."""
    ends = [since - _DAY for since, _ in kinds[1:]] + [date.max]
    for (since, kind), until in zip(kinds, ends, strict=True):
        begin, end = max(since, first), min(until, last)
        if begin <= end:
            yield kind, begin, end


def holding(
    ask: Callable[[str, date, date], Sequence[_Document]], kinds: Kinds, first: date, last: date
) -> tuple[_Document, ...]:
    """Return the documents that hold for somebody between two days, each once, oldest first."""
    found = {one.id: one for part in parts(kinds, first, last) for one in ask(*part)}
    return tuple(sorted(found.values(), key=lambda one: one.valid_from))


def under(days: Iterable[JudgedDay], kinds: Kinds, named: Collection[str]) -> list[JudgedDay]:
    """Return the days on which somebody is of one of these kinds; a change away ends a streak."""
    spans = _spans(kinds, named)
    known = list(days)
    if spans == [(date.min, date.max)]:
        return known
    found = []
    for first, last in spans:
        found += clip(known, first, last)
        if last < date.max:
            found.append(JudgedDay(last + _DAY, Effect.BREAKS))
    return found


def _spans(kinds: Kinds, named: Collection[str]) -> list[tuple[date, date]]:
    """Return when somebody is of one of these kinds; kinds that follow one another are one span."""
    found: list[tuple[date, date]] = []
    for kind, first, last in parts(kinds, date.min, date.max):
        if kind not in named:
            continue
        if found and found[-1][1] + _DAY == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found
