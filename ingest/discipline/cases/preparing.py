"""Steps that people prepare: summonses, decisions, withdrawal, closure, and any of the others.

The machine prepares what a clock or a proven streak brings; everything else begins here.
"""

from datetime import date

from ingest.discipline.cases import limits, running, texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.refusal import NotAllowed
from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.values import (
    Actor,
    Addressee,
    Appointment,
    Decree,
    Event,
    Kind,
    Proposal,
    Step,
)
from ingest.discipline.values import Limit, LimitId

_NOTICE: dict[Step, LimitId] = {Step.SUMMONS: "summons", Step.SECOND_SUMMONS: "second-notice"}


def summon(state: CaseState, ask: Ask, who: Actor, *, appointment: Appointment, why: str) -> Event:
    """Return a summons to an examination; the second, once he missed the first.

    Raises NotAllowed without an hour, if its letter could no longer be dated in time, or where the
    regulation is silent.
    """
    step = Step.SECOND_SUMMONS if state.missed else Step.SUMMONS
    limit = _limit(ask, _NOTICE[step])
    if appointment.at is None:
        raise NotAllowed("a summons names the hour of the examination")
    if ask.now.is_working(appointment.on) is False:
        raise NotAllowed(f"{appointment.on} is no working day; set another for the examination")
    working = ask.working(limit.calendar)
    latest = limits.before(appointment.on, limit, working)
    if latest < ask.today:
        raise NotAllowed(
            f"{limit.title}: for an examination on {appointment.on} the letter had to be dated "
            f"{latest} at the latest; take a later day, not before "
            f"{limits.after(ask.today, limit, working)}"
        )
    text = texts.summons(state.subject.nip, state.days, appointment)
    names = [ask.rules.name(limit)]
    if step is Step.SECOND_SUMMONS:
        names.append(ask.rules.name(_limit(ask, "second-summons")))
    proposal = _proposal(
        state, ask, step, (ask.person,), text, appointment=appointment, latest=latest
    )
    return _event(state, ask, who, proposal, why, tuple(names))


def decide(state: CaseState, ask: Ask, who: Actor, *, decree: Decree, why: str) -> Event:
    """Return that a decision of the competent officer is to be recorded. It is never made here."""
    if decree.set_on > ask.today:
        raise NotAllowed(f"the decision is dated {decree.set_on}, which has not come yet")
    text = f"Mencatat keputusan {decree.officer} nomor {decree.number}: {decree.text}"
    proposal = _proposal(state, ask, Step.DECISION, (), text, decree=decree)
    return _event(state, ask, who, proposal, why)


def end(state: CaseState, ask: Ask, who: Actor, *, withdraw: bool, why: str) -> Event:
    """Return that a case is to be withdrawn, or closed, by people: it waits for approval too."""
    step = Step.WITHDRAWAL if withdraw else Step.CLOSURE
    return _event(state, ask, who, _proposal(state, ask, step, (), why), why)


def propose(state: CaseState, ask: Ask, who: Actor, *, step: Step, why: str) -> Event:
    """Return a letter or proposal that the machine did not prepare, or was refused it before.

    Only REPRIMAND (also of another superior, after one), OFFICE_LETTER, SALARY_STOP and
    SALARY_RESUME; Pasal 28 waits for its clock.
    """
    superior, answers = ask.superior()
    nip, rules = state.subject.nip, ask.rules
    payer = ask.payer
    office = Addressee("perangkat daerah", office=state.asked_office or ask.home)
    drafts: dict[Step, tuple[Addressee, str]] = {
        Step.REPRIMAND: (superior, texts.reprimand(nip, state.days, rules.clarification)),
        Step.OFFICE_LETTER: (office, texts.office_letter(nip, state.days, rules.office)),
        Step.SALARY_STOP: (payer, f"Usul penghentian pembayaran gaji: {why}"),
        Step.SALARY_RESUME: (payer, texts.resume(why)),
    }
    if step not in drafts:
        raise NotAllowed(f"{step} is prepared in another way; here: {', '.join(drafts)}")
    if step is Step.REPRIMAND:
        _require_own_time(state, ask, superior)
    to, text = drafts[step]
    concerns = superior.nip if step is Step.REPRIMAND else None
    proposal = _proposal(state, ask, step, (to,), text, concerns=concerns)
    return _event(state, ask, who, proposal, why, (), answers.passed_over)


def _require_own_time(state: CaseState, ask: Ask, superior: Addressee) -> None:
    own = running.successor(state, ask)
    if own is not None and not own.state.lapsed:
        began = own.state.began_on
        told = "has no notice of it yet" if began is None else f"was told on {began}"
        raise NotAllowed(
            f"{superior.role} answers for the person only since the case is open and {told}; a "
            f"reprimand may name him once {own.clock.days} days ({own.clock.unit}) are over"
        )


def _limit(ask: Ask, name: LimitId) -> Limit:
    found = ask.rules.limit(name)
    if found is None:
        kind = ask.now.subject.kind
        raise NotAllowed(f"no regulation of {kind} sets the limit {name}; there is no examination")
    return found


def _proposal(
    state: CaseState,
    ask: Ask,
    step: Step,
    to: tuple[Addressee, ...],
    text: str,
    *,
    concerns: str | None = None,
    appointment: Appointment | None = None,
    latest: date | None = None,
    decree: Decree | None = None,
) -> Proposal:
    return Proposal(
        step=step,
        to=to,
        text=text,
        days=state.days,
        gate=ask.rules.gate,
        concerns=concerns,
        appointment=appointment,
        latest=latest,
        decree=decree,
        home=ask.home,
    )


def _event(
    state: CaseState,
    ask: Ask,
    who: Actor,
    proposal: Proposal,
    why: str,
    rules: tuple[str, ...] = (),
    passed_over: tuple[str, ...] = (),
) -> Event:
    return Event(
        kind=Kind.PREPARED,
        day=ask.today,
        who=who,
        why=why,
        facts=ask.facts(state.days, rules=rules, passed_over=passed_over),
        about=proposal,
    )
