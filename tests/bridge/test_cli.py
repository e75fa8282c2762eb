"""The command, as people and programs use it: what it prints, where, and how it ends."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from bridge_parts import make_key
from click.testing import CliRunner, Result

from bridge import locks
from bridge.cli import cli
from bridge.outbox import Outbox
from drivers.simulator.faults import Faults

SAMPLES = Path(__file__).parents[1] / "samples"
SERIAL = "SIM0000000001"


@pytest.fixture
def closed_port():
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def one_sentence(result: Result, code: int) -> str:
    """Return the sentence a command failed with; there is nothing else."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0]
    return lines[0]


class TestGroup:
    """What all commands share."""

    def test_version_and_help_need_no_configuration(self):
        assert CliRunner().invoke(cli, ["--version"]).stdout.startswith("hadir-bridge 0.")
        for name in cli.commands:
            told = CliRunner().invoke(cli, [name, "--help"])
            assert told.exit_code == 0
            assert f"hadir-bridge {name}" in told.stdout.replace(
                "--config /etc/hadir/bridge.toml ", ""
            )

    def test_python_m_bridge_is_the_command(self):
        told = subprocess.run(
            [sys.executable, "-m", "bridge", "--version"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert told.stdout.startswith("hadir-bridge 0.")

    def test_the_configuration_may_be_named_by_the_environment(self, desk):
        told = CliRunner(env={"HADIR_CONFIG": str(desk.file)}).invoke(cli, ["check"])
        assert told.exit_code == 0
        assert told.stderr == f"{desk.file} is sound; terminals: 1\n"

    def test_a_missing_configuration_is_a_misuse(self, tmp_path):
        told = CliRunner().invoke(cli, ["--config", str(tmp_path / "none.toml"), "status"])
        assert "none.toml: there is no such file; name yours with --config" in one_sentence(told, 2)

    def test_every_fault_of_a_configuration_is_a_sentence(self, desk):
        desk.file.write_text(desk.file.read_text().replace("host =", "hots =") + "colour = 1\n")
        told = desk.types("check")
        assert told.exit_code == 2
        assert told.stderr.splitlines() == [
            f'{desk.file}: terminal[1].hots: unknown key, did you mean "host"?',
            f"{desk.file}: terminal[1].colour: unknown key",
            f"{desk.file}: terminal[1].host: missing",
        ]

    def test_verbose_tells_where_a_fault_came_from(self, desk, closed_port):
        desk.write(port=str(closed_port))
        told = desk.types("read", "front-door")
        assert "because" not in told.stderr
        told = CliRunner().invoke(
            cli, ["--config", str(desk.file), "--verbose", "read", "front-door"]
        )
        assert "because of ConnectionRefusedError" in told.stderr

    def test_output_that_nobody_reads_to_its_end_is_no_fault(self, desk, terminal):
        for second in range(3_000):
            terminal.memory.punch("1001", 0, datetime(2026, 11, 24, 7, second // 60, second % 60))
        command = [sys.executable, "-m", "bridge", "--config", str(desk.file)]
        with subprocess.Popen(
            [*command, "read", "front-door"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as reader:
            assert reader.stdout is not None
            assert reader.stderr is not None
            assert reader.stdout.readline().startswith("1001\t")
            reader.stdout.close()
            assert "Traceback" not in reader.stderr.read()

    def test_a_fault_of_the_system_is_a_sentence_too(self, desk):
        desk.state.mkdir(mode=0o700)
        (desk.state / "bridge.lock").mkdir()
        assert "bridge.lock cannot be opened" in one_sentence(desk.types("once"), 1)
        (desk.folder / "loop").symlink_to(desk.folder / "loop")
        desk.file.write_text(desk.file.read_text().replace(str(desk.state), f"{desk.folder}/loop"))
        told = one_sentence(desk.types("read", "front-door"), 1)
        assert told.startswith(f"cannot use {desk.folder}/loop/terminal-front-door.lock: ")


class TestRead:
    """`read` reads once, prints, and writes nothing."""

    def test_it_prints_one_object_a_line(self, desk):
        told = desk.types("read", "front-door", "--json")
        assert told.exit_code == 0
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        assert {**rows[0], "raw": ""} == {
            "terminal": "front-door",
            "serial": SERIAL,
            "user_id": "1001",
            "local_time": "2026-11-23T07:21:05",
            "state": 0,
            "verify": 1,
            "work_code": "",
            "raw": "",
        }
        assert len(bytes.fromhex(rows[0]["raw"])) == 40
        assert rows[3]["user_id"] == "197912112009012003"
        assert rows[3]["local_time"] == "2038-02-01T07:00:00"

    def test_a_bad_record_is_an_object_with_an_error(self, desk):
        told = desk.types("read", "front-door", "--json")
        bad = [json.loads(line) for line in told.stdout.splitlines()][1]
        assert bad.keys() == {"terminal", "serial", "user_id", "error", "kind", "raw"}
        assert bad["kind"] == "date"
        assert bad["error"]
        assert f"serial {SERIAL}, records 4, bad 1" in told.stderr

    def test_people_get_columns(self, desk):
        told = desk.types("read", "front-door")
        assert told.stdout.splitlines()[0] == "1001\t2026-11-23T07:21:05\t0\t1\t-"

    def test_it_writes_nothing(self, desk):
        before = sorted(desk.folder.rglob("*"))
        assert desk.types("read", "front-door").exit_code == 0
        assert sorted(desk.folder.rglob("*")) == before

    def test_it_needs_no_key(self, desk):
        assert not desk.key.exists()
        assert desk.types("read", "front-door").exit_code == 0

    def test_a_wrong_name_is_a_misuse_and_a_near_miss_is_named(self, desk):
        told = one_sentence(desk.types("read", "front-dor"), 2)
        assert 'no terminal is named "front-dor", did you mean "front-door"?' in told

    def test_a_wrong_key_is_one_sentence(self, desk):
        desk.write(comm_key="78")
        told = one_sentence(desk.types("read", "front-door"), 1)
        assert f"127.0.0.1:{desk.port}" in told
        assert "comm_key" in told
        assert "78" not in told.replace(str(desk.port), "")

    def test_a_wrong_host_is_one_sentence(self, desk, closed_port):
        desk.write(host='"no-such-host.invalid"')
        assert 'check "host"' in one_sentence(desk.types("read", "front-door"), 1)
        desk.write(port=str(closed_port))
        assert f"127.0.0.1:{closed_port}" in one_sentence(desk.types("read", "front-door"), 1)

    @pytest.mark.parametrize("fault", ["stall=100", "cut=100", "rubbish", "huge-size", "secure"])
    def test_a_terminal_that_goes_wrong_is_one_sentence(self, desk, terminal, fault):
        terminal.faults = Faults(fault)
        desk.write(timeout_s="1")
        told = one_sentence(desk.types("read", "front-door"), 1)
        assert told[0].islower() or told[0].isdigit()
        assert not told.endswith(".")


class TestImport:
    """`import` takes a file that was carried by hand."""

    FILE = SAMPLES / "usb-attlog-status255.dat"

    def rows(self, desk) -> int:
        with Outbox.existing(desk.state / "outbox.db") as outbox:
            return outbox.counts().waiting

    def test_it_tells_new_and_known_and_what_is_covered(self, desk):
        words = ("import", str(self.FILE), "--terminal", "front-door", "--serial", "CARRIED1")
        told = desk.types(*words)
        assert told.exit_code == 0, told.stderr
        first = told.stdout.splitlines()[0]
        records = len(self.FILE.read_text().splitlines())
        assert first == (
            f"usb-attlog-status255.dat: {records} records of front-door (CARRIED1): "
            f"{records} new, 0 known, 0 bad"
        )
        assert self.rows(desk) == records
        again = desk.types(*words)
        assert f"0 new, {records} known" in again.stdout.splitlines()[0]
        assert self.rows(desk) == records
        assert told.stdout.splitlines()[1].startswith("covers 20")

    def test_bad_rows_are_named_and_the_others_come_through(self, desk):
        lines = self.FILE.read_bytes().splitlines(keepends=True)
        lines[2] = lines[2].replace(b"-", b"-9", 1)
        file = desk.folder / "attlog.dat"
        file.write_bytes(b"".join(lines))
        told = desk.types("import", str(file), "--terminal", "front-door", "--serial", "CARRIED1")
        assert told.exit_code == 0, told.stderr
        assert told.stdout.splitlines()[0].endswith(f"{len(lines)} new, 0 known, 1 bad")
        assert told.stdout.splitlines()[1].startswith("record 3: ")
        assert self.rows(desk) == len(lines)

    def test_a_terminal_that_was_never_read_needs_its_serial(self, desk):
        told = desk.types("import", str(self.FILE), "--terminal", "front-door")
        sentence = one_sentence(told, 1)
        assert sentence.startswith("front-door was never read, so its serial number is not known")
        assert self.rows(desk) == 0

    def test_a_serial_in_the_configuration_counts_and_is_not_contradicted(self, desk):
        desk.file.write_text(desk.file.read_text() + 'serial = "CARRIED1"\n')
        words = ("import", str(self.FILE), "--terminal", "front-door")
        assert "(CARRIED1)" in desk.types(*words).stdout
        told = one_sentence(desk.types(*words, "--serial", "OTHER"), 1)
        assert told.startswith("--serial says OTHER, but the configuration says that front-door is")

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", ""),
            (b"\x00\x01\x02" * 50, ""),
            (b"No\tTMNo\tEnNo\tName\tMode\tIOMd\tDateTime\n", "G-log"),
            (b"<html>not an attlog</html>\n" * 3, ""),
        ],
    )
    def test_a_wrong_file_is_one_sentence_and_takes_nothing(self, desk, content, told):
        file = desk.folder / "attlog.dat"
        file.write_bytes(content)
        result = desk.types("import", str(file), "--terminal", "front-door", "--serial", "CARRIED1")
        sentence = one_sentence(result, 1)
        assert "attlog.dat" in sentence
        assert told in sentence
        assert self.rows(desk) == 0

    def test_a_missing_file_is_one_sentence(self, desk):
        file = desk.folder / "none.dat"
        told = desk.types("import", str(file), "--terminal", "front-door", "--serial", "CARRIED1")
        assert str(file) in one_sentence(told, 1)

    def test_a_full_outbox_takes_nothing_and_says_so(self, desk):
        desk.file.write_text(
            desk.file.read_text().replace("[centre]", "max_waiting = 1000\n[centre]")
        )
        line = b"%9d\t2026-03-02 07:%02d:%02d\t1\t0\t1\t0\r\n"
        file = desk.folder / "attlog.dat"
        file.write_bytes(b"".join(line % (n, n // 60 % 60, n % 60) for n in range(1, 2_002)))
        told = desk.types("import", str(file), "--terminal", "front-door", "--serial", "CARRIED1")
        assert "may" in one_sentence(told, 1)
        assert self.rows(desk) == 1_000  # what was committed before stays, and stays known

    def test_a_damaged_outbox_is_one_sentence_and_is_left_alone(self, desk):
        desk.state.mkdir(mode=0o700)
        outbox = desk.state / "outbox.db"
        outbox.write_bytes(b"SQLite format 3\x00" + b"\xff" * 8_000)
        before = outbox.read_bytes()
        told = desk.types("import", str(self.FILE), "--terminal", "front-door", "--serial", "X1")
        assert "outbox.db" in one_sentence(told, 1)
        assert outbox.read_bytes() == before


class TestOnce:
    """`once` does a full round, and its exit tells whether all of it went well."""

    @pytest.fixture
    def centre(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        taking.public_key = make_key(desk.state).public
        return taking

    def test_everything_reaches_the_centre_once(self, desk, centre):
        told = desk.types("once")
        assert told.exit_code == 0, told.output
        assert told.stdout.splitlines()[0].startswith("front-door: 4 records, 4 new, 1 bad")
        assert told.stdout.splitlines()[1] == "centre: sent 4"
        assert sorted(row.user_id for row in centre.rows.values())[:2] == ["1001", "1002"]
        assert [one.terminal for one in centre.coverage] == [SERIAL]
        assert "4 records, 0 new" in desk.types("once").stdout
        assert len(centre.rows) == 4

    def test_a_centre_that_is_away_is_named_and_nothing_is_lost(self, desk, closed_port):
        desk.write(url=f'"http://127.0.0.1:{closed_port}"')
        told = desk.types("once")
        assert told.exit_code == 1
        assert told.stdout.startswith("front-door: 4 records, 4 new")
        first, last = told.stderr.splitlines()
        assert first.startswith(f"centre: http://127.0.0.1:{closed_port} cannot be reached")
        assert first.endswith("waiting: 4")
        assert last == "failed: 1"

    def test_a_terminal_that_is_away_is_named_and_the_rest_is_sent(self, desk, centre, closed_port):
        desk.write(
            f'[[terminal]]\nname = "back-door"\ndriver = "zk"\n'
            f'host = "127.0.0.1"\nport = {closed_port}\ntimeout_s = 2',
            url=desk.file.read_text().split("url = ")[1].split("\n")[0],
        )
        told = desk.types("once")
        assert told.exit_code == 1
        assert len(centre.rows) == 4
        (line,) = [line for line in told.stderr.splitlines() if line.startswith("back-door: ")]
        assert f"127.0.0.1:{closed_port}" in line
        status = json.loads(desk.types("status", "--json").stdout)
        assert [bool(one["error"]) for one in status["terminals"]] == [False, True]

    def test_a_key_the_centre_does_not_know_is_named_and_nothing_is_lost(self, desk, centre):
        right = desk.key.rename(desk.folder / "right.key")
        wrong = make_key(desk.state)
        told = desk.types("once")
        assert told.exit_code == 1
        (line,) = [line for line in told.stderr.splitlines() if line.startswith("centre: ")]
        assert "refuses the key: this key is not known; ask for an invitation and run" in line
        assert desk.key.read_text().split()[-1] not in told.output
        right.rename(desk.key)
        assert make_key(desk.state).id != wrong.id
        assert desk.types("once").exit_code == 0
        assert len(centre.rows) == 4

    def test_a_bridge_without_a_key_reads_and_says_what_to_do(self, desk, centre):
        desk.key.unlink()
        told = desk.types("once")
        assert told.exit_code == 1
        assert told.stdout.startswith("front-door: 4 records, 4 new")
        assert "this bridge has no key yet" in told.stderr
        assert "run `hadir-bridge enrol CODE`; waiting: 4" in told.stderr

    def test_what_the_centre_refuses_is_told(self, desk, centre):
        centre.refuses["1001"] = "nobody has this number"
        told = desk.types("once")
        assert told.exit_code == 1
        assert "centre: sent 3, parked 1; see `hadir-bridge outbox --parked`" in told.stderr
        assert len(desk.types("outbox", "--parked").stdout.splitlines()) == 2

    def test_it_does_not_run_beside_the_daemon(self, desk, centre):
        with locks.instance(desk.state, "run"):
            assert "is in use by hadir-bridge run" in one_sentence(desk.types("once"), 1)

    def test_a_state_dir_that_cannot_be_is_one_sentence(self, desk, centre):
        shutil.rmtree(desk.state)
        desk.state.write_text("a file")
        assert "is no folder" in one_sentence(desk.types("once"), 1)

    def test_an_import_knows_the_serial_of_a_terminal_that_was_read(self, desk, centre):
        desk.types("once")
        told = desk.types("import", str(TestImport.FILE), "--terminal", "front-door")
        assert f"({SERIAL})" in told.stdout


class TestCheckConnect:
    """`check --connect` talks to everybody and keeps nothing."""

    def test_it_tells_who_answers(self, desk, scripted, taking):
        desk.write(url=f'"{scripted.url}"')
        before = sorted(desk.folder.rglob("*"))
        told = desk.types("check", "--connect")
        assert told.exit_code == 0, told.output
        terminal, centre = told.stdout.splitlines()
        assert f"serial {SERIAL}" in terminal
        assert "records 4" in terminal
        assert "clock " in terminal
        assert centre == f"centre: {scripted.url} takes our key"
        assert sorted(desk.folder.rglob("*")) == before
        assert taking.rows == {}
        assert taking.heartbeats == 0

    def test_it_names_each_that_does_not(self, desk, closed_port):
        desk.write(comm_key="1", url=f'"http://127.0.0.1:{closed_port}"')
        told = desk.types("check", "--connect")
        assert told.exit_code == 1
        lines = told.stderr.splitlines()
        assert lines[1].startswith("front-door: 127.0.0.1:")
        assert "comm_key" in lines[1]
        assert lines[2].startswith("centre: ")
        assert lines[3] == "failed: 2"

    def test_another_terminal_than_the_section_says_is_named(self, desk, scripted, taking):
        desk.write('serial = "OTHER"', url=f'"{scripted.url}"')
        told = desk.types("check", "--connect")
        assert told.exit_code == 1
        assert f"front-door: it is {SERIAL}, but its section says OTHER" in told.stderr

    def test_a_clock_that_is_off_is_named(self, desk, memory, scripted, taking):
        memory.shift_clock(-86_400)
        desk.write(url=f'"{scripted.url}"')
        told = desk.types("check", "--connect")
        assert told.exit_code == 1
        assert "set its clock" in told.stderr


class TestStatusAndOutbox:
    """`status` and `outbox` look at the file, whoever has it open."""

    @pytest.fixture
    def imported(self, desk):
        file = str(TestImport.FILE)
        words = ("import", file, "--terminal", "front-door", "--serial", "CARRIED1")
        assert desk.types(*words).exit_code == 0
        return len(TestImport.FILE.read_text().splitlines())

    def test_status_without_an_outbox_says_so(self, desk):
        assert "has the bridge run yet?" in one_sentence(desk.types("status"), 1)
        assert not desk.state.exists()

    def test_status_tells_terminals_outbox_and_centre(self, desk, imported):
        told = json.loads(desk.types("status", "--json").stdout)
        assert told["office"] == "4.01.01"
        assert (told["waiting"], told["sent"], told["parked"]) == (imported, 0, 0)
        assert told["running"] is None
        assert told["centre"]["url"] == "http://127.0.0.1:9"
        assert told["oldest_waiting_at"].endswith("+00:00")
        assert [one["name"] for one in told["terminals"]] == ["front-door"]

    def test_status_works_while_the_outbox_is_in_use(self, desk, imported):
        with Outbox(desk.state / "outbox.db") as outbox:
            assert desk.types("status", "--json").exit_code == 0
            assert outbox.counts().waiting == imported

    def test_status_is_told_to_people_too(self, desk, imported):
        told = desk.types("status")
        assert told.exit_code == 0
        assert f"waiting   {imported}, the oldest since 20" in told.stdout
        assert "bridge    not running" in told.stdout
        assert "front-door\t" in told.stdout

    def test_a_terminal_window_gets_tables(self, desk, imported):
        """In a window columns line up; a pipe gets tabs."""
        ours, theirs = os.openpty()
        with os.fdopen(ours, "rb", buffering=0) as window:
            told = subprocess.run(
                desk.command("status"), stdout=theirs, timeout=60, check=False,
                env={**os.environ, "COLUMNS": "200", "TERM": "xterm"},
            )  # fmt: skip
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # how the end of a window is told
                while read := window.read(4_096):
                    shown += read
        assert told.returncode == 0
        assert b"front-door" in shown
        assert b"KNOWN UNTIL" in shown
        assert b"\t" not in shown

    def test_the_outbox_lists_what_waits(self, desk, imported):
        told = desk.types("outbox", "--json")
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        assert len(rows) == imported
        assert rows[0]["place"] == "waiting"
        assert rows[0]["source"] == "usb"
        assert rows[0].keys() >= {"id", "serial", "user_id", "local_time", "state", "raw"}
        assert len(desk.types("outbox").stdout.splitlines()) == imported + 1

    def test_a_long_list_says_that_it_was_cut(self, desk, imported):
        told = desk.types("outbox", "--limit", "3")
        assert len(told.stdout.splitlines()) == 4
        assert told.stderr == f"shown: the oldest 3 of {imported}; --limit shows more\n"

    def test_what_the_centre_refused_is_shown_and_may_wait_again(self, desk, imported):
        with Outbox(desk.state / "outbox.db") as outbox:
            outbox.park(outbox.next_batch(2), "no such terminal", 1_800_000_000)
        rows = [
            json.loads(one)
            for one in desk.types("outbox", "--parked", "--json").stdout.splitlines()
        ]
        assert [row["parked_because"] for row in rows] == ["no such terminal"] * 2
        told = json.loads(desk.types("status", "--json").stdout)
        assert told["parked_because"] == {"no such terminal": 2}
        assert "no such terminal" in desk.types("status").stdout
        assert desk.types("outbox", "--retry-parked").stderr == "waiting again: 2\n"
        assert json.loads(desk.types("status", "--json").stdout)["waiting"] == imported

    def test_what_was_asked_wrongly_is_a_misuse(self, desk, imported):
        assert desk.types("outbox", "--retry-parked", "--json").exit_code == 2
        assert desk.types("outbox", "--begin-anew", "--parked").exit_code == 2
        assert desk.types("outbox", "--begin-anew", "--retry-parked").exit_code == 2
        assert desk.types("outbox", "--limit", "0").exit_code == 2
        assert desk.types("outbx").exit_code == 2


def test_the_office_stays_light():
    """Starting the bridge loads none of what only the centre needs."""
    code = (
        "import sys, bridge.daemon, bridge.cli;"
        "print([name for name in ('sqlalchemy', 'apscheduler', 'starlette', 'uvicorn', 'alembic',"
        " 'psycopg', 'holidays', 'rich', 'zk', 'serial') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == "[]"
