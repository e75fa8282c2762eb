"""Pay: a stop is only ever proposed, and its reversal as soon as its ground is gone."""

from datetime import date

from ingest.discipline.cases import texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.escalation import dropping
from ingest.discipline.cases.state import CaseState, Pending
from ingest.discipline.cases.values import MACHINE, Event, Kind, Proposal, Step
from ingest.discipline.counters import consecutive
from ingest.discipline.findings import Finding


def drops(state: CaseState, ask: Ask) -> Event | None:
    """Drop a stop whose ground is gone, or a reversal whose ground came back."""
    stop, back = state.waiting(Step.SALARY_STOP), state.waiting(Step.SALARY_RESUME)
    ground = _ground(state, ask)
    if stop is not None and stop.by == MACHINE and ground is None:
        return dropping(state, ask, stop, "dasarnya tidak lagi terbukti")
    for waits in (stop, back):
        if waits is not None and waits.by == MACHINE and _paid_elsewhere(waits, ask):
            return dropping(state, ask, waits, "pegawai kini dibayar oleh kantor lain")
    if back is not None and back.by == MACHINE and ground is not None and state.ending is None:
        return dropping(state, ask, back, "dasar penghentiannya kembali terbukti")
    return None


def follows(state: CaseState, ask: Ask) -> Event | None:
    """Propose a stop where the regulation does, and its reversal where it no longer would."""
    ground = _ground(state, ask)
    stopped = len(state.of(Step.SALARY_STOP)) > len(state.of(Step.SALARY_RESUME))
    if stopped and ground is None and _free(state, Step.SALARY_RESUME):
        return _resume(state, ask)
    live = state.ending is None and not stopped
    if live and ground is not None and _free(state, Step.SALARY_STOP):
        return None if _before(state, ground) else _stop(state, ask, ground)
    return None


def _paid_elsewhere(pending: Pending, ask: Ask) -> bool:
    return pending.proposal.to[0].key != ask.payer.key


def _before(state: CaseState, ground: Finding) -> bool:
    """Whether a stop was proposed for these days before; a person who resumed pay decided it."""
    own = set(ground.days) & set(state.days)
    return any(own <= set(one.proposal.days) for one in state.of(Step.SALARY_STOP))


def _free(state: CaseState, step: Step) -> bool:
    return state.waiting(step) is None and not state.was_refused(step)


def _ground(state: CaseState, ask: Ask) -> Finding | None:
    """Return the proven streak for which the regulation proposes a stop, with days of this case."""
    law, own = ask.rules.regulation, set(state.days)
    withdrawn = state.ending is not None and state.ending.how == "withdrawn"
    if law is None or withdrawn:
        return None
    years = sorted({day.year for day in state.days} | {ask.until.year})
    found = (
        one
        for year in years
        for one in consecutive(ask.days, law, year=year, until=ask.until)
        if not one.waiting and one.proposals and own & set(one.days)
    )
    return next(found, None)


def _stop(state: CaseState, ask: Ask, ground: Finding) -> Event:
    own = tuple(day for day in ground.days if day in set(state.days))
    text = f"{ground.proposals[0].capitalize()}. {ground.text}"
    why = f"{len(ground.days)} hari kerja berturut-turut terbukti ({ground.basis})."
    return _event(state, ask, Step.SALARY_STOP, own, ground.days, text, why)


def _resume(state: CaseState, ask: Ask) -> Event:
    why = "Dasar usul penghentian gaji tidak lagi terbukti."
    stop = state.of(Step.SALARY_STOP)[-1].proposal.to[0]
    elsewhere = stop.office if stop.key != ask.payer.key else None
    text = texts.resume(why, elsewhere)
    return _event(state, ask, Step.SALARY_RESUME, state.days, state.days, text, why)


def _event(
    state: CaseState,
    ask: Ask,
    step: Step,
    days: tuple[date, ...],
    known: tuple[date, ...],
    text: str,
    why: str,
) -> Event:
    return Event(
        kind=Kind.PREPARED,
        day=ask.today,
        who=MACHINE,
        why=f"{why} {texts.STEP_TEXT[step].capitalize()} menunggu persetujuan.",
        facts=ask.facts((*state.days, *known), numbers={"streak": len(known)}),
        about=Proposal(
            step=step, to=(ask.payer,), text=text, days=days, gate=ask.rules.gate, home=ask.home
        ),
    )
