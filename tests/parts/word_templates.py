"""Makes the Word templates that are shipped: `python tests/parts/word_templates.py`.

A test holds the shipped files equal to what this makes, so that a new field comes into all of them.
An office changes its own copies in Word; ours are changed here.
"""

import io
import sys
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

PLACE = Path(__file__).parents[2] / "ingest" / "letters" / "templates"
CENTRE, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
WIDTH = 16.5  # cm of text
NUMBER = "{{ nomor or '..........................' }}"
ELECTRONIC = (
    "UU Nomor 11 Tahun 2008 Pasal 5 ayat (1): “Informasi Elektronik dan/atau Dokumen Elektronik "
    "dan/atau hasil cetaknya merupakan alat bukti hukum yang sah.” Dokumen ini ditandatangani "
    "secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh Balai Sertifikasi "
    "Elektronik (BSrE), BSSN."
)


def element(name: str, **attributes: str) -> OxmlElement:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def write(
    where: Paper | _Cell, text: str, *, align=LEFT, bold=False, size=0.0, keep=False, after=0.0
) -> Paragraph:
    """Add a paragraph; a tag of docxtpl has to stand in one run."""
    line = where.add_paragraph()
    if isinstance(where, _Cell) and len(where.paragraphs) == 2 and not where.paragraphs[0].text:
        line._p.getparent().remove(line._p)
        line = where.paragraphs[0]
    run = line.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    line.alignment = align
    line.paragraph_format.space_after = Pt(after)
    line.paragraph_format.keep_with_next = keep
    return line


def tag(where: Paper | _Cell, text: str) -> None:
    write(where, "{%p " + text + " %}")


def body(where: Paper, text: str, *, keep: bool = False) -> None:
    line = write(where, text, align=BOTH, after=6, keep=keep)
    line.paragraph_format.first_line_indent = Cm(1.25)
    line.paragraph_format.keep_together = keep


