"""What a day asks of people."""

from datetime import date, datetime, timedelta

import pytest

from ingest.calendar import Category, FreeDay, Holiday, Joint, Off, Unknown, WorkDay, read_scheme
from ingest.calendar import expected as expect
from ingest.calendar.seed import seed_rows, seed_warnings

HOURS = {str(day): ["07:30", "16:00"] for day in range(4)} | {"4": ["07:30", "16:30"]}
SCHEME = read_scheme("5-hari", "5 hari kerja", HOURS, 60)
TUESDAY, FRIDAY, SUNDAY = date(2026, 3, 3), date(2026, 3, 6), date(2026, 3, 1)
PUBLIC = FreeDay("Nyepi", Category.PUBLIC)
JOINT = FreeDay("Cuti Bersama Nyepi", Category.GOVERNMENT)


def expected(day: date, *free: FreeDay, filled: bool = True) -> object:
    return expect(day, scheme=SCHEME, free=free, year_filled=filled)


def test_a_weekday_has_its_own_hours() -> None:
    tolerance = timedelta(minutes=1)
    assert expected(TUESDAY) == WorkDay(
        datetime(2026, 3, 3, 7, 30), datetime(2026, 3, 3, 16, 0), tolerance
    )
    assert expected(FRIDAY) == WorkDay(
        datetime(2026, 3, 6, 7, 30), datetime(2026, 3, 6, 16, 30), tolerance
    )


def test_a_weekly_day_off_comes_before_a_holiday() -> None:
    assert isinstance(expected(SUNDAY, PUBLIC), Off)
    assert isinstance(expected(SUNDAY, filled=False), Off)


def test_joint_leave_is_told_apart_from_a_holiday() -> None:
    assert expected(TUESDAY, JOINT) == Joint("cuti bersama: Cuti Bersama Nyepi")
    assert expected(TUESDAY, PUBLIC) == Holiday("libur nasional: Nyepi")
    assert isinstance(expected(TUESDAY, JOINT, PUBLIC), Holiday)


def test_a_year_nobody_filled_is_unknown_except_for_what_is_known_of_it() -> None:
    assert expected(TUESDAY, filled=False) == Unknown("kalender tahun 2026 belum diisi")
    assert isinstance(expected(TUESDAY, PUBLIC, filled=False), Holiday)


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        ({"7": ["07:30", "16:00"]}, "'7' is no weekday"),
        ({"senin": ["07:30", "16:00"]}, "'senin' is no weekday"),
        ({"0": ["16:00", "07:30"]}, "weekday 0: the end must come after the start"),
        ({"0": ["07:30"]}, "weekday 0: expected two times"),
        ({"0": "07:30"}, "weekday 0: expected two times"),
        ({"0": 7}, "weekday 0: expected two times"),
        ({"0": ["7.30", "16.00"]}, "weekday 0: expected two times"),
    ],
)
def test_hours_that_cannot_be_are_named(hours: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=f"scheme x.*{fault}"):
        read_scheme("x", "X", hours, 0)


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
