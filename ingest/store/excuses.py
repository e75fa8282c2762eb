"""Excuses in the store: given and taken back as sealed rows, listed, and verified.

What one may be given for is looked at before (`ingest.calendar.excusing`); here it is written, and
each day it bears on is marked in the same commit.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from ingest.calendar.excusing import Claim, Earlier
from ingest.seal import Seal
from ingest.store import decided, marks, sealed, seals
from ingest.store.decided import Grounds
from ingest.store.sealed import Fault, Head
from ingest.store.tables import assignments, days, people
from ingest.store.tables_time import excuses, roster_days
from ingest.store.touched import meets

GIVE, WITHDRAW = "give", "withdraw"
ACTS = ("excuses.give", "excuses.import", "excuses.withdraw")
_BACK = "withdraws"
_AT_ONCE = 500  # parameters of one statement
_DAY = timedelta(days=1)


class New(NamedTuple):
    """An excuse to be given."""

    nip: str
    claim: Claim
    approver: str
    why: str


@dataclass(frozen=True, slots=True)
class StoredExcuse:
    """One row, and what it is worth now: `in force`, `taken back`, `not proven` or `withdrawal`."""

    number: int
    kind: str
    worth: str
    nip: str
    type: str
    first: date
    last: date
    from_time: time | None
    until_time: time | None
    approver: str
    why: str
    letter: str
    who: str
    os_user: str
    at: datetime
    withdraws: int | None
    seal: str


def hold(connection: Connection) -> None:
    """Let nobody else give or take back until this transaction ends: call before looking."""
    sealed.hold(connection, excuses)


def give(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    new: Sequence[New],
    *,
    now: datetime,
    today: date,
) -> list[Head]:
    """Give excuses, each for its own reason; of `grounds` only who acts is taken."""
    rows = [_row(one) for one in new]
    own = [grounds._replace(why=one.why, letter=one.claim.letter) for one in new]
    made = [
        decided.decide(connection, excuses, seal, why, row, now=now)
        for why, row in zip(own, rows, strict=True)
    ]
    _mark(connection, [(one.nip, one.claim.first, one.claim.last) for one in new], today)
    return made


def withdraw(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    number: int,
    *,
    now: datetime,
    today: date,
) -> Head:
    """Take back an excuse; both rows stay. Raises NotKnown, Refused."""
    hold(connection)
    rows = decided.with_takers(
        connection, excuses, select(excuses).where(excuses.c.id == number), back=_BACK
    )
    publics = seals.trusted(connection)
    found = decided.require_open(excuses, number, rows, publics, back=_BACK)
    copied = ("nip", "type", "first", "last", "from_time", "until_time", "approver")
    row = {"kind": WITHDRAW, _BACK: number} | {name: getattr(found, name) for name in copied}
    made = decided.decide(connection, excuses, seal, grounds, row, now=now)
    _mark(connection, [(found.nip, found.first, found.last)], today)
    return made


def find(
    connection: Connection,
    *,
    root: str | None = None,
    number: int | None = None,
    nip: str | None = None,
    office: str | None = None,
    type_code: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[StoredExcuse]:
    """Return excuses in their order; of an office: of who serves there on a day of the excuse.

    `root` is the fingerprint of the seal that is trusted; of a number also what took it back.
    """
    query = select(excuses)
    if number is not None:
        query = query.where(or_(excuses.c.id == number, excuses.c.withdraws == number))
    if nip is not None:
        query = query.where(excuses.c.nip == nip)
    if office is not None:
        query = query.where(excuses.c.nip.in_(_serving(office)))
    if type_code is not None:
        query = query.where(excuses.c.type == type_code)
    if first is not None:
        query = query.where(excuses.c.last >= first)
    if last is not None:
        query = query.where(excuses.c.first <= last)
    rows = connection.execute(query.order_by(excuses.c.id)).all()
    publics = seals.trusted(connection, root)
    together = decided.with_takers(connection, excuses, query, back=_BACK)
    worths = decided.worths(excuses, together, publics, back=_BACK, taking_back="withdrawal")
    return [_stored(row, worths[row.id]) for row in rows]


def find_earlier(
    connection: Connection, nips: Sequence[str], root: str | None = None
) -> dict[str, list[Earlier]]:
    """Return by NIP what was given before, in force or taken back since; of what a seal proves
    that leads to `root`."""
    rows: list[Row[Any]] = []
    for place in range(0, len(nips), _AT_ONCE):
        some = nips[place : place + _AT_ONCE]
        rows += connection.execute(select(excuses).where(excuses.c.nip.in_(some))).all()
    stands = decided.standing(excuses, rows, seals.trusted(connection, root), back=_BACK)
    in_force = {row.id for row in stands.in_force}
    unproven = {row.id for row in stands.unproven}
    found: defaultdict[str, list[Earlier]] = defaultdict(list)
    for row in rows:
        if row.kind == GIVE and row.id not in unproven:
            hours = None if row.from_time is None else (row.from_time, row.until_time)
            found[row.nip].append(
                Earlier(
                    f"excuse {row.id}",
                    row.type,
                    row.first,
                    row.last,
                    hours,
                    row.letter,
                    taken_back=row.id not in in_force,
                )
            )
    return found


def find_types_in_force(connection: Connection, root: str | None) -> dict[str, int]:
    """Return how many excuses in force there are of each type."""
    rows = connection.execute(select(excuses)).all()
    found: defaultdict[str, int] = defaultdict(int)
    stands = decided.standing(excuses, rows, seals.trusted(connection, root), back=_BACK)
    for row in stands.in_force:
        found[row.type] += 1
    return found


def find_judged(connection: Connection, one: StoredExcuse) -> Mapping[date, str]:
    """Return what the days of an excuse came to, by day, as far as they were judged."""
    rows = connection.execute(
        select(days.c.day, days.c.status)
        .join(people, people.c.id == days.c.person_id)
        .where(people.c.nip == one.nip, days.c.day.between(one.first, one.last))
        .order_by(days.c.day)
    )
    return {row.day: row.status for row in rows}


def faults(connection: Connection, root: str | None = None) -> Iterator[Fault]:
    """Yield what is wrong with excuses; `root` is the seal that is trusted."""
    return decided.faults(connection, excuses, ACTS, root)


def head(connection: Connection) -> Head:
    return sealed.head(connection, excuses)


def _row(one: New) -> dict[str, Any]:
    since, until = one.claim.hours or (None, None)
    return {
        "kind": GIVE,
        "nip": one.nip,
        "type": one.claim.type.code,
        "first": one.claim.first,
        "last": one.claim.last,
        "from_time": since,
        "until_time": until,
        "approver": one.approver,
    }


def _stored(row: Row[Any], worth: str) -> StoredExcuse:
    told = {name: getattr(row, name) for name in StoredExcuse.__slots__ if hasattr(row, name)}
    return StoredExcuse(number=row.id, worth=worth, **told)


def _serving(office: str) -> Select[tuple[str]]:
    return (
        select(people.c.nip)
        .join(assignments, assignments.c.person_id == people.c.id)
        .where(
            assignments.c.office == office,
            _meets_excuse(assignments.c.valid_from, assignments.c.valid_until),
        )
        .correlate(excuses)
    )


def _meets_excuse(begins: ColumnElement[Any], ends: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that an assignment shares a day with the excuse of the outer query."""
    return and_(begins <= excuses.c.last, or_(ends.is_(None), ends >= excuses.c.first))


