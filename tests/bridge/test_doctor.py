"""One report: what is wrong, where on the way, and what to do about it."""

import json
import socket
import threading
import time
from collections import namedtuple
from dataclasses import replace

import pytest

from bridge import doctor, findings, locks
from bridge.findings import ADVICE, STALE_S, Finding, Place, State
from bridge.ledger import CentreState, Event, Mark, PastEvent, TerminalState
from bridge.outbox import Outbox
from drivers.base import Capability, TerminalInfo
from drivers.errors import (
    KeyRejected,
    MalformedReply,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.links import HungUp, Silence, why_unreachable

NOW = 1_800_000_000
TCP = Place("10.0.0.9:4370/tcp", networked=True)
UDP = Place("10.0.0.9:4370/udp", networked=True, datagrams=True)
LINE = Place("/dev/ttyUSB0", networked=False)
INFO = TerminalInfo("ABC", "X100-C", "ZEM560", "Ver 6.60", records=605, capacity=100_000)
KNOWN = TerminalState(
    name="front", driver="zk", serial="ABC", model="X100-C", firmware="Ver 6.60", records=605,
    clock_offset_s=0, read_at=NOW - 60, error="", error_at=None,
    known_since=NOW - 90_000, known_until=NOW - 60,
)  # fmt: skip


def unreachable(cause: OSError) -> TerminalUnreachable:
    error = TerminalUnreachable(why_unreachable("10.0.0.9:4370", cause))
    error.__cause__ = cause
    return error


def states(found) -> dict[str, State]:
    return {one.what: one.state for one in found}


class TestTheWay:
    """Network, port, key or answer: the first part that is not good is named."""

    @pytest.mark.parametrize(
        ("error", "place", "broken"),
        [
            (unreachable(socket.gaierror(-2, "Name or service not known")), TCP, "route"),
            (unreachable(TimeoutError("timed out")), TCP, "route"),
            (unreachable(OSError(113, "No route to host")), TCP, "route"),
            (unreachable(ConnectionRefusedError(111, "refused")), TCP, "port"),
            (unreachable(ConnectionRefusedError(111, "refused")), UDP, "port"),
            (unreachable(ConnectionResetError(104, "reset")), TCP, "answer"),
            (KeyRejected('rejects our key; compare "comm_key" with its Comm menu'), TCP, "key"),
            (TerminalBusy("silent to a greeting; another program may hold it"), TCP, "session"),
            (Silence("stopped answering"), TCP, "answer"),
            (Silence("stopped answering"), UDP, "route"),
            (HungUp("hung up"), TCP, "answer"),
            (TerminalRefused("speaks only encrypted; let it push"), TCP, "answer"),
            (MalformedReply("sends rubbish"), TCP, "answer"),
            (Silence("stopped answering"), LINE, "route"),
        ],
    )
    def test_the_first_bad_part_is_the_fault(self, error, place, broken):
        found = states(findings.of_error("front", error, place))
        assert [what for what, state in found.items() if state is State.FAULT] == [broken]
        assert list(found)[-1] == broken, "nothing is said of what lies behind"
        before = ["route", "port", "key"]
        wanted = {"route": 0, "port": 1, "answer": 2, "key": 2, "session": 3}[broken]
        assert list(found)[:-1] == before[:wanted]

    def test_what_to_do_is_told_apart_from_what_is(self):
        error = KeyRejected('10.0.0.9 rejects our key; compare "comm_key" with its Comm menu')
        *_, last = findings.of_error("front", error, TCP)
        assert (last.found, last.do) == (
            "10.0.0.9 rejects our key", 'compare "comm_key" with its Comm menu',
        )  # fmt: skip

    def test_all_good(self):
        found = list(findings.of_info("front", INFO, None, TCP))
        assert {one.state for one in found} == {State.OK}
        assert found[0].found == TCP.address
        told = {one.what: one.found for one in found}
        assert told["firmware"] == "X100-C ZEM560 Ver 6.60"
        assert told["records"] == "605 of 100000, 1% full"

    def test_a_line_has_no_port_and_no_key(self):
        assert not {"port", "key"} & states(findings.of_info("front", INFO, None, LINE)).keys()

    def test_another_terminal_than_the_section_says(self):
        found = states(findings.of_info("front", INFO, "OTHER", TCP))
        assert found["serial"] is State.FAULT
        assert states(findings.of_info("front", INFO, "ABC", TCP))["serial"] is State.OK


@pytest.mark.parametrize(
    ("records", "capacity", "state"),
    [
        (89, 100, State.OK),
        (90, 100, State.WARNING),
        (5, None, State.OK),
        (5, 0, State.OK),
        (None, 100, State.UNKNOWN),
    ],
)
def test_a_log_that_fills_up(records, capacity, state):
    info = replace(INFO, records=records, capacity=capacity)
    *_, last = findings.of_info("front", info, None, TCP)
    assert (last.what, last.state) == ("records", state)
    if state is State.WARNING:
        assert "clear it at its menu" in last.do
        *_, last = findings.of_info(
            "front", replace(info, can=frozenset({Capability.CLEAR})), None, TCP
        )
        assert "`hadir-bridge terminals clear front`" in last.do


@pytest.mark.parametrize(
    ("offset_s", "state"),
    [
        (None, State.UNKNOWN), (0, State.OK), (-29, State.OK), (30, State.WARNING),
        (-300, State.WARNING), (301, State.FAULT), (-301, State.FAULT),
    ],
)  # fmt: skip
def test_a_clock(offset_s, state):
    found = findings.of_clock("front", offset_s, 300)
    assert found.state is state
    assert bool(found.do) == (state in (State.WARNING, State.FAULT))


class TestReads:
    def found(self, known, poll_s=60):
        return states(findings.of_reads("front", known, poll_s, NOW))

    def test_read_in_time_and_known_to_its_end(self):
        assert self.found(KNOWN) == {"last read": State.OK, "coverage": State.OK}

    def test_never_read(self):
        assert self.found(None) == {"last read": State.WARNING}
        assert self.found(replace(KNOWN, read_at=None)) == {"last read": State.WARNING}

    def test_a_fault_that_says_nothing_of_what_to_do_gets_advice(self):
        mute = "10.0.0.9 stopped answering"
        (fault,) = [
            one
            for one in findings.of_error("front", TerminalUnreachable(mute), Place("", True))
            if one.state is State.FAULT
        ]
        last = next(findings.of_reads("front", replace(KNOWN, error=mute), 60, NOW))
        assert fault.found == mute
        for one in (fault, last):
            assert "hadir-bridge capture front" in one.do

    def test_what_keeps_it_from_being_read_is_told_with_what_to_do(self):
        mute = replace(KNOWN, read_at=None, error="10.0.0.9 hung up; look at its cable")
        (last,) = findings.of_reads("front", mute, 60, NOW)
        assert (last.found, last.do) == ("never; 10.0.0.9 hung up", "look at its cable")

    def test_not_read_for_too_long(self):
        late = replace(KNOWN, read_at=NOW - STALE_S - 1, known_until=NOW - STALE_S - 1)
        assert self.found(late) == {"last read": State.FAULT, "coverage": State.OK}
        assert self.found(late, poll_s=3_600)["last read"] is State.OK

    def test_why_it_fails_is_told(self):
        failing = replace(KNOWN, error="10.0.0.9 hung up; look at its cable", error_at=NOW)
        last = next(findings.of_reads("front", failing, 60, NOW))
        assert last == Finding(
            "front", "last read", State.FAULT, "60 s ago; since then 10.0.0.9 hung up",
            "look at its cable",
        )  # fmt: skip

    def test_reads_that_prove_nothing(self):
        assert self.found(replace(KNOWN, known_until=None))["coverage"] is State.WARNING
        assert self.found(replace(KNOWN, known_until=NOW - 9_000))["coverage"] is State.WARNING


def test_events_that_need_somebody_are_warnings():
    events = [
        PastEvent("front", kind, "what happened", NOW, NOW, 1)
        for kind in (*ADVICE, "clock-set", "clock")
    ]
    found = list(findings.of_events("front", events))
    assert [one.what for one in found] == list(ADVICE)
    assert all(one.state is State.WARNING and one.do for one in found)
    assert list(findings.of_events("back", events)) == []


def test_what_a_person_commanded_needs_nobody():
    event = PastEvent("front", "cleared", "by command; its 5 records are saved", NOW, NOW, 1)
    assert list(findings.of_events("front", [event])) == []


@pytest.mark.parametrize(
    ("waiting", "oldest_s", "state"),
    [
        (0, None, State.OK), (500, 3_600, State.OK), (5, 90_000, State.WARNING),
        (901, 60, State.FAULT),
    ],
)  # fmt: skip
def test_what_waits(waiting, oldest_s, state):
    oldest = None if oldest_s is None else NOW - oldest_s
    assert findings.of_backlog(waiting, 1_000, oldest, NOW).state is state


@pytest.mark.parametrize(
    ("free", "state"),
    [(10 << 30, State.OK), (900 << 20, State.WARNING), (100 << 20, State.FAULT)],
)
def test_the_disk(free, state):
    assert findings.of_disk(free, "/var/lib/hadir").state is state


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (CentreState(), State.UNKNOWN),
        (CentreState(ok_at=NOW, skew_s=3), State.OK),
        (CentreState(ok_at=NOW, skew_s=-61), State.FAULT),
    ],
)
def test_our_own_clock(known, state):
    assert findings.of_centre_state(known, NOW).state is state


