"""ZkTerminal on real sockets, against a peer that does what terminals and worse peers do."""

import logging
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers.base import BadRecord, Capability, Known, RawPunch, User
from drivers.errors import (
    DriverError,
    MalformedReply,
    MustPush,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
    UndecidableLog,
)
from drivers.zk import commands as code
from drivers.zk.codec import MAGIC, PREFIX, Packet, frame, scramble_key
from drivers.zk.records import LayoutName, encode_punch, pack_time
from drivers.zk.terminal import ZkTerminal

TIMEOUT_S = 3.0  # far more than any answer here takes: a busy machine must not fail a test
SHORT_S = 0.25  # for those that wait until it has passed
ENDS_S = 20.0  # within which all that ends has ended; what holds us lasts longer
LATE = r"stopped answering|did not finish its answer in time"
FIRST = datetime(2026, 3, 2, 7, 0, 5)
Peer = Any
Handler = Callable[[Peer, Packet], Iterable[Any]]


def reach(peer: Peer, **options: Any) -> ZkTerminal:
    settings = {"host": "127.0.0.1", "port": peer.port, "transport": peer.transport}
    return ZkTerminal(ZkTerminal.Options(**(settings | {"timeout_s": TIMEOUT_S} | options)))


def log_of(layout: LayoutName, count: int) -> bytes:
    return b"".join(
        encode_punch(
            layout,
            uid=number % 9 + 1,
            user_id=str(number % 9 + 101),
            local_time=FIRST + timedelta(minutes=11 * number),
            state=number % 2,
        )
        for number in range(count)
    )


def fill(peer: Peer, count: int, layout: LayoutName = "40") -> None:
    peer.log, peer.count = log_of(layout, count), count
    peer.clock = pack_time(FIRST + timedelta(days=200))


def raws(peer: Peer, **options: Any) -> bytes:
    with reach(peer, **options) as terminal:
        return b"".join(entry.raw for entry in terminal.read().entries())


def once(handler: Handler, then: Handler) -> Handler:
    """Answer the first request by one handler and every later one by another."""
    turns = iter([handler])

    def answer(peer: Peer, asked: Packet) -> Iterable[Any]:
        return next(turns, then)(peer, asked)

    return answer


def fails(peer: Peer, kind: type[DriverError], match: str, **options: Any) -> None:
    """The read fails, in time, naming the peer; the terminal frees its buffer and is let go."""
    began = time.monotonic()
    with pytest.raises(kind, match=match) as caught, reach(peer, **options) as terminal:
        terminal.read()
    assert time.monotonic() - began < ENDS_S
    assert str(caught.value).startswith(f"127.0.0.1:{peer.port}")
    assert peer.was_let_go()


