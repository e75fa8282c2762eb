"""The simulated terminal on the network, byte for byte; each of its faults on a raw socket."""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import pytest

from drivers.errors import MalformedReply
from drivers.simulator.faults import MENU, Faults
from drivers.simulator.memory import Memory
from drivers.simulator.pipes import TcpPipe
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.zk.codec import (
    Packet,
    PacketReader,
    decode_packet,
    encode_packet,
    frame,
    scramble_key,
)
from drivers.zk.events import decode_punch_event
from drivers.zk.records import pack_time

NOW = datetime(2026, 11, 20, 10, 0, 0)
LINKS = ["tcp", "udp"]
ATTLOG = struct.pack("<BHII", 1, 13, 0, 0)
USERS = struct.pack("<BHII", 1, 9, 5, 0)
DEADLINE_S = 5.0
PUNCHES = 50


class Client:
    """A client that says what it is told to and shows what it gets."""

    def __init__(self, server: ZkServer, link: str) -> None:
        self.server = server
        self.session = 0
        self.reply = 0
        self.tcp = link == "tcp"
        kind = socket.SOCK_STREAM if self.tcp else socket.SOCK_DGRAM
        self.sock = socket.socket(socket.AF_INET, kind)
        self.sock.settimeout(DEADLINE_S)
        self.sock.connect(("127.0.0.1", server.port))
        self.reader = PacketReader()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.sock.close()

    def send(self, command: int, data: bytes = b"", session: int | None = None) -> None:
        self.reply += 1
        sent = self.session if session is None else session
        packet = encode_packet(Packet(command, sent, self.reply, data))
        self.sock.sendall(frame(packet) if self.tcp else packet)

    def next(self) -> Packet:
        if not self.tcp:
            return decode_packet(self.sock.recv(65_535))
        while (packet := self.reader.next_packet()) is None:
            received = self.sock.recv(65_535)
            if not received:
                raise EOFError
            self.reader.feed(received)
        return packet

    def ask(self, command: int, data: bytes = b"") -> Packet:
        self.send(command, data)
        return self.next()

    def connect(self) -> Self:
        answer = self.ask(1000)
        assert answer.command == 2000
        self.session = answer.session
        return self

    def bulk(self, command: int, data: bytes = b"") -> list[Packet]:
        """Return PREPARE_DATA, every DATA, and the ACK that ends them."""
        packets = [self.ask(command, data)]
        while packets[-1].command in {1500, 1501}:
            packets.append(self.next())
        return packets

    def read_log(self) -> bytes:
        first = self.ask(1503, ATTLOG)
        if first.command == 1501:
            return first.data
        _, size, again, _ = struct.unpack("<BIII", first.data)
        assert size == again
        packets = self.bulk(1504, struct.pack("<II", 0, size))
        return b"".join(one.data for one in packets if one.command == 1501)

    def raw(self) -> bytes:
        """Return what arrives in one piece."""
        return self.sock.recv(65_535)

    def rest(self) -> bytes:
        """Return all that still comes until the terminal hangs up."""
        received = b""
        while piece := self.sock.recv(65_535):
            received += piece
        return received

    def hears_nothing(self) -> bool:
        """Whether the terminal has worked on our last request and is silent all the same.

        Two requests more are sent and waited for: the loop that takes them has done with ours.
        """
        seen = self.server.memory.commands_seen
        for wanted in (seen[64] + 1, seen[64] + 2):
            self.send(64)
            wait_until(lambda wanted=wanted: seen[64] == wanted)
        return not select.select([self.sock], [], [], 0)[0]


def wait_until(true: Callable[[], object]) -> None:
    ticks = threading.Event()
    for _ in range(int(DEADLINE_S / 0.002)):
        if true():
            return
        ticks.wait(0.002)
    raise AssertionError("waited in vain")


def no_waiting(seconds: float, call: Callable[[], None]) -> None:
    raise AssertionError(f"{call} was to wait {seconds} s")


def memory_of(punches: int = PUNCHES, layout: str = "40") -> Memory:
    memory = Memory(layout=layout, clock=lambda: NOW)
    memory.load(Touch(str(n % 7 + 1), NOW - timedelta(minutes=punches - n)) for n in range(punches))
    return memory


