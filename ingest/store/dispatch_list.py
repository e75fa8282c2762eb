"""Dispatches as people look at them: to whom, of what, by which way, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from ingest.store.tables import people
from ingest.store.tables_cases import case_notices, cases
from ingest.store.tables_notices import dispatches


@dataclass(frozen=True, slots=True)
class Listed:
    number: int
    case: int
    case_office: str
    event: int
    what: str
    nip: str | None
    office: str | None
    name: str | None
    channel: str
    address: str
    state: str
    not_before: datetime
    tries: int
    fault: str
    failure: str
    why: str
    made_at: datetime
    sending_at: datetime | None
    accepted_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    told_at: datetime | None
    storm: int | None


def find(
    connection: Connection,
    *,
    office: str | None = None,
    states: Collection[str] = (),
    paper: bool = False,
    number: int | None = None,
) -> list[Listed]:
    """Return dispatches by number: of the cases of an office and to that office, in some states;
    with `paper` only what is left to be told by a letter."""
    query = (
        select(
            dispatches, case_notices.c.case_id, case_notices.c.event, case_notices.c.what,
            case_notices.c.nip, case_notices.c.office, case_notices.c.told_at, people.c.name,
            cases.c.office.label("case_office"),
        )
        .join(case_notices, case_notices.c.id == dispatches.c.notice_id)
        .join(cases, cases.c.id == case_notices.c.case_id)
        .outerjoin(people, people.c.nip == case_notices.c.nip)
        .order_by(dispatches.c.id)
    )  # fmt: skip
    if office is not None:
        query = query.where(or_(cases.c.office == office, case_notices.c.office == office))
    if states:
        query = query.where(dispatches.c.state.in_(states))
    if paper:
        query = query.where(
            dispatches.c.channel == "-paper",
            dispatches.c.state == "waiting",
            case_notices.c.told_at.is_(None),
        )
    if number is not None:
        query = query.where(dispatches.c.id == number)
    return [_listed(row) for row in connection.execute(query)]


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        row.id, row.case_id, row.case_office, row.event, row.what, row.nip, row.office, row.name,
        row.channel, row.address, row.state, row.not_before, row.tries, row.fault, row.failure,
        row.why, row.made_at, row.sending_at, row.accepted_at, row.delivered_at, row.read_at,
        row.told_at, row.storm_id,
    )  # fmt: skip
