"""The guard between pyzk and the link, on a scripted link."""

import struct
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import DriverError, MalformedReply, TerminalUnreachable
from drivers.links import Link
from drivers.pyzk import guard as guarding
from drivers.pyzk import terminal as driving
from drivers.pyzk.guard import Guard
from drivers.pyzk.terminal import PyzkTerminal

REPLY = 7
ACK, PREPARE, DATA, EVENT = 2000, 1500, 1501, 500


def packet(command: int, data: bytes = b"", *, number: int = 9, reply: int = REPLY) -> bytes:
    """A packet with its checksum, computed another way than the guard does."""
    body = struct.pack("<HH", number, reply) + data
    total = command
    for place in range(0, len(body), 2):
        total += int.from_bytes(body[place : place + 2], "little")
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("<HH", command, ~total & 0xFFFF) + body


def framed(one: bytes) -> bytes:
    return b"\x50\x50\x82\x7d" + struct.pack("<I", len(one)) + one


class ScriptedLink(Link):
    """Says what is written, then nothing more."""

    peer = "scripted"

    def __init__(self, received: Sequence[bytes], *, datagram: bool = False) -> None:
        self.datagram = datagram
        self.sent: list[bytes] = []
        self.closed = 0
        self._received = list(received)

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def receive(self, timeout_s: float) -> bytes:
        if not self._received:
            raise TerminalUnreachable("scripted hung up")
        return self._received.pop(0)

    def close(self) -> None:
        self.closed += 1


def asked(received: Sequence[bytes], *, datagram: bool = False, timeout_s: float = 5.0) -> Guard:
    """A guard that has sent a request numbered REPLY."""
    guard = Guard(ScriptedLink(received, datagram=datagram), timeout_s)
    request = packet(1503)
    if datagram:
        guard.sendto(request, ("scripted", 4370))
    else:
        guard.send(framed(request))
    return guard


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[place : place + size] for place in range(0, len(data), size)]


BULK = [
    packet(PREPARE, struct.pack("<II", 12, 5)),
    packet(DATA, b"01234", number=0),
    packet(DATA, b"56789", number=1),
    packet(DATA, b"ab", number=2),
    packet(ACK),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 16, 10_000])
def test_hands_out_one_packet_a_call_however_it_arrives(size):
    guard = asked(cut(b"".join(map(framed, BULK)), size))
    assert [guard.recv(1_000) for _ in BULK] == [framed(one) for one in BULK]
    assert guard.code == ACK


def test_hands_out_a_packet_in_parts_if_asked_so():
    guard = asked([framed(BULK[0]) + framed(BULK[1])])
    parts = [guard.recv(10), guard.recv(10), guard.recv(100), guard.recv(100)]
    assert parts == [*cut(framed(BULK[0]), 10)[:2], framed(BULK[0])[20:], framed(BULK[1])]


def test_a_datagram_is_one_packet_and_never_cut():
    guard = asked(BULK, datagram=True)
    assert [guard.recv(8) for _ in BULK] == BULK


def test_what_is_no_part_of_the_answer_is_left_out():
    strays = [
        packet(EVENT, b"\1", reply=0),
        packet(EVENT, b"\1"),
        packet(ACK, reply=REPLY - 1),
        BULK[0],
        BULK[0],
        BULK[1],
        BULK[1],
        *BULK[2:],
    ]
    guard = asked(strays, datagram=True)
    assert [guard.recv(8) for _ in BULK] == BULK


def test_firmware_that_does_not_number_its_packets_is_read():
    unnumbered = [BULK[0], *(packet(DATA, one) for one in (b"01234", b"56789", b"ab")), BULK[4]]
    guard = asked(unnumbered, datagram=True)
    assert [guard.recv(8) for _ in unnumbered] == unnumbered


@pytest.mark.parametrize(
    ("received", "error", "message"),
    [
        ([], TerminalUnreachable, "hung up"),
        ([b"GET / HTTP/1.1\r\n\r\n"], MalformedReply, "no ZK packet"),
        ([framed(b"1234567")], MalformedReply, "no ZK packet"),
        ([b"\x50\x50\x82\x7d\xff\xff\xff\x7f"], MalformedReply, "length 2147483647"),
        ([framed(packet(ACK)[:-1] + b"\xff")], MalformedReply, "checksum"),
        ([framed(one) for one in (BULK[0], BULK[1], BULK[3])], TerminalUnreachable, "packet 1 "),
        ([framed(one) for one in (*BULK[:3], BULK[4])], TerminalUnreachable, "2 bytes fewer"),
        (
            [framed(one) for one in (*BULK[:4], packet(DATA, b"c", number=3))],
            MalformedReply,
            "more than it announced",
        ),
    ],
)
def test_what_is_wrong_is_an_error_and_kept(received, error, message):
    guard = asked(received)
    with pytest.raises(error, match=message) as raised:
        list(map(guard.recv, [1_000] * len(BULK)))
    assert guard.fault is raised.value


def test_a_datagram_that_is_too_short_is_an_error():
    with pytest.raises(MalformedReply):
        asked([b"1234567"], datagram=True).recv(1_000)


def test_the_next_request_forgets_what_is_left():
    guard = asked([framed(BULK[0]), framed(packet(ACK, b"next", reply=8))])
    guard.recv(10)
    guard.send(framed(packet(1502, reply=8)))
    assert guard.recv(100) == framed(packet(ACK, b"next", reply=8))


