"""A second superior is reprimanded: Pasal 28 concerns each, by his own 28 days."""

from dataclasses import replace
from datetime import timedelta

import pytest
from absence import ANI, BUDI, KABID, KADIS, OFFICE, PRESENT, SEKDA, Absence

from ingest.casework.pauses import _since
from ingest.discipline.cases import (
    Action,
    Kind,
    Letter,
    NotAllowed,
    Paper,
    Rung,
    Step,
    apply,
    deeds,
    preparing,
    replay,
    running,
)
from ingest.discipline.cases.facts import OfficeDays

LATER, BUPATI = "198609262015051009", "198609262015051010"
PAPER = Paper("cd" * 32, "laporan.pdf")


def reprimanded(*, letter=True):
    """KABID is reprimanded on the first day on which he may be; the office is written to."""
    world = Absence().go(3).tell().go(15, PRESENT)
    world.approve(Step.REPRIMAND)
    if letter:
        world.tell(of=world.approve(Step.OFFICE_LETTER), what="received")
    return world


def take_over(world):
    """Another superior answers from now on, under somebody else; he is told at once."""
    world.chain = (Rung("Sekretaris", LATER, OFFICE), Rung("Bupati", BUPATI, "1"))
    world.above[LATER] = world.chain[1:]
    world.settle()
    return world.reach()


def propose(world):
    return preparing.propose(world.state, world.ask(), BUDI, step=Step.REPRIMAND, why="lalai")


def second(world):
    """The one who took over is reprimanded too, once his own time is over: 14 days later."""
    take_over(world).go(15, PRESENT)
    world.add(propose(world))
    return world.approve(Step.REPRIMAND)


def proposals(world):
    return [
        (one.proposal.concerns, [to.nip for to in one.proposal.to])
        for one in (*world.state.done, *world.state.pending)
        if one.proposal.step is Step.SUPERIOR_PROPOSAL
    ]


def test_no_second_one_before_his_own_time_is_over_and_none_of_the_same_superior():
    world = take_over(reprimanded())
    with pytest.raises(NotAllowed, match=f"was told on {world.today}; a reprimand may name him"):
        propose(world)
    world.go(15, PRESENT)
    event = propose(world)
    assert (event.about.concerns, event.about.to[0].nip) == (LATER, LATER)
    world.chain = Absence().chain
    with pytest.raises(NotAllowed, match="REPRIMAND: it was done before"):
        world.add(propose(world))


def test_each_is_proposed_by_his_own_28_days_and_above_himself():
    world = reprimanded()
    second(world)
    since = world.today
    world.go(13, PRESENT)
    assert proposals(world) == []
    world.go(1, PRESENT)  # 28 days since the letter to the office: the time of the first
    assert proposals(world) == [(KABID, [KADIS])]
    assert world.last.why.endswith("Yang ditegur kini bukan lagi atasan pegawai ini.")
    world.go(14, PRESENT)
    assert proposals(world) == [(KABID, [KADIS])]
    world.go(1, PRESENT)  # both wait at once
    assert world.today == since + timedelta(days=29)
    assert proposals(world) == [(KABID, [KADIS]), (LATER, [BUPATI])]
    assert "sejak atasan yang kemudian ditegur: 28 hari kalender lewat" in world.last.why
    assert world.last.facts.rules[-1] == "PP-94-2021"
    assert "BKPSDM-KUKAR/office-action" in world.last.facts.rules
    assert "bukan lagi" not in world.last.why
    for one in world.state.pending:
        given = {"of": one.number, "why": "x", "letter": Letter("800/1", world.today)}
        world.add(deeds.approve(world.state, world.ask(), ANI, **given))
    world.go(40, PRESENT)
    assert len(proposals(world)) == 2
    assert replay(world.cases[0]) == world.state


def test_his_time_begins_when_the_reprimand_was_received_where_that_is_told():
    world = reprimanded()
    number = second(world)
    (_, late) = world.state.of(Step.REPRIMAND)
    world.go(6, PRESENT)
    about = {"of": number, "to": late.proposal.to[0], "what": "received", "on": world.today}
    world.add(deeds.tell(world.state, world.ask(), ANI, how="kurir", **about))
    since = world.today
    clock = running(world.state, world.now(), world.rules, world.today)[-1]
    assert (clock.clock.id, clock.state.began_on) == ("office-action-later", since)
    world.go(28, PRESENT)
    assert proposals(world) == [(KABID, [KADIS])]
    world.go(1, PRESENT)
    assert proposals(world)[-1] == (LATER, [BUPATI])


def test_who_was_reprimanded_before_the_office_was_written_to_shares_its_28_days():
    world = reprimanded(letter=False)
    second(world)
    world.tell(of=world.approve(Step.OFFICE_LETTER), what="received")
    world.go(29, PRESENT)
    assert proposals(world) == [(KABID, [KADIS]), (LATER, [BUPATI])]