class TestIntroduction:
    def test_tells_who_it_is_and_goes_politely(self, peer: Peer) -> None:
        peer.options |= {b"~Platform": b"ZLM60_TFT", b"~DeviceName": b"K40\x1b[31m\xff"}
        peer.count, peer.user_count = 12, 3
        with reach(peer) as terminal:
            info = terminal.info()
        assert (info.serial, info.model, info.platform) == ("SYN0000001", "K40[31m", "ZLM60_TFT")
        assert (info.firmware, info.records, info.users) == ("Ver 6.60", 12, 3)
        assert info.capacity == 100_000
        assert info.can >= {Capability.CLOCK, Capability.USERS, Capability.COUNT}
        assert peer.heard[0] == code.CONNECT
        assert peer.was_let_go()

    def test_numbers_its_requests(self, peer: Peer) -> None:
        with reach(peer) as terminal:
            terminal.clock()
        assert [packet.reply for packet in peer.asked] == list(range(len(peer.asked)))
        assert {packet.session for packet in peer.asked} == {0, 0x1963}

    def test_a_count_of_four_zero_bytes_is_unknown(self, peer: Peer) -> None:
        with reach(peer) as terminal:
            assert terminal.info().records is None
            assert Capability.COUNT not in terminal.info().can

    def test_shows_its_key_when_asked(self, peer: Peer) -> None:
        peer.refuse(code.CONNECT, code.ACK_UNAUTH)
        peer.on[code.AUTH] = lambda peer, asked: [
            peer.say(
                asked,
                code.ACK_OK if asked.data == scramble_key(123456, 0x1963) else code.ACK_UNAUTH,
            )
        ]
        with reach(peer, comm_key=123456) as terminal:
            assert terminal.info().serial
        with pytest.raises(TerminalRefused, match='rejects our key; compare "comm_key"'):
            reach(peer, comm_key=123457)
        assert peer.was_let_go()

    @pytest.mark.parametrize("answer", [code.SECURE_ONLY, code.LOCKED])
    def test_names_secure_firmware(self, peer: Peer, answer: int) -> None:
        peer.refuse(code.CONNECT, answer)
        with pytest.raises(MustPush, match=f"{answer}.*encrypted.*USB.*terminal must push$"):
            reach(peer)

    def test_names_secure_firmware_by_its_magic(self, tcp_peer: Peer) -> None:
        tcp_peer.on[code.CONNECT] = lambda peer, asked: [b"\x50\x50\x83\x7c" + bytes(12)]
        with pytest.raises(MustPush, match=r"encrypted.*terminal must push$"):
            reach(tcp_peer)

    def test_a_code_nobody_knows_is_no_success(self, peer: Peer) -> None:
        peer.refuse(code.CONNECT, 4242)
        with pytest.raises(TerminalRefused, match="code 4242"):
            reach(peer)

    def test_a_refused_session_is_a_busy_terminal(self, peer: Peer) -> None:
        peer.refuse(code.CONNECT, code.ACK_ERROR)
        with pytest.raises(TerminalBusy, match="another program"):
            reach(peer)

    def test_a_silent_greeting_is_another_program_or_new_firmware(self, tcp_peer: Peer) -> None:
        tcp_peer.on[code.CONNECT] = lambda peer, asked: []
        with pytest.raises(TerminalBusy, match=r"another program may hold it.*encrypted"):
            reach(tcp_peer, timeout_s=SHORT_S)

    def test_a_silent_address_is_unreachable(self, udp_peer: Peer) -> None:
        udp_peer.on[code.CONNECT] = lambda peer, asked: []
        with pytest.raises(TerminalUnreachable, match="stopped answering"):
            reach(udp_peer, timeout_s=SHORT_S)
        assert udp_peer.heard == [code.CONNECT], "a second one could begin a second session"

    @pytest.mark.parametrize("serial", [b"", b"   ", b"A" * 65, b"A\x07B", b"S\xc3\xa9rie"])
    def test_without_a_plain_serial_number_it_has_no_identity(
        self, peer: Peer, serial: bytes
    ) -> None:
        peer.options[b"~SerialNumber"] = serial
        with pytest.raises(TerminalRefused, match=f"127.0.0.1:{peer.port}.* serial number"):
            reach(peer)
        assert peer.was_let_go()

    def test_a_lost_session_is_a_busy_terminal(self, peer: Peer) -> None:
        peer.refuse(code.GET_TIME, code.ACK_UNAUTH)
        with reach(peer) as terminal, pytest.raises(TerminalBusy, match="no longer knows"):
            terminal.clock()

    def test_tells_the_clock(self, peer: Peer) -> None:
        peer.clock = pack_time(FIRST)
        with reach(peer) as terminal:
            assert terminal.clock() == FIRST

    def test_closed_it_answers_nothing(self, peer: Peer) -> None:
        terminal = reach(peer)
        terminal.close()
        terminal.close()
        with pytest.raises(TerminalUnreachable, match="closed"):
            terminal.clock()
        assert peer.heard.count(code.EXIT) == 1

    @pytest.mark.parametrize(
        ("wrong", "match"),
        [
            ({"host": " "}, "host"),
            ({"port": 0}, "port"),
            ({"port": 65_536}, "port"),
            ({"comm_key": -1}, "comm_key"),
            ({"timeout_s": 0}, "timeout_s"),
        ],
    )
    def test_options_that_cannot_be_are_named(self, wrong: dict[str, Any], match: str) -> None:
        with pytest.raises(ValueError, match=match):
            ZkTerminal.Options(**({"host": "127.0.0.1"} | wrong))

    def test_the_key_is_not_shown(self) -> None:
        assert "123456" not in repr(ZkTerminal.Options("127.0.0.1", comm_key=123456))


