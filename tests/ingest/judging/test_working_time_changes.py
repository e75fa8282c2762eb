"""Working time that changes after days were judged: what it touches is judged again, to the right
status, and by its mark alone."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError

from ingest.calendar import Hours, Special
from ingest.days import evaluate_dirty
from ingest.errors import ImportFaults, NotKnown, Refused
from ingest.imports import calendar as calendar_file
from ingest.imports import rosters as files
from ingest.imports.rostering import take_roster
from ingest.imports.schemes import import_schemes, remove_overlay, remove_terms
from ingest.imports.sheet import Faults, parse_sheet
from ingest.rules import Status
from ingest.store import rosters, scheme_uses, special_days, tables
from ingest.store.swaps import Approval
from ingest.store.tables_time import roster_swaps, scheme_terms, shifts
from ingest.store.touched import Owner

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)
TODAY = date(2026, 3, 7)
SHIFTS = """
[[shift]]
code = "P"
name = "pagi"
start = "07:00"
end = "14:00"
[[shift]]
code = "M"
name = "malam"
start = "21:00"
end = "07:00"
[[shift]]
code = "24"
name = "jaga"
start = "08:00"
end = "08:00"
[[scheme]]
code = "piket"
name = "Piket"
[[scheme.terms]]
from = 2026-01-01
roster = true
"""


class Ward:
    """An office judged on Saturday, with a terminal read into that day."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        scene.now = datetime(2026, 3, 7, 8, 0, tzinfo=scene.settings.zone)
        self.connection = scene.connection
        self.ani, self.budi = scene.person("Ani", "1"), scene.person("Budi", "2")
        self.door = scene.terminal(read_until="2026-03-07 07:00")

    def schemes(self, text: str) -> Any:
        return import_schemes(self.connection, "skema.toml", text, today=TODAY)

    def by_roster(self, *people: int) -> None:
        self.schemes(SHIFTS)
        for one in people or (self.ani, self.budi):
            self.use("piket", one)

    def use(self, scheme: str, person: int | None = None, **other: Any) -> int:
        owner = Owner(None if person else self.scene.office, person)
        span = {"first": date(2026, 1, 1), "last": None} | other
        number, _ = scheme_uses.add(self.connection, owner, scheme, today=TODAY, **span)
        return number

    def roster(self, text: str, month: date | None = None, office: str | None = None) -> Any:
        sheet = parse_sheet(text.encode(), "piket.csv", files.COLUMNS)
        faults = Faults(sheet.name)
        wishes = files.read_roster(sheet, month, faults)
        return take_roster(self.connection, wishes, faults, office=office, today=TODAY)

    def plan(self, person: int, **shift_of_day: str) -> Any:
        """`d3="M"` is the third of March."""
        nip = self.scene.nip_of(person)
        rows = [f"{nip},2026-03-{int(day[1:]):02},{one}" for day, one in shift_of_day.items()]
        return self.roster("nip,date,shift\n" + "\n".join(rows))

    def swap(self, asked: str, other: str, days: list[date], why: str = "anak sakit") -> Any:
        approval = Approval("Budi Santoso", "budi", "hadir (budi)", why, "800/7", self.scene.now)
        return rosters.swap(self.connection, asked, other, days, approval=approval, today=TODAY)

    def judge(self) -> None:
        """Judge everything once, and forget every mark."""
        for n in range(1, 7):
            self.scene.evaluate(day=date(2026, 3, n))
        self.connection.execute(delete(tables.dirty_offices))

    def marked(self) -> list[date]:
        return sorted(self.connection.scalars(select(tables.dirty_offices.c.day)))

    def judge_marked(self) -> list[date]:
        days = self.marked()
        for day in days:
            self.scene.evaluate(day=day)
        self.connection.execute(delete(tables.dirty_offices))
        return days

    def status(self, person: int, day: date) -> Status:
        query = select(tables.days.c.status).where(
            tables.days.c.person_id == person, tables.days.c.day == day
        )
        return Status(self.connection.scalar(query))

    def minutes(self, person: int, day: date) -> Any:
        query = select(tables.days.c.late_minutes, tables.days.c.early_minutes).where(
            tables.days.c.person_id == person, tables.days.c.day == day
        )
        return tuple(self.connection.execute(query).one())


@pytest.fixture
def ward(scene: Any) -> Ward:
    return Ward(scene)


