"""From a clock that lapsed to a step that waits for approval: superior, office, superior again."""

from collections.abc import Sequence

from ingest.discipline.cases import running, succession, texts
from ingest.discipline.cases.ask import HOW, Ask
from ingest.discipline.cases.running import Running
from ingest.discipline.cases.state import CaseState, Pending
from ingest.discipline.cases.superiors import Rung, above, responsible
from ingest.discipline.cases.values import (
    MACHINE,
    Addressee,
    Deadline,
    Dropping,
    Event,
    Kind,
    Proposal,
    Step,
)
from ingest.discipline.counters import consecutive, cumulative
from ingest.discipline.findings import Finding
from ingest.discipline.superior import SuperiorProposal, propose
from ingest.discipline.values import LEVELS
from ingest.indonesian import day_text


def drops(state: CaseState, ask: Ask) -> Event | None:
    """Drop what a clock prepared that has not lapsed after all, or an office that has acted."""
    for step in (Step.REPRIMAND, Step.OFFICE_LETTER, Step.SUPERIOR_PROPOSAL):
        pending = state.waiting(step)
        if pending is not None and pending.by == MACHINE:
            why = _lost(state, ask, pending)
            if why is not None:
                return dropping(state, ask, pending, why)
    return None


def follows(state: CaseState, ask: Ask) -> Event | None:
    """Prepare the next step of the escalation, if its time has come."""
    if _free(state, Step.REPRIMAND):
        return _reprimand(state, ask)
    if state.of(Step.REPRIMAND) and _free(state, Step.OFFICE_LETTER):
        return None if _acted(state, ask) else _office_letter(state, ask)
    if state.of(Step.OFFICE_LETTER) and _free(state, Step.SUPERIOR_PROPOSAL):
        return _superior(state, ask)
    return None


def dropping(state: CaseState, ask: Ask, pending: Pending, why: str) -> Event:
    return Event(
        kind=Kind.DROPPED,
        day=ask.today,
        who=MACHINE,
        why=f"{texts.STEP_TEXT[pending.proposal.step]} gugur: {why}.",
        facts=ask.facts(state.days),
        about=Dropping(pending.number),
    )


def _free(state: CaseState, step: Step) -> bool:
    """Whether a step was neither prepared, approved nor refused."""
    return not (state.of(step) or state.waiting(step) or step in state.refused)


def _acted(state: CaseState, ask: Ask) -> bool:
    return state.happened(*ask.rules.office.stops_on)


def _lost(state: CaseState, ask: Ask, pending: Pending) -> str | None:
    step = pending.proposal.step
    if step is Step.OFFICE_LETTER:
        return "perangkat daerah telah bertindak" if _acted(state, ask) else None
    if step is Step.REPRIMAND and ask.superior()[0].key != pending.proposal.to[0].key:
        return "yang bertindak sebagai atasan telah berganti"
    clock = running.clarification if step is Step.REPRIMAND else running.office
    found = clock(state, ask)
    own = running.successor(state, ask) if step is Step.REPRIMAND else None
    late = found if own is None or not found.state.lapsed else own
    return None if late.state.lapsed else f"{late.clock.title} belum lewat waktu"


def _reprimand(state: CaseState, ask: Ask) -> Event | None:
    found = running.clarification(state, ask)
    last = found.state.last_day
    if last is None or _acted_by(state, ask, found):
        return None
    own = running.successor(state, ask)
    if own is not None and (not own.state.lapsed or _acted_by(state, ask, own)):
        return None
    to, answers = ask.superior()
    text = texts.reprimand(state.subject.nip, state.days, found.clock)
    event = _prepared(
        state, ask, found, passed_over=answers.passed_over,
        proposal=_proposal(state, ask, Step.REPRIMAND, (to,), text, found, to.nip),
    )  # fmt: skip
    return event if own is None else succession.founded(event, own)


def _acted_by(state: CaseState, ask: Ask, found: Running) -> bool:
    """Whether the office acted before the time of the clarification was over."""
    stops, last = ask.rules.office.stops_on, found.state.last_day
    return any(one.event in stops and last is not None and one.on <= last for one in state.marks)


def _office_letter(state: CaseState, ask: Ask) -> Event:
    found = running.clarification(state, ask)
    text = texts.office_letter(state.subject.nip, state.days, ask.rules.office)
    to = Addressee("perangkat daerah", office=state.asked_office)
    proposal = _proposal(state, ask, Step.OFFICE_LETTER, (to,), text, None, None)
    return _prepared(state, ask, found, proposal=proposal)


