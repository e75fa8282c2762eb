"""Whether days of a person that are over wait to be judged again."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from ingest.store.tables import (
    assignments,
    dirty_offices,
    dirty_people,
    dirty_punches,
    terminals,
    user_ids,
)


def waits(connection: Connection, person_id: int, nip: str, today: date) -> bool:
    """Say whether a mark may concern one of a person's days before today.

    It errs on the side of yes: a mark on a punch of the person's office may be anybody's there.
    """
    offices = select(assignments.c.office).where(assignments.c.person_id == person_id)
    alone = exists().where(dirty_people.c.person_id == person_id, dirty_people.c.day < today)
    together = exists().where(dirty_offices.c.office.in_(offices), dirty_offices.c.day < today)
    punched = exists().where(dirty_punches.c.local_day < today, _may_be(person_id, nip, offices))
    return any(connection.scalar(select(one)) for one in (alone, together, punched))


def _may_be(person_id: int, nip: str, offices: Any) -> ColumnElement[bool]:
    mine = select(user_ids.c.user_id).where(user_ids.c.person_id == person_id)
    here = select(terminals.c.id).where(terminals.c.office.in_(offices))
    return or_(
        dirty_punches.c.user_id == nip,
        dirty_punches.c.user_id.in_(mine),
        dirty_punches.c.terminal_id.in_(here),
    )
