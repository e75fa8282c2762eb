"""TC_B frames and records: golden bytes, any segments, noise, and whatever else may come."""

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.anviz import commands, records
from drivers.anviz.codec import MAX_DATA, Frame, FrameReader, crc, encode
from drivers.base import BadRecord, RawPunch
from drivers.errors import DriverError, MalformedReply

FOLDER = Path(__file__).parents[1] / "captures"
ALL = sorted(path.stem for path in FOLDER.glob("anviz-*.json"))


def sidecar(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def bursts(name: str) -> list[bytes]:
    rows = (FOLDER / f"{name}.hex").read_text().splitlines()
    return [bytes.fromhex(row.split()[1]) for row in rows if not row.startswith("#")]


def drained(reader: FrameReader) -> list[Frame]:
    found = []
    while frame := reader.next_frame():
        found.append(frame)
    return found


def in_pieces(data: bytes, size: int = 1) -> list[Frame]:
    reader, found = FrameReader(), []
    for at in range(0, len(data), size):
        reader.feed(data[at : at + size])
        found += drained(reader)
    return found


def test_there_are_captures() -> None:
    assert ALL


@pytest.mark.parametrize("name", ALL)
def test_a_capture_gives_its_commands_in_any_segments(name: str) -> None:
    raw = b"".join(bursts(name))
    found = in_pieces(raw, len(raw))
    marked = [one.command | (0x80 if one.result is not None else 0) for one in found]
    assert [f"{command:#04x}" for command in marked] == [
        told.split()[0] for told in sidecar(name)["expected"]["commands"]
    ]
    assert in_pieces(raw) == found
    assert in_pieces(raw + raw + b"\xa5\0\0", 7) == found + found
    assert [encode(one) for one in found] == bursts(name)


def test_golden_questions() -> None:
    assert encode(Frame(5, commands.GET_TIME, None)).hex() == "a500000005380000c4b8"
    assert encode(Frame(5, commands.RECORD_INFO, None)).hex() == "a5000000053c0000a5db"
    assert encode(Frame(1, commands.PING, 0)).hex() == "a500000001ff00000078c1"
    assert crc(b"123456789") == 0x6F91  # the check value of CRC-16/MCRF4XX


FRAMES = st.builds(
    Frame,
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0x7F),
    st.none() | st.integers(0, 255),
    st.binary(max_size=MAX_DATA),
)
QUIET_NOISE = st.binary(max_size=30).map(lambda noise: noise.replace(b"\xa5", b"\x5a"))


@given(st.lists(FRAMES, max_size=4), st.integers(1, 60), QUIET_NOISE)
def test_frames_come_out_as_they_went_in(frames: list[Frame], size: int, noise: bytes) -> None:
    raw = b"".join(noise + encode(one) for one in frames)
    assert in_pieces(raw + noise, size) == frames


@given(st.binary(max_size=60), FRAMES)
def test_a_frame_is_found_behind_any_noise(noise: bytes, frame: Frame) -> None:
    reader = FrameReader()
    reader.feed(noise + encode(frame))
    found = drained(reader)
    while reader.give_up():
        found += drained(reader)
    assert frame in found
    assert not reader.waits


@given(FRAMES, st.data())
def test_one_wrong_byte_is_never_believed(frame: Frame, data: st.DataObject) -> None:
    raw = bytearray(encode(frame))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    reader = FrameReader()
    reader.feed(bytes(raw))
    assert frame not in drained(reader)


@given(st.binary(max_size=3_000))
def test_anything_is_taken_and_little_is_kept(raw: bytes) -> None:
    reader = FrameReader()
    reader.feed(raw)
    drained(reader)
    rounds = 0
    while reader.give_up():
        drained(reader)
        rounds += 1
    assert rounds <= len(raw)


RECORD = records.encode_record("4711", datetime(2026, 11, 23, 7, 20, 5), state=1, work_code=9)


def test_a_record_is_read_as_it_is_drawn() -> None:
    assert RECORD.hex() == "0000001267" + "32955425" + "00" + "01" + "000009"
    (punch,) = records.decode_records(RECORD, records.EPOCH)
    assert punch == RawPunch("4711", datetime(2026, 11, 23, 7, 20, 5), 1, 1, "9", RECORD)


@pytest.mark.parametrize(
    ("backup", "verify"), [(0, 1), (1, 1), (2, 3), (3, 4), (9, None), (255, None)]
)
def test_backup_codes_become_our_codes(backup: int, verify: int | None) -> None:
    raw = RECORD[:9] + bytes([backup]) + RECORD[10:]
    (punch,) = records.decode_records(raw, records.EPOCH)
    assert isinstance(punch, RawPunch)
    assert punch.verify == verify


