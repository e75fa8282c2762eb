"""A second opinion: the same log by pyzk, which shares none of our code."""

import json
from datetime import datetime

import pytest

from bridge.compare import Difference, differences
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer


class TestDifferences:
    def test_equal_logs_have_none(self, log_of, touches, blank):
        entries = [*touches(5), blank]
        assert list(differences(log_of(entries), log_of(list(entries)))) == []

    def test_each_record_that_differs_is_named_with_its_place(self, log_of, touches, touch):
        other = touches(5)
        other[1] = touch(1, state=1)
        other[3] = touch(3, local_time=datetime(2063, 1, 1))
        assert list(differences(log_of(touches(5)), log_of(other))) == [
            Difference(1, "101 2026-03-02 07:31:00 state 0 verify 1",
                       "101 2026-03-02 07:31:00 state 1 verify 1"),
            Difference(3, "103 2026-03-02 07:33:00 state 0 verify 1",
                       "103 2063-01-01 00:00:00 state 0 verify 1"),
        ]  # fmt: skip

    def test_a_record_that_one_cannot_read_differs(self, log_of, touches, blank):
        (found,) = differences(log_of([*touches(2), blank]), log_of(touches(3)))
        assert (found.place, found.ours) == (2, "no punch (blank)")

    def test_what_the_second_read_lacks_differs(self, log_of, touches):
        found = list(differences(log_of(touches(5)), log_of(touches(3))))
        assert [(one.place, one.theirs) for one in found] == [(3, ""), (4, "")]

    def test_what_it_has_more_was_made_meanwhile(self, log_of, touches):
        assert list(differences(log_of(touches(3)), log_of(touches(5)))) == []

    def test_raw_bytes_and_work_codes_are_each_drivers_own(self, log_of, touches, touch):
        other = [touch(0, work_code="7", raw=b"x")]
        assert list(differences(log_of(touches(1)), log_of(other))) == []


class TestCommand:
    @pytest.fixture
    def memory(self) -> Memory:
        memory = Memory("SIM0000000001", comm_key=77)
        for minute in range(40):
            memory.punch(str(1_000 + minute % 7), minute % 2, datetime(2026, 3, 2, 7, minute))
        memory.punch("197912112009012003", 0, datetime(2038, 2, 1, 7, 0, 0))
        return memory

    def test_both_read_the_same(self, desk, memory):
        told = desk.types("compare", "front-door")
        assert (told.exit_code, told.stdout) == (0, "")
        assert told.stderr == "front-door: records 41, read alike by both\n"
        assert memory.commands_seen[1000] == memory.commands_seen[1001] == 2

    def test_ours_may_be_the_second_opinion(self, desk):
        desk.file.write_text(desk.file.read_text().replace('driver = "zk"', 'driver = "pyzk"'))
        assert "read alike by both" in desk.types("compare", "front-door").stderr

    @pytest.mark.parametrize("layout", ["16", "8a"])
    def test_older_records_too(self, desk, layout):
        old = Memory("SIM0000000002", layout, comm_key=77)
        for minute in range(20):
            old.punch(str(1 + minute % 7), minute % 2, datetime(2026, 3, 2, 7, minute))
        with ZkServer(old) as server:
            desk.write(port=str(server.port))
            assert desk.types("compare", "front-door").exit_code == 0

    def test_what_differs_is_shown_and_fails(self, desk):
        """Exchanged codes are what our own setting can get wrong."""
        old = Memory("SIM0000000002", "16", comm_key=77)
        for minute in range(30):
            old.punch("7", minute % 2, datetime(2026, 3, 2, 7, minute), verify=15)
        with ZkServer(old) as server:
            desk.write("swap_codes = true", port=str(server.port))
            told = desk.types("compare", "front-door")
            rows = desk.types("compare", "front-door", "--json", "--limit", "2").stdout
        assert told.exit_code == 1
        lines = told.stdout.splitlines()
        assert lines[0] == "RECORD\tBY ZK\tBY PYZK"
        assert lines[1].startswith("1\t7 2026-03-02 07:00:00 state 15 verify 0\t7 2026-03-02")
        assert len(lines) == 21
        assert "shown: the first 20 of 30" in told.stderr
        assert "front-door: records 30, read differently 30" in told.stderr
        found = [json.loads(line) for line in rows.splitlines()]
        assert [one["record"] for one in found] == [1, 2]
        assert found[0]["pyzk"].endswith("state 0 verify 15")

    def test_a_log_that_pyzk_gives_up_on_is_one_sentence(self, desk, memory):
        memory.add_bad("date")
        told = desk.types("compare", "front-door")
        assert told.exit_code == 1
        assert "pyzk gives up on such a log" in told.stderr

    def test_another_family_has_no_second_opinion(self, desk):
        desk.write("""[[terminal]]
name = "field"
driver = "soap"
host = "127.0.0.1"
""")
        told = desk.types("compare", "field")
        assert told.exit_code == 1
        assert "field is read by driver soap, of which there is no second opinion" in told.stderr

    def test_a_serial_line_has_none_either(self, desk):
        desk.write("""[[terminal]]
name = "field"
driver = "zk"
transport = "serial"
port_url = "/dev/ttyNOTHERE"
""")
        told = desk.types("compare", "field")
        assert told.exit_code == 1
        assert "field is on a serial line" in told.stderr

    def test_it_keeps_nothing(self, desk):
        before = sorted(desk.folder.rglob("*"))
        desk.types("compare", "front-door")
        assert sorted(desk.folder.rglob("*")) == before
