"""What would hold up a letter is told by `check`, before somebody approves one."""

from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def checked(office: Any) -> list[str]:
    """Return what is said of letters; its exit code is of the bridge, which is silent here."""
    told = office("budi", "check", code=1).stdout.splitlines()
    return [line for line in told if "surat.toml" in line or "letters are" in line]


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
