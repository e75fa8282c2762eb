"""What a day asks of people."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from ingest.calendar import (
    Asked,
    Category,
    Elsewhere,
    Ended,
    FreeDay,
    Holiday,
    Hours,
    Joint,
    Off,
    Overlay,
    Special,
    SpecialDay,
    Suspended,
    Unknown,
    WorkDay,
    Year,
    norm_warning,
    read_shift,
    read_terms,
    shift_day,
)
from ingest.calendar import expected as expect
from ingest.calendar.seed import seed_rows, seed_warnings

HOURS = {str(day): {"start": "07:30", "end": "16:00"} for day in range(4)}
HOURS |= {"4": {"start": "07:30", "end": "16:30"}}
TERMS = read_terms("scheme 5-hari", {"days": HOURS, "tolerance_s": 60})
TUESDAY, FRIDAY, SUNDAY = date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 1)
PUBLIC = FreeDay("Nyepi", Category.PUBLIC)
JOINT = FreeDay("Cuti Bersama Nyepi", Category.GOVERNMENT)


def expected(day: date, *free: FreeDay, **asked: Any) -> object:
    return expect(day, Asked(**{"scheme": "5 hari kerja", "terms": TERMS, "free": free, **asked}))


def test_a_weekday_has_its_own_hours() -> None:
    for day, hour in ((TUESDAY, (16, 0)), (FRIDAY, (16, 30))):
        work = expected(day)
        assert isinstance(work, WorkDay)
        assert work.start == datetime(2026, 3, day.day, 7, 30)
        assert work.end == datetime(2026, 3, day.day, *hour)
        assert work.manner.tolerance == timedelta(minutes=1)
        whole = (datetime(2026, 3, day.day), datetime(2026, 3, day.day + 1))
        assert (work.since, work.until) == work.outer == whole


def test_a_window_keeps_to_its_day_and_may_be_none_at_all() -> None:
    """Else a touch after midnight would change a day that nothing judges again."""
    body = {"days": {"1": {"start": "14:00", "end": "22:00"}}, "closes_s": 14_400, "opens_s": 0}
    work = expected(TUESDAY, terms=read_terms("x", body))
    assert isinstance(work, WorkDay)
    assert (work.since, work.until) == (datetime(2026, 3, 3, 14), datetime(2026, 3, 4))
    assert work.outer == (datetime(2026, 3, 3), datetime(2026, 3, 4))


def test_a_weekly_day_off_comes_before_a_holiday() -> None:
    assert isinstance(expected(SUNDAY, PUBLIC), Off)
    assert isinstance(expected(SUNDAY, year=Year.EMPTY), Off)


def test_joint_leave_is_told_apart_from_a_holiday() -> None:
    assert expected(TUESDAY, JOINT) == Joint("cuti bersama: Cuti Bersama Nyepi")
    assert expected(TUESDAY, PUBLIC) == Holiday("libur nasional: Nyepi")
    assert isinstance(expected(TUESDAY, JOINT, PUBLIC), Holiday)


def test_a_year_nobody_filled_is_unknown_except_for_what_is_known_of_it() -> None:
    assert expected(TUESDAY, year=Year.EMPTY) == Unknown("kalender tahun 2026 belum diisi")
    assert expected(TUESDAY, year=Year.FILLED) == Unknown("kalender tahun 2026 belum dikonfirmasi")
    assert isinstance(expected(TUESDAY, PUBLIC, year=Year.EMPTY), Holiday)


@pytest.mark.parametrize(
    ("year", "text"), [(Year.EMPTY, "belum diisi"), (Year.FILLED, "belum dikonfirmasi")]
)
def test_no_work_is_asked_in_a_year_nobody_confirmed(year: Year, text: str) -> None:
    unknown = Unknown(f"kalender tahun 2026 {text}")
    work = SpecialDay(Special.WORK, "Pengganti", Hours(time(7, 30), time(11, 0)))
    for day in (TUESDAY, SUNDAY):
        assert expected(day, year=year, special=work) == unknown
        assert expected(day, PUBLIC, year=year, special=work) == unknown
    shift = {"terms": ROSTER, "rostered": True, "shift": NIGHT}
    assert expected(TUESDAY, year=year, **shift) == unknown
    wfa = SpecialDay(Special.WFA, "SE 2/2026")
    assert expected(TUESDAY, year=year, special=wfa, **shift) == unknown
    assert isinstance(expected(TUESDAY, year=year, terms=ROSTER, rostered=True), Off)


_DAY = {"start": "07:30", "end": "16:00"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"days": {"7": _DAY}}, "'7' is no weekday"),
        ({"days": {"senin": _DAY}}, "'senin' is no weekday"),
        ({"days": {"0": {"start": "07:30"}}}, "days.senin: end is missing"),
        ({"days": {"0": ["07:30", "16:00"]}}, "days.senin: expected a table"),
        ({"days": {"0": {**_DAY, "end": "16.00"}}}, "days.senin: end: '16.00' is no time"),
        ({"days": {"0": {**_DAY, "rest": [["06:00", "07:00"]]}}}, "rest: it must lie inside"),
        ({"days": {"0": {**_DAY, "rest": ["12:00"]}}}, "rest: expected pairs of times"),
        ({"days": {"0": {**_DAY, "toleransi": 3}}}, "'toleransi' is not known here"),
        ({"days": {}}, "give the hours of at least one weekday"),
        ({"days": {"0": _DAY}, "roster": True}, "no days of its own"),
        ({"days": {"0": _DAY}, "taps": 3}, "expected 2 or 4 touches"),
        ({"days": {"0": _DAY}, "taps": 4}, "four touches a day need one rest"),
        ({"days": {"0": _DAY}, "tolerance_s": -1}, "tolerance_s: -1 is out of range"),
        ({"days": {"0": _DAY}, "flexi": {"make_up": True}}, "flexi: cap_s: give how many"),
        ({"days": {"0": _DAY}, "roster": "ya"}, "roster: expected true or false"),
    ],
)
def test_terms_that_cannot_be_are_named(body: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=f"scheme x.*{fault}"):
        read_terms("scheme x", body)


def test_a_week_that_comes_to_something_else_is_only_warned_about() -> None:
    assert norm_warning("x", TERMS) is None
    week = read_terms("x", {"days": HOURS, "weekly_minutes": 2_250})
    told = norm_warning("skema x", week)
    assert told is not None
    assert "2580 minutes without rest, not to 2250" in told


def test_an_overlay_wins_for_its_time() -> None:
    ramadan = read_terms("x", {"days": {"1": {"start": "08:00", "end": "15:00"}}})
    found = expected(TUESDAY, overlay=Overlay("Ramadan 1447", ramadan))
    assert isinstance(found, WorkDay)
    assert found.text == "hari kerja 08.00-15.00 (Ramadan 1447)"
    assert isinstance(expected(FRIDAY, overlay=Overlay("Ramadan 1447", ramadan)), Off)


def test_a_special_day_moves_hours_takes_people_elsewhere_or_brings_them_in() -> None:
    hours = Hours(time(7, 30), time(11, 0))
    half = expected(TUESDAY, special=SpecialDay(Special.HALF, "Takziah", hours))
    assert isinstance(half, WorkDay)
    assert half.text == "hari kerja 07.30-11.00 (Takziah)"
    wfa = SpecialDay(Special.WFA, "SE 2/2026")
    assert expected(TUESDAY, special=wfa) == Elsewhere("bekerja dari luar kantor: SE 2/2026")
    assert isinstance(expected(TUESDAY, PUBLIC, special=wfa), Holiday)
    work = SpecialDay(Special.WORK, "Pengganti", hours)
    assert isinstance(expected(SUNDAY, special=work), WorkDay)
    assert isinstance(expected(TUESDAY, PUBLIC, special=work), WorkDay)


def test_who_is_suspended_or_has_left_owes_nothing() -> None:
    assert expected(TUESDAY, suspended="a") == Suspended("a")
    assert expected(TUESDAY, suspended="a", ended="b") == Ended("b")


NIGHT = read_shift("M", "malam", {"start": "21:00", "end": "07:00"})
LONG = read_shift("24", "jaga", {"start": "08:00", "end": "08:00"})
ROSTER = read_terms("scheme piket", {"roster": True})


def rostered(day: date, **asked: Any) -> object:
    return expected(day, PUBLIC, terms=ROSTER, **asked)


def test_a_roster_that_says_nothing_of_a_day_leaves_it_unknown() -> None:
    assert rostered(TUESDAY) == Unknown("jadwal piket hari ini belum diisi")
    assert isinstance(rostered(TUESDAY, rostered=True), Off)


def test_a_shift_belongs_to_the_day_it_begins_and_may_end_on_the_next() -> None:
    work = rostered(TUESDAY, rostered=True, shift=NIGHT)
    assert isinstance(work, WorkDay)
    assert (work.start, work.end) == (datetime(2026, 3, 3, 21), datetime(2026, 3, 4, 7))
    assert (work.since, work.until) == (datetime(2026, 3, 3, 15), datetime(2026, 3, 4, 13))
    long = rostered(TUESDAY, rostered=True, shift=LONG)
    assert isinstance(long, WorkDay)
    assert long.end == datetime(2026, 3, 4, 8)


def test_between_two_shifts_a_touch_belongs_to_the_nearer() -> None:
    work = rostered(
        TUESDAY,
        rostered=True,
        shift=NIGHT,
        before=shift_day(TUESDAY, read_shift("P", "pagi", {"start": "07:00", "end": "14:00"})),
        after=shift_day(
            date(2026, 3, 4), read_shift("S", "siang", {"start": "14:00", "end": "21:00"})
        ),
    )
    assert isinstance(work, WorkDay)
    assert (work.since, work.until) == (datetime(2026, 3, 3, 17, 30), datetime(2026, 3, 4, 10, 30))


@pytest.mark.parametrize(
    ("year", "public", "joint"), [(2024, 19, 10), (2025, 17, 11), (2026, 17, 8), (2027, 18, 8)]
)
def test_years_hold_what_the_decrees_list(year: int, public: int, joint: int) -> None:
    rows = seed_rows(year)
    assert sum(row.category is Category.PUBLIC for row in rows) == public
    assert sum(row.category is Category.GOVERNMENT for row in rows) == joint


def test_the_joint_days_of_2026_are_those_of_the_decree() -> None:
    joint = [row.day for row in seed_rows(2026) if row.category is Category.GOVERNMENT]
    assert [(day.month, day.day) for day in joint] == [
        (2, 16), (3, 18), (3, 20), (3, 23), (3, 24), (5, 15), (5, 28), (12, 24),
    ]  # fmt: skip


def test_the_machines_locale_does_not_name_the_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en_US")
    assert "Hari Suci Nyepi" in {row.name for row in seed_rows(2026)}


def test_what_a_person_must_still_compare_is_said() -> None:
    assert seed_warnings(2026, seed_rows(2026)) == []
    ahead = seed_warnings(2029, seed_rows(2029))
    assert any("(perkiraan)" in one for one in ahead)
    assert ahead[-1] == "tahun 2029: belum ada cuti bersama; tambahkan menurut SKB 3 Menteri"
    assert seed_warnings(2150, []) == [
        "tahun 2150: tidak ada data libur; isi sendiri menurut SKB 3 Menteri"
    ]
