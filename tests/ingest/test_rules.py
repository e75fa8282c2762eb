"""Rules as a table of clock times, and what a day comes to."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest.rules as folder
from ingest.calendar import Expected, Holiday, Joint, Manner, Off, Unknown, WorkDay
from ingest.coverage import Reason
from ingest.rules import RULES, STATUS_TEXT, Day, Judgement, Status, judge

DAY = date(2026, 3, 3)
WORK = WorkDay(datetime(2026, 3, 3, 7, 30), datetime(2026, 3, 3, 16, 0))
OPEN = (Reason("behind", "mesin belum terbaca"),)
P, L, E, I = Status.PRESENT, Status.LATE, Status.EARLY, Status.INCOMPLETE  # noqa: E741 - as in the table


def at(clock: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock))


def day(*clocks: str, expected: Expected = WORK) -> Day:
    return Day(DAY, expected, tuple(at(one) for one in clocks))


@pytest.mark.parametrize(
    ("clocks", "tolerance_s", "status", "late", "early"),
    [
        (["07:30", "16:00"], 0, P, 0, 0),
        (["07:30:59", "16:00"], 0, P, 0, 0),
        (["07:31", "16:00"], 0, L, 1, 0),
        (["07:31:59", "16:00"], 0, L, 1, 0),
        (["07:45", "16:00"], 900, P, 0, 0),
        (["07:46", "16:00"], 900, L, 16, 0),
        (["07:00", "15:59:59"], 0, E, 0, 1),
        (["08:30", "15:00"], 0, L, 60, 60),
        (["05:00", "23:59"], 0, P, 0, 0),
        (["07:25", "12:00", "13:00", "16:05"], 0, P, 0, 0),
        (["07:25", "07:25:03"], 0, I, None, None),
        (["07:25", "07:29:59"], 0, I, None, None),
        (["07:25", "07:30"], 0, E, 0, 510),
        (["16:05"], 0, I, None, None),
        (["11:44"], 0, I, None, None),
    ],
)
def test_clock_times_and_their_minutes(
    clocks: list[str], tolerance_s: int, status: Status, late: int | None, early: int | None
) -> None:
    work = replace(WORK, manner=Manner(timedelta(seconds=tolerance_s)))
    found = judge(day(*clocks, expected=work))
    assert (found.status, found.late_minutes, found.early_minutes) == (status, late, early)


@pytest.mark.parametrize(
    ("clock", "first_in", "last_out", "missing"),
    [("11:44", True, False, "pulang"), ("11:45", False, True, "masuk")],
)
def test_one_touch_is_coming_or_leaving_by_the_nearer_end(
    clock: str, first_in: bool, last_out: bool, missing: str
) -> None:
    found = judge(day(clock))
    assert (found.first_in is not None, found.last_out is not None) == (first_in, last_out)
    assert f"tidak ada rekaman {missing}" in found.because[0].text


def test_late_says_both_times_and_the_minutes() -> None:
    assert judge(day("08:10", "16:00")).because == (
        Reason("late", "masuk pukul 08.10, jam kerja mulai pukul 07.30: terlambat 40 menit"),
    )


@pytest.mark.parametrize(
    ("expected", "status"),
    [(Off("x"), Status.OFF), (Holiday("x"), Status.HOLIDAY), (Joint("x"), Status.JOINT)],
)
def test_a_free_day_is_never_late_nor_absent(expected: Expected, status: Status) -> None:
    for clocks in ([], ["09:00"], ["09:00", "10:00"]):
        found = judge(day(*clocks, expected=expected))
        assert (found.status, found.late_minutes) == (status, None)
        assert (found.first_in is None) == (not clocks)


def test_an_unknown_calendar_keeps_judgement_open() -> None:
    unknown = Unknown("kalender tahun 2026 belum diisi")
    assert judge(day(expected=unknown)) == Judgement(
        Status.UNVERIFIED, (Reason("calendar-unknown", unknown.text),)
    )
    found = judge(day("09:00", "10:00", expected=unknown))
    assert (found.status, found.late_minutes) == (Status.PRESENT, None)


def test_absence_needs_that_nothing_is_open() -> None:
    assert judge(day()).status is Status.ABSENT
    assert judge(replace(day(), open=OPEN)) == Judgement(Status.UNVERIFIED, OPEN)


CLOCKS = st.lists(st.times().map(lambda one: datetime.combine(DAY, one)), max_size=5).map(sorted)
EXPECTED = st.sampled_from([WORK, Off("x"), Holiday("x"), Joint("x"), Unknown("x")])
REASONS = st.sampled_from([(), OPEN])


@given(CLOCKS, EXPECTED, REASONS, REASONS)
def test_only_a_closed_working_day_without_a_touch_is_absent(
    touches: list[datetime],
    expected: Expected,
    open_reasons: tuple[Reason, ...],
    provisional: tuple[Reason, ...],
) -> None:
    found = judge(Day(DAY, expected, tuple(touches), open=open_reasons, provisional=provisional))
    closed = expected is WORK and not touches and not open_reasons
    assert (found.status is Status.ABSENT) == closed
    assert found.because
    assert all(one.text and one.code for one in found.because)
    if provisional or not touches:
        assert (found.late_minutes, found.early_minutes) == (None, None)
    for minutes in (found.late_minutes, found.early_minutes):
        assert minutes is None or minutes >= 0


@given(CLOCKS, CLOCKS, REASONS)
def test_more_touches_never_make_a_day_absent_nor_later_nor_earlier(
    touches: list[datetime], more: list[datetime], open_reasons: tuple[Reason, ...]
) -> None:
    before = judge(Day(DAY, WORK, tuple(touches), open=open_reasons))
    after = judge(Day(DAY, WORK, tuple(sorted(touches + more)), open=open_reasons))
    if more:
        assert after.status not in {Status.ABSENT, Status.UNVERIFIED}
    for was, now in (
        (before.late_minutes, after.late_minutes),
        (before.early_minutes, after.early_minutes),
    ):
        assert was is None or (now is not None and now <= was)


def test_every_rule_of_the_folder_is_in_its_table() -> None:
    files = {one.stem for one in Path(folder.__path__[0]).glob("*.py")} - {
        "__init__",
        "base",
        "excused",
    }
    assert files == set(RULES)
    assert all(rule.__name__ == name for name, rule in RULES.items())


def test_every_status_has_its_words() -> None:
    assert set(STATUS_TEXT) == set(Status)
