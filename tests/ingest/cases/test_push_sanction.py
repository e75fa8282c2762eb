"""A decided sanction is told to BKN: by two people, once at most, however the sending ends."""

import copy
import getpass
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_siasn import (
    CODE_0,
    HALF,
    FakeSiasn,
    hang_up,
    person,
    says,
    serving,
)
from followed import PERSON, Followed, nip
from sqlalchemy import update

from ingest import seal as keys
from ingest.cli import cli
from ingest.discipline.cases import Step
from ingest.store import siasn_pushes
from ingest.store.database import open_engine, reading, writing
from ingest.store.tables_siasn import siasn_pushes as table

NIP = nip(PERSON)
DETAILS = (
    "--sanction", "12", "--reason", "5", "--standing", "1", "--regulation", "94 Tahun 2021",
    "--from", "2026-03-27", "--months", "6",
)  # fmt: skip


class Decided:
    """A case whose decision is recorded and approved, and a BKN that knows the person."""

    def __init__(self, followed: Followed, folder: Path, url: str, bkn: FakeSiasn) -> None:
        self.followed, self.bkn = followed, bkn
        self.at(folder, url)
        keys.save(followed.seal, folder / "seal.key")
        self.allow(True)
        for name, full_name in (("budi", "Budi Santoso"), ("ani", "Ani Wijaya"),
                                ("diri", f"Orang {PERSON}")):  # fmt: skip
            self(
                "budi", "users", "add", name, "--full-name", full_name, "--role", "admin",
                "--os-user", getpass.getuser(), "--sudo-user", name,
            )  # fmt: skip
        bkn.people[NIP] = person(NIP)
        self("budi", "siasn", "pull", "--nip", NIP, "--no-units")

    def at(self, folder: Path, url: str) -> None:
        """Let everything lie in another folder."""
        self.folder, self.url, self.config = folder, url, folder / "ingest.toml"
        self.plain = (
            f'[ingest]\ndatabase = "{url}"\ntimezone = "Asia/Makassar"\nseal_file = "seal.key"\n'
        )

    def allow(self, allowed: bool) -> None:
        table = self.bkn.configure(self.folder, push_sanctions=str(allowed).lower())
        self.config.write_text(self.plain + table)

    def __call__(self, who: str, *words: str, code: int = 0):
        result = CliRunner().invoke(
            cli, ["--config", str(self.config), *words],
            obj=lambda: self.followed.now, env={"SUDO_USER": who},
        )  # fmt: skip
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def decide(self, level: str = "ringan") -> None:
        paper = self.folder / "sk.pdf"
        paper.write_bytes(b"sk")
        self(
            "ani", "cases", "record", "action", "1", "--what", "examination-filed", "--on",
            "2026-03-04", "--text", "diperiksa", "--file", str(paper), "--why", "laporan",
        )  # fmt: skip
        self(
            "ani", "cases", "record", "decision", "1", "--decree", "800/40", "--set-on",
            "2026-03-04", "--officer", "Kadis", "--level", level, "--text", "teguran", "--file",
            str(paper), "--why", "SK",
        )  # fmt: skip
        number = self.followed.state().waiting(Step.DECISION).number
        self("budi", "cases", "approve", "1", str(number), "--why", "tercatat")

    def push(self, who: str, *more: str, code: int = 0):
        return self(who, "siasn", "push-sanction", "1", *DETAILS, *more, code=code)

    def states(self) -> list[str]:
        with reading(self.followed.engine) as connection:
            return [one.state for one in siasn_pushes.find(connection)]


@pytest.fixture
def bkn():
    with serving(FakeSiasn()) as siasn:
        yield siasn


@pytest.fixture(scope="module")
def made(sqlite_template, tmp_path_factory):
    """A decided case, made once; and the same before it was decided."""
    folder = tmp_path_factory.mktemp("decided")
    shutil.copyfile(sqlite_template, folder / "hadir.db")
    engine = open_engine(f"sqlite:///{folder}/hadir.db")
    with serving(FakeSiasn()) as siasn:
        followed = Followed(engine).go(3)
        found = Decided(followed, folder, f"sqlite:///{folder}/hadir.db", siasn)
        engine.dispose()  # the last connection folds the WAL into the file
        shutil.copyfile(folder / "hadir.db", folder / "before.db")
        found.decide()
    engine.dispose()
    return found


