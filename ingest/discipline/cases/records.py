"""What people did and handed in: it happened, so it is recorded, in the order it can happen."""

from dataclasses import replace
from datetime import date
from typing import cast

from ingest.discipline.cases.followed import pay_only
from ingest.discipline.cases.refusal import NotAllowed, need
from ingest.discipline.cases.state import CaseState, Ending, Filed, Informed, Mark
from ingest.discipline.cases.steps import same
from ingest.discipline.cases.values import (
    Action,
    Clarification,
    Event,
    Examination,
    HandOver,
    Kind,
    Missing,
    Ruling,
    Step,
    Telling,
)
from ingest.discipline.values import Event as ClockEvent

# A warning that somebody received was taken by whoever brought it: it begins the same clock.
_TOLD: dict[str, ClockEvent] = {
    "accepted": "warning-accepted", "received": "warning-accepted", "dated": "letter-dated",
}  # fmt: skip
_BEFORE = {"handed": (), "absent": (), "sent": ("absent",), "received": ("sent",)}


def told(state: CaseState, event: Event) -> CaseState:
    """Keep that a notice reached somebody. The warning, the letter to the office, the reprimand,
    and the notice to who came to answer for the person later begin clocks.

    A letter that was approved has its date by that; a warning has one only if it was written.
    """
    about = cast("Telling", event.about)
    need(1 <= about.of <= state.events, f"there is no event {about.of}")
    addressed = about.to.key in {one.key for one in state.told}
    need(addressed, f"{about.to.nip or about.to.office} had not to be told anything")
    _over(about.on, event)
    if about.of == 1 and about.to.key == (state.subject.nip, None):
        need(about.on >= state.opened_on, "a warning is told only once the case is open")
        return _marked(state, Mark(_TOLD[about.what], about.on, "warning"))
    known = state.knower(about.to)
    if known is not None and known.number == about.of and not known.at_opening:
        return _reached(state, known, about)
    letter = next((one for one in state.done if one.number == about.of), None)
    if letter is None or letter.letter is None or about.what != "received":
        return state
    if letter.proposal.step not in {Step.OFFICE_LETTER, Step.REPRIMAND}:
        return state
    need(about.on >= letter.letter.dated, "a letter is received only once it is dated")
    if letter.proposal.step is Step.OFFICE_LETTER:
        return _marked(state, Mark("letter-received", about.on, "office"))
    first = replace(letter, received_on=min(about.on, letter.received_on or about.on))
    return replace(state, done=tuple(first if one is letter else one for one in state.done))


def _reached(state: CaseState, known: Informed, about: Telling) -> CaseState:
    """Keep that a notice reached who came to answer for the person: his own time begins by it."""
    need(about.on >= known.since, f"he has to be told since {known.since} only")
    mark = Mark(_TOLD[about.what], about.on, "superior")
    told = replace(known, marks=(*known.marks, mark))
    return replace(state, informed=tuple(told if one is known else one for one in state.informed))


def clarified(state: CaseState, event: Event) -> CaseState:
    about = cast("Clarification", event.about)
    need(bool(about.days) and set(about.days) <= set(state.days), "it is about no day of the case")
    _over(about.handed_in, event)
    need(about.handed_in >= min(about.days), "a clarification comes after the day it is about")
    filed = Filed(state.events + 1, about, event.who)
    return replace(state, filed=(*state.filed, filed))


def ruled(state: CaseState, event: Event) -> CaseState:
    """Accept or reject a clarification; one that only closes the alarm ends the case."""
    about = cast("Ruling", event.about)
    filed = _waiting(state, about.of)
    _may_rule(state, event, filed)
    accepted = event.kind is Kind.ACCEPTED
    closed = replace(filed, accepted=accepted, ruled_on=event.day)
    after = replace(
        state, filed=tuple(closed if one.number == about.of else one for one in state.filed)
    )
    if accepted and filed.clarification.accepted == "closes-alarm":
        ending = Ending("closed", "people", event.day)
        return replace(after, ending=ending, pending=pay_only(state.pending))
    return after


def missed(state: CaseState, event: Event) -> CaseState:
    about = cast("Missing", event.about)
    summons = next((one for one in state.done if one.number == about.of), None)
    appointment = summons.proposal.appointment if summons is not None else None
    if appointment is None:
        raise NotAllowed(f"event {about.of} summoned nobody")
    need(about.of not in state.missed, "that he missed it was recorded before")
    need(state.examined_on is None, "he was examined already")
    need(appointment.on <= event.day, f"the examination is on {appointment.on}")
    return replace(
        state,
        missed=(*state.missed, about.of),
        missed_on=(*state.missed_on, appointment.on),
    )


def examined(state: CaseState, event: Event) -> CaseState:
    about = cast("Examination", event.about)
    need(state.examined_on is None, "an examination was recorded before")
    need(state.happened("summons-issued"), "nobody is examined without a summons")
    need(not state.of(Step.DECISION), "it was decided already")
    _over(about.on, event)
    first = min(one.on for one in state.marks if one.event == "summons-issued")
    need(about.on >= first, f"the summons is dated {first}")
    return _marked(replace(state, examined_on=about.on), Mark("examination-filed", about.on))


def handed_over(state: CaseState, event: Event) -> CaseState:
    about = cast("HandOver", event.about)
    decrees = [one.proposal.decree for one in state.of(Step.DECISION)]
    if not decrees or decrees[0] is None:
        raise NotAllowed("there is no decision to hand over")
    need(state.received_on is None, f"he has it since {state.received_on}")
    before = {one.how for one in state.handed}
    need(about.how not in before, f"{about.how} was recorded before")
    asked = set(_BEFORE[about.how])
    need(asked <= before, f"{about.how} comes after {', '.join(sorted(asked))}")
    first = max([decrees[0].set_on, *(one.on for one in state.handed)])
    need(about.on >= first, f"{about.on} lies before {first}")
    _over(about.on, event)
    return replace(state, handed=(*state.handed, about))


def acted(state: CaseState, event: Event) -> CaseState:
    """Keep what the office did by itself: it has to show a paper."""
    about = cast("Action", event.about)
    need(bool(about.papers), "what an office did is kept only with its paper")
    need(about.on >= min(state.days), "it lies before the days of the case")
    _over(about.on, event)
    return _marked(state, Mark(about.what, about.on))


def _waiting(state: CaseState, number: int) -> Filed:
    for one in state.filed:
        if one.number == number:
            need(one.accepted is None, f"event {number} was judged before")
            return one
    raise NotAllowed(f"event {number} is no clarification")


def _may_rule(state: CaseState, event: Event, filed: Filed) -> None:
    who, rules = event.who, filed.clarification
    need(who.nip is None or who.nip != state.subject.nip, "nobody decides on his own case")
    need(rules.judge == "operator" or who.role == "admin", f"{who.name} is no admin; it needs one")
    need(rules.own or not same(who, filed.by), f"{who.name} filed it; another one must judge it")


def _over(on: date, event: Event) -> None:
    need(on <= event.day, f"{on} has not come yet")


def _marked(state: CaseState, mark: Mark) -> CaseState:
    return replace(state, marks=(*state.marks, mark))
