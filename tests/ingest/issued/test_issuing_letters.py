"""Letters of cases by the commands of named people: number, pages, register, marks, proof."""

import json
from datetime import date

import pytest
from followed import PERSON, nip
from lettered import Broken

from ingest.casework.matters import recipient
from ingest.discipline.cases import Addressee, Step
from ingest.indonesian import nip_text
from ingest.store import audit, letters
from ingest.store.case_checks import case_faults
from ingest.store.database import reading, writing
from ingest.store.decisions import faults
from ingest.store.tables import people
from ingest.store.tables_letters import letter_files, letter_series
from ingest.store.tables_letters import letters as table

one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def waiting(office, step=Step.REPRIMAND):
    return office.followed.state().waiting(step).number


def stored(office):
    with reading(office.followed.engine) as connection:
        return letters.find(connection)


def sound(office):
    with reading(office.followed.engine) as connection:
        assert list(faults(connection, office.followed.seal.fingerprint)) == []


def test_the_last_approval_issues_the_letter_with_the_next_number(reprimanded):
    told = reprimanded.approve(waiting(reprimanded)).stdout
    assert "letter 1: number 800.1.11/1/BKPSDM/III/2026, code " in told
    (one,) = stored(reprimanded)
    state = reprimanded.followed.state()
    (done,) = state.of(Step.REPRIMAND)
    assert (done.letter.number, done.letter.dated) == (one.printed, one.dated)
    assert one.text.about[0].person.name == f"Orang {PERSON}"
    assert [day.punches for day in one.text.about[0].evidence][:1] == [()]
    assert all("lengkap" in day.coverage for day in one.text.about[0].evidence)
    assert one.code in one.text.verify_text
    sound(reprimanded)


@one_database
@pytest.mark.parametrize(
    ("number", "addressed"),
    [("199003142020122003", "Sdri. Citra"), ("199003142020121003", "Sdr. Citra")],
)
def test_a_letter_addresses_women_and_men(office, number, addressed):
    row = {"id": 90, "nip": number, "name": "Citra", "kind": "PNS"}
    with writing(office.followed.engine) as connection:
        connection.execute(people.insert().values(row))
        to = recipient(connection, Addressee("yang bersangkutan", nip=number), date(2026, 3, 5))
    assert to.lines[:2] == (addressed, f"NIP {nip_text(number)}")


@one_database
def test_a_draft_is_marked_numbers_nothing_and_changes_nothing(reprimanded):
    before = reprimanded.followed.rows(letter_series)
    path = reprimanded.folder / "konsep.pdf"
    reprimanded("budi", "letters", "draft", "1", "--pdf", str(path))
    assert b"draft=True" in path.read_bytes()
    assert b"number=''" in path.read_bytes()
    assert reprimanded.followed.rows(letter_series) == before == []
    told = reprimanded("budi", "letters", "draft", "1", "--pdf", str(path), code=1).stderr
    assert "is there already" in told


def test_a_letter_that_cannot_be_set_takes_no_number_and_approves_nothing(reprimanded):
    sound_settings = reprimanded.surat.read_text()
    number = waiting(reprimanded)
    reprimanded.surat.write_text(
        sound_settings + '[[kind]]\nkind = "REPRIMAND"\nsubject = "BROKEN"\n'
    )
    with pytest.raises(Broken):
        reprimanded.approve(number)
    assert stored(reprimanded) == []
    assert waiting(reprimanded) == number
    assert reprimanded.followed.rows(letter_series) == []
    reprimanded.surat.write_text(sound_settings)
    assert "800.1.11/1/BKPSDM" in reprimanded.approve(number).stdout


@one_database
def test_a_number_given_by_hand_leaves_the_series_alone_and_is_given_once(reprimanded):
    number = waiting(reprimanded)
    told = reprimanded(
        "ani", "cases", "approve", "1", str(number), "--why", "x", "--number",
        "800.1.11/09/bkpsdm/XII/2026", code=1,
    ).stderr  # fmt: skip
    assert "belongs to series umum" in told
    reprimanded.approve(number, "--number", "003/45/B.org")
    assert reprimanded.followed.rows(letter_series) == []
    told = reprimanded(
        "ani", "letters", "issue", "1", "--kind", "warning", "--number", "003 /45/b.ORG",
        "--why", "x", code=1,
    ).stderr  # fmt: skip
    assert "is given already, to letter 1" in told


