"""The days of a case: summonses, effect, clocks with holidays and pauses, and who stands in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from absence import (
    ANI,
    CITRA,
    KABID,
    KADIS,
    MONDAY,
    NINE,
    NIP,
    OFFICE,
    PRESENT,
    UNVERIFIED,
    Absence,
    shipped,
    weekday,
)

from ingest.discipline.cases import (
    Appointment,
    Away,
    Letter,
    NotAllowed,
    Rung,
    StandIn,
    Step,
    deeds,
    from_json,
    preparing,
    responsible,
    running,
    to_json,
)
from ingest.discipline.cases.limits import after, before, known_after, working_days
from ingest.errors import Refused

RULES = shipped()
NYEPI = date(2026, 3, 19)


def open_on(*holidays, confirmed=(2025, 2026, 2027)):
    return lambda day: None if day.year not in confirmed else weekday(day) and day not in holidays


@pytest.mark.parametrize(
    ("limit", "start", "holidays", "expected"),
    [
        ("summons", date(2026, 3, 16), (), date(2026, 3, 5)),
        ("summons", date(2026, 3, 27), (NYEPI, date(2026, 3, 20)), date(2026, 3, 16)),
        ("summons", date(2027, 1, 5), (date(2027, 1, 1),), date(2026, 12, 24)),
        ("second-summons", date(2026, 3, 16), (), date(2026, 3, 25)),
        ("second-summons", date(2026, 3, 16), (NYEPI,), date(2026, 3, 26)),
        ("second-summons", date(2026, 12, 28), (date(2027, 1, 1),), date(2027, 1, 7)),
        ("hand-over", date(2026, 3, 2), (), date(2026, 3, 20)),
        ("sending", date(2026, 3, 5), (), date(2026, 3, 10)),
        ("effect", date(2026, 3, 2), (), date(2026, 3, 23)),
        ("effect", date(2026, 3, 2), (NYEPI,), date(2026, 3, 24)),
    ],
)
def test_limits_count_working_days_over_holidays_and_new_year(limit, start, holidays, expected):
    count = before if limit == "summons" else after
    assert count(start, RULES.limit(limit), open_on(*holidays)) == expected


def test_a_limit_in_calendar_days_is_another_unit():
    limit = replace(RULES.limit("summons"), unit="calendar")
    assert before(date(2026, 3, 16), limit, open_on()) == date(2026, 3, 9)


def test_a_year_that_is_not_confirmed_cannot_be_counted():
    known = open_on(confirmed=(2026,))
    with pytest.raises(NotAllowed, match="calendar of 2027 is not confirmed"):
        after(date(2026, 12, 30), RULES.limit("effect"), known)
    assert known_after(date(2026, 12, 30), RULES.limit("effect"), known) is None
    assert working_days(date(2026, 12, 31), date(2027, 1, 3), known) == 3  # never less late
    with pytest.raises(NotAllowed, match="too few working days"):
        after(MONDAY, RULES.limit("effect"), lambda _: False)


class TestSummons:
    def summon(self, on, **changes):
        world = Absence(**changes).go(3)  # Thursday 5 March
        meeting = Appointment(on, "aula", "Kepala Bidang", NINE, "WITA")
        world.add(preparing.summon(world.state, world.ask(), CITRA, appointment=meeting, why="x"))
        return world

    def test_it_names_the_hour_and_one_of_before_hours_were_asked_for_is_still_read(self):
        event = self.summon(date(2026, 3, 16)).last
        assert "pada 16 Maret 2026 pukul 09.00 WITA di aula" in event.about.text
        body = to_json(event)
        for name in ("at", "zone"):
            del body["about"]["appointment"][name]
        assert from_json(body).about.appointment == Appointment(
            date(2026, 3, 16), "aula", "Kepala Bidang"
        )
        world = Absence().go(3)
        with pytest.raises(NotAllowed, match="names the hour"):
            preparing.summon(
                world.state, world.ask(), CITRA, why="x",
                appointment=from_json(body).about.appointment,
            )  # fmt: skip

    def test_the_seventh_working_day_before_is_the_last_for_its_letter(self):
        world = self.summon(date(2026, 3, 16))
        assert world.last.about.latest == date(2026, 3, 5)
        world.approve(Step.SUMMONS)
        with pytest.raises(NotAllowed, match=r"2026-03-04 at the latest; take a later day, not "):
            self.summon(date(2026, 3, 13))

    def test_one_approved_too_late_is_refused(self):
        world = self.summon(date(2026, 3, 16)).go(1)
        number = world.state.pending[0].number
        letter = Letter("1", world.today)
        with pytest.raises(NotAllowed, match="had to be dated 2026-03-05 at the latest"):
            world.add(
                deeds.approve(world.state, world.ask(), ANI, of=number, why="x", letter=letter)
            )

    def test_nobody_is_summoned_to_a_day_off(self):
        with pytest.raises(NotAllowed, match="2026-03-19 is no working day"):
            self.summon(NYEPI, holidays={NYEPI})

    def test_there_is_none_where_no_regulation_sets_its_limits(self):
        with pytest.raises(NotAllowed, match="no regulation of PNS sets the limit summons"):
            self.summon(date(2026, 3, 27), rules=replace(RULES, regulation=None))


class TestClocks:
    def last_day(self, world):
        """The day on which the 10 working days from Thursday 5 March are over."""
        world.go(3).tell().go(40, PRESENT)
        pending = world.state.waiting(Step.REPRIMAND)
        assert pending is not None
        return pending.prepared_on - timedelta(days=1)

    @pytest.mark.parametrize(
        ("holidays", "down", "expected"),
        [
            ((), (), date(2026, 3, 19)),
            ((NYEPI,), (), date(2026, 3, 20)),
            ((), (date(2026, 3, 9), date(2026, 3, 10)), date(2026, 3, 23)),
            ((), (date(2026, 3, 7),), date(2026, 3, 19)),  # a Saturday
        ],
    )
    def test_it_leaves_out_holidays_and_days_the_centre_was_down(self, holidays, down, expected):
        paused = dict.fromkeys(down, "pusat mati")
        world = Absence(holidays=set(holidays), paused=paused)
        assert self.last_day(world) == expected
        assert {one.day for one in world.last.facts.paused} == set(down)

    def test_it_waits_for_a_calendar_that_is_not_confirmed(self):
        world = Absence(today=date(2026, 12, 21), confirmed={2026}).go(3).tell()
        world.go(30, PRESENT)
        assert not world.state.pending
        clock = running(world.state, world.now(0), world.rules, world.today)[0]
        assert clock.state.ran_days == 5
        assert clock.paused[-1].why == "kalender tahun 2027 belum dikonfirmasi"
        world.confirmed |= {2027}
        world.settle()
        assert world.state.waiting(Step.REPRIMAND)

    def test_what_was_prepared_is_dropped_if_a_day_turns_out_to_be_paused(self):
        world = Absence().go(3).tell().go(15, PRESENT)
        assert world.state.waiting(Step.REPRIMAND)
        world.paused[date(2026, 3, 10)] = "cakupan kantor tidak lengkap"
        world.settle()
        assert not world.state.pending
        assert world.go(1, PRESENT).state.waiting(Step.REPRIMAND)

    def test_its_figures_are_those_of_the_file(self):
        longer = replace(RULES, clarification=replace(RULES.clarification, days=11))
        assert self.last_day(Absence(rules=longer)) == date(2026, 3, 20)
        calendar = replace(RULES, clarification=replace(RULES.clarification, unit="calendar"))
        assert self.last_day(Absence(rules=calendar)) == date(2026, 3, 15)

    def test_both_clocks_are_shown_also_before_they_begin(self):
        world = Absence().go(3)
        first, second = running(world.state, world.now(0), world.rules, world.today)
        assert (first.clock.id, first.state.began_on) == ("clarification", None)
        assert (second.clock.id, second.state.began_on) == ("office-action", None)


class TestResponsible:
    day = date(2026, 3, 5)
    leave = (Away(date(2026, 3, 2), date(2026, 3, 6), "cuti"),)
    kadis = Rung("Kepala Dinas", KADIS, OFFICE)

    def stand_in(self, how, nip="3", first=date(2026, 3, 1), last=None, away=()):
        return StandIn(nip, how, first, last, "SPT 1", away)

    def test_the_direct_superior_answers(self):
        found = responsible(NIP, [Rung("Kabid", KABID, OFFICE), self.kadis], self.day)
        assert (found.nip, found.how, found.passed_over) == (KABID, None, ())

    @pytest.mark.parametrize(
        ("rung", "nip", "how", "passed"),
        [
            (Rung("Kabid", None, OFFICE), KADIS, None, ["Kabid: jabatan lowong"]),
            (Rung("Kabid", NIP, OFFICE), KADIS, None, ["Kabid: yang bersangkutan sendiri"]),
            (
                Rung("Kabid", KABID, OFFICE, leave), KADIS, None,
                ["Kabid: sedang cuti sampai 6 Maret 2026"],
            ),
        ],
    )  # fmt: skip
    def test_who_cannot_is_passed_over_and_why_is_told(self, rung, nip, how, passed):
        found = responsible(NIP, [rung, self.kadis], self.day)
        assert (found.nip, found.how, list(found.passed_over)) == (nip, how, passed)

    def test_a_plt_fills_a_vacant_post_and_a_plh_one_who_is_away(self):
        both = (self.stand_in("plh", "31"), self.stand_in("plt", "32"))
        vacant = responsible(NIP, [Rung("Kabid", None, OFFICE, (), both)], self.day)
        assert (vacant.nip, vacant.how, vacant.letter) == ("32", "plt", "SPT 1")
        away = responsible(NIP, [Rung("Kabid", KABID, OFFICE, self.leave, both)], self.day)
        assert (away.nip, away.how, away.post) == ("31", "plh", "Kabid")

    def test_a_plh_out_of_his_days_or_away_himself_falls_back_to_the_next_superior(self):
        over = self.stand_in("plh", last=date(2026, 3, 4))
        gone = self.stand_in("plh", "4", away=self.leave)
        chain = [Rung("Kabid", KABID, OFFICE, self.leave, (over, gone)), self.kadis]
        found = responsible(NIP, chain, self.day)
        assert found.nip == KADIS
        assert found.passed_over == (
            "Kabid: sedang cuti sampai 6 Maret 2026",
            "Plh. Kabid: sedang cuti sampai 6 Maret 2026",
        )

    def test_he_never_answers_for_himself_not_even_as_a_stand_in(self):
        chain = [Rung("Kabid", None, OFFICE, (), (self.stand_in("plt", NIP),)), self.kadis]
        found = responsible(NIP, chain, self.day)
        assert found.nip == KADIS
        assert found.passed_over[1] == "Plt. Kabid: yang bersangkutan sendiri"
        own = [Rung("Kabid", NIP, OFFICE, self.leave, (self.stand_in("plh", "3"),))]
        assert responsible(NIP, own, self.day).nip is None  # his stand-in is his subordinate

    def test_nobody_is_made_up(self):
        found = responsible(NIP, [], self.day)
        assert (found.nip, found.passed_over) == (None, ("tidak ada atasan lain yang tercatat",))
        world = Absence(chain=()).go(3)
        assert world.last.notices[1].to.office == OFFICE


class TestJson:
    body = to_json(Absence().go(3).last)

    def test_it_is_versioned_and_a_later_version_is_refused(self):
        assert self.body["version"] == 1
        with pytest.raises(Refused, match="version 2; this release reads 1"):
            from_json({**self.body, "version": 2})

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"more": 1}, "other keys than it should have: more"),
            ({"kind": "CLOSED"}, "an event that is none"),
            ({"day": "5 Maret"}, "an event that is none"),
            ({"about": {}}, "an event that is none"),
            ({"why": ""}, "an event that is none"),
        ],
    )
    def test_what_is_no_event_is_refused(self, changes, told):
        with pytest.raises(Refused, match=told):
            from_json({**self.body, **changes})

    def test_a_key_that_is_missing_is_named(self):
        with pytest.raises(Refused, match="should have: facts"):
            from_json({key: one for key, one in self.body.items() if key != "facts"})


def test_unverified_days_never_make_a_case():
    assert not Absence().go(2).go(10, UNVERIFIED).go(1).cases
