"""Whose the marked user ids are: each is looked up once, however many of its days are marked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text, tuple_

from ingest.store.tables import dirty_punches, people, terminals, user_ids

_NIP_LENGTH = 18
_AT_ONCE = 400  # values of one statement
_MORE = text("SELECT true FROM dirty_punches OFFSET :most LIMIT 1")
# Locked in the order in which they are written, then deleted: see `marks`.
_TAKE = text(
    "WITH held AS MATERIALIZED (SELECT m.* FROM dirty_punches m"
    " ORDER BY m.terminal_id, m.user_id, m.local_day FOR UPDATE OF m),"
    " gone AS (DELETE FROM dirty_punches m USING held h WHERE m.terminal_id = h.terminal_id"
    " AND m.user_id = h.user_id AND m.local_day = h.local_day RETURNING m.*)"
    " SELECT g.terminal_id, t.office, g.user_id, g.local_day"
    " FROM gone g JOIN terminals t ON t.id = g.terminal_id"
)
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


_Id = tuple[int, str, str]
"""Terminal, its office, and user id."""


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
    rows = connection.execute(
        select(
            dirty_punches.c.terminal_id,
            terminals.c.office,
            dirty_punches.c.user_id,
            dirty_punches.c.local_day,
        )
        .join(terminals, terminals.c.id == dirty_punches.c.terminal_id)
        .where(dirty_punches.c.local_day <= until)
    )
    return _whose(connection, rows.all())  # one by one they take twice as long


def take_few(connection: Connection, *, most: int, until: date) -> list[Marked] | None:
    """Take the marks on user ids away and return them, as above; None, and leave them, where there
    are more than `most`.

    PostgreSQL, in one place: whoever stores a punch that sets one of them waits until the end of
    the transaction, and nobody else.
    """
    if connection.execute(_MORE, {"most": most}).first() is not None:
        return None
    return _whose(connection, [one for one in connection.execute(_TAKE).all() if one[3] <= until])


def _whose(connection: Connection, rows: Sequence[Any]) -> list[Marked]:
    """Look up who stands behind rows of terminal, its office, user id and day."""
    at: defaultdict[_Id, list[date]] = defaultdict(list)
    for terminal_id, office, user_id, day in rows:
        at[terminal_id, office, user_id].append(day)
    own = _own(connection, at)
    mapped: defaultdict[tuple[int, str], list[_Mapping]] = defaultdict(list)
    for terminal_id, user_id, person_id, first, last in _mapped(connection, at):
        mapped[terminal_id, user_id].append(_Mapping(person_id, first, last or date.max))
    found: list[Marked] = []
    for one, days in at.items():
        found += _marked(one, days, own.get(one[2]), mapped[one[0], one[2]])
    return found


def _marked(
    one: _Id, days: Iterable[date], own_id: int | None, mapped: Sequence[_Mapping]
) -> Iterator[Marked]:
    for day in days:
        to = [it.person_id for it in mapped if it.first <= day <= it.last]
        told = [who for who in (own_id, *to) if who is not None]
        yield Marked(*one, day, own_id, told, nobodys=own_id is None and not to)


def _own(connection: Connection, used: Iterable[_Id]) -> dict[str, int]:
    """Return whose NIP a user id is."""
    nips = sorted({user_id for _, _, user_id in used if len(user_id) == _NIP_LENGTH})
    found: dict[str, int] = {}
    for some in _parts(nips):
        asked = select(people.c.nip, people.c.id).where(people.c.nip.in_(some))
        found |= {row.nip: row.id for row in connection.execute(asked)}
    return found


def _mapped(connection: Connection, used: Collection[_Id]) -> Iterator[Any]:
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
    for place in ("terminal_id", "office"):
        at: defaultdict[tuple[Any, str], list[int]] = defaultdict(list)
        for terminal_id, office, user_id in used:
            at[terminal_id if place == "terminal_id" else office, user_id].append(terminal_id)
        key = tuple_(user_ids.c[place], user_ids.c.user_id)
        for some in _parts(sorted(at)):
            for row in connection.execute(select(user_ids).where(key.in_(some))):
                for terminal_id in at[row._mapping[place], row.user_id]:
                    yield terminal_id, row.user_id, row.person_id, row.valid_from, row.valid_until


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for place in range(0, len(values), _AT_ONCE):
        yield values[place : place + _AT_ONCE]
