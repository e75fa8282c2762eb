"""What is known of the terminals of many offices on many days, in a fixed number of questions.

Each office-day comes as the `Facts` that `facts.gather` returns, with nobody in them but ANYBODY:
who has nothing of his own, is known on the terminals and touched none. Whatever keeps that person
from being absent keeps everybody from it. Nothing is concluded here: see `ingest.days.month`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, false, select

from ingest.coverage import day_bounds
from ingest.errors import NotKnown
from ingest.store import evidence, rulings
from ingest.store.excused import Excused
from ingest.store.facts import (
    Asking,
    Facts,
    MappingFact,
    PersonFact,
    TerminalFact,
    counts_on,
    gather,
)
from ingest.store.partitions import require_here
from ingest.store.people import find_offices
from ingest.store.plain import Book, find_ground
from ingest.store.plans import Plans
from ingest.store.rulings import Scope
from ingest.store.silence import find_silent
from ingest.store.strangers import Mapped, find_mapped, find_strangers, find_touches
from ingest.store.tables import people, punches, terminals
from ingest.store.touches import DoubtfulFact, PunchFact, TerminalName

ANYBODY = PersonFact(0, "", "", "")
_NOBODY = select(people.c.id).where(false())


class _Doubtful(NamedTuple):
    """A punch that may have come on another day than the one it claims."""

    fact: DoubtfulFact
    local_day: date
    read_at: datetime
    after_at: datetime | None

    def may_have_come(self, day: date, window: tuple[datetime, datetime]) -> bool:
        """Say what `rulings.may_have_come` says, of one day."""
        return (
            self.local_day != day
            and self.read_at >= window[0]
            and (self.after_at is None or self.after_at < window[1])
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of the terminals, by terminal id."""

    strangers: dict[tuple[str, date], list[PunchFact]]
    """By office and day, in order: punches of user ids that are not known all through."""
    doubtful: dict[str, list[_Doubtful]]
    """By office."""
    mappings: Mapping[str, Sequence[Mapped]]
    """By office: of user ids of which it must be known whose they are."""


