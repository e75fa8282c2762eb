"""The worst each terminal's clock was seen off on each day. Kept with its sign: fast is positive.

A day on which nobody looked is judged by the looks around it, so a look that changes something
marks all days from the look before it to the look after it.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.store.marks import MAX_DAYS, days_between, mark_known_here
from ingest.store.tables import clock_days

Looks = Mapping[tuple[int, date], int]
"""Terminal id and local day of the look, to the offset that was seen."""


def note(
    connection: Connection,
    looks: Looks,
    *,
    office: str,
    counted: frozenset[int],
    today: date,
    limit_s: int,
) -> None:
    """Keep the looks that are worse than what is known, and mark the days they decide."""
    days = keep(connection, looks, counted=counted, today=today, limit_s=limit_s)
    mark_known_here(connection, office, days, roaming=True)


def keep(
    connection: Connection,
    looks: Looks,
    *,
    counted: frozenset[int],
    today: date,
    limit_s: int,
) -> set[date]:
    """Keep the looks that are worse than what is known; return the days they decide, to be marked
    in the same commit."""
    if not looks:
        return set()
    known = _around(connection, looks)
    worse = {
        (terminal, day): offset
        for (terminal, day), offset in sorted(looks.items())
        if day not in known[terminal] or abs(offset) > abs(known[terminal][day])
    }
    if not worse:
        return set()
    _put(connection, worse)
    days: set[date] = set()
    for (terminal, day), offset in worse.items():
        if terminal in counted:
            days.update(_decided(known[terminal], day, offset, today=today, limit_s=limit_s))
    return days


def keep_worst(looks: dict[tuple[int, date], int], key: tuple[int, date], offset_s: int) -> None:
    """Put a look among others unless a worse one of the same day is there."""
    if key not in looks or abs(offset_s) > abs(looks[key]):
        looks[key] = offset_s


def _around(connection: Connection, looks: Looks) -> defaultdict[int, dict[date, int]]:
    """Return what is known of the terminals, as far back as a look can reach."""
    first = min(day for _, day in looks) - timedelta(days=MAX_DAYS)
    query = select(clock_days.c.terminal_id, clock_days.c.day, clock_days.c.worst_offset_s).where(
        clock_days.c.terminal_id.in_(sorted({terminal for terminal, _ in looks})),
        clock_days.c.day >= first,
    )
    known: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for terminal, day, worst in connection.execute(query):
        known[terminal][day] = worst
    return known


def _put(connection: Connection, worse: dict[tuple[int, date], int]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(clock_days)
    new = statement.excluded.worst_offset_s
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["terminal_id", "day"],
            set_={"worst_offset_s": new},
            where=func.abs(new) > func.abs(clock_days.c.worst_offset_s),
        ),
        [
            {"terminal_id": terminal, "day": day, "worst_offset_s": offset}
            for (terminal, day), offset in worse.items()
        ],
    )


def _decided(
    known: dict[date, int], day: date, offset_s: int, *, today: date, limit_s: int
) -> list[date]:
    """Return the days that a look judges otherwise than what was known before it."""
    earlier = max((one for one in known if one < day), default=None)
    later = min((one for one in known if one > day), default=None)
    wrong = abs(offset_s) > limit_s
    if wrong:
        if abs(known.get(day, 0)) > limit_s:
            return []  # known to be wrong already
    elif day in known or all(one is None or abs(known[one]) <= limit_s for one in (earlier, later)):
        return []  # a right clock among right clocks says nothing new
    if earlier is None:
        earlier = day - timedelta(days=MAX_DAYS - 1) if wrong else day
    return days_between(earlier, later or max(day, today))