def grid(where: Paper, widths: list[float], rows: int = 1, *, lines: bool = False) -> Table:
    table = where.add_table(rows, len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    if lines:
        table.style = "Table Grid"
        table._tbl.tblPr.append(element("tblInd", w="108", type="dxa"))  # its lines in the margin
    for row in table.rows:
        row._tr.get_or_add_trPr().append(element("cantSplit"))
    sized(table, widths)
    return table


def sized(table: Table, widths: list[float]) -> None:
    """Say widths twice: Word looks at the cells, LibreOffice at the columns."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def pairs(where: Paper, widths: list[float], *rows: tuple[str, str]) -> None:
    table = grid(where, widths, len(rows))
    for row, (name, value) in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells[-3:], (name, ":", value), strict=True):
            write(cell, text)


def heads(table: Table, *titles: str) -> None:
    for cell, title in zip(table.rows[0].cells, titles, strict=True):
        write(cell, title, bold=True, size=8.5)
        cell._tc.get_or_add_tcPr().append(element("shd", val="clear", fill="EBEBEB"))
    table.rows[0]._tr.get_or_add_trPr().append(element("tblHeader"))


def loop(table: Table, over: str, *cells: str) -> None:
    """Rows of docxtpl: one that opens the loop, one that is repeated, one that closes it."""
    for row, text in ((1, "{%tr for " + over + " %}"), (3, "{%tr endfor %}")):
        write(table.rows[row].cells[0], text)
    for cell, text in zip(table.rows[2].cells, cells, strict=True):
        write(cell, text, size=8.5)


def field(line: Paragraph, name: str) -> None:
    """A field that Word works out: PAGE, NUMPAGES."""
    for kind, code in (("begin", ""), ("", name), ("end", "")):
        run = line.add_run()
        run.font.size = Pt(7.5)
        if kind:
            run._r.append(element("fldChar", fldCharType=kind))
        else:
            held = element("instrText")
            held.text = code
            run._r.append(held)


def start() -> Paper:
    paper = Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Arial")
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.1
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.5), Cm(33)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.6)
    section.footer_distance = Cm(0.8)
    properties = paper.core_properties
    properties.title = properties.author = properties.comments = properties.last_modified_by = ""
    return paper


def edges(paper: Paper) -> None:
    """Head: marks of secrecy and draft. Foot: the code, how to check, the page."""
    head = paper.sections[0].header
    line = head.paragraphs[0]
    line.alignment = CENTRE
    run = line.add_run("{% if rahasia %}RAHASIA{% endif %}{% if konsep %} KONSEP{% endif %}")
    run.bold = True
    table = paper.sections[0].footer.add_table(1, 3, Cm(WIDTH))
    sized(table, [2.1, 10.9, 3.5])
    left, middle, right = table.rows[0].cells
    write(left, "{{ gambar_qr }}")
    told = (
        ("kode", "Kode surat: {{ kode }}"),
        ("konsep", "KONSEP – belum bernomor dan belum berlaku sebagai surat dinas."),
        ("tanda_tangan_elektronik", ELECTRONIC),
    )
    for when, text in told:
        tag(middle, f"if {when}")
        write(middle, text, size=7.5)
        tag(middle, "endif")
    page = write(right, "Halaman ", align=RIGHT, size=7.5)
    field(page, "PAGE")
    page.add_run(" dari ").font.size = Pt(7.5)
    field(page, "NUMPAGES")
    first = paper.sections[0].footer.paragraphs[0]
    first._p.getparent().remove(first._p)
    write(paper.sections[0].footer, "", size=2)  # type: ignore[arg-type]  # Word wants one after it


def letterhead(paper: Paper) -> None:
    tag(paper, "if kop.logo")
    table = grid(paper, [2.2, WIDTH - 2.2])
    write(table.rows[0].cells[0], "{{ gambar_logo }}")
    head_lines(table.rows[0].cells[1])
    tag(paper, "else")
    head_lines(paper)
    tag(paper, "endif")
    rule = write(paper, "", size=3, after=10)
    borders = element("pBdr")
    borders.append(element("bottom", val="thickThinSmallGap", sz="24", space="1", color="000000"))
    rule._p.get_or_add_pPr().append(borders)


def head_lines(where: Paper | _Cell) -> None:
    first = "{{ (kop.baris[0] if kop.baris else '')|upper }}"
    second = "{{ (kop.baris[1] if kop.baris|length > 1 else '')|upper }}"
    write(where, first, align=CENTRE, size=13)
    write(where, second, align=CENTRE, bold=True, size=12.5)
    tag(where, "for baris in kop.baris[2:]")
    write(where, "{{ baris }}", align=CENTRE, size=9)
    tag(where, "endfor")


def numbered(paper: Paper) -> None:
    """Nomor, Sifat, Lampiran, Hal at the left, place and date at the right of the first line."""
    table = grid(paper, [2.2, 0.4, 7.9, 6.0], 4)
    rows = (
        ("Nomor", NUMBER),
        ("Sifat", "{{ sifat }}"),
        ("Lampiran", "{{ lampiran }}"),
        ("Hal", "{{ hal }}"),
    )
    for row, (name, value) in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells[:3], (name, ":", value), strict=True):
            write(cell, text, bold=value == "{{ hal }}" and text == value)
    write(table.rows[0].cells[3], "{{ tempat }}, {{ tanggal }}", align=RIGHT)
    write(paper, "")


def addressed(paper: Paper) -> None:
    tag(paper, "if yth")
    table = grid(paper, [1.1, 10.0])
    write(table.rows[0].cells[0], "Yth.")
    right = table.rows[0].cells[1]
    tag(right, "for baris in yth")
    write(right, "{{ baris }}")
    tag(right, "endfor")
    write(paper, "")
    tag(paper, "endif")


def titled(paper: Paper, title: str) -> None:
    write(paper, title, align=CENTRE, bold=True, size=12)
    write(paper, f"NOMOR {NUMBER}", align=CENTRE, after=12)


def person(paper: Paper, who: str, *more: tuple[str, str]) -> None:
    named = (("Nama", "nama"), ("NIP", "nip"), ("Pangkat/Gol. Ruang", "pangkat"),
             ("Jabatan", "jabatan"), ("Unit Kerja", "unit"))  # fmt: skip
    rows = [(name, "{{ %s.%s or '-' }}" % (who, key)) for name, key in named]  # noqa: UP031
    pairs(paper, [1.25, 4.2, 0.4, 10.6], *rows, *more)


def people(paper: Paper) -> None:
    table = grid(paper, [0.9, 5.0, 5.0, 4.2, 1.4], 4, lines=True)
    heads(table, "No.", "Nama / NIP", "Pangkat / Jabatan", "Tanggal", "Hari")
    loop(
        table, "p in pegawai", "{{ p.no }}",
        "{{ p.nama }}{% if p.nip %}, NIP {{ p.nip }}{% endif %}",
        "{{ p.pangkat or '-' }} / {{ p.jabatan or '-' }}", "{{ p.tanggal }}", "{{ p.jumlah }}",
    )  # fmt: skip


def concerns(paper: Paper, *, dated: bool) -> None:
    days = ("Tanggal", "{{ pegawai[0].tanggal }} ({{ pegawai[0].jumlah }} hari kerja)")
    tag(paper, "if daftar_terlampir")
    body(
        paper,
        "Daftar {{ pegawai|length }} orang pegawai dimaksud tercantum dalam Lampiran surat ini.",
    )
    tag(paper, "elif pegawai|length == 1")
    if dated:
        tag(paper, "if pegawai[0].jumlah")
        person(paper, "pegawai[0]", days)
        tag(paper, "else")
        person(paper, "pegawai[0]")
        tag(paper, "endif")
    else:
        person(paper, "pegawai[0]")
    tag(paper, "elif pegawai")
    people(paper)
    tag(paper, "endif")
    write(paper, "", size=5)


def opening(paper: Paper) -> None:
    tag(paper, "if isi")
    body(paper, "{{ isi[0] }}")
    tag(paper, "endif")


def meeting(paper: Paper) -> None:
    tag(paper, "if pertemuan")
    write(paper, "dengan menghadap kepada:", keep=True, after=4)
    person(paper, "pertemuan.pemeriksa")
    write(paper, "pada:", keep=True, after=4)
    pairs(
        paper, [1.25, 4.2, 0.4, 10.6], ("Hari", "{{ pertemuan.hari }}"),
        ("Tanggal", "{{ pertemuan.tanggal }}"),
        (
            "Pukul",
            "{% if pertemuan.pukul %}{{ pertemuan.pukul }} {{ pertemuan.zona }}"
            "{% else %}-{% endif %}",
        ),
        ("Tempat", "{{ pertemuan.tempat or '-' }}"),
    )  # fmt: skip
    write(paper, "", size=5)
    tag(paper, "endif")


def grounds(paper: Paper) -> None:
    tag(paper, "if dasar_hukum")
    write(paper, "Dasar:", keep=True, after=2)
    tag(paper, "for satu in dasar_hukum")
    line = write(paper, "{{ loop.index }}.\t{{ satu }}", align=BOTH, after=2)
    line.paragraph_format.left_indent = Cm(0.7)
    line.paragraph_format.first_line_indent = Cm(-0.7)
    line.paragraph_format.tab_stops.add_tab_stop(Cm(0.7))
    tag(paper, "endfor")
    write(paper, "", size=5)
    tag(paper, "endif")


def rest(paper: Paper) -> None:
    """The other paragraphs; the last keeps with the signature."""
    tag(paper, "for alinea in isi[1:-1]")
    body(paper, "{{ alinea }}")
    tag(paper, "endfor")
    tag(paper, "if isi|length > 1")
    body(paper, "{{ isi[-1] }}", keep=True)
    tag(paper, "endif")


def signed_by(cell: _Cell, *, dated: bool) -> None:
    if dated:
        write(cell, "{{ tempat }}, {{ tanggal }}", keep=True)
    tag(cell, "for baris in penandatangan.baris")
    write(cell, "{{ baris }}", keep=True)
    tag(cell, "endfor")
    name_under(cell, "penandatangan")


def name_under(cell: _Cell, who: str) -> None:
    for _ in range(4):
        write(cell, "", keep=True).add_run(" ")
    write(cell, "{{ %s.nama or '-' }}" % who, bold=True, keep=True).runs[0].underline = True  # noqa: UP031
    for key, before in (("pangkat", ""), ("nip", "NIP ")):
        tag(cell, f"if {who}.{key}")
        write(cell, "%s{{ %s.%s }}" % (before, who, key), keep=key != "nip")  # noqa: UP031
        tag(cell, "endif")


def signature(paper: Paper, *, dated: bool) -> Table:
    write(paper, "", keep=True)
    table = grid(paper, [8.3, 8.2])
    signed_by(table.rows[0].cells[1], dated=dated)
    return table


def signatures(paper: Paper) -> None:
    """Minutes: the first who signs beside the signer stands left of him, the others under both."""
    beside = signature(paper, dated=True).rows[0].cells[0]
    tag(beside, "for saksi in ikut_tanda_tangan[:1]")
    write(beside, "", keep=True)
    cosigned_by(beside)
    tag(beside, "endfor")
    tag(paper, "for saksi in ikut_tanda_tangan[1:]")
    write(paper, "", keep=True)
    cosigned_by(grid(paper, [8.3, 8.2]).rows[0].cells[0])
    tag(paper, "endfor")


def cosigned_by(cell: _Cell) -> None:
    write(cell, "{{ saksi.peran }},", keep=True)
    tag(cell, "if saksi.jabatan")
    write(cell, "{{ saksi.jabatan }}", keep=True)
    tag(cell, "endif")
    name_under(cell, "saksi")


def copies(paper: Paper) -> None:
    tag(paper, "if tembusan")
    write(paper, "")
    write(paper, "Tembusan:", size=9.5, keep=True)
    tag(paper, "for satu in tembusan")
    write(paper, "{{ loop.index }}. {{ satu }}", size=9.5)
    tag(paper, "endfor")
    tag(paper, "endif")
    tag(paper, "if konsep and catatan")
    write(paper, "")
    write(paper, "Catatan konsep (hapus sebelum terbit):", bold=True, size=9)
    tag(paper, "for satu in catatan")
    write(paper, "– {{ satu }}", size=9)
    tag(paper, "endfor")
    tag(paper, "endif")


def annex(paper: Paper, called: str) -> None:
    tag(paper, "if daftar_terlampir or ada_bukti")
    write(paper, f"Lampiran {called}").paragraph_format.page_break_before = True
    write(paper, f"Nomor: {NUMBER}")
    write(paper, "Tanggal: {{ tanggal }}", after=10)
    tag(paper, "if daftar_terlampir")
    write(paper, "DAFTAR PEGAWAI", align=CENTRE, bold=True, keep=True, after=6)
    people(paper)
    write(paper, "")
    tag(paper, "endif")
    tag(paper, "if ada_bukti")
    write(paper, "RINCIAN KEHADIRAN", align=CENTRE, bold=True, keep=True, after=6)
    tag(paper, "for p in pegawai if p.bukti")
    write(
        paper,
        "{{ p.nama }}{% if p.nip %} – NIP {{ p.nip }}{% endif %}",
        bold=True,
        size=9,
        keep=True,
    ).paragraph_format.space_before = Pt(6)
    table = grid(paper, [0.9, 2.5, 2.6, 2.6, 2.6, 3.1, 2.2], 4, lines=True)
    heads(
        table, "No.", "Hari, tanggal", "Status", "Jam kerja", "Rekaman", "Kelengkapan data",
        "Dasar",
    )  # fmt: skip
    loop(
        table, "b in p.bukti", "{{ b.no }}", "{{ b.hari }}, {{ b.tanggal }}", "{{ b.status }}",
        "{{ b.jam_kerja }}", "{{ b.rekaman|join('; ') or '-' }}", "{{ b.kelengkapan }}",
        "{{ b.aturan }}",
    )  # fmt: skip
    tag(paper, "endfor")
    tag(paper, "endif")
    tag(paper, "endif")


def letter() -> Paper:
    paper = start()
    edges(paper)
    letterhead(paper)
    numbered(paper)
    addressed(paper)
    opening(paper)
    concerns(paper, dated=True)
    grounds(paper)
    rest(paper)
    signature(paper, dated=False)
    copies(paper)
    annex(paper, "Surat")
    return paper


def summons() -> Paper:
    paper = start()
    edges(paper)
    letterhead(paper)
    second = "{% if jenis == 'SECOND_SUMMONS' %}II{% else %}I{% endif %}"
    titled(paper, f"SURAT PANGGILAN {second}")
    opening(paper)
    concerns(paper, dated=False)
    meeting(paper)
    grounds(paper)
    rest(paper)
    signature(paper, dated=True)
    copies(paper)
    annex(paper, f"Surat Panggilan {second}")
    return paper


def minutes() -> Paper:
    paper = start()
    edges(paper)
    letterhead(paper)
    titled(paper, "{{ hal|upper }}")
    opening(paper)
    concerns(paper, dated=True)
    grounds(paper)
    rest(paper)
    signatures(paper)
    copies(paper)
    annex(paper, "Berita Acara")
    return paper


MADE = {"letter.docx": letter, "summons.docx": summons, "minutes.docx": minutes}


def made(name: str) -> bytes:
    held = io.BytesIO()
    MADE[name]().save(held)
    return held.getvalue()


if __name__ == "__main__":
    for one in MADE:
        (PLACE / one).write_bytes(made(one))
    sys.exit(0)