@pytest.fixture(params=LINKS)
def link(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def memory() -> Memory:
    return memory_of()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def server(memory: Memory, faults: Faults) -> Iterator[ZkServer]:
    with ZkServer(memory, faults, data_max=1_008) as server:
        yield server


@pytest.fixture
def client(server: ZkServer, link: str) -> Iterator[Client]:
    with Client(server, link) as client:
        yield client


@pytest.fixture
def tcp(server: ZkServer) -> Iterator[Client]:
    with Client(server, "tcp") as client:
        yield client


@pytest.fixture
def udp(server: ZkServer) -> Iterator[Client]:
    with Client(server, "udp") as client:
        yield client


def whole(memory: Memory) -> bytes:
    return struct.pack("<I", len(memory.log())) + memory.log()


class TestSession:
    def test_nothing_is_told_before_connect_and_with_a_wrong_session(self, client: Client) -> None:
        assert client.ask(50).command == 2005
        client.connect()
        client.session += 1
        assert client.ask(50).command == 65532

    def test_the_key_is_asked_for_and_checked(self, client: Client, memory: Memory) -> None:
        memory.comm_key = 12
        answer = client.ask(1000)
        assert answer.command == 2005
        client.session = answer.session
        for wrong in (scramble_key(13, client.session), b"", b"12345", bytes(4)):
            assert client.ask(1102, wrong).command == 2005
            assert client.ask(50).command == 2005
        assert client.ask(1102, scramble_key(12, client.session, tick=99)).command == 2000
        assert client.ask(50).command == 2000

    def test_connect_asked_again_keeps_the_session_and_the_next_one_has_another(
        self, server: ZkServer, link: str
    ) -> None:
        with Client(server, link) as first:
            session = first.connect().session
            assert first.connect().session == session
            assert first.ask(1001).command == 2000
        with Client(server, link) as second:
            assert second.connect().session != session

    def test_exit_ends_the_connection(self, tcp: Client) -> None:
        tcp.connect()
        assert tcp.ask(1001) == Packet(2000, tcp.session, tcp.reply)
        assert tcp.raw() == b""

    def test_exit_over_udp_ends_the_session(self, udp: Client) -> None:
        udp.connect()
        assert udp.ask(1001).command == 2000
        assert udp.ask(50).command == 2005

    def test_restart_hangs_up_without_an_answer(self, tcp: Client) -> None:
        tcp.connect()
        tcp.send(1004)
        assert tcp.raw() == b""

    def test_a_second_client_starves_until_the_first_leaves(self, server: ZkServer) -> None:
        with Client(server, "tcp") as first, Client(server, "tcp") as second:
            first.connect()
            second.send(1000)
            for _ in range(3):
                assert first.ask(50).command == 2000
            assert server.memory.commands_seen[1000] == 1
            first.sock.close()
            assert second.next().command == 2000

    @pytest.mark.parametrize("policy", ["refuse", "serve"])
    def test_a_second_client_is_refused_or_served(self, policy: str, memory: Memory) -> None:
        with (
            ZkServer(memory, second=policy) as server,
            Client(server, "tcp") as first,
        ):
            first.connect()
            with Client(server, "tcp") as second:
                if policy == "serve":
                    second.connect()
                else:
                    assert second.raw() == b""
            assert first.ask(50).command == 2000
            first.sock.close()
            with Client(server, "tcp") as third:
                third.connect()

    def test_over_udp_the_last_to_connect_is_the_client(self, server: ZkServer) -> None:
        with Client(server, "udp") as first, Client(server, "udp") as second:
            first.connect()
            second.connect()
            assert second.ask(50).command == 2000
            assert first.ask(50).command == 2005

    def test_rubbish_from_a_client_ends_its_connection_only(
        self, server: ZkServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Client(server, "tcp") as wild, Client(server, "udp") as calm:
            calm.connect()
            wild.sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert wild.raw() == b""
            calm.sock.send(b"\x01")
            calm.sock.send(encode_packet(Packet(50, calm.session, 9))[:-1] + b"\xff")
            assert calm.ask(50).command == 2000
        assert "hanging up" in caplog.text
        assert "ignoring a datagram" in caplog.text

    def test_stopping_hangs_up_and_frees_the_port(self, memory: Memory) -> None:
        server = ZkServer(memory)
        server.start()
        with Client(server, "tcp") as client:
            client.connect()
            server.stop()
            server.stop()
            assert client.raw() == b""
        memory.punch("1")
        with ZkServer(memory, port=server.port) as again, Client(again, "tcp") as client:
            client.connect()

    def test_a_server_that_was_never_started_stops(self, memory: Memory) -> None:
        ZkServer(memory).stop()

    def test_a_port_taken_on_udp_is_an_error_that_leaves_nothing_open(self, memory: Memory) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match="in use"):
                ZkServer(memory, port=port)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)


