"""An office that reads by web service: what is new, what was cut, what was cleared."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bridge import statedir
from bridge.assembly import Parts, assemble
from bridge.config import load
from bridge.cursor import Kind
from bridge.outbox import Outbox
from drivers.errors import TerminalUnreachable
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.soap import MENU, SoapServer
from drivers.simulator.touches import Touch

KEY = 77
FIRST = datetime(2026, 3, 2, 7, 0)


@pytest.fixture
def web(memory: Memory) -> Iterator[SoapServer]:
    """A terminal of thirty punches behind a web server."""
    memory.clear()
    memory.load(Touch(str(one % 5), FIRST + timedelta(minutes=one)) for one in range(30))
    with SoapServer(memory, Faults(menu=MENU)) as server:
        yield server


@pytest.fixture
def parts(desk, web: SoapServer) -> Iterator[Parts]:
    desk.write(f"""
[[terminal]]
name = "side-door"
driver = "soap"
host = "127.0.0.1"
port = {web.port}
comm_key = {KEY}
timeout_s = 2
""")
    config = load(desk.file, {})
    parts = assemble(config, Outbox(statedir.prepare(config.state_dir)), "run")
    yield parts
    parts.close()


def test_only_what_is_new_is_taken_and_a_cut_answer_changes_nothing(parts, web):
    poller = parts.readers[1].poller
    first = poller.read()
    assert (first.new, first.kind, first.uncovered) == (30, Kind.FIRST, "")
    web.memory.punch("9", 1, FIRST + timedelta(hours=9))
    cursor = parts.outbox.ledger.cursor("side-door")
    for fault in ("cut=2000", "no-end", "stall=2000"):
        web.faults.add(fault)
        with pytest.raises(TerminalUnreachable):
            poller.read()
        web.faults.clear()
        assert parts.outbox.ledger.cursor("side-door") == cursor
        assert parts.outbox.counts().waiting == 30
    second = poller.read()
    assert (second.new, second.handed, second.kind) == (1, 1, Kind.CONTINUES)


def test_another_layout_of_lines_is_the_same_log(parts, web):
    poller = parts.readers[1].poller
    poller.read()
    for fault in ("one-line", "envelope", "names"):
        web.faults.add(fault)
    again = poller.read()
    assert (again.new, again.handed, again.kind) == (0, 0, Kind.CONTINUES)


def test_a_log_that_was_cleared_is_named(parts, web):
    poller = parts.readers[1].poller
    poller.read()
    web.memory.clear()
    assert [event.kind for event in poller.read().events] == ["empty"]
    web.memory.punch("9", 1, FIRST + timedelta(hours=9))
    taken = poller.read()
    assert taken.kind is Kind.CLEARED
    assert parts.outbox.counts().waiting == 31


def test_the_commands_speak_to_it_like_to_any_other(desk, parts, web):
    read = desk.types("read", "side-door")
    assert read.exit_code == 0, read.stderr
    assert "serial SIM0000000001, records 30, bad 0" in read.stderr
    checked = desk.types("check", "--connect")
    assert "side-door: serial SIM0000000001" in checked.stdout
    web.memory.comm_key = 1
    refused = desk.types("read", "side-door")
    assert refused.exit_code == 1
    assert 'compare "comm_key" with its menu' in refused.stderr
    assert str(KEY) not in refused.stderr.replace(str(web.port), "")