class TestRosters:
    def test_a_night_shift_written_late_takes_an_absence_back_and_its_morning_too(
        self, ward: Ward
    ) -> None:
        ward.scene.punch(ward.door, "1", "20:55", "2026-03-04 07:05")
        ward.by_roster(ward.ani)
        ward.plan(ward.ani, d3="P", d4="P")
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is Status.INCOMPLETE
        assert ward.status(ward.ani, WEDNESDAY) is Status.INCOMPLETE
        outcome, marked = ward.plan(ward.ani, d3="M", d4="-")
        assert (outcome.changed, marked) == (2, len(ward.marked()))
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.PRESENT
        assert ward.status(ward.ani, WEDNESDAY) is Status.OFF

    def test_a_day_without_a_row_becomes_judged_when_the_row_comes(self, ward: Ward) -> None:
        ward.by_roster(ward.ani)
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is Status.UNVERIFIED
        ward.plan(ward.ani, d3="P")
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.ABSENT
        ward.plan(ward.ani, d3="?")
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.UNVERIFIED

    def test_24_hours_on_and_48_off_by_a_pattern(self, ward: Ward) -> None:
        ward.by_roster(ward.ani)
        ward.scene.punch(ward.door, "1", "2026-03-02 07:50", "08:10")
        ward.judge()
        faults, nip = Faults("--nip"), ward.scene.nip_of(ward.ani)
        wishes = files.go_round([(1, nip, 1)], ["24", "-", "-"], date(2026, 3, 2), THURSDAY)
        take_roster(ward.connection, wishes, faults, office=None, today=TODAY)
        ward.judge_marked()
        assert ward.status(ward.ani, date(2026, 3, 2)) is Status.PRESENT
        assert [ward.status(ward.ani, one) for one in (TUESDAY, WEDNESDAY)] == [Status.OFF] * 2
        assert ward.status(ward.ani, THURSDAY) is Status.ABSENT

    def test_the_days_around_are_marked_a_touch_between_two_shifts_is_of_the_nearer(
        self, ward: Ward
    ) -> None:
        ward.by_roster()
        ward.judge()
        ward.plan(ward.ani, d4="P")
        around = [WEDNESDAY + timedelta(days=n) for n in range(-2, 3)]
        assert ward.judge_marked() == around

    def test_a_morning_shift_that_ends_a_night_takes_the_touch_of_its_own_start(
        self, ward: Ward
    ) -> None:
        ward.by_roster(ward.ani)
        ward.plan(ward.ani, d3="M", d4="-")
        ward.scene.punch(ward.door, "1", "20:55", "2026-03-04 12:00", "2026-03-04 18:00")
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is Status.PRESENT
        ward.plan(ward.ani, d4="P")  # of whom 12.00 is a touch now, and no longer the night's
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.INCOMPLETE

    def test_other_hours_of_a_shift_judge_its_days_again(self, ward: Ward) -> None:
        ward.by_roster(ward.ani)
        ward.plan(ward.ani, d3="P")
        ward.scene.punch(ward.door, "1", "07:30", "14:00")
        ward.judge()
        assert ward.minutes(ward.ani, TUESDAY) == (30, 0)
        outcome, _ = ward.schemes(
            SHIFTS.replace('"07:00"\nend = "14:00"', '"07:30"\nend = "14:00"')
        )
        assert outcome.changes == [
            'shift P: pagi { start = "07:00", end = "14:00" } -> '
            'pagi { start = "07:30", end = "14:00" }'
        ]
        assert TUESDAY in ward.judge_marked()
        assert ward.minutes(ward.ani, TUESDAY) == (0, 0)

    def test_a_swap_exchanges_who_owes_the_day(self, ward: Ward) -> None:
        ward.by_roster()
        ward.plan(ward.ani, d3="P", d5="-")
        ward.plan(ward.budi, d3="-", d5="P")
        ward.scene.punch(ward.door, "2", "06:55", "14:05")
        ward.scene.punch(ward.door, "1", "2026-03-05 06:55", "2026-03-05 14:05")
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is ward.status(ward.budi, THURSDAY) is Status.ABSENT
        nips = [ward.scene.nip_of(one) for one in (ward.ani, ward.budi)]
        told, marked = ward.swap(*nips, [TUESDAY, THURSDAY])
        assert [(one.nip, one.was, one.became) for one in told] == [
            (nips[0], "P", None), (nips[1], None, "P"),
            (nips[0], None, "P"), (nips[1], "P", None),
        ]  # fmt: skip
        assert marked == len(ward.marked())
        ward.judge_marked()
        assert [ward.status(ward.ani, one) for one in (TUESDAY, THURSDAY)] == [
            Status.OFF, Status.PRESENT,
        ]  # fmt: skip
        assert [ward.status(ward.budi, one) for one in (TUESDAY, THURSDAY)] == [
            Status.PRESENT, Status.OFF,
        ]  # fmt: skip

    def test_a_day_tells_with_whom_it_was_swapped_and_who_approved_it(self, ward: Ward) -> None:
        ward.by_roster()
        ward.plan(ward.ani, d3="P", d5="-")
        ward.plan(ward.budi, d3="-", d5="P")
        ani, budi = (ward.scene.nip_of(one) for one in (ward.ani, ward.budi))
        assert "Tukar dinas" not in "\n".join(ward.scene.explain(ward.ani).story)
        ward.swap(ani, budi, [TUESDAY])
        told = ward.scene.explain(ward.ani)
        assert told.story[3] == (
            "Tukar dinas: bertukar dinas dengan Budi (NIP 19860926 201505 1 002) atas permintaan "
            "sendiri, dari piket P menjadi lepas piket; disetujui oleh Budi Santoso (budi), "
            "tanggal 7 Maret 2026 pukul 08.00 WITA; alasan: anak sakit; surat 800/7"
        )
        (swap,) = told.swaps
        assert (swap.nip, swap.was, swap.became, swap.asked) == (budi, "P", None, True)
        story = ward.scene.explain(ward.budi).story
        assert (
            "dengan Ani (NIP 19860926 201505 1 001) atas permintaan yang bersangkutan, dari lepas "
            "piket menjadi piket P;" in story[3]
        )
        assert ward.scene.explain(ward.ani, day=THURSDAY).swaps == ()

    def test_a_swap_that_was_undone_or_overwritten_is_told_with_what_holds(
        self, ward: Ward
    ) -> None:
        ward.by_roster()
        ward.plan(ward.ani, d3="P")
        ward.plan(ward.budi, d3="-")
        nips = [ward.scene.nip_of(one) for one in (ward.ani, ward.budi)]
        ward.swap(*nips, [TUESDAY])
        ward.swap(*nips, [TUESDAY], why="batal")
        told = ward.scene.explain(ward.ani)
        assert [(one.was, one.became, one.approval.why) for one in told.swaps] == [
            ("P", None, "anak sakit"), (None, "P", "batal"),
        ]  # fmt: skip
        changed = "Sesudah tukar dinas itu jadwal hari ini diubah lagi; kini"
        assert changed not in "\n".join(told.story)
        ward.plan(ward.ani, d3="M")
        assert f"{changed} piket M" in ward.scene.explain(ward.ani).story
        ward.plan(ward.ani, d3="?")
        assert f"{changed} tidak diisi" in ward.scene.explain(ward.ani).story

    def test_what_was_swapped_is_never_changed(self, ward: Ward) -> None:
        ward.by_roster()
        ward.plan(ward.ani, d3="P")
        ward.plan(ward.budi, d3="-")
        ward.swap(*(ward.scene.nip_of(one) for one in (ward.ani, ward.budi)), [TUESDAY])
        for change in (update(roster_swaps).values(why="x"), delete(roster_swaps)):
            with (
                pytest.raises(IntegrityError, match="roster_swaps is never changed"),
                ward.connection.begin_nested(),
            ):
                ward.connection.execute(change)

    def test_a_swap_that_cannot_be_changes_nothing(self, ward: Ward) -> None:
        ward.by_roster()
        other = ward.scene.person("Citra", office=ward.scene.add_office("7.02"))
        one, two, far = (ward.scene.nip_of(each) for each in (ward.ani, ward.budi, other))
        ward.plan(ward.ani, d3="P", d4="P")
        ward.plan(ward.budi, d4="P")

        def swap(*nips: str, day: date = TUESDAY) -> None:
            ward.swap(*nips, [day])

        for nips, day, says in (
            ((one, one), TUESDAY, "nobody swaps with himself"),
            ((one, two), TUESDAY, "says nothing of one of the two"),
            ((one, two), WEDNESDAY, "says the same of both"),
            ((one, far), TUESDAY, "do not serve in the same office"),
        ):
            with pytest.raises(Refused, match=says):
                swap(*nips, day=day)
        with pytest.raises(NotKnown, match="nobody has this NIP"):
            swap(one, "198609262015051999")
        assert [
            (row.nip, row.shift) for row in rosters.find(ward.connection, TUESDAY, TUESDAY)
        ] == [(one, "P")]
        assert ward.connection.scalars(select(roster_swaps.c.id)).all() == []

    def test_nothing_of_a_roster_with_a_fault_is_kept(self, ward: Ward) -> None:
        ward.by_roster()
        far = ward.scene.person("Citra", office=ward.scene.add_office("7.02"))
        one, two = ward.scene.nip_of(ward.ani), ward.scene.nip_of(far)
        with pytest.raises(ImportFaults) as caught:
            ward.roster(
                "nip,date,shift\n"
                f"{one},2026-03-03,P\n{one},2026-03-03,M\n{one},2026-03-04,Malam\n"
                f"{two},2026-03-03,p\n198609262015051999,2026-03-03,P\n123,2026-03-03,P\n"
                f"{one},3/3/2026,P\n{one},2025-01-01,P\n{one},2026-03-05,\n",
                office=ward.scene.office,
            )
        said = "\n".join(caught.value.faults)
        for part in (
            f"line 3: 2026-03-03 of {one} stands on line 2 too",
            'line 4: no shift "Malam"; known are 24, M, P, -',
            f"line 5: {two} does not serve in 4.01.01 on 2026-03-03",
            "line 6: nobody in the store has this NIP",
            "line 7: ",
            'line 8: date: "3/3/2026" is no day',
            f"line 9: {one} serves nowhere on 2025-01-01",
            "line 10: shift is empty",
        ):
            assert part in said, said
        assert len(caught.value.faults) == 8
        assert rosters.find(ward.connection, date(2025, 1, 1), date(2026, 12, 31)) == []

    def test_a_month_comes_as_one_row_a_person(self, ward: Ward) -> None:
        ward.by_roster()
        one, two = ward.scene.nip_of(ward.ani), ward.scene.nip_of(ward.budi)
        header = "nip;name;" + ";".join(map(str, range(1, 32)))
        rows = f"{one};Ani;p;'-;M;{';' * 27}\n{two};Budi Santoso;;;24;{';' * 27}\n"
        outcome, _ = ward.roster(f"{header}\n{rows}", date(2026, 3, 1), ward.scene.office)
        assert (outcome.new, outcome.warnings) == (4, [])
        found = rosters.find(ward.connection, date(2026, 3, 1), date(2026, 3, 31))
        assert [(row.name, row.day.day, row.shift) for row in found] == [
            ("Ani", 1, "P"), ("Ani", 2, None), ("Ani", 3, "M"), ("Budi", 3, "24"),
        ]  # fmt: skip
        sheet = parse_sheet(f"{header}\n{rows}".encode(), "a.csv", files.COLUMNS)
        assert files.check_names(ward.connection, sheet) == [
            f'line 3: {two} is "Budi", the file says "Budi Santoso"'
        ]
        again, marked = ward.roster(f"{header}\n{rows}", date(2026, 3, 1))
        assert (again.same, marked) == (4, 0)

    @pytest.mark.parametrize(
        ("text", "month", "says"),
        [
            ("nip,1\n{},P\n", None, "name it by --month"),
            ("nip,date,shift\n{},2026-03-01,P\n", TUESDAY, "this file has none"),
            ("nip,date,1\n{},2026-03-01,P\n", TUESDAY, "columns of both forms"),
            ("nip,date\n{},2026-03-01\n", None, "expected the columns nip, date, shift"),
            ("nip,29\n{},P\n", date(2026, 2, 1), "column 29: 2026-02 has 28 days"),
            ("nip,1\n1,P\n", date(2026, 2, 1), "line 2: "),
        ],
    )
    def test_a_file_of_neither_form_is_named(
        self, ward: Ward, text: str, month: date | None, says: str
    ) -> None:
        ward.by_roster()
        with pytest.raises(ImportFaults) as caught:
            ward.roster(text.format(ward.scene.nip_of(ward.ani)), month)
        assert says in caught.value.faults[0]

    def test_what_may_not_be_meant_is_warned_about(self, ward: Ward) -> None:
        ward.by_roster(ward.ani)
        outcome, _ = ward.plan(ward.budi, d3="P", d4="P")
        (warning,) = outcome.warnings
        assert "keeps the scheme 5-hari on 2026-03-03, which is no roster" in warning
        ward.plan(ward.ani, d4="P")
        outcome, _ = ward.plan(ward.ani, d3="24")
        (warning,) = outcome.warnings
        assert "the shift 24 of 2026-03-03 ends after P of the next day begins" in warning


