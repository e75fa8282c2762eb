"""Reports at the command line: which offices, which files, and the line in the audit log."""

import json
import stat

import pytest

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def office(staffed):
    return staffed


@one_database
def test_one_of_office_branch_and_all_is_asked_for(office):
    for words in ((), ("--office", "A", "--all"), ("--branch", "A", "--office", "A")):
        result = office("report", "monthly", *words, code=2)
        assert "one of --office, --branch and --all" in result.stderr


@one_database
def test_a_branch_is_the_codes_that_go_on_after_a_dot(office):
    office.take("offices", "code,name\n4,Sekretariat\n4.01,Bagian Satu\n4.010,Lain\n40,Lain Lagi\n")
    found = office("report", "coverage", "--branch", "4", "--format", "json").stdout
    assert [row["office"] for row in json.loads(found)["rows"]] == ["4", "4.01", "4.010"]
    found = office("report", "coverage", "--branch", "4.01", "--format", "json").stdout
    assert [row["office"] for row in json.loads(found)["rows"]] == ["4.01"]
    assert "begins with" in office("report", "coverage", "--branch", "9", code=1).stderr


@one_database
@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_format_that_is_a_file_needs_one(office, form):
    result = office("report", "monthly", "--all", "--format", form, code=2)
    assert "--output" in result.stderr


def test_a_file_is_written_once_and_the_log_tells_its_format(office, tmp_path):
    path = tmp_path / "rekap.xlsx"
    words = ("report", "monthly", "--office", "A", "--format", "xlsx", "--output", str(path))
    office(*words)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "--force" in office(*words, code=1).stderr
    office(*words, "--force")
    lines = [one for one in office.json("audit", "list") if one["what"] == "report.monthly"]
    assert {one["details"].get("form") for one in lines} == {"xlsx"}


@one_database
def test_an_own_file_that_cannot_be_used_stops_the_report(office):
    bad = office.file("laporan.toml", "[codes]\nABSENT = 5\n")
    office.config.write_text(office.config.read_text() + f'[ingest.reports]\nfile = "{bad}"\n')
    assert "codes.ABSENT" in office("report", "monthly", "--all", code=2).stderr


@one_database
def test_a_month_is_of_one_person_or_of_an_office(office, tmp_path):
    for words in ((), ("--nip", "198609262015051001", "--office", "A")):
        assert "one of --nip and --office" in office("report", "person", *words, code=2).stderr
    path = tmp_path / "lembar.pdf"
    office("report", "person", "--office", "A", "--format", "pdf", "--output", str(path))
    assert path.read_bytes().startswith(b"%PDF")
    told = [one for one in office.json("audit", "list") if one["what"] == "report.person"]
    assert [(one["subject"], one["details"]["people"]) for one in told] == [("office A", 2)]


@one_database
def test_a_month_of_who_left_during_it_can_be_asked_for(office):
    office.take(
        "people",
        "nip,name,kind,office,superior_nip,from,until\n"
        "198609262015051002,Dua,PNS,A,,2026-01-01,2026-03-03\n",
    )
    nip = "198609262015051002"
    found = office("report", "person", "--nip", nip, "--month", "2026-03", "--format", "json")
    codes = [one["code"] for one in json.loads(found.stdout)["rows"]]
    assert codes[3:10] == ["."] * 7
