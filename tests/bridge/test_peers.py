"""What goes wrong in other collectors must not go wrong here: their failures, one test each.

Where a failure lies in a design, that design stands beside ours in a few lines, and the test shows
that it loses what ours takes. Which failure is tested where: docs/failures.md.
"""

import gzip
import hashlib
import json
import socket
import threading
from datetime import datetime, timedelta

import pytest

from bridge.assembly import assemble
from bridge.config import load
from bridge.cursor import Kind
from bridge.daemon import Daemon
from bridge.intake import Reading
from bridge.outbox import Outbox
from drivers.base import RawPunch
from drivers.errors import DriverError
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer
from drivers.zk.terminal import ZkTerminal
from ingest import wire

AT = int(datetime(2026, 3, 3, 8, 0).timestamp())
MORNING = datetime(2026, 3, 2, 7, 20, 5)


def touch(number: int, user_id: str, local_time: datetime) -> RawPunch:
    """A touch whose record begins with its user's number, as on some firmware."""
    raw = int(user_id).to_bytes(2, "little") + b"%08d" % number
    return RawPunch(user_id, local_time, 0, 1, "", raw)


def who_and_when(entries) -> list[tuple[str, datetime]]:
    return [(one.user_id, one.local_time) for one in entries]


@pytest.fixture
def ours(intake, outbox, log_of):
    """Two reads by us; returns what the second one brought."""

    def take(before, after):
        intake.take(Reading("front", "zk", log_of(before), AT, 0))
        known = {row.seq for row in outbox.listing("waiting")}
        intake.take(Reading("front", "zk", log_of([*before, *after]), AT + 60, 0))
        return [
            (row.body.user_id, row.body.local_time)
            for row in outbox.listing("waiting")
            if row.seq not in known
        ]

    return take


def later_than_the_last(before, after):
    """What a time as a high-water mark lets through."""
    mark = max(one.local_time for one in before)
    return who_and_when(one for one in after if one.local_time > mark)


def by_date_and_time_of_day(before, after):
    """What passes when day and time of day are compared each for itself."""
    mark = before[-1].local_time
    return who_and_when(
        one
        for one in after
        if one.local_time.date() >= mark.date() and one.local_time.time() > mark.time()
    )


def by_the_first_field(before, after):
    """What passes where the first number of a record is taken for its place."""
    mark = max(int.from_bytes(one.raw[:2], "little") for one in before)
    return who_and_when(one for one in after if int.from_bytes(one.raw[:2], "little") > mark)


class TestWhatIsNew:
    """Not what is later, or larger, but what stands behind what was read."""

    def test_two_people_in_one_second(self, ours):
        before = [touch(0, "101", MORNING)]
        after = [touch(1, "102", MORNING)]
        assert later_than_the_last(before, after) == []
        assert ours(before, after) == who_and_when(after)

    def test_one_punch_of_2038_and_fifty_of_today(self, ours):
        before = [touch(0, "101", datetime(2038, 1, 19, 3, 14, 7))]
        after = [touch(n, "102", MORNING + timedelta(minutes=n)) for n in range(1, 51)]
        assert later_than_the_last(before, after) == []
        assert ours(before, after) == who_and_when(after)

    def test_a_clock_that_was_set_back(self, ours):
        before = [touch(0, "101", MORNING + timedelta(hours=5))]
        after = [touch(1, "102", MORNING)]
        assert later_than_the_last(before, after) == []
        assert ours(before, after) == who_and_when(after)

    def test_four_days_after_an_evening(self, ours):
        before = [touch(0, "101", datetime(2026, 3, 2, 16, 5))]
        after = [
            touch(4 * day + n, "101", datetime(2026, 3, day, hour, 4))
            for day in (3, 4, 5, 6)
            for n, hour in enumerate((7, 12, 13, 16))
        ]
        assert by_date_and_time_of_day(before, after) == []
        assert ours(before, after) == who_and_when(after)

    def test_a_number_at_the_beginning_of_a_record_is_no_place(self, ours):
        before = [touch(0, "900", MORNING)]
        after = [touch(n, str(n), MORNING + timedelta(minutes=n)) for n in range(1, 20)]
        assert by_the_first_field(before, after) == []
        assert ours(before, after) == who_and_when(after)

    def test_a_counter_that_wraps(self, ours):
        before = [touch(0, "65535", MORNING)]
        after = [touch(1, "0", MORNING + timedelta(minutes=1))]
        assert by_the_first_field(before, after) == []
        assert ours(before, after) == who_and_when(after)


