"""Users, counts, options, the clock, operations and events, as terminals write them."""

import struct
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import BadRecord, RawPunch, User
from drivers.errors import DriverError, MalformedReply, UndecidableLog
from drivers.zk.answers import (
    Sizes,
    decode_clock,
    decode_operations,
    decode_option,
    decode_sizes,
    decode_text,
)
from drivers.zk.events import decode_punch_event
from drivers.zk.records import pack_time
from drivers.zk.users import decode_users, user_name

SIX = bytes((26, 11, 20, 7, 31, 5))
MOMENT = datetime(2026, 11, 20, 7, 31, 5)


def long_user(uid: int, user_id: bytes, name: bytes = b"") -> bytes:
    return struct.pack("<HB8s24sIBH6s24s", uid, 0, b"1234", name, 0, 1, 1, b"", user_id)


def short_user(uid: int, number: int, name: bytes = b"") -> bytes:
    return struct.pack("<HB5s8sIBxHI", uid, 0, b"1234", name, 0, 1, 0, number)


class TestUsers:
    def test_reads_both_layouts(self) -> None:
        long = long_user(1, b"1000001lp", b"Budi") + long_user(2, b"007")
        short = short_user(1, 880, b"Budi") + short_user(2, 7)
        assert decode_users(long, claimed=2) == [User("1000001lp", 1, "Budi"), User("007", 2)]
        assert decode_users(short, claimed=2) == [User("880", 1, "Budi"), User("7", 2)]

    @pytest.mark.parametrize("claimed", [7, 6, None, 0])
    def test_504_bytes_are_seven_long_users(self, claimed: int | None) -> None:
        body = b"".join(long_user(uid, str(880 + uid).encode()) for uid in range(1, 8))
        assert [user.user_id for user in decode_users(body, claimed=claimed)] == [
            str(880 + uid) for uid in range(1, 8)
        ]

    @pytest.mark.parametrize("claimed", [18, None])
    def test_504_bytes_are_eighteen_short_users(self, claimed: int | None) -> None:
        body = b"".join(short_user(uid, 880 + uid) for uid in range(1, 19))
        assert len(decode_users(body, claimed=claimed)) == 18

    def test_nobody_is_a_user_without_an_id(self) -> None:
        body = long_user(1, b"7") + bytes(72) + long_user(3, b"\xff\xfe") + long_user(4, b"8")
        assert [user.user_id for user in decode_users(body, claimed=4)] == ["7", "8"]
        assert decode_users(short_user(1, 0), claimed=1) == []

    def test_an_empty_table_holds_nobody(self) -> None:
        assert decode_users(b"", claimed=0) == []

    def test_refuses_a_table_of_no_known_size(self) -> None:
        with pytest.raises(UndecidableLog, match="100 bytes") as caught:
            decode_users(bytes(100), claimed=1)
        assert len(caught.value.raw) == 100

    @pytest.mark.parametrize(
        ("field", "name"),
        [
            (b"Siti\0\0\0\0", "Siti"),
            (b"X\0XXXX", "X"),
            ("Nurhayati Ä\0".encode(), "Nurhayati Ä"),
            ("王小明\0".encode("gb2312"), "王小明"),
            (b"Ren\xe9e\0", "Renée"),
            ("Sjö".encode()[:-1], "Sj"),  # the field ended inside a letter
            (b"Bu\x1b[31mdi\0", "Bu[31mdi"),
            (b"\0\0\0", ""),
        ],
    )
    def test_reads_a_name_in_the_terminals_own_encoding(self, field: bytes, name: str) -> None:
        assert user_name(field) == name

    @given(st.binary(max_size=512), st.none() | st.integers(0, 20))
    def test_any_bytes_are_users_or_one_clear_error(self, body: bytes, claimed: int | None) -> None:
        try:
            found = decode_users(body, claimed=claimed)
        except UndecidableLog:
            assert len(body) % 28
            assert len(body) % 72
            return
        assert all(user.user_id.isprintable() and user.name.isprintable() for user in found)


