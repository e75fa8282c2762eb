"""Which scheme an office or a person keeps for a time, other than the office's own.

Of two that hold on a day the later begun does, so that a use for a month needs no end of the one
it interrupts. Which of two would hold that begin on one day is not guessed: that is refused.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from ingest.errors import NotKnown, Refused
from ingest.store.dirty import mark_spans
from ingest.store.people import hold
from ingest.store.schemes import require_scheme
from ingest.store.tables import people
from ingest.store.tables_time import scheme_uses
from ingest.store.touched import Owner, of_owner


@dataclass(frozen=True, slots=True)
class Use:
    """One row; of office and NIP the other is None, and `last` is None while it lasts."""

    id: int
    office: str | None
    nip: str | None
    scheme: str
    first: date
    last: date | None


def add(
    connection: Connection,
    owner: Owner,
    scheme: str,
    first: date,
    last: date | None,
    *,
    today: date,
) -> tuple[int, int]:
    """Let an office or a person keep a scheme; return its number and how many days are marked.

    Raises NotKnown, Refused.
    """
    require_scheme(connection, scheme)
    hold(connection, "scheme_uses")
    c = scheme_uses.c
    mine = c.office == owner.office if owner.office else c.person_id == owner.person_id
    other = connection.execute(select(scheme_uses).where(mine, c.first == first)).first()
    if other is not None:
        raise Refused(
            f"use {other.id} of scheme {other.scheme} begins on {first}, too; "
            f"take it away by schemes uses remove {other.id}"
        )
    row = {"office": owner.office, "person_id": owner.person_id, "scheme": scheme}
    made = connection.execute(insert(scheme_uses).values(first=first, last=last, **row))
    spans = of_owner(connection, owner, first, last)
    (key,) = made.inserted_primary_key or (0,)
    return int(key), mark_spans(connection, spans, today=today)


def end(connection: Connection, number: int, last: date, *, today: date) -> tuple[Use, int]:
    """Let a use end, sooner or later than it did; return what it was, and how many days are marked.

    Raises NotKnown, Refused.
    """
    hold(connection, "scheme_uses")
    was = find_one(connection, number)
    if last < was.first:
        raise Refused(
            f"use {number} begins on {was.first}, after {last}; if it never held, take it away by "
            f"schemes uses remove {number}"
        )
    connection.execute(update(scheme_uses).where(scheme_uses.c.id == number).values(last=last))
    return was, _mark(connection, was, min(last, was.last or last), today)


def remove(connection: Connection, number: int, *, today: date) -> tuple[Use, int]:
    """Take away a use that never held; return it, and how many days are marked.

    Raises NotKnown.
    """
    hold(connection, "scheme_uses")
    was = find_one(connection, number)
    marked = _mark(connection, was, was.first, today)
    connection.execute(delete(scheme_uses).where(scheme_uses.c.id == number))
    return was, marked


def find(connection: Connection) -> list[Use]:
    """Return uses by their first day."""
    c = scheme_uses.c
    rows = connection.execute(
        select(c.id, c.office, people.c.nip, c.scheme, c.first, c.last)
        .outerjoin(people, people.c.id == c.person_id)
        .order_by(c.first, c.id)
    )
    return [Use(*row) for row in rows]


def find_one(connection: Connection, number: int) -> Use:
    """Return one row. Raises NotKnown."""
    found = next((one for one in find(connection) if one.id == number), None)
    if found is None:
        raise NotKnown(f"no use of a scheme has the number {number}; see schemes uses list")
    return found


def _mark(connection: Connection, was: Use, first: date, today: date) -> int:
    """Mark the days of a use from one on: its end may have moved either way."""
    person_id = connection.scalar(select(people.c.id).where(people.c.nip == was.nip))
    spans = of_owner(connection, Owner(was.office, person_id), first, None)
    return mark_spans(connection, spans, today=today)
