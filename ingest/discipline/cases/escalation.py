"""From a clock that lapsed to a step that waits for approval: superior, office, superior again."""

from ingest.discipline.cases import drafts, neglect, running, succession, texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.running import Running
from ingest.discipline.cases.state import CaseState, Pending
from ingest.discipline.cases.values import MACHINE, Addressee, Dropping, Event, Kind, Step

_STEPS = frozenset({Step.REPRIMAND, Step.OFFICE_LETTER, Step.SUPERIOR_PROPOSAL})


def drops(state: CaseState, ask: Ask) -> Event | None:
    """Drop what a clock prepared that has not lapsed after all, or an office that has acted."""
    for pending in state.pending:
        if pending.proposal.step in _STEPS and pending.by == MACHINE:
            why = _lost(state, ask, pending)
            if why is not None:
                return dropping(state, ask, pending, why)
    return None


def follows(state: CaseState, ask: Ask) -> Event | None:
    """Prepare the next step of the escalation, if its time has come."""
    if drafts.free(state, Step.REPRIMAND):
        return _reprimand(state, ask)
    if state.of(Step.REPRIMAND) and drafts.free(state, Step.OFFICE_LETTER):
        return None if _acted(state, ask) else _office_letter(state, ask)
    return neglect.follows(state, ask) if state.of(Step.OFFICE_LETTER) else None


def dropping(state: CaseState, ask: Ask, pending: Pending, why: str) -> Event:
    return Event(
        kind=Kind.DROPPED,
        day=ask.today,
        who=MACHINE,
        why=f"{texts.STEP_TEXT[pending.proposal.step]} gugur: {why}.",
        facts=ask.facts(state.days),
        about=Dropping(pending.number),
    )


def _acted(state: CaseState, ask: Ask) -> bool:
    return state.happened(*ask.rules.office.stops_on)


def _lost(state: CaseState, ask: Ask, pending: Pending) -> str | None:
    step = pending.proposal.step
    if step is Step.OFFICE_LETTER:
        return "perangkat daerah telah bertindak" if _acted(state, ask) else None
    if step is Step.SUPERIOR_PROPOSAL:
        return neglect.lost(state, ask, pending)
    if ask.superior()[0].key != pending.proposal.to[0].key:
        return "yang bertindak sebagai atasan telah berganti"
    found, own = running.clarification(state, ask), running.successor(state, ask)
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
    event = drafts.prepared(
        state, ask, found, passed_over=answers.passed_over,
        proposal=drafts.proposal(state, ask, Step.REPRIMAND, (to,), text, found, to.nip),
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
    proposal = drafts.proposal(state, ask, Step.OFFICE_LETTER, (to,), text, None, None)
    return drafts.prepared(state, ask, found, proposal=proposal)
