"""The pyzk driver against the simulated terminal, well and ill."""

import subprocess
from datetime import datetime, timedelta

import pytest

from drivers.base import BadRecord, Capability, ListLog, User
from drivers.errors import (
    DriverError,
    MalformedReply,
    MustPush,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
    UndecidableLog,
)
from drivers.pyzk.terminal import PyzkTerminal
from drivers.simulator.faults import MENU, Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch
from drivers.simulator.zk import ZkServer
from drivers.testing import SAMPLE_LOG
from drivers.zk.terminal import ZkTerminal

NOON = datetime(2026, 11, 20, 12, 0, 0)
TRANSPORTS = ["tcp", "udp"]
HARMLESS = ("split", "merge", "duplicate", "stray-ack", "stray-event")
NEVER = {8, 12, 14, 15, 18, 19, 20, 31, 60, 61, 62, 202, 1002, 1003, 1004, 1005}
"""Commands that change a terminal, or lock it before the people in front of it."""


def memory_of(number: int, layout: str = "40", **more: object) -> Memory:
    memory = Memory(layout=layout, clock=lambda: NOON, **more)
    memory.load(
        Touch(str(1_000 + place % 50), NOON - timedelta(seconds=7 * place), place % 2, 1)
        for place in range(number)
    )
    return memory


def opened(server: ZkServer, transport: str = "tcp", **more: object) -> PyzkTerminal:
    return PyzkTerminal(
        PyzkTerminal.Options("127.0.0.1", server.port, transport, **{"timeout_s": 5.0, **more})
    )


def read(memory: Memory, *faults: str, transport: str = "tcp", **more: object) -> ListLog:
    with (
        ZkServer(memory, Faults(*faults), data_max=1_008) as server,
        opened(server, transport, **more) as terminal,
    ):
        return terminal.read()


def told(memory: Memory) -> list[tuple[object, ...]]:
    return [(one.user_id, one.local_time, one.state, one.verify) for one in memory.touches()]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("number", [1, 2, 3, 20, 4_000], ids=lambda number: f"{number} records")
@pytest.mark.parametrize("layout", ["8a", "16", "40"])
def test_reads_what_our_own_driver_reads(layout, number, transport):
    memory = memory_of(number, layout)
    with ZkServer(memory) as server:
        with opened(server, transport) as terminal:
            log = terminal.read()
        with ZkTerminal(ZkTerminal.Options("127.0.0.1", server.port, transport)) as terminal:
            ours = terminal.read()
    assert list(log.entries()) == list(ours.entries())
    assert log.digest(len(log)) == ours.digest(len(ours))
    assert (log.serial, log.claimed, log.positional) == (ours.serial, number, True)
    assert b"".join(log.raw(place) for place in range(len(log))) == memory.log()
    assert [entry[:4] for entry in log.entries()] == told(memory)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("fault", MENU)
def test_whatever_happens_a_log_is_read_right_or_not_at_all(fault, transport):
    memory = memory_of(300)
    try:
        patience_s = 20.0 if fault in HARMLESS else 0.1  # nobody waits for it in vain
        log = read(memory, fault, transport=transport, timeout_s=patience_s)
    except DriverError:
        assert fault not in HARMLESS
    else:
        found = [one for one in log.entries() if not isinstance(one, BadRecord)]  # a blank slot
        assert [entry[:4] for entry in found] == told(memory)
    assert not NEVER & set(memory.commands_seen)


@pytest.mark.parametrize("size", [1, 30, 900, 2_000, 9_000])
def test_a_terminal_that_hangs_up_ends_the_read(size):
    with pytest.raises(TerminalUnreachable, match=r"hung up|broke off"):
        read(memory_of(300), f"cut={size}")


@pytest.mark.parametrize("size", [30, 900, 9_000])
def test_a_terminal_that_falls_silent_ends_the_read(size):
    with pytest.raises(TerminalUnreachable):
        read(memory_of(300), f"stall={size}", timeout_s=0.1)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("damage", MalformedReply, "checksum is wrong"),
        ("rubbish", MalformedReply, "sent no ZK packet"),
        ("huge-frame", MalformedReply, "length 2147483648"),
        ("short-chunk", TerminalUnreachable, "100 bytes fewer than announced"),
        ("wrong-count=-1", TerminalBusy, "recorded something while we read its log"),
        ("wrong-count=1", UndecidableLog, 'counts 301 and hands out 12000 bytes of log.*"zk"'),
        ("zero-count", UndecidableLog, "counts 0 and hands out 12000 bytes"),
        ("access-control", TerminalRefused, "code 4989"),
        ("refuse-read", TerminalRefused, 'code 65535 .*try driver = "zk"'),
        ("secure", MustPush, "encrypted firmware .code 6001.; .* must push$"),
        ("late-punch", TerminalBusy, "try again"),
    ],
)
def test_a_fault_is_named(fault, error, message):
    with pytest.raises(error, match=message):
        read(memory_of(300), fault)


@pytest.mark.parametrize("fault", ["short-chunk", "missing-ack", "refuse-chunk", "wrong-count"])
def test_a_session_is_ended_and_its_copy_freed_after_a_fault(fault):
    memory = memory_of(300)
    with pytest.raises(DriverError):
        read(memory, fault, timeout_s=0.1)
    assert memory.commands_seen[1502] >= 1
    assert memory.commands_seen[1001] == 1


