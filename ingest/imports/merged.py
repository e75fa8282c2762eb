"""Merged cells of a workbook: one value that the eye sees over several cells.

The file holds it in the first of them and nothing in the others. To read these as blank would drop
days of an excuse that somebody wrote over a week, without a word; so they are `Merged`: blank to
whoever looks for text, and still told from what nobody filled in.
"""

import re
from typing import NamedTuple

from openpyxl.utils import column_index_from_string

_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_WIDEST = 256
"""Columns of a row that are looked at: a title may be merged over all of a sheet."""


class Span(NamedTuple):
    """Rows and columns, counted from one, the last ones in."""

    top: int
    left: int
    bottom: int
    right: int


class Merged(str):
    """The text of a cell that a merge has taken: none. `means` is what the first one says."""

    means: str
    span: Span

    def __new__(cls, means: str, span: Span) -> "Merged":
        made = super().__new__(cls, "")
        made.means, made.span = means, span
        return made


class Merges:
    """The merges of one sheet, told row by row from the first on."""

    def __init__(self, sheet: bytes) -> None:
        """`sheet` is its XML."""
        found = {_span(*one.groups()) for one in _MERGE.finditer(sheet)}
        self._to_come = sorted(found, reverse=True)
        self._open: dict[Span, str] = {}

    def mark(self, line: int, cells: list[str]) -> None:
        """Put Merged where a merge has taken a cell of the next row; makes it longer if need be."""
        self._open = {one: means for one, means in self._open.items() if one.bottom >= line}
        for span, means in self._open.items():
            _take(span, means, cells, span.left)
        while self._to_come and self._to_come[-1].top <= line:
            span = self._to_come.pop()
            means = cells[span.left - 1] if span.left <= len(cells) else ""
            _take(span, means, cells, span.left + 1)
            if span.bottom > line:
                self._open[span] = means


def _span(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Span:
    first, last = (column_index_from_string(one.decode()) for one in (left, right))
    return Span(int(top), first, int(bottom), last)


def _take(span: Span, means: str, cells: list[str], first: int) -> None:
    last = min(span.right, _WIDEST)
    cells += [""] * (last - len(cells))
    for place in range(first - 1, last):
        if not cells[place].strip():
            cells[place] = Merged(means, span)
