"""Swaps of duty: who exchanged a day with whom, what each had before, who approved it and why.

The roster says what holds; here stands how it came to it. A row is written in the transaction that
exchanges the two, and stays: a swap that is undone is another swap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select

from ingest.store.tables import people
from ingest.store.tables_time import roster_swaps


@dataclass(frozen=True, slots=True)
class Approval:
    """Who lets two people swap. Whoever acts is the one who approves: a user with a name."""

    approver: str
    """In full."""
    user: str
    """By what he is registered."""
    os_user: str
    why: str
    letter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """What two people had on a day before they swapped; None is off."""

    day: date
    asked_id: int
    other_id: int
    asked_shift: str | None
    other_shift: str | None


@dataclass(frozen=True, slots=True)
class Swap:
    """One swap as the person tells it whose day it is."""

    number: int
    day: date
    nip: str
    """The other's."""
    name: str
    was: str | None
    became: str | None
    asked: bool
    """Whether the person asked for it; else the other did."""
    approval: Approval


def keep(connection: Connection, exchanges: Sequence[Exchange], approval: Approval) -> None:
    """Write down what was exchanged, and who approved it."""
    connection.execute(
        insert(roster_swaps),
        [
            {
                "day": one.day,
                "asked_id": one.asked_id,
                "other_id": one.other_id,
                "asked_shift": one.asked_shift,
                "other_shift": one.other_shift,
                "why": approval.why,
                "letter": approval.letter,
                "approver": approval.approver,
                "approved_by": approval.user,
                "os_user": approval.os_user,
                "at": approval.at,
            }
            for one in exchanges
        ],
    )


def find(connection: Connection, person_id: int, day: date) -> list[Swap]:
    """Return the swaps of a person's day, in the order in which they were approved."""
    rows = connection.execute(
        select(roster_swaps)
        .where(
            roster_swaps.c.day == day,
            or_(roster_swaps.c.asked_id == person_id, roster_swaps.c.other_id == person_id),
        )
        .order_by(roster_swaps.c.id)
    ).all()
    others = {one.other_id if one.asked_id == person_id else one.asked_id for one in rows}
    named = {
        row.id: (row.nip, row.name)
        for row in connection.execute(select(people).where(people.c.id.in_(others)))
    }
    found = []
    for row in rows:
        asked = row.asked_id == person_id
        shifts = (row.asked_shift, row.other_shift)
        approval = Approval(row.approver, row.approved_by, row.os_user, row.why, row.letter, row.at)
        other = named[row.other_id if asked else row.asked_id]
        found.append(
            Swap(row.id, day, *other, *(shifts if asked else shifts[::-1]), asked, approval)
        )
    return found
