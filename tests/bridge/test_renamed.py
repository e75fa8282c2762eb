"""A terminal that hung elsewhere before: it goes by its new name, if it is it and begins here."""

import inspect
from datetime import date, datetime
from typing import Any

import pytest

from bridge.config import ConfigError, load
from bridge.renamed import RenamedTerminal
from drivers.base import (
    BadRecord,
    Entry,
    Known,
    ListLog,
    Log,
    RawPunch,
    Terminal,
    TerminalInfo,
    User,
)
from drivers.errors import TerminalRefused, TerminalUnreachable

SERIAL, NAME, SINCE = "SIM1", "SIM1-B", date(2026, 7, 2)
CONFIG = """
[bridge]
office = "4.01.02"
timezone = "Asia/Makassar"
[centre]
url = "https://absensi.example.go.id"
[[terminal]]
name = "lobi"
driver = "zk"
host = "192.168.1.201"
"""
RENAMED = f'serial = "{SERIAL}"\nknown_as = "{NAME}"\nknown_from = "2026-07-02"\n'


def touch(day: int, hour: int = 7) -> RawPunch:
    return RawPunch("7", datetime(2026, 7, day, hour), 0, 1, "", b"x")


class Hung(Terminal):
    """A terminal that holds what it is given."""

    Options = object

    def __init__(self, *entries: Entry, start: int = 0) -> None:
        self.log = ListLog(SERIAL, entries)
        self.log.start = start
        self.closed = False

    def info(self) -> TerminalInfo:
        return TerminalInfo(SERIAL, model="X", records=len(self.log))

    def clock(self) -> datetime:
        return datetime(2026, 7, 3)

    def read(self) -> Log:
        return self.log

    def users(self) -> list[User]:
        return [User("7")]

    def close(self) -> None:
        self.closed = True


def renamed(hung: Hung) -> RenamedTerminal:
    return RenamedTerminal(hung, SERIAL, NAME, SINCE)


def test_info_and_log_bear_the_new_name_and_nothing_else_is_different() -> None:
    hung = Hung(touch(2), touch(3))
    with renamed(hung) as opened:
        assert opened.info() == TerminalInfo(NAME, model="X", records=2)
        for log in (opened.read(), opened.read_on(Known(1, (b"x",), ""))):
            assert (log.serial, list(log.entries())) == (NAME, [touch(2), touch(3)])
        assert opened.users() == [User("7")]
    assert hung.closed


def test_another_terminal_does_not_come_under_the_name() -> None:
    hung = Hung()
    with pytest.raises(TerminalRefused, match="it is SIM1, and only SIM9 is known as SIM1-B"):
        RenamedTerminal(hung, "SIM9", NAME, SINCE)
    assert hung.closed


class Mute(Hung):
    """It breaks off before it tells who it is."""

    def info(self) -> TerminalInfo:
        raise TerminalUnreachable("no answer")


def test_one_that_does_not_tell_who_it_is_is_let_go() -> None:
    hung = Mute()
    with pytest.raises(TerminalUnreachable):
        renamed(hung)
    assert hung.closed


@pytest.mark.parametrize(
    "before",
    [(), (BadRecord(b"", "blank", "never written", ""),)],
    ids=["first", "after a bad one"],
)
def test_a_log_that_begins_in_the_old_place_is_not_taken(before: tuple[Entry, ...]) -> None:
    opened = renamed(Hung(*before, touch(1, 23), touch(2)))
    with pytest.raises(TerminalRefused, match="its log begins on 2026-07-01"):
        opened.read()


def test_an_empty_log_and_the_end_of_one_are_taken() -> None:
    assert len(renamed(Hung()).read()) == 0
    assert renamed(Hung(touch(1), start=5)).read().serial == NAME  # its beginning was looked at


def test_every_question_reaches_the_terminal_itself() -> None:
    asked = {
        name
        for name, _ in inspect.getmembers(Terminal, inspect.isfunction)
        if not name.startswith("_")
    }
    assert asked - set(vars(RenamedTerminal)) == set()


def configured(tmp_path: Any, text: str) -> Any:
    path = tmp_path / "bridge.toml"
    path.write_text(text)
    return load(path, environment={})


def test_a_section_says_its_own_serial_its_name_here_and_since_when(tmp_path: Any) -> None:
    (terminal,) = configured(tmp_path, CONFIG + RENAMED).terminals
    assert terminal.serial == NAME
    assert (terminal.renamed.serial, terminal.renamed.since) == (SERIAL, SINCE)
    (plain,) = configured(tmp_path, CONFIG + f'serial = "{SERIAL}"\n').terminals
    assert (plain.serial, plain.renamed) == (SERIAL, None)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('known_from = "2026-07-02"\n', "", "known_as: it comes with known_from"),
        (f'known_as = "{NAME}"\n', "", "known_as: it comes with known_from"),
        (f'serial = "{SERIAL}"\n', "", "serial has to name the terminal itself"),
        (f'serial = "{SERIAL}"', f'serial = "{NAME}"', "serial has to name the terminal itself"),
        (f'"{NAME}"', '"a b"', "'a b' is no serial number"),
        (f'"{NAME}"', '"=1"', "'=1' is no serial number"),
        ("2026-07-02", "2 Juli", '"2 Juli" is no day'),
        ('driver = "zk"', 'driver = "usb"', 'a "usb" terminal is known by its serial alone'),
        ('driver = "zk"', 'driver = "adms"', 'a "adms" terminal is known by its serial alone'),
    ],
)
def test_what_cannot_be_is_a_fault(tmp_path: Any, was: str, becomes: str, told: str) -> None:
    text = CONFIG + RENAMED
    assert was in text
    with pytest.raises(ConfigError) as found:
        configured(tmp_path, text.replace(was, becomes))
    assert any(told in one for one in found.value.faults), found.value.faults


def test_two_terminals_do_not_share_a_name(tmp_path: Any) -> None:
    """What one has told would else stand for the other: nobody touched it, and it is read."""
    other = """
[[terminal]]
name = "belakang"
driver = "zk"
host = "192.168.1.202"
"""
    text = CONFIG + RENAMED + other + RENAMED.replace(f'serial = "{SERIAL}"', 'serial = "SIM2"')
    with pytest.raises(ConfigError) as found:
        configured(tmp_path, text)
    told = f"terminal[2].known_as: {NAME} is terminal[1] already, each stands once"
    assert found.value.faults == [told]
