"""Finding terminals: who is asked, how many at a time, and what is printed. Loopback only."""

import errno
import json
import socket
import threading
import tomllib
from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from bridge.commands import scan as command
from bridge.interfaces import Interface, interfaces, networks, too_wide
from bridge.scan import Find, hosts_of, resolved, search
from drivers import registry
from drivers.base import TerminalInfo
from drivers.errors import (
    KeyRejected,
    MalformedReply,
    MustPush,
    NoSerial,
    TerminalBusy,
    TerminalRefused,
    TerminalUnreachable,
)
from drivers.registry import KNOCKS, Knock
from drivers.simulator.faults import Faults
from drivers.simulator.memory import Memory
from drivers.simulator.zk import ZkServer

ZK = Knock("zk", "tcp", 4370, sure=True)
C3 = Knock("c3", "tcp", 4370)
ZK_UDP = Knock("zk", "udp", 4370)
SOAP = Knock("soap", "tcp", 80)
INFO = TerminalInfo("ABC123", "X100-C", firmware="Ver 6.60", records=5, capacity=100, users=2)


class Seen:
    def __init__(self) -> None:
        self.updates: list[tuple[int, int]] = []

    def update(self, done: int, total: int) -> None:
        self.updates.append((done, total))


class Street:
    """Hosts that answer as a test says; nobody is behind the others."""

    def __init__(self, answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, host, knock, timeout_s):
        self.asked.append((host, knock.driver, knock.transport))
        answer = self.answers.get((host, knock.driver, knock.transport))
        if answer is None:
            raise TerminalUnreachable(f"{host} does not answer")
        if isinstance(answer, Exception):
            raise answer
        return answer


def found(street, hosts, knocks=(ZK, C3, ZK_UDP, SOAP), known=None, **options) -> list[Find]:
    return list(search(hosts, knocks, known=known or {}, bar=Seen(), visit=street, **options))


class TestSearch:
    def test_the_first_answer_counts_and_nobody_else_is_asked_there(self):
        street = Street({("h1", "zk", "tcp"): INFO})
        assert found(street, ["h1"]) == [Find("h1", ZK, INFO, "")]
        assert street.asked == [("h1", "zk", "tcp")]

    def test_old_terminals_answer_by_datagrams_and_rebrands_by_their_web_server(self):
        street = Street({("h1", "zk", "udp"): INFO, ("h2", "soap", "tcp"): INFO})
        assert [(one.host, one.knock) for one in found(street, ["h1", "h2", "h3"])] == [
            ("h1", ZK_UDP),
            ("h2", SOAP),
        ]

    def test_a_door_that_is_closed_is_not_knocked_at_twice(self):
        street = Street({})
        assert found(street, ["h1"]) == []
        assert [driver for _, driver, _ in street.asked] == ["zk", "zk", "soap"]  # no c3

    def test_an_address_where_nobody_lives_is_left_at_once(self):
        nobody = TerminalUnreachable("h1 cannot be reached")
        nobody.__cause__ = OSError(errno.EHOSTUNREACH, "No route to host")
        street = Street({("h1", "zk", "tcp"): nobody})
        found(street, ["h1"])
        assert len(street.asked) == 1

    def test_something_else_behind_the_port_is_tried_as_another_family(self):
        rubbish = MalformedReply("sends bytes that are no ZK packet")
        street = Street({("h1", "zk", "tcp"): rubbish, ("h1", "c3", "tcp"): INFO})
        (one,) = found(street, ["h1"])
        assert one.knock == C3

    @pytest.mark.parametrize("error", [KeyRejected("rejects our key"), NoSerial("tells none")])
    def test_one_that_does_not_tell_who_it_is_was_found_all_the_same(self, error):
        street = Street({("h1", "soap", "tcp"): error})
        assert found(street, ["h1"]) == [Find("h1", SOAP, None, str(error))]

    @pytest.mark.parametrize("error", [TerminalBusy("is held"), TerminalRefused("encrypted")])
    def test_one_that_will_not_talk_is_named_where_only_terminals_listen(self, error):
        street = Street({("h1", "zk", "tcp"): error, ("h2", "soap", "tcp"): error})
        assert found(street, ["h1", "h2"]) == [Find("h1", ZK, None, str(error))]

    def test_one_that_must_push_gets_no_section_it_could_not_be_read_by(self):
        error = MustPush("speaks only encrypted; this terminal must push")
        (one,) = found(Street({("h1", "zk", "tcp"): error}), ["h1"])
        assert one == Find("h1", None, None, str(error))
        assert list(command.sections([one], set())) == [f"# h1: {error}", ""]

    def test_a_configured_terminal_is_not_disturbed(self):
        street = Street({("h1", "zk", "tcp"): INFO})
        (one,) = found(street, ["h1"], known={"h1": "front-door"})
        assert street.asked == []
        assert one == Find("h1", None, None, "front-door in the configuration, not disturbed")

    def test_only_so_many_are_visited_at_a_time(self):
        lock, full = threading.Lock(), threading.Barrier(4, timeout=30)
        inside, most = 0, 0

        def visit(host, knock, timeout_s):
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            full.wait()  # four are inside at once, or this breaks
            with lock:
                inside -= 1
            raise TerminalUnreachable(host)

        hosts = [f"h{number}" for number in range(16)]
        assert found(visit, hosts, knocks=[ZK], at_a_time=4) == []
        assert most == 4

    def test_it_tells_how_far_it_is(self):
        seen = Seen()
        list(search(["a", "b"], [ZK], known={}, bar=seen, visit=Street({})))
        assert seen.updates == [(1, 2), (2, 2)]

    def test_a_mistake_of_ours_is_not_hidden_and_ends_the_search(self):
        def visit(host, knock, timeout_s):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            found(visit, [f"h{number}" for number in range(500)])


