"""Old copies, clones and losses of what is kept: the store ends exact all the same.

Each is tried on bridge and centre at once, which is the harder case.
"""

import shutil
from pathlib import Path

from journey_parts import Bridge, wait_until
from journey_rounds import World


def touch(world: World, *users: int) -> None:
    for user in users:
        world.terminals[user % 2].ask(f"punch {user} 1")


def everything_is_told(world: World, *bridges: Bridge) -> None:
    """Insist that the store is exact, and that nothing keeps the outboxes from being believed."""
    world.settle()
    for bridge in bridges:
        wait_until("the outbox is empty", lambda bridge=bridge: bridge.waiting() == 0)
    assert [row["status_code"] for row in world.report()].count("ABSENT") == 1  # who never came


def copied(source: Path, target: Path) -> Path:
    """Copy what a process that has ended left behind."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target))


def restored_centre(world: World, backup: Path) -> None:
    world.centre.kill()
    for name in ("centre.db", "centre.db-wal", "centre.db-shm"):
        (world.folder / name).unlink(missing_ok=True)
    world.centre.run("restore", str(backup))
    world.centre.start()


def backup_of_centre(world: World) -> Path:
    """Make a backup while the centre serves; return it."""
    shelf = world.folder / "backups"
    world.centre.run("backup", str(shelf))
    (made,) = shelf.iterdir()
    return made


def test_centre_and_bridge_both_come_back_from_old_copies(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    bridge.stop()
    old = copied(bridge.state, world.folder / "old-state")
    bridge.start()
    touch(world, 1, 2)
    world.settle()
    backup = backup_of_centre(world)
    touch(world, 3, 4)
    world.settle()
    bridge.kill()
    copied(old, bridge.state)  # with a cursor and a receipt of long ago, and the same row numbers
    restored_centre(world, backup)
    bridge.start()
    everything_is_told(world, bridge)


def test_an_old_centre_and_a_clone_that_was_told_other_receipts(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    backup = backup_of_centre(world)
    bridge.stop()
    copied(bridge.state, world.folder / "clone-state")
    bridge.start()
    clone = world.bridge("clone")
    touch(world, 1, 2, 3, 4)
    world.settle()  # both have the name of one outbox, and each receipts of its own
    restored_centre(world, backup)
    everything_is_told(world, bridge, clone)


def test_an_old_centre_and_an_outbox_that_is_gone(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    backup = backup_of_centre(world)
    touch(world, 1, 2)
    world.settle()
    bridge.kill()
    shutil.rmtree(bridge.state)
    restored_centre(world, backup)
    bridge.start()
    everything_is_told(world, bridge)
