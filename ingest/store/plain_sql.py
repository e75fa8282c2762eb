"""Judges office-days in one statement, where there is nothing unusual about them. PostgreSQL.

The statement does what `ingest.rules` do, for a day with two touches and no doubt, and a property
test holds both to the same rows. It writes what differs, notes what changed, and returns what it
did not judge: whole office-days (something unusual was seen there), and people (they have hours,
excuses or terminals of their own), which go the way of `ingest.days.judging`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from ingest.store.plain import Pair
from ingest.store.silence import FEWEST


class Wanted(NamedTuple):
    """One office-day to be judged, and what it asks of everybody who has nothing of his own."""

    office: str
    day: date
    since: datetime
    """From when until when a punch that claims another day may have come on this one."""
    until: datetime
    free: str
    """The status of a day that is not worked; empty where it is."""
    free_because: str
    """Its reasons as JSON, as a row holds them."""
    start: datetime
    """Local, as the rest; of a day that is not worked: midnight."""
    end: datetime
    middle: datetime
    late_from: datetime
    """The first moment that is late."""
    start_text: str
    end_text: str
    absent_because: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the statement came to."""

    rows: int
    """How many days were written."""
    unusual: frozenset[Pair]
    apart: frozenset[tuple[str, date, int]]
    """Office, day and person."""


_BY_NIP = text("SELECT EXISTS (SELECT FROM punches WHERE length(user_id) = 18)")
_STATEMENT = text((resources.files("ingest.store") / "plain.sql").read_text("utf-8"))


def judge(
    connection: Connection,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    only: Collection[tuple[int, date]] | None = None,
) -> Written:
    """Judge office-days, or of them only these people, and write what differs."""
    values: dict[str, Any] = {
        name: [getattr(one, name) for one in wanted] for name in Wanted._fields
    }
    some = only or ()
    the_days, the_offices = {one.day for one in wanted}, {one.office for one in wanted}
    values |= {
        "now": now,
        # each once: the planner takes the same day seventy times for seventy days' rows
        "the_days": sorted(the_days),
        "the_offices": sorted(the_offices),
        "all_pairs": len(the_days) * len(the_offices) == len(wanted),
        "first": min(one.day for one in wanted),
        "after": max(one.day for one in wanted) + timedelta(days=1),
        "everybody": only is None,
        "who": [one for one, _ in some],
        "when": [day for _, day in some],
        "roaming": connection.scalar(_BY_NIP),
        "fewest": FEWEST,
    }
    rows = connection.execute(_STATEMENT, values).all()
    return Written(
        next(row.person_id for row in rows if row.what == "written"),
        frozenset((row.office, row.day) for row in rows if row.what == "unusual"),
        frozenset((row.office, row.day, row.person_id) for row in rows if row.what == "apart"),
    )