class TestNetworks:
    def test_hosts_come_once_each_without_the_networks_own_addresses(self):
        nets = [IPv4Network("127.9.0.0/30"), IPv4Network("127.9.0.0/31")]
        assert hosts_of(nets) == ["127.9.0.1", "127.9.0.2", "127.9.0.0"]
        assert hosts_of([IPv4Network("127.0.0.7/32")]) == ["127.0.0.7"]

    @pytest.mark.parametrize(
        ("network", "told"),
        [
            ("10.0.0.0/8", "at most a /22 may"),
            ("192.168.0.0/21", "at most a /22 may"),
            ("8.8.8.0/24", "not a private network"),
            ("192.168.0.0/22", ""),
            ("127.0.0.0/24", ""),
        ],
    )
    def test_large_and_foreign_ones_are_not_searched(self, network, told):
        assert told in too_wide(IPv4Network(network))
        assert bool(too_wide(IPv4Network(network))) == bool(told)

    def test_those_of_this_computer_are_taken_where_terminals_may_be(self):
        chosen, left_out = networks(
            [
                Interface("lo", "127.0.0.1", "255.0.0.0", local=True),
                Interface("eth0", "192.168.1.10", "255.255.255.0"),
                Interface("eth1", "192.168.1.11", "255.255.255.0"),
                Interface("wlan0", "", ""),
                Interface("eth2", "192.168.7.1", "255.255.255.0", up=False),
                Interface("tun0", "10.8.0.2", "255.255.255.255", local=True),
                Interface("eth3", "10.20.30.40", "255.0.0.0"),
                Interface("ppp0", "203.0.114.9", "255.255.255.0"),
            ]
        )
        assert chosen == [IPv4Network("192.168.1.0/24")]
        assert len(left_out) == 2
        assert left_out[0].startswith("eth3: 10.0.0.0/8 has 16777216 addresses")
        assert left_out[0].endswith("such as 10.20.30.0/24")
        assert left_out[1].startswith("ppp0: 203.0.114.0/24 is not a private network")

    def test_the_kernel_tells_its_interfaces(self):
        loopback = [one for one in interfaces() if one.address == "127.0.0.1"]
        assert [(one.local, one.up, one.netmask) for one in loopback] == [(True, True, "255.0.0.0")]

    def test_configured_host_names_become_addresses(self):
        assert resolved({"127.0.0.9": "a", "localhost": "b", "no.such.invalid": "c"}) == {
            "127.0.0.9": "a",
            "127.0.0.1": "b",
        }


