"""Clearing a terminal's log: a person says so, the centre has it all, and it is saved beside."""

import os
import signal
import stat
import subprocess
from datetime import UTC, datetime

import pytest
from bridge_parts import receipt_of

from bridge import locks, savedlogs
from bridge.clearing import Clearing, NotCleared, Ready
from bridge.cursor import Cursor, Kind
from bridge.errors import CentreUnreachable
from bridge.intake import Reading
from bridge.normalise import Read
from bridge.outbox import Outbox
from bridge.savedlogs import NotSaved, records, save
from drivers.base import Capability, ListLog, Terminal, TerminalInfo
from drivers.errors import LogChanged, NotSupported

SERIAL = "OGT7030056062300032"
AT = int(datetime(2026, 3, 3, 0, 0, tzinfo=UTC).timestamp())
INFO = TerminalInfo(SERIAL, "X100-C", firmware="Ver 6.60", can=frozenset({Capability.CLEAR}))


class Sender:
    """Brings all that waits to a centre that takes it, unless a test says otherwise."""

    def __init__(self, outbox):
        self.outbox = outbox
        self.parks = False
        self.stops = False
        self.unreachable = False
        self.sent = []

    def drain(self):
        if self.unreachable:
            raise CentreUnreachable("https://absensi.example.go.id does not answer within 30 s")
        while (pending := self.outbox.next_batch(4 if self.stops else 1_000)).seqs:
            ids = [row.id for row in (*pending.batch.punches, *pending.batch.bad)]
            refused = dict.fromkeys(ids[:1] if self.parks else [], "no such terminal")
            self.outbox.settle(receipt_of(pending, refused=refused), pending, AT)
            self.sent += ids
            if self.stops:
                return
        self.outbox.ledger.told(self.outbox.ledger.due(100), {})


class Holding(Terminal):
    """A terminal that holds what a test gives it."""

    Options = object

    def __init__(self, entries, serial=SERIAL):
        self.entries, self.serial = entries, serial
        self.cleared = False

    def info(self):
        return TerminalInfo(self.serial, can=INFO.can)

    def clock(self):
        raise NotSupported("no clock here")

    def read(self):
        return ListLog(self.serial, list(self.entries))

    def users(self):
        return []

    def clear(self, known):
        held = self.read()
        if held.digest(len(held)) != known.digest(len(known)):
            raise LogChanged("it holds other records; nothing was cleared")
        self.entries, self.cleared = [], True

    def close(self):
        """There is nothing to let go of."""


@pytest.fixture
def sender(outbox):
    return Sender(outbox)


@pytest.fixture
def clearing(outbox, intake, sender, tmp_path):
    return Clearing(
        "front",
        outbox=outbox,
        intake=intake,
        sender=sender,
        state_dir=tmp_path,
        clock=lambda: AT + 60.7,
    )


@pytest.fixture
def prepare(clearing, intake):
    def run(terminal) -> Ready:
        log = terminal.read()
        read = Read(log.serial, intake._zone, "poll", AT, None, 0)
        return clearing.prepare(Reading("front", "zk", log, AT, 0, INFO), read, INFO)

    return run


