"""Typesetting: the same bytes for the same input, and a template is kept in its room."""

import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from ingest import press, typesetting
from ingest.typesetting import Limits, TypesettingFault, cleaned, pdf

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SHOW = '#set text(font: "Liberation Sans")\n#json("data.json").name'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def text_of(made: bytes) -> str:
    with pypdfium2.PdfDocument(made) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def fault_of(source: str, data: dict[str, object] | None = None, **more: object) -> str:
    with pytest.raises(TypesettingFault) as caught:
        pdf(source, data or {}, created=NOW, name="letter.typ", **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_equal_input_gives_equal_bytes_and_the_date_is_the_one_passed_in():
    made = pdf(SHOW, {"name": "Siti"}, created=NOW)
    assert made == pdf(SHOW, {"name": "Siti"}, created=NOW.replace(microsecond=9))
    assert b"20260304050607" in made
    assert made != pdf(SHOW, {"name": "Siti"}, created=NOW + timedelta(seconds=1))


def test_what_is_made_says_that_it_is_pdf_a_2b_and_carries_its_colours_and_fonts():
    made = pdf(SHOW, {"name": "Siti"}, created=NOW)
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made
    assert b"/GTS_PDFA1" in made
    assert b"LiberationSans" in made


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        '$x^2$ *bold* _it_ `raw` <label> @ref // no comment /* nor this */ \\ "quoted" [x] = -- ~',
        '"); #read("/etc/passwd")',
        "{{ 7 * 7 }} </xml> &amp;",
    ],
)
def test_a_name_that_looks_like_source_is_printed_as_it_is(name: str):
    assert name in text_of(pdf(SHOW, {"name": name}, created=NOW)).replace("\r\n", " ")


def test_a_character_that_no_font_has_is_a_box_and_is_told(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "ingest.typesetting"):
        made = pdf(SHOW, {"name": "Budi 漢字 Ünal"}, created=NOW)
    assert text_of(made) == "Budi □□ Ünal"
    assert "no font has U+6F22; it is printed as a box" in caplog.text
    assert "Budi" not in caplog.text


def test_what_is_no_text_is_a_box_and_line_ends_are_one_kind():
    assert cleaned({"a": ["x\x00\u202ey\ud800", "1\r\n2\r3\u20284\t5"], "n": 1}) == {
        "a": ["x□□y□", "1\n2\n3\n4 5"],
        "n": 1,
    }


def test_a_template_uses_the_files_given_to_it():
    source = '#import "shared.typ": twice\n#image("arms.png")\n#twice("ab")'
    files = {"shared.typ": b"#let twice(x) = x + x", "arms.png": PIXEL}
    made = pdf(source, {}, created=NOW, files=files)
    assert "abab" in text_of(made)
    with pypdfium2.PdfDocument(made) as document:
        kinds = [one.type for one in document[0].get_objects(max_depth=4)]
    assert 3 in kinds  # a picture


def test_a_fault_is_one_sentence_with_file_and_line():
    assert fault_of("Hello\n#let x = 1\n#foo()") == "letter.typ line 3: unknown variable: foo"
    shared = {"shared.typ": b"#let f(x) = {\n  x.no\n}"}
    said = fault_of('#import "shared.typ": f\n\n#f(1)', files=shared)
    assert said == "shared.typ line 2: cannot access fields on type integer"
    said = fault_of('#json("data.json").name', {"other": 1})
    assert said == 'letter.typ line 1: dictionary does not contain key "name"'


def test_a_template_reads_no_file_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "secret.txt").write_text("s3cret")
    monkeypatch.chdir(tmp_path)
    for path in ["/etc/passwd", "secret.txt", str(tmp_path / "secret.txt")]:
        assert fault_of(f'#read("{path}")') == "letter.typ line 1: file not found"
    assert "would escape" in fault_of('#read("../../../../etc/passwd")')


def test_a_template_fetches_no_package():
    said = fault_of('#import "@preview/cetz:0.3.1"')
    assert said.endswith("a template can import only the files beside it, no packages")


@pytest.mark.parametrize("name", ["../x.typ", "/etc/x", "a/b.png", "data.json", "main", ""])
def test_a_file_has_a_plain_name(name: str):
    assert "is no name for a file" in fault_of("x", files={name: b"x"})


def test_a_template_without_an_end_is_stopped():
    source = "#for i in range(90000) { for j in range(90000) { if i + j < 0 [x] } }"
    said = fault_of(source, limits=Limits(seconds=1, memory=1 << 32))
    assert said == "letter.typ: typesetting takes more than 1 s; look for a loop without an end"


def test_a_template_that_fills_the_memory_is_stopped():
    said = fault_of("#range(100000000).len()", limits=Limits(memory=300 << 20))
    assert said == "letter.typ: typesetting takes more than 300 MB of memory"


def test_the_press_is_given_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; sys.stdout.write(' '.join(os.environ))")
    monkeypatch.setenv("HADIR_TEST_SECRET", "x")
    monkeypatch.setattr(typesetting, "_PRESS", spy)
    seen = pdf("x", {}, created=NOW).decode().split()
    assert "HADIR_TEST_SECRET" not in seen
    assert {"HTTPS_PROXY", "TZ"} <= set(seen)


def test_the_press_imports_nothing_of_ours():
    told = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import runpy, sys; runpy.run_path({press.__file__!r});"
            "print([m for m in sys.modules if m.split('.')[0] in ('ingest', 'bridge', 'drivers')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"


def test_names_of_characters_are_read_from_what_typst_says():
    said = 'the text `"\\u{1b}a"` could not be displayed with font `"X"`'
    said += '\nthe text `"漢"` could not be displayed'
    assert press.missing(said) == {"\x1b", "a", "漢"}