class TestKnocks:
    def test_every_way_has_its_drivers_options(self):
        for knock in KNOCKS:
            options = knock.options("127.0.0.1", 1.5)
            assert (options.host, options.port, options.timeout_s) == ("127.0.0.1", knock.port, 1.5)
            assert getattr(options, "transport", knock.transport) == knock.transport

    def test_the_ports_are_those_of_the_makers(self):
        assert [(one.transport, one.port) for one in KNOCKS] == [
            ("tcp", 4370), ("tcp", 4370), ("udp", 4370), ("tcp", 80), ("tcp", 5010),
        ]  # fmt: skip


@pytest.fixture
def two(monkeypatch) -> Iterator[tuple[ZkServer, ZkServer]]:
    """Two simulated terminals on two addresses and one port, and no other port is knocked at."""
    monkeypatch.setattr(registry, "KNOCKS", (ZK, C3, ZK_UDP))
    for _ in range(20):
        first = ZkServer(Memory("SIM-ONE", comm_key=0), host="127.0.0.2")
        try:
            second = ZkServer(
                Memory("SIM-TWO", "16", comm_key=7), Faults(), host="127.0.0.3", port=first.port
            )
        except OSError:
            first.stop()
            continue
        with first, second:
            yield first, second
        return
    pytest.fail("no port is free on both addresses")


