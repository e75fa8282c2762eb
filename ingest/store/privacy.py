"""What is held back from erasing, what was erased, and what people asked of us."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    insert,
    or_,
    select,
    update,
)

from ingest.errors import NotKnown, Refused
from ingest.store.tables import people
from ingest.store.tables_cases import cases
from ingest.store.tables_privacy import erasures, privacy_holds, privacy_requests

REQUEST_HOURS = 72
"""3 x 24 hours: UU 27/2022, Pasal 40-41."""
KINDS = ("access", "copy", "correction", "restriction", "objection", "erasure", "withdrawal")
OUTCOMES = ("granted", "partly", "refused")
_AGAINST = ("restriction", "objection")
"""Kinds that may stand against what is done about somebody."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing of a person is erased, until somebody releases it."""

    number: int
    nip: str
    why: str
    letter: str
    placed_at: datetime
    placed_by: str
    released_at: datetime | None
    released_by: str | None
    released_why: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked of us, and what became of it."""

    number: int
    nip: str
    kind: str
    text: str
    received_at: datetime
    due_at: datetime
    entered_by: str
    done_at: datetime | None
    outcome: str | None
    answer: str | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What one round erased of one kind."""

    id: int
    at: datetime
    kind: str
    count: int
    rows: Sequence[str]
    who: str


def held(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say of whom nothing may be erased: a hold is open, or a case of theirs is."""
    holds = select(privacy_holds.c.person_id).where(privacy_holds.c.released_at.is_(None))
    lives = select(cases.c.person_id).where(cases.c.closed_on.is_(None))
    return or_(person.in_(holds), person.in_(lives))


def hold(
    connection: Connection, person_id: int, *, why: str, letter: str, who: str, now: datetime
) -> int:
    """Hold back everything of a person. Raises Refused where it is held already."""
    if _open_hold(connection, person_id) is not None:
        raise Refused("this person's data are held back already; see hadir-ingest privacy holds")
    made = connection.execute(
        insert(privacy_holds).values(
            person_id=person_id, why=why, letter=letter, placed_at=now, placed_by=who
        )
    ).inserted_primary_key
    assert made is not None  # noqa: S101 - for mypy: an insert of one row has a key
    return int(made[0])


def release(connection: Connection, person_id: int, *, why: str, who: str, now: datetime) -> int:
    """End the hold of a person; return its number. Raises NotKnown."""
    number = _open_hold(connection, person_id)
    if number is None:
        raise NotKnown("nothing of this person is held back; see hadir-ingest privacy holds")
    connection.execute(
        update(privacy_holds)
        .where(privacy_holds.c.id == number)
        .values(released_at=now, released_by=who, released_why=why)
    )
    return number


def _open_hold(connection: Connection, person_id: int) -> int | None:
    query = select(privacy_holds.c.id).where(
        privacy_holds.c.person_id == person_id, privacy_holds.c.released_at.is_(None)
    )
    found: int | None = connection.scalar(query)
    return found


def find_holds(connection: Connection, *, released: bool = False) -> list[Hold]:
    """Return what is held back, oldest first; with `released`, also what was."""
    query = _with_nip(privacy_holds).order_by(privacy_holds.c.id)
    if not released:
        query = query.where(privacy_holds.c.released_at.is_(None))
    return [
        Hold(
            row.id, row.nip, row.why, row.letter, row.placed_at, row.placed_by, row.released_at,
            row.released_by, row.released_why,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def add_request(
    connection: Connection,
    person_id: int,
    *,
    kind: str,
    text: str,
    received_at: datetime,
    who: str,
) -> tuple[int, datetime]:
    """Write down what somebody asked; return its number and when it is due."""
    due_at = received_at + timedelta(hours=REQUEST_HOURS)
    made = connection.execute(
        insert(privacy_requests).values(
            person_id=person_id, kind=kind, text=text, received_at=received_at, due_at=due_at,
            entered_by=who,
        )
    ).inserted_primary_key  # fmt: skip
    assert made is not None  # noqa: S101 - for mypy: an insert of one row has a key
    return int(made[0]), due_at


def settle_request(
    connection: Connection, number: int, *, outcome: str, answer: str, who: str, now: datetime
) -> Request:
    """Write down what became of a request. Raises NotKnown, Refused where it is done."""
    found = [one for one in find_requests(connection, done=True) if one.number == number]
    if not found:
        raise NotKnown(f"there is no request {number}; see hadir-ingest privacy requests list")
    if found[0].done_at is not None:
        raise Refused(f"request {number} was answered on {found[0].done_at:%Y-%m-%d} already")
    connection.execute(
        update(privacy_requests)
        .where(privacy_requests.c.id == number)
        .values(done_at=now, outcome=outcome, answer=answer, done_by=who)
    )
    return found[0]


def find_requests(connection: Connection, *, done: bool = False) -> list[Request]:
    """Return what waits for an answer, the first due first; with `done`, also what has one."""
    query = _with_nip(privacy_requests).order_by(privacy_requests.c.due_at, privacy_requests.c.id)
    if not done:
        query = query.where(privacy_requests.c.done_at.is_(None))
    return [_request(row) for row in connection.execute(query)]


def find_standing(connection: Connection, nips: Collection[str]) -> list[Request]:
    """Return restrictions and objections of people that wait for an answer, or were granted."""
    requests = privacy_requests.c
    query = (
        _with_nip(privacy_requests)
        .where(
            people.c.nip.in_(nips),
            requests.kind.in_(_AGAINST),
            or_(requests.outcome.is_(None), requests.outcome != "refused"),
        )
        .order_by(requests.id)
    )
    return [_request(row) for row in connection.execute(query)]


def _request(row: Row[Any]) -> Request:
    return Request(
        row.id, row.nip, row.kind, row.text, row.received_at, row.due_at, row.entered_by,
        row.done_at, row.outcome, row.answer, row.done_by,
    )  # fmt: skip


def _with_nip(table: Any) -> Select[Any]:
    return select(table, people.c.nip).join(people, people.c.id == table.c.person_id)


def note_erasure(
    connection: Connection, kind: str, count: int, rows: Sequence[str], *, who: str, now: datetime
) -> None:
    """Write down what a round erased of one kind."""
    connection.execute(
        insert(erasures).values(at=now, kind=kind, count=count, rows=list(rows), who=who)
    )


def find_erasures(connection: Connection, *, since: datetime | None = None) -> list[Erasure]:
    """Return what was erased, oldest first."""
    query = select(erasures).order_by(erasures.c.id)
    if since is not None:
        query = query.where(erasures.c.at >= since)
    return [
        Erasure(row["id"], row["at"], row["kind"], row["count"], tuple(row["rows"]), row["who"])
        for row in connection.execute(query).mappings()
    ]


def erased_papers(connection: Connection) -> frozenset[str]:
    """Return the papers of cases that erasures tell of, as `case_files` names them."""
    found = connection.scalars(select(erasures.c.rows).where(erasures.c.kind == "papers"))
    return frozenset(str(one) for rows in found for one in rows)
