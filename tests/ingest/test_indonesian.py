"""Dates, times and numbers as they are written in an office."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.indonesian import (
    full_day_text,
    greeting_text,
    moment_text,
    month_text,
    nip_text,
    some_text,
    span_text,
    time_text,
)


def test_days_and_times() -> None:
    assert full_day_text(date(2026, 10, 4)) == "Minggu, 4 Oktober 2026"
    assert month_text(date(2026, 2, 1)) == "Februari 2026"
    assert time_text(datetime(2026, 10, 4, 7, 5)) == "07.05"


def test_a_moment_names_its_zone_where_it_has_one() -> None:
    local = datetime(2026, 10, 4, 7, 30)
    assert moment_text(local) == "4 Oktober 2026 pukul 07.30"
    for zone, name in (("Jakarta", "WIB"), ("Makassar", "WITA"), ("Jayapura", "WIT")):
        at = local.replace(tzinfo=ZoneInfo(f"Asia/{zone}"))
        assert moment_text(at) == f"4 Oktober 2026 pukul 07.30 {name}"


def test_a_nip_is_written_in_groups() -> None:
    assert nip_text("198609262015051001") == "19860926 201505 1 001"
    assert nip_text("123") == "123"


@pytest.mark.parametrize(
    ("nip", "greeting"),
    [
        ("198609262015051001", "Sdr."),
        ("199003142020122003", "Sdri."),
        ("199003142023212003", "Sdri."),  # a PPPK
        ("199003142020123003", "Sdr./Sdri."),
        ("12", "Sdr./Sdri."),
    ],
)
def test_a_letter_addresses_men_and_women(nip: str, greeting: str) -> None:
    assert greeting_text(nip) == greeting


def test_a_long_list_is_cut() -> None:
    assert some_text(["1", "2"]) == "1, 2"
    assert some_text([str(n) for n in range(7)]) == "0, 1, 2, 3, 4 dan 2 lainnya"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (45, "45 detik"),
        (60, "1 menit"),
        (90, "90 detik"),
        (301, "5 menit"),
        (3_600, "1 jam"),
        (5_400, "90 menit"),
        (86_400, "1 hari"),
        (90_000, "25 jam"),
        (800_000_000, "9259 hari"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_fits(seconds: int, text: str) -> None:
    assert span_text(seconds) == text
