"""Schemes: what hours an office or a person keeps, from a day on, and for a time in between.

The body of terms as the store and the files keep it; every key but `days` may be left out:

    {"days": {"0": {"start": "07:30", "end": "16:00", "rest": [["12:00", "13:00"]]}, ...},
     "tolerance_s": 0, "taps": 2, "opens_s": 5400, "closes_s": 14400,
     "flexi": {"cap_s": 3600, "make_up": true}, "weekly_minutes": 2250}

Weekday 0 is Monday; one that is absent is not worked. `{"roster": true}` has no days: rosters say
who works when. A shift has the keys of one day and those of terms together, and its end may lie on
the next day: 21:00 to 07:00, and 08:00 to 08:00 is a whole day and night.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from ingest.calendar.reading import Body
from ingest.indonesian import WEEKDAYS

DAY = timedelta(days=1)
FEWEST, MOST = 2, 4  # touches a day may ask for
WEEKDAY_KEYS = frozenset("0123456")
_NAMES = tuple(one.lower() for one in WEEKDAYS)  # as the files have them
_SOME_DAY = date(2000, 1, 1)
_TWO_DAYS_LATER = datetime(2000, 1, 3)


class Hours(NamedTuple):
    """The hours of one working day; local wall clock times."""

    start: time
    end: time
    rest: tuple[tuple[time, time], ...] = ()

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Return when work begins and ends that begins on a day."""
        start, end = datetime.combine(day, self.start), datetime.combine(day, self.end)
        return start, end if end > start else end + DAY

    @property
    def net(self) -> timedelta:
        start, end = self.on(date.min)
        return end - start - sum((_length(*one) for one in self.rest), timedelta())


