"""Another superior, another office: who answers for somebody now is told, and has his own time.

A reprimand says of a superior that he let a time pass. So nobody is named in one over a case he was
never told of: who takes over while it is open gets a notice, and the whole time of a clarification
from the day it reached him.
"""

from collections.abc import Iterator
from dataclasses import replace

from ingest.discipline.cases import texts
from ingest.discipline.cases.ask import Ask
from ingest.discipline.cases.running import Running
from ingest.discipline.cases.state import CaseState
from ingest.discipline.cases.values import (
    MACHINE,
    Addressee,
    Event,
    Kind,
    Notice,
    Succession,
)
from ingest.indonesian import day_text


def follows(state: CaseState, ask: Ask) -> Event | None:
    """Tell who answers for the person since the case opened, also once another was reprimanded."""
    new = (one for one in _answers(state, ask) if state.knower(one) is None)
    to = next(new, None)
    return None if to is None else _told(state, ask, to)


def founded(prepared: Event, own: Running) -> Event:
    """Return a reprimand with the time of the superior himself among what it stands on."""
    began, last = own.state.began_on, own.state.last_day
    assert began is not None and last is not None  # noqa: S101, PT018 - told to mypy: it lapsed
    why = (
        f"{prepared.why} Atasan ini baru diberi tahu pada {day_text(began)}; waktunya sendiri "
        f"lewat pada {day_text(last)}."
    )
    paused = {one.day: one for one in (*own.paused, *prepared.facts.paused)}
    both = tuple(paused[day] for day in sorted(paused))
    return replace(prepared, why=why, facts=replace(prepared.facts, paused=both))


def _answers(state: CaseState, ask: Ask) -> Iterator[Addressee]:
    if "superior" in ask.rules.case.tells:
        yield ask.superior()[0]
    if ask.home != state.subject.office:
        yield Addressee("perangkat daerah", office=ask.home)


def _told(state: CaseState, ask: Ask, to: Addressee) -> Event:
    text = texts.succession(state.subject.nip, state.days, state.opened_on, ask.rules.clarification)
    return Event(
        kind=Kind.SUCCEEDED,
        day=ask.today,
        who=MACHINE,
        why=f"Kini yang bertanggung jawab atas pegawai ini: {to.role}.",
        facts=ask.facts(state.days, passed_over=ask.superior()[1].passed_over),
        about=Succession(to),
        notices=(Notice("knowledge", to, text),),
    )