class Chatter(ScriptedLink):
    """Never stops talking and never answers."""

    def __init__(self, said: bytes) -> None:
        super().__init__([])
        self._said = said

    def receive(self, timeout_s: float) -> bytes:
        return self._said


def test_a_peer_that_only_chatters_is_given_up():
    guard = Guard(Chatter(framed(packet(EVENT, reply=0))), timeout_s=0.01)
    guard.send(framed(packet(ACK)))
    with pytest.raises(TerminalUnreachable, match="takes too long"):
        guard.recv(100)


def test_a_peer_that_sends_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(guarding, "MAX_READ", 4 << 20)
    guard = Guard(Chatter(framed(packet(EVENT, bytes(60_000), reply=0))), timeout_s=600.0)
    guard.send(framed(packet(ACK)))
    with pytest.raises(MalformedReply, match="more than 4 MiB"):
        guard.recv(100)


class Answering(ScriptedLink):
    """Answers each request with the next few packets, rightly numbered, whatever they say."""

    def __init__(self, answers: Sequence[Sequence[tuple[int, bytes]]], *, datagram: bool) -> None:
        super().__init__([], datagram=datagram)
        self._answers = list(answers)

    def send(self, data: bytes) -> None:
        reply = struct.unpack_from("<H", data, 6 if self.datagram else 14)[0]
        wrap: Callable[[bytes], bytes] = bytes if self.datagram else framed
        for number, (command, said) in enumerate(self._answers.pop(0) if self._answers else ()):
            self._received.append(wrap(packet(command, said, number=number, reply=reply)))


SIZES = struct.pack("<20I", *[0, 0, 0, 0, 2, 0, 0, 0, 3, *[0] * 11])  # 2 users, 3 records
HELLO = [[(ACK, b"")], [(ACK, b"~SerialNumber=A6\0")], *[[(ACK, b"x=y\0")]] * 3, [(ACK, SIZES)]]
CODES = st.sampled_from([ACK, ACK, PREPARE, DATA, 2001, 2005, 65_535])
NUMBERS = st.sampled_from([0, 1, 7, 24, 48, 56, 120, 144, 1 << 31]) | st.integers(0, 200)
SAID = st.one_of(
    st.binary(max_size=60),
    st.just(SIZES),
    st.lists(NUMBERS, max_size=37).map(lambda ones: struct.pack(f"<{len(ones)}I", *ones)),
    st.integers(0, 160).map(lambda size: struct.pack("<I", size) + b"1" * size),
)
ANSWERS = st.lists(st.lists(st.tuples(CODES, SAID), max_size=4), max_size=9)


def answered(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[tuple[int, bytes]]) -> None:
    link = Answering(answers, datagram=False)
    monkeypatch.setattr(driving, "TcpLink", lambda *_: link)


def test_a_table_that_is_shorter_than_it_says_is_a_part(monkeypatch):
    nobody = (ACK, struct.pack("<20I", *[0] * 8, 3, *[0] * 11))  # no users, 3 records
    part = (DATA, struct.pack("<I", 120) + bytes(80))
    answered(monkeypatch, *HELLO, *[[nobody]] * 3, [part])
    with (
        PyzkTerminal(PyzkTerminal.Options("scripted")) as terminal,
        pytest.raises(MalformedReply, match="scripted handed out a part of its log"),
    ):
        terminal.read()


def test_punches_that_pyzk_loses_on_the_way_are_missed(monkeypatch):
    monkeypatch.setattr(driving.Library, "get_attendance", lambda zk: [None] * 7)
    answered(monkeypatch, *HELLO, HELLO[-1])
    terminal = PyzkTerminal(PyzkTerminal.Options("scripted"))
    terminal._zk.table = bytes(120)
    with terminal, pytest.raises(MalformedReply, match="7 punches of 120 bytes"):
        terminal.read()


def test_a_terminal_may_keep_its_make_to_itself(monkeypatch):
    silent = [[(2001, b"")], [(2001, b"")], [(ACK, b"\xff\xfe\0")]]
    answered(monkeypatch, *HELLO[:2], *silent, HELLO[-1])
    with PyzkTerminal(PyzkTerminal.Options("scripted")) as terminal:
        info = terminal.info()
    assert (info.serial, info.model, info.platform, info.firmware) == ("A6", "", "", "")
    assert (info.users, info.records) == (2, 3)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@given(hello=st.sampled_from([0, 6, 6, 6]), counted=st.booleans(), answers=ANSWERS)
@settings(max_examples=200, deadline=None)
def test_whatever_a_peer_answers_only_our_own_errors_come_out(transport, hello, counted, answers):
    script = [*HELLO[:hello], *([HELLO[5]] * 2 if counted else []), *answers]
    link = Answering(script, datagram=transport == "udp")
    with pytest.MonkeyPatch.context() as patch, suppress(DriverError):
        patch.setattr(driving, "TcpLink", lambda *_: link)
        patch.setattr(driving, "UdpLink", lambda *_: link)
        with PyzkTerminal(PyzkTerminal.Options("scripted", transport=transport)) as terminal:
            log = terminal.read()
            assert len(list(log.entries())) == log.claimed
            terminal.users()
    assert link.closed
