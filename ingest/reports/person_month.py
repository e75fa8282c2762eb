"""A person's month on one page: every day with hours, minutes, code and what it rests on.

For one person, or for everybody of an office, a page each. Days are those of the monthly recap, so
that the page which an employee is handed says what the office's recap says of him.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Connection

from ingest.errors import NotKnown
from ingest.indonesian import WEEKDAYS, day_text, month_text, nip_text
from ingest.reports.base import Asked, Cell, Column, Kind, Row, Table, Total
from ingest.reports.grounds import short
from ingest.reports.judged import Judged
from ingest.reports.monthly import NOT_SERVING
from ingest.reports.notes import CORRECTED, calendar_notes
from ingest.reports.printed import (
    Printer,
    counted_cells,
    counts_note,
    days_of_month,
    ladder_notes,
)
from ingest.rules import Status
from ingest.store.people import find_people, person_ids
from ingest.store.reported import Ground, Known, Member

COLUMNS = (
    Column("day", "Tanggal", Kind.DATE, width=17),
    Column("weekday", "Hari", width=8),
    Column("first_in", "Masuk", Kind.TIME, width=8),
    Column("last_out", "Pulang", Kind.TIME, width=8),
    Column("late_minutes", "Menit terlambat", Kind.NUMBER, summed=True, width=10),
    Column("early_minutes", "Menit pulang cepat", Kind.NUMBER, summed=True, width=10),
    Column("code", "Kode", Kind.CODE, width=11),
    Column("status_code", "Status", Kind.HIDDEN),
    Column("ground", "Dasar", width=42),
    Column("because", "Dasar lengkap", Kind.HIDDEN),
)
WHOSE = (Column("name", "Nama"), Column("nip", "NIP", Kind.NIP))
_OBJECT = (
    "Bila ada yang tidak sesuai, sampaikan kepada pengelola kepegawaian kantor disertai buktinya; "
    "yang keliru diperbaiki, dan siapa yang memutuskannya tercatat"
)
_OPEN = "? bukan ketidakhadiran: data hari itu belum lengkap, dan hari itu dinilai setelah lengkap"


def person_month(connection: Connection, asked: Asked) -> Table:
    """Return the month in which a day lies of the person asked for, else of all of the offices.

    Raises NotKnown.
    """
    days = days_of_month(asked.day)
    judged = Judged(
        connection,
        list(asked.scope.offices),
        days[0],
        days[-1],
        now=asked.now,
        settings=asked.settings,
        only=_only(connection, asked.nip),
        grounds=True,
    )
    pages = [_page(asked, days, judged.today, list(some)) for _, some in _people(judged)]
    if asked.nip and not pages:
        pages = [_nowhere(connection, asked)]
    late = [*calendar_notes(connection, asked.day.year), *judged.notes()]
    pages = [replace(one, notes=[*one.notes, *late]) for one in pages]
    if asked.nip:
        return pages[0]
    return Table(
        f"Rekap presensi perorangan {asked.scope.title}, {month_text(asked.day)}",
        [*WHOSE, *COLUMNS],
        [{**row, **_whose(one)} for one in pages for row in one.rows],
        late,
        people=len(pages),
        pages=pages,
    )


def _only(connection: Connection, nip: str) -> int | None:
    if not nip:
        return None
    try:
        return person_ids(connection)[nip]
    except KeyError:
        raise NotKnown("nobody has this NIP; see hadir-ingest people list") from None


_Served = tuple[Member, dict[date, Known]]


def _people(judged: Judged) -> Iterator[tuple[int, Iterator[_Served]]]:
    """Yield each person with what was in each office; of one person offices follow each other."""
    return groupby(judged, key=lambda one: one[0].person_id)


def _page(asked: Asked, days: Sequence[date], today: date, served: Sequence[_Served]) -> Table:
    who = max((one for one, _ in served), key=lambda one: one.spans[-1])
    known = {day: one for _, found in served for day, one in found.items()}
    printer = Printer(asked.forms, days[0], days[-1])
    counts: Counter[str] = Counter()
    rows = []
    for day in days:
        rows.append(_row(day, known.get(day), printer, NOT_SERVING if day <= today else ""))
        if day in known:
            counts.update(printer.of(known[day]._replace(ground=None), day).counts)
    return Table(
        f"Rekap presensi perorangan, {month_text(asked.day)}",
        COLUMNS,
        rows,
        _notes(asked, days, rows),
        people=1,
        facts=_facts(asked, days, [one for one, _ in served]),
        totals=_totals(asked, counts, printer),
        portrait=True,
        office=who.office,
        name=who.name,
    )


def _row(day: date, known: Known | None, printer: Printer, empty: str) -> Row:
    row: dict[str, Cell] = {"day": day, "weekday": WEEKDAYS[day.weekday()]}
    if known is None:
        return row | {"code": empty}
    ground = known.ground or Ground()
    return row | {
        "first_in": ground.first_in,
        "last_out": ground.last_out,
        "late_minutes": known.late_minutes,
        "early_minutes": known.early_minutes,
        "code": printer.of(known._replace(ground=None), day).text,
        "status_code": known.status,
        "ground": short(Status(known.status), ground.because),
        "because": "; ".join(one.text for one in ground.because),
    }


def _totals(asked: Asked, counts: Counter[str], printer: Printer) -> list[Total]:
    """Return the totals of the codes that there are, in the order of every recap."""
    cells, told = counted_cells(asked.forms), printer.meanings()
    return [
        Total(code, told.get(code, ""), counts[code], cells.get(code, ()))
        for code in asked.forms.printed()
        if counts[code]
    ]


def _notes(asked: Asked, days: Sequence[date], rows: Sequence[Row]) -> list[str]:
    codes = " ".join(str(row["code"]) for row in rows)
    present = counts_note(asked.forms, asked.forms.printed())
    held = (
        (NOT_SERVING, f"{NOT_SERVING} tidak bertugas di kantor ini"),
        (CORRECTED, f"{CORRECTED} memuat koreksi atau keterangan"),
        (asked.forms.codes[Status.UNVERIFIED], _open_note(asked)),
    )
    words = codes.replace(CORRECTED, f" {CORRECTED}").split()
    return [
        *([present] if present else []),
        *(text for mark, text in held if mark in words),
        *ladder_notes(asked.forms, days[0], days[-1]),
        _OBJECT,
    ]


def _open_note(asked: Asked) -> str:
    return _OPEN.replace("?", asked.forms.codes[Status.UNVERIFIED], 1)


def _facts(asked: Asked, days: Sequence[date], of: Sequence[Member]) -> list[tuple[str, str]]:
    return [
        ("Nama", of[0].name),
        ("NIP", nip_text(of[0].nip)),
        ("Kantor", "; ".join(_where(asked.scope.offices, days, one) for one in of)),
    ]


def _where(offices: Mapping[str, str], days: Sequence[date], one: Member) -> str:
    """Name the office, and when of the month where that is not all of it."""
    name = f"{offices[one.office]} ({one.office})"
    if _whole(one, days):
        return name
    spans = ", ".join(
        day_text(first) if first == last else f"{first.day}-{day_text(last)}"
        for first, last in one.spans
    )
    return f"{name}, {spans}"


def _whole(one: Member, days: Sequence[date]) -> bool:
    gaps = [
        (later[0] - before[1]) != timedelta(days=1)
        for before, later in zip(one.spans, one.spans[1:], strict=False)
    ]
    return one.spans[0][0] == days[0] and one.spans[-1][1] == days[-1] and not any(gaps)


def _whose(page: Table) -> dict[str, Cell]:
    facts = dict(page.facts)
    return {"name": facts["Nama"], "nip": facts["NIP"].replace(" ", "")}


def _nowhere(connection: Connection, asked: Asked) -> Table:
    """Return the page of somebody who serves nowhere in this month."""
    name = find_people(connection)[asked.nip].name
    return Table(
        f"Rekap presensi perorangan, {month_text(asked.day)}",
        COLUMNS,
        [],
        ["Tidak bertugas di kantor mana pun pada bulan ini"],
        people=1,
        facts=[("Nama", name), ("NIP", nip_text(asked.nip))],
        portrait=True,
        name=name,
    )
