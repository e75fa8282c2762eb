"""What the events of a case come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.discipline.cases.facts import Subject
from ingest.discipline.cases.phase import Phase
from ingest.discipline.cases.values import (
    Actor,
    Addressee,
    Clarification,
    HandOver,
    Letter,
    Proposal,
    Step,
)
from ingest.discipline.values import Event as ClockEvent


@dataclass(frozen=True, slots=True)
class Pending:
    """A step that waits for approval; `number` is that of the event that prepared it."""

    number: int
    proposal: Proposal
    by: Actor
    prepared_on: date
    approvals: tuple[Actor, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was approved by as many as must."""

    number: int
    proposal: Proposal
    on: date
    letter: Letter | None
    received_on: date | None = None
    """When the letter of a reprimand was received, where that was told."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A clarification and what became of it; None while it waits."""

    number: int
    clarification: Clarification
    by: Actor
    accepted: bool | None = None
    ruled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that begins or stops a clock; a scope says which letter it is about."""

    event: ClockEvent
    on: date
    scope: Literal["", "warning", "office", "superior"] = ""


@dataclass(frozen=True, slots=True)
class Informed:
    """Who has a notice of the case because he answers for the person: of which event and day, and
    what shows that it reached him."""

    to: Addressee
    number: int
    since: date
    marks: tuple[Mark, ...] = ()

    @property
    def at_opening(self) -> bool:
        return self.number == 1


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case ended, and whether late proof (the machine) or people ended it."""

    how: Literal["withdrawn", "closed"]
    by: Literal["machine", "people"]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """A case as it stands. Numbers are those of events, counted from one."""

    subject: Subject
    opened_on: date
    days: tuple[date, ...]
    limit: int
    """How many days in a row it needs."""
    last_on: date
    events: int = 1
    warned: int = 0
    """How many days he was last warned of."""
    told: tuple[Addressee, ...] = ()
    """Everybody who ever had to be told anything, in order."""
    informed: tuple[Informed, ...] = ()
    """Those of them who were told because they answer for the person."""
    pending: tuple[Pending, ...] = ()
    done: tuple[Done, ...] = ()
    refused: tuple[Proposal, ...] = ()
    filed: tuple[Filed, ...] = ()
    marks: tuple[Mark, ...] = ()
    missed: tuple[int, ...] = ()
    missed_on: tuple[date, ...] = ()
    examined_on: date | None = None
    handed: tuple[HandOver, ...] = ()
    overdue: tuple[str, ...] = ()
    effective_on: date | None = None
    ending: Ending | None = None

    @property
    def covered(self) -> frozenset[date]:
        """Days that open no other case by themselves; none once late proof withdrew this one."""
        if self.ending is not None and (self.ending.how, self.ending.by) == (
            "withdrawn",
            "machine",
        ):
            return frozenset()
        return frozenset(self.days)

    @property
    def concerned(self) -> frozenset[str]:
        """The superiors of whom a step says that they did not act, waiting or approved."""
        steps = [one.proposal for one in self.pending] + [one.proposal for one in self.done]
        return frozenset(one.concerns for one in steps if one.concerns is not None)

    @property
    def asked_office(self) -> str | None:
        """The office that has to look after the person: where he served when a superior was
        reprimanded first. None as long as nobody was."""
        done = self.of(Step.REPRIMAND)
        return self.office_of(done[0]) if done else None

    @property
    def asked_to_act(self) -> frozenset[str]:
        """The offices for which a clock may run: the one that was written to, and those where a
        superior was reprimanded later."""
        letters = self.of(Step.OFFICE_LETTER)
        to = {one.proposal.to[0].office for one in letters}
        return frozenset(one for one in (*to, *map(self.office_of, self.later)) if one is not None)

    @property
    def later(self) -> tuple[Done, ...]:
        """The reprimands that were approved after the letter to the office."""
        letters = self.of(Step.OFFICE_LETTER)
        after = self.done[self.done.index(letters[0]) :] if letters else ()
        return tuple(one for one in after if one.proposal.step is Step.REPRIMAND)

    def office_of(self, reprimand: Done) -> str:
        """Return where the person served when a superior was reprimanded."""
        return reprimand.proposal.home or self.subject.office

    @property
    def settled(self) -> bool:
        """Whether nothing can follow by itself any more: it is withdrawn and nothing is owed."""
        withdrawn = self.ending is not None and self.ending.how == "withdrawn"
        return withdrawn and not self.pending and not self.owes_resume

    @property
    def owes_resume(self) -> bool:
        """Whether a stop of pay was proposed, and neither its reversal nor a refusal of that."""
        stops = len(self.of(Step.SALARY_STOP))
        resumed = len(self.of(Step.SALARY_RESUME))
        return stops > resumed and not self.was_refused(Step.SALARY_RESUME)

    @property
    def unproposed(self) -> tuple[Done, ...]:
        """The reprimands of superiors of whom nothing was proposed yet, nor a person refused to;
        such a proposal may wait for approval."""
        known = (*(one.proposal for one in self.done), *self.refused)
        over = {one.concerns for one in known if one.step is Step.SUPERIOR_PROPOSAL}
        return tuple(one for one in self.of(Step.REPRIMAND) if one.proposal.concerns not in over)

    @property
    def received_on(self) -> date | None:
        """When the decision reached him."""
        found = (one.on for one in self.handed if one.how in {"handed", "received"})
        return next(found, None)

    @property
    def phase(self) -> Phase:
        return next(phase for phase, true in _phases(self) if true)

    def of(self, step: Step) -> tuple[Done, ...]:
        """Return each time a step was approved."""
        return tuple(one for one in self.done if one.proposal.step is step)

    def was_refused(self, step: Step) -> bool:
        return any(one.step is step for one in self.refused)

    def reprimand_of(self, nip: str | None) -> Done | None:
        """Return the reprimand of a superior."""
        found = self.of(Step.REPRIMAND)
        return next((one for one in found if one.proposal.concerns == nip), None)

    def waiting(self, step: Step) -> Pending | None:
        """Return a step that waits for approval."""
        return next((one for one in self.pending if one.proposal.step is step), None)

    def knower(self, who: Addressee) -> Informed | None:
        """Return since when somebody was told because he answers for the person."""
        return next((one for one in self.informed if one.to.key == who.key), None)

    def happened(self, *events: ClockEvent) -> bool:
        return any(one.event in events for one in self.marks)