RAMADAN = """
[[scheme]]
code = "5-hari"
name = "5 hari kerja"
[[scheme.overlay]]
name = "Ramadan 1447 H"
from = {first}
until = {last}
days.senin = {{ start = "08:00", end = "15:00" }}
days.selasa = {{ start = "08:00", end = "15:00" }}
days.rabu = {{ start = "08:00", end = "15:00" }}
days.kamis = {{ start = "08:00", end = "15:00" }}
days.jumat = {{ start = "08:00", end = "15:30" }}
"""


class TestSchemes:
    def test_ramadan_told_late_takes_minutes_back(self, ward: Ward) -> None:
        ward.scene.punch(ward.door, "1", "08:00", "15:00")
        ward.judge()
        assert ward.minutes(ward.ani, TUESDAY) == (30, 60)
        outcome, marked = ward.schemes(RAMADAN.format(first="2026-03-03", last="2026-03-04"))
        assert (outcome.changed, marked) == (1, 2)
        assert ward.judge_marked() == [TUESDAY, WEDNESDAY]
        assert ward.status(ward.ani, TUESDAY) is Status.PRESENT

    def test_ramadan_that_moves_by_a_day_marks_both_of_its_spans(self, ward: Ward) -> None:
        ward.scene.punch(ward.door, "1", "08:00", "15:00")
        ward.schemes(RAMADAN.format(first="2026-03-03", last="2026-03-04"))
        ward.judge()
        outcome, _ = ward.schemes(RAMADAN.format(first="2026-03-04", last="2026-03-05"))
        assert "2026-03-03 to 2026-03-04 -> 2026-03-04 to 2026-03-05" in outcome.changes[0]
        assert ward.judge_marked() == [TUESDAY, WEDNESDAY, THURSDAY]
        assert ward.minutes(ward.ani, TUESDAY) == (30, 60)
        assert remove_overlay(ward.connection, "5-hari", "Ramadan 1447 H", today=TODAY) == 2
        assert ward.judge_marked() == [WEDNESDAY, THURSDAY]

    def test_two_overlays_of_one_day_are_a_fault(self, ward: Ward) -> None:
        ward.schemes(RAMADAN.format(first="2026-03-03", last="2026-03-04"))
        text = RAMADAN.format(first="2026-03-04", last="2026-03-05").replace("1447", "1448")
        with pytest.raises(ImportFaults) as caught:
            ward.schemes(text)
        assert 'the overlay "Ramadan 1447 H" to 2026-03-04 reaches into' in caught.value.faults[0]

    def test_terms_change_until_the_next_ones_and_no_further(self, ward: Ward) -> None:
        ward.schemes(_terms("2026-03-05", "07:30"))
        ward.scene.punch(ward.door, "1", "07:45", "16:00", "2026-03-05 07:45", "2026-03-05 16:00")
        ward.judge()
        outcome, marked = ward.schemes(_terms("2026-03-03", "08:00"))
        assert (outcome.changes, marked) == (["scheme 5-hari, terms from 2026-03-03: new"], 2)
        assert ward.judge_marked() == [TUESDAY, WEDNESDAY]
        assert ward.minutes(ward.ani, TUESDAY) == (0, 0)
        outcome, _ = ward.schemes(_terms("2026-03-03", "07:40"))
        assert outcome.changes == [
            "scheme 5-hari, terms from 2026-03-03: "
            'days.kamis { start = "08:00", end = "16:00" } -> { start = "07:40", end = "16:00" }, '
            'days.selasa { start = "08:00", end = "16:00" } -> { start = "07:40", end = "16:00" }'
        ]
        ward.judge_marked()
        assert remove_terms(ward.connection, "5-hari", TUESDAY, today=TODAY) == 2
        assert ward.judge_marked() == [TUESDAY, WEDNESDAY]
        assert ward.minutes(ward.ani, TUESDAY) == (15, 0)

    def test_the_only_terms_stay(self, ward: Ward) -> None:
        first = ward.connection.scalar(select(scheme_terms.c.valid_from))
        assert first is not None
        with pytest.raises(Refused, match="the only terms"):
            remove_terms(ward.connection, "5-hari", first, today=TODAY)
        with pytest.raises(NotKnown, match="no terms from 2026-03-03"):
            remove_terms(ward.connection, "5-hari", TUESDAY, today=TODAY)
        with pytest.raises(NotKnown, match='no overlay "x"'):
            remove_overlay(ward.connection, "5-hari", "x", today=TODAY)
        with pytest.raises(NotKnown, match='no scheme "y"'):
            remove_overlay(ward.connection, "y", "x", today=TODAY)

    def test_only_offices_that_keep_a_scheme_are_marked(self, ward: Ward) -> None:
        other = ward.scene.add_office("7.02")
        ward.scene.terminal("T2", office=other)
        ward.schemes(SHIFTS + _terms("2026-01-01", "07:30", code="lain"))
        ward.scene.connection.execute(
            tables.offices.update().where(tables.offices.c.code == other).values(scheme="lain")
        )
        ward.connection.execute(delete(tables.dirty_offices))
        ward.schemes(_terms("2026-03-05", "08:00", code="lain"))
        offices = set(ward.connection.scalars(select(tables.dirty_offices.c.office)))
        assert offices == {other}

    def test_a_new_scheme_without_terms_is_a_fault(self, ward: Ward) -> None:
        with pytest.raises(ImportFaults) as caught:
            ward.schemes('[[scheme]]\ncode = "a"\nname = "a"\n')
        assert caught.value.faults == [
            "scheme a: give its [[scheme.terms]]: what it asks from a day on"
        ]

    def test_what_may_not_be_meant_is_only_warned_about(self, ward: Ward) -> None:
        text = _terms("2026-03-03", "08:00", more="taps = 2\ntolerance_s = 60\nweekly_minutes = 9")
        text += (
            RAMADAN.format(first="2026-03-04", last="2026-03-05")
            .split('kerja"')[1]
            .replace("days.kamis", "days.sabtu")
        )
        outcome, _ = ward.schemes(text)
        assert [one.split(": ", 1)[1][:40] for one in outcome.warnings] == [
            "the week comes to 960 minutes without re",
            "tolerance, taps, windows or flexi differ",
            "Kamis would be off in this time",
        ]
        outcome, _ = ward.schemes(SHIFTS + _overlay("piket"))
        assert "rosters say who works when" in outcome.warnings[0]

    def test_a_scheme_of_one_person_judges_that_person_again(self, ward: Ward) -> None:
        ward.schemes(_terms("2026-01-01", "09:00", code="siang"))
        for user in "12":
            ward.scene.punch(ward.door, user, "08:30", "16:00")
        ward.judge()
        number = ward.use("siang", ward.ani, first=TUESDAY, last=WEDNESDAY)
        assert ward.judge_marked() == [TUESDAY, WEDNESDAY]
        assert ward.minutes(ward.ani, TUESDAY) == (0, 0)
        assert ward.minutes(ward.budi, TUESDAY) == (60, 0)
        was, _ = scheme_uses.remove(ward.connection, number, today=TODAY)
        assert was.nip == ward.scene.nip_of(ward.ani)
        ward.judge_marked()
        assert ward.minutes(ward.ani, TUESDAY) == (60, 0)

    def test_a_use_that_ends_sooner_or_later_marks_the_days_between(self, ward: Ward) -> None:
        ward.schemes(_terms("2026-01-01", "09:00", code="siang"))
        number = ward.use("siang", first=TUESDAY)
        ward.scene.punch(ward.door, "1", "2026-03-05 09:00", "2026-03-05 16:00")
        ward.judge()
        assert ward.minutes(ward.ani, THURSDAY) == (0, 0)
        scheme_uses.end(ward.connection, number, WEDNESDAY, today=TODAY)
        assert THURSDAY in ward.judge_marked()
        assert ward.minutes(ward.ani, THURSDAY) == (90, 0)
        scheme_uses.end(ward.connection, number, THURSDAY, today=TODAY)
        assert THURSDAY in ward.judge_marked()
        assert ward.minutes(ward.ani, THURSDAY) == (0, 0)
        assert [one.last for one in scheme_uses.find(ward.connection)] == [THURSDAY]

    def test_uses_that_cannot_be_are_refused(self, ward: Ward) -> None:
        number = ward.use("5-hari", ward.ani, first=TUESDAY)
        with pytest.raises(Refused, match=f"use {number} of scheme 5-hari begins on"):
            ward.use("5-hari", ward.ani, first=TUESDAY)
        with pytest.raises(NotKnown, match='no scheme "x"'):
            ward.use("x", ward.ani)
        with pytest.raises(Refused, match="begins on 2026-03-03, after 2026-03-02"):
            scheme_uses.end(ward.connection, number, date(2026, 3, 2), today=TODAY)
        with pytest.raises(NotKnown, match="no use of a scheme has the number"):
            scheme_uses.remove(ward.connection, number + 1, today=TODAY)


