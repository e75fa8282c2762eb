"""Stored punches and bad records as people look through them: filtered, and streamed."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, func, or_, select

from ingest.store.tables import bad_records, coverage, people, punches, terminals, user_ids

_AT_ONCE = 2_000  # rows in memory, however many are exported


@dataclass(frozen=True, slots=True)
class Filter:
    """Which punches; what is None does not matter."""

    office: str | None = None
    terminal: str | None = None
    """A serial."""
    user_id: str | None = None
    nip: str | None = None
    first: date | None = None
    last: date | None = None
    doubtful: bool = False
    """Only those whose claimed time is not believed."""


@dataclass(frozen=True, slots=True)
class StoredPunch:
    office: str
    terminal: str
    user_id: str
    local_time: datetime
    state: int | None
    verify: int | None
    work_code: str
    source: str
    nip: str | None
    """Whose it is by the mappings of its day; None where that is not known."""
    doubt: str | None
    clock_offset_s: int | None
    read_at: datetime
    received_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class StoredBadRecord:
    office: str
    terminal: str
    kind: str
    reason: str
    user_id: str
    near_from: datetime | None
    near_until: datetime | None
    source: str
    read_at: datetime
    received_at: datetime
    raw: bytes


def stream_punches(
    connection: Connection, wanted: Filter, *, newest: int | None = None
) -> Generator[StoredPunch]:
    """Yield punches by local time, oldest first; or only the newest few, newest first."""
    whose = _whose()
    query = select(
        terminals.c.office,
        terminals.c.serial,
        punches.c.user_id,
        punches.c.local_time,
        punches.c.state,
        punches.c.verify,
        punches.c.work_code,
        punches.c.source,
        whose,
        punches.c.doubt,
        punches.c.clock_offset_s,
        punches.c.read_at,
        punches.c.received_at,
        punches.c.raw,
    ).join(terminals, terminals.c.id == punches.c.terminal_id)
    query = query.where(*_conditions(wanted, punches.c.user_id))
    if wanted.first is not None:
        query = query.where(punches.c.local_day >= wanted.first)
    if wanted.last is not None:
        query = query.where(punches.c.local_day <= wanted.last)
    if wanted.nip is not None:
        theirs = (
            select(user_ids.c.user_id)
            .join(people, people.c.id == user_ids.c.person_id)
            .where(people.c.nip == wanted.nip)
        )
        # the first condition finds few by an index; the second looks at their days
        query = query.where(
            or_(punches.c.user_id.in_(theirs), punches.c.user_id == wanted.nip),
            whose == wanted.nip,
        )
    if wanted.doubtful:
        query = query.where(punches.c.doubt.is_not(None))
    order: list[ColumnElement[Any]] = [
        punches.c.local_day,
        punches.c.local_time,
        punches.c.terminal_id,
        punches.c.user_id,
    ]
    if newest is not None:
        query, order = query.limit(newest), [one.desc() for one in order]
    with closing(_stream(connection, query.order_by(*order))) as rows:
        for row in rows:
            yield StoredPunch(*row)


def stream_bad_records(
    connection: Connection, wanted: Filter, *, newest: int | None = None
) -> Generator[StoredBadRecord]:
    """Yield records that could not be punches, by when they were read; days do not matter."""
    query = select(
        terminals.c.office,
        terminals.c.serial,
        bad_records.c.kind,
        bad_records.c.reason,
        bad_records.c.user_id,
        bad_records.c.near_from,
        bad_records.c.near_until,
        bad_records.c.source,
        bad_records.c.read_at,
        bad_records.c.received_at,
        bad_records.c.raw,
    ).join(terminals, terminals.c.id == bad_records.c.terminal_id)
    query = query.where(*_conditions(wanted, bad_records.c.user_id))
    order: list[ColumnElement[Any]] = [bad_records.c.read_at, bad_records.c.id]
    if newest is not None:
        query, order = query.limit(newest), [one.desc() for one in order]
    with closing(_stream(connection, query.order_by(*order))) as rows:
        for row in rows:
            yield StoredBadRecord(*row)


@dataclass(frozen=True, slots=True)
class LastCoverage:
    """The stretch of a terminal that reaches furthest."""

    since: datetime
    until: datetime
    on_terminal: int | None
    taken: int
    parked: int
    clock_offset_s: int | None


def find_last_coverage(connection: Connection, office: str) -> dict[str, LastCoverage]:
    """Return for each terminal of an office, by serial, the stretch that reaches furthest."""
    query = (
        select(
            terminals.c.serial,
            coverage.c.since,
            coverage.c.until,
            coverage.c.on_terminal,
            coverage.c.taken,
            coverage.c.parked,
            coverage.c.clock_offset_s,
        )
        .join(terminals, terminals.c.id == coverage.c.terminal_id)
        .where(terminals.c.office == office)
        .order_by(coverage.c.until)  # the last of each serial stays
    )
    return {row.serial: LastCoverage(*row[1:]) for row in connection.execute(query)}


def _conditions(wanted: Filter, user_id: ColumnElement[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.office is not None:
        found.append(terminals.c.office == wanted.office)
    if wanted.terminal is not None:
        found.append(terminals.c.serial == wanted.terminal)
    if wanted.user_id is not None:
        found.append(user_id == wanted.user_id)
    return found


def _whose() -> ScalarSelect[str | None]:
    """Return whose a punch is; a user id that is a person's own NIP needs no mapping."""
    mapped = (
        select(people.c.nip)
        .join(user_ids, user_ids.c.person_id == people.c.id)
        .where(
            user_ids.c.user_id == punches.c.user_id,
            or_(
                user_ids.c.terminal_id == punches.c.terminal_id,
                user_ids.c.office == terminals.c.office,
            ),
            user_ids.c.valid_from <= punches.c.local_day,
            or_(user_ids.c.valid_until.is_(None), user_ids.c.valid_until >= punches.c.local_day),
        )
        .limit(1)
        .correlate(punches, terminals)
        .scalar_subquery()
    )
    own = (
        select(people.c.nip)
        .where(people.c.nip == punches.c.user_id)
        .correlate(punches)
        .scalar_subquery()
    )
    return select(func.coalesce(mapped, own)).correlate(punches, terminals).scalar_subquery()


def _stream(connection: Connection, query: Select[Any]) -> Generator[Any]:
    with connection.execution_options(yield_per=_AT_ONCE).execute(query) as rows:
        yield from rows
