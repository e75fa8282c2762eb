"""Whether what came back is what was signed: the ledger, the audit log, and what people decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Engine

from ingest.store import adjustments, audit, ledger, resolutions
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
    counts = report.counts
    return Proof(
        faults=(*map(str, report.faults[:MOST]), *islice(_decisions(engine, root), MOST))[:MOST],
        batches=counts.batches,
        punches=counts.punches + counts.unsigned_punches,
        unsigned=counts.unsigned_punches,
    )


def _decisions(engine: Engine, root: str | None) -> Iterator[str]:
    with reading(engine) as connection:
        for what, faults in (
            ("line of the audit log", audit.faults(connection)),
            ("adjustment", adjustments.faults(connection, root)),
            ("resolution", resolutions.faults(connection, root)),
        ):
            for one in faults:
                yield f"{what} {one.number} {one.what}"
