"""What would hold up a letter is told by `check`, before somebody approves one."""

from typing import Any

import pytest

from ingest.letters import pages, qr
from ingest.letters.base import LetterKind
from ingest.letters.sample import samples

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def checked(office: Any) -> list[str]:
    """Return what is said of letters; its exit code is of the bridge, which is silent here."""
    told = office("budi", "check", code=1).stdout.splitlines()
    about = ("surat.toml", "letters are", "letters of")
    return [line for line in told if any(words in line for words in about)]


def test_the_file_of_letters_is_read_and_who_signs_is_named(office: Any) -> None:
    (told,) = checked(office)
    assert told == f"ok    letters are made by {office.surat}, and signed by Dra. Contoh"


def test_a_slip_in_it_is_told_with_its_place(office: Any) -> None:
    office.surat.write_text(office.surat.read_text().replace('"197001011995032001"', '"..."'))
    (told,) = [one for one in checked(office) if "signer[1].nip" in one]
    assert told.startswith(f"bad   {office.surat}: signer[1].nip: ")


def test_without_such_a_file_no_letters_are_made_and_it_says_so(office: Any) -> None:
    text = office.config.read_text().replace('[ingest.letters]\nfile = "surat.toml"\n', "")
    office.config.write_text(text)
    assert checked(office) == ["ok    no letters are made here: numbers are given by hand"]


def with_logo(office: Any, name: str) -> None:
    office.surat.write_text(
        office.surat.read_text().replace(
            'place = "Tenggarong"', f'place = "Tenggarong"\nlogo = "{name}"'
        )
    )


def test_a_logo_that_is_missing_is_told_although_there_are_no_own_templates(office: Any) -> None:
    with_logo(office, "lambang.png")
    told = office("budi", "check", code=1).stdout
    assert "bad   letters: no file 'lambang.png' among the templates" in told


def test_a_logo_is_tried_as_a_picture(office: Any, own: Any) -> None:
    with_logo(office, "lambang.png")
    (own / "lambang.png").write_bytes(b"no picture")
    told = office("budi", "check", code=1).stdout
    assert "bad   letters: " in told
    assert "the logo lambang.png" not in told
    (own / "lambang.png").write_bytes(qr.png("lambang"))
    assert "ok    letters can be set with the logo lambang.png" in office(
        "budi", "check", code=1
    ).stdout  # fmt: skip


@pytest.fixture
def own(office: Any, monkeypatch: Any) -> Any:
    """Return the office's own folder of templates, tried on one kind of letter here."""
    some = [one for one in samples() if one.kind is LetterKind.OFFICE]
    monkeypatch.setattr(pages, "samples", lambda: some)
    folder = office.folder / "templat"
    folder.mkdir()
    with office.config.open("a") as config:
        config.write('templates = "templat"\n')
    return folder


def test_faults_of_own_templates_are_told_with_file_and_line(office: Any, own: Any) -> None:
    (own / "summon.docx").write_bytes(b"")
    (own / "office.typ").write_text('#import "dinas.typ": *\n#show: halaman\n\n#d.nomer\n')
    told = office("budi", "check", code=1).stdout
    strange = (
        f"bad   letters: {own / 'summon.docx'}: no letter uses a file of this name, did you mean"
    )
    assert f"{strange} 'summons.docx'?" in told
    assert 'bad   letters: office.typ line 4: dictionary does not contain key "nomer"' in told


def test_own_templates_that_can_be_set_are_told_so(office: Any, own: Any) -> None:
    (own / "office.typ").write_text('#import "dinas.typ": *\n#show: halaman\n\n#d.nomor\n')
    _, told = checked(office)
    assert told == "ok    letters of every kind can be set with the own templates and fonts"
