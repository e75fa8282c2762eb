"""Days an office or a person works elsewhere (wfa), other hours (half), or after all (work)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from ingest.calendar import Hours, Special, hours_body, hours_of
from ingest.calendar.reading import Body
from ingest.errors import NotKnown, Refused, StoreError
from ingest.store.dirty import mark_spans
from ingest.store.keeping import Keeping
from ingest.store.people import hold
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, people
from ingest.store.tables_time import special_days
from ingest.store.touched import Owner, meets, of_owner


@dataclass(frozen=True, slots=True)
class StoredSpecial:
    """One row; of office and NIP the other is None."""

    id: int
    office: str | None
    nip: str | None
    kind: str
    first: date
    last: date
    hours: Hours | None
    name: str
    letter: str


def add(
    connection: Connection,
    owner: Owner,
    kind: Special,
    first: date,
    last: date,
    *,
    name: str,
    letter: str,
    hours: Hours | None,
    today: date,
) -> tuple[int, int]:
    """Declare days; return their number and how many office-days are judged again.

    Raises Refused where others of the same office or person hold already.
    """
    if (hours is None) != (kind is Special.WFA):
        raise Refused("half and work days have hours of their own, and wfa days have none")
    hold(connection, "special_days")
    c = special_days.c
    mine = c.office == owner.office if owner.office else c.person_id == owner.person_id
    other = connection.execute(
        select(special_days).where(mine, meets(c.first, c.last, first, last))
    )
    if (found := other.first()) is not None:
        raise Refused(
            f"special day {found.id} ({found.name}) holds from {found.first} to {found.last} "
            f"already; take it away by calendar special remove {found.id}"
        )
    made = connection.execute(
        insert(special_days).values(
            office=owner.office,
            person_id=owner.person_id,
            first=first,
            last=last,
            kind=kind.value,
            name=name,
            letter=letter,
            body=None if hours is None else hours_body(hours),
        )
    )
    (key,) = made.inserted_primary_key or (0,)
    spans = of_owner(connection, owner, first, last)
    return int(key), mark_spans(connection, spans, today=today)


def remove(connection: Connection, number: int, *, today: date) -> tuple[StoredSpecial, int]:
    """Take special days away; return them and how many office-days are judged again.

    Raises NotKnown.
    """
    was = find_one(connection, number)
    person_id = connection.scalar(select(people.c.id).where(people.c.nip == was.nip))
    connection.execute(delete(special_days).where(special_days.c.id == number))
    spans = of_owner(connection, Owner(was.office, person_id), was.first, was.last)
    return was, mark_spans(connection, spans, today=today)


def find_one(connection: Connection, number: int) -> StoredSpecial:
    """Return one row. Raises NotKnown."""
    found = next((one for one in find(connection) if one.id == number), None)
    if found is None:
        raise NotKnown(f"no special day has the number {number}; see calendar special list")
    return found


def find(connection: Connection, *, year: int | None = None) -> list[StoredSpecial]:
    """Return special days by first day: all, or those of a year."""
    c = special_days.c
    query = (
        select(special_days, people.c.nip)
        .outerjoin(people, people.c.id == c.person_id)
        .order_by(c.first, c.id)
    )
    if year is not None:
        query = query.where(meets(c.first, c.last, date(year, 1, 1), date(year, 12, 31)))
    return [
        StoredSpecial(
            row.id,
            row.office,
            row.nip,
            row.kind,
            row.first,
            row.last,
            _hours(row.id, row.body),
            row.name,
            row.letter,
        )
        for row in connection.execute(query)
    ]


def without_effect(
    connection: Connection, owner: Owner, kind: Special, first: date, last: date
) -> str | None:
    """Say for whom such days change nothing: on a roster only wfa does."""
    if kind is Special.WFA:
        return None
    keeping = Keeping(connection)
    asked = select(assignments.c.person_id).where(
        valid_on(assignments, first),
        assignments.c.office == owner.office
        if owner.office
        else assignments.c.person_id == owner.person_id,
    )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    by_roster = [
        person_id
        for person_id in connection.scalars(asked)
        if any(
            keeping.is_roster(keeping.scheme(office, person_id, day), day)
            for day in days
            if (office := keeping.office(person_id, day)) is not None
        )
    ]
    if not by_roster:
        return None
    return (
        f"{len(by_roster)} of these work by a roster, which such a day does not change; "
        "change their shifts by hadir-ingest rosters"
    )


def _hours(number: int, body: dict[str, Any] | None) -> Hours | None:
    if body is None:
        return None
    try:
        return hours_of(Body(f"special day {number}", body))
    except ValueError as error:
        raise StoreError(str(error)) from error
