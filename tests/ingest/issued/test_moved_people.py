"""Somebody is moved while a case of his is open: who is written to, and what is told of it."""

import getpass
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from followed import ANI, HEAD, OFFICE, PERSON, Followed, nip
from lettered import Office, faked
from sqlalchemy import Engine, select, update
from stocked import Stocked

from ingest.casework import Dossier
from ingest.casework.lettered import plan_step
from ingest.cli.letter_approving import _office, _Step
from ingest.discipline.cases import Step
from ingest.letters import wording
from ingest.letters.base import LetterKind
from ingest.letters.wording import Circumstances
from ingest.store import audit, dispatches, letters, tables
from ingest.store.cases import StoredCase
from ingest.store.database import reading, writing
from ingest.store.tables_cases import case_notices

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
NEW = "B"


def moved_away(engine: Engine, folder: Path, url: str) -> Office:
    """Warned, moved, and silent for ten working days: his reprimand is approved."""
    with pytest.MonkeyPatch.context() as patch:
        faked(patch)
        followed = Followed(engine)
        followed.go(3).told()
        followed.open_office(NEW)
        followed.move(NEW, superior=HEAD)
        followed.go(16, present=(HEAD, PERSON), each=False)
        office = Office(followed, folder, url).users()
        office.approve(followed.state().waiting(Step.REPRIMAND).number)
    return office


@pytest.fixture
def moved(stocked: Stocked, tmp_path: Path, monkeypatch: Any) -> Office:
    faked(monkeypatch)
    engine, url, made = stocked(moved_away)
    return Office(made.followed.beside(engine), tmp_path, url)


@one_database
def test_the_office_where_he_serves_now_is_written_to_and_the_case_says_so(moved: Office) -> None:
    pending = moved.followed.state().waiting(Step.OFFICE_LETTER)
    assert [one.office for one in pending.proposal.to] == [NEW]
    told = (
        "Kini bertugas di kantor B; perkaranya tetap pada kantor A, yang memutuskan "
        "klarifikasinya; surat pembinaan kepada kantor B, usul tentang gaji kepada kantor B"
    )
    for command in ("show", "explain"):
        assert told in moved("budi", "cases", command, "1").stdout.splitlines()
    shown = json.loads(moved("budi", "cases", "show", "1", "--json").stdout)
    assert (shown["office"], shown["serves_in"]) == (OFFICE, NEW)
    moved.approve(pending.number)
    with reading(moved.followed.engine) as connection:
        letter = letters.find(connection)[-1]
    assert letter.text.to == ("Kepala Badan Baru", "di Tempat")
    assert letter.text.body[0].startswith(
        "Berdasarkan data presensi yang telah lengkap, pegawai berikut yang kini bertugas di "
        "lingkungan Saudara tercatat tidak masuk kerja tanpa keterangan, ketika bertugas di Dinas, "
    )


@pytest.fixture
def received_by_another(moved: Office) -> Office:
    """The letter to the office where he serves now is issued, number 2; that has an operator."""
    moved.approve(moved.followed.state().waiting(Step.OFFICE_LETTER).number)
    moved(
        "budi", "users", "add", "tuti", "--full-name", "Tuti Alam", "--role", "operator",
        "--office", NEW, "--os-user", getpass.getuser(), "--sudo-user", "tuti",
    )  # fmt: skip
    return moved


@one_database
def test_the_operator_there_sees_what_is_addressed_to_his_office(
    received_by_another: Office,
) -> None:
    office = received_by_another
    for words in ((), ("--office", NEW), ("--case", "1")):
        listed = json.loads(office("tuti", "letters", "list", *words, "--json").stdout)
        assert [(one["letter"], one["to"]) for one in listed] == [(2, NEW)]
    shown = json.loads(office("tuti", "letters", "show", "2", "--json").stdout)
    assert shown["text"]["about"][0]["person"]["nip"] == nip(PERSON)
    with reading(office.followed.engine) as connection:
        (line,) = audit.find(connection, newest=1)
        code = letters.find_one(connection, 2).code
    assert (line.what, line.actor) == ("letters.show", "tuti")
    office("tuti", "letters", "print", "2", "--pdf", str(office.folder / "surat.pdf"))
    assert "Terbukti" in office("tuti", "letters", "verify", code).stdout
    assert json.loads(office("tuti", "letters", "list", "--waiting", "--json").stdout) == []


