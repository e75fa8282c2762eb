"""The superior who was reprimanded while the office did nothing: he is proposed for examination.

Each who was reprimanded is measured by his own 28 days, and the proposal goes above him.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.discipline.cases import drafts, running
from ingest.discipline.cases.ask import HOW, Ask
from ingest.discipline.cases.running import Running
from ingest.discipline.cases.state import CaseState, Done, Pending
from ingest.discipline.cases.superiors import Rung, above, responsible
from ingest.discipline.cases.values import (
    MACHINE,
    Addressee,
    Deadline,
    Event,
    Kind,
    Step,
)
from ingest.discipline.counters import consecutive, cumulative
from ingest.discipline.findings import Finding
from ingest.discipline.superior import SuperiorProposal, propose
from ingest.discipline.values import LEVELS
from ingest.indonesian import day_text


def follows(state: CaseState, ask: Ask) -> Event | None:
    """Propose the next superior who was reprimanded and whose 28 days the office let pass."""
    if not state.of(Step.REPRIMAND):
        return _unreprimanded(state, ask)
    steps = (one.proposal for one in state.pending)
    waits = {one.concerns for one in steps if one.step is Step.SUPERIOR_PROPOSAL}
    left = (one for one in state.unproposed if one.proposal.concerns not in waits)
    found = (_superior(state, ask, one) for one in left)
    return next((event for event in found if event is not None), None)


def lost(state: CaseState, ask: Ask, pending: Pending) -> str | None:
    """Return why a proposal that waits has lost its ground, if it has."""
    reprimand = state.reprimand_of(pending.proposal.concerns)
    found = _waited(state, ask, reprimand)
    if _acted_before(state, ask, reprimand):
        return "perangkat daerah telah bertindak"
    return None if found.state.lapsed else f"{found.clock.title} belum lewat waktu"


def _unreprimanded(state: CaseState, ask: Ask) -> Event | None:
    """Propose who answers today, where the office was written to and no reprimand is wanted.

    He may be named only once his own time is over, as in a reprimand.
    """
    if state.waiting(Step.REPRIMAND) or not drafts.free(state, Step.SUPERIOR_PROPOSAL):
        return None
    own = running.successor(state, ask)
    return _superior(state, ask, None) if own is None or own.state.lapsed else None


def _waited(state: CaseState, ask: Ask, reprimand: Done | None) -> Running:
    """Return the 28 days by which a superior is measured: the office's, or his own later ones."""
    own = None if reprimand is None else running.own_office(state, ask, reprimand)
    return running.office(state, ask) if own is None else own


def _superior(state: CaseState, ask: Ask, reprimand: Done | None) -> Event | None:
    found = _waited(state, ask, reprimand)
    if not found.state.lapsed or _acted_before(state, ask, reprimand):
        return None
    found = replace(found, clock=replace(found.clock, id=ask.rules.office.id))  # as rules name it
    draft = _pasal_28(state, ask, found)
    if draft is None:
        return _unfounded(state, ask, found)
    now = ask.superior()[0]
    concerns = now.nip if reprimand is None else reprimand.proposal.concerns
    to, passed_over = _higher(state, ask, reprimand, concerns)
    step = Step.SUPERIOR_PROPOSAL
    proposal = drafts.proposal(state, ask, step, (to,), draft.text, found, concerns)
    event = drafts.prepared(state, ask, found, proposal=proposal, passed_over=passed_over)
    if concerns == now.nip:
        return event
    return replace(event, why=f"{event.why} Yang ditegur kini bukan lagi atasan pegawai ini.")


def _acted_before(state: CaseState, ask: Ask, reprimand: Done | None) -> bool:
    """Whether the office had acted when a superior was reprimanded later, in a time of his own."""
    own = None if reprimand is None else running.own_office(state, ask, reprimand)
    began = None if own is None else own.state.began_on
    stops = ask.rules.office.stops_on
    return began is not None and any(one.event in stops and one.on < began for one in state.marks)


def _higher(
    state: CaseState, ask: Ask, reprimand: Done | None, concerns: str | None
) -> tuple[Addressee, tuple[str, ...]]:
    """Return who is above the superior that is proposed, and why nobody nearer.

    Above him are his own superiors of today, not those of the person: he may have another superior
    by now, or another office. Only while nobody was reprimanded, who answers today stands in the
    person's own chain.
    """
    home = ask.home if reprimand is None else state.office_of(reprimand)
    at_office = Addressee("pejabat di atas atasan tersebut", office=home)
    if concerns is None:
        return at_office, ("atasan yang ditegur: namanya tidak tercatat",)
    chain: Sequence[Rung] = ask.now.above.get(concerns, ())
    if reprimand is None:
        chain = above(concerns, ask.now.chain)
    found = responsible(state.subject.nip, chain, ask.today, reprimanded=concerns)
    if found.nip is None:
        return at_office, found.passed_over
    return Addressee(f"{HOW[found.how]}{found.post}", nip=found.nip), found.passed_over


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
