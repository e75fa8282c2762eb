"""Registered terminals, and which person a user id stands for on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from ingest.store.people import person_ids
from ingest.store.tables import coverage, people, punches, terminals, user_ids


@dataclass(frozen=True, slots=True)
class Terminal:
    serial: str
    name: str
    office: str
    counts_from: date | None
    """First day on which it must be complete; None as long as nobody registered it."""
    counts_until: date | None
    registered: bool = True


@dataclass(frozen=True, slots=True)
class UserId:
    """A user id stands for a person, on one terminal or on all of an office."""

    terminal: str | None
    """Serial, or None where `office` is given."""
    office: str | None
    user_id: str
    nip: str | None
    """None: known to be nobody who is judged, such as a guest."""
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A user id whose punches belong to nobody on their day."""

    office: str
    terminal: str
    user_id: str
    punches: int
    first_seen: datetime
    last_seen: datetime


def find_terminals(connection: Connection, *, office: str | None = None) -> dict[str, Terminal]:
    """Return terminals by serial, in the order of office and serial."""
    query = select(
        terminals.c.serial,
        terminals.c.name,
        terminals.c.office,
        terminals.c.counts_from,
        terminals.c.counts_until,
        terminals.c.registered,
    ).order_by(terminals.c.office, terminals.c.serial)
    if office is not None:
        query = query.where(terminals.c.office == office)
    return {row.serial: Terminal(*row) for row in connection.execute(query)}


def holds_punches(connection: Connection, serial: str) -> bool:
    """Say whether any punch of a terminal is stored."""
    query = select(
        exists().where(punches.c.terminal_id == terminals.c.id, terminals.c.serial == serial)
    )
    return bool(connection.scalar(query))


def was_told_of(connection: Connection, serial: str) -> bool:
    """Say whether a bridge ever told a punch or a stretch of coverage of a terminal."""
    told = exists().where(coverage.c.terminal_id == terminals.c.id, terminals.c.serial == serial)
    return holds_punches(connection, serial) or bool(connection.scalar(select(told)))


def known_since(connection: Connection, serial: str) -> datetime | None:
    """Return since when anything is known of a terminal's log, by what bridges told; or None."""
    query = (
        select(func.min(coverage.c.since))
        .join(terminals, terminals.c.id == coverage.c.terminal_id)
        .where(terminals.c.serial == serial)
    )
    found: datetime | None = connection.scalar(query)
    return found


def put_terminals(
    connection: Connection, new: Sequence[Terminal], changed: Sequence[Terminal], *, now: datetime
) -> None:
    """Register terminals."""
    if new:
        connection.execute(
            insert(terminals),
            [
                {
                    "serial": one.serial,
                    "name": one.name,
                    "office": one.office,
                    "registered": True,
                    "counts_from": one.counts_from,
                    "counts_until": one.counts_until,
                    "first_seen_at": now,
                }
                for one in new
            ],
        )
    if changed:
        connection.execute(
            update(terminals)
            .where(terminals.c.serial == bindparam("key"))
            .values(
                name=bindparam("new_name"),
                office=bindparam("new_office"),
                registered=True,
                counts_from=bindparam("new_from"),
                counts_until=bindparam("new_until"),
            ),
            [
                {
                    "key": one.serial,
                    "new_name": one.name,
                    "new_office": one.office,
                    "new_from": one.counts_from,
                    "new_until": one.counts_until,
                }
                for one in changed
            ],
        )


def find_user_ids(connection: Connection, *, office: str | None = None) -> list[UserId]:
    """Return mappings: all, or those of an office and of its terminals."""
    query = (
        select(
            terminals.c.serial,
            user_ids.c.office,
            user_ids.c.user_id,
            people.c.nip,
            user_ids.c.valid_from,
            user_ids.c.valid_until,
        )
        .outerjoin(people, people.c.id == user_ids.c.person_id)
        .outerjoin(terminals, terminals.c.id == user_ids.c.terminal_id)
        .order_by(
            func.coalesce(user_ids.c.office, terminals.c.office),
            func.coalesce(terminals.c.serial, ""),
            user_ids.c.user_id,
            user_ids.c.valid_from,
        )
    )
    if office is not None:
        query = query.where((user_ids.c.office == office) | (terminals.c.office == office))
    return [UserId(*row) for row in connection.execute(query)]


def put_user_ids(connection: Connection, new: Sequence[UserId], changed: Sequence[UserId]) -> None:
    """Write mappings; a scope, a user id and a first day name one."""
    if not new and not changed:
        return
    ids = person_ids(connection)
    rows = connection.execute(select(terminals.c.serial, terminals.c.id))
    serials = {row.serial: row.id for row in rows}
    if new:
        connection.execute(
            insert(user_ids),
            [
                {
                    "terminal_id": serials[one.terminal] if one.terminal else None,
                    "office": one.office,
                    "user_id": one.user_id,
                    "person_id": ids[one.nip] if one.nip else None,
                    "valid_from": one.first,
                    "valid_until": one.last,
                }
                for one in new
            ],
        )
    for one in changed:
        scope = (
            user_ids.c.terminal_id == serials[one.terminal]
            if one.terminal
            else user_ids.c.office == one.office
        )
        connection.execute(
            update(user_ids)
            .where(scope, user_ids.c.user_id == one.user_id, user_ids.c.valid_from == one.first)
            .values(person_id=ids[one.nip] if one.nip else None, valid_until=one.last)
        )


def find_unmapped(connection: Connection, *, office: str | None = None) -> list[Unmapped]:
    """Return the user ids of registered terminals of which nothing is known, most punches first.

    A punch counts here when no mapping holds on its own day: a mapping that begins too late is a
    gap like none at all. A user id that is a person's own NIP needs no mapping.
    """
    mapped = exists().where(
        user_ids.c.user_id == punches.c.user_id,
        (user_ids.c.terminal_id == punches.c.terminal_id)
        | (user_ids.c.office == terminals.c.office),
        user_ids.c.valid_from <= punches.c.local_day,
        user_ids.c.valid_until.is_(None) | (user_ids.c.valid_until >= punches.c.local_day),
    )
    own_nip = exists().where(people.c.nip == punches.c.user_id)
    count = func.count()
    query = (
        select(
            terminals.c.office,
            terminals.c.serial,
            punches.c.user_id,
            count,
            func.min(punches.c.local_time),
            func.max(punches.c.local_time),
        )
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(terminals.c.registered, ~mapped, ~own_nip)
        .group_by(terminals.c.office, terminals.c.serial, punches.c.user_id)
        .order_by(count.desc(), terminals.c.serial, punches.c.user_id)
    )
    if office is not None:
        query = query.where(terminals.c.office == office)
    return [Unmapped(*row) for row in connection.execute(query)]