@pytest.mark.parametrize("back", [1, 20])
def test_an_office_that_acted_in_or_before_his_time_stops_it(back):
    world = reprimanded()
    second(world)
    world.go(10, PRESENT)
    on = world.today - timedelta(days=back)
    about = Action("returned-and-reported", on, "laporan", (PAPER,))
    world.add(deeds.act(world.state, world.ask(), ANI, about=about, why="laporan"))
    assert proposals(world.go(60, PRESENT)) == []


def test_a_later_proposal_goes_when_the_office_turns_out_to_have_acted():
    world = reprimanded()
    second(world)
    world.go(30, PRESENT)
    assert [one for one, _ in proposals(world)] == [KABID, LATER]
    on = world.state.of(Step.REPRIMAND)[1].on - timedelta(days=1)
    about = Action("returned-and-reported", on, "laporan", (PAPER,))
    world.add(deeds.act(world.state, world.ask(), ANI, about=about, why="laporan"))
    world.settle()
    assert proposals(world) == []
    gone = [one for one in world.cases[0] if one.kind is Kind.DROPPED]
    assert ["belum lewat waktu" in one.why for one in gone] == [True, False]
    assert "perangkat daerah telah bertindak" in gone[1].why


def test_a_proposal_that_is_refused_leaves_the_other_one():
    world = reprimanded()
    second(world)
    world.go(15, PRESENT)
    (first,) = world.state.pending
    world.add(deeds.refuse(world.state, world.ask(), ANI, of=first.number, why="tidak perlu"))
    world.go(40, PRESENT)
    assert proposals(world) == [(LATER, [BUPATI])]


def test_days_without_the_centre_are_none_of_his_either():
    world = reprimanded()
    second(world)
    world.paused[world.today + timedelta(days=3)] = "pusat mati"
    world.go(29, PRESENT)
    assert [one for one, _ in proposals(world)] == [KABID]
    world.go(1, PRESENT)
    assert [one for one, _ in proposals(world)] == [KABID, LATER]


def test_days_without_a_clock_are_looked_for_since_the_first_clock_that_is_still_asked():
    world = reprimanded()
    sent = world.state.of(Step.OFFICE_LETTER)[0].letter.dated
    assert _since(world.state) == sent
    world.go(29, PRESENT)
    world.approve(Step.SUPERIOR_PROPOSAL)
    assert _since(world.state) is None
    take_over(world)
    assert _since(world.state) == world.today  # his own time, before he may be reprimanded
    world.go(15, PRESENT)
    world.add(propose(world))
    world.approve(Step.REPRIMAND)
    assert _since(world.state) == sent


def test_the_28_days_rest_on_the_days_of_the_office_that_was_asked_though_he_serves_elsewhere():
    world = reprimanded()
    world.asked[OFFICE] = OfficeDays(world.is_working, {world.today + timedelta(days=5): "mati"})
    world.paused = {world.today + timedelta(days=n): "kantor lain" for n in range(1, 40)}
    world.go(29, PRESENT)
    assert proposals(world) == []
    world.go(1, PRESENT)
    assert proposals(world) == [(KABID, [KADIS])]
    assert [one.why for one in world.last.facts.paused] == ["mati"]


def test_no_event_proposes_whom_nobody_reprimanded_nor_one_twice():
    world = reprimanded().go(29, PRESENT)
    event = world.last
    other = replace(event, about=replace(event.about, concerns=SEKDA))
    before = replay(world.cases[0][:-1])
    with pytest.raises(NotAllowed, match="another superior was reprimanded"):
        apply(before, other)
    with pytest.raises(NotAllowed, match="waits for approval already"):
        apply(world.state, event)
    world.approve(Step.SUPERIOR_PROPOSAL)
    with pytest.raises(NotAllowed, match="it was done before"):
        apply(world.state, replace(event, day=world.today))


class TestWithoutAny:
    """A person refused the reprimand, and had the office written to."""

    def refused(self):
        world = Absence().go(3).tell().go(15, PRESENT)
        number = world.state.waiting(Step.REPRIMAND).number
        world.add(deeds.refuse(world.state, world.ask(), ANI, of=number, why="bukan dia"))
        step = Step.OFFICE_LETTER
        world.add(preparing.propose(world.state, world.ask(), BUDI, step=step, why="perlu"))
        return world.tell(of=world.approve(step), what="received")

    def test_who_answers_is_named_and_his_superior_of_the_persons_own_chain(self):
        world = self.refused().go(29, PRESENT)
        assert proposals(world) == [(KABID, [KADIS])]

    def test_who_took_over_is_not_named_before_his_own_time_is_over(self):
        world = self.refused().go(28, PRESENT)
        take_over(world).go(14, PRESENT)
        assert proposals(world) == []
        world.go(1, PRESENT)
        assert proposals(world) == [(LATER, [BUPATI])]

    def test_a_reprimand_that_waits_is_waited_for(self):
        world = self.refused()
        world.add(propose(world))
        world.go(40, PRESENT)
        assert proposals(world) == []
