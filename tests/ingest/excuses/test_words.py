"""How offices write days, hours and reasons, and what must not be guessed of it."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.excuse_types import shipped
from ingest.imports.day_words import DayFault, is_month_first, read_clock, read_days
from ingest.imports.excuse_words import SILENT, Words, plain
from ingest.indonesian import day_text, full_day_text
from ingest.reporting import load
from ingest.reports.monthly import NOT_SERVING
from ingest.rules import Status

THIRD, FIFTH = date(2026, 3, 3), date(2026, 3, 5)
WORDS = Words(shipped())


class TestDays:
    @pytest.mark.parametrize(
        "text",
        [
            "03/03/2026", "3-3-2026", "3.3.2026", "2026-03-03", "2026-03-03 00:00:00",
            "3 Maret 2026", "3 maret  2026", "3 Mar 2026", "3-Mar-2026", "Selasa, 3 Maret 2026",
            "Selasa/ 3 Maret 2026", "03 MARET 2026",
        ],
    )  # fmt: skip
    def test_one_day_is_read_however_it_is_written(self, text: str) -> None:
        assert read_days(text)[:2] == (THIRD, THIRD)

    @pytest.mark.parametrize(
        "text",
        [
            "3 s.d. 5 Maret 2026", "3 s/d 5 Maret 2026", "3 sd 5 Maret 2026", "3-5 Maret 2026",
            "3 - 5 Maret 2026", "03/03/2026 s.d 05/03/2026", "3 Maret s.d. 5 Maret 2026",
            "3 Maret 2026 sampai dengan 5 Maret 2026", "3 Maret hingga 5 Maret 2026",
            "2026-03-03 - 2026-03-05", "3 \u2013 5 Maret 2026",
        ],
    )  # fmt: skip
    def test_a_span_in_one_cell_is_read(self, text: str) -> None:
        assert read_days(text)[:2] == (THIRD, FIFTH)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "no day"),
            ("31/02/2026", "day, month, year"),
            ("03/25/2026", "day, month, year"),
            ("3/3/26", "no day such as"),
            ("3 Maret", "names no year"),
            ("3", "names no month"),
            ("46118", "is how Excel counts days; give the cell the format of a date"),
            ("3 Foo 2026", '"Foo" is no month'),
            ("3, 4 dan 5 Maret 2026", "no day such as"),
            ("3 s.d. 4 s.d. 5 Maret 2026", "no span of two"),
            ("3 Maret 0206", "is not meant"),
            ("besok", "no day such as"),
        ],
    )
    def test_what_cannot_be_meant_is_named(self, text: str, says: str) -> None:
        with pytest.raises(DayFault, match=says):
            read_days(text)

    def test_only_two_numbers_that_could_change_places_are_unsure(self) -> None:
        assert read_days("04/03/2026").numeric
        assert not read_days("03/03/2026").numeric
        assert not read_days("25/03/2026").numeric
        assert not read_days("4 Maret 2026").numeric
        assert is_month_first("03/25/2026")
        assert not is_month_first("25/03/2026")
        assert not is_month_first("03/99/2026")

    @given(st.dates(date(1970, 1, 1), date(2999, 12, 31)))
    def test_what_we_print_is_read_again(self, day: date) -> None:
        for text in (day_text(day), full_day_text(day), f"{day:%d/%m/%Y}", day.isoformat()):
            assert read_days(text)[:2] == (day, day)

    @given(st.text(max_size=40))
    def test_any_text_is_a_day_or_a_named_fault(self, text: str) -> None:
        try:
            found = read_days(text)
        except DayFault:
            return
        assert isinstance(found.first, date)


def test_hours_have_a_dot_or_a_colon() -> None:
    assert read_clock("07.30") == read_clock("7:30") == read_clock("07:30:00") == time(7, 30)
    for text in ("24.00", "7", "07.60", "730", ""):
        with pytest.raises(DayFault):
            read_clock(text)


class TestReasons:
    @pytest.mark.parametrize(
        ("text", "code", "rest"),
        [
            ("CT", "CT", ""), ("cuti tahunan", "CT", ""),
            ("Cuti Tahunan (ke Jawa)", "CT", "ke Jawa"),
            ("DL", "DL", ""), ("D.L.", "DL", ""), ("Dinas Luar ke Samarinda", "DL", "ke Samarinda"),
            ("Tugas luar: rapat", "DL", "rapat"), ("Sakit", "S", ""), ("Cuti sakit", "CS", ""),
            ("Ijin", "I", ""), ("I", "I", ""), ("Izin, anak sakit", "I", "anak sakit"),
            ("Dinas Kesehatan", None, ""), ("Tidak izin", None, ""), ("", None, ""),
            ("I tidak masuk", None, ""), ("Sakitan", None, ""), ("WFH", "WFA", ""),
            ("mesin rusak", "MR", ""), ("Diklat PIM IV", "D", "PIM IV"),
        ],
    )  # fmt: skip
    def test_a_reason_is_its_code_name_or_word_and_what_follows(
        self, text: str, code: str | None, rest: str
    ) -> None:
        found = WORDS.read(text)
        if code is None:
            assert found is None
        else:
            assert found is not None
            assert [one.code for one in found.types] == [code]
            assert found.rest == rest

    def test_leave_alone_may_be_any_leave(self) -> None:
        found = WORDS.read("Cuti")
        assert found is not None
        assert {one.status for one in found.types} == {"LEAVE"}
        assert len(found.types) == 5

    def test_no_word_means_two_types(self) -> None:
        every = [word for one in shipped().values() for word in (one.code, one.name, *one.words)]
        for word in every:
            found = WORDS.read(word)
            assert found is not None
            assert len(found.types) == 1, word


def test_every_code_of_the_recap_is_known_to_who_reads_it_back() -> None:
    codes = load().codes
    assert set(codes) == set(Status)
    for status, code in codes.items():
        found = WORDS.read(code)
        if found is None:
            assert plain(code) in SILENT
        else:
            assert {one.status for one in found.types} == {status.value}
    assert plain(NOT_SERVING) in SILENT