@pytest.fixture
def put(made, tmp_path, bkn):
    opened = []

    def put(name):
        shutil.copyfile(made.folder / name, tmp_path / "hadir.db")
        shutil.copy(made.folder / "seal.key", tmp_path)
        found = copy.copy(made)
        found.followed, found.bkn = copy.copy(made.followed), bkn
        found.at(tmp_path, f"sqlite:///{tmp_path}/hadir.db")
        found.followed.engine = open_engine(found.url)
        opened.append(found.followed.engine)
        found.allow(True)
        return found

    yield put
    for one in opened:
        one.dispose()


@pytest.fixture
def office(put):
    return put("before.db")


@pytest.fixture
def decided(put):
    return put("hadir.db")


def test_shows_the_exact_body_and_sends_nothing_without_a_yes(decided):
    told = decided.push("budi").stdout
    body = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert (body["skNomor"], body["skTanggal"]) == ("800/40", "04-03-2026")
    assert (body["jenisTingkatHukumanId"], body["pnsOrangId"]) == ("R", f"PNS-{NIP[-4:]}")
    assert (body["hukumanTanggal"], body["golonganId"]) == ("27-03-2026", "33")
    assert "nothing was sent" in told
    assert decided.states() == []
    assert decided.bkn.saved == []


def test_one_asks_another_sends_and_it_is_sent_once(decided):
    shown = decided.push("budi").stdout
    assert "somebody else sends it" in decided.push("budi", "--yes").stdout
    assert "somebody else sends it" in decided.push("budi", "--yes").stdout, "not by asking twice"
    assert decided.bkn.saved == []
    assert "sent: BKN has taken it" in decided.push("ani", "--yes").stdout
    (saved,) = decided.bkn.saved
    assert saved == json.loads(shown[shown.index("{") : shown.rindex("}") + 1])
    for who in ("budi", "ani"):
        assert "it is sent once" in decided.push(who, "--yes", code=1).stderr
    assert len(decided.bkn.saved) == 1
    (row,) = json.loads(decided("budi", "siasn", "pushes", "--json").stdout)
    assert (row["state"], row["asked_by"], row["sent_by"]) == (
        "sent", "Budi Santoso (budi)", "Ani Wijaya (ani)",
    )  # fmt: skip


def test_who_sends_another_body_only_asks_anew(decided):
    decided.push("budi", "--yes")
    assert "asked for" in decided.push("ani", "--yes", "--until", "2026-09-27").stdout
    assert decided.bkn.saved == []
    decided.push("budi", "--yes", "--until", "2026-09-27")
    assert decided.bkn.saved[0]["akhirHukumanTanggal"] == "27-09-2026"
    assert decided.states() == ["sent"]


def test_nothing_is_sent_unless_it_is_switched_on(decided):
    decided.allow(False)
    assert "push_sanctions in [ingest.siasn] is false" in decided.push("budi", code=1).stderr


def test_nothing_is_sent_without_an_approved_decision(office):
    assert "no decision of this case" in office.push("budi", "--yes", code=1).stderr
    office.decide("tidak terbukti")
    assert "there is no sanction" in office.push("budi", "--yes", code=1).stderr


def test_nobody_sends_a_sanction_of_their_own(decided):
    assert "nobody decides on his own case" in decided.push("diri", "--yes", code=1).stderr
    assert decided.states() == []


def test_a_person_bkn_was_not_asked_about_has_no_id_there(decided):
    from ingest.store.tables_siasn import siasn_records

    with writing(decided.followed.engine) as connection:
        connection.execute(siasn_records.delete())
    assert "pull the person first" in decided.push("budi", code=1).stderr


@pytest.mark.parametrize(
    "bite",
    [hang_up, HALF, says({"code": 0}, 500)],
    ids=["hang-up", "half", "500"],
)
def test_an_unknown_outcome_is_never_repeated(decided, bite):
    decided.push("budi", "--yes")
    decided.bkn.bites = [bite]
    told = decided.push("ani", "--yes", code=1).stderr
    assert "unknown: " in told
    assert "siasn settle" in told
    for who in ("budi", "ani"):
        assert "may be at BKN already" in decided.push(who, "--yes", code=1).stderr
    assert decided.bkn.saved == []
    assert decided.states() == ["unknown"]


