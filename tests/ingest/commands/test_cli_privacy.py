"""All that is held on one person comes out, by command, and nothing of anybody else."""

import io
import json
import stat
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from two_offices import AUDITOR, NAMES, OPERATOR

from ingest.privacy.summary import TITLES
from ingest.store import audit, tables
from ingest.store.database import open_engine, reading, writing
from ingest.store.personal import ELSEWHERE, NOBODY, SPECIAL, personal
from ingest.store.tables_privacy import privacy_requests

NIP, MATE = NAMES["nip"], NAMES["mate"]
ADMIN = {"SUDO_USER": "budi"}
SMELLS = ("nip", "person", "superior", "stand_in_id", "user_id")


class TestEveryTable:
    """A new table cannot be forgotten: it tells of people, or somebody says of what else."""

    def test_is_personal_or_says_of_what_it_tells(self) -> None:
        found, nobody = set(personal()), set(NOBODY)
        assert found | nobody == set(tables.metadata.tables)
        assert found & nobody == set()

    @pytest.mark.parametrize("name", sorted(NOBODY))
    def test_that_is_nobodys_has_no_column_of_a_person(self, name: str) -> None:
        assert personal()
        for column in tables.metadata.tables[name].columns:
            to = {key.column.table.name for key in column.foreign_keys}
            assert not to & {"people", "cases", "case_notices", "dispatches"}, column
            assert not any(word in column.name for word in SMELLS), column

    def test_has_words_for_the_person(self) -> None:
        assert set(TITLES) == set(personal())

    def test_that_is_named_apart_exists(self) -> None:
        assert set(SPECIAL) <= set(tables.metadata.tables)
        for table, column in ELSEWHERE:
            assert column in tables.metadata.tables[table].columns

    def test_a_new_table_with_a_person_in_it_is_found(self) -> None:
        from sqlalchemy import Column, ForeignKey, Integer, String, Table

        names = {
            "by_key": Column("who_id", ForeignKey("people.id")),
            "by_nip": Column("to_nip", String),
        }
        try:
            for name, column in names.items():
                Table(name, tables.metadata, Column("id", Integer, primary_key=True), column)
            assert set(names) <= set(personal())
        finally:
            for name in names:
                tables.metadata.remove(tables.metadata.tables[name])


@pytest.fixture
def exported(two_offices):
    """The file of one person of B, by an admin."""
    path = two_offices.folder / "salinan.zip"
    told = two_offices("privacy", "export", NIP, "--output", str(path), env=ADMIN)
    assert "RAHASIA" in told.stderr
    return two_offices, path


def pages(path) -> dict[str, dict]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        return {
            name.removeprefix("data/").removesuffix(".json"): json.loads(packed.read(name))
            for name in packed.namelist()
            if name.startswith("data/")
        }


def test_an_export_holds_every_table_that_has_a_row_of_the_person(exported) -> None:
    _, path = exported
    found = {name: len(page["baris"]) for name, page in pages(path).items()}
    assert found.pop("audit_log") >= 5
    assert found == {
        "adjustments": 1, "assignments": 1, "bad_records": 1, "case_events": 1,
        "case_notices": 1, "cases": 1, "contacts": 1, "days": 1, "dispatches": 1, "excuses": 1,
        "letter_cases": 2, "letter_files": 2, "letters": 1, "people": 1, "person_kinds": 1,
        "person_posts": 1,
        "punches": 1, "roster_days": 1,
        "scheme_uses": 1, "special_days": 1, "stand_ins": 1, "user_ids": 1,
    }  # fmt: skip
    (punch,) = pages(path)["punches"]["baris"]
    assert (punch["user_id"], punch["local_time"]) == ("9", "2026-03-09T07:12:00")


def test_an_export_holds_nothing_of_a_colleague(exported) -> None:
    _, path = exported
    found = pages(path)
    lines = [one["what"] for one in found.pop("audit_log")["baris"] if MATE in json.dumps(one)]
    assert lines == ["people.stand-in"], "of who acts for the person, that it was so decided"
    assert MATE not in json.dumps(found)
    assert "Karib" not in json.dumps(found)


def test_a_swap_is_held_on_both_and_names_neither_to_the_other(two_offices) -> None:
    swap = ("rosters", "swap", "--nip", MATE, "--with", NIP, "--on", "2026-03-10")
    two_offices(*swap, "--why", "anak sakit", env=ADMIN)
    for nip, other in ((NIP, MATE), (MATE, NIP)):
        path = two_offices.folder / f"{nip}.zip"
        two_offices("privacy", "export", nip, "--output", str(path), env=ADMIN)
        page = pages(path)["roster_swaps"]
        (row,) = page["baris"]
        assert (row["asked_shift"], row["other_shift"], row["why"]) == (None, "P", "anak sakit")
        assert (row["approver"], row["approved_by"]) == ("Budi Santoso", "budi")
        assert other not in json.dumps(page)


def test_an_export_is_stamped_private_and_told(exported) -> None:
    run, path = exported
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as packed:
        summary = packed.read("ringkasan.txt").decode()
    for text in (summary, pages(path)["days"]["keterangan"]):
        assert "RAHASIA - disalin oleh Budi Santoso" in text
        assert "2026-03-10 09:00:00 +0800" in text
    assert NIP in summary
    assert "Sentuhan pada mesin presensi (punches): 1 baris" in summary
    engine = open_engine(run.url)
    with reading(engine) as connection:
        line = audit.find(connection)[-1]
    engine.dispose()
    assert (line.what, line.subject, line.actor) == ("privacy.export", f"nip {NIP}", "budi")
    assert len(line.details["sha256"]) == 64


