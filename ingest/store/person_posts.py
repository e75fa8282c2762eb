"""Rank and post of people from a day on; each is dated by itself and holds until the next.

No judged day rests on them: letters name people by them, as of the day they are dated.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ingest.errors import NotKnown
from ingest.store.people import hold, person_ids
from ingest.store.tables import people
from ingest.store.tables_posts import person_posts

What = Literal["rank", "post"]
WHATS: tuple[What, ...] = ("rank", "post")
MOST = 200
"""Characters of either."""


@dataclass(frozen=True, slots=True)
class DatedPost:
    """The rank or post of somebody from a day on, until the next row of its sort."""

    nip: str
    what: What
    text: str
    first: date


@dataclass(frozen=True, slots=True)
class Held:
    """Rank and post of somebody on a day; empty where nobody wrote them down."""

    rank: str = ""
    post: str = ""


def find(connection: Connection, nips: Collection[str] | None = None) -> list[DatedPost]:
    """Return every row by NIP and day, rank before post: of everybody, or of these people."""
    query = (
        select(people.c.nip, person_posts.c.what, person_posts.c.text, person_posts.c.valid_from)
        .join(people, people.c.id == person_posts.c.person_id)
        .order_by(people.c.nip, person_posts.c.valid_from, person_posts.c.what.desc())
    )
    if nips is not None:
        query = query.where(people.c.nip.in_(nips))
    return [DatedPost(*row) for row in connection.execute(query)]


def find_held(
    connection: Connection, day: date, nips: Collection[str] | None = None
) -> defaultdict[str, Held]:
    """Return what people hold on a day by NIP; nothing, of whom nothing is known."""
    return held_on(find(connection, nips), day)


def held_on(rows: Iterable[DatedPost], day: date) -> defaultdict[str, Held]:
    """Return what people hold on a day, of rows in the order of their days."""
    found: defaultdict[str, Held] = defaultdict(Held)
    for one in rows:
        if one.first <= day:
            found[one.nip] = replace(found[one.nip], **{one.what: one.text})
    return found


def put(connection: Connection, rows: Iterable[DatedPost]) -> list[tuple[DatedPost, str]]:
    """Let people hold these from their days on; return each row that changes anything, and what
    held on its day before. A row of the same day is written over. Their people must be known.
    """
    hold(connection, "person_posts")
    wanted = list(rows)
    if not wanted:
        return []
    lines = _lines(find(connection) if len(wanted) > 1 else find(connection, [wanted[0].nip]))
    done: list[tuple[DatedPost, str]] = []
    new: dict[tuple[str, str, date], str] = {}
    over: dict[tuple[str, str, date], str] = {}
    for one in wanted:
        line = lines[one.nip, one.what]
        was = _on(line, one.first)
        if was == one.text:
            continue
        key = (one.nip, one.what, one.first)
        (over if one.first in line and key not in new else new)[key] = one.text
        line[one.first] = one.text
        done.append((one, was))
    _write(connection, new, over)
    return done


def remove(connection: Connection, nip: str, first: date, whats: Collection[What] = WHATS) -> int:
    """Take away what begins on a day and never held; return how much did. Raises NotKnown."""
    hold(connection, "person_posts")
    mine = select(people.c.id).where(people.c.nip == nip).scalar_subquery()
    gone = connection.execute(
        delete(person_posts).where(
            person_posts.c.person_id == mine,
            person_posts.c.valid_from == first,
            person_posts.c.what.in_(whats),
        )
    ).rowcount
    if not gone:
        raise NotKnown(f"no rank or post of this person begins on {first}; see people posts list")
    return gone


def _lines(rows: Iterable[DatedPost]) -> defaultdict[tuple[str, str], dict[date, str]]:
    found: defaultdict[tuple[str, str], dict[date, str]] = defaultdict(dict)
    for one in rows:
        found[one.nip, one.what][one.first] = one.text
    return found


def _on(line: Mapping[date, str], day: date) -> str:
    last = max((first for first in line if first <= day), default=None)
    return "" if last is None else line[last]


def _write(
    connection: Connection,
    new: Mapping[tuple[str, str, date], str],
    over: Mapping[tuple[str, str, date], str],
) -> None:
    ids = person_ids(connection)
    if new:
        connection.execute(insert(person_posts), [_row(ids, *one) for one in new.items()])
    if over:
        connection.execute(
            update(person_posts)
            .where(
                person_posts.c.person_id == bindparam("key"),
                person_posts.c.what == bindparam("of"),
                person_posts.c.valid_from == bindparam("since"),
            )
            .values(text=bindparam("new")),
            [
                {"key": ids[nip], "of": what, "since": first, "new": text}
                for (nip, what, first), text in over.items()
            ],
        )


def _row(ids: Mapping[str, int], key: tuple[str, str, date], text: str) -> dict[str, Any]:
    nip, what, first = key
    return {"person_id": ids[nip], "what": what, "valid_from": first, "text": text}
