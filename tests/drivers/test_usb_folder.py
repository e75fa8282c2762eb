import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from drivers import registry
from drivers.base import DateOrder, RawPunch, records_digest
from drivers.errors import (
    DriverError,
    MalformedReply,
    NotSupported,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
    UndecidableLog,
)
from drivers.testing import SAMPLE_LOG, TerminalContract
from drivers.usb import terminal as usb
from drivers.usb.terminal import UsbFolder, read_file

SAMPLES = Path(__file__).parents[1] / "samples"
SERIAL = "A6DG190960001"


def attlog(punches: tuple[RawPunch, ...]) -> bytes:
    return b"".join(
        f"{punch.user_id:>9}\t{punch.local_time}\t1\t{punch.state}\t{punch.verify}\t0\r\n".encode()
        for punch in punches
    )


def g_log(punches: tuple[RawPunch, ...]) -> bytes:
    rows = [
        f"{number}\t1\t{one.user_id}\t\t1\t{one.verify}\t{'SE'[one.state]}\t0\t0\t"
        f"{one.local_time:%d/%m/%Y %H:%M:%S}\tTime\r\n"
        for number, one in enumerate(punches, 1)
    ]
    head = "No\tTMNo\tEnNo\tName\t\tGMNo\tMode\tIN/OUT\tAntipass\tDaiGong\tDateTime\tTR\t\r\n"
    return "".join([head, *rows]).encode()


def opened(folder: Path, date_order: DateOrder = "auto") -> UsbFolder:
    return UsbFolder(UsbFolder.Options(str(folder), SERIAL, date_order))


class TestContract(TerminalContract):
    @pytest.fixture
    def terminal(self, tmp_path):
        (tmp_path / "1_attlog.dat").write_bytes(attlog(SAMPLE_LOG))
        with opened(tmp_path) as terminal:
            yield terminal


class TestContractOfSeveralFiles(TerminalContract):
    @pytest.fixture
    def terminal(self, tmp_path):
        (tmp_path / "1_attlog.dat").write_bytes(attlog(SAMPLE_LOG[:3]))
        (tmp_path / "2_ATTLOG.DAT").write_bytes(attlog(SAMPLE_LOG[3:4]).replace(b"\t1\t", b"\t2\t"))
        (tmp_path / f"{SERIAL}_attlog.dat").write_bytes(attlog(SAMPLE_LOG[4:]))
        (tmp_path / "user.dat").write_bytes(b"not looked at")
        with opened(tmp_path) as terminal:
            yield terminal


class TestContractOfGLogs(TerminalContract):
    # S and E are all there is: no key for "none"
    expected = tuple(one for one in SAMPLE_LOG if one.state in (0, 1))

    @pytest.fixture
    def terminal(self, tmp_path):
        (tmp_path / "AGL_001.TXT").write_bytes(g_log(self.expected[:4]))
        (tmp_path / "glg_001.txt").write_bytes(g_log(self.expected[4:]))
        with opened(tmp_path, "dmy") as terminal:
            yield terminal


def test_the_order_of_dates_is_asked_for_where_a_file_does_not_tell_it(tmp_path):
    punch = SAMPLE_LOG[0]._replace(local_time=datetime(2024, 3, 4, 7, 0))
    (tmp_path / "GLG_001.TXT").write_bytes(g_log((punch,)))
    with opened(tmp_path) as terminal, pytest.raises(UndecidableLog, match="date_order"):
        terminal.read()
    for order, month in (("dmy", 3), ("mdy", 4)):
        with opened(tmp_path, order) as terminal:
            (entry,) = terminal.read().entries()
        assert entry.local_time.month == month


def test_a_file_of_persons_is_not_opened(tmp_path, monkeypatch):
    def opened_all_the_same(*_: object, **__: object) -> int:
        raise AssertionError("was opened")

    monkeypatch.setattr(os, "open", opened_all_the_same)
    with pytest.raises(UndecidableLog, match="not opened"):
        read_file(tmp_path / "template.fp10", SERIAL)


def test_reads_a_file_of_a_stick():
    log = read_file(SAMPLES / "usb-attlog-solution-5col.dat", SERIAL)
    assert len(log) == 560
    assert log.serial == SERIAL


def test_the_registry_finds_the_reader_of_files():
    assert registry.importer("usb") is read_file


def test_files_are_joined_by_name_and_doubles_stay(tmp_path):
    first = SAMPLES / "usb-attlog-clock-backwards.dat"
    second = SAMPLES / "usb-attlog-fingerprint.dat"
    shutil.copy(first, tmp_path / "b_attlog.dat")
    shutil.copy(second, tmp_path / "a_attlog.dat")
    shutil.copy(second, tmp_path / "c_attlog.dat")
    with opened(tmp_path) as terminal:
        log = terminal.read()
    lines = [*second.read_bytes().splitlines(), *first.read_bytes().splitlines()]
    lines += second.read_bytes().splitlines()
    assert [entry.raw for entry in log.entries()] == lines
    assert [entry.raw for entry in log.entries(440)] == lines[440:]
    assert log.digest(500) == records_digest(iter(lines[:500]))
    assert (log.positional, log.claimed) == (False, None)


