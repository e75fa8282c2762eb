"""The centre's configuration: usable, or every fault of it at once."""

import re
from dataclasses import fields
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.checkpointing import Checkpoints
from ingest.config import _Keys, load
from ingest.errors import ConfigError
from ingest.lettering import Letters
from ingest.listening import TlsFiles
from ingest.notify.settings import Notify
from ingest.regulations import Discipline
from ingest.reporting import Reports
from ingest.retention import Retention
from ingest.siasn.settings import Siasn


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "ingest.toml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o640)
        return path

    return write


def faults(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert all(fault.startswith(str(path)) for fault in caught.value.faults)
    return [fault.removeprefix(f"{path}: ") for fault in caught.value.faults]


def test_only_the_time_zone_has_no_default(write):
    config = load(write('[ingest]\ntimezone = "Asia/Makassar"\n'))
    assert config.database == "sqlite:////var/lib/hadir/hadir.db"
    assert config.zone == ZoneInfo("Asia/Makassar")
    assert (config.host, config.port) == ("127.0.0.1", 8060)
    assert (config.clock_limit_s, config.evaluate_s) == (300, 60)
    assert config.close_day_at == time(0, 30)
    assert config.warnings == ()


def test_every_key_is_taken(write, tmp_path):
    config = load(
        write(
            """
            [ingest]
            database = "sqlite:////tmp/a.db"
            timezone = "Asia/Jayapura"
            listen = "[::1]:0"
            clock_limit_s = 60
            max_body_bytes = 1000000
            close_day_at = "23:59"
            evaluate_s = 5
            lookback_days = 10
            bridge_silent_minutes = 7
            tls_cert_file = "fullchain.pem"
            tls_key_file = "/etc/hadir/privkey.pem"
            allow_plain_http = false
            workers = 4
            seal_file = "seal.key"
            """
        )
    )
    assert config.database == "sqlite:////tmp/a.db"
    assert (config.host, config.port, config.close_day_at) == ("::1", 0, time(23, 59))
    assert (config.clock_limit_s, config.max_body_bytes, config.evaluate_s) == (60, 1_000_000, 5)
    assert (config.lookback_days, config.bridge_silent_minutes) == (10, 7)
    assert config.tls == TlsFiles(
        certificate=tmp_path / "fullchain.pem", key=Path("/etc/hadir/privkey.pem")
    )
    assert config.workers == 4
    assert config.seal_file == tmp_path / "seal.key"


EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_example_loads_with_the_defaults_it_tells(write):
    shown = load(write(EXAMPLE.read_text(encoding="utf-8")))
    assert shown == load(write('[ingest]\ntimezone = "Asia/Makassar"\n'))


def test_the_example_names_every_key():
    text = EXAMPLE.read_text(encoding="utf-8").split("[ingest]\n")[1]
    text = re.sub(r"^# \[\[ingest\.channel\]\]\n(# .*\n)+", "", text, flags=re.MULTILINE)
    tables = re.split(r"\[ingest\.\w+\]\n", text)
    rooms = (_Keys, Retention, Checkpoints, Discipline, Reports, Siasn, Notify, Letters)
    for table, keys in zip(tables, rooms, strict=True):
        named = set(re.findall(r"^(?:# )?(\w+) = .*  # \w", table, flags=re.MULTILINE))
        assert named == {field.name for field in fields(keys)} - {
            "retention", "checkpoints", "discipline", "channel", "siasn", "reports", "notify",
            "letters",
        }  # fmt: skip


def test_own_regulations_lie_beside_the_configuration(write, tmp_path):
    config = load(write('[ingest]\ntimezone = "UTC"\n[ingest.discipline]\nfolder = "aturan"\n'))
    assert config.regulations == tmp_path / "aturan"
    assert load(write('[ingest]\ntimezone = "UTC"\n')).regulations is None
    assert faults(write('[ingest]\ntimezone = "UTC"\n[ingest.discipline]\nfolders = "a"\n')) == [
        'ingest.discipline.folders: unknown key, did you mean "folder"?'
    ]


def test_the_bridges_tables_are_left_alone(write):
    load(write('[ingest]\ntimezone = "UTC"\n[bridge]\nx = 1\n[centre]\n[[terminal]]\nname = "a"'))


def test_every_fault_is_told_at_once_with_its_key(write):
    found = faults(
        write(
            """
            timezone = "UTC"
            [ingest]
            databse = "sqlite:////tmp/a.db"
            database = 5
            listen = "8060"
            clock_limit_s = "300"
            evaluate_s = 0
            lookback_days = 999999
            close_day_at = "24:00"
            [briidge]
            """
        )
    )
    assert found == [
        "timezone: belongs into the table [ingest]",
        '[briidge]: unknown table, did you mean "[bridge]"?',
        "ingest.timezone: missing; this key has no default",
        "ingest.database: expected text in quotes",
        "ingest.clock_limit_s: expected a whole number",
        "ingest.evaluate_s: 0 is too small, at least 1",
        "ingest.lookback_days: 999999 is too large, at most 366",
        'ingest.databse: unknown key, did you mean "database"?',
        'ingest.listen: \'8060\' is no "host:port", such as "127.0.0.1:8060"',
        "ingest.close_day_at: '24:00' is no time of day, such as \"00:30\"",
    ]


@pytest.mark.parametrize("zone", ["Asia/Samarinda", "Asia", "../etc/passwd", "a\x00b", ""])
def test_an_unknown_time_zone_is_named(write, zone):
    text = zone.replace("\x00", "\\u0000")
    (fault,) = faults(write(f'[ingest]\ntimezone = "{text}"\n'))
    assert fault.startswith("ingest.timezone: ")


def test_a_time_zone_of_thousands_of_dots_is_a_fault(write):
    found = faults(write(f'[ingest]\ntimezone = "{"a." * 5_000}"\n'))
    assert [fault[:32] for fault in found] == [
        "ingest.timezone: is too long",
        "ingest.timezone: no time zone 'a",
    ]


@pytest.mark.parametrize("listen", [":80", "a:", "a:b", "127.0.0.1:65536", "127.0.0.1:-1", "x:²"])
def test_an_address_needs_host_and_port(write, listen):
    (fault,) = faults(write(f'[ingest]\ntimezone = "UTC"\nlisten = "{listen}"\n'))
    assert fault.startswith("ingest.listen: ")


class TestPlainHttp:
    def config(self, write, *lines: str) -> Path:
        return write("\n".join(['[ingest]\ntimezone = "UTC"', *lines]))

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"])
    def test_is_for_this_computer(self, write, host):
        assert load(self.config(write, f'listen = "{host}:8060"')).warnings == ()

    @pytest.mark.parametrize("host", ["192.0.2.1", "10.20.0.5", "[::]", "absensi.example.go.id"])
    def test_is_refused_to_others(self, write, host):
        (fault,) = faults(self.config(write, f'listen = "{host}:8060"'))
        assert fault.startswith(f"ingest.listen: {host}:8060 would take punches from other compu")

    def test_to_others_on_demand_shouts(self, write):
        config = load(self.config(write, 'listen = "0.0.0.0:80"', "allow_plain_http = true"))
        (warning,) = config.warnings
        assert warning.startswith("PLAIN HTTP ON 0.0.0.0:80: ")

    def test_is_not_needed_with_tls(self, write):
        tls = 'tls_cert_file = "a"\ntls_key_file = "b"'
        assert load(self.config(write, 'listen = "0.0.0.0:443"', tls)).warnings == ()

    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            ('tls_cert_file = "a"\ntls_key_file = "b"', "https is served"),
            ('listen = "127.0.0.1:80"', "only this computer is listened to"),
        ],
    )
    def test_is_not_asked_for_where_it_says_nothing(self, write, lines, why):
        found = faults(self.config(write, lines, "allow_plain_http = true"))
        assert found == [f"ingest.allow_plain_http: {why}; leave this key out"]

    @pytest.mark.parametrize("key", ["tls_cert_file", "tls_key_file"])
    def test_half_of_tls_is_none(self, write, key):
        (fault,) = faults(self.config(write, f'listen = "0.0.0.0:443"\n{key} = "a"'))
        assert fault == "ingest.tls_cert_file: give this key and tls_key_file, or neither"


