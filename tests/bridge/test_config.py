"""A configuration file: what it means, and how each way of getting it wrong is told."""

import dataclasses
import re
from pathlib import Path

import pytest

from bridge.checking import is_secret
from bridge.config import BridgeTable, CentreTable, Config, ConfigError, ListenerTable, load
from bridge.terminals import TerminalTable
from drivers import registry
from drivers.errors import NotSupported

BRIDGE = """
[bridge]
office = "4.01.01"
timezone = "Asia/Makassar"
"""
CENTRE = """
[centre]
url = "https://absensi.example.go.id/"
"""
TERMINAL = """
[[terminal]]
name = "front-door"
driver = "zk"
host = "192.168.1.201"
"""


@pytest.fixture
def read(tmp_path):
    def read(text: str, environment: dict[str, str] | None = None) -> Config:
        file = tmp_path / "bridge.toml"
        file.write_text(text)
        return load(file, environment or {})

    return read


@pytest.fixture
def faults(read):
    def faults(text: str, environment: dict[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            read(text, environment)
        return caught.value.faults

    return faults


def test_the_smallest_file_has_defaults_for_the_rest(read):
    config = read(BRIDGE + CENTRE + TERMINAL)
    assert config.bridge.state_dir == "/var/lib/hadir"
    assert config.bridge.clock_limit_s == 300
    assert config.bridge.max_waiting == 1_000_000
    assert config.bridge.keep_days == 400
    assert config.centre.url == "https://absensi.example.go.id"
    assert str(config.zone) == "Asia/Makassar"
    front_door = config.terminal("front-door")
    assert (front_door.poll_s, front_door.serial) == (60, None)
    assert (front_door.options.host, front_door.options.port) == ("192.168.1.201", 4370)
    assert config.warnings == ()


def test_tables_of_the_centre_are_left_alone(read):
    read(BRIDGE + CENTRE + TERMINAL + '[ingest]\nlisten = "127.0.0.1:8060"\n')


def test_a_mark_of_windows_editors_at_the_beginning_is_no_fault(read):
    read("\ufeff" + BRIDGE + CENTRE + TERMINAL)


def test_every_fault_is_told_at_once_with_its_key(faults):
    found = faults("""
[bridge]
office = "4 01"
timezone = "Asia/Makasar"
state_dri = "/var/lib/hadir"
clock_limit_s = "300"
keep_days = 0
[centre]
url = "ftp://absensi"
token_file = "token"
timeout_s = nan
[[terminal]]
name = "front door"
driver = "zk"
hots = "192.168.1.201"
transport = "tpc"
[[terminal]]
name = "back-door"
driver = "zkk"
[colour]
""")
    beginnings = [fault.partition(": ")[0] for fault in found]
    assert beginnings == [
        "centre.token_file",
        "colour",
        "bridge.state_dri",
        "bridge.office",
        "bridge.timezone",
        "bridge.clock_limit_s",
        "bridge.keep_days",
        "centre.timeout_s",
        "centre.url",
        "terminal[1].name",
        "terminal[1].hots",
        "terminal[1].transport",
        "terminal[1].host",
        "terminal[2].driver",
    ]


URL = "https://absensi.example.go.id/"


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("host =", "hots =", 'terminal[1].hots: unknown key, did you mean "host"?'),
        ("[bridge]", "[brigde]", 'brigde: unknown key, did you mean "bridge"?'),
        ("[bridge]", "[brigde]", "bridge: missing, write [bridge] on a line of its own"),
        ("[[terminal]]", "[terminal]", "terminal: write [[terminal]] in two brackets"),
        ("Asia/Makassar", "asia/makassar", ' is no time zone, did you mean "Asia/Makassar"?'),
        ("Asia/Makassar", "WITA", 'bridge.timezone: "WITA" is no time zone'),
        ("Asia/Makassar", "../../etc/passwd", " is no time zone"),
        ('"zk"', '"zkt"', 'terminal[1].driver: unknown driver "zkt", did you mean "zk"?'),
        ('"zk"', "3", "terminal[1].driver: expected text in quotes, got 3"),
        ('"zk"', '"zk"\nport = "4370"', 'port: expected a whole number, got "4370"'),
        (
            '"zk"',
            '"zk"\ntransport = "tpc"',
            'expected tcp or udp or serial, got "tpc", did you mean "tcp"?',
        ),
        ('"zk"', '"zk"\npoll_s = 0', "terminal[1].poll_s: expected 1 or more, got 0"),
        ('"zk"', '"zk"\npoll_s = 60.5', "terminal[1].poll_s: expected a whole number, got 60.5"),
        ('"zk"', '"zk"\nport = 99999', "terminal[1].port: expected 1 to 65535, got 99999"),
        ('"zk"', '"zk"\ntimeout_s = 0', "terminal[1].timeout_s: expected 1 to 600, got 0"),
        ("192.168.1.201", "", "terminal[1].host: '' is no address"),
        ("192.168.1.201", "192.168.1.201; reboot", "reboot' is no address, write it like"),
        (URL, "http://absensi.example.go.id", "centre: plain http shows every punch"),
        (URL, "absensi.example.go.id", "'absensi.example.go.id' is no web address"),
        (URL, "https://me:secret@absensi", "may hold scheme, host, port and path only"),
        (URL, "https://absensi:99999", "'https://absensi:99999' is no web address"),
        ("[centre]", '[centre]\nca_file = "no.pem"', "no.pem cannot be read; correct the path"),
        ('"4.01.01"', '"4.01.01"\nstate_dir = "hadir"', "'hadir' is no whole path, begin it"),
        ('"4.01.01"', '"4.01.01"\nmax_waiting = true', "expected a whole number, got true"),
        ('"4.01.01"', '""', "bridge.office: '' is no office code, write it like 4.01.01"),
    ],
)
def test_a_fault_names_its_key_and_what_to_do(faults, was, becomes, told):
    text = BRIDGE + CENTRE + TERMINAL
    assert was in text
    assert [fault for fault in faults(text.replace(was, becomes)) if told in fault]