class TestALogThatIsAnother:
    def test_a_cleared_log_takes_nothing_away(self, intake, outbox, log_of, touches):
        """A mirror that follows the terminal would keep one punch of a hundred and one."""
        intake.take(Reading("front", "zk", log_of(touches(100)), AT, 0))
        taken = intake.take(Reading("front", "zk", log_of(touches(1, 100)), AT + 60, 0))
        assert taken.kind is Kind.CLEARED
        assert outbox.counts().waiting == 101

    def test_a_log_without_our_last_record_costs_one_request_a_thousand(
        self, desk, scripted, taking, memory
    ):
        """The last record is gone, so all is handed in again: in batches, not one by one."""
        memory.clear()
        for number in range(1_500):
            memory.punch("7", 0, MORNING + timedelta(minutes=number))
        desk.write(url=f'"{scripted.url}"')
        assert desk.types("once").exit_code == 0
        scripted.requests.clear()
        log = [touch.local_time for touch in memory.touches()]
        memory.clear()
        for local_time in log[:-1]:
            memory.punch("7", 0, local_time)
        memory.punch("8", 0, MORNING)
        assert desk.types("once").exit_code == 0
        batches = [path for path, _, _ in scripted.requests if path == "/v2/punches"]
        assert len(batches) == 1
        assert len(taking.rows) == 1_501

    def test_an_empty_read_is_no_proof_of_absence(self, intake, log_of, touches):
        before = intake.take(Reading("front", "zk", log_of(touches(3)), AT, 0))
        assert before.statement is not None
        taken = intake.take(Reading("front", "zk", log_of([], claimed=0), AT + 3_600, 0))
        assert taken.statement is None
        assert [event.kind for event in taken.events] == ["empty"]
        after = intake.take(Reading("front", "zk", log_of(touches(4)), AT + 7_200, 0))
        assert after.statement is not None
        assert after.statement.since == before.statement.since


def pyzk_stride(total: int, count: int) -> int:
    """The size of a record as 0.9 of pyzk finds it: by a count taken before the read."""
    size = total / count
    return int(size) if size in (8, 16) else 40


