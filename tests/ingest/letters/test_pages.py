"""Letters as pages: every kind, from shipped templates and from an office's own."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import word_templates
from docx import Document

from ingest.letters import qr
from ingest.letters.base import Cosigner, Head, LetterKind, LetterText, Official, Secrecy, Signer
from ingest.letters.fields import days_text, fields
from ingest.letters.frozen import from_json, to_json
from ingest.letters.pages import Pages, faults, pages
from ingest.letters.sample import draft, listed, sample
from ingest.letters.shelf import SHIPPED, shelf
from ingest.typesetting import TypesettingFault

HOSTILE = '{{ 7*7 }} {% x %} #panic("a") $x$ <w:p/> & *b* "q"'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def sheets(made: bytes) -> list[str]:
    """The text of each page, its white space as single spaces."""
    with pypdfium2.PdfDocument(made) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def words(made: bytes) -> str:
    """All text of a Word file: of its body, its tables, its head and foot."""
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        parts = [name for name in packed.namelist() if re.match(r"word/(doc|head|foot)", name)]
        held = [packed.read(name).decode() for name in parts]
    told = " ".join(re.sub(r"<[^>]+>", "", re.sub(r"</w:p>|<w:br/>", " ", one)) for one in held)
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        told = told.replace(mark, sign)
    return " ".join(told.replace("&amp;", "&").split())


def near(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made() -> dict[LetterKind, Pages]:
    return {kind: pages(sample(kind)) for kind in LetterKind}


@pytest.mark.parametrize("kind", LetterKind)
def test_each_kind_says_its_number_people_signer_and_code(
    kind: LetterKind, made: dict[LetterKind, Pages]
):
    for told in (" ".join(sheets(made[kind].pdf)), words(made[kind].docx)):
        for part in (
            "PEMERINTAH KABUPATEN CONTOH",
            "800.1.6.2/0001/BKPSDM/2026",
            "Contoh Pegawai 1, S.T.",
            "Kota Contoh, 6 Maret 2026",
            "a.n. Bupati Contoh Plt. Kepala Badan",
            "NIP 19700101 199503 2 001",
            "Tembusan: 1. Sekretaris Daerah Kabupaten Contoh",
            "Kode surat: 7KQ4-M2XD-9",
            "Tidak hadir tanpa keterangan",
            "Lengkap; 2 dari 2 terminal terbaca sampai pukul 23.59",
        ):
            assert part in told, (kind, part)
        assert ("RAHASIA" in told) == (sample(kind).secrecy is Secrecy.CONFIDENTIAL)
        assert "KONSEP" not in told


def test_a_letter_has_its_head_and_a_summons_its_title(made: dict[LetterKind, Pages]):
    for told in (sheets(made[LetterKind.WARNING].pdf)[0], words(made[LetterKind.WARNING].docx)):
        assert "Nomor : 800.1.6.2/0001/BKPSDM/2026" in re.sub(r" ?: ?", " : ", told)
        assert "Yth. Kepala Dinas Contoh" in told
    for kind, title in (
        (LetterKind.SUMMONS, "SURAT PANGGILAN I NOMOR"),
        (LetterKind.SECOND_SUMMONS, "SURAT PANGGILAN II NOMOR"),
        (LetterKind.MINUTES, "BERITA ACARA KETIDAKHADIRAN DALAM PEMERIKSAAN NOMOR"),
    ):
        assert title in sheets(made[kind].pdf)[0]
        assert title in words(made[kind].docx)
    for told in (sheets(made[LetterKind.SUMMONS].pdf)[0], words(made[LetterKind.SUMMONS].docx)):
        assert "dengan menghadap kepada" in told
        assert "09.00 WITA" in told


def test_each_page_tells_its_number_and_how_many_there_are(made: dict[LetterKind, Pages]):
    told = sheets(made[LetterKind.WARNING].pdf)
    assert [f"Halaman {one} dari {len(told)}" in page for one, page in enumerate(told, 1)] == [
        True
    ] * 2


def test_equal_letters_are_equal_bytes(made: dict[LetterKind, Pages]):
    assert pages(sample(LetterKind.SUMMONS)) == made[LetterKind.SUMMONS]
    assert made[LetterKind.SUMMONS].template == "summons.typ, summons.docx"
    digests = {made[kind].template_digest for kind in LetterKind}
    assert len(digests) == len(LetterKind)


def test_a_letter_is_pdf_a_2b(made: dict[LetterKind, Pages]):
    for one in made.values():
        assert b"<pdfaid:part>2</pdfaid:part>" in one.pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in one.pdf
        assert b"/GTS_PDFA1" in one.pdf


def test_a_draft_has_no_number_and_says_on_each_page_that_it_is_one():
    text = replace(draft(sample(LetterKind.WARNING)), electronic_footer=True)
    both = pages(text)
    for page in sheets(both.pdf):
        assert "belum bernomor" in page
        assert "KONSEP" in page.replace("KONSEP –", "")  # the mark across the page
        assert "Kode surat" not in page
        assert "Balai Sertifikasi Elektronik" in page
    assert "Periksa kembali alamat" in sheets(both.pdf)[0]
    told = words(both.docx)
    assert "KONSEP" in told
    assert "Balai Sertifikasi Elektronik" in told
    assert "0001" not in told


def test_notes_of_a_draft_are_not_in_what_is_issued():
    text = replace(sample(LetterKind.WARNING), notes=("hanya untuk pemeriksa",))
    both = pages(text)
    assert "hanya untuk pemeriksa" not in " ".join(sheets(both.pdf)) + words(both.docx)


def test_hostile_names_come_out_as_text_in_both():
    person = replace(listed(1), person=Official(HOSTILE, "1", HOSTILE, HOSTILE, HOSTILE))
    text = replace(
        sample(LetterKind.REPRIMAND),
        about=(person,),
        subject=HOSTILE,
        to=(HOSTILE, "Budi\nNomor: 1\x00\u202e\f"),
        copies=(HOSTILE,),
        legal=(HOSTILE,),
        signer=Signer(HOSTILE, post=HOSTILE, acting=HOSTILE),
        case=HOSTILE,
        code=HOSTILE,
    )
    both = pages(text)
    for told in (" ".join(sheets(both.pdf)), words(both.docx)):
        assert told.count(near(HOSTILE)) >= 6
        assert "49" not in told
        assert "Budi Nomor: 1□□" in told.replace("1 □", "1□")
    assert Document(io.BytesIO(both.docx)).core_properties.title == HOSTILE


def test_a_long_list_is_an_attachment_whose_head_stands_on_each_page():
    text = replace(
        sample(LetterKind.OFFICE), about=tuple(listed(one, days=1) for one in range(1, 201))
    )
    both = pages(text, paper="a4")
    told = sheets(both.pdf)
    assert "Daftar 200 orang pegawai dimaksud tercantum dalam Lampiran" in told[0]
    assert "Dra. Hj. Sri Contoh Rahayu" in told[0]  # signed before the list
    lists = [page for page in told if "Nama / NIP" in page]
    assert len(lists) > 3
    assert all("No. Nama / NIP Pangkat / Jabatan Tanggal Hari" in page for page in lists)
    whole = " ".join(told)
    assert all(f"Contoh Pegawai {one}, S.T." in whole for one in (1, 77, 200))
    assert words(both.docx).count("Contoh Pegawai 200, S.T.") == 2
    size = Document(io.BytesIO(both.docx)).sections[0]
    assert (round(size.page_width.mm), round(size.page_height.mm)) == (210, 297)


@pytest.mark.parametrize("paragraphs", range(12, 24, 2))
def test_a_signature_never_stands_alone_on_a_page(paragraphs: int):
    text = sample(LetterKind.WITHDRAWAL)
    body = (*text.body[:1], *(f"Alinea {one} " + "kata " * 30 for one in range(paragraphs)))
    told = sheets(pages(replace(text, body=body, about=(), copies=())).pdf)
    signed = next(page for page in told if "NIP 19700101" in page)
    assert f"Alinea {paragraphs - 1}" in signed
    assert "a.n. Bupati" in signed


def test_no_word_however_long_leaves_the_text_area():
    long = "Pneumono" * 30
    who = Official(long, long, long, long, long)
    people = (replace(listed(1), person=who), listed(2))
    signer = Signer(long, long, long, long)
    lines = (*sample(LetterKind.OFFICE).body, "." * 160, long, long)
    text = replace(sample(LetterKind.OFFICE), body=lines, about=people, signer=signer)
    text = replace(text, subject=long, to=(long,), legal=(long,), copies=(long,))
    with pypdfium2.PdfDocument(pages(text).pdf) as document:
        for page in document:
            told = page.get_textpage()
            rights = [told.get_charbox(one)[2] for one in range(told.count_chars())]
            assert max(rights) < (215 - 20) / 25.4 * 72


def test_minutes_are_signed_by_everybody_named():
    some = tuple(Cosigner(f"Saksi {one}", role="Saksi") for one in "ABC")
    both = pages(replace(sample(LetterKind.MINUTES), cosigners=some))
    for told in (" ".join(sheets(both.pdf)), words(both.docx)):
        assert all(f"Saksi {one}" in told for one in "ABC")
    pages(replace(sample(LetterKind.MINUTES), cosigners=()))


def test_a_bare_letter_is_typeset():
    bare = LetterText(
        kind=LetterKind.WARNING,
        head=Head((), ""),
        number="",
        dated=listed(1).days[0],
        secrecy=Secrecy.PLAIN,
        subject="",
        to=(),
        body=(),
        signer=Signer(""),
    )
    for kind in LetterKind:
        assert pages(replace(bare, kind=kind)).pdf.startswith(b"%PDF")


def test_paper_is_f4_unless_told(made: dict[LetterKind, Pages]):
    with pypdfium2.PdfDocument(made[LetterKind.WARNING].pdf) as document:
        assert [round(one * 25.4 / 72) for one in document[0].get_size()] == [215, 330]


def test_the_logo_stands_in_the_head_of_both(tmp_path: Path):
    (tmp_path / "arms.png").write_bytes(PIXEL)
    text = sample(LetterKind.WARNING)
    text = replace(text, head=replace(text.head, logo="arms.png"))
    both = pages(text, templates=tmp_path)
    with zipfile.ZipFile(io.BytesIO(both.docx)) as packed:
        pictures = [packed.read(one) for one in packed.namelist() if "/media/" in one]
    assert PIXEL in pictures
    assert qr.png(text.verify_text) in pictures
    with pypdfium2.PdfDocument(both.pdf) as document:
        assert 3 in [one.type for one in document[0].get_objects(max_depth=4)]
    assert both.template_digest != pages(sample(LetterKind.WARNING)).template_digest


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        ("arm.png", "no file 'arm.png' among the templates, did you mean 'arms.png'?"),
        ("arms.svg", "logo 'arms.svg' must be a .png or .jpg: Word shows no other"),
    ],
)
def test_a_logo_that_is_not_there_is_named(tmp_path: Path, logo: str, said: str):
    (tmp_path / "arms.png").write_bytes(PIXEL)
    text = sample(LetterKind.WARNING)
    with pytest.raises(TypesettingFault) as caught:
        pages(replace(text, head=replace(text.head, logo=logo)), templates=tmp_path)
    assert str(caught.value) == said


def test_an_own_template_takes_the_place_of_ours_and_the_others_stay(tmp_path: Path):
    shipped = (SHIPPED / "warning.typ").read_text()
    own = shipped.replace("#tembusan()", "#tembusan()\n#text[Kalimat kami sendiri]")
    (tmp_path / "warning.typ").write_text(own)
    assert (
        "Kalimat kami sendiri"
        in sheets(pages(sample(LetterKind.WARNING), templates=tmp_path).pdf)[0]
    )
    assert "Kalimat" not in sheets(pages(sample(LetterKind.OFFICE), templates=tmp_path).pdf)[0]


def test_an_own_word_template_of_one_kind_is_used_for_that_kind(tmp_path: Path):
    (tmp_path / "warning.docx").write_bytes((SHIPPED / "minutes.docx").read_bytes())
    held = shelf(tmp_path)
    assert held.word(LetterKind.WARNING) == "warning.docx"
    assert held.word(LetterKind.OFFICE) == "letter.docx"
    assert held.word(LetterKind.SECOND_SUMMONS) == "summons.docx"


def test_what_comes_with_us_has_no_fault():
    assert faults() == []


def test_faults_name_file_line_and_what_nobody_uses(tmp_path: Path):
    (tmp_path / "warning.typ").write_text('#import "dinas.typ": *\n#show: halaman\n#kopp()\n')
    (tmp_path / "office.typ").write_bytes(b"\xff\xfe")
    (tmp_path / "sumons.docx").write_bytes(b"x")
    (tmp_path / "minutes.docx").write_bytes(b"no word file")
    misspelt = io.BytesIO()
    paper = Document()
    paper.add_paragraph("{{ nommor }}")
    paper.save(misspelt)
    (tmp_path / "letter.docx").write_bytes(misspelt.getvalue())
    assert faults(templates=tmp_path) == [
        f"{tmp_path}/sumons.docx: no letter uses a file of this name, did you mean 'summons.docx'?",
        "warning.typ line 3: unknown variable: kopp",
        "letter.docx: 'nommor' is undefined",
        f"{tmp_path}/office.typ: is not text in UTF-8",
        "minutes.docx: is no Word file (.docx)",
    ]


def test_a_folder_of_templates_that_is_not_there_is_named(tmp_path: Path):
    assert faults(templates=tmp_path / "none") == [
        f"{tmp_path}/none: no folder of templates (No such file or directory)"
    ]


def test_a_word_template_reaches_nothing_but_its_fields(tmp_path: Path):
    held = io.BytesIO()
    paper = Document()
    paper.add_paragraph("{{ hal.__class__.__mro__ }}")
    paper.save(held)
    (tmp_path / "letter.docx").write_bytes(held.getvalue())
    with pytest.raises(TypesettingFault, match=r"letter\.docx: access to attribute '__class__'"):
        pages(sample(LetterKind.WARNING), templates=tmp_path)


def test_days_are_told_by_month():
    days = [listed(1, 3).days[one] for one in (2, 0, 1)]
    assert days_text(days) == "2, 3, dan 4 Maret 2026"
    assert days_text([days[0], days[0].replace(month=4, day=1)]) == "4 Maret 2026; 1 April 2026"
    assert days_text(days[:2]) == "2 dan 4 Maret 2026"
    assert days_text([]) == ""


def test_a_signer_is_named_with_whom_he_stands_for():
    signer = Signer("A", post="Kepala", acting="Plh.", on_behalf_of="a.n. Bupati")
    text = replace(sample(LetterKind.WARNING), signer=signer)
    named = fields(text, paper="f4")["penandatangan"]
    assert isinstance(named, dict)
    assert named["baris"] == ["a.n. Bupati", "Plh. Kepala,"]


def test_codes_are_the_same_bytes_for_the_same_text():
    assert qr.svg("A") == qr.svg("A") != qr.svg("B")
    assert qr.png("A") == qr.png("A")
    assert qr.png("A").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", word_templates.MADE)
def test_shipped_word_templates_are_those_that_are_made(name: str):
    with (
        zipfile.ZipFile(SHIPPED / name) as shipped,
        zipfile.ZipFile(io.BytesIO(word_templates.made(name))) as made,
    ):
        for part in made.namelist():
            if part != "docProps/core.xml":
                assert shipped.read(part) == made.read(part), part


def test_the_package_carries_templates_and_fonts():
    names = {path.name for path in SHIPPED.iterdir()}
    assert {f"{kind.value.lower()}.typ" for kind in LetterKind} <= names
    assert {"dinas.typ", "letter.docx", "summons.docx", "minutes.docx"} <= names


def test_a_letter_of_before_there_were_zones_reads_as_it_was_written():
    text = sample(LetterKind.SUMMONS)
    body = to_json(text)
    del body["meeting"]["zone"]
    read = from_json(body)
    assert read.meeting is not None
    assert (read.meeting.zone, read.meeting.at) == ("", text.meeting and text.meeting.at)
