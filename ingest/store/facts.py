"""Everything the store knows about one office on one day, in a fixed number of questions.

The same questions serve everybody of an office and a single person, so that judging and explaining
cannot differ. Nothing is concluded here: see `ingest.days.assemble`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Row,
    Select,
    exists,
    or_,
    select,
)

from ingest.calendar import Category, Expected, FreeDay, expected, read_scheme
from ingest.coverage import ClockDay, Stretch, Unreadable, day_bounds
from ingest.errors import NotKnown, StoreError
from ingest.store import evidence, rulings, touches
from ingest.store.rulings import Rulings, Scope
from ingest.store.serving import serving_on, valid_on
from ingest.store.tables import (
    assignments,
    calendar_years,
    holidays,
    offices,
    people,
    schemes,
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
    office_name: str
    scheme_name: str
    day: date
    expected: Expected
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


def gather(
    connection: Connection,
    *,
    office: str,
    day: date,
    zone: ZoneInfo,
    clock_limit_s: int,
    person_id: int | None = None,
    seal: str | None = None,
) -> Facts:
    """Return the facts for all people of an office, or for one of them. Raises NotKnown.

    `seal` is the fingerprint of the seal by which decisions are proven; None takes the last one.

    Coverage is asked before punches: punches are committed first, so whatever a coverage rests on
    is seen, even when each question sees a newer state than the one before.
    """
    head = _head(connection, office)
    serving = serving_on(office, day)
    if person_id is not None:
        serving = serving.where(assignments.c.person_id == person_id)
    roaming = touches.find_roaming(connection, office, serving, day)
    found = _terminals(connection, office, day, serving, {one for _, one in roaming})
    ids, places = list(found), {one.office for one in found.values()}
    start, end = day_bounds(day, zone)
    stretches = evidence.find_stretches(connection, ids)
    clock = evidence.find_clock(connection, ids, day)
    unreadable = evidence.find_unreadable(connection, ids, start)
    said = evidence.find_said(connection, places | {office})
    limit = timedelta(seconds=clock_limit_s)
    window = (start - limit, end + limit)
    return Facts(
        office=office,
        office_name=head.name,
        scheme_name=head.scheme_name,
        day=day,
        expected=_expected(connection, head, office, day),
        people=tuple(
            PersonFact(*row)
            for row in connection.execute(
                select(people.c.id, people.c.nip, people.c.name, people.c.kind)
                .where(people.c.id.in_(serving))
                .order_by(people.c.name, people.c.nip)
            )
        ),
        terminals={
            one.id: TerminalFact(
                one.id,
                one.serial,
                one.name,
                one.office,
                one.registered,
                _counts(one, day),
                not one.registered and any(known.since < end for known in stretches[one.id]),
                tuple(stretches[one.id]),
                tuple(clock[one.id]),
                tuple(unreadable[one.id]),
                said.heard.get(one.office),
                said.faults.get(one.serial, ""),
            )
            for one in found.values()
        },
        mappings=_mappings(connection, ids, places, serving, day),
        punches=touches.find_punches(connection, ids, serving, day),
        doubtful=touches.find_doubtful(connection, ids, serving, day, window),
        rulings=rulings.find(connection, Scope(ids, serving, day, start, window), root=seal),
        decided=touches.find_decided(connection, ids, serving, day, window),
        refused=said.refused.get(office, 0),
        by_nip=touches.find_by_nip(
            connection,
            [one.id for one in found.values() if one.office == office and _counts(one, day)],
            serving,
            day,
        ),
        roaming=roaming,
    )


def _head(connection: Connection, office: str) -> Any:
    head = connection.execute(
        select(
            offices.c.name,
            schemes.c.code.label("scheme"),
            schemes.c.name.label("scheme_name"),
            schemes.c.hours,
            schemes.c.tolerance_s,
        )
        .join(schemes, schemes.c.code == offices.c.scheme)
        .where(offices.c.code == office)
    ).one_or_none()
    if head is None:
        raise NotKnown(f'no office "{office}"; see hadir-ingest offices list')
    return head


def _expected(connection: Connection, head: Any, office: str, day: date) -> Expected:
    free = connection.execute(
        select(holidays.c.name, holidays.c.category)
        .where(holidays.c.day == day, holidays.c.office.is_(None) | (holidays.c.office == office))
        .order_by(holidays.c.name)
    ).all()
    filled = connection.scalar(select(exists().where(calendar_years.c.year == day.year)))
    try:
        scheme = read_scheme(head.scheme, head.scheme_name, head.hours, head.tolerance_s)
    except ValueError as error:
        raise StoreError(str(error)) from error
    return expected(
        day,
        scheme=scheme,
        free=[FreeDay(row.name, Category(row.category)) for row in free],
        year_filled=bool(filled),
    )


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


def _counts(terminal: Row[Any], day: date) -> bool:
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
