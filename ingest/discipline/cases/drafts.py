"""Steps that the machine prepares by a clock: whether one may be, and how it is written."""

from ingest.discipline.cases import texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.running import Running
from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.values import MACHINE, Addressee, Event, Kind, Proposal, Step
from ingest.indonesian import day_text


def free(state: CaseState, step: Step) -> bool:
    """Whether a step was neither prepared, approved nor refused."""
    return not (state.of(step) or state.waiting(step) or state.was_refused(step))


def proposal(
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


def prepared(
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
