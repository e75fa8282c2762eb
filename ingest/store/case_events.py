"""The events of cases: append-only, chained over all cases, sealed where a person decided.

An event is written with its notices and with what its case has come to, in one transaction. What is
read is looked at: a case whose events are not as they were written is not gone on with.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ingest.discipline.cases import CaseState, Event, apply, from_json, to_json
from ingest.errors import IngestError, Refused, StoreError
from ingest.seal import Seal
from ingest.store import cases as projections
from ingest.store import sealed, seals
from ingest.store.sealed import Head
from ingest.store.tables_cases import case_events, case_notices

ACTS = (
    "cases.accept", "cases.approve", "cases.clarify", "cases.propose", "cases.record.action",
    "cases.record.decision", "cases.record.examination", "cases.record.hand-over",
    "cases.record.missed", "cases.record.summons", "cases.record.told", "cases.reject",
    "cases.run", "cases.withdraw", "notices.told",
)  # fmt: skip
"""Under which the audit log tells of events."""
_MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Kept:
    """One event as it is stored."""

    number: int
    at: datetime
    os_user: str
    event: Event
    link: int
    """Its number in the chain over all cases."""


@dataclass(frozen=True, slots=True)
class By:
    """With what an event is written: the account it came from, and the seal if a person did it."""

    now: datetime
    os_user: str = ""
    seal: Seal | None = None


def add(
    connection: Connection, number: int, state: CaseState | None, event: Event, by: By
) -> tuple[CaseState, Head]:
    """Add an event to a case, and return what it came to.

    Raises NotAllowed, SealError, StoreError.
    """
    after = apply(state, event)
    machine = event.who.role == _MACHINE
    if not machine and by.seal is None:
        raise Refused("what a person decides of a case is sealed; run hadir-ingest seal make")
    if not machine and by.seal is not None:
        seals.require_known(connection, by.seal)
    head = sealed.append(
        connection,
        case_events,
        {
            "case_id": number,
            "number": after.events,
            "kind": event.kind.value,
            "day": event.day,
            "at": by.now,
            "who": event.who.name,
            "os_user": "" if machine else by.os_user,
            "why": event.why,
            "body": to_json(event),
        },
        None if machine else by.seal,
    )
    projections.project(connection, number, after, by.now)
    _notify(connection, number, after.events, event, by.now)
    return after, head


def _notify(connection: Connection, number: int, at: int, event: Event, now: datetime) -> None:
    rows = [{"case_id": number, "event": at, "due_at": now, **told} for told in notice_keys(event)]
    if rows:
        connection.execute(insert(case_notices), rows)


def notice_keys(event: Event) -> list[dict[str, Any]]:
    """Return which notices an event asks for, as their rows name them."""
    keys = {(one.what, *one.to.key) for one in event.notices}
    return [
        {"what": what, "nip": nip, "office": office} for what, nip, office in sorted(keys, key=repr)
    ]


def find(connection: Connection, number: int, publics: Mapping[str, bytes]) -> list[Kept]:
    """Return the events of a case, oldest first. Raises StoreError if one is not as it was written.

    `publics` are the seals that are trusted here.
    """
    rows = connection.execute(
        select(case_events).where(case_events.c.case_id == number).order_by(case_events.c.number)
    ).all()
    faults = [f"{what} {n}" for n, row in enumerate(rows, 1) for what in faults_of(row, n, publics)]
    if faults:
        raise StoreError(
            f"case {number}, event {faults[0]}; it is left alone; see hadir-ingest cases verify"
        )
    return [kept(row) for row in rows]


def kept(row: Row[Any]) -> Kept:
    return Kept(row.number, row.at, row.os_user, from_json(row.body), row.id)


def faults_of(row: Row[Any], number: int, publics: Mapping[str, bytes]) -> list[str]:
    """Say what is wrong with one event by itself; `number` is the one it should have."""
    if row.number != number:
        return ["is missing: the next one is"]
    if hashlib.sha256(sealed.message(case_events, row._asdict())).digest() != row.digest:
        return ["was changed:"]
    try:
        event = from_json(row.body)
    except IngestError:
        return ["cannot be read:"]
    told = (event.kind.value, event.day, event.who.name, event.why)
    if told != (row.kind, row.day, row.who, row.why):
        return ["tells another story in its body:"]
    if event.who.role == _MACHINE and row.seal is None:
        return []
    return (
        [] if sealed.proven(case_events, row, publics) else ["is signed by no seal trusted here:"]
    )


def tell(
    connection: Connection,
    number: int,
    of: int,
    to: tuple[str | None, str | None],
    *,
    how: str,
    now: datetime,
) -> None:
    """Note that a notice reached whom it was for; the first time counts."""
    nip, office = to
    connection.execute(
        update(case_notices)
        .where(
            case_notices.c.case_id == number,
            case_notices.c.event == of,
            case_notices.c.nip.is_(None) if nip is None else case_notices.c.nip == nip,
            case_notices.c.office.is_(None) if office is None else case_notices.c.office == office,
            case_notices.c.told_at.is_(None),
        )
        .values(told_at=now, how=how)
    )


def find_notices(connection: Connection, number: int) -> Sequence[Row[Any]]:
    """Return who has to be told what of a case, in order of the events that say so."""
    return connection.execute(
        select(case_notices)
        .where(case_notices.c.case_id == number)
        .order_by(case_notices.c.event, case_notices.c.id)
    ).all()
