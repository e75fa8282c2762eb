"""What people do to a case, each as an event with the facts of today. `apply` says whether it may.

Every deed takes the case, what is known (`asked(now, rules, today)`), who does it, and why in words
that are shown to people. Nothing is changed here; a deed that is refused has no effect.
"""

from datetime import date
from typing import Literal

from ingest.discipline.cases import limits, texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.machine import to_all
from ingest.discipline.cases.refusal import NotAllowed
from ingest.discipline.cases.state import CaseState, Filed, Pending
from ingest.discipline.cases.values import (
    About,
    Action,
    Actor,
    Addressee,
    Clarification,
    Event,
    Examination,
    HandOver,
    Kind,
    Letter,
    Missing,
    Notice,
    Paper,
    Ruling,
    Signature,
    Step,
    Telling,
)
from ingest.discipline.findings import days_text
from ingest.discipline.values import counted_by

_TOLD = {"accepted": "disampaikan", "dated": "dikirim", "received": "diterima"}


def tell(
    state: CaseState,
    ask: Ask,
    who: Actor,
    *,
    of: int,
    to: Addressee,
    what: Literal["accepted", "dated", "received"],
    on: date,
    how: str,
) -> Event:
    """Return that a notice of event `of` was taken by a provider, or reached somebody on paper."""
    why = f"Pemberitahuan kepada {to.role} {_TOLD[what]}: {how}."
    return _event(state, ask, who, Kind.TOLD, why, Telling(of, to, what, on, how))


def clarify(
    state: CaseState,
    ask: Ask,
    who: Actor,
    *,
    by: Literal["person", "office"],
    text: str,
    handed_in: date,
    days: tuple[date, ...] = (),
    papers: tuple[Paper, ...] = (),
) -> Event:
    """Return that a clarification was handed in, for all days of the case unless some are named."""
    meant, case = days or state.days, ask.rules.case
    late_days = limits.working_days(max(meant), handed_in, ask.working(case.late_calendar))
    late = late_days > case.late_days
    about = Clarification(
        by=by,
        text=text,
        days=meant,
        handed_in=handed_in,
        late_days=late_days,
        late=late,
        judge="admin" if late else case.judged_by,
        own=case.own_approval,
        accepted=case.accepted,
        papers=papers,
    )
    whose = "pegawai" if by == "person" else "perangkat daerah"
    told = f", {late_days} {counted_by(case.late_calendar)} sesudahnya" if late else ""
    why = f"Klarifikasi {whose} atas {days_text(meant)}{told}."
    return _event(state, ask, who, Kind.CLARIFIED, why, about)


def judge(state: CaseState, ask: Ask, who: Actor, *, of: int, accepted: bool, why: str) -> Event:
    """Return that a clarification is accepted or rejected. One that closes the alarm tells all."""
    filed = _filed(state, of)
    kind = Kind.ACCEPTED if accepted else Kind.REJECTED
    closes = accepted and filed.clarification.accepted == "closes-alarm"
    notices = to_all(state, "closed", texts.closed(state, why)) if closes else ()
    return _event(state, ask, who, kind, why, Ruling(of), notices)


def approve(
    state: CaseState, ask: Ask, who: Actor, *, of: int, why: str, letter: Letter | None = None
) -> Event:
    """Return an approval. The last one that is needed takes effect, and has the notices.

    `letter` is needed with the last one, and kept only with it. Raises NotAllowed where the step is
    written to an office that the person has left since.
    """
    pending = _pending(state, of)
    _require_office(state, ask, pending)
    full = len(pending.approvals) + 1 >= pending.proposal.gate.persons
    notices = _notices(state, pending, letter, why) if full else ()
    about = Signature(of, full, letter if full else None)
    return _event(state, ask, who, Kind.APPROVED, why, about, notices)


def refuse(state: CaseState, ask: Ask, who: Actor, *, of: int, why: str) -> Event:
    """Return that a step is refused; the machine does not prepare the same one again."""
    return _event(state, ask, who, Kind.REFUSED, why, Signature(of))


def miss(state: CaseState, ask: Ask, who: Actor, *, of: int, paper: Paper, why: str) -> Event:
    """Return that he did not come to the examination that step `of` summoned him to."""
    return _event(state, ask, who, Kind.MISSED, why, Missing(of, paper))


def examine(state: CaseState, ask: Ask, who: Actor, *, on: date, paper: Paper, why: str) -> Event:
    """Return that he was examined, with its record."""
    return _event(state, ask, who, Kind.EXAMINED, why, Examination(on, paper))


def hand_over(
    state: CaseState,
    ask: Ask,
    who: Actor,
    *,
    how: Literal["handed", "absent", "sent", "received"],
    on: date,
    why: str,
    paper: Paper | None = None,
) -> Event:
    """Return how the decision reached him, or did not yet."""
    return _event(state, ask, who, Kind.HANDED_OVER, why, HandOver(how, on, paper))


def act(state: CaseState, ask: Ask, who: Actor, *, about: Action, why: str) -> Event:
    """Return what the office did by itself, with its paper."""
    return _event(state, ask, who, Kind.ACTED, why, about)


def _notices(
    state: CaseState, pending: Pending, letter: Letter | None, why: str
) -> tuple[Notice, ...]:
    proposal = pending.proposal
    if proposal.step is Step.WITHDRAWAL:
        return to_all(state, "withdrawn", texts.withdrawn(state, why))
    if proposal.step is Step.CLOSURE:
        return to_all(state, "closed", texts.closed(state, why))
    if proposal.step is Step.DECISION:
        return ()
    text = texts.issued(letter, proposal.text)
    return tuple(Notice("step", to, text) for to in proposal.to)


def _pending(state: CaseState, number: int) -> Pending:
    for one in state.pending:
        if one.number == number:
            return one
    waits = ", ".join(f"{one.number} ({one.proposal.step})" for one in state.pending) or "nothing"
    raise NotAllowed(f"event {number} waits for no approval; there waits {waits}")


def _require_office(state: CaseState, ask: Ask, pending: Pending) -> None:
    """The machine drops what it prepared for another office; what a person did waits for one."""
    home = {
        Step.OFFICE_LETTER: state.asked_office or ask.home,
        Step.SALARY_STOP: ask.home,
        Step.SALARY_RESUME: ask.home,
    }.get(pending.proposal.step)
    for to in pending.proposal.to:
        if home is not None and to.office != home:
            raise NotAllowed(
                f"event {pending.number} is written to {to.office}, and it is {home} now that has "
                "to act; reject it and propose it again"
            )


def _filed(state: CaseState, number: int) -> Filed:
    for one in state.filed:
        if one.number == number:
            return one
    raise NotAllowed(f"event {number} is no clarification")


def _event(
    state: CaseState,
    ask: Ask,
    who: Actor,
    kind: Kind,
    why: str,
    about: About,
    notices: tuple[Notice, ...] = (),
) -> Event:
    return Event(
        kind=kind,
        day=ask.today,
        who=who,
        why=why,
        facts=ask.facts(state.days),
        about=about,
        notices=notices,
    )
