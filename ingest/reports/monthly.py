"""The recap of a month: a row a person, a code a day, totals at the end.

Days are read as they were judged, and those that wait to be judged are worked out anew. Days to
come stay empty; a dot marks a day on which the person does not serve in this office, an asterisk
one that rests on what a person decided. Who moved within the month stands in both offices.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from ingest.coverage import Verdict
from ingest.days.month import month_of
from ingest.indonesian import day_text, month_text
from ingest.reports.base import Asked, Cell, Column, Kind, Row, Table
from ingest.reports.judged import Judged
from ingest.reports.notes import CORRECTED, calendar_notes, corrected_note
from ingest.reports.printed import (
    Printer,
    counted_cells,
    counts_note,
    days_of_month,
    ladder_notes,
)
from ingest.store.partitions import MonthAway
from ingest.store.reported import Known, Member

NOT_SERVING = "."


def monthly(connection: Connection, asked: Asked) -> Table:
    """Return the recap of the month in which a day lies."""
    days = days_of_month(asked.day)
    judged = Judged(
        connection,
        list(asked.scope.offices),
        days[0],
        days[-1],
        now=asked.now,
        settings=asked.settings,
    )
    notes = _head(asked, days)
    return Table(
        f"Rekap presensi bulanan {asked.scope.title}, {month_text(asked.day)}",
        _columns(asked, days),
        _rows(connection, judged, asked, days, notes),
        notes,
        people=len({one.person_id for one in judged.members}),
    )


def _columns(asked: Asked, days: Sequence[date]) -> list[Column]:
    whose = [] if asked.scope.office else [Column("office", "Kantor", width=12)]
    # Of one office, totals can be checked and follow a change; of many they are values: a
    # spreadsheet would work out half a million formulas each time it is opened.
    counts = counted_cells(asked.forms) if asked.scope.office else {}
    return [
        Column("number", "No", Kind.NUMBER, width=5),
        Column("name", "Nama"),
        Column("nip", "NIP", Kind.NIP),
        *whose,
        *(Column(one.isoformat(), str(one.day), Kind.CODE) for one in days),
        *(
            Column(
                f"total_{code}",
                code,
                Kind.NUMBER,
                summed=True,
                width=5,
                counts=counts.get(code, ()),
            )
            for code in asked.forms.printed()
        ),
        Column("late_minutes", "Menit terlambat", Kind.NUMBER, summed=True),
        Column("early_minutes", "Menit pulang cepat", Kind.NUMBER, summed=True),
    ]


def _rows(
    connection: Connection,
    judged: Judged,
    asked: Asked,
    days: Sequence[date],
    notes: list[str],
) -> Iterator[Row]:
    """Yield a row each; when all are taken, the notes are whole."""
    printer = Printer(asked.forms, days[0], days[-1])
    totals = {code: f"total_{code}" for code in asked.forms.printed()}
    head = [(one, one.isoformat(), NOT_SERVING if one <= judged.today else "") for one in days]
    open_days: set[date] = set()
    for number, (one, found) in enumerate(judged, 1):
        open_days.update(day for day, known in found.items() if known.status == "UNVERIFIED")
        yield _row(number, one, found, head, printer, totals)
    notes += [
        *corrected_note(judged.corrected),
        *_incomplete(connection, asked, open_days),
        *calendar_notes(connection, asked.day.year),
        *judged.notes(),
    ]


def _row(
    number: int,
    one: Member,
    found: Mapping[date, Known],
    head: Sequence[tuple[date, str, str]],
    printer: Printer,
    totals: Mapping[str, str],
) -> Row:
    row: dict[str, Cell] = {
        "number": number,
        "nip": one.nip,
        "name": one.name,
        "office": one.office,
    }
    counts = dict.fromkeys(totals, 0)
    for day, key, empty in head:
        known = found.get(day)
        if known is None:
            row[key] = empty
        else:
            row[key], codes = printer.of(known, day)
            for code in codes:
                counts[code] += 1
    row.update(zip(totals.values(), counts.values(), strict=True))
    row["late_minutes"] = sum(known.late_minutes or 0 for known in found.values())
    row["early_minutes"] = sum(known.early_minutes or 0 for known in found.values())
    return row


def _head(asked: Asked, days: Sequence[date]) -> list[str]:
    printer = Printer(asked.forms, days[0], days[-1])
    return [
        f"{printer.legend()}, {NOT_SERVING} tidak bertugas di kantor ini",
        f"{counts_note(asked.forms, asked.forms.printed())}; "
        f"{CORRECTED} memuat koreksi atau keterangan",
        *ladder_notes(asked.forms, days[0], days[-1]),
    ]


def _incomplete(connection: Connection, asked: Asked, open_days: set[date]) -> list[str]:
    """Name the days on which somebody is not judged because data are missing, with the reason.

    Of one office; what holds up many is told by the report of coverage.
    """
    if not open_days:
        return []
    if asked.scope.office is None:
        return [
            f"Ada hari yang belum terverifikasi ({len(open_days)} tanggal); sebabnya: "
            "hadir-ingest coverage --office KODE --month BULAN"
        ]
    try:
        (month,) = month_of(
            connection,
            offices=[asked.scope.office],
            day=asked.day,
            now=asked.now,
            settings=asked.settings,
        )
    except MonthAway:
        return ["Data mentah bulan ini sudah diarsipkan; kelengkapannya tidak dapat ditunjukkan"]
    return [
        f"Data belum lengkap {day_text(one.day)}: "
        + "; ".join(reason.text for reason in one.coverage.reasons)
        for one in month.days
        if one.day in open_days
        and one.coverage is not None
        and one.coverage.verdict is not Verdict.COMPLETE
    ]
