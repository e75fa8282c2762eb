"""Waiting longer each time, and never all at once."""

from bridge.backoff import Backoff, jittered
from bridge.sizing import BatchSize


def test_doubles_up_to_its_most_and_starts_over_after_success():
    backoff = Backoff(first_s=2, most_s=10, random=lambda: 1.0)
    assert [backoff.next() for _ in range(5)] == [2, 4, 8, 10, 10]
    backoff.reset()
    assert backoff.next() == 2


def test_is_fresh_until_the_first_failure_and_after_success():
    backoff = Backoff(first_s=2, most_s=10, random=lambda: 0.0)
    assert backoff.fresh
    backoff.next()
    assert not backoff.fresh
    backoff.reset()
    assert backoff.fresh


def test_draws_each_wait_from_its_upper_half():
    low = Backoff(first_s=8, most_s=80, random=lambda: 0.0)
    assert [low.next(), low.next()] == [4, 8]


def test_never_waits_less_than_first_when_most_is_smaller():
    backoff = Backoff(first_s=60, most_s=10, random=lambda: 1.0)
    assert [backoff.next(), backoff.next()] == [60, 60]


def test_jitter_is_a_tenth_either_way():
    assert jittered(100, lambda: 0.0) == 90
    assert abs(jittered(100, lambda: 1.0) - 110) < 1e-9


def find_poison(rows: int, poison: set[int]) -> tuple[list[int], int]:
    """Send rows to a centre that refuses some; return what was set aside, and the requests."""
    size, waiting, aside, requests = BatchSize(1_000), list(range(rows)), [], 0
    while waiting:
        batch = waiting[: size.rows]
        requests += 1
        if not poison.intersection(batch):
            size.taken(len(batch))
            del waiting[: len(batch)]
        elif len(batch) == 1:
            size.found()
            aside += batch
            waiting.pop(0)
        else:
            size.refused(len(batch))
    return aside, requests


def test_halving_finds_the_one_row_to_blame_in_few_requests():
    for poison in (0, 1, 499, 500, 998, 999):
        aside, requests = find_poison(1_000, {poison})
        assert aside == [poison]
        assert requests <= 22


def test_halving_finds_every_row_to_blame_and_no_other():
    assert find_poison(3_000, {3, 4, 1_500, 2_999})[0] == [3, 4, 1_500, 2_999]
    assert find_poison(5, {0, 1, 2, 3, 4})[0] == [0, 1, 2, 3, 4]


def test_a_body_that_was_too_large_is_never_sent_again():
    size = BatchSize(1_000)
    size.too_large(1_000)
    assert size.rows == 500
    size.taken(500)
    assert size.rows == 500
    size.refused(500)
    size.found()
    assert size.rows == 500
