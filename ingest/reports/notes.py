"""What must be said under a recap: how complete its data are, and what may still change."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest.coverage import OfficeDay, Verdict
from ingest.days import VERDICT_TEXT, PersonDay
from ingest.rules import CORRECTIONS, Status
from ingest.store.calendar import is_confirmed
from ingest.store.days import StoredDay


def coverage_notes(coverage: OfficeDay) -> list[str]:
    """Return a line for the office and one for each terminal, with the reasons."""
    lines = [f"Kelengkapan data kantor: {VERDICT_TEXT[coverage.verdict]}"]
    for one in coverage.terminals:
        if one.verdict is Verdict.COMPLETE:
            lines.append(f"  mesin {one.name} ({one.serial}): lengkap")
        lines += [f"  {reason.text}" for reason in one.reasons]
    if not coverage.terminals:
        lines += [f"  {reason.text}" for reason in coverage.reasons]
    lines += [
        f"  mesin {serial} belum didaftarkan: rekamannya disimpan tetapi tidak dihitung"
        for serial in coverage.unregistered
    ]
    return lines


def calendar_notes(connection: Connection, year: int) -> list[str]:
    """Return a warning while nobody has compared the year's calendar with the decrees."""
    if is_confirmed(connection, year):
        return []
    return [f"Perhatian: kalender tahun {year} belum dikonfirmasi; hari libur masih dapat berubah"]


CORRECTED = "*"


_SHOWN_AS_WORKED = frozenset(
    {Status.PRESENT, Status.LATE, Status.EARLY, Status.INCOMPLETE, Status.ABSENT}
)


def is_corrected(one: PersonDay) -> bool:
    """Say whether a day rests on what a person decided, too, and its status does not say so."""
    codes = {reason.code for reason in one.because}
    return bool(codes & CORRECTIONS) or (one.status in _SHOWN_AS_WORKED and "excuse" in codes)


def correction_notes(judged: Iterable[PersonDay]) -> list[str]:
    """Return a line that says what the mark means, where there is any."""
    return corrected_note(sum(1 for one in judged if is_corrected(one)))


def corrected_note(count: int) -> list[str]:
    """Return a line that says how many results carry the mark, where any does."""
    if not count:
        return []
    return [
        f"{CORRECTED} {count} hasil memuat koreksi atau keterangan; siapa yang memutuskan dan "
        "alasannya: hadir-ingest days explain"
    ]


def pending_notes(judged: Iterable[PersonDay], written: Sequence[StoredDay]) -> list[str]:
    """Return a line where this recap, worked out just now, differs from what is written."""
    stored: dict[tuple[int, date], str] = {(one.person_id, one.day): one.status for one in written}
    differing = sum(
        1
        for one in judged
        if (one.person_id, one.day) in stored and stored[one.person_id, one.day] != one.status.value
    )
    if not differing:
        return []
    return [
        f"Catatan: {differing} hasil berbeda dari yang tersimpan, karena ada data yang baru masuk; "
        "penilaian berikutnya akan memperbaruinya"
    ]
