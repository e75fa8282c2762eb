"""Every ZK capture decodes to its sidecar: whole, byte by byte, and with more bytes behind it."""

import json
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.base import RawPunch
from drivers.zk import commands
from drivers.zk.answers import (
    decode_operations,
    decode_option,
    decode_sizes,
    decode_text,
)
from drivers.zk.choice import choose_layout
from drivers.zk.codec import Packet, PacketReader, checksum, decode_packet, frame, scramble_key
from drivers.zk.events import PUNCH, decode_punch_event
from drivers.zk.records import LayoutName, decode_records
from drivers.zk.users import decode_users

FOLDER = Path(__file__).parents[1] / "captures"
NOW = datetime(2026, 11, 20)
Lines = list[tuple[str, bytes]]


def sidecar(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def lines(name: str) -> Lines:
    rows = (FOLDER / f"{name}.hex").read_text().splitlines()
    return [
        (row.split()[0], bytes.fromhex(row.split()[1])) for row in rows if not row.startswith("#")
    ]


def packets(name: str, side: str = "D") -> list[Packet]:
    """Return the packets of one side; the fixtures edited by their authors do not sum up."""
    if sidecar(name)["protocol"] == "zk-udp":
        return [decode_packet(raw, verify_checksum=False) for at, raw in lines(name) if at == side]
    reader = PacketReader()
    reader.feed(b"".join(raw for at, raw in lines(name) if at == side))
    return list(drain(reader))


def drain(reader: PacketReader) -> Iterator[Packet]:
    while (packet := reader.next_packet()) is not None:
        yield packet


def payload(name: str) -> bytes:
    return b"".join(raw for _, raw in lines(name))


ALL = sorted(path.stem for path in FOLDER.glob("zk-*.json"))
STREAMS = [name for name in ALL if sidecar(name)["protocol"] == "zk-tcp"]
DATAGRAMS = [name for name in ALL if sidecar(name)["protocol"] == "zk-udp"]


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("side", ["C", "D"])
def test_a_stream_gives_the_same_packets_in_any_segments(name: str, side: str) -> None:
    told = [
        one
        for one in sidecar(name)["checksums"]
        if one["dir"] == side and one["command"] != "incomplete"
    ]
    raw = b"".join(raw for at, raw in lines(name) if at == side)
    found = packets(name, side)
    assert [packet.command for packet in found] == [one["command"] for one in told]
    assert all(one["status"] == "ok" for one in told)
    byte_by_byte, reader = [], PacketReader()
    for at in range(len(raw)):
        reader.feed(raw[at : at + 1])
        byte_by_byte += drain(reader)
    assert byte_by_byte == found
    if not any(one["command"] == "incomplete" for one in sidecar(name)["checksums"]):
        twice = PacketReader()
        twice.feed(raw + raw + frame(b"\xd0\x07")[:5])
        assert list(drain(twice)) == found + found


@pytest.mark.parametrize("name", DATAGRAMS)
def test_a_datagram_sums_up_as_its_sidecar_tells(name: str) -> None:
    for (_, raw), told in zip(lines(name), sidecar(name)["checksums"], strict=True):
        stated = int.from_bytes(raw[2:4], "little")
        assert (checksum(raw[:2] + b"\0\0" + raw[4:]) == stated) == (told["status"] == "ok")
        assert decode_packet(raw, verify_checksum=False).command == told["command"]


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = sidecar(name)["expected"]
    return found


def punches(layout: LayoutName, body: bytes) -> list[RawPunch]:
    found = list(decode_records(layout, body))
    assert all(isinstance(entry, RawPunch) for entry in found)
    return [entry for entry in found if isinstance(entry, RawPunch)]


def time_of(told: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(told["time"])


def joined(found: list[Packet]) -> tuple[int, bytes]:
    """Return the total that PREPARE_DATA announces and the data that follow it."""
    at = next(i for i, packet in enumerate(found) if packet.command == commands.PREPARE_DATA)
    total = int.from_bytes(found[at].data[:4], "little")
    return total, b"".join(packet.data for packet in found[at:] if packet.command == commands.DATA)


def ak3750_d2() -> None:
    told = expected("zk-ak3750-d2")
    unknown, address, sizes, *_ = packets("zk-ak3750-d2")
    assert unknown.command == commands.ACK_UNKNOWN
    assert decode_option(address.data) == told["IPAddress"]
    assert address.session == told["session"]
    assert len(sizes.data) == 4
    assert decode_sizes(sizes.data).records is None


def attlog_prepare_54() -> None:
    told = expected("zk-attlog-prepare-54")
    (prepare,) = packets("zk-attlog-prepare-54")
    assert struct.unpack("<II", prepare.data) == (
        told["prepare_total"],
        told["max_data_per_frame"],
    )
    cut = lines("zk-attlog-prepare-54")[1][1][16:]
    size = int.from_bytes(cut[:4], "little")
    assert size == told["size_prefix"] == told["records"] * told["record_size"]
    # 1330 of 1364 bytes are told to be missing and 35 are there: one zero is too many.
    assert len(cut) == told["prepare_total"] - 1330 + 1
    record = (cut[4:24] + cut[25:]).ljust(40, b"\0")
    (punch,) = punches("40", record)
    first = told["first_record"]
    assert (punch.user_id, punch.verify) == (first["user_id"], first["verify"])
    assert int.from_bytes(record[:2], "little") == first["uid"]


def bufferstat_7572() -> None:
    told = expected("zk-bufferstat-7572")
    answer, prepare = packets("zk-bufferstat-7572")
    assert len(answer.data) == 13
    assert struct.unpack_from("<BII", answer.data) == (0, told["buffer_size"], told["buffer_size"])
    assert struct.unpack("<II", prepare.data) == (
        told["prepare_total"],
        told["max_data_per_frame"],
    )


def checksum_vec1() -> None:
    told = expected("zk-checksum-vec1")
    raw = payload("zk-checksum-vec1")
    assert int.from_bytes(raw[2:4], "little") == told["checksum"]
    assert decode_text(decode_packet(raw).data) == told["option"]


def checksum_vec2() -> None:
    told = expected("zk-checksum-vec2")
    raw = payload("zk-checksum-vec2")
    assert int.from_bytes(raw[2:4], "little") == told["checksum"]
    assert decode_packet(raw).data == bytes([told["pin_width"]])


def frames(name: str) -> None:
    told = expected(name)
    found = packets(name)
    total, data = joined(found)
    assert total == told["prepare_total"] == len(data)
    assert int.from_bytes(found[0].data[4:8], "little") == told["max_data_per_frame"]
    assert [len(packet.data) for packet in found[1:-1]] == told["data_frames"]
    assert [packet.session for packet in found[1:-1]] == [0, 1]
    # the ACK that ends the second capture is a late one of the transfer before it
    assert {packet.reply for packet in found[:-1]} == {told["reply_id"]}
    assert found[-1].reply == 50
    assert found[-1].session == told["trailing_ack_session_field"]


def counts(name: str) -> None:
    told = expected(name)
    if name == "zk-freesizes-h5l":
        data = payload(name)
    elif name == "zk-freesizes-7users-605recs":  # its last six bytes, zeros, are missing
        data = decode_packet(payload(name)[8:] + bytes(6)).data
    else:
        first, second = packets(name)
        data = second.data
        if "pin_width" in told:
            assert first.data == bytes([told["pin_width"]])
    words = {"oplog_count": "operations", "admins": "administrators"}
    found = decode_sizes(data)
    for key, value in told.items():
        if key != "pin_width":
            assert getattr(found, words.get(key, key)) == value, key


def session_a() -> None:
    told = expected("zk-jz4725-session-a")
    found = packets("zk-jz4725-session-a")
    assert {packet.session for packet in found} == {told["session"]}
    assert decode_text(found[1].data) == told["version"]
    assert decode_option(found[2].data) == told["~OS"]
    assert decode_option(found[3].data) == told["~ExtendFmt"]
    assert found[4].command == commands.ACK_ERROR
    assert found[5].command == found[6].command == commands.ACK_UNKNOWN
    assert decode_option(found[7].data) == told["~ZKFPVersion"]
    assert found[8].data == bytes([told["pin_width"]])


def session_b() -> None:
    told = dict(expected("zk-jz4725-session-b"))
    found = packets("zk-jz4725-session-b")
    assert {packet.session for packet in found} == {told.pop("session")}
    assert told.pop("version") == decode_text(found[5].data)
    assert told.pop("FaceFunOn") == "refused with ACK_ERROR"
    assert found[3].command == commands.ACK_ERROR
    options = [packet.data for packet in found if b"=" in packet.data]
    assert {decode_text(data.partition(b"=")[0]): decode_option(data) for data in options} == told


def oplog16_f19() -> None:
    told = expected("zk-oplog16-f19")
    (found,) = decode_operations(payload("zk-oplog16-f19"))
    assert (found.admin, found.code) == (told["admin"], told["operation"])
    assert found.local_time == time_of(told)
    assert list(found.parameters) == told["params"]


def option_request(name: str) -> None:
    (packet,) = packets(name, "C")
    text = decode_text(packet.data)
    told = expected(name)
    assert text == "=".join([told["option"], *([told["value"]] if "value" in told else [])])


def option_reply(name: str) -> None:
    ((option, value),) = expected(name).items()
    (asked,), (answer,) = packets(name, "C"), packets(name)
    assert decode_text(asked.data) == option
    assert decode_option(answer.data) == value


def rec16() -> None:
    told = expected("zk-rec16-dataframe")
    packet = decode_packet(payload("zk-rec16-dataframe"), verify_checksum=False)
    assert packet.session == told["packet_index"]
    body = packet.data[told["skip_bytes_before_first_record"] :]
    assert choose_layout(body, claimed=None, now=NOW) == "16"
    assert [
        (int(punch.user_id), punch.local_time, punch.state, punch.verify, punch.work_code)
        for punch in punches("16", body)
    ] == [
        (one["pin"], time_of(one), one["byte8"], one["byte9"], str(one["workcode"] or ""))
        for one in told["records"]
    ]


def rec40() -> None:
    told = expected("zk-rec40-f19")
    raw = payload("zk-rec40-f19")
    assert choose_layout(raw, claimed=1, now=NOW) == "40"
    assert punches("40", raw) == [
        RawPunch(told["user_id"], time_of(told), told["punch"], told["verify"], "", raw)
    ]
    assert raw[32:].hex() == told["tail"]


def rec8() -> None:
    told = expected("zk-rec8-zem500-a")["records"]
    raw = payload("zk-rec8-zem500-a")
    assert choose_layout(raw, claimed=2, now=NOW) == "8b"
    assert [(punch.user_id, punch.local_time) for punch in punches("8b", raw)] == [
        (str(one["uid"]), time_of(one)) for one in told
    ]
    assert {punch.raw[2] for punch in punches("8b", raw)} == {one["flags"] for one in told}


def event(name: str) -> None:
    told = expected(name)
    (packet,) = packets(name)
    assert (packet.command, packet.session) == (commands.REG_EVENT, told["event"])
    assert packet.reply == 0
    if packet.session != PUNCH:
        assert packet.data == bytes([told["score"]])
        return
    assert decode_punch_event(packet.data) == [
        RawPunch(told["user_id"], time_of(told), told["punch"], told["verify"], "", packet.data)
    ]


def state_reply() -> None:
    (packet,) = packets("zk-state-reply")
    assert packet.session == expected("zk-state-reply")["state"]


def auth(name: str) -> None:
    told = expected(name)
    first, second = packets(name)
    asked = packets(name, "C")[1]
    assert first.command == commands.ACK_UNAUTH
    assert first.session == told["session"]
    assert asked.data.hex() == told["auth_payload"]
    assert scramble_key(told["comm_key"], first.session) == asked.data
    assert second.command == (
        commands.ACK_OK if told["result"] == "accepted" else commands.ACK_UNAUTH
    )


def bigread() -> None:
    told = expected("zk-tcp-bigread-a")
    found = packets("zk-tcp-bigread-a", "C")
    chunks = [packet for packet in found if packet.command == commands.READ_BUFFER]
    assert [list(struct.unpack("<II", packet.data)) for packet in chunks] == told["chunks"]
    assert {packet.session for packet in chunks} == {told["session"]}
    assert (told["total"] - 4) % told["record_size"] == 0


def connect_exit() -> None:
    told = expected("zk-tcp-connect-exit")
    (answer,) = packets("zk-tcp-connect-exit")
    connect, goodbye = packets("zk-tcp-connect-exit", "C")
    assert answer.session == goodbye.session == told["session"]
    assert (connect.reply, goodbye.reply) == (told["connect_reply_id"], told["exit_reply_id"])


def timezone_reply() -> None:
    (packet,) = packets("zk-timezone-reply")
    assert int.from_bytes(packet.data[:2], "little") == expected("zk-timezone-reply")["timezone"]


def attlog(name: str) -> None:
    told = expected(name)
    total, data = joined(packets(name))
    assert total == len(data) == 4 + told["record_size"] * len(told["records"])
    assert choose_layout(data[4:], claimed=3, now=NOW) == "40"
    assert [
        (int.from_bytes(one.raw[:2], "little"), *one[:4]) for one in punches("40", data[4:])
    ] == [
        (one["uid"], one["user_id"], time_of(one), one["punch"], one["verify"])
        for one in told["records"]
    ]


# What the sidecar tells and the bytes hold. The bytes are right: their checksum fits only them.
MISPRINTS = {
    ("zk-users-inline-72", "880"): "808",
    ("zk-users-inline-k20-split", "1000001lp"): "100001lp",
}


def users(name: str) -> None:
    told = expected(name)
    found = packets(name)
    if found[0].command == commands.DATA:
        data = found[0].data
        assert int.from_bytes(data[:4], "little") == told["size_prefix"]
    else:
        total, data = joined(found)
        data = data[:total]  # the datagram of the fixture has a byte behind it
        assert total == len(data)
    body = data[4:]
    assert len(body) == told["record_size"] * len(told["users"])
    ids = [MISPRINTS.get((name, one["user_id"]), one["user_id"]) for one in told["users"]]
    for claimed in (len(told["users"]), None):
        assert [
            (user.uid, user.user_id, user.name) for user in decode_users(body, claimed=claimed)
        ] == [
            (one["uid"], user_id, one["name"])
            for one, user_id in zip(told["users"], ids, strict=True)
        ]


def one_user(name: str, body: bytes) -> None:
    told = expected(name)
    (user,) = decode_users(body, claimed=1)
    assert (user.uid, user.user_id, user.name) == (told["uid"], told["user_id"], told["name"])


def user_write_72() -> None:
    (packet,) = packets("zk-user-write-72", "C")
    # The dump has a zero too many before the user id, which makes up for the one it lacks at its
    # end; the same terminal reads back ids at 48, as in zk-user72-f19.
    assert packet.data.index(b"11224488") == 49
    one_user("zk-user-write-72", packet.data[:48] + packet.data[49:] + b"\0")


def verify_write() -> None:
    told = expected("zk-verify-write")
    (packet,) = packets("zk-verify-write", "C")
    assert struct.unpack_from("<HB", packet.data) == (told["uid"], told["mode"])


READINGS = {
    "zk-ak3750-d2": ak3750_d2,
    "zk-attlog-prepare-54": attlog_prepare_54,
    "zk-bufferstat-7572": bufferstat_7572,
    "zk-checksum-vec1": checksum_vec1,
    "zk-checksum-vec2": checksum_vec2,
    "zk-data-2frames-coalesced": lambda: frames("zk-data-2frames-coalesced"),
    "zk-data-2frames-tail3": lambda: frames("zk-data-2frames-tail3"),
    "zk-freesizes-70users-3225recs": lambda: counts("zk-freesizes-70users-3225recs"),
    "zk-freesizes-7users-605recs": lambda: counts("zk-freesizes-7users-605recs"),
    "zk-freesizes-h5l": lambda: counts("zk-freesizes-h5l"),
    "zk-freesizes-k20": lambda: counts("zk-freesizes-k20"),
    "zk-jz4725-session-a": session_a,
    "zk-jz4725-session-b": session_b,
    "zk-oplog16-f19": oplog16_f19,
    "zk-opt-os-request": lambda: option_request("zk-opt-os-request"),
    "zk-opt-platform": lambda: option_reply("zk-opt-platform"),
    "zk-opt-workcode": lambda: option_reply("zk-opt-workcode"),
    "zk-opt-write-antipass": lambda: option_request("zk-opt-write-antipass"),
    "zk-opt-write-lockon": lambda: option_request("zk-opt-write-lockon"),
    "zk-rec16-dataframe": rec16,
    "zk-rec40-f19": rec40,
    "zk-rec8-zem500-a": rec8,
    "zk-rt-attlog-12": lambda: event("zk-rt-attlog-12"),
    "zk-rt-attlog-32-f19": lambda: event("zk-rt-attlog-32-f19"),
    "zk-rt-fpftr": lambda: event("zk-rt-fpftr"),
    "zk-state-reply": state_reply,
    "zk-tcp-auth-ok": lambda: auth("zk-tcp-auth-ok"),
    "zk-tcp-auth-refused": lambda: auth("zk-tcp-auth-refused"),
    "zk-tcp-bigread-a": bigread,
    "zk-tcp-connect-exit": connect_exit,
    "zk-timezone-reply": timezone_reply,
    "zk-udp-attlog-fixture": lambda: attlog("zk-udp-attlog-fixture"),
    "zk-udp-attlog-fixture-split": lambda: attlog("zk-udp-attlog-fixture-split"),
    "zk-udp-users-fixture": lambda: users("zk-udp-users-fixture"),
    "zk-user-write-72": user_write_72,
    "zk-user72-f19": lambda: one_user("zk-user72-f19", payload("zk-user72-f19")),
    "zk-users-70-multiframe": lambda: users("zk-users-70-multiframe"),
    "zk-users-inline-72": lambda: users("zk-users-inline-72"),
    "zk-users-inline-k20-split": lambda: users("zk-users-inline-k20-split"),
    "zk-verify-write": verify_write,
}


@pytest.mark.parametrize("name", ALL)
def test_decodes_to_what_its_sidecar_tells(name: str) -> None:
    assert name in READINGS, "every capture is read by a test"
    READINGS[name]()