class TestItIsRefused:
    """While the centre lacks a single record, or anything is not as it should be."""

    @pytest.fixture(autouse=True)
    def saved_nothing(self, tmp_path):
        yield
        assert not list(tmp_path.rglob("*.log"))

    def test_while_the_centre_does_not_answer(self, prepare, sender, touches):
        sender.unreachable = True
        with pytest.raises(CentreUnreachable):
            prepare(Holding(touches(5)))

    def test_while_a_record_waits(self, prepare, sender, touches):
        sender.stops = True
        with pytest.raises(NotCleared, match="the centre lacks 1 records of front"):
            prepare(Holding(touches(5)))

    def test_while_a_record_is_parked(self, prepare, sender, touches):
        sender.parks = True
        with pytest.raises(NotCleared, match="the centre refuses 1 records of front"):
            prepare(Holding(touches(5)))

    def test_while_a_record_was_parked_before(self, prepare, intake, outbox, log_of, touches):
        intake.take(Reading("front", "zk", log_of(touches(5)), AT))
        outbox.park(outbox.next_batch(1), "no such terminal", AT)
        with pytest.raises(NotCleared, match="refuses 1 records"):
            prepare(Holding(touches(5)))

    def test_while_the_centre_was_not_told_what_is_known(self, prepare, sender, outbox, touches):
        sender.outbox.ledger.told = lambda due, refused: None
        with pytest.raises(NotCleared, match="was not told yet what is known of front"):
            prepare(Holding(touches(5)))

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"claimed": 6}, "counts 6 records and gave 5"),
            ({"start": 3}, "is not known as a whole"),
        ],
    )
    def test_where_the_log_is_not_whole(self, clearing, touches, changed, told):
        with pytest.raises(NotCleared, match=told):
            clearing.check(INFO, ListLog(SERIAL, touches(5), **changed))

    def test_where_nothing_is_proven(self, clearing, touches):
        log = ListLog(SERIAL, touches(5))
        log.proven = False
        with pytest.raises(NotCleared, match="is not known as a whole"):
            clearing.check(INFO, log)

    def test_where_there_is_nothing_to_clear(self, clearing):
        with pytest.raises(NotCleared, match="empty already"):
            clearing.check(INFO, ListLog(SERIAL, []))

    def test_where_the_driver_cannot(self, clearing, touches):
        with pytest.raises(NotSupported, match="at its own menu"):
            clearing.check(TerminalInfo(SERIAL), ListLog(SERIAL, touches(5)))

    def test_where_it_cannot_be_saved(self, prepare, tmp_path, touches):
        (tmp_path / savedlogs.FOLDER).write_text("in the way")
        with pytest.raises(NotSaved, match="so it is not cleared"):
            prepare(Holding(touches(5)))


def test_every_record_goes_to_the_centre_once_more(prepare, sender, intake, log_of, touches):
    """An old receipt is not enough: the centre may have lost what it once had."""
    intake.take(Reading("front", "zk", log_of(touches(5)), AT - 60))
    sender.drain()
    sender.sent.clear()
    prepare(Holding(touches(5)))
    assert len(set(sender.sent)) == 5


def test_records_of_other_terminals_do_not_matter(prepare, outbox, bodies, touches):
    outbox.add(bodies(touches(3), serial="OTHER"))
    outbox.park(outbox.next_batch(3), "no such terminal", AT)
    assert prepare(Holding(touches(5))).file.exists()


class TestSavedLog:
    def test_it_holds_every_byte_and_is_closed_to_others(self, tmp_path, log_of, touches, blank):
        log = log_of([*touches(3), blank])
        place = save(tmp_path, "front", log, AT, {"model": "X100\x1b[31m"})
        assert place == tmp_path / "saved-logs" / f"front-{SERIAL}-20260303T000000Z.log"
        assert list(records(place)) == [log.raw(index) for index in range(4)]
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        head = [line for line in place.read_text().splitlines() if line.startswith("#")]
        assert "# records: 4" in head
        assert f"# sha256: {log.digest(4).hex()}" in head
        assert "# model: X100?[31m" in head

    def test_a_serial_number_leads_to_no_other_folder(self, tmp_path, log_of, touches):
        place = save(tmp_path, "front", log_of(touches(1), serial="../../etc/x"), AT, {})
        assert place.parent == tmp_path / "saved-logs"

    def test_what_does_not_read_back_is_not_saved(self, tmp_path, log_of, touches, monkeypatch):
        monkeypatch.setattr(savedlogs, "records", lambda place: iter([b"other"]))
        with pytest.raises(NotSaved, match="does not read back"):
            save(tmp_path, "front", log_of(touches(2)), AT, {})

    def test_a_full_disk_leaves_no_half_file(self, tmp_path, log_of, touches, monkeypatch):
        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(NotSaved, match="No space left on device"):
            save(tmp_path, "front", log_of(touches(2)), AT, {})
        assert list((tmp_path / "saved-logs").iterdir()) == []


