"""ZK terminals, without the wire: packets, records, tables, and the talks of a session."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from random import Random
from typing import TypeVar, get_args
from zoneinfo import ZoneInfo

from fuzz_loop import Trial
from fuzz_scripts import Answer, answers
from fuzz_seeds import captured, hostile_scripts, payloads
from signed import Chains

from bridge.normalise import Normaliser, Read
from drivers.base import BadRecord, Entry, Log, records_digest
from drivers.errors import DriverError, TerminalUnreachable
from drivers.links import Silence
from drivers.usb.codec import read_text
from drivers.zk import bulk, commands, session
from drivers.zk.answers import (
    decode_clock,
    decode_operations,
    decode_option,
    decode_sizes,
    decode_text,
)
from drivers.zk.choice import choose_layout, is_plausible
from drivers.zk.codec import Packet, PacketReader, decode_packet, encode_packet
from drivers.zk.events import decode_punch_event
from drivers.zk.log import ZkLog
from drivers.zk.records import LAYOUTS, LayoutName, encode_punch
from drivers.zk.session import Session, Talk
from drivers.zk.users import decode_users
from ingest import wire

NOW = datetime(2026, 11, 20, 12)
NAMES: tuple[LayoutName, ...] = get_args(LayoutName)
ZONES = (ZoneInfo("Asia/Makassar"), ZoneInfo("Australia/Lord_Howe"))
T = TypeVar("T")


@contextmanager
def packets() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        decode_packet(data, verify_checksum=False)
        assert encode_packet(decode_packet(data)) == data

    frames = [data for data in captured("zk-") if len(data) >= 8]
    yield Trial(run, frames + [data[8:] for data in frames], (DriverError,))


@contextmanager
def streams() -> Iterator[Trial]:
    """The same bytes in one piece and in many: the same packets, and the same error at the end."""

    def run(data: bytes) -> None:
        checked, stream = bool(data[:1] > b"\x7f"), data[4:]
        random, at, pieces = Random(data[:4]), 0, []
        while at < len(stream):
            size = random.choice((1, 1, 2, 7, 8, 9, 1_000))
            pieces.append(stream[at : at + size])
            at += size
        assert _read(pieces, checked) == _read([stream], checked)

    yield Trial(run, [b"\x00\x00\x00\x01" + data for data in captured("zk-tcp", "zk-jz", "zk-")])


def _read(pieces: list[bytes], checked: bool) -> list[object]:
    reader, found = PacketReader(verify_checksum=checked), list[object]()
    try:
        for piece in pieces:
            reader.feed(piece)
            while (packet := reader.next_packet()) is not None:
                found.append(packet)
    except DriverError as error:
        found.append(type(error))
    return found


@contextmanager
def records() -> Iterator[Trial]:
    """Every record of a whole log comes out, as a punch or as a bad record, with all its bytes."""

    def run(data: bytes) -> None:
        if len(data) < 2:
            return
        layout = LAYOUTS[NAMES[data[0] % len(NAMES)]]
        body = data[2 : 2 + (len(data) - 2) // layout.size * layout.size]
        log = ZkLog(
            "S1", body, layout.name, user_ids={1: "007", 2: "x"}, swap_codes=data[1] % 2 == 1
        )
        assert b"".join(log.raw(index) for index in range(len(log))) == body
        for entry in examine_log(log):
            if isinstance(entry, BadRecord):
                assert entry.kind in ("blank", "date", "user-id")
            else:
                assert entry.local_time.year >= 2000
        examine_way(log, data[1])

    seeds = [bytes([place, 0]) + body for place in range(len(NAMES)) for body in _bodies()]
    yield Trial(run, seeds)


def examine_log(log: Log) -> list[Entry]:
    """Return the entries of a log, after what must be true of every log."""
    entries = list(log.entries())
    assert len(entries) == len(log)
    assert [log.raw(index) for index in range(len(log))] == [entry.raw for entry in entries]
    assert log.digest(len(log)) == records_digest(entry.raw for entry in entries)
    assert list(log.entries(len(log) // 2)) == entries[len(log) // 2 :]
    for entry in entries:
        if isinstance(entry, BadRecord):
            assert entry.reason
        else:
            assert entry.user_id
            assert entry.user_id.strip(" ") == entry.user_id
            assert entry.user_id.isascii()
            assert entry.user_id.isprintable()
    return entries


def examine_way(log: Log, sign: int) -> None:
    """The beginning of a log comes through to the centre: nothing is refused, lost or renamed."""
    at = int(NOW.replace(tzinfo=UTC).timestamp())
    read = Read(
        log.serial, ZONES[sign % len(ZONES)], "poll", at, None, None if sign % 3 else 2_000_000
    )
    entries: list[Entry] = list(islice(log.entries(), 60))
    rows = [row.body for row in Normaliser(read).rows(entries, 0)]
    while entries and isinstance(entries[-1], BadRecord) and entries[-1].kind == "blank":
        entries.pop()  # not handed out at the end of a log
    assert len(rows) == len(entries)
    sent = Chains().batch(*rows)
    decoded = wire.decode_batch(wire.encode_batch(sent))
    assert decoded.rejected == {}
    assert decoded.batch == sent


@contextmanager
def choice() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        number, body = int.from_bytes(data[:3], "little"), data[3:]
        for claimed in (None, number, len(body) // (1 + number % 50)):
            try:
                name = choose_layout(body, claimed=claimed, now=NOW)
            except DriverError:
                continue
            assert (name is None) == (not body)
            assert name is None or len(body) % LAYOUTS[name].size == 0
        for name in NAMES:
            if body and len(body) % LAYOUTS[name].size == 0:
                is_plausible(name, body, now=NOW)

    yield Trial(run, [len(body).to_bytes(3, "little") + body for body in _bodies()])


@contextmanager
def users() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        number, body = data[:1], data[1:]
        for user in decode_users(body, claimed=number[0] - 1 if number > b"\x00" else None):
            assert user.user_id
            assert user.name.isprintable()

    tables = [data[at:] for data in payloads("zk-user") for at in (0, 4, 12)]
    yield Trial(
        run, [sign + table for table in tables for sign in (b"\x00", b"\x08")], (DriverError,)
    )


@contextmanager
def events() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        found = decode_punch_event(data, user_ids={1: "007"})
        assert found
        assert all(isinstance(one, BadRecord) or one.user_id.isprintable() for one in found)

    yield Trial(run, payloads("zk-rt"), (DriverError,))


@contextmanager
def small_answers() -> Iterator[Trial]:
    def run(data: bytes) -> None:
        assert "\0" not in decode_text(data)
        decode_option(data)
        assert all(value is None or value >= 0 for value in _counts(data))
        for decode in (decode_clock, decode_operations):
            try:
                decode(data)
            except DriverError:
                continue

    yield Trial(run, payloads("zk-opt", "zk-free", "zk-oplog", "zk-state", "zk-jz"))


def _counts(data: bytes) -> list[int | None]:
    sizes = decode_sizes(data)
    return [sizes.users, sizes.records, sizes.records_capacity, sizes.records_free]


@contextmanager
def talks() -> Iterator[Trial]:
    """A whole visit to a terminal that answers by a script, on a stream and in datagrams."""

    def run(data: bytes) -> None:
        ours = Session(datagram=data[:1] > b"\x7f")
        script = answers(data[1:])
        try:
            _carry(ours, session.connect(ours, 123_456), script)
            _carry(ours, session.option(ours, "~SerialNumber"), script)
            _carry(ours, session.version(ours), script)
            _carry(ours, session.clock(ours), script)
            sizes = _carry(ours, session.sizes(ours), script)
            for table in (bulk.LOG, bulk.USERS):
                found = _carry(ours, bulk.read_table(ours, table, claimed=sizes.records), script)
                assert len(found.body) <= bulk.MAX_TABLE
        finally:
            owed = [commands.FREE_DATA] * ours.holds_buffer + [commands.EXIT] * ours.begun
            assert [decode_packet(one).command for one in session.farewell(ours)] == owed
            assert session.farewell(ours) == []

    yield Trial(run, hostile_scripts(), (DriverError,))


def _carry(ours: Session, talk: Talk[T], script: Iterator[Answer]) -> T:
    """Perform a talk as `Exchange` does, with a script for a link."""
    reply = 0
    try:
        step = next(talk)
        while True:
            if step.packet is not None:
                reply = decode_packet(step.packet).reply
            packet = _next(ours, script, reply)
            if packet is None and not step.may_be_silent:
                raise Silence("stopped answering")
            step = talk.send(packet)
    except StopIteration as done:
        result: T = done.value
        return result


def _next(ours: Session, script: Iterator[Answer], reply: int) -> Packet | None:
    for answer in script:
        if answer.silent:
            return None
        packet = Packet(answer.command, answer.session, reply + answer.wrong_reply, answer.data)
        if ours.is_answer(packet):
            return packet
    raise TerminalUnreachable("hung up")


def _bodies() -> list[bytes]:
    made = []
    for name in NAMES:
        log = b"".join(
            encode_punch(name, uid=uid, user_id=str(uid), local_time=NOW.replace(minute=uid))
            for uid in range(1, 8)
        )
        made += [log, bytes(LAYOUTS[name].size) + log]
    taken = [data[at:] for data in payloads("zk-rec") for at in (0, 4)]
    return made + taken


@contextmanager
def stick_logs() -> Iterator[Trial]:
    """`attlog.dat`: every line that is not blank comes out, and travels to the centre."""
    hints = ("", "attlog.dat", "1_attlog.dat", "A1B2C3D4E5F6_attlog.dat", "user.dat", "GLG_001.TXT")

    def run(data: bytes) -> None:
        sign = data[0] if data else 0
        log = read_text(data[1:], "SYN0000001", name_hint=hints[sign % len(hints)])
        assert not any(b"\n" in entry.raw or b"\r" in entry.raw for entry in examine_log(log))
        examine_way(log, sign)

    seeds = [bytes([sign]) + data for data in captured("usb-") for sign in (0, 2)]
    lines = (
        b"      125\t2020-09-15 06:47:10\t1\t0\t1\t0\r\n",
        b"\t2020-02-30 06:47:10\t",
        b"\t255\t",
    )
    yield Trial(run, seeds, (DriverError,), lines)


@contextmanager
def stick_users() -> Iterator[Trial]:
    from drivers.usb.users import decode_users as decode_stick

    def run(data: bytes) -> None:
        found = decode_stick(data)
        assert len({user.uid for user in found}) == len(found)
        assert all(user.user_id.isalnum() and user.name.isprintable() for user in found)

    made = [
        b"".join(struct.pack("<HB8s24sIBH6s24s", uid, 0, b"", b"Budi", 0, 1, 1, b"", b"%d" % uid)
                 for uid in range(1, 4)),
        b"".join(struct.pack("<HB5s8sIBxHI", uid, 0, b"", b"Budi", 0, 1, 0, uid)
                 for uid in range(1, 6)),
    ]  # fmt: skip
    tables = [data[at:] for data in payloads("zk-user") for at in (0, 4, 12)]
    yield Trial(run, made + tables, (DriverError,))
