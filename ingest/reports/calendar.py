"""A month of an office as a calendar of what is known, and of all offices, a line each. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from ingest.calendar import Elsewhere
from ingest.coverage import Verdict
from ingest.days.advice import ADVICE
from ingest.days.month import HoldUp, Mark, MonthDay, OfficeMonth, Uncounted, hold_ups
from ingest.indonesian import WEEKDAYS, day_text, month_text
from ingest.reports.base import Cell, Column, Kind, Table

MARK_TEXT = {
    Mark.COMPLETE: "lengkap",
    Mark.NOT_YET: "belum",
    Mark.GAP: "celah",
    Mark.HELD: "tertahan",
    Mark.TO_COME: "belum mulai",
}
LEGEND = (
    "lengkap: semua mesin yang dihitung terbaca sampai akhir hari; hari itu dapat dinilai",
    "belum: mesin belum terbaca sampai akhir hari; lengkap dengan sendirinya begitu terbaca",
    "celah: ada yang hilang dan tidak datang dengan sendirinya",
    "tertahan: semua mesin lengkap, tetapi ada hal lain yang menahan penilaian seluruh kantor",
    "belum mulai: hari itu belum tiba",
    "libur, WFA: tidak wajib presensi menurut kalender kantor ini",
)
SAFE = "Pada hari yang tidak lengkap tidak ada pegawai yang dinilai tanpa keterangan."


def office_calendar(month: OfficeMonth) -> Table:
    """Return a row for each week, Monday first, and below it what holds up which days."""
    first = month.days[0].day
    return Table(
        f"Kelengkapan data mesin {month.name} ({month.office}), {month_text(first)}",
        [Column(str(number), name) for number, name in enumerate(WEEKDAYS)],
        _weeks(month.days),
        [*LEGEND, SAFE, "", *_why(month.days), *_uncounted(month)],
    )


def _weeks(days: Sequence[MonthDay]) -> list[dict[str, Cell]]:
    weeks: dict[date, dict[str, Cell]] = {}
    for one in days:
        monday = one.day.toordinal() - one.day.weekday()
        week = weeks.setdefault(date.fromordinal(monday), {})
        week[str(one.day.weekday())] = f"{one.day.day:2} {day_mark(one)}"
    return list(weeks.values())


def day_mark(one: MonthDay) -> str:
    """Return `lengkap`, `libur`, or `libur, celah` where a free day is not known to the end."""
    mark = MARK_TEXT[one.mark]
    if not one.free:
        return mark
    free = "WFA" if isinstance(one.expected, Elsewhere) else "libur"
    return free if one.mark in (Mark.COMPLETE, Mark.TO_COME) else f"{free}, {mark}"


def _why(days: Sequence[MonthDay]) -> list[str]:
    found = hold_ups(days)
    if not found:
        return ["Tidak ada yang menahan penilaian hari-hari yang sudah lewat."]
    return ["Yang belum lengkap, dan apa yang dapat dilakukan:", *_lines(found)]


def _lines(found: Sequence[HoldUp]) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"{_span(one.first, one.last)} [{one.code}]: {one.texts[0]}")
        if len(one.texts) > 1:
            lines.append(f"  terakhir: {one.texts[-1]}")
        lines.append(f"  yang dapat dilakukan: {ADVICE[one.code]}")
    return lines


def _span(first: date, last: date) -> str:
    """Return `2 Maret 2026`, or `2-6 Maret 2026`: the days lie in one month."""
    return day_text(first) if first == last else f"{first.day}-{day_text(last)}"


def _uncounted(month: OfficeMonth) -> list[str]:
    begun = sum(one.mark is not Mark.TO_COME for one in month.days)
    return [_told(one, begun) for one in month.uncounted]


def _told(one: Uncounted, begun: int) -> str:
    name = f"mesin {one.name} ({one.serial})"
    if not one.registered:
        return f"{name}: belum didaftarkan; rekamannya disimpan tetapi tidak dihitung"
    days = ", ".join(str(day.day) for day in one.days)
    when = "sepanjang bulan ini" if len(one.days) == begun else f"pada tanggal {days}"
    return f"{name}: tidak ikut dihitung {when}, menurut ketetapan admin (terminals set)"


def offices_overview(months: Sequence[OfficeMonth]) -> Table:
    """Return a row for each office: how many of its days are known, and the worst terminal."""
    first = months[0].days[0].day if months else None
    title = "Kelengkapan data mesin semua kantor"
    return Table(
        f"{title}, {month_text(first)}" if first else title,
        [
            Column("office", "Kode"),
            Column("name", "Kantor"),
            *(Column(mark.value, MARK_TEXT[mark].capitalize(), Kind.NUMBER) for mark in Mark),
            Column("worst", "Mesin terburuk"),
        ],
        [
            {
                "office": one.office,
                "name": one.name,
                **{mark.value: one.count(mark) for mark in Mark},
                "worst": worst_text(one),
            }
            for one in months
        ],
        [*LEGEND[:-1], SAFE, "Sebabnya: hadir-ingest coverage --office KODE --month BULAN"],
    )


def worst_text(month: OfficeMonth) -> str:
    """Return the terminal that leaves most days unknown, gaps before what may still come."""
    gaps: Counter[tuple[str, str]] = Counter()
    pending: Counter[tuple[str, str]] = Counter()
    for day in month.days:
        for one in day.coverage.terminals if day.coverage else ():
            gaps[one.name, one.serial] += one.verdict is Verdict.GAP
            pending[one.name, one.serial] += one.verdict is Verdict.NOT_YET
    worst = max(gaps, key=lambda one: (gaps[one], pending[one]), default=None)
    if worst is None or not gaps[worst] + pending[worst]:
        return ""
    counts = ((gaps[worst], Mark.GAP), (pending[worst], Mark.NOT_YET))
    told = ", ".join(f"{count} {MARK_TEXT[mark]}" for count, mark in counts if count)
    return f"{worst[0]} ({worst[1]}): {told}"
