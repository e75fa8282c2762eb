"""Numbers and mail addresses: of people, and of who answers for an office.

The newest of a kind is the one in use. An address that was found to reach nobody, or at which
somebody does not want to be written to, stays with that mark: an import does not take it away.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    exists,
    insert,
    select,
    update,
)

from ingest.errors import NotKnown
from ingest.store.tables import assignments, people
from ingest.store.tables_notices import contacts, office_contacts

GOOD, WRONG, REFUSED = "good", "wrong", "refused"
Owner = tuple[str | None, str | None]
"""A person by NIP, or an office by its code: one of the two is None."""


@dataclass(frozen=True, slots=True)
class Contact:
    nip: str | None
    office: str | None
    """Of an office's own contact; None for a person's."""
    name: str
    """Of the person, or the post that answers for the office."""
    kind: str
    value: str
    source: str
    entered_at: datetime
    state: str
    state_at: datetime
    state_why: str
    number: int

    @property
    def owner(self) -> Owner:
        return self.nip, self.office


def find(
    connection: Connection,
    *,
    nip: str | None = None,
    office: str | None = None,
    on: date | None = None,
    state: str | None = None,
) -> list[Contact]:
    """Return contacts, the newest of each owner and kind last: of a person, or of an office and of
    who serves there on a day, or all."""
    found = [*_of_people(connection, nip, office, on, state)]
    if nip is None:
        found += _of_offices(connection, office, state)
    return found


def _of_people(
    connection: Connection, nip: str | None, office: str | None, on: date | None, state: str | None
) -> Iterator[Contact]:
    query = (
        select(contacts, people.c.nip, people.c.name)
        .join(people, people.c.id == contacts.c.person_id)
        .order_by(people.c.nip, contacts.c.kind, contacts.c.entered_at, contacts.c.id)
    )
    if nip is not None:
        query = query.where(people.c.nip == nip)
    if office is not None and on is not None:
        query = query.where(_serves(office, on))
    if state is not None:
        query = query.where(contacts.c.state == state)
    for row in connection.execute(query):
        yield _contact(row, row.nip, None, row.name)


def _serves(office: str, on: date) -> ColumnElement[bool]:
    until = assignments.c.valid_until
    return exists().where(
        assignments.c.person_id == contacts.c.person_id,
        assignments.c.office == office,
        assignments.c.valid_from <= on,
        until.is_(None) | (until >= on),
    )


def _of_offices(connection: Connection, office: str | None, state: str | None) -> list[Contact]:
    own = office_contacts.c
    query = select(office_contacts).order_by(own.office, own.kind, own.entered_at, own.id)
    if office is not None:
        query = query.where(own.office == office)
    if state is not None:
        query = query.where(own.state == state)
    return [_contact(row, None, row.office, row.post) for row in connection.execute(query)]


def in_use(connection: Connection, owners: Collection[Owner]) -> dict[Owner, dict[str, Contact]]:
    """Return the contact in use of each owner, by kind, whatever its state."""
    found: dict[Owner, dict[str, Contact]] = {}
    nips = sorted({nip for nip, _ in owners if nip})
    for place in range(0, len(nips), 500):
        some = nips[place : place + 500]
        query = (
            select(contacts, people.c.nip, people.c.name)
            .join(people, people.c.id == contacts.c.person_id)
            .where(people.c.nip.in_(some))
            .order_by(contacts.c.entered_at, contacts.c.id)
        )
        for row in connection.execute(query):
            one = _contact(row, row.nip, None, row.name)
            found.setdefault(one.owner, {})[one.kind] = one
    codes = {office for nip, office in owners if nip is None and office}
    for one in _of_offices(connection, None, None) if codes else ():
        if one.office in codes:
            found.setdefault(one.owner, {})[one.kind] = one
    return found


def add(
    connection: Connection,
    owner: Owner,
    *,
    kind: str,
    value: str,
    source: str,
    post: str = "",
    state: str = GOOD,
    why: str = "",
    now: datetime,
) -> None:
    """Put an address in use, new or known; its state is as told. Raises NotKnown for nobody."""
    table, key = _table(connection, owner)
    told: dict[str, Any] = {
        "source": source, "entered_at": now, "state": state, "state_at": now, "state_why": why,
    }  # fmt: skip
    if table is office_contacts and post:
        told["post"] = post
    known = {table.c[name]: one for name, one in {**key, "kind": kind, "value": value}.items()}
    where = and_(*(column == one for column, one in known.items()))
    if connection.execute(update(table).where(where).values(told)).rowcount == 0:
        if table is office_contacts:
            told.setdefault("post", "")
        connection.execute(insert(table).values(**key, kind=kind, value=value, **told))


def mark(
    connection: Connection,
    owner: Owner,
    *,
    kind: str,
    state: str,
    why: str,
    now: datetime,
    value: str | None = None,
) -> int:
    """Say what is known of addresses of a kind, or of one of them; return how many changed."""
    table, key = _table(connection, owner)
    ((name, one),) = key.items()
    query = update(table).where(table.c[name] == one, table.c.kind == kind, table.c.state != state)
    if value is not None:
        query = query.where(table.c.value == value)
    return connection.execute(query.values(state=state, state_at=now, state_why=why)).rowcount


def _table(connection: Connection, owner: Owner) -> tuple[Table, dict[str, Any]]:
    nip, office = owner
    if nip is None:
        return office_contacts, {"office": office}
    person_id = connection.scalar(select(people.c.id).where(people.c.nip == nip))
    if person_id is None:
        raise NotKnown("nobody in the store has this NIP; import the people first")
    return contacts, {"person_id": person_id}


def _contact(row: Row[Any], nip: str | None, office: str | None, name: str) -> Contact:
    return Contact(
        nip, office, name, row.kind, row.value, row.source, row.entered_at, row.state,
        row.state_at, row.state_why, row.id,
    )  # fmt: skip


def count_wrong(connection: Connection) -> list[tuple[str, int]]:
    """Return how many addresses are known to reach nobody, by the last office of whose they are."""
    last = (
        select(assignments.c.office)
        .where(assignments.c.person_id == contacts.c.person_id)
        .order_by(assignments.c.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: Counter[str] = Counter()
    for office in connection.scalars(select(last).where(contacts.c.state == WRONG)):
        found[office or "-"] += 1
    own = select(office_contacts.c.office).where(office_contacts.c.state == WRONG)
    found.update(connection.scalars(own))
    return sorted(found.items())
