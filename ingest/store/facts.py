"""Everything the store knows about one office on one day, in a fixed number of questions.

The same questions serve everybody of an office and a single person, so that judging and explaining
cannot differ. Nothing is concluded here: see `ingest.days.assemble`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Row,
    Select,
    or_,
    select,
)

from ingest.calendar import Excuse, ExcuseType, Expected, WorkDay
from ingest.coverage import ClockDay, Stretch, Unreadable, day_bounds
from ingest.store import evidence, rulings, touches
from ingest.store.excused import Excused, find_excused
from ingest.store.partitions import require_all_here
from ingest.store.person_kinds import kind_at
from ingest.store.plans import Plans, find_plans
from ingest.store.rulings import Rulings, Scope
from ingest.store.serving import serving_on, these, valid_on
from ingest.store.silence import find_silent
from ingest.store.tables import (
    assignments,
    people,
    terminals,
    user_ids,
)
from ingest.store.touches import DoubtfulFact, PunchFact


class PersonFact(NamedTuple):
    id: int
    nip: str
    name: str
    kind: str


class TerminalFact(NamedTuple):
    id: int
    serial: str
    name: str
    office: str
    registered: bool
    counts: bool
    """Whether the day is complete only with this terminal."""
    stands: bool
    """Whether it is not registered and was known to be there on that day or before."""
    stretches: tuple[Stretch, ...]
    clock: tuple[ClockDay, ...]
    unreadable: tuple[Unreadable, ...]
    """Read since the day began; whether they lie near it is not asked here."""
    heard_at: datetime | None
    fault: str


class MappingFact(NamedTuple):
    """Holds on this day; `person_id` None says that the user id is known to be nobody's."""

    terminal_id: int | None
    office: str | None
    user_id: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """One office and day."""

    office: str
    day: date
    plans: Plans
    excused: Excused
    people: tuple[PersonFact, ...]
    terminals: dict[int, TerminalFact]
    """Those of the office, and those elsewhere on which its people are known; by id."""
    mappings: tuple[MappingFact, ...]
    punches: tuple[PunchFact, ...]
    """In order of their time."""
    doubtful: tuple[DoubtfulFact, ...]
    refused: int
    """Rows that the office's bridges keep because the centre refused them."""
    by_nip: frozenset[int]
    """People who have used their own NIP as user id here, up to this day: only of them is it known
    that a terminal could have told of them without a mapping."""
    rulings: Rulings
    """What people decided about all this."""
    decided: tuple[DoubtfulFact, ...]
    """Like `doubtful`, one by one: punches about which somebody decided, whatever it was."""
    roaming: frozenset[tuple[int, int]]
    """Person and terminal of another office on which that person used the own NIP around this day:
    the touch of this day may be there, too."""
    silent: int = 0
    """How many people had to come on a day on which nobody touched a terminal of the office; 0
    where somebody did, or too few had to."""
    around: tuple["Facts", ...] = ()
    """The days before and after, of those whose shift reaches into them."""

    def excuses(self, person: PersonFact) -> tuple[Excuse, ...]:
        return self.excused.given.get(person.nip, ())


class Asking(NamedTuple):
    """By what the store is asked, whatever the day."""

    zone: ZoneInfo
    clock_limit_s: int
    types: Mapping[str, ExcuseType]
    seal: str | None = None
    """The fingerprint of the seal by which decisions are proven; None takes the last one."""


def gather(
    connection: Connection,
    *,
    office: str,
    day: date,
    asking: Asking,
    only: Collection[int] | None = None,
) -> Facts:
    """Return the facts for all people of an office, or for these of them.

    Raises NotKnown, and MonthAway where hours reach into a month of which the punches are archived:
    they would look as if nobody had touched anything.
    """
    asked = serving_on(office, day)
    if only is not None:
        asked = asked.where(assignments.c.person_id.in_(these(connection, only)))
    serving = these(connection, [row.person_id for row in connection.execute(asked)])
    plans = find_plans(connection, office=office, day=day, serving=serving)
    facts = _gather(connection, office, day, serving, plans, asking)
    reaching = _reaching(facts)
    if reaching:
        require_all_here(connection, sorted(reaching))
    around = tuple(
        _gather(connection, office, other, these(connection, person_ids), plans, asking)
        for other, person_ids in sorted(reaching.items())
    )
    return replace(facts, around=around)


def _reaching(facts: Facts) -> dict[date, list[int]]:
    """Return whose hours reach into other days than their own."""
    found: defaultdict[date, list[int]] = defaultdict(list)
    for one in facts.people:
        for other in reach(facts.plans.of(one.id)):
            if other != facts.day:
                found[other].append(one.id)
    return found


