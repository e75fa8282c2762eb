"""Judging many office-days at once, where there is nothing unusual about them.

Most days of most offices are plain: every terminal read to the end, no doubt, no decision, two
touches. Those are judged by one statement on PostgreSQL (`ingest.store.plain_sql`); everything else
goes one by one the way that explains (`ingest.days.judging`), as on SQLite everything does. Both
give the same rows, which a property test holds them to. What is plain is decided carefully: what
is not certainly plain is not.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ingest.calendar import Elsewhere, Expected, Holiday, Joint, Off, WorkDay
from ingest.coverage import (
    Evidence,
    Stretch,
    Unreadable,
    Verdict,
    believed,
    day_bounds,
    terminal_day,
    unreadable_window,
)
from ingest.days.judging import evaluate
from ingest.days.settings import Settings
from ingest.indonesian import time_text
from ingest.rules import Day, Status, judge
from ingest.rules.absence import absence
from ingest.store import days as store
from ingest.store import plain_sql
from ingest.store.database import in_one_place
from ingest.store.facts import counts_on
from ingest.store.partitions import require_all_here
from ingest.store.plain import Book, Ground, Pair, find_ground
from ingest.store.plain_sql import Wanted

_FREE = (Off, Holiday, Joint, Elsewhere)


@dataclass(frozen=True, slots=True)
class Left:
    """What was not judged: whole office-days, and of others these people."""

    whole: frozenset[Pair]
    people: Mapping[Pair, frozenset[int]]

    def in_order(self) -> Iterator[tuple[Pair, frozenset[int] | None]]:
        """Yield office-days by day and office, None for everybody of them."""
        for pair in sorted({*self.whole, *self.people}, key=_by_day):
            yield pair, None if pair in self.whole else self.people[pair]


def judge_plain(
    connection: Connection,
    whole: Collection[Pair],
    people: Mapping[Pair, Collection[int]],
    *,
    now: datetime,
    settings: Settings,
) -> Left:
    """Judge what is plain of office-days, or of these people of some, and write what differs.

    Returns the rest, which goes the way that explains. Raises NotKnown, MonthAway.
    """
    everything = sorted({*whole, *people}, key=_by_day)
    rest = _Rest({one: ids for one, ids in people.items() if one not in whole})
    wanted: dict[Pair, Wanted] = {}
    if in_one_place(connection):
        store.hold_all(connection, everything)
        wanted = _plain(connection, everything, now, settings)
    for pair in everything:
        if pair not in wanted:
            rest.add(pair)
    all_of = [one for pair, one in wanted.items() if pair in whole]
    some_of = [one for pair, one in wanted.items() if pair not in whole]
    if all_of:
        rest.take(plain_sql.judge_everybody(connection, all_of, now=now))
    if some_of:
        rest.take(plain_sql.judge_few(connection, some_of, people, now=now))
    return rest.left()


def evaluate_many(
    connection: Connection, pairs: Collection[Pair], *, now: datetime, settings: Settings
) -> None:
    """Judge office-days, all of it in this transaction. Raises NotKnown, MonthAway."""
    left = judge_plain(connection, pairs, {}, now=now, settings=settings)
    for (office, day), only in left.in_order():
        evaluate(connection, office=office, day=day, now=now, settings=settings, only=only)


def _by_day(pair: Pair) -> tuple[date, str]:
    return pair[1], pair[0]


class _Rest:
    """Gathers what is left: of an office-day everybody who was asked for, or some of them."""

    def __init__(self, asked: Mapping[Pair, Collection[int]]) -> None:
        """`asked` are the people of office-days of which not everybody was asked for."""
        self._asked = asked
        self._of: defaultdict[Pair, set[int]] = defaultdict(set)
        self._whole: set[Pair] = set()

    def add(self, pair: Pair) -> None:
        """Add an office-day. Of one of whose people some were asked for, these alone: what concerns
        the others has marked them, and everybody's marks would mark those of the days beside."""
        if pair in self._asked:
            self._of[pair].update(self._asked[pair])
        else:
            self._whole.add(pair)

    def take(self, done: plain_sql.Written) -> None:
        """Add what the statement left."""
        for pair in done.unusual:
            self.add(pair)
        for office, day, person_id in done.apart:
            self._of[office, day].add(person_id)

    def left(self) -> Left:
        return Left(
            frozenset(self._whole),
            {one: frozenset(ids) for one, ids in self._of.items() if one not in self._whole},
        )


