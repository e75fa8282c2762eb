"""From marks on user ids to marks on whoever their punches may concern, and to the shifts beside.

A mark on a person is final: whoever writes it writes those of the shifts beside it, too. A mark on
a whole office is not, because what sets it (coverage, decisions, imports) does not look at rosters:
when it is taken, the days beside it are marked for who works by one, in the same transaction. Were
that done before, a mark that comes in between would be judged and its shifts would not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, text

from ingest.store import marked_ids
from ingest.store.database import in_one_place
from ingest.store.marked_ids import Marked, find_marked_ids
from ingest.store.marks import mark_office_days, mark_person_days
from ingest.store.serving import valid_on
from ingest.store.tables import (
    assignments,
    days,
    dirty_punches,
    punches,
    user_ids,
)
from ingest.store.tables_time import roster_days
from ingest.store.touches import NIP_USED, ROAMING

_DAY = timedelta(days=1)
_AT_ONCE = 500  # parameters of one statement
_COME = text(
    "SELECT o.office, o.day FROM unnest(CAST(:offices AS text[]), CAST(:days AS date[]))"
    " AS o(office, day) CROSS JOIN LATERAL (SELECT FROM days d"
    " WHERE d.office = o.office AND d.day = o.day"
    " AND (d.first_in IS NOT NULL OR d.last_out IS NOT NULL) LIMIT 1) AS somebody"
)

PersonDay = tuple[str, date, int]
"""Office, day and person."""


class Spread(NamedTuple):
    """What marks on user ids come to."""

    offices: set[tuple[str, date]]
    """Office-days as a whole."""
    people: set[PersonDay]


def spread_marks(connection: Connection, *, today: date) -> None:
    """Turn marks on user ids into marks on whoever their punches may concern.

    A mark of tomorrow, of a clock that is a little ahead, waits for it; one of a day further away
    waits for nothing.
    """
    if connection.dialect.name == "postgresql":
        # what is read below and what is deleted in the end must be the same marks
        connection.execute(text("LOCK TABLE dirty_punches IN SHARE ROW EXCLUSIVE MODE"))
    found = find_spread(connection, today=today)
    # all offices at once and in one order: whoever stores marks two of them in that order as well
    mark_office_days(connection, found.offices)
    mark_person_days(connection, found.people)
    connection.execute(delete(dirty_punches))


def take_few(connection: Connection, *, most: int, today: date) -> Spread | None:
    """Take marks on user ids away and return whom they may concern: nobody is marked by it.

    None, and nothing is taken, where there are more than `most`, or rows are not to be locked.
    """
    if not in_one_place(connection):
        return None
    marks = marked_ids.take_few(connection, most=most, until=today + _DAY)
    return None if marks is None else _spread(connection, marks, today)


def find_spread(connection: Connection, *, today: date) -> Spread:
    """Return whom the marks on user ids may concern, and write nothing."""
    return _spread(connection, find_marked_ids(connection, until=today + _DAY), today)


def _spread(connection: Connection, marks: Sequence[Marked], today: date) -> Spread:
    """Return whom marks on user ids may concern.

    These are the people it stands for; where nothing is known of it, everybody of the terminal's
    office, and of every other of which somebody is known there.
    """
    touched = {(who, one.local_day) for one in marks for who in one.people}
    found = set(_served(connection, touched)) | _bound(connection, marks, today)
    quiet = _quiet(connection, {(office, day) for office, day, _ in found})
    nobodys = {(one.terminal_id, one.office, one.local_day) for one in marks if one.nobodys}
    return Spread(
        {(office, day) for _, office, day in nobodys} | _known_there(connection, nobodys) | quiet,
        {one for one in found if one[:2] not in quiet},
    )


def mark_beside(
    connection: Connection, pairs: Collection[tuple[str, date]], *, today: date
) -> list[PersonDay]:
    """Mark the days beside office-days, for who has a shift on them; return whom it marked."""
    found = find_beside(connection, pairs, today=today)
    mark_person_days(connection, found)
    return found


def find_beside(
    connection: Connection, pairs: Collection[tuple[str, date]], *, today: date
) -> list[PersonDay]:
    """Return the days beside office-days, of who has a shift on them.

    A touch may belong to a shift that began the day before, or begins the day after.
    """
    wanted = {(office, day + step) for office, day in pairs for step in (-_DAY, _DAY)}
    if not wanted:
        return []
    first, last = min(day for _, day in wanted), min(max(day for _, day in wanted), today)
    rows = connection.execute(
        select(assignments.c.office, roster_days.c.day, roster_days.c.person_id)
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(
            roster_days.c.shift.is_not(None),
            roster_days.c.day.between(first, last),
            assignments.c.office.in_(sorted({office for office, _ in wanted})),
            valid_on(assignments, roster_days.c.day),
        )
    )
    return [(row.office, row.day, row.person_id) for row in rows if (row.office, row.day) in wanted]


def _known_there(
    connection: Connection, marks: Collection[tuple[int, str, date]]
) -> set[tuple[str, date]]:
    """Return the office-days on which somebody serves who is known on these terminals."""
    at: defaultdict[tuple[int, str], set[date]] = defaultdict(set)
    for terminal_id, office, day in marks:
        at[terminal_id, office].add(day)
    found = set()
    for (terminal_id, office), marked in sorted(at.items()):
        rows = connection.execute(
            select(assignments.c.office, assignments.c.valid_from, assignments.c.valid_until)
            .join(user_ids, user_ids.c.person_id == assignments.c.person_id)
            .where((user_ids.c.terminal_id == terminal_id) | (user_ids.c.office == office))
            .distinct()
        )
        for row in rows:
            last = row.valid_until or date.max
            found |= {(row.office, day) for day in marked if row.valid_from <= day <= last}
    return found


def _served(connection: Connection, touched: set[tuple[int, date]]) -> Iterator[PersonDay]:
    """Yield where people serve on these days, and on the days beside on which they have a shift.

    Whose last day ended with a night shift leaves on a day on which he serves nowhere.
    """
    at: defaultdict[int, set[date]] = defaultdict(set)
    for person_id, day in touched:
        at[person_id].add(day)
    ids = sorted(at)
    for place in range(0, len(ids), _AT_ONCE):
        some = ids[place : place + _AT_ONCE]
        for row in connection.execute(select(assignments).where(assignments.c.person_id.in_(some))):
            last = row.valid_until or date.max
            for day in at[row.person_id]:
                if row.valid_from <= day <= last:
                    yield row.office, day, row.person_id
        yield from _shifts_beside(connection, {one: at[one] for one in some})


def _shifts_beside(connection: Connection, at: Mapping[int, set[date]]) -> Iterator[PersonDay]:
    first = min(min(days) for days in at.values()) - _DAY
    last = max(max(days) for days in at.values()) + _DAY
    for row in connection.execute(
        select(assignments.c.office, roster_days.c.day, roster_days.c.person_id)
        .join(assignments, assignments.c.person_id == roster_days.c.person_id)
        .where(
            roster_days.c.person_id.in_(at.keys()),
            roster_days.c.day.between(first, last),
            roster_days.c.shift.is_not(None),
            valid_on(assignments, roster_days.c.day),
        )
    ):
        if not at[row.person_id].isdisjoint((row.day - _DAY, row.day + _DAY)):
            yield row.office, row.day, row.person_id


class _Own(NamedTuple):
    """Somebody's own NIP, used on a terminal."""

    person_id: int
    terminal_id: int
    office: str
    """The terminal's."""
    user_id: str


