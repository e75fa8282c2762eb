"""Ranks of civil servants (pangkat, golongan ruang) as letters write them. Pure.

A bare `III/c` names one rank alone, so its name is put before it. What is no such code (the classes
I to XVII of PPPK, the words of another service) is taken as it is written.
"""

import re

NAMES = {
    "I/a": "Juru Muda", "I/b": "Juru Muda Tingkat I", "I/c": "Juru", "I/d": "Juru Tingkat I",
    "II/a": "Pengatur Muda", "II/b": "Pengatur Muda Tingkat I", "II/c": "Pengatur",
    "II/d": "Pengatur Tingkat I", "III/a": "Penata Muda", "III/b": "Penata Muda Tingkat I",
    "III/c": "Penata", "III/d": "Penata Tingkat I", "IV/a": "Pembina", "IV/b": "Pembina Tingkat I",
    "IV/c": "Pembina Utama Muda", "IV/d": "Pembina Utama Madya", "IV/e": "Pembina Utama",
}  # fmt: skip
_GRADE = re.compile(r"\b(I{1,3}|IV) ?/ ?([a-e])(?!\w)", re.IGNORECASE)


def grade(text: str) -> str | None:
    """Return the one golongan ruang that a text names, as `III/c`; None if none or several."""
    found = {f"{one[1].upper()}/{one[2].lower()}" for one in _GRADE.finditer(text)}
    only = found.pop() if len(found) == 1 else ""
    return only if only in NAMES else None


def rank_text(text: str) -> str:
    """Return a rank on one line, `Penata (III/c)` where only its grade was given."""
    told = " ".join(text.split())
    known = grade(told)
    return told if known is None or _GRADE.fullmatch(told) is None else f"{NAMES[known]} ({known})"


def same_rank(one: str, other: str) -> bool:
    """Say whether two texts name one rank, however it is written."""
    grades = grade(one), grade(other)
    if None not in grades:
        return grades[0] == grades[1]
    return one.casefold().split() == other.casefold().split()
