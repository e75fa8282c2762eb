"""Generic import names are safe only in an environment of our own: these guards keep it so."""

import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WINGS = ("bridge", "drivers", "ingest")


@pytest.mark.parametrize("wing", WINGS)
def test_no_stranger_bears_our_name(wing: str) -> None:
    assert set(packages_distributions().get(wing, ["hadir"])) == {"hadir"}


def test_no_init_under_tests() -> None:
    # one would make pytest mistake tests/bridge for the real bridge
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_the_wheel_holds_the_three_wings_and_no_tests(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "--disable-pip-version-check", "-w", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
        text=True,
    )
    (wheel,) = tmp_path.glob("hadir-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.startswith("hadir-")} == set(WINGS)
    assert any(name.endswith("share/hadir/config.example.toml") for name in names)
    assert any(name.endswith("share/hadir/systemd/hadir-bridge.service") for name in names)
    assert any(name.endswith("share/hadir/monitoring/grafana-hadir.json") for name in names)
    assert any("ingest/store/migrations/" in name for name in names)


def test_the_office_loads_no_database_library() -> None:
    heavy = (
        "sqlalchemy",
        "alembic",
        "apscheduler",
        "starlette",
        "uvicorn",
        "psycopg",
        "holidays",
        "prometheus_client",
        "structlog",
    )
    loaded = f"[name for name in {heavy!r} if name in sys.modules]"
    script = f"import sys, bridge.cli, bridge.daemon; print({loaded})"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_nothing_committed_names_a_path_of_some_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    marks = ("/wo" + "rk/", ".." + "/shared")
    for name in listed:
        path = ROOT / name
        if path.suffix in {".hex", ".dat", ".body", ".http", ".xml"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not any(mark in text for mark in marks), name
