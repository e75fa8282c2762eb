"""Judges office-days in one statement, where there is nothing unusual about them. PostgreSQL.

The statement does what `ingest.rules` do, for a day with two touches and no doubt, and a property
test holds both to the same rows. It writes what differs, notes what changed, and returns what it
did not judge: whole office-days (something unusual was seen there), and people (they have hours,
excuses or terminals of their own), which go the way of `ingest.days.judging`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, text

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


_SETTING = text(
    # a plan for any number of people would be one for few
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " EXISTS (SELECT FROM punches WHERE length(user_id) = 18) AS roaming"
)
_DOUBTED = text("""
SELECT DISTINCT w.office, w.day
FROM unnest(CAST(:office AS text[]), CAST(:day AS date[]), CAST(:since AS timestamptz[]),
        CAST(:until AS timestamptz[])) AS w(office, day, since, until)
    JOIN terminals t ON t.office = w.office JOIN punches p ON p.terminal_id = t.id
WHERE p.doubt IS NOT NULL AND (p.local_day = w.day
    OR p.read_at >= w.since AND (p.after_at IS NULL OR p.after_at < w.until))
""")
_ALL_KNOWN = "known AS NOT MATERIALIZED (SELECT * FROM user_ids)"
_KNOWN_HERE = """
known AS MATERIALIZED (  -- the few of these places: joined as they are, each join would read all
    SELECT * FROM user_ids
    WHERE office = ANY(CAST(:the_offices AS text[])) OR terminal_id = ANY(ARRAY(
        SELECT id FROM terminals WHERE office = ANY(CAST(:the_offices AS text[]))))
)"""
_ROAMING = """
    UNION
    SELECT s.office, s.day, s.person_id FROM serving s JOIN punches p ON p.user_id = s.nip
        JOIN terminals t ON t.id = p.terminal_id
    WHERE length(p.user_id) = 18 AND t.office <> s.office
        AND (p.local_day BETWEEN s.day - 31 AND s.day + 31 OR p.doubt IS NOT NULL)
"""
_GONE = """
UNION ALL
SELECT 'apart', o.office, o.day, o.person_id FROM asked o WHERE NOT EXISTS (
    SELECT FROM serving s WHERE s.office = o.office AND s.day = o.day
        AND s.person_id = o.person_id)
"""


def _read(name: str) -> str:
    return (resources.files("ingest.store") / f"plain_{name}.sql").read_text("utf-8")


@cache
def _statement(which: str, *, roaming: bool) -> TextClause:
    """Put a statement together. What nobody needs stays out: a table of many months costs a plan
    more than anything else."""
    known, after = (_KNOWN_HERE, _GONE) if which == "few" else (_ALL_KNOWN, "")
    verdict = _read("verdict").replace("{roaming}", _ROAMING if roaming else "")
    return text(f"WITH {known},\n{_read('touches')}{_read(which)}{verdict}{after}")


def judge_everybody(connection: Connection, wanted: Sequence[Wanted], *, now: datetime) -> Written:
    """Judge office-days, and write what differs."""
    doubted = _doubted(connection, wanted)
    sure = [one for one in wanted if (one.office, one.day) not in doubted]
    return _judge(connection, "everybody", sure, {"now": now}, doubted)


def judge_few(
    connection: Connection,
    wanted: Sequence[Wanted],
    people: Mapping[Pair, Collection[int]],
    *,
    now: datetime,
) -> Written:
    """Judge these people of office-days, and write what differs.

    It costs by the people asked for, and by what was touched on the office-days: what is unusual
    there may concern everybody.
    """
    from ingest.store import arrays  # psycopg is not needed where the store is a file

    doubted = _doubted(connection, wanted)
    sure = [one for one in wanted if (one.office, one.day) not in doubted]
    asked = [(one, who) for one in sure for who in people[one.office, one.day]]
    values = {
        "now": now,
        "where": arrays.texts([one.office for one, _ in asked]),
        "when": arrays.dates([one.day for one, _ in asked]),
        "which": arrays.texts([one.free for one, _ in asked]),
        "who": arrays.int4s([who for _, who in asked]),
        "each": arrays.int4s(sorted({who for _, who in asked})),
    }
    return _judge(connection, "few", sure, values, doubted)


def _doubted(connection: Connection, wanted: Sequence[Wanted]) -> frozenset[Pair]:
    """Return the office-days with a doubtful touch that claims them or may have come on them.

    Asked before the verdict, since it costs a plan less apart. A doubtful touch committed between
    the two counts as one that came, which makes nobody absent, until its own mark is judged.
    """
    asked = _columns(wanted, ("office", "day", "since", "until"))
    return frozenset((row.office, row.day) for row in connection.execute(_DOUBTED, asked))


def _judge(
    connection: Connection,
    which: str,
    wanted: Sequence[Wanted],
    values: Mapping[str, Any],
    doubted: frozenset[Pair],
) -> Written:
    if not wanted:
        return Written(0, doubted, frozenset())
    the_days, the_offices = {one.day for one in wanted}, {one.office for one in wanted}
    roaming = connection.execute(_SETTING).one().roaming
    rows = connection.execute(
        _statement(which, roaming=roaming),
        {
            **_columns(wanted, Wanted._fields),
            **values,
            # each once: the planner takes the same day seventy times for seventy days' rows
            "the_days": sorted(the_days),
            "the_offices": sorted(the_offices),
            "first": min(the_days),
            "after": max(the_days) + timedelta(days=1),
            "fewest": FEWEST,
        },
    ).all()
    return Written(
        next(row.person_id for row in rows if row.what == "written"),
        doubted | {(row.office, row.day) for row in rows if row.what == "unusual"},
        frozenset((row.office, row.day, row.person_id) for row in rows if row.what == "apart"),
    )


def _columns(wanted: Sequence[Wanted], names: Iterable[str]) -> dict[str, Any]:
    from ingest.store import arrays  # psycopg is not needed where the store is a file

    packed: dict[type, Callable[[Any], Any]] = {str: arrays.texts, date: arrays.dates}
    found = {name: [getattr(one, name) for one in wanted] for name in names}
    return {name: packed.get(type(of[0]), list)(of) for name, of in found.items()}