def _mark(connection: Connection, spans: Sequence[tuple[str, date, date]], today: date) -> None:
    """Have each day looked at again on which an excuse bears, as far as days have begun.

    The last ones by the calendar, whether anybody judged them or not: somebody may be about to. Of
    those further back, the ones that were judged.
    """
    begun = [(nip, first, min(last, today)) for nip, first, last in spans if first <= today]
    found: set[tuple[str, date, int]] = set()
    for nip, first, last in begun:
        found |= _of_person(connection, nip, first, last)
    marks.mark_person_days(connection, found)


def _of_person(
    connection: Connection, nip: str, first: date, last: date
) -> set[tuple[str, date, int]]:
    person = select(people.c.id).where(people.c.nip == nip).scalar_subquery()
    first = _before_shift(connection, nip, first)
    served = connection.execute(
        select(assignments).where(
            assignments.c.person_id == person,
            meets(assignments.c.valid_from, assignments.c.valid_until, first, last),
        )
    ).all()
    judged = connection.execute(
        select(days.c.office, days.c.day, days.c.person_id).where(
            days.c.person_id == person, days.c.day.between(first, last)
        )
    )
    return {(row.office, row.day, row.person_id) for row in judged} | {
        (one.office, day, one.person_id)
        for day in marks.days_between(first, last)
        for one in served
        if one.valid_from <= day <= (one.valid_until or date.max)
    }


def _before_shift(connection: Connection, nip: str, first: date) -> date:
    """Return the day before where a roster has the person work then: it may reach into this one."""
    shift = connection.scalar(
        select(roster_days.c.shift)
        .join(people, people.c.id == roster_days.c.person_id)
        .where(people.c.nip == nip, roster_days.c.day == first - _DAY)
    )
    return first if shift is None else first - _DAY
