"""A person's month on a page: what the office's recap says of him, day by day, with its ground."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select, update

from ingest import reporting
from ingest.coverage import Reason
from ingest.errors import NotKnown, Refused
from ingest.reports import REPORTS, Asked, Scope, Table, pdf, render
from ingest.reports.files import write_file
from ingest.reports.forms import Signing
from ingest.reports.grounds import MOST, short
from ingest.reports.paper import paper_of
from ingest.reports.pdf import make_pdf
from ingest.reports.stamp import Stamp
from ingest.reports.xlsx import sheet_name
from ingest.rules import Status
from ingest.store import tables
from ingest.store.days import StoredDay, put_days

OFFICE, OTHER = "4.01.01", "4.01.02"
one_database = pytest.mark.parametrize("kept_engine", ["sqlite"], indirect=True)
MARCH = date(2026, 3, 15)
FORMS = reporting.load()
LEAVE = (
    "cuti tahunan, disetujui Kepala Dinas, dicatat oleh BUDI (lewat admin), nomor 1, surat 800/1"
)


@pytest.fixture
def office(scene: Any) -> Any:
    """Ani and Budi on the fifth of March; what they did on the fourth is not written yet."""
    scene.now = scene.at("2026-03-05 08:00")
    door = scene.terminal("T1", read_until="2026-03-05 07:55")
    for number, name in enumerate(("Ani", "Budi"), 1):
        scene.person(name, str(number), door)
    scene.punch(door, "1", "2026-03-02 07:21", "2026-03-02 16:04", "2026-03-03 08:10")
    scene.punch(door, "1", "2026-03-03 15:30", "2026-03-04 07:20", "2026-03-04 16:10")
    scene.punch(door, "2", "2026-03-02 07:21", "2026-03-02 16:04")
    for day in (1, 2, 3):
        scene.evaluate(day=date(2026, 3, day))
    return scene


def built(scene: Any, nip: str = "", offices: Sequence[str] = (OFFICE,), **asked: Any) -> Table:
    alone = offices[0] if len(offices) == 1 and not nip else None
    within = Scope({one: f"Kantor {one}" for one in offices}, "Dinas Contoh", alone)
    made = Asked(within, MARCH, scene.now, scene.settings, reporting.load(), nip=nip)
    return REPORTS["person"].make(scene.connection, replace(made, **asked))


def write(scene: Any, day: int, **values: Any) -> None:
    days, people = tables.days, tables.people
    who = scene.connection.scalar(select(people.c.id).where(people.c.name == "Ani"))
    scene.connection.execute(
        update(days)
        .where(days.c.day == date(2026, 3, day), days.c.person_id == who)
        .values(**values)
    )


def row(table: Table, day: int) -> Any:
    (found,) = (one for one in table.rows if one["day"] == date(2026, 3, day))
    return found


def stamp(scene: Any) -> Stamp:
    return Stamp("x", scene.now)


def test_each_day_tells_hours_minutes_code_and_ground(office: Any) -> None:
    table = built(office, office.nip(1))
    assert len(table.rows) == 31
    late = row(table, 3)
    assert (late["first_in"].hour, late["last_out"].hour) == (8, 15)
    assert (late["late_minutes"], late["early_minutes"], late["code"]) == (40, 30, "TL2 PSW1")
    assert (late["weekday"], late["ground"]) == ("Selasa", "rekaman mesin")
    assert "masuk pukul 08.10" in late["because"]
    absent = row(built(office, office.nip(2)), 3)
    assert (absent["code"], absent["first_in"]) == ("TK", None)
    assert absent["ground"] == "tidak ada rekaman, data mesin lengkap"
    assert (row(table, 6)["code"], row(table, 6).get("ground")) == ("", None)
    assert row(table, 1)["ground"] == "libur menurut jadwal"


def test_a_day_that_is_not_written_is_worked_out_with_its_hours(office: Any) -> None:
    last = row(built(office, office.nip(1)), 4)
    assert (last["code"], last["first_in"].minute, last["ground"]) == ("H", 20, "rekaman mesin")


def test_it_says_what_the_recap_of_the_office_says(office: Any) -> None:
    (recap,) = (
        one
        for one in built_monthly(office).rows
        if one["nip"] == office.nip(1)
    )  # fmt: skip
    table = built(office, office.nip(1))
    assert [one["code"] for one in table.rows] == [
        recap[f"2026-03-{day:02}"] for day in range(1, 32)
    ]
    assert {one.code: one.days for one in table.totals} == {
        key.removeprefix("total_"): count
        for key, count in recap.items()
        if key.startswith("total_") and count
    }


def built_monthly(scene: Any) -> Table:
    made = Asked(Scope({OFFICE: "x"}, "x", OFFICE), MARCH, scene.now, scene.settings, FORMS)
    return REPORTS["monthly"].make(scene.connection, made)


@one_database
def test_an_excuse_tells_what_it_is_and_not_who_typed_it(office: Any) -> None:
    write(office, 3, status="LEAVE", because=[{"code": "excuse", "text": LEAVE}])
    found = row(built(office, office.nip(1)), 3)
    assert found["code"] == "C"
    assert found["ground"] == "cuti tahunan, disetujui Kepala Dinas"
    assert found["because"] == LEAVE


def test_who_moved_has_one_page_with_the_days_of_both_offices(office: Any) -> None:
    office.add_office(OTHER)
    people, assigned = tables.people, tables.assignments
    who = office.connection.scalar(select(people.c.id).where(people.c.name == "Ani"))
    office.connection.execute(
        update(assigned).where(assigned.c.person_id == who).values(valid_until=date(2026, 3, 2))
    )
    office.serve(who, OTHER, date(2026, 3, 3))
    both = built(office, office.nip(1), (OFFICE, OTHER))
    assert dict(both.facts)["Kantor"] == (
        f"Kantor {OFFICE} ({OFFICE}), 1-2 Maret 2026; "
        f"Kantor {OTHER} ({OTHER}), 3-31 Maret 2026"
    )  # fmt: skip
    assert both.office == OTHER
    assert "." not in [one["code"] for one in both.rows]
    here = built(office, office.nip(1))
    assert [one["code"] for one in here.rows][2:5] == ["."] * 3
    assert ". tidak bertugas di kantor ini" in here.notes


@one_database
def test_who_serves_nowhere_that_month_gets_a_page_that_says_so(office: Any) -> None:
    office.person("Citra", since=date(2026, 4, 1))
    table = built(office, office.nip(3))
    assert list(table.rows) == []
    assert table.notes[0] == "Tidak bertugas di kantor mana pun pada bulan ini"
    make_pdf(table, paper_of(asked(office), stamp(office), table))


@one_database
def test_nobody_by_a_nip_is_not_known(office: Any) -> None:
    with pytest.raises(NotKnown, match="nobody has this NIP"):
        built(office, "199001012020121009")


def asked(scene: Any) -> Asked:
    return Asked(Scope({OFFICE: "x"}, "x", OFFICE), MARCH, scene.now, scene.settings, FORMS)


@one_database
def test_of_an_office_everybody_has_a_page_and_the_rows_are_theirs(office: Any) -> None:
    table = built(office)
    assert [one.name for one in table.pages] == ["Ani", "Budi"]
    assert len(table.rows) == 62
    assert table.people == 2
    rows = list(csv.DictReader(io.StringIO(render(table, "csv"))))
    assert {one["NIP"] for one in rows} == {"19860926 201505 1 001", "19860926 201505 1 002"}
    told = json.loads(render(table, "json"))
    assert told["rows"][2]["nip"] == "198609262015051001"
    assert told["pages"][0]["totals"]["TL2"] == 1
    text = render(table, "table", stamp=stamp(office))
    assert text.index("Nama: Ani") < text.index("Jumlah hari menurut kode") < text.index("Budi")
    assert text.count("RAHASIA") == 1


@one_database
def test_a_sheet_for_each_has_formulas_that_come_to_its_totals(office: Any, tmp_path: Path) -> None:
    table = built(office)
    path = tmp_path / "a.xlsx"
    write_file(path, table, "xlsx", stamp(office), asked(office), force=False)
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert formulas.sheetnames == ["1 Ani", "2 Budi"]
    sheet, shown = formulas["1 Ani"], values["1 Ani"]
    sums = [one.coordinate for one in sheet["E"] if one.data_type == "f"]
    assert [(sheet[one].value, shown[one].value) for one in sums] == [("=SUBTOTAL(109,E8:E38)", 40)]
    counts = {
        str(shown[f"A{cell.row}"].value).split()[0]: (cell.value, shown[cell.coordinate].value)
        for cell in sheet["G"]
        if cell.data_type == "f"
    }
    assert counts["TL2"] == (
        '=SUMPRODUCT(--ISNUMBER(FIND(" TL2 "," "&SUBSTITUTE(G8:G38,"*","")&" ")))', 1,
    )  # fmt: skip
    assert {code: n for code, (_, n) in counts.items()} == {
        one.code: one.days for one in table.pages[0].totals
    }
    setup = sheet.page_setup  # its default is one page high
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("portrait", 9, None)


def test_names_of_sheets_are_names() -> None:
    assert sheet_name(12, "A/B: [C]*?'") == "12 A B   C"
    assert len(sheet_name(1, "x" * 90)) == 31


def long_month(scene: Any, *grounds: str) -> None:
    """Fill a March that is over, of Ani and of Budi, with a ground for each day."""
    scene.now = scene.at("2026-04-01 08:00")
    people = scene.connection.scalars(select(tables.people.c.id)).all()
    rows = [
        StoredDay(
            who, date(2026, 3, day), OFFICE, "PERMIT", None, None, None, None,
            (Reason("excuse", ground),),
        )
        for day, ground in enumerate(grounds, 1)
        for who in people
    ]  # fmt: skip
    put_days(scene.connection, rows, now=scene.now)


def pages_of(made: bytes) -> list[str]:
    return [one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(made)]


@one_database
def test_on_paper_each_has_one_page_of_a4(office: Any) -> None:
    long_month(office, *["kata " * 40] * 31)
    table = built(office)
    signing = Signing(kop=("PEMERINTAH KABUPATEN", *("BARIS",) * 5), name="Nama", rank="Pembina")
    full = replace(FORMS, signing={OFFICE: signing})
    made = make_pdf(table, paper_of(replace(asked(office), forms=full), stamp(office), table))
    ani, budi = pages_of(made)
    assert "Ani" in ani
    assert "PEMERINTAH KABUPATEN" in budi
    assert "Mengetahui" in ani
    assert "31 Maret 2026" in ani
    assert "Budi" in budi
    size = pypdfium2.PdfDocument(made)[0].get_size()
    assert [round(side / 72 * 25.4) for side in size] == [210, 297]


@one_database
def test_the_fullest_month_that_is_not_measured_fits_its_page(office: Any) -> None:
    """Ten grounds of two lines, under the longest head, with as many notes as there may be."""
    long_month(
        office, *["kata " * 40] * 14, *["rekaman mesin, empat puluh huruf saja ini"[:40]] * 17
    )
    table = built(office, office.nip(1))
    table = replace(table, notes=[*table.notes, *["catatan " * 16] * (8 - len(table.notes))])
    signing = Signing(kop=("KOP",) * 6, name="Nama", rank="Pembina")
    full = replace(FORMS, signing={OFFICE: signing})
    made = make_pdf(table, paper_of(replace(asked(office), forms=full), stamp(office), table))
    assert len(pages_of(made)) == 1


@one_database
def test_more_pages_than_anybody_prints_are_refused(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    table = built(office)
    with pytest.raises(Refused, match="2 people are more than 1 pages"):
        make_pdf(table, paper_of(asked(office), stamp(office), table))


@pytest.mark.parametrize(
    ("because", "says"),
    [
        ([("behind", "mesin x"), ("hole", "mesin y")], "data mesin belum lengkap"),
        ([("touches", "x"), ("provisional", "y")], "rekaman mesin; menit belum dihitung"),
        (
            [("adjusted", "rekaman pukul 07.30 ditambahkan oleh BUDI, surat 1")],
            "rekaman pukul 07.30 ditambahkan",
        ),
        ([("calendar", "hari libur nasional: Nyepi")], "hari libur nasional: Nyepi"),
    ],
)
def test_a_ground_is_short(because: list[tuple[str, str]], says: str) -> None:
    assert short(Status.UNVERIFIED, [Reason(*one) for one in because]) == says


def test_a_ground_that_is_long_is_cut_and_shows_it() -> None:
    found = short(Status.HOLIDAY, [Reason("calendar", "x" * 200)])
    assert found.endswith(" ...")
    assert len(found) == MOST