class TestSpecialDays:
    def add(self, ward: Ward, kind: Special, hours: Hours | None, **other: Any) -> int:
        owner = other.pop("owner", Owner(ward.scene.office, None))
        span = {"first": TUESDAY, "last": TUESDAY} | other
        number, marked = special_days.add(
            ward.connection, owner, kind, **span, name="SE 2/2026", letter="2/2026",
            hours=hours, today=TODAY,
        )  # fmt: skip
        assert marked == len(ward.marked())
        return number

    def test_a_wfa_day_told_late_takes_an_absence_back(self, ward: Ward) -> None:
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is Status.ABSENT
        number = self.add(ward, Special.WFA, None)
        assert ward.judge_marked() == [TUESDAY]
        assert ward.status(ward.ani, TUESDAY) is Status.WFA
        special_days.remove(ward.connection, number, today=TODAY)
        assert ward.judge_marked() == [TUESDAY]
        assert ward.status(ward.ani, TUESDAY) is Status.ABSENT

    def test_a_half_day_told_late_takes_an_early_leave_back(self, ward: Ward) -> None:
        ward.scene.punch(ward.door, "1", "07:20", "11:05")
        ward.judge()
        assert ward.status(ward.ani, TUESDAY) is Status.EARLY
        hours = Hours(datetime(2026, 1, 1, 7, 30).time(), datetime(2026, 1, 1, 11).time())
        self.add(ward, Special.HALF, hours)
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.PRESENT

    def test_a_day_of_one_person_leaves_the_others(self, ward: Ward) -> None:
        ward.judge()
        self.add(ward, Special.WFA, None, owner=Owner(None, ward.ani))
        ward.judge_marked()
        assert ward.status(ward.ani, TUESDAY) is Status.WFA
        assert ward.status(ward.budi, TUESDAY) is Status.ABSENT
        (found,) = special_days.find(ward.connection)
        assert found.nip == ward.scene.nip_of(ward.ani)
        assert (found.office, found.kind, found.letter) == (None, "wfa", "2/2026")

    def test_a_worked_sunday_is_judged(self, ward: Ward) -> None:
        ward.judge()
        sunday = date(2026, 3, 1)
        assert ward.status(ward.ani, sunday) is Status.OFF
        hours = Hours(datetime(2026, 1, 1, 8).time(), datetime(2026, 1, 1, 12).time())
        self.add(ward, Special.WORK, hours, first=sunday, last=sunday)
        ward.judge_marked()
        assert ward.status(ward.ani, sunday) is Status.ABSENT
        assert special_days.find(ward.connection, year=2026)[0].hours == hours
        assert special_days.find(ward.connection, year=2025) == []

    def test_days_that_cannot_be_are_refused(self, ward: Ward) -> None:
        number = self.add(ward, Special.WFA, None)
        with pytest.raises(Refused, match=rf"special day {number} \(SE 2/2026\) holds"):
            self.add(ward, Special.WFA, None, last=WEDNESDAY)
        with pytest.raises(Refused, match="half and work days have hours"):
            self.add(ward, Special.HALF, None, first=THURSDAY, last=THURSDAY)
        with pytest.raises(NotKnown, match="no special day has the number"):
            special_days.remove(ward.connection, number + 1, today=TODAY)

    def test_who_works_by_a_roster_is_told_that_nothing_changes(self, ward: Ward) -> None:
        ward.by_roster(ward.ani)
        here, ani, budi = (
            Owner(ward.scene.office, None),
            Owner(None, ward.ani),
            Owner(None, ward.budi),
        )

        def told(owner: Owner, kind: Special) -> str | None:
            return special_days.without_effect(ward.connection, owner, kind, TUESDAY, TUESDAY)

        assert str(told(here, Special.HALF)).startswith("1 of these work by a roster")
        assert str(told(ani, Special.WORK)).startswith("1 of these")
        assert told(budi, Special.HALF) is None
        assert told(here, Special.WFA) is None


