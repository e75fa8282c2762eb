"""A case from its opening to its end, one road at a time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from absence import (
    ABSENT,
    ANI,
    BUDI,
    CHIEF,
    CITRA,
    KABID,
    KADIS,
    LEAVE,
    MONDAY,
    NIP,
    OFFICE,
    PRESENT,
    SEKDA,
    SELF,
    UNVERIFIED,
    Absence,
    shipped,
)

from ingest.discipline.cases import (
    Action,
    Away,
    Decree,
    Kind,
    Letter,
    NotAllowed,
    Paper,
    Phase,
    Rung,
    StandIn,
    Step,
    apply,
    case_rules,
    deeds,
    due,
    preparing,
    replay,
    running,
    story,
)
from ingest.regulations import load

NEW_OFFICE, CAMAT, BUPATI = "9.09", "198609262015051009", "198609262015051010"
LEFT = (Away(MONDAY, date.max, "cuti"),)
PAPER = Paper("cd" * 32, "bap.pdf")
THREE = tuple(MONDAY + timedelta(days=n) for n in range(3))


def opened(**changes):
    """A case of Monday to Wednesday, opened on Thursday."""
    return Absence(rules=shipped(**changes)).go(3)


def leave_the_post(world):
    """The post of his superior falls vacant, and the next one up answers for him."""
    world.chain = (replace(world.chain[0], nip=None), *world.chain[1:])
    world.settle()


def stand_in(nip):
    return StandIn(nip, "plh", MONDAY, None, "1")


def propose_superior(world):
    """The office does nothing for 28 days after its letter; return what is proposed then."""
    number = world.approve(Step.OFFICE_LETTER)
    world.tell(of=number, what="received").go(29, PRESENT)
    return world.state.waiting(Step.SUPERIOR_PROPOSAL).proposal


def kinds(world, place=0):
    return [str(one.kind) for one in world.cases[place]]


class TestOpening:
    def test_it_opens_when_the_third_day_is_over_and_warns(self):
        assert not Absence().go(2).cases
        world = opened()
        (event,) = world.cases[0]
        assert (event.kind, event.day, world.state.days) == (Kind.OPENED, date(2026, 3, 5), THREE)
        assert [(one.what, one.to.nip) for one in event.notices] == [
            ("warning", NIP), ("knowledge", KABID),
        ]  # fmt: skip
        assert "bukan hukuman disiplin" in event.notices[0].text
        assert event.facts.rules == ("BKPSDM-KUKAR/three-in-a-row", "PP-94-2021")
        assert event.facts.numbers == {"limit": 3, "days": 3}
        assert [one.ground[:8] for one in event.facts.days] == ["20260302", "20260303", "20260304"]

    def test_the_number_of_days_is_the_rules(self):
        rules = shipped()
        world = Absence(rules=replace(rules, alarm=replace(rules.alarm, min_days=4))).go(3)
        assert not world.cases
        assert len(world.go(1).state.days) == 4

    def test_a_day_that_is_not_proven_continues_none(self):
        world = opened().go(1)
        event = world.last
        *proven, last = event.facts.days
        half = replace(event.facts, days=(*proven, replace(last, terminals=())))
        with pytest.raises(NotAllowed, match="only proven absences continue"):
            apply(replay(world.cases[0][:1]), replace(event, facts=half))

    def test_a_weekend_and_new_year_lie_between_and_do_not_part_them(self):
        world = Absence(today=date(2026, 12, 30), holidays={date(2027, 1, 1)}).go(7)
        assert world.state.days[:3] == (date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 4))
        rules = shipped()
        within = replace(rules, alarm=replace(rules.alarm, period="calendar-year"))
        world = Absence(rules=within, today=date(2026, 12, 30), holidays={date(2027, 1, 1)}).go(7)
        assert not world.cases

    @pytest.mark.parametrize("way", ["unverified", "incomplete", "no terminal", "no ground"])
    def test_no_day_that_is_not_proven_opens_one(self, way):
        world = Absence().go(2)
        world.status[world.today] = UNVERIFIED if way == "unverified" else ABSENT
        world.incomplete = {world.today} if way == "incomplete" else set()
        world.today += timedelta(days=1)
        now = world.now()
        grounds = dict(now.grounds)
        if way == "no terminal":
            grounds[THREE[2]] = replace(grounds[THREE[2]], terminals=())
        if way == "no ground":
            del grounds[THREE[2]]
        assert due(None, replace(now, grounds=grounds), world.rules, world.today) == ()

    def test_today_is_not_over(self):
        world = Absence().go(2)
        today = world.today
        world.status[today] = ABSENT
        world.today += timedelta(days=1)
        assert due(None, world.now(), world.rules, today) == ()
        assert due(None, world.now(), world.rules, world.today)

    def test_a_streak_long_ago_opens_none(self):
        world = Absence(status=dict.fromkeys(THREE, ABSENT), today=date(2026, 6, 2))
        world.settle()
        assert len(world.cases) == 1  # 90 days after the last
        world = Absence(status=dict.fromkeys(THREE, ABSENT), today=date(2026, 6, 3))
        world.settle()
        assert not world.cases

    def test_nobody_is_warned_again_before_so_many_days_unless_the_rule_says_once(self):
        again = opened().go(7)
        warned = [len(one.facts.days) for one in again.cases[0] if one.notices]
        assert warned == [3, 6]
        once = opened(repeat="once").go(7)
        assert not [one for one in once.cases[0][1:] if one.notices]

    @pytest.mark.parametrize(("repeat", "cases"), [("again", 2), ("once", 1)])
    def test_after_a_closed_case_the_same_streak_opens_another_only_if_the_rule_says_so(
        self, repeat, cases
    ):
        world = opened(repeat=repeat)
        world.add(preparing.end(world.state, world.ask(), BUDI, withdraw=False, why="selesai"))
        world.approve(Step.CLOSURE, ANI)
        world.go(7)
        assert len(world.cases) == cases
        if cases == 2:
            assert not set(world.states[1].days) & set(world.state.days)

    def test_after_presence_a_new_streak_is_a_new_case(self):
        world = opened().go(2, PRESENT).go(5)
        assert [len(one.days) for one in world.states] == [3, 3]

    def test_nobody_keeps_cases_of_a_kind_without_service_rule(self):
        assert case_rules(load(), kind="NON-ASN", on=MONDAY) is None
        assert case_rules(load(), kind="PNS", on=date(2025, 5, 15)) is None


class TestLateProof:
    @pytest.mark.parametrize("proof", [PRESENT, LEAVE, UNVERIFIED])
    def test_one_that_no_longer_reaches_the_limit_is_withdrawn_for_all_told(self, proof):
        world = opened().judge(THREE[1], proof)
        assert world.state.phase is Phase.WITHDRAWN
        assert {one.to.key for one in world.last.notices} == {(NIP, None), (KABID, None)}
        assert "ditarik" in world.last.notices[0].text
        assert world.state.settled
        with pytest.raises(NotAllowed, match="withdrawn since"):
            world.add(deeds.act(world.state, world.ask(), ANI, why="x", about=Action(
                "returned-and-reported", world.today, "x", (PAPER,))))  # fmt: skip

    def test_one_that_still_reaches_it_is_restated(self):
        world = opened().go(1).judge(THREE[0], PRESENT)
        assert (world.state.phase, len(world.state.days)) == (Phase.OPEN, 3)
        assert world.last.kind is Kind.RESTATED
        assert world.last.about.gone == (THREE[0],)
        assert {one.what for one in world.last.notices} == {"restated"}

    def test_days_past_a_gap_are_another_case(self):
        world = Absence().go(9)  # Monday to Friday, Monday, Tuesday
        world.judge(date(2026, 3, 5), LEAVE)
        assert [one.days for one in world.states] == [
            THREE, (date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)),
        ]  # fmt: skip

    def test_a_working_day_that_turns_up_between_parts_them(self):
        world = Absence(holidays={THREE[1]}).go(4)
        assert len(world.state.days) == 3
        world.judge(THREE[1], PRESENT)
        assert world.state.phase is Phase.WITHDRAWN

    def test_proof_that_is_taken_back_opens_a_new_case(self):
        world = opened().judge(THREE[1], LEAVE).judge(THREE[1], ABSENT)
        assert [one.phase for one in world.states] == [Phase.WITHDRAWN, Phase.OPEN]

    def test_what_waited_for_approval_lapses_with_its_days(self):
        world = Absence().go(4).tell().go(15, PRESENT)
        assert world.state.waiting(Step.REPRIMAND)
        number = world.state.pending[0].number
        world.status[THREE[0]] = LEAVE
        letter = Letter("1", world.today)
        deed = deeds.approve(world.state, world.ask(), ANI, of=number, why="x", letter=letter)
        with pytest.raises(NotAllowed, match="no proven absences any more"):
            world.add(deed)
        world.settle()
        assert kinds(world)[-2:] == ["RESTATED", "PREPARED"]
        assert len(world.state.pending[0].proposal.days) == 3
        assert world.judge(THREE[1], LEAVE).state.phase is Phase.WITHDRAWN
        assert world.state.pending == ()

    def test_also_after_a_decision_those_told_of_later_steps_are_told(self):
        world = decided()
        assert {one.key for one in world.state.told} == {(NIP, None), (KABID, None)}
        world.judge(THREE[0], PRESENT)
        assert world.state.phase is Phase.WITHDRAWN
        assert {one.to.key for one in world.last.notices} == {(NIP, None), (KABID, None)}
        assert "mohon ditinjau kembali" in world.last.notices[0].text

    def test_a_closed_case_is_withdrawn_too(self):
        world = opened()
        world.add(preparing.end(world.state, world.ask(), BUDI, withdraw=False, why="selesai"))
        world.approve(Step.CLOSURE, ANI)
        assert world.state.phase is Phase.CLOSED
        assert world.judge(THREE[0], LEAVE).state.phase is Phase.WITHDRAWN

    def test_a_withdrawal_without_a_notice_to_everybody_is_refused(self):
        world = opened()
        world.status[THREE[0]] = LEAVE
        (event,) = due(world.state, world.now(0), world.rules, world.today)
        with pytest.raises(NotAllowed, match="everybody who was told"):
            apply(world.state, replace(event, notices=event.notices[:1]))
        with pytest.raises(NotAllowed, match="still a proven absence"):
            apply(world.state, replace(event, facts=world.cases[0][0].facts))


class TestApproval:
    def waiting(self, **changes):
        world = opened(**changes).tell().go(15, PRESENT)
        return world, world.state.pending[0].number

    def approve(self, world, number, who, **changes):
        letter = changes.pop("letter", Letter("800/1", world.today))
        deed = deeds.approve(world.state, world.ask(), who, of=number, why="x", letter=letter)
        return world.add(deed)

    def test_a_letter_goes_out_only_with_the_approval_of_an_admin(self):
        world, number = self.waiting()
        assert not world.last.notices
        with pytest.raises(NotAllowed, match="citra is no admin"):
            self.approve(world, number, CITRA)
        with pytest.raises(NotAllowed, match="own case"):
            self.approve(world, number, SELF)
        with pytest.raises(NotAllowed, match="own case"):
            self.approve(world, number, CHIEF)  # the superior it is about
        self.approve(world, number, ANI)
        assert world.state.phase is Phase.REPRIMANDED
        assert [(one.what, one.to.nip) for one in world.last.notices] == [("step", KABID)]
        assert "800/1" in world.last.notices[0].text

    def test_two_different_ones_where_the_rule_asks_for_two(self):
        world, number = self.waiting(approvers=2)
        self.approve(world, number, ANI)
        assert (world.state.done, world.last.notices) == ((), ())
        with pytest.raises(NotAllowed, match="ani has approved it before"):
            self.approve(world, number, ANI)
        with pytest.raises(NotAllowed, match="has approved it before"):
            self.approve(world, number, replace(ANI, name="ani-2"))  # another name, one person
        self.approve(world, number, BUDI)
        assert world.state.phase is Phase.REPRIMANDED

    @pytest.mark.parametrize("own", [False, True])
    def test_who_prepared_it_may_approve_it_only_if_the_rule_says_so(self, own):
        world = opened(own_approval=own)
        world.add(preparing.end(world.state, world.ask(), ANI, withdraw=True, why="salah orang"))
        if not own:
            with pytest.raises(NotAllowed, match="ani prepared it"):
                self.approve(world, 2, ANI, letter=None)
            return
        self.approve(world, 2, ANI, letter=None)
        assert world.state.phase is Phase.WITHDRAWN

    def test_the_rule_that_was_frozen_in_the_step_holds(self):
        world, number = self.waiting(approvers=2)
        world.rules = shipped(approvers=1)
        self.approve(world, number, ANI)
        assert not world.state.done

    def test_a_letter_needs_its_number_and_a_date_that_can_be(self):
        world, number = self.waiting()
        with pytest.raises(NotAllowed, match="number and date"):
            self.approve(world, number, ANI, letter=None)
        for days in (-30, 1):
            letter = Letter("1", world.today + timedelta(days=days))
            with pytest.raises(NotAllowed, match="a letter is dated from"):
                self.approve(world, number, ANI, letter=letter)

    def test_a_refused_step_is_not_prepared_again_by_itself(self):
        world, number = self.waiting()
        world.add(deeds.refuse(world.state, world.ask(), BUDI, of=number, why="cukup lisan"))
        assert world.go(5, PRESENT).state.pending == ()
        world.add(
            preparing.propose(world.state, world.ask(), BUDI, step=Step.REPRIMAND, why="ulang")
        )
        world.approve(Step.REPRIMAND, ANI)
        assert world.state.phase is Phase.LETTER_PREPARED

    def test_an_operator_of_another_office_does_nothing(self):
        world, number = self.waiting()
        other = replace(CITRA, office="4.02")
        with pytest.raises(NotAllowed, match=f"no operator of the office {OFFICE}"):
            world.add(deeds.refuse(world.state, world.ask(), other, of=number, why="x"))

    @pytest.mark.parametrize("withdraw", [True, False])
    def test_no_end_by_people_either_without_a_notice_to_everybody(self, withdraw):
        world = opened()
        world.add(preparing.end(world.state, world.ask(), BUDI, withdraw=withdraw, why="salah"))
        deed = deeds.approve(world.state, world.ask(), ANI, of=2, why="x")
        with pytest.raises(NotAllowed, match="everybody who was told"):
            apply(world.state, replace(deed, notices=deed.notices[:1]))
        assert apply(world.state, deed).ending is not None

    def test_no_event_without_the_facts_of_every_day(self):
        world = opened()
        deed = preparing.end(world.state, world.ask(), BUDI, withdraw=True, why="salah")
        short = replace(deed.facts, days=deed.facts.days[1:])
        with pytest.raises(NotAllowed, match="do not hold every day"):
            apply(world.state, replace(deed, facts=short))

    def test_nobody_does_what_follows_by_itself(self):
        world = opened()
        with pytest.raises(NotAllowed, match="follows by itself"):
            apply(None, replace(world.cases[0][0], who=ANI))
        with pytest.raises(NotAllowed, match="lies before the last event"):
            apply(world.state, replace(world.go(1).last, day=MONDAY))


class TestEscalation:
    def letter_sent(self):
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        return world.tell(of=world.approve(Step.OFFICE_LETTER), what="received")

    def test_superior_then_office_then_the_superior_under_pasal_28(self):
        world = self.letter_sent()
        assert world.state.phase is Phase.LETTER_SENT
        assert not world.go(28, PRESENT).state.pending
        (pending,) = world.go(1, PRESENT).state.pending
        proposal = pending.proposal
        assert (proposal.step, proposal.concerns) == (Step.SUPERIOR_PROPOSAL, KABID)
        assert [one.nip for one in proposal.to] == [KADIS]
        assert "Pasal 28" in proposal.text
        assert world.last.facts.numbers == {"limit": 3, "ran_days": 28, "clock_days": 28}
        world.approve(Step.SUPERIOR_PROPOSAL)
        assert world.state.phase is Phase.PROPOSED

    def test_an_office_that_acted_in_time_ends_it_also_if_that_is_told_later(self):
        world = self.letter_sent().go(10, PRESENT)
        acted = world.today
        world.go(25, PRESENT)
        assert world.state.phase is Phase.PROPOSAL_PREPARED
        about = Action("returned-and-reported", acted, "laporan", (PAPER,))
        world.add(deeds.act(world.state, world.ask(), CITRA, about=about, why="laporan"))
        world.settle()
        assert (world.last.kind, world.state.pending) == (Kind.DROPPED, ())

    def test_a_dated_warning_does_not_begin_the_clock_of_the_office(self):
        world = opened().tell(what="dated").go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        number = world.go(20, PRESENT).approve(Step.OFFICE_LETTER)
        assert not world.go(28, PRESENT).state.pending  # by the letter's own date
        assert world.go(1, PRESENT).state.waiting(Step.SUPERIOR_PROPOSAL)
        assert world.tell(of=number, what="received").last.kind is Kind.DROPPED

    def test_one_who_holds_two_posts_has_no_proposal_about_himself(self):
        world = self.letter_sent()
        world.above[KABID] = (replace(world.chain[1], nip=KABID),)
        proposal = world.go(29, PRESENT).state.pending[0].proposal
        assert proposal.concerns == KABID
        assert [(one.nip, one.office) for one in proposal.to] == [(None, OFFICE)]

    def test_no_office_acts_without_a_paper(self):
        world = self.letter_sent()
        about = Action("returned-and-reported", world.today, "laporan", ())
        with pytest.raises(NotAllowed, match="only with its paper"):
            world.add(deeds.act(world.state, world.ask(), CITRA, about=about, why="laporan"))

    def test_no_clock_runs_before_somebody_was_told(self):
        assert opened().go(40, PRESENT).state.phase is Phase.OPEN

    def test_a_superior_who_changes_before_approval_is_replaced_once_his_own_time_is_over(self):
        world = opened().tell().go(15, PRESENT)
        leave_the_post(world)
        assert kinds(world)[-2:] == ["DROPPED", "SUCCEEDED"]
        world.reach().go(13, PRESENT)
        assert not world.state.pending
        world.go(2, PRESENT)
        assert world.state.pending[0].proposal.to[0].nip == KADIS
        assert world.last.facts.passed_over == ("Kepala Bidang: jabatan lowong",)

    def test_without_a_regulation_the_time_that_is_over_is_told_and_nothing_proposed(self):
        world = Absence(rules=replace(shipped(), regulation=None)).go(3).tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        world.tell(of=world.approve(Step.OFFICE_LETTER), what="received").go(40, PRESENT)
        assert kinds(world).count("OVERDUE") == 1
        assert not world.state.pending


class TestSuccession:
    """Whoever came to answer for the person is told, and has a whole time of his own."""

    def test_who_takes_over_is_told_once_and_not_named_before_it_reached_him(self):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)
        (notice,) = world.last.notices
        assert (world.last.kind, notice.what, notice.to.nip) == (Kind.SUCCEEDED, "knowledge", KADIS)
        assert "10 hari kerja sejak pemberitahuan ini diterima" in notice.text
        assert "bukan hukuman disiplin" in notice.text
        assert world.last.facts.passed_over == ("Kepala Bidang: jabatan lowong",)
        world.go(60, PRESENT)
        assert kinds(world) == ["OPENED", "TOLD", "SUCCEEDED"]
        assert [one.clock.id for one in running(world.state, world.now(), world.rules, world.today)
                ] == ["clarification", "clarification-successor", "office-action"]  # fmt: skip

    def test_the_reprimand_names_him_on_the_day_after_his_own_time(self):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)
        told = world.today
        world.go(4, PRESENT).reach()
        assert world.today == told + timedelta(days=4) == date(2026, 3, 14)
        world.go(13, PRESENT)  # until the tenth working day begins
        assert not world.state.pending
        (pending,) = world.go(1, PRESENT).state.pending
        assert (pending.proposal.concerns, pending.prepared_on) == (KADIS, date(2026, 3, 28))
        assert "baru diberi tahu pada 14 Maret 2026" in world.last.why
        assert "waktunya sendiri lewat pada 27 Maret 2026" in world.last.why

    def test_a_day_on_which_no_clock_runs_is_none_of_his_either(self):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)
        world.reach().go(14, PRESENT)
        assert not world.state.pending
        (pending,) = world.go(1, PRESENT).state.pending
        world.paused[date(2026, 3, 17)] = "pusat mati"
        world.settle()
        assert (world.last.kind, world.state.pending) == (Kind.DROPPED, ())
        assert "bagi atasan yang baru belum lewat waktu" in world.last.why
        world.go(3, PRESENT)
        assert world.state.waiting(Step.REPRIMAND).proposal.to == pending.proposal.to
        assert [one.day for one in world.last.facts.paused] == [date(2026, 3, 17)]

    def test_who_was_told_at_the_opening_needs_no_second_time_when_he_is_back(self):
        world = opened().tell().go(5, PRESENT)
        before = world.chain
        leave_the_post(world)
        world.chain = before
        world.go(10, PRESENT)
        assert world.state.pending[0].proposal.concerns == KABID
        assert kinds(world) == ["OPENED", "TOLD", "SUCCEEDED", "PREPARED"]

    @pytest.mark.parametrize("way", ["clarified", "acted"])
    def test_what_happens_in_his_time_counts_for_him(self, way):
        world = opened().tell().go(12, PRESENT)
        leave_the_post(world)
        world.reach().go(5, PRESENT)
        about = Action("returned-and-reported", world.today, "laporan", (PAPER,))
        given = {"by": "office", "text": "dinas luar", "handed_in": world.today}
        world.add(
            deeds.clarify(world.state, world.ask(), CITRA, **given)
            if way == "clarified"
            else deeds.act(world.state, world.ask(), CITRA, about=about, why="laporan")
        )
        assert not world.go(40, PRESENT).state.pending

    def test_no_admin_names_him_in_a_reprimand_before_that(self):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)

        def propose():
            return preparing.propose(
                world.state, world.ask(), ANI, step=Step.REPRIMAND, why="tidak bertindak"
            )

        with pytest.raises(NotAllowed, match="has no notice of it yet"):
            propose()
        world.reach()
        with pytest.raises(NotAllowed, match=f"was told on {world.today}; a reprimand may name"):
            propose()
        world.chain = Absence().chain
        assert propose().about.concerns == KABID

    def test_the_new_office_of_who_was_moved_is_told_and_so_is_its_head(self):
        world = opened().tell()
        world.home, world.chain = "9.09", (replace(world.chain[0], nip=SEKDA, office="9.09"),)
        world.settle()
        new = [one.notices[0].to for one in world.cases[0] if one.kind is Kind.SUCCEEDED]
        assert [(one.nip, one.office) for one in new] == [(SEKDA, None), (None, "9.09")]
        world.chain = ()
        world.settle()
        assert kinds(world) == ["OPENED", "TOLD", "SUCCEEDED", "SUCCEEDED"]

    def move(self, world):
        """He serves in another office from today on, under somebody else."""
        world.home = NEW_OFFICE
        world.chain = (
            Rung("atasan langsung", CAMAT, NEW_OFFICE), Rung("atasan tingkat 2", SEKDA, "1.01"),
        )  # fmt: skip
        world.above[CAMAT] = world.chain[1:]
        world.settle()
        return world

    def offices(self, notices):
        return [one.to.office for one in notices]

    def test_who_moved_before_the_reprimand_is_the_new_offices_to_look_after(self):
        world = self.move(opened().tell())
        world.go(2, PRESENT)
        for one in [one for one in world.state.informed if one.to.nip == CAMAT]:
            world.add(
                deeds.tell(world.state, world.ask(), ANI, of=one.number, to=one.to, on=world.today,
                           what="accepted", how="WA")
            )  # fmt: skip
        world.go(16, PRESENT)
        assert world.state.pending[0].proposal.concerns == CAMAT
        world.approve(Step.REPRIMAND)
        assert [one.office for one in world.state.pending[0].proposal.to] == [NEW_OFFICE]
        number = world.approve(Step.OFFICE_LETTER)
        proposal = world.tell(of=number, what="received").go(29, PRESENT).state.pending[0].proposal
        assert (proposal.concerns, [one.nip for one in proposal.to]) == (CAMAT, [SEKDA])

    def test_who_moved_after_the_reprimand_leaves_the_letter_with_the_office_that_was_asked(self):
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        self.move(world)
        assert [one.office for one in world.state.pending[0].proposal.to] == [OFFICE]
        number = world.approve(Step.OFFICE_LETTER)
        proposal = world.tell(of=number, what="received").go(29, PRESENT).state.pending[0].proposal
        assert (proposal.step, proposal.concerns) == (Step.SUPERIOR_PROPOSAL, KABID)
        assert [(one.nip, one.office) for one in proposal.to] == [(KADIS, None)]
        assert world.last.facts.passed_over == ()

    def test_a_letter_to_an_office_that_a_person_proposes_follows_him_too(self):
        world = self.move(opened().tell())
        event = preparing.propose(world.state, world.ask(), ANI, step=Step.OFFICE_LETTER, why="x")
        assert [one.office for one in event.about.to] == [NEW_OFFICE]

    @pytest.mark.parametrize("way", ["in his post", "beside him", "elsewhere"])
    def test_the_proposal_goes_above_who_was_reprimanded_whoever_answers_by_now(self, way):
        """Another holds his post; he stays, and another one answers; the person was moved."""
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        if way == "in his post":
            world.chain = (replace(world.chain[0], nip=CAMAT), *world.chain[1:])
        elif way == "beside him":
            world.chain = (Rung("Sekretaris", CAMAT, OFFICE), Rung("Bupati", BUPATI, "1"))
        else:
            self.move(world)
        proposal = propose_superior(world)
        assert (proposal.concerns, [one.nip for one in proposal.to]) == (KABID, [KADIS])

    @pytest.mark.parametrize(
        ("rung", "to", "passed"),
        [
            (Rung("Kepala Dinas", None, OFFICE), SEKDA, ["Kepala Dinas: jabatan lowong"]),
            (Rung("Kepala Dinas", KADIS, OFFICE, LEFT), SEKDA,
             ["Kepala Dinas: sedang cuti seterusnya"]),
            (Rung("Kepala Dinas", NIP, OFFICE), SEKDA, ["Kepala Dinas: yang bersangkutan sendiri"]),
            (Rung("Kepala Dinas", KADIS, OFFICE, LEFT, (stand_in(CAMAT),)), CAMAT,
             ["Kepala Dinas: sedang cuti seterusnya"]),
            (Rung("Kepala Dinas", KADIS, OFFICE, LEFT, (stand_in(KABID),)), SEKDA,
             ["Kepala Dinas: sedang cuti seterusnya", "Plh. Kepala Dinas: yang ditegur sendiri"]),
        ],
        ids=["vacant", "away", "the person", "stand-in", "the reprimanded stands in"],
    )  # fmt: skip
    def test_his_chain_is_gone_up_as_it_stands_on_that_day(self, rung, to, passed):
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        world.above[KABID] = (rung, *world.above[KABID][1:])
        proposal = propose_superior(world)
        assert [one.nip for one in proposal.to] == [to]
        assert (to == CAMAT) is proposal.to[0].role.startswith("Plh. ")
        assert list(world.last.facts.passed_over) == passed
        assert replay(world.cases[0]) == world.state

    def test_where_nobody_above_him_is_known_it_goes_to_the_office_that_was_asked(self):
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        world.above = {}
        self.move(world)
        proposal = propose_superior(world)
        assert [(one.nip, one.office) for one in proposal.to] == [(None, OFFICE)]
        assert world.last.facts.passed_over == ("tidak ada atasan lain yang tercatat",)

    def test_nobody_is_above_a_superior_whose_name_is_not_known(self):
        """Whoever is recorded as superior later may be himself who was meant."""
        world = opened(tells=("person",)).tell()
        chain, world.chain = world.chain, ()
        world.go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        world.chain = chain
        proposal = propose_superior(world)
        assert (proposal.concerns, [one.office for one in proposal.to]) == (None, [OFFICE])
        assert world.last.facts.passed_over == ("atasan yang ditegur: namanya tidak tercatat",)

    def test_pay_is_stopped_and_resumed_by_who_pays_him_now(self):
        world = Absence(rules=shipped()).go(14)
        assert [one.office for one in world.state.waiting(Step.SALARY_STOP).proposal.to] == [OFFICE]
        self.move(world)
        assert "pegawai kini dibayar oleh kantor lain" in next(
            one.why for one in reversed(world.cases[0]) if one.kind is Kind.DROPPED
        )
        stop = world.state.waiting(Step.SALARY_STOP).proposal
        assert [one.office for one in stop.to] == [NEW_OFFICE]
        world.approve(Step.SALARY_STOP)
        world.home = None
        world.judge(MONDAY + timedelta(days=7), LEAVE)
        back = world.state.waiting(Step.SALARY_RESUME).proposal
        assert [one.office for one in back.to] == [OFFICE]
        assert back.text.endswith(f"Penghentiannya diusulkan kepada kantor {NEW_OFFICE}.")

    def test_limits_of_officers_are_told_to_both_offices(self):
        world = opened().tell()
        world.summon(14)
        world.go(15, PRESENT)
        self.move(world)
        world.add(
            deeds.miss(world.state, world.ask(), ANI, of=world.state.done[-1].number, paper=PAPER,
                       why="tidak datang")
        )  # fmt: skip
        world.go(14, PRESENT)
        late = next(one for one in world.cases[0] if one.kind is Kind.OVERDUE)
        assert self.offices(late.notices) == [OFFICE, NEW_OFFICE]

    def test_they_are_told_too_when_it_is_withdrawn(self):
        world = opened().tell()
        leave_the_post(world)
        world.judge(THREE[0], LEAVE)
        assert world.last.kind is Kind.WITHDRAWN
        assert {one.to.nip for one in world.last.notices} == {NIP, KABID, KADIS}

    def test_a_rule_that_tells_no_superior_gives_none_a_time(self):
        world = opened(tells=("person",)).tell().go(5, PRESENT)
        leave_the_post(world)
        world.go(10, PRESENT)
        assert kinds(world) == ["OPENED", "TOLD", "PREPARED"]

    def test_who_takes_over_after_a_reprimand_is_told_and_nothing_is_prepared_of_him(self):
        world = opened().tell().go(15, PRESENT)
        world.approve(Step.REPRIMAND)
        leave_the_post(world)
        (notice,) = world.last.notices
        assert (world.last.kind, notice.to.nip) == (Kind.SUCCEEDED, KADIS)
        world.reach().go(40, PRESENT)
        assert kinds(world)[-2:] == ["SUCCEEDED", "TOLD"]
        assert [one.clock.id for one in running(world.state, world.now(), world.rules, world.today)
                ] == ["clarification", "clarification-successor", "office-action"]  # fmt: skip

    @pytest.mark.parametrize("way", ["nobody", "again"])
    def test_no_event_says_so_that_may_not_be(self, way):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)
        event, before = world.last, replay(world.cases[0][:-1])
        if way == "nobody":
            with pytest.raises(NotAllowed, match="has to be told so"):
                apply(before, replace(event, notices=()))
        else:
            with pytest.raises(NotAllowed, match="told before"):
                apply(world.state, event)

    def test_his_time_begins_on_no_day_before_he_had_to_be_told(self):
        world = opened().tell().go(5, PRESENT)
        leave_the_post(world)
        early = world.today - timedelta(days=1)
        to, number = world.last.about.to, world.state.events
        with pytest.raises(NotAllowed, match="to be told since 2026-03-10 only"):
            world.add(
                deeds.tell(
                    world.state, world.ask(), ANI, of=number, to=to, what="accepted", on=early,
                    how="pos",
                )
            )  # fmt: skip


class TestPay:
    def stopped(self):
        world = Absence().go(14)
        world.approve(Step.SALARY_STOP)
        return world

    def test_ten_proven_days_in_a_row_bring_a_proposal_and_nothing_else(self):
        assert not Absence().go(11).state.pending  # nine working days
        (pending,) = Absence().go(14).state.pending
        assert pending.proposal.step is Step.SALARY_STOP
        assert pending.proposal.text.startswith("Usul penghentian pembayaran gaji")
        assert pending.proposal.to[0].office == OFFICE

    def test_it_is_dropped_before_approval_if_a_day_falls(self):
        world = Absence().go(14).judge(date(2026, 3, 6), LEAVE)
        assert not world.state.waiting(Step.SALARY_STOP)

    @pytest.mark.parametrize("day", [date(2026, 3, 6), date(2026, 3, 12)])
    def test_its_reversal_is_proposed_as_soon_as_its_ground_is_gone(self, day):
        world = self.stopped().judge(day, LEAVE)
        assert world.state.waiting(Step.SALARY_RESUME)
        world.approve(Step.SALARY_RESUME)
        assert not world.state.pending

    def test_also_in_a_case_that_was_withdrawn(self):
        world = self.stopped()
        for day in world.state.days:
            world.status[day] = PRESENT
        world.settle()
        assert world.state.phase is Phase.WITHDRAWN
        assert not world.state.settled
        world.approve(Step.SALARY_RESUME)
        assert world.state.settled

    def test_pay_that_people_resumed_is_not_stopped_again_for_the_same_days(self):
        world = self.stopped().go(3, PRESENT)
        world.add(
            preparing.propose(world.state, world.ask(), BUDI, step=Step.SALARY_RESUME, why="masuk")
        )
        world.approve(Step.SALARY_RESUME)
        assert not world.go(5, PRESENT).state.pending

    def test_what_a_person_proposed_is_not_approved_for_an_office_he_has_left(self):
        """The machine drops its own and prepares it anew; a person's waits for a person."""
        world = opened().tell().go(1, PRESENT)
        numbers = []
        for step in (Step.SALARY_STOP, Step.OFFICE_LETTER):
            event = preparing.propose(world.state, world.ask(), ANI, step=step, why="x")
            numbers.append(world.add(event).events)
        world.home = NEW_OFFICE
        world.settle()
        for number in numbers:
            with pytest.raises(
                NotAllowed, match=f"written to {OFFICE}, and it is {NEW_OFFICE} now"
            ):
                deeds.approve(
                    world.state, world.ask(), BUDI, of=number, why="setuju",
                    letter=Letter("800/1", world.today),
                )  # fmt: skip
        world.home = OFFICE
        assert world.approve(Step.SALARY_STOP, BUDI) == numbers[0]


