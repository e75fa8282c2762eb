"""ZK attendance records: every layout, every kind of bad record, and times as pyzk reads them."""

import calendar
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zk import ZK

from drivers.base import BadRecord, RawPunch
from drivers.zk.records import (
    LAYOUTS,
    LayoutName,
    decode_records,
    encode_punch,
    pack_time,
    unpack_time,
    user_id_text,
)

NAMES: list[LayoutName] = list(LAYOUTS)
MOMENT = datetime(2026, 11, 20, 7, 31, 5)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)).map(
    lambda time: time.replace(microsecond=0)
)
CODE = st.integers(0, 255)


@pytest.mark.parametrize(
    ("time", "packed"),
    [
        (datetime(2000, 1, 1), 0),
        (datetime(2018, 4, 11, 9, 35, 20), 587468120),
        (datetime(2024, 2, 29, 6, 48, 23), 776501303),
        (datetime(2099, 12, 31, 23, 59, 59), 3214079999),
    ],
)
def test_packs_the_known_times(time: datetime, packed: int) -> None:
    assert pack_time(time) == packed
    assert unpack_time(packed) == time


@given(TIMES)
def test_packs_every_time_and_back_as_pyzk_does(time: datetime) -> None:
    witness = ZK("127.0.0.1", ommit_ping=True)
    witness._ZK__sock.close()
    assert pack_time(time) == witness._ZK__encode_time(time)
    assert unpack_time(pack_time(time)) == time


