"""The clocks of one case: from its events, what begins, stops and pauses each of them.

A clock pauses on days the situation names, on days of which it is not known whether they are worked
(if it counts working days), and while a clarification that does not stop it waits to be judged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.discipline.cases.ask import Ask, asked
from ingest.discipline.cases.calendars import not_known
from ingest.discipline.cases.facts import IsWorking, Paused, Situation
from ingest.discipline.cases.rules import Rules
from ingest.discipline.cases.state import CaseState, Done, Filed, Mark
from ingest.discipline.cases.values import Step
from ingest.discipline.clocks import ClockState, Happened, run
from ingest.discipline.values import Clock


@dataclass(frozen=True, slots=True)
class Running:
    """A clock of a case, how it stands, and the days it left out since it began."""

    clock: Clock
    state: ClockState
    paused: tuple[Paused, ...]


def running(state: CaseState, now: Situation, rules: Rules, today: date) -> tuple[Running, ...]:
    """Return the clocks of a case, also those that have not begun."""
    ask = asked(now, rules, today)
    keys = {one.key for done in state.of(Step.REPRIMAND) for one in done.proposal.to}
    own = None if ask.superior()[0].key in keys else successor(state, ask)
    later = (found for one in state.of(Step.REPRIMAND) if (found := own_office(state, ask, one)))
    first = clarification(state, ask), *(() if own is None else (own,))
    return *first, office(state, ask), *later


def clarification(state: CaseState, ask: Ask) -> Running:
    """Return the clock that waits for a clarification."""
    marks = (one for one in state.marks if one.scope == "warning")
    return _running(state, ask, ask.rules.clarification, marks, _waits(state, ask))


def successor(state: CaseState, ask: Ask) -> Running | None:
    """Return the clock of who answers for the person today, if he was not told at the opening.

    It is that of the clarification, and begins when his notice reached him. None: he was told at
    the opening, or the rule tells no superior of cases.
    """
    known = state.knower(ask.superior()[0])
    if "superior" not in ask.rules.case.tells or (known is not None and known.at_opening):
        return None
    clock = ask.rules.clarification
    clock = replace(
        clock, id=f"{clock.id}-successor", title=f"{clock.title}, bagi atasan yang baru"
    )
    return _running(state, ask, clock, () if known is None else known.marks, _waits(state, ask))


def office(state: CaseState, ask: Ask) -> Running:
    """Return the clock that waits for the office."""
    marks = (one for one in state.marks if one.scope == "office")
    letters = state.of(Step.OFFICE_LETTER)
    code = letters[0].proposal.to[0].office if letters else None
    return _running(state, ask, ask.rules.office, marks, {}, code)


def own_office(state: CaseState, ask: Ask, reprimand: Done) -> Running | None:
    """Return the clock that waits for the office anew, since a superior was reprimanded later.

    It is as long as that of the office. None: he was before the letter to the office went out, so
    its time is his.
    """
    if reprimand not in state.later:
        return None
    clock = ask.rules.office
    clock = replace(
        clock, id=f"{clock.id}-later", title=f"{clock.title}, sejak atasan yang kemudian ditegur"
    )
    marks = [Mark("letter-dated", reprimand.letter.dated)] if reprimand.letter else []
    if reprimand.received_on is not None:
        marks.append(Mark("letter-received", reprimand.received_on))
    return _running(state, ask, clock, marks, {}, state.office_of(reprimand))


def stopped_on(state: CaseState) -> date | None:
    """Return when so much was explained that what is left no longer reaches the limit.

    A clarification counts while it waits and once it is accepted, not if it was rejected.
    """
    left = set(state.days)
    for one in sorted(_open(state), key=lambda one: one.clarification.handed_in):
        left -= set(one.clarification.days)
        if len(left) < state.limit:
            return one.clarification.handed_in
    return None


def _running(
    state: CaseState,
    ask: Ask,
    clock: Clock,
    own: Iterable[Mark],
    waits: dict[date, str],
    office: str | None = None,
) -> Running:
    """Return a clock as it stands; one that an `office` has to meet rests on its days."""
    common = (one for one in state.marks if not one.scope)
    marks = [Happened(one.event, one.on) for one in (*common, *own)]
    explained = stopped_on(state)
    if explained is not None:
        marks.append(Happened("clarification-filed", explained))
    days = ask.now.asked.get(office or "")
    working = ask.working(clock.calendar)
    if days is not None and clock.calendar == "office":
        working = days.is_working
    none_runs = ask.now.paused if days is None else days.paused
    reasons = {**_unknown(ask, clock, marks, working), **waits, **none_runs}
    found = run(
        clock,
        marks,
        today=ask.today,
        is_working=lambda day: bool(working(day)),
        paused=reasons.keys(),
    )
    since = found.began_on
    end = found.last_day or ask.until
    paused = tuple(
        Paused(day, why)
        for day, why in sorted(reasons.items())
        if since is not None and since < day <= end
    )
    return Running(clock, found, paused)


def _unknown(ask: Ask, clock: Clock, marks: list[Happened], working: IsWorking) -> dict[date, str]:
    if clock.unit == "calendar" or not marks:
        return {}
    first = min(one.on for one in marks)
    return {
        day: not_known(clock.calendar, day)
        for day in _span(first, ask.until)
        if working(day) is None
    }


def _waits(state: CaseState, ask: Ask) -> dict[date, str]:
    """Return the days on which a clarification waited, unless it stops the clock."""
    explained = stopped_on(state)
    told = "klarifikasi menunggu diputuskan"
    return {
        day: told
        for one in state.filed
        if explained is None or one.clarification.handed_in < explained
        for day in _span(one.clarification.handed_in, one.ruled_on or ask.until)
    }


def _open(state: CaseState) -> Iterator[Filed]:
    return (one for one in state.filed if one.accepted is not False)


def _span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