def test_a_fault_of_toml_names_its_line(faults):
    (found,) = faults('[bridge]\noffice = "4.01.01\n')
    assert found.startswith("not valid TOML: ")
    assert "(at line 2, " in found


@pytest.mark.parametrize(
    "rubbish",
    [
        f"port = {'9' * 5_000}",
        f"port = 0x{'f' * 5_000}",
        f"ports = [0x{'f' * 17}]",
        f"port = {'[' * 5_000}",
        f"{'a.' * 3_000}port = 1",
    ],
    ids=["decimal", "hexadecimal", "nested", "brackets", "dots"],
)
def test_numbers_and_brackets_beyond_reason_are_one_fault(faults, rubbish):
    (fault,) = faults(BRIDGE + CENTRE + TERMINAL + rubbish)
    assert fault.startswith("a number is too long or brackets are too deep")


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("[bridge]", "state_dir", r"/a\u0000"),
        ("[centre]", "ca_file", r"a\u0000"),
        ("[centre]", "ca_file", "a" * 5_000),
        ("[[terminal]]", "comm_key_file", r"a\u0000"),
        ("[[terminal]]", "comm_key_file", "a" * 5_000),
    ],
)
def test_a_name_no_file_can_have_is_a_fault(faults, table, key, value):
    text = (BRIDGE + CENTRE + TERMINAL).replace(table, f'{table}\n{key} = "{value}"')
    (fault,) = faults(text)
    assert fault.partition(": ")[0].endswith(f".{key}")


def test_who_still_names_a_token_is_told_to_enrol(faults):
    text = BRIDGE + CENTRE + 'token_file = "/etc/hadir/token"\n' + TERMINAL
    (fault,) = faults(text)
    assert fault.startswith("centre.token_file: there are no tokens any more; take this line out")
    assert fault.endswith("run `hadir-bridge enrol CODE`")