def _superior(state: CaseState, ask: Ask) -> Event | None:
    found = running.office(state, ask)
    if not found.state.lapsed:
        return None
    draft = _pasal_28(state, ask, found)
    if draft is None:
        return _unfounded(state, ask, found)
    concerns = _reprimanded(state, ask)
    to, passed_over = _higher(state, ask, concerns)
    proposal = _proposal(state, ask, Step.SUPERIOR_PROPOSAL, (to,), draft.text, found, concerns)
    return _prepared(state, ask, found, proposal=proposal, passed_over=passed_over)


def _higher(state: CaseState, ask: Ask, concerns: str | None) -> tuple[Addressee, tuple[str, ...]]:
    """Return who is above the superior that is proposed, and why nobody nearer.

    Above him are his own superiors of today, not those of the person: he may have another superior
    by now, or another office. Only while nobody was reprimanded, who answers today stands in the
    person's own chain.
    """
    at_office = Addressee("pejabat di atas atasan tersebut", office=state.asked_office or ask.home)
    if concerns is None:
        return at_office, ("atasan yang ditegur: namanya tidak tercatat",)
    chain: Sequence[Rung] = ask.now.above.get(concerns, ())
    if not state.of(Step.REPRIMAND):
        chain = above(concerns, ask.now.chain)
    found = responsible(state.subject.nip, chain, ask.today, reprimanded=concerns)
    if found.nip is None:
        return at_office, found.passed_over
    return Addressee(f"{HOW[found.how]}{found.post}", nip=found.nip), found.passed_over


def _reprimanded(state: CaseState, ask: Ask) -> str | None:
    """Return the superior who was told to act; who would be told today, if none was."""
    done = state.of(Step.REPRIMAND)
    return done[0].proposal.to[0].nip if done else ask.superior()[0].nip


def _pasal_28(state: CaseState, ask: Ask, found: Running) -> SuperiorProposal | None:
    law, finding = ask.rules.regulation, _heaviest(state, ask)
    if law is None or finding is None:
        return None
    return propose(law, finding, found.state)


def _heaviest(state: CaseState, ask: Ask) -> Finding | None:
    """Return the heaviest finding of the years in which the days of the case lie."""
    law = ask.rules.regulation
    if law is None:
        return None
    found: list[Finding] = []
    for year in sorted({day.year for day in state.days}):
        found += consecutive(ask.days, law, year=year, until=ask.until)
        total = cumulative(ask.days, law, year=year, until=ask.until)
        found += [total] if total is not None else []
    ranked = [(LEVELS.index(one.level), one) for one in found if one.level is not None]
    return max(ranked, key=lambda one: one[0])[1] if ranked else None


def _unfounded(state: CaseState, ask: Ask, found: Running) -> Event | None:
    """Tell once that a clock lapsed after which no regulation proposes anything."""
    name, last = ask.rules.name(found.clock), found.state.last_day
    if name in state.overdue or last is None:
        return None
    return Event(
        kind=Kind.OVERDUE,
        day=ask.today,
        who=MACHINE,
        why=f"{found.clock.title.capitalize()}: lewat waktu pada {day_text(last)}; tidak ada "
        "peraturan yang mendasari usul tentang atasan.",
        facts=ask.facts(state.days, rules=(name,), paused=found.paused),
        about=Deadline(name, last),
    )


def _proposal(
    state: CaseState,
    ask: Ask,
    step: Step,
    to: tuple[Addressee, ...],
    text: str,
    found: Running | None,
    concerns: str | None,
) -> Proposal:
    return Proposal(
        step=step,
        to=to,
        text=text,
        days=state.days,
        gate=ask.rules.gate,
        clock=ask.rules.name(found.clock) if found is not None else "",
        concerns=concerns,
        home=ask.home,
    )


def _prepared(
    state: CaseState,
    ask: Ask,
    found: Running,
    *,
    proposal: Proposal,
    passed_over: tuple[str, ...] = (),
) -> Event:
    clock, last = found.clock, found.state.last_day
    over = f"{clock.title.capitalize()}: {texts.span(clock)} lewat" + (
        f" pada {day_text(last)}" if last else ""
    )
    numbers = {"ran_days": found.state.ran_days, "clock_days": clock.days}
    return Event(
        kind=Kind.PREPARED,
        day=ask.today,
        who=MACHINE,
        why=f"{over}; {texts.STEP_TEXT[proposal.step]} menunggu persetujuan.",
        facts=ask.facts(
            state.days,
            rules=(ask.rules.name(clock),),
            numbers=numbers,
            paused=found.paused,
            passed_over=passed_over,
        ),
        about=proposal,
    )
