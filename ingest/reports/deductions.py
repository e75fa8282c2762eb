"""What of the additional income (TPP) a month's attendance costs, of a hundred, by a dated ladder.

None ships that applies: a ladder is the regent's to set. Amounts of money are outside this program.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.indonesian import month_text, percent_text
from ingest.reports.base import Asked, Cell, Column, Kind, Row, Table
from ingest.reports.forms import Cut, Deductions, Forms
from ingest.reports.judged import Judged
from ingest.reports.notes import calendar_notes
from ingest.reports.printed import days_of_month
from ingest.rules import Status
from ingest.store.reported import Known, Member

KINDS = {
    "late": "Terlambat (%)",
    "early": "Pulang cepat (%)",
    "incomplete": "Tidak lengkap (%)",
    "absent": "Tanpa keterangan (%)",
}
_NONE = (
    "Belum ada ketentuan potongan TPP yang berlaku di sini: isi [[tpp]] di berkas sendiri "
    "([ingest.reports] file), lihat docs/laporan.md; contohnya contoh-tpp.toml tidak diterapkan"
)


class Costs(NamedTuple):
    """Of one person in one month; None: no ladder holds on any of the days that would cost."""

    parts: Mapping[str, Decimal]
    total: Decimal | None
    capped: bool


def deductions(connection: Connection, asked: Asked) -> Table:
    """Return the deductions of the month in which a day lies."""
    days = days_of_month(asked.day)
    judged = Judged(
        connection,
        list(asked.scope.offices),
        days[0],
        days[-1],
        now=asked.now,
        settings=asked.settings,
    )
    notes = _about(asked.forms, days)
    return Table(
        f"Potongan TPP menurut presensi {asked.scope.title}, {month_text(asked.day)}",
        [
            Column("number", "No", Kind.NUMBER, width=5),
            Column("name", "Nama"),
            Column("nip", "NIP", Kind.NIP),
            Column("office", "Kantor", width=12),
            Column("late_minutes", "Menit terlambat", Kind.NUMBER, summed=True),
            Column("early_minutes", "Menit pulang cepat", Kind.NUMBER, summed=True),
            Column("days_incomplete", "Hari tidak lengkap", Kind.NUMBER, summed=True),
            Column("days_absent", "Hari tanpa keterangan", Kind.NUMBER, summed=True),
            Column("days_open", "Hari belum terverifikasi", Kind.NUMBER, summed=True),
            *(Column(f"cost_{one}", label, Kind.PERCENT) for one, label in KINDS.items()),
            Column("cost", "Potongan (%)", Kind.PERCENT),
        ],
        _rows(connection, judged, asked, notes),
        notes,
        people=len({one.person_id for one in judged.members}),
    )


def costs_of(forms: Forms, days: Mapping[date, Known]) -> Costs:
    """Return what a person's days of one month cost. A day that is not verified costs nothing.

    The cap is that of the ladder of the last day that cost something.
    """
    parts = dict.fromkeys(KINDS, Decimal(0))
    cap, held = Decimal(100), False
    for day, known in sorted(days.items()):
        ladder = forms.deductions(day)
        if ladder is None:
            continue
        held = True
        for of, cost in _of_day(ladder, known):
            parts[of] += cost
            cap = ladder.cap_percent
    whole = sum(parts.values(), Decimal(0))
    return Costs(parts, min(whole, cap) if held else None, whole > cap)


def _of_day(ladder: Deductions, known: Known) -> Iterator[tuple[str, Decimal]]:
    if known.status in (Status.LATE, Status.EARLY, Status.INCOMPLETE):
        for of, minutes in (("late", known.late_minutes), ("early", known.early_minutes)):
            yield from _minutes(ladder.cut, of, minutes or 0)
    for of, status in (("absent", Status.ABSENT), ("incomplete", Status.INCOMPLETE)):
        if known.status == status:
            yield from ((of, one.percent) for one in ladder.cut if one.of == of)


def _minutes(cuts: Iterable[Cut], of: str, minutes: int) -> Iterator[tuple[str, Decimal]]:
    for one in cuts:
        if one.of == of and minutes and one.takes(minutes):
            yield of, one.percent * minutes if one.per == "minute" else one.percent


def _rows(connection: Connection, judged: Judged, asked: Asked, notes: list[str]) -> Iterator[Row]:
    capped = 0
    for number, (one, days) in enumerate(judged, 1):
        found = costs_of(asked.forms, days)
        capped += found.capped
        yield _row(number, one, days, found)
    if capped:
        notes.append(f"{capped} pegawai mencapai batas atas potongan")
    notes += [*calendar_notes(connection, asked.day.year), *judged.notes()]


def _row(number: int, one: Member, days: Mapping[date, Known], found: Costs) -> dict[str, Cell]:
    statuses = [known.status for known in days.values()]
    held = found.total is not None
    return {
        "number": number,
        "name": one.name,
        "nip": one.nip,
        "office": one.office,
        "late_minutes": sum(known.late_minutes or 0 for known in days.values()),
        "early_minutes": sum(known.early_minutes or 0 for known in days.values()),
        "days_incomplete": statuses.count(Status.INCOMPLETE),
        "days_absent": statuses.count(Status.ABSENT),
        "days_open": statuses.count(Status.UNVERIFIED),
        **{f"cost_{of}": cost if held else None for of, cost in found.parts.items()},
        "cost": found.total,
    }


def _about(forms: Forms, days: list[date]) -> list[str]:
    told = list(dict.fromkeys(one for day in days if (one := forms.deductions(day))))
    notes = [
        f"{one.name}: persen dari {one.basis}, batas {percent_text(one.cap_percent)} sebulan"
        f"{f', {one.article}' if one.article else ''} (tanda {one.mark}): {one.source}"
        for one in told
    ] or [_NONE]
    if any(one.example for one in forms.tpp):
        notes.append("Ketentuan bertanda contoh (example = true) tidak diterapkan kepada siapa pun")
    return [
        *notes,
        "Hari yang belum terverifikasi tidak dipotong. Usul dari data presensi: pejabat yang "
        "berwenang yang menetapkan",
    ]