class TestReading:
    @pytest.mark.parametrize("count", [1, 25, 26, 1700, 4000])
    def test_reads_a_log_at_once_or_in_chunks(self, peer: Peer, count: int) -> None:
        fill(peer, count)
        with reach(peer) as terminal:
            log = terminal.read()
        assert len(log) == log.claimed == count
        assert log.serial == "SYN0000001"
        assert b"".join(entry.raw for entry in log.entries()) == peer.log
        assert peer.was_let_go()

    def test_frees_what_a_client_left_that_died(self, peer: Peer) -> None:
        fill(peer, 30)
        raws(peer)
        first = peer.heard.index(code.PREPARE_BUFFER)
        assert peer.heard[first - 1] == code.FREE_DATA

    def test_nothing_to_free_is_no_error(self, peer: Peer) -> None:
        fill(peer, 30)
        peer.refuse(code.FREE_DATA)
        assert raws(peer) == peer.log

    @pytest.mark.parametrize("told", [0, None, 279, 280, 281])
    def test_reads_49_byte_records_whatever_is_counted(
        self, tcp_peer: Peer, told: int | None
    ) -> None:
        fill(tcp_peer, 280, "49")  # as many bytes as 343 records of 40
        tcp_peer.count = told
        with reach(tcp_peer) as terminal:
            log = terminal.read()
        assert len(log) == 280
        assert log.claimed == told
        assert log.raw(279) == tcp_peer.log[-49:]

    def test_finds_no_layout_and_gives_out_nothing(self, peer: Peer) -> None:
        fill(peer, 30)
        peer.log += b"\0\0\0"
        fails(peer, UndecidableLog, 'uncertain .*; compare .* "layout"')

    def test_takes_the_layout_that_a_person_tells(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 10, "8b")
        tcp_peer.clock = 0
        body = bytearray(tcp_peer.log)
        body[2] &= ~0x20  # undecidable: of the short form
        tcp_peer.log = bytes(body)
        fails(tcp_peer, UndecidableLog, "8-byte readings")
        assert raws(tcp_peer, layout="8b") == tcp_peer.log
        with pytest.raises(UndecidableLog, match='not of layout "49"'):
            raws(tcp_peer, layout="49")

    def test_bad_records_stay_among_the_good(self, peer: Peer) -> None:
        fill(peer, 5)
        rows = [bytearray(peer.log[at : at + 40]) for at in range(0, 200, 40)]
        rows[1][27:31] = (60 * 86_400).to_bytes(4, "little")  # the 30th of February
        rows[2][2:6] = b"\xff\xfe\xfd\xfc"
        rows[3] = bytearray(40)
        peer.log = b"".join(rows)
        with reach(peer) as terminal:
            entries = list(terminal.read().entries())
        assert [entry.kind if isinstance(entry, BadRecord) else "" for entry in entries] == [
            "",
            "date",
            "user-id",
            "blank",
            "",
        ]
        assert b"".join(entry.raw for entry in entries) == peer.log

    @pytest.mark.parametrize("told", [0, 1, None])
    def test_an_empty_log_is_empty(self, peer: Peer, told: int | None) -> None:
        peer.count = told
        with reach(peer) as terminal:
            log = terminal.read()
        assert (len(log), list(log.entries()), log.claimed) == (0, [], told)
        assert log.digest(0) == log.digest(5)

    def test_a_log_that_is_counted_and_empty_is_an_error(self, peer: Peer) -> None:
        peer.count = 5
        fails(peer, MalformedReply, "holds 5 records and hands over none")

    def test_believes_the_bytes_and_not_the_size_before_them(
        self, tcp_peer: Peer, caplog: pytest.LogCaptureFixture
    ) -> None:
        fill(tcp_peer, 10)
        tcp_peer.on[code.PREPARE_BUFFER] = lambda peer, asked: [
            peer.say(asked, code.DATA, struct.pack("<I", 404) + peer.log)
        ]
        with caplog.at_level(logging.WARNING):
            assert raws(tcp_peer) == tcp_peer.log
        assert "states a log of 404 bytes and sends 400" in caplog.text

    def test_a_clock_that_cannot_be_does_not_stop_the_reading(self, peer: Peer) -> None:
        fill(peer, 10)
        peer.clock = 60 * 86_400
        assert raws(peer) == peer.log

    def test_exchanges_the_codes_of_16_byte_records_on_demand(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 2, "16")
        for swap, expected in ((False, [(0, 1), (1, 1)]), (True, [(1, 0), (1, 1)])):
            with reach(tcp_peer, swap_codes=swap) as terminal:
                found = [one for one in terminal.read().entries() if isinstance(one, RawPunch)]
            assert [(one.state, one.verify) for one in found] == expected

    def test_knows_the_people_behind_the_slots_of_8_byte_records(self, peer: Peer) -> None:
        fill(peer, 9, "8a")
        peer.users = struct.pack("<H6x8s8xI", 1, b"Budi", 880)
        peer.user_count = 1
        with reach(peer) as terminal:
            assert terminal.users() == [User("880", 1, "Budi")]
            found = [entry.user_id for entry in terminal.read().entries()]
        assert found == ["880", "2", "3", "4", "5", "6", "7", "8", "9"]

    def test_gives_out_no_8_byte_log_without_its_people(self, tcp_peer: Peer) -> None:
        """Or the same touch would have another user id, and another identity, the next time."""
        fill(tcp_peer, 9, "8a")
        prepare = tcp_peer.on[code.PREPARE_BUFFER]
        tcp_peer.on[code.PREPARE_BUFFER] = once(
            prepare, lambda peer, asked: [peer.say(asked, code.ACK_ERROR)]
        )
        with (
            pytest.raises(TerminalRefused, match="user table"),
            reach(tcp_peer) as terminal,
        ):
            terminal.read()


