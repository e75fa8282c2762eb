"""Rounds of judging: whatever is marked, and what each night looks at again."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Engine

from ingest.days.bulk import judge_plain
from ingest.days.faulty import Faulty, in_halves
from ingest.days.judging import evaluate
from ingest.days.settings import Settings
from ingest.errors import IngestError, StoreUnavailable
from ingest.store import days as store
from ingest.store import marks
from ingest.store.database import reading, rewriting
from ingest.store.partitions import find_archived
from ingest.store.plain import Pair
from ingest.store.spreading import PersonDay, find_beside, mark_beside, spread_marks, take_few

log = logging.getLogger(__name__)
AT_ONCE = 200
"""Office-days of one transaction: few enough that a kill loses little, many enough to pay."""
FEW = 2_000
"""Marks on user ids that are judged in the transaction that takes them: who stores one of them
waits for it."""
IN_A_ROW = 7
"""Days of one office that are explained in one transaction: who stores a punch of them waits for
it, and each day judged apart from the next has the shifts of that one judged twice."""


def evaluate_dirty(
    engine: Engine,
    *,
    now: datetime,
    settings: Settings,
    offices: Collection[str] | None = None,
) -> int:
    """Judge every marked office-day and person-day up to today; return how many office-days.

    A kill between two transactions loses nothing: a mark goes with the judgement it asked for.
    With `offices` only theirs, so that several processes can share a large round. Raises NotJudged
    when all that can be judged is, where something cannot.
    """
    today, faulty = _today(now, settings), Faulty()
    judged = None if offices is not None else _judge_fresh(engine, now=now, settings=settings)
    if judged is None:
        judged = set()
        with rewriting(engine) as connection:
            spread_marks(connection, today=today)
    for _ in range(2):  # once more for the shifts beside what was judged
        beside = set[PersonDay]()
        marked = [
            pair
            for pair in _find_marked(engine, today)
            if (offices is None or pair[0] in offices) and pair not in faulty
        ]
        judged.update(marked)
        _judge_all(engine, marked, beside, faulty, now=now, settings=settings)
        if not beside:
            break
    faulty.tell()
    return len(judged)


def _judge_fresh(engine: Engine, *, now: datetime, settings: Settings) -> set[Pair] | None:
    """Judge what is plain of what came in, where that is little: all in the transaction that takes
    its marks away, so that others need not be written first. The rest is marked.

    Returns the office-days; None, and nothing was done, where it is not little or cannot be judged:
    the way that marks first says why not, and keeps no other day away.
    """
    today = _today(now, settings)
    try:
        with rewriting(engine) as connection:
            found = take_few(connection, most=FEW, today=today)
            if found is None:
                return None
            people: dict[Pair, Collection[int]] = _by_pair(found.people)
            marks.mark_office_days(connection, found.offices)
            marks.hold_people(connection, [office for office, _ in people])
            asked = {pair: ids for pair, ids in people.items() if pair[1] <= today}
            if 0 < len(asked) <= AT_ONCE:
                left = judge_plain(connection, (), asked, now=now, settings=settings)
                people = {**{one: people[one] for one in people.keys() - asked}, **left.people}
            _put_back(connection, (), people)
            return set(asked)
    except StoreUnavailable:
        raise
    except IngestError:  # something about a day: met again where each is judged, and told there
        return None
    except Exception:
        log.exception("what came in cannot be judged at once; it is marked first")
        return None


def _judge_all(
    engine: Engine,
    marked: Sequence[Pair],
    beside: set[PersonDay],
    faulty: Faulty,
    *,
    now: datetime,
    settings: Settings,
) -> None:
    """Judge marked office-days; put into `beside` whom that marked."""
    left = [
        pair
        for some in _parts(marked)
        for pair in in_halves(
            some,
            lambda part: _judge_marked(engine, part, beside, now=now, settings=settings),
            lambda pair, _: [pair],  # the way that explains says what is wrong with it
        )
    ]
    for run in _runs(left):
        in_halves(
            run,
            lambda part: _evaluate_marked(engine, part, beside, now=now, settings=settings),
            faulty.add,
        )


def _find_marked(engine: Engine, today: date) -> Sequence[Pair]:
    with reading(engine) as connection:
        away = find_archived(connection)  # their marks wait until the month is back
        return [pair for pair in store.find_marked(connection, today=today) if _here(pair, away)]


def _judge_marked(
    engine: Engine,
    some: Collection[Pair],
    beside: set[PersonDay],
    *,
    now: datetime,
    settings: Settings,
) -> set[Pair]:
    """Judge what is plain of marked office-days; return those of which something is left."""
    with rewriting(engine) as connection:
        taken = store.take_marks(connection, some)
        left = judge_plain(connection, taken.whole, taken.people, now=now, settings=settings)
        _put_back(connection, left.whole, left.people)
        whole = taken.whole - left.whole
        beside.update(mark_beside(connection, whole, today=_today(now, settings)))
    return {pair for pair, _ in left.in_order()}


def _put_back(
    connection: Connection, whole: Iterable[Pair], people: Mapping[Pair, Collection[int]]
) -> None:
    """Mark again what waits for a transaction of its own: none may hold marks for long, because
    who stores a punch of such a day waits for it."""
    marks.mark_office_days(connection, whole)
    marks.mark_person_days(
        connection, ((*pair, one) for pair, ids in people.items() for one in ids)
    )


def _evaluate_marked(
    engine: Engine,
    run: Collection[Pair],
    beside: set[PersonDay],
    *,
    now: datetime,
    settings: Settings,
) -> tuple[()]:
    """Judge some days of an office, or their marked people, the way that explains."""
    with rewriting(engine) as connection:
        taken = store.take_marks(connection, run)  # before the hold, as above: see `hold`
        asked = {pair: set(taken.people.get(pair, ())) for pair in run}
        later = []
        for one in find_beside(connection, taken.whole, today=_today(now, settings)):
            if one[:2] in asked:
                asked[one[:2]].add(one[2])
            else:
                later.append(one)
        marks.mark_person_days(connection, later)
        beside.update(later)
        for office, day in run:
            only = None if (office, day) in taken.whole else asked[office, day]
            evaluate(connection, office=office, day=day, now=now, settings=settings, only=only)
    return ()


def _runs(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Put days of an office that follow each other together, in their order; newest first."""
    runs: list[list[Pair]] = []
    for office, day in sorted(pairs):
        last = runs[-1] if runs else []
        if not last or len(last) == IN_A_ROW or last[-1] != (office, day - timedelta(days=1)):
            last = []
            runs.append(last)
        last.append((office, day))
    return sorted(runs, key=lambda run: run[-1][1], reverse=True)