class Months:
    """The facts of some offices between two days."""

    def __init__(
        self,
        connection: Connection,
        offices: Collection[str],
        first: date,
        last: date,
        asking: Asking,
    ) -> None:
        """Ask for all of it. Raises NotKnown, MonthAway, StoreError."""
        self._connection = connection
        self._asking = asking
        require_here(connection, first)
        pairs = [(one, day) for one in offices for day in days_between(first, last)]
        start, end = day_bounds(first, asking.zone)[0], day_bounds(last, asking.zone)[1]
        limit = timedelta(seconds=asking.clock_limit_s)
        self._names = {code: one.name for code, one in find_offices(connection).items()}
        for one in offices:
            if one not in self._names:
                raise NotKnown(f'no office "{one}"')
        self._ground = find_ground(connection, pairs, since=start)
        self._said = evidence.find_said(connection, set(offices))
        self._book = Book(connection, pairs)
        asked = {pair: self._book.expected(*pair) for pair in pairs}
        self._silent = find_silent(connection, asked)
        every = list(connection.scalars(select(terminals.c.id)))
        window = (start - limit, end + limit)
        self._rulings = rulings.find(
            connection, Scope(every, _NOBODY, first, start, window, last), root=asking.seal
        )
        names = {
            row.id: TerminalName(row.id, row.name, row.office, row.registered)
            for rows in self._ground.terminals.values()
            for row in rows
        }
        self._read = self._all_read(names, (first, last), window, len(every))

    def _all_read(
        self,
        names: Mapping[int, TerminalName],
        days: tuple[date, date],
        window: tuple[datetime, datetime],
        terminals_known: int,
    ) -> _Read:
        connection, found = self._connection, self._rulings
        mapped = find_mapped(connection, names, days)
        strangers = find_strangers(
            connection, names, days, mapped, all_there_are=len(names) == terminals_known
        )
        decided = {key[:2] for key in (*found.voided, *found.verdicts)}
        doubtful = _doubtful(connection, names, window)
        asked = {user_id for _, user_id in strangers}
        asked |= {one.user_id for some in self._ground.unreadable.values() for one in some}
        asked |= {one.fact.user_id for some in doubtful.values() for one in some}
        return _Read(
            find_touches(connection, names, days, strangers, decided),
            doubtful,
            _by_office(names, (one for one in mapped if one.fact.user_id in asked)),
        )

    def facts(self, office: str, day: date) -> Facts:
        """Return the facts of one office-day.

        Where a seal does not fit, whom that concerns is not known from the terminals of one office:
        then each day is gathered as for judging.
        """
        if self._rulings.unproven:
            whole = gather(self._connection, office=office, day=day, asking=self._asking)
            known = whole.by_nip | {ANYBODY.id}
            return replace(whole, people=(*whole.people, ANYBODY), by_nip=known)
        bounds = day_bounds(day, self._asking.zone)
        here = self._ground.terminals.get(office, ())
        return Facts(
            office=office,
            day=day,
            plans=Plans(day, self._names[office], "", self._book.expected(office, day), {}, {}),
            excused=Excused(),
            people=(ANYBODY,),
            terminals={row.id: self._terminal(row, day, bounds) for row in here},
            mappings=self._mapped_on(office, day),
            punches=tuple(self._read.strangers.get((office, day), ())),
            doubtful=(),
            refused=self._said.refused.get(office, 0),
            by_nip=frozenset({ANYBODY.id}),
            rulings=self._rulings,
            decided=self._doubtful_on(office, day, bounds),
            roaming=frozenset(),
            silent=self._silent.get((office, day), 0),
        )

    def _mapped_on(self, office: str, day: date) -> tuple[MappingFact, ...]:
        mapped = self._read.mappings.get(office, ())
        return tuple(one.fact for one in mapped if one.holds_on(day))

    def _doubtful_on(
        self, office: str, day: date, bounds: tuple[datetime, datetime]
    ) -> tuple[DoubtfulFact, ...]:
        """Return them one by one, whether or not somebody decided: that is known by the rulings."""
        limit = timedelta(seconds=self._asking.clock_limit_s)
        window = bounds[0] - limit, bounds[1] + limit
        return tuple(
            one.fact
            for one in self._read.doubtful.get(office, ())
            if one.may_have_come(day, window)
        )

    def _terminal(
        self, row: Row[Any], day: date, bounds: tuple[datetime, datetime]
    ) -> TerminalFact:
        stretches = self._ground.stretches.get(row.id, [])
        unreadable = self._ground.unreadable.get(row.id, [])
        return TerminalFact(
            row.id,
            row.serial,
            row.name,
            row.office,
            row.registered,
            counts_on(row, day),
            not row.registered and any(known.since < bounds[1] for known in stretches),
            tuple(stretches),
            self._ground.clock_of(row.id, day),
            tuple(one for one in unreadable if one.read_at >= bounds[0]),
            self._said.heard.get(row.office),
            self._said.faults.get(row.serial, ""),
        )


def _by_office(
    names: Mapping[int, TerminalName], mapped: Iterable[Mapped]
) -> dict[str, list[Mapped]]:
    found: defaultdict[str, list[Mapped]] = defaultdict(list)
    for one in mapped:
        terminal_id = one.fact.terminal_id
        office = one.fact.office if terminal_id is None else names[terminal_id].office
        found[office or ""].append(one)  # one of the two is told: the table insists
    return dict(found)


def days_between(first: date, last: date) -> list[date]:
    """Return all days from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _doubtful(
    connection: Connection, names: Mapping[int, TerminalName], window: tuple[datetime, datetime]
) -> dict[str, list[_Doubtful]]:
    found: defaultdict[str, list[_Doubtful]] = defaultdict(list)
    own = people.alias("own")
    for row in connection.execute(
        select(
            punches.c.terminal_id,
            punches.c.user_id,
            own.c.id.label("own_id"),
            punches.c.local_time,
            punches.c.local_day,
            punches.c.read_at,
            punches.c.after_at,
        )
        .outerjoin(own, own.c.nip == punches.c.user_id)
        .where(
            punches.c.terminal_id.in_(names),
            punches.c.doubt.is_not(None),
            rulings.may_have_come(window),
        )
        .order_by(punches.c.terminal_id, punches.c.user_id, punches.c.local_time)
    ):
        name = names[row.terminal_id]
        fact = DoubtfulFact(name, row.user_id, row.own_id, row.local_time, 1)
        found[name.office].append(_Doubtful(fact, row.local_day, row.read_at, row.after_at))
    return dict(found)