class TestDisorder:
    """What real networks and firmwares do, and what must not matter."""

    def test_events_come_in_between(self, peer: Peer) -> None:
        fill(peer, 1700)
        for command, handler in list(peer.on.items()):
            peer.on[command] = _after_events(handler)
        assert raws(peer) == peer.log

    def test_stray_packets_of_other_requests_come_in_between(self, peer: Peer) -> None:
        fill(peer, 1700)
        for command, handler in list(peer.on.items()):
            peer.on[command] = _after_strays(handler)
        assert raws(peer) == peer.log

    def test_the_last_ack_of_a_chunk_comes_late(self, peer: Peer) -> None:
        fill(peer, 4000)
        held: list[bytes] = []
        chunk = peer.on[code.READ_BUFFER]

        def hold(peer: Peer, asked: Packet) -> Iterator[bytes]:
            yield from held
            *rest, ack = chunk(peer, asked)
            held[:] = [ack]
            yield from rest

        peer.on[code.READ_BUFFER] = hold
        peer.on[code.FREE_DATA] = lambda peer, asked: [*held, peer.say(asked)]
        assert raws(peer) == peer.log

    def test_the_last_ack_never_comes(self, peer: Peer) -> None:
        fill(peer, 1700)
        chunk = peer.on[code.READ_BUFFER]
        peer.on[code.READ_BUFFER] = lambda peer, asked: list(chunk(peer, asked))[:-1]
        assert raws(peer) == peer.log

    @pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
    def test_segments_are_split_and_merged(self, tcp_peer: Peer, size: int) -> None:
        fill(tcp_peer, 60 if size == 1 else 1700)
        for command, handler in list(tcp_peer.on.items()):
            tcp_peer.on[command] = _in_segments(handler, size)
        assert raws(tcp_peer) == tcp_peer.log

    @pytest.mark.parametrize("data_max", [1008, 65_528])
    def test_data_frames_are_small_or_large(self, tcp_peer: Peer, data_max: int) -> None:
        fill(tcp_peer, 4000)
        tcp_peer.data_max = data_max
        assert raws(tcp_peer) == tcp_peer.log

    def test_chunks_are_shorter_than_asked(self, peer: Peer) -> None:
        fill(peer, 1700)
        data = struct.pack("<I", len(peer.log)) + peer.log

        def short(peer: Peer, asked: Packet) -> list[bytes]:
            start, size = struct.unpack("<II", asked.data)
            return peer.bulk(asked, data[start : start + min(size, 5000)])

        peer.on[code.READ_BUFFER] = short
        assert raws(peer) == peer.log

    def test_a_chunk_is_one_bare_data_packet(self, peer: Peer) -> None:
        fill(peer, 1700)
        data = struct.pack("<I", len(peer.log)) + peer.log

        def bare(peer: Peer, asked: Packet) -> list[bytes]:
            start, size = struct.unpack("<II", asked.data)
            return [peer.say(asked, code.DATA, data[start : start + size])]

        peer.on[code.READ_BUFFER] = bare
        assert raws(peer) == peer.log

    @pytest.mark.parametrize("answer", [code.ACK_ERROR, code.ACK_ERROR_DATA])
    def test_a_refused_chunk_is_asked_again(self, peer: Peer, answer: int) -> None:
        fill(peer, 1700)
        chunk = peer.on[code.READ_BUFFER]
        peer.on[code.READ_BUFFER] = once(
            lambda peer, asked: [peer.say(asked, answer)],
            once(lambda peer, asked: [peer.say(asked, answer)], chunk),
        )
        assert raws(peer) == peer.log

    def test_a_chunk_that_breaks_off_is_asked_again(self, peer: Peer) -> None:
        fill(peer, 1700)
        chunk = peer.on[code.READ_BUFFER]
        peer.on[code.READ_BUFFER] = once(
            lambda peer, asked: [row for at, row in enumerate(chunk(peer, asked)) if at != 3],
            chunk,
        )
        assert raws(peer) == peer.log

    def test_the_table_follows_its_announcement_at_once(self, peer: Peer) -> None:
        fill(peer, 60)
        peer.on[code.PREPARE_BUFFER] = lambda peer, asked: peer.bulk(asked, peer.table(asked))
        assert raws(peer) == peer.log

    @pytest.mark.parametrize("form", ["long", "short"])
    def test_the_announcement_is_a_size_to_fetch(self, peer: Peer, form: str) -> None:
        fill(peer, 60)
        prepare = peer.on[code.PREPARE_BUFFER]

        def announce(peer: Peer, asked: Packet) -> list[bytes]:
            list(prepare(peer, asked))
            size = len(peer.log) + 4
            data = {
                "long": struct.pack("<BIII", 0, size, size, 0),
                "short": struct.pack("<II", size, 1024),
            }
            return [peer.say(asked, code.PREPARE_DATA, data[form])]

        peer.on[code.PREPARE_BUFFER] = announce
        assert raws(peer) == peer.log


