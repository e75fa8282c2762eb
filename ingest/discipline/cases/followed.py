"""What the machine finds by itself: days that changed, limits that are over, effect."""

from dataclasses import replace
from datetime import date
from typing import cast

from ingest.discipline.cases.refusal import need
from ingest.discipline.cases.state import CaseState, Ending, Pending
from ingest.discipline.cases.values import Deadline, Event, Standing, Step, Succession
from ingest.discipline.days import Effect


def continued(state: CaseState, event: Event) -> CaseState:
    about = cast("Standing", event.about)
    need(set(about.days) > set(state.days), "a streak that continues has further days")
    need(event.facts.proven(about.days), "only proven absences continue a streak")
    need(max(about.days) < event.day, "a day that is not over continues no streak")
    return replace(state, days=about.days)


def restated(state: CaseState, event: Event) -> CaseState:
    """Keep the days that stand; what waited for approval on others lapses with them."""
    about = cast("Standing", event.about)
    gone = _gone(state, event, about)
    need(len(about.days) >= state.limit, f"fewer than {state.limit} days remain: it is withdrawn")
    need(event.facts.proven(about.days), "a case is restated only on proven absences")
    told = {one.key for one in state.told} <= {one.to.key for one in event.notices}
    need(told, "a case is restated only with a notice to everybody who was told")
    kept = tuple(one for one in state.pending if not _rests_on(one, gone))
    return replace(state, days=about.days, pending=kept)


def withdrawn(state: CaseState, event: Event) -> CaseState:
    """End a case by late proof, also one that was closed; the days stay for the record."""
    about = cast("Standing", event.about)
    _gone(state, event, about)
    told = {one.key for one in state.told} <= {one.to.key for one in event.notices}
    need(told, "a case is withdrawn only with a notice to everybody who was told")
    ending = Ending("withdrawn", "machine", event.day)
    return replace(state, ending=ending, pending=pay_only(state.pending))


def succeeded(state: CaseState, event: Event) -> CaseState:
    """Keep that somebody else answers now; since when he knows is read from the notice."""
    about = cast("Succession", event.about)
    need(state.knower(about.to) is None, "who answers for the person was told before")
    told = [(one.what, one.to.key) for one in event.notices] == [("knowledge", about.to.key)]
    need(told, "who answers for the person from now on has to be told so")
    return state


def overdue(state: CaseState, event: Event) -> CaseState:
    about = cast("Deadline", event.about)
    need(about.on < event.day, f"{about.limit} runs until the end of {about.on}")
    need(about.limit not in state.overdue, f"{about.limit} was told before")
    return replace(state, overdue=(*state.overdue, about.limit))


def effective(state: CaseState, event: Event) -> CaseState:
    about = cast("Deadline", event.about)
    need(state.received_on is not None, "a decision takes effect only once it was received")
    need(state.effective_on is None, "it has taken effect before")
    need(about.on <= event.day, f"it takes effect on {about.on}")
    return replace(state, effective_on=about.on)


def pay_only(pending: tuple[Pending, ...]) -> tuple[Pending, ...]:
    """Return what may still wait for approval when a case ends."""
    return tuple(one for one in pending if one.proposal.step is Step.SALARY_RESUME)


def _gone(state: CaseState, event: Event, about: Standing) -> frozenset[date]:
    gone = frozenset(about.gone)
    parted = not gone & set(about.days) and gone | set(about.days) == set(state.days)
    need(bool(gone) and parted, "every day of the case either stands or is gone")
    held = event.facts.proven(tuple(gone)) and not _parted(state, event)
    need(not held, "every day of the case is still a proven absence, and they are in a row")
    return gone


def _parted(state: CaseState, event: Event) -> bool:
    """Say whether the facts hold a day between those of the case that is no absence."""
    first, last, own = min(state.days), max(state.days), set(state.days)
    return any(
        first < one.day < last and one.day not in own and one.effect is not Effect.FREE
        for one in event.facts.days
        if not one.proven
    )


def _rests_on(pending: Pending, gone: frozenset[date]) -> bool:
    if pending.proposal.step is Step.SALARY_RESUME:
        return False
    return bool(gone & set(pending.proposal.days))
