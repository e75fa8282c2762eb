"""xlsxwriter's worksheet with a faster innermost loop, for files of a million cells.

Only `_write_cell` is another one, for numbers and texts in constant memory; anything else goes the
way it went. Should a later xlsxwriter not call it, files are the same and take longer.
"""

import re
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_PLAIN = re.compile(r"[\w .,:;*?/()'+=@-]*", re.ASCII)
"""What stands in XML as it is, and in no `_xHHHH_`: see `_text`."""
_MOST = 4_096


class LeanWorksheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """Remembers how the texts that come again and again are written, and the names of columns."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: dict[str, str | None] = {}
        self._names: list[str] = []

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = cell.__class__.__name__
        if not cell.format or not self.constant_memory or kind not in ("Number", "String"):
            super()._write_cell(row, col, cell)
            return
        while len(self._names) <= col:
            self._names.append(xl_col_to_name(len(self._names)))
        style = cell.format._get_xf_index()
        place = f'<c r="{self._names[col]}{row + 1}" s="{style}"'
        if kind == "Number":
            self.fh.write(f"{place}><v>{cell.number:.16G}</v></c>")
            return
        text = self._text(cell.string)
        if text is None:
            super()._write_cell(row, col, cell)
        else:
            self.fh.write(place + text)

    def _text(self, string: str) -> str | None:
        """Return the rest of a cell of plain text; None: it has to be escaped, or keep a space."""
        found = self._texts.get(string, "")
        if found == "":
            plain = _PLAIN.fullmatch(string) and string.strip() == string and "_x" not in string
            found = f' t="inlineStr"><is><t>{string}</t></is></c>' if plain else None
            if len(self._texts) < _MOST:
                self._texts[string] = found
        return found