class TestClarification:
    def filed(self, back=0, days=THREE, **changes):
        world = opened(**changes).tell().go(1, PRESENT)
        on = world.today - timedelta(days=back)
        return self.file(world, on, days)

    def file(self, world, on, days=THREE):
        world.add(
            deeds.clarify(
                world.state, world.ask(), CITRA,
                by="person", text="sakit", handed_in=on, days=days, papers=(PAPER,),
            )
        )  # fmt: skip
        return world

    def judge(self, world, who, accepted):
        of = world.state.filed[-1].number
        deed = deeds.judge(world.state, world.ask(), who, of=of, accepted=accepted, why="dinilai")
        world.add(deed)
        world.settle()

    def test_accepted_it_waits_for_the_excuse_which_withdraws_the_case(self):
        world = self.filed()
        self.judge(world, ANI, accepted=True)
        assert world.state.phase is Phase.EXCUSE_AWAITED
        assert not world.go(30, PRESENT).state.pending  # the clock has stopped
        for day in THREE:
            world.status[day] = LEAVE
        world.settle()
        assert world.state.phase is Phase.WITHDRAWN

    def test_or_it_only_closes_the_alarm_as_the_rule_says(self):
        world = self.filed(accepted="closes-alarm")
        self.judge(world, ANI, accepted=True)
        assert (world.state.phase, world.status[MONDAY]) == (Phase.CLOSED, ABSENT)
        assert {one.to.nip for one in world.last.notices} == {NIP, KABID}

    def test_rejected_the_clock_goes_on_without_the_days_it_waited(self):
        world = self.filed().go(7, PRESENT)
        self.judge(world, ANI, accepted=False)
        plain = opened().tell().go(30, PRESENT)
        started = plain.state.pending[0].prepared_on
        world.go(30, PRESENT)
        waited = {one.day for one in world.last.facts.paused if one.day.weekday() < 5}
        assert len(waited) == 6
        assert (world.state.pending[0].prepared_on - started).days == 8  # six, and a weekend

    def test_one_that_leaves_enough_days_unexplained_does_not_stop_the_clock(self):
        world = opened().go(5)  # six days
        world.tell()
        self.file(world, world.today, days=world.state.days[:3])
        self.judge(world, ANI, accepted=True)
        assert world.go(20, PRESENT).state.waiting(Step.REPRIMAND)

    def test_who_filed_it_does_not_judge_it_and_nobody_his_own(self):
        world = self.filed()
        with pytest.raises(NotAllowed, match="citra filed it"):
            self.judge(world, CITRA, accepted=True)
        with pytest.raises(NotAllowed, match="own case"):
            self.judge(world, SELF, accepted=True)
        self.judge(world, replace(CITRA, name="dewi"), accepted=True)

    def test_a_late_one_needs_an_admin(self):
        world = opened()
        world.go(6, PRESENT)  # Wednesday: the fifth working day after the last absent one
        early = self.file(world, world.today)
        assert (early.last.about.late_days, early.last.about.judge) == (5, "operator")
        world.go(1, PRESENT)
        late = self.file(world, world.today)
        assert (late.last.about.late_days, late.last.about.judge) == (6, "admin")
        with pytest.raises(NotAllowed, match="dewi is no admin"):
            self.judge(late, replace(CITRA, name="dewi"), accepted=True)

    def test_one_about_other_days_is_refused(self):
        with pytest.raises(NotAllowed, match="no day of the case"):
            self.filed(days=(date(2026, 3, 9),))


