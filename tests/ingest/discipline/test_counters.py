"""Each counter against tables from the regulations and against a reference that is too simple."""

import random
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.discipline import Effect, JudgedDay, alarms, consecutive, cumulative
from ingest.discipline.streaks import longest, streaks
from ingest.discipline.values import LEVELS
from ingest.regulations import load

YEAR = date(2026, 12, 31)
SHELF = load()
LAW, OLD, PPPK = (SHELF.find(one) for one in ("PP-94-2021", "PP-53-2010", "CONTOH-PPPK"))
LETTERS = {
    "A": Effect.COUNTS,
    "H": Effect.BREAKS,
    ".": Effect.FREE,
    "?": Effect.UNVERIFIED,
    "-": Effect.UNJUDGED,
}
TEXTS = st.text("AAAH.?-", max_size=120)


def days(text, first=date(2026, 3, 2)):
    return [JudgedDay(first + timedelta(days=n), LETTERS[one]) for n, one in enumerate(text)]


def total(text, law=LAW, **options):
    return cumulative(days(text, **options), law, year=2026, until=YEAR)


def rows(text, law=LAW, year=2026, first=date(2026, 3, 2)):
    return consecutive(days(text, first), law, year=year, until=date(year, 12, 31))


@pytest.mark.parametrize(
    ("absent", "level", "sanction"),
    [
        (2, None, None),
        (3, "ringan", "teguran lisan"),
        (4, "ringan", "teguran tertulis"),
        (6, "ringan", "teguran tertulis"),
        (7, "ringan", "pernyataan tidak puas"),
        (10, "ringan", "pernyataan tidak puas"),
        (11, "sedang", "penundaan kenaikan gaji berkala"),
        (13, "sedang", "penundaan kenaikan gaji berkala"),
        (14, "sedang", "penundaan kenaikan pangkat"),
        (16, "sedang", "penundaan kenaikan pangkat"),
        (17, "sedang", "penurunan pangkat"),
        (20, "sedang", "penurunan pangkat"),
        (21, "berat", "penurunan jabatan"),
        (24, "berat", "penurunan jabatan"),
        (25, "berat", "pembebasan dari jabatannya"),
        (27, "berat", "pembebasan dari jabatannya"),
        (28, "berat", "pemberhentian dengan hormat"),
        (60, "berat", "pemberhentian dengan hormat"),
    ],
)
def test_each_boundary_of_pp_94(absent, level, sanction):
    found = total("AH" * absent)
    if level is None:
        assert found is None
    else:
        assert (found.level, found.total, len(found.days)) == (level, absent, absent)
        assert found.sanction.startswith(sanction)


@pytest.mark.parametrize(
    ("absent", "level"),
    [
        (4, None), (5, "ringan"), (15, "ringan"), (16, "sedang"), (30, "sedang"), (31, "berat"),
        (45, "berat"), (46, "berat"),
    ],
)  # fmt: skip
def test_the_past_is_asked_by_its_own_numbers(absent, level):
    found = cumulative(
        days("AH" * absent, date(2019, 1, 7)), OLD, year=2019, until=date(2019, 12, 31)
    )
    assert (found.level if found else None) == level


@pytest.mark.parametrize(
    ("absent", "level"),
    [(2, None), (3, "ringan"), (10, "ringan"), (11, "sedang"), (20, "sedang"), (21, "berat")],
)
def test_the_example_of_pppk_has_its_own_boundaries(absent, level):
    found = total("AH" * absent, PPPK)
    assert (found.level if found else None) == level


def test_a_substitute_names_both_and_can_be_switched_off():
    assert "sebagai pengganti pemotongan tunjangan kinerja" in total("A" * 11).sanction
    bands = tuple(
        replace(one, substitute=replace(one.substitute, active=False)) if one.substitute else one
        for one in LAW.bands
    )
    found = total("A" * 11, replace(LAW, bands=bands))
    assert found.sanction == "pemotongan tunjangan kinerja 25 % selama 6 bulan"
    assert (found.mark, total("A" * 11).mark) == ("M", "L")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A" * 9, []),
        ("A" * 10, [(10, 0, False)]),
        ("AAAAA..AAAAA", [(10, 0, False)]),
        ("AAAAAHAAAAA", []),
        ("A" * 10 + "H" + "A" * 11, [(10, 0, False), (11, 0, False)]),
        ("AAAAA?AAAAA", [(10, 1, True)]),
        ("AAAAA---AAAAA", [(10, 3, True)]),
        ("A" * 10 + "??AAA", [(10, 2, False)]),
        ("?" * 20, []),
    ],
)
def test_ten_in_a_row(text, found):
    assert [(len(one.days), one.unverified, one.waiting) for one in rows(text)] == found


