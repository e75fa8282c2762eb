"""Rosters in the store: who has which shift on which day, who is off, and swaps of the two."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from ingest.errors import NotKnown, Refused
from ingest.store.dirty import mark_spans
from ingest.store.keeping import Keeping, find_person
from ingest.store.people import hold
from ingest.store.serving import valid_on
from ingest.store.swaps import Approval, Exchange, keep
from ingest.store.tables import assignments, people
from ingest.store.tables_time import roster_days
from ingest.store.touched import of_rosters

OFF = "-"
"""How a day off by roster is written; a day of which nothing is written is unknown."""
_AT_ONCE = 300  # rows of one statement


class Row(NamedTuple):
    """One day of one person; `shift` None is off."""

    nip: str
    name: str
    office: str
    day: date
    shift: str | None


class Place(NamedTuple):
    """Whose day, and which."""

    person_id: int
    day: date


class Swapped(NamedTuple):
    """What a swap made of one day."""

    day: date
    nip: str
    was: str | None
    became: str | None


def find(
    connection: Connection,
    first: date,
    last: date,
    *,
    office: str | None = None,
    nip: str | None = None,
) -> list[Row]:
    """Return rows between two days by name and day; of an office are who serves there that day."""
    query = (
        select(
            people.c.nip,
            people.c.name,
            assignments.c.office,
            roster_days.c.day,
            roster_days.c.shift,
        )
        .join(people, people.c.id == roster_days.c.person_id)
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(roster_days.c.day.between(first, last), valid_on(assignments, roster_days.c.day))
        .order_by(people.c.name, people.c.nip, roster_days.c.day)
    )
    if office is not None:
        query = query.where(assignments.c.office == office)
    if nip is not None:
        query = query.where(people.c.nip == nip)
    return [Row(*row) for row in connection.execute(query)]


def find_shifts_of(
    connection: Connection, person_ids: Sequence[int], first: date, last: date
) -> dict[Place, str | None]:
    """Return what rosters say of people between two days."""
    found: dict[Place, str | None] = {}
    for place in range(0, len(person_ids), _AT_ONCE):
        rows = connection.execute(
            select(roster_days).where(
                roster_days.c.person_id.in_(person_ids[place : place + _AT_ONCE]),
                roster_days.c.day.between(first, last),
            )
        )
        found |= {Place(row.person_id, row.day): row.shift for row in rows}
    return found


def put(
    connection: Connection,
    rows: Mapping[Place, str | None],
    gone: Iterable[Place],
    *,
    today: date,
) -> int:
    """Write rows in the place of what stood there, and take others away.

    Returns how many office-days are judged again.
    """
    _remove(connection, sorted({*rows, *gone}))
    if rows:
        connection.execute(
            insert(roster_days),
            [
                {"person_id": at.person_id, "day": at.day, "shift": shift}
                for at, shift in sorted(rows.items())
            ],
        )
    return mark_spans(connection, of_rosters(connection, [*rows, *gone]), today=today)


def swap(
    connection: Connection,
    one: str,
    other: str,
    days: Sequence[date],
    *,
    approval: Approval,
    today: date,
) -> tuple[list[Swapped], int]:
    """Let two people exchange what their rosters say of some days; `one` asked for it.

    Returns what became of whom, and how many office-days are judged again.

    Raises NotKnown, Refused.
    """
    hold(connection, "roster_days")
    if one == other:
        raise Refused("nobody swaps with himself; give two NIPs")
    both = (_key(connection, one), _key(connection, other))
    keeping = Keeping(connection)
    stored = find_shifts_of(connection, both, min(days), max(days))
    rows: dict[Place, str | None] = {}
    told: list[Swapped] = []
    exchanges: list[Exchange] = []
    for day in days:
        here, there = Place(both[0], day), Place(both[1], day)
        _require_swap(keeping, stored, here, there)
        rows |= {here: stored[there], there: stored[here]}
        told += [
            Swapped(day, one, stored[here], stored[there]),
            Swapped(day, other, stored[there], stored[here]),
        ]
        exchanges.append(Exchange(day, *both, stored[here], stored[there]))
    keep(connection, exchanges, approval)
    return told, put(connection, rows, (), today=today)


def _require_swap(
    keeping: Keeping, stored: Mapping[Place, str | None], here: Place, there: Place
) -> None:
    day = here.day
    offices = {keeping.office(one.person_id, day) for one in (here, there)}
    if len(offices) > 1 or None in offices:
        raise Refused(f"on {day} the two do not serve in the same office, so nothing is swapped")
    if here not in stored or there not in stored:
        raise Refused(
            f"on {day} the roster says nothing of one of the two, so nothing is swapped; import it"
        )
    if stored[here] == stored[there]:
        raise Refused(f"on {day} the roster says the same of both, so nothing is swapped")


def _key(connection: Connection, nip: str) -> int:
    found = find_person(connection, nip)
    if found is None:
        raise NotKnown('nobody has this NIP; "hadir-ingest people list" shows the known')
    return found[0]


def _remove(connection: Connection, places: Sequence[Place]) -> None:
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for one in places:
        by_day[one.day].append(one.person_id)
    for day, person_ids in by_day.items():
        for place in range(0, len(person_ids), _AT_ONCE):
            part = person_ids[place : place + _AT_ONCE]
            connection.execute(
                delete(roster_days).where(
                    roster_days.c.day == day, roster_days.c.person_id.in_(part)
                )
            )
