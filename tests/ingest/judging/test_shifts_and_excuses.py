"""Working time of one's own: shifts over midnight, other schemes, excuses, and their ground."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from ingest.days import evaluate_dirty
from ingest.errors import StoreError
from ingest.roles import Role
from ingest.rules import Status
from ingest.seal import Seal, new
from ingest.store import decided, seals, tables
from ingest.store.audit import Actor
from ingest.store.decided import Grounds
from ingest.store.partitions import MonthAway
from ingest.store.tables_time import (
    excuses,
    roster_days,
    scheme_overlays,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
    special_days,
)

TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)
BUDI = Grounds(Actor("Budi", "budi", Role.ADMIN), "diketahui", "800/12")
NIGHT = {"start": "21:00", "end": "07:00"}
MORNING = {"start": "07:00", "end": "14:00"}


@pytest.fixture
def ward(scene: Any) -> Any:
    """Somebody of a roster, with a terminal read into Thursday; judged on Thursday."""
    scene.now = datetime(2026, 3, 5, 8, 0, tzinfo=scene.settings.zone)
    scene.nurse = scene.person("Citra", "7")
    scene.door = scene.terminal(read_until="2026-03-05 07:00")
    scene.add(tables.schemes, code="piket", name="Piket")
    scene.add(scheme_terms, scheme="piket", valid_from=date(2026, 1, 1), body={"roster": True})
    scene.add(
        scheme_uses, office=None, person_id=scene.nurse, scheme="piket", first=date(2026, 1, 1)
    )
    for code, body in (("M", NIGHT), ("P", MORNING)):
        scene.add(shifts, code=code, name=code, body=body)
    return scene


def roster(scene: Any, day: date, shift: str | None, person: int | None = None) -> None:
    scene.add(roster_days, person_id=person or scene.nurse, day=day, shift=shift)


class TestShifts:
    def test_a_night_shift_takes_its_end_from_the_next_morning(self, ward: Any) -> None:
        roster(ward, TUESDAY, "M")
        roster(ward, WEDNESDAY, None)
        ward.punch(ward.door, "7", "20:55", "2026-03-04 07:05")
        found = ward.evaluate()[ward.nurse]
        assert found.status is Status.PRESENT
        assert found.last_out == datetime(2026, 3, 4, 7, 5)
        assert ward.evaluate(day=WEDNESDAY)[ward.nurse].status is Status.OFF

    def test_its_minutes_are_those_of_the_shift(self, ward: Any) -> None:
        roster(ward, TUESDAY, "M")
        ward.punch(ward.door, "7", "21:10", "2026-03-04 06:30")
        found = ward.evaluate()[ward.nurse]
        assert (found.late_minutes, found.early_minutes) == (10, 30)

    def test_the_morning_after_is_no_touch_of_the_next_evening(self, ward: Any) -> None:
        roster(ward, TUESDAY, "M")
        roster(ward, WEDNESDAY, "M")
        ward.terminal("T2", read_until="2026-03-06 07:00")
        ward.connection.execute(update(tables.coverage).values(until=ward.at("2026-03-06 07:00")))
        ward.now = datetime(2026, 3, 6, 8, 0, tzinfo=ward.settings.zone)
        ward.punch(ward.door, "7", "20:55", "2026-03-04 07:05")
        assert ward.evaluate(day=WEDNESDAY)[ward.nurse].status is Status.ABSENT
        assert ward.evaluate()[ward.nurse].status is Status.PRESENT

    def test_a_touch_of_the_day_that_fits_no_shift_shows_that_the_person_was_there(
        self, ward: Any
    ) -> None:
        roster(ward, TUESDAY, "P")
        ward.punch(ward.door, "7", "20:55")
        found = ward.evaluate()[ward.nurse]
        assert found.status is Status.INCOMPLETE
        assert "hanya ada rekaman pukul 20.55, di luar waktu presensi" in found.because[0].text

    def test_a_touch_of_the_night_that_follows_shows_nothing_of_the_morning(
        self, ward: Any
    ) -> None:
        roster(ward, TUESDAY, "P")
        roster(ward, WEDNESDAY, "P")
        ward.punch(ward.door, "7", "2026-03-04 01:30")
        assert ward.evaluate()[ward.nurse].status is Status.ABSENT

    def test_nobody_is_absent_from_a_night_before_its_morning_is_known(self, ward: Any) -> None:
        roster(ward, TUESDAY, "M")
        ward.connection.execute(update(tables.coverage).values(until=ward.at("2026-03-04 00:30")))
        found = ward.evaluate()[ward.nurse]
        assert found.status is Status.UNVERIFIED
        assert any("baru terbaca lengkap sampai" in one.text for one in found.because)

    def test_nobody_is_absent_from_a_night_whose_morning_is_archived(self, ward: Any) -> None:
        """Its touches are away with their month, and nothing else would say so."""
        night = date(2026, 2, 28)
        roster(ward, night, "M")
        ward.add(
            tables.archived_months, month=date(2026, 3, 1), rows=1, first_batch=1, last_batch=1,
            sha256="0" * 64, file="punches-2026-03.hadir", archived_at=ward.now,
        )  # fmt: skip
        with pytest.raises(MonthAway, match="the punches of 2026-03 are archived"):
            ward.evaluate(day=night)

    def test_a_day_without_a_roster_is_never_absent(self, ward: Any) -> None:
        found = ward.evaluate()[ward.nurse]
        assert found.status is Status.UNVERIFIED
        assert found.because[0].text == "jadwal piket hari ini belum diisi"

    def test_a_roster_does_not_hold_up_the_others(self, ward: Any) -> None:
        clerk = ward.person("Dewi", "8")
        ward.connection.execute(update(tables.coverage).values(until=ward.at("2026-03-04 00:30")))
        ward.punch(ward.door, "8", "07:20", "16:05")
        assert ward.evaluate()[clerk].status is Status.PRESENT

    def test_a_holiday_is_a_working_day_of_who_has_a_shift(self, ward: Any) -> None:
        roster(ward, TUESDAY, "P")
        ward.free(TUESDAY, "Nyepi", "public")
        assert ward.evaluate()[ward.nurse].status is Status.ABSENT

    def test_the_story_tells_the_shift_and_the_touch_of_the_next_day(self, ward: Any) -> None:
        roster(ward, TUESDAY, "M")
        ward.punch(ward.door, "7", "20:55", "2026-03-04 07:05")
        story = "\n".join(ward.explain(ward.nurse).story)
        assert "Kalender: hari kerja 21.00-07.00 (piket M)" in story
        assert "skema Piket" in story
        assert "4 Maret 2026 pukul 07.05.00" in story


def test_a_late_touch_marks_the_shift_that_began_the_day_before(
    committed_scene: Any, engine: Engine
) -> None:
    scene = committed_scene
    scene.nurse = scene.person("Citra", "7")
    door = scene.terminal()
    scene.add(shifts, code="M", name="malam", body=NIGHT)
    roster(scene, TUESDAY, "M")
    scene.mark_user(door, "7", WEDNESDAY)
    scene.commit()
    assert evaluate_dirty(engine, now=scene.now, settings=scene.settings) == 2
    with engine.connect() as connection:
        judged = set(connection.scalars(select(tables.days.c.day)))
    assert judged == {TUESDAY, WEDNESDAY}


class TestSchemes:
    def test_a_persons_own_use_wins_over_that_of_the_office(self, scene: Any) -> None:
        one, two = scene.person("Ani", "1"), scene.person("Budi", "2")
        door = scene.terminal()
        for code, start in (("a", "08:00"), ("b", "09:00")):
            scene.add(tables.schemes, code=code, name=code)
            body = {"days": {"1": {"start": start, "end": "15:00"}}}
            scene.add(scheme_terms, scheme=code, valid_from=date(2026, 1, 1), body=body)
        scene.add(scheme_uses, office=scene.office, scheme="a", first=TUESDAY, last=TUESDAY)
        scene.add(scheme_uses, person_id=two, scheme="b", first=TUESDAY)
        scene.punch(door, "1", "08:30", "15:00")
        scene.punch(door, "2", "08:30", "15:00")
        found = scene.evaluate()
        assert (found[one].late_minutes, found[two].late_minutes) == (30, 0)

    def test_ramadan_has_its_own_hours(self, scene: Any) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        body = {"days": {"1": {"start": "08:00", "end": "15:00"}}}
        scene.add(
            scheme_overlays, scheme="5-hari", name="Ramadan 1447", body=body,
            first=date(2026, 2, 18), last=date(2026, 3, 19),
        )  # fmt: skip
        scene.punch(door, "1", "08:05", "15:00")
        assert scene.evaluate()[person].late_minutes == 5

    def test_an_office_that_works_from_home_needs_no_touch(self, scene: Any) -> None:
        person = scene.person("Ani", "1")
        scene.add(
            special_days, office=scene.office, first=TUESDAY, last=TUESDAY, kind="wfa",
            name="SE MenPANRB 2/2026", letter="2/2026",
        )  # fmt: skip
        assert scene.evaluate()[person].status is Status.WFA

    def test_who_is_suspended_is_not_absent(self, scene: Any) -> None:
        person = scene.person("Ani", "1")
        scene.terminal()
        scene.add(service_breaks, person_id=person, first=TUESDAY, kind="suspended", letter="800/1")
        found = scene.evaluate()[person]
        assert found.status is Status.SUSPENDED
        assert "800/1" in found.because[0].text

    def test_a_break_of_no_known_kind_is_named_instead_of_judged(self, scene: Any) -> None:
        person = scene.person("Ani", "1")
        scene.terminal()
        scene.add(service_breaks, person_id=person, first=TUESDAY, kind="unpaid", letter="800/1")
        with pytest.raises(StoreError, match='"unpaid" is none of suspended, ended'):
            scene.evaluate()


class TestFourTaps:
    @pytest.fixture
    def four(self, scene: Any) -> Any:
        day = {"start": "07:30", "end": "16:00", "rest": [["12:00", "13:00"]]}
        scene.connection.execute(update(scheme_terms).values(body={"days": {"1": day}, "taps": 4}))
        scene.worker = scene.person("Ani", "1")
        scene.door = scene.terminal()
        return scene

    def test_all_four(self, four: Any) -> None:
        four.punch(four.door, "1", "07:25", "12:01", "12:58", "16:02")
        assert four.evaluate()[four.worker].status is Status.PRESENT

    def test_what_is_missing_is_named_and_minutes_are_kept(self, four: Any) -> None:
        four.punch(four.door, "1", "07:40", "12:58", "16:02")
        found = four.evaluate()[four.worker]
        assert found.status is Status.INCOMPLETE
        assert "tidak ada rekaman mulai istirahat" in found.because[0].text
        assert found.late_minutes == 10

    @pytest.mark.parametrize(
        ("times", "minutes"),
        [
            (["12:01", "12:58", "15:50"], (None, 10)),
            (["07:40", "12:01", "12:58"], (10, None)),
            (["12:01", "12:58"], (None, None)),
        ],
    )
    def test_of_coming_or_leaving_that_is_missing_no_minutes_are_said(
        self, four: Any, times: list[str], minutes: tuple[int | None, int | None]
    ) -> None:
        four.punch(four.door, "1", *times)
        found = four.evaluate()[four.worker]
        assert found.status is Status.INCOMPLETE
        assert (found.late_minutes, found.early_minutes) == minutes


class TestFlexi:
    @pytest.mark.parametrize(
        ("came", "left", "late", "early"),
        [
            ("07:30", "16:00", 0, 0),
            ("08:00", "16:30", 0, 0),
            ("08:00", "16:00", 0, 30),
            ("08:30", "17:00", 0, 0),
            ("08:45", "17:00", 15, 0),
            ("07:00", "15:30", 0, 30),
        ],
    )
    def test_what_is_later_is_made_up(
        self, scene: Any, came: str, left: str, late: int, early: int
    ) -> None:
        body = {
            "days": {"1": {"start": "07:30", "end": "16:00"}},
            "flexi": {"cap_s": 3_600, "make_up": True},
        }
        scene.connection.execute(update(scheme_terms).values(body=body))
        person, door = scene.person("Ani", "1"), scene.terminal()
        scene.punch(door, "1", came, left)
        found = scene.evaluate()[person]
        assert (found.late_minutes, found.early_minutes) == (late, early)


def test_a_touch_outside_the_window_shows_presence_and_no_more(scene: Any) -> None:
    body = {"days": {"1": {"start": "07:30", "end": "16:00"}}, "opens_s": 5_400, "closes_s": 3_600}
    scene.connection.execute(update(scheme_terms).values(body=body))
    person, door = scene.person("Ani", "1"), scene.terminal()
    scene.punch(door, "1", "05:30")
    found = scene.evaluate()[person]
    assert found.status is Status.INCOMPLETE
    assert "di luar waktu presensi 06.00-17.00" in found.because[0].text


class TestExcuses:
    @pytest.fixture
    def seal(self, scene: Any) -> Seal:
        seal = new()
        seals.register(scene.connection, seal, before=None, lost=False, now=scene.now)
        return seal

    def give(self, scene: Any, seal: Seal, nip: str, code: str, **more: Any) -> int:
        row = {"kind": "give", "nip": nip, "type": code, "first": TUESDAY, "last": TUESDAY}
        row |= {"approver": "Kepala Dinas", **more}
        made = decided.decide(scene.connection, excuses, seal, BUDI, row, now=scene.now)
        return made.number

    def test_leave_excuses_the_day_and_says_on_what_ground(self, scene: Any, seal: Seal) -> None:
        person = scene.person("Ani", "1")
        scene.terminal()
        assert scene.evaluate()[person].status is Status.ABSENT
        self.give(scene, seal, scene.nip_of(person), "CT")
        found = scene.evaluate()[person]
        assert found.status is Status.LEAVE
        assert found.because[0].text == (
            "Cuti tahunan, disetujui Kepala Dinas, dicatat oleh Budi, surat 800/12: diketahui"
        )
        assert scene.explain(person).judged == found

    def test_it_needs_no_terminal(self, scene: Any, seal: Seal) -> None:
        person = scene.person("Ani", "1")
        self.give(scene, seal, scene.nip_of(person), "DL")
        assert scene.evaluate()[person].status is Status.DUTY

    def test_a_free_day_stays_free(self, scene: Any, seal: Seal) -> None:
        person = scene.person("Ani", "1")
        scene.free(TUESDAY, "Nyepi", "public")
        self.give(scene, seal, scene.nip_of(person), "CS")
        assert scene.evaluate()[person].status is Status.HOLIDAY

    def test_hours_at_the_start_move_the_start(self, scene: Any, seal: Seal) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        scene.punch(door, "1", "10:10", "16:00")
        hours = {"from_time": time(7, 30), "until_time": time(10, 0)}
        self.give(scene, seal, scene.nip_of(person), "I", **hours)
        found = scene.evaluate()[person]
        assert (found.status, found.late_minutes) == (Status.LATE, 10)
        assert any("Izin pukul 07.30-10.00" in one.text for one in found.because)

    def test_taken_back_the_day_is_absent_again(self, scene: Any, seal: Seal) -> None:
        person = scene.person("Ani", "1")
        scene.terminal()
        number = self.give(scene, seal, scene.nip_of(person), "CT")
        self.give(scene, seal, scene.nip_of(person), "CT", kind="withdraw", withdraws=number)
        assert scene.evaluate()[person].status is Status.ABSENT

    def test_one_that_somebody_wrote_into_the_database_counts_for_nothing_and_accuses_nobody(
        self, scene: Any, seal: Seal
    ) -> None:
        person, door = scene.person("Ani", "1"), scene.terminal()
        self.give(scene, seal, scene.nip_of(person), "CT", last=WEDNESDAY)
        for verb in ("UPDATE", "DELETE"):
            if scene.connection.dialect.name == "sqlite":
                scene.connection.exec_driver_sql(f"DROP TRIGGER excuses_no_{verb.lower()}")
        if scene.connection.dialect.name == "postgresql":
            scene.connection.exec_driver_sql("ALTER TABLE excuses DISABLE TRIGGER ALL")
        scene.connection.execute(update(excuses).values(last=WEDNESDAY + timedelta(days=9)))
        found = scene.evaluate()[person]
        assert found.status is Status.UNVERIFIED
        assert any(one.code == "unproven" for one in found.because)
        scene.punch(door, "1", "10:00", "16:00")
        found = scene.evaluate()[person]
        assert (found.status, found.late_minutes) == (Status.PRESENT, None)
        assert any(one.code == "unproven" for one in found.because)
