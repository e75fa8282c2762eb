"""From an invitation to the first punches, by the commands an admin and an office type."""

import json
import sqlite3
import time
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
    with bridge:
        world.settle()
        known = json.loads(world.centre.run("bridges", "list", "--json"))
        [number] = [one["id"] for one in known if one["name"] == "pc-dinas"]
        world.centre.run("bridges", "revoke", str(number), "--yes")
        world.terminals[0].ask("punch 3 1")
        wait_until("the refusal is told", lambda: "was revoked" in bridge.log.read_text("utf-8"))
        wait_until("the touch is kept", lambda: bridge.waiting() == 1)
        bridge.run("enrol", "--again", code_of(world, "--name", "pc-baru"))
        wait_until("the daemon has seen the new key", lambda: bridge.waiting() == 0, 8)
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


def test_a_row_changed_by_hand_is_refused_alone_and_sent_when_a_person_says_so(
    world: World,
) -> None:
    """A touch is moved to another person while the centre cannot be reached."""
    bridge = world.bridge()
    world.settle()
    wait_until("the receipts are home", lambda: bridge.waiting() == 0)
    world.centre.kill()
    truth = world.truth()
    for user in (1, 2, 3, 4):
        world.terminals[0].ask(f"punch {user} 1")
    wait_until("the touches are kept", lambda: bridge.waiting() == 4)
    bridge.kill()
    [moved] = {one for one in world.truth() - truth if one[1] == "3"}
    with sqlite3.connect(bridge.state / "outbox.db") as database:
        database.execute("UPDATE records SET user_id = '9' WHERE place = 'waiting' AND user_id = 3")
    database.close()
    world.centre.start()
    bridge.run("once", code=1)
    world.settle(world.truth() - {moved})
    told = json.loads(bridge.run("status", "--json"))
    assert (told["waiting"], told["parked"]) == (0, 1)
    assert "changed on the disk" in next(iter(told["parked_because"]))
    bridge.run("outbox", "--begin-anew")
    bridge.run("once")
    world.settle(world.truth() - {moved} | {(moved[0], "9", moved[2])})
    assert "1 that had changed on the disk are sent as they are now" in bridge.run("status")


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
    read = int(time.time())  # the same rows of the same second would be the same past
    wait_until("another second", lambda: int(time.time()) > read)
    bridge.start()
    world.settle()
    wait_until("the outbox is empty", lambda: bridge.waiting() == 0)
    assert outbox_of(bridge)[0] != name
    assert outbox_of(bridge)[1] == ["anew"]
