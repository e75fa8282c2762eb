"""Two spellings of one name, and two names."""

import pytest

from ingest.imports.names import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siti Aminah", "SITI AMINAH, S.Sos., M.Si"),
        ("Dr. H. Muhammad Yusuf", "Muh. Yusuf"),
        ("M. Yusuf", "Muhammad Yusuf"),
        ("Drs. Budi Santoso", "Budi  Santoso"),
        ("Budi", "Budi Santoso"),
        ("H.", "h."),
    ],
)
def test_titles_and_short_forms_are_no_other_name(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muhammad Yusuf", "Muhammad Yasin"),
        ("Siti Aminah", "Siti Rahma, S.Sos"),
        ("Ani", "Budi"),
        ("H.", "Ani"),
    ],
)
def test_another_name_is_another(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)
