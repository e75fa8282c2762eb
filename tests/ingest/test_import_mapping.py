"""People from a SIMPEG export by a mapping file: what is read, what is refused, by which name."""

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from ingest.errors import ImportFaults
from ingest.imports.mapping import read_mapped, read_mapping

ONE, TWO = "198609262015051001", "198609262015051002"
MAPPING = """
[columns]
nip = "NIP"
name = "Nama  Lengkap"
title_after = "Gelar Belakang"
kind = "STATUS"
office = "UNIT KERJA"
superior_nip = "NIP ATASAN"
from = "TMT"
[values]
from = "2026-01-01"
[words.kind]
"PNS Daerah" = "PNS"
[words.office]
"Dinas Pendidikan" = "A"
[leave_out]
columns = ["NIK"]
"""
HEAD = ["No", "NIP", "NAMA LENGKAP", "GELAR BELAKANG", "Status", "Unit Kerja", "NIP Atasan", "TMT",
        "NIK"]  # fmt: skip


@pytest.fixture
def read(tmp_path: Path):
    def read(rows, mapping=MAPPING, head=HEAD, above=(), merge=None):
        book = Workbook()
        for row in (*above, head, *rows):
            book.active.append(row)
        if merge:
            book.active.merge_cells(merge)
        content = io.BytesIO()
        book.save(content)
        (tmp_path / "pegawai.xlsx").write_bytes(content.getvalue())
        (tmp_path / "peta.toml").write_text(mapping)
        return read_mapped(tmp_path / "pegawai.xlsx", read_mapping(tmp_path / "peta.toml"))

    return read


def row(nip=ONE, **other):
    cells = {"no": 1, "nip": nip, "name": "Ani", "after": "S.E.", "kind": "PNS Daerah",
             "office": "Dinas  PENDIDIKAN", "superior": "-", "tmt": "01-02-2026",
             "nik": 6403012609860001}  # fmt: skip
    return list((cells | other).values())


def faults(read, *args, **options):
    with pytest.raises(ImportFaults) as told:
        read(*args, **options)
    return told.value.faults


def test_a_superior_who_is_merged_over_several_people_is_not_taken_for_none(read):
    told = faults(read, [row(superior=TWO), row(TWO, superior="")], merge="G2:G3")
    assert told == ["line 3: superior_nip: merged cells; unmerge them and fill in each"]


def test_reads_mapped_columns_below_a_letterhead_and_passes_over_sums(read):
    sheet, warnings = read(
        [row(), row(TWO, superior=f"'{ONE}", tmt="", after=""), ["", "", "Jumlah", "", "2"]],
        above=[["PEMERINTAH KABUPATEN"], ["Daftar NIP pegawai"], []],
    )
    assert [one.cells for one in sheet.rows] == [
        {"nip": ONE, "name": "Ani, S.E.", "kind": "PNS", "office": "A", "superior_nip": "",
         "from": "2026-02-01"},
        {"nip": TWO, "name": "Ani", "kind": "PNS", "office": "A", "superior_nip": f"'{ONE}",
         "from": "2026-01-01"},
    ]  # fmt: skip
    assert [one.line for one in sheet.rows] == [5, 6]
    assert warnings == ["lines passed over, for they hold no NIP: 7"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31-01-2026", "2026-01-31"),
        ("31/1/2026", "2026-01-31"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 8), "2026-01-31"),
        (46053, "2026-01-31"),
        ("46053", "2026-01-31"),
        ("2026-01-31 00:00:00", "2026-01-31"),
    ],
)
def test_reads_days_in_every_form_of_an_export(read, written, day):
    sheet, _ = read([row(tmt=written)])
    assert sheet.rows[0].cells["from"] == day


def test_a_day_with_the_month_first_is_named_by_its_line(read):
    assert faults(read, [row(tmt="12/31/2026")]) == [
        'line 2: from: "12/31/2026" is no day, written day first'
    ]


def test_a_nip_typed_as_a_number_is_named_and_another_column_is_not(read):
    told = faults(read, [row(), row(198609262015051002)])
    assert len(told) == 1
    assert told[0].startswith("line 3: column B: a number of which Excel keeps fifteen digits")


def test_a_column_that_is_never_kept_is_refused_until_it_is_named(read):
    told = faults(read, [[*row(), "Islam"]], head=[*HEAD, "Agama"])
    assert len(told) == 1
    assert 'the column "Agama" holds what is never kept' in told[0]
    sheet, _ = read(
        [[*row(), "Islam"]], MAPPING.replace('["NIK"]', '["nik", "AGAMA"]'), [*HEAD, "Agama"]
    )
    assert not any(secret in str(sheet) for secret in ("Islam", "6403012609860001"))


def test_a_mapping_cannot_ask_for_what_is_never_read(read):
    told = faults(read, [row()], MAPPING.replace('"TMT"', '"Tanggal Lahir"'))
    assert told == ['columns.from: "Tanggal Lahir" is never read, whoever asks for it']


def test_every_fault_of_a_mapping_is_named_at_once(read):
    bad = '[columns]\nnips = "NIP"\nname = 3\n[valeus]\n[words.jenis]\na = "b"\n[leave_out]\n' \
          'columns = "NIK"\n'  # fmt: skip
    told = "\n".join(faults(read, [row()], bad))
    for fault in (
        "[valeus]: unknown table", 'columns.nips: no field of ours, did you mean "nip"?',
        "columns.name: expected text in quotes", "words.jenis: no field of ours",
        "columns.nip: missing, and no value for it", "leave_out.columns: expected a list",
    ):  # fmt: skip
        assert fault in told


@pytest.mark.parametrize("text", ["[columns", "\xff"])
def test_a_mapping_that_is_no_toml_is_named(tmp_path, text):
    path = tmp_path / "peta.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ImportFaults) as told:
        read_mapping(path)
    assert "not valid TOML" in told.value.faults[0]


def test_a_column_that_is_missing_or_stands_twice_is_named(read):
    told = faults(read, [row()], head=[*HEAD[:7], "Tanggal", "NIK"])
    assert len(told) == 1
    assert told[0].startswith('no column "TMT" (from), as ')
    told = faults(read, [[*row(), "x"]], head=[*HEAD, "nip"])
    assert told == ['the column "NIP" stands twice']


def test_the_example_is_a_mapping():
    example = Path(__file__).parents[2] / "deploy" / "simpeg.toml"
    assert read_mapping(example).columns["nip"] == "NIP"
