"""`hadir-bridge capture`: what an engineer gets, and what nobody gets."""

import stat
from datetime import datetime

import pytest

from bridge import hexfile
from drivers.anviz.terminal import AnvizTerminal
from drivers.simulator.anviz import AnvizUnit
from drivers.simulator.c3 import C3Unit
from drivers.simulator.lines import ZkUnit
from drivers.simulator.memory import Memory
from drivers.simulator.serial import PtyServer, TcpServer
from drivers.simulator.zk import ZkServer
from drivers.tap import Burst, Tap
from drivers.zk import commands
from drivers.zk.codec import PacketReader, scramble_key
from drivers.zk.records import decode_records

LINE = """
[[terminal]]
name = "{name}"
driver = "{driver}"
"""


def bursts(text: str, side: str) -> bytes:
    return b"".join(
        bytes.fromhex(line[2:]) for line in text.splitlines() if line.startswith(f"{side} ")
    )


def packets(text: str, side: str):
    reader = PacketReader(verify_checksum=False)  # what is hidden does not sum up
    reader.feed(bursts(text, side))
    found = []
    while (packet := reader.next_packet()) is not None:
        found.append(packet)
    return found


def test_a_session_can_be_replayed_from_the_file(desk, tmp_path):
    out = tmp_path / "front-door.hex"
    done = desk.types("capture", "front-door", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert "front-door: read 4 records" in done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = out.read_text()
    assert "serial SIM0000000001" in text
    assert "# outcome: read 4 records" in text
    (log,) = [one for one in packets(text, "D") if one.command == commands.DATA]
    found = list(decode_records("40", log.data[4:]))
    assert [entry.user_id for entry in found if entry.user_id] == [
        "1001", "2", "1002", "197912112009012003",
    ]  # fmt: skip
    assert packets(text, "C")[-1].command == commands.EXIT


def test_no_key_is_in_it(desk, tmp_path):
    out = tmp_path / "front-door.hex"
    assert desk.types("capture", "front-door", "--out", str(out)).exit_code == 0
    text = out.read_text()
    assert "comm_key='set'" in text
    assert "77" not in text.split("comm_key")[1].splitlines()[0]
    (first, auth) = packets(text, "C")[:2]
    assert (first.command, auth.command) == (commands.CONNECT, commands.AUTH)
    assert auth.data == bytes(4)
    session = packets(text, "D")[0].session
    assert scramble_key(77, session).hex() not in text
    assert "# hidden: the comm key" in text


def test_nobody_who_is_enrolled_is_in_it(desk, tmp_path):
    """Records of eight bytes hold no user id, so the user table is read as well."""
    memory = Memory("SIM0000000001", "8a", comm_key=77)
    memory.load([], names={"12": "Siti Rahayu"})
    memory.punch("12", 0, datetime(2026, 11, 23, 7, 21, 5))
    memory.punch("12", 1, datetime(2026, 11, 23, 16, 0, 0))
    out = tmp_path / "old.hex"
    with ZkServer(memory) as server:
        desk.write(port=str(server.port))
        done = desk.types("capture", "front-door", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "read 2 records" in done.stderr
    text = out.read_text()
    assert "# hidden: its user table" in text
    assert b"Siti".hex() not in text


def test_no_password_of_a_panel_and_no_name_of_an_anviz_user(desk, tmp_path):
    out = tmp_path / "gate.hex"
    with TcpServer(C3Unit(password="banana123")) as server:
        section = LINE.format(name="gate", driver="c3")
        more = f'host = "127.0.0.1"\nport = {server.port}\npassword = "banana123"'
        desk.write(section + more)
        done = desk.types("capture", "gate", "--out", str(out))
    assert done.exit_code == 0, done.output
    text = out.read_text()
    assert "banana123" not in text
    assert b"banana".hex() not in text
    assert "# hidden: its password\nC aa01760d00fefefefe" + bytes(12).hex() in text
    with Tap(60).on() as tap, PtyServer(AnvizUnit(names={"7": "Siti"})) as server:
        options = AnvizTerminal.Options(port_url=server.url, device=1)
        with AnvizTerminal(options) as terminal:
            assert [user.name for user in terminal.users()] == ["Siti"]
    assert any(burst.hidden for burst in tap.bursts)
    assert not any(b"Siti" in burst.data for burst in tap.bursts)


def test_a_terminal_that_is_not_understood_is_what_it_is_for(desk, tmp_path):
    class Other:
        def hear(self, data: bytes) -> list[bytes]:
            return [b"\xa5\x01\x02\x03"]

    out = tmp_path / "warehouse.hex"
    with PtyServer(Other()) as server:
        section = LINE.format(name="warehouse", driver="zk")
        desk.write(f'{section}transport = "serial"\nport_url = "{server.url}"\ntimeout_s = 1')
        done = desk.types("capture", "warehouse", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "sends bytes that are no ZK packet" in done.stderr
    assert "unproven" in done.stderr
    text = out.read_text()
    assert "D a5010203" in text.splitlines()
    assert f"port_url='{server.url}'" in text
    assert "# outcome: " in text


def test_a_serial_line_is_heard_once_and_not_twice(desk, tmp_path, memory):
    out = tmp_path / "line.hex"
    with PtyServer(ZkUnit(memory)) as server:
        section = LINE.format(name="warehouse", driver="zk")
        more = f'transport = "serial"\nport_url = "{server.url}"\ncomm_key = 77'
        desk.write(section + more)
        assert desk.types("capture", "warehouse", "--out", str(out)).exit_code == 0
    sent = [one.command for one in packets(out.read_text(), "C")]
    assert sent.count(commands.CONNECT) == sent.count(commands.EXIT) == 1


def test_a_file_that_is_there_is_left_alone(desk, tmp_path):
    out = tmp_path / "there.hex"
    out.write_text("mine")
    done = desk.types("capture", "front-door", "--out", str(out))
    assert done.exit_code == 1
    assert "there.hex: File exists" in done.stderr
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    ("driver", "told"),
    [("zk", "refuses the connection"), ("pyzk", 'driver "pyzk" cannot be listened to')],
)
def test_where_nothing_passed_there_is_no_file(desk, tmp_path, terminal, memory, driver, told):
    memory.clear()
    out = tmp_path / "none.hex"
    port = terminal.port if driver == "pyzk" else 1
    section = LINE.format(name="other", driver=driver)
    desk.write(f'{section}host = "127.0.0.1"\nport = {port}\ncomm_key = 77', port="9")
    done = desk.types("capture", "other", "--out", str(out))
    assert done.exit_code == 1
    assert told in done.stderr
    assert not out.exists()


def test_a_session_that_takes_too_long_is_cut_and_kept(desk, tmp_path, monkeypatch):
    now = [0.0]

    def later() -> float:
        now[0] += 0.4
        return now[0]

    from drivers import tap

    monkeypatch.setattr(tap.Tap.__init__, "__kwdefaults__", {"max_bytes": 9_999, "clock": later})
    out = tmp_path / "cut.hex"
    done = desk.types("capture", "front-door", "--seconds", "2", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "the time is over" in done.stderr
    assert bursts(out.read_text(), "C")


def test_pauses_and_long_bursts_are_drawn():
    told = [
        Burst(0.01, "C", b"\1\2", ""),
        Burst(0.02, "D", bytes(hexfile.WIDTH + 1), ""),
        Burst(1.5, "C", bytes(2), "the key"),
    ]
    assert list(hexfile.lines(["head"], told)) == [
        "# head",
        "C 0102",
        "D " + "00" * hexfile.WIDTH,
        "D 00",
        "# 1.50 s",
        "# hidden: the key",
        "C 0000",
    ]