def test_open_days_pass_where_the_file_says_so():
    law = replace(LAW, counting=replace(LAW.counting, unverified="passes"))
    (found,) = rows("AAAAA?AAAAA", law)
    assert (len(found.days), found.unverified, found.waiting) == (10, 1, False)


def test_a_finding_is_as_sure_as_the_least_sure_figure_it_rests_on():
    sure = replace(LAW, bands=tuple(replace(one, mark="H", marks={}) for one in LAW.bands))
    assert [rows(one, sure)[0].mark for one in ("A" * 10, "A" * 10 + "?")] == ["H", "L"]
    assert (total("A" * 21, sure).mark, total("A" * 11, sure).mark) == ("H", "L")


def test_what_waits_for_proof_names_no_level_no_sanction_no_proposal():
    (found,) = rows("AAAAA?AAAAA")
    assert (found.level, found.sanction, found.proposals) == (None, None, ())
    assert found.text.startswith("Menunggu verifikasi: ")
    assert "1 hari belum terverifikasi" in found.text


class TestNewYear:
    first = date(2025, 12, 28)

    def test_a_streak_runs_across_it(self):
        (found,) = rows("A" * 10, first=self.first)
        assert (found.days[0], found.days[-1]) == (self.first, date(2026, 1, 6))

    def test_it_does_not_where_the_file_says_so(self):
        bands = tuple(
            replace(one, period="calendar-year") if one.count == "consecutive" else one
            for one in LAW.bands
        )
        assert rows("A" * 10, replace(LAW, bands=bands), first=self.first) == []

    def test_one_that_was_over_before_it_is_told_in_its_own_year_alone(self):
        told = ("A" * 10 + "H" + "A" * 9, date(2025, 12, 12))
        assert rows(told[0], first=told[1]) == []
        assert [len(one.days) for one in rows(told[0], year=2025, first=told[1])] == [10]

    def test_the_year_before_sees_only_its_own_part(self):
        assert rows("A" * 10, year=2025, first=self.first) == []

    def test_the_count_of_a_year_begins_at_nothing(self):
        assert [len(total("A" * 10, first=self.first).days)] == [6]


def test_a_regulation_counts_only_days_on_which_it_was_in_force():
    over = days("A" * 12, date(2021, 8, 25))  # seven of them before 31 August
    until = date(2021, 12, 31)
    old = cumulative(over, OLD, year=2021, until=until)
    new = cumulative(over, LAW, year=2021, until=until)
    assert (old.total, new.total) == (6, 6)
    assert old.days[-1] < new.days[0] == date(2021, 8, 31)


def test_days_that_are_not_over_count_for_nothing():
    found = cumulative(days("A" * 5), LAW, year=2026, until=date(2026, 3, 4))
    assert found.total == 3


class TestMinutes:
    late = tuple(
        JudgedDay(date(2026, 3, n), Effect.BREAKS, late_minutes=449, early_minutes=1)
        for n in range(1, 4)
    )

    def law(self, **changes):
        return replace(LAW, late_conversion=replace(LAW.late_conversion, **changes))

    def test_they_count_for_nothing_by_default(self):
        assert cumulative(self.late, LAW, year=2026, until=YEAR) is None

    @pytest.mark.parametrize(
        ("changes", "converted"),
        [
            ({}, 3),
            ({"include": ("late",)}, None),
            ({"minutes_per_day": 510}, None),
            ({"minutes_per_day": 420}, 3),
        ],
    )
    def test_they_become_days_where_the_file_says_so(self, changes, converted):
        law = self.law(enabled=True, **changes)
        found = cumulative(self.late, law, year=2026, until=YEAR)
        assert (found.converted_days if found else None) == converted
        if found:
            assert (found.days, found.total) == ((), 3)
            assert "hasil konversi menit" in found.text

    def test_they_add_to_days_and_never_to_a_streak(self):
        law = self.law(enabled=True)
        known = [*self.late, *days("A" * 9, date(2026, 3, 4))]
        assert cumulative(known, law, year=2026, until=YEAR).total == 12
        assert consecutive(known, law, year=2026, until=YEAR) == []


class TestAlarms:
    @pytest.mark.parametrize(
        ("text", "rules"),
        [
            ("AA", []),
            ("AHAHA", ["three-in-a-year"]),
            ("AA.A", ["three-in-a-row", "three-in-a-year"]),
            ("AA?A", ["three-in-a-row", "three-in-a-year"]),
        ],
    )
    def test_three_in_a_row_is_not_three_in_a_year(self, text, rules):
        service = SHELF.find("BKPSDM-KUKAR")
        found = alarms(days(text), service, year=2026, until=YEAR)
        assert [one.rule.partition("/")[2] for one in found] == rules
        assert all(one.level is None and one.sanction is None for one in found)

    def test_one_that_needs_an_open_day_waits(self):
        found, _ = alarms(days("AA?A"), SHELF.find("BKPSDM-KUKAR"), year=2026, until=YEAR)
        assert found.waiting

    def test_its_number_is_its_own(self):
        service = SHELF.find("BKPSDM-KUKAR")
        four = replace(service, alarms=(replace(service.alarms[0], min_days=4),))
        assert alarms(days("AAA"), four, year=2026, until=YEAR) == []
        assert total("AAA").span == "3"
        assert [len(one.days) for one in rows("A" * 10)] == [10]


