"""User ids of which nothing is known on some day, found among the millions that are known.

Whose a touch is, is said by judging: here is only left out what certainly has an owner.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, tuple_

from ingest.nip import LENGTH
from ingest.store.facts import MappingFact
from ingest.store.tables import people, punches, user_ids
from ingest.store.touches import PunchFact, TerminalName

_AT_ONCE = 400
"""User ids of one question, each a terminal and a number: no database takes any number of them."""
Key = tuple[int, str]
"""Terminal id and user id."""


class Mapped(NamedTuple):
    """A mapping, and from when until when it holds."""

    first: date
    last: date | None
    fact: MappingFact

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or self.last >= day)


def find_mapped(
    connection: Connection, names: Mapping[int, TerminalName], days: tuple[date, date]
) -> list[Mapped]:
    """Return every mapping on these terminals that holds on one of the days."""
    places = sorted({one.office for one in names.values()})
    rows = connection.execute(
        select(user_ids).where(
            user_ids.c.terminal_id.in_(names) | user_ids.c.office.in_(places),
            user_ids.c.valid_from <= days[1],
            user_ids.c.valid_until.is_(None) | (user_ids.c.valid_until >= days[0]),
        )
    )
    return [
        Mapped(
            row.valid_from,
            row.valid_until,
            MappingFact(row.terminal_id, row.office, row.user_id, row.person_id),
        )
        for row in rows
    ]


def find_strangers(
    connection: Connection,
    names: Mapping[int, TerminalName],
    days: tuple[date, date],
    mapped: Iterable[Mapped],
    *,
    all_there_are: bool,
) -> list[Key]:
    """Return the user ids that touched these terminals and are not known all through these days.

    `all_there_are` says that these are all terminals of the store: to name each would cost more.
    """
    used = select(punches.c.terminal_id, punches.c.user_id).where(
        punches.c.local_day.between(*days)
    )
    if not all_there_are:
        used = used.where(punches.c.terminal_id.in_(names))
    known = {
        (
            one.fact.office if one.fact.terminal_id is None else one.fact.terminal_id,
            one.fact.user_id,
        )
        for one in mapped
        if one.first <= days[0] and (one.last is None or one.last >= days[1])
    }
    left = [
        (terminal_id, user_id)
        for terminal_id, user_id in connection.execute(used.distinct())
        if (terminal_id, user_id) not in known and (names[terminal_id].office, user_id) not in known
    ]
    own = _own(connection, {user_id for _, user_id in left})
    return sorted(one for one in left if one[1] not in own)


def _own(connection: Connection, asked: Collection[str]) -> dict[str, int]:
    """Return whose NIP a user id is, of those that are one."""
    if not any(len(one) == LENGTH for one in asked):
        return {}
    rows = connection.execute(select(people.c.nip, people.c.id))
    return {nip: person_id for nip, person_id in rows if nip in asked}


def find_touches(
    connection: Connection,
    names: Mapping[int, TerminalName],
    days: tuple[date, date],
    strangers: Sequence[Key],
    decided: Collection[Key],
) -> dict[tuple[str, date], list[PunchFact]]:
    """Return a punch of each stranger and day, and all of those of which one was decided.

    A regency in which nobody is mapped yet has a million in a month; a name is enough.
    """
    query = select(punches.c.terminal_id, punches.c.user_id, punches.c.local_day).where(
        punches.c.local_day.between(*days)
    )
    key = (punches.c.terminal_id, punches.c.user_id, punches.c.local_day)
    first = query.add_columns(func.min(punches.c.local_time), func.max(punches.c.read_at))
    every = query.add_columns(
        punches.c.local_time, punches.c.read_at, punches.c.doubt, punches.c.after_at
    )
    found: defaultdict[tuple[str, date], list[PunchFact]] = defaultdict(list)
    plain = [one for one in strangers if one not in decided]
    for asked, these in ((first.group_by(*key), plain), (every, [*{*strangers} & {*decided}])):
        for place in range(0, len(these), _AT_ONCE):
            some = tuple_(punches.c.terminal_id, punches.c.user_id).in_(these[place:][:_AT_ONCE])
            for terminal_id, user_id, day, local_time, read_at, *rest in connection.execute(
                asked.where(some)
            ):
                doubt, after_at = rest or (None, None)
                name = names[terminal_id]
                found[name.office, day].append(
                    PunchFact(name, user_id, local_time, doubt, read_at, after_at, "", None)
                )
    return {pair: sorted(some, key=_order) for pair, some in found.items()}


def _order(one: PunchFact) -> tuple[datetime, int, str]:
    """Return by what `touches.find_punches` orders."""
    return one.local_time, one.terminal.id, one.user_id