class TestFreeDays:
    def take(self, ward: Ward, text: str) -> Any:
        sheet = parse_sheet(text.encode(), "libur.csv", calendar_file.COLUMNS)
        return calendar_file.import_free_days(ward.connection, sheet)

    def test_a_local_holiday_told_late_takes_the_absences_of_that_office_back(
        self, ward: Ward
    ) -> None:
        other = ward.scene.add_office("7.02")
        citra = ward.scene.person("Citra", "3", office=other)
        ward.scene.terminal("T2", office=other, read_until="2026-03-07 07:00")
        ward.judge()
        ward.scene.evaluate(office=other)
        assert ward.status(citra, TUESDAY) is Status.ABSENT
        outcome = self.take(ward, f"day,name,office\n2026-03-03,Hari jadi,{other}\n")
        assert outcome.new == 1
        marks = ward.connection.execute(select(tables.dirty_offices)).all()
        assert [(one.office, one.day) for one in marks] == [(other, TUESDAY)]
        ward.scene.evaluate(office=other)
        assert ward.status(citra, TUESDAY) is Status.HOLIDAY

    def test_what_is_the_same_stays_and_what_changed_is_told(self, ward: Ward) -> None:
        text = "day,name,category\n2026-03-03,Nyepi,local\n2027-03-03,x,local\n"
        assert self.take(ward, text).warnings == [
            "2027 is not filled yet; run hadir-ingest calendar seed 2027"
        ]
        assert self.take(ward, text).same == 2
        outcome = self.take(ward, text.replace("Nyepi,local", "Nyepi,government"))
        assert outcome.changes == ["2026-03-03 Nyepi: local -> government"]

    def test_each_faulty_row_is_named(self, ward: Ward) -> None:
        with pytest.raises(ImportFaults) as caught:
            self.take(
                ward,
                "day,name,category,office\n2026-03-03,a,,\n2026-03-03,a,local,\n"
                "2026-03-03,b,hari,\n2026-03-03,c,,9.99\nx,d,,\n",
            )
        assert [one.split(":")[0] for one in caught.value.faults] == [
            "line 3", "line 4", "line 5", "line 6",
        ]  # fmt: skip


