"""Gathers what BKN told and what the store knows, for everybody at once, and compares them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ingest.calendar import ExcuseType
from ingest.siasn.changes import Change, Units
from ingest.siasn.proposing import LEAVES, Known, propose
from ingest.store import excuses, people, person_kinds, person_posts
from ingest.store import siasn as store
from ingest.store.people import Assignment
from ingest.store.siasn import Told


def compare(
    connection: Connection, types: Mapping[str, ExcuseType], nips: Sequence[str] | None = None
) -> list[Change]:
    """Return everything that BKN's rows would change, by NIP: of everybody, or of these people."""
    told = store.find_told(connection, nips)
    units = read_units(connection)
    known = _known(connection, told)
    return [
        change
        for one in told
        for change in propose(one, known.get(one.nip), units, types)
    ]  # fmt: skip


def read_units(connection: Connection) -> Units:
    """Return the units and their offices."""
    return Units(store.find_units(connection), store.find_unit_offices(connection))


def _known(connection: Connection, told: Sequence[Told]) -> dict[str, Known]:
    found = people.find_people(connection)
    served: defaultdict[str, list[Assignment]] = defaultdict(list)
    for place in people.find_assignments(connection):
        served[place.nip].append(place)
    dated: defaultdict[str, list[person_kinds.DatedKind]] = defaultdict(list)
    for row in person_kinds.find(connection):
        dated[row.nip].append(row)
    titled: defaultdict[str, list[person_posts.DatedPost]] = defaultdict(list)
    for post in person_posts.find(connection):
        titled[post.nip].append(post)
    away = [one.nip for one in told if any(one.of(kind) for kind in LEAVES)]
    earlier = excuses.find_earlier(connection, away)
    known = {}
    for one in told:
        if one.nip in found:
            kinds = [row for row in dated[one.nip] if row.first <= one.on]
            known[one.nip] = Known(
                found[one.nip].name,
                kinds[-1].kind if kinds else found[one.nip].kind,
                tuple(served[one.nip]),
                tuple(earlier.get(one.nip, ())),
                kinds[-1].first if kinds else None,
                **_titles(titled[one.nip], one),
            )
    return known


def _titles(rows: Sequence[person_posts.DatedPost], one: Told) -> dict[str, Any]:
    """Return rank and post as of the day of BKN's answer, and since when each is held."""
    past = [row for row in rows if row.first <= one.on]
    held = person_posts.held_on(past, one.on)[one.nip]
    return {"rank": held.rank, "post": held.post,
            "posts_since": {row.what: row.first for row in past}}  # fmt: skip