class TestClear:
    def test_the_log_is_empty_and_it_is_written_down(self, clearing, prepare, outbox, touches):
        terminal = Holding(touches(5))
        ready = prepare(terminal)
        event = clearing.clear(terminal, ready)
        assert terminal.cleared
        assert event.kind == "cleared"
        assert "by command; its 5 records are at the centre" in event.detail
        assert str(ready.file) in event.detail
        assert outbox.ledger.events()[0].detail == event.detail
        assert len(list(records(ready.file))) == 5

    def test_a_punch_meanwhile_keeps_the_log(self, clearing, prepare, outbox, touches):
        terminal = Holding(touches(5))
        ready = prepare(terminal)
        before = outbox.ledger.cursor("front")
        terminal.entries = touches(6)
        with pytest.raises(LogChanged):
            clearing.clear(terminal, ready)
        assert len(terminal.entries) == 6
        assert outbox.ledger.cursor("front") == before

    def test_another_terminal_at_the_same_address_is_left_alone(self, clearing, prepare, touches):
        ready = prepare(Holding(touches(5)))
        other = Holding(touches(5), serial="OTHER")
        with pytest.raises(NotCleared, match="is OTHER now"):
            clearing.clear(other, ready)
        assert not other.cleared

    def test_signals_are_answered_as_before(self, clearing, prepare, touches):
        before = signal.getsignal(signal.SIGTERM)
        terminal = Holding(touches(5))
        clearing.clear(terminal, prepare(terminal))
        assert signal.getsignal(signal.SIGTERM) is before

    def test_a_signal_in_the_middle_lets_the_terminal_go(self, clearing, prepare, touches):
        class Killed(Holding):
            closed = False

            def clear(self, known):
                os.kill(os.getpid(), signal.SIGTERM)
                raise AssertionError("the signal came")

            def close(self):
                self.closed = True

        terminal = Killed(touches(5))
        ready = prepare(terminal)
        with pytest.raises(SystemExit), terminal:
            clearing.clear(terminal, ready)
        assert terminal.closed


class TestWhatIsKnownAfterwards:
    """One stretch of coverage ends at the last read, another begins when the log was seen empty."""

    @pytest.fixture
    def cleared(self, clearing, prepare, touches):
        terminal = Holding(touches(5))
        clearing.clear(terminal, prepare(terminal))

    def test_an_empty_log_is_nothing_odd(self, cleared, intake, log_of):
        taken = intake.take(Reading("front", "zk", log_of([]), AT + 120, 0))
        assert taken.uncovered == "there is no record in the log"
        assert taken.events == ()

    def test_the_next_punch_covers_from_the_clearing_on(self, cleared, intake, log_of, touches):
        taken = intake.take(Reading("front", "zk", log_of(touches(1, 900)), AT + 3_600, 0))
        assert taken.kind is Kind.CONTINUES
        assert taken.new == 1
        assert taken.statement is not None
        assert (taken.statement.since, taken.statement.until) == (AT + 60, AT + 3_600)
        assert taken.statement.note == "log cleared by command"

    def test_the_moments_between_are_not_covered(self, cleared, intake, outbox, log_of, touches):
        intake.take(Reading("front", "zk", log_of(touches(1, 900)), AT + 3_600, 0))
        stretches = sorted(
            (due.coverage.since, due.coverage.until) for due in outbox.ledger.due(10)
        )
        assert all(until <= AT or since >= AT + 60 for since, until in stretches)

    def test_it_goes_on_like_any_log(self, cleared, intake, log_of, touches):
        intake.take(Reading("front", "zk", log_of(touches(1, 900)), AT + 3_600, 0))
        taken = intake.take(Reading("front", "zk", log_of(touches(3, 900)), AT + 7_200, 0))
        assert (taken.kind, taken.new) == (Kind.CONTINUES, 2)
        assert taken.statement is not None
        assert taken.statement.since == AT + 60

    def test_rubbish_still_proves_nothing(self, cleared, intake, log_of, blank):
        bad = blank._replace(kind="date", raw=b"\xff" * 40)
        taken = intake.take(Reading("front", "zk", log_of([bad]), AT + 3_600, 0))
        assert taken.uncovered == "no record of it is a punch"

    def test_another_terminal_is_a_replaced_one(self, cleared, intake, log_of, touches):
        taken = intake.take(Reading("front", "zk", log_of(touches(2), serial="NEW"), AT + 3_600))
        assert taken.kind is Kind.REPLACED

    def test_a_kill_before_it_is_written_down_is_a_cleared_log(
        self, prepare, intake, log_of, touches
    ):
        prepare(Holding(touches(5)))  # and the terminal is cleared, and then we die
        taken = intake.take(Reading("front", "zk", log_of(touches(1, 900)), AT + 3_600, 0))
        assert taken.kind is Kind.CLEARED
        assert taken.statement is not None
        assert taken.statement.since == AT + 3_600


