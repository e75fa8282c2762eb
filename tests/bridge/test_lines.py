"""Terminals on lines and at doors, from the configuration to the outbox."""

from datetime import datetime

import pytest

from bridge.intake import Reading
from bridge.outbox import Outbox
from bridge.statedir import OUTBOX
from drivers.simulator.anviz import AnvizUnit
from drivers.simulator.c3 import C3Unit, Transaction
from drivers.simulator.serial import PtyServer, TcpServer, Weather
from drivers.simulator.touches import Touch
from ingest.wire import Punch

READ_AT = 1_772_409_600
MORNING = datetime(2026, 3, 2, 7, 20, 5)


def section(name: str, driver: str, **keys: object) -> str:
    lines = [f"{key} = {value!r}" for key, value in keys.items()]
    return "\n".join(["[[terminal]]", f'name = "{name}"', f'driver = "{driver}"', *lines])


def kept(desk) -> list[Punch]:
    with Outbox.existing(desk.state / OUTBOX) as outbox:
        bodies = [row.body for row in outbox.listing("waiting", 1_000)]
    return [body for body in bodies if isinstance(body, Punch)]


@pytest.mark.parametrize("proven", [True, False])
def test_what_is_not_proven_counts_and_covers_nothing(
    intake, touches, log_of, proven: bool
) -> None:
    log = log_of(touches(5))
    log.proven = proven
    taken = intake.take(Reading("gate", "c3", log, READ_AT, clock_offset_s=0))
    assert taken.new == 5
    assert (taken.statement is not None) == proven
    assert bool(taken.uncovered) != proven


def test_two_on_one_line_come_to_the_outbox(desk) -> None:
    first = AnvizUnit(device=1, serial=11, touches=[Touch("7", MORNING)])
    second = AnvizUnit(device=2, serial=22, touches=[Touch("8", MORNING), Touch("9", MORNING)])
    with PtyServer(first, second, weather=Weather(echo=True)) as server:
        line = {"port_url": server.url, "half_duplex": True, "baud": 115_200}
        more = [
            section(name, "anviz", device=device, **line).replace("True", "true")
            for name, device in (("warehouse", 1), ("garage", 2))
        ]
        desk.write("\n".join(more))
        done = desk.types("once")
    assert "warehouse" in done.stdout
    punches = {(one.terminal, one.user_id) for one in kept(desk)}
    assert punches >= {("11", "7"), ("22", "8"), ("22", "9")}


def test_a_panel_comes_to_the_outbox_and_its_doors_do_not(desk) -> None:
    unit = C3Unit([Transaction(0, MORNING, kind=200), Transaction(4711, MORNING)])
    with TcpServer(unit) as server:
        desk.write(section("gate", "c3", host="127.0.0.1", port=server.port))
        done = desk.types("once")
    assert "gate" in done.stdout
    found = [one for one in kept(desk) if one.terminal == "DDG8130016092200401"]
    assert [(one.user_id, one.local_time) for one in found] == [("4711", MORNING)]


def test_check_connect_speaks_to_a_terminal_on_a_line(desk) -> None:
    with PtyServer(AnvizUnit(serial=11)) as server:
        desk.write(section("warehouse", "anviz", port_url=server.url, device=1))
        done = desk.types("check", "--connect")
    assert "warehouse: TC550, serial 11, records 0" in done.output
