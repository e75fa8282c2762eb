"""The officers' own limits: what is overdue is told once, and when a decision takes effect.

They run on when the centre is down: the law does not know it.
"""

from collections.abc import Iterator
from datetime import date

from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.limits import known_after
from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.values import MACHINE, Deadline, Event, Kind, Notice, Step
from ingest.discipline.values import LimitId
from ingest.indonesian import day_text


def overdue(state: CaseState, ask: Ask) -> Event | None:
    """Tell once of each limit that is over: the office of the case, and where he serves now."""
    for name, since in _open(state):
        limit = ask.rules.limit(name)
        if limit is None:
            continue
        last = known_after(since, limit, ask.working(limit.calendar))
        if last is None or last >= ask.today:
            continue
        told = ask.rules.name(limit)
        if told not in state.overdue:
            title = limit.title[:1].upper() + limit.title[1:]
            why = f"{title}: lewat waktu pada {day_text(last)} ({limit.article})."
            return _event(state, ask, Kind.OVERDUE, told, last, why)
    return None


def effective(state: CaseState, ask: Ask) -> Event | None:
    """Say that a decision has taken effect, so many days after it was received."""
    received, limit = state.received_on, ask.rules.limit("effect")
    if received is None or limit is None or state.effective_on is not None:
        return None
    on = known_after(received, limit, ask.working(limit.calendar))
    if on is None or on > ask.today:
        return None
    why = f"Keputusan mulai berlaku pada {day_text(on)} ({limit.article})."
    return _event(state, ask, Kind.EFFECTIVE, ask.rules.name(limit), on, why)


def _open(state: CaseState) -> Iterator[tuple[LimitId, date]]:
    """Yield each limit that runs, and since when."""
    if len(state.missed) == 1 and not state.of(Step.SECOND_SUMMONS) and not state.examined_on:
        yield "second-summons", state.missed_on[0]
    decrees = [one.proposal.decree for one in state.of(Step.DECISION)]
    how = {one.how: one.on for one in state.handed}
    if decrees and decrees[0] is not None and not how:
        yield "hand-over", decrees[0].set_on
    if "absent" in how and "sent" not in how:
        yield "sending", how["absent"]


def _event(state: CaseState, ask: Ask, kind: Kind, name: str, on: date, why: str) -> Event:
    return Event(
        kind=kind,
        day=ask.today,
        who=MACHINE,
        why=why,
        facts=ask.facts(state.days, rules=(name,)),
        about=Deadline(name, on),
        notices=tuple(
            Notice("overdue" if kind is Kind.OVERDUE else "knowledge", to, why)
            for to in ask.offices
        ),
    )