def _plain(
    connection: Connection, pairs: Sequence[Pair], now: datetime, settings: Settings
) -> dict[Pair, Wanted]:
    """Return the office-days about whose terminals and calendar nothing unusual is known."""
    require_all_here(connection, [day for _, day in pairs])
    ends = {day: day_bounds(day, settings.zone)[1] for day in {day for _, day in pairs}}
    ended = [pair for pair in pairs if now >= ends[pair[1]]]
    if not ended:
        return {}
    since = day_bounds(min(day for _, day in ended), settings.zone)[0]
    ground, book = find_ground(connection, ended, since=since), Book(connection, ended)
    found = {}
    for office, day in ended:
        if _complete(ground, office, day, settings):
            wanted = _wanted(office, day, book.expected(office, day), settings)
            if wanted is not None:
                found[office, day] = wanted
    return found


def _complete(ground: Ground, office: str, day: date, settings: Settings) -> bool:
    """Say whether every terminal of an office was read to the end, and nothing else is known."""
    counting = 0
    start, end = day_bounds(day, settings.zone)
    for row in ground.terminals.get(office, ()):
        stretches = ground.stretches.get(row.id, [])
        unreadable = ground.unreadable.get(row.id, [])
        counts = counts_on(row, day)
        if not counts:
            if not row.registered and any(one.since < end for one in stretches):
                return False
            if row.registered and not unreadable:
                continue
        counting += counts
        if row.serial in ground.withdrawn or _near(unreadable, stretches, (start, end), settings):
            return False
        evidence = Evidence(row.serial, row.name, tuple(stretches), ground.clock_of(row.id, day))
        verdict = terminal_day(
            evidence, day, zone=settings.zone, clock_limit_s=settings.clock_limit_s
        )
        if counts and verdict.verdict is not Verdict.COMPLETE:
            return False
    return counting > 0 and not ground.refused.get(office, 0)


def _near(
    records: Sequence[Unreadable],
    stretches: Sequence[Stretch],
    bounds: tuple[datetime, datetime],
    settings: Settings,
) -> bool:
    """Say whether an unreadable record may have been a touch of a day, whatever was decided."""
    return any(
        unreadable_window(
            one,
            believed(stretches, ()),
            zone=settings.zone,
            clock_limit_s=settings.clock_limit_s,
        ).touches(*bounds)
        for one in records
        if one.read_at >= bounds[0]
    )


def _wanted(office: str, day: date, plan: Expected, settings: Settings) -> Wanted | None:
    """Return an office-day as the statement takes it; None where it asks for more than two touches
    at any time of the day."""
    limit = timedelta(seconds=settings.clock_limit_s)
    start, end = day_bounds(day, settings.zone)
    midnight = datetime.combine(day, datetime.min.time())
    around = (start - limit, end + limit)
    if isinstance(plan, _FREE):
        status: Status = judge(Day(day, plan)).status
        return Wanted(
            office,
            day,
            *around,
            free=status.value,
            free_because=_because("calendar", plan.text),
            start=midnight,
            end=midnight,
            middle=midnight,
            late_from=midnight,
            start_text="",
            end_text="",
            absent_because="[]",
        )
    if not isinstance(plan, WorkDay) or plan.end.date() != day or _particular(plan):
        return None
    none = absence(Day(day, plan))
    return Wanted(
        office,
        day,
        *around,
        free="",
        free_because="[]",
        start=plan.start,
        end=plan.end,
        middle=plan.start + (plan.end - plan.start) / 2,
        late_from=plan.start + timedelta(minutes=1) + plan.manner.tolerance,
        start_text=time_text(plan.start),
        end_text=time_text(plan.end),
        absent_because="[]" if none is None else _because("absence", none.because),
    )


def _because(code: str, text: str) -> str:
    return json.dumps([{"code": code, "text": text}], ensure_ascii=False)


def _particular(plan: WorkDay) -> bool:
    manner = plan.manner
    return (
        manner.taps != 2 or manner.flexi is not None or manner.opens is not None
        or manner.closes is not None
    )  # fmt: skip
