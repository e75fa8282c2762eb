"""Who may decide: proposed from the table of authority, confirmed by a person."""

from collections.abc import Sequence
from typing import NamedTuple

from ingest.discipline.findings import Officer
from ingest.discipline.values import Authority, Level, Regulation


class Superior(NamedTuple):
    """One step of a person's chain of superiors."""

    nip: str
    name: str


def competent(
    regulation: Regulation, level: Level, chain: Sequence[Superior]
) -> tuple[Officer, ...]:
    """Return the officers who may decide at a level, in the order of the table.

    `chain` is the direct superior, then that one's, as far as they are recorded.
    """
    return tuple(_officer(one, chain) for one in regulation.authority if one.level == level)


def most_steps(regulations: Sequence[Regulation]) -> int:
    """Return how many superiors up the tables of authority reach."""
    return max((row.steps_up or 0 for one in regulations for row in one.authority), default=0)


def _officer(row: Authority, chain: Sequence[Superior]) -> Officer:
    step = row.steps_up
    found = chain[step - 1] if step is not None and step <= len(chain) else None
    return Officer(
        officer=row.officer,
        nip=found.nip if found else None,
        name=found.name if found else None,
        condition=row.condition,
        mark=row.mark,
    )