def close_days(
    engine: Engine,
    *,
    now: datetime,
    settings: Settings,
    lookback_days: int = 45,
    offices: Collection[str] | None = None,
) -> int:
    """Judge the ended days that nobody has judged, and again what is unverified or absent.

    Looking at each absence again every night means that none outlives the proof it stood on, even
    should a mark have been missed. `offices` as above. Returns the number of office-days judged.
    Raises NotJudged as above.
    """
    today = _today(now, settings)
    judged, faulty = 0, Faulty()
    for days_ago in range(lookback_days, 0, -1):
        day = today - timedelta(days=days_ago)
        with reading(engine) as connection:
            open_here = store.find_open(connection, day)
        pairs = [(office, day) for office in open_here if offices is None or office in offices]
        _close(engine, pairs, faulty, now=now, settings=settings)
        judged += len(pairs)
    faulty.tell()
    return judged


def _close(
    engine: Engine, pairs: Sequence[Pair], faulty: Faulty, *, now: datetime, settings: Settings
) -> None:
    """Judge office-days of one day, marked or not."""

    def plain(some: Sequence[Pair]) -> Iterable[tuple[Pair, Collection[int] | None]]:
        with rewriting(engine) as connection:
            return judge_plain(connection, some, {}, now=now, settings=settings).in_order()

    for some in _parts(pairs):
        for pair, only in in_halves(some, plain, lambda pair, _: [(pair, None)]):
            explained = partial(_explain, engine, only=only, now=now, settings=settings)
            in_halves([pair], explained, faulty.add)


def _explain(
    engine: Engine,
    pairs: Sequence[Pair],
    *,
    only: Collection[int] | None,
    now: datetime,
    settings: Settings,
) -> tuple[()]:
    with rewriting(engine) as connection:
        for office, day in pairs:
            evaluate(connection, office=office, day=day, now=now, settings=settings, only=only)
    return ()


def _by_pair(people: Iterable[PersonDay]) -> dict[Pair, Collection[int]]:
    found = defaultdict[Pair, list[int]](list)
    for office, day, person_id in people:
        found[office, day].append(person_id)
    return dict(found)


def _today(now: datetime, settings: Settings) -> date:
    return now.astimezone(settings.zone).date()


def _here(pair: Pair, away: Mapping[date, str]) -> bool:
    return pair[1].replace(day=1) not in away


def _parts(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    for place in range(0, len(pairs), AT_ONCE):
        yield pairs[place : place + AT_ONCE]