def test_a_key_that_everybody_can_read_is_named(write, tmp_path):
    (tmp_path / "b").touch()
    (tmp_path / "b").chmod(0o644)  # whatever the umask is
    text = '[ingest]\ntimezone = "UTC"\ntls_cert_file = "a"\ntls_key_file = "b"'
    assert [one.partition(": ")[2] for one in load(write(text)).warnings] == [
        "everybody on this machine can read this key; chmod 640 it"
    ]


def test_a_key_may_be_a_credential_of_systemd(write, tmp_path, monkeypatch):
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / "tls-key").touch(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "handed"))
    text = '[ingest]\ntimezone = "UTC"\ntls_cert_file = "a"\ntls_key_file = "tls-key"'
    assert load(write(text)).tls == TlsFiles(tmp_path / "a", tmp_path / "handed" / "tls-key")


def test_a_true_is_no_number(write):
    (fault,) = faults(write('[ingest]\ntimezone = "UTC"\nevaluate_s = true\n'))
    assert fault == "ingest.evaluate_s: expected a whole number"


@pytest.mark.parametrize("text", ["", "ingest = 5", "[bridge]\n"])
def test_without_our_table_nothing_works(write, text):
    (fault,) = faults(write(text))
    assert fault.startswith(("[ingest]: the table is missing", "ingest: expected a table"))