def decided(came=True):
    """A case with a decision, set on the day of its examination."""
    world = opened()
    number = world.summon(20)
    world.go(20, PRESENT)
    if came:
        world.add(
            deeds.examine(world.state, world.ask(), CITRA, on=world.today, paper=PAPER, why="BAP")
        )
    else:
        world.add(deeds.miss(world.state, world.ask(), CITRA, of=number, paper=PAPER, why="x"))
        number = world.summon(20)
        world.go(20, PRESENT)
        world.add(deeds.miss(world.state, world.ask(), CITRA, of=number, paper=PAPER, why="x"))
        assert world.state.phase is Phase.MISSED_TWICE
    decree = Decree("188/1", world.today, "Kepala Dinas", "ringan", "teguran lisan", PAPER)
    world.add(preparing.decide(world.state, world.ask(), CITRA, decree=decree, why="keputusan"))
    world.approve(Step.DECISION)
    return world


class TestExamination:
    def hand(self, world, how):
        world.add(
            deeds.hand_over(world.state, world.ask(), CITRA, how=how, on=world.today, why="x")
        )
        world.settle()
        return world

    @pytest.mark.parametrize("came", [True, False])
    def test_it_is_decided_after_an_examination_or_two_that_were_missed(self, came):
        assert decided(came).state.phase is Phase.DECIDED

    def test_not_before(self):
        world = opened()
        decree = Decree("1", world.today, "Kepala Dinas", "ringan", "teguran lisan", PAPER)
        with pytest.raises(NotAllowed, match="neither examined, nor absent at two"):
            world.add(preparing.decide(world.state, world.ask(), CITRA, decree=decree, why="x"))
        with pytest.raises(NotAllowed, match="without a summons"):
            world.add(
                deeds.examine(world.state, world.ask(), CITRA, on=world.today, paper=PAPER, why="x")
            )

    def test_not_before_the_date_of_its_summons(self):
        world = opened().go(1, PRESENT)
        world.summon(20)
        deed = deeds.examine(world.state, world.ask(), CITRA, on=THREE[2], paper=PAPER, why="BAP")
        with pytest.raises(NotAllowed, match="the summons is dated 2026-03-06"):
            world.add(deed)

    def test_it_takes_effect_on_the_fifteenth_working_day_after_it_was_received(self):
        world = self.hand(decided(), "handed")
        received = world.today  # a Wednesday
        assert world.go(20, PRESENT).state.phase is Phase.HANDED_OVER
        assert world.go(1, PRESENT).state.phase is Phase.EFFECTIVE
        assert (world.state.effective_on - received).days == 21

    def test_hand_over_and_sending_that_are_late_are_told_once(self):
        world = decided().go(30, PRESENT)
        assert kinds(world).count("OVERDUE") == 1
        assert world.last.about.limit == "PP-94-2021/hand-over"
        self.hand(world, "absent").go(9, PRESENT)
        assert world.last.about.limit == "PP-94-2021/sending"
        self.hand(world, "sent")
        assert world.state.phase is Phase.SENT
        assert self.hand(world, "received").state.phase is Phase.HANDED_OVER

    def test_nothing_is_received_that_was_not_sent(self):
        with pytest.raises(NotAllowed, match="received comes after sent"):
            self.hand(decided(), "received")

    def test_a_second_summons_that_is_late_is_told(self):
        world = opened()
        number = world.summon(20)
        world.go(20, PRESENT)
        world.add(deeds.miss(world.state, world.ask(), CITRA, of=number, paper=PAPER, why="x"))
        world.go(9, PRESENT)  # the seventh working day is not over
        assert "OVERDUE" not in kinds(world)
        world.go(1, PRESENT)
        assert world.last.about.limit == "PP-94-2021/second-summons"


def test_a_story_tells_every_event_with_its_facts_and_who_was_told():
    world = decided()
    told = "\n".join(story(world.cases[0]))
    for words in (
        "1. 5 Maret 2026, hadir: Perkara dibuka.",
        "Senin, 2 Maret 2026: ABSENT (dasar 202603022026)",
        "surat panggilan I",
        "ani (admin): Disetujui",
        "Diberitahukan: Kepala Bidang",
    ):
        assert words in told
    assert replay(world.cases[0]) == world.state