def test_one_record_of_8_bytes_and_one_more_are_no_record_of_16():
    memory = memory_of(1, "8a")
    with pytest.raises(TerminalBusy, match="recorded something"):
        read(memory, "late-punch")
    assert len(read(memory)) == 2


@pytest.mark.parametrize("layout", ["8b", "22", "49"])
def test_records_that_pyzk_would_misread_are_refused(layout):
    with pytest.raises(UndecidableLog, match='set driver = "zk"'):
        read(memory_of(40, layout))


def test_one_impossible_date_is_told_and_nothing_is_handed_out():
    memory = memory_of(5)
    memory.add_bad("date")
    with pytest.raises(MalformedReply, match="a date that does not exist, and pyzk gives up"):
        read(memory)


def test_blank_slots_and_unreadable_ids_are_bad_records():
    memory = memory_of(2)
    memory.add_bad("blank")
    memory.add_bad("user-id")  # pyzk drops what it cannot decode, and what is left is another id
    log = read(memory)
    entries = list(log.entries())
    assert [entry.kind for entry in entries if isinstance(entry, BadRecord)] == ["blank", "user-id"]
    assert len(log) == 4
    assert b"".join(entry.raw for entry in entries) == memory.log()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_empty_log_is_read_as_empty(transport):
    log = read(memory_of(0), transport=transport)
    assert (len(log), log.claimed) == (0, 0)


def test_tells_who_it_is():
    memory = memory_of(3, serial="A6DG190960001", capacity=500)
    memory.enrol("198001012005011001", "Siti")
    memory.enrol("007")
    with ZkServer(memory) as server, opened(server) as terminal:
        info, users, clock = terminal.info(), terminal.users(), terminal.clock()
    assert (info.serial, info.records, info.capacity) == ("A6DG190960001", 3, 500)
    assert info.users == len(memory.people()) == len(users)
    assert info.model == memory.profile.model
    assert info.platform == memory.profile.platform
    assert info.firmware == memory.profile.firmware
    assert {User("198001012005011001", 4, "Siti"), User("007", 5, "")} <= set(users)
    assert clock == NOON


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_comm_key_opens_and_a_wrong_one_is_named(transport):
    memory = memory_of(3, comm_key=123_456)
    assert len(read(memory, comm_key=123_456, transport=transport)) == 3
    with pytest.raises(TerminalRefused, match='rejects our key; compare "comm_key"') as refusal:
        read(memory, comm_key=654_321, transport=transport)
    assert "654" not in str(refusal.value)


def test_a_key_is_not_shown():
    assert "123456" not in repr(PyzkTerminal.Options("10.0.0.1", comm_key=123_456))


def test_a_terminal_without_a_serial_number_is_refused():
    memory = memory_of(3)
    memory.set_option("~SerialNumber", "")
    with pytest.raises(TerminalRefused, match="tells no serial number"):
        read(memory)
    assert memory.commands_seen[1001] == 1


def test_a_terminal_that_does_not_count_says_so():
    memory = memory_of(3, sizes_length=4)
    with ZkServer(memory) as server, opened(server) as terminal:
        assert terminal.info().can == {Capability.CLOCK}
        assert terminal.info().records is None
        with pytest.raises(NotSupported, match="how many users"):
            terminal.users()
        with pytest.raises(TerminalRefused, match="does not tell how many records"):
            terminal.read()


def test_a_port_where_nobody_listens_is_named():
    with ZkServer(memory_of(0)) as server:
        options = PyzkTerminal.Options("127.0.0.1", server.port, timeout_s=1.0)
    with pytest.raises(TerminalUnreachable, match="refuses the connection"):
        PyzkTerminal(options)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"host": "127.0.0.1; touch /tmp/x"}, "host"),
        ({"host": "-c1"}, "host"),
        ({"host": ""}, "host"),
        ({"host": "a", "port": 0}, "port"),
        ({"host": "a", "port": 65_536}, "port"),
        ({"host": "a", "timeout_s": 0.0}, "timeout_s"),
        ({"host": "a", "timeout_s": float("nan")}, "timeout_s"),
    ],
)
def test_a_setting_that_cannot_be_is_named(options, key):
    with pytest.raises(ValueError, match=f"^{key}: "):
        PyzkTerminal.Options(**options)


def test_no_process_is_started_and_nothing_is_printed(monkeypatch, capfd):
    def started(*_: object, **__: object) -> None:
        raise AssertionError("pyzk pings through a shell")

    monkeypatch.setattr(subprocess, "call", started)
    monkeypatch.setattr(subprocess, "Popen", started)
    assert len(read(memory_of(30))) == 30
    assert capfd.readouterr() == ("", "")


def test_reads_the_sample_with_numbers_only_on_older_terminals():
    memory = Memory(layout="16", clock=lambda: NOON)
    older = [punch for punch in SAMPLE_LOG if len(punch.user_id) < 10]
    memory.load(Touch(one.user_id, one.local_time, one.state, one.verify) for one in older)
    assert [entry[:4] for entry in read(memory).entries()] == [
        (str(int(one.user_id)), *one[1:4]) for one in older
    ]