def reach(plan: Expected) -> list[date]:
    """Return the days into which the hours of a plan reach."""
    if not isinstance(plan, WorkDay):
        return []
    first, last = plan.outer[0].date(), (plan.outer[1] - timedelta(microseconds=1)).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _gather(
    connection: Connection,
    office: str,
    day: date,
    serving: Select[tuple[int]],
    plans: Plans,
    asking: Asking,
) -> Facts:
    """Coverage is asked before punches: punches are committed first, so whatever a coverage rests
    on is seen, even when each question sees a newer state than the one before."""
    roaming = touches.find_roaming(connection, office, serving, day)
    found = _terminals(connection, office, day, serving, {one for _, one in roaming})
    ids, places = list(found), {one.office for one in found.values()}
    start, end = day_bounds(day, asking.zone)
    known = _known(connection, found, office, day, (start, end))
    limit = timedelta(seconds=asking.clock_limit_s)
    window = (start - limit, end + limit)
    return Facts(
        office=office,
        day=day,
        plans=plans,
        excused=find_excused(
            connection, serving=serving, day=day, types=asking.types, root=asking.seal
        ),
        people=tuple(
            PersonFact(*row)
            for row in connection.execute(
                select(people.c.id, people.c.nip, people.c.name, kind_at(day))
                .where(people.c.id.in_(serving))
                .order_by(people.c.name, people.c.nip)
            )
        ),
        terminals=known.terminals,
        mappings=_mappings(connection, ids, places, serving, day),
        punches=touches.find_punches(connection, ids, serving, day),
        doubtful=touches.find_doubtful(connection, ids, serving, day, window),
        rulings=rulings.find(connection, Scope(ids, serving, day, start, window), root=asking.seal),
        decided=touches.find_decided(connection, ids, serving, day, window),
        refused=known.refused,
        by_nip=touches.find_by_nip(
            connection,
            [one.id for one in found.values() if one.office == office and counts_on(one, day)],
            serving,
            day,
        ),
        roaming=roaming,
        silent=find_silent(
            connection, {(office, day): plans.expected if day == plans.day else None}
        ).get((office, day), 0),
    )


class _Known(NamedTuple):
    terminals: dict[int, TerminalFact]
    refused: int


def _known(
    connection: Connection,
    found: dict[int, Row[Any]],
    office: str,
    day: date,
    bounds: tuple[datetime, datetime],
) -> _Known:
    """Return what bridges proved of these terminals."""
    ids, places = list(found), {one.office for one in found.values()}
    stretches = evidence.find_stretches(connection, ids)
    clock = evidence.find_clock(connection, ids, day, day)
    unreadable = evidence.find_unreadable(connection, ids, bounds[0])
    said = evidence.find_said(connection, places | {office})
    terminals = {
        one.id: TerminalFact(
            one.id,
            one.serial,
            one.name,
            one.office,
            one.registered,
            counts_on(one, day),
            not one.registered and any(known.since < bounds[1] for known in stretches[one.id]),
            tuple(stretches[one.id]),
            tuple(clock[one.id]),
            tuple(unreadable[one.id]),
            said.heard.get(one.office),
            said.faults.get(one.serial, ""),
        )
        for one in found.values()
    }
    return _Known(terminals, said.refused.get(office, 0))


def _terminals(
    connection: Connection,
    office: str,
    day: date,
    serving: Select[tuple[int]],
    roamed: set[int],
) -> dict[int, Row[Any]]:
    """Return the office's terminals, every other on which one of its people is known, and those
    on which one of them roams."""
    theirs = valid_on(user_ids, day) & user_ids.c.person_id.in_(serving)
    one_terminal, one_office = user_ids.c.terminal_id, user_ids.c.office
    rows = connection.execute(
        select(terminals)
        .where(
            or_(
                terminals.c.office == office,
                terminals.c.id.in_(roamed),
                terminals.c.id.in_(select(one_terminal).where(theirs, one_terminal.is_not(None))),
                terminals.c.office.in_(select(one_office).where(theirs, one_office.is_not(None))),
            )
        )
        .order_by(terminals.c.name, terminals.c.serial)
    )
    return {row.id: row for row in rows}


def counts_on(terminal: Row[Any], day: date) -> bool:
    """Say whether a day of its office is complete only with this terminal."""
    return (
        terminal.registered
        and (terminal.counts_from is None or terminal.counts_from <= day)
        and (terminal.counts_until is None or terminal.counts_until >= day)
    )


def _mappings(
    connection: Connection,
    ids: Sequence[int],
    places: set[str],
    serving: Select[tuple[int]],
    day: date,
) -> tuple[MappingFact, ...]:
    """Return what holds on these terminals, and wherever the NIP of one of the people is used."""
    nips = select(people.c.nip).where(people.c.id.in_(serving))
    rows = connection.execute(
        select(
            user_ids.c.terminal_id, user_ids.c.office, user_ids.c.user_id, user_ids.c.person_id
        ).where(
            valid_on(user_ids, day),
            or_(
                user_ids.c.terminal_id.in_(ids),
                user_ids.c.office.in_(places),
                user_ids.c.user_id.in_(nips),
            ),
        )
    )
    return tuple(MappingFact(*row) for row in rows)
