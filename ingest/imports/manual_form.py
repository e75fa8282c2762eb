"""The manual reports of offices: finds the header below a title, and reads its columns by any name.

    NO | NIP | NAMA | TANGGAL | KETERANGAN | NO. SURAT | PEJABAT        a row a person and day
    NO | NIP | NAMA | DARI | SAMPAI | JENIS | ...                       a row a person and span
    NO | NIP | NAMA | 1 | 2 | ... | 31                                  a row a person, for a month

A header may take two lines (TANGGAL above DARI and SAMPAI), and have a line of numbers below it.
What is merged below it (CUTI over five days, one letter for three people) holds for each cell.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ingest.errors import ImportFaults
from ingest.imports.excuse_words import plain
from ingest.imports.merged import Merged

NIP, NAME, DAY, FIRST, LAST = "nip", "name", "day", "first", "last"
HOURS, FROM, UNTIL = "hours", "from", "until"
KIND, NOTE, LETTER, APPROVER, PASSED = "kind", "note", "letter", "approver", ""

_LABELS: Mapping[str, tuple[str, ...]] = {
    NIP: ("NIP", "NIP BARU", "NIP PEGAWAI", "NIP NIPPPK", "NIPPPK", "NI PPPK", "NIP NI PPPK",
          "NOMOR INDUK PEGAWAI"),
    NAME: ("NAMA", "NAMA PEGAWAI", "NAMA LENGKAP", "NAMA ASN", "NAME"),
    DAY: ("TANGGAL", "TGL", "HARI TANGGAL", "HARI TGL", "TANGGAL TIDAK MASUK", "DATE"),
    FIRST: ("DARI", "MULAI", "DARI TANGGAL", "DARI TGL", "MULAI TANGGAL", "MULAI TGL",
            "TANGGAL MULAI", "TGL MULAI", "TANGGAL AWAL", "SEJAK", "TMT", "AWAL", "FROM"),
    LAST: ("SAMPAI", "S D", "SD", "SAMPAI DENGAN", "SAMPAI TANGGAL", "SAMPAI TGL", "HINGGA",
           "TANGGAL SELESAI", "TGL SELESAI", "TANGGAL AKHIR", "SELESAI", "AKHIR", "UNTIL"),
    HOURS: ("JAM", "PUKUL", "WAKTU"),
    FROM: ("JAM MULAI", "DARI JAM", "PUKUL MULAI", "DARI PUKUL", "FROM TIME"),
    UNTIL: ("JAM SELESAI", "SAMPAI JAM", "PUKUL SELESAI", "SAMPAI PUKUL", "UNTIL TIME"),
    KIND: ("JENIS", "JENIS CUTI", "JENIS IZIN", "JENIS KETERANGAN", "JENIS KETIDAKHADIRAN", "KODE",
           "STATUS", "TYPE"),
    NOTE: ("KETERANGAN", "KET", "URAIAN", "ALASAN", "KEPERLUAN", "KEGIATAN", "TUJUAN", "WHY"),
    LETTER: ("NO SURAT", "NOMOR SURAT", "SURAT", "NO SPT", "NOMOR SPT", "NO SURAT TUGAS",
             "NOMOR SURAT TUGAS", "NO SK", "DASAR SURAT", "LETTER"),
    APPROVER: ("PEJABAT", "PEJABAT YANG MENYETUJUI", "PEJABAT PEMBERI IZIN", "DISETUJUI OLEH",
               "DISETUJUI", "PEMBERI IZIN", "PENANDATANGAN", "PEJABAT PENANDATANGAN", "APPROVER"),
    PASSED: ("NO", "NOMOR", "NO URUT", "NUMBER", "BARIS", "CATATAN"),
}  # fmt: skip
_MEANS = {label: what for what, labels in _LABELS.items() for label in labels}
_DAYS = {str(n): n for n in range(1, 32)}
_HEADER_WITHIN = 30  # lines
Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """Where a file has what; `rows` are the lines below its header."""

    columns: Mapping[str, int]
    days: Mapping[int, int]
    """Column by day of the month; empty where each row has its own days."""
    header: tuple[str, ...]
    unread: tuple[str, ...]
    """Labels of columns that are not read."""
    rows: tuple[Line, ...]

    def cell(self, cells: Sequence[str], what: str) -> str:
        place = self.columns.get(what)
        return "" if place is None or place >= len(cells) else " ".join(cells[place].split())


class _Header(NamedTuple):
    labels: tuple[str, ...]
    length: int
    """How many lines it takes."""


def find_form(lines: Sequence[Line], name: str) -> Form:
    """Find the header and what its columns are. Raises ImportFaults."""
    for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        if NIP in _known(cells):
            header = _header(lines, place)
            return _checked(
                _form(header, tuple(lines[place + header.length :])), lines[place], name
            )
    raise ImportFaults(
        name, [f"no line among the first {_HEADER_WITHIN} has a column NIP; it names the columns"]
    )


def _known(cells: Sequence[str]) -> list[str]:
    return [_MEANS[plain(one)] for one in cells if plain(one) in _MEANS]


def _header(lines: Sequence[Line], place: int) -> _Header:
    cells = lines[place][1]
    below = lines[place + 1][1] if place + 1 < len(lines) else []
    nip = next(n for n, one in enumerate(cells) if _MEANS.get(plain(one)) == NIP)
    if _is_second(below, nip):
        width = max(len(cells), len(below))
        above, under = ([*one, *[""] * (width - len(one))] for one in (cells, below))
        labels = tuple(two if two.strip() else one for one, two in zip(above, under, strict=True))
        return _numbered(lines, place + 2, _Header(labels, 2))
    return _numbered(lines, place + 1, _Header(tuple(cells), 1))


def _is_second(cells: Sequence[str], nip: int) -> bool:
    """Say whether a line goes on with the header: nothing under NIP, names or days elsewhere."""
    told = [plain(one) for one in cells]
    if not any(told) or (nip < len(told) and told[nip]):
        return False
    return all(one in _MEANS or one in _DAYS for one in told if one)


def _numbered(lines: Sequence[Line], place: int, header: _Header) -> _Header:
    """Pass over a line that only counts the columns: 1, 2, 3 ..."""
    told = [plain(one) for one in lines[place][1]] if place < len(lines) else []
    numbers = [int(one) for one in told if one.isdigit()]
    if (
        len(numbers) > 2
        and len(numbers) == len(told)
        and all(b - a == 1 for a, b in pairwise(numbers))
    ):
        return header._replace(length=header.length + 1)
    return header


def _form(header: _Header, rows: tuple[Line, ...]) -> Form:
    columns: dict[str, int] = {}
    days: dict[int, int] = {}
    unread = []
    for place, label in enumerate(header.labels):
        told = plain(label)
        what = _MEANS.get(told)
        if what and what not in columns:
            columns[what] = place
        elif told in _DAYS and _DAYS[told] not in days:
            days[_DAYS[told]] = place
        elif told and what != PASSED:
            unread.append(" ".join(label.split()))
    filled = tuple((line, _filled(cells, days, columns)) for line, cells in rows)
    return Form(columns, days, header.labels, tuple(unread), filled)


def _filled(cells: Sequence[str], days: Mapping[int, int], columns: Mapping[str, int]) -> list[str]:
    """Write what a merge says into the cells it took: of one column, of days, of DARI and SAMPAI.

    Any other is ornament, such as the line of the signature below a table.
    """
    alike = [set(days.values()), {columns[one] for one in (FIRST, LAST) if one in columns}]
    return [
        one.means if isinstance(one, Merged) and _is_filled(one, alike) else one for one in cells
    ]


def _is_filled(one: Merged, alike: Sequence[Container[int]]) -> bool:
    places = range(one.span.left - 1, one.span.right)
    return len(places) == 1 or any(all(place in some for place in places) for some in alike)


def _checked(form: Form, header: Line, name: str) -> Form:
    """Return a form that can be read. Raises ImportFaults."""
    found, faults = form.columns, []
    if form.days and {DAY, FIRST, LAST} & found.keys():
        faults.append("columns of days (1 to 31) and of dates; keep one of them")
    elif not form.days and not {DAY, FIRST} & found.keys():
        faults.append("no column with the days: TANGGAL, or DARI and SAMPAI, or 1 to 31")
    elif not form.days and not {KIND, NOTE} & found.keys():
        faults.append("no column that says what excuses them: JENIS or KETERANGAN")
    if DAY in found and FIRST in found:
        faults.append("both TANGGAL and DARI; keep one of them")
    if (FROM in found) != (UNTIL in found):
        faults.append("one of JAM MULAI and JAM SELESAI without the other")
    if faults:
        raise ImportFaults(name, [f"line {header[0]}: {one}" for one in faults])
    return form
