"""Reports as files: what is in them, who may read them, and names that try to be more."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
import pytest

from ingest import reporting
from ingest.days import Settings
from ingest.errors import OutputExists, Refused
from ingest.reports import Asked, Chart, Column, Kind, Scope, Series, Table, pdf
from ingest.reports.files import write_file
from ingest.reports.forms import Signing
from ingest.reports.paper import paper_of
from ingest.reports.pdf import make_pdf
from ingest.reports.stamp import Stamp

ZONE = ZoneInfo("Asia/Makassar")
AT = datetime(2026, 4, 1, 7, 30, tzinfo=ZONE)
STAMP = Stamp("Budi & Co", AT)
ASKED = Asked(
    Scope({"A": "Dinas A"}, "x", "A"), date(2026, 3, 1), AT, Settings(ZONE), reporting.load()
)
HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "+62811",
    "@SUM(A1)",
    "{=1+1}",
    '#typst[$x$] \\ "q" `raw` // *b* _i_ <l> @r',
    "baris\nbaru",
    "<r><t>rich</t></r>",
    "_x0041_ a&b <b>",
    " spasi ",
    "lonceng \x07, akhir \ufffe",
    "http://x.example/",
    "1" * 400,
)
COLUMNS = (
    Column("number", "No", Kind.NUMBER, width=5),
    Column("name", "Nama"),
    Column("nip", "NIP", Kind.NIP),
    Column("code", "1", Kind.CODE),
    Column("count", "H", Kind.NUMBER, summed=True, width=5),
    Column("none", "TL4", Kind.NUMBER, summed=True, width=5),
    Column("cost", "Potongan (%)", Kind.PERCENT),
    Column("at", "Masuk", Kind.TIME),
    Column("seen", "Terakhir", Kind.DATE),
    Column("known", "Sampai", Kind.MOMENT),
    Column("secret", "tersembunyi", Kind.HIDDEN),
)
CHARTS = (
    Chart("Hadir", "line", ("Januari", "Februari"), (Series("=1+1", (90.5, None)),)),
    Chart("Hari", "column", (), ()),
)


def table(names: Sequence[str] = HOSTILE, *, notes: Sequence[str] = ("catatan",)) -> Table:
    rows = [
        {
            "number": n,
            "name": name,
            "nip": "198609262015051001",
            "code": ("H", "L", "?")[n % 3],
            "count": n,
            "none": 0,
            "cost": Decimal("2.75"),
            "at": datetime(2026, 3, 2, 7, 21),
            "seen": date(2026, 3, 2),
            "known": AT,
            "secret": "bukan untuk mata",
        }
        for n, name in enumerate(names, 1)
    ]
    return Table("Rekap =1", COLUMNS, iter(rows), notes, CHARTS)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("xlsx") / "rekap.xlsx"
    write_file(path, table(), "xlsx", STAMP, ASKED, force=False)
    return path


class TestSpreadsheet:
    def test_every_name_is_text_and_stays_what_it_is(self, sheet):
        found = openpyxl.load_workbook(sheet)["Rekap"]
        cells = [found.cell(row, 2) for row in range(5, 5 + len(HOSTILE))]
        assert {one.data_type for one in cells} == {"s"}
        assert {one.hyperlink for one in cells} == {None}
        plain = [str(openpyxl.utils.escape.unescape(str(one.value))) for one in cells]
        wanted = [*HOSTILE]
        wanted[6] += " "  # the writer would take it for its own markup
        wanted[9] = "lonceng \x07, akhir \ufffd"
        assert plain == wanted

    def test_a_nip_keeps_its_last_digits(self, sheet):
        cell = openpyxl.load_workbook(sheet)["Rekap"]["C5"]
        assert (cell.data_type, cell.value) == ("s", "198609262015051001")

    def test_values_are_values(self, sheet):
        row = [one.value for one in openpyxl.load_workbook(sheet)["Rekap"][5]]
        assert row[4:7] == [1, 0, 2.75]
        assert row[7:10] == [
            datetime(2026, 3, 2, 7, 21).time(), datetime(2026, 3, 2), datetime(2026, 4, 1, 7, 30),
        ]  # fmt: skip
        assert "bukan untuk mata" not in row

    def test_sums_are_formulas_that_carry_their_value(self, sheet):
        last = 5 + len(HOSTILE)
        formulas = openpyxl.load_workbook(sheet)["Rekap"]
        values = openpyxl.load_workbook(sheet, data_only=True)["Rekap"]
        assert formulas.cell(last, 2).value == "Jumlah"
        assert formulas.cell(last, 5).value == f"=SUBTOTAL(109,E5:E{last - 1})"
        assert values.cell(last, 5).value == sum(range(1, len(HOSTILE) + 1))
        only = [
            cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"
        ]
        assert only == [f"E{last}", f"F{last}"]

    def test_it_can_be_read_on_a_screen_and_printed(self, sheet):
        found = openpyxl.load_workbook(sheet)["Rekap"]
        last = 4 + len(HOSTILE)
        assert found.freeze_panes == "D5"
        assert found.auto_filter.ref == f"A4:J{last}"
        assert found.print_title_rows == "$4:$4"
        assert found.print_area.startswith("'Rekap'!$A$1:$J$")
        setup = found.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 14, 0)
        assert found.oddFooter.left.text == "RAHASIA"

    def test_it_says_who_made_it_and_when(self, sheet):
        found = openpyxl.load_workbook(sheet)
        assert found["Rekap"]["A2"].value == (
            "RAHASIA - dibuat 1 April 2026 pukul 07.30 WITA oleh Budi & Co - memuat data pribadi"
        )
        assert found.properties.creator == "Budi & Co"

    def test_charts_are_native_and_lie_beside_their_figures(self, sheet):
        found = openpyxl.load_workbook(sheet)["Grafik"]
        assert [found.cell(3, n).value for n in (1, 2)] == ["Januari", 90.5]
        assert found["B2"].data_type == "s"
        with zipfile.ZipFile(sheet) as parts:
            drawn = [one for one in parts.namelist() if one.startswith("xl/charts/chart")]
            assert len(drawn) == 1
            assert b"Grafik" in parts.read(drawn[0])

    def test_a_table_without_rows_is_a_sheet_without_sums(self, tmp_path):
        path = tmp_path / "kosong.xlsx"
        write_file(path, table(()), "xlsx", STAMP, ASKED, force=False)
        found = openpyxl.load_workbook(path)["Rekap"]
        assert [one.value for one in found[4]][:3] == ["No", "Nama", "NIP"]
        assert found["A6"].value == "catatan"
        assert "Jumlah" not in [cell.value for row in found.iter_rows() for cell in row]

    def test_a_text_longer_than_a_cell_is_cut_and_says_so(self, tmp_path):
        path = tmp_path / "panjang.xlsx"
        write_file(path, table((), notes=["x" * 40_000]), "xlsx", STAMP, ASKED, force=False)
        note = openpyxl.load_workbook(path)["Rekap"]["A6"].value
        assert note.endswith("x ...")

    def test_the_own_inner_loop_is_still_called(self, monkeypatch, tmp_path):
        """Else a later xlsxwriter writes the same files, and slowly: see bench/xlsx.py."""
        from ingest.reports.lean import LeanWorksheet

        asked: list[str] = []
        monkeypatch.setattr(LeanWorksheet, "_text", lambda _self, string: asked.append(string))
        write_file(tmp_path / "a.xlsx", table(), "xlsx", STAMP, ASKED, force=False)
        assert "+62811" in asked


@pytest.fixture(scope="module")
def pages() -> str:
    made = make_pdf(table(HOSTILE[:10]), paper_of(ASKED, STAMP))
    return "\n".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(made))


class TestPages:
    def test_every_name_is_printed_as_it_is(self, pages):
        for name in (HOSTILE[0], "+62811", "{=1+1}", "#typst[$x$] \\", "_x0041_ a&b <b>"):
            assert name in pages.replace("\r\n", " "), name

    def test_head_stamp_sums_and_signature_are_there(self, pages):
        assert "oleh Budi & Co" in pages
        assert "RAHASIA" in pages
        assert "Halaman 1 dari 1" in pages
        assert "19860926 201505 1 001" in pages
        assert "Mengetahui," in pages
        assert "Jumlah" in pages

    def test_a_narrow_column_of_nothing_is_not_printed(self, pages):
        assert "TL4" not in pages
        assert "tersembunyi" not in pages

    def test_an_office_prints_its_own_head_and_signatory(self):
        signing = Signing(kop=("PEMERINTAH", "DINAS #A"), place="Tenggarong", name="Nama, S.Sos.",
                          post="Kepala", nip="197001011995031001")  # fmt: skip
        forms = reporting.load()
        asked = Asked(
            ASKED.scope, ASKED.day, AT, ASKED.settings,
            type(forms)(codes=forms.codes, signing={"A": signing}, paper="A4"),
        )  # fmt: skip
        document = pypdfium2.PdfDocument(make_pdf(table(("Ani",)), paper_of(asked, STAMP)))
        text = document[0].get_textpage().get_text_range()
        for wanted in ("DINAS #A", "Tenggarong, 1 April 2026", "Kepala,", "19700101 199503 1 001"):
            assert wanted in text
        assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [297, 210]

    @pytest.mark.parametrize(("cells", "rows"), [(27, 3), (100, 11)])
    def test_more_rows_than_paper_is_for_are_refused(self, monkeypatch, cells, rows):
        """By what is printed: nine columns, for the one that comes to nothing is not."""
        monkeypatch.setattr(pdf, "MOST_CELLS", cells)
        with pytest.raises(Refused, match=f"more than {rows} rows"):
            make_pdf(table(), paper_of(ASKED, STAMP))
        make_pdf(table(HOSTILE[:rows]), paper_of(ASKED, STAMP))

    def test_no_more_rows_are_read_than_may_be_printed(self, monkeypatch):
        monkeypatch.setattr(pdf, "MOST_CELLS", 27)
        read = []
        rows = ({"number": read.append(n) or n} for n in range(1_000))
        with pytest.raises(Refused):
            make_pdf(Table("x", COLUMNS, rows), paper_of(ASKED, STAMP))
        assert len(read) == 4


class TestFile:
    @pytest.mark.parametrize("form", ["csv", "json", "table", "xlsx"])
    def test_only_its_owner_reads_it_and_nothing_else_is_left(self, tmp_path, form):
        path = tmp_path / "out"
        write_file(path, table(), form, STAMP, ASKED, force=False)
        assert path.stat().st_mode & 0o777 == 0o600
        assert list(tmp_path.iterdir()) == [path]

    def test_one_that_is_there_is_not_written_over_unasked(self, tmp_path):
        path = tmp_path / "out.csv"
        path.write_text("lama")
        with pytest.raises(OutputExists, match="--force"):
            write_file(path, table(), "csv", STAMP, ASKED, force=False)
        assert path.read_text() == "lama"
        write_file(path, table(), "csv", STAMP, ASKED, force=True)
        assert path.read_text().startswith("No,Nama,NIP")

    def test_one_that_came_in_the_meantime_is_not_either(self, tmp_path):
        path = tmp_path / "out.csv"

        def rows():
            path.write_text("lebih dulu")
            yield {"name": "Ani"}

        late = Table("x", COLUMNS[1:2], rows())
        with pytest.raises(OutputExists):
            write_file(path, late, "csv", STAMP, ASKED, force=False)
        assert path.read_text() == "lebih dulu"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_report_that_fails_leaves_nothing(self, tmp_path):
        def rows():
            yield {"name": "Ani"}
            raise RuntimeError("basis data putus")

        with pytest.raises(RuntimeError):
            write_file(
                tmp_path / "out.xlsx", Table("x", COLUMNS[1:2], rows()), "xlsx", STAMP, ASKED,
                force=False,
            )  # fmt: skip
        assert list(tmp_path.iterdir()) == []

    def test_text_formats_carry_the_stamp_last(self, tmp_path):
        for form in ("csv", "table"):
            path = tmp_path / form
            write_file(path, table(("Ani",)), form, STAMP, ASKED, force=False)
            assert "oleh Budi & Co" in path.read_text().splitlines()[-1]
        path = tmp_path / "json"
        write_file(path, table(("Ani",)), "json", STAMP, ASKED, force=False)
        assert '"who": "Budi & Co"' in path.read_text()
        assert '"cost": "2.75"' in path.read_text()