def _bound(connection: Connection, marks: Iterable[Marked], today: date) -> set[PersonDay]:
    """Return the judged days that now wait for a terminal of another office as well.

    Who uses the own NIP there may have touched there on each day around: what was judged without
    that terminal, minutes among it, is looked at again.
    """
    used: defaultdict[_Own, set[date]] = defaultdict(set)
    for mark in marks:
        if mark.own_id is not None:
            own = _Own(mark.own_id, mark.terminal_id, mark.office, mark.user_id)
            used[own].add(mark.local_day)
    found: set[PersonDay] = set()
    for one, at in sorted(used.items()):
        new = _around(at) - _around(_used(connection, one, at))
        if not new:
            continue
        rows = connection.execute(
            select(days.c.office, days.c.day, days.c.person_id).where(
                days.c.person_id == one.person_id,
                days.c.day.between(min(new), min(max(new), today)),
                days.c.office != one.office,
            )
        )
        found |= {(row.office, row.day, row.person_id) for row in rows if row.day in new}
    return found


def _used(connection: Connection, one: _Own, at: set[date]) -> set[date]:
    """Return other days around on which somebody used the own NIP on a terminal: they bind, too."""
    return set(
        connection.scalars(
            select(punches.c.local_day)
            .where(
                punches.c.terminal_id == one.terminal_id,
                punches.c.user_id == one.user_id,
                NIP_USED,
                punches.c.local_day.between(min(at) - 2 * ROAMING, max(at) + 2 * ROAMING),
                punches.c.local_day.not_in(at),
            )
            .distinct()
        )
    )


def _around(at: Collection[date]) -> set[date]:
    return {day + timedelta(days=n) for day in at for n in range(-ROAMING.days, ROAMING.days + 1)}


def _quiet(connection: Connection, pairs: set[tuple[str, date]]) -> set[tuple[str, date]]:
    """Return the office-days on which nobody has come yet, as far as anybody judged them.

    There the first touch concerns everybody: nobody's day may have been judged at all, or terminals
    on which nothing was touched may have been taken for dead.
    """
    asked = sorted(pairs)
    offices, at = [office for office, _ in asked], [day for _, day in asked]
    if in_one_place(connection):
        rows = connection.execute(_COME, {"offices": offices, "days": at})
    else:
        rows = connection.execute(
            select(days.c.office, days.c.day)
            .where(
                days.c.office.in_(sorted(set(offices))),
                days.c.day.in_(sorted(set(at))),
                days.c.first_in.is_not(None) | days.c.last_out.is_not(None),
            )
            .distinct()
        )
    return pairs - {(row.office, row.day) for row in rows}
