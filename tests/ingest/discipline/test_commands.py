"""`hadir-ingest discipline` as an admin runs it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from written import Written

from ingest.cli import cli
from ingest.store.database import open_engine, writing

NOW = datetime(2026, 7, 1, 1, tzinfo=UTC)


class Command:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "ingest.toml"
        self.config.write_text(
            f'[ingest]\ndatabase = "sqlite:///{folder}/hadir.db"\ntimezone = "Asia/Makassar"\n'
            '[ingest.discipline]\nfolder = "aturan"\n'
        )
        (folder / "aturan").mkdir()
        self.own("rsud", RSUD)

    def own(self, name: str, text: str) -> None:
        (self.folder / f"aturan/{name}.toml").write_text(text)

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(
            cli, ["--config", str(self.config), "discipline", *arguments], obj=lambda: NOW
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.output


RSUD = """
document = "service"
id = "RSUD"
title = "Peringatan rumah sakit"
short = "RSUD"
kinds = ["NON-ASN"]
valid_from = 2026-01-01
mark = "L"
source = "contoh dalam pengujian"
"""


@pytest.fixture(scope="module")
def template(sqlite_template, tmp_path_factory) -> Path:
    """A store in which Orang 02 to 04 were absent."""
    path = tmp_path_factory.mktemp("discipline") / "hadir.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as connection:
        store = Written(connection)
        chief = store.person()
        store.person("A" * 10 + "H?", superior=chief)
        store.person("AAA", office="B")
        store.person("A", kind="PPPK")
    engine.dispose()
    return path


@pytest.fixture
def run(template, tmp_path) -> Command:
    shutil.copyfile(template, tmp_path / "hadir.db")
    return Command(tmp_path)


def test_everybody_is_listed_as_an_indication(run):
    told = run("tally", "--year", "2026")
    first, second, third = (
        line for line in told.splitlines() if " Orang " in line and "usul" not in line
    )
    assert "19860926 201505 1 002" in first
    assert "indikasi berat: 10 hari berturut-turut" in first
    assert "indikasi ringan: 3 hari setahun" in second
    assert "indikasi" not in third
    assert "bukan hukuman disiplin" in told
    assert "hukuman" not in told.replace("bukan hukuman disiplin", "")


def test_an_office_is_asked_by_its_code(run):
    told = run("tally", "--year", "2026", "--office", "B")
    assert "Orang 03" in told
    assert "Orang 02" not in told
    assert 'no office "C"' in run("tally", "--year", "2026", "--office", "C", code=1)


def test_one_person_is_told_to_the_day(run):
    told = run("tally", "--year", "2026", "--nip", "19860926 201505 1 002")
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 Maret 2026" in told
    assert "Usul penghentian pembayaran gaji" in told
    assert "Bupati selaku Pejabat Pembina Kepegawaian" in told
    assert "yaitu Orang 01" in told


def test_programs_get_each_finding_with_its_days_article_and_mark(run):
    told = json.loads(run("tally", "--year", "2026", "--json"))
    assert (told["year"], told["until"]) == (2026, "2026-06-30")
    found = told["people"][0]["findings"][0]
    assert found["article"] == "Pasal 11 ayat (2) huruf d angka 4"
    assert (found["total"], found["days"][0], found["mark"]) == (10, "2026-03-02", "L")
    alone = json.loads(run("tally", "--year", "2026", "--nip", told["people"][0]["nip"], "--json"))
    assert alone["people"] == told["people"][:1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--year", "2027"], "no day of 2027 is over yet"),
        (["--year", "2026", "--nip", "1", "--office", "A"], "exclude each other"),
        (["--year", "1999"], "not in the range"),
    ],
)
def test_what_cannot_be_counted_is_misuse(run, arguments, told):
    assert told in run("tally", *arguments, code=2)


def test_the_list_shows_what_is_in_force_for_whom(run):
    assert "RSUD" in run("regulations")
    told = json.loads(run("regulations", "--at", "2019-01-01", "--kind", "PNS", "--json"))
    assert [one["id"] for one in told] == ["PP-53-2010"]
    (example,) = json.loads(run("regulations", "--at", "2025-01-01", "--kind", "PPPK", "--json"))
    assert (example["id"], example["applies"]) == ("CONTOH-PPPK", False)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "PP-94-2021",
            [
                "28 atau lebih hari kerja kumulatif (calendar-year): tingkat berat, pemberhentian",
                "10 atau lebih hari kerja berturut-turut (unbroken): tingkat berat",
                "  Pasal 11 ayat (2) huruf d angka 3; tanda H",
                "  pengganti (berlaku): penundaan kenaikan gaji berkala",
                "konversi menit: enabled = false, minutes_per_day = 450, include = [late, early]",
                "kelalaian atasan: levels = {ringan: sedang",
            ],
        ),
        (
            "bkpsdm-kukar",
            ["tindak lanjut perangkat daerah atas surat pembinaan: id = office-action"],
        ),
        ("CONTOH-PPPK", ["CONTOH: tidak diterapkan kepada siapa pun"]),
    ],
)
def test_one_is_shown_with_articles_defaults_and_marks(run, name, lines):
    told = run("regulations", name).splitlines()
    for line in lines:
        assert any(one.startswith(line) for one in told), line


def test_one_is_shown_to_programs_whole(run):
    told = json.loads(run("regulations", "PP-94-2021", "--json"))
    assert (told["id"], len(told["bands"]), told["bands"][0]["min_days"]) == ("PP-94-2021", 10, 3)


def test_a_name_goes_alone_and_must_be_known(run):
    assert "without a name" in run("regulations", "RSUD", "--kind", "PNS", code=2)
    assert 'no regulation "PP-1"' in run("regulations", "PP-1", code=1)


def test_a_file_that_cannot_be_used_is_named_and_nothing_is_counted(run):
    run.own("salah", 'document = "service"\n')
    told = run("tally", "--year", "2026", code=2)
    assert f"{run.folder / 'aturan/salah.toml'}: id: missing" in told
    done = CliRunner().invoke(cli, ["--config", str(run.config), "check"], obj=lambda: NOW)
    assert f"bad   {run.folder / 'aturan/salah.toml'}: id: missing" in done.output


def test_check_says_that_the_regulations_can_be_used(run):
    done = CliRunner().invoke(cli, ["--config", str(run.config), "check"], obj=lambda: NOW)
    assert "ok    5 regulations and service rules can be used" in done.output
