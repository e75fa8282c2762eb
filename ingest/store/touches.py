"""Punches as they bear on a day: those that claim it, and others that may belong to it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal_column, select

from ingest.store import rulings
from ingest.store.tables import adjustments, people, punches, resolutions, terminals

_DAY = timedelta(days=1)
ROAMING = timedelta(days=31)
"""How long before or after a day a use of the own NIP elsewhere binds that day to the terminal."""

NIP_USED = func.length(punches.c.user_id) == literal_column("18")
"""The condition that a user id may be a NIP, in the words the index asks for."""


class TerminalName(NamedTuple):
    """Where a punch came from; a person's own NIP may be used on any terminal of any office."""

    id: int
    name: str
    office: str
    registered: bool


class PunchFact(NamedTuple):
    """A punch that claims this day."""

    terminal: TerminalName
    user_id: str
    local_time: datetime
    doubt: str | None
    read_at: datetime
    after_at: datetime | None
    source: str
    own_id: int | None
    """The person whose NIP this user id is."""


class DoubtfulFact(NamedTuple):
    """Punches of one user id that claim other days and may belong to this one."""

    terminal: TerminalName
    user_id: str
    own_id: int | None
    claimed: datetime
    times: int


def find_by_nip(
    connection: Connection, counting: Sequence[int], serving: Select[tuple[int]], day: date
) -> frozenset[int]:
    used = exists().where(
        punches.c.terminal_id.in_(counting),
        punches.c.user_id == people.c.nip,
        NIP_USED,
        punches.c.local_day <= day,
        punches.c.local_time < datetime.combine(day + _DAY, time()),  # not in later months
        punches.c.doubt.is_(None),
        ~_is_void(),
    )
    return frozenset(connection.scalars(select(people.c.id).where(people.c.id.in_(serving), used)))


def _is_void() -> ColumnElement[bool]:
    """Return the condition that somebody made a punch void. Whether that is proven is not asked: a
    punch less makes nobody absent."""
    back = adjustments.alias("back")
    return exists().where(
        adjustments.c.kind == "void",
        adjustments.c.local_day == punches.c.local_day,
        adjustments.c.terminal == terminals.c.serial,
        terminals.c.id == punches.c.terminal_id,
        adjustments.c.user_id == punches.c.user_id,
        adjustments.c.local_time == punches.c.local_time,
        ~exists().where(back.c.withdraws == adjustments.c.id),
    )


def find_roaming(
    connection: Connection, office: str, serving: Select[tuple[int]], day: date
) -> frozenset[tuple[int, int]]:
    rows = connection.execute(
        select(people.c.id, punches.c.terminal_id)
        .join(punches, punches.c.user_id == people.c.nip)
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(
            people.c.id.in_(serving),
            NIP_USED,
            *_on(day - ROAMING, day + ROAMING),
            terminals.c.office != office,
        )
        .distinct()
    )
    return frozenset((row[0], row[1]) for row in rows)


_NAME = (terminals.c.id, terminals.c.name, terminals.c.office, terminals.c.registered)
_own = people.alias("own")


def find_punches(
    connection: Connection, ids: Sequence[int], serving: Select[tuple[int]], day: date
) -> tuple[PunchFact, ...]:
    """Return what was touched on these terminals, and by the NIPs of these people elsewhere.

    Asked apart: as one question it would read the whole day of every office.
    """
    every = (
        select(
            *_NAME,
            punches.c.user_id,
            punches.c.local_time,
            punches.c.doubt,
            punches.c.read_at,
            punches.c.after_at,
            punches.c.source,
            _own.c.id,
        )
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .outerjoin(_own, _own.c.nip == punches.c.user_id)
        .where(*_on(day, day))
    )
    here = every.where(punches.c.terminal_id.in_(ids))
    elsewhere = every.where(
        NIP_USED,
        punches.c.user_id.in_(select(people.c.nip).where(people.c.id.in_(serving))),
        punches.c.terminal_id.not_in(ids),
    )
    rows = [row for query in (here, elsewhere) for row in connection.execute(query).all()]
    found = [PunchFact(TerminalName(*row[:4]), *row[4:]) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.local_time, one.terminal.id, one.user_id)))


def _on(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a punch claims these days; its time tells in which months."""
    return (
        punches.c.local_day.between(first, last),
        punches.c.local_time >= datetime.combine(first, time()),
        punches.c.local_time < datetime.combine(last + _DAY, time()),
    )


def find_doubtful(
    connection: Connection,
    ids: Sequence[int],
    serving: Select[tuple[int]],
    day: date,
    window: tuple[datetime, datetime],
) -> tuple[DoubtfulFact, ...]:
    rows = connection.execute(
        select(
            *_NAME,
            punches.c.user_id,
            _own.c.id,
            func.min(punches.c.local_time),
            func.count(),
        )
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .outerjoin(_own, _own.c.nip == punches.c.user_id)
        .where(
            *_claims_another_day(ids, serving, day, window),
            ~_anybody_decided(),
        )
        .group_by(*_NAME, punches.c.user_id, _own.c.id)
        .order_by(terminals.c.id, punches.c.user_id)
    )
    return tuple(DoubtfulFact(TerminalName(*row[:4]), *row[4:]) for row in rows)


def find_decided(
    connection: Connection,
    ids: Sequence[int],
    serving: Select[tuple[int]],
    day: date,
    window: tuple[datetime, datetime],
) -> tuple[DoubtfulFact, ...]:
    rows = connection.execute(
        select(*_NAME, punches.c.user_id, _own.c.id, punches.c.local_time)
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .outerjoin(_own, _own.c.nip == punches.c.user_id)
        .where(*_claims_another_day(ids, serving, day, window), _anybody_decided())
        .order_by(punches.c.local_time, terminals.c.id, punches.c.user_id)
    )
    return tuple(DoubtfulFact(TerminalName(*row[:4]), *row[4:], times=1) for row in rows)


def _claims_another_day(
    ids: Sequence[int],
    serving: Select[tuple[int]],
    day: date,
    window: tuple[datetime, datetime],
) -> tuple[ColumnElement[bool], ...]:
    return (
        punches.c.doubt.is_not(None),
        punches.c.local_day != day,
        rulings.may_have_come(window),
        punches.c.terminal_id.in_(ids) | _own.c.id.in_(serving),
    )


def _anybody_decided() -> ColumnElement[bool]:
    """Return the condition that a row tells of a punch; what the row is worth is asked later."""
    return exists().where(
        resolutions.c.terminal == terminals.c.serial,
        resolutions.c.user_id == punches.c.user_id,
        resolutions.c.local_time == punches.c.local_time,
    )