def test_what_a_person_found_at_bkn_settles_it(decided):
    decided.push("budi", "--yes")
    decided.bkn.bites = [hang_up]
    decided.push("ani", "--yes", code=1)
    decided("ani", "siasn", "settle", "1", "not-sent", "--why", "tidak ada di sana")
    assert decided.states() == ["not-sent"]
    assert "nothing is unsure" in decided(
        "ani", "siasn", "settle", "1", "sent", "--why", "x", code=1
    ).stderr  # fmt: skip
    decided.push("ani", "--yes")
    decided.push("budi", "--yes")
    assert decided.states() == ["not-sent", "sent"]
    assert len(decided.bkn.saved) == 1


def test_what_bkn_refuses_or_turns_away_may_be_tried_again(decided):
    decided.push("budi", "--yes")
    decided.bkn.bites = [CODE_0]
    assert "refused: BKN refuses" in decided.push("ani", "--yes", code=1).stderr
    decided.push("ani", "--yes")
    decided.bkn.lets_in = False
    assert "not-sent: BKN takes our tokens" in decided.push("budi", "--yes", code=1).stderr
    decided.bkn.lets_in = True
    decided.push("ani", "--yes")
    decided.push("budi", "--yes")
    assert decided.states() == ["refused", "not-sent", "sent"]


def test_a_case_that_was_withdrawn_meanwhile_is_not_sent(decided):
    decided.push("budi", "--yes")
    decided("ani", "cases", "withdraw", "1", "--why", "keliru")
    number = decided.followed.state().waiting(Step.WITHDRAWAL).number
    decided("budi", "cases", "approve", "1", str(number), "--why", "keliru")
    assert "was withdrawn" in decided.push("ani", "--yes", code=1).stderr
    assert decided.bkn.saved == []


def test_two_who_send_at_once_send_it_once(decided):
    decided.push("budi", "--yes")
    engine = decided.followed.engine
    with reading(engine) as connection:
        (push,) = siasn_pushes.find(connection)
    with writing(engine) as connection:
        siasn_pushes.begin(connection, push, by="Ani", now=decided.followed.now)
    from ingest.errors import Refused

    with pytest.raises(Refused, match="somebody else was faster"), writing(engine) as connection:
        siasn_pushes.begin(connection, push, by="Citra", now=decided.followed.now)


_SENDS = """
import sys, os, signal
from datetime import datetime
from ingest.siasn.pushing import send
from ingest.store import siasn_pushes
from ingest.store.database import open_engine, reading

class Dies:
    def check(self): pass
    def save_sanction(self, body):
        os.kill(os.getpid(), signal.SIGKILL)

engine = open_engine(sys.argv[1])
with reading(engine) as connection:
    (push,) = siasn_pushes.find(connection)
now = datetime.fromisoformat(sys.argv[2])
send(engine, Dies(), push, by="Ani", clock=lambda: now, note=lambda *_: None)
"""


def test_killed_while_it_is_sent_it_is_never_sent_again(decided):
    decided.push("budi", "--yes")
    done = subprocess.run(
        [sys.executable, "-c", _SENDS, decided.url, decided.followed.now.isoformat()],
        check=False, timeout=60, env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert decided.states() == ["sending"]
    for who in ("budi", "ani"):
        assert "may be at BKN already" in decided.push(who, "--yes", code=1).stderr
    assert decided.bkn.saved == []
    settle = ("ani", "siasn", "settle", "1", "sent", "--why", "ada di sana")
    assert "on its way just now" in decided(*settle, code=1).stderr
    decided.followed.today += timedelta(days=1)
    decided(*settle)
    assert decided.states() == ["sent"]


def test_the_store_knows_no_other_state(decided):
    from sqlalchemy.exc import IntegrityError

    decided.push("budi", "--yes")
    with pytest.raises(IntegrityError), writing(decided.followed.engine) as connection:
        connection.execute(update(table).values(state="hilang"))