class TestSizes:
    def test_reads_as_much_as_there_is(self) -> None:
        numbers = [0] * 28
        numbers[4], numbers[8], numbers[16], numbers[19] = 7, 605, 100_000, 99_395
        data = struct.pack("<28i", *numbers)
        for length in (80, 92, 112):
            found = decode_sizes(data[:length])
            assert (found.users, found.records) == (7, 605)
            assert (found.records_capacity, found.records_free) == (100_000, 99_395)
        assert decode_sizes(data[:34]).records is None, "half a number is none"

    @pytest.mark.parametrize("data", [b"", bytes(4), bytes(12)])
    def test_a_short_answer_does_not_mean_zero(self, data: bytes) -> None:
        assert decode_sizes(data) == Sizes()

    def test_a_negative_count_is_none(self) -> None:
        assert decode_sizes(struct.pack("<20i", *[-1] * 20)) == Sizes()


class TestAnswers:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            (b"~SerialNumber=ABC123\0", "ABC123"),
            (b"ZLM60_TF=ABC123 \0rubbish", "ABC123"),
            (b"Key=a=b", "a=b"),
            (b"nothing", ""),
        ],
    )
    def test_an_option_is_what_follows_the_first_equals_sign(self, data: bytes, value: str) -> None:
        assert decode_option(data) == value

    def test_a_text_ends_at_its_nul(self) -> None:
        assert decode_text(b"Ver 6.60 Apr 28 2017\0\x07") == "Ver 6.60 Apr 28 2017"

    def test_reads_the_clock(self) -> None:
        assert decode_clock(struct.pack("<I", pack_time(MOMENT))) == MOMENT

    @pytest.mark.parametrize("data", [b"", b"abc", struct.pack("<I", 60 * 86_400)])
    def test_a_clock_that_cannot_be_is_an_error(self, data: bytes) -> None:
        with pytest.raises(MalformedReply, match="clock"):
            decode_clock(data)

    def test_reads_only_whole_operations(self) -> None:
        with pytest.raises(MalformedReply, match="17 bytes"):
            decode_operations(bytes(17))


class TestEvents:
    @pytest.mark.parametrize("length", [32, 36, 37, 52, 48, 60])
    def test_a_text_id_is_followed_by_anything(self, length: int) -> None:
        data = (struct.pack("<24sBB6s", b"007", 15, 1, SIX) + bytes(40))[:length]
        assert decode_punch_event(data) == [RawPunch("007", MOMENT, 1, 15, "", data)]

    def test_the_short_forms_hold_a_number_or_a_slot(self) -> None:
        twelve = struct.pack("<IBB6s", 4822257, 1, 0, SIX)
        ten = struct.pack("<HBB6s", 7, 1, 0, SIX)
        assert decode_punch_event(twelve) == [RawPunch("4822257", MOMENT, 0, 1, "", twelve)]
        assert decode_punch_event(ten, user_ids={7: "0042"}) == [
            RawPunch("0042", MOMENT, 0, 1, "", ten)
        ]
        assert decode_punch_event(ten + bytes(4)) == [
            RawPunch("7", MOMENT, 0, 1, "", ten + bytes(4))
        ]

    @pytest.mark.parametrize("times", [2, 3])
    @pytest.mark.parametrize("length", [10, 12, 32, 36])
    def test_several_come_in_one_event(self, length: int, times: int) -> None:
        head = {10: "<HBB6s", 12: "<IBB6s"}.get(length, "<24sBB6s")
        who = 7 if length < 32 else b"7"
        piece = struct.pack(head, who, 1, 0, SIX).ljust(length, b"\0")
        assert decode_punch_event(piece * times) == [RawPunch("7", MOMENT, 0, 1, "", piece)] * times

    def test_a_bad_time_or_id_is_told(self) -> None:
        thirteenth = struct.pack("<24sBB6s", b"7", 1, 0, bytes((26, 13, 1, 0, 0, 0)))
        nobody = struct.pack("<24sBB6s", b"", 1, 0, SIX)
        assert [
            entry.kind for entry in decode_punch_event(thirteenth) if isinstance(entry, BadRecord)
        ] == ["date"]
        assert [
            entry.kind for entry in decode_punch_event(nobody) if isinstance(entry, BadRecord)
        ] == ["user-id"]

    @given(st.binary(max_size=200))
    def test_any_bytes_are_entries_or_one_clear_error(self, data: bytes) -> None:
        try:
            assert decode_punch_event(data)
        except DriverError:
            assert len(data) < 32
