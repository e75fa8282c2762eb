"""Workbooks as offices keep them: what a cell shows is read, and what Excel broke is named."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ingest.errors import ImportFaults
from ingest.imports import workbook
from ingest.imports.merged import Merges
from ingest.imports.sheet import Columns

COLUMNS = Columns(required=("nip", "date"), optional=("shift",))
NIP = "198609262015051001"


def book(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    (first,) = made.worksheets
    for row in rows:
        first.append(row)
    for title, others in sheets.items():
        other = made.create_sheet(title)
        for row in others:
            other.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def faults(content: bytes) -> list[str]:
    with pytest.raises(ImportFaults) as caught:
        workbook.parse_workbook(content, "a.xlsx", COLUMNS)
    return caught.value.faults


def test_cells_that_a_merge_took_are_no_blanks() -> None:
    made = Workbook()
    (sheet,) = made.worksheets
    for row in (["nip", "date", "shift"], [NIP, "2026-03-01", "P"], [NIP, "2026-03-02", None]):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    out = io.BytesIO()
    made.save(out)
    assert faults(out.getvalue()) == ["line 3: shift: merged cells; unmerge them and fill in each"]


@pytest.mark.parametrize("ref", ["A1:XFD1048576", "ZZZ9999999:A1", "B0:C0"])
def test_a_merge_over_the_whole_sheet_or_none_of_it_is_read_in_a_moment(ref: str) -> None:
    merges = Merges(f'<x:mergeCells><x:mergeCell foo="1" ref="{ref}"/></x:mergeCells>'.encode())
    for line in range(1, 4):
        cells = ["a", "b"]
        merges.mark(line, cells)
        assert cells[:2] == ["a", "b"]
        assert len(cells) <= 256
        assert not any(cells[2:])


def test_a_cell_is_what_it_shows() -> None:
    rows = [
        ["NIP", "Date", "Shift"],
        [NIP, date(2026, 3, 3), 24],
        [],
        [NIP, datetime(2026, 3, 4, 7, 30), None],
        [NIP, time(7, 30), 2.5],
    ]
    found = workbook.parse_workbook(book(*rows), "a.xlsx", COLUMNS).rows
    assert [(one.line, one.cells["date"], one.cells["shift"]) for one in found] == [
        (2, "2026-03-03", "24"),
        (4, "2026-03-04 07:30:00", ""),
        (5, "07:30", "2.5"),
    ]


def test_a_nip_that_excel_rounded_is_named() -> None:
    (fault,) = faults(book(["nip", "date"], [198609262015051001, "x"]))
    assert fault.startswith("line 2: column A: a number of which Excel keeps fifteen digits")


def test_a_formula_nobody_computed_is_named() -> None:
    (fault,) = faults(book(["nip", "date"], [NIP, "=TODAY()"]))
    assert fault.startswith("line 2: column B: a formula without its result")


def test_two_sheets_in_use_are_one_too_many() -> None:
    (fault,) = faults(book(["nip", "date"], Rekap=[["x"]]))
    assert '2 sheets hold something ("Sheet", "Rekap")' in fault
    assert workbook.parse_workbook(book(["nip", "date"], Kosong=[]), "a", COLUMNS).rows == ()


def test_columns_are_checked_as_in_a_csv_file() -> None:
    assert faults(book(["nip", "dat"])) == [
        'line 1: unknown column "dat", did you mean "date"?',
        'line 1: the column "date" is missing',
    ]
    assert "the file is empty" in faults(book())[0]


def test_what_is_no_workbook_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no workbook that can be read" in faults(b"PK\x03\x04xxx")[0]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "no workbook that can be read" in faults(out.getvalue())[0]
    content = book(["nip", "date"], [NIP, "x"])
    assert "no workbook that can be read" in faults(content[: len(content) // 2])[0]
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    assert "split it" in faults(content)[0]


def test_too_many_rows_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 1)
    assert "split the file" in faults(book(["nip", "date"], [NIP, "x"]))[0]


def test_either_kind_of_file_is_read(tmp_path: Path) -> None:
    for name, content in (
        ("a.csv", f"nip,date\n{NIP},2026-03-03\n".encode()),
        ("a.xlsx", book(["nip", "date"], [NIP, date(2026, 3, 3)])),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        (row,) = workbook.read_table(path, COLUMNS).rows
        assert row.cells["date"] == "2026-03-03"
