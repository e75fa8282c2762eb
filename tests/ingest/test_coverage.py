"""What is known of a terminal-day, told by stretches on a line of hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.coverage import (
    ClockDay,
    Evidence,
    Stretch,
    TerminalDay,
    Unreadable,
    Verdict,
    day_bounds,
    doubt,
    doubt_window,
    office_day,
    terminal_day,
    united,
    unreadable_window,
)
from ingest.wire import Punch

ZONE = ZoneInfo("Asia/Makassar")
DAY = date(2026, 3, 3)
START, END = day_bounds(DAY, ZONE)
HOUR = timedelta(hours=1)


def at(hour: float) -> datetime:
    """Return a moment by its hour on DAY; 24 is the next midnight, -1 an hour before."""
    return START + hour * HOUR


def stretch(since: float, until: float, parked: int = 0) -> Stretch:
    return Stretch(at(since), at(until), parked)


def judged(*stretches: Stretch, **more: object) -> TerminalDay:
    evidence = replace(Evidence("T1", "aula", tuple(stretches)), **more)  # type: ignore[arg-type]  # fields of Evidence
    return terminal_day(evidence, DAY, zone=ZONE, clock_limit_s=300)


def codes(found: TerminalDay) -> list[str]:
    return [one.code for one in found.reasons]


@pytest.mark.parametrize(
    ("stretches", "verdict", "code"),
    [
        ([(-24, 24)], Verdict.COMPLETE, None),
        ([(0, 24)], Verdict.COMPLETE, None),
        ([(-1, 12), (12, 30)], Verdict.COMPLETE, None),
        ([(-1, 13), (5, 6), (12, 30)], Verdict.COMPLETE, None),
        ([], Verdict.NOT_YET, "never-read"),
        ([(-24, -1)], Verdict.NOT_YET, "behind"),
        ([(-24, 0)], Verdict.NOT_YET, "behind"),
        ([(-24, 23.99)], Verdict.NOT_YET, "behind"),
        ([(0.01, 30)], Verdict.GAP, "hole"),
        ([(-1, 12), (12.01, 30)], Verdict.GAP, "hole"),
        ([(-1, 12), (36, 48)], Verdict.GAP, "hole"),
        ([(36, 48)], Verdict.GAP, "hole"),
        ([(-1, 30, 1)], Verdict.GAP, "parked"),
        ([(-48, -24, 1), (-24.5, 30)], Verdict.COMPLETE, None),
    ],
)
def test_a_day_is_complete_when_its_stretches_leave_nothing_out(
    stretches: list[tuple[float, ...]], verdict: Verdict, code: str | None
) -> None:
    found = judged(*(stretch(*one) for one in stretches))  # type: ignore[arg-type]  # the third is a count
    assert found.verdict is verdict
    assert codes(found) == ([] if code is None else [code])


def test_a_gap_weighs_more_than_a_missing_end_and_both_are_named() -> None:
    found = judged(stretch(6, 12))
    assert (found.verdict, codes(found)) == (Verdict.GAP, ["hole", "behind"])


def test_two_holes_are_two_reasons() -> None:
    found = judged(stretch(-1, 8), stretch(9, 10), stretch(11, 30))
    assert [one.text.split(": ", 1)[1] for one in found.reasons] == [
        "tidak ada bukti lengkap antara 3 Maret 2026 pukul 08.00 WITA dan "
        "3 Maret 2026 pukul 09.00 WITA; dapat dilengkapi dengan file USB",
        "tidak ada bukti lengkap antara 3 Maret 2026 pukul 10.00 WITA dan "
        "3 Maret 2026 pukul 11.00 WITA; dapat dilengkapi dengan file USB",
    ]


@pytest.mark.parametrize(
    ("looks", "wrong"),
    [
        ([], False),
        ([(0, 300)], False),
        ([(0, -300)], False),
        ([(0, 301)], True),
        ([(0, -301)], True),
        ([(-1, 301), (0, 5), (1, 301)], False),
        ([(-1, 301), (1, 5)], True),
        ([(-1, 5), (1, -301)], True),
        ([(-1, 5), (1, 5)], False),
        ([(1, 90_000)], True),
    ],
)
def test_a_clock_must_be_right_on_the_day_or_on_both_sides_of_it(
    looks: list[tuple[int, int]], wrong: bool
) -> None:
    clock = tuple(ClockDay(DAY + timedelta(days=day), offset) for day, offset in looks)
    assert codes(judged(stretch(-1, 30), clock=clock)) == (["clock"] if wrong else [])


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda one: one[0] <= one[1]),
        max_size=8,
    )
)
def test_united_spans_cover_just_what_the_stretches_cover(spans: list[tuple[int, int]]) -> None:
    found = united(stretch(*one) for one in spans)
    for minute in range(61):
        moment = at(minute)
        covered = any(since <= minute <= until for since, until in spans)
        assert any(since <= moment <= until for since, until in found) == covered
    assert all(one[1] < other[0] for one, other in pairwise(found))


@given(st.lists(st.tuples(st.integers(-30, 60), st.integers(0, 60)), max_size=6))
def test_more_evidence_never_makes_a_complete_day_incomplete(spans: list[tuple[int, int]]) -> None:
    stretches = [stretch(since, since + length) for since, length in spans]
    seen_complete = False
    for count in range(len(stretches) + 1):
        complete = judged(*stretches[:count]).verdict is Verdict.COMPLETE
        assert complete or not seen_complete
        seen_complete = complete


def test_days_have_the_length_their_zone_gives_them() -> None:
    start, end = day_bounds(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == 23 * HOUR


class TestOffice:
    complete = TerminalDay("A", "a", Verdict.COMPLETE)

    def test_every_terminal_must_be_complete(self) -> None:
        pending, gap = judged(), judged(stretch(6, 30))
        assert office_day([self.complete]).verdict is Verdict.COMPLETE
        assert office_day([self.complete, pending]).verdict is Verdict.NOT_YET
        assert office_day([gap, pending]).verdict is Verdict.GAP
        assert [one.code for one in office_day([gap, pending]).reasons] == ["hole", "never-read"]

    def test_no_terminal_is_no_completeness(self) -> None:
        found = office_day([], ["X"])
        assert (found.verdict, found.reasons[0].code) == (Verdict.GAP, "no-terminal")
        assert found.unregistered == ("X",)


class TestDoubt:
    def punch(self, hour: float, read: float, after: float | None) -> Punch:
        moment = at(hour)
        return Punch(
            id="0" * 32,
            terminal="T1",
            user_id="1",
            local_time=moment.replace(tzinfo=None),
            occurred_at=round(moment.timestamp()),
            state=None,
            verify=None,
            work_code="",
            source="poll",
            clock_offset_s=None,
            read_at=round(at(read).timestamp()),
            after=None if after is None else round(at(after).timestamp()),
            raw=b"",
        )

    def test_a_punch_between_two_reads_is_believed(self) -> None:
        assert doubt(self.punch(8, 9, 7), 300) is None
        assert doubt(self.punch(8, 9, None), 300) is None

    def test_the_limit_belongs_to_what_is_believed(self) -> None:
        limit = 300 / 3_600
        assert doubt(self.punch(9 + limit, 9, 7), 300) is None
        assert doubt(self.punch(7 - limit, 9, 7), 300) is None
        assert doubt(self.punch(9 + limit + 0.001, 9, 7), 300) == "future"
        assert doubt(self.punch(7 - limit - 0.001, 9, 7), 300) == "outside"

    def test_a_clock_that_lost_its_battery_is_named_so(self) -> None:
        lost = replace(
            self.punch(8, 9, 7), local_time=datetime(2000, 1, 1), occurred_at=946_656_000
        )
        assert doubt(lost, 300) == "ancient"

    def test_without_an_earlier_read_it_may_have_come_ever_before(self) -> None:
        window = doubt_window(None, at(9), 300)
        assert window.touches(at(-2_400), at(-2_376))
        assert not window.touches(at(10), at(34))
        assert not doubt_window(at(7), at(9), 300).touches(at(-24), at(6))


class TestUnreadable:
    def near(self, near_from: float | None, near_until: float | None, *known: Stretch) -> bool:
        record = Unreadable(
            "",
            None if near_from is None else at(near_from).replace(tzinfo=None),
            None if near_until is None else at(near_until).replace(tzinfo=None),
            at(40),
        )
        window = unreadable_window(record, known, zone=ZONE, clock_limit_s=300)
        return window.touches(START, END)

    @pytest.mark.parametrize(
        ("near_from", "near_until", "near"),
        [
            (7, 8, True),
            (-30, -20, False),
            (-30, 8, True),
            (20, 30, True),
            (25, 30, False),
            (-30, 35, True),
            (20, None, True),
            (25, None, False),
            (None, 8, True),
            (None, -2, False),
            (None, None, True),
            (30, 7, True),
            (60, 8, True),
            (7, 60, True),
        ],
    )
    def test_it_lies_between_its_neighbours(
        self, near_from: float | None, near_until: float | None, near: bool
    ) -> None:
        assert self.near(near_from, near_until) is near

    def test_what_a_whole_log_did_not_hold_came_after_it(self) -> None:
        assert not self.near(None, None, stretch(-50, 26))
        assert self.near(None, None, stretch(-50, 23))

    def test_a_stretch_that_ends_after_its_neighbour_says_nothing(self) -> None:
        assert self.near(None, 8, stretch(-50, 26))

    def test_a_neighbour_of_the_year_2000_is_none(self) -> None:
        record = Unreadable("", datetime(2000, 1, 1), at(8).replace(tzinfo=None), at(40))
        window = unreadable_window(record, [stretch(-50, 7)], zone=ZONE, clock_limit_s=300)
        assert window.start == at(7) - timedelta(seconds=300)
