"""Which block comes next, whatever the line lost: the download without a line."""

import pytest

from drivers.anviz import commands, talks
from drivers.anviz.codec import Frame
from drivers.anviz.records import EPOCH, encode_record
from drivers.anviz.talks import AGAIN, FIRST, NEXT, Ask
from drivers.errors import DriverError, MalformedReply, TerminalUnreachable

RECORDS = [encode_record(str(number + 1), EPOCH) for number in range(60)]
BLOCKS = [b"".join(RECORDS[at : at + 25]) for at in range(0, 60, 25)]


def answer(block: bytes, command: int = commands.DOWNLOAD_RECORDS) -> Frame:
    return Frame(1, command, commands.SUCCESS, bytes([len(block) // 14]) + block)


def counted(count: int) -> Frame:
    return Frame(1, commands.RECORD_INFO, 0, bytes(12) + count.to_bytes(3) + bytes(3))


REFUSED = Frame(1, commands.DOWNLOAD_RECORDS, 1)


def played(*answers: Frame | None) -> tuple[list[tuple[int, int]], bytes]:
    """Hand answers to a download of 60 records; return what it asked and its result."""
    talk = talks.download(60)
    asked: list[tuple[int, int]] = []
    ask: Ask = next(talk)
    for one in answers:
        if ask.command == commands.DOWNLOAD_RECORDS:
            asked.append((ask.data[0], ask.data[1]))
            assert ask.tries == 1, "nobody but the talk knows how to ask again"
        try:
            ask = talk.send(one)
        except StopIteration as done:
            return asked, done.value
    raise AssertionError("the talk goes on")


FIRST_, SECOND, THIRD = (answer(block) for block in BLOCKS)


def test_asks_for_no_more_than_is_left() -> None:
    asked, body = played(FIRST_, SECOND, THIRD, counted(60))
    assert asked == [(FIRST, 25), (NEXT, 25), (NEXT, 10)]
    assert body == b"".join(RECORDS)


def test_a_lost_answer_is_sent_again() -> None:
    asked, body = played(FIRST_, None, SECOND, THIRD, counted(61))
    assert [which for which, _ in asked] == [FIRST, NEXT, AGAIN, NEXT]
    assert body == b"".join(RECORDS)


def test_a_lost_question_passes_over_nothing() -> None:
    asked, body = played(FIRST_, None, FIRST_, SECOND, THIRD, counted(60))
    assert [which for which, _ in asked] == [FIRST, NEXT, AGAIN, NEXT, NEXT]
    assert body == b"".join(RECORDS)


def test_both_may_be_lost_in_turn() -> None:
    asked, body = played(None, FIRST_, None, None, FIRST_, None, SECOND, THIRD, counted(60))
    assert [which for which, _ in asked] == [FIRST, FIRST, NEXT, AGAIN, AGAIN, NEXT, AGAIN, NEXT]
    assert body == b"".join(RECORDS)


@pytest.mark.parametrize(
    ("answers", "kind", "message"),
    [
        ([None] * 6, TerminalUnreachable, "does not hand over a block"),
        ([FIRST_, None, REFUSED], TerminalUnreachable, "cannot send it again"),
        ([FIRST_, FIRST_], TerminalUnreachable, "answers too late"),
        ([FIRST_, None, FIRST_, FIRST_], TerminalUnreachable, "answers too late"),
        ([FIRST_, answer(b"")], MalformedReply, "counts 60 records and hands over 25"),
        ([FIRST_, SECOND, SECOND], TerminalUnreachable, "answers too late"),
        ([FIRST_, SECOND, FIRST_], MalformedReply, "sent 25 records where 10 were asked"),
        ([FIRST_, SECOND, THIRD, counted(3)], TerminalUnreachable, "was its log cleared"),
    ],
)
def test_a_log_in_doubt_is_no_log(
    answers: list[Frame | None], kind: type[DriverError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        played(*answers)
