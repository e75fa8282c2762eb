"""Masses of warnings that wait for a person's yes, and what was said of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from ingest.errors import NotKnown, Refused
from ingest.store.tables import people
from ingest.store.tables_cases import case_events, case_notices, cases
from ingest.store.tables_notices import dispatches, storms

HELD, RELEASED, DROPPED = "held", "released", "dropped"


@dataclass(frozen=True, slots=True)
class Storm:
    number: int
    held_at: datetime
    warnings: int
    people: int
    about: Mapping[str, Mapping[str, int]]
    """How many warnings fell on which `offices` and `days` when a person decided."""
    state: str
    settled_at: datetime | None
    who: str
    why: str


def find(connection: Connection) -> list[Storm]:
    return [_storm(row) for row in connection.execute(select(storms).order_by(storms.c.id))]


def find_one(connection: Connection, number: int) -> Storm:
    """Return a storm. Raises NotKnown."""
    row = connection.execute(select(storms).where(storms.c.id == number)).one_or_none()
    if row is None:
        raise NotKnown(f"no storm {number}; see hadir-ingest notices storm list")
    return _storm(row)


def find_held(connection: Connection) -> Storm | None:
    """Return the storm that waits for a person; there is one at most."""
    query = select(storms).where(storms.c.state == HELD).order_by(storms.c.id).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _storm(row)


def begin(connection: Connection, *, warnings: int, people: int, now: datetime) -> int:
    """Keep that a mass was noticed; return its number."""
    made = connection.execute(
        insert(storms).values(
            held_at=now, warnings=warnings, people=people, about={}, state=HELD, who="", why=""
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def mass(connection: Connection, number: int) -> dict[str, dict[str, int]]:
    """Return how many of the warnings that are held fall on which offices and days, most first."""
    query = (
        select(cases.c.office, case_events.c.body, people.c.id)
        .select_from(dispatches)
        .join(case_notices, case_notices.c.id == dispatches.c.notice_id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .join(people, people.c.id == cases.c.person_id)
        .join(
            case_events,
            (case_events.c.case_id == cases.c.id) & (case_events.c.number == case_notices.c.event),
        )
        .where(
            dispatches.c.storm_id == number,
            dispatches.c.state == HELD,
            case_notices.c.what == "warning",
        )
    )
    offices: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for office, body, _ in connection.execute(query):
        offices[office] += 1
        days.update(set(body.get("about", {}).get("days", ())))
    return {"offices": dict(offices.most_common()), "days": dict(days.most_common())}


def settle(
    connection: Connection, number: int, *, state: str, who: str, why: str, now: datetime
) -> None:
    """Say what a person decided of a storm. Raises NotKnown, Refused."""
    known = find_one(connection, number)
    if known.state != HELD:
        raise Refused(f"storm {number} was {known.state} by {known.who}: {known.why}")
    connection.execute(
        update(storms)
        .where(storms.c.id == number)
        .values(state=state, settled_at=now, who=who, why=why, about=mass(connection, number))
    )


def last_settled(connection: Connection) -> datetime | None:
    """Return when a person last decided of a mass: what came before is no part of another."""
    found: datetime | None = connection.scalar(select(func.max(storms.c.settled_at)))
    return found


def _storm(row: Row[Any]) -> Storm:
    return Storm(
        row.id, row.held_at, row.warnings, row.people, row.about, row.state, row.settled_at,
        row.who, row.why,
    )  # fmt: skip