class TestPipe:
    def test_a_client_that_reads_slowly_gets_everything(self, memory: Memory) -> None:
        memory.load([Touch("1", NOW)] * 5_000)
        near, far = socket.socketpair()
        later: list[Callable[[], None]] = []
        with near, far:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
            far.settimeout(DEADLINE_S)
            reader, packets = PacketReader(), list[Packet]()
            pipe = TcpPipe(near, memory, Faults(), lambda _, call: later.append(call), 65_528)
            pipe.take(Packet(1000, 0, 1))
            reader.feed(far.recv(100))
            connected = reader.next_packet()
            assert connected
            pipe.take(Packet(13, connected.session, 2))
            while not packets or packets[-1].command != 2000:
                reader.feed(far.recv(65_536))
                for go_on in [later.pop() for _ in later[:]]:
                    go_on()
                while packet := reader.next_packet():
                    packets.append(packet)
        assert b"".join(one.data for one in packets[1:-1]) == whole(memory)

    def test_a_client_that_is_gone_is_let_go(
        self, memory: Memory, caplog: pytest.LogCaptureFixture
    ) -> None:
        near, far = socket.socketpair()
        far.close()
        pipe = TcpPipe(near, memory, Faults(), no_waiting, 1_008)
        pipe.take(Packet(1000, 0, 1))
        assert pipe.closed
        assert "a client went away" in caplog.text