def test_a_file_that_is_not_utf8_names_its_line(tmp_path):
    file = tmp_path / "bridge.toml"
    file.write_bytes(b'[bridge]\noffice = "\xe9"\n')
    with pytest.raises(ConfigError, match="line 2 is not UTF-8; save the file as UTF-8"):
        load(file)


def test_a_missing_file_says_how_to_name_another(tmp_path):
    with pytest.raises(ConfigError, match="no such file; name yours with --config or HADIR_CONFIG"):
        load(tmp_path / "none.toml")


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_file_without_terminals_is_a_fault(faults):
    assert faults(BRIDGE + CENTRE) == [
        "terminal: none is configured, write a [[terminal]] for each"
    ]


def test_plain_http_is_for_this_computer_or_on_demand(read):
    read(
        BRIDGE + CENTRE.replace("https://absensi.example.go.id", "http://127.0.0.1:8060") + TERMINAL
    )


def test_plain_http_to_another_computer_is_shouted_each_time(read):
    loud = read(
        BRIDGE
        + CENTRE.replace("https://absensi.example.go.id", "http://10.0.0.1:8060")
        + "allow_plain_http = true\n"
        + TERMINAL
    ).warnings
    assert [text.partition(":")[0] for text in loud] == ["PLAIN HTTP TO 10.0.0.1"]
    quiet = read(BRIDGE + CENTRE + "allow_plain_http = true\n" + TERMINAL).warnings
    assert quiet == ("centre.allow_plain_http: url is https; leave this key out",)


def test_a_copied_section_that_was_not_changed_is_a_fault(faults):
    assert faults(BRIDGE + CENTRE + TERMINAL + TERMINAL) == [
        "terminal[2].name: front-door is terminal[1] already, each stands once",
        "terminal[2].host: 192.168.1.201:4370 is terminal[1] already, each stands once",
    ]


def test_a_terminal_is_found_by_its_name_and_a_near_miss_is_named(read):
    config = read(BRIDGE + CENTRE + TERMINAL)
    with pytest.raises(
        ConfigError, match='no terminal is named "front-dor", did you mean "front-door"'
    ):
        config.terminal("front-dor")
    with pytest.raises(ConfigError, match='no terminal is named "x", it has front-door'):
        config.terminal("x")


