"""Times in which somebody has no duty to attend: suspended for a time, or ended for good.

Days of a break are SUSPENDED or ENDED: nobody is absent on them, and no streak counts them. Who is
on leave without pay has an excuse (CLTN), because that is decided by a letter of leave.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from ingest.errors import NotKnown, Refused
from ingest.store.dirty import mark_spans
from ingest.store.people import hold
from ingest.store.plans import ENDED, SUSPENDED
from ingest.store.tables import people
from ingest.store.tables_time import service_breaks
from ingest.store.touched import meets, of_people

KINDS = (SUSPENDED, ENDED)


@dataclass(frozen=True, slots=True)
class Break:
    """One row; `last` is None while it lasts, and it has a NIP always, like `Owned` rows."""

    id: int
    nip: str
    kind: str
    first: date
    last: date | None
    letter: str
    office: str | None = None


def add(
    connection: Connection,
    person_id: int,
    kind: str,
    first: date,
    last: date | None,
    *,
    letter: str,
    today: date,
) -> tuple[int, int]:
    """Write a break; return its number and how many office-days are marked.

    Raises Refused where another break of the person shares a day with it.
    """
    hold(connection, "service_breaks")
    _require_alone(connection, person_id, first, last)
    made = connection.execute(
        insert(service_breaks).values(
            person_id=person_id, kind=kind, first=first, last=last, letter=letter
        )
    )
    (key,) = made.inserted_primary_key or (0,)
    return int(key), _mark(connection, person_id, first, last, today)


def end(connection: Connection, number: int, last: date, *, today: date) -> tuple[Break, int]:
    """Let a break end, sooner or later than it did; return what it was, and how many are marked.

    Raises NotKnown, Refused.
    """
    hold(connection, "service_breaks")
    was = find_one(connection, number)
    if last < was.first:
        raise Refused(
            f"break {number} begins on {was.first}, after {last}; if it never held, take it away "
            f"by people breaks remove {number}"
        )
    return was, change(connection, was, kind=was.kind, last=last, letter=was.letter, today=today)


def change(
    connection: Connection, was: Break, *, kind: str, last: date | None, letter: str, today: date
) -> int:
    """Write over what a break is, but for its first day; return how many office-days are marked.

    Raises Refused where it would reach into another one.
    """
    person_id = _person(connection, was)
    _require_alone(connection, person_id, was.first, last, but=was.id)
    connection.execute(
        update(service_breaks)
        .where(service_breaks.c.id == was.id)
        .values(kind=kind, last=last, letter=letter)
    )
    ends = None if last is None or was.last is None else max(last, was.last)
    return _mark(connection, person_id, was.first, ends, today)


def remove(connection: Connection, number: int, *, today: date) -> tuple[Break, int]:
    """Take away a break that never held; return it, and how many office-days are marked.

    Raises NotKnown.
    """
    hold(connection, "service_breaks")
    was = find_one(connection, number)
    connection.execute(delete(service_breaks).where(service_breaks.c.id == number))
    return was, _mark(connection, _person(connection, was), was.first, was.last, today)


def find(connection: Connection, *, nip: str | None = None) -> list[Break]:
    """Return breaks by NIP and first day: all, or those of a person."""
    c = service_breaks.c
    query = (
        select(c.id, people.c.nip, c.kind, c.first, c.last, c.letter)
        .join(people, people.c.id == c.person_id)
        .order_by(people.c.nip, c.first)
    )
    if nip is not None:
        query = query.where(people.c.nip == nip)
    return [Break(*row) for row in connection.execute(query)]


def find_one(connection: Connection, number: int) -> Break:
    """Return one row. Raises NotKnown."""
    found = next((one for one in find(connection) if one.id == number), None)
    if found is None:
        raise NotKnown(f"no break has the number {number}; see people breaks list")
    return found


def _require_alone(
    connection: Connection,
    person_id: int,
    first: date,
    last: date | None,
    *,
    but: int | None = None,
) -> None:
    query = select(service_breaks).where(
        service_breaks.c.person_id == person_id,
        meets(service_breaks.c.first, service_breaks.c.last, first, last),
    )
    other = next((row for row in connection.execute(query) if row.id != but), None)
    if other is not None:
        raise Refused(
            f"break {other.id} ({other.kind}, letter {other.letter}) holds from {other.first} to "
            f"{other.last or 'open'} already; end it by people breaks end {other.id}"
        )


def _person(connection: Connection, row: Break) -> int:
    return int(connection.scalar(select(people.c.id).where(people.c.nip == row.nip)) or 0)


def _mark(
    connection: Connection, person_id: int, first: date, last: date | None, today: date
) -> int:
    return mark_spans(connection, of_people(connection, [person_id], first, last), today=today)
