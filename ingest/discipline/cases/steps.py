"""Steps with legal effect: prepared, then approved by named admins, refused or dropped.

No approval counts on facts that changed: the facts of an approval must prove every day of the step
again. Who must approve is frozen in the step when it is prepared.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from ingest.discipline.cases.followed import pay_only
from ingest.discipline.cases.refusal import NotAllowed, need
from ingest.discipline.cases.state import CaseState, Done, Ending, Mark, Pending
from ingest.discipline.cases.values import (
    Actor,
    Dropping,
    Event,
    Letter,
    Proposal,
    Signature,
    Step,
)

IN_FAVOUR = frozenset({Step.WITHDRAWAL, Step.CLOSURE, Step.SALARY_RESUME})
"""Steps that hold nobody to anything; they need no proof of absence."""
WITHOUT_LETTER = frozenset({Step.WITHDRAWAL, Step.CLOSURE, Step.DECISION})
_BY_OPERATOR = frozenset(
    {Step.SUMMONS, Step.SECOND_SUMMONS, Step.DECISION, Step.WITHDRAWAL, Step.CLOSURE}
)


def proposal_of(event: Event) -> Proposal:
    return cast("Proposal", event.about)


def prepared(state: CaseState, event: Event) -> CaseState:
    proposal = proposal_of(event)
    step = proposal.step
    need(not _waits(state, proposal), f"{step} waits for approval already")
    need(event.who.role != "operator" or step in _BY_OPERATOR, f"only an admin prepares {step}")
    _stands(state, event, proposal)
    why_not = _BEFORE[step](state, proposal) if step in _BEFORE else None
    need(why_not is None, f"{step}: {why_not}")
    pending = Pending(state.events + 1, proposal, event.who, event.day)
    return replace(state, pending=(*state.pending, pending))


def approved(state: CaseState, event: Event) -> CaseState:
    about = cast("Signature", event.about)
    pending = _waiting(state, about.of)
    proposal = pending.proposal
    _may_approve(state, pending, event.who)
    _stands(state, event, proposal)
    signed = (*pending.approvals, event.who)
    full = len(signed) >= proposal.gate.persons
    need(about.full is full, f"{len(signed)} of {proposal.gate.persons} have approved")
    rest = tuple(one for one in state.pending if one.number != about.of)
    if not full:
        need(not event.notices and about.letter is None, "a letter goes out with the last approval")
        return replace(state, pending=(*rest, replace(pending, approvals=signed)))
    _letter(proposal, pending, event, about.letter)
    done = Done(about.of, proposal, event.day, about.letter)
    return _effect(replace(state, pending=rest, done=(*state.done, done)), event, done)


def refused(state: CaseState, event: Event) -> CaseState:
    """Take a step back; the machine does not prepare the same again, a person may."""
    about = cast("Signature", event.about)
    pending = _waiting(state, about.of)
    need(event.who.role == "admin", f"{event.who.name} is no admin; only one may refuse")
    need(not _same_as_any(event.who, state, pending), "nobody decides on his own case")
    rest = tuple(one for one in state.pending if one.number != about.of)
    return replace(state, pending=rest, refused=(*state.refused, pending.proposal))


def dropped(state: CaseState, event: Event) -> CaseState:
    about = cast("Dropping", event.about)
    _waiting(state, about.of)
    return replace(state, pending=tuple(one for one in state.pending if one.number != about.of))


def same(one: Actor, other: Actor) -> bool:
    """Say whether two are one person, also under two names."""
    return one.name == other.name or (one.nip is not None and one.nip == other.nip)


def _waits(state: CaseState, proposal: Proposal) -> bool:
    """Say whether the same step waits; of each superior a proposal of his own may."""
    each = proposal.step is Step.SUPERIOR_PROPOSAL
    return any(
        one.proposal.step is proposal.step
        and not (each and one.proposal.concerns != proposal.concerns)
        for one in state.pending
    )


def _waiting(state: CaseState, number: int) -> Pending:
    for one in state.pending:
        if one.number == number:
            return one
    raise NotAllowed(f"event {number} prepared nothing that waits for approval")


def _stands(state: CaseState, event: Event, proposal: Proposal) -> None:
    known = set(proposal.days) <= set(state.days) and bool(proposal.days)
    need(known, f"{proposal.step} rests on days that are not the case's")
    if proposal.step not in IN_FAVOUR:
        proven = event.facts.proven(proposal.days)
        need(proven, f"{proposal.step} rests on days that are no proven absences any more")


def _may_approve(state: CaseState, pending: Pending, who: Actor) -> None:
    need(who.role == "admin", f"{who.name} is no admin; only one may approve")
    need(not _same_as_any(who, state, pending), "nobody decides on his own case")
    twice = any(same(who, one) for one in pending.approvals)
    need(not twice, f"{who.name} has approved it before; another one must")
    own = pending.proposal.gate.own or not same(who, pending.by)
    need(own, f"{who.name} prepared it; another one must approve")


def _same_as_any(who: Actor, state: CaseState, pending: Pending) -> bool:
    return who.nip is not None and who.nip in {state.subject.nip, pending.proposal.concerns}


def _letter(proposal: Proposal, pending: Pending, event: Event, letter: Letter | None) -> None:
    if proposal.step in WITHOUT_LETTER:
        need(letter is None, f"{proposal.step} has no letter")
        return
    if letter is None:
        raise NotAllowed(f"{proposal.step} needs the number and date of its letter")
    dated = letter.dated
    between = pending.prepared_on <= dated <= event.day
    need(between, f"a letter is dated from {pending.prepared_on} to {event.day}, not {dated}")
    in_time = proposal.latest is None or dated <= proposal.latest
    need(in_time, f"{proposal.step} had to be dated {proposal.latest} at the latest; set a new day")
    reached = {one.to.key for one in event.notices} >= {one.key for one in proposal.to}
    need(reached, f"{proposal.step} has to be told to whom it is for")


def _effect(state: CaseState, event: Event, done: Done) -> CaseState:
    """Return what an approved step does besides: a clock's mark, or the end of the case."""
    step = done.proposal.step
    if step in {Step.WITHDRAWAL, Step.CLOSURE}:
        how = Ending("withdrawn" if step is Step.WITHDRAWAL else "closed", "people", event.day)
        return replace(state, ending=how, pending=pay_only(state.pending))
    marks = [*state.marks]
    if step is Step.OFFICE_LETTER and done.letter is not None:
        marks.append(Mark("letter-dated", done.letter.dated, "office"))
    if step in {Step.SUMMONS, Step.SECOND_SUMMONS} and done.letter is not None:
        marks.append(Mark("summons-issued", done.letter.dated))
    if step is Step.DECISION and done.proposal.decree is not None:
        marks.append(Mark("decision-filed", done.proposal.decree.set_on))
    return replace(state, marks=tuple(marks))


