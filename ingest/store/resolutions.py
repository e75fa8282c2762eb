"""What becomes of evidence in quarantine, and of coverage that turned out wrong.

| On | Verdict | Then |
| --- | --- | --- |
| a doubtful punch | accept | it counts at the time it claims, and no other day waits for it |
| | reject | it does not count, and no day waits for it |
| a bad record | reject | it was no touch that matters; no day waits for it |
| a stretch of a terminal's coverage | withdraw | those days are not known to the end |

A bad record has no time at which it could count: the touch is added as an adjustment, and the
record rejected. `reopen` takes a resolution back. What was decided on stays as it was stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, or_, select

from ingest.coverage import day_bounds
from ingest.errors import Refused
from ingest.seal import Seal
from ingest.store import decided, sealed, seals
from ingest.store.decided import Grounds
from ingest.store.quarantine import BACK, RECORD, Waiting, find_all, find_waiting, key
from ingest.store.resolution_marks import mark_coverage, mark_waiting, office_of
from ingest.store.sealed import Fault, Head
from ingest.store.tables import resolutions, terminals

COVERAGE = "coverage"
ACCEPT, REJECT, WITHDRAW, REOPEN = "accept", "reject", "withdraw", "reopen"
ACTS = ("quarantine.resolve", "quarantine.reopen", "coverage.withdraw")
_COPIED = ("kind", "terminal", "user_id", "local_time", "record", "since", "until")


@dataclass(frozen=True, slots=True)
class Resolution:
    """One row, and what it is worth now: `in force`, `taken back`, `not proven` or `reopening`."""

    number: int
    kind: str
    verdict: str
    worth: str
    terminal: str
    user_id: str | None
    local_time: datetime | None
    record: str | None
    since: datetime | None
    until: datetime | None
    why: str
    letter: str
    who: str
    os_user: str
    at: datetime
    reopens: int | None
    seal: str


def resolve(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    waiting: Sequence[Waiting],
    verdict: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> list[Head]:
    """Decide on what is in quarantine, a row each. Raises Refused."""
    sealed.hold(connection, resolutions)
    _refuse_decided(connection, seal, waiting)
    for one in waiting:
        _refuse_senseless(one, verdict, now.astimezone(zone).replace(tzinfo=None))
    made = [
        decided.decide(
            connection,
            resolutions,
            seal,
            grounds,
            {
                "kind": one.kind,
                "verdict": verdict,
                "terminal": one.terminal,
                "user_id": one.user_id or None,
                "local_time": one.local_time,
                "record": one.record,
            },
            now=now,
        )
        for one in waiting
    ]
    mark_waiting(connection, waiting, now=now, zone=zone, clock_limit_s=clock_limit_s)
    return made


def withdraw_coverage(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    *,
    terminal: str,
    first: date,
    last: date,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> Head:
    """Say that a terminal's coverage of these days, both in, is not believed. Raises NotKnown."""
    sealed.hold(connection, resolutions)
    if last < first:
        raise Refused(f"{last} lies before {first}")
    if last > now.astimezone(zone).date():
        raise Refused(f"{last} has not begun; nothing is known of it yet")
    row = {
        "kind": COVERAGE,
        "verdict": WITHDRAW,
        "terminal": terminal,
        "since": day_bounds(first, zone)[0],
        "until": day_bounds(last, zone)[1],
    }
    office_of(connection, terminal)  # known, or NotKnown
    made = decided.decide(connection, resolutions, seal, grounds, row, now=now)
    mark_coverage(
        connection, terminal, first, last, now=now, zone=zone, clock_limit_s=clock_limit_s
    )
    return made


def reopen(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    number: int,
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> Head:
    """Take back a resolution; both rows stay. Raises NotKnown, Refused."""
    sealed.hold(connection, resolutions)
    rows = connection.execute(
        select(resolutions).where(or_(resolutions.c.id == number, resolutions.c.reopens == number))
    ).all()
    found = decided.require_open(resolutions, number, rows, seals.trusted(connection), back=BACK)
    row = {name: getattr(found, name) for name in _COPIED}
    row |= {"verdict": REOPEN, "reopens": number}
    made = decided.decide(connection, resolutions, seal, grounds, row, now=now)
    if found.kind == COVERAGE:
        first, last = (at.astimezone(zone).date() for at in (found.since, found.until))
        mark_coverage(
            connection,
            found.terminal,
            first,
            last,
            now=now,
            zone=zone,
            clock_limit_s=clock_limit_s,
        )
        return made
    again = [
        one
        for one in find_all(connection, found.kind, terminal=found.terminal)
        if key(one) == (found.terminal, found.user_id, found.local_time, found.record)
    ]
    mark_waiting(connection, again, now=now, zone=zone, clock_limit_s=clock_limit_s)
    return made


def find(
    connection: Connection, *, office: str | None = None, root: str | None = None
) -> list[Resolution]:
    """Return resolutions in their order."""
    query = select(resolutions)
    if office is not None:
        here = select(terminals.c.serial).where(terminals.c.office == office)
        query = query.where(resolutions.c.terminal.in_(here))
    rows = connection.execute(query.order_by(resolutions.c.id)).all()
    worths = decided.worths(
        resolutions, rows, seals.trusted(connection, root), back=BACK, taking_back="reopening"
    )
    return [_resolution(row, worths[row.id]) for row in rows]


def faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what was changed, removed, put in, or is not signed by a seal of `root`."""
    return decided.faults(connection, resolutions, ACTS, root)


def _refuse_decided(connection: Connection, seal: Seal, named: Sequence[Waiting]) -> None:
    """Refuse what does not wait any more: two verdicts on one thing must not both stand."""
    keys = [key(one) for one in named]
    if len(set(keys)) < len(keys):
        raise Refused("the same punch or record is named twice")
    for terminal in {one.terminal for one in named}:
        still = find_waiting(connection, terminal=terminal, root=seal.fingerprint)
        gone = {one for one in keys if one[0] == terminal} - {key(one) for one in still}
        if gone:
            raise Refused(
                f"{len(gone)} of these on terminal {terminal} are decided already: somebody was "
                "faster; see hadir-ingest quarantine resolved"
            )


def _refuse_senseless(one: Waiting, verdict: str, local_now: datetime) -> None:
    if one.kind == RECORD and verdict == ACCEPT:
        raise Refused(
            f"bad record {one.record} has no time at which it could count; add the touch by "
            "adjustments add-touch, and reject the record"
        )
    if verdict == ACCEPT and one.local_time is not None and one.local_time > local_now:
        raise Refused(
            f"the punch of {one.local_time:%Y-%m-%d %H:%M:%S} claims a time that has not come; "
            "reject it, and add the touch by adjustments add-touch"
        )


def _resolution(row: Row[Any], worth: str) -> Resolution:
    return Resolution(
        row.id, row.kind, row.verdict, worth, row.terminal, row.user_id, row.local_time,
        row.record, row.since, row.until, row.why, row.letter, row.who, row.os_user, row.at,
        row.reopens, row.seal,
    )  # fmt: skip
