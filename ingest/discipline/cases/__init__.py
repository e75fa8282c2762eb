"""Cases: an absence that is followed up, as a pure machine of states. No I/O, no clock, no store.

A case is nothing but its events. Who keeps it keeps the events in order and gives them back:

    state = replay(events)                        CaseState; `state.phase`, `state.pending`, ...
    for event in due(None, now, rules, today):    a person without a live case: opens, or nothing
        state = apply(None, event)
    for event in due(state, now, rules, today):   what follows by itself; apply each in order
        state = apply(state, event)
    event = deeds.approve(state, now, who, today, of=4, why=..., letter=Letter("800/1", day))
    state = apply(state, event)                   raises NotAllowed: nothing was changed
    body = to_json(event); event == from_json(body)

Events have no number of their own: the first is 1, and `of` names one by that number. They tell the
day by the calendar of the centre; the moment is that of the row that keeps them.

What the caller must see to

* `Situation` (now) is read in the transaction that writes the events, when no day of the person is
  marked to be judged again, and for whole days: `now.days` end the day before `today`.
* Before any deed of a person, apply `due` first; apply refuses what rests on days that changed.
* `rules` come from `case_rules(shelf, kind=..., on=state.opened_on)` (`today` where none is open):
  a case keeps the rules of the day it opened. None: nobody's cases are kept for this kind.
* Every case of a person is asked until it is settled for good: a closed one may still be withdrawn
  by late proof. `now.covered` are the days of the person's other cases (`state.covered` of each).
* `event.notices` are written with the event: who has to be told what. A deed is not legal effect;
  an APPROVED event is, and only one that completes a pending step has notices.
* A notice that was sent or handed over comes back as a deed (`deeds.tell`): clocks begin by it.

The parts

    values      Event, its kinds and what each is about; Actor, Addressee, Notice, Paper, Letter
    facts       DayFact, Verdict, Facts (frozen with each event), Situation (what is known now)
    state       CaseState, Pending, Phase
    transition  apply, replay, NotAllowed
    machine     due
    deeds       what people do, each as an event: tell, clarify, judge, prepare, approve, refuse,
                miss, examine, hand_over, act
    running     running(state, now, rules, today): each clock of a case, for `cases show`
    limits      working-day arithmetic of summons, hand-over and effect
    superiors   responsible(subject, chain, on): who answers for somebody, and who was passed over
    rules       case_rules, Rules
    codec       to_json, from_json
    words       sentence(event), story(events): Indonesian

What has legal effect is a `Step`. It is PREPARED (by the machine or by a person), then APPROVED by
as many named admins as the rule frozen in it asks for, or REFUSED, or DROPPED by the machine when
its ground is gone. WITHDRAWN tells everybody who was ever told.
"""