class Flexi(NamedTuple):
    """Who comes up to `cap` later is not late; with `make_up` he leaves so much later."""

    cap: timedelta
    make_up: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """How touches are asked for, whatever the hours."""

    tolerance: timedelta = timedelta()
    taps: int = FEWEST
    opens: timedelta | None = None
    """How long before the start a touch belongs to the day; None: from midnight on."""
    closes: timedelta | None = None
    flexi: Flexi | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scheme asks from a day on, or for a time."""

    hours: Mapping[int, Hours]
    """By weekday, Monday is 0; a weekday that is absent is not worked."""
    manner: Manner = Manner()
    roster: bool = False
    weekly: timedelta | None = None
    """What a week should come to; only warned about: no working time is derived from it."""


@dataclass(frozen=True, slots=True)
class Shift:
    code: str
    name: str
    hours: Hours
    manner: Manner = Manner()


def read_terms(where: str, body: Mapping[str, Any]) -> Terms:
    """Return terms as the store keeps them. Raises ValueError naming `where` and what is wrong."""
    return terms_of(Body(where, body))


def terms_of(given: Body) -> Terms:
    """Return terms; whatever else the table holds has to be asked for before."""
    roster = given.flag("roster")
    days = list(given.table("days"))
    hours: dict[int, Hours] = {}
    for key, one in days:
        if key in WEEKDAY_KEYS:
            hours[int(key)] = hours_of(given.within(f"days.{_NAMES[int(key)]}", one))
        else:
            given.fault(f"{key!r} is no weekday, expected 0 (Monday) to 6")
    if roster and days:
        given.fault("rosters say who works when, so it has no days of its own")
    if not roster and not days:
        given.fault("days: give the hours of at least one weekday")
    terms = Terms(hours, _manner(given), roster, given.span("weekly_minutes", minutes=True))
    given.done()
    if (
        given.good
        and terms.manner.taps == MOST
        and any(len(one.rest) != 1 for one in hours.values())
    ):
        given.fault("four touches a day need one rest on each weekday")
    return terms


def read_shift(code: str, name: str, body: Mapping[str, Any]) -> Shift:
    """Return a shift as the store keeps it. Raises ValueError."""
    return shift_of(code, name, Body(f"shift {code}", body))


def shift_of(code: str, name: str, given: Body) -> Shift:
    """Return a shift; whatever else the table holds has to be asked for before."""
    shift = Shift(code, name, _day(given), _manner(given))
    given.done()
    if (
        given.good
        and shift.hours.on(_SOME_DAY)[1] + (shift.manner.closes or timedelta()) > _TWO_DAYS_LATER
    ):
        given.fault("closes_s: a touch would count after the day that follows the shift's own")
    if given.good and shift.manner.taps == MOST and len(shift.hours.rest) != 1:
        given.fault("four touches a shift need one rest in it")
    return shift


def terms_body(terms: Terms) -> dict[str, Any]:
    """Return terms as the store and the files keep them: what `read_terms` reads."""
    days = {str(day): hours_body(one) for day, one in sorted(terms.hours.items())}
    return {
        **({"roster": True} if terms.roster else {"days": days}),
        **_manner_body(terms.manner),
        **({} if terms.weekly is None else {"weekly_minutes": _minutes(terms.weekly)}),
    }


def shift_body(shift: Shift) -> dict[str, Any]:
    """Return a shift as the store and the files keep it: what `read_shift` reads."""
    return {**hours_body(shift.hours), **_manner_body(shift.manner)}


def norm_warning(where: str, terms: Terms) -> str | None:
    """Say where a week comes to something else than it should; nothing else follows from that."""
    if terms.weekly is None:
        return None
    week = sum((one.net for one in terms.hours.values()), timedelta())
    if week == terms.weekly:
        return None
    return (
        f"{where}: the week comes to {_minutes(week)} minutes without rest, "
        f"not to {_minutes(terms.weekly)}; nothing is derived from that, look whether it is meant"
    )


def hours_of(given: Body) -> Hours:
    """Return the hours of one day, of a table that holds nothing else."""
    hours = _day(given)
    if given.good and hours.end <= hours.start:
        given.fault("end: hours over midnight are a shift's; write a [[shift]], and a roster")
    given.done()
    return hours


def _day(given: Body) -> Hours:
    hours = Hours(given.clock("start"), given.clock("end"), given.pairs("rest"))
    start, end = hours.on(_SOME_DAY)
    for begins, ends in hours.rest if given.good else ():
        since = _after(start, begins)
        if not start < since < since + _length(begins, ends) < end:
            given.fault("rest: it must lie inside the hours of work")
    return hours


def _manner(given: Body) -> Manner:
    taps = given.number("taps", FEWEST)
    if taps not in (FEWEST, MOST):
        given.fault("taps: expected 2 or 4 touches a day")
    return Manner(
        given.span("tolerance_s") or timedelta(),
        taps,
        given.span("opens_s"),
        given.span("closes_s"),
        _flexi(given.sub("flexi")),
    )


def _flexi(given: Body | None) -> Flexi | None:
    if given is None:
        return None
    cap, make_up = given.span("cap_s"), given.flag("make_up")
    if not cap and given.good:
        given.fault("cap_s: give how many seconds later one may come")
    given.done()
    return Flexi(cap or timedelta(), make_up)


def hours_body(hours: Hours) -> dict[str, Any]:
    """Return the hours of one day as the store and the files keep them."""
    rest = [[_clock(one), _clock(two)] for one, two in hours.rest]
    found = {"start": _clock(hours.start), "end": _clock(hours.end)}
    return {**found, **({"rest": rest} if rest else {})}


def _manner_body(manner: Manner) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if manner.tolerance:
        found["tolerance_s"] = _seconds(manner.tolerance)
    if manner.taps != FEWEST:
        found["taps"] = manner.taps
    for key, span in (("opens_s", manner.opens), ("closes_s", manner.closes)):
        if span is not None:
            found[key] = _seconds(span)
    if manner.flexi is not None:
        found["flexi"] = {"cap_s": _seconds(manner.flexi.cap), "make_up": manner.flexi.make_up}
    return found


def _clock(at: time) -> str:
    return at.isoformat("seconds" if at.second else "minutes")


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _after(start: datetime, clock: time) -> datetime:
    """Return the first time after a start that a clock shows this."""
    at = datetime.combine(start.date(), clock)
    return at if at > start else at + DAY


def _length(begins: time, ends: time) -> timedelta:
    span = datetime.combine(date.min, ends) - datetime.combine(date.min, begins)
    return span if span > timedelta() else span + DAY


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def in_force(dated: Sequence[tuple[date, Terms]], day: date) -> Terms | None:
    """Return the terms that hold on a day; None before the first."""
    found = None
    for valid_from, terms in sorted(dated, key=lambda one: one[0]):
        if valid_from <= day:
            found = terms
    return found
