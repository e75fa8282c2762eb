"""ZK packets: vectors from captures, any segmentation, any bytes."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from zk.base import make_commkey

from drivers.errors import DriverError, MalformedReply, TerminalRefused
from drivers.zk.codec import (
    MAGIC,
    MAX_LENGTH,
    PREFIX,
    Packet,
    PacketReader,
    checksum,
    decode_packet,
    encode_packet,
    frame,
    scramble_key,
)

WORD = st.integers(0, 0xFFFF)
PACKETS = st.builds(Packet, WORD, WORD, WORD, st.binary(max_size=300))


@pytest.mark.parametrize(
    ("packet", "wire"),
    [
        (Packet(1000, 0, 0), "e80317fc00000000"),
        (Packet(1001, 0xFB2F, 1), "e903e6002ffb0100"),
        (Packet(50, 0x45CF, 2), "3200fcb9cf450200"),
        (
            Packet(1503, 0xB14E, 3, bytes.fromhex("010d000000000000000000")),
            "df05ce3b4eb10300010d000000000000000000",
        ),
        (Packet(1504, 0xB14E, 7, struct.pack("<II", 0, 65472)), "e00509494eb1070000000000c0ff0000"),
        (Packet(2000, 0x45CF, 0), "d00760b2cf450000"),
        (Packet(500, 0x45CF, 5, b"\1\0\0\0"), "f40136b8cf45050001000000"),
    ],
)
def test_writes_and_reads_the_known_packets(packet: Packet, wire: str) -> None:
    assert encode_packet(packet).hex() == wire
    assert decode_packet(bytes.fromhex(wire)) == packet


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ("0b000000f38d03005a4b4661636556657273696f6e00", 0x175A),
        ("d0070000f38d0a0009", 0x6A29),
        ("0000000000000000", 0xFFFF),
        ("ffff0000", 0x0000),  # folds to 65535, not to 0
    ],
)
def test_sums_as_the_known_terminals_do(packet: str, expected: int) -> None:
    assert checksum(bytes.fromhex(packet)) == expected


@given(st.binary(max_size=200))
def test_sums_words_with_their_carries_folded(data: bytes) -> None:
    padded = data + b"\0" * (len(data) % 2)
    total = sum(word for (word,) in struct.iter_unpack("<H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(data) == 0xFFFF - total


@pytest.mark.parametrize(
    ("key", "session", "expected"),
    [
        (12, 0x45CF, "614d323c"),
        (45, 0x45CF, "61c9323c"),
        (0, 0x45CF, "617d323c"),
        (123456, 0x1963, "267f32e0"),
        (999999, 0xB14E, "228132d8"),
    ],
)
def test_scrambles_the_known_keys(key: int, session: int, expected: str) -> None:
    assert scramble_key(key, session).hex() == expected


@given(st.integers(0, 999_999), WORD, st.integers(0, 255))
def test_scrambles_every_key_as_pyzk_does(key: int, session: int, tick: int) -> None:
    try:
        expected = make_commkey(key, session, tick)
    except struct.error:  # it does not cut its sum to 32 bits
        reject()
    assert scramble_key(key, session, tick) == expected


@given(PACKETS)
def test_reads_back_what_it_wrote(packet: Packet) -> None:
    assert decode_packet(encode_packet(packet)) == packet


@given(st.lists(PACKETS, max_size=5), st.lists(st.integers(1, 400), min_size=1))
def test_cuts_a_stream_into_packets_wherever_it_is_segmented(
    packets: list[Packet], sizes: list[int]
) -> None:
    stream = b"".join(frame(encode_packet(packet)) for packet in packets)
    reader, found, at, turn = PacketReader(), [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        reader.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
        while (packet := reader.next_packet()) is not None:
            found.append(packet)
    assert found == packets


def test_does_not_look_for_the_magic_inside_data() -> None:
    packet = Packet(1501, 0, 1, MAGIC * 3)
    reader = PacketReader()
    reader.feed(frame(encode_packet(packet)))
    assert reader.next_packet() == packet


@given(PACKETS, st.data())
def test_finds_every_flipped_bit(packet: Packet, data: st.DataObject) -> None:
    wire = bytearray(encode_packet(packet))
    bit = data.draw(st.integers(0, len(wire) * 8 - 1))
    wire[bit // 8] ^= 1 << bit % 8
    with pytest.raises(MalformedReply, match="checksum"):
        decode_packet(bytes(wire))
    assert decode_packet(bytes(wire), verify_checksum=False) != packet or 16 <= bit < 32


@given(st.binary(max_size=600))
def test_any_bytes_give_packets_or_one_clear_error(received: bytes) -> None:
    for reader in (PacketReader(), PacketReader(verify_checksum=False)):
        with suppress(DriverError):
            reader.feed(received)
            while reader.next_packet() is not None:
                continue
    with suppress(MalformedReply):
        assert encode_packet(decode_packet(received)) == received


@pytest.mark.parametrize("start", [b"SSH-2.0-x", b"\0", b"5", MAGIC[:3] + b"\0"])
def test_refuses_a_stranger_at_the_first_wrong_byte(start: bytes) -> None:
    reader = PacketReader()
    reader.feed(start)
    with pytest.raises(MalformedReply, match="no ZK packet") as caught:
        reader.next_packet()
    assert caught.value.raw == start


@pytest.mark.parametrize("length", [0, 7, MAX_LENGTH + 1, 0x8000_0000, 0xFFFF_FFFF])
def test_refuses_an_impossible_length_before_its_bytes_come(length: int) -> None:
    reader = PacketReader()
    reader.feed(PREFIX.pack(MAGIC, length))
    with pytest.raises(MalformedReply, match=f"packet of {length} bytes"):
        reader.next_packet()


def test_names_firmware_that_speaks_only_encrypted() -> None:
    reader = PacketReader()
    reader.feed(b"\x50\x50\x83")
    assert reader.next_packet() is None
    reader.feed(b"\x7c")
    with pytest.raises(TerminalRefused, match="encrypted"):
        reader.next_packet()


def test_a_short_datagram_is_no_packet() -> None:
    with pytest.raises(MalformedReply, match="7 bytes, too short"):
        decode_packet(bytes(7))