def test_the_cursor_of_an_empty_log_survives_the_disk(outbox):
    cursor = Cursor.at_beginning(SERIAL, AT, "log cleared by command")
    from bridge.ledger import Mark

    outbox.add([], mark=Mark("front", cursor))
    assert outbox.ledger.cursor("front") == cursor


class TestCommand:
    """A simulated terminal, a centre that takes everything, and a person."""

    @pytest.fixture(autouse=True)
    def centre(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        return taking

    def test_it_clears_and_says_so(self, desk, memory, centre):
        told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 0, told.output
        assert memory.count() == 0
        assert memory.enabled
        assert len(centre.rows) == 4
        (file,) = (desk.state / "saved-logs").iterdir()
        assert str(file) in told.stdout
        assert "its coverage begins anew at" in told.stdout
        assert len(list(records(file))) == 4

    def test_the_centre_hears_of_it(self, desk, centre):
        desk.types("terminals", "clear", "front-door", "--yes")
        desk.types("once")
        notes = [note for one in centre.beats[-1].terminals for note in one.notes]
        assert any(note.startswith("cleared: by command; its 4 records are at") for note in notes)

    def test_a_person_is_asked_and_may_say_no(self, desk, memory):
        from click.testing import CliRunner

        from bridge.cli import cli

        told = CliRunner().invoke(
            cli, ["--config", str(desk.file), "terminals", "clear", "front-door"], input="n\n"
        )
        assert told.exit_code == 1
        assert "clear the 4 records of front-door, serial SIM0000000001?" in told.stderr
        assert memory.count() == 4
        assert not {15, 1002, 1003} & set(memory.commands_seen)

    def test_where_nobody_can_answer_nothing_is_cleared(self, desk, memory):
        told = subprocess.run(
            desk.command("terminals", "clear", "front-door"),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert told.returncode == 1
        assert memory.count() == 4

    def test_a_refused_punch_keeps_the_log(self, desk, memory, centre):
        centre.refuses["1002"] = "no such terminal"
        told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 1
        assert "the centre refuses 1 records of front-door" in told.stderr
        assert memory.count() == 4
        assert not (desk.state / "saved-logs").exists()

    def test_a_centre_that_is_away_keeps_the_log(self, desk, memory):
        desk.write()
        told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 1
        assert "cannot be reached" in told.stderr
        assert memory.count() == 4

    def test_it_is_not_done_while_the_terminal_is_being_read(self, desk, memory):
        desk.types("once")
        with locks.session(desk.state, "front-door", "run"):
            told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 1
        assert "is being read by hadir-bridge run" in told.stderr
        assert memory.count() == 4

    def test_work_goes_on_afterwards(self, desk, memory, centre):
        desk.types("once")
        desk.types("terminals", "clear", "front-door", "--yes")
        memory.punch("1001", 0)
        told = desk.types("once")
        assert told.exit_code == 0
        assert "front-door: 1 records, 1 new, 0 bad" in told.stdout
        assert len(centre.rows) == 5
        assert centre.coverage[-1].note == "log cleared by command"

    def test_another_driver_says_that_it_cannot(self, desk, memory):
        desk.file.write_text(desk.file.read_text().replace('driver = "zk"', 'driver = "pyzk"'))
        memory.clear()  # pyzk gives up on a log with an impossible date
        memory.punch("1001", 0)
        told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 1
        assert "front-door cannot be cleared from here" in told.stderr
        assert memory.count() == 1

    def test_a_second_clearing_finds_nothing(self, desk):
        desk.types("terminals", "clear", "front-door", "--yes")
        told = desk.types("terminals", "clear", "front-door", "--yes")
        assert told.exit_code == 1
        assert "the log of front-door is empty already" in told.stderr

    def test_records_that_were_forgotten_here_go_to_the_centre_first(self, desk, memory, centre):
        desk.types("once")
        with Outbox(desk.state / "outbox.db") as outbox:
            outbox.prune(2**40)
        centre.rows.clear()
        assert desk.types("terminals", "clear", "front-door", "--yes").exit_code == 0
        assert len(centre.rows) == 4
        assert memory.count() == 0
