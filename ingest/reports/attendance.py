"""Attendance of a hundred, to be looked at: by weekday and office, and over the months of a year.

Counted by the database from written days. An office-day that waits to be judged again is left out
of both sides of the fraction, and how many were is said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection

from ingest.indonesian import MONTHS, WEEKDAYS, month_text
from ingest.reports.base import Asked, Cell, Chart, Column, Kind, Series, Table
from ingest.reports.printed import FREE, PRESENT, days_of_month
from ingest.store import reported
from ingest.store.reported import Counted

_MOST_LINES = 8
"""Offices that one chart can show and be read."""
_ABSENT, _LATE, _OPEN = "ABSENT", "LATE", "UNVERIFIED"
_HELD = (
    "Hadir dari hari wajib presensi yang sudah dinilai: libur tidak dihitung, hari yang belum "
    "terverifikasi juga tidak; cuti, sakit, izin dan dinas luar ikut sebagai tidak hadir di kantor"
)


class Tally:
    """How many person-days came to what."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, one: Counted) -> None:
        self._counts[one.status] += one.people

    def of(self, *statuses: str) -> int:
        return sum(self._counts[one] for one in statuses)

    @property
    def due(self) -> int:
        """Person-days on which somebody had to come, and of which it is known what they came to."""
        left_out = {*FREE, _OPEN}
        return sum(n for status, n in self._counts.items() if status not in left_out)

    def percent(self, *statuses: str) -> Decimal | None:
        """Return how many of the due were so; None where none was due."""
        return part_of(self.of(*statuses), self.due)


def part_of(some: int, every: int) -> Decimal | None:
    if not every:
        return None
    return (Decimal(100 * some) / every).quantize(Decimal("0.1"), ROUND_HALF_UP)


def weekdays(connection: Connection, asked: Asked) -> Table:
    """Return how many of those due came, by office and weekday, in the month of a day."""
    days = days_of_month(asked.day)
    counted, notes = _counted(connection, asked, days[0], days[-1])
    by_office: defaultdict[str, list[Tally]] = defaultdict(lambda: [Tally() for _ in WEEKDAYS])
    every = [Tally() for _ in WEEKDAYS]
    for one in counted:
        by_office[one.office][one.day.weekday()].add(one)
        every[one.day.weekday()].add(one)
    names = {code: asked.scope.offices[code] for code in asked.scope.offices if code in by_office}
    rows = [_weekday_row(code, name, by_office[code]) for code, name in names.items()]
    if len(rows) != 1:
        rows.append(_weekday_row("", "Semua", every))
    return Table(
        f"Kehadiran menurut hari {asked.scope.title}, {month_text(asked.day)}",
        [
            Column("office", "Kode", width=12),
            Column("name", "Kantor"),
            *(Column(str(n), name, Kind.PERCENT) for n, name in enumerate(WEEKDAYS)),
        ],
        rows,
        [_HELD, *notes],
        [_weekday_chart(names, by_office, every)],
        people=0,
    )


def _weekday_row(code: str, name: str, tallies: Sequence[Tally]) -> dict[str, Cell]:
    cells = {str(n): one.percent(*PRESENT) for n, one in enumerate(tallies)}
    return {"office": code, "name": name, **cells}


def _weekday_chart(
    names: Mapping[str, str], by_office: Mapping[str, Sequence[Tally]], every: Sequence[Tally]
) -> Chart:
    """Show each office where they are few, else all of them together."""
    shown = [n for n, one in enumerate(every) if one.due]
    lines = {name: by_office[code] for code, name in names.items()}
    if len(lines) > _MOST_LINES:
        lines = {"Semua kantor": every}
    return Chart(
        "Kehadiran menurut hari",
        "column",
        tuple(WEEKDAYS[n] for n in shown),
        tuple(
            Series(name, tuple(_float(tallies[n].percent(*PRESENT)) for n in shown))
            for name, tallies in lines.items()
        ),
    )


def trend(connection: Connection, asked: Asked) -> Table:
    """Return how attendance went over the months of a year, up to the day that is over."""
    first, last = date(asked.day.year, 1, 1), date(asked.day.year, 12, 31)
    counted, notes = _counted(connection, asked, first, last)
    months = [Tally() for _ in MONTHS]
    for one in counted:
        months[one.day.month - 1].add(one)
    shown = [
        (name, one) for name, one in zip(MONTHS, months, strict=True) if one.due or one.of(_OPEN)
    ]
    return Table(
        f"Perkembangan kehadiran {asked.scope.title}, tahun {asked.day.year}",
        [
            Column("month", "Bulan"),
            Column("due", "Hari wajib presensi", Kind.NUMBER, summed=True),
            Column("present", "Hadir", Kind.NUMBER, summed=True),
            Column("late", "Terlambat", Kind.NUMBER, summed=True),
            Column("absent", "Tanpa keterangan", Kind.NUMBER, summed=True),
            Column("open", "Belum terverifikasi", Kind.NUMBER, summed=True),
            Column("present_percent", "Hadir (%)", Kind.PERCENT),
            Column("late_percent", "Terlambat (%)", Kind.PERCENT),
            Column("absent_percent", "Tanpa keterangan (%)", Kind.PERCENT),
        ],
        [_month_row(name, one) for name, one in shown],
        [_HELD, *notes],
        _trend_charts(shown),
        people=0,
    )


def _month_row(name: str, one: Tally) -> dict[str, Cell]:
    return {
        "month": name,
        "due": one.due,
        "present": one.of(*PRESENT),
        "late": one.of(_LATE),
        "absent": one.of(_ABSENT),
        "open": one.of(_OPEN),
        "present_percent": one.percent(*PRESENT),
        "late_percent": one.percent(_LATE),
        "absent_percent": one.percent(_ABSENT),
    }


def _trend_charts(shown: Sequence[tuple[str, Tally]]) -> list[Chart]:
    labels = tuple(name for name, _ in shown)
    present = tuple(_float(one.percent(*PRESENT)) for _, one in shown)
    late = tuple(_float(one.percent(_LATE)) for _, one in shown)
    absent = tuple(_float(one.percent(_ABSENT)) for _, one in shown)
    return [
        Chart("Hadir", "line", labels, (Series("Hadir", present),)),
        Chart(
            "Terlambat dan tanpa keterangan",
            "line",
            labels,
            (Series("Terlambat", late), Series("Tanpa keterangan", absent)),
        ),
    ]


def _counted(
    connection: Connection, asked: Asked, first: date, last: date
) -> tuple[Iterable[Counted], list[str]]:
    """Return the written days that are over and wait for nothing, and how many wait."""
    offices, today = frozenset(asked.scope.offices), asked.today
    stale = reported.find_stale(connection, offices, first, last, today=today)
    waiting = {*stale.offices, *(one[:2] for one in stale.people)}
    found = reported.count_written(connection, offices, first, last)
    over = {one for one in waiting if one[1] < today}
    notes = []
    if over:
        notes.append(
            f"Perhatian: {len(over)} hari-kantor menunggu penilaian ulang dan tidak dihitung"
        )
    if first <= today <= last:
        notes.append("Hari ini belum selesai dan tidak dihitung")
    return _current(found, waiting, today), notes


def _current(
    found: Iterable[Counted], waiting: set[tuple[str, date]], today: date
) -> Iterator[Counted]:
    for one in found:
        if one.day < today and (one.office, one.day) not in waiting:
            yield one


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
