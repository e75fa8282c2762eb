"""The journey must survive: whatever is killed, cut, filled or restored, the store ends exact."""

import shutil
import sqlite3
from pathlib import Path

import psutil
import pytest
from journey_cable import Cable
from journey_parts import Bridge, Centre, Office, wait_until
from journey_rounds import OFFICE, World, judged, kill_rounds, prepare_world

from bridge.keys import CURRENT


def test_kills_at_random_moments_lose_and_double_nothing(world: World, tmp_path: Path) -> None:
    bridge = world.bridge()
    killed = kill_rounds(world, bridge, rounds=8, seed=20261124)
    assert sum(killed.values()) == 8
    world.settle()
    report = world.report()
    assert [row["status_code"] for row in report].count("ABSENT") == 1  # who never came
    assert report == undisturbed_report(world, tmp_path / "calm")


@pytest.mark.postgres
def test_kills_at_random_moments_with_a_centre_on_postgresql(
    tmp_path: Path, postgres_empty_url: str
) -> None:
    with World(tmp_path, database=postgres_empty_url) as world:
        kill_rounds(world, world.bridge(), rounds=4, seed=15)
        world.settle()
        statuses = [row["status_code"] for row in world.report()]
        assert statuses.count("ABSENT") == 1


def test_a_request_cut_in_half_and_a_receipt_nobody_hears(world: World) -> None:
    with Cable(world.centre.port) as cable:
        for after in (1, 200, 900):
            cable.cut_request(after)
            cable.cut_reply(after)
        bridge = world.bridge(url=cable.url)
        wait_until("six cuts are made", lambda: cable.cuts_made >= 4)
        world.settle()
        wait_until("the bridge knows it too", lambda: bridge.waiting() == 0)


def test_a_centre_on_an_older_database_is_told_again(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    world.centre.stop()
    backup = world.folder / "backup.db"
    copy_database(world.centre.file, backup)
    world.centre.start()
    for user in (1, 2, 3):
        world.terminals[0].ask(f"punch {user} 1")
    world.settle()
    wait_until("the receipt is home", lambda: bridge.waiting() == 0)
    world.centre.kill()
    for old in world.folder.glob("centre.db*"):
        old.unlink()
    shutil.copy(backup, world.centre.file)
    world.centre.start()  # three punches poorer, and nobody touches a terminal again
    world.settle()


def test_a_full_disk_loses_nothing_and_is_told(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    wait_until("the receipts are home", lambda: bridge.waiting() == 0)
    process = psutil.Process(bridge.process.pid)
    limit = bridge.log.stat().st_size + 16_384  # room for its words, and for no more rows
    process.rlimit(psutil.RLIMIT_FSIZE, (limit, psutil.RLIM_INFINITY))
    world.terminals[0].ask("punch 1 1")
    wait_until("the bridge tells of its disk", lambda: "outbox" in new_words(bridge))
    assert bridge.alive
    process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    world.settle()


def test_a_full_outbox_refuses_and_the_terminal_keeps_its_log(world: World) -> None:
    world.centre.kill()
    for number in range(600):  # what the two terminals hold is less than the smallest limit
        world.terminals[0].ask(f"punch {number} 0")
    bridge = world.bridge(max_waiting="1000")
    wait_until("the outbox says it is full", lambda: "full" in new_words(bridge))
    world.centre.start()
    world.settle()


def test_two_bridges_on_the_same_terminals_store_each_punch_once(world: World) -> None:
    world.bridge("bridge-a")
    world.bridge("bridge-b")
    world.settle()
    world.terminals[1].ask("punch 3 1")
    world.settle()


def undisturbed_report(world: World, folder: Path) -> list[dict[str, object]]:
    """Return the recap that a centre gives to which nothing ever happened."""
    folder.mkdir()
    calm = Centre(folder)
    prepare_world(calm)
    with calm:
        office = Office(OFFICE, world.terminals, folder / CURRENT)
        bridge = Bridge("calm", folder, office, calm.url)
        bridge.run("once")
    return judged(calm, world.day)


def new_words(bridge: Bridge) -> str:
    """Return the warnings and errors the bridge has logged."""
    lines = bridge.log.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "WARNING" in line or "ERROR" in line)


def copy_database(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()
