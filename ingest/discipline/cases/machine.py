"""What follows by itself on a day: open, continue, restate, withdraw, prepare, tell.

`due` asks one question after the other of the case as it then stands, until nothing follows any
more. So a second call on the same facts yields nothing.
"""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from ingest.discipline.cases import escalation, officers, pay, succession, texts
from ingest.discipline.cases.ask import Ask, asked
from ingest.discipline.cases.facts import Situation
from ingest.discipline.cases.rules import Rules
from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.transition import apply
from ingest.discipline.cases.values import (
    MACHINE,
    Event,
    Kind,
    Notice,
    Opening,
    Standing,
)
from ingest.discipline.findings import days_text

_MOST = 64  # events of one call: far more than any day can bring


def due(state: CaseState | None, now: Situation, rules: Rules, today: date) -> tuple[Event, ...]:
    """Return what follows by itself today, in order; each is to be applied.

    None asks whether a case opens. Nothing follows on a day before the last event.
    """
    ask = asked(now, rules, today)
    if state is not None and today < state.last_on:
        return ()
    found: list[Event] = []
    while (event := _next(state, ask)) is not None:
        found.append(event)
        state = apply(state, event)
        if len(found) > _MOST:
            raise AssertionError(f"a case of {now.subject.office} does not come to rest")
    return tuple(found)


def _next(state: CaseState | None, ask: Ask) -> Event | None:
    if state is None:
        return _opens(ask)
    questions = _LIVE if state.ending is None else _ENDED
    return next((event for one in questions if (event := one(state, ask)) is not None), None)


def _opens(ask: Ask) -> Event | None:
    """Open a case on the first streak that reaches the limit with days that are in no other."""
    oldest = ask.today - timedelta(days=ask.rules.case.opens_within_days)
    for streak in ask.streaks:
        days = _free(streak, ask)
        if days and days[-1] >= oldest:
            return _opened(days, ask)
    return None


def _free(streak: tuple[date, ...], ask: Ask) -> tuple[date, ...]:
    """Return the first days in a row of a streak that make a case of their own."""
    taken = ask.now.covered
    if ask.rules.case.repeat == "once" and taken & set(streak):
        return ()
    for is_taken, part in groupby(streak, key=lambda day: day in taken):
        days = tuple(part)
        if not is_taken and len(days) >= ask.rules.alarm.min_days:
            return days
    return ()


def _opened(days: tuple[date, ...], ask: Ask) -> Event:
    to, found = ask.superior()
    notices = {
        "person": Notice("warning", ask.person, texts.warning(days, ask.rules.clarification)),
        "superior": Notice("knowledge", to, texts.knowledge(ask.now.subject.nip, days)),
        "office": Notice("knowledge", ask.office, texts.knowledge(ask.now.subject.nip, days)),
    }
    told: dict[tuple[str | None, str | None], Notice] = {}
    for name in ask.rules.case.tells:
        told.setdefault(notices[name].to.key, notices[name])
    return Event(
        kind=Kind.OPENED,
        day=ask.today,
        who=MACHINE,
        why=f"{texts.counted(days)} berturut-turut, batas {ask.rules.alarm.min_days} hari.",
        facts=ask.facts(days, numbers={"days": len(days)}, passed_over=found.passed_over),
        about=Opening(ask.now.subject, days),
        notices=tuple(told.values()),
    )


def _stands(state: CaseState, ask: Ask) -> Event | None:
    """Restate or withdraw a case whose days are no proven absences in a row any more."""
    own = set(state.days)
    if any(own <= set(one) for one in ask.streaks):
        return None
    gone = tuple(day for day in state.days if not ask.fact(day).proven)
    between = ask.between(state.days)
    rest = _rest(state, ask)
    lost = tuple(day for day in state.days if day not in rest)
    kind = Kind.RESTATED if rest else Kind.WITHDRAWN
    first = (*gone, *between)[0]
    why = f"{days_text(gone or between)}: {ask.fact(first).why[:200].rstrip('.')}."
    text = texts.restated(rest, lost) if rest else texts.withdrawn(state, why)
    left = rest or (tuple(day for day in state.days if day not in gone) if gone else ())
    return Event(
        kind=kind,
        day=ask.today,
        who=MACHINE,
        why=why,
        facts=ask.facts((*state.days, *between), numbers={"days": len(left)}),
        about=Standing(left, tuple(day for day in state.days if day not in left)),
        notices=to_all(state, "restated" if rest else "withdrawn", text),
    )


def _rest(state: CaseState, ask: Ask) -> tuple[date, ...]:
    """Return the first days of the case that still reach the limit in a row, if any do."""
    own = set(state.days)
    parts = (tuple(day for day in streak if day in own) for streak in ask.streaks)
    return next((one for one in parts if len(one) >= state.limit), ())


def to_all(
    state: CaseState, what: Literal["restated", "withdrawn", "closed"], text: str
) -> tuple[Notice, ...]:
    """Return a notice to everybody who was ever told anything of a case."""
    return tuple(Notice(what, one, text) for one in state.told)


def _continues(state: CaseState, ask: Ask) -> Event | None:
    """Take further days of the streak into the case; warn again as the rule says."""
    own = set(state.days)
    days = next((one for one in ask.streaks if own <= set(one)), ())
    days = tuple(day for day in days if day in own or day not in ask.now.covered)
    if len(days) <= len(own):
        return None
    again = ask.rules.case.repeat == "again" and len(days) - state.warned >= state.limit
    text = texts.warning(days, ask.rules.clarification)
    return Event(
        kind=Kind.CONTINUED,
        day=ask.today,
        who=MACHINE,
        why=f"{texts.counted(days)}: rentetan berlanjut.",
        facts=ask.facts(days, numbers={"days": len(days)}),
        about=Standing(days),
        notices=(Notice("warning", ask.person, text),) if again else (),
    )


_Question = Callable[[CaseState, Ask], Event | None]
_LIVE: tuple[_Question, ...] = (
    _stands,
    _continues,
    escalation.drops,
    succession.follows,
    escalation.follows,
    pay.drops,
    pay.follows,
    officers.overdue,
    officers.effective,
)


def _late_proof(state: CaseState, ask: Ask) -> Event | None:
    """A case that was closed is still restated or withdrawn; one that is withdrawn stays so."""
    closed = state.ending is not None and state.ending.how == "closed"
    return _stands(state, ask) if closed else None


_ENDED: tuple[_Question, ...] = (_late_proof, pay.drops, pay.follows)