def test_a_toml_fault_names_its_line(write):
    (fault,) = faults(write("[ingest]\ntimezone = Asia\n"))
    assert "not valid TOML" in fault
    assert "line 2" in fault


def test_a_missing_file_is_named(tmp_path):
    (fault,) = faults(tmp_path / "none.toml")
    assert fault == "no such file; name one by --config or HADIR_CONFIG"


def test_a_folder_is_no_file(tmp_path):
    (fault,) = faults(tmp_path)
    assert fault.startswith("cannot be read")


@pytest.mark.parametrize(
    "rubbish",
    [
        f"evaluate_s = {'9' * 5_000}",
        f"evaluate_s = 0x{'f' * 5_000}",
        f"evaluate_s = {'[' * 5_000}",
        f"{'a.' * 3_000}evaluate_s = 1",
    ],
    ids=["decimal", "hexadecimal", "brackets", "dots"],
)
def test_numbers_and_brackets_beyond_reason_are_one_fault(write, rubbish):
    (fault,) = faults(write(f'[ingest]\ntimezone = "UTC"\n{rubbish}\n'))
    assert fault.startswith("a number is too long or brackets are too deep")


def test_a_port_of_thousands_of_digits_is_no_port(write):
    (fault,) = faults(write(f'[ingest]\ntimezone = "UTC"\nlisten = "a:{"9" * 5_000}"\n'))
    assert fault.startswith("ingest.listen: ")


@pytest.mark.parametrize("key", ["database", "database_file"])
def test_a_name_no_file_can_have_is_a_fault(write, key):
    text = f'[ingest]\ntimezone = "UTC"\n{key} = "sqlite:////a\\u0000b"\n'
    assert faults(write(text)) == [f"ingest.{key}: holds a NUL, which no name of a file has"]