def test_an_export_writes_over_nothing(exported) -> None:
    run, path = exported
    before = path.read_bytes()
    told = run("privacy", "export", NIP, "--output", str(path), env=ADMIN, code=1)
    assert "File exists" in told.stderr
    assert path.read_bytes() == before


def test_papers_come_as_files_and_their_names_are_ours(two_offices) -> None:
    from ingest.store.tables_cases import case_files

    engine = open_engine(two_offices.url)
    with writing(engine) as connection:
        for number, name in enumerate(("../../etc/x.pdf", "surat")):
            connection.execute(
                insert(case_files).values(
                    case_id=1, sha256=f"{number}" * 64, name=name, size=3, content=b"abc",
                    kept_at=datetime(2026, 3, 9, tzinfo=UTC),
                )
            )  # fmt: skip
    engine.dispose()
    path = two_offices.folder / "x.zip"
    two_offices("privacy", "export", NIP, "--output", str(path), env=ADMIN)
    with zipfile.ZipFile(path) as packed:
        papers = [name for name in packed.namelist() if name.startswith("berkas/case_files")]
        assert papers == ["berkas/case_files-1.pdf", "berkas/case_files-2"]
        assert packed.read(papers[0]) == b"abc"


@pytest.mark.parametrize("user", [OPERATOR, "rina"])
def test_who_may_not_look_at_everybody_exports_nobody(two_offices, user) -> None:
    path = two_offices.folder / "x.zip"
    words = ("privacy", "export", NIP, "--output", str(path))
    assert "may not" in two_offices(*words, env={"SUDO_USER": user}, code=1).stderr
    assert not path.exists()


class TestRequests:
    def test_the_clock_runs_from_when_it_came(self, two_offices) -> None:
        told = two_offices(
            "privacy", "requests", "add", NIP, "--kind", "copy", "--text", "minta salinan",
            "--received", "2026-03-08 10:00", env=ADMIN,
        )  # fmt: skip
        assert "request 1 is due on 2026-03-11 10:00" in told.stdout
        (row,) = listed(two_offices)
        assert "1 privacy requests wait" in checks(two_offices)
        assert (row["nip"], row["kind"], row["late"]) == (NIP, "copy", False)
        two_offices.now = two_offices.now.replace(day=12)
        assert listed(two_offices)[0]["late"] is True
        checked = checks(two_offices, 1)  # bridges are silent by then, too
        assert "privacy request 1 (copy) was due 2026-03-11 10:00" in checked
        assert NIP not in checked
        done = ("privacy", "requests", "done", "1", "--outcome", "granted", "--answer", "sudah")
        assert "granted, late" in two_offices(*done, env=ADMIN).stdout
        assert listed(two_offices) == []
        assert "privacy request" not in checks(two_offices, 1)
        assert "already" in two_offices(*done, env=ADMIN, code=1).stderr

    def test_one_that_has_not_come_yet_is_refused(self, two_offices) -> None:
        told = two_offices(
            "privacy", "requests", "add", NIP, "--kind", "copy", "--text", "x",
            "--received", "2026-03-11 10:00", env=ADMIN, code=2,
        )  # fmt: skip
        assert "lies ahead" in told.stderr

    def test_who_only_audits_sees_them_and_changes_none(self, two_offices) -> None:
        words = ("privacy", "requests", "add", NIP, "--kind", "copy", "--text", "x")
        two_offices(*words, env=ADMIN)
        auditor = {"SUDO_USER": AUDITOR}
        assert len(listed(two_offices, env=auditor)) == 1
        assert "may not" in two_offices(*words, env=auditor, code=1).stderr


def checks(run, code: int = 0) -> str:
    return run("check", env=ADMIN, code=code).stdout


def listed(run, *, env=None) -> list[dict]:
    return json.loads(run("privacy", "requests", "list", "--json", env=env or ADMIN).stdout)


def test_a_hold_is_placed_and_released_by_name(two_offices) -> None:
    grounds = ("--why", "gugatan", "--by", "Bu Kepala")
    assert "hold 1" in two_offices("privacy", "hold", NIP, *grounds, env=ADMIN).stdout
    assert (
        "held back already"
        in two_offices("privacy", "hold", NIP, *grounds, env=ADMIN, code=1).stderr
    )
    holds = json.loads(two_offices("privacy", "holds", "--json", env=ADMIN).stdout)
    assert [(one["nip"], one["placed_by"]) for one in holds] == [(NIP, "Bu Kepala")]
    two_offices("privacy", "release", NIP, *grounds, env=ADMIN)
    assert json.loads(two_offices("privacy", "holds", "--json", env=ADMIN).stdout) == []
    assert (
        len(json.loads(two_offices("privacy", "holds", "--all", "--json", env=ADMIN).stdout)) == 1
    )
    assert (
        "nothing of this person"
        in two_offices("privacy", "release", NIP, *grounds, env=ADMIN, code=1).stderr
    )
    engine = open_engine(two_offices.url)
    with reading(engine) as connection:
        acts = [one.what for one in audit.find(connection) if one.subject == f"nip {NIP}"]
        assert connection.scalar(select(privacy_requests.c.id)) is None
    engine.dispose()
    assert acts[-2:] == ["privacy.hold", "privacy.release"]


def test_what_is_forgotten_and_what_was_is_told(two_offices) -> None:
    kinds = {
        one["kind"]: one
        for one in json.loads(two_offices("retention", "list", "--json", env=ADMIN).stdout)
    }
    assert kinds["papers"]["days"] == 3_650
    assert json.loads(two_offices("retention", "report", "--json", env=ADMIN).stdout) == []
    two_offices("retention", "run", env=ADMIN)
