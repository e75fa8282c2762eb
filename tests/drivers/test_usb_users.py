import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import User
from drivers.errors import UndecidableLog
from drivers.usb.users import decode_users

CAPTURES = Path(__file__).parents[1] / "captures"


def tft(uid: int, user_id: bytes, name: bytes = b"", *, privilege: int = 0) -> bytes:
    return struct.pack("<HB8s24sIB8x24s", uid, privilege, b"5318008", name, 99, 1, user_id)


def mono(uid: int, user_id: int, name: bytes = b"", *, privilege: int = 0) -> bytes:
    return struct.pack("<HB5s8sI1xBHI", uid, privilege, b"53180", name, 99, 1, 0, user_id)


def test_reads_the_72_byte_record_of_a_terminal():
    lines = (CAPTURES / "zk-user72-f19.hex").read_text().splitlines()
    data = bytes.fromhex("".join(line.split("#")[0].strip("<> DHdh:") for line in lines))
    told = json.loads((CAPTURES / "zk-user72-f19.json").read_text())["expected"]
    assert decode_users(data) == [User(told["user_id"], told["uid"], told["name"])]


def test_reads_both_layouts():
    assert decode_users(tft(1, b"007", b"Budi") + tft(2, b"A12", b"Siti", privilege=14)) == [
        User("007", 1, "Budi"),
        User("A12", 2, "Siti"),
    ]
    assert decode_users(mono(1, 7, b"Budi") + mono(2, 4_000_000_000, privilege=6)) == [
        User("7", 1, "Budi"),
        User("4000000000", 2, ""),
    ]


@pytest.mark.parametrize("number", [7, 14])
def test_a_size_that_fits_both_is_decided_by_the_content(number):
    data = b"".join(tft(place, b"%d" % place, b"Name") for place in range(1, number + 1))
    assert len(data) % 28 == 0
    assert [user.user_id for user in decode_users(data)] == [str(n + 1) for n in range(number)]
    data = b"".join(mono(place, place * 3) for place in range(1, 19))
    assert len(data) == 504
    assert decode_users(data)[17] == User("54", 18, "")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("Éric".encode(), "Éric"),
        ("王小明".encode("gb2312"), "王小明"),
        (b"Ren\xe9\xff", "René\xff"),
        ("Siti \N{BUGINESE LETTER KA}".encode()[:-1], "Siti"),
        (b"Si\x1bti\x00rest", "Siti"),
    ],
)
def test_reads_names_in_the_code_pages_terminals_use(field, name):
    assert decode_users(tft(1, b"7", field))[0].name == name


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(tft(1, b"7")[:-1], id="cut"),
        pytest.param(bytes(72), id="blank"),
        pytest.param(tft(1, b""), id="no-user-id"),
        pytest.param(tft(1, b"\xff7"), id="odd-user-id"),
        pytest.param(tft(0, b"7"), id="uid-0"),
        pytest.param(tft(1, b"7", privilege=5), id="odd-privilege"),
        pytest.param(tft(1, b"7") + tft(1, b"8"), id="uid-twice"),
        pytest.param(mono(1, 0), id="user-id-0"),
        pytest.param(b"8\t2024-02-27 16:40:20\t1\t0\n" * 28, id="text"),
    ],
)
def test_what_is_no_user_dat_is_refused_without_quoting_it(data):
    with pytest.raises(UndecidableLog, match=r"user\.dat") as refusal:
        decode_users(data)
    assert refusal.value.raw == b""


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(data):
    try:
        users = decode_users(data)
    except UndecidableLog:
        return
    assert len(users) in (len(data) // 72, len(data) // 28)