class TestCommand:
    def test_it_prints_sections_to_paste(self, desk, two):
        first, second = two
        first.memory.punch("1001", 0)
        told = desk.types("scan", "127.0.0.0/29", "--port", str(first.port))
        assert told.exit_code == 0, told.output
        assert "# 127.0.0.2: " in told.stdout
        assert "serial SIM-ONE" in told.stdout
        assert "records 1 of 100000, users 1" in told.stdout
        sections = tomllib.loads(told.stdout)["terminal"]
        assert sections == [
            {
                "name": "terminal-2", "driver": "zk", "serial": "SIM-ONE",
                "host": "127.0.0.2", "port": first.port, "transport": "tcp",
            },
            {
                "name": "terminal-3", "driver": "zk",
                "host": "127.0.0.3", "port": second.port, "transport": "tcp",
            },
        ]  # fmt: skip
        assert "rejects our key" in told.stdout
        assert told.stderr.splitlines()[-1] == "found: 3 among 6 addresses"

    def test_what_it_prints_is_a_configuration(self, desk, two):
        told = desk.types("scan", "127.0.0.2/31", "--port", str(two[0].port))
        desk.file.write_text(desk.file.read_text() + told.stdout)
        checked = desk.types("check")
        assert (checked.exit_code, checked.stderr) == (0, f"{desk.file} is sound; terminals: 3\n")

    def test_each_terminal_is_visited_once_and_told_goodbye(self, desk, two):
        desk.types("scan", "127.0.0.2/31", "--port", str(two[0].port))
        for one in two:
            assert one.memory.commands_seen[1000] == one.memory.commands_seen[1001] == 1
            assert not {12, 13, 14, 15, 1003, 1503} & set(one.memory.commands_seen)

    def test_the_terminal_of_the_configuration_is_named_and_left_alone(self, desk, two, memory):
        told = desk.types("scan", "127.0.0.1/32", "--port", str(desk.port))
        assert told.stdout == "# 127.0.0.1: front-door in the configuration, not disturbed\n\n"
        assert memory.commands_seen == {}

    def test_it_needs_no_configuration(self, desk, two):
        desk.file.unlink()
        told = desk.types("scan", "127.0.0.2/32", "--port", str(two[0].port))
        assert told.exit_code == 0
        assert told.stderr == "found: 1 among 1 addresses\n"

    def test_a_faulty_configuration_is_said_and_stops_nothing(self, desk, two):
        desk.file.write_text("[bridge]\n")
        told = desk.types("scan", "127.0.0.2/32", "--port", str(two[0].port))
        assert told.exit_code == 0
        assert "(so what it configures is not known)" in told.stderr

    def test_programs_get_one_object_a_line(self, desk, two):
        told = desk.types("scan", "127.0.0.1/30", "--port", str(two[0].port), "--json")
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        assert [row["host"] for row in rows] == ["127.0.0.1", "127.0.0.2"]
        assert rows[0]["remark"] == "front-door in the configuration, not disturbed"
        assert (rows[1]["driver"], rows[1]["serial"]) == ("zk", "SIM-ONE")

    def test_copies_that_tell_one_serial_number_are_named(self, desk, two):
        two[1].memory.comm_key = 0
        two[1].memory.set_option("~SerialNumber", "SIM-ONE")
        told = desk.types("scan", "127.0.0.2/31", "--port", str(two[0].port))
        assert "127.0.0.2, 127.0.0.3 tell the same serial number SIM-ONE" in told.stderr

    def test_old_terminals_are_found_by_datagrams(self, desk, two, monkeypatch):
        monkeypatch.setattr(registry, "KNOCKS", (ZK_UDP,))
        told = desk.types("scan", "127.0.0.2/32", "--port", str(two[0].port))
        assert tomllib.loads(told.stdout)["terminal"][0]["transport"] == "udp"

    def test_nothing_found_is_a_failure_that_says_what_to_do(self, desk, two):
        with socket.socket() as taken:
            taken.bind(("127.0.0.4", 0))
            told = desk.types("scan", "127.0.0.4/32", "--port", str(taken.getsockname()[1]))
        assert told.exit_code == 1
        assert told.stdout == ""
        assert "no terminal answers in 127.0.0.4/32; is it on" in told.stderr

    @pytest.mark.parametrize("network", ["10.0.0.0/8", "8.8.8.8/32", "front-door", "127.0.0.1/40"])
    def test_a_network_that_may_not_be_searched_is_a_misuse(self, desk, network):
        assert desk.types("scan", network).exit_code == 2

    def test_without_a_network_those_of_this_computer_are_meant(self, desk, two, monkeypatch):
        card = Interface("eth0", "127.0.0.2", "255.255.255.254")
        wide = Interface("eth1", "127.5.5.5", "255.0.0.0")
        monkeypatch.setattr("bridge.interfaces.interfaces", lambda: [card, wide])
        told = desk.types("scan", "--port", str(two[0].port))
        assert told.exit_code == 0
        assert len(tomllib.loads(told.stdout)["terminal"]) == 2
        assert "eth1: 127.0.0.0/8 has 16777216 addresses" in told.stderr

    def test_without_any_network_it_says_so(self, desk, monkeypatch):
        monkeypatch.setattr("bridge.interfaces.interfaces", list)
        told = desk.types("scan")
        assert told.exit_code == 1
        assert told.stderr == "no network to search; name one, like 192.168.1.0/24\n"


def test_names_in_the_sections_do_not_repeat():
    finds = [Find(f"10.0.{number}.7", ZK, None, "") for number in range(3)]
    told = "\n".join(command.sections(finds, {"terminal-7"}))
    names = [one["name"] for one in tomllib.loads(told)["terminal"]]
    assert names == ["terminal-7-2", "terminal-7-3", "terminal-7-4"]


def test_nothing_that_a_terminal_says_becomes_a_line_of_its_own():
    evil = TerminalInfo('a"\n[bridge]', 'x\n[[terminal]]\nname = "evil"')
    told = "\n".join(command.sections([Find("127.0.0.9", ZK, evil, "y\nz")], set()))
    assert len(tomllib.loads(told)["terminal"]) == 1
    assert tomllib.loads(told)["terminal"][0]["serial"] == 'a"\n[bridge]'
