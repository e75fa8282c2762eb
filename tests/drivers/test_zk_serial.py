"""The ZK codec over a serial byte stream: unproven, and said so."""

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from drivers import registry
from drivers.base import Capability, ListLog, RawPunch, Terminal
from drivers.errors import DriverError, MalformedReply, NotSupported
from drivers.serial_link import warn_of
from drivers.simulator.lines import ZkUnit
from drivers.simulator.memory import Memory
from drivers.simulator.serial import PtyServer, Rfc2217Server, Weather
from drivers.simulator.touches import Touch
from drivers.testing import SAMPLE_LOG, TerminalContract
from drivers.zk.terminal import ZkTerminal

NOON = datetime(2026, 11, 20, 12, 0, 0)
KEY = 123_456


def loaded(punches: tuple[RawPunch, ...] = SAMPLE_LOG) -> Memory:
    memory = Memory(comm_key=KEY, clock=lambda: NOON)
    memory.load(Touch(one.user_id, one.local_time, one.state, one.verify) for one in punches)
    return memory


def opened(url: str, **other: Any) -> ZkTerminal:
    settings: dict[str, Any] = {"port_url": url, "comm_key": KEY, "timeout_s": 2.0}
    return ZkTerminal(ZkTerminal.Options(transport="serial", **{**settings, **other}))


class TestZkOnAPort(TerminalContract):
    @pytest.fixture
    def terminal(self) -> Iterator[Terminal]:
        memory = loaded()
        weather = Weather(split=True, echo=True)
        with PtyServer(ZkUnit(memory), weather=weather) as server, opened(server.url) as terminal:
            yield terminal
        assert not {12, 14, 15, 202, 1002, 1003} & set(memory.commands_seen)
        assert memory.commands_seen[1001] == 1


@pytest.mark.filterwarnings(r"ignore:set(Daemon|Name)\(\):DeprecationWarning")  # in pyserial
def test_reads_a_longer_log_over_rfc_2217() -> None:
    many = tuple(SAMPLE_LOG[2]._replace(user_id=str(number + 1)) for number in range(500))
    with Rfc2217Server(ZkUnit(loaded(many))) as server, opened(server.url) as terminal:
        found = [one.user_id for one in terminal.read().entries()]
    assert found == [str(number + 1) for number in range(500)]


@pytest.mark.parametrize(
    "weather",
    [Weather(noise=1), Weather(garble=1), Weather(lose=1)],
    ids=["noise", "garble", "lose"],
)
def test_a_bad_line_ends_in_time_and_never_in_a_log(weather: Weather) -> None:
    with PtyServer(ZkUnit(loaded()), weather=weather) as server, pytest.raises(DriverError):
        opened(server.url, timeout_s=0.3)


def test_bytes_of_another_framing_are_kept_for_us() -> None:
    class Other:
        def hear(self, data: bytes) -> list[bytes]:
            return [b"\xa5\x01" + data]

    with PtyServer(Other()) as server, pytest.raises(MalformedReply) as caught:
        opened(server.url)
    assert caught.value.raw.startswith(b"\xa5\x01")


def test_says_that_it_is_unproven(caplog: pytest.LogCaptureFixture) -> None:
    warn_of.cache_clear()  # another test may have had the same port
    with PtyServer(ZkUnit(loaded())) as server, caplog.at_level(logging.WARNING):
        for _ in range(2):
            with opened(server.url) as terminal:
                terminal.info()
        assert caplog.text.count("unproven") == 1, "said once, not at every poll"
        assert "hadir-bridge capture" in caplog.text
    assert "unproven" in ZkTerminal.Options(transport="serial", port_url="/dev/ttyS0").caution
    assert ZkTerminal.Options(host="h").caution == ""


def test_changes_nothing_over_it() -> None:
    memory = loaded()
    with PtyServer(ZkUnit(memory)) as server, opened(server.url) as terminal:
        assert not terminal.info().can & {
            Capability.SET_CLOCK,
            Capability.CLEAR,
            Capability.LIVE,
        }
        with pytest.raises(NotSupported, match="unproven"):
            terminal.set_clock(NOON)
        with pytest.raises(NotSupported, match="unproven"):
            terminal.clear(ListLog("SIM0000000001", []))
    assert memory.count() == len(SAMPLE_LOG)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"transport": "serial"}, "port_url: missing"),
        ({"transport": "serial", "port_url": "COM1"}, "port_url: 'COM1' is no serial port"),
        ({"transport": "serial", "port_url": "/dev/ttyS0", "live": True}, "live: not on a serial"),
        ({}, "host: missing"),
    ],
)
def test_settings_that_cannot_be_are_named(settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}"):
        ZkTerminal.Options(**settings)


@pytest.mark.parametrize("family", ["zk", "anviz", "c3"])
def test_the_simulator_of_lines_can_be_read(family: str) -> None:
    command = [sys.executable, "-m", "drivers.simulator.lines", "--family", family]
    with subprocess.Popen(
        [*command, "--people", "3", "--days", "2", "--split"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        settings = {"anviz": {"device": 1}, "c3": {"unproven": True}}.get(family, {})
        made = registry.terminal_class(family)
        options = made.Options(transport="serial", port_url=told["port_url"], **settings)
        with made(options) as terminal:  # type: ignore[call-arg]  # the registry's contract
            assert len(terminal.read()) == told["count"] == 12
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
