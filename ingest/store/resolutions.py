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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, or_, select

from ingest.coverage import FIRST_SANE_YEAR, day_bounds, doubt_window
from ingest.errors import NotKnown, Refused
from ingest.nip import LENGTH
from ingest.seal import Seal
from ingest.store import decided, marks, sealed, seals
from ingest.store.adjustments import Grounds
from ingest.store.sealed import Fault, Head
from ingest.store.tables import bad_records, punches, resolutions, terminals

PUNCH, RECORD, COVERAGE = "punch", "record", "coverage"
ACCEPT, REJECT, WITHDRAW, REOPEN = "accept", "reject", "withdraw", "reopen"
ACTS = ("quarantine.resolve", "quarantine.reopen", "coverage.withdraw")
BLANK = "blank"  # a slot that was never written is no record
_BACK = "reopens"
_COPIED = ("kind", "terminal", "user_id", "local_time", "record", "since", "until")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A doubtful punch or a bad record on which nobody has decided yet."""

    kind: str
    office: str
    terminal: str
    """Serial."""
    user_id: str
    local_time: datetime | None
    """The time a punch claims."""
    record: str | None
    """The id of a bad record."""
    why: str
    """The code of the doubt, or what is wrong with the record."""
    read_at: datetime
    after_at: datetime | None
    near_from: datetime | None


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


def find_waiting(
    connection: Connection,
    *,
    office: str | None = None,
    terminal: str | None = None,
    root: str | None = None,
) -> list[Waiting]:
    """Return what is in quarantine, by terminal and by when it was read."""
    publics = seals.trusted(connection, root)
    rows = connection.execute(
        select(resolutions).where(resolutions.c.kind.in_((PUNCH, RECORD)))
    ).all()
    settled = {
        (row.terminal, row.user_id, row.local_time, row.record)
        for row in decided.standing(resolutions, rows, publics, back=_BACK).in_force
    }
    found = [
        one
        for query in (_doubtful_punches(), _bad_records())
        for one in _waiting(connection, query, office, terminal)
        if _key(one) not in settled
    ]
    return sorted(found, key=lambda one: (one.office, one.terminal, one.read_at, one.user_id))


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
    for one in waiting:
        _refuse_senseless(one, verdict, now.astimezone(zone).replace(tzinfo=None))
    made = [
        _decide(
            connection,
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
            now,
        )
        for one in waiting
    ]
    _mark(connection, waiting, now=now, zone=zone, clock_limit_s=clock_limit_s)
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
    _office(connection, terminal)  # known, or NotKnown
    made = _decide(connection, seal, grounds, row, now)
    _mark_coverage(
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
    found = decided.require_open(resolutions, number, rows, seals.trusted(connection), back=_BACK)
    row = {name: getattr(found, name) for name in _COPIED}
    made = _decide(connection, seal, grounds, row | {"verdict": REOPEN, "reopens": number}, now)
    if found.kind == COVERAGE:
        first, last = (at.astimezone(zone).date() for at in (found.since, found.until))
        _mark_coverage(
            connection,
            found.terminal,
            first,
            last,
            now=now,
            zone=zone,
            clock_limit_s=clock_limit_s,
        )
        return made
    query = _doubtful_punches() if found.kind == PUNCH else _bad_records()
    again = [
        one
        for one in _waiting(connection, query, None, found.terminal)
        if _key(one) == (found.terminal, found.user_id, found.local_time, found.record)
    ]
    _mark(connection, again, now=now, zone=zone, clock_limit_s=clock_limit_s)
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
    stands = decided.standing(resolutions, rows, seals.trusted(connection, root), back=_BACK)
    in_force, unproven = ({row.id for row in one} for one in (stands.in_force, stands.unproven))
    return [_resolution(row, in_force, unproven) for row in rows]


def faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what was changed, removed, put in, or is not signed by a seal of `root`."""
    return decided.faults(connection, resolutions, ACTS, root)


def _doubtful_punches() -> Select[Any]:
    return (
        select(
            terminals.c.office,
            terminals.c.serial,
            punches.c.user_id,
            punches.c.local_time,
            punches.c.doubt,
            punches.c.read_at,
            punches.c.after_at,
        )
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(punches.c.doubt.is_not(None))
    )