def test_the_bit_that_opens_the_door_is_no_state() -> None:
    (punch,) = records.decode_records(RECORD[:10] + b"\x83" + RECORD[11:], records.EPOCH)
    assert isinstance(punch, RawPunch)
    assert punch.state == 3


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(bytes(14), "blank"), (b"\xff" * 14, "blank"), (bytes(5) + RECORD[5:], "user-id")],
)
def test_what_can_be_no_punch_is_kept_raw(raw: bytes, kind: str) -> None:
    first, second = records.decode_records(raw + RECORD, records.EPOCH)
    assert isinstance(first, BadRecord)
    assert (first.raw, first.kind) == (raw, kind)
    assert isinstance(second, RawPunch)


@given(
    st.integers(1, (1 << 40) - 1),
    st.datetimes(datetime(2000, 1, 2), datetime(2136, 1, 1)).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.integers(0, 15),
    st.sampled_from([1, 3, 4]),
    st.integers(0, 0xFFFFFF),
)
def test_records_come_out_as_they_went_in(
    number: int, time: datetime, state: int, verify: int, work: int
) -> None:
    raw = records.encode_record(str(number), time, state=state, verify=verify, work_code=work)
    (punch,) = records.decode_records(raw, records.EPOCH)
    assert punch == RawPunch(str(number), time, state, verify, str(work) if work else "", raw)


@pytest.mark.parametrize(
    "touch", [("007", 0, 1), ("x", 0, 1), (str(1 << 40), 0, 1), ("7", 16, 1), ("7", 0, 15)]
)
def test_no_room_in_a_record_is_told(touch: tuple[str, int, int]) -> None:
    user_id, state, verify = touch
    with pytest.raises(ValueError, match=r"."):
        records.encode_record(user_id, records.EPOCH, state=state, verify=verify)


def test_counts_and_capacity() -> None:
    data = bytes.fromhex("00001e 000002 000003 000004 0100ff 000006")
    assert records.decode_counts(data) == records.Counts(users=30, records=0x0100FF)
    assert records.decode_counts(data + bytes(16)).records == 0x0100FF  # the document says 34
    assert records.decode_capacity(bytes.fromhex("0007d00007d000c350")) == 50_000
    assert records.decode_capacity(b"") is None


def test_a_block_must_hold_what_it_counts() -> None:
    assert records.decode_block(b"\1" + RECORD) == RECORD
    assert records.decode_block(b"\0") == b""
    for data in (b"", b"\2" + RECORD, b"\1" + RECORD[:-1], b"\0" + RECORD):
        with pytest.raises(MalformedReply, match="count and length disagree"):
            records.decode_block(data)


def test_a_clock_that_cannot_be_is_named() -> None:
    assert records.decode_time(bytes((26, 11, 23, 7, 20, 5))) == datetime(2026, 11, 23, 7, 20, 5)
    for data in (b"", bytes((26, 2, 30, 0, 0, 0)), bytes(6)):
        with pytest.raises(MalformedReply, match="no clock shows"):
            records.decode_time(data)


def test_users_in_all_three_forms_and_no_secret() -> None:
    head = (12).to_bytes(5) + b"\x41\x23\x45"
    for raw in (
        head + b"\xca\xfe\x01" + b"Budi".ljust(10, b"\0") + bytes(6),
        head + b"\0\xca\xfe\x01" + b"Budi".ljust(10, b"\0") + bytes(8),
        head + b"\0\xca\xfe\x01" + "Budi".encode("utf-16-be").ljust(20, b"\0") + bytes(8),
    ):
        (user,) = records.decode_users(b"\1" + raw)
        assert (user.user_id, user.name, user.uid) == ("12", "Budi", None)
    with pytest.raises(MalformedReply, match="not known") as caught:
        records.decode_users(b"\1" + head + b"Budi")
    assert b"Budi" not in caught.value.raw


@given(st.binary(max_size=400))
def test_answers_of_rubbish_are_refused_and_nothing_else_happens(data: bytes) -> None:
    for decode in (
        records.decode_users,
        records.decode_block,
        records.decode_counts,
        records.decode_time,
    ):
        with contextlib.suppress(DriverError):
            decode(data)
    records.decode_capacity(data)
    assert records.decode_text(data).isprintable()
    assert records.decode_serial(data).isdecimal() or not records.decode_serial(data)
