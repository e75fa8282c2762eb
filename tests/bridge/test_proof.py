"""What a read proves: where touches may be missing or stand on a wrong day, nothing is covered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bridge_parts import receipt_of

from bridge.cursor import Kind
from bridge.errors import Stopping
from bridge.intake import Intake, Reading
from bridge.outbox import Outbox
from drivers import registry
from drivers.base import BadRecord, RawPunch, TerminalInfo
from ingest.wire import BadRecord as Bad

SERIAL = "OGT7030056062300032"
ZONE = timedelta(hours=8)
INFO = TerminalInfo(SERIAL, model="K40", firmware="6.60")


def at(local: str) -> int:
    """Return the instant of a local time in the office."""
    return int((datetime.fromisoformat(local).replace(tzinfo=UTC) - ZONE).timestamp())


def local(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC) + ZONE:%Y-%m-%d %H:%M}"


def touch(time: str, user_id: str = "7") -> RawPunch:
    raw = f"{user_id} {time}".encode()
    return RawPunch(user_id, datetime.fromisoformat(time), 0, 1, "", raw)


def days(*times: str, user_id: str = "7") -> list[RawPunch]:
    return [touch(time, user_id) for time in times]


def reading(log, read: str, **changed) -> Reading:
    return replace(Reading("front", "zk", log, at(read), clock_offset_s=0, info=INFO), **changed)


def covered(outbox: Outbox) -> list[tuple[str, str]]:
    """Let the centre take everything; return what it is told to be known, in local times."""
    while (pending := outbox.next_batch(1_000)).seqs:
        outbox.settle(receipt_of(pending), pending, 0)
    found: dict[int, int] = {}
    for one in outbox.ledger.due(1_000):  # a stretch is told once a day
        told = one.coverage
        found[told.since] = max(told.until, found.get(told.since, told.until))
    return [(local(since), local(until)) for since, until in sorted(found.items())]


class TestFolderOfFiles:
    """What lies between two files of a stick is in none of them."""

    @pytest.fixture
    def folder(self, tmp_path: Path):
        """Write files of a terminal, and read the folder they are in."""

        def write(**files: tuple[str, ...]):
            for name, times in files.items():
                lines = [f"{7:>9}\t{time}:00\t1\t0\t1\t0\r\n" for time in times]
                (tmp_path / f"{name}_attlog.dat").write_text("".join(lines), newline="")
            usb = registry.terminal_class("usb")
            with usb(usb.Options(path=str(tmp_path), serial=SERIAL)) as terminal:
                return terminal.read()

        return write

    def test_a_month_between_two_files_is_not_covered(self, intake, outbox, folder):
        january = ("2026-01-05 07:30", "2026-01-30 16:00")
        march = ("2026-03-02 07:30", "2026-03-31 16:00")
        taken = intake.take(reading(folder(a=january, b=march), "2026-04-01 08:00"))
        assert (taken.kind, taken.new) == (Kind.EXTRACT, 4)
        assert covered(outbox) == [january, march]

    def test_files_out_of_order_cover_what_each_covers(self, intake, outbox, folder):
        january = ("2026-01-05 07:30", "2026-01-30 16:00")
        march = ("2026-03-02 07:30", "2026-03-31 16:00")
        intake.take(reading(folder(a=march, b=january), "2026-04-01 08:00"))
        assert covered(outbox) == [january, march]

    def test_a_file_without_a_believable_time_covers_nothing_and_hides_no_other(
        self, intake, outbox, folder
    ):
        march = ("2026-03-02 07:30", "2026-03-31 16:00")
        log = folder(a=march, b=("2000-01-01 00:10", "2000-01-01 00:11"))
        intake.take(reading(log, "2026-04-01 08:00"))
        assert covered(outbox) == [march]


class TestExtractThatIsNotWhole:
    """A file that lacks punches we know was edited, is of another terminal, or of a log that was
    put back: it proves nothing."""

    WEEK = ("2026-03-02 07:30", "2026-03-03 07:31", "2026-03-04 07:32", "2026-03-05 07:33")

    def test_a_row_taken_out_of_a_file_is_missed(self, intake, outbox, log_of):
        intake.take(reading(log_of(days(*self.WEEK)), "2026-03-05 08:00"))
        edited = log_of(days(*self.WEEK[:1], *self.WEEK[2:]), positional=False)
        taken = intake.take(reading(edited, "2026-03-06 08:00", info=None))
        assert taken.statement is None
        assert taken.uncovered == "it lacks 1 of the punches known from this terminal in its time"

    def test_a_file_of_another_terminal_proves_nothing(self, intake, outbox, log_of):
        intake.take(reading(log_of(days(*self.WEEK)), "2026-03-05 08:00"))
        other = days("2026-03-02 07:00", "2026-03-06 16:00", user_id="99")
        taken = intake.take(reading(log_of(other, positional=False), "2026-03-07 08:00", info=None))
        assert (taken.new, taken.statement) == (2, None)

    def test_a_file_of_a_log_that_was_put_back_does_not_cover_what_was_lost(
        self, intake, outbox, log_of
    ):
        intake.take(reading(log_of(days(*self.WEEK)), "2026-03-05 08:00"))
        put_back = days(*self.WEEK[:2], "2026-03-06 07:30")  # and whatever came until then is gone
        taken = intake.take(
            reading(log_of(put_back, positional=False), "2026-03-06 08:00", info=None)
        )
        assert taken.statement is None

    def test_a_part_of_the_log_covers_its_part(self, intake, outbox, log_of):
        intake.take(reading(log_of(days(*self.WEEK)), "2026-03-05 08:00"))
        part = log_of(days(*self.WEEK[1:3]), positional=False)
        taken = intake.take(reading(part, "2026-03-06 08:00", info=None))
        assert taken.statement is not None

    def test_a_known_punch_with_an_impossible_time_is_not_missed(self, intake, outbox, log_of):
        """Its clock was wrong: it may have been made when another log stood in the terminal."""
        intake.take(reading(log_of(days("2026-03-01 07:00")), "2026-03-01 08:00"))
        ahead = log_of(days("2026-03-01 07:00", "2026-03-03 12:00"))
        intake.take(reading(ahead, "2026-03-01 09:00"))
        file = log_of(days(*self.WEEK), positional=False)
        taken = intake.take(reading(file, "2026-03-06 08:00", info=None))
        assert taken.statement is not None


class TestFullLog:
    """A full terminal overwrites its oldest records or stops recording; the count tells neither."""

    INFO = replace(INFO, capacity=100)

    def log(self, log_of, count: int, first: int = 0):
        start = datetime(2026, 3, 2, 7, 30)
        times = [str(start + timedelta(minutes=first + number)) for number in range(count)]
        return log_of(days(*times), claimed=count)

    def take(self, intake, log, read: str):
        return intake.take(reading(log, read, info=self.INFO))

    def test_a_full_log_that_stands_still_proves_nothing(self, intake, outbox, log_of):
        assert self.take(intake, self.log(log_of, 99), "2026-03-02 17:00").statement
        for read in ("2026-03-02 18:00", "2026-03-03 18:00"):
            taken = self.take(intake, self.log(log_of, 100), read)
            assert taken.statement is None
            assert taken.uncovered == "its log is full with 100 records and may have stopped"
            assert "full" in [event.kind for event in taken.events]
        assert covered(outbox) == [("2026-03-02 07:30", "2026-03-02 17:00")]

    def test_a_full_log_that_goes_on_overwriting_is_covered(self, intake, outbox, log_of):
        self.take(intake, self.log(log_of, 100), "2026-03-02 17:00")
        taken = self.take(intake, self.log(log_of, 100, first=3), "2026-03-02 18:00")
        assert (taken.kind, taken.new) == (Kind.ROTATED, 3)
        assert covered(outbox) == [("2026-03-02 07:30", "2026-03-02 18:00")]

    def test_more_records_than_it_claims_to_hold_is_not_full(self, intake, log_of):
        taken = self.take(intake, self.log(log_of, 101), "2026-03-02 17:00")
        assert taken.statement is not None


class TestClockNobodyWatched:
    """Between two reads on different days a touch may stand on the wrong day and look sound."""

    MONDAY = ("2026-03-02 07:30", "2026-03-02 16:00")

    def begin(self, intake, log_of, offset_s: int = 0) -> None:
        intake.take(reading(log_of(days("2026-03-01 07:00")), "2026-03-01 12:00"))
        log = log_of(days("2026-03-01 07:00", *self.MONDAY))
        intake.take(reading(log, "2026-03-02 17:00", clock_offset_s=offset_s))

    def go_on(self, intake, log_of, *times: str, offset_s: int = 0):
        log = log_of(days("2026-03-01 07:00", *self.MONDAY, *times))
        return intake.take(reading(log, "2026-03-05 08:00", clock_offset_s=offset_s))

    def test_days_in_which_the_time_went_back_are_not_covered(self, intake, outbox, log_of):
        self.begin(intake, log_of)
        moved = ("2026-03-03 07:30", "2026-03-02 21:30", "2026-03-05 07:30")  # 16:00, 18 h behind
        taken = self.go_on(intake, log_of, *moved)
        assert taken.statement.note == "clock not watched, its time moved"
        assert covered(outbox) == [
            ("2026-03-01 07:00", "2026-03-02 17:00"),
            ("2026-03-05 08:00", "2026-03-05 08:00"),
        ]

    def test_days_before_a_clock_is_found_wrong_are_not_covered(self, intake, outbox, log_of):
        self.begin(intake, log_of)
        self.go_on(intake, log_of, "2026-03-04 03:30", offset_s=64_800)
        assert ("2026-03-05 08:00", "2026-03-05 08:00") in covered(outbox)

    def test_days_after_a_clock_was_seen_wrong_are_not_covered(self, intake, outbox, log_of):
        self.begin(intake, log_of, offset_s=-36_000)
        self.go_on(intake, log_of, "2026-03-02 21:30")
        assert ("2026-03-05 08:00", "2026-03-05 08:00") in covered(outbox)

    def test_days_with_a_time_that_had_not_come_are_not_covered(self, intake, outbox, log_of):
        self.begin(intake, log_of)
        self.go_on(intake, log_of, "2026-03-04 03:30", "2026-03-06 03:30")
        assert ("2026-03-05 08:00", "2026-03-05 08:00") in covered(outbox)

    def test_days_in_order_under_a_right_clock_are_covered(self, intake, outbox, log_of):
        self.begin(intake, log_of)
        self.go_on(intake, log_of, "2026-03-03 07:30", "2026-03-04 07:30")
        assert covered(outbox) == [("2026-03-01 07:00", "2026-03-05 08:00")]

    def test_within_one_day_a_touch_cannot_stand_on_another(self, intake, outbox, log_of):
        """Its claim would lie outside the two reads, which is seen."""
        self.begin(intake, log_of)
        log = log_of(days("2026-03-01 07:00", *self.MONDAY, "2026-03-02 17:40", "2026-03-02 17:10"))
        intake.take(reading(log, "2026-03-02 18:00"))
        assert covered(outbox) == [("2026-03-01 07:00", "2026-03-02 18:00")]

    def test_a_wrong_clock_over_a_night_without_touches_hides_none(self, intake, outbox, log_of):
        self.begin(intake, log_of, offset_s=-36_000)
        self.go_on(intake, log_of)
        assert covered(outbox) == [
            ("2026-03-01 07:00", "2026-03-01 12:00"),  # the touches of Monday may be Sunday's
            ("2026-03-02 17:00", "2026-03-05 08:00"),
        ]

    def test_a_kill_between_two_commits_does_not_forget_it(self, outbox, log_of):
        intake = Intake(outbox, zone=ZoneInfo("Asia/Makassar"), clock_limit_s=300, chunk=2)
        self.begin(intake, log_of)
        moved = ["2026-03-03 07:30", "2026-03-02 21:30", "2026-03-05 07:30", "2026-03-05 07:31"]

        def killed() -> None:
            raise Stopping("killed")

        log = log_of(days("2026-03-01 07:00", *self.MONDAY, *moved))
        with pytest.raises(Stopping):
            intake.take(reading(log, "2026-03-05 08:00"), killed)
        self.go_on(intake, log_of, *moved)
        assert covered(outbox)[0] == ("2026-03-01 07:00", "2026-03-02 17:00")


class TestTerminalWithoutATime:
    """It writes the very same bytes for a person each day; each of them may be a touch."""

    LOST = BadRecord(b"7 0000-00-00 00:00:00", "date", "there is no such date", "7")

    def lost(self, outbox: Outbox) -> list[tuple[str, str]]:
        """Return user id and day of reading of the records that could not be punches."""
        bodies = [one.body for one in outbox.listing("waiting") if isinstance(one.body, Bad)]
        return [(one.user_id, local(one.read_at)) for one in bodies]

    def test_each_day_has_its_record(self, intake, outbox, log_of):
        log = days("2026-03-01 07:00")
        for day in (2, 3, 4):
            log = [*log, self.LOST]
            intake.take(reading(log_of(log), f"2026-03-{day:02} 08:00"))
        assert self.lost(outbox) == [
            ("7", "2026-03-02 08:00"), ("7", "2026-03-03 08:00"), ("7", "2026-03-04 08:00"),
        ]  # fmt: skip

    def test_between_records_with_a_time_too(self, intake, outbox, log_of):
        log = [*days("2026-03-02 07:00"), self.LOST, *days("2026-03-03 07:00"), self.LOST]
        intake.take(reading(log_of(log), "2026-03-03 08:00"))
        assert len(self.lost(outbox)) == 2

    def test_the_same_record_is_one_however_often_it_is_read(self, intake, outbox, log_of):
        log = [*days("2026-03-02 07:00"), self.LOST, self.LOST]
        intake.take(reading(log_of(log), "2026-03-02 08:00"))
        intake.take(reading(log_of(log, positional=False), "2026-03-03 08:00", info=None))
        intake.take(reading(log_of([*log, touch("2026-03-03 07:00")]), "2026-03-03 09:00"))
        assert len(self.lost(outbox)) == 2

    def test_a_log_that_ends_in_nothing_but_such_records_proves_nothing(self, intake, log_of):
        log = days("2026-03-01 07:00") + [self.LOST] * 70
        assert intake.take(reading(log_of(log[:40]), "2026-03-02 08:00")).statement
        assert intake.take(reading(log_of(log), "2026-03-02 08:01")).statement
        assert intake.take(reading(log_of([*log, self.LOST]), "2026-03-02 08:02")).statement is None
