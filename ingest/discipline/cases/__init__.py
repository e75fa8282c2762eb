"""Cases: an absence that is followed up, as a pure machine of states. No I/O, no clock, no store.

A case is nothing but its events. Who keeps it keeps the events in order and gives them back:

    state = replay(events)                        CaseState; `state.phase`, `state.pending`, ...
    for event in due(None, now, rules, today):    opens a case, or nothing
        state = apply(state, event)               (None before the first)
    for event in due(state, now, rules, today):   what follows by itself; apply each in order
        state = apply(state, event)

    ask = asked(now, rules, today)                what is known today, for people's deeds
    event = deeds.approve(state, ask, who, of=4, why="...", letter=Letter("800/1", today))
    state = apply(state, event)                   raises NotAllowed: nothing was changed
    body = to_json(event); event == from_json(body)

Events have no number of their own: the first is 1, and `of` names one by that number. They tell the
day by the calendar of the centre; the moment is that of the row that keeps them.

What the caller must see to

* `Situation` (now) is read in the transaction that writes the events, when no day of the person is
  marked to be judged again. Days from `today` on are left out here: they are not over.
* Before any deed of a person, apply `due` first; apply refuses what rests on days that changed.
* `rules` come from `case_rules(shelf, kind=..., on=...)`: of the day the case opened, of today if
  none is open; a case keeps them for life. None: nobody keeps cases of this kind of people.
* One case of a person after the other, `due(None, ...)` last and again until nothing opens.
  `now.covered` is the union of `state.covered` of his other cases, as they are by then.
* A live case is asked every day. One that is closed is asked when days of his were judged again:
  late proof withdraws it too. One that is `state.settled` need not be asked any more.
* `event.notices` are written with the event: who has to be told what. A notice that is withdrawn
  before it was sent may be left unsent with the one that withdraws it, in the caller's discretion.
* A notice that was sent or handed over comes back by `deeds.tell`: clocks begin by it, so no clock
  runs before somebody was told. The warning is of event 1, to the person; the letter to an office
  is of the event that prepared it. Who came to answer for the person while the case was open has a
  SUCCEEDED with a notice of his own, and no reprimand names him before his time is over.
* `Actor` is a named user. `nip` tells that he is nobody the case is about; give it where known.

What must hold is checked by `apply` whoever made the event, and held by the state: who must approve
a step, what a clarification does and who may judge it are frozen when it is prepared or handed in.

The parts

    values      Event, its kinds and what each is about; Actor, Addressee, Notice, Paper, Letter
    facts       DayFact, Verdict, Facts (frozen with each event), Situation (what is known now)
    state       CaseState, Pending, Filed, Done, Phase
    transition  apply, replay; followed, records, steps: one room for each sort of event
    machine     due; succession, escalation, neglect, pay, officers: what it asks of a case
    deeds       tell, clarify, judge, approve, refuse, miss, examine, hand_over, act
    preparing   summon, decide, end (withdraw or close), propose
    running     running(state, now, rules, today): each clock of a case, for `cases show`
    limits      working-day arithmetic of summons, hand-over and effect
    superiors   responsible(subject, chain, on): who answers for somebody, and who was passed over
    rules       case_rules, Rules
    codec       to_json, from_json
    words       sentence(event), story(events), PHASE_TEXT: Indonesian

What has legal effect is a `Step`. It is PREPARED (by the machine or by a person), then APPROVED by
as many named admins as the gate frozen in it asks for, or REFUSED, or DROPPED by the machine when
its ground is gone. Whoever was ever told is told when a case is restated, withdrawn or closed.
"""

from ingest.discipline.cases import deeds, preparing
from ingest.discipline.cases.ask import Ask, asked
from ingest.discipline.cases.codec import VERSION, from_json, to_json
from ingest.discipline.cases.facts import DayFact, Facts, Paused, Situation, Subject, Verdict
from ingest.discipline.cases.machine import due
from ingest.discipline.cases.phase import Phase
from ingest.discipline.cases.refusal import NotAllowed
from ingest.discipline.cases.rules import Rules, case_rules
from ingest.discipline.cases.running import Running, running
from ingest.discipline.cases.state import CaseState, Done, Filed, Pending
from ingest.discipline.cases.superiors import Away, Responsible, Rung, StandIn, responsible
from ingest.discipline.cases.transition import apply, replay
from ingest.discipline.cases.values import (
    MACHINE,
    Action,
    Actor,
    Addressee,
    Appointment,
    Decree,
    Event,
    Kind,
    Letter,
    Notice,
    Paper,
    Step,
)
from ingest.discipline.cases.words import PHASE_TEXT, sentence, story

__all__ = [
    "MACHINE",
    "PHASE_TEXT",
    "VERSION",
    "Action",
    "Actor",
    "Addressee",
    "Appointment",
    "Ask",
    "Away",
    "CaseState",
    "DayFact",
    "Decree",
    "Done",
    "Event",
    "Facts",
    "Filed",
    "Kind",
    "Letter",
    "NotAllowed",
    "Notice",
    "Paper",
    "Paused",
    "Pending",
    "Phase",
    "Responsible",
    "Rules",
    "Rung",
    "Running",
    "Situation",
    "StandIn",
    "Step",
    "Subject",
    "Verdict",
    "apply",
    "asked",
    "case_rules",
    "deeds",
    "due",
    "from_json",
    "preparing",
    "replay",
    "responsible",
    "running",
    "sentence",
    "story",
    "to_json",
]