@one_database
def test_a_warning_on_paper_begins_the_clock_when_it_is_sent_and_again_when_received(office):
    office("ani", "letters", "issue", "1", "--kind", "warning", "--why", "tanpa nomor HP")
    told = office("ani", "letters", "issue", "1", "--kind", "warning", "--why", "x", code=1)
    assert "says this already" in told.stderr
    assert office.followed.state().marks == ()
    on = str(office.followed.today)
    office("siti", "letters", "sent", "1", "--on", on, "--how", "kurir")
    office(
        "siti", "letters", "received", "1", "--on", on, "--how", "tanda tangan", "--paper",
        office.paper(),
    )  # fmt: skip
    assert [one.event for one in office.followed.state().marks] == [
        "letter-dated", "warning-accepted",
    ]  # fmt: skip
    shown = office("siti", "cases", "show", "1").stdout
    assert shown.count("kepada yang bersangkutan dikirim: surat") == 1
    assert shown.count("kepada yang bersangkutan diterima: surat") == 1
    told = office("siti", "letters", "sent", "1", "--on", on, "--how", "x", code=1).stderr
    assert "was written down before" in told
    office("siti", "letters", "answered", "1", "--on", on, "--text", "sakit")
    assert office.followed.state().filed[0].clarification.by == "person"
    sound(office)


@one_database
def test_a_void_letter_keeps_its_number_and_its_step_gets_another(reprimanded):
    number = waiting(reprimanded)
    reprimanded.approve(number)
    told = reprimanded("siti", "letters", "void", "1", "--why", "salah ketik", code=1).stderr
    assert "every" in told or "office" in told
    reprimanded("budi", "letters", "void", "1", "--why", "salah ketik")
    told = reprimanded(
        "ani", "letters", "issue", "1", "--of", str(number), "--why", "pengganti"
    ).stdout
    assert "800.1.11/2/BKPSDM" in told
    listed = reprimanded("budi", "letters", "register", "--year", "2026")
    assert "no gap and no double" in listed.stderr
    assert "batal" in listed.stdout
    assert "salah ketik (Budi Santoso (budi))" in listed.stdout
    sound(reprimanded)


@one_database
def test_the_register_names_a_gap(reprimanded):
    reprimanded.approve(waiting(reprimanded))
    with reprimanded.followed.engine.begin() as connection:
        connection.execute(letter_series.update().values(last=2))
    told = reprimanded("budi", "letters", "register", "--year", "2026", code=1).stderr
    assert told == "series umum: 2 is missing\n"


@one_database
def test_a_letter_is_verified_by_its_code_and_file(reprimanded):
    code = reprimanded.code_of(reprimanded.approve(waiting(reprimanded)).stdout)
    path = reprimanded.folder / "surat.pdf"
    reprimanded("siti", "letters", "print", "1", "--pdf", str(path))
    told = reprimanded("siti", "letters", "verify", code.lower(), "--file", str(path)).stdout
    assert "Terbukti" in told
    path.write_bytes(path.read_bytes() + b" ")
    done = reprimanded("siti", "letters", "verify", code, "--file", str(path), code=1)
    assert "is not a file of this letter" in done.stderr
    assert "TIDAK SAMA" in done.stdout
    assert "Terbukti" not in done.stdout
    swapped = code[1] + code[0] + code[2:]
    if swapped != code:
        told = reprimanded("siti", "letters", "verify", swapped, code=1).stderr
        assert "is no code of a letter" in told
    scan = reprimanded.paper("ttd.pdf", b"bertanda tangan")
    reprimanded("siti", "letters", "scan", "1", "--file", scan)
    reprimanded("budi", "letters", "verify", code, "--file", scan)
    reprimanded("budi", "letters", "verify")


@one_database
@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("number", "800.1.11/9/BKPSDM/III/2026", "was changed"),
        ("secrecy", "Biasa", "was changed"),
        ("text", {"version": 1}, "was changed"),
    ],
)
def test_a_letter_that_somebody_changed_in_the_store_is_named(reprimanded, column, value, told):
    reprimanded.approve(waiting(reprimanded))
    with reprimanded.followed.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER letters_no_update")
        connection.execute(table.update().values({column: value}))
    with reading(reprimanded.followed.engine) as connection:
        found = list(faults(connection, reprimanded.followed.seal.fingerprint))
    assert any(told in one for one in found), found