# ----------------------------------------------------------------------- against a reference


def naive(text, at_least):
    """Proven streaks and the open days beside them, by a pattern over the text alone."""
    worked = text.replace(".", "")
    found = [one.span() for one in re.finditer(r"A+", worked)]
    return [
        (end - begin, len(beside(worked[:begin][::-1])) + len(beside(worked[end:])))
        for begin, end in found
        if end - begin >= at_least
    ]


def beside(text):
    return re.match(r"[?-]*", text)[0]


@given(TEXTS, st.integers(1, 12))
def test_proven_streaks_equal_a_naive_reference(text, at_least):
    found = streaks(days(text), at_least=at_least, unverified="ends")
    assert [(len(one.days), one.unverified) for one in found if one.proven] == naive(text, at_least)


@given(TEXTS, st.integers(1, 12))
def test_streaks_that_wait_equal_a_naive_reference(text, at_least):
    worked = re.sub(r"[.]", "", text)
    waiting = [
        (run.count("A"), len(run) - run.count("A"))
        for run in worked.split("H")
        if run.count("A") >= at_least and not naive(run, at_least)
    ]
    found = streaks(days(text), at_least=at_least, unverified="ends")
    assert [(len(one.days), one.unverified) for one in found if not one.proven] == waiting
    passing = [run.count("A") for run in worked.split("H") if run.count("A") >= at_least]
    passed = streaks(days(text), at_least=at_least, unverified="passes")
    assert [len(one.days) for one in passed] == passing


@given(TEXTS)
def test_the_count_of_a_year_equals_a_naive_reference(text):
    found = total(text)
    counted = text.count("A")
    assert (found.total if found else 0) == (counted if counted >= 3 else 0)
    if found:
        assert found.unverified == text.count("?") + text.count("-")


@given(TEXTS, st.randoms(use_true_random=False))
def test_free_days_never_change_a_count(text, chance):
    with_free = "".join(one + "." * chance.randrange(3) for one in text.replace(".", ""))
    without = text.replace(".", "")
    assert longest(days(with_free)) == longest(days(without))
    assert [len(one.days) for one in rows(with_free, first=date(2026, 1, 1))] == [
        len(one.days) for one in rows(without, first=date(2026, 1, 1))
    ]


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_in_which_days_come_changes_nothing(text, chance: random.Random):
    known = days(text)
    mixed = list(known)
    chance.shuffle(mixed)
    for counter in (cumulative, consecutive):
        assert counter(mixed, LAW, year=2026, until=YEAR) == counter(
            known, LAW, year=2026, until=YEAR
        )
    service = SHELF.find("BKPSDM-KUKAR")
    assert alarms(mixed, service, year=2026, until=YEAR) == alarms(
        known, service, year=2026, until=YEAR
    )


def rank(text):
    """The heaviest level that is indicated, as a number."""
    found = [one for one in (total(text), *rows(text)) if one is not None and one.level]
    return max((LEVELS.index(one.level) + 1 for one in found), default=0)


def band(text):
    found = total(text)
    return 0 if found is None else int(re.match(r"\d+", found.span)[0])


@settings(max_examples=60)
@given(st.text("AAAH.?-", min_size=1, max_size=60), st.integers(0, 59))
def test_one_more_absence_never_lowers_a_band(text, place):
    more = text[: place % len(text)] + "A" + text[place % len(text) + 1 :]
    assert band(more) >= band(text)
    assert rank(more) >= rank(text)
    assert longest(days(more)) >= longest(days(text))


@given(TEXTS)
def test_whatever_is_said_is_no_sanction(text):
    service = SHELF.find("BKPSDM-KUKAR")
    found = [
        *([one] if (one := total(text)) else []),
        *rows(text),
        *alarms(days(text), service, year=2026, until=YEAR),
    ]
    for one in found:
        assert re.match(r"Indikasi: |Peringatan dini: |Menunggu verifikasi: ", one.text)
        assert "Bukan hukuman disiplin" in one.text or "Belum dapat disebut" in one.text
        assert not re.search(r"dijatuh|dihukum|terbukti|bersalah|melanggar", one.text)
        assert all(told.startswith("usul ") for told in one.proposals)
        assert ("belum terverifikasi" in one.text) == (one.unverified > 0)
        assert one.days
        assert one.mark in "HML"
