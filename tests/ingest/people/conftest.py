"""Commands on a store of two offices, made once and copied."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest.cli import cli

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ONE, TWO, FAR = "198609262015051001", "198609262015051002", "198609262015051003"
PEOPLE = (
    "nip,name,kind,office,superior_nip,from\n"
    f"{ONE},Satu,CPNS,A,,2026-01-01\n{TWO},Dua,PNS,A,{ONE},2026-01-01\n"
    f"{FAR},Jauh,PNS,B,,2026-01-01\n"
)


class Run:
    """Runs commands on one store at one moment."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nlisten = "127.0.0.1:0"\n'
        )

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *arguments], obj=lambda: NOW
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json").stdout)

    def file(self, text: str, name: str = "berkas.csv") -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def audited(self, what: str) -> list[dict[str, Any]]:
        return [one for one in self.json("audit", "list") if one["what"] == what]


def _filled(run: Run) -> Run:
    run("offices", "import", run.file("code,name\nA,Dinas\nB,Badan\n"))
    run("people", "import", run.file(PEOPLE))
    return run


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    shutil.copyfile(sqlite_template, folder / "hadir.db")
    _filled(Run(folder, f"sqlite:///{folder}/hadir.db"))
    return folder / "hadir.db"


@pytest.fixture
def run(filled_template: Path, tmp_path: Path) -> Run:
    """Offices A and B: Satu (CPNS) is the superior of Dua in A, Jauh serves in B."""
    shutil.copyfile(filled_template, tmp_path / "hadir.db")
    return Run(tmp_path, f"sqlite:///{tmp_path}/hadir.db")


@pytest.fixture
def run_on_both(database_url: str, tmp_path: Path) -> Run:
    return _filled(Run(tmp_path, database_url))