def _once(state: CaseState, proposal: Proposal) -> str | None:
    return "it was done before" if state.of(proposal.step) else None


def _reprimand(state: CaseState, proposal: Proposal) -> str | None:
    """Whoever answers later may be reprimanded, too; nobody is twice."""
    keys = {one.key for done in state.of(Step.REPRIMAND) for one in done.proposal.to}
    return "it was done before" if keys & {one.key for one in proposal.to} else None


def _superior(state: CaseState, proposal: Proposal) -> str | None:
    if not state.of(Step.OFFICE_LETTER):
        return "the office has had no letter"
    before = state.of(Step.SUPERIOR_PROPOSAL)
    if any(one.proposal.concerns == proposal.concerns for one in before):
        return "it was done before"
    reprimanded = state.of(Step.REPRIMAND)
    if reprimanded and state.reprimand_of(proposal.concerns) is None:
        return "another superior was reprimanded"
    return None


def _summons(state: CaseState, proposal: Proposal) -> str | None:
    if proposal.appointment is None or proposal.latest is None:
        return "it needs the day of the examination, and the last day of its letter"
    return "he was examined already" if state.examined_on else _once(state, proposal)


def _second(state: CaseState, proposal: Proposal) -> str | None:
    if not state.missed:
        return "he has not missed the first examination"
    return _summons(state, proposal)


def _decision(state: CaseState, proposal: Proposal) -> str | None:
    heard = state.examined_on or len(state.missed) > 1 or state.happened("examination-filed")
    if not heard:
        return "he was neither examined, nor absent at two examinations"
    if proposal.decree is None:
        return "it needs the decree as its officer set it"
    return _once(state, proposal)


def _pay(state: CaseState, proposal: Proposal) -> str | None:
    """A stop and its resumption take turns."""
    stopped = len(state.of(Step.SALARY_STOP)) > len(state.of(Step.SALARY_RESUME))
    if proposal.step is Step.SALARY_RESUME:
        return None if stopped else "no stop of pay was proposed"
    return "it was proposed already" if stopped else None


_BEFORE: Mapping[Step, Callable[[CaseState, Proposal], str | None]] = {
    Step.REPRIMAND: _reprimand,
    Step.OFFICE_LETTER: _once,
    Step.SUPERIOR_PROPOSAL: _superior,
    Step.SUMMONS: _summons,
    Step.SECOND_SUMMONS: _second,
    Step.DECISION: _decision,
    Step.SALARY_STOP: _pay,
    Step.SALARY_RESUME: _pay,
}
