"""`hadir-ingest` on a store of its own, at a moment of its own."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from signed import Signer
from two_offices import build

from ingest.cli import cli
from ingest.store import bridges
from ingest.store.database import open_engine, writing

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)  # nine in the morning in Makassar, a Tuesday
ONE, TWO = "198609262015051001", "198609262015051002"


class Command:
    """Runs commands on one store at one moment."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.now = NOW
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nlisten = "127.0.0.1:0"\n'
        )

    def __call__(self, *arguments: str, code: int = 0, **options) -> Result:
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *arguments], obj=lambda: self.now, **options
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str):
        return json.loads(self(*arguments, "--json").stdout)

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def bridge(self, office: str, name: str) -> None:
        """Let a bridge be known by the key of its name."""
        engine = open_engine(self.url)
        with writing(engine) as connection:
            added = bridges.add(connection, office=office, name=name, now=self.now)
            key = Signer(name).public_key
            bridges.add_key(connection, added.id, key, now=self.now, grounds={})
        engine.dispose()

    def take(self, what: str, text: str, code: int = 0) -> Result:
        return self(what, "import", self.file("import.csv", text), code=code)


@pytest.fixture(scope="session")
def command():
    """For a store that is no store: make a command on any URL."""
    return Command


@pytest.fixture
def run(tmp_path, database_url):
    return Command(tmp_path, database_url)


@pytest.fixture
def staffed(run):
    """Offices A and B, two people of A, terminal S1 of A, on which 7 is the first of them."""
    return enrol(run)


@pytest.fixture(scope="session")
def staffed_template(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("staffed")
    shutil.copyfile(sqlite_template, folder / "hadir.db")
    enrol(Command(folder, f"sqlite:///{folder}/hadir.db"))
    return folder / "hadir.db"


@pytest.fixture
def copied(staffed_template, tmp_path):
    """The same as `staffed`, on SQLite, made once and copied: for commands that change nothing."""
    shutil.copyfile(staffed_template, tmp_path / "hadir.db")
    return Command(tmp_path, f"sqlite:///{tmp_path}/hadir.db")


def enrol(run):
    run.take("offices", "code,name\nA,Dinas\nB,Badan\n")
    run.take(
        "people",
        "nip,name,kind,office,superior_nip,from\n"
        f"{ONE},Satu,PNS,A,,2026-01-01\n{TWO},Dua,PNS,A,{ONE},2026-01-01\n",
    )
    run.take("terminals", "serial,name,office,counts_from\nS1,depan,A,2026-01-01\n")
    run.take("user-ids", f"terminal,office,user_id,nip,from\nS1,,7,{ONE},2026-03-01\n")
    return run


@pytest.fixture(scope="session")
def two_offices_template(staffed_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two-offices")
    shutil.copyfile(staffed_template, folder / "hadir.db")
    build(Command(folder, f"sqlite:///{folder}/hadir.db"))
    return folder


@pytest.fixture
def two_offices(two_offices_template, tmp_path):
    """Offices A and B with their users, on SQLite, made once and copied: `parts/two_offices`."""
    for name in ("hadir.db", "seal.key"):
        shutil.copy(two_offices_template / name, tmp_path / name)
    return with_seal_file(Command(tmp_path, f"sqlite:///{tmp_path}/hadir.db"))


@pytest.fixture
def two_offices_on_both(run, database_kind, request):
    """The same on whichever database."""
    if database_kind == "sqlite":
        return request.getfixturevalue("two_offices")
    build(enrol(run))
    return run


def with_seal_file(run):
    run.config.write_text(run.config.read_text() + 'seal_file = "seal.key"\n')
    return run
