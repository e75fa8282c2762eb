"""From an invitation to the first punches, by the commands an admin and an office type."""

import json
import sqlite3
from pathlib import Path

from journey_cable import Cable
from journey_parts import Bridge, Office, wait_until
from journey_rounds import OFFICE, World


def code_of(world: World, *how: str) -> str:
    return world.centre.run("bridges", "invite", "--office", OFFICE, *how).strip()


def stranger(world: World, url: str) -> Bridge:
    """Return a bridge nobody knows yet; it is not running."""
    bridge = Bridge("stranger", world.folder, Office(OFFICE, world.terminals, world.key), url)
    bridge.write_config()
    (bridge.state / "bridge.key").unlink()
    return bridge


def key_of(bridge: Bridge) -> str:
    return str(json.loads(bridge.run("key", "--json"))["key"])


def test_answers_that_are_lost_cost_no_invitation_and_no_key(world: World) -> None:
    with Cable(world.centre.port) as cable:
        bridge = stranger(world, cable.url)
        bridge.run("once", code=1)  # reads, and has nothing to show
        assert bridge.waiting() > 0
        code = code_of(world, "--name", "pc-dinas")
        cable.cut_reply(0)
        bridge.run("enrol", code, code=1)  # the centre knows the key, and the bridge does not know
        bridge.run("enrol", code)
        first = key_of(bridge)
        bridge.run("once")
        world.settle()
        cable.cut_reply(0)
        bridge.run("rotate-key", code=1)
        assert key_of(bridge) == first
        bridge.run("once")  # its key is told "retired", and the one that waits takes its place
        assert key_of(bridge) != first


def test_a_bridge_that_is_revoked_keeps_all_until_it_is_enrolled_again(world: World) -> None:
    bridge = stranger(world, world.centre.url)
    bridge.run("enrol", code_of(world, "--name", "pc-dinas"))
    bridge.run("once")
    known = json.loads(world.centre.run("bridges", "list", "--json"))
    [number] = [one["id"] for one in known if one["name"] == "pc-dinas"]
    world.centre.run("bridges", "revoke", str(number), "--yes")
    world.terminals[0].ask("punch 3 1")
    bridge.run("once", code=1)
    assert bridge.waiting() == 1
    bridge.run("enrol", "--again", code_of(world, "--name", "pc-baru"))
    bridge.run("once")
    world.settle()


def test_a_key_may_be_changed_while_the_daemon_runs(world: World) -> None:
    bridge = world.bridge()
    world.settle()
    before = key_of(bridge)
    bridge.run("rotate-key")
    world.terminals[0].ask("punch 3 1")
    world.settle()
    wait_until("the receipt is home", lambda: bridge.waiting() == 0)
    assert key_of(bridge) != before
    assert "ERROR" not in bridge.log.read_text(encoding="utf-8")


def outbox_of(bridge: Bridge) -> tuple[str, list[str]]:
    """Return the outbox's name, and what happened to it."""
    with sqlite3.connect(bridge.state / "outbox.db") as database:
        [name] = database.execute("SELECT value FROM meta WHERE key = 'outbox'").fetchone()
        events = database.execute("SELECT kind FROM events WHERE name = ''").fetchall()
    database.close()
    return name, [kind for (kind,) in events]


def test_an_outbox_put_back_to_an_older_copy_begins_anew(world: World, tmp_path: Path) -> None:
    bridge = world.bridge()
    world.settle()
    wait_until("the receipts are home", lambda: bridge.waiting() == 0)
    bridge.stop()
    old = (bridge.state / "outbox.db").read_bytes()
    name, _ = outbox_of(bridge)
    bridge.start()
    for user in (1, 2, 3):
        world.terminals[0].ask(f"punch {user} 1")
    world.settle()
    wait_until("the receipts are home", lambda: bridge.waiting() == 0)
    bridge.kill()
    for file in bridge.state.glob("outbox.db*"):
        file.unlink()
    (bridge.state / "outbox.db").write_bytes(old)
    world.terminals[0].ask("punch 4 1")
    bridge.start()
    world.settle()
    wait_until("the outbox is empty", lambda: bridge.waiting() == 0)
    assert outbox_of(bridge)[0] != name
    assert outbox_of(bridge)[1] == ["anew"]
