"""Finding the place in a log, whatever happened to it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.cursor import TAIL, Cursor, Kind, Prefix, find_place
from drivers.base import ListLog, records_digest


def cursor_of(log: ListLog, count: int) -> Cursor:
    prefix = Prefix(log)
    prefix.grow(count)
    digest, tail = prefix.digest(), prefix.tail()
    return Cursor(log.serial, count, count, digest, b"", tail, 1, 1, None, "first read", 1, "text")


@pytest.fixture
def full(touches, log_of):
    return log_of(touches(200))


def test_a_log_that_was_never_read_is_handed_in_from_its_beginning(full):
    place = find_place(full, None)
    assert (place.start, place.kind, place.unbroken) == (0, Kind.FIRST, False)


def test_a_log_with_the_same_beginning_continues(touches, log_of, full):
    place = find_place(log_of(touches(210)), cursor_of(full, 200))
    assert (place.start, place.kind, place.unbroken) == (200, Kind.CONTINUES, True)
    assert place.note == "first read"


def test_an_unchanged_log_has_nothing_new(full):
    assert find_place(full, cursor_of(full, 200)).start == 200


@pytest.mark.parametrize("dropped", [1, 50, 136])
def test_a_log_whose_oldest_records_were_overwritten_has_rotated(touches, log_of, full, dropped):
    rotated = log_of(touches(200, first=dropped))
    place = find_place(rotated, cursor_of(full, 200))
    assert (place.start, place.kind, place.unbroken) == (200 - dropped, Kind.ROTATED, True)


def test_a_log_that_rotated_past_our_tail_proves_nothing(touches, log_of, full):
    place = find_place(log_of(touches(200, first=137)), cursor_of(full, 200))
    assert (place.start, place.kind, place.unbroken) == (0, Kind.CLEARED, False)


def test_a_log_with_none_of_our_records_was_cleared(touches, log_of, full):
    place = find_place(log_of(touches(300, first=1_000)), cursor_of(full, 200))
    assert (place.start, place.kind) == (0, Kind.CLEARED)


def test_an_empty_log_was_cleared(log_of, full):
    assert find_place(log_of([]), cursor_of(full, 200)).kind is Kind.CLEARED


def test_a_log_that_lost_its_end_was_cleared(touches, log_of, full):
    assert find_place(log_of(touches(150)), cursor_of(full, 200)).kind is Kind.CLEARED


def test_a_log_with_records_before_ours_was_restored(touches, log_of, full):
    place = find_place(log_of(touches(10, first=900) + touches(200)), cursor_of(full, 200))
    assert (place.start, place.kind, place.unbroken) == (0, Kind.RESTORED, False)


def test_a_log_with_one_changed_record_was_restored(touches, log_of, full):
    changed = touches(200)
    changed[3] = changed[3]._replace(raw=b"other")
    assert find_place(log_of(changed), cursor_of(full, 200)).kind is Kind.RESTORED


def test_a_short_log_is_never_taken_for_one_that_rotated(touches, log_of):
    """Rotation removes old records, and a short log's tail holds the oldest."""
    old = log_of(touches(5))
    place = find_place(log_of(touches(1, first=90) + touches(5)), cursor_of(old, 5))
    assert place.kind is Kind.RESTORED


def test_another_serial_number_is_another_terminal(touches, log_of, full):
    other = log_of(touches(200), serial="OTHER")
    place = find_place(other, cursor_of(full, 200))
    assert (place.start, place.kind) == (0, Kind.REPLACED)
    assert full.serial in place.note


def test_places_mean_nothing_in_an_extract(touches, log_of, full):
    extract = log_of(touches(300), positional=False)
    place = find_place(extract, cursor_of(full, 200))
    assert (place.start, place.kind, place.unbroken) == (0, Kind.EXTRACT, False)


def test_of_several_places_the_first_is_taken(touch, touches, log_of):
    same = [touch(7)] * (TAIL + 40)
    old = log_of(touches(100, first=500) + same)
    rotated = log_of(same + touches(3, first=900))
    place = find_place(rotated, cursor_of(old, len(old)))
    assert (place.start, place.kind) == (TAIL, Kind.ROTATED)


class Compared(bytes):
    """Bytes that count how often they are compared."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return bytes(self) == other

    def __ne__(self, other: object) -> bool:
        Compared.times += 1
        return bytes(self) != other

    __hash__ = bytes.__hash__


def test_a_log_that_repeats_itself_is_searched_in_linear_time(touch, touches, log_of):
    size = 5_000
    log = log_of([touch(7)] * size)
    before = log_of(touches(size) + [touch(7)] * (TAIL - 1) + [touch(8)])
    cursor = cursor_of(before, len(before))
    cursor = replace(cursor, tail=tuple(Compared(raw) for raw in cursor.tail))
    Compared.times = 0
    assert find_place(log, cursor).kind is Kind.CLEARED
    assert size < Compared.times < 5 * size  # each place tried anew would be TAIL times as many


def test_a_prefix_grows_into_the_digest_and_tail_of_the_log(full):
    prefix = Prefix(full)
    for count in (10, 11, 90, 200):
        prefix.grow(count)
        assert prefix.digest() == full.digest(count)
        first = max(0, count - TAIL)
        assert prefix.tail() == tuple(full.raw(index) for index in range(first, count))


@given(st.lists(st.binary(max_size=3), max_size=30), st.integers(0, 30))
def test_digests_tell_where_a_record_ends(records, cut):
    """Each length is hashed too: two records are not one long one."""
    joined = [b"".join(records[:cut]), *records[cut:]]
    same = records_digest(iter(records)) == records_digest(iter(joined))
    assert same == (records == joined)
