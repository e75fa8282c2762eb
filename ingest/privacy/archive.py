"""All that is held on one person as a ZIP file: JSON for programs, a summary for people.

ringkasan.txt            in Indonesian: what there is, and what it means
data/<table>.json        a stamp, and the rows of one table
berkas/<table>-<n>-...   papers and pages, as they were handed in or issued
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from ingest.privacy.summary import summary
from ingest.store.personal import Collected

MARK = "RAHASIA"
_FILES = frozenset({"content", "body"})
"""Columns of bytes that are papers of their own; other bytes are told in hexadecimal digits."""
_SUFFIX = {"pdf": ".pdf", "docx": ".docx"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who took it out, and when, with its zone."""

    who: str
    at: datetime

    @property
    def text(self) -> str:
        return f"{MARK} - disalin oleh {self.who} pada {self.at:%Y-%m-%d %H:%M:%S %z}"


@dataclass(frozen=True, slots=True)
class Packed:
    content: bytes
    sha256: str
    counts: Mapping[str, int]
    """Rows by table; tables without any are not in it."""


def make_zip(found: Collected, stamp: Stamp) -> Packed:
    """Return the file; what has no rows is told in the summary alone."""
    counts = {name: len(rows) for name, rows in found.rows.items() if rows}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "ringkasan.txt", summary(found, stamp.text).encode(), stamp)
        for name in counts:
            _add_table(packed, name, found.rows[name], stamp)
    content = held.getvalue()
    return Packed(content, hashlib.sha256(content).hexdigest(), counts)


def _add_table(
    packed: zipfile.ZipFile, name: str, rows: list[dict[str, Any]], stamp: Stamp
) -> None:
    told = []
    for number, row in enumerate(rows, 1):
        plain = {}
        for column, value in row.items():
            if isinstance(value, bytes) and column in _FILES and value:
                place = f"berkas/{name}-{number}{_suffix(row)}"
                _add(packed, place, value, stamp)
                plain[column] = place
            else:
                plain[column] = _plain(value)
        told.append(plain)
    page = {"keterangan": stamp.text, "tabel": name, "baris": told}
    _add(
        packed, f"data/{name}.json", json.dumps(page, ensure_ascii=False, indent=1).encode(), stamp
    )


def _suffix(row: Mapping[str, Any]) -> str:
    """Return the end of a file's name; nothing of it is taken from a name that came from outside
    but the few letters that say what it is."""
    kind = _SUFFIX.get(str(row.get("kind", "")))
    if kind is not None:
        return kind
    _, dot, last = str(row.get("name", "")).rpartition(".")
    return f".{last.lower()}" if dot and last.isascii() and last.isalnum() and len(last) < 6 else ""


def _add(packed: zipfile.ZipFile, name: str, content: bytes, stamp: Stamp) -> None:
    info = zipfile.ZipInfo(name, stamp.at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    packed.writestr(info, content)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