def _phases(state: CaseState) -> Iterable[tuple[Phase, bool]]:
    """Yield every phase, the furthest first, with whether the case came to it."""
    ending = state.ending
    yield Phase.WITHDRAWN, ending is not None and ending.how == "withdrawn"
    yield Phase.CLOSED, ending is not None
    yield Phase.EFFECTIVE, state.effective_on is not None
    yield Phase.HANDED_OVER, state.received_on is not None
    yield Phase.SENT, any(one.how == "sent" for one in state.handed)
    yield Phase.DECIDED, bool(state.of(Step.DECISION))
    yield Phase.EXAMINED, state.examined_on is not None
    yield Phase.MISSED_TWICE, len(state.missed) > 1
    yield Phase.SUMMONED_AGAIN, bool(state.of(Step.SECOND_SUMMONS))
    yield Phase.SUMMONED, bool(state.of(Step.SUMMONS))
    for step, done, waits in _ESCALATION:
        yield done, bool(state.of(step))
        yield waits, state.waiting(step) is not None
    yield Phase.CLARIFYING, any(one.accepted is None for one in state.filed)
    yield Phase.EXCUSE_AWAITED, any(one.accepted for one in state.filed)
    yield Phase.OPEN, True


_ESCALATION = (
    (Step.SUPERIOR_PROPOSAL, Phase.PROPOSED, Phase.PROPOSAL_PREPARED),
    (Step.OFFICE_LETTER, Phase.LETTER_SENT, Phase.LETTER_PREPARED),
    (Step.REPRIMAND, Phase.REPRIMANDED, Phase.REPRIMAND_PREPARED),
)
