"""Adjustments: a touch that a person adds, a punch that must not count. Punches stay the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, or_, select

from ingest.errors import NotKnown, Refused
from ingest.nip import LENGTH
from ingest.seal import Seal
from ingest.store import decided, marks, sealed, seals
from ingest.store.decided import Grounds
from ingest.store.sealed import Fault, Head
from ingest.store.serving import valid_on
from ingest.store.tables import adjustments, assignments, people, punches, terminals

TOUCH, VOID, WITHDRAW = "touch", "void", "withdraw"
ACTS = ("adjustments.add-touch", "adjustments.void", "adjustments.withdraw")
_BACK = "withdraws"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One row, and what it is worth now: `in force`, `taken back`, `not proven` or `withdrawal`."""

    number: int
    kind: str
    worth: str
    nip: str | None
    terminal: str | None
    user_id: str | None
    local_time: datetime
    why: str
    letter: str
    who: str
    os_user: str
    at: datetime
    withdraws: int | None
    seal: str


def add_touch(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    *,
    nip: str,
    local_time: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> Head:
    """Add a touch of a person at a local time. Raises Refused."""
    sealed.hold(connection, adjustments)
    day = local_time.date()
    if local_time > now.astimezone(zone).replace(tzinfo=None):
        raise Refused(f"{local_time:%Y-%m-%d %H:%M:%S} has not come yet; no touch can be added")
    if not _offices(connection, nip, day):
        raise Refused(f"this person serves in no office on {day}; correct the people first")
    same = select(adjustments).where(
        adjustments.c.nip == nip, adjustments.c.local_time == local_time
    )
    _refuse_again(connection, same, "this touch is added already")
    row = {"kind": TOUCH, "nip": nip, "local_time": local_time, "local_day": day}
    return _decide(connection, seal, grounds, row, now)


def void(
    connection: Connection,
    seal: Seal,
    grounds: Grounds,
    *,
    terminal: str,
    user_id: str,
    local_time: datetime,
    now: datetime,
) -> Head:
    """Say that a stored punch must not count. Raises NotKnown, Refused."""
    sealed.hold(connection, adjustments)
    punch = connection.execute(
        select(punches.c.doubt)
        .join(terminals, terminals.c.id == punches.c.terminal_id)
        .where(
            terminals.c.serial == terminal,
            punches.c.user_id == user_id,
            punches.c.local_time == local_time,
        )
    ).one_or_none()
    if punch is None:
        raise NotKnown(
            f"terminal {terminal} has no punch of user id {user_id} at "
            f"{local_time:%Y-%m-%d %H:%M:%S}; see hadir-ingest punches list"
        )
    if punch.doubt is not None:
        raise Refused("the time of this punch is in doubt; settle it by quarantine resolve")
    same = select(adjustments).where(
        adjustments.c.terminal == terminal,
        adjustments.c.user_id == user_id,
        adjustments.c.local_time == local_time,
    )
    _refuse_again(connection, same, "this punch is void already")
    row = {
        "kind": VOID,
        "terminal": terminal,
        "user_id": user_id,
        "local_time": local_time,
        "local_day": local_time.date(),
    }
    return _decide(connection, seal, grounds, row, now)


def withdraw(
    connection: Connection, seal: Seal, grounds: Grounds, number: int, *, now: datetime
) -> Head:
    """Take back an adjustment; both rows stay. Raises NotKnown, Refused."""
    sealed.hold(connection, adjustments)
    target = select(adjustments).where(adjustments.c.id == number)
    found = decided.require_open(
        adjustments,
        number,
        decided.with_takers(connection, adjustments, target, back=_BACK),
        seals.trusted(connection),
        back=_BACK,
    )
    copied = ("nip", "terminal", "user_id", "local_time", "local_day")
    row = {"kind": WITHDRAW, "withdraws": number}
    row |= {name: getattr(found, name) for name in copied}
    return _decide(connection, seal, grounds, row, now)


def find(
    connection: Connection,
    *,
    root: str | None = None,
    nip: str | None = None,
    office: str | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Adjustment]:
    """Return adjustments in their order; of an office: of its terminals, and of who serves there
    on the day. `root` is the fingerprint of the seal that is trusted."""
    query = select(adjustments)
    if nip is not None:
        query = query.where(adjustments.c.nip == nip)
    if office is not None:
        day = adjustments.c.local_day
        serving = (
            select(people.c.nip)
            .join(assignments, assignments.c.person_id == people.c.id)
            .where(assignments.c.office == office, valid_on(assignments, day))
        )
        here = select(terminals.c.serial).where(terminals.c.office == office)
        query = query.where(or_(adjustments.c.nip.in_(serving), adjustments.c.terminal.in_(here)))
    if first is not None:
        query = query.where(adjustments.c.local_day >= first)
    if last is not None:
        query = query.where(adjustments.c.local_day <= last)
    rows = connection.execute(query.order_by(adjustments.c.id)).all()
    worths = decided.worths(
        adjustments, rows, seals.trusted(connection, root), back=_BACK, taking_back="withdrawal"
    )
    return [_adjustment(row, worths[row.id]) for row in rows]


def faults(connection: Connection, root: str | None) -> Iterator[Fault]:
    """Yield what was changed, removed, put in, or is not signed by a seal of `root`."""
    return decided.faults(connection, adjustments, ACTS, root)


def _adjustment(row: Row[Any], worth: str) -> Adjustment:
    return Adjustment(
        row.id,
        row.kind,
        worth,
        row.nip,
        row.terminal,
        row.user_id,
        row.local_time,
        row.why,
        row.letter,
        row.who,
        row.os_user,
        row.at,
        row.withdraws,
        row.seal,
    )


def _refuse_again(connection: Connection, same: Select[Any], sentence: str) -> None:
    rows = decided.with_takers(connection, adjustments, same, back=_BACK)
    stands = decided.standing(adjustments, rows, seals.trusted(connection), back=_BACK)
    if stands.in_force:
        raise Refused(f"{sentence}, by adjustment {stands.in_force[0].id}")


def _decide(
    connection: Connection, seal: Seal, grounds: Grounds, row: dict[str, Any], now: datetime
) -> Head:
    made = decided.decide(connection, adjustments, seal, grounds, row, now=now)
    _mark(connection, row, now.date())
    return made


def _mark(connection: Connection, row: dict[str, Any], today: date) -> None:
    """Have the days looked at again on which the adjustment bears."""
    day = row["local_day"]
    if row.get("nip") is not None:
        offices = _offices(connection, row["nip"], day)
        marks.mark_office_days(connection, [(one, day) for one in offices])
    if row.get("terminal") is not None:
        terminal_id = connection.scalar(
            select(terminals.c.id).where(terminals.c.serial == row["terminal"])
        )
        if terminal_id is not None:
            # by the own NIP a punch also told that its owner can touch, on each day that followed
            later = marks.days_between(day, today) if len(row["user_id"]) == LENGTH else []
            days = {day, *later}
            marks.mark_user_days(connection, [(terminal_id, row["user_id"], one) for one in days])


def _offices(connection: Connection, nip: str, day: date) -> list[str]:
    return list(
        connection.scalars(
            select(assignments.c.office)
            .join(people, people.c.id == assignments.c.person_id)
            .where(people.c.nip == nip, valid_on(assignments, day))
            .distinct()
        )
    )
