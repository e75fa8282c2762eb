"""All that is held on one person, table by table: found by what the tables say of themselves.

A column that refers to `people`, or is called after a person or a NIP, makes a table personal; so
does one that refers to the cases of a person, or to letters addressed to one. What is told of a
person in another way stands in `SPECIAL`, what is nobody's in `NOBODY`. A table that is in none of
them fails a test, so that none can be forgotten.

Other people's records stay theirs: a letter to an office lists many people, a notice to a superior
has that superior's number. Of these the export tells that they exist.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    false,
    func,
    or_,
    select,
)

import ingest.store
from ingest.store.tables import (
    adjustments,
    audit_log,
    bad_records,
    contradictions,
    dirty_punches,
    metadata,
    people,
    punches,
    resolutions,
    terminals,
    user_ids,
)
from ingest.store.tables_cases import case_notices, cases
from ingest.store.tables_letters import letters
from ingest.store.tables_notices import dispatches, receipts

ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("assignments", "superior_id"): "records of those who serve under the person",
}
"""Columns that name a person in a record of somebody else."""

NOBODY: Mapping[str, str] = {
    "access_tokens": "programs",
    "archived_months": "files of whole months; see partitions list",
    "batches": "signed bodies of whole offices; what was read out of them is in punches",
    "bridge_keys": "machines",
    "bridges": "machines",
    "calendar_years": "the calendar",
    "centre_days": "machines",
    "chains": "what is proved of terminals",
    "checkpoint_copies": "offices",
    "checkpoints": "offices",
    "clock_days": "machines",
    "coverage": "machines",
    "dirty_offices": "offices",
    "erasures": "counts and numbers of rows that are gone",
    "holidays": "the calendar",
    "invites": "machines",
    "job_runs": "machines",
    "letter_series": "numbers of letters",
    "nonces": "machines",
    "office_contacts": "posts of offices",
    "offices": "offices",
    "roots": "offices",
    "runs": "what is proved of terminals",
    "scheme_overlays": "hours of work",
    "scheme_terms": "hours of work",
    "schemes": "hours of work",
    "seals": "the centre's keys",
    "shifts": "hours of work",
    "siasn_pulls": "readings of BKN as a whole",
    "siasn_unit_offices": "offices",
    "siasn_units": "offices",
    "storms": "offices and days",
    "terminals": "machines",
}
"""Tables that tell of no person we judge, and of what instead."""

_OMITTED = frozenset({("receipts", "body")})
"""What gateways told comes for many at once."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom everything is collected of."""

    id: int
    nip: str
    name: str


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything on one person: rows by table, as the store has them."""

    person: Person
    rows: Mapping[str, list[dict[str, Any]]]


Rows = Callable[[Connection, Person], ColumnElement[bool]]


def collect(connection: Connection, nip: str) -> Collected:
    """Return all that is held on a person who is known."""
    row = connection.execute(select(people).where(people.c.nip == nip)).one()
    person = Person(row.id, row.nip, row.name)
    found = {
        name: [dict(one._mapping) for one in connection.execute(_query(connection, name, person))]
        for name in sorted(personal())
    }
    return Collected(person, found)


def personal() -> dict[str, Rows]:
    """Return every table that tells of a person, and how its rows are found."""
    for room in pkgutil.iter_modules(ingest.store.__path__):
        if room.name.startswith("tables"):  # a table is known once its module was read
            import_module(f"ingest.store.{room.name}")
    found: dict[str, Rows] = dict(SPECIAL)
    for table in metadata.tables.values():
        ways = list(_ways(table))
        if ways and table.name not in found:
            found[table.name] = _any_of(ways)
    return found


def _query(connection: Connection, name: str, person: Person) -> Any:
    table = metadata.tables[name]
    columns = [one for one in table.columns if (name, one.name) not in _OMITTED]
    rows = personal()[name](connection, person)
    return select(*columns).where(rows).order_by(*table.primary_key.columns)


def _any_of(ways: list[Rows]) -> Rows:
    return lambda connection, person: or_(*(way(connection, person) for way in ways))


def _ways(table: Table) -> Iterator[Rows]:
    """Yield the ways in which a table tells of a person by its columns."""
    for column in table.columns:
        if (table.name, column.name) in ELSEWHERE:
            continue
        way = _way(column)
        if way is not None:
            yield way


def _way(column: Column[Any]) -> Rows | None:
    to = {key.target_fullname for key in column.foreign_keys}
    if "people.id" in to or column.name == "person_id":
        return lambda _connection, person: column == person.id
    if column.name == "nip" or column.name.endswith("_nip"):
        return lambda _connection, person: column == person.nip
    if "cases.id" in to:
        mine = select(cases.c.id)
        return lambda _connection, person: column.in_(mine.where(cases.c.person_id == person.id))
    if "letters.id" in to:
        addressed = select(letters.c.id)
        return lambda _connection, person: column.in_(
            addressed.where(letters.c.to_nip == person.nip)
        )
    return None


# -- what no column says ------------------------------------------------------------------------


def _touches(table: Table, when: Column[Any]) -> Rows:
    """Return how rows of user ids are found: on its terminals, while the number was theirs."""

    def rows(connection: Connection, person: Person) -> ColumnElement[bool]:
        own = table.c.user_id == person.nip
        return or_(own, *(_within(table, when, one) for one in _numbers(connection, person)))

    return rows


def _within(table: Table, when: Column[Any], number: Any) -> ColumnElement[bool]:
    where = select(terminals.c.id).where(
        or_(terminals.c.id == number.terminal_id, terminals.c.office == number.office)
    )
    first, last = number.valid_from, number.valid_until
    as_day = when.type.python_type is date
    begins = first if as_day else datetime.combine(first, time())
    parts = [table.c.terminal_id.in_(where), table.c.user_id == number.user_id, when >= begins]
    if last is not None:
        after = last + timedelta(days=1)
        parts.append(when < (after if as_day else datetime.combine(after, time())))
    return and_(*parts)


def _numbers(connection: Connection, person: Person) -> list[Any]:
    return list(connection.execute(select(user_ids).where(user_ids.c.person_id == person.id)).all())


def _decided(table: Table, *, nip: bool) -> Rows:
    """Return how decisions on punches are found: they name terminal and user id."""

    def rows(connection: Connection, person: Person) -> ColumnElement[bool]:
        ways: list[ColumnElement[bool]] = [table.c.nip == person.nip] if nip else []
        ways.append(table.c.user_id == person.nip)
        for one in _numbers(connection, person):
            serials = select(terminals.c.serial).where(
                or_(terminals.c.id == one.terminal_id, terminals.c.office == one.office)
            )
            parts = [table.c.terminal.in_(serials), table.c.user_id == one.user_id]
            parts.append(table.c.local_time >= datetime.combine(one.valid_from, time()))
            if one.valid_until is not None:
                after = one.valid_until + timedelta(days=1)
                parts.append(table.c.local_time < datetime.combine(after, time()))
            ways.append(and_(*parts))
        return or_(false(), *ways)

    return rows


def _bad(connection: Connection, person: Person) -> ColumnElement[bool]:
    """Records that could not be punches, where they still name the person's number."""
    near = func.coalesce(bad_records.c.near_from, bad_records.c.near_until)
    dated = _touches(bad_records, bad_records.c.near_from)(connection, person)
    undated = [
        and_(near.is_(None), bad_records.c.user_id == one.user_id, _on(one))
        for one in _numbers(connection, person)
    ]
    return or_(dated, *undated)