def _after_events(handler: Handler) -> Handler:
    def answer(peer: Peer, asked: Packet) -> Iterator[bytes]:
        for packet in handler(peer, asked):
            yield peer.say(asked, code.REG_EVENT, bytes(32), session=1, reply=0)
            yield peer.say(asked, code.REG_EVENT, b"\x64", session=256)
            yield packet

    return answer


def _after_strays(handler: Handler) -> Handler:
    def answer(peer: Peer, asked: Packet) -> Iterator[bytes]:
        for packet in handler(peer, asked):
            yield peer.say(asked, reply=(asked.reply - 1) % 0xFFFF)
            yield peer.say(asked, code.DATA, b"not ours", reply=(asked.reply - 7) % 0xFFFF)
            yield packet

    return answer


def _in_segments(handler: Handler, size: int) -> Handler:
    def answer(peer: Peer, asked: Packet) -> Iterator[bytes]:
        stream = b"".join(handler(peer, asked))
        for at in range(0, len(stream), size):
            yield stream[at : at + size]

    return answer


class TestDatagrams:
    def test_a_lost_request_is_sent_again_with_its_number(self, udp_peer: Peer) -> None:
        clock = udp_peer.on[code.GET_TIME]
        udp_peer.on[code.GET_TIME] = once(lambda peer, asked: [], clock)
        with reach(udp_peer, timeout_s=1.5) as terminal:
            terminal.clock()
        asked = [packet for packet in udp_peer.asked if packet.command == code.GET_TIME]
        assert len(asked) == 2
        assert asked[0] == asked[1]

    @pytest.mark.parametrize("place", [0, 1, 5, 16])
    def test_a_lost_datagram_costs_one_chunk(self, udp_peer: Peer, place: int) -> None:
        fill(udp_peer, 1700)
        chunk = udp_peer.on[code.READ_BUFFER]
        udp_peer.on[code.READ_BUFFER] = once(
            lambda peer, asked: [row for at, row in enumerate(chunk(peer, asked)) if at != place],
            chunk,
        )
        assert raws(udp_peer) == udp_peer.log

    @pytest.mark.parametrize("order", [[0, 2, 1], [1, 0, 2], [3, 0, 1]])
    def test_datagrams_are_swapped(self, udp_peer: Peer, order: list[int]) -> None:
        fill(udp_peer, 1700)
        chunk = udp_peer.on[code.READ_BUFFER]

        def swapped(peer: Peer, asked: Packet) -> list[bytes]:
            rows = list(chunk(peer, asked))
            return [rows[at] for at in order] + [
                row for at, row in enumerate(rows) if at not in order
            ]

        udp_peer.on[code.READ_BUFFER] = once(swapped, chunk)
        assert raws(udp_peer) == udp_peer.log

    @pytest.mark.parametrize("transfer", ["chunk", "legacy"])
    @pytest.mark.parametrize("lost", [True, False], ids=["lost", "late"])
    def test_the_end_of_an_answer_comes_without_its_beginning(
        self, udp_peer: Peer, transfer: str, lost: bool
    ) -> None:
        """The ACK_OK behind the data alone says that they were lost, and no more."""
        fill(udp_peer, 1700)
        command = code.READ_BUFFER
        if transfer == "legacy":
            udp_peer.speak_old()
            command = code.ATTLOG_RRQ
        handler = udp_peer.on[command]

        def end_first(peer: Peer, asked: Packet) -> list[bytes]:
            *data, end = handler(peer, asked)
            return [end] if lost else [end, *data]

        udp_peer.on[command] = once(end_first, handler)
        assert raws(udp_peer) == udp_peer.log

    @pytest.mark.parametrize("kept", [[0, 1, 3, -1], [1, 2], [0, -1]])
    def test_a_chunk_that_never_comes_whole_is_a_fault_of_the_network(
        self, udp_peer: Peer, kept: list[int]
    ) -> None:
        fill(udp_peer, 1700)
        chunk = udp_peer.on[code.READ_BUFFER]

        def loses(peer: Peer, asked: Packet) -> list[bytes]:
            rows = list(chunk(peer, asked))
            return [rows[at] for at in kept]

        udp_peer.on[code.READ_BUFFER] = loses
        fails(udp_peer, TerminalUnreachable, "datagrams were lost")

    @pytest.mark.parametrize("kept", [[], [-1]], ids=["all", "all but the last"])
    def test_lost_datagrams_of_the_size_in_front_cost_a_request(
        self, udp_peer: Peer, kept: list[int]
    ) -> None:
        fill(udp_peer, 1700)
        with reach(udp_peer) as terminal:
            known = Known.of(terminal.read(), 1700)
        chunk = udp_peer.on[code.READ_BUFFER]

        def loses(peer: Peer, asked: Packet) -> list[bytes]:
            rows = list(chunk(peer, asked))
            return [rows[at] for at in kept]

        udp_peer.on[code.READ_BUFFER] = once(loses, chunk)
        with reach(udp_peer) as terminal:
            assert terminal.read_on(known).start == 1700 - 64

    def test_datagrams_come_twice(self, udp_peer: Peer) -> None:
        fill(udp_peer, 1700)
        for command, handler in list(udp_peer.on.items()):
            udp_peer.on[command] = _twice(handler)
        assert raws(udp_peer) == udp_peer.log

    @pytest.mark.parametrize(
        ("session", "stated"),
        [(3, 777), (3, 400), (0x1963, 777)],
        ids=["neither", "size alone", "session alone"],
    )
    def test_a_part_that_overtakes_the_rest_is_not_the_whole(
        self, udp_peer: Peer, session: int, stated: int
    ) -> None:
        fill(udp_peer, 20)
        udp_peer.on[code.PREPARE_BUFFER] = lambda peer, asked: [
            peer.say(asked, code.DATA, struct.pack("<I", stated) + peer.log[:400], session=session)
        ]
        fails(udp_peer, TerminalUnreachable, "in disorder")

    def test_parts_with_a_gap_between_them_are_not_the_whole(self, udp_peer: Peer) -> None:
        fill(udp_peer, 60)
        data = struct.pack("<I", 2400) + udp_peer.log

        def gap(peer: Peer, asked: Packet) -> list[bytes]:
            return [
                peer.say(asked, code.PREPARE_DATA, struct.pack("<II", len(data), 2048)),
                peer.say(asked, code.DATA, data[:2000], session=0),
                peer.say(asked, code.DATA, data[2000:], session=2),
                peer.say(asked),
            ]

        chunk = udp_peer.on[code.READ_BUFFER]
        udp_peer.on[code.READ_BUFFER] = once(gap, chunk)
        assert raws(udp_peer) == udp_peer.log
        assert udp_peer.heard.count(code.READ_BUFFER) == 2
        udp_peer.on[code.READ_BUFFER] = gap
        fails(udp_peer, TerminalUnreachable, "announced 2404 bytes")

    def test_a_chunk_that_never_comes_is_given_up(self, udp_peer: Peer) -> None:
        fill(udp_peer, 1700)
        udp_peer.on[code.READ_BUFFER] = lambda peer, asked: []
        fails(
            udp_peer,
            TerminalUnreachable,
            "stopped answering at bytes 0 to 16384",
            timeout_s=SHORT_S,
        )
        assert udp_peer.heard.count(code.READ_BUFFER) == 3