class TestKeysInFiles:
    """`comm_key_file` in the place of `comm_key`."""

    @pytest.fixture
    def key(self, tmp_path):
        file = tmp_path / "front-door.key"
        file.write_text("482911\n")
        file.chmod(0o600)
        return file

    def test_a_key_is_read_from_its_file(self, read, key):
        config = read(BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{key}"')
        assert config.terminal("front-door").options.comm_key == 482911

    def test_a_key_is_shown_nowhere(self, read, key):
        config = read(BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{key}"')
        assert "482911" not in repr(config)

    def test_one_of_the_two_has_to_go(self, faults, key):
        text = BRIDGE + CENTRE + TERMINAL + f'comm_key = 1\ncomm_key_file = "{key}"'
        assert faults(text) == [
            "terminal[1].comm_key_file: comm_key is given too, keep one of the two"
        ]

    def test_a_file_without_a_key_is_told_and_not_shown(self, faults, key):
        key.write_text("hunter2")
        assert faults(BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{key}"') == [
            f"terminal[1].comm_key_file: {key} holds no comm_key: expected a whole number"
        ]

    def test_a_wrong_key_in_the_file_itself_is_not_shown(self, faults):
        (found,) = faults(BRIDGE + CENTRE + TERMINAL + 'comm_key = "hunter2"')
        assert found == "terminal[1].comm_key: expected a whole number"

    def test_a_key_no_terminal_can_have_is_not_shown(self, faults):
        assert faults(BRIDGE + CENTRE + TERMINAL + "comm_key = -48291") == [
            "terminal[1].comm_key: expected 0 to 4294967295"
        ]

    def test_a_missing_file_is_named(self, faults, tmp_path):
        assert faults(BRIDGE + CENTRE + TERMINAL + 'comm_key_file = "none"') == [
            f"terminal[1].comm_key_file: {tmp_path / 'none'} does not exist; "
            "create it or correct the path"
        ]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "is empty"),
            (b"\n \n", "is empty"),
            (b"48\n29", "holds several lines"),
            (b"\xff\xfe", "is not text"),
            (b"4" * 9_000, "is too big"),
        ],
    )
    def test_a_file_that_is_no_key_is_refused_without_showing_it(self, faults, key, content, told):
        key.write_bytes(content)
        (found,) = faults(BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{key}"')
        assert found.startswith(f"terminal[1].comm_key_file: {key} ")
        assert told in found
        assert "48" not in found.replace(str(key), "")

    def test_a_name_no_file_can_have_is_a_fault(self, faults):
        (found,) = faults(BRIDGE + CENTRE + TERMINAL + r'comm_key_file = "to\u0000ken"')
        assert "can be no file's name" in found

    def test_only_keys_have_files(self, faults):
        assert faults(BRIDGE + CENTRE + TERMINAL + 'port_file = "x"') == [
            'terminal[1].port_file: unknown key, did you mean "port_url"?'
        ]

    def test_what_everyone_may_read_is_warned_about(self, read, key):
        key.chmod(0o644)
        config = read(BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{key}"')
        assert [warning.partition(": ")[0] for warning in config.warnings] == [
            "terminal[1].comm_key_file",
        ]

    def test_a_key_in_a_file_for_everyone_is_warned_about(self, read, tmp_path):
        text = BRIDGE + CENTRE + TERMINAL + "comm_key = 5\n"
        read(text)
        (tmp_path / "bridge.toml").chmod(0o644)
        assert (
            load(tmp_path / "bridge.toml", {}).warnings[0].startswith("a key stands in this file")
        )
        (tmp_path / "bridge.toml").chmod(0o640)
        assert load(tmp_path / "bridge.toml", {}).warnings == ()


class TestCredentials:
    """What systemd hands over by `LoadCredential=`."""

    @pytest.fixture
    def handed(self, tmp_path):
        folder = tmp_path / "credentials"
        folder.mkdir()
        (folder / "door.key").write_text("111")
        return folder

    @pytest.fixture
    def key_of(self, read, handed):
        def key_of(name: str) -> int:
            text = BRIDGE + CENTRE + TERMINAL + f'comm_key_file = "{name}"\n'
            config = read(text, {"CREDENTIALS_DIRECTORY": str(handed)})
            return config.terminal("front-door").options.comm_key

        return key_of

    @pytest.fixture(autouse=True)
    def beside(self, tmp_path):
        file = tmp_path / "door.key"
        file.write_text("222")
        file.chmod(0o600)
        return file

    def test_a_plain_name_is_a_credential_first(self, key_of):
        assert key_of("door.key") == 111

    def test_a_plain_name_without_a_credential_is_beside_the_configuration(self, key_of, handed):
        (handed / "door.key").unlink()
        assert key_of("door.key") == 222

    def test_a_path_we_may_read_counts_as_it_stands(self, key_of, beside):
        assert key_of(str(beside)) == 222

    def test_a_path_we_may_not_read_is_the_credential_of_that_name(self, key_of):
        assert key_of("/nowhere/hadir/door.key") == 111


def test_a_driver_whose_library_is_missing_is_told(faults, monkeypatch):
    monkeypatch.setitem(registry.BUILT_IN, "odd", "no_such_module:Terminal")
    (found,) = faults(BRIDGE + CENTRE + TERMINAL.replace('"zk"', '"odd"'))
    assert found.startswith('terminal[1].driver: "odd" needs what is not installed here')


EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_example_loads_with_the_defaults_it_tells(tmp_path):
    file = tmp_path / "example.toml"
    file.write_text(EXAMPLE.read_text())
    loaded = load(file, {})
    assert loaded.warnings == ()
    assert loaded.listener is not None
    tables = (loaded.bridge, loaded.centre, loaded.listener)
    for table in (*tables, *(one.options for one in loaded.terminals)):
        for field in dataclasses.fields(table):
            if field.default not in (dataclasses.MISSING, "", None):  # needed in one mode only
                assert getattr(table, field.name) == field.default, field.name


def test_the_example_names_every_key_of_every_driver():
    shapes = {"[bridge]": BridgeTable, "[centre]": CentreTable, "[listener]": ListenerTable}
    common = {field.name for field in dataclasses.fields(TerminalTable)}
    sections = re.split(r"^(?=\[)", EXAMPLE.read_text(), flags=re.MULTILINE)
    named = {}
    for section in sections:
        keys = set(re.findall(r"^(?:# )?(\w+) = ", section, flags=re.MULTILINE))
        head = section.partition("\n")[0]
        if head == "[[terminal]]":
            driver = re.search(r'^driver = "(\w+)"', section, flags=re.MULTILINE)
            assert driver is not None
            named[driver[1]] = keys
        elif head in shapes:
            assert keys == {field.name for field in dataclasses.fields(shapes[head])}
    assert set(named) == {*registry.BUILT_IN, *registry.RECEIVERS}
    for driver, keys in named.items():
        options = {
            field.name for field in dataclasses.fields(registry.driver_class(driver).Options)
        }
        secrets = {f"{option}_file" for option in options if is_secret(option)}
        assert keys <= common | options | secrets
        assert options - keys == set(), driver
    assert common <= named["zk"]


def test_every_key_of_the_example_has_its_sentence():
    keys = re.findall(r"^(?:# )?(\w+ = .*)$", EXAMPLE.read_text(), flags=re.MULTILINE)
    assert [line for line in keys if not re.search(r"\s# \w", line)] == []


LINE = """
[[terminal]]
name = "warehouse"
driver = "anviz"
port_url = "/dev/ttyUSB0"
device = 1
"""


def test_several_terminals_share_a_line_by_their_numbers(read, faults):
    second = LINE.replace("warehouse", "garage")
    assert len(read(BRIDGE + CENTRE + LINE + second.replace("= 1", "= 2")).terminals) == 2
    (found,) = faults(BRIDGE + CENTRE + LINE + second)
    assert found.startswith("terminal[2].port_url: /dev/ttyUSB0 device 1 is terminal[1] already")


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('port_url = "/dev/ttyUSB0"', "", "terminal[1].port_url: missing"),
        ("/dev/ttyUSB0", "ttyUSB0", "terminal[1].port_url: 'ttyUSB0' is no serial port"),
        ("device = 1", "", "terminal[1].device: missing"),
        ("device = 1", 'device = 1\nbaud = "9600"', "terminal[1].baud: expected 1200 or 2400"),
        ("device = 1", 'transport = "tcp"', "terminal[1].host: missing"),
        ('"anviz"', '"c3"\ntransport = "serial"', "terminal[1].transport: RS485 of these panels"),
    ],
)
def test_a_faulty_line_is_named(faults, was, becomes, told):
    found = faults(BRIDGE + CENTRE + LINE.replace(was, becomes))
    assert any(fault.startswith(told) for fault in found), found


