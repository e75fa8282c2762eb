"""Each way a day can look empty: none makes an absence, each is named."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from ingest.days import PersonDay
from ingest.errors import NotKnown
from ingest.rules import Status
from ingest.store import tables
from ingest.store.days import find_changes

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def codes(day: PersonDay) -> set[str]:
    return {one.code for one in day.because}


def text(day: PersonDay) -> str:
    return "; ".join(one.text for one in day.because)


def only(scene: Any, **options: Any) -> PersonDay:
    found = scene.evaluate(**options)
    assert len(found) == 1
    return next(iter(found.values()))


def assert_unverified(day: PersonDay, code: str, word: str) -> None:
    assert day.status is Status.UNVERIFIED
    assert code in codes(day)
    assert word in text(day)


class TestJudged:
    def test_a_complete_day_without_a_touch_is_an_absence(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        day = only(scene)
        assert day.status is Status.ABSENT
        assert "tidak ada rekaman" in text(day)

    def test_two_touches_in_time_are_presence_with_no_minutes_lost(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "12", "07:25", "16:03")
        day = only(scene)
        assert (day.status, day.late_minutes, day.early_minutes) == (Status.PRESENT, 0, 0)
        assert (day.first_in, day.last_out) == (scene.local("07:25"), scene.local("16:03"))

    def test_late_and_early_are_counted_in_minutes(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "12", "08:10:59", "15:30")
        day = only(scene)
        assert (day.status, day.late_minutes, day.early_minutes) == (Status.LATE, 40, 30)

    def test_touches_on_two_terminals_are_one_day(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal("T1"), "12", "07:25")
        scene.punch(scene.terminal("T2"), "12", "16:03")
        assert only(scene).status is Status.PRESENT

    def test_one_touch_is_incomplete_and_costs_no_minutes(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "12", "15:59")
        day = only(scene)
        assert (day.status, day.first_in) == (Status.INCOMPLETE, None)
        assert (day.late_minutes, day.early_minutes) == (None, None)

    def test_a_persons_own_nip_needs_no_mapping(self, scene: Any) -> None:
        person = scene.person()
        scene.punch(scene.terminal(), scene.nip_of(person), "07:25", "16:03")
        assert only(scene).status is Status.PRESENT

    def test_who_is_known_by_nip_from_another_day_can_be_absent(self, scene: Any) -> None:
        person = scene.person()
        scene.punch(scene.terminal(), scene.nip_of(person), "2026-03-02 07:25")
        assert only(scene).status is Status.ABSENT

    def test_who_used_the_own_nip_only_later_or_elsewhere_was_not_known_yet(
        self, scene: Any
    ) -> None:
        person = scene.person()
        village = scene.terminal("T9", office=scene.add_office("7.02"))
        scene.punch(scene.terminal(), scene.nip_of(person), "2026-03-04 07:25")
        scene.punch(village, scene.nip_of(person), "2026-03-02 07:25")
        assert codes(only(scene)) == {"no-user-id"}

    def test_a_persons_own_nip_counts_on_a_terminal_of_another_office(self, scene: Any) -> None:
        person = scene.person()
        scene.terminal()
        elsewhere = scene.terminal("T9", office=scene.add_office("7.02"))
        scene.punch(elsewhere, scene.nip_of(person), "07:25", "16:03")
        assert only(scene).status is Status.PRESENT

    @pytest.mark.parametrize("user_id", [None, "12"], ids=["by NIP alone", "mapped here too"])
    @pytest.mark.parametrize("used_on", ["2026-03-02 07:25", "2026-03-04 06:25"])
    def test_who_uses_the_own_nip_elsewhere_waits_for_that_terminal(
        self, scene: Any, user_id: str | None, used_on: str
    ) -> None:
        person = scene.person(user_id=user_id)
        scene.punch(scene.terminal(), scene.nip_of(person), "2026-03-02 07:25")
        village = scene.add_office("7.02")
        elsewhere = scene.terminal("T9", office=village, read_until="2026-03-03 06:00")
        scene.punch(elsewhere, scene.nip_of(person), used_on)
        day = only(scene)
        assert (day.status, codes(day)) == (Status.UNVERIFIED, {"behind"})
        scene.covered(elsewhere, "2026-03-03 06:00", "2026-03-04 07:00")
        assert only(scene).status is Status.ABSENT

    def test_a_use_elsewhere_of_long_ago_binds_nobody_to_that_terminal(self, scene: Any) -> None:
        person = scene.person()
        scene.punch(scene.terminal(), scene.nip_of(person), "2026-03-02 07:25")
        old = scene.terminal("T9", office=scene.add_office("7.02"), read_until=None)
        scene.punch(old, scene.nip_of(person), "2026-01-12 07:25")
        assert only(scene).status is Status.ABSENT

    def test_a_mapping_of_another_day_does_not_count(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        scene.map("7", person, until=MONDAY)
        scene.map("7", scene.person("Budi", "13"), since=TUESDAY)
        scene.punch(scene.terminal(), "7", "07:25", "16:03")
        assert scene.evaluate()[person].status is Status.ABSENT

    @pytest.mark.parametrize(
        ("category", "status"),
        [
            ("public", Status.HOLIDAY),
            ("local", Status.HOLIDAY),
            ("government", Status.JOINT),
        ],
    )
    def test_nobody_is_absent_on_a_free_day(
        self, scene: Any, category: str, status: Status
    ) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.free(TUESDAY, "Hari Contoh", category)
        day = only(scene)
        assert day.status is status
        assert "Hari Contoh" in text(day)

    def test_a_free_day_of_another_office_is_a_working_day_here(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.free(TUESDAY, "Hari Jadi", "local", office=scene.add_office("7.02"))
        assert only(scene).status is Status.ABSENT

    def test_nobody_is_absent_on_a_sunday(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        assert only(scene, day=date(2026, 3, 1)).status is Status.OFF

    def test_who_comes_on_a_free_day_is_seen_there(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "12", "2026-03-01 08:00", "2026-03-01 12:00")
        day = only(scene, day=date(2026, 3, 1))
        assert (day.status, day.last_out) == (Status.OFF, scene.local("2026-03-01 12:00"))


class TestLooksEmpty:
    def test_a_dead_terminal(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_until="10:00")
        scene.heard("2026-03-04 07:59", "T1", "no answer from 192.168.1.201")
        day = only(scene)
        assert_unverified(day, "behind", "no answer from 192.168.1.201")
        assert "3 Maret 2026 pukul 10.00 WITA" in text(day)

    def test_one_dead_terminal_of_two(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal("T1")
        scene.terminal("T2", read_until="2026-02-27 16:00")
        assert_unverified(only(scene), "behind", "pintu-T2")

    def test_a_terminal_that_was_never_read(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_until=None)
        assert_unverified(only(scene), "never-read", "belum pernah terbaca")

    def test_a_silent_bridge(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_until="15:59")
        scene.heard("16:00", "T1", "")
        assert_unverified(only(scene), "behind", "terakhir melapor 3 Maret 2026 pukul 16.00")

    def test_a_wrong_clock(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.clock(scene.terminal(), TUESDAY, -86_400)
        assert_unverified(only(scene), "clock", "1 hari lebih lambat")

    def test_a_clock_that_nobody_looked_at_and_that_was_found_wrong_later(self, scene: Any) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal()
        scene.clock(terminal, MONDAY, 0)
        scene.clock(terminal, date(2026, 3, 4), 3_600)
        assert_unverified(only(scene), "clock", "pada 4 Maret 2026")

    def test_a_clock_that_is_off_within_the_limit_is_right(self, scene: Any) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal()
        scene.clock(terminal, TUESDAY, 300)
        scene.clock(terminal, date(2026, 3, 4), 3_600)
        assert only(scene).status is Status.ABSENT

    def test_a_cleared_log(self, scene: Any) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal(read_until="10:00")
        scene.covered(terminal, "11:00", "2026-03-04 07:00", note="log cleared")
        day = only(scene)
        assert_unverified(day, "hole", "pukul 10.00")
        assert "pukul 11.00" in text(day)

    def test_an_unmapped_user_id_may_be_anybody(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "57", "07:25", "16:00")
        assert_unverified(only(scene), "unmapped", "57")

    def test_a_user_id_known_to_be_nobody_is_no_doubt(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.map("57", None)
        scene.punch(scene.terminal(), "57", "07:25", "16:00")
        assert only(scene).status is Status.ABSENT

    def test_a_person_whom_no_terminal_knows(self, scene: Any) -> None:
        scene.person()
        scene.terminal()
        assert_unverified(only(scene), "no-user-id", "belum dipetakan")

    def test_a_person_known_only_on_a_terminal_that_no_longer_counts(self, scene: Any) -> None:
        old = scene.terminal("OLD", counts_until=MONDAY)
        scene.person("Ani", "12", old)
        scene.terminal()
        assert_unverified(only(scene), "no-user-id", "belum dipetakan")

    def test_a_new_terminal(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_since="09:00")
        assert_unverified(only(scene), "hole", "pukul 09.00")

    def test_a_new_terminal_that_nobody_registered(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        scene.terminal()
        scene.punch(scene.terminal("NEW", registered=False), "12", "07:25", "16:00")
        assert_unverified(only(scene), "unregistered", "mesin pintu-NEW belum didaftarkan")
        assert "NEW: belum didaftarkan" in "\n".join(scene.explain(person).story)

    def test_an_unregistered_terminal_does_not_hold_up_a_day_it_has_nothing_to_say_of(
        self, scene: Any
    ) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.terminal("NEW", registered=False, read_until=None)
        assert only(scene).status is Status.ABSENT

    def test_an_office_without_terminals(self, scene: Any) -> None:
        scene.person(user_id="12")
        assert_unverified(only(scene), "no-terminal", "belum mempunyai mesin")

    def test_a_terminal_counts_only_in_its_time(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.terminal("OLD", counts_until=MONDAY, read_until=None)
        scene.terminal("NEXT", counts_from=date(2026, 3, 4), read_until=None)
        assert only(scene).status is Status.ABSENT

    def test_usb_files_that_leave_a_hole_and_one_that_fills_it(self, scene: Any) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal(read_until="2026-03-02 17:00")
        scene.covered(terminal, "12:00", "2026-03-20 12:00", source="usb")
        assert_unverified(only(scene), "hole", "USB")
        scene.covered(terminal, "2026-03-02 08:00", "13:00", source="usb")
        assert only(scene).status is Status.ABSENT

    def test_a_bad_record_that_may_be_anybodys(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.bad_record(scene.terminal(), near_from="07:20", near_until="07:31")
        assert_unverified(only(scene), "bad-record", "rusak")

    def test_a_bad_record_of_one_person_is_that_persons_doubt(self, scene: Any) -> None:
        ani, budi = scene.person("Ani", "12"), scene.person("Budi", "13")
        scene.bad_record(scene.terminal(), "12", near_from="07:20", near_until="07:31")
        found = scene.evaluate()
        assert_unverified(found[ani], "bad-record", "12")
        assert found[budi].status is Status.ABSENT

    def test_a_bad_record_of_an_unknown_user_id_may_be_anybodys(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.bad_record(scene.terminal(), "57", near_from="07:20", near_until="07:31")
        assert_unverified(only(scene), "bad-record", "rusak")

    def test_a_slot_never_written_and_a_bad_record_of_another_day_are_no_doubt(
        self, scene: Any
    ) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal()
        scene.bad_record(terminal, kind="blank")
        scene.bad_record(terminal, near_from="2026-03-02 07:20", near_until="2026-03-02 07:31")
        assert only(scene).status is Status.ABSENT

    def test_a_doubtful_punch_keeps_its_person_from_absence_all_through_its_window(
        self, scene: Any
    ) -> None:
        ani, budi = scene.person("Ani", "12"), scene.person("Budi", "13")
        terminal = scene.terminal()
        scene.punch(
            terminal, "12", "2000-01-01 00:07", after="2026-03-02 17:00", read_at="2026-03-04 07:00"
        )
        found = scene.evaluate()
        assert_unverified(found[ani], "doubtful", "1 Januari 2000")
        assert found[budi].status is Status.ABSENT
        friday = scene.evaluate(day=date(2026, 2, 27))
        assert friday[ani].status is Status.ABSENT

    def test_a_punch_from_the_future_is_no_presence(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(
            scene.terminal(), "12", "07:25", after="2026-02-27 16:00", read_at="2026-02-27 17:00"
        )
        day = only(scene)
        assert_unverified(day, "doubtful", "pukul 07.25")

    def test_a_wrong_time_does_not_take_away_a_presence_that_is_sure(self, scene: Any) -> None:
        """The read before did not hold it, the read after did, both on the day it claims."""
        scene.person(user_id="12")
        terminal = scene.terminal()
        scene.clock(terminal, TUESDAY, -3_600)
        scene.punch(terminal, "12", "06:25", after="07:24", read_at="07:26")
        day = only(scene)
        assert day.status is Status.PRESENT
        assert day.late_minutes is None
        assert {"doubtful", "clock", "provisional"} <= codes(day)

    def test_parked_punches(self, scene: Any) -> None:
        scene.person(user_id="12")
        terminal = scene.terminal(read_until=None)
        scene.covered(terminal, "2026-01-05 07:00", "2026-03-04 07:00", parked=3)
        assert_unverified(only(scene), "parked", "3 rekaman")

    def test_a_user_id_of_two_people_counts_for_neither_and_is_named(self, scene: Any) -> None:
        ani, budi = scene.person("Ani", "12"), scene.person("Budi", "12")
        scene.punch(scene.terminal(), "12", "07:25", "16:00")
        found = scene.evaluate()
        for one in (ani, budi):
            assert_unverified(found[one], "conflict", "dipetakan ganda")

    def test_a_terminals_mapping_does_not_outrank_its_offices(self, scene: Any) -> None:
        terminal = scene.terminal()
        ani, budi = scene.person("Ani", "12"), scene.person("Budi", "12", terminal)
        scene.punch(terminal, "12", "07:25", "16:00")
        assert {one.status for one in scene.evaluate().values()} == {Status.UNVERIFIED}
        assert ani != budi

    def test_a_day_that_has_not_ended(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_until="17:00")
        now = scene.at("17:00")
        assert_unverified(only(scene, now=now), "not-ended", "belum berakhir")

    def test_a_bridge_whose_clock_runs_ahead_does_not_end_the_day(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal(read_until="2026-03-04 00:02")
        now = scene.at("23:58")
        assert_unverified(only(scene, now=now), "not-ended", "belum berakhir")

    def test_a_year_without_calendar(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.terminal()
        scene.connection.execute(tables.calendar_years.delete())
        assert_unverified(only(scene), "calendar-unknown", "kalender tahun 2026 belum diisi")

    def test_a_year_without_calendar_does_not_take_away_a_presence(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(), "12", "08:10", "16:00")
        scene.connection.execute(tables.calendar_years.delete())
        day = only(scene)
        assert (day.status, day.late_minutes) == (Status.PRESENT, None)
        assert "calendar-unknown" in codes(day)

    def test_a_terminal_elsewhere_on_which_the_person_is_known(self, scene: Any) -> None:
        ani, budi = scene.person("Ani", "12"), scene.person("Budi", "13")
        scene.terminal()
        village = scene.terminal("T9", office=scene.add_office("7.02"), read_until="10:00")
        scene.map("4", ani, village)
        found = scene.evaluate()
        assert_unverified(found[ani], "behind", "pintu-T9")
        assert found[budi].status is Status.ABSENT


class TestProvisional:
    def test_a_touch_on_an_incomplete_day_is_presence_without_minutes(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(read_until="10:00"), "12", "08:10")
        day = only(scene)
        assert day.status is Status.PRESENT
        assert (day.late_minutes, day.early_minutes) == (None, None)
        assert {"provisional", "behind"} <= codes(day)

    def test_a_touch_today_is_presence_without_minutes(self, scene: Any) -> None:
        scene.person(user_id="12")
        scene.punch(scene.terminal(read_until="12:00"), "12", "08:10")
        day = only(scene, now=scene.at("12:00"))
        assert (day.status, day.late_minutes) == (Status.PRESENT, None)
        assert "not-ended" in codes(day)

    def test_a_shared_user_id_leaves_other_touches_but_takes_the_minutes(self, scene: Any) -> None:
        ani = scene.person("Ani", "12")
        scene.person("Budi", "7")
        scene.map("7", ani)
        terminal = scene.terminal()
        scene.punch(terminal, "12", "08:10", "16:00")
        scene.punch(terminal, "7", "07:10")
        day = scene.evaluate()[ani]
        assert (day.status, day.late_minutes) == (Status.PRESENT, None)


class TestWritten:
    def test_a_late_punch_turns_an_absence_into_presence_and_says_so(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        terminal = scene.terminal()
        assert only(scene).status is Status.ABSENT
        scene.punch(terminal, "12", "07:25", "16:03", read_at="2026-03-18 09:00")
        later = scene.now + timedelta(days=14)
        assert only(scene, now=later).status is Status.PRESENT
        (change,) = find_changes(scene.connection, person, TUESDAY)
        assert (change.was, change.became, change.at) == ("ABSENT", "PRESENT", later)
        assert change.because[0].code == "touches"

    def test_judging_again_writes_nothing_when_nothing_changed(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        scene.terminal()
        only(scene)
        only(scene, now=scene.now + timedelta(days=1))
        at = scene.connection.scalar(select(tables.days.c.evaluated_at))
        assert at == scene.now
        assert find_changes(scene.connection, person, TUESDAY) == []

    def test_who_moves_away_is_judged_by_the_new_office(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        scene.terminal()
        village = scene.add_office("7.02")
        scene.terminal("T9", office=village, read_until=None)
        scene.evaluate()
        scene.serve(person, village, TUESDAY)
        assert scene.evaluate() == {}
        assert scene.evaluate(office=village)[person].status is Status.UNVERIFIED
        row = scene.connection.execute(select(tables.days)).one()
        assert (row.office, row.status) == (village, "UNVERIFIED")

    def test_who_serves_nowhere_any_more_has_no_day(self, scene: Any) -> None:
        person = scene.person(user_id="12")
        scene.terminal()
        scene.evaluate()
        scene.connection.execute(tables.assignments.update().values(valid_until=MONDAY))
        assert scene.evaluate() == {}
        assert scene.connection.scalar(select(func.count()).select_from(tables.days)) == 0
        (change,) = find_changes(scene.connection, person, TUESDAY)
        assert (change.was, change.became) == ("ABSENT", "ENDED")

    def test_an_unknown_office_is_named(self, scene: Any) -> None:
        with pytest.raises(NotKnown, match=r'no office "9\.99"'):
            scene.evaluate(office="9.99")


def test_an_office_day_of_five_hundred_people_takes_a_few_questions(scene: Any) -> None:
    def questions(number: int) -> int:
        for _ in range(number):
            count = scene.connection.scalar(select(func.count()).select_from(tables.people))
            scene.person(f"Pegawai {count:03}", str(1_000 + count))
            if count % 3:
                scene.punch(terminal, str(1_000 + count), "07:25", "16:03")
        asked = 0

        def count_one(*_arguments: object) -> None:
            nonlocal asked
            asked += 1

        event.listen(scene.connection, "before_cursor_execute", count_one)
        found = scene.evaluate()
        event.remove(scene.connection, "before_cursor_execute", count_one)
        assert {one.status for one in found.values()} == {Status.PRESENT, Status.ABSENT}
        return asked

    terminal = scene.terminal()
    few = questions(10)
    assert questions(490) == few
    assert few <= 34
