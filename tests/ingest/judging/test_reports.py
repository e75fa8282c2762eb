"""Recaps as people read them: whole outputs are kept beside the tests and compared."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from recapped import recap

from ingest.reports import FORMATS, Column, Kind, Table, render
from ingest.reports.base import Row
from ingest.store import tables

GOLDEN = Path(__file__).parent.parent / "golden" / "reports"
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def office(scene: Any) -> Any:
    """Six people and three terminals, one of them dead since ten, one not registered."""
    door = scene.terminal("T1")
    hall = scene.terminal("T2", read_until="10:00", counts_from=date(2026, 3, 3))
    scene.heard("2026-03-04 07:55", "T2", "no answer from 192.168.1.202")
    scene.terminal("T3", registered=False)
    for number, name in enumerate(("Ani", "Budi", "Citra", "Dewi", "Eka"), 1):
        scene.person(name, str(number), door)
    scene.person("Fajar", "6", until=date(2026, 3, 2))
    scene.punch(door, "1", "2026-03-02 07:21", "2026-03-02 16:04")
    scene.punch(door, "2", "2026-03-02 08:10", "2026-03-02 15:30")
    scene.punch(door, "3", "2026-03-02 07:29", "2026-03-02 07:29:30")
    scene.punch(door, "5", "2026-03-02 07:30", "2026-03-02 15:59:59")
    scene.punch(door, "1", "07:20", "16:01")
    scene.punch(hall, "6", "2026-03-02 07:00", "2026-03-02 16:30")
    return scene


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(
    ("name", "day"),
    [("daily", date(2026, 3, 2)), ("daily", TUESDAY), ("monthly", TUESDAY)],
)
def test_a_recap_reads_as_it_did(office: Any, name: str, day: date, form: str) -> None:
    golden = GOLDEN / f"{name}-{day}.{'txt' if form == 'table' else form}"
    assert render(recap(office, name, day), form) == golden.read_bytes().decode()


def test_a_recap_says_when_what_is_written_lags_behind(office: Any) -> None:
    office.evaluate(day=date(2026, 3, 2))
    office.connection.execute(tables.days.update().values(status="ABSENT"))
    notes = "\n".join(recap(office, "daily", date(2026, 3, 2)).notes)
    assert "5 hasil berbeda dari yang tersimpan" in notes


def test_a_recap_says_that_the_calendar_is_not_confirmed(office: Any) -> None:
    office.connection.execute(tables.calendar_years.update().values(confirmed_at=None))
    for name in ("daily", "monthly", "tpp", "unseen"):
        notes = "\n".join(recap(office, name, TUESDAY).notes)
        assert "kalender tahun 2026 belum dikonfirmasi" in notes


def test_an_office_without_terminals_is_told_so(scene: Any) -> None:
    scene.person("Ani", "12")
    notes = recap(scene, "daily", TUESDAY).notes
    assert "  kantor ini belum mempunyai mesin yang terdaftar" in notes


def test_a_month_to_come_is_an_empty_form(office: Any) -> None:
    table = recap(office, "monthly", date(2026, 12, 24))
    assert table.title[-13:] == "Desember 2026"
    assert [row["name"] for row in table.rows] == ["Ani", "Budi", "Citra", "Dewi", "Eka"]
    assert {row[f"2026-12-{day:02}"] for row in table.rows for day in range(1, 32)} == {""}
    assert sum(column.kind is Kind.CODE for column in table.columns) == 31


def test_the_json_of_a_recap_names_people_and_codes(office: Any) -> None:
    body = json.loads(render(recap(office, "daily", date(2026, 3, 2)), "json"))
    found = {row["name"]: row["status_code"] for row in body["rows"]}
    assert found["Dewi"] == "ABSENT"
    assert body["rows"][0]["nip"] == "198609262015051001"
    assert body["rows"][0]["first_in"] == "2026-03-02T07:21:00"


class TestRender:
    table = Table(
        "Judul",
        (Column("name", "Nama"), Column("count", "Jumlah", Kind.NUMBER)),
        [
            {"name": '=HYPERLINK("http://x")', "count": -1},
            {"name": 'Si "A", B', "count": None},
            {"name": "+62", "count": 2},
            {"name": "-", "count": 2},
            {"name": "@x", "count": 2},
            {"name": "\t=1", "count": 2},
            {"name": "baris\nbaru", "count": 3},
        ],
        ["satu [bold]catatan[/bold]"],
    )

    def test_csv_is_rfc_4180_and_runs_nothing(self) -> None:
        text = render(self.table, "csv")
        assert text.splitlines(keepends=True)[0] == "Nama,Jumlah\r\n"
        assert '"Si ""A"", B",\r\n' in text
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert [row[0] for row in rows[1:]] == [
            '\'=HYPERLINK("http://x")',
            'Si "A", B',
            "'+62",
            "'-",
            "'@x",
            "'\t=1",
            "baris\nbaru",
        ]
        assert rows[1][1] == "-1"

    def test_a_screen_shows_every_word_within_its_width(self) -> None:
        text = render(self.table, "table", screen_width=40)
        assert "satu [bold]catatan[/bold]" in text
        assert "Jumlah" in text
        assert "HYPERLINK" in text

    def test_a_table_that_is_long_comes_in_plain_lines_to_a_screen_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def long(notes: list[str]) -> Iterator[Row]:
            yield from self.table.rows
            notes.append("setelah baris terakhir")

        for most, plain in ((6, True), (7, False)):
            monkeypatch.setattr(import_module("ingest.reports.render"), "MOST_DRAWN", most)
            notes: list[str] = []
            text = render(
                Table("Judul", self.table.columns, long(notes), notes), "table", screen_width=40
            )
            assert ("\x1b[" not in text) is plain
            assert text.endswith("setelah baris terakhir\n")

    def test_a_pipe_gets_no_colour_and_a_line_a_row(self) -> None:
        lines = render(self.table, "table").splitlines()
        assert lines[2] == "Nama                    Jumlah"
        assert lines[4] == '=HYPERLINK("http://x")      -1'
        assert lines[5] == 'Si "A", B'

    def test_an_empty_table_still_has_its_head(self) -> None:
        empty = Table("Judul", self.table.columns, [])
        assert render(empty, "csv") == "Nama,Jumlah\r\n"
        assert render(empty, "table").splitlines()[2] == "Nama  Jumlah"
