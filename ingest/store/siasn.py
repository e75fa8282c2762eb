"""What BKN told, as it is staged: readings with their questions, rows of people, units.

Rows come here through `ingest.siasn.columns.keep` alone, and change nothing else in the store.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ingest.errors import Refused
from ingest.store.tables_siasn import (
    siasn_pulls,
    siasn_records,
    siasn_tasks,
    siasn_unit_offices,
    siasn_units,
)

OPEN, DONE, DROPPED = "open", "done", "dropped"
WAITING, FAILED = "waiting", "failed"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pull:
    """One reading of BKN."""

    id: int
    mode: str
    who: str
    started_at: datetime
    told_on: date
    ended_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Task:
    """One question of a reading: about a person, or a page of units."""

    pull_id: int
    number: int
    kind: str
    nip: str | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as BKN has it; `above` and `parent` are empty at the top."""

    unit: str
    name: str
    above: str
    parent: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything BKN told of one person, by what was asked."""

    nip: str
    on: date
    """The day of the answer about the person himself."""
    rows: Mapping[str, tuple[Mapping[str, str], ...]]

    def of(self, kind: str) -> tuple[Mapping[str, str], ...]:
        return self.rows.get(kind, ())

    @property
    def person(self) -> Mapping[str, str]:
        """The person himself; empty where BKN knows nobody of this NIP."""
        return next(iter(self.of("data-utama")), {})


def find_open(connection: Connection) -> Pull | None:
    """Return the reading that is not over."""
    row = connection.execute(select(siasn_pulls).where(siasn_pulls.c.state == OPEN)).one_or_none()
    return None if row is None else Pull(*row)


def find_last(connection: Connection) -> Pull | None:
    """Return the reading that began last."""
    query = select(siasn_pulls).order_by(siasn_pulls.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Pull(*row)


def begin(
    connection: Connection,
    questions: Iterable[tuple[str, str | None, int | None]],
    *,
    mode: str,
    who: str,
    now: datetime,
    today: date,
) -> Pull:
    """Begin a reading of these questions: kind, NIP, place. Raises Refused if one is open."""
    if find_open(connection) is not None:
        raise Refused("a reading of BKN is not over; go on by siasn pull, or give it up by --anew")
    made = connection.execute(
        insert(siasn_pulls).values(mode=mode, who=who, started_at=now, told_on=today, state=OPEN)
    )
    (key,) = made.inserted_primary_key or (0,)
    rows = [
        {"pull_id": key, "number": number, "kind": kind, "nip": nip, "place": place,
         "state": WAITING, "fault": ""}
        for number, (kind, nip, place) in enumerate(questions, 1)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(siasn_tasks), rows)
    return Pull(int(key), mode, who, now, today, None, OPEN)


def end(connection: Connection, pull_id: int, state: str, now: datetime) -> None:
    """End a reading, done or dropped."""
    connection.execute(
        update(siasn_pulls).where(siasn_pulls.c.id == pull_id).values(state=state, ended_at=now)
    )


def next_task(connection: Connection, pull_id: int) -> Task | None:
    """Return the first question that waits."""
    c = siasn_tasks.c
    row = connection.execute(
        select(c.pull_id, c.number, c.kind, c.nip, c.place)
        .where(c.pull_id == pull_id, c.state == WAITING)
        .order_by(c.number)
        .limit(1)
    ).one_or_none()
    return None if row is None else Task(*row)


def settle(
    connection: Connection, task: Task, now: datetime, *, state: str = DONE, fault: str = ""
) -> bool:
    """Write what became of a question; False where somebody else was faster."""
    c = siasn_tasks.c
    done = connection.execute(
        update(siasn_tasks)
        .where(c.pull_id == task.pull_id, c.number == task.number, c.state == WAITING)
        .values(state=state, fault=fault[:300], done_at=now)
    )
    return done.rowcount == 1


def add_page(connection: Connection, task: Task, place: int) -> None:
    """Let the page of units that follows wait."""
    last = connection.scalar(
        select(func.max(siasn_tasks.c.number)).where(siasn_tasks.c.pull_id == task.pull_id)
    )
    connection.execute(
        insert(siasn_tasks).values(
            pull_id=task.pull_id, number=(last or 0) + 1, kind=task.kind, place=place,
            state=WAITING, fault="",
        )
    )  # fmt: skip


def count_tasks(connection: Connection, pull_id: int) -> dict[str, int]:
    """Return how many questions of a reading there are in each state."""
    c = siasn_tasks.c
    query = select(c.state, func.count()).where(c.pull_id == pull_id).group_by(c.state)
    return {str(state): int(count) for state, count in connection.execute(query)}


def find_faults(connection: Connection, pull_id: int) -> list[tuple[str, str | None, str]]:
    """Return each question that failed: kind, NIP, why."""
    c = siasn_tasks.c
    query = (
        select(c.kind, c.nip, c.fault)
        .where(c.pull_id == pull_id, c.state == FAILED)
        .order_by(c.number)
    )
    return [(row.kind, row.nip, row.fault) for row in connection.execute(query)]


def put_rows(
    connection: Connection, pull: Pull, nip: str, kind: str, rows: Sequence[Mapping[str, str]],
    *, now: datetime, today: date,
) -> None:  # fmt: skip
    """Put the rows of an answer in the place of those of an earlier one."""
    c = siasn_records.c
    connection.execute(delete(siasn_records).where(c.nip == nip, c.kind == kind))
    told = [
        {"nip": nip, "kind": kind, "number": number, "body": dict(body), "pull_id": pull.id,
         "told_on": today, "pulled_at": now}
        for number, body in (enumerate(rows, 1) if rows else [(0, {})])
    ]  # fmt: skip
    connection.execute(insert(siasn_records), told)


def find_told(connection: Connection, nips: Sequence[str] | None = None) -> list[Told]:
    """Return what BKN told of people, by NIP: of everybody who was asked about, or of these."""
    query = select(siasn_records).order_by(
        siasn_records.c.nip, siasn_records.c.kind, siasn_records.c.number
    )
    rows: list[Any] = []
    if nips is None:
        rows += connection.execute(query).all()
    else:
        for place in range(0, len(nips), _AT_ONCE):
            some = nips[place : place + _AT_ONCE]
            rows += connection.execute(query.where(siasn_records.c.nip.in_(some))).all()
    found: defaultdict[str, defaultdict[str, list[Mapping[str, str]]]]
    found = defaultdict(lambda: defaultdict(list))
    days: dict[str, date] = {}
    for row in rows:
        told = found[row.nip][row.kind]
        if row.number:
            told.append(row.body)
        if row.kind == "data-utama":
            days[row.nip] = row.told_on
    return [
        Told(nip, days[nip], {kind: tuple(one) for kind, one in kinds.items()})
        for nip, kinds in sorted(found.items())
        if nip in days
    ]


def put_units(connection: Connection, pull: Pull, units: Sequence[Unit], now: datetime) -> int:
    """Write units, each over what was told of it before; return how many this reading did not have.

    A unit that BKN no longer tells stays: people may still be staged in it.
    """
    rows = connection.execute(select(siasn_units.c.unit, siasn_units.c.pull_id))
    known = {row.unit: row.pull_id for row in rows}
    fresh = 0
    for one in {one.unit: one for one in units}.values():
        row = {"name": one.name, "above": one.above, "parent": one.parent, "pull_id": pull.id,
               "pulled_at": now}  # fmt: skip
        fresh += known.get(one.unit) != pull.id
        if one.unit in known:
            change = update(siasn_units).where(siasn_units.c.unit == one.unit)
            connection.execute(change.values(**row))
        else:
            connection.execute(insert(siasn_units).values(unit=one.unit, **row))
    return fresh


def find_units(connection: Connection) -> dict[str, Unit]:
    """Return every unit by its id."""
    c = siasn_units.c
    query = select(c.unit, c.name, c.above, c.parent).order_by(c.unit)
    return {row.unit: Unit(*row) for row in connection.execute(query)}


def find_unit_offices(connection: Connection) -> dict[str, str]:
    """Return the office of each unit that was given one."""
    c = siasn_unit_offices.c
    rows = connection.execute(select(c.unit, c.office).order_by(c.unit))
    return {row.unit: row.office for row in rows}


def put_unit_offices(connection: Connection, new: Mapping[str, str]) -> None:
    """Write the offices of units, each over what it was."""
    c = siasn_unit_offices.c
    for unit, office in new.items():
        connection.execute(delete(siasn_unit_offices).where(c.unit == unit))
        connection.execute(insert(siasn_unit_offices).values(unit=unit, office=office))


def remove_unit_office(connection: Connection, unit: str) -> bool:
    """Take the office of a unit away; False where it had none."""
    gone = connection.execute(delete(siasn_unit_offices).where(siasn_unit_offices.c.unit == unit))
    return gone.rowcount == 1
