"""What a day asks of each person of an office, and what excuses them, in a fixed number of queries.

Schemes: a person's own use wins over the office's dated one, that over the office's own. A roster
is asked for the days around as well, because a touch between two shifts belongs to the nearer one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, or_, select

from ingest.calendar import (
    Asked,
    Category,
    Expected,
    FreeDay,
    Hours,
    Overlay,
    Shift,
    Special,
    SpecialDay,
    Terms,
    WorkDay,
    Year,
    expected,
    in_force,
    read_shift,
    read_terms,
    shift_day,
)
from ingest.errors import NotKnown, StoreError
from ingest.store.serving import holds_on
from ingest.store.tables import calendar_years, holidays, offices, schemes
from ingest.store.tables_time import (
    roster_days,
    scheme_overlays,
    scheme_terms,
    scheme_uses,
    service_breaks,
    shifts,
    special_days,
)

AROUND = timedelta(days=2)
"""How far around a day its neighbouring shifts are looked for: none lasts longer than a day."""
SUSPENDED, ENDED = "suspended", "ended"
BREAK_TEXT = {
    SUSPENDED: "diberhentikan sementara atau dibebaskan dari tugas",
    ENDED: "sudah tidak bertugas (pensiun, pindah, berhenti atau meninggal)",
}


@dataclass(frozen=True, slots=True)
class Plans:
    """What a day asks of everybody of one office."""

    day: date
    office_name: str
    scheme_name: str
    """The office's on that day."""
    expected: Expected
    """What it asks of who has nothing of his own."""
    own: Mapping[int, Expected]
    """By person: of those who have."""
    schemes: Mapping[int, str]
    """Names of schemes by person: of those who do not keep the office's."""

    def scheme_of(self, person_id: int) -> str:
        return self.schemes.get(person_id, self.scheme_name)

    def of(self, person_id: int) -> Expected:
        return self.own.get(person_id, self.expected)


@dataclass(frozen=True, slots=True)
class _Roster:
    shifts: Mapping[str, Shift]
    days: Mapping[int, Mapping[date, str | None]]
    """Code of the shift by person and day."""

    def near(self, person_id: int, day: date, step: timedelta) -> WorkDay | None:
        """Return the nearest shift before (or after) a day."""
        at = day + step
        while abs(at - day) <= AROUND:
            code = self.days.get(person_id, {}).get(at)
            if code is not None:
                return shift_day(at, self.shifts[code])
            at += step
        return None


def find_plans(
    connection: Connection, *, office: str, day: date, serving: Select[tuple[int]]
) -> Plans:
    """Return what a day asks of these people. Raises NotKnown, StoreError."""
    head = _head(connection, office)
    uses = connection.execute(
        select(scheme_uses)
        .where(
            holds_on(scheme_uses, day),
            or_(scheme_uses.c.office == office, scheme_uses.c.person_id.in_(serving)),
        )
        .order_by(scheme_uses.c.first, scheme_uses.c.id)  # should two hold, the later one does
    ).all()
    of_office = next((one.scheme for one in reversed(uses) if one.office), head.scheme)
    of_people = {one.person_id: one.scheme for one in uses if one.person_id is not None}
    asked = _schemes(connection, {of_office, *of_people.values()}, office, day)
    special = _special(connection, office, day, serving)
    breaks = _breaks(connection, day, serving)
    roster = _roster(connection, day, serving)
    own: dict[int, Expected] = {}
    for person_id in {*of_people, *breaks, *roster.days, *(one for one in special if one)}:
        one = asked[of_people.get(person_id, of_office)]
        own[person_id] = expected(day, _of_person(person_id, one, day, special, breaks, roster))
    common = asked[of_office]
    return Plans(
        day,
        head.name,
        common.scheme,
        expected(day, replace(common, special=special.get(None))),
        own,
        {one: asked[code].scheme for one, code in of_people.items()},
    )


def _of_person(
    person_id: int,
    asked: Asked,
    day: date,
    special: Mapping[int | None, SpecialDay],
    breaks: Mapping[int, tuple[str, str]],
    roster: _Roster,
) -> Asked:
    days = roster.days.get(person_id, {})
    code = days.get(day)
    kind, text = breaks.get(person_id, ("", ""))
    return replace(
        asked,
        special=special.get(person_id, special.get(None)),
        rostered=day in days,
        shift=None if code is None else roster.shifts[code],
        before=roster.near(person_id, day, -timedelta(days=1)),
        after=roster.near(person_id, day, timedelta(days=1)),
        suspended=text if kind == SUSPENDED else "",
        ended=text if kind == ENDED else "",
    )


def _head(connection: Connection, office: str) -> Any:
    head = connection.execute(
        select(offices.c.name, offices.c.scheme).where(offices.c.code == office)
    ).one_or_none()
    if head is None:
        raise NotKnown(f'no office "{office}"; see hadir-ingest offices list')
    return head