def _twice(handler: Handler) -> Handler:
    return lambda peer, asked: [row for row in handler(peer, asked) for _ in range(2)]


class TestOldFirmware:
    @pytest.mark.parametrize("count", [1, 300])
    def test_is_read_in_the_old_form(self, peer: Peer, count: int) -> None:
        fill(peer, count, "16")
        peer.speak_old()
        assert raws(peer) == peer.log
        assert code.ATTLOG_RRQ in peer.heard

    def test_tells_its_users_in_the_old_form(self, peer: Peer) -> None:
        peer.speak_old()
        peer.users, peer.user_count = struct.pack("<H6x8s8xI", 4, b"Siti", 77), 1
        with reach(peer) as terminal:
            assert terminal.users() == [User("77", 4, "Siti")]
        assert [packet.data for packet in peer.asked if packet.command == code.USERS_RRQ] == [
            b"\x05"
        ]

    def test_says_by_a_refusal_that_its_log_is_empty(self, peer: Peer) -> None:
        peer.speak_old()
        peer.count = 0
        peer.refuse(code.ATTLOG_RRQ)
        with reach(peer) as terminal:
            assert len(terminal.read()) == 0

    @pytest.mark.parametrize(
        ("told", "answer"),
        [(None, code.ACK_ERROR), (3, code.ACK_ERROR), (0, code.ACK_UNKNOWN)],
    )
    def test_a_refusal_is_else_no_empty_log(
        self, peer: Peer, told: int | None, answer: int
    ) -> None:
        peer.speak_old()
        peer.count = told
        peer.refuse(code.ATTLOG_RRQ, answer)
        fails(peer, TerminalRefused, f"neither in chunks, 65535.*nor whole, {answer}")

    def test_a_transfer_that_breaks_off_is_asked_again(self, udp_peer: Peer) -> None:
        fill(udp_peer, 300, "16")
        udp_peer.speak_old()
        whole = udp_peer.on[code.ATTLOG_RRQ]
        udp_peer.on[code.ATTLOG_RRQ] = once(
            lambda peer, asked: [row for at, row in enumerate(whole(peer, asked)) if at != 2],
            whole,
        )
        assert raws(udp_peer) == udp_peer.log

    def test_a_transfer_that_always_breaks_off_is_given_up(self, peer: Peer) -> None:
        fill(peer, 300, "16")
        peer.speak_old()
        whole = peer.on[code.ATTLOG_RRQ]
        peer.on[code.ATTLOG_RRQ] = lambda peer, asked: [
            row for at, row in enumerate(whole(peer, asked)) if at != 2
        ]
        fails(peer, TerminalUnreachable, "broke its log off in the middle, 3 times")

    def test_stale_memory_over_tcp_is_no_log(self, tcp_peer: Peer) -> None:
        """K40 and Z40 answer with the right size and rubbish in it."""
        tcp_peer.speak_old()
        tcp_peer.log, tcp_peer.count = bytes(range(1, 41)) * 7, 7
        fails(tcp_peer, UndecidableLog, "old form")