def test_the_round_that_judges_what_is_marked_comes_to_the_same(
    committed_scene: Any, engine: Engine
) -> None:
    """A night told late, a swap, Ramadan told late: with the very job that runs at the centre."""
    ward = Ward(committed_scene)
    scene = ward.scene
    clerk = scene.person("Citra", "3")
    ward.by_roster()
    ward.plan(ward.ani, d3="P", d4="-")
    ward.plan(ward.budi, d3="M", d4="-")
    scene.punch(ward.door, "1", "20:55", "2026-03-04 07:05")
    scene.punch(ward.door, "2", "06:55", "14:05")
    scene.punch(ward.door, "3", "08:00", "15:00")
    ward.judge()
    assert [ward.status(one, TUESDAY) for one in (ward.ani, ward.budi, clerk)] == [
        Status.INCOMPLETE, Status.INCOMPLETE, Status.LATE,
    ]  # fmt: skip
    nips = [scene.nip_of(one) for one in (ward.ani, ward.budi)]
    ward.swap(*nips, [TUESDAY])
    ward.schemes(RAMADAN.format(first="2026-03-03", last="2026-03-04"))
    scene.commit()
    assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) > 0
    assert [ward.status(one, TUESDAY) for one in (ward.ani, ward.budi, clerk)] == [
        Status.PRESENT
    ] * 3
    assert ward.marked() == []


