"""Whose the marked user ids are: each is looked up once, however many of its days are marked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Subquery, select

from ingest.store.tables import dirty_punches, people, terminals, user_ids


class Marked(NamedTuple):
    """A mark on a user id, and who stands behind it on that day."""

    terminal_id: int
    office: str
    """The terminal's."""
    user_id: str
    local_day: date
    own_id: int | None
    """The person whose NIP this user id is."""
    people: Sequence[int]
    """Whom the mappings of that day name, and the own one."""
    nobodys: bool
    """Whether nothing is known of it: somebody we do not judge is known, too."""


class _Mapping(NamedTuple):
    person_id: int | None
    first: date
    last: date


def find_marked_ids(connection: Connection, *, until: date) -> list[Marked]:
    """Return the marks on user ids up to a day, of terminals that are known."""
    limit = dirty_punches.c.local_day <= until
    used = (
        select(dirty_punches.c.terminal_id, terminals.c.office, dirty_punches.c.user_id)
        .join(terminals, terminals.c.id == dirty_punches.c.terminal_id)
        .where(limit)
        .distinct()
        .subquery()
    )
    own, mapped = _own(connection, used), _mapped(connection, used)
    rows = connection.execute(
        select(
            dirty_punches.c.terminal_id,
            terminals.c.office,
            dirty_punches.c.user_id,
            dirty_punches.c.local_day,
        )
        .join(terminals, terminals.c.id == dirty_punches.c.terminal_id)
        .where(limit)
    )
    found = []
    for terminal_id, office, user_id, day in rows.all():  # one by one they take twice as long
        mapped_to = [
            one.person_id
            for one in mapped.get((terminal_id, user_id), ())
            if one.first <= day <= one.last
        ]
        who = own.get(user_id)
        told = [one for one in (who, *mapped_to) if one is not None]
        nobodys = who is None and not mapped_to
        found.append(Marked(terminal_id, office, user_id, day, who, told, nobodys))
    return found


def _own(connection: Connection, used: Subquery) -> dict[str, int]:
    rows = connection.execute(
        select(people.c.nip, people.c.id).join(used, used.c.user_id == people.c.nip)
    )
    return {row.nip: row.id for row in rows}


def _mapped(connection: Connection, used: Subquery) -> dict[tuple[int, str], list[_Mapping]]:
    """Return every mapping of the marked user ids of each terminal.

    Asked in two halves: each is by equal columns, which neither way to join them is slow with.
    """
    found: defaultdict[tuple[int, str], list[_Mapping]] = defaultdict(list)
    for place in ("terminal_id", "office"):
        rows = connection.execute(
            select(
                used.c.terminal_id,
                used.c.user_id,
                user_ids.c.person_id,
                user_ids.c.valid_from,
                user_ids.c.valid_until,
            ).join(
                user_ids,
                (user_ids.c.user_id == used.c.user_id) & (user_ids.c[place] == used.c[place]),
            )
        )
        for terminal_id, user_id, person_id, first, last in rows:
            found[terminal_id, user_id].append(_Mapping(person_id, first, last or date.max))
    return found