@one_database
def test_and_nothing_else_of_a_case_that_is_anothers(received_by_another: Office) -> None:
    office = received_by_another
    today = str(office.followed.today)
    for words in (
        ("letters", "show", "1"),  # to the superior who was reprimanded
        ("letters", "received", "2", "--on", today, "--how", "kurir"),
        ("letters", "answered", "2", "--on", today),
        ("letters", "scan", "2", "--file", office.paper()),
        ("letters", "draft", "1", "--kind", "warning", "--pdf", "/dev/null/konsep.pdf"),
        ("cases", "show", "1"),
        ("cases", "explain", "1"),
        ("cases", "clarify", "1", "--from", "office", "--text", "x"),
    ):
        told = office("tuti", *words, code=1).stderr
        assert "your user is of office B and sees no other" in told, words
    assert json.loads(office("tuti", "cases", "list", "--json").stdout) == []


@one_database
def test_he_sees_the_messages_to_his_office_and_no_others(received_by_another: Office) -> None:
    office = received_by_another
    with writing(office.followed.engine) as connection:
        rows = connection.execute(select(case_notices).order_by(case_notices.c.id)).all()
        now = office.followed.now
        dispatches.add(connection, [dispatches.New(one.id, "-paper", "", now) for one in rows], now)
    listed = json.loads(office("tuti", "notices", "list", "--json").stdout)
    assert {(one["to"], one["what"]) for one in listed} == {
        ("office B", "knowledge"), ("office B", "step"),
    }  # fmt: skip
    mine = {one["number"] for one in listed}
    everybody = json.loads(office("budi", "notices", "list", "--json").stdout)
    assert len(everybody) > len(mine)
    for one in everybody:
        seen = one["number"] in mine
        office("tuti", "notices", "show", str(one["number"]), code=0 if seen else 1)


@one_database
def test_a_letter_about_people_of_two_offices_is_that_of_its_addressee(moved: Office) -> None:
    """Else the office of the first case would read of a person of the second."""
    followed = moved.followed
    here, there = (
        _Step(StoredCase(n, n, "", "", code, followed.today, "OPEN", followed.now, None, 1), 1,
              ANI, None)
        for n, code in ((1, OFFICE), (2, NEW))
    )  # fmt: skip
    (pending,) = followed.state().pending
    with reading(followed.engine) as connection:
        dossier = Dossier(connection, followed.keeping(), PERSON, look=True)
        part = plan_step(dossier, 1, pending.number)
    assert _office([here, there], [part, part]) == NEW
    assert _office([there, here], [part, part]) == NEW
    assert _office([here], [part]) == OFFICE


@one_database
def test_who_serves_nowhere_any_more_is_told_of_as_well(reprimanded: Office) -> None:
    followed = reprimanded.followed
    assert "Kini" not in reprimanded("budi", "cases", "show", "1").stdout
    with writing(followed.engine) as connection:
        connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == PERSON)
            .values(valid_until=followed.today - timedelta(days=1))
        )
    told = reprimanded("budi", "cases", "show", "1").stdout
    assert "Kini tidak bertugas di kantor mana pun; perkaranya tetap pada kantor A\n" in told


def test_a_letter_about_people_of_whom_some_moved_says_where_they_were() -> None:
    told = Circumstances(people=2, office="Dinas", elsewhere=("Dinas",), office_days=28)
    assert (
        "2 (dua) pegawai berikut yang kini bertugas di lingkungan Saudara tercatat tidak masuk "
        "kerja tanpa keterangan, sebagian ketika bertugas di Dinas, dan sampai batas waktu"
    ) in wording.body(LetterKind.OFFICE, told)[0]
    nobody = Circumstances(people=2, office="Dinas", office_days=28)
    assert (
        "2 (dua) pegawai berikut di lingkungan Dinas tercatat tidak masuk kerja tanpa keterangan, "
        "dan sampai batas waktu"
    ) in wording.body(LetterKind.OFFICE, nobody)[0]
