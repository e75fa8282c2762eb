"""Tables in bulk: the log and the users, whole or not at all.

    buffered   PREPARE_BUFFER -> the table at once, or its size; then READ_BUFFER chunk by chunk
    older      the table's own command -> PREPARE_DATA, DATA packets

A table that grows at its end alone may be read on from an `Anchor`: of the prepared buffer only the
end is fetched. No terminal is known to promise that, so the end must begin with the anchor's bytes
and the sizes must agree, or the rest is fetched too.

What a terminal claims costs no memory: buffers grow with what arrives, up to `MAX_TABLE`.
Source: README.md, section "Bulk reads".
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from drivers.errors import (
    DriverError,
    MalformedReply,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.zk import commands
from drivers.zk.codec import Packet
from drivers.zk.session import (
    BRIEF,
    CHUNK,
    PREPARE,
    TRIES,
    WHOLE,
    Patience,
    Session,
    Step,
    Talk,
    ask,
    unexpected,
)

MAX_TABLE = 64 << 20  # 1.6 million of the usual records: no terminal comes near
STREAM_CHUNK, DATAGRAM_CHUNK = 65_472, 16_384  # what the chunk requests seen in captures ask for

Data = bytes | bytearray


@dataclass(frozen=True, slots=True)
class Table:
    """Something that is read in bulk: how it is asked for in either form."""

    name: str
    command: int
    ext: int = 0

    @property
    def buffered(self) -> bytes:
        """The data of PREPARE_BUFFER: 1, the command, and two parameters."""
        return struct.pack("<BHII", 1, self.command, self.ext, 0)

    @property
    def plain(self) -> bytes:
        """The data of the command itself, the older form."""
        return bytes([self.ext]) if self.ext else b""


LOG = Table("log", commands.ATTLOG_RRQ)
USERS = Table("user table", commands.USERS_RRQ, ext=5)


class Disorder(TerminalUnreachable):
    """Datagrams were lost or came in another order: a fault of the network, gone by itself."""


class Bulk(NamedTuple):
    """A table as it was handed over, whole."""

    body: memoryview
    """Without the size before it."""
    stated: int
    """The size that stood before it; some units state a wrong one."""
    legacy: bool
    """Read in the older form, which some units answer with stale memory."""
    skipped: int = 0
    """How many bytes of records come before `body`, known by the anchor."""


class Anchor(NamedTuple):
    """Bytes that were read before, and where they stood."""

    start: int
    """How many bytes of records came before them."""
    held: bytes
    record: int
    """The size of one record."""


def read_table(
    session: Session, table: Table, *, claimed: int | None, anchor: Anchor | None = None
) -> Talk[Bulk]:
    """Read a table, in the buffered form or, where that is refused, in the older one.

    Whole, or from the anchor on if it is found again.
    """
    yield from _free(session)  # a client that died may have left its copy
    session.holds_buffer = True
    first = yield from ask(session, commands.PREPARE_BUFFER, table.buffered, PREPARE, sends=1)
    if first.command in commands.REFUSALS:
        yield from _free(session)
        return _bulk((yield from _legacy(session, table, first.command, claimed)), table, True)
    if anchor and first.command == commands.ACK_OK:
        end = yield from _end(session, _size(first, table), table, anchor)
        if end is not None:
            yield from _free(session)
            return end
    data = yield from _prepared(session, table, first)
    yield from _free(session)
    return _bulk(data, table, False)


def _bulk(data: Data, table: Table, legacy: bool) -> Bulk:
    if 0 < len(data) < 4:
        raise MalformedReply(f"sent a {table.name} of {len(data)} bytes", bytes(data))
    return Bulk(memoryview(data)[4:], int.from_bytes(data[:4], "little"), legacy)


def _prepared(session: Session, table: Table, first: Packet) -> Talk[Data]:
    """Take what PREPARE_BUFFER was answered with: all of it at once, or where to fetch it."""
    if first.command == commands.DATA:
        if not _is_inline(session, first):
            raise TerminalUnreachable(f"sent its {table.name} in disorder; datagrams were lost")
        return first.data
    if first.command == commands.ACK_OK:
        return (yield from _chunks(session, _size(first, table), table))
    if first.command == commands.PREPARE_DATA:
        # Never captured here; two clients take it as the size to fetch, and one as data to follow.
        size = _size(first, table)
        more = yield Step(None, BRIEF, may_be_silent=True)
        if more is None or more.command != commands.DATA:
            return (yield from _chunks(session, size, table))
        data = yield from _collect(session, size, more, WHOLE)
        if data is None:
            raise MalformedReply(f"broke its {table.name} off in the middle", first.data)
        return data
    if first.command == commands.NO_LOG_HERE:
        raise TerminalRefused(
            f"keeps no {table.name} where attendance terminals do, "
            f"{commands.describe(first.command)}; "
            "take it out of access-control mode in its menu, or let it push to the centre"
        )
    raise unexpected(first)


def _size(first: Packet, table: Table) -> int:
    """Return the size of a prepared buffer: after a zero byte, or at the start of a short form."""
    at = 1 if first.command == commands.ACK_OK or len(first.data) >= 13 else 0
    if len(first.data) < at + 4:
        raise MalformedReply(f"prepared its {table.name} without telling the size", first.data)
    size = int.from_bytes(first.data[at : at + 4], "little")
    if size > MAX_TABLE:
        raise MalformedReply(
            f"claims a {table.name} of {size} bytes, more than any terminal holds", first.data
        )
    return size


def _end(session: Session, size: int, table: Table, anchor: Anchor) -> Talk[Bulk | None]:
    """Fetch the end of a prepared table from the anchor on; None where it is not proven to be."""
    total = size - 4
    if total % anchor.record or total < anchor.start + len(anchor.held):
        return None
    stated = yield from _stated(session, table)
    if stated not in (None, total):
        return None
    try:
        data = yield from _chunks(session, size, table, start=4 + anchor.start)
    except (TerminalBusy, MalformedReply, Disorder):
        return None  # some firmware may hand over its buffer from the beginning only
    if not data.startswith(anchor.held):
        return None
    return Bulk(memoryview(data), total, legacy=False, skipped=anchor.start)


def _stated(session: Session, table: Table) -> Talk[int | None]:
    """Return the size that stands at the beginning of a prepared table; None where refused."""
    for left in reversed(range(TRIES if session.datagram else 1)):
        try:
            prefix = yield from _chunk(session, 0, 4, table, tries=1)
        except (TerminalBusy, MalformedReply):
            return None
        except TerminalUnreachable:
            if not left:
                raise
        else:
            return int.from_bytes(prefix, "little") if len(prefix) == 4 else None
    raise AssertionError("a size is asked for at least once")


def _chunks(session: Session, size: int, table: Table, start: int = 0) -> Talk[Data]:
    chunk = DATAGRAM_CHUNK if session.datagram else STREAM_CHUNK
    received = bytearray()
    session.arrived, session.expected = 0, size - start
    while (at := start + len(received)) < size:
        received += yield from _chunk(session, at, min(chunk, size - at), table)
        session.arrived = len(received)
    return received


def _chunk(
    session: Session, start: int, wanted: int, table: Table, *, tries: int = TRIES
) -> Talk[Data]:
    """Fetch one chunk; a shorter one than asked is taken, and the next begins where it ended."""
    at = f"bytes {start} to {start + wanted} of its {table.name}"
    fault: DriverError = TerminalUnreachable(f"does not hand over {at}")
    for _ in range(tries):
        first = yield Step(
            session.request(commands.READ_BUFFER, struct.pack("<II", start, wanted)),
            CHUNK,
            sends=1,
            may_be_silent=session.datagram,
        )
        if first is None:
            fault = TerminalUnreachable(f"stopped answering at {at}")
        elif first.command in commands.REFUSALS:
            fault = TerminalBusy(f"refuses {at}, {commands.describe(first.command)}")
        elif first.command == commands.DATA:
            # A shorter datagram may be one of several that overtook the packet before them.
            shortest = wanted if session.datagram else 1
            if shortest <= len(first.data) <= wanted:
                return first.data
            fault = _unfit(session, f"sent {len(first.data)} bytes for {at}", first)
        elif first.command == commands.PREPARE_DATA:
            total = int.from_bytes(first.data[:4], "little")
            data = (yield from _collect(session, total, None, CHUNK)) if total <= wanted else None
            if data:
                return data
            told = f"announced {total} bytes for {at} and sent others"
            if 0 < total <= wanted:
                fault = _unfit(session, told, first)
            else:
                fault = MalformedReply(told, first.data)
        elif _is_end_alone(session, first):
            fault = _unfit(session, f"sent {at} in disorder", first)
        else:
            raise unexpected(first)
    raise fault


def _legacy(session: Session, table: Table, why: int, claimed: int | None) -> Talk[Data]:
    """Ask for a table in the form of old firmware: all of it in one answer."""
    for _ in range(TRIES):
        first = yield Step(
            session.request(table.command, table.plain),
            WHOLE,
            sends=1,
            may_be_silent=session.datagram,
        )
        if first is None:
            continue
        if first.command == commands.ACK_ERROR and claimed == 0:
            return b""  # how old firmware says that there is nothing
        if first.command in commands.REFUSALS:
            raise TerminalRefused(
                f"hands over its {table.name} neither in chunks, {commands.describe(why)}, "
                f"nor whole, {commands.describe(first.command)}; export it by USB"
            )
        if first.command == commands.DATA and _is_inline(session, first):
            return first.data
        if first.command == commands.PREPARE_DATA:
            data = yield from _collect(session, _size(first, table), None, WHOLE)
            if data is not None:
                return data
        elif first.command != commands.DATA and not _is_end_alone(session, first):
            raise unexpected(first)
    raise TerminalUnreachable(f"broke its {table.name} off in the middle, {TRIES} times")


def _is_inline(session: Session, packet: Packet) -> bool:
    """Whether a data packet is a whole table, and not one of several that overtook the first.

    Only the former carries the session; the latter count from 0 in the same place.
    """
    stated = int.from_bytes(packet.data[:4], "little")
    return not session.datagram or (packet.session == session.id and stated == len(packet.data) - 4)


def _unfit(session: Session, text: str, packet: Packet) -> DriverError:
    """Return the error for a chunk that is not what was asked for: whose fault is it?"""
    if session.datagram:
        return Disorder(f"{text}; datagrams were lost")
    return MalformedReply(text, packet.data)


def _is_end_alone(session: Session, packet: Packet) -> bool:
    """Whether this is the ACK_OK behind data that was lost or is late: datagrams do that."""
    return session.datagram and packet.command == commands.ACK_OK


def _collect(
    session: Session, total: int, packet: Packet | None, patience: Patience
) -> Talk[Data | None]:
    """Take the data that PREPARE_DATA announced. None where it did not come whole.

    `packet` is the first of them if it has come already.
    """
    if not total:
        return None
    parts = _Counted(total) if session.datagram else _InOrder(total)
    while not parts.complete:
        packet = packet or (yield Step(None, patience, may_be_silent=session.datagram))
        if session.datagram and packet and packet.command == commands.PREPARE_DATA:
            packet = None  # the announcement came twice
            continue
        if packet is None or packet.command != commands.DATA or not parts.add(packet):
            return None
        packet = None
        if patience is WHOLE:
            session.arrived, session.expected = parts.received, total
    # The ACK_OK that follows may be late or missing. Nobody waits for it: it will not be taken for
    # an answer to the next request, whose id is another.
    return parts.joined()


class _InOrder:
    """The data packets of one answer on a stream, which keeps their order."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._received = bytearray()

    @property
    def received(self) -> int:
        return len(self._received)

    @property
    def complete(self) -> bool:
        return self.received == self._total

    def add(self, packet: Packet) -> bool:
        """Take one packet in. False where it cannot belong here."""
        self._received += packet.data
        return len(packet.data) > 0 and len(self._received) <= self._total

    def joined(self) -> Data:
        return self._received


class _Counted:
    """The same as datagrams: each counts itself in its session field, from 0."""

    def __init__(self, total: int) -> None:
        self._total = total
        self.received = 0
        self._parts: dict[int, bytes] = {}

    @property
    def complete(self) -> bool:
        return self.received == self._total

    def add(self, packet: Packet) -> bool:
        """Take one packet in; one that came twice is no fault. False where it cannot belong."""
        if packet.session in self._parts:
            return self._parts[packet.session] == packet.data
        self._parts[packet.session] = packet.data
        self.received += len(packet.data)
        if not packet.data or self.received > self._total:
            return False
        return not self.complete or max(self._parts) == len(self._parts) - 1

    def joined(self) -> Data:
        return b"".join(self._parts[index] for index in sorted(self._parts))


def _free(session: Session) -> Talk[None]:
    """Let the terminal free its buffer. It may have none, and says so in several ways."""
    yield from ask(session, commands.FREE_DATA)
    session.holds_buffer = False
