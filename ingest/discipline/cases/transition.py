"""What an event makes of a case, or why it may not happen. Nothing else changes a case.

Whoever wrote an event, what must always hold is checked here: no step without its facts, no case
on a day that is not proven, nothing with legal effect without approval, and everybody who was told
is told when it ends.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ingest.discipline.cases import followed, records, steps
from ingest.discipline.cases.refusal import NotAllowed, need
from ingest.discipline.cases.state import CaseState, Informed
from ingest.discipline.cases.values import ABOUT, Addressee, Event, Kind, Opening, Step

Handler = Callable[[CaseState, Event], CaseState]

_HANDLERS: Mapping[Kind, Handler] = {
    Kind.CONTINUED: followed.continued,
    Kind.RESTATED: followed.restated,
    Kind.WITHDRAWN: followed.withdrawn,
    Kind.SUCCEEDED: followed.succeeded,
    Kind.OVERDUE: followed.overdue,
    Kind.EFFECTIVE: followed.effective,
    Kind.TOLD: records.told,
    Kind.CLARIFIED: records.clarified,
    Kind.ACCEPTED: records.ruled,
    Kind.REJECTED: records.ruled,
    Kind.MISSED: records.missed,
    Kind.EXAMINED: records.examined,
    Kind.HANDED_OVER: records.handed_over,
    Kind.ACTED: records.acted,
    Kind.PREPARED: steps.prepared,
    Kind.APPROVED: steps.approved,
    Kind.REFUSED: steps.refused,
    Kind.DROPPED: steps.dropped,
}
_BY_MACHINE = frozenset(
    {Kind.OPENED, Kind.CONTINUED, Kind.RESTATED, Kind.WITHDRAWN, Kind.SUCCEEDED, Kind.DROPPED,
     Kind.OVERDUE, Kind.EFFECTIVE}
)  # fmt: skip
_BY_EITHER = frozenset({Kind.PREPARED, Kind.TOLD})
_PAY = frozenset({Kind.TOLD, Kind.PREPARED, Kind.APPROVED, Kind.REFUSED, Kind.DROPPED})
"""What may still happen to a case that ended: the reversal of a stop of pay."""
_LATE_PROOF = frozenset({Kind.RESTATED, Kind.WITHDRAWN})


def apply(state: CaseState | None, event: Event) -> CaseState:
    """Return the case after an event. Raises NotAllowed; nothing is changed then."""
    need(
        type(event.about) is ABOUT[event.kind],
        f"{event.kind} is about {ABOUT[event.kind].__name__}",
    )
    _by_whom(state, event)
    if state is None or event.kind is Kind.OPENED:
        return _opened(state, event)
    need(event.day >= state.last_on, f"{event.day} lies before the last event, {state.last_on}")
    known = {one.day for one in event.facts.days}
    need(known >= set(state.days), "the facts do not hold every day of the case")
    _living(state, event)
    after = _HANDLERS[event.kind](state, event)
    if state.ending is None and after.ending is not None:
        need(_reaches(state, event), "a case ends only with a notice to everybody who was told")
    return _counted(after, event)


def replay(events: Iterable[Event]) -> CaseState:
    """Return the case its events come to, oldest first. Raises NotAllowed."""
    state: CaseState | None = None
    for event in events:
        state = apply(state, event)
    if state is None:
        raise NotAllowed("a case without any event")
    return state


def _opened(state: CaseState | None, event: Event) -> CaseState:
    about = event.about
    need(state is None, "the case is open already")
    need(isinstance(about, Opening), "there is no such case; it begins with OPENED")
    assert isinstance(about, Opening)  # noqa: S101 - told to mypy
    limit = event.facts.numbers.get("limit", 0)
    need(0 < limit <= len(about.days), f"{len(about.days)} days do not reach the limit {limit}")
    need(event.facts.proven(about.days), "a case opens only on days that are proven absences")
    need(max(about.days) < event.day, "a case opens only on days that are over")
    opened = CaseState(
        subject=about.subject,
        opened_on=event.day,
        days=about.days,
        limit=limit,
        last_on=event.day,
        events=0,
    )
    return _counted(opened, event)


def _by_whom(state: CaseState | None, event: Event) -> None:
    who = event.who
    machine = who.role == "machine"
    if event.kind in _BY_MACHINE:
        need(machine, f"{event.kind} follows by itself; nobody does it")
    elif event.kind not in _BY_EITHER:
        need(not machine, f"{event.kind} needs a person")
    if state is not None and who.nip is not None:
        need(who.nip not in {state.subject.nip, *state.concerned}, "nobody decides on his own case")
    if state is not None and who.role == "operator":
        mine = who.office == state.subject.office
        need(mine, f"{who.name} is no operator of the office {state.subject.office}")


def _living(state: CaseState, event: Event) -> None:
    ending = state.ending
    if ending is None:
        return
    late = ending.how == "closed" and event.kind in _LATE_PROOF
    need(late or event.kind in _PAY, f"the case is {ending.how} since {ending.on}")
    if event.kind is Kind.PREPARED:
        only = steps.proposal_of(event).step is Step.SALARY_RESUME
        need(only, f"the case is {ending.how} since {ending.on}; only pay may still be resumed")


def _reaches(state: CaseState, event: Event) -> bool:
    """Say whether everybody who was ever told has a notice of this event."""
    return {one.key for one in state.told} <= {one.to.key for one in event.notices}


def _counted(state: CaseState, event: Event) -> CaseState:
    warned = any(one.what == "warning" for one in event.notices)
    return replace(
        state,
        events=state.events + 1,
        last_on=event.day,
        told=_with(state.told, (one.to for one in event.notices)),
        warned=len(state.days) if warned else state.warned,
        informed=_informed(state, event),
    )


def _informed(state: CaseState, event: Event) -> tuple[Informed, ...]:
    new = (
        Informed(one.to, state.events + 1, event.day)
        for one in event.notices
        if one.what == "knowledge" and state.knower(one.to) is None
    )
    return (*state.informed, *new)


def _with(told: tuple[Addressee, ...], more: Iterable[Addressee]) -> tuple[Addressee, ...]:
    known = {one.key: one for one in told}
    for one in more:
        known.setdefault(one.key, one)
    return tuple(known.values())
