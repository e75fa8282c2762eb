"""Who answers for a person: the posts above, who holds them, who is away, and who stands in."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from ingest.calendar import ExcuseType
from ingest.discipline.cases import Away, Rung, StandIn
from ingest.store import decided, seals
from ingest.store.plans import ENDED, SUSPENDED, break_text
from ingest.store.serving import holds_on, valid_on
from ingest.store.tables import assignments, people
from ingest.store.tables_time import excuses, service_breaks, stand_ins

STEPS = 5
_AWAY = frozenset({"PERMIT", "SICK", "LEAVE", "DUTY", "STUDY", "TRAINING"})
"""Statuses of a day on which somebody does not sign letters."""
_BREAKS = {SUSPENDED: "diberhentikan sementara", ENDED: "tidak bertugas"}


class _Post(NamedTuple):
    office: str
    superior_id: int | None
    held: bool
    """False of who left it: what was above him then is above the vacant post."""


def find_rungs(
    connection: Connection,
    person_id: int,
    *,
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> tuple[Rung, ...]:
    """Return the posts above a person on a day, the direct one first.

    Who left his post leaves it vacant, and the chain goes on to who was above him. It ends where
    nobody is recorded, or where it would come back to somebody in it; who acts as head of the
    office is above all of it then. `root` is the seal by which excuses are proven. Raises
    StoreError for a break of no known kind.
    """
    found: list[Rung] = []
    here, seen = _post(connection, person_id, on), {person_id}
    while here is not None and len(found) < STEPS:
        if here.superior_id is None or here.superior_id in seen:
            return (*found, *_head(connection, here.office, on, types, root))
        seen.add(here.superior_id)
        above = _post(connection, here.superior_id, on)
        found.append(_rung(connection, here, above, len(found), on, types, root))
        here = above
    return tuple(found)


def is_at_post(
    connection: Connection,
    person_id: int,
    *,
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> bool:
    """Say whether somebody serves on a day and is not away: whoever stands in answers for nobody
    then. Raises StoreError as above."""
    post = _post(connection, person_id, on)
    if post is None or not post.held or _is_gone(connection, person_id, on):
        return False
    return not _away(connection, [person_id], on, types, root)[person_id]


def _post(connection: Connection, person_id: int, on: date) -> _Post | None:
    """Return where somebody serves on a day, or served last before it."""
    row = connection.execute(
        select(assignments.c.office, assignments.c.superior_id, assignments.c.valid_until)
        .where(assignments.c.person_id == person_id, assignments.c.valid_from <= on)
        .order_by(valid_on(assignments, on).desc(), assignments.c.valid_from.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return _Post(row.office, row.superior_id, row.valid_until is None or row.valid_until >= on)


def _rung(
    connection: Connection,
    here: _Post,
    above: _Post | None,
    steps: int,
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> Rung:
    assert here.superior_id is not None  # noqa: S101 - told to mypy
    name = "atasan langsung" if steps == 0 else f"atasan tingkat {steps + 1}"
    acting = _acting(connection, stand_ins.c.person_id == here.superior_id, on, types, root)
    office = here.office if above is None else above.office
    gone = above is None or not above.held or _is_gone(connection, here.superior_id, on)
    nip = connection.scalar(select(people.c.nip).where(people.c.id == here.superior_id))
    away = () if gone else _away(connection, [here.superior_id], on, types, root)[here.superior_id]
    return Rung(name, None if gone else nip, office, away, acting)


def _head(
    connection: Connection,
    office: str,
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> tuple[Rung, ...]:
    acting = _acting(connection, stand_ins.c.office == office, on, types, root)
    return (Rung("pimpinan perangkat daerah", None, office, (), acting),) if acting else ()


def _acting(
    connection: Connection, whose: Any, on: date, types: Mapping[str, ExcuseType], root: str | None
) -> tuple[StandIn, ...]:
    rows = connection.execute(
        select(stand_ins, people.c.nip)
        .join(people, people.c.id == stand_ins.c.stand_in_id)
        .where(whose, holds_on(stand_ins, on))
        .order_by(stand_ins.c.first, stand_ins.c.id)
    ).all()
    away = _away(connection, {row.stand_in_id for row in rows}, on, types, root)
    return tuple(
        StandIn(row.nip, row.how, row.first, row.last, row.letter, away[row.stand_in_id])
        for row in rows
    )


def _is_gone(connection: Connection, person_id: int, on: date) -> bool:
    """Say whether a post is vacant because its holder serves no more."""
    query = select(service_breaks.c.id).where(
        service_breaks.c.person_id == person_id,
        service_breaks.c.kind == ENDED,
        holds_on(service_breaks, on),
    )
    return connection.scalar(query) is not None


def _away(
    connection: Connection,
    person_ids: Collection[int],
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> dict[int, tuple[Away, ...]]:
    """Return why people are not there on a day: what excuses them the whole day, and breaks."""
    found: dict[int, tuple[Away, ...]] = dict.fromkeys(person_ids, ())
    breaks = select(service_breaks).where(
        service_breaks.c.person_id.in_(person_ids), holds_on(service_breaks, on)
    )
    for row in connection.execute(breaks):
        why = break_text(row, _BREAKS)
        found[row.person_id] += (Away(row.first, row.last or date.max, why),)
    for person_id, row in _excused(connection, person_ids, on, root):
        kind = types.get(row.type)
        if kind is not None and kind.status in _AWAY:
            found[person_id] += (Away(row.first, row.last, kind.name.lower()),)
    return found


def _excused(
    connection: Connection, person_ids: Collection[int], on: date, root: str | None
) -> list[tuple[int, Row[Any]]]:
    rows = connection.execute(
        select(excuses, people.c.id.label("whose"))
        .join(people, people.c.nip == excuses.c.nip)
        .where(
            people.c.id.in_(person_ids),
            and_(excuses.c.first <= on, excuses.c.last >= on),
            or_(excuses.c.from_time.is_(None), excuses.c.kind != "give"),
        )
    ).all()
    if not rows:
        return []
    stands = decided.standing(excuses, rows, seals.trusted(connection, root), back="withdraws")
    return [(row.whose, row) for row in stands.in_force]
