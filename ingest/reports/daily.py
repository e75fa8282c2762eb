"""Who was there, late, absent, and whose day cannot be judged yet: one office, one day.

The day is worked out from the facts of this moment and not read from what was written, so that no
absence is shown that today's facts no longer bear.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from ingest.coverage import OfficeDay, Verdict
from ingest.days import VERDICT_TEXT, PersonDay, WorkedOut, work_out
from ingest.indonesian import full_day_text
from ingest.reports.base import Asked, Cell, Column, Kind, Table
from ingest.reports.notes import (
    CORRECTED,
    calendar_notes,
    correction_notes,
    coverage_notes,
    is_corrected,
    pending_notes,
)
from ingest.rules import STATUS_TEXT, Status
from ingest.store.days import find_days

COLUMNS = (
    Column("number", "No", Kind.NUMBER, width=5),
    Column("nip", "NIP", Kind.NIP),
    Column("name", "Nama"),
    Column("status_code", "Kode", Kind.HIDDEN),
    Column("status", "Status"),
    Column("first_in", "Masuk", Kind.TIME),
    Column("last_out", "Pulang", Kind.TIME),
    Column("late_minutes", "Terlambat (menit)", Kind.NUMBER),
    Column("early_minutes", "Pulang cepat (menit)", Kind.NUMBER),
    Column("reason", "Keterangan"),
    Column("because", "Keterangan lengkap", Kind.HIDDEN),
)
OFFICE = Column("office", "Kantor", width=12)
PRESENT = (Status.PRESENT, Status.LATE, Status.EARLY, Status.INCOMPLETE)
EXCUSED = (
    Status.LEAVE,
    Status.SICK,
    Status.PERMIT,
    Status.DUTY,
    Status.STUDY,
    Status.TRAINING,
    Status.WFA,
    Status.DISPENSATION,
    Status.FORCE,
)


def daily(connection: Connection, asked: Asked) -> Table:
    """Return the recap of a day. Raises NotKnown, MonthAway."""
    worked = [
        work_out(connection, office=office, day=asked.day, now=asked.now, settings=asked.settings)
        for office in asked.scope.offices
    ]
    people = [(one, office_day) for office_day in worked for one in office_day.people]
    return Table(
        f"Rekap presensi harian {asked.scope.title}, {full_day_text(asked.day)}",
        COLUMNS if asked.scope.office else (*COLUMNS[:3], OFFICE, *COLUMNS[3:]),
        [_row(number, one, found.coverage) for number, (one, found) in enumerate(people, 1)],
        [
            *(_of_office(worked[0]) if asked.scope.office else _of_many(worked)),
            *calendar_notes(connection, asked.day.year),
            *(note for one in worked for note in _pending(connection, one)),
        ],
    )


def _of_office(found: WorkedOut) -> list[str]:
    return [
        f"Kalender: {found.expected_text}",
        _totals(found.people),
        *_names("Hadir", found.people, PRESENT),
        *_excused(found.people),
        *_names("Tanpa keterangan", found.people, (Status.ABSENT,)),
        *_names("Belum terverifikasi", found.people, (Status.UNVERIFIED,)),
        *correction_notes(found.people),
        *coverage_notes(found.coverage),
    ]


def _of_many(worked: Sequence[WorkedOut]) -> list[str]:
    everybody = [one for office_day in worked for one in office_day.people]
    return [
        _totals(everybody),
        *correction_notes(everybody),
        *(
            f"{one.office_name} ({one.office}): data {VERDICT_TEXT[one.coverage.verdict]}"
            for one in worked
            if one.coverage.verdict is not Verdict.COMPLETE
        ),
    ]


def _pending(connection: Connection, found: WorkedOut) -> list[str]:
    written = find_days(connection, found.office, found.day)
    return pending_notes(found.people, list(written.values()))


def _row(number: int, one: PersonDay, coverage: OfficeDay) -> dict[str, Cell]:
    return {
        "number": number,
        "nip": one.nip,
        "office": one.office,
        "name": one.name,
        "status_code": one.status.value,
        "status": STATUS_TEXT[one.status] + (f" {CORRECTED}" if is_corrected(one) else ""),
        "first_in": one.first_in,
        "last_out": one.last_out,
        "late_minutes": one.late_minutes,
        "early_minutes": one.early_minutes,
        "reason": _short(one, coverage),
        "because": "; ".join(reason.text for reason in one.because),
    }


def _short(one: PersonDay, coverage: OfficeDay) -> str:
    """Return the ground of a day; what is true of the whole office stands once, under the table."""
    texts = [
        "data mesin kantor belum lengkap" if reason in coverage.reasons else reason.text
        for reason in one.because
    ]
    return "; ".join(dict.fromkeys(texts))


def _totals(people: Sequence[PersonDay]) -> str:
    counts = Counter(one.status for one in people)
    parts = [f"{STATUS_TEXT[one]} {counts[one]}" for one in Status if counts[one]]
    return f"Jumlah pegawai {len(people)}: {', '.join(parts) or 'tidak ada'}"


def _excused(people: Sequence[PersonDay]) -> list[str]:
    found = [one for one in people if one.status in EXCUSED]
    told = ", ".join(f"{one.name} ({STATUS_TEXT[one.status].lower()})" for one in found)
    return [f"Dengan keterangan ({len(found)}): {told}"] if found else []


def _names(label: str, people: Sequence[PersonDay], statuses: Sequence[Status]) -> list[str]:
    names = [one.name for one in people if one.status in statuses]
    return [f"{label} ({len(names)}): {', '.join(names)}"] if names else []
