"""Who has to be told what, with what was done about it: the outbox of the cases, read.

`case_notices` is written with the step of a case. Nothing is added here; a notice is told when its
row says so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, or_, select, text

from ingest.store.tables import assignments, offices, people
from ingest.store.tables_cases import case_notices, cases
from ingest.store.tables_notices import dispatches, office_contacts

MANY = 5_000
"""How many notices are planned at once; the rest follow in the next round."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One fact that somebody has to be told."""

    number: int
    case: int
    event: int
    what: str
    nip: str | None
    office: str | None
    due_at: datetime
    told_at: datetime | None
    how: str | None
    person_id: int
    """Whom the case is about."""
    case_office: str
    ended: bool
    """Whether the case is closed or withdrawn."""

    @property
    def key(self) -> tuple[str | None, str | None]:
        return self.nip, self.office


def hold(connection: Connection) -> None:
    """Let nobody else plan, claim or settle until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('hadir.notices', 0))")
        )


def find_new(connection: Connection, now: datetime) -> list[Notice]:
    """Return what is due and untold, and for which no way was chosen yet, oldest first."""
    query = (
        _query()
        .where(
            case_notices.c.told_at.is_(None),
            case_notices.c.due_at <= now,
            ~exists().where(dispatches.c.notice_id == case_notices.c.id),
        )
        .order_by(case_notices.c.id)
        .limit(MANY)
    )
    return [_notice(row) for row in connection.execute(query)]


def find(connection: Connection, numbers: Collection[int]) -> dict[int, Notice]:
    """Return notices by their number."""
    found: dict[int, Notice] = {}
    known = sorted(numbers)
    for place in range(0, len(known), 500):
        query = _query().where(case_notices.c.id.in_(known[place : place + 500]))
        found |= {row.id: _notice(row) for row in connection.execute(query)}
    return found


def find_earlier(connection: Connection, notice: Notice) -> list[Notice]:
    """Return what else the same one was to be told of a case by earlier events."""
    to = case_notices.c
    query = _query().where(
        to.case_id == notice.case,
        to.event < notice.event,
        to.nip.is_(None) if notice.nip is None else to.nip == notice.nip,
        to.office.is_(None) if notice.office is None else to.office == notice.office,
    )
    return [_notice(row) for row in connection.execute(query.order_by(to.id))]


def find_accepted(connection: Connection) -> list[tuple[Notice, int]]:
    """Return notices that a provider took and whose case does not know it yet, each with its
    dispatch. That a letter is on its way is no letter that came: `step` is told otherwise."""
    query = (
        _query()
        .add_columns(func.min(dispatches.c.id).label("dispatch"))
        .join(dispatches, dispatches.c.notice_id == case_notices.c.id)
        .where(
            case_notices.c.told_at.is_(None),
            case_notices.c.what != "step",
            dispatches.c.accepted_at.is_not(None),
        )
        .group_by(*_query().selected_columns)
        .order_by(case_notices.c.id)
    )
    return [(_notice(row), row.dispatch) for row in connection.execute(query)]


def count_people(connection: Connection, today: date) -> int:
    """Return how many people serve somewhere on a day."""
    until = assignments.c.valid_until
    query = select(func.count(func.distinct(assignments.c.person_id))).where(
        assignments.c.valid_from <= today, or_(until.is_(None), until >= today)
    )
    return connection.scalar(query) or 0


def office_of(connection: Connection, notice: Notice, today: date) -> str:
    """Return the office somebody is in: who serves nowhere any more is of that of the case."""
    if notice.nip is None:
        return str(notice.office)
    until = assignments.c.valid_until
    found: str | None = connection.scalar(
        select(assignments.c.office)
        .join(people, people.c.id == assignments.c.person_id)
        .where(
            people.c.nip == notice.nip,
            assignments.c.valid_from <= today,
            or_(until.is_(None), until >= today),
        )
        .order_by(assignments.c.valid_from.desc())
        .limit(1)
    )
    return found or notice.case_office


def name_of(connection: Connection, notice: Notice) -> str:
    """Return what somebody is called; an office is called by the post that answers for it."""
    if notice.nip is not None:
        name = connection.scalar(select(people.c.name).where(people.c.nip == notice.nip))
        return name or "Saudara"
    own = office_contacts.c
    newest = select(own.post).where(own.office == notice.office, own.post != "")
    post = connection.scalar(newest.order_by(own.entered_at.desc(), own.id.desc()).limit(1))
    return post or f"Pimpinan {office_name(connection, str(notice.office))}"


def office_name(connection: Connection, code: str) -> str:
    return connection.scalar(select(offices.c.name).where(offices.c.code == code)) or code


def _query() -> Select[Any]:
    return select(
        case_notices, cases.c.person_id, cases.c.office.label("case_office"), cases.c.state
    ).join(cases, cases.c.id == case_notices.c.case_id)


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        row.id, row.case_id, row.event, row.what, row.nip, row.office, row.due_at, row.told_at,
        row.how, row.person_id, row.case_office, row.state in ("WITHDRAWN", "CLOSED"),
    )  # fmt: skip
