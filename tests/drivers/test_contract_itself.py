"""The examination fails those who break a promise, each at the question about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from drivers.base import (
    Capability,
    Entry,
    ListLog,
    Log,
    Terminal,
    TerminalInfo,
    User,
)
from drivers.errors import DriverError, NotSupported
from drivers.testing import SAMPLE_LOG, TerminalContract

LOADED = [punch._replace(raw=repr(punch[:4]).encode()) for punch in SAMPLE_LOG]


class Paper(Terminal):
    """A terminal of paper, honest as it stands."""

    @dataclass(frozen=True)
    class Options:
        """None."""

    loaded: Sequence[Entry] = LOADED
    can = frozenset({Capability.CLOCK, Capability.USERS, Capability.COUNT})
    closed = False

    def info(self) -> TerminalInfo:
        return TerminalInfo(serial="PAPER1", records=len(self.loaded), can=self.can)

    def clock(self) -> datetime:
        return datetime(2026, 11, 20, 12)

    def users(self) -> list[User]:
        return [User("7")]

    def read(self) -> Log:
        if self.closed:
            raise DriverError("closed")
        return ListLog("PAPER1", self.loaded, claimed=len(self.loaded))

    def close(self) -> None:
        self.closed = True


class TestPaper(TerminalContract):
    @pytest.fixture
    def terminal(self):
        return Paper()


class Zoned(Paper):
    def clock(self) -> datetime:
        return datetime(2026, 11, 20, 12, tzinfo=UTC)


class Boastful(Paper):
    def users(self) -> list[User]:
        raise NotSupported("no users")


class Modest(Paper):
    can = frozenset({Capability.COUNT})


class Miscounting(Paper):
    def read(self) -> Log:
        return ListLog("PAPER1", self.loaded, claimed=len(self.loaded) + 1)


class Uncounted(Paper):
    def info(self) -> TerminalInfo:
        return replace(super().info(), records=None)


class Nameless(Paper):
    def info(self) -> TerminalInfo:
        return replace(super().info(), serial="")


class Restless(Paper):
    asked = 0

    def info(self) -> TerminalInfo:
        self.asked += 1
        return replace(super().info(), firmware=str(self.asked))


class Sorted(Paper):
    loaded = sorted(LOADED, key=lambda punch: punch.local_time)


class Numeric(Paper):
    loaded = tuple(punch._replace(user_id=punch.user_id.lstrip("0")) for punch in LOADED)


class Textless(Paper):
    loaded = tuple(punch._replace(user_id=int(punch.user_id)) for punch in LOADED)


class Rawless(Paper):
    loaded = SAMPLE_LOG


class Foreign(Paper):
    def read(self) -> Log:
        return ListLog("PAPER2", self.loaded, claimed=len(self.loaded))


class Immortal(Paper):
    def close(self) -> None:
        return None


class Draining(Paper):
    def read(self) -> Log:
        log = super().read()
        self.loaded = self.loaded[1:]
        return log


class BadLog(ListLog):
    def digest(self, count: int) -> bytes:
        return super().digest(count + 1)


class Cheating(Paper):
    def read(self) -> Log:
        return BadLog("PAPER1", self.loaded, claimed=len(self.loaded))


class ShiftedLog(ListLog):
    def raw(self, index: int) -> bytes:
        return super().raw(index - 1)


class Shifted(Paper):
    def read(self) -> Log:
        return ShiftedLog("PAPER1", self.loaded, claimed=len(self.loaded))


C = TerminalContract


@pytest.mark.parametrize(
    ("question", "liar"),
    [
        (C.test_tells_its_clock_or_that_it_has_none, Zoned),
        (C.test_tells_its_clock_or_that_it_has_none, Modest),
        (C.test_tells_its_users_or_that_it_cannot, Modest),
        (C.test_tells_its_users_or_that_it_cannot, Boastful),
        (C.test_counts_before_it_reads_or_says_it_cannot, Miscounting),
        (C.test_counts_before_it_reads_or_says_it_cannot, Uncounted),
        (C.test_tells_its_serial_number, Nameless),
        (C.test_tells_the_same_of_itself_through_the_session, Restless),
        (C.test_reads_every_punch_in_storage_order, Sorted),
        (C.test_reads_every_punch_in_storage_order, Numeric),
        (C.test_uses_plain_text_and_naive_times, Textless),
        (C.test_keeps_the_bytes_of_every_record, Rawless),
        (C.test_names_itself_in_its_log, Foreign),
        (C.test_is_closed_for_good, Immortal),
        (C.test_reads_the_same_twice, Draining),
        (C.test_digests_its_beginning, Cheating),
        (C.test_gives_each_record_by_its_place, Shifted),
    ],
    ids=lambda one: one.__name__,
)
def test_a_liar_is_found_out(
    question: Callable[[TerminalContract, Terminal], None], liar: type[Paper]
):
    with pytest.raises((AssertionError, NotSupported, pytest.fail.Exception)):
        question(C(), liar())