@one_database
def test_a_letter_whose_row_was_changed_is_not_called_proven_by_its_code(reprimanded):
    code = reprimanded.code_of(reprimanded.approve(waiting(reprimanded)).stdout)
    with reprimanded.followed.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER letters_no_update")
        connection.execute(table.update().values(number="800.1.11/9/BKPSDM/III/2026"))
    done = reprimanded("siti", "letters", "verify", code, code=1)
    assert "TIDAK TERBUKTI" in done.stdout
    assert "Terbukti" not in done.stdout
    assert "letter 1 is not the letter that event 4 of case 1 tells of" in done.stderr


@one_database
def test_bytes_that_somebody_changed_in_the_store_are_named_and_not_handed_out(reprimanded):
    reprimanded.approve(waiting(reprimanded))
    with reprimanded.followed.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER letter_files_no_update")
        connection.execute(letter_files.update().values(content=b"%PDF other"))
    told = reprimanded(
        "budi", "letters", "print", "1", "--pdf", str(reprimanded.folder / "x.pdf"), code=1
    ).stderr
    assert "is not as it was kept" in told


@one_database
def test_what_a_withdrawn_case_has_not_sent_is_not_to_be_sent_any_more(reprimanded):
    reprimanded.approve(waiting(reprimanded))
    days = reprimanded.followed.state().days
    reprimanded.followed.excuse(PERSON, min(days), max(days), "S")
    reprimanded.followed.round()
    listed = json.loads(reprimanded("ani", "letters", "list", "--waiting", "--json").stdout)
    assert [one["what"] for one in listed] == ["withdrawal to be issued", "not to be sent any more"]
    assert listed[1]["do"].startswith("letters void 1 --why")
    reprimanded("ani", "letters", "void", "1", "--why", "perkara ditarik sebelum dikirim")
    assert json.loads(reprimanded("ani", "letters", "list", "--waiting", "--json").stdout) == []


@one_database
def test_a_withdrawn_case_owes_a_letter_to_whom_one_went(reprimanded):
    followed = reprimanded.followed
    reprimanded.approve(waiting(reprimanded))
    reprimanded("budi", "letters", "sent", "1", "--on", str(followed.today), "--how", "kurir")
    state = followed.state()
    followed.excuse(PERSON, min(state.days), max(state.days), "S")
    followed.round()
    listed = json.loads(reprimanded("budi", "letters", "list", "--waiting", "--json").stdout)
    assert [one["what"] for one in listed] == [
        "withdrawal to be issued", "sent, not known to be received",
    ]  # fmt: skip
    head = nip(1)
    assert listed[0]["to"] == head
    reprimanded(
        "ani", "letters", "issue", "1", "--kind", "withdrawal", "--to", head, "--why", "terbukti"
    )
    (first, second) = stored(reprimanded)
    assert first.printed in second.text.body[0]
    assert second.kind == "WITHDRAWAL"
    listed = json.loads(reprimanded("budi", "letters", "list", "--waiting", "--json").stdout)
    assert "withdrawal to be issued" not in [one["what"] for one in listed]
    reprimanded("budi", "letters", "sent", "2", "--on", str(followed.today), "--how", "kurir")
    sound(reprimanded)


@one_database
def test_an_operator_sees_no_confidential_letter_but_one_to_the_office(reprimanded):
    reprimanded.surat.write_text(
        reprimanded.surat.read_text() + '[[kind]]\nkind = "REPRIMAND"\nsecrecy = "Rahasia"\n'
    )
    code = reprimanded.code_of(reprimanded.approve(waiting(reprimanded)).stdout)
    for words in (
        ("letters", "show", "1"), ("letters", "verify", code),
        ("letters", "print", "1", "--pdf", str(reprimanded.folder / "x.pdf")),
        ("letters", "sent", "1", "--on", "2026-03-20", "--how", "x"),
    ):  # fmt: skip
        assert "RAHASIA" in reprimanded("siti", *words, code=1).stderr
    assert json.loads(reprimanded("siti", "letters", "list", "--json").stdout) == []
    assert len(json.loads(reprimanded("ani", "letters", "list", "--json").stdout)) == 1


@one_database
def test_every_read_and_change_leaves_its_line(reprimanded):
    reprimanded.approve(waiting(reprimanded))
    reprimanded("siti", "letters", "show", "1")
    reprimanded("budi", "letters", "void", "1", "--why", "x")
    with reading(reprimanded.followed.engine) as connection:
        lines = audit.find(connection)
        assert list(case_faults(connection, reprimanded.followed.seal.fingerprint)) == []
    told = {one.what: one.details for one in lines}
    assert told["letters.show"]["letter"] == 1
    assert told["cases.approve"]["letters"][0]["number"] == 1
    assert told["letters.void"]["marks"][0]["number"] == 1
