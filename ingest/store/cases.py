"""Cases as they stand: the projection of their events, and whom the machine has to ask about.

`case_events` is the truth. A row here is written in the transaction of each event, and says how
many there are: of two who add one at a time, the second is refused.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from ingest.discipline import Effect, statuses
from ingest.discipline.cases import CaseState, Phase
from ingest.errors import NotKnown, StoreError
from ingest.store.tables import day_changes, days, people
from ingest.store.tables_cases import cases

_WITHDRAWN, _CLOSED = Phase.WITHDRAWN.value, Phase.CLOSED.value
_ABSENT = statuses(Effect.COUNTS)
_STREAK = timedelta(days=92)
"""How long before its last day a streak that opens a case may have begun."""


@dataclass(frozen=True, slots=True)
class StoredCase:
    """One case; `state` is a `Phase`."""

    number: int
    person_id: int
    nip: str
    name: str
    office: str
    opened_on: date
    state: str
    changed_at: datetime
    closed_on: date | None
    events: int


def hold(connection: Connection, person_id: int) -> None:
    """Let nobody else touch the cases of a person until this transaction ends."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"hadir.cases {person_id}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def find(
    connection: Connection,
    *,
    office: str | None = None,
    nip: str | None = None,
    state: str | None = None,
    ended: bool = True,
    person_id: int | None = None,
) -> list[StoredCase]:
    """Return cases by number; without `ended` only those that are neither closed nor withdrawn."""
    query = _query().order_by(cases.c.id)
    for column, wanted in (
        (cases.c.office, office),
        (people.c.nip, nip),
        (cases.c.state, state),
        (cases.c.person_id, person_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if not ended:
        query = query.where(cases.c.state.not_in((_CLOSED, _WITHDRAWN)))
    return [_stored(row) for row in connection.execute(query)]


def find_one(connection: Connection, number: int) -> StoredCase:
    """Return a case. Raises NotKnown."""
    row = connection.execute(_query().where(cases.c.id == number)).one_or_none()
    if row is None:
        raise NotKnown(f"no case {number}; see hadir-ingest cases list --ended")
    return _stored(row)


def begin(connection: Connection, person_id: int, office: str, day: date, now: datetime) -> int:
    """Make a case that has no event yet; return its number."""
    made = connection.execute(
        insert(cases).values(
            person_id=person_id,
            office=office,
            opened_on=day,
            state=Phase.OPEN.value,
            changed_at=now,
            events=0,
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def project(connection: Connection, number: int, state: CaseState, now: datetime) -> None:
    """Write what a case has come to by its last event. Raises StoreError if another was faster."""
    done = connection.execute(
        update(cases)
        .where(cases.c.id == number, cases.c.events == state.events - 1)
        .values(events=state.events, changed_at=now, **projection(state))
    )
    if done.rowcount != 1:
        raise StoreError(f"case {number} has changed meanwhile; look at it and try again")


def projection(state: CaseState) -> dict[str, Any]:
    """Return what of a case stands in its row."""
    return {
        "office": state.subject.office,
        "opened_on": state.opened_on,
        "state": state.phase.value,
        "closed_on": None if state.ending is None else state.ending.on,
    }


def find_live(connection: Connection) -> set[int]:
    """Return who has a case that may go on, or one that was closed and whose days changed since."""
    live = select(cases.c.person_id).where(cases.c.state.not_in((_CLOSED, _WITHDRAWN)))
    late = select(cases.c.person_id).where(
        cases.c.state == _CLOSED, _judged_since(cases.c.changed_at, cases.c.closed_on)
    )
    return {*connection.scalars(live), *connection.scalars(late)}


def find_touched(connection: Connection, since: datetime) -> set[int]:
    """Return who has a case that is not withdrawn, and days that were judged again since."""
    query = select(cases.c.person_id).where(cases.c.state != _WITHDRAWN, _judged_since(since, None))
    return set(connection.scalars(query))


def _judged_since(since: Any, before: Any) -> ColumnElement[bool]:
    """Return the condition that days of the person of a case were written or taken away since.

    The days of a case that ended lie before its end: what is judged of him later is no news to it.
    """
    written = exists().where(days.c.person_id == cases.c.person_id, days.c.evaluated_at >= since)
    changed = exists().where(
        day_changes.c.person_id == cases.c.person_id, day_changes.c.at >= since
    )
    if before is not None:
        written, changed = written.where(days.c.day < before), changed.where(
            day_changes.c.day < before
        )  # fmt: skip
    return or_(written, changed)


def find_absent(
    connection: Connection, *, today: date, within_days: int, at_least: int
) -> set[int]:
    """Return who was absent so often before today that a case may open, the last time within so
    many days."""
    oldest = today - timedelta(days=within_days)
    query = (
        select(days.c.person_id)
        .where(days.c.status.in_(_ABSENT), days.c.day >= oldest - _STREAK, days.c.day < today)
        .group_by(days.c.person_id)
        .having(func.count() >= at_least, func.max(days.c.day) >= oldest)
    )
    return set(connection.scalars(query))


def nips(connection: Connection, person_ids: Collection[int]) -> dict[int, str]:
    query = select(people.c.id, people.c.nip).where(people.c.id.in_(person_ids))
    return {row.id: row.nip for row in connection.execute(query)}


def _query() -> Select[Any]:
    return select(cases, people.c.nip, people.c.name).join(people, people.c.id == cases.c.person_id)


def _stored(row: Row[Any]) -> StoredCase:
    return StoredCase(
        row.id, row.person_id, row.nip, row.name, row.office, row.opened_on, row.state,
        row.changed_at, row.closed_on, row.events,
    )  # fmt: skip