def test_what_is_unproven_is_said_at_every_command(read):
    line = 'transport = "serial"\nport_url = "/dev/ttyS0"'
    host = 'host = "192.168.1.201"'
    assert host in TERMINAL
    (warning,) = read(BRIDGE + CENTRE + TERMINAL.replace(host, line)).warnings
    assert warning.startswith("terminal[1]: ZK over a serial line is unproven")


def test_loading_makes_nothing(read, tmp_path):
    state = tmp_path / "state"
    read(BRIDGE + f'state_dir = "{state}"\n' + CENTRE + TERMINAL)
    assert not Path(state).exists()


CALLER = """
[[terminal]]
name = "hall"
driver = "adms"
serial = "ABC123"
"""


def test_terminals_that_call_need_a_listener(read, faults):
    (found,) = faults(BRIDGE + CENTRE + CALLER)
    assert found == (
        'terminal[1].driver: "adms" terminals call us, write a [listener] table for them to call'
    )
    config = read(BRIDGE + CENTRE + "[listener]\n" + CALLER)
    assert config.listener.listen == "0.0.0.0:8081"
    assert config.listener.port == 8081
    (hall,) = config.terminals
    assert hall.calls
    with pytest.raises(NotSupported, match="hall calls us and cannot be read on demand"):
        hall.open()


