"""A conversation with a ZK terminal, without the wire: what to send next, what to wait for.

Each talk is a generator. It yields a `Step`, is handed the next packet of the answer, and returns
its result; whoever holds the link performs the steps. The rules that all talks share:

- An answer is known by its reply id alone: late and stray packets carry an older one, and the
  session field means other things in data packets and events (README.md, "Session field").
- One request at a time, one chunk at a time. Nothing that changes the terminal is sent for a read,
  and it is not disabled: a client that dies would leave it dead for the people in front of it.
- A terminal that was asked to prepare its log is told to free it, and one that was held still to go
  on, on every path: `farewell`.

Tables (the log, the users) are read by `bulk`; `orders` is what changes a terminal.
"""

from collections.abc import Generator
from datetime import datetime
from typing import NamedTuple, TypeVar

from drivers.errors import (
    DriverError,
    KeyRejected,
    MustPush,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.zk import commands, events
from drivers.zk.answers import Sizes, decode_clock, decode_option, decode_sizes, decode_text
from drivers.zk.codec import SECURE_FIRMWARE, Packet, encode_packet, scramble_key

TRIES = 3


class Patience(NamedTuple):
    """How long to wait, in time-outs of a plain command: for the next bytes, for a whole answer."""

    silence: float
    answer: float


PLAIN = Patience(1, 1)
PREPARE = Patience(12, 12)  # the terminal copies its whole log first; a full one takes a minute
CHUNK = Patience(2, 12)
WHOLE = Patience(2, 180)  # the longest read reported took ten minutes, at a time-out of ten seconds
BRIEF = Patience(0.1, 12)


class Step(NamedTuple):
    """What the holder of the link does next: send `packet` if there is one, wait for an answer."""

    packet: bytes | None
    """None: nothing to send, wait for more of the same answer."""
    patience: Patience = PLAIN
    sends: int = TRIES
    """How often a datagram may be sent within the patience; a stream never loses one."""
    may_be_silent: bool = False
    """Hand in None after the patience, instead of giving the terminal up."""


T = TypeVar("T")
Talk = Generator[Step, Packet | None, T]


class Session:
    """The two numbers of a conversation, and whether the terminal still holds a buffer for it."""

    def __init__(self, *, datagram: bool) -> None:
        self.datagram = datagram
        """Packets may be lost, doubled and swapped."""
        self.id = 0
        self.begun = False
        self.holds_buffer = False
        self.arrived, self.expected = 0, 0
        """Bytes of the table that is being read."""
        self.held_still = False
        """Nobody can punch: it was told so by us."""
        self._reply = -1

    def request(self, command: int, data: bytes = b"") -> bytes:
        """Return the next packet to send; answers to earlier ones no longer count."""
        self._reply = (self._reply + 1) % 0xFFFF  # 65535 is never sent
        return encode_packet(Packet(command, self.id, self._reply, data))

    def acknowledgement(self) -> bytes:
        """Return what an event is answered with; it does not move the counter."""
        return encode_packet(Packet(commands.ACK_OK, self.id, 0))

    def is_answer(self, packet: Packet) -> bool:
        """Return whether a packet belongs to the request that was sent last."""
        return packet.command != commands.REG_EVENT and packet.reply == self._reply


def connect(session: Session, key: int) -> Talk[None]:
    """Begin the session, with the comm key if the terminal asks for one."""
    answer = yield from ask(session, commands.CONNECT, sends=1)
    if answer.command in commands.REFUSALS:
        raise TerminalBusy(
            f"refuses a session, {commands.describe(answer.command)}; "
            "is another program connected to it?"
        )
    session.id = answer.session
    session.begun = answer.command in (commands.ACK_OK, commands.ACK_UNAUTH)
    if answer.command == commands.ACK_UNAUTH:
        scrambled = scramble_key(key, session.id)
        answer = yield from ask(session, commands.AUTH, scrambled)
        if answer.command == commands.ACK_UNAUTH:
            raise KeyRejected('rejects our key; compare "comm_key" with its Comm menu')
    expect(answer, commands.ACK_OK)


def farewell(session: Session) -> list[bytes]:
    """Return the packets that end a session, in any state, to be sent without waiting between."""
    packets = []
    if session.held_still:
        packets.append(session.request(commands.ENABLE))
    if session.holds_buffer:
        packets.append(session.request(commands.FREE_DATA))
    if session.begun:
        packets.append(session.request(commands.EXIT))
    session.held_still = session.holds_buffer = session.begun = False
    return packets


def option(session: Session, name: str) -> Talk[str]:
    """Return the value of an option, empty where the terminal does not know it."""
    answer = yield from ask(session, commands.OPTIONS_RRQ, name.encode() + b"\0")
    if answer.command in commands.REFUSALS:
        return ""
    return decode_option(expect(answer, commands.ACK_OK).data)


def version(session: Session) -> Talk[str]:
    """Return the firmware's text, empty where the terminal does not tell."""
    answer = yield from ask(session, commands.GET_VERSION)
    if answer.command in commands.REFUSALS:
        return ""
    return decode_text(expect(answer, commands.ACK_OK).data)


def clock(session: Session) -> Talk[datetime]:
    """Return the terminal's wall clock."""
    answer = yield from ask(session, commands.GET_TIME)
    return decode_clock(expect(answer, commands.ACK_OK).data)


def sizes(session: Session) -> Talk[Sizes]:
    """Return what the terminal counts; it may know nothing, and it may be wrong."""
    answer = yield from ask(session, commands.GET_FREE_SIZES)
    if answer.command in commands.REFUSALS:
        return Sizes()
    return decode_sizes(expect(answer, commands.ACK_OK).data)


def register(session: Session) -> Talk[None]:
    """Have punches told as they happen, until the session ends."""
    mask = events.PUNCH.to_bytes(4, "little")
    answer = yield from ask(session, commands.REG_EVENT, mask)
    if answer.command in commands.REFUSALS:
        raise NotSupported(
            f"does not tell punches as they happen, {commands.describe(answer.command)}; "
            "it is read at intervals instead, leave live out"
        )
    expect(answer, commands.ACK_OK)


def ask(
    session: Session,
    command: int,
    data: bytes = b"",
    patience: Patience = PLAIN,
    *,
    sends: int = TRIES,
) -> Talk[Packet]:
    """Send a request and return the first packet of its answer."""
    answer = yield Step(session.request(command, data), patience, sends)
    if answer is None:
        raise TerminalUnreachable("stopped answering")
    return answer


def expect(answer: Packet, command: int) -> Packet:
    """Return the answer if it is what it should be, else raise what it means."""
    if answer.command != command:
        raise unexpected(answer)
    return answer


def unexpected(answer: Packet) -> DriverError:
    """Return the error for a code that no rule foresees: never a success."""
    if answer.command in (commands.SECURE_ONLY, commands.LOCKED):
        return MustPush(f"answers {answer.command} and {SECURE_FIRMWARE}")
    if answer.command == commands.ACK_UNAUTH:
        # Only connect shows the key, so this is no wrong one: the terminal has forgotten us.
        return TerminalBusy("no longer knows our session; another program may have taken it")
    return TerminalRefused(f"answers with code {commands.describe(answer.command)}")
