"""What is due of a leave in a year, what was taken of it, what may be carried: pure counting."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from ingest.calendar import ExcuseType, Expected, excuse_types
from ingest.calendar.excusing import Claim, Doubt, Earlier, doubts
from ingest.calendar.expected import Holiday, Off, Unknown
from ingest.calendar.reading import Fault
from ingest.calendar.taken import Account, Standing
from ingest.excuse_types import shipped

CT = shipped()["CT"]
NYEPI = date(2026, 3, 19)
TYPE = '[X]\nname = "x"\nstatus = "LEAVE"\nunit = "working"\nmark = "H"\nsource = "y"\n'
QUOTA = '[[X.quota]]\ndays = 3\nkinds = ["PNS"]\nsince = 2020-01-01\nmark = "H"\nsource = "y"\n'


@dataclass
class Servant:
    """Works Monday to Friday, but for Nyepi; known here since a day."""

    since: date | None = date(2026, 1, 2)
    kinds: dict[int, str] = field(default_factory=dict)
    appointed: date | None = date(2015, 5, 1)

    def serves(self, day: date) -> bool:
        return True

    def plan(self, day: date) -> Expected:
        if day == NYEPI:
            return Holiday("Nyepi")
        return Off("akhir pekan") if day.weekday() > 4 else Unknown("tidak diketahui")

    def touches(self, first: date, last: date) -> list[object]:
        return []

    def is_confirmed(self, year: int) -> bool:
        return True

    def kind(self, day: date) -> str:
        return self.kinds.get(day.year, "PNS")

    def judged_since(self) -> date | None:
        return self.since


def leave(first: date, days: int = 1, code: str = "CT") -> Earlier:
    return Earlier("excuse 1", code, first, first + timedelta(days=days - 1))


def stand(*given: Earlier, year: int = 2026, **of: object) -> Standing:
    found = Account(CT, Servant(**of), given).standing(year)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_only_days_of_work_that_still_hold_are_used() -> None:
    found = stand(
        leave(date(2026, 3, 16), 7),  # Monday to Sunday, with Nyepi: four days
        leave(date(2026, 4, 6), 1),
        replace(leave(date(2026, 4, 7)), taken_back=True),
        replace(leave(date(2026, 4, 8)), hours=(None, None)),  # type: ignore[arg-type]
        leave(date(2026, 4, 9), code="CAP"),
        leave(date(2025, 12, 29), 5),  # of it the 1st and 2nd of January
    )
    assert (found.days, found.used, found.left, found.over) == (12, 7, 5, 0)
    assert (found.carried, found.notes) == (None, ("what is left of 2025 is not known here",))


def test_what_is_left_is_carried_as_far_as_the_law_lets_it() -> None:
    known = {"since": date(2025, 1, 2), "year": 2026}
    assert stand(leave(date(2025, 3, 3), 5), **known).carried == 6  # seven were left
    assert stand(leave(date(2025, 3, 3), 12), **known).carried == 2  # ten of twelve taken
    assert stand(leave(date(2025, 3, 3), 28), **known).carried == 0
    two = {"since": date(2024, 1, 2), "year": 2026}
    assert stand(**two).due == 24  # nothing for two years
    assert stand(leave(date(2024, 3, 4)), **two).due == 18
    # of what was carried itself nothing is carried again, and it is used first
    used = (leave(date(2024, 3, 4)), leave(date(2025, 3, 3), 12))
    assert stand(*used, **two).carried == 6
    assert stand(year=2026, since=date(2025, 2, 2)).carried is None  # not from January on


def test_big_leave_drops_the_year_and_who_serves_less_than_a_year_has_none() -> None:
    found = stand(leave(date(2026, 2, 2), 2), leave(date(2026, 6, 1), 30, "CB"))
    assert (found.days, found.due, found.over) == (0, 0, 2)
    assert found.notes == ("CB in 2026 drops it",)
    assert stand(appointed=date(2026, 1, 1)).notes == ("less than 12 months of service",)
    assert stand(appointed=date(2025, 12, 1)).days == 12
    assert stand(appointed=None).days == 12


def test_a_kind_without_a_row_has_no_quota_and_a_row_has_its_time() -> None:
    assert Account(CT, Servant(kinds={2026: "NON-ASN"}), ()).standing(2026) is None
    assert stand(kinds={2026: "PPPK"}, since=date(2025, 1, 2)).carried == 0
    assert Account(CT, Servant(), ()).standing(2016) is None


def told(claim: Claim, *given: Earlier) -> dict[Doubt, str]:
    found = doubts(claim, Servant(), given, date(2026, 3, 2))
    return {one.kind: one.text for one in found}


def test_more_than_is_due_is_a_doubt_that_says_how_much() -> None:
    before = leave(date(2026, 2, 2), 12)  # ten days
    two = Claim(CT, date(2026, 3, 2), date(2026, 3, 3), letter="1")
    assert Doubt.QUOTA not in told(two, before)
    three = replace(two, last=date(2026, 3, 4))
    assert told(three, before)[Doubt.QUOTA] == (
        "13 working days of CT in 2026, 12 are due (what is left of 2025 is not known here)"
    )
    weekend = Claim(CT, date(2026, 3, 7), date(2026, 3, 8), letter="1")
    assert Doubt.QUOTA not in told(weekend, before, leave(date(2026, 3, 2), 5))  # nothing more
    sick = replace(three, type=shipped()["CS"])
    assert Doubt.QUOTA not in told(sick, before)


def read(text: str) -> ExcuseType:
    return excuse_types("excuses.toml", text)["X"]


def test_a_quota_is_data_with_its_source() -> None:
    (quota,) = read(TYPE + QUOTA).quotas
    assert (quota.days, quota.carry, quota.carry_of_two, quota.dropped_by) == (3, 0, 0, ())
    assert read(TYPE).quotas == ()


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("days = 3\n", "", "days: expected how many"),
        ('kinds = ["PNS"]', "kinds = []", "kinds: expected a list"),
        ('mark = "H"\nsource = "y"\n', 'mark = "X"\nsource = "y"\n', "mark: expected H, M or L"),
        ("since = 2020-01-01", "since = 2020-01-01\nuntil = 2019-01-01", "until: lies before"),
        ("days = 3", "days = 3\ncarry = 4\ncarry_of_two = 3", "carry, carry_of_two"),
        ("days = 3", 'days = 3\ndropped_by = ["Y"]', "dropped_by: no type 'Y'"),
        ("days = 3", "days = 3\nbonus = 1", "'bonus' is not known here"),
    ],
)
def test_a_quota_that_cannot_be_is_told(was: str, becomes: str, why: str) -> None:
    assert was in QUOTA
    with pytest.raises(Fault, match=why):
        read(TYPE + QUOTA.replace(was, becomes))


def test_a_quota_counts_no_calendar_days() -> None:
    with pytest.raises(Fault, match="counts working days"):
        read((TYPE + QUOTA).replace('"working"', '"calendar"'))
