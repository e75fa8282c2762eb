"""A report as a file: whole or not there, its owner's alone, never over another unasked."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from ingest.errors import OutputExists
from ingest.reports.base import Asked, Table
from ingest.reports.paper import Paper, paper_of
from ingest.reports.render import FORMATS, render
from ingest.reports.stamp import Stamp


def _xlsx(path: Path, table: Table, paper: Paper, scratch: Path) -> None:
    from ingest.reports.xlsx import write_xlsx  # loaded when somebody wants a spreadsheet

    write_xlsx(path, table, paper, scratch=scratch)


def _pdf(path: Path, table: Table, paper: Paper, _scratch: Path) -> None:
    from ingest.reports.pdf import make_pdf  # as above

    path.write_bytes(make_pdf(table, paper))


MAKERS: dict[str, Callable[[Path, Table, Paper, Path], None]] = {"xlsx": _xlsx, "pdf": _pdf}
"""Formats that are files and no text."""


def write_file(
    path: Path, table: Table, form: str, stamp: Stamp, asked: Asked, *, force: bool
) -> None:
    """Write a report in any format. Raises OutputExists, OSError, TypesettingFault."""
    if not force and path.exists():
        raise OutputExists(_is_there(path))
    with tempfile.TemporaryDirectory(prefix=".hadir-", dir=path.parent) as folder:
        made = Path(folder) / "report"
        made.touch(0o600)
        if form in FORMATS:
            made.write_text(render(table, form, stamp=stamp), "utf-8", newline="")
        else:
            MAKERS[form](made, table, paper_of(asked, stamp, table), Path(folder))
        _put(made, path, force=force)


def _put(made: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:  # somebody else may have written it in the meantime
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise OutputExists(_is_there(path)) from error
    made.replace(path)


def _is_there(path: Path) -> str:
    return f"{path} is there already; name another file, or write over it by --force"
