"""What the guide has an office install: a configuration that loads, and is the one it shows."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bridge import config as bridge_config
from ingest import config as ingest_config

ROOT = Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "systemd"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def plain(text: str) -> list[str]:
    """Return the lines of a configuration without indent, comment lines and blank lines."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_the_guide_shows_the_configuration_that_is_installed() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README.split("## Commands")[0], re.DOTALL)
    assert plain(shown) == plain((SYSTEMD / "bridge.toml").read_text(encoding="utf-8"))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Lay both files out as install.sh does."""
    for name in ("bridge.toml", "ingest.toml"):
        shutil.copy(SYSTEMD / name, tmp_path / name)
        (tmp_path / name).chmod(0o640)
    return tmp_path


def test_the_installed_configurations_load_as_they_are(installed: Path) -> None:
    bridge = bridge_config.load(installed / "bridge.toml")
    assert [one.name for one in bridge.terminals] == ["pintu-depan"]
    assert bridge.warnings == ()
    assert ingest_config.load(installed / "ingest.toml").warnings == ()


def test_the_line_for_postgresql_is_one_that_loads(installed: Path) -> None:
    file = installed / "ingest.toml"
    changed = file.read_text(encoding="utf-8").replace("# database_file", "database_file")
    file.write_text(re.sub(r"(?m)^database = .*\n", "", changed), encoding="utf-8")
    (installed / "database").write_text("postgresql://hadir:rahasia@127.0.0.1/hadir\n")
    (installed / "database").chmod(0o640)
    assert ingest_config.load(file).database == "postgresql://hadir:rahasia@127.0.0.1/hadir"


def test_the_installer_says_how_it_is_used() -> None:
    done = subprocess.run(
        ["sh", SYSTEMD / "install.sh", "pusat"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "install.sh bridge" in done.stdout
