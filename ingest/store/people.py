"""Offices, people, where they serve and under whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, text, update

from ingest.store.tables import assignments, offices, people, schemes


@dataclass(frozen=True, slots=True)
class Office:
    code: str
    name: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Person:
    nip: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person in one office from a first to a last day; None while it lasts."""

    nip: str
    office: str
    superior: str | None
    """The superior's NIP."""
    first: date
    last: date | None


def hold(connection: Connection, table: str) -> None:
    """Let nobody else change a table until this transaction ends.

    Two imports at once could each be right and overlap together. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def find_schemes(connection: Connection) -> list[str]:
    return list(connection.scalars(select(schemes.c.code).order_by(schemes.c.code)))


def find_offices(connection: Connection) -> dict[str, Office]:
    """Return every office by its code, in order."""
    rows = connection.execute(
        select(offices.c.code, offices.c.name, offices.c.scheme).order_by(offices.c.code)
    )
    return {row.code: Office(*row) for row in rows}


def put_offices(connection: Connection, new: Sequence[Office], changed: Sequence[Office]) -> None:
    if new:
        connection.execute(
            insert(offices),
            [{"code": one.code, "name": one.name, "scheme": one.scheme} for one in new],
        )
    if changed:
        connection.execute(
            update(offices)
            .where(offices.c.code == bindparam("key"))
            .values(name=bindparam("new_name"), scheme=bindparam("new_scheme")),
            [{"key": one.code, "new_name": one.name, "new_scheme": one.scheme} for one in changed],
        )


def find_people(connection: Connection) -> dict[str, Person]:
    """Return every person by NIP, in order."""
    rows = connection.execute(
        select(people.c.nip, people.c.name, people.c.kind).order_by(people.c.nip)
    )
    return {row.nip: Person(*row) for row in rows}


def put_people(connection: Connection, new: Sequence[Person], changed: Sequence[Person]) -> None:
    if new:
        connection.execute(
            insert(people), [{"nip": one.nip, "name": one.name, "kind": one.kind} for one in new]
        )
    if changed:
        connection.execute(
            update(people)
            .where(people.c.nip == bindparam("key"))
            .values(name=bindparam("new_name"), kind=bindparam("new_kind")),
            [{"key": one.nip, "new_name": one.name, "new_kind": one.kind} for one in changed],
        )


def find_assignments(
    connection: Connection, *, office: str | None = None, on: date | None = None
) -> list[Assignment]:
    """Return assignments by NIP and first day: all, of one office, or in force on a day."""
    superior = people.alias("superior")
    query = (
        select(
            people.c.nip,
            assignments.c.office,
            superior.c.nip.label("superior"),
            assignments.c.valid_from,
            assignments.c.valid_until,
        )
        .join(people, people.c.id == assignments.c.person_id)
        .outerjoin(superior, superior.c.id == assignments.c.superior_id)
        .order_by(people.c.nip, assignments.c.valid_from)
    )
    if office is not None:
        query = query.where(assignments.c.office == office)
    if on is not None:
        query = query.where(
            assignments.c.valid_from <= on,
            assignments.c.valid_until.is_(None) | (assignments.c.valid_until >= on),
        )
    return [Assignment(*row) for row in connection.execute(query)]


def serves(
    connection: Connection, nip: str, office: str, first: date | None, last: date | None
) -> bool:
    """Say whether a person serves in an office on any day of a span; None has no bound."""
    query = exists().where(
        people.c.nip == nip, assignments.c.person_id == people.c.id, assignments.c.office == office
    )
    if last is not None:
        query = query.where(assignments.c.valid_from <= last)
    if first is not None:
        until = assignments.c.valid_until
        query = query.where(or_(until.is_(None), until >= first))
    return bool(connection.scalar(select(query)))


def serves_in(connection: Connection, nip: str, day: date) -> str | None:
    """Return the office in which a person serves on a day; None: in none."""
    until = assignments.c.valid_until
    query = (
        select(assignments.c.office)
        .join(people, people.c.id == assignments.c.person_id)
        .where(people.c.nip == nip, assignments.c.valid_from <= day)
        .where(or_(until.is_(None), until >= day))
        .order_by(assignments.c.valid_from.desc())
        .limit(1)
    )
    found: str | None = connection.scalar(query)
    return found


def put_assignments(
    connection: Connection, new: Sequence[Assignment], changed: Sequence[Assignment]
) -> None:
    """Write assignments; a person and a first day name one."""
    ids = person_ids(connection)
    if new:
        connection.execute(
            insert(assignments),
            [
                {
                    "person_id": ids[one.nip],
                    "office": one.office,
                    "superior_id": ids[one.superior] if one.superior else None,
                    "valid_from": one.first,
                    "valid_until": one.last,
                }
                for one in new
            ],
        )
    if changed:
        connection.execute(
            update(assignments)
            .where(
                assignments.c.person_id == bindparam("key"),
                assignments.c.valid_from == bindparam("key_from"),
            )
            .values(
                office=bindparam("new_office"),
                superior_id=bindparam("new_superior"),
                valid_until=bindparam("new_until"),
            ),
            [
                {
                    "key": ids[one.nip],
                    "key_from": one.first,
                    "new_office": one.office,
                    "new_superior": ids[one.superior] if one.superior else None,
                    "new_until": one.last,
                }
                for one in changed
            ],
        )


def person_ids(connection: Connection) -> dict[str, int]:
    """Return the store's own key of every person by NIP."""
    return {row.nip: row.id for row in connection.execute(select(people.c.nip, people.c.id))}