class TestReading:
    """On real sockets, against a simulated terminal."""

    def read(self, memory: Memory, *faults: str, **options):
        with ZkServer(memory, Faults(*faults)) as server:
            told = {"host": "127.0.0.1", "port": server.port, "timeout_s": 3, **options}
            with ZkTerminal(ZkTerminal.Options(**told)) as terminal:
                return list(terminal.read().entries())

    def test_a_punch_between_count_and_read_changes_no_record(self):
        memory = Memory(layout="16", clock=lambda: MORNING + timedelta(hours=9))
        for minute in range(50):
            memory.punch("7", 0, MORNING + timedelta(minutes=minute))
        assert pyzk_stride(51 * 16, 50) == 40
        found = self.read(memory, "late-punch")
        assert len(found) == 51
        assert who_and_when(found) == who_and_when(memory.touches())

    def test_one_invalid_date_costs_one_record(self):
        memory = Memory()
        for minute in range(10):
            memory.punch("7", 0, MORNING + timedelta(minutes=minute))
            if minute == 4:
                memory.add_bad("date")
        found = self.read(memory)
        assert len(found) == 11
        assert who_and_when(one for one in found if isinstance(one, RawPunch)) == who_and_when(
            memory.touches()
        )

    def test_two_people_of_one_birthday_are_two(self):
        """An id cut to nine signs would make them one."""
        people = ["198609262015051001", "198609262019032002"]
        assert len({one[:9] for one in people}) == 1
        memory = Memory()
        for user_id in people:
            memory.punch(user_id, 0, MORNING)
        assert [one.user_id for one in self.read(memory)] == people

    def test_the_terminal_is_never_locked_nor_asked_for_fingers(self):
        memory = Memory()
        memory.punch("7", 0, MORNING)
        self.read(memory)
        disable, users, templates = 1003, 9, {10, 88, 110}
        assert not {disable, users, *templates} & set(memory.commands_seen)
        assert memory.commands_seen[1503] == 1, "the log, and no table of users beside it"

    @pytest.mark.parametrize("fault", ["rubbish", "cut=1500", "stall=1500", "damage"])
    def test_a_terminal_that_goes_wrong_is_neither_locked_nor_empty(self, fault):
        memory = Memory()
        for minute in range(100):
            memory.punch("7", 0, MORNING + timedelta(minutes=minute))
        with pytest.raises(DriverError):
            self.read(memory, fault, timeout_s=0.2)
        assert memory.enabled

    def test_what_speaks_no_protocol_brings_no_punch(self, desk):
        """Nothing is invented, and an error is no empty log."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            desk.write(port=str(server.getsockname()[1]), timeout_s="1")
            ended = threading.Event()

            def greet() -> None:
                call, _ = server.accept()
                with call:
                    call.sendall(b"220 hello, this is a mail server\r\n")
                    ended.wait(20)

            host = threading.Thread(target=greet)
            host.start()
            told = desk.types("read", "front-door")
            ended.set()
            host.join(20)
        assert told.exit_code == 1
        assert told.stdout == ""
        assert "sends bytes that are no ZK packet" in told.stderr

    def test_an_address_is_never_part_of_a_command(self, desk, tmp_path):
        mark = tmp_path / "mark"
        for driver in ("zk", "pyzk"):
            desk.write(host=f'"127.0.0.1; touch {mark}"')
            desk.file.write_text(desk.file.read_text().replace('"zk"', f'"{driver}"'))
            told = desk.types("read", "front-door")
            assert told.exit_code == 2
            assert "is no address" in told.stderr
        assert not mark.exists()


class TestTheOthersGoOn:
    def test_a_terminal_that_goes_wrong_stops_no_other(self, desk, memory, scripted, taking):
        healthy = Memory("SIM-TWO")
        healthy.punch("9", 0, MORNING)
        with (
            ZkServer(healthy) as other,
            ZkServer(Memory("SIM-BAD"), Faults("rubbish")) as rubbish,
        ):
            sections = "".join(
                f'[[terminal]]\nname = "{name}"\ndriver = "zk"\nhost = "127.0.0.1"\n'
                f"port = {server.port}\ntimeout_s = 1\n"
                for name, server in (("bad", rubbish), ("other", other))
            )
            desk.write(sections, url=f'"{scripted.url}"')
            told = desk.types("once")
        assert told.exit_code == 1
        assert "bad: " in told.stderr
        assert "other: 1 records, 1 new" in told.stdout
        assert len(taking.rows) == 5

    def test_mute_terminals_delay_nobody(self, desk, memory, tmp_path):
        """In turn, each mute one would cost the healthy one a whole time-out."""
        with (
            socket.create_server(("127.0.0.1", 0)) as first,
            socket.create_server(("127.0.0.1", 0)) as second,
        ):
            mute = "".join(
                f'[[terminal]]\nname = "mute-{number}"\ndriver = "zk"\nhost = "127.0.0.1"\n'
                f"port = {server.getsockname()[1]}\ntimeout_s = 60\n"
                for number, server in enumerate((first, second))
            )
            desk.write(mute)
            # the mute ones come first in the file
            text = desk.file.read_text()
            head, healthy, rest = text.partition('[[terminal]]\nname = "front-door"')
            sections, mutes = (healthy + rest).split('[[terminal]]\nname = "mute-0"', 1)
            desk.file.write_text(f'{head}[[terminal]]\nname = "mute-0"{mutes}{sections}')
            loaded = load(desk.file, {})
            assert [one.name for one in loaded.terminals][-1] == "front-door"
            desk.state.mkdir(mode=0o700)
            outbox = Outbox(desk.state / "outbox.db")
            taken = threading.Event()
            add = outbox.add

            def told(bodies, **options):
                new = add(bodies, **options)
                if new:
                    taken.set()
                return new

            outbox.add = told  # type: ignore[method-assign]  # to wait for it without looking often
            parts = assemble(loaded, outbox, "run")
            daemon = Daemon(loaded, parts, lambda line: None)
            daemon.start()
            assert taken.wait(30), "the healthy terminal waits for the mute ones"
            assert all(not one.error for one in outbox.ledger.terminals())
            daemon.stop()
            parts.close()


class TestTheCentreSays:
    def test_nothing_that_reaches_a_terminal(self, desk, memory, scripted):
        """An answer may hold whatever it likes: no command is relayed."""
        evil = {"commands": ["DELETE USERINFO PIN=1"], "cmd": "CLEAR LOG", "command": 15}

        def answer(handler, body):
            if handler.path == "/v2/heartbeat":
                found = json.loads(wire.encode_heartbeat_reply(wire.HeartbeatReply(AT)))
            else:
                rows = wire.decode_batch(gzip.decompress(body)).rows
                digest = hashlib.sha256(body).hexdigest()
                found = json.loads(wire.encode_receipt(wire.Receipt("ab" * 16, digest, rows, {})))
            handler.reply(200, json.dumps({**found, **evil}).encode())

        scripted.script = [answer]
        desk.write('clock = "set"', url=f'"{scripted.url}"')
        desk.types("once")
        desk.types("once")
        harmless = {11, 50, 201, 1000, 1001, 1100, 1102, 1502, 1503, 1504}
        assert set(memory.commands_seen) <= harmless
        assert memory.count() == 4

    def test_a_thousand_punches_are_one_request(self, desk, memory, scripted, taking):
        memory.clear()
        for number in range(2_000):
            memory.punch("7", 0, MORNING + timedelta(minutes=number))
        desk.write(url=f'"{scripted.url}"')
        assert desk.types("once").exit_code == 0
        assert [path for path, _, _ in scripted.requests].count("/v2/punches") == 2
        assert len(taking.rows) == 2_000

    def test_many_rows_at_once_are_no_burden_to_sqlite(self, outbox, bodies, touches):
        """Past the variables of one statement (32,766), where others fail at the first import."""
        assert outbox.add(bodies(touches(40_000))) == 40_000
