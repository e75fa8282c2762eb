"""A person's year: a row a month, a column a code, as the annex of a case has it."""

from collections import Counter
from datetime import date

from sqlalchemy import Connection, select

from ingest.errors import NotKnown
from ingest.indonesian import MONTHS, nip_text
from ingest.reports.base import Asked, Cell, Column, Kind, Table
from ingest.reports.judged import Judged
from ingest.reports.notes import calendar_notes, corrected_note
from ingest.reports.printed import Printer, counts_note, ladder_notes
from ingest.store.tables import people


def year(connection: Connection, asked: Asked) -> Table:
    """Return the year in which a day lies, of the person asked for. Raises NotKnown.

    Days count wherever the person served, as far as the offices asked for go.
    """
    who = connection.execute(select(people).where(people.c.nip == asked.nip)).one_or_none()
    if who is None:
        raise NotKnown(f'no person with the NIP "{asked.nip}"; see hadir-ingest people list')
    first, last = date(asked.day.year, 1, 1), date(asked.day.year, 12, 31)
    judged = Judged(
        connection,
        list(asked.scope.offices),
        first,
        last,
        now=asked.now,
        settings=asked.settings,
        only=who.id,
    )
    printer, months = Printer(asked.forms, first, last), [Counter[str]() for _ in MONTHS]
    minutes = [[0, 0] for _ in MONTHS]
    for _, days in judged:
        for day, known in days.items():
            months[day.month - 1].update(printer.of(known, day).counts)
            minutes[day.month - 1][0] += known.late_minutes or 0
            minutes[day.month - 1][1] += known.early_minutes or 0
    codes = asked.forms.printed()
    return Table(
        f"Rekap presensi setahun {who.name}, NIP {nip_text(who.nip)}, tahun {asked.day.year}",
        [
            Column("month", "Bulan"),
            *(Column(one, one, Kind.NUMBER, summed=True, width=6) for one in codes),
            Column("late_minutes", "Menit terlambat", Kind.NUMBER, summed=True),
            Column("early_minutes", "Menit pulang cepat", Kind.NUMBER, summed=True),
        ],
        [
            _row(name, counted, late, early, codes)
            for name, counted, (late, early) in zip(MONTHS, months, minutes, strict=True)
        ],
        [
            *([] if judged.members else ["Tidak bertugas di kantor mana pun pada tahun ini"]),
            printer.legend(),
            counts_note(asked.forms, codes),
            *ladder_notes(asked.forms, first, last),
            *corrected_note(judged.corrected),
            *calendar_notes(connection, asked.day.year),
            *judged.notes(),
        ],
        people=1,
    )


def _row(
    name: str, counted: Counter[str], late: int, early: int, codes: list[str]
) -> dict[str, Cell]:
    return {
        "month": name,
        **{one: counted[one] for one in codes},
        "late_minutes": late,
        "early_minutes": early,
    }
