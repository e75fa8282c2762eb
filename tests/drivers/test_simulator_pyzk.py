"""pyzk reads the simulator: an outside witness, because it shares none of our code."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from zk import ZK
from zk.exception import ZKErrorResponse

from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.touches import Touch, make_up
from drivers.simulator.zk import ZkServer

KEY = 123_456
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, 0)
LINKS = ["tcp", "udp"]

Connect = Callable[..., Any]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect by pyzk; everything it opens is closed in the end."""
    opened: list[Any] = []

    def connect_to(port: int, link: str, password: int = 0) -> Any:
        zk = ZK(
            "127.0.0.1",
            port=port,
            timeout=5,
            password=password,
            force_udp=link == "udp",
            ommit_ping=True,
        )
        zk._ZK__sock.close()  # it opens one here and another in connect, and closes only that
        opened.append(zk)
        return zk.connect()

    yield connect_to
    for zk in opened:
        zk._ZK__sock.close()


def filled(layout: str, people: int = 40, days: int = 30) -> Memory:
    memory = Memory(layout=layout, comm_key=KEY, clock=lambda: NOW)
    memory.load(
        make_up(people=people, days=days, last_day=FRIDAY),
        names={str(one): f"Pegawai {one}" for one in range(1, people + 1)},
    )
    return memory


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("days", [2, 30], ids=["inline", "in chunks"])
@pytest.mark.parametrize("layout", ["8a", "16", "40"])
def test_pyzk_reads_every_punch(layout: str, days: int, link: str, connect: Connect) -> None:
    memory = filled(layout, people=4 if days == 2 else 40, days=days)
    with ZkServer(memory) as server:
        terminal = connect(server.port, link, KEY)
        found = terminal.get_attendance()
        terminal.disconnect()
    # in the 16-byte record pyzk takes the two codes the other way round
    codes = [
        (one.status, one.punch) if layout == "16" else (one.punch, one.status) for one in found
    ]
    assert [
        (one.user_id, one.timestamp, *both) for one, both in zip(found, codes, strict=True)
    ] == [(one.user_id, one.local_time, one.state, one.verify) for one in memory.touches()]
    assert {(memory.serial, one.user_id, one.timestamp) for one in found} == memory.truth()


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("layout", ["8a", "40"])
def test_pyzk_learns_who_the_terminal_is(layout: str, link: str, connect: Connect) -> None:
    memory = filled(layout, people=40)
    memory.shift_clock(95)
    with ZkServer(memory) as server:
        terminal = connect(server.port, link, KEY)
        assert terminal.get_serialnumber() == memory.serial
        assert terminal.get_platform() == memory.profile.platform
        assert terminal.get_device_name() == memory.profile.model
        assert terminal.get_firmware_version() == memory.profile.firmware
        assert terminal.get_pin_width() == memory.profile.pin_width
        assert terminal.get_face_version() is None
        assert terminal.get_time() == NOW + timedelta(seconds=95)
        users = terminal.get_users()
        assert [(one.uid, one.user_id) for one in users] == [(n, str(n)) for n in range(1, 41)]
        assert users[6].name == "Pegawai 7"[: 8 if layout == "8a" else 24].strip()
        assert (terminal.records, terminal.rec_cap) == (memory.count(), memory.capacity)
        assert terminal.records + terminal.rec_av == terminal.rec_cap
        terminal.disconnect()


@pytest.mark.parametrize("link", LINKS)
def test_pyzk_is_turned_away_with_a_wrong_key(link: str, connect: Connect) -> None:
    with (
        ZkServer(filled("40")) as server,
        pytest.raises(ZKErrorResponse, match="Unauthenticated"),
    ):
        connect(server.port, link, KEY + 1)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("layout", ["16", "22", "40", "49"])
def test_pyzk_sees_a_finger_live(layout: str, link: str, connect: Connect) -> None:
    memory = filled(layout)
    with ZkServer(memory) as server:
        events = connect(server.port, link, KEY).live_capture(new_timeout=0.01)
        assert next(events) is None, "nobody touched yet, and it is registered now"
        memory.punch("7", 1, NOW, verify=4)
        seen = next(one for one in events if one is not None)
    # pyzk calls verify "status" and the state "punch"
    assert (seen.user_id, seen.timestamp, seen.punch, seen.status) == ("7", NOW, 1, 4)


@pytest.mark.parametrize("link", LINKS)
def test_what_pyzk_changes_is_really_changed(link: str, connect: Connect) -> None:
    memory = filled("40", people=3)
    with ZkServer(memory) as server:
        terminal = connect(server.port, link, KEY)
        terminal.set_time(datetime(2026, 11, 21, 8, 0, 0))
        assert memory.now() == datetime(2026, 11, 21, 8, 0, 0)
        terminal.set_user(uid=9, name="Sri", user_id="99")
        assert (9, "99", "Sri") in memory.people()
        terminal.delete_user(uid=9)
        assert [one.uid for one in memory.people()] == [1, 2, 3]
        terminal.disable_device()
        assert memory.punch("1") is False
        terminal.enable_device()
        assert memory.punch("1") is True
        terminal.clear_attendance()
        assert memory.count() == 0
        assert terminal.get_attendance() == []
        terminal.disconnect()
    assert memory.commands_seen[1003] == memory.commands_seen[15] == 1


def test_pyzk_trips_where_it_is_known_to_trip(connect: Connect) -> None:
    """One punch between count and read, and pyzk divides by the wrong count: the fault is real."""
    memory = Memory(layout="16", clock=lambda: NOW)
    memory.load([Touch("1", NOW)] * 50)
    with ZkServer(memory, Faults("late-punch")) as server:
        found = connect(server.port, "tcp").get_attendance()
    assert memory.count() == 51
    assert len(found) < 51
