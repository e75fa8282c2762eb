"""Whose the marked user ids are: each is looked up once, however many of its days are marked."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Subquery, select, text

from ingest.store.tables import dirty_punches, people, terminals, user_ids

_NIP_LENGTH = 18
_AT_ONCE = 500  # parameters of one statement
_MAPPED = text(
    # each half by equal columns, and by the keys themselves: how many they are is then known, and
    # few of them do not read what is known in every office
    "SELECT m.terminal_id, m.user_id, u.person_id, u.valid_from, u.valid_until"
    " FROM unnest(CAST(:terminals AS int[]), CAST(:ids AS text[])) AS m(terminal_id, user_id)"
    " JOIN user_ids u ON u.terminal_id = m.terminal_id AND u.user_id = m.user_id"
    " UNION ALL"
    " SELECT m.terminal_id, m.user_id, u.person_id, u.valid_from, u.valid_until"
    " FROM unnest(CAST(:terminals AS int[]), CAST(:offices AS text[]), CAST(:ids AS text[]))"
    " AS m(terminal_id, office, user_id)"
    " JOIN user_ids u ON u.office = m.office AND u.user_id = m.user_id"
)


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
    marks = (
        select(
            dirty_punches.c.terminal_id,
            terminals.c.office,
            dirty_punches.c.user_id,
            dirty_punches.c.local_day,
        )
        .join(terminals, terminals.c.id == dirty_punches.c.terminal_id)
        .where(dirty_punches.c.local_day <= until)
    )
    rows = connection.execute(marks).all()  # one by one they take twice as long
    used = {(terminal_id, office, user_id) for terminal_id, office, user_id, _ in rows}
    own = _own(connection, used)
    mapped = defaultdict[tuple[int, str], list[_Mapping]](list)
    for terminal_id, user_id, person_id, first, last in _mapped(connection, used, marks.subquery()):
        mapped[terminal_id, user_id].append(_Mapping(person_id, first, last or date.max))
    found = []
    for terminal_id, office, user_id, day in rows:
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


_Used = Collection[tuple[int, str, str]]
"""Terminal, its office, and user id."""


def _own(connection: Connection, used: _Used) -> dict[str, int]:
    """Return whose NIP a user id is."""
    nips = sorted({user_id for _, _, user_id in used if len(user_id) == _NIP_LENGTH})
    found: dict[str, int] = {}
    for place in range(0, len(nips), _AT_ONCE):
        some = people.c.nip.in_(nips[place : place + _AT_ONCE])
        for row in connection.execute(select(people.c.nip, people.c.id).where(some)):
            found[row.nip] = row.id
    return found


def _mapped(connection: Connection, used: _Used, asked: Subquery) -> Iterator[Any]:
    """Yield every mapping of the marked user ids of each terminal."""
    if not used:
        return
    if connection.dialect.name == "postgresql":
        from ingest.store import arrays  # psycopg is not needed where the store is a file

        terminal_ids, offices, ids = zip(*used, strict=True)
        values = {
            "terminals": arrays.int4s(terminal_ids),
            "offices": arrays.texts(offices),
            "ids": arrays.texts(ids),
        }
        yield from connection.execute(_MAPPED, values)
        return
    each = select(asked.c.terminal_id, asked.c.office, asked.c.user_id).distinct().subquery()
    for place in ("terminal_id", "office"):
        yield from connection.execute(
            select(
                each.c.terminal_id,
                each.c.user_id,
                user_ids.c.person_id,
                user_ids.c.valid_from,
                user_ids.c.valid_until,
            ).join(
                user_ids,
                (user_ids.c.user_id == each.c.user_id) & (user_ids.c[place] == each.c[place]),
            )
        )
