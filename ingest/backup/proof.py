"""Whether what came back is what was signed: the ledger, the audit log, and what people decided."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Engine

from ingest.store import decisions, ledger
from ingest.store.database import reading

MOST = 100
"""Faults that are told; a store with more of them needs no longer list."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at a whole store came to."""

    faults: tuple[str, ...]
    """A sentence each, at most MOST."""
    batches: int
    punches: int
    unsigned: int
    """Punches of those that were stored before there was a ledger."""


def prove(engine: Engine, root: str | None) -> Proof:
    """Recompute everything; `root` is the fingerprint of the seal that is trusted, None if none."""
    report = ledger.verify(engine, everything=True)
    with reading(engine) as connection:
        decided = list(islice(decisions.faults(connection, root), MOST))
    counts = report.counts
    return Proof(
        faults=(*map(str, report.faults[:MOST]), *decided)[:MOST],
        batches=counts.batches,
        punches=counts.punches + counts.unsigned_punches,
        unsigned=counts.unsigned_punches,
    )