def test_a_folder_without_files_is_no_empty_log(tmp_path):
    with opened(tmp_path) as terminal, pytest.raises(TerminalUnreachable, match="is the stick in"):
        terminal.read()


def test_one_bad_file_fails_the_whole_read(tmp_path):
    (tmp_path / "1_attlog.dat").write_bytes(attlog(SAMPLE_LOG))
    (tmp_path / "2_attlog.dat").write_bytes(b"")
    with opened(tmp_path) as terminal, pytest.raises(UndecidableLog, match=r"2_attlog\.dat"):
        terminal.read()


def test_a_file_that_vanished_fails_the_whole_read(tmp_path):
    (tmp_path / "1_attlog.dat").write_bytes(attlog(SAMPLE_LOG))
    (tmp_path / "2_attlog.dat").symlink_to("gone")
    with opened(tmp_path) as terminal, pytest.raises(TerminalUnreachable, match=r"2_attlog\.dat"):
        terminal.read()


def test_a_file_of_another_terminal_is_refused(tmp_path):
    (tmp_path / "NYU7244800354_attlog.dat").write_bytes(attlog(SAMPLE_LOG))
    with opened(tmp_path) as terminal, pytest.raises(UndecidableLog, match="NYU7244800354"):
        terminal.read()


def test_it_has_neither_clock_nor_users(tmp_path):
    with opened(tmp_path) as terminal:
        assert terminal.info().can == frozenset()
        for ask in (terminal.clock, terminal.users):
            with pytest.raises(NotSupported, match=str(tmp_path)):
                ask()


@pytest.mark.parametrize("serial", ["", "A" * 65, "A\n1"])
def test_a_serial_that_is_none_is_refused(tmp_path, serial):
    with pytest.raises(TerminalRefused, match="serial"):
        UsbFolder(UsbFolder.Options(path=str(tmp_path), serial=serial))


def test_a_folder_that_is_none_is_refused(tmp_path):
    file = tmp_path / "1_attlog.dat"
    file.write_bytes(b"x")
    with pytest.raises(TerminalRefused, match="not a folder"):
        opened(file)
    with pytest.raises(TerminalUnreachable, match="no such file or folder"):
        opened(tmp_path / "gone")
    with pytest.raises(TerminalRefused, match="path"):
        opened(Path("a\0b"))


def test_a_file_that_cannot_be_read_gets_a_sentence(tmp_path):
    with pytest.raises(TerminalUnreachable, match=r"gone\.dat: there is no such file"):
        read_file(tmp_path / "gone.dat", SERIAL)
    with pytest.raises(TerminalRefused, match="is a folder"):
        read_file(tmp_path, SERIAL)
    pipe = tmp_path / "attlog.dat"
    os.mkfifo(pipe)
    with pytest.raises(TerminalRefused, match="is not a file"):
        read_file(pipe, SERIAL)
    (tmp_path / "loop_attlog.dat").symlink_to("loop_attlog.dat")
    with pytest.raises(DriverError, match="cannot be read"):
        read_file(tmp_path / "loop_attlog.dat", SERIAL)


def test_a_file_the_user_may_not_read_gets_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "attlog.dat"
    path.write_bytes(attlog(SAMPLE_LOG))

    def forbidden(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)  # a mode would not stop root
    with pytest.raises(TerminalRefused, match="may not be read by this user"):
        read_file(path, SERIAL)


def test_a_file_beyond_any_terminal_is_refused_unread(tmp_path):
    path = tmp_path / "attlog.dat"
    with path.open("wb") as file:
        file.truncate((256 << 20) + 1)  # takes no room on the disk
    with pytest.raises(MalformedReply, match="more than 256 MiB"):
        read_file(path, SERIAL)
    with opened(tmp_path) as terminal, pytest.raises(MalformedReply, match="more than 256 MiB"):
        terminal.read()


def test_a_file_that_grows_while_it_is_read_is_left_for_later(tmp_path, monkeypatch):
    path = tmp_path / "1_attlog.dat"
    path.write_bytes(attlog(SAMPLE_LOG))
    original, calls = os.fstat, []

    def growing(descriptor: int) -> os.stat_result:
        calls.append(descriptor)
        if len(calls) > 1:
            with path.open("ab") as file:
                file.write(attlog(SAMPLE_LOG[:1]))
        return original(descriptor)

    monkeypatch.setattr(usb.os, "fstat", growing)
    with pytest.raises(TerminalBusy, match="being written just now"):
        read_file(path, SERIAL)
    assert len(calls) == 2
