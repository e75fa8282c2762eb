"""Deadlines, the superior's duty, and who is proposed to decide."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discipline import Superior, competent, cumulative
from ingest.discipline.clocks import Happened, run
from ingest.discipline.days import Effect, JudgedDay
from ingest.discipline.superior import propose
from ingest.regulations import load

LAW, SERVICE = load().find("PP-94-2021"), load().find("BKPSDM-KUKAR")
CLARIFY, OFFICE = SERVICE.clocks
MONDAY = date(2026, 3, 2)


def weekday(day):
    return day.weekday() < 5


def after(days):
    return MONDAY + timedelta(days=days)


def state(clock, today, *history, **options):
    return run(clock, history, today=today, is_working=weekday, **options)


WARNED, LETTER = Happened("warning-accepted", MONDAY), Happened("letter-received", MONDAY)


def test_ten_working_days_run_from_the_day_after_the_warning():
    assert state(CLARIFY, after(14), WARNED).ran_days == 9
    last = state(CLARIFY, after(15), WARNED)  # the 10th is Monday the 16th, over on Tuesday
    assert (last.last_day, last.lapsed) == (after(14), True)


def test_twenty_eight_calendar_days_are_another_number_with_another_unit():
    assert not state(OFFICE, after(28), LETTER).lapsed
    assert state(OFFICE, after(29), LETTER).last_day == after(28)
    longer = replace(OFFICE, days=29)
    assert not state(longer, after(29), LETTER).lapsed
    assert state(CLARIFY, after(15), WARNED).lapsed


def test_the_first_day_may_be_the_anchor_itself():
    same = replace(CLARIFY, first_day="same")
    assert state(same, after(14), WARNED).last_day == after(11)


def test_nothing_runs_before_its_anchor():
    assert state(CLARIFY, after(99)).began_on is None
    assert state(CLARIFY, after(99), Happened("clarification-filed", MONDAY)).began_on is None


def test_the_preferred_anchor_wins_even_if_it_is_later():
    dated = Happened("letter-dated", MONDAY)
    received = Happened("letter-received", after(3))
    assert state(OFFICE, after(5), dated, received).began_on == after(3)
    assert state(OFFICE, after(5), dated).began_on == MONDAY


def test_a_stop_in_time_ends_it_and_one_too_late_does_not():
    in_time = Happened("clarification-filed", after(14))
    stopped = state(CLARIFY, after(60), WARNED, in_time)
    assert (stopped.lapsed, stopped.stopped) == (False, in_time)
    late = state(CLARIFY, after(60), WARNED, Happened("clarification-filed", after(15)))
    assert (late.lapsed, late.stopped) == (True, None)


def test_what_happened_before_it_began_stops_nothing():
    before = Happened("clarification-filed", after(-1))
    assert state(CLARIFY, after(60), before, WARNED).lapsed


def test_what_has_not_happened_yet_neither_begins_nor_stops_it():
    to_come = Happened("clarification-filed", after(5))
    assert state(CLARIFY, after(4), WARNED, to_come).stopped is None
    assert state(CLARIFY, after(-1), WARNED).began_on is None


def test_what_stops_another_clock_stops_nothing():
    assert state(CLARIFY, after(60), WARNED, Happened("summons-issued", after(1))).lapsed


def test_days_that_are_paused_do_not_run():
    paused = {after(1), after(5), after(8)}  # after(5) is a Saturday anyway
    assert state(CLARIFY, after(60), WARNED, paused=paused).last_day == after(16)


@given(st.sets(st.integers(1, 60)), st.integers(0, 80), st.sampled_from([CLARIFY, OFFICE]))
def test_a_clock_equals_a_naive_count(paused, today, clock):
    anchor = Happened(clock.anchors[0], MONDAY)
    counted = [
        after(n)
        for n in range(1, today)
        if n not in paused and (clock.unit == "calendar" or weekday(after(n)))
    ]
    found = state(clock, after(today), anchor, paused={after(n) for n in paused})
    assert found.ran_days == min(len(counted), clock.days)
    assert found.lapsed == (len(counted) >= clock.days)
    assert found.last_day == (counted[clock.days - 1] if found.lapsed else None)


def absent(days):
    known = [JudgedDay(after(n), Effect.COUNTS) for n in range(days)]
    return cumulative(known, LAW, year=2026, until=date(2026, 12, 31))


class TestPasal28:
    lapsed = state(OFFICE, after(40), LETTER)

    @pytest.mark.parametrize(("days", "level"), [(3, "sedang"), (11, "berat"), (21, "berat")])
    def test_a_superior_faces_the_heavier_level_as_a_proposal(self, days, level):
        found = propose(LAW, absent(days), self.lapsed)
        assert (found.level, found.article, found.mark) == (level, "Pasal 28", "L")
        assert found.text.startswith("Usul pemeriksaan atasan langsung")
        assert "Bukan hukuman disiplin" in found.text

    def test_nothing_is_proposed_before_the_time_is_over(self):
        assert propose(LAW, absent(3), state(OFFICE, after(10), LETTER)) is None

    def test_nothing_is_proposed_where_nothing_is_proven_of_the_person(self):
        assert propose(LAW, replace(absent(3), waiting=True, level=None), self.lapsed) is None

    def test_a_regulation_without_that_duty_proposes_nothing(self):
        assert propose(replace(LAW, superior=None), absent(3), self.lapsed) is None


class TestAuthority:
    chain = (Superior("1", "Kabid"), Superior("2", "Kadis"))

    @pytest.mark.parametrize(
        ("level", "name"), [("ringan", "Kabid"), ("sedang", "Kadis"), ("berat", None)]
    )
    def test_the_officer_is_as_many_steps_up_as_the_table_says(self, level, name):
        (found,) = competent(LAW, level, self.chain)
        assert found.name == name
        assert ("Bupati" in found.officer) == (level == "berat")

    def test_nobody_is_made_up_where_nobody_is_recorded(self):
        (found,) = competent(LAW, "sedang", self.chain[:1])
        assert (found.nip, found.name) == (None, None)
