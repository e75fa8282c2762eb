"""Conversations without a wire: whatever comes back, they end in a result or one clear error."""

import struct
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DriverError, MalformedReply
from drivers.links import Link, Silence
from drivers.zk import commands, session
from drivers.zk.bulk import LOG, MAX_TABLE, USERS, Bulk, read_table
from drivers.zk.codec import Packet, decode_packet, encode_packet, frame
from drivers.zk.exchange import Exchange
from drivers.zk.session import Session, Talk

CODES = st.sampled_from(
    [
        commands.ACK_OK,
        commands.ACK_ERROR,
        commands.ACK_UNAUTH,
        commands.ACK_UNKNOWN,
        commands.DATA,
        commands.PREPARE_DATA,
        commands.NO_LOG_HERE,
        4242,
    ]
)
SMALL = st.integers(0, 300).map(lambda size: struct.pack("<II", size, 64))
BUFFER = st.integers(0, 300).map(lambda size: struct.pack("<BIII", 0, size, size, 0))
ANSWERS = st.lists(
    st.none()
    | st.builds(
        Packet, CODES, st.integers(0, 70), st.just(0), st.binary(max_size=80) | SMALL | BUFFER
    ),
    max_size=25,
)


def carry_out(talk: Talk[Any], answers: list[Packet | None]) -> tuple[Any, list[Packet]]:
    """Return the result of a talk and what it sent; it is cut short when the answers run out."""
    sent: list[Packet] = []
    turns = iter(answers)
    try:
        step = next(talk)
        while True:
            if step.packet is not None:
                sent.append(decode_packet(step.packet))
            packet = next(turns, "end")
            if packet == "end":
                talk.close()
                return None, sent
            if packet is None and not step.may_be_silent:
                continue
            step = talk.send(packet)
    except StopIteration as done:
        return done.value, sent


@pytest.mark.parametrize("datagram", [False, True])
@pytest.mark.parametrize("claimed", [None, 0, 7])
@pytest.mark.parametrize("table", [LOG, USERS], ids=["log", "users"])
@given(answers=ANSWERS)
def test_any_answers_end_in_a_whole_table_or_one_clear_error(
    table: Any, claimed: int | None, datagram: bool, answers: list[Packet | None]
) -> None:
    talked = Session(datagram=datagram)
    try:
        found, sent = carry_out(read_table(talked, table, claimed=claimed), answers)
    except DriverError:
        return
    assert {packet.command for packet in sent} <= {
        commands.FREE_DATA,
        commands.PREPARE_BUFFER,
        commands.READ_BUFFER,
        table.command,
    }
    if isinstance(found, Bulk):
        assert len(found.body) <= MAX_TABLE
        assert not talked.holds_buffer


@given(ANSWERS)
def test_any_answers_end_a_plain_talk(answers: list[Packet | None]) -> None:
    for talk in (session.option, session.version, session.clock, session.sizes, session.connect):
        talked = Session(datagram=False)
        more = {session.option: ("~OS",), session.connect: (7,)}.get(talk, ())
        with suppress(DriverError):
            carry_out(talk(talked, *more), answers)


def test_reply_numbers_skip_65535() -> None:
    talked = Session(datagram=False)
    numbers = [decode_packet(talked.request(commands.GET_TIME)).reply for _ in range(65_537)]
    assert numbers[:2] == [0, 1]
    assert numbers[65_533:] == [65_533, 65_534, 0, 1]


def test_an_answer_is_known_by_its_number_alone() -> None:
    talked = Session(datagram=False)
    talked.request(commands.CONNECT)
    assert talked.is_answer(Packet(commands.ACK_OK, 77, 0))
    assert not talked.is_answer(Packet(commands.REG_EVENT, 1, 0)), "events carry 0 as well"
    talked.request(commands.GET_TIME)
    assert not talked.is_answer(Packet(commands.ACK_OK, 77, 0))


def test_asks_for_tables_as_the_captures_do() -> None:
    assert LOG.buffered.hex() == "010d000000000000000000"
    assert USERS.buffered.hex() == "0109000500000000000000"
    assert (LOG.plain, USERS.plain) == (b"", b"\x05")


def test_a_farewell_says_what_is_left_to_say() -> None:
    talked = Session(datagram=False)
    assert session.farewell(talked) == []
    talked.begun = talked.holds_buffer = True
    said = [decode_packet(packet).command for packet in session.farewell(talked)]
    assert said == [commands.FREE_DATA, commands.EXIT]
    assert session.farewell(talked) == []


def test_the_late_transfer_of_a_capture_is_whole_without_its_ack() -> None:
    """In zk-data-2frames-tail3 the ACK that ends the transfer is one of an earlier request."""
    talked = Session(datagram=False)
    talked.id = 0x1963
    free = Packet(commands.ACK_OK, 0, 0)
    data = struct.pack("<I", 40) + bytes(40)
    found, _ = carry_out(
        read_table(talked, LOG, claimed=1),
        [
            free,
            Packet(commands.ACK_OK, 0, 0, struct.pack("<BIII", 0, 44, 44, 0)),
            Packet(commands.PREPARE_DATA, 0, 0, struct.pack("<II", 44, 41)),
            Packet(commands.DATA, 0, 0, data[:41]),
            Packet(commands.DATA, 1, 0, data[41:]),
            free,
        ],
    )
    assert bytes(found.body) == bytes(40)


def test_one_byte_frames_without_end_stay_within_the_claim() -> None:
    talked = Session(datagram=False)
    prepare = Packet(commands.PREPARE_DATA, 0, 0, struct.pack("<II", 10, 1))
    one = Packet(commands.DATA, 0, 0, b"x")
    answers: list[Packet | None] = [
        Packet(commands.ACK_OK, 0, 0),
        Packet(commands.ACK_OK, 0, 0, struct.pack("<BIII", 0, 10, 10, 0)),
        *[prepare, *[one] * 9, Packet(commands.DATA, 0, 0, b"xyz")] * 3,
    ]
    with pytest.raises(MalformedReply, match="announced 10 bytes"):
        carry_out(read_table(talked, LOG, claimed=1), answers)


class Chatterbox(Link):
    """A peer whose next event is always there before it is waited for."""

    peer = "chatterbox"

    def __init__(self, *, datagram: bool) -> None:
        self.datagram = datagram
        event = encode_packet(Packet(commands.REG_EVENT, 1, 0, bytes(32)))
        self._event = event if datagram else frame(event)
        self._began = time.monotonic()

    def send(self, data: bytes) -> None:
        assert data

    def receive(self, timeout_s: float) -> bytes:
        assert timeout_s > 0
        assert time.monotonic() - self._began < 10, "it is listened to for ever"
        return self._event

    def close(self) -> None:
        """Hold nothing that would have to be released."""


@pytest.mark.parametrize("datagram", [False, True])
def test_a_peer_that_never_falls_silent_is_given_up_all_the_same(datagram: bool) -> None:
    exchange = Exchange(Chatterbox(datagram=datagram), timeout_s=0.1, verify_checksum=True)
    with pytest.raises(Silence, match="chatterbox did not finish its answer in time"):
        exchange.run(session.clock(exchange.session))
    exchange.close()
