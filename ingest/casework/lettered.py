"""Which letter of a case is wanted: its step or its kind, to whom, on what facts; and its draft."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from sqlalchemy import Connection

from ingest.casework.approvals import approval_of
from ingest.casework.dossier import Dossier
from ingest.casework.issuing import Desk
from ingest.casework.keeping import Keeping
from ingest.casework.matters import matter, named_signer, recipient
from ingest.discipline.cases import Addressee, CaseState, Facts, NotAllowed, Rules
from ingest.discipline.cases.values import Proposal
from ingest.errors import Refused
from ingest.letters.base import LetterKind, LetterText
from ingest.letters.composing import KIND_OF, Wanted, compose
from ingest.letters.wording import MinutesOf
from ingest.store.letters import Basis

Free = Literal["warning", "minutes", "withdrawal"]
_ENDS = {"withdrawn", "closed"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for: a step by its event, or one of the kinds that have no step."""

    of: int | None = None
    free: Free | None = None
    to: str = ""
    """NIP or office of a withdrawal; empty: whoever is the only one."""
    minutes: MinutesOf | None = None
    happened_on: date | None = None
    place: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A letter of one case: what it is of, and what its row will say of that."""

    case: int
    state: CaseState
    wanted: Wanted
    to: Addressee
    days: tuple[date, ...]
    facts: Facts
    rules: Rules | None
    basis: Basis


def plan(dossier: Dossier, case: int, asked: Asked) -> Planned:
    """Return what is asked for. Raises NotAllowed, saying what there is instead."""
    if asked.free == "warning":
        return _warning(dossier, case)
    if asked.free == "minutes":
        return _minutes(dossier, case, asked)
    if asked.free == "withdrawal":
        return _withdrawal(dossier, case, asked)
    return plan_step(dossier, case, _only_step(dossier.states[case], asked.of))


def plan_step(dossier: Dossier, case: int, of: int) -> Planned:
    """Return the letter of a step that was prepared by an event, whether approved or not."""
    state = dossier.states[case]
    known = {one.number: one.proposal for one in state.pending}
    known |= {one.number: one.proposal for one in state.done}
    if of not in known:
        raise NotAllowed(f"event {of} of case {case} prepared no step that waits or was approved")
    proposal = known[of]
    kind = KIND_OF.get(proposal.step)
    if kind is None:
        raise NotAllowed(f"{proposal.step} has no letter")
    facts = dossier.events[case][of - 1].event.facts
    return Planned(
        case, state, Wanted(kind, proposal), _only(proposal), proposal.days, facts,
        _rules(dossier, case), Basis(case, of, approval_of(dossier.events[case], of)),
    )  # fmt: skip


def at_hour(planned: Planned, at: time, zone: str) -> Planned:
    """Return a summons with the hour that its approval lacks. Raises Refused where it has one."""
    proposal = planned.wanted.proposal
    found = None if proposal is None else proposal.appointment
    if found is None:
        raise Refused("only a summons names an hour")
    if found.at is not None:
        raise Refused(f"this summons was approved for {found.at:%H:%M}; its letter says no other")
    return replace(planned, wanted=replace(planned.wanted, at=at, zone=zone))


def draft(
    connection: Connection, keeping: Keeping, desk: Desk, parts: list[Planned], on: date
) -> LetterText:
    """Return the draft of one letter about one case or several. Raises Refused."""
    first = parts[0]
    step = first.wanted.proposal.step if first.wanted.proposal is not None else None
    to = recipient(connection, first.to, on, step=step)
    matters = [
        matter(
            connection, keeping, one.case, one.state, kind=one.wanted.kind, days=one.days,
            facts=one.facts, rules=one.rules, to=one.to.key, on=on,
            concerns=one.wanted.proposal.concerns if one.wanted.proposal is not None else None,
            examiner=_examiner(one.wanted.proposal),
        )
        for one in parts
    ]  # fmt: skip
    text = compose(first.wanted, matters, to, desk.settings, on)
    return replace(text, signer=named_signer(connection, text.signer, on))


def _examiner(proposal: Proposal | None) -> str | None:
    appointment = None if proposal is None else proposal.appointment
    return None if appointment is None else appointment.examiner_nip


def require_one_letter(parts: list[Planned]) -> None:
    """Raise Refused unless these cases can be told of in one letter."""
    if len(parts) < 2:
        return
    if {one.wanted.kind for one in parts} != {LetterKind.OFFICE}:
        raise Refused("only letters to an office (office-letter) tell of several cases at once")
    if len({one.to.key for one in parts}) != 1:
        raise Refused("these cases are of several offices; each office gets its own letter")


def _only_step(state: CaseState, of: int | None) -> int:
    if of is not None:
        return of
    found = [one.number for one in state.pending if one.proposal.step in KIND_OF]
    if len(found) != 1:
        steps = ", ".join(f"{one.number} ({one.proposal.step})" for one in state.pending)
        raise NotAllowed(
            f"name the event that prepared the letter by --of; there waits {steps or 'nothing'}"
        )
    return found[0]


def _only(proposal: Proposal) -> Addressee:
    if len(proposal.to) != 1:
        raise NotAllowed(f"{proposal.step} is for {len(proposal.to)} addressees, a letter for one")
    return proposal.to[0]


def _rules(dossier: Dossier, case: int) -> Rules | None:
    try:
        return dossier.rules(case)
    except NotAllowed:
        return None


def _latest(dossier: Dossier, case: int) -> Facts:
    return dossier.events[case][-1].event.facts


def _warning(dossier: Dossier, case: int) -> Planned:
    state = dossier.states[case]
    if state.ending is not None:
        raise NotAllowed(f"case {case} is {state.ending.how}; nobody is warned in it any more")
    to = Addressee("yang bersangkutan", nip=state.subject.nip)
    return Planned(
        case, state, Wanted(LetterKind.WARNING), to, state.days, _latest(dossier, case),
        _rules(dossier, case), Basis(case, 1, 1),
    )  # fmt: skip


def _minutes(dossier: Dossier, case: int, asked: Asked) -> Planned:
    state = dossier.states[case]
    which = asked.minutes or "missed"
    if which == "handed-over" and not any(one.proposal.decree for one in state.done):
        raise NotAllowed(f"case {case} has no decision that could be handed over")
    if which != "handed-over" and not state.happened("summons-issued"):
        raise NotAllowed(f"case {case} has no summons; minutes of an examination come after one")
    wanted = Wanted(
        LetterKind.MINUTES, minutes=which, happened_on=asked.happened_on, place=asked.place,
        why=asked.why,
    )  # fmt: skip
    to = Addressee("yang bersangkutan", nip=state.subject.nip)
    return Planned(
        case, state, wanted, to, state.days, _latest(dossier, case), _rules(dossier, case),
        Basis(case, None, None),
    )  # fmt: skip


def _withdrawal(dossier: Dossier, case: int, asked: Asked) -> Planned:
    state = dossier.states[case]
    if state.ending is None:
        raise NotAllowed(f"case {case} goes on; a withdrawal tells that one was taken back")
    number, notices, why = _ended(dossier, case)
    wanted_key = asked.to.replace(" ", "") or None
    found = [one for one in notices if wanted_key in (None, one.nip, one.office)]
    if len(found) != 1:
        names = ", ".join(one.nip or one.office or "" for one in notices)
        raise NotAllowed(f"name by --to to whom: {names or 'nobody has to be told'}")
    wanted = Wanted(LetterKind.WITHDRAWAL, why=why)
    return Planned(
        case, state, wanted, found[0], state.days, _latest(dossier, case), _rules(dossier, case),
        Basis(case, number, number),
    )  # fmt: skip


def _ended(dossier: Dossier, case: int) -> tuple[int, list[Addressee], str]:
    """Return the event that ended a case, whom it has to be told to, and why it did."""
    for one in reversed(dossier.events[case]):
        told = [note.to for note in one.event.notices if note.what in _ENDS]
        if told:
            return one.number, told, one.event.why
    return 0, [], ""
