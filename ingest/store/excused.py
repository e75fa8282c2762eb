"""Excuses in force, as they bear on one day: what is given, and what nobody can prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from ingest.calendar import Excuse, ExcuseType
from ingest.indonesian import clock_text
from ingest.store import decided, seals
from ingest.store.decided import ruling
from ingest.store.tables import people
from ingest.store.tables_time import excuses

BACK = "withdraws"


@dataclass(frozen=True, slots=True)
class Excused:
    """By NIP."""

    given: Mapping[str, tuple[Excuse, ...]] = field(default_factory=dict)
    unproven: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Numbers of excuses whose seal does not fit, or whose type nobody knows any more."""


def find_excused(
    connection: Connection,
    *,
    serving: Select[tuple[int]],
    day: date,
    types: Mapping[str, ExcuseType],
    root: str | None,
) -> Excused:
    """Return what excuses these people on a day; `root` is the fingerprint of the trusted seal."""
    rows = connection.execute(
        select(excuses).where(
            excuses.c.nip.in_(select(people.c.nip).where(people.c.id.in_(serving))),
            excuses.c.first <= day,
            excuses.c.last >= day,
        )
    ).all()
    if not rows:
        return Excused()
    stands = decided.standing(excuses, rows, seals.trusted(connection, root), back=BACK)
    given: dict[str, tuple[Excuse, ...]] = {}
    unproven: dict[str, tuple[int, ...]] = {}
    for row in stands.in_force:
        if row.type in types:
            given[row.nip] = (*given.get(row.nip, ()), _excuse(row, types[row.type]))
    for row in (*stands.unproven, *(one for one in stands.in_force if one.type not in types)):
        unproven[row.nip] = (*unproven.get(row.nip, ()), row.id)
    return Excused(given, unproven)


def _excuse(row: Row[Any], kind: ExcuseType) -> Excuse:
    hours = None if row.from_time is None else (row.from_time, row.until_time)
    part = f" pukul {'-'.join(map(clock_text, hours))}" if hours else ""
    approver = f", disetujui {row.approver}" if row.approver else ""
    text = f"{kind.name}{part}{approver}, dicatat oleh {ruling(row).text}"
    return Excuse(kind, text, hours)