@given(st.integers(0, 0xFFFF_FFFF))
def test_every_packed_number_is_a_time_or_a_day_no_calendar_has(packed: int) -> None:
    time = unpack_time(packed)
    if time is not None:
        assert pack_time(time) == packed
        return
    months, day = divmod(packed // 86_400, 31)
    assert day + 1 > calendar.monthrange(2000 + months // 12, months % 12 + 1)[1]


def test_the_last_number_is_in_2133() -> None:
    assert unpack_time(0xFFFF_FFFF) == datetime(2133, 8, 18, 6, 28, 15)


def test_no_terminal_knows_the_last_century() -> None:
    with pytest.raises(ValueError, match="1999"):
        pack_time(datetime(1999, 12, 31))


@given(
    st.sampled_from(["22", "40", "49"]),
    st.integers(0, 0xFFFF),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=10),
    TIMES,
    CODE,
    CODE,
)
def test_reads_back_a_record_with_a_text_id(
    name: LayoutName, uid: int, user_id: str, time: datetime, state: int, verify: int
) -> None:
    raw = encode_punch(name, uid=uid, user_id=user_id, local_time=time, state=state, verify=verify)
    assert len(raw) == LAYOUTS[name].size
    assert raw[:2] == uid.to_bytes(2, "little")
    assert list(decode_records(name, raw)) == [RawPunch(user_id, time, state, verify, "", raw)]


@given(st.integers(1, 0xFFFF_FFFF), TIMES, CODE, CODE, st.integers(0, 0xFFFF_FFFF))
def test_reads_back_a_record_with_a_number(
    number: int, time: datetime, state: int, verify: int, work: int
) -> None:
    raw = encode_punch(
        "16",
        uid=1,
        user_id=str(number),
        local_time=time,
        state=state,
        verify=verify,
        work_code=work,
    )
    text = str(work) if work else ""
    assert list(decode_records("16", raw)) == [
        RawPunch(str(number), time, state, verify, text, raw)
    ]
    assert list(decode_records("16", raw, swap_codes=True)) == [
        RawPunch(str(number), time, verify, state, text, raw)
    ]


@given(
    st.sampled_from(["8a", "8b"]),
    st.integers(1, 0xFFFF),
    TIMES,
    st.integers(0, 7),
    st.integers(0, 3),
)
def test_reads_back_a_record_with_a_slot(
    name: LayoutName, uid: int, time: datetime, state: int, verify: int
) -> None:
    raw = encode_punch(name, uid=uid, user_id="", local_time=time, state=state, verify=verify)
    known = {uid: "0042"}
    assert list(decode_records(name, raw, user_ids=known)) == [
        RawPunch("0042", time, state, verify, "", raw)
    ]
    assert list(decode_records(name, raw)) == [RawPunch(str(uid), time, state, verify, "", raw)], (
        "a slot nobody is known for is its own number"
    )


def test_reads_the_work_code_where_the_40_byte_record_has_one() -> None:
    raw = encode_punch("40", uid=1, user_id="7", local_time=MOMENT, work_code=1234)
    (punch,) = decode_records("40", raw)
    assert isinstance(punch, RawPunch)
    assert punch.work_code == "1234"


@pytest.mark.parametrize("name", NAMES)
def test_one_bad_record_of_each_kind_does_not_stop_the_others(name: LayoutName) -> None:
    layout = LAYOUTS[name]
    good = encode_punch(name, uid=7, user_id="7", local_time=MOMENT)
    time_at = good.index(pack_time(MOMENT).to_bytes(4, "little"))
    date = bytearray(good)
    date[time_at : time_at + 4] = (pack_time(datetime(2026, 2, 1)) + 29 * 86_400).to_bytes(
        4, "little"
    )
    nobody = bytearray(good)
    nobody[0 : 12 if layout.id_width else 2] = bytes(12 if layout.id_width else 2)
    blank = bytes(layout.size)
    found = list(decode_records(name, good + date + blank + nobody + good))
    assert [one.kind if isinstance(one, BadRecord) else "punch" for one in found] == [
        "punch",
        "date",
        "blank",
        "user-id",
        "punch",
    ]
    assert [one.raw for one in found] == [good, date, blank, nobody, good]
    assert found[1].user_id == "7", "who it was can still be read"


@pytest.mark.parametrize(
    ("padded", "text"),
    [
        (b"007\0\0\0", "007"),
        (b"1000001lp\0", "1000001lp"),
        (b"22\0rubbish", "22"),
        (b"\0\0\0\0", None),
        (b"    \0", None),
        (b"\xff\xfe1\0", None),
        ("é\0".encode(), None),
        (b"1\x072\0", None),
        (b"198001012005011001000000", "198001012005011001000000"),
    ],
)
def test_a_user_id_is_printable_ascii_up_to_its_nul(padded: bytes, text: str | None) -> None:
    assert user_id_text(padded) == text


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_any_bytes_decode_record_by_record(name: LayoutName, data: st.DataObject) -> None:
    size = LAYOUTS[name].size
    body = b"".join(data.draw(st.lists(st.binary(min_size=size, max_size=size), max_size=6)))
    entries = list(decode_records(name, body))
    assert b"".join(entry.raw for entry in entries) == body


@pytest.mark.parametrize("name", NAMES)
def test_part_of_a_record_is_a_mistake_of_the_caller(name: LayoutName) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        decode_records(name, bytes(LAYOUTS[name].size + 1))


def test_decodes_only_as_far_as_it_is_asked() -> None:
    record = encode_punch("40", uid=1, user_id="7", local_time=MOMENT)
    entries = decode_records("40", memoryview(record * 200_000))
    assert next(entries).raw == record


def test_a_log_of_nothing_but_strange_ids_is_no_burden() -> None:
    body = b"".join(
        encode_punch("40", uid=1, user_id=f"u{number}", local_time=MOMENT)
        for number in range(20_500)
    )
    assert [entry.user_id for entry in decode_records("40", body)][-1] == "u20499"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("8a", {"uid": 70_000}),
        ("8b", {"state": 8}),
        ("8b", {"verify": 4}),
        ("16", {"user_id": "12ab"}),
        ("22", {"user_id": "12345678901"}),
        ("40", {"user_id": "1" * 25}),
        ("40", {"state": 256}),
        ("49", {"work_code": 1}),
    ],
)
def test_refuses_to_write_what_a_layout_cannot_hold(
    name: LayoutName, what: dict[str, object]
) -> None:
    whole: dict[str, object] = {"uid": 1, "user_id": "1", "local_time": MOMENT} | what
    with pytest.raises(ValueError, match=r"."):
        encode_punch(name, **whole)
