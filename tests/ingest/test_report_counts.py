"""Totals of a month as formulas: worked out here from the cells, as a spreadsheet does it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from ingest import reporting
from ingest.days import Settings
from ingest.reports import Asked, Column, Kind, Scope, Table
from ingest.reports.counting import formula
from ingest.reports.files import write_file
from ingest.reports.forms import Forms
from ingest.reports.monthly import _columns
from ingest.reports.printed import Printer, counted_cells
from ingest.reports.stamp import Stamp
from ingest.rules import Status
from ingest.store.reported import Known

ZONE = ZoneInfo("Asia/Makassar")
AT = datetime(2026, 4, 1, 7, 30, tzinfo=ZONE)
DAY = date(2026, 3, 1)
FORMS = reporting.load()


class Cells(list[Any]):
    """What a range is inside SUMPRODUCT: an array, worked out cell by cell."""

    def __and__(self, other: str) -> "Cells":
        return Cells(one + other for one in self)

    def __rand__(self, other: str) -> "Cells":
        return Cells(other + one for one in self)

    def __neg__(self) -> "Cells":
        return Cells(-one for one in self)


def find(sought: Any, within: Any) -> Cells:
    """FIND: from 1, by case, without wildcards; None stands for its error."""
    count = len(sought if isinstance(sought, Cells) else within)
    pairs = zip(
        sought if isinstance(sought, Cells) else [sought] * count,
        within if isinstance(within, Cells) else [within] * count,
        strict=True,
    )
    return Cells(at + 1 if (at := text.find(one)) >= 0 else None for one, text in pairs)


SPREADSHEET = {
    "FIND": find,
    "ISNUMBER": lambda cells: Cells(one is not None for one in cells),
    "LEFT": lambda cells, counts: Cells(a[:n] for a, n in zip(cells, counts, strict=True)),
    "SUBSTITUTE": lambda cells, old, new: Cells(one.replace(old, new) for one in cells),
    "SUMPRODUCT": sum,
}


def worked_out(text: str, cells: Cells) -> int:
    """Work a formula out; what it says of a range is said of `cells`."""
    plain = re.sub(r"[A-Z]+[0-9]+:[A-Z]+[0-9]+", "cells", text.removeprefix("="))
    names = {**SPREADSHEET, "cells": cells}
    return int(eval(plain, {"__builtins__": {}}, names))  # noqa: S307 - our own formula


def every_day(forms: Forms) -> Iterator[Known]:
    for status in Status:
        for late in (None, 5, 45, 100):
            for early in (None, 7, 70):
                yield Known(status.value, late, early, corrected=late == 5)


@pytest.mark.parametrize(
    "forms",
    [
        FORMS,
        replace(FORMS, present_counts_late=False),
        replace(FORMS, codes={**FORMS.codes, Status.ABSENT: "TL", Status.LEAVE: "1/2"}),
        replace(FORMS, codes={**FORMS.codes, Status.SICK: "h", Status.PERMIT: "SW1"}),
    ],
    ids=["shipped", "present alone", "codes that are parts of others", "codes by case"],
)
def test_a_formula_counts_what_the_recap_counted(forms: Forms) -> None:
    printed = [Printer(forms, DAY, DAY).of(known, DAY) for known in every_day(forms)]
    cells = Cells([one.text for one in printed] + ["", "."])
    for code, sought in counted_cells(forms).items():
        wanted = sum(code in one.counts for one in printed)
        assert worked_out(formula("D5:AH5", sought), cells) == wanted, code
    assert set(counted_cells(forms)) == set(forms.printed())


def test_where_cells_do_not_tell_what_is_present_there_is_no_formula_for_it() -> None:
    """Somebody late and somebody on leave print alike: only judged days know who was there."""
    forms = replace(FORMS, codes={**FORMS.codes, Status.LATE: "C"})
    assert set(forms.printed()) - set(counted_cells(forms)) == {"H"}


def asked(*offices: str) -> Asked:
    alone = offices[0] if len(offices) == 1 else None
    where = Scope(dict.fromkeys(offices, "Dinas"), "x", alone)
    return Asked(where, DAY, AT, Settings(ZONE), FORMS)


def written(made: Asked, folder: Path) -> Any:
    """Write a month in which somebody was late, left early and was absent."""
    columns = _columns(made, [date(2026, 3, day) for day in (2, 3, 4)])
    row = {
        "number": 1, "name": "Ani", "nip": "198609262015051001",
        "2026-03-02": "TL1 PSW1*", "2026-03-03": "TK", "2026-03-04": "H",
        "total_H": 2, "total_TL1": 1, "total_PSW1": 1, "total_TK": 1, "total_C": 0,
    }  # fmt: skip
    path = folder / "rekap.xlsx"
    write_file(path, Table("x", columns, [row]), "xlsx", Stamp("x", AT), made, force=False)
    return path


def test_totals_of_one_office_are_formulas_that_carry_their_value(tmp_path: Path) -> None:
    path = written(asked("A"), tmp_path)
    formulas = openpyxl.load_workbook(path)["Rekap"]
    values = openpyxl.load_workbook(path, data_only=True)["Rekap"]
    heads = {cell.value: cell.column for cell in formulas[4]}
    cells = Cells(formulas.cell(5, heads[day]).value for day in ("2", "3", "4"))
    for code, count in {"H": 2, "TL1": 1, "PSW1": 1, "TK": 1, "C": 0}.items():
        text = formulas.cell(5, heads[code]).value
        assert "D5:F5" in text
        assert worked_out(text, cells) == values.cell(5, heads[code]).value == count


def test_totals_of_many_offices_are_values(tmp_path: Path) -> None:
    found = openpyxl.load_workbook(written(asked("A", "B"), tmp_path))["Rekap"]
    assert [cell.coordinate for cell in found[5] if cell.data_type == "f"] == []


def test_a_count_without_columns_of_days_is_a_value(tmp_path: Path) -> None:
    columns = [Column("name", "Nama"), Column("n", "H", Kind.NUMBER, counts=("H",))]
    path = tmp_path / "a.xlsx"
    made = Table("x", columns, [{"name": "Ani", "n": 3}])
    write_file(path, made, "xlsx", Stamp("x", AT), asked("A"), force=False)
    assert openpyxl.load_workbook(path)["Rekap"]["B5"].value == 3