class TestFailures:
    def test_a_log_out_of_reach_is_not_an_empty_log(self, peer: Peer) -> None:
        peer.count = 0
        peer.refuse(code.PREPARE_BUFFER, code.NO_LOG_HERE)
        fails(peer, TerminalRefused, "4989.*access-control mode")

    def test_an_unknown_code_is_not_an_empty_log(self, peer: Peer) -> None:
        peer.refuse(code.PREPARE_BUFFER, 4242)
        fails(peer, TerminalRefused, "code 4242")

    def test_a_prepared_buffer_without_a_size_is_not_an_empty_log(self, peer: Peer) -> None:
        peer.refuse(code.PREPARE_BUFFER, code.ACK_OK)
        fails(peer, MalformedReply, "without telling the size")

    def test_three_bytes_are_no_log(self, tcp_peer: Peer) -> None:
        tcp_peer.on[code.PREPARE_BUFFER] = lambda peer, asked: [peer.say(asked, code.DATA, b"abc")]
        with pytest.raises(MalformedReply, match="a log of 3 bytes"), reach(tcp_peer) as terminal:
            terminal.read()

    def test_a_chunk_that_is_always_refused_is_a_busy_terminal(self, peer: Peer) -> None:
        fill(peer, 1700)
        peer.refuse(code.READ_BUFFER)
        fails(peer, TerminalBusy, r"refuses bytes 0 to \d+ of its log, 2001")
        assert peer.heard.count(code.READ_BUFFER) == 3

    def test_chunks_that_are_no_chunks_are_given_up(self, peer: Peer) -> None:
        fill(peer, 1700)
        for answer in ([], [b"\0" * 70_000], [b"\0\0\0\0"]):
            peer.on[code.READ_BUFFER] = lambda peer, asked, answer=answer: [
                peer.say(asked, code.PREPARE_DATA, struct.pack("<II", 0x8000_0000, 1024)),
                *(peer.say(asked, code.DATA, data[:60_000]) for data in answer),
                peer.say(asked),
            ]
            fails(peer, MalformedReply, "announced 2147483648 bytes")

    def test_a_hang_up_in_the_middle_is_no_end(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 1700)
        chunk = tcp_peer.on[code.READ_BUFFER]
        tcp_peer.on[code.READ_BUFFER] = lambda peer, asked: [
            b"".join(chunk(peer, asked))[:30_000],
            peer.hang_up,
        ]
        began = time.monotonic()
        with pytest.raises(TerminalUnreachable, match=r"hung up|broke off"):
            raws(tcp_peer)
        assert time.monotonic() - began < ENDS_S

    def test_a_stall_in_the_middle_is_no_end(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 1700)
        chunk = tcp_peer.on[code.READ_BUFFER]
        tcp_peer.on[code.READ_BUFFER] = lambda peer, asked: [b"".join(chunk(peer, asked))[:30_000]]
        fails(tcp_peer, TerminalUnreachable, "stopped answering", timeout_s=SHORT_S)
        assert tcp_peer.heard.count(code.READ_BUFFER) == 1, "a stream that stalls is not reused"

    def test_a_trickle_does_not_hold_us(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 1700)
        chunk = tcp_peer.on[code.READ_BUFFER]
        tcp_peer.on[code.READ_BUFFER] = lambda peer, asked: [
            peer.trickle(b"".join(chunk(peer, asked)))
        ]
        began = time.monotonic()
        with pytest.raises(TerminalUnreachable, match=LATE):
            raws(tcp_peer, timeout_s=0.08)
        assert 12 * 0.08 <= time.monotonic() - began < ENDS_S

    def test_a_plain_answer_that_trickles_does_not_hold_us(self, tcp_peer: Peer) -> None:
        tcp_peer.on[code.GET_TIME] = lambda peer, asked: [
            peer.trickle(peer.say(asked, data=bytes(4000)))
        ]
        with (
            reach(tcp_peer, timeout_s=SHORT_S) as terminal,
            pytest.raises(TerminalUnreachable, match=LATE),
        ):
            terminal.clock()

    def test_events_without_end_do_not_hold_us(self, peer: Peer) -> None:
        let_go = threading.Event()

        def forever(peer: Peer, asked: Packet) -> Iterator[bytes]:
            ends = time.monotonic() + 2 * ENDS_S
            while time.monotonic() < ends and not let_go.is_set():
                yield peer.say(asked, code.REG_EVENT, bytes(32), session=1, reply=0)

        peer.on[code.GET_TIME] = forever
        began = time.monotonic()
        with (
            reach(peer, timeout_s=SHORT_S) as terminal,
            pytest.raises(TerminalUnreachable, match=LATE),
        ):
            terminal.clock()
        let_go.set()  # a peer by datagrams does not see that nobody listens
        assert time.monotonic() - began < ENDS_S

    def test_the_answer_to_another_request_is_no_answer(self, peer: Peer) -> None:
        peer.on[code.GET_TIME] = lambda peer, asked: [peer.say(asked, reply=asked.reply - 1)]
        with reach(peer, timeout_s=SHORT_S) as terminal, pytest.raises(TerminalUnreachable):
            terminal.clock()

    @pytest.mark.parametrize("size", [0x8000_0000, 0xFFFF_FFFF, (64 << 20) + 1])
    def test_a_claim_of_gigabytes_costs_nothing(self, peer: Peer, size: int) -> None:
        peer.on[code.PREPARE_BUFFER] = lambda peer, asked: [
            peer.say(asked, data=struct.pack("<BIII", 0, size, size, 0))
        ]
        fails(peer, MalformedReply, f"claims a log of {size} bytes")
        peer.speak_old()
        peer.on[code.ATTLOG_RRQ] = lambda peer, asked: [
            peer.say(asked, code.PREPARE_DATA, struct.pack("<II", size, 1024))
        ]
        fails(peer, MalformedReply, f"claims a log of {size} bytes")

    def test_a_frame_of_gigabytes_costs_nothing(self, tcp_peer: Peer) -> None:
        fill(tcp_peer, 1700)
        tcp_peer.on[code.READ_BUFFER] = lambda peer, asked: [PREFIX.pack(MAGIC, 0x8000_0000)]
        fails(tcp_peer, MalformedReply, "packet of 2147483648 bytes")

    @pytest.mark.parametrize(
        "command", [code.CONNECT, code.GET_VERSION, code.PREPARE_BUFFER, code.READ_BUFFER]
    )
    @pytest.mark.parametrize("rubbish", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(64), b"PPPP"])
    def test_rubbish_is_named(self, peer: Peer, command: int, rubbish: bytes) -> None:
        fill(peer, 1700)
        peer.on[command] = lambda peer, asked: [rubbish]
        with pytest.raises(MalformedReply, match=f"127.0.0.1:{peer.port}") as caught:
            raws(peer)
        assert caught.value.raw[:4] == rubbish[:4]

    def test_damage_is_refused_unless_the_terminal_cannot_sum(self, peer: Peer) -> None:
        fill(peer, 30)
        for command, handler in list(peer.on.items()):
            peer.on[command] = _wrongly_summed(handler)
        with pytest.raises(MalformedReply, match="checksum"):
            raws(peer)
        assert raws(peer, verify_checksum=False) == peer.log


def _wrongly_summed(handler: Handler) -> Handler:
    def answer(peer: Peer, asked: Packet) -> Iterator[bytes]:
        at = 10 if peer.transport == "tcp" else 2
        for packet in handler(peer, asked):
            yield packet[:at] + bytes([packet[at] ^ 1]) + packet[at + 1 :]

    return answer


def test_a_frame_is_a_packet_behind_its_length() -> None:
    assert frame(bytes(8)) == MAGIC + b"\x08\0\0\0" + bytes(8)
