"""A file of schemes: read with every fault, written so that it reads as the same."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.calendar import (
    DatedOverlay,
    Document,
    Flexi,
    Hours,
    Manner,
    Scheme,
    Shift,
    Terms,
    norm_warning,
    read_document,
    render_document,
)

EXAMPLE = (resources.files("ingest.calendar") / "data" / "contoh-skema.toml").read_text("utf-8")


def read(text: str) -> Document:
    faults: list[str] = []
    found = read_document(text, faults)
    assert faults == []
    return found


def faults(text: str) -> list[str]:
    found: list[str] = []
    read_document(text, found)
    return found


class TestExamples:
    def test_they_read_and_read_again_as_they_are_written(self) -> None:
        found = read(EXAMPLE)
        assert set(found.shifts) == {"P", "S", "M", "24"}
        assert set(found.schemes) == {
            "piket", "contoh-5-hari", "contoh-jumat-pendek", "contoh-6-hari",
            "contoh-4-sentuhan", "contoh-fleksi",
        }  # fmt: skip
        assert read(render_document(found)) == found

    def test_none_of_them_takes_the_place_of_the_scheme_every_store_begins_with(self) -> None:
        assert "5-hari" not in read(EXAMPLE).schemes

    def test_their_weeks_come_to_what_they_say(self) -> None:
        said = [
            terms
            for scheme in read(EXAMPLE).schemes.values()
            for terms in [*scheme.terms.values(), *(one.terms for one in scheme.overlays)]
            if terms.weekly is not None
        ]
        assert len(said) == 3
        assert [norm_warning("x", one) for one in said] == [None] * 3


class TestFaults:
    def test_each_one_of_a_file_is_named_at_once(self) -> None:
        text = """
            jam = 1
            [[shift]]
            code = "-"
            start = "7"
            end = "14.00"
            warna = "biru"
            [[scheme]]
            code = "a"
            name = "a"
            [[scheme.terms]]
            from = "2026-01-01"
            taps = 3
            days.senen = { start = "07:30", end = "16:00" }
            days.selasa = { start = "07:30", end = "16:00", rest = [["06:00", "07:00"]] }
            [[scheme.overlay]]
            from = 2026-03-19
            until = 2026-02-19
            roster = true
            name = "Ramadan"
        """
        names = "senin, selasa, rabu, kamis, jumat, sabtu, minggu"
        assert faults(text) == [
            'file, shift 1: code: "-" is no code: letters, digits and dots, up to 16',
            "file, shift 1: name: expected text in quotes",
            "file, shift 1: start: '7' is no time such as \"07:30\"",
            "file, shift 1: end: '14.00' is no time such as \"07:30\"",
            "file, shift 1: 'warna' is not known here",
            "scheme a, terms 1: from: expected a day such as 2026-01-31, without quotes",
            f"scheme a, terms 1: days: 'senen' is not known here, expected {names}",
            "scheme a, terms 1, days.selasa: rest: it must lie inside the hours of work",
            "scheme a, terms 1: taps: expected 2 or 4 touches a day",
            'scheme a, overlay 1 "Ramadan": until 2026-02-19 lies before from 2026-03-19',
            'scheme a, overlay 1 "Ramadan": an overlay gives hours; shifts have their own',
            "file: 'jam' is not known here",
        ]

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("x", "not valid TOML"),
            ("", "names neither a [[scheme]] nor a [[shift]]"),
            ("scheme = 3", "expected [[scheme]] tables"),
            ("shift = [3]", "file, shift 1: expected a table of keys"),
            ('[[shift]]\ncode="P"\nname="a\\nb"\nstart="07:00"\nend="14:00"\n' * 2, "stands twice"),
            ('[[scheme]]\ncode="a"\nname="a"\n' * 2, "the scheme a stands twice"),
            (
                '[[shift]]\ncode="P"\nname="a"\nstart="07:00"\nend="14:00"\ntaps=4\n',
                "shift P: four touches a shift need one rest",
            ),
            (
                '[[shift]]\ncode="24"\nname="a"\nstart="08:00"\nend="08:00"\ncloses_s=57601\n',
                "shift 24: closes_s: a touch would count after the day that follows",
            ),
            (
                '[[scheme]]\ncode="a"\nname="a"\n[[scheme.terms]]\nfrom=2026-01-01\n'
                'days.senin={start="21:00",end="07:00"}',
                "end: hours over midnight are a shift's",
            ),
            (
                '[[scheme]]\ncode="a"\nname="a"\n'
                + "[[scheme.terms]]\nfrom=2026-01-01\nroster=true\n" * 2,
                "terms from 2026-01-01 stand twice",
            ),
            (
                '[[scheme]]\ncode="a"\nname="a"\n[[scheme.terms]]\nfrom=2026-01-01T07:30:00\n'
                "roster=true",
                "from: expected a day",
            ),
            (
                '[[scheme]]\ncode="a"\nname="a"\n'
                + '[[scheme.overlay]]\nname="R"\nfrom=2026-01-01\nuntil=2026-01-02\n'
                'days.senin={start="08:00",end="15:00"}\n' * 2,
                'the overlay "R" stands twice',
            ),
        ],
    )
    def test_what_cannot_be_meant_is_named(self, text: str, fault: str) -> None:
        assert any(fault in one for one in faults(text)), faults(text)


seconds = st.integers(0, 86_400).map(lambda n: timedelta(seconds=n))
clocks = st.times().map(lambda at: at.replace(microsecond=0))
hours = st.lists(clocks, min_size=2, max_size=2, unique=True).map(lambda two: Hours(*sorted(two)))
over_midnight = hours.map(lambda one: Hours(one.end, one.start))
manners = st.builds(
    Manner,
    tolerance=seconds,
    opens=st.none() | seconds,
    closes=st.none() | seconds,
    flexi=st.none() | st.builds(Flexi, seconds.filter(bool), st.booleans()),
)
weeks = st.builds(
    Terms,
    hours=st.dictionaries(st.integers(0, 6), hours, min_size=1),
    manner=manners,
    weekly=st.none() | st.integers(0, 10_080).map(lambda n: timedelta(minutes=n)),
)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
names = st.text(min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(
    lambda text: text and text.isprintable()
)  # fmt: skip


@st.composite
def documents(draw: Any) -> Document:
    code = draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", fullmatch=True))
    first, last = sorted([draw(days), draw(days)])
    scheme = Scheme(
        code,
        draw(names),
        draw(st.dictionaries(days, weeks | st.just(Terms({}, roster=True)), min_size=1)),
        (DatedOverlay(draw(names), first, last, draw(weeks)),),
    )
    manner = replace(draw(manners), closes=draw(st.none() | st.just(timedelta())))
    shift = Shift("M", draw(names), draw(hours | over_midnight), manner)
    return Document({code: scheme}, {"M": shift})


@given(documents())
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_reads_as_it_was(document: Document) -> None:
    assert read(render_document(document)) == document