def _on(number: Any) -> ColumnElement[bool]:
    known = or_(terminals.c.id == number.terminal_id, terminals.c.office == number.office)
    return bad_records.c.terminal_id.in_(select(terminals.c.id).where(known))


def _told(_connection: Connection, person: Person) -> ColumnElement[bool]:
    """Lines of the audit log on the person: what was done, and who looked."""
    return audit_log.c.subject.contains(person.nip, autoescape=True)


def _sent(_connection: Connection, person: Person) -> ColumnElement[bool]:
    """What was sent to the person; what went to a superior holds that superior's number."""
    return dispatches.c.notice_id.in_(select(case_notices.c.id).where(_to_me(person)))


def _to_me(person: Person) -> ColumnElement[bool]:
    return case_notices.c.nip == person.nip


def _receipts(_connection: Connection, person: Person) -> ColumnElement[bool]:
    mine = select(dispatches.c.reference, dispatches.c.channel, dispatches.c.provider_id).join(
        case_notices, case_notices.c.id == dispatches.c.notice_id
    )
    mine = mine.where(_to_me(person))
    asked = mine.subquery()
    return or_(
        receipts.c.reference.in_(select(asked.c.reference)),
        select(asked.c.channel)
        .where(asked.c.channel == receipts.c.channel, asked.c.provider_id == receipts.c.provider_id)
        .exists(),
    )


def _letters(_connection: Connection, person: Person) -> ColumnElement[bool]:
    return letters.c.to_nip == person.nip


def _people(_connection: Connection, person: Person) -> ColumnElement[bool]:
    return people.c.id == person.id


SPECIAL: Mapping[str, Rows] = {
    "adjustments": _decided(adjustments, nip=True),
    "audit_log": _told,
    "bad_records": _bad,
    "contradictions": _touches(contradictions, contradictions.c.local_time),
    "dirty_punches": _touches(dirty_punches, dirty_punches.c.local_day),
    "dispatches": _sent,
    "letters": _letters,
    "people": _people,
    "punches": _touches(punches, punches.c.local_time),
    "receipts": _receipts,
    "resolutions": _decided(resolutions, nip=False),
}