def _schemes(connection: Connection, codes: set[str], office: str, day: date) -> dict[str, Asked]:
    """Return what each scheme asks of a day of this office."""
    named = select(schemes.c.code, schemes.c.name).where(schemes.c.code.in_(codes))
    names = {row.code: row.name for row in connection.execute(named)}
    dated: defaultdict[str, list[tuple[date, Terms]]] = defaultdict(list)
    rows = connection.execute(
        select(scheme_terms).where(
            scheme_terms.c.scheme.in_(codes), scheme_terms.c.valid_from <= day
        )
    )
    for row in rows:
        dated[row.scheme].append((row.valid_from, terms_of(row.scheme, row.body)))
    over = {
        row.scheme: Overlay(row.name, terms_of(f"{row.scheme}, {row.name}", row.body))
        for row in connection.execute(
            select(scheme_overlays)
            .where(
                scheme_overlays.c.scheme.in_(codes),
                scheme_overlays.c.first <= day,
                scheme_overlays.c.last >= day,
            )
            .order_by(scheme_overlays.c.first)
        )
    }
    free, year = _free(connection, office, day), _year(connection, day)
    return {
        code: Asked(
            scheme=names[code],
            terms=in_force(dated[code], day),
            overlay=over.get(code),
            free=free,
            year=year,
        )
        for code in codes
    }


def terms_of(where: str, body: Mapping[str, Any]) -> Terms:
    """Return the terms of a scheme as the store has them. Raises StoreError."""
    try:
        return read_terms(f"scheme {where}", body)
    except ValueError as error:
        raise StoreError(str(error)) from error


def _free(connection: Connection, office: str, day: date) -> tuple[FreeDay, ...]:
    rows = connection.execute(
        select(holidays.c.name, holidays.c.category)
        .where(holidays.c.day == day, holidays.c.office.is_(None) | (holidays.c.office == office))
        .order_by(holidays.c.name)
    )
    return tuple(FreeDay(row.name, Category(row.category)) for row in rows)


def _year(connection: Connection, day: date) -> Year:
    row = connection.execute(
        select(calendar_years.c.confirmed_at).where(calendar_years.c.year == day.year)
    ).one_or_none()
    if row is None:
        return Year.EMPTY
    return Year.FILLED if row.confirmed_at is None else Year.CONFIRMED


def _special(
    connection: Connection, office: str, day: date, serving: Select[tuple[int]]
) -> dict[int | None, SpecialDay]:
    """Return what was told of a day, by person; None is the whole office."""
    rows = connection.execute(
        select(special_days)
        .where(
            special_days.c.first <= day,
            special_days.c.last >= day,
            or_(special_days.c.office == office, special_days.c.person_id.in_(serving)),
        )
        .order_by(special_days.c.first, special_days.c.id)
    )
    found: dict[int | None, SpecialDay] = {}
    for row in rows:
        found[row.person_id] = SpecialDay(Special(row.kind), row.name, read_special(row))
    return found


def read_special(row: Row[Any]) -> Hours | None:
    """Return the hours of a special day, where it has its own. Raises StoreError."""
    if row.body is None:
        return None
    return _shift(f"special day {row.id}", row.name, row.body).hours


def _breaks(
    connection: Connection, day: date, serving: Select[tuple[int]]
) -> dict[int, tuple[str, str]]:
    rows = connection.execute(
        select(service_breaks)
        .where(service_breaks.c.person_id.in_(serving), holds_on(service_breaks, day))
        .order_by(service_breaks.c.first)
    )
    return {
        row.person_id: (row.kind, f"{break_text(row, BREAK_TEXT)}, surat {row.letter}")
        for row in rows
    }


def break_text(row: Row[Any], texts: Mapping[str, str]) -> str:
    """Return what a break is called among these texts. Raises StoreError for an unknown kind."""
    text = texts.get(row.kind)
    if text is None:
        raise StoreError(
            f'break {row.id}: "{row.kind}" is none of {", ".join(texts)}; take it away by '
            f"people breaks remove {row.id} and write it anew"
        )
    return text


def _roster(connection: Connection, day: date, serving: Select[tuple[int]]) -> _Roster:
    days: defaultdict[int, dict[date, str | None]] = defaultdict(dict)
    rows = connection.execute(
        select(roster_days).where(
            roster_days.c.person_id.in_(serving),
            roster_days.c.day.between(day - AROUND, day + AROUND),
        )
    )
    for row in rows:
        days[row.person_id][row.day] = row.shift
    codes = {code for one in days.values() for code in one.values() if code is not None}
    known = {}
    if codes:
        for row in connection.execute(select(shifts).where(shifts.c.code.in_(codes))):
            known[row.code] = _shift(row.code, row.name, row.body)
    return _Roster(known, days)


def _shift(code: str, name: str, body: Mapping[str, Any]) -> Shift:
    try:
        return read_shift(code, name, body)
    except ValueError as error:
        raise StoreError(str(error)) from error


def has_rosters(
    connection: Connection, office_people: Select[tuple[int]], days: Sequence[date]
) -> bool:
    """Say whether somebody of these works by a roster on one of these days."""
    query = exists().where(
        and_(roster_days.c.person_id.in_(office_people), roster_days.c.day.in_(days))
    )
    return bool(connection.scalar(select(query)))