def test_how_long_ago():
    assert [findings.age(one) for one in (-5, 0, 119, 120, 7_199, 7_200, 172_800)] == [
        "0 s", "0 s", "119 s", "2 minutes", "119 minutes", "2 hours", "2 days",
    ]  # fmt: skip


class TestCommand:
    @pytest.fixture(autouse=True)
    def centre(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        return taking

    def rows(self, desk) -> dict[tuple[str, str], dict[str, str]]:
        told = desk.types("doctor", "--json")
        found = [json.loads(line) for line in told.stdout.splitlines()]
        needs = [row for row in found if row["state"] in ("fault", "warning")]
        assert all(row["do"] for row in needs), "each with what to do about it"
        return {(row["about"], row["what"]): row for row in found}

    def faults(self, desk) -> set[tuple[str, str]]:
        return {key for key, row in self.rows(desk).items() if row["state"] == "fault"}

    def test_an_office_that_works_has_no_fault(self, desk, memory):
        memory.clear()  # its log holds a record of 2038 and a broken one
        memory.punch("1001", 0)
        assert desk.types("once").exit_code == 0
        told = desk.types("doctor")
        assert told.exit_code == 0, told.output
        assert told.stdout.splitlines()[0] == "ABOUT\tCHECK\tSTATE\tFOUND\tWHAT TO DO"
        assert "no fault, warnings: 1" in told.stderr  # the daemon does not run
        rows = self.rows(desk)
        for what in ("route", "port", "key", "serial", "firmware", "records", "clock", "layout",
                     "last read", "coverage", "backlog"):  # fmt: skip
            assert rows["front-door", what]["state"] == "ok", rows["front-door", what]
        assert rows["front-door", "layout"]["found"].endswith("40 bytes")
        for what in ("version", "disk", "backlog", "clock"):
            assert rows["bridge", what]["state"] == "ok", rows["bridge", what]
        assert rows["centre", "route"]["state"] == rows["centre", "key"]["state"] == "ok"

    def test_before_the_first_run_it_says_what_it_can(self, desk):
        told = desk.types("doctor")
        assert told.exit_code == 0
        assert "the bridge never ran" in told.stdout
        assert list(desk.state.iterdir()) == [desk.key], "it looks, and makes nothing"

    def test_each_way_to_fail_is_named(self, desk, scripted):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            closed = str(taken.getsockname()[1])
            desk.write(url=f'"{scripted.url}"', port=closed)
            assert self.faults(desk) == {("front-door", "port")}
        desk.write(url=f'"{scripted.url}"', host='"no.such.invalid"')
        assert self.faults(desk) == {("front-door", "route")}
        desk.write(url=f'"{scripted.url}"', comm_key="1")
        assert self.faults(desk) == {("front-door", "key")}
        assert 'compare "comm_key" with its Comm menu' in desk.types("doctor").stdout
        desk.write('serial = "OTHER"', url=f'"{scripted.url}"')
        assert self.faults(desk) == {("front-door", "serial")}

    def test_firmware_that_speaks_only_encrypted_is_named(self, desk, terminal):
        terminal.faults.add("secure")
        assert self.faults(desk) == {("front-door", "answer")}

    def test_a_terminal_that_calls_from_elsewhere_is_not_only_never(self, desk, scripted):
        desk.write(
            '[[terminal]]\nname = "hall"\ndriver = "adms"\nserial = "SERIAL1"\n'
            '[listener]\nlisten = "127.0.0.1:0"\n',
            url=f'"{scripted.url}"',
        )
        desk.types("once")
        called = Event("source", "127.0.0.9 called in its name", int(time.time()))
        with Outbox(desk.state / "outbox.db") as outbox:
            outbox.add([], mark=Mark("hall", events=(called,)))
        row = self.rows(desk)["hall", "source"]
        assert (row["state"], row["found"]) == ("warning", "127.0.0.9 called in its name")

    def test_a_clock_that_is_off_is_a_fault(self, desk, memory):
        memory.shift_clock(4_000)
        assert self.faults(desk) == {("front-door", "clock")}

    def test_a_centre_that_is_away_and_a_key_that_is_wrong(self, desk, centre):
        centre.public_key = bytes(32)
        assert self.faults(desk) == {("centre", "key")}
        desk.write()
        assert self.faults(desk) == {("centre", "route")}
        desk.key.chmod(0o640)
        assert self.faults(desk) == {("centre", "key")}
        desk.key.unlink()
        assert self.faults(desk) == {("centre", "key")}

    def test_an_outbox_that_began_anew_is_named(self, desk):
        desk.types("once")
        assert desk.types("outbox", "--begin-anew").exit_code == 0
        assert ("bridge", "anew") not in self.rows(desk)  # a person knows what a person did
        with Outbox(desk.state / "outbox.db") as outbox:
            outbox.begin_anew("row 4 is known with another past", int(time.time()))
        row = self.rows(desk)["bridge", "anew"]
        assert row["state"] == "warning"
        assert row["found"].startswith("row 4 is known with another past; 0 waiting")

    def test_what_the_centre_refuses_is_a_fault(self, desk, centre):
        centre.refuses["1002"] = "no such terminal"
        desk.types("once")
        assert ("front-door", "backlog") in self.faults(desk)

    def test_a_damaged_outbox_is_a_fault_and_the_rest_is_looked_at(self, desk):
        desk.types("once")
        (desk.state / "outbox.db").write_bytes(b"rubbish" * 1_000)
        rows = self.rows(desk)
        assert rows["bridge", "outbox"]["state"] == "fault"
        assert rows["front-door", "key"]["state"] == "ok"

    def test_a_full_disk_is_a_fault(self, desk, monkeypatch):
        usage = namedtuple("usage", "free")
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage(1 << 20))
        assert self.faults(desk) == {("bridge", "disk")}

    def test_a_terminal_that_is_being_read_is_not_disturbed(self, desk, memory):
        desk.types("once")
        seen = dict(memory.commands_seen)
        with locks.session(desk.state, "front-door", "run"):
            told = desk.types("doctor", "--json")
        rows = {row["what"]: row for row in map(json.loads, told.stdout.splitlines())
                if row["about"] == "front-door"}  # fmt: skip
        assert rows["session"]["state"] == "ok"
        assert "is being read by hadir-bridge run" in rows["session"]["found"]
        assert rows["last read"]["state"] == "ok"
        assert memory.commands_seen == seen

    def test_events_of_the_last_week_are_told(self, desk):
        desk.types("once")
        with Outbox(desk.state / "outbox.db") as outbox:
            event = Event("replaced", "terminal replaced: OLD before", 2**31)
            outbox.add([], mark=Mark("front-door", events=(event,)))
        row = self.rows(desk)["front-door", "replaced"]
        assert (row["state"], row["do"]) == ("warning", ADVICE["replaced"])

    def test_what_works_and_is_not_right_is_a_warning(self, desk):
        desk.file.chmod(0o644)
        row = self.rows(desk)["bridge", "configuration"]
        assert row["state"] == "warning"
        assert "every user of this computer may read it" in row["found"]

    def test_a_mute_terminal_is_named_and_the_others_are_looked_at(self, desk, scripted):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            section = (
                '[[terminal]]\nname = "mute"\ndriver = "zk"\nhost = "127.0.0.1"\n'
                f"port = {mute.getsockname()[1]}\ntimeout_s = 1\n"
            )
            desk.write(section, url=f'"{scripted.url}"')
            assert self.faults(desk) == {("mute", "session")}

    def test_terminals_are_visited_at_once(self, desk, scripted, monkeypatch):
        """All are inside before one is let out: a mute one costs its own time and no other's."""
        together = threading.Barrier(4, timeout=30)

        def visit(config, terminal):
            together.wait()
            return []

        monkeypatch.setattr(doctor, "_visit", visit)
        more = "".join(
            f'[[terminal]]\nname = "t{number}"\ndriver = "zk"\nhost = "127.0.0.{number}"\n'
            for number in (2, 3, 4)
        )
        desk.write(more, url=f'"{scripted.url}"')
        assert desk.types("doctor").exit_code == 0

    def test_terminals_that_call_are_told_by_their_calls(self, desk, scripted):
        desk.write(
            '[[terminal]]\nname = "hall"\ndriver = "adms"\nserial = "SERIAL1"\n'
            '[listener]\nlisten = "127.0.0.1:0"\n',
            url=f'"{scripted.url}"',
        )
        desk.types("once")
        row = self.rows(desk)["hall", "last call"]
        assert (row["state"], row["found"]) == ("fault", "never")
        with Outbox(desk.state / "outbox.db") as outbox:
            outbox.callers.knock("STRANGE1", "adms", "127.0.0.9", "a face terminal", 2**31)
        row = self.rows(desk)["bridge", "callers"]
        assert "STRANGE1 calls from 127.0.0.9" in row["found"]
        assert "terminals approve STRANGE1" in row["do"]

    def test_a_folder_is_looked_at(self, desk, scripted, tmp_path):
        folder = tmp_path / "drop"
        section = (
            f'[[terminal]]\nname = "field"\ndriver = "usb"\nserial = "F1"\npath = "{folder}"\n'
        )
        desk.write(section, url=f'"{scripted.url}"')
        assert self.faults(desk) == {("field", "route")}
        folder.mkdir()
        assert self.faults(desk) == set()

    def test_a_faulty_configuration_is_a_misuse(self, desk):
        desk.file.write_text("[bridge]\n")
        assert desk.types("doctor").exit_code == 2
