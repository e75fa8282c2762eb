"""By whose working days a clock and a limit count: the office's, or the person's own duties."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from absence import (
    ABSENT,
    ANI,
    CITRA,
    HOLIDAY,
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

from ingest.casework.simulating import simulate
from ingest.casework.telling import clock_lines, plain
from ingest.discipline import Effect, JudgedDay, make_shelf
from ingest.discipline.cases import (
    Appointment,
    NotAllowed,
    Rules,
    Step,
    Subject,
    deeds,
    limits,
    preparing,
    running,
)
from ingest.discipline.cases.calendars import own_days
from ingest.regulations import load

DAY = timedelta(days=1)


def own(calendar: str = "person") -> Rules:
    """The rules that ship, but for whose days the clarification counts."""
    rules = shipped()
    return replace(rules, clarification=replace(rules.clarification, calendar=calendar))


def duty(day: date) -> bool:
    """24 hours on, 48 off: every third day, whatever it is called."""
    return (day - MONDAY).days % 3 == 0


class Nurse(Absence):
    """Somebody whose duty goes round; every day has a row, and the free ones say so."""

    def go(self, days: int, status: str = ABSENT) -> "Nurse":
        for _ in range(days):
            self.status[self.today] = status if duty(self.today) else HOLIDAY
            self.today += DAY
            self.settle()
        return self


def warned(rules: Rules) -> Nurse:
    """Three duties missed in seven days, and the warning taken on the eighth."""
    return Nurse(rules=rules).go(7).tell()


def clock_of(world: Absence):
    (found, *_) = running(world.state, world.now(0), world.rules, world.today)
    return found


def test_three_duties_in_a_row_are_three_days_however_far_apart_they_lie():
    world = Nurse().go(6)
    assert world.states == []
    assert world.go(1).state.days == tuple(MONDAY + n * DAY for n in (0, 3, 6))


class TestTheClockOfTheClarification:
    def test_counts_the_days_of_the_office_as_it_ships(self):
        world = warned(shipped()).go(30, PRESENT)
        expected = [day for day in (world.state.marks[0].on + n * DAY for n in range(1, 30))
                    if weekday(day)]  # fmt: skip
        assert clock_of(world).state.last_day == expected[9]

    def test_counts_ten_duties_of_the_person_where_the_rule_says_so(self):
        world = warned(own()).go(40, PRESENT)
        began = world.state.marks[0].on
        duties = [day for day in (began + n * DAY for n in range(1, 40)) if duty(day)]
        assert clock_of(world).state.last_day == duties[9]
        assert (duties[9] - began).days > 27
        prepared = next(one for one in world.cases[0] if "surat teguran" in one.why)
        assert prepared.why.startswith(
            "Klarifikasi pegawai atau kantornya: 10 hari kerja menurut jadwal pegawai lewat pada "
        )
        assert prepared.day == duties[9] + DAY

    def test_a_holiday_on_which_the_person_had_to_come_counts_by_the_persons_days_alone(self):
        on = MONDAY + 9 * DAY  # a Wednesday, and a duty
        ran = {}
        for calendar in ("office", "person"):
            world = warned(own(calendar))
            world.holidays = {on - DAY, on}
            ran[calendar] = clock_of(world.go(3, PRESENT)).state.ran_days
        assert ran == {"office": 0, "person": 1}

    def test_leaves_out_days_of_which_it_is_not_known_whether_they_are_duties(self):
        world = warned(own()).go(2, PRESENT)
        world.go(1, UNVERIFIED)
        world.status.pop(world.today - 2 * DAY)  # and one that was never judged
        found = clock_of(world)
        assert found.state.ran_days == 0
        told = "belum diketahui apakah ini hari kerja pegawai menurut jadwalnya sendiri"
        unknown = {one.day: one.why for one in found.paused}
        assert unknown == {world.today - 2 * DAY: told, world.today - DAY: told}

    def test_the_year_of_the_office_does_not_hold_up_the_persons_days(self):
        ran = {}
        for calendar in ("office", "person"):
            world = warned(own(calendar))
            world.confirmed = set()
            ran[calendar] = clock_of(world.go(7, PRESENT)).state.ran_days
        assert ran == {"office": 0, "person": 2}

    def test_a_duty_that_late_proof_takes_away_gives_the_day_back(self):
        world = warned(own()).go(40, PRESENT)
        assert world.state.waiting(Step.REPRIMAND)
        last = clock_of(world).state.last_day
        tenth = next(world.state.marks[0].on + n * DAY for n in range(1, 40)
                     if duty(world.state.marks[0].on + n * DAY))  # fmt: skip
        world.judge(tenth, HOLIDAY)  # the roster was swapped after all
        assert clock_of(world).state.last_day == last + 3 * DAY

    @pytest.mark.parametrize(
        ("calendar", "told"),
        [("office", "10 hari kerja kantor"), ("person", "10 hari kerja menurut jadwal pegawai")],
    )
    def test_is_told_with_whose_days_it_counts(self, calendar, told):
        world = warned(own(calendar)).go(3, PRESENT)
        clocks = running(world.state, world.now(0), world.rules, world.today)
        lines = clock_lines(clocks)
        assert lines[0].startswith(f"klarifikasi pegawai atau kantornya, {told}: mulai ")
        assert ", 28 hari kalender: belum mulai" in lines[1]
        assert [plain(one)["calendar"] for one in clocks] == [calendar, None]


@pytest.mark.parametrize(("calendar", "days", "late"), [("office", 10, True), ("person", 4, False)])
def test_how_late_a_clarification_is_counts_by_the_calendar_of_the_rule(calendar, days, late):
    world = Nurse(rules=shipped(late_calendar=calendar)).go(7)
    world.go(14, PRESENT)
    event = deeds.clarify(
        world.state, world.ask(), CITRA, by="person", text="sakit", handed_in=world.today - DAY
    )
    assert (event.about.late_days, event.about.late) == (days, late)
    if late:
        assert event.why.endswith("10 hari kerja sesudahnya.")


def test_one_that_is_late_by_the_persons_days_says_so():
    world = Nurse(rules=shipped(late_calendar="person")).go(7)
    world.go(19, PRESENT)
    event = deeds.clarify(
        world.state, world.ask(), CITRA, by="person", text="sakit", handed_in=world.today - DAY
    )
    assert event.why.endswith(", 6 hari kerja menurut jadwal pegawai sesudahnya.")


class Ahead(Nurse):
    """A nurse whose roster is written ahead, or is not."""

    written = True

    def now(self, but=None):
        return replace(super().now(but), planned=duty if self.written else lambda _day: None)


def procedure(calendar: str) -> Ahead:
    rules = shipped()
    law = rules.regulation
    assert law is not None
    rows = tuple(replace(one, calendar=calendar) for one in law.limits)
    return Ahead(rules=replace(rules, regulation=replace(law, limits=rows))).go(7)


def summons(world: Ahead, on: date):
    meeting = Appointment(on, "aula", "Kepala Bidang", NINE, "WITA")
    return preparing.summon(world.state, world.ask(), CITRA, appointment=meeting, why="x")


class TestLimitsOfOfficers:
    def test_count_the_office_as_they_ship_and_the_persons_roster_where_the_rule_says_so(self):
        on = MONDAY + 21 * DAY  # Monday, three weeks after the first day; today is the seventh
        assert summons(procedure("office"), on).about.latest == MONDAY + 10 * DAY
        with pytest.raises(NotAllowed, match="the letter had to be dated 2026-03-02"):
            summons(procedure("person"), on)

    def test_refuse_to_count_days_of_which_no_roster_is_written(self):
        world = procedure("person")
        world.written = False
        with pytest.raises(NotAllowed, match="fill in the roster, and confirm the calendar"):
            summons(world, MONDAY + 21 * DAY)

    def test_that_are_over_are_told_by_the_persons_days(self):
        law = own().regulation
        assert law is not None
        limit = replace(law.limits[0], days=2, calendar="person")
        known = own_days([JudgedDay(MONDAY, Effect.COUNTS), JudgedDay(MONDAY + DAY, Effect.FREE)],
                         lambda day: day > MONDAY + 2 * DAY, MONDAY + 2 * DAY)  # fmt: skip
        assert limits.after(MONDAY - DAY, limit, known) == MONDAY + 3 * DAY
        assert limits.known_after(MONDAY - 3 * DAY, limit, known) is None


def test_other_rules_that_count_the_persons_days_are_simulated_on_them():
    shelf = load()
    service = shelf.find("BKPSDM-KUKAR")
    clocks = tuple(
        replace(one, calendar="person") if one.id == "clarification" else one
        for one in service.clocks
    )
    other = make_shelf(shelf.documents, [replace(service, clocks=clocks)])
    days = [
        JudgedDay(day, Effect.FREE if not duty(day) else Effect.COUNTS if n < 7 else Effect.BREAKS)
        for n, day in ((n, MONDAY + n * DAY) for n in range(60))
    ]

    def reprimanded(rules):
        found = simulate(
            Subject(NIP, OFFICE, "PNS"), days, rules, first=MONDAY, last=MONDAY + 59 * DAY,
            is_working=weekday,
        )  # fmt: skip
        return next(one.day for one in found if one.what == "REPRIMAND")

    assert reprimanded(shelf) == date(2026, 3, 24)  # ten days from Tuesday the 10th
    assert reprimanded(other) == MONDAY + 37 * DAY  # ten duties, the last on the 36th day


def test_who_approves_is_asked_as_before():
    world = warned(own()).go(40, PRESENT)
    world.approve(Step.REPRIMAND, ANI)
    assert world.state.of(Step.REPRIMAND)
