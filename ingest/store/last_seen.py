"""When people were last seen before a day, and how many user ids stand for them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from ingest.store.reported import AT_ONCE
from ingest.store.serving import valid_on
from ingest.store.tables import days, user_ids

_SEEN = ("PRESENT", "LATE", "EARLY", "INCOMPLETE")


def find_last_seen(
    connection: Connection, person_ids: Sequence[int], *, until: date
) -> dict[int, tuple[date | None, int]]:
    """Return the last judged day before `until` on which somebody was there, and how many mappings
    hold on it."""
    found: dict[int, tuple[date | None, int]] = {}
    for place in range(0, len(person_ids), AT_ONCE):
        some = person_ids[place : place + AT_ONCE]
        seen = connection.execute(
            select(days.c.person_id, func.max(days.c.day))
            .where(days.c.person_id.in_(some), days.c.day < until, days.c.status.in_(_SEEN))
            .group_by(days.c.person_id)
        )
        last = {row[0]: row[1] for row in seen}
        mapped = connection.execute(
            select(user_ids.c.person_id, func.count())
            .where(user_ids.c.person_id.in_(some), valid_on(user_ids, until))
            .group_by(user_ids.c.person_id)
        )
        count = {row[0]: row[1] for row in mapped}
        found.update({one: (last.get(one), count.get(one, 0)) for one in some})
    return found
