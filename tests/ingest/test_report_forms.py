"""Codes, steps of minutes and deductions: data, checked as a whole, applied by their dates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingest import reporting
from ingest.errors import ConfigError
from ingest.reports.deductions import costs_of
from ingest.reports.printed import Printer
from ingest.rules import Status
from ingest.store.reported import Known

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
EXAMPLE = Path(reporting.__file__).parent / "reports" / "data" / "contoh-tpp.toml"
STEP = '{ code = "X1", min_minutes = 1, max_minutes = 10 }'
LADDER = (
    '[[ladder]]\nof = "late"\nname = "n"\nmark = "H"\nsource = "s"\nvalid_from = 2026-01-01\n'
    "step = [{}]\n"
)


@pytest.fixture
def own(tmp_path: Path):
    def own(text: str) -> Path:
        path = tmp_path / "laporan.toml"
        path.write_text(text, "utf-8")
        return path

    return own


def printed(known: Known, path: Path | None = None, day: date = FIRST) -> tuple[str, ...]:
    text, counts = Printer(reporting.load(path), FIRST, LAST).of(known, day)
    return text, *counts


def test_every_status_has_a_code_and_a_place_in_the_totals():
    forms = reporting.load()
    assert set(forms.codes) == set(Status)
    assert set(forms.printed()) >= set(forms.codes.values())
    assert forms.printed()[:10] == [
        "H", "TL1", "TL2", "TL3", "TL4", "PSW1", "PSW2", "PSW3", "PSW4", "TA",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (Known("PRESENT", 0, 0), ("H", "H")),
        (Known("LATE", 1, 0), ("TL1", "H", "TL1")),
        (Known("LATE", 30, 0), ("TL1", "H", "TL1")),
        (Known("LATE", 31, None), ("TL2", "H", "TL2")),
        (Known("LATE", 91, 61), ("TL4 PSW3", "H", "TL4", "PSW3")),
        (Known("LATE", None, None), ("HT", "H", "HT")),
        (Known("EARLY", 0, 5), ("PSW1", "H", "PSW1")),
        (Known("INCOMPLETE", 45, None), ("TA TL2", "H", "TA", "TL2")),
        (Known("ABSENT", corrected=True), ("TK*", "TK")),
        (Known("LEAVE", type="CT"), ("C", "C")),
        (Known("UNVERIFIED"), ("?", "?")),
    ],
)
def test_a_day_prints_its_code_and_is_counted_under_it(known, says):
    assert printed(known) == says


def test_an_own_file_names_only_what_it_has_otherwise(own):
    path = own('[codes]\nABSENT = "A"\n[types]\nCT = "CT"\nCS = "CS"\n')
    assert printed(Known("ABSENT"), path) == ("A", "A")
    assert printed(Known("LEAVE", type="CT"), path) == ("CT", "CT")
    assert printed(Known("LEAVE", type="CB"), path) == ("C", "C")
    assert printed(Known("DUTY"), path) == ("DL", "DL")
    forms = reporting.load(path)
    assert forms.printed().index("A") == reporting.load().printed().index("TK")


def test_the_total_of_days_present_can_leave_out_the_late(own):
    path = own("present_counts_late = false\n")
    assert printed(Known("LATE", 5, 0), path) == ("TL1", "TL1")


def test_two_codes_that_print_alike_are_one_total(own):
    path = own('[codes]\nLATE = "H"\n')
    assert printed(Known("LATE"), path) == ("H", "H")
    assert reporting.load(path).printed().count("H") == 1


def test_each_day_has_the_ladder_that_holds_on_it(own):
    late = LADDER.format(STEP) + LADDER.format(
        '{ code = "Y1", min_minutes = 1 }'
    ).replace("2026-01-01", "2026-03-15\nvalid_until = 2026-03-20")  # fmt: skip
    path = own(late)
    forms = Printer(reporting.load(path), FIRST, LAST)
    known = Known("LATE", 5, 0)
    found = [forms.of(known, date(2026, 3, day)).text for day in (14, 15, 20, 21)]
    assert found == ["X1", "Y1", "Y1", "X1"]
    assert printed(Known("LATE", 11, 0), path)[0] == "HT"  # no step takes it


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("codes = 3\n", "codes: "),
        ("[codes]\nABSENT = 5\n", "codes.ABSENT: "),
        ('[codes]\nBOLOS = "B"\n', "codes.BOLOS"),
        ('[codes]\nABSENT = "=1+1"\n', "codes.ABSENT: "),
        ('kop = "x"\n', "kop: unknown key"),
        (LADDER.format(""), "ladder.0.step: "),
        (LADDER.format(f"{STEP}, {STEP}"), "n: two steps take 1 minutes"),
        (LADDER.format('{ code = "X", min_minutes = 5, max_minutes = 2 }'), "ends before it"),
        (LADDER.format(STEP) * 2, "two ladders of one kind begin on 2026-01-01"),
        (
            LADDER.format(STEP).replace("01-01\n", "01-01\nvalid_until = 2025-01-01\n"),
            "n: valid_until lies before valid_from",
        ),
        ("[codes\n", "not valid TOML"),
        ('[signing.A]\nnip = "123"\n', "signing.A.nip: "),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_key(own, text, says):
    path = own(text)
    with pytest.raises(ConfigError) as raised:
        reporting.load(path)
    assert any(one.startswith(str(path)) and says in one for one in raised.value.faults)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"ingest\.reports\.file: .*nirgends\.toml cannot be"):
        reporting.load(tmp_path / "nirgends.toml")


class TestDeductions:
    @pytest.fixture
    def applied(self, own):
        """The example, made to apply."""
        text = EXAMPLE.read_text("utf-8")
        assert text.count("\nexample = true\n") == 1
        return reporting.load(own(text.replace("\nexample = true\n", "\n")))

    def test_none_ships_and_the_example_applies_to_nobody(self):
        days = {FIRST: Known("ABSENT")}
        assert costs_of(reporting.load(), days).total is None
        forms = reporting.load(EXAMPLE)
        assert forms.tpp[0].example
        assert costs_of(forms, days).total is None

    @pytest.mark.parametrize(
        ("days", "total"),
        [
            ([Known("PRESENT", 0, 0)], "0"),
            ([Known("LATE", 30, 0), Known("LATE", 31, 0)], "1.5"),
            ([Known("LATE", 91, 61)], "2.75"),
            ([Known("ABSENT"), Known("ABSENT")], "6"),
            ([Known("INCOMPLETE", 5, None)], "2"),
            ([Known("UNVERIFIED"), Known("LEAVE"), Known("DUTY")], "0"),
            ([Known("ABSENT")] * 40, "100"),
        ],
    )
    def test_a_month_costs_what_its_days_cost(self, applied, days, total):
        dated = {date.fromordinal(FIRST.toordinal() + n): one for n, one in enumerate(days)}
        assert costs_of(applied, dated).total == Decimal(total)

    def test_the_cap_is_told(self, applied):
        capped = replace(applied.tpp[0], cap_percent=Decimal(5))
        found = costs_of(
            replace(applied, tpp=(capped,)),
            {date(2026, 3, n): Known("ABSENT") for n in (2, 3)},
        )
        assert (found.total, found.capped, found.parts["absent"]) == (5, True, 6)

    def test_minutes_can_cost_each(self, applied):
        cut = replace(applied.tpp[0].cut[0], per="minute", percent=Decimal("0.01"))
        each = replace(applied, tpp=(replace(applied.tpp[0], cut=(cut,)),))
        assert costs_of(each, {FIRST: Known("LATE", 25, 0)}).total == Decimal("0.25")

    def test_a_ladder_costs_nothing_before_its_first_day(self, applied):
        found = costs_of(applied, {date(2025, 12, 31): Known("ABSENT"), FIRST: Known("ABSENT")})
        assert found.total == 3
