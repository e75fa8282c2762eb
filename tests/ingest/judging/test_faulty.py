"""What fails together is tried in halves, and a round ends with what could not be judged."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from ingest.days.faulty import MOST, Faulty, NotJudged, in_halves
from ingest.errors import Refused, StoreUnavailable
from ingest.store.plain import Pair

PAIRS = [("A", date(2026, 1, 1) + timedelta(days=n)) for n in range(200)]


class Judge:
    """Judges office-days together, unless one of them is at fault."""

    def __init__(self, *bad: Pair, error: Exception | None = None) -> None:
        self.bad, self.error = set(bad), error or Refused("broken terms")
        self.calls = 0

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        self.calls += 1
        if self.bad.intersection(pairs):
            raise self.error
        return list(pairs)


def test_all_but_the_one_at_fault_are_judged_in_their_order_and_few_tries() -> None:
    judge, faulty = Judge(PAIRS[130]), Faulty()
    assert in_halves(PAIRS, judge, faulty.add) == [*PAIRS[:130], *PAIRS[131:]]
    assert judge.calls <= 17  # two for each halving of 200
    assert PAIRS[130] in faulty
    assert PAIRS[0] not in faulty
    with pytest.raises(NotJudged, match=r"^office A on 2026-05-11: broken terms$"):
        faulty.tell()


def test_a_round_without_a_fault_says_nothing() -> None:
    faulty = Faulty()
    assert in_halves([], Judge(), faulty.add) == []
    assert in_halves(PAIRS, judge := Judge(), faulty.add) == PAIRS
    assert judge.calls == 1
    faulty.tell()


def test_of_several_the_first_is_told_and_how_many_more() -> None:
    faulty = Faulty()
    in_halves(PAIRS, Judge(*PAIRS[3:6]), faulty.add)
    told = r"office A on 2026-01-04: .* \(2 more office-days cannot be judged either\)"
    with pytest.raises(NotJudged, match=told):
        faulty.tell()


def test_a_mistake_of_ours_is_raised_as_it_is_and_names_the_day() -> None:
    faulty = Faulty()
    in_halves(PAIRS, Judge(PAIRS[0], error=KeyError("shift")), faulty.add)
    with pytest.raises(KeyError) as caught:
        faulty.tell()
    assert caught.value.__notes__ == ["while office A on 2026-01-01 was judged"]


def test_a_database_that_does_not_answer_ends_the_round_at_once() -> None:
    judge, faulty = Judge(*PAIRS, error=StoreUnavailable("busy")), Faulty()
    with pytest.raises(StoreUnavailable):
        in_halves(PAIRS, judge, faulty.add)
    assert judge.calls == 1


def test_where_everything_fails_the_round_ends_before_all_was_tried() -> None:
    judge, faulty = Judge(*PAIRS), Faulty()
    with pytest.raises(NotJudged, match=f"{MOST - 1} more office-days"):
        in_halves(PAIRS, judge, faulty.add)
    assert judge.calls < 2 * len(PAIRS)
