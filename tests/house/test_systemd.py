"""The units: sound to systemd, explained line by line, and as closed as docs/systemd.md says."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from ingest.cli import cli

ROOT = Path(__file__).parents[2]
UNITS = ("hadir-bridge.service", "hadir-ingest.service")
BACKUP = "hadir-backup.service"
FILES = (
    *UNITS,
    BACKUP,
    "hadir-backup.timer",
    "hadir-backup-postgresql.conf",
    "hadir-ingest-postgresql.conf",
    "hadir.sysusers.conf",
)
ANALYZE = shutil.which("systemd-analyze")
SYSUSERS = shutil.which("systemd-sysusers")

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def lines(name: str) -> list[str]:
    return (ROOT / "systemd" / name).read_text().splitlines()


def settings(name: str) -> list[tuple[str, str]]:
    pairs = [line.partition("=") for line in lines(name) if re.match(r"[A-Z]\w*=", line)]
    return [(key, value) for key, _, value in pairs]


def ours(folder: Path, name: str) -> Path:
    """Copy a unit with a program that exists on this host; everything else stays as it is."""
    unit = folder / name
    unit.write_text(
        re.sub(
            r"^ExecStart=\S+",
            f"ExecStart={shutil.which('true')}",
            "\n".join(lines(name)) + "\n",
            flags=re.MULTILINE,
        )
    )
    return unit


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run(
        [ANALYZE, *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("name", FILES)
def test_every_line_says_why_it_stands_there(name):
    unexplained = []
    last_key = ""
    explained = False
    for line in lines(name):
        if line.startswith("#"):
            explained = True
        elif line and not line.startswith("["):
            key = line.partition("=")[0]
            if not explained and key != last_key:
                unexplained.append(line)
            last_key, explained = key, False
        else:
            last_key, explained = "", False
    assert unexplained == []


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_keeps_what_was_promised(name):
    held = dict(settings(name))
    assert held["Type"] == "notify"
    assert int(held["WatchdogSec"]) > 0
    assert held["User"] == held["Group"] == "hadir"
    assert held["StateDirectory"] == "hadir"
    assert held["ExecStart"].split()[0] == f"/opt/hadir/bin/{name.removesuffix('.service')}"
    assert held["NoNewPrivileges"] == "yes"
    assert held["ProtectSystem"] == "strict"


def test_the_backup_is_made_by_a_timer_with_what_the_command_takes():
    held = dict(settings(BACKUP))
    program, *words = held["ExecStart"].split()
    assert program == "/opt/hadir/bin/hadir-ingest"
    assert words[:3] == ["--config", "/etc/hadir/ingest.toml", "backup"]
    command = cli.get_command(click.Context(cli), "backup")
    assert command is not None
    taken = command.make_context("backup", words[3:]).params
    assert taken["folder"] == Path("/var/lib/hadir-backups")
    assert taken["keep"] == 14
    assert taken["folder"].name in held["StateDirectory"].split()
    assert held["Type"] == "oneshot"
    assert held["User"] == held["Group"] == "hadir"
    assert ("OnCalendar", "*-*-* 02:30") in settings("hadir-backup.timer")
    assert ("Persistent", "yes") in settings("hadir-backup.timer")


def test_only_the_bridge_may_use_serial_lines():
    assert dict(settings("hadir-bridge.service"))["SupplementaryGroups"] == "dialout"
    assert (
        not {"SupplementaryGroups", "DeviceAllow"} & dict(settings("hadir-ingest.service")).keys()
    )


def test_secrets_are_handed_over_by_systemd():
    assert ("LoadCredential", "database:/etc/hadir/database") in settings(
        "hadir-ingest-postgresql.conf"
    )


def test_the_user_of_the_units_is_made_by_the_sysusers_file():
    made = [line.split()[1] for line in lines("hadir.sysusers.conf") if line.startswith("u ")]
    assert made == ["hadir"]


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    units = [ours(tmp_path, name) for name in (*UNITS, BACKUP)]
    for name in ("hadir-ingest", "hadir-backup"):
        drop_in = tmp_path / f"{name}.service.d" / "postgresql.conf"
        drop_in.parent.mkdir()
        shutil.copy(ROOT / "systemd" / f"{name}-postgresql.conf", drop_in)
    timer = shutil.copy(ROOT / "systemd" / "hadir-backup.timer", tmp_path)
    verified = analyze("verify", *units, timer)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@needs_systemd
def test_systemd_would_have_found_a_misspelt_line(tmp_path):
    unit = ours(tmp_path, UNITS[0])
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHouse="))
    assert "ProtectHouse" in analyze("verify", unit).stderr


@needs_systemd
@pytest.mark.parametrize("name", [*UNITS, BACKUP])
def test_a_unit_is_as_closed_as_the_document_says(name, tmp_path):
    told = (ROOT / "docs" / "systemd.md").read_text()
    version = re.search(r"on systemd (\d+)", told)
    row = re.search(rf"\| {re.escape(name)} \| ([\d.]+) \|", told)
    assert version is not None
    assert row is not None
    found = re.search(
        r"exposure level for \S+: ([\d.]+)",
        analyze("security", "--offline=true", ours(tmp_path, name)).stdout,
    )
    assert found is not None
    if analyze("--version").stdout.split()[1] == version[1]:
        assert found[1] == row[1]
    assert float(found[1]) < 2.0  # other versions count other things, none of them that many


@pytest.mark.skipif(SYSUSERS is None, reason="systemd-sysusers is not installed")
def test_the_sysusers_file_is_sound(tmp_path):
    assert SYSUSERS is not None
    made = subprocess.run(
        [SYSUSERS, "--dry-run", f"--root={tmp_path}", ROOT / "systemd" / "hadir.sysusers.conf"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "'hadir'" in made.stdout + made.stderr
