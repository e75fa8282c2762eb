"""A conversation with an Anviz terminal, without the line: what to ask next, what it means.

A talk is a generator: it yields an `Ask`, is handed the answer, and returns its result.

Answers carry no number, so one that comes late looks like the answer to the next question. Whoever
performs an `Ask` therefore lets the line fall silent after each fault, and the download tells
blocks apart by their bytes: where the last block is asked for again, either its answer was lost,
and the terminal sends what we do not have, or the question was, and it sends what we have already.
"""

from collections.abc import Generator
from typing import NamedTuple, TypeVar

from drivers.anviz import commands, records
from drivers.anviz.codec import Frame
from drivers.anviz.records import RECORD_SIZE, Counts
from drivers.base import User
from drivers.errors import MalformedReply, TerminalRefused, TerminalUnreachable

TRIES = 3
RECORDS_AT_ONCE = 25
USERS_AT_ONCE, USERS_AT_ONCE_EXTENDED = 12, 8
NEXT, FIRST, AGAIN = 0x00, 0x01, 0x10
"""The first byte of a download: the next block, start over with all, the last block again."""


class Ask(NamedTuple):
    """One question to be asked up to so many times, until an answer comes whole."""

    command: int
    data: bytes = b""
    tries: int = TRIES
    arrived: int = 0
    """How much of the log is here, for a person who waits, ..."""
    expected: int = 0
    """... and how much there is of it."""


T = TypeVar("T")
Talk = Generator[Ask, Frame | None, T]
"""None is handed in where no whole answer came."""


def plain(command: int, data: bytes = b"") -> Talk[Frame]:
    """Ask what may be asked again without harm, and insist on an answer."""
    answer = yield Ask(command, data)
    if answer is None:
        raise TerminalUnreachable("stopped answering; look at cable, speed and device number")
    return answer


def expect(answer: Frame) -> bytes:
    """Return the data of an answer that says yes."""
    if answer.result != commands.SUCCESS:
        raise TerminalRefused(
            f"answers {answer.command:#04x} with {commands.describe(answer.result or 0)}"
        )
    return answer.data


def told(command: int) -> Talk[bytes]:
    """Return what a terminal tells, empty where it says no: firmwares know different things."""
    answer = yield from plain(command)
    return answer.data if answer.result == commands.SUCCESS else b""


def serial() -> Talk[str]:
    """Return the serial number, empty where it has none: a number, in newer units also a text."""
    number = records.decode_serial((yield from told(commands.SERIAL_NUMBER)))
    return number or records.decode_text((yield from told(commands.SERIAL_TEXT)))


def counts() -> Talk[Counts]:
    """Return what the terminal holds."""
    return records.decode_counts(expect((yield from plain(commands.RECORD_INFO))))


def download(claimed: int) -> Talk[bytes]:
    """Return the log's records, as many as were claimed, whole or not at all.

    Those that came in meanwhile stand behind them and are left for the next time.
    """
    body = bytearray()
    last = b""
    while len(body) < claimed * RECORD_SIZE:
        amount = min(RECORDS_AT_ONCE, claimed - len(body) // RECORD_SIZE)
        which = NEXT if body else FIRST
        ask = Ask(
            commands.DOWNLOAD_RECORDS,
            bytes((which, amount)),
            tries=1,  # asked again, it may mean another block
            arrived=len(body),
            expected=claimed * RECORD_SIZE,
        )
        block = yield from _block(ask, last)
        if not block:
            raise MalformedReply(
                f"counts {claimed} records and hands over {len(body) // RECORD_SIZE}"
            )
        if len(block) > amount * RECORD_SIZE:
            raise MalformedReply(
                f"sent {len(block) // RECORD_SIZE} records where {amount} were asked", block
            )
        body += block
        last = block
    if (yield from counts()).records < claimed:
        raise TerminalUnreachable("lost records while it was read; was its log cleared?")
    return bytes(body)


def _block(ask: Ask, last: bytes) -> Talk[bytes]:
    """Return the block after `last`, whatever the line does to questions and answers."""
    which, amount = ask.data
    asked = which
    for _ in range(2 * TRIES):
        answer = yield ask._replace(data=bytes((asked, amount)))
        if answer is None:
            # FIRST begins anew and may be said again; after NEXT nobody knows where it stands.
            asked = AGAIN if which == NEXT else FIRST
            continue
        if asked == AGAIN and answer.result != commands.SUCCESS:
            raise TerminalUnreachable(
                "lost a block of its log on the line and cannot send it again "
                f"({commands.describe(answer.result or 0)}); look at the cable"
            )
        block = records.decode_block(expect(answer))
        if not block or block != last:
            return block
        if asked != AGAIN:  # an answer to a question before: what follows would be one behind
            raise TerminalUnreachable("answers too late; raise its timeout_s")
        asked = NEXT  # the question was lost, not the answer
    raise TerminalUnreachable("does not hand over a block of its log; look at the cable")


def users() -> Talk[list[User]]:
    """Return who is enrolled, in the older form or, where that is refused, in the newer."""
    total = (yield from counts()).users
    found: list[User] = []
    command, most = commands.DOWNLOAD_USERS, USERS_AT_ONCE
    while len(found) < total:
        amount = min(most, total - len(found))
        which = NEXT if found else FIRST
        # not to be repeated: a second NEXT would pass over users
        answer = yield Ask(command, bytes((which, amount)), tries=TRIES if which == FIRST else 1)
        if answer is None:
            raise TerminalUnreachable("lost a part of its users on the line; try again")
        refused = answer.result != commands.SUCCESS
        if refused and not found and command == commands.DOWNLOAD_USERS:
            command, most = commands.DOWNLOAD_USERS_EXTENDED, USERS_AT_ONCE_EXTENDED
            continue
        block = records.decode_users(expect(answer))
        if not block:
            raise MalformedReply(f"counts {total} users and hands over {len(found)}")
        found += block
    return found
