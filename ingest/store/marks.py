"""Marks of what the store itself must have evaluated again, in the same commit as its cause.

The order matters twice. Marks are written ordered by their key, so that two commits that mark the
same days cannot wait for each other. And a mark that stands already is written again rather than
left alone: that locks it, so whoever takes it away in the meantime waits for our commit and then
sees what we stored. Taking therefore means: delete first, read the facts afterwards, in one
transaction (READ COMMITTED).

Marks on people come in two goes where days are judged: some are taken, then those of the shifts
beside are written. No order of keys helps there against who marks all of them in one go, so that
whoever writes or takes any holds their offices first (`hold_people`). Within one transaction marks
on user ids are locked first, then those on offices, then those offices, then marks on people.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, Dialect, Table, TextClause, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store import tables
from ingest.store.database import hold_keys
from ingest.store.tables import assignments, people, punches, terminals, user_ids
from ingest.store.touches import NIP_USED, ROAMING

MAX_DAYS = 400
"""How far back one cause marks: over a year, so that a late USB file still reaches its days."""


def mark_user_days(connection: Connection, marks: Iterable[tuple[int, str, date]]) -> None:
    """Mark what one user id of one terminal did on a day: (terminal id, user id, local day)."""
    _mark(connection, tables.dirty_punches, sorted(set(marks)))


def mark_office_days(connection: Connection, marks: Iterable[tuple[str, date]]) -> None:
    """Mark everybody of an office on a day: (office, day)."""
    _mark(connection, tables.dirty_offices, sorted(set(marks)))


def mark_person_days(connection: Connection, marks: Iterable[tuple[str, date, int]]) -> None:
    """Mark one person of an office on a day: (office, day, person)."""
    rows = sorted(set(marks))
    hold_people(connection, (office for office, _, _ in rows))
    _mark(connection, tables.dirty_people, rows)


def hold_people(connection: Connection, offices: Iterable[str]) -> None:
    """Let nobody else mark people of these offices, nor take such marks, until this transaction
    ends; marks on whole offices come in meanwhile, so that no punch waits for it."""
    hold_keys(connection, (f"hadir.marks {office}" for office in sorted(set(offices))))


def mark_known_here(
    connection: Connection, office: str, days: Iterable[date], *, roaming: bool = False
) -> None:
    """Mark the days of an office and of every other where somebody is known on its terminals.

    When they were known is not asked: a day that is judged again in vain does no harm. With
    `roaming` also where those serve who used the own NIP here around: what takes something back has
    to reach them, while what makes their days whole is found by each night.
    """
    found = set(days)
    if found:
        places = known_here(connection, office)
        if roaming:
            places |= _roam_here(connection, office, min(found), max(found))
        mark_office_days(connection, ((one, day) for one in places for day in found))


def known_here(connection: Connection, office: str) -> set[str]:
    """Return an office and every other where somebody serves who is known on its terminals."""
    here = select(terminals.c.id).where(terminals.c.office == office)
    guests = connection.scalars(
        select(assignments.c.office)
        .join(user_ids, user_ids.c.person_id == assignments.c.person_id)
        .where(or_(user_ids.c.office == office, user_ids.c.terminal_id.in_(here)))
        .distinct()
    )
    return {office, *guests}


def _roam_here(connection: Connection, office: str, first: date, last: date) -> set[str]:
    """Return where those serve who used the own NIP on a terminal of an office around some days.

    Asked terminal by terminal: each question lies in one part of a table that is spread.
    """
    found: set[str] = set()
    since = first - min(ROAMING, first - date.min)
    here = connection.scalars(select(terminals.c.id).where(terminals.c.office == office)).all()
    for terminal_id in sorted(here):
        found.update(
            connection.scalars(
                select(assignments.c.office)
                .join(people, people.c.id == assignments.c.person_id)
                .join(punches, punches.c.user_id == people.c.nip)
                .where(
                    punches.c.terminal_id == terminal_id,
                    NIP_USED,
                    punches.c.local_day.between(since, last + ROAMING),
                )
                .distinct()
            )
        )
    return found


def days_between(first: date, last: date) -> list[date]:
    """Return the days from first to last, both in, at most the last MAX_DAYS of them."""
    first = max(first, last - timedelta(days=min(MAX_DAYS, last.toordinal()) - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _mark(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    names = [column.name for column in table.primary_key]
    if connection.dialect.name == "postgresql":
        connection.execute(_AT_ONCE[table.name], _columns(table, rows))
        return
    statement = sqlite.insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=names, set_={names[-1]: statement.excluded[names[-1]]}
    )
    connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def _columns(table: Table, rows: Sequence[tuple[object, ...]]) -> dict[str, object]:
    from ingest.store import arrays  # psycopg is not needed where the store is a file

    packed: dict[type, Callable[..., object]] = {
        str: arrays.texts, date: arrays.dates, int: arrays.int4s,
    }  # fmt: skip
    return {
        column.name: packed[column.type.python_type]([row[place] for row in rows])
        for place, column in enumerate(table.primary_key)
    }


def _at_once(table: Table) -> TextClause:
    """Return the statement that takes whole columns, and writes rows in the order they come in."""
    names = [column.name for column in table.primary_key]
    told = ", ".join(
        f"CAST(:{column.name} AS {column.type.compile(_DIALECT)}[])" for column in table.primary_key
    )
    keys = ", ".join(names)
    return text(
        f"INSERT INTO {table.name} ({keys}) SELECT * FROM unnest({told})"  # noqa: S608
        f" ON CONFLICT ({keys}) DO UPDATE SET {names[-1]} = excluded.{names[-1]}"
    )


_AT_ONCE = {
    one.name: _at_once(one)
    for one in (tables.dirty_punches, tables.dirty_offices, tables.dirty_people)
}
