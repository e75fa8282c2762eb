"""Who acts for a superior, or as head of an office: Plh., Plt. and Pj., each dated, by a letter.

No judged day rests on it: who answers for somebody is looked up on the day it is asked for.
"""

from dataclasses import dataclass
from datetime import date
from typing import get_args

from sqlalchemy import Connection, delete, insert, select, update

from ingest.discipline.cases.superiors import How
from ingest.errors import NotKnown, Refused
from ingest.store.people import hold
from ingest.store.tables import people
from ingest.store.tables_time import stand_ins
from ingest.store.touched import Owner, meets

HOWS: tuple[How, ...] = get_args(How)
_TWICE = (
    "stand-in {one.id} of the same person holds from {one.first} to {until}; "
    "end it by people stand-ins end {one.id}"
)


@dataclass(frozen=True, slots=True)
class StandIn:
    """One row: for a person (NIP) or as head of an office, of which the other is None."""

    id: int
    office: str | None
    nip: str | None
    by: str
    """NIP of who stands in."""
    how: str
    first: date
    last: date | None
    letter: str


def add(
    connection: Connection,
    owner: Owner,
    stand_in_id: int,
    how: str,
    first: date,
    last: date | None,
    *,
    letter: str,
) -> int:
    """Let somebody stand in; return the number of the row.

    Raises Refused for who would stand in for himself, or does on one of these days already. Two
    people may follow one another before the first one's end is known: the later begun wins.
    """
    if stand_in_id == owner.person_id:
        raise Refused("nobody stands in for himself")
    hold(connection, "stand_ins")
    c = stand_ins.c
    mine = c.office == owner.office if owner.office else c.person_id == owner.person_id
    same = select(stand_ins).where(
        mine, c.stand_in_id == stand_in_id, meets(c.first, c.last, first, last)
    )
    other = connection.execute(same).first()
    if other is not None:
        raise Refused(_TWICE.format(one=other, until=other.last or "open"))
    made = connection.execute(
        insert(stand_ins).values(
            office=owner.office,
            person_id=owner.person_id,
            stand_in_id=stand_in_id,
            how=how,
            first=first,
            last=last,
            letter=letter,
        )
    )
    (key,) = made.inserted_primary_key or (0,)
    return int(key)


def end(connection: Connection, number: int, last: date) -> StandIn:
    """Say which day is the last one; return what stood there before. Raises NotKnown, Refused."""
    hold(connection, "stand_ins")
    was = find_one(connection, number)
    if last < was.first:
        raise Refused(
            f"stand-in {number} begins on {was.first}, after {last}; if it never held, take it "
            f"away by people stand-ins remove {number}"
        )
    change(connection, was, how=was.how, last=last, letter=was.letter)
    return was


def change(
    connection: Connection, was: StandIn, *, how: str, last: date | None, letter: str
) -> None:
    """Write over what a stand-in is, but for whose, by whom, and from when.

    Raises Refused where it would reach into another of the same person.
    """
    for one in find(connection):
        same = (one.office, one.nip, one.by) == (was.office, was.nip, was.by)
        meet = one.first <= (last or date.max) and was.first <= (one.last or date.max)
        if same and meet and one.id != was.id:
            raise Refused(_TWICE.format(one=one, until=one.last or "open"))
    connection.execute(
        update(stand_ins).where(stand_ins.c.id == was.id).values(how=how, last=last, letter=letter)
    )


def remove(connection: Connection, number: int) -> StandIn:
    """Take away what never held; return it. Raises NotKnown."""
    was = find_one(connection, number)
    connection.execute(delete(stand_ins).where(stand_ins.c.id == number))
    return was


def find(connection: Connection) -> list[StandIn]:
    """Return who stands in, by first day."""
    c, acting = stand_ins.c, people.alias("acting")
    rows = connection.execute(
        select(
            c.id, c.office, people.c.nip, acting.c.nip.label("by"), c.how, c.first, c.last, c.letter
        )
        .join(acting, acting.c.id == c.stand_in_id)
        .outerjoin(people, people.c.id == c.person_id)
        .order_by(c.first, c.id)
    )
    return [StandIn(*row) for row in rows]


def find_one(connection: Connection, number: int) -> StandIn:
    """Return one row. Raises NotKnown."""
    found = next((one for one in find(connection) if one.id == number), None)
    if found is None:
        raise NotKnown(f"no stand-in has the number {number}; see people stand-ins list")
    return found
