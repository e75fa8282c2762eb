"""Who stands above people: the chain of superiors, as far as it is recorded."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, select

from ingest.calendar import ExcuseType
from ingest.discipline import Superior
from ingest.discipline.cases import Responsible, responsible
from ingest.store.rungs import find_rungs
from ingest.store.serving import valid_on
from ingest.store.tables import assignments, people

_AT_ONCE = 500  # parameters of one statement


def find_chains(
    connection: Connection, person_ids: Iterable[int], *, on: date, steps: int
) -> dict[int, tuple[Superior, ...]]:
    """Return the superiors above people on a day, the direct one first, so many steps up.

    A chain ends where nobody is recorded, or where it would come back to somebody in it.
    """
    wanted = set(person_ids)
    above: dict[int, tuple[int, Superior] | None] = {}
    asked = set(wanted)
    for _ in range(steps):
        found = _superiors(connection, asked, on)
        above |= {one: found.get(one) for one in asked}
        asked = {one for one, _ in found.values()} - above.keys()
        if not asked:
            break
    return {one: _chain(one, above, steps) for one in wanted}


def find_responsible(
    connection: Connection,
    person_ids: Collection[int],
    *,
    on: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> dict[int, Responsible]:
    """Return who answers for each of these people on a day, and why others are passed over.

    The direct superior does; who is the person himself, away, suspended or gone is passed over for
    who stands in (Plh., Plt., Pj.), else for the next one up. `types` are those of excuses, `root`
    the seal by which excuses are proven. Who is not in the store is left out.
    """
    rows = connection.execute(select(people.c.id, people.c.nip).where(people.c.id.in_(person_ids)))
    return {
        row.id: responsible(
            row.nip, find_rungs(connection, row.id, on=on, types=types, root=root), on
        )
        for row in rows.all()
    }


def _chain(
    person_id: int, above: dict[int, tuple[int, Superior] | None], steps: int
) -> tuple[Superior, ...]:
    chain: list[Superior] = []
    seen, here = {person_id}, person_id
    while len(chain) < steps and (found := above.get(here)) is not None and found[0] not in seen:
        here = found[0]
        seen.add(here)
        chain.append(found[1])
    return tuple(chain)


def _superiors(
    connection: Connection, person_ids: set[int], on: date
) -> dict[int, tuple[int, Superior]]:
    superior = people.alias("superior")
    query = select(assignments.c.person_id, superior.c.id, superior.c.nip, superior.c.name).join(
        superior, superior.c.id == assignments.c.superior_id
    )
    ordered = sorted(person_ids)
    found: dict[int, tuple[int, Superior]] = {}
    for place in range(0, len(ordered), _AT_ONCE):
        part = ordered[place : place + _AT_ONCE]
        rows = connection.execute(
            query.where(assignments.c.person_id.in_(part), valid_on(assignments, on))
        )
        found |= {row[0]: (row[1], Superior(row[2], row[3])) for row in rows}
    return found