def test_a_name_too_long_for_a_file_is_a_fault(write, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = write(f'[ingest]\ntimezone = "UTC"\ndatabase_file = "{"a" * 5_000}"\n')
    (fault,) = faults(path)
    assert fault.endswith("cannot be read (File name too long)")


def test_other_encodings_are_named(tmp_path):
    path = tmp_path / "ingest.toml"
    path.write_bytes('[ingest]\ntimezone = "é"'.encode("latin-1"))
    assert faults(path) == ["not UTF-8 text; save it as UTF-8"]


class TestDatabaseFile:
    URL = "postgresql://hadir:geheim@db/hadir"

    @pytest.fixture
    def config(self, write):
        return write('[ingest]\ntimezone = "UTC"\ndatabase_file = "url"\n')

    def test_lies_beside_the_configuration(self, config):
        secret = config.parent / "url"
        secret.write_text(f"{self.URL}\n")
        secret.chmod(0o600)
        loaded = load(config)
        assert loaded.database == self.URL
        assert loaded.warnings == ()
        assert "geheim" not in repr(loaded)

    def test_or_is_a_systemd_credential(self, config, tmp_path, monkeypatch):
        (tmp_path / "credentials").mkdir()
        (tmp_path / "credentials" / "url").write_text(self.URL)
        (tmp_path / "credentials" / "url").chmod(0o400)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
        assert load(config).database == self.URL

    def test_readable_to_all_is_warned_of(self, config):
        secret = config.parent / "url"
        secret.write_text(self.URL)
        secret.chmod(0o644)
        (warning,) = load(config).warnings
        assert "chmod 600" in warning

    @pytest.mark.parametrize("content", [b"", b"a\nb\n", b"\xff\xfe\x00", b"x" * 5_000])
    def test_holds_one_line(self, config, content):
        (config.parent / "url").write_bytes(content)
        (fault,) = faults(config)
        assert fault.endswith("must hold one line, the database URL")

    def test_missing_is_a_fault(self, config):
        (fault,) = faults(config)
        assert fault.startswith("ingest.database_file: ")
        assert "No such file" in fault

    def test_excludes_the_url_itself(self, write):
        path = write('[ingest]\ntimezone = "UTC"\ndatabase_file = "url"\ndatabase = "x"\n')
        assert faults(path) == ["ingest.database: give this key or database_file, not both"]


def test_a_password_in_a_file_for_all_is_warned_of(write):
    path = write('[ingest]\ntimezone = "UTC"\ndatabase = "postgresql://a:b@c/d"\n')
    assert load(path).warnings == ()
    path.chmod(0o644)
    (warning,) = load(path).warnings
    assert "database_file" in warning
    assert "a:b" not in warning


class TestMetrics:
    @staticmethod
    def config(write, *lines: str) -> Path:
        return write("\n".join(["[ingest]", 'timezone = "Asia/Makassar"', *lines]))

    def test_are_shown_nowhere_by_default(self, write):
        config = load(self.config(write))
        assert (config.metrics, config.log_format) == (None, "text")

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    def test_are_shown_to_this_computer(self, write, host):
        config = load(self.config(write, f'metrics_listen = "{host}:9108"'))
        assert config.metrics == (host.strip("[]"), 9108)

    def test_are_shown_to_others_only_where_that_is_meant(self, write):
        lines = 'metrics_listen = "0.0.0.0:9108"', "metrics_open = true"
        (fault,) = faults(self.config(write, lines[0]))
        assert fault.startswith("ingest.metrics_listen: 0.0.0.0:9108 can be asked by other")
        assert load(self.config(write, *lines)).metrics == ("0.0.0.0", 9108)  # noqa: S104
        (fault,) = faults(self.config(write, lines[1]))
        assert fault == "ingest.metrics_open: nothing is open without metrics_listen"

    def test_need_a_port(self, write):
        (fault,) = faults(self.config(write, 'metrics_listen = "9108"'))
        assert fault.startswith("ingest.metrics_listen: '9108' is no \"host:port\"")

    def test_a_log_has_two_forms(self, write):
        assert load(self.config(write, 'log_format = "json"')).log_format == "json"
        (fault,) = faults(self.config(write, 'log_format = "xml"'))
        assert fault == 'ingest.log_format: expected "text" or "json"'