class TestAnswers:
    def test_small_things_are_told_as_real_terminals_tell_them(
        self, client: Client, memory: Memory
    ) -> None:
        client.connect()
        assert client.ask(11, b"~SerialNumber\0").data == b"~SerialNumber=SIM0000000001\0"
        assert client.ask(11, b"~Platform").data == b"~Platform=ZLM60_TFT\0"
        assert client.ask(11, b"FaceFunOn\0").command == 2001
        assert client.ask(1100).data == b"Ver 6.60 Apr 28 2017\0"
        assert client.ask(69, b" P").data == b"\x18"
        assert client.ask(201).data == struct.pack("<I", pack_time(NOW))
        assert client.ask(64).session == 0, "the state, and it is idle"
        assert client.ask(777).command == 65535
        assert client.ask(1503, b"\x01").command == 65531
        assert client.ask(12, b"SDKBuild=1").command == 2000
        assert memory.option("SDKBuild") == "1"

    def test_one_make_calls_an_unknown_option_an_unknown_command(self, link: str) -> None:
        with ZkServer(Memory(layout="22")) as server, Client(server, link) as client:
            assert client.connect().ask(11, b"FaceFunOn\0").command == 65535

    @pytest.mark.parametrize("length", [80, 92, 112])
    def test_the_counts_stand_where_they_belong(self, length: int) -> None:
        memory = memory_of()
        memory.sizes_length = length
        with ZkServer(memory) as server, Client(server, "tcp") as client:
            data = client.connect().ask(50).data
        assert len(data) == length
        fields = struct.unpack_from("<20i", data)
        assert (fields[4], fields[8], fields[16]) == (7, PUNCHES, memory.capacity)
        for used, room, left in ((4, 15, 18), (6, 14, 17), (8, 16, 19)):
            assert fields[used] + fields[left] == fields[room]

    def test_the_short_form_of_counts_says_nothing(self, memory: Memory) -> None:
        memory.sizes_length = 4
        with ZkServer(memory) as server, Client(server, "tcp") as client:
            assert client.connect().ask(50).data == bytes(4)

    def test_a_log_comes_buffered_in_numbered_packets(self, client: Client, memory: Memory) -> None:
        client.connect()
        assert client.read_log() == whole(memory)
        size = len(whole(memory))
        packets = client.bulk(1504, struct.pack("<II", 0, size))
        most = 1_008 if client.tcp else 1_024
        assert packets[0].data == struct.pack("<II", size, most)
        assert [one.session for one in packets[1:-1]] == list(range(-(-size // most)))
        assert packets[-1] == Packet(2000, size, client.reply)
        assert {one.reply for one in packets} == {client.reply}

    def test_any_part_of_the_buffer_can_be_asked_for_but_no_more(
        self, client: Client, memory: Memory
    ) -> None:
        client.connect()
        assert client.ask(1504, struct.pack("<II", 0, 4)).command == 2001, "nothing is prepared"
        client.ask(1503, ATTLOG)
        size = len(whole(memory))
        packets = client.bulk(1504, struct.pack("<II", size - 41, 41))
        assert packets[1].data == whole(memory)[-41:]
        assert client.ask(1504, struct.pack("<II", size - 40, 41)).command == 2001
        assert client.ask(1502).command == 2000
        assert client.ask(1504, struct.pack("<II", 0, 4)).command == 2001

    def test_the_buffer_is_a_copy_of_the_moment_it_was_made(
        self, client: Client, memory: Memory
    ) -> None:
        client.connect()
        before = whole(memory)
        client.ask(1503, ATTLOG)
        memory.clear()
        packets = client.bulk(1504, struct.pack("<II", 0, len(before)))
        assert b"".join(one.data for one in packets[1:-1]) == before

    def test_a_small_log_and_an_empty_one_come_inline(self, client: Client, memory: Memory) -> None:
        memory.clear()
        memory.punch("5", 1)
        client.connect()
        answer = client.ask(1503, ATTLOG)
        assert answer == Packet(1501, client.session, client.reply, whole(memory))
        memory.clear()
        assert client.ask(1503, ATTLOG).data == bytes(4)
        assert client.ask(13).command == 2001

    def test_the_old_way_of_reading_gives_the_same(self, client: Client, memory: Memory) -> None:
        client.connect()
        for command, data in ((13, b""), (7, b"\x01")):
            packets = client.bulk(command, data)
            assert b"".join(one.data for one in packets[1:-1]) == whole(memory)
        users = client.ask(1503, USERS).data
        for command in (9, 7):
            packets = client.bulk(command, b"\x05")
            assert b"".join(one.data for one in packets[1:-1]) == users
        assert len(users) == 4 + 7 * 72
        assert client.ask(9, b"\x01\x00\x00").command == 2001, "no fingers are kept"
        assert client.ask(7, b"\x02").command == 2001

    def test_users_of_old_units_take_28_bytes(self, link: str) -> None:
        memory = memory_of(layout="8a")
        with ZkServer(memory) as server, Client(server, link) as client:
            users = client.connect().ask(1503, USERS).data
        assert len(users) == 4 + 7 * 28
        assert struct.unpack_from("<I", users, 4 + 24) == (1,)

    @pytest.mark.parametrize("layout", ["8a", "16", "22", "40", "49"])
    def test_a_touch_is_told_to_who_listens(self, layout: str, link: str) -> None:
        memory = memory_of(layout=layout)
        with ZkServer(memory) as server, Client(server, link) as client:
            client.connect()
            memory.punch("3", 1)
            assert client.ask(500, b"\x01\0\0\0").command == 2000, "the touch before is not told"
            memory.punch("3", 1)
            event = client.next()
            client.send(2000)
            assert client.ask(50).command == 2000, "an acknowledged event is not answered"
        assert event[:3] == (500, 1, 0)
        assert len(event.data) == memory.profile.event_size
        who = 2 if layout == "8a" else 4 if layout == "16" else 24
        assert event.data[who : who + 8] == bytes((1, 1, 26, 11, 20, 10, 0, 0))
        assert event.data[:1] in {b"\x03", b"3"}

    def test_every_command_is_remembered(self, client: Client, memory: Memory) -> None:
        client.connect()
        client.ask(1003)
        client.ask(1002)
        client.ask(33)
        assert memory.commands_seen == {1000: 1, 1003: 1, 1002: 1, 33: 1}

    @pytest.mark.parametrize(("data", "people"), [(b"", 0), (b"\x01", 7), (b"\x04", 7)])
    def test_clear_data_clears(self, data: bytes, people: int, tcp: Client) -> None:
        memory = tcp.server.memory
        assert tcp.connect().ask(14, data).command == 2000
        assert memory.count() == (PUNCHES if data == b"\x04" else 0)
        assert len(memory.people()) == people
        assert tcp.ask(14, b"\x05").command == 2000
        assert memory.people() == []


class TestFaults:
    """Each line of the menu, seen from outside. Switched on while the client is connected."""

    def test_every_fault_has_its_test(self) -> None:
        tests = " ".join(name.replace("_", "-") for name in dir(type(self)))
        assert [name for name in MENU if f"test-{name}-" not in f"{tests}-"] == []

    def test_cut_hangs_up_after_exactly_so_many_bytes(self, tcp: Client, faults: Faults) -> None:
        faults.add("cut=716,times:1")
        tcp.connect()
        tcp.send(13)
        assert len(tcp.rest()) == 716 - 16
        with Client(tcp.server, "tcp") as again:
            assert again.connect().read_log() == whole(tcp.server.memory)

    def test_cut_over_udp_forgets_the_client(self, udp: Client, faults: Faults) -> None:
        udp.connect()
        faults.add("cut=1500,times:1")
        udp.send(13)
        assert udp.next().command == 1500
        assert udp.next().command == 1501
        assert udp.ask(50).command == 2005

    def test_stall_goes_silent_and_stays_connected(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("stall=0")
        client.send(50)
        assert client.hears_nothing()
        assert faults.fired() == {"stall": 1}

    def test_split_comes_in_many_pieces(self, memory: Memory) -> None:
        # a pair of sockets that keep one write apart from the next, as no TCP connection must
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with near, far:
            far.settimeout(DEADLINE_S)
            pipe = TcpPipe(near, memory, Faults("split=7"), no_waiting, data_max=1_008)
            pipe.take(Packet(1000, 0, 1))
            assert [len(far.recv(100)) for _ in range(3)] == [7, 7, 2]

    def test_split_changes_no_byte(self, tcp: Client, faults: Faults, memory: Memory) -> None:
        tcp.connect()
        faults.add("split=1")
        assert tcp.read_log() == whole(memory)

    def test_trickle_takes_its_time_for_every_byte(self, tcp: Client, faults: Faults) -> None:
        tcp.connect()
        faults.add("trickle=2,times:1")
        start = time.monotonic()
        assert tcp.ask(1002).command == 2000
        assert time.monotonic() - start >= 15 * 0.002

    def test_merge_comes_in_one_piece(self, tcp: Client, faults: Faults) -> None:
        tcp.connect()
        faults.add("merge")
        tcp.send(13)
        assert len(tcp.raw()) == 24 + 2 * 16 + 2004 + 16

    def test_slow_answers_take_so_many_milliseconds(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("slow=80")
        start = time.monotonic()
        assert client.ask(50).command == 2000
        assert time.monotonic() - start >= 0.08

    def test_rubbish_is_no_packet(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("rubbish=33")
        with pytest.raises(MalformedReply):
            client.ask(50)

    def test_damage_is_seen_by_the_checksum(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("damage")
        with pytest.raises(MalformedReply, match="checksum"):
            client.read_log()

    def test_huge_frame_claims_two_gigabytes(self, tcp: Client, faults: Faults) -> None:
        tcp.connect()
        faults.add("huge-frame")
        tcp.send(50)
        assert tcp.raw()[:8] == bytes.fromhex("5050827d00000080")

    def test_drop_loses_datagrams(self, udp: Client, faults: Faults) -> None:
        udp.connect()
        faults.add("drop=times:1")
        udp.send(50)
        assert udp.ask(201).reply == udp.reply, "the first answer is lost, the second is not"
        faults.add("drop")
        udp.send(50)
        assert udp.hears_nothing()

    def test_reorder_swaps_datagrams(self, udp: Client, faults: Faults, memory: Memory) -> None:
        memory.load([Touch("1", NOW)] * 50)
        udp.connect()
        faults.add("reorder=times:1")
        packets = udp.bulk(13)
        assert [one.session for one in packets[1:-1]] == [0, 2, 1, 3]

    def test_duplicate_comes_twice(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("duplicate")
        first = client.ask(50)
        assert client.next() == first

    def test_stray_ack_of_the_command_before_comes_first(
        self, client: Client, faults: Faults
    ) -> None:
        client.connect()
        faults.add("stray-ack")
        assert client.ask(201) == Packet(2000, client.session, client.reply - 1)
        assert client.next().reply == client.reply

    def test_stray_event_comes_first(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("stray-event")
        assert client.ask(201)[:3] == (500, 2, 0)
        assert client.next().reply == client.reply

    def test_late_ack_comes_after_the_next_command(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("late-ack=times:1")
        client.send(13)
        assert [client.next().command for _ in range(3)] == [1500, 1501, 1501]
        late = client.ask(201)
        assert (late.command, late.reply, late.data) == (2000, client.reply - 1, b"")
        assert client.next().reply == client.reply

    def test_missing_ack_never_comes(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("missing-ack")
        client.send(13)
        assert [client.next().command for _ in range(3)] == [1500, 1501, 1501]
        assert client.ask(201).reply == client.reply

    def test_short_chunk_announces_more_than_it_brings(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        client.connect()
        faults.add("short-chunk=30,times:1")
        packets = client.bulk(13)
        brought = b"".join(one.data for one in packets[1:-1])
        assert struct.unpack_from("<I", packets[0].data) == (len(brought) + 30,)
        assert brought == whole(memory)[:-30]

    def test_single_chunk_is_one_bare_packet(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        client.connect()
        faults.add("single-chunk")
        client.ask(1503, ATTLOG)
        answer = client.ask(1504, struct.pack("<II", 0, len(whole(memory))))
        assert answer == Packet(1501, client.session, client.reply, whole(memory))
        assert client.ask(201).reply == client.reply, "and no ACK after it"

    def test_refuse_chunk_is_refused_so_many_times(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        client.connect()
        faults.add("refuse-chunk=2001,times:2")
        client.ask(1503, ATTLOG)
        asked = [client.bulk(1504, struct.pack("<II", 0, 100)) for _ in range(3)]
        assert [one[0].command for one in asked] == [2001, 2001, 1500]

    @pytest.mark.parametrize(
        ("fault", "told"),
        [("wrong-count", PUNCHES - 1), ("wrong-count=3", PUNCHES + 3), ("wrong-count=-99", 0)],
    )
    def test_wrong_count_is_told(
        self, fault: str, told: int, client: Client, faults: Faults
    ) -> None:
        client.connect()
        faults.add(fault)
        assert struct.unpack_from("<9i", client.ask(50).data)[8] == told

    def test_zero_count_is_told_of_a_full_log(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        client.connect()
        faults.add("zero-count")
        assert struct.unpack_from("<9i", client.ask(50).data)[8] == 0
        assert client.read_log() == whole(memory)

    def test_huge_size_claims_a_log_of_two_gigabytes(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("huge-size")
        assert struct.unpack("<BIII", client.ask(1503, ATTLOG).data)[1] == 1 << 31
        assert struct.unpack_from("<I", client.ask(13).data) == (1 << 31,)

    @pytest.mark.parametrize("code", [65535, 2001, 4989])
    def test_refuse_read_leaves_the_old_way(
        self, code: int, client: Client, faults: Faults
    ) -> None:
        client.connect()
        faults.add(f"refuse-read={code}")
        assert client.ask(1503, ATTLOG).command == code
        assert client.ask(1503, USERS).command == code
        assert client.ask(13).command == 1500

    def test_access_control_keeps_the_log_out_of_reach(
        self, client: Client, faults: Faults
    ) -> None:
        client.connect()
        faults.add("access-control")
        assert struct.unpack_from("<9i", client.ask(50).data)[8] == 0
        assert client.ask(1503, ATTLOG).command == 4989
        assert client.ask(13).command == 2001
        assert client.ask(1503, USERS).command == 1501

    @pytest.mark.parametrize("code", [6001, 2032])
    def test_secure_firmware_refuses_to_connect(
        self, code: int, client: Client, faults: Faults
    ) -> None:
        faults.add(f"secure={code}")
        assert client.ask(1000).command == code
        assert client.ask(50).command == 2005

    def test_late_punch_comes_between_count_and_read(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        faults.add("late-punch")
        client.connect()
        assert struct.unpack_from("<9i", client.ask(50).data)[8] == PUNCHES
        assert len(client.read_log()) == 4 + (PUNCHES + 1) * 40
        assert memory.count() == PUNCHES + 1
        assert len(client.read_log()) == 4 + (PUNCHES + 1) * 40, "once, where not told otherwise"

    def chunk(self, client: Client, start: int, size: int) -> Packet:
        """Prepare the log anew and ask for one chunk, in one bare packet."""
        client.server.faults.add("single-chunk")
        client.ask(1503, ATTLOG)
        return client.ask(1504, struct.pack("<II", start, size))

    def test_refuse_skip_refuses_a_chunk_out_of_turn(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("refuse-skip=65531")
        assert self.chunk(client, 44, 40).command == 65531
        assert self.chunk(client, 0, 44).command == 1501
        assert client.ask(1504, struct.pack("<II", 44, 40)).command == 1501
        assert client.ask(1504, struct.pack("<II", 44, 40)).command == 1501, "asked again"
        assert client.ask(1504, struct.pack("<II", 124, 40)).command == 65531

    def test_skip_zeros_hands_over_nothing_but_zeros(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("skip-zeros")
        assert self.chunk(client, 44, 40).data == bytes(40)
        assert self.chunk(client, 0, 44).data == whole(client.server.memory)[:44]

    def test_skip_ignored_begins_where_it_always_does(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("skip-ignored")
        assert self.chunk(client, 44, 40).data == whole(client.server.memory)[:40]

    def test_refuse_prefix_keeps_the_size_in_front_back(
        self, client: Client, faults: Faults
    ) -> None:
        client.connect()
        faults.add("refuse-prefix")
        assert self.chunk(client, 0, 4).command == 2001
        assert self.chunk(client, 0, 44).command == 1501

    def test_wrong_prefix_states_more_than_there_is(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("wrong-prefix=80")
        log = client.server.memory.log()
        assert client.read_log() == struct.pack("<I", len(log) + 80) + log

    def test_blank_slot_is_counted_and_handed_over(self, client: Client, faults: Faults) -> None:
        client.connect()
        faults.add("blank-slot")
        assert struct.unpack_from("<9i", client.ask(50).data)[8] == PUNCHES + 1
        log = client.server.memory.log() + bytes(40)
        assert client.read_log() == struct.pack("<I", len(log)) + log
        assert client.server.memory.count() == PUNCHES

    @pytest.mark.parametrize("size", [10, 12, 14, 32, 36, 37, 52])
    def test_event_size_is_the_length_of_what_is_told(
        self, size: int, client: Client, faults: Faults
    ) -> None:
        faults.add(f"event-size={size}")
        client.connect().ask(500, struct.pack("<I", 1))
        client.server.memory.punch("3", 1)
        event = client.next()
        assert (event.session, len(event.data)) == (1, size)
        [told] = decode_punch_event(event.data, user_ids={3: "3", 4: "3"})
        assert told.user_id == "3"

    def test_lost_event_is_told_to_nobody(self, client: Client, faults: Faults) -> None:
        faults.add("lost-event")
        client.connect().ask(500, struct.pack("<I", 1))
        client.server.memory.punch("3")
        assert client.ask(201).command == 2000
        assert faults.fired() == {"lost-event": 1}

    def test_refuse_events_tells_nobody(self, client: Client, faults: Faults) -> None:
        faults.add("refuse-events=65533")
        client.connect()
        assert client.ask(500, struct.pack("<I", 1)).command == 65533
        client.server.memory.punch("3")
        assert client.ask(201).command == 2000, "no event before the answer"

    def test_cleared_log_is_empty_for_who_connects_next(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        faults.add("cleared")
        client.connect()
        assert client.read_log() == bytes(4)
        memory.punch("1")
        client.connect()
        assert len(client.read_log()) == 44

    def test_clock_2000_is_a_dead_battery(
        self, client: Client, faults: Faults, memory: Memory
    ) -> None:
        faults.add("clock-2000")
        client.connect()
        assert client.ask(201).data == struct.pack("<I", pack_time(datetime(2000, 1, 1, 10)))
        memory.punch("1")
        assert memory.touches()[-1].local_time == datetime(2000, 1, 1, 10)
