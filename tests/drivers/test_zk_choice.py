"""The layout of a log is found by size, count and content, or the log is refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from drivers.errors import UndecidableLog
from drivers.zk.choice import by_count, choose_layout, is_plausible
from drivers.zk.records import LAYOUTS, LayoutName, encode_punch

NOW = datetime(2026, 11, 20, 12, 0, 0)
NAMES: list[LayoutName] = list(LAYOUTS)


def log_of(
    name: LayoutName, count: int, *, first: datetime = datetime(2025, 1, 2, 7, 0, 3)
) -> bytes:
    return b"".join(
        encode_punch(
            name,
            uid=number % 40 + 1,
            user_id=str(number % 40 + 101),
            local_time=first + timedelta(minutes=37 * number),
            state=number % 2,
        )
        for number in range(count)
    )


@pytest.mark.parametrize("count", [1, 2, 3, 40, 49, 440, 1960])
@pytest.mark.parametrize("name", NAMES)
def test_the_right_count_finds_every_layout(name: LayoutName, count: int) -> None:
    assert choose_layout(log_of(name, count), claimed=count, now=NOW) == name


@pytest.mark.parametrize("claimed", [None, 0])
@pytest.mark.parametrize("count", [49, 440, 1960])
@pytest.mark.parametrize("name", NAMES)
def test_without_a_count_the_content_tells(
    name: LayoutName, count: int, claimed: int | None
) -> None:
    assert choose_layout(log_of(name, count), claimed=claimed, now=NOW) == name


@pytest.mark.parametrize("apart", [-1, 1, 2, 3])
@pytest.mark.parametrize("count", [50, 400, 1960])
@pytest.mark.parametrize("name", NAMES)
def test_a_count_that_is_a_little_off_does_no_harm(
    name: LayoutName, count: int, apart: int
) -> None:
    """One less is a blank slot that was counted; more came in during the read."""
    assert choose_layout(log_of(name, count + apart), claimed=count, now=NOW) == name


def test_one_punch_while_reading_does_not_double_the_record() -> None:
    """One counted and two delivered: size / count would be 80, or 32 for the shorter record."""
    assert choose_layout(log_of("40", 2), claimed=1, now=NOW) == "40"
    assert choose_layout(log_of("16", 51), claimed=50, now=NOW) == "16"


def test_49_bytes_are_not_read_in_steps_of_40() -> None:
    body = log_of("49", 40 * 7)  # divisible by both
    assert choose_layout(body, claimed=None, now=NOW) == "49"
    assert choose_layout(body, claimed=280, now=NOW) == "49"


def test_a_count_that_fits_another_layout_is_not_believed_against_the_content() -> None:
    body = log_of("40", 10)  # 400 bytes are 25 records of 16 as well
    with pytest.raises(UndecidableLog, match="uncertain"):
        choose_layout(body, claimed=25, now=NOW)


def test_nothing_is_no_records() -> None:
    assert choose_layout(b"", claimed=0, now=NOW) is None


@pytest.mark.parametrize("claimed", [None, 0, 1, 12])
def test_a_size_that_no_record_divides_is_refused_with_its_bytes(claimed: int | None) -> None:
    body = log_of("40", 12) + b"\0\0\0"
    with pytest.raises(UndecidableLog, match=r"no known record size.*\"layout\"") as caught:
        choose_layout(body, claimed=claimed, now=NOW)
    assert caught.value.raw == body


@pytest.mark.parametrize("claimed", [None, 3, 2000])
def test_rubbish_of_a_fitting_size_is_refused(claimed: int | None) -> None:
    body = bytes((7 * number * number + 131) % 251 for number in range(880))
    with pytest.raises(UndecidableLog):
        choose_layout(body, claimed=claimed, now=NOW)


@pytest.mark.parametrize("claimed", [49, 48, 50, None])
def test_blank_slots_are_no_reason_to_refuse(claimed: int | None) -> None:
    body = log_of("40", 48) + bytes(40)
    assert choose_layout(body, claimed=claimed, now=NOW) == "40"


def test_a_bad_record_where_the_log_is_looked_at_is_no_reason_to_refuse() -> None:
    bad = bytearray(log_of("40", 3))
    bad[42:46] = b"\xff\xfe\x80\x81"
    assert choose_layout(bytes(bad), claimed=3, now=NOW) == "40"


class TestEightBytes:
    @pytest.mark.parametrize("name", ["8a", "8b"])
    def test_the_readings_tell_themselves_apart(self, name: LayoutName) -> None:
        assert choose_layout(log_of(name, 100), claimed=100, now=NOW) == name

    def test_the_known_zem500_records_are_of_the_second(self) -> None:
        body = bytes.fromhex("07002800a8eba71e7b0028004beca71e")
        assert choose_layout(body, claimed=2, now=NOW) == "8b"

    def test_the_short_form_is_refused_and_not_guessed(self) -> None:
        body = bytearray(log_of("8b", 20))
        body[10 * 8 + 2] &= ~0x20
        with pytest.raises(UndecidableLog, match="8-byte readings that fit: none"):
            choose_layout(bytes(body), claimed=20, now=NOW)

    def test_a_log_from_the_future_or_a_day_back_is_refused(self) -> None:
        ahead = log_of("8a", 20, first=NOW + timedelta(days=2))
        back = log_of("8a", 10) + log_of("8a", 10, first=datetime(2024, 12, 25))
        for body in (ahead, back):
            with pytest.raises(UndecidableLog):
                choose_layout(body, claimed=20, now=NOW)
        assert choose_layout(ahead, claimed=20, now=NOW + timedelta(days=9)) == "8a"

    @pytest.mark.parametrize("count", [1, 2, 10, 300])
    def test_no_log_is_read_in_both_ways(self, count: int) -> None:
        """Read as the other, the times of either may pass as well: a byte of it tells."""
        first = datetime(2026, 3, 2, 7, 0, 5)
        shorts = bytearray(log_of("8b", count, first=first))
        shorts[2::8] = bytes(count)
        with pytest.raises(UndecidableLog):
            choose_layout(bytes(shorts), claimed=count, now=NOW)
        longs = bytearray(log_of("8a", count, first=first))
        longs[2::8] = b"\x20" * count  # a verify code that looks like the long form
        assert choose_layout(bytes(longs), claimed=count, now=NOW) == "8a"


@pytest.mark.parametrize(
    ("total", "sizes", "claimed", "expected"),
    [
        (400, (8, 16, 40), None, []),
        (400, (8, 16, 40), 0, []),
        (400, (8, 16, 40), 10, [40]),
        (400, (8, 16, 40), 8, [40]),
        (400, (8, 16, 40), 11, [40]),
        (400, (8, 16, 40), 30, []),
        (32, (8, 16), 1, [8, 16]),
    ],
)
def test_counts_as_the_terminal_may_have_counted(
    total: int, sizes: Sequence[int], claimed: int | None, expected: list[int]
) -> None:
    assert by_count(total, sizes, claimed) == expected


def test_stale_memory_does_not_look_like_a_log() -> None:
    assert is_plausible("40", log_of("40", 9), now=NOW)
    assert not is_plausible("40", bytes(range(40)) * 9, now=NOW)
    assert not is_plausible("40", bytes(400), now=NOW), "all blank proves nothing"