def test_a_future_change_marks_nothing(ward: Ward) -> None:
    ward.by_roster()
    ward.judge()
    ward.plan(ward.ani, d20="P")
    ward.use("piket", first=date(2026, 3, 20))
    assert ward.marked() == []


def test_shifts_are_kept_as_they_are_read(ward: Ward) -> None:
    ward.schemes(SHIFTS)
    body = ward.connection.scalar(select(shifts.c.body).where(shifts.c.code == "M"))
    assert body == {"start": "21:00", "end": "07:00"}
    again, marked = ward.schemes(SHIFTS)
    assert (again.same, again.changes, marked) == (4, [], 0)


def _terms(first: str, start: str, *, code: str = "5-hari", more: str = "") -> str:
    return (
        f'[[scheme]]\ncode = "{code}"\nname = "5 hari kerja"\n[[scheme.terms]]\nfrom = {first}\n'
        f'{more}\ndays.selasa = {{ start = "{start}", end = "16:00" }}\n'
        f'days.kamis = {{ start = "{start}", end = "16:00" }}\n'
    )


def _overlay(code: str) -> str:
    text = RAMADAN.format(first="2026-03-03", last="2026-03-04")
    return "[[scheme.overlay]]" + text.split("[[scheme.overlay]]")[1] if code else text
