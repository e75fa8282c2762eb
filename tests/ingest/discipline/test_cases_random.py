"""A case under anything that may happen, in any order: what must always hold of it.

`make fuzz` tries more: HADIR_EXAMPLES says how many lives.
"""

import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from absence import (
    ABSENT,
    ANI,
    BARE,
    BUDI,
    CHIEF,
    CITRA,
    HOLIDAY,
    KABID,
    KADIS,
    LEAVE,
    NINE,
    PRESENT,
    SEKDA,
    SELF,
    UNVERIFIED,
    Absence,
    shipped,
    weekday,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ingest.discipline.cases import (
    Action,
    Appointment,
    Decree,
    Event,
    Kind,
    Letter,
    NotAllowed,
    Paper,
    Step,
    apply,
    deeds,
    due,
    from_json,
    preparing,
    replay,
    to_json,
)

PAPER = Paper("ab" * 32, "scan.pdf")
OPEN_WORDS = {"warning", "knowledge", "restated", "withdrawn", "closed", "overdue"}
"""What may be told without approval: nothing that holds anybody to anything."""
IN_FAVOUR = {Step.WITHDRAWAL, Step.CLOSURE, Step.SALARY_RESUME}
ACTORS = st.sampled_from([ANI, BUDI, CITRA, SELF, CHIEF])
FIGURES = st.fixed_dictionaries(
    {
        "approvers": st.sampled_from([1, 2]),
        "own_approval": st.booleans(),
        "repeat": st.sampled_from(["once", "again"]),
        "accepted": st.sampled_from(["changes-day", "closes-alarm"]),
    }
)


CALENDARS = st.sampled_from(["office", "person"])


def json_of(events: list[Event]) -> list[Event]:
    return [from_json(one) for one in json.loads(json.dumps([to_json(one) for one in events]))]


class Lives(RuleBasedStateMachine):
    """One person for some months: the machine is asked after whatever happens, as the job does."""

    @initialize(figures=FIGURES, far=st.integers(0, 5), calendar=CALENDARS)
    def begin(self, figures, far, calendar):
        """Begin with a case, which may have come some way already."""
        rules = shipped(**figures, late_calendar=calendar)
        clock = replace(rules.clarification, calendar=calendar)
        self.world = Absence(rules=replace(rules, clarification=clock)).go(4)
        both = (ANI, BUDI)[: figures["approvers"]]
        if far > 0:
            self.world.tell()
        if far > 1:
            self.world.go(18, PRESENT)
        if far > 2:
            self.world.approve(Step.REPRIMAND, *both)
            self.world.tell(of=self.world.approve(Step.OFFICE_LETTER, *both), what="received")
        if far > 4:
            self.another_superior_is_reprimanded(nip=SEKDA, days=16, then=25)
        elif far > 3:
            self.the_procedure_goes_on(at=0, came=False, days=20)
            self.all_that_waits_is_approved(people=[ANI, BUDI])
            self.world.go(20, PRESENT)
        self.seen = {}
        """Of each case: how many events were looked at, its state then, and who was told."""

    # What the world does

    @rule(days=st.integers(1, 20), status=st.sampled_from([ABSENT, ABSENT, PRESENT, UNVERIFIED]))
    def time_passes(self, days, status):
        self.world.go(days, status)

    @rule(days=st.integers(1, 6))
    def the_centre_is_down(self, days):
        for _ in range(days):
            self.world.paused[self.world.today] = "pusat mati"
            self.world.go(1, UNVERIFIED)

    @rule(back=st.integers(0, 30), to=st.sampled_from([PRESENT, LEAVE, UNVERIFIED, ABSENT, "T1"]))
    def a_day_is_judged_again(self, back, to):
        """Late punches, excuses given and taken back, a terminal that was not complete."""
        working = sorted(day for day, one in self.world.status.items() if one != HOLIDAY)
        day = working[-1 - back % len(working)]
        if to == "T1":
            self.world.incomplete ^= {day}
            to = self.world.status[day]
        self.world.judge(day, to)

    # What people do

    @rule(at=st.integers(0, 3), who=ACTORS, back=st.integers(0, 3),
          what=st.sampled_from(["accepted", "dated", "received"]))  # fmt: skip
    def somebody_is_told(self, at, who, what, back):
        state = self._state(at)
        letters = [(one.number, one.proposal.to[0]) for one in state.of(Step.OFFICE_LETTER)]
        of, to = letters[0] if letters else (1, state.told[0])
        on = self.world.today - timedelta(days=back)
        self._try(at, deeds.tell, who, of=of, to=to, what=what, on=on, how="pos")

    @rule(nip=st.sampled_from([KABID, KADIS, SEKDA, None]), home=st.sampled_from([None, "9.09"]))
    def somebody_else_answers_for_him(self, nip, home):
        """His superior goes, comes back, or is another one; he is moved to another office."""
        self.world.chain = (replace(self.world.chain[0], nip=nip), *self.world.chain[1:])
        self.world.home = home
        self.world.settle()

    @rule(at=st.integers(0, 3), number=st.integers(0, 3), back=st.integers(0, 3))
    def who_took_over_is_told(self, at, number, back):
        known = self._state(at).informed
        if known:
            one = known[number % len(known)]
            on = self.world.today - timedelta(days=back)
            about = {"of": one.number, "to": one.to, "what": "received", "on": on, "how": "pos"}
            self._try(at, deeds.tell, ANI, **about)

    @rule(at=st.integers(0, 3), who=ACTORS, back=st.integers(0, 5), most=st.integers(1, 9))
    def something_is_clarified(self, at, who, back, most):
        days = self._state(at).days[:most]
        on = max(self.world.today - timedelta(days=back), min(days))
        self._try(at, deeds.clarify, who, by="person", text="sakit", handed_in=on, days=days)

    @rule(at=st.integers(0, 3), who=ACTORS, accepted=st.booleans())
    def a_clarification_is_judged(self, at, who, accepted):
        waiting = [one.number for one in self._state(at).filed if one.accepted is None]
        of = waiting[0] if waiting else 1
        self._try(at, deeds.judge, who, of=of, accepted=accepted, why="dinilai")

    @precondition(lambda self: any(one.pending for one in self.world.states))
    @rule(who=ACTORS, number=st.integers(0, 9), yes=st.booleans())
    def a_step_is_judged(self, who, number, yes):
        found = [(at, one) for at, state in enumerate(self.world.states) for one in state.pending]
        at, pending = found[number % len(found)]
        self._approve(at, pending, who) if yes else self._try(
            at, deeds.refuse, who, of=pending.number, why="tidak perlu"
        )

    @precondition(lambda self: any(one.pending for one in self.world.states))
    @rule(people=st.lists(st.sampled_from([ANI, BUDI]), min_size=2, max_size=3))
    def all_that_waits_is_approved(self, people):
        for at, state in enumerate(self.world.states):
            for pending in state.pending:
                for who in people:
                    self._approve(at, pending, who)

    @rule(at=st.integers(0, 3), came=st.booleans(), days=st.integers(12, 20))
    def the_procedure_goes_on(self, at, came, days):
        """Do what comes next of summons, examination, decision and hand-over."""
        state, today = self._state(at), self.world.today
        summons = [*state.of(Step.SUMMONS), *state.of(Step.SECOND_SUMMONS)]
        if state.of(Step.DECISION):
            how = "handed" if came else ("absent", "sent", "received")[len(state.handed) % 3]
            self._try(at, deeds.hand_over, CITRA, how=how, on=today, why="disampaikan")
        elif state.examined_on or len(state.missed) > 1:
            decree = Decree("1", today, "Bupati", "ringan", "teguran lisan", PAPER)
            self._try(at, preparing.decide, CITRA, decree=decree, why="keputusan")
        elif len(summons) > len(state.missed):
            if came:
                self._try(at, deeds.examine, CITRA, on=today, paper=PAPER, why="BAP")
            else:
                of = summons[-1].number
                self._try(at, deeds.miss, CITRA, of=of, paper=PAPER, why="tidak hadir")
        else:
            meeting = Appointment(today + timedelta(days=days), "aula", "Kabid", NINE, "WITA")
            self._try(at, preparing.summon, CITRA, appointment=meeting, why="panggilan")

    @rule(at=st.integers(0, 3), who=st.sampled_from([ANI, BUDI]), withdraw=st.booleans())
    def somebody_would_end_it(self, at, who, withdraw):
        self._try(at, preparing.end, who, withdraw=withdraw, why="salah orang")

    @rule(at=st.integers(0, 3), who=ACTORS, number=st.integers(0, 4), step=st.sampled_from(Step))
    def somebody_does_something_else(self, at, who, number, step):
        today, why = self.world.today, "perlu"
        about = Action("returned-and-reported", today, "laporan", (PAPER,))
        decree = Decree("1", today, "Bupati", "ringan", "teguran lisan", PAPER)
        deed, given = (
            (deeds.act, {"about": about}),
            (deeds.examine, {"on": today, "paper": PAPER}),
            (deeds.hand_over, {"how": "received", "on": today}),
            (preparing.decide, {"decree": decree}),
            (preparing.propose, {"step": step}),
        )[number]
        self._try(at, deed, who, why=why, **given)

    @rule(nip=st.sampled_from([KADIS, SEKDA]), days=st.integers(13, 16), then=st.integers(0, 35))
    def another_superior_is_reprimanded(self, nip, days, then):
        """He takes over, is told, lets his time pass, and a person proposes it of him, too."""
        self.somebody_else_answers_for_him(nip=nip, home=None)
        for at, _ in enumerate(self._cases()):
            for number in range(len(self._state(at).informed)):
                self.who_took_over_is_told(at=at, number=number, back=0)
        self.world.go(days, PRESENT)
        for at, _ in enumerate(self._cases()):
            self._try(at, preparing.propose, ANI, step=Step.REPRIMAND, why="lalai")
        self.all_that_waits_is_approved(people=[ANI, BUDI])
        self.world.go(then, PRESENT)

    # What must hold

    @invariant()
    def every_event_is_one_that_may_be(self):
        for at, events in enumerate(self._cases()):
            count, state, told = self.seen.get(at, (0, None, frozenset()))
            for event in events[count:]:
                after = apply(state, event)
                _has_its_facts(state, event, after)
                _reaches_all(state, event, after, told)
                _has_approval(event, events, self.world.rules.case)
                self._ran_out(state, event)
                self._had_his_time(events, event)
                self._concerns_the_right_one(state, event)
                state, told = after, told | {one.to.key for one in event.notices}
            assert state == self.world.states[at]
            self.seen[at] = (len(events), state, told)

    @invariant()
    def nothing_more_follows_on_the_same_facts(self):
        for at, _ in enumerate(self._cases()):
            state, now = self.world.states[at], self.world.now(at)
            assert due(state, now, self.world.rules, self.world.today) == ()
        if self._cases():
            assert due(None, self.world.now(), self.world.rules, self.world.today) == ()

    @invariant()
    def no_case_lives_on_a_day_that_is_not_proven(self):
        for at, _ in enumerate(self._cases()):
            state = self.world.states[at]
            if state.ending is None:
                assert len(state.days) >= 3
                assert all(self.world.status[day] == ABSENT for day in state.days)
                assert not self.world.incomplete & set(state.days)
                for one in state.pending:
                    assert set(one.proposal.days) <= set(state.days)

    @invariant()
    def no_day_is_in_two_cases(self):
        states = self.world.states if self._cases() else []
        covered = [day for one in states for day in one.covered]
        assert len(covered) == len(set(covered))

    def teardown(self):
        """History gives the state, also when it went through JSON."""
        for at, events in enumerate(self._cases()):
            assert json_of(events) == events
            assert replay(json_of(events)) == self.world.states[at]

    def _ran_out(self, before, event):
        """Count the days of a clock again, plainly: those after its anchor that are not paused."""
        if not getattr(event.about, "clock", ""):
            return
        office = event.about.step is Step.SUPERIOR_PROPOSAL
        scope, days = ("office", 28) if office else ("warning", 10)
        first = "letter-received" if office else "warning-accepted"
        marks = sorted((one.event != first, one.on) for one in before.marks if one.scope == scope)
        began = next(on for _, on in marks)  # the preferred anchor, though another came before
        if office:
            began = self._own_time(before, event.about.concerns) or began
        over = [began + timedelta(days=n) for n in range(1, (event.day - began).days)]
        ran = [day for day in over if day not in self.world.paused and (office or weekday(day))]
        assert len(ran) >= days
        left_out = {day for day in over if day in self.world.paused and day < ran[days - 1]}
        assert left_out <= {one.day for one in event.facts.paused}

    def _own_time(self, before, nip):
        """Return since when a superior has 28 days of his own: the office was written to before."""
        steps = [(one.proposal.step, one.proposal.concerns) for one in before.done]
        mine = (Step.REPRIMAND, nip)
        if mine not in steps or steps.index(mine) < steps.index((Step.OFFICE_LETTER, None)):
            return None
        reprimand = before.done[steps.index(mine)]
        return reprimand.received_on or reprimand.letter.dated

    def _concerns_the_right_one(self, before, event):
        """Nobody is reprimanded or proposed twice, and above him is none whom the step is about."""
        if event.kind is not Kind.PREPARED or event.about.step not in {
            Step.REPRIMAND, Step.SUPERIOR_PROPOSAL,
        }:  # fmt: skip
            return
        about, steps = event.about, [one.proposal for one in (*before.done, *before.pending)]
        twice = [one for one in steps if one.step is about.step and one.concerns == about.concerns]
        assert not twice
        if about.step is Step.SUPERIOR_PROPOSAL:
            told = [one.concerns for one in steps if one.step is Step.REPRIMAND]
            assert about.concerns in told or not told
            assert about.to[0].nip not in {about.concerns, before.subject.nip}

    def _had_his_time(self, events, event):
        """Whoever a reprimand names had a notice ten whole working days ago: plainly counted."""
        if event.kind is not Kind.PREPARED or event.about.step is not Step.REPRIMAND:
            return
        key = event.about.to[0].key
        known = [
            number
            for number, one in enumerate(events, 1)
            if any(one.what == "knowledge" and one.to.key == key for one in one.notices)
        ]
        assert known, "nobody is reprimanded over a case he was never told of"
        if known[0] == 1:
            return
        before = events[: events.index(event)]
        told = [
            one.about.on
            for one in before
            if one.kind is Kind.TOLD and one.about.of == known[0] and one.about.to.key == key
        ]
        assert told, "nobody is reprimanded before his notice reached him"
        over = [min(told) + timedelta(days=n) for n in range(1, (event.day - min(told)).days)]
        assert len([day for day in over if day not in self.world.paused and weekday(day)]) >= 10

    def _cases(self):
        return self.world.cases if hasattr(self, "world") else []

    def _state(self, at):
        return self.world.states[at % len(self.world.states)]

    def _approve(self, at, pending, who):
        letter = None
        if pending.proposal.step not in BARE:
            letter = Letter("800/1", self.world.today)
        self._try(at, deeds.approve, who, of=pending.number, why="setuju", letter=letter)

    def _try(self, at, deed, who, **about):
        at %= len(self.world.states)
        with suppress(NotAllowed):  # many orders are no order; what may be is told by other tests
            self.world.add(deed(self.world.states[at], self.world.ask(at), who, **about), at)
        self.world.settle()


def _has_its_facts(before, event, after):
    known = {one.day for one in event.facts.days}
    assert known >= set(after.days) | set(before.days if before is not None else ())
    assert event.facts.rules
    assert event.facts.numbers["limit"] == 3
    if event.kind is Kind.PREPARED and event.about.step not in IN_FAVOUR:
        assert event.facts.proven(event.about.days)


def _reaches_all(before, event, after, told):
    """Whoever was told of a case is told when days leave it, and when it ends."""
    ended = after.ending is not None and (before is None or before.ending != after.ending)
    if ended or event.kind is Kind.RESTATED:
        assert {one.to.key for one in event.notices} >= told
    if after.ending is not None:
        assert all(one.proposal.step is Step.SALARY_RESUME for one in after.pending)


def _has_approval(event, events, rules):
    full = event.kind is Kind.APPROVED and event.about.full
    if not full:
        assert {one.what for one in event.notices} <= OPEN_WORDS
        return
    prepared, of = events[event.about.of - 1], event.about.of
    names = [one.who.name for one in events if one.kind is Kind.APPROVED and one.about.of == of]
    assert len(names) == len(set(names)) == rules.approvers
    assert set(names) <= {"ani", "budi", "kabid"}  # no operator, and not he himself
    assert rules.own_approval or prepared.who.name not in names
    assert prepared.about.concerns != KABID or "kabid" not in names


Lives.TestCase.settings = settings(
    max_examples=int(os.environ.get("HADIR_EXAMPLES", "12")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLives = Lives.TestCase
