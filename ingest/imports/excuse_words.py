"""What offices call an excuse, led to its type: by code, name, other words, marks of a recap."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ingest.calendar import ExcuseType

_SIGNS = re.compile(r"[^A-Z0-9]+")
_DOTTED = re.compile(r"(?<![A-Z0-9])([A-Z])\.(?=[A-Z](?![A-Z0-9]))")
"""A letter of an abbreviation: `D.L.` is `DL`."""
_ANY_OF: Mapping[str, str] = {"C": "LEAVE", "CUTI": "LEAVE"}
"""Words of a status that has several types: they say something only beside what is known."""
_SHORTEST_BEGINNING = 2
"""A single letter is a code by itself, and no beginning of a sentence."""
SILENT = frozenset(
    {"", "H", "HT", "TL", "HP", "PC", "PSW", "TA", "TAM", "TAP", "TK", "A", "ALPA", "L", "LN"}
    | {"CBR", "OFF", "LIBUR", "HADIR", "V", "X", "PS", "TT"}
)
"""Marks of a recap by days that excuse nothing."""


class Meaning(NamedTuple):
    """The types a word may mean, and what was written after it."""

    types: tuple[ExcuseType, ...]
    rest: str = ""


def plain(text: str) -> str:
    """Return words in capitals without signs: `No. Surat ` is `NO SURAT`."""
    return _SIGNS.sub(" ", _DOTTED.sub(r"\1", text.upper())).strip()


class Words:
    """Reads words by the types there are."""

    def __init__(self, types: Mapping[str, ExcuseType]) -> None:
        self._types = types
        found: defaultdict[str, dict[str, ExcuseType]] = defaultdict(dict)
        for code, one in types.items():
            for word in (code, one.name, *one.words):
                found[plain(word)][code] = one
        for word, status in _ANY_OF.items():
            found.setdefault(
                word, {code: one for code, one in types.items() if one.status == status}
            )
        self._known = {word: tuple(one.values()) for word, one in found.items() if one}
        self._longest = sorted(self._known, key=len, reverse=True)

    def read(self, text: str) -> Meaning | None:
        """Return what a text means, which may go on after it: `DL ke Samarinda`."""
        told = plain(text)
        if told in self._known:
            return Meaning(self._known[told])
        for word in self._longest:
            if len(word) >= _SHORTEST_BEGINNING and told.startswith(f"{word} "):
                return Meaning(self._known[word], _after(text, word))
        return None

    def like(self, types: tuple[ExcuseType, ...]) -> tuple[str, ...]:
        """Return the codes of all types that a recap shows by the same mark."""
        statuses = {one.status for one in types}
        return tuple(code for code, one in self._types.items() if one.status in statuses)

    def codes(self) -> str:
        return ", ".join(self._types)


def _after(text: str, word: str) -> str:
    """Return what stands after a word, as it was written."""
    letters = len(word.replace(" ", ""))
    seen = 0
    for place, sign in enumerate(text):
        if seen >= letters:
            return text[place:].strip(" -:,;()")
        seen += len(plain(sign))
    return ""
