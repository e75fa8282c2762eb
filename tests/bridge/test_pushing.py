"""What is said of a terminal that must push: one sentence, with the address to set."""

import pytest

from bridge import pushing
from drivers.simulator.faults import Faults
from drivers.simulator.zk import ZkServer


@pytest.mark.parametrize(
    ("listen", "told"),
    [
        ("0.0.0.0:8081", "set its cloud server to 127.0.0.1:8081"),
        ("[::]:8081", "set its cloud server to 127.0.0.1:8081"),
        ("10.1.2.3:90", "set its cloud server to 10.1.2.3:90"),
        ("[fd00::5]:90", "set its cloud server to [fd00::5]:90"),
        ("absensi.local:90", "set its cloud server to absensi.local:90"),
        ("", "write a [listener] table, then set its cloud server to this computer"),
    ],
)
def test_the_address_is_the_one_that_terminal_can_reach(listen, told):
    assert pushing.advice(listen, "127.0.0.1") == told


def test_without_a_way_to_it_the_computer_is_named():
    told = "set its cloud server to this computer's address:8081"
    assert pushing.advice("0.0.0.0:8081", "no such host") == told


@pytest.mark.parametrize("code", [6001, 2032])
@pytest.mark.parametrize("driver", ["zk", "pyzk"])
def test_encrypted_firmware_is_answered_with_where_to_push(desk, memory, code, driver):
    with ZkServer(memory, Faults(f"secure={code}")) as server:
        desk.write(port=str(server.port))
        text = desk.file.read_text().replace('driver = "zk"', f'driver = "{driver}"')
        desk.file.write_text(text)
        without = desk.types("read", "front-door")
        desk.file.write_text(text + '[listener]\nlisten = "0.0.0.0:8081"\n')
        named = desk.types("read", "front-door")
    assert (without.exit_code, named.exit_code) == (1, 1)
    assert without.stderr.endswith(
        "this terminal must push: write a [listener] table, then set its cloud server to this "
        "computer\n"
    )
    assert named.stderr.endswith(
        "this terminal must push: set its cloud server to 127.0.0.1:8081\n"
    )
