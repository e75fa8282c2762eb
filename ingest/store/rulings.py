"""What people decided that bears on one office and day, as far as it is proven."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from ingest.coverage import Withdrawn
from ingest.store import decided, seals
from ingest.store.decided import Ruling, ruling
from ingest.store.tables import (
    adjustments,
    bad_records,
    people,
    punches,
    resolutions,
    terminals,
)

PunchKey = tuple[int, str, datetime]
"""Terminal id, user id and local time: what makes a punch one."""


class Added(NamedTuple):
    """A touch that somebody added."""

    nip: str
    local_time: datetime
    by: Ruling


class Verdict(NamedTuple):
    """What somebody decided of a doubtful punch."""

    accepted: bool
    by: Ruling


class Unproven(NamedTuple):
    """A decision whose seal does not fit, and whom it may concern: a person, or who made a punch,
    or whoever may have touched a terminal."""

    number: int
    nip: str | None
    terminal_id: int | None
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Rulings:
    """Decisions in force."""

    added: tuple[Added, ...] = ()
    voided: Mapping[PunchKey, Ruling] = field(default_factory=dict)
    verdicts: Mapping[PunchKey, Verdict] = field(default_factory=dict)
    settled: Mapping[str, Ruling] = field(default_factory=dict)
    """Bad records by their id."""
    withdrawn: Mapping[int, tuple[Withdrawn, ...]] = field(default_factory=dict)
    """By terminal id: when its coverage is not believed."""
    unproven: tuple[Unproven, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose decisions are asked for."""

    terminal_ids: Collection[int]
    serving: Select[tuple[int]]
    """Ids of people."""
    day: date
    start: datetime
    """The day's first moment."""
    window: tuple[datetime, datetime]
    """In which a punch that claims another day may have come on this one."""
    last: date | None = None
    """Where more than one day is asked for: the last of them. The window is then of all."""

    @property
    def days(self) -> tuple[date, date]:
        return self.day, self.last or self.day


def may_have_come(window: tuple[datetime, datetime]) -> ColumnElement[bool]:
    """Return the condition that a punch may have come in a window, whatever it claims."""
    return and_(
        punches.c.read_at >= window[0],
        punches.c.after_at.is_(None) | (punches.c.after_at < window[1]),
    )


def find(connection: Connection, scope: Scope, *, root: str | None) -> Rulings:
    """Return the decisions that bear on a day; `root` is the fingerprint of the trusted seal."""
    adjusted = _adjusted(connection, scope)
    resolved = _resolved(connection, scope)
    if not adjusted and not resolved:
        return Rulings()
    publics = seals.trusted(connection, root)
    one = decided.standing(adjustments, adjusted, publics, back="withdraws")
    two = decided.standing(resolutions, resolved, publics, back="reopens")
    return Rulings(
        added=tuple(
            Added(row.nip, row.local_time, ruling(row))
            for row in one.in_force
            if row.kind == "touch"
        ),
        voided={_punch(row): ruling(row) for row in one.in_force if row.kind == "void"},
        verdicts={
            _punch(row): Verdict(row.verdict == "accept", ruling(row))
            for row in two.in_force
            if row.kind == "punch"
        },
        settled={row.record: ruling(row) for row in two.in_force if row.kind == "record"},
        withdrawn=_withdrawn(two.in_force),
        unproven=tuple(_unproven(row) for row in (*one.unproven, *two.unproven)),
    )


def _adjusted(connection: Connection, scope: Scope) -> Sequence[Row[Any]]:
    nips = _nips(scope)
    return connection.execute(
        select(adjustments, terminals.c.id.label("terminal_id"))
        .outerjoin(terminals, terminals.c.serial == adjustments.c.terminal)
        .where(
            adjustments.c.local_day.between(*scope.days),
            or_(
                adjustments.c.nip.in_(nips),
                terminals.c.id.in_(scope.terminal_ids),
                adjustments.c.user_id.in_(nips),
            ),
        )
    ).all()


def _resolved(connection: Connection, scope: Scope) -> list[Row[Any]]:
    """Return resolutions of doubtful punches, of bad records and of coverage, a question each."""
    every = select(resolutions, terminals.c.id.label("terminal_id")).join(
        terminals, terminals.c.serial == resolutions.c.terminal
    )
    here = terminals.c.id.in_(scope.terminal_ids)
    of_punches = every.join(
        punches,
        and_(
            punches.c.terminal_id == terminals.c.id,
            punches.c.user_id == resolutions.c.user_id,
            punches.c.local_time == resolutions.c.local_time,
        ),
    ).where(
        resolutions.c.kind == "punch",
        punches.c.doubt.is_not(None),
        or_(punches.c.local_day.between(*scope.days), may_have_come(scope.window)),
        here | punches.c.user_id.in_(_nips(scope)),
    )
    of_records = every.join(bad_records, bad_records.c.id == resolutions.c.record).where(
        resolutions.c.kind == "record", bad_records.c.read_at >= scope.start, here
    )
    of_coverage = every.where(resolutions.c.kind == "coverage", here)
    return [
        row for query in (of_punches, of_records, of_coverage) for row in connection.execute(query)
    ]


def _nips(scope: Scope) -> Select[tuple[str]]:
    return select(people.c.nip).where(people.c.id.in_(scope.serving))


def _punch(row: Row[Any]) -> PunchKey:
    return row.terminal_id, row.user_id, row.local_time


def _withdrawn(rows: Sequence[Row[Any]]) -> dict[int, tuple[Withdrawn, ...]]:
    found: dict[int, tuple[Withdrawn, ...]] = {}
    for row in rows:
        if row.kind == "coverage":
            one = Withdrawn(row.since, row.until, ruling(row).text)
            found[row.terminal_id] = (*found.get(row.terminal_id, ()), one)
    return found


def _unproven(row: Row[Any]) -> Unproven:
    return Unproven(row.id, getattr(row, "nip", None), row.terminal_id, row.user_id)
