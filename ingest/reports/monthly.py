"""The recap of a month: a row a person, a code a day, totals at the end.

Like the daily recap it is worked out from the facts of this moment. Days to come stay empty; a dot
marks a day on which the person does not serve in this office, an asterisk one that rests on what a
person decided.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ingest.coverage import Verdict
from ingest.days import PersonDay, Settings, WorkedOut, work_out
from ingest.errors import NotKnown
from ingest.indonesian import day_text, month_text
from ingest.reports.base import Cell, Column, Kind, Table
from ingest.reports.notes import (
    CORRECTED,
    calendar_notes,
    correction_notes,
    is_corrected,
    pending_notes,
)
from ingest.rules import STATUS_TEXT, Status
from ingest.store.days import find_month
from ingest.store.people import find_offices

CODES = {
    Status.PRESENT: "H",
    Status.LATE: "HT",
    Status.EARLY: "PC",
    Status.INCOMPLETE: "TA",
    Status.ABSENT: "TK",
    Status.UNVERIFIED: "?",
    Status.LEAVE: "C",
    Status.SICK: "S",
    Status.PERMIT: "I",
    Status.DUTY: "DL",
    Status.STUDY: "TB",
    Status.TRAINING: "D",
    Status.WFA: "WFA",
    Status.DISPENSATION: "DP",
    Status.FORCE: "KK",
    Status.OFF: "L",
    Status.HOLIDAY: "LN",
    Status.JOINT: "CBr",
    Status.SUSPENDED: "PS",
    Status.ENDED: "TT",
}
"""How a recap shows each status; every status has a code, and each code stands for one."""
NOT_SERVING = "."


def monthly(
    connection: Connection, *, office: str, day: date, now: datetime, settings: Settings
) -> Table:
    """Return the recap of the month in which a day lies. Raises NotKnown."""
    days = _days_of_month(day)
    today = now.astimezone(settings.zone).date()
    worked = [
        work_out(connection, office=office, day=one, now=now, settings=settings)
        for one in days
        if one <= today
    ]
    people: defaultdict[int, dict[date, PersonDay]] = defaultdict(dict)
    for office_day in worked:
        for one in office_day.people:
            people[one.person_id][one.day] = one
    name = worked[0].office_name if worked else _office_name(connection, office)
    ordered = sorted(people.values(), key=_name_and_nip)
    return Table(
        f"Rekap presensi bulanan {name} ({office}), {month_text(day)}",
        _columns(days),
        [_row(number, found, days, today) for number, found in enumerate(ordered, 1)],
        [
            _legend(),
            *correction_notes(one for office_day in worked for one in office_day.people),
            *_incomplete(worked),
            *calendar_notes(connection, day.year),
            *pending_notes(
                (one for office_day in worked for one in office_day.people),
                find_month(connection, office, days[0], days[-1]),
            ),
        ],
    )


def _days_of_month(day: date) -> list[date]:
    first = day.replace(day=1)
    return [
        first + timedelta(days=n)
        for n in range(31)
        if (first + timedelta(days=n)).month == day.month
    ]


def _columns(days: Sequence[date]) -> list[Column]:
    return [
        Column("number", "No", Kind.NUMBER),
        Column("nip", "NIP", Kind.NIP),
        Column("name", "Nama"),
        *(Column(one.isoformat(), str(one.day)) for one in days),
        *(Column(f"total_{status.value}", code, Kind.NUMBER) for status, code in CODES.items()),
        Column("late_minutes", "Menit terlambat", Kind.NUMBER),
        Column("early_minutes", "Menit pulang cepat", Kind.NUMBER),
    ]


def _row(
    number: int, found: dict[date, PersonDay], days: Sequence[date], today: date
) -> dict[str, Cell]:
    person = next(iter(found.values()))
    counts = Counter(one.status for one in found.values())
    return {
        "number": number,
        "nip": person.nip,
        "name": person.name,
        **{one.isoformat(): _code(found.get(one), begun=one <= today) for one in days},
        **{f"total_{status.value}": counts[status] for status in CODES},
        "late_minutes": sum(one.late_minutes or 0 for one in found.values()),
        "early_minutes": sum(one.early_minutes or 0 for one in found.values()),
    }


def _code(one: PersonDay | None, *, begun: bool) -> str:
    if one is not None:
        return CODES[one.status] + (CORRECTED if is_corrected(one) else "")
    return NOT_SERVING if begun else ""


def _name_and_nip(found: dict[date, PersonDay]) -> tuple[str, str]:
    person = next(iter(found.values()))
    return person.name, person.nip


def _legend() -> str:
    codes = ", ".join(f"{code} {STATUS_TEXT[status].lower()}" for status, code in CODES.items())
    return f"Keterangan: {codes}, {NOT_SERVING} tidak bertugas di kantor ini"


def _incomplete(worked: Sequence[WorkedOut]) -> list[str]:
    """Name the days on which somebody is not judged because data are missing, with the reason."""
    return [
        f"Data belum lengkap {day_text(one.day)}: "
        + "; ".join(reason.text for reason in one.coverage.reasons)
        for one in worked
        if one.coverage.verdict is not Verdict.COMPLETE
        and any(person.status is Status.UNVERIFIED for person in one.people)
    ]


def _office_name(connection: Connection, office: str) -> str:
    """Return the name of an office for a month that lies ahead. Raises NotKnown."""
    found = find_offices(connection).get(office)
    if found is None:
        raise NotKnown(f'no office "{office}"; see hadir-ingest offices list')
    return found.name