def test_a_listener_alone_is_enough(read):
    config = read(BRIDGE + CENTRE + '[listener]\nlisten = "[::1]:0"\n')
    assert (config.listener.host, config.listener.port) == ("::1", 0)
    assert config.terminals == ()


def test_faults_of_listening(faults):
    table = '[listener]\nlisten = "8081"\n'
    more = 'source = "192.168.1.300"\ngap_s = 5\nclock = "sett"\n'
    found = faults(BRIDGE + CENTRE + table + CALLER + more)
    assert found[0].startswith("listener.listen: '8081' is no address and port")
    assert any(one.startswith("terminal[1].clock: expected") for one in found)
    found = faults(BRIDGE + CENTRE + "[listener]\n" + CALLER + 'source = "192.168.1.300"\n')
    assert found[0].startswith("terminal[1].source: '192.168.1.300' is no address and no network")
    found = faults(BRIDGE + CENTRE + "[listener]\n" + CALLER + "gap_s = 5\n")
    assert found == ["terminal[1].gap_s: expected 60 to 86400, got 5"]
    twice = CALLER + CALLER.replace("hall", "gate")
    found = faults(BRIDGE + CENTRE + "[listener]\n" + twice)
    assert found == ["terminal[2].serial: ABC123 is terminal[1] already, each stands once"]
    found = faults(BRIDGE + CENTRE + "[listener]\n" + CALLER.replace("ABC123", ""))
    assert any("serial" in one for one in found)


class TestMetrics:
    def test_are_shown_nowhere_by_default(self, read):
        bridge = read(BRIDGE + CENTRE + TERMINAL).bridge
        assert (bridge.metrics, bridge.log_format) == (None, "text")

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    def test_are_shown_to_this_computer(self, read, host):
        lines = f'metrics_listen = "{host}:9109"\nlog_format = "json"\n'
        bridge = read(BRIDGE + lines + CENTRE + TERMINAL).bridge
        assert (bridge.metrics, bridge.log_format) == ((host.strip("[]"), 9109), "json")

    def test_are_shown_to_others_only_where_that_is_meant(self, read, faults):
        listen, open_ = 'metrics_listen = "0.0.0.0:9109"\n', "metrics_open = true\n"
        (fault,) = faults(BRIDGE + listen + CENTRE + TERMINAL)
        assert fault.startswith("bridge.metrics_listen: 0.0.0.0:9109 can be asked by other")
        bridge = read(BRIDGE + listen + open_ + CENTRE + TERMINAL).bridge
        assert bridge.metrics == ("0.0.0.0", 9109)  # noqa: S104
        (fault,) = faults(BRIDGE + open_ + CENTRE + TERMINAL)
        assert fault == "bridge.metrics_open: nothing is open without metrics_listen; leave it out"

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ('metrics_listen = "9109"', "bridge.metrics_listen: '9109' is no address and port"),
            ('log_format = "xml"', "bridge.log_format: expected text or json"),
        ],
    )
    def test_need_a_port_and_logs_a_form(self, faults, line, told):
        (fault,) = faults(BRIDGE + line + "\n" + CENTRE + TERMINAL)
        assert fault.startswith(told)
