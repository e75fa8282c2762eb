"""Somebody is moved while a case of his is open: who is written to, and what is told of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from followed import HEAD, OFFICE, PERSON, Followed
from lettered import Office, faked
from sqlalchemy import insert, update

from ingest.discipline.cases import Step
from ingest.letters import wording
from ingest.letters.base import LetterKind
from ingest.letters.wording import Circumstances
from ingest.store import letters, tables
from ingest.store.database import reading, writing

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])
NEW = "B"


def move(followed: Followed) -> None:
    """Let him serve in another office from today on, under whom he was before."""
    with writing(followed.engine) as connection:
        connection.execute(
            insert(tables.offices).values(code=NEW, name="Badan Baru", scheme="5-hari")
        )
        connection.execute(
            update(tables.assignments)
            .where(tables.assignments.c.person_id == PERSON)
            .values(valid_until=followed.today - timedelta(days=1))
        )
        connection.execute(
            insert(tables.assignments).values(
                person_id=PERSON, office=NEW, superior_id=HEAD, valid_from=followed.today
            )
        )


@pytest.fixture
def moved(engine: Any, tmp_path: Any, database_url: str, monkeypatch: Any) -> Office:
    """Warned, moved, and silent for ten working days: his reprimand is approved."""
    faked(monkeypatch)
    followed = Followed(engine)
    followed.go(3).told()
    move(followed)
    followed.go(16, present=(HEAD, PERSON), each=False)
    office = Office(followed, tmp_path, database_url).users()
    office.approve(followed.state().waiting(Step.REPRIMAND).number)
    return office


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
