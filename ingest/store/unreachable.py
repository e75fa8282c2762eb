"""Whom no message reaches, office by office, and which offices were asked to mend that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from ingest.store.contacts import GOOD, REFUSED, WRONG
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, audit_log, people
from ingest.store.tables_notices import contacts

PHONE = "phone"
ASKED = "contacts.remind"
"""The act by which the audit log tells that an office was asked."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """How many of an office's people have no number that works; who refused one is none of them."""

    wrong: int
    """Every number of theirs reaches nobody."""
    missing: int
    """Nobody told a number of theirs."""

    @property
    def people(self) -> int:
        return self.wrong + self.missing


def count_unreachable(connection: Connection, on: date) -> dict[str, Unreachable]:
    """Return the offices with people of a day who have no number that works."""
    wrong, missing = _has(WRONG), ~_has()
    query = (
        select(
            assignments.c.office,
            func.count().filter(wrong).label("wrong"),
            func.count().filter(missing).label("missing"),
        )
        .where(_serves(on), ~_has(GOOD), ~_has(REFUSED), or_(wrong, missing))
        .group_by(assignments.c.office)
        .order_by(assignments.c.office)
    )
    return {row.office: Unreachable(row.wrong, row.missing) for row in connection.execute(query)}


class Missing(NamedTuple):
    """Somebody of whom there is no number."""

    nip: str
    name: str
    office: str


def find_missing(connection: Connection, on: date, office: str | None) -> list[Missing]:
    """Return who serves on a day, in an office or in any, and of whom there is no number."""
    query = (
        select(people.c.nip, people.c.name, assignments.c.office)
        .join(people, people.c.id == assignments.c.person_id)
        .where(_serves(on), ~_has())
        .order_by(assignments.c.office, people.c.name, people.c.nip)
    )
    if office is not None:
        query = query.where(assignments.c.office == office)
    return [Missing(*row) for row in connection.execute(query)]


def find_asked(connection: Connection, since: datetime) -> Mapping[str, datetime]:
    """Return when offices were asked last, of those that were since a moment."""
    query = select(audit_log.c.subject, audit_log.c.at).where(
        audit_log.c.at >= since, audit_log.c.what == ASKED
    )
    return {row.subject.removeprefix("office "): row.at for row in connection.execute(query)}


def count_asked(connection: Connection, channel: str, since: datetime) -> int:
    """Return how many offices were asked by a channel after a moment."""
    query = select(audit_log.c.details).where(audit_log.c.at > since, audit_log.c.what == ASKED)
    return sum(details.get("channel") == channel for details in connection.scalars(query))


def _serves(on: date) -> ColumnElement[bool]:
    later = assignments.alias("later")
    return and_(
        valid_on(assignments, on),
        ~exists().where(
            later.c.person_id == assignments.c.person_id,
            later.c.valid_from > assignments.c.valid_from,
            valid_on(later, on),
        ),
    )


def _has(state: str | None = None) -> ColumnElement[bool]:
    """Say of an assignment whether its person has a number, of a state or of any."""
    known = and_(contacts.c.person_id == assignments.c.person_id, contacts.c.kind == PHONE)
    return exists().where(known if state is None else and_(known, contacts.c.state == state))