def _bad_records() -> Select[Any]:
    return (
        select(
            terminals.c.office,
            terminals.c.serial,
            bad_records.c.user_id,
            bad_records.c.id,
            bad_records.c.kind,
            bad_records.c.reason,
            bad_records.c.read_at,
            bad_records.c.near_from,
        )
        .join(terminals, terminals.c.id == bad_records.c.terminal_id)
        .where(bad_records.c.kind != BLANK)
    )


def _waiting(
    connection: Connection, query: Select[Any], office: str | None, terminal: str | None
) -> Iterator[Waiting]:
    if office is not None:
        query = query.where(terminals.c.office == office)
    if terminal is not None:
        query = query.where(terminals.c.serial == terminal)
    for row in connection.execute(query):
        if hasattr(row, "doubt"):
            yield Waiting(
                PUNCH, row.office, row.serial, row.user_id, row.local_time, None, row.doubt,
                row.read_at, row.after_at, None,
            )  # fmt: skip
        else:
            why = f"{row.kind}: {row.reason}" if row.reason else row.kind
            yield Waiting(
                RECORD, row.office, row.serial, row.user_id, None, row.id, why, row.read_at, None,
                row.near_from,
            )  # fmt: skip


def _key(one: Waiting) -> tuple[str, str | None, datetime | None, str | None]:
    return one.terminal, one.user_id or None, one.local_time, one.record


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


def _decide(
    connection: Connection, seal: Seal, grounds: Grounds, row: dict[str, Any], now: datetime
) -> Head:
    return decided.decide(
        connection,
        resolutions,
        seal,
        grounds.actor,
        row,
        why=grounds.why,
        letter=grounds.letter,
        now=now,
    )


def _mark(
    connection: Connection,
    waiting: Iterable[Waiting],
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> None:
    """Have every day looked at again to which the punches and records may belong."""
    query = select(terminals.c.serial, terminals.c.id)
    ids = {row.serial: row.id for row in connection.execute(query)}
    days: dict[str, set[date]] = {}
    users: set[tuple[int, str, date]] = set()
    for one in waiting:
        may = set(_may_belong_to(one, now, zone, clock_limit_s))
        if one.local_time is not None:
            may.add(one.local_time.date())
        days.setdefault(one.office, set()).update(may)
        if (
            len(one.user_id) == LENGTH
        ):  # a NIP: its owner may serve where nobody knows this terminal
            users.update((ids[one.terminal], one.user_id, day) for day in may)
    marks.mark_user_days(connection, users)
    for office in sorted(days):
        marks.mark_known_here(connection, office, days[office])


def _may_belong_to(one: Waiting, now: datetime, zone: ZoneInfo, clock_limit_s: int) -> list[date]:
    limit = timedelta(seconds=clock_limit_s)
    last = min(one.read_at + limit, now).astimezone(zone).date()
    if one.kind == PUNCH:
        start = doubt_window(one.after_at, one.read_at, clock_limit_s).start
        return marks.days_between(start.astimezone(zone).date() if start else date.min, last)
    near = date.min if one.near_from is None else one.near_from.date()
    believed = near.year >= FIRST_SANE_YEAR and near <= last
    return marks.days_between(near if believed else date.min, last)


def _mark_coverage(
    connection: Connection,
    terminal: str,
    first: date,
    last: date,
    *,
    now: datetime,
    zone: ZoneInfo,
    clock_limit_s: int,
) -> None:
    """Mark the days themselves, and those of bad records whose age was told by that coverage."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    marks.mark_known_here(connection, _office(connection, terminal), days)
    since = day_bounds(first, zone)[0]
    younger = [
        one for one in _waiting(connection, _bad_records(), None, terminal) if one.read_at >= since
    ]
    _mark(connection, younger, now=now, zone=zone, clock_limit_s=clock_limit_s)


def _office(connection: Connection, terminal: str) -> str:
    found: str | None = connection.scalar(
        select(terminals.c.office).where(terminals.c.serial == terminal)
    )
    if found is None:
        raise NotKnown(f'no terminal "{terminal}"; see hadir-ingest terminals list')
    return found


def _resolution(row: Row[Any], in_force: set[int], unproven: set[int]) -> Resolution:
    worth = "taken back"
    if row.id in in_force:
        worth = "in force"
    elif row.id in unproven:
        worth = "not proven"
    elif row.verdict == REOPEN:
        worth = "reopening"
    return Resolution(
        row.id, row.kind, row.verdict, worth, row.terminal, row.user_id, row.local_time,
        row.record, row.since, row.until, row.why, row.letter, row.who, row.os_user, row.at,
        row.reopens, row.seal,
    )  # fmt: skip
