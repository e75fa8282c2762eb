"""What kind of servant somebody becomes from a day on (CPNS to PNS, PPPK to PNS); it is dated.

Before the first row somebody is what `people` says. No judged day rests on the kind: it decides
under which regulation a day counts, and that is looked up whenever days are counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from ingest.discipline import Kinds, kind_on, kinds_of
from ingest.errors import NotKnown, Refused
from ingest.store.people import hold
from ingest.store.tables import people
from ingest.store.tables_time import person_kinds


@dataclass(frozen=True, slots=True)
class DatedKind:
    """What somebody is from a day on, until the next row."""

    nip: str
    kind: str
    first: date


def kind_at(day: date | ColumnElement[date]) -> ColumnElement[str]:
    """Return the kind of the person of the row of `people`, as it is on a day."""
    dated = (
        select(person_kinds.c.kind)
        .where(person_kinds.c.person_id == people.c.id, person_kinds.c.valid_from <= day)
        .order_by(person_kinds.c.valid_from.desc())
        .limit(1)
        .correlate(people)
        .scalar_subquery()
    )
    return func.coalesce(dated, people.c.kind).label("kind")


def find_kind(connection: Connection, person_id: int, day: date) -> str:
    """Return what somebody is on a day. Raises NotKnown."""
    query = select(kind_at(day)).select_from(people).where(people.c.id == person_id)
    found: str | None = connection.scalar(query)
    if found is None:
        raise NotKnown(f"nobody has the number {person_id} in the store; see people list")
    return found


def find_later(
    connection: Connection, person_id: int | None = None
) -> dict[int, list[tuple[date, str]]]:
    """Return what people became and when, by the store's own key: of everybody, or of one."""
    query = select(person_kinds).order_by(person_kinds.c.person_id, person_kinds.c.valid_from)
    if person_id is not None:
        query = query.where(person_kinds.c.person_id == person_id)
    found: defaultdict[int, list[tuple[date, str]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.person_id].append((row.valid_from, row.kind))
    return dict(found)


def find(connection: Connection) -> list[DatedKind]:
    """Return the dated kinds of everybody, by NIP and day."""
    rows = connection.execute(
        select(people.c.nip, person_kinds.c.kind, person_kinds.c.valid_from)
        .join(people, people.c.id == person_kinds.c.person_id)
        .order_by(people.c.nip, person_kinds.c.valid_from)
    )
    return [DatedKind(*row) for row in rows]


def find_on(connection: Connection, day: date) -> dict[str, str]:
    """Return what people are on a day by NIP, of those who became something before it."""
    return {one.nip: one.kind for one in find(connection) if one.first <= day}


def find_kinds(connection: Connection, nip: str) -> tuple[int, Kinds]:
    """Return the store's own key of a person and every kind he is. Raises NotKnown."""
    row = connection.execute(
        select(people.c.id, people.c.kind).where(people.c.nip == nip)
    ).one_or_none()
    if row is None:
        raise NotKnown(f'no person with the NIP "{nip}"; see hadir-ingest people list')
    return row.id, kinds_of(row.kind, find_later(connection, row.id).get(row.id, ()))


def put(connection: Connection, nip: str, kind: str, first: date) -> str:
    """Let somebody be a kind from a day on; return what he was the day before, or until now.

    A row of the same day is written over. Raises NotKnown, and Refused where nothing would change.
    """
    hold(connection, "person_kinds")
    person_id, kinds = find_kinds(connection, nip)
    was = kind_on(kinds, first)
    if was == kind:
        raise Refused(f"this person is {kind} on {first} already; see hadir-ingest people kinds")
    mine = (person_kinds.c.person_id == person_id, person_kinds.c.valid_from == first)
    if any(since == first for since, _ in kinds):
        connection.execute(update(person_kinds).where(*mine).values(kind=kind))
    else:
        connection.execute(
            insert(person_kinds).values(person_id=person_id, valid_from=first, kind=kind)
        )
    return was


def remove(connection: Connection, nip: str, first: date) -> str:
    """Take a kind away that never held; return it. Raises NotKnown."""
    hold(connection, "person_kinds")
    person_id, kinds = find_kinds(connection, nip)
    found = next((kind for since, kind in kinds[1:] if since == first), None)
    if found is None:
        raise NotKnown(f"no kind of this person begins on {first}; see hadir-ingest people kinds")
    connection.execute(
        delete(person_kinds).where(
            person_kinds.c.person_id == person_id, person_kinds.c.valid_from == first
        )
    )
    return found
