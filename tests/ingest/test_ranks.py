"""Ranks as people write them: one grade is one rank, and what is no grade stays as it is."""

import pytest

from ingest.ranks import NAMES, grade, rank_text, same_rank


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("III/c", "Penata (III/c)"),
        (" iii / D ", "Penata Tingkat I (III/d)"),
        ("IV/e", "Pembina Utama (IV/e)"),
        ("Penata  Tk. I, III/d", "Penata Tk. I, III/d"),
        ("III/e", "III/e"),  # there is none
        ("IX", "IX"),  # a PPPK
        ("V/a", "V/a"),
        ("Kolonel", "Kolonel"),
    ],
)
def test_a_bare_grade_gets_its_name_and_nothing_else_is_guessed(text: str, told: str) -> None:
    assert rank_text(text) == told
    assert rank_text(told) == told


def test_texts_are_one_rank_by_their_grade_or_else_by_their_words() -> None:
    assert same_rank("III/c", "Penata (III/c)")
    assert same_rank("Golongan  IX", "golongan IX")
    assert not same_rank("Penata (III/c)", "Penata (III/d)")
    assert not same_rank("IX", "X")
    assert not same_rank("", "III/c")
    assert grade("dari III/a ke III/b") is None
    assert all(grade(f"{name} ({code})") == code for code, name in NAMES.items())
